"""Quiz questions on numbers: fractions, percentages, the four operations, powers and roots."""

import math
from fractions import Fraction

from maths.quizzes.question_maker import BilingualQuestion, QuizRandom, power, proper, whole_numbers
from maths.quizzes.slips import named
from maths.telling.korean_particles import particle


def add_fractions(rng: QuizRandom) -> BilingualQuestion:
    """1/2 + 1/3; a wrong answer adds numerators and denominators."""
    a, b = proper(rng), proper(rng)
    while a.denominator == b.denominator:
        b = proper(rng)
    total = a + b
    slip = Fraction(a.numerator + b.numerator, a.denominator + b.denominator)
    wrong = (
        slip,
        total + Fraction(1, total.denominator * 2),
        abs(a - b) or Fraction(1, 7),
        Fraction(a.numerator + b.numerator, a.denominator * b.denominator),
    )
    common = math.lcm(a.denominator, b.denominator)
    tops = a.numerator * common // a.denominator, b.numerator * common // b.denominator
    line = f"{a} + {b} = {tops[0]}/{common} + {tops[1]}/{common} = {total}"
    return BilingualQuestion(
        (f"What is {a} + {b}?", f"{a} + {b}의 값은?"),
        str(total),
        tuple(str(one) for one in wrong),
        (f"With the common denominator {common}: {line}.", f"분모를 {common}[으로] 통분하면 {line}입니다."),
        named((slip, "tops_and_bottoms"), (wrong[2], "subtracted")),
    )


def multiply_fractions(rng: QuizRandom) -> BilingualQuestion:
    """2/3 × 3/5."""
    a, b = proper(rng), proper(rng)
    product = a * b
    wrong = (a + b, a / b, Fraction(a.numerator + b.numerator, a.denominator + b.denominator), product * 2)
    line = f"({a.numerator}×{b.numerator})/({a.denominator}×{b.denominator}) = {product}"
    return BilingualQuestion(
        (f"What is {a} × {b}?", f"{a} × {b}의 값은?"),
        str(product),
        tuple(str(one) for one in wrong),
        (f"Multiply the tops and the bottoms: {line}.", f"분자는 분자끼리, 분모는 분모끼리 곱하면 {line}입니다."),
        named((a + b, "added"), (a / b, "divided"), (wrong[2], "tops_and_bottoms")),
    )


def simplify_fraction(rng: QuizRandom) -> BilingualQuestion:
    """12/18 in lowest terms."""
    lowest = Fraction(rng.size((1, 3), (1, 5), (3, 11)), rng.size((4, 6), (6, 9), (12, 17)))
    factor = rng.choice(rng.of([2, 3], [2, 3, 4, 6], [6, 7, 8, 9, 12]))
    shown = f"{lowest.numerator * factor}/{lowest.denominator * factor}"
    n, d = lowest.numerator, lowest.denominator
    wrong = (f"{n + 1}/{d}", f"{n}/{d + 1}", f"{d}/{n}", f"{n}/{d - 1}")
    return BilingualQuestion(
        (
            f"Which fraction is equal to {shown}, in lowest terms?",
            f"{shown}{particle(shown, '을')} 기약분수로 나타내면?",
        ),
        str(lowest),
        wrong,
        (
            f"Top and bottom are divided by {factor}: {shown} = {lowest}.",
            f"분자와 분모를 {factor}[으로] 나누면 {shown} = {lowest}입니다.",
        ),
        named((f"{d}/{n}", "upside_down")),
    )


def percentage(rng: QuizRandom) -> BilingualQuestion:
    """15% of 80."""
    rates = rng.of([10, 20, 25, 50], [5, 10, 15, 20, 25, 30, 40, 60, 75], [12, 15, 35, 45, 65, 85, 120])
    rate, whole = rng.choice(rates), 20 * rng.size((1, 5), (2, 15), (11, 60))
    value = Fraction(rate * whole, 100)
    wrong = (str(value * 10), str(whole - value), str(rate), str(value + 5), str(value * 2))
    return BilingualQuestion(
        (f"What is {rate}% of {whole}?", f"{whole}의 {rate}%는?"),
        str(value),
        wrong,
        (
            f"{rate}% is {rate}/100: {whole} × {rate}/100 = {value}.",
            f"{rate}%는 {rate}/100이므로 {whole} × {rate}/100 = {value}입니다.",
        ),
        named((value * 10, "decimal_point"), (whole - value, "the_rest")),
    )


def discount(rng: QuizRandom) -> BilingualQuestion:
    """A price less a percentage."""
    rate = rng.choice(rng.of([10, 50], [10, 20, 25, 30, 50], [15, 35, 45, 65]))
    price = 20 * rng.size((2, 10), (2, 20), (21, 90))
    off = price * rate // 100
    right, wrong = whole_numbers(price - off, off, price - rate, price + off, price - off - 10)
    return BilingualQuestion(
        (
            f"A price of {price} is reduced by {rate}%. What is the new price?",
            f"{price}원짜리 물건을 {rate}% 할인하면 얼마일까요?",
        ),
        right,
        wrong,
        (
            f"{rate}% of {price} is {off}, and {price} - {off} = {price - off}.",
            f"{price}의 {rate}%는 {off}이고, {price} - {off} = {price - off}입니다.",
        ),
        named((off, "only_the_reduction"), (price - rate, "percent_as_amount"), (price + off, "raised")),
    )


def multiplication(rng: QuizRandom) -> BilingualQuestion:
    """7 × 8."""
    a, b = (rng.size((2, 6), (3, 12), (13, 49)) for _ in range(2))
    right, wrong = whole_numbers(a * b, a * (b + 1), a * b + 2, (a - 1) * b, a + b)
    return BilingualQuestion(
        (f"What is {a} × {b}?", f"{a} × {b}의 값은?"),
        right,
        wrong,
        (f"{a} × {b} = {a * b}.", f"{a} × {b} = {a * b}입니다."),
        named((a + b, "added")),
    )


def division(rng: QuizRandom) -> BilingualQuestion:
    """56 ÷ 8."""
    a, b = (rng.size((2, 6), (3, 12), (12, 29)) for _ in range(2))
    right, wrong = whole_numbers(b, b + 1, b - 1, a + b, a)
    return BilingualQuestion(
        (f"What is {a * b} ÷ {a}?", f"{a * b} ÷ {a}의 값은?"),
        right,
        wrong,
        (f"{a} × {b} = {a * b}.", f"{a} × {b} = {a * b}이기 때문입니다."),
    )


def addition(rng: QuizRandom) -> BilingualQuestion:
    """A sum of two-digit numbers; a wrong answer forgets the carry."""
    a, b = (rng.size((3, 14), (15, 89), (125, 899)) for _ in range(2))
    right, wrong = whole_numbers(a + b, a + b - 10, a + b + 1, a + b + 10, abs(a - b))
    return BilingualQuestion(
        (f"What is {a} + {b}?", f"{a} + {b}의 값은?"),
        right,
        wrong,
        (f"{a} + {b} = {a + b}.", f"{a} + {b} = {a + b}입니다."),
        named((a + b - 10, "carry"), (abs(a - b), "subtracted")),
    )


def subtraction(rng: QuizRandom) -> BilingualQuestion:
    """A difference of two-digit numbers; a wrong answer forgets the borrow."""
    b = rng.size((2, 9), (15, 59), (125, 499))
    a = b + rng.size((2, 10), (11, 60), (105, 490))
    right, wrong = whole_numbers(a - b, a - b + 10, a - b - 1, a - b - 10, a + b)
    return BilingualQuestion(
        (f"What is {a} - {b}?", f"{a} - {b}의 값은?"),
        right,
        wrong,
        (f"{a} - {b} = {a - b}.", f"{a} - {b} = {a - b}입니다."),
        named((a - b + 10, "borrow")),
    )


def negatives(rng: QuizRandom) -> BilingualQuestion:
    """-3 - (-5)."""
    a, b = (-rng.size((1, 5), (1, 12), (13, 60)) for _ in range(2))
    right, wrong = whole_numbers(a - b, a + b, b - a, -(a + b), a - b + 1)
    return BilingualQuestion(
        (f"What is {a} - ({b})?", f"{a} - ({b})의 값은?"),
        right,
        wrong,
        (
            f"Subtracting a negative number is adding: {a} + {-b} = {a - b}.",
            f"음수를 빼는 것은 더하는 것과 같으므로 {a} + {-b} = {a - b}입니다.",
        ),
        named((a + b, "minus_minus"), (b - a, "order_turned"), (-(a + b), "sign")),
    )


def powers(rng: QuizRandom) -> BilingualQuestion:
    """2⁵."""
    base, exponent = rng.choice(
        rng.of(
            [(2, 3), (2, 4), *((base, 2) for base in range(3, 11))],
            [(2, 5), (2, 6), (2, 4), (3, 3), (3, 4), (4, 3), (5, 3), (10, 3), (2, 7), (6, 3), (7, 2), (3, 5)],
            [(2, 8), (2, 9), (2, 10), (3, 5), (3, 6), (4, 4), (4, 5), (5, 4), (6, 4), (7, 3), (8, 3), (9, 3)],
        )
    )
    value = base**exponent
    right, wrong = whole_numbers(value, base * exponent, exponent**base, value + base, value // base)
    product = " × ".join([str(base)] * exponent)
    return BilingualQuestion(
        (f"What is {power(str(base), exponent)}?", f"{power(str(base), exponent)}의 값은?"),
        right,
        wrong,
        (f"{product} = {value}.", f"{product} = {value}입니다."),
        named((base * exponent, "base_times_exponent"), (exponent**base, "base_and_exponent")),
    )


def roots(rng: QuizRandom) -> BilingualQuestion:
    """√72 = 6√2."""
    outside = rng.size((2, 4), (2, 6), (6, 12))
    inside = rng.choice(rng.of([2, 3, 5], [2, 3, 5, 6, 7], [5, 6, 7, 10, 11, 13]))
    whole = outside * outside * inside
    return BilingualQuestion(
        (f"Simplify √{whole}.", f"√{whole}{particle(str(whole), '을')} 간단히 하면?"),
        f"{outside}√{inside}",
        (
            f"{inside}√{outside}",
            f"{outside * outside}√{inside}",
            f"{outside + 1}√{inside}",
            f"√{outside * inside}",
            f"{outside * 2}√{inside}",
        ),
        (
            f"√{whole} = √({outside * outside} · {inside}) = {outside}√{inside}.",
            f"√{whole} = √({outside * outside} · {inside}) = {outside}√{inside}입니다.",
        ),
        named((f"{inside}√{outside}", "root_places"), (f"{outside * outside}√{inside}", "root_not_taken")),
    )


def common_divisor(rng: QuizRandom) -> BilingualQuestion:
    """gcd(12, 18)."""
    first, second = rng.of((2, 3), (6, 4), (18, 12))

    def several(of: int) -> int:
        return of * rng.size((2, 6), (2, 9), (4, 13))

    a, b = several(first), several(second)
    while a == b:
        b = several(second)
    value = math.gcd(a, b)
    right, wrong = whole_numbers(value, math.lcm(a, b), value * 2, max(1, value // 2), value + 1)
    return BilingualQuestion(
        (f"What is the greatest common divisor of {a} and {b}?", f"{a}, {b}의 최대공약수는?"),
        right,
        wrong,
        (
            f"{a} = {value} · {a // value} and {b} = {value} · {b // value}, which share no further factor.",
            f"{a} = {value} · {a // value}, {b} = {value} · {b // value}이고 더 이상 공통인 약수가 없습니다.",
        ),
        named((math.lcm(a, b), "multiple")),
    )


def sequence(rng: QuizRandom) -> BilingualQuestion:
    """The next term of an arithmetic sequence; hard: of a geometric one."""
    if rng.level == "hard":
        return _geometric(rng)
    first, step = rng.size((1, 5), (1, 12), (1, 12)), rng.size((2, 5), (2, 9), (2, 9))
    values = [first + step * place for place in range(5)]
    right, wrong = whole_numbers(values[4], values[4] + 1, values[4] + step, values[3] + 1, values[4] - 2)
    shown = ", ".join(str(value) for value in values[:4])
    return BilingualQuestion(
        (f"What comes next: {shown}, …?", f"다음에 올 수는? {shown}, …"),
        right,
        wrong,
        (f"Each term is {step} more than the one before.", f"앞의 수보다 {step}씩 커집니다."),
    )


def _geometric(rng: QuizRandom) -> BilingualQuestion:
    first, ratio = rng.randint(2, 7), rng.randint(2, 4)
    values = [first * ratio**place for place in range(5)]
    after, before = values[4], values[3]
    right, wrong = whole_numbers(after, before + values[2], 2 * before - values[2], after + ratio, after - first)
    shown = ", ".join(str(value) for value in values[:4])
    return BilingualQuestion(
        (f"What comes next: {shown}, …?", f"다음에 올 수는? {shown}, …"),
        right,
        wrong,
        (f"Each term is {ratio} times the one before.", f"앞의 수에 {ratio}[을] 곱한 수가 이어집니다."),
    )


def mean(rng: QuizRandom) -> BilingualQuestion:
    """The mean of three numbers."""
    middle, spread = rng.size((4, 9), (5, 20), (30, 90)), rng.size((1, 2), (1, 4), (5, 14))
    values = [middle - spread, middle + 2 * spread, middle - spread]
    rng.shuffle(values)
    right, wrong = whole_numbers(middle, sum(values), middle + 1, max(values), middle - 1)
    shown = ", ".join(str(value) for value in values)
    return BilingualQuestion(
        (f"What is the mean of {shown}?", f"{shown}의 평균은?"),
        right,
        wrong,
        (
            f"Their sum is {sum(values)}, and {sum(values)} ÷ 3 = {middle}.",
            f"합이 {sum(values)}이고 {sum(values)} ÷ 3 = {middle}입니다.",
        ),
        named((sum(values), "sum_not_divided")),
    )
