"""Quiz questions on equations and expressions."""

from maths.quizzes.question_maker import BilingualQuestion, QuizRandom, joined, power, term, whole_numbers
from maths.quizzes.slips import named
from maths.telling.korean_particles import particle


def linear(rng: QuizRandom) -> BilingualQuestion:
    """3x + 11 = 14; hard: with x on both sides."""
    if rng.level == "hard":
        return linear_both_sides(rng)
    a, x = rng.size((2, 5), (2, 9), (6, 15)), rng.size((1, 6), (-8, 9), (-15, 15))
    b = rng.size((1, 9), (-12, 12), (-45, 45))
    c = a * x + b
    right, wrong = whole_numbers(x, -x, x + 1, (c + b) // a if (c + b) // a != x else x + 2, c - b)
    moved = ("Subtract", b) if b > 0 else ("Add", -b)
    shown = joined((a, "x"), (b, ""))
    return BilingualQuestion(
        (f"Solve {shown} = {c}. x = ?", f"방정식 {shown} = {c}의 해는? x = ?"),
        right,
        wrong,
        (
            f"{moved[0]} {moved[1]} on both sides: {a}x = {c - b}; divide by {a}: x = {x}.",
            f"{'양변에서 빼면' if b > 0 else '양변에 더하면'} {a}x = {c - b}, 양변을 {a}[으로] 나누면 x = {x}입니다.",
        ),
        named((-x, "sign"), ((c + b) // a if (c + b) % a == 0 else "", "not_moved"), (c - b, "not_divided")),
    )


def linear_both_sides(rng: QuizRandom) -> BilingualQuestion:
    """5x - 3 = 2x + 9; easy: with x on one side."""
    if rng.level == "easy":
        return linear(rng)
    c, x = rng.size((1, 3), (1, 5), (5, 12)), rng.size((1, 5), (-6, 8), (-12, 12))
    a, b = c + rng.size((1, 3), (1, 5), (3, 9)), rng.size((1, 9), (-9, 9), (-40, 40))
    d = (a - c) * x + b
    right, wrong = whole_numbers(x, -x, x + 2, x - 1, d)
    equation = f"{joined((a, 'x'), (b, ''))} = {joined((c, 'x'), (d, ''))}"
    return BilingualQuestion(
        (f"Solve {equation}. x = ?", f"방정식 {equation}의 해는? x = ?"),
        right,
        wrong,
        (
            f"Collect: {term(a - c, 'x')} = {d - b}, so x = {x}.",
            f"정리하면 {term(a - c, 'x')} = {d - b}이므로 x = {x}입니다.",
        ),
        named((-x, "sign")),
    )


def quadratic(rng: QuizRandom) -> BilingualQuestion:
    """x² - 5x + 6 = 0."""
    ranges = (1, 5), (-6, 6), (-9, 9)
    p, q, lead = rng.size(*ranges), rng.size(*ranges), rng.of(1, 1, rng.randint(2, 4))
    while abs(p) == abs(q):
        q = rng.size(*ranges)
    low, high = sorted((p, q))
    shown = joined((lead, "x²"), (-lead * (p + q), "x"), (lead * p * q, ""))

    def pair(one: int, other: int) -> str:
        return f"x = {min(one, other)}, x = {max(one, other)}"

    factors = f"{lead if lead > 1 else ''}({joined((1, 'x'), (-low, ''))})({joined((1, 'x'), (-high, ''))})"
    return BilingualQuestion(
        (f"What are the solutions of {shown} = 0?", f"이차방정식 {shown} = 0의 해는?"),
        pair(low, high),
        (pair(-low, -high), pair(low, -high), pair(-low, high), pair(low + 1, high + 1)),
        (
            f"{shown} = {factors}, and a product is 0 when a factor is 0.",
            f"{shown} = {factors}이고, 곱이 0이면 인수 중 하나가 0입니다.",
        ),
        named((pair(-low, -high), "signs"), (pair(low, -high), "sign"), (pair(-low, high), "sign")),
    )


def factoring(rng: QuizRandom) -> BilingualQuestion:
    """x² + 5x + 6 as a product."""
    ranges = (1, 5), (-7, 7), (-13, 13)
    p, q = rng.size(*ranges), rng.size(*ranges)
    while p == -q or max(abs(p), abs(q)) < rng.of(1, 1, 7):
        q = rng.size(*ranges)

    def product(one: int, other: int) -> str:
        one, other = sorted((one, other))
        return f"({joined((1, 'x'), (one, ''))})({joined((1, 'x'), (other, ''))})"

    shown = joined((1, "x²"), (p + q, "x"), (p * q, ""))
    return BilingualQuestion(
        (f"Factor {shown}.", f"{shown}{particle(shown, '을')} 인수분해하면?"),
        product(p, q),
        (product(-p, -q), product(p, -q), product(-p, q), product(p + 1, q - 1), product(p + 2, q)),
        (f"{p} and {q} have the product {p * q} and the sum {p + q}.", f"{p}, {q}의 곱은 {p * q}, 합은 {p + q}입니다."),
        named((product(-p, -q), "signs"), (product(p, -q), "sign"), (product(-p, q), "sign")),
    )


def expanding(rng: QuizRandom) -> BilingualQuestion:
    """(x + 2)(x + 3)."""
    p, q = (rng.size((1, 5), (-6, 6), (-9, 9)) for _ in range(2))
    m, n = (rng.of(1, 1, rng.randint(2, 5)) for _ in range(2))
    middle = m * q + n * p

    def written(middle: int, last: int) -> str:
        return joined((m * n, "x²"), (middle, "x"), (last, ""))

    shown = f"({joined((m, 'x'), (p, ''))})({joined((n, 'x'), (q, ''))})"
    return BilingualQuestion(
        (f"Expand {shown}.", f"{shown}{particle(shown, '을')} 전개하면?"),
        written(middle, p * q),
        (
            written(p * q, middle),
            written(middle, -p * q),
            written(m * q - n * p, p * q),
            written(0, p * q),
            written(middle + 1, p * q),
        ),
        (
            f"{term(m, 'x')}·{term(n, 'x')} + {joined((m * q, 'x'), (n * p, 'x'))} + ({p})·({q})"
            f" = {written(middle, p * q)}.",
            f"각 항을 서로 곱하면 {written(middle, p * q)}입니다.",
        ),
        named(
            (written(middle, -p * q), "sign"),
            (written(m * q - n * p, p * q), "sign"),
            (written(0, p * q), "middle_lost"),
        ),
    )


def power_rules(rng: QuizRandom) -> BilingualQuestion:
    """x³ · x⁴; hard: divided by a third power."""
    a, b = (rng.size((2, 4), (2, 6), (5, 9)) for _ in range(2))
    if rng.level == "hard":
        return _power_quotient(a, b, rng.randint(2, 4))
    shown = f"{power('x', a)} · {power('x', b)}"
    return BilingualQuestion(
        (f"Simplify {shown}.", f"{shown}{particle(shown, '을')} 간단히 하면?"),
        power("x", a + b),
        (power("x", a * b), f"2{power('x', a + b)}", power("x", abs(a - b) or 8), power("x", a + b + 1)),
        (f"The exponents are added: {a} + {b} = {a + b}.", f"지수끼리 더합니다: {a} + {b} = {a + b}."),
        named((power("x", a * b), "exponents_multiplied")),
    )


def _power_quotient(a: int, b: int, c: int) -> BilingualQuestion:
    shown, whole = f"({power('x', a)} · {power('x', b)}) / {power('x', c)}", a + b - c
    return BilingualQuestion(
        (f"Simplify {shown}.", f"{shown}{particle(shown, '을')} 간단히 하면?"),
        power("x", whole),
        tuple(power("x", one) for one in (a * b - c, a + b + c, a + b, a * b * c, whole + 1)),
        (
            f"Add the exponents above, take away the one below: {a} + {b} - {c} = {whole}.",
            f"분자의 지수는 더하고 분모의 지수는 뺍니다: {a} + {b} - {c} = {whole}.",
        ),
    )


def system(rng: QuizRandom) -> BilingualQuestion:
    """x and y from x + y and x - y."""
    ranges = (1, 6), (-5, 9), (-9, 12)
    a, x, y = rng.of(1, 1, rng.randint(2, 6)), rng.size(*ranges), rng.size(*ranges)
    while x in {y, -y}:
        y = rng.size(*ranges)
    first, twice = f"{term(a, 'x')} + y = {a * x + y}", f"{a + 1}x = {(a + 1) * x}"
    return BilingualQuestion(
        (f"Solve {first}, x - y = {x - y}.", f"연립방정식 {first}, x - y = {x - y}의 해는?"),
        f"x = {x}, y = {y}",
        (f"x = {y}, y = {x}", f"x = {-x}, y = {-y}", f"x = {x}, y = {-y}", f"x = {x + 1}, y = {y - 1}"),
        (
            f"Added, the equations give {twice}, so x = {x}, y = {y}.",
            f"두 식을 더하면 {twice}이므로 x = {x}, y = {y}입니다.",
        ),
        named((f"x = {y}, y = {x}", "swapped"), (f"x = {-x}, y = {-y}", "signs"), (f"x = {x}, y = {-y}", "sign")),
    )


def inequality(rng: QuizRandom) -> BilingualQuestion:
    """-2x + 1 < 7, where < becomes >."""
    a, edge = -rng.size((2, 4), (2, 6), (7, 15)), rng.size((1, 5), (-6, 6), (-15, 15))
    b = rng.size((1, 5), (-9, 9), (-40, 40))
    c = a * edge + b
    shown = f"{joined((a, 'x'), (b, ''))} < {c}"
    return BilingualQuestion(
        (f"Solve {shown}.", f"부등식 {shown}의 해는?"),
        f"x > {edge}",
        (f"x < {edge}", f"x > {-edge}", f"x < {-edge}", f"x > {edge + 1}"),
        (
            f"Dividing by {a} turns the sign round: x > {edge}.",
            f"음수 {a}[으로] 나누면 부등호의 방향이 바뀌어 x > {edge}입니다.",
        ),
        named((f"x < {edge}", "not_turned"), (f"x > {-edge}", "sign")),
    )


def logarithm(rng: QuizRandom) -> BilingualQuestion:
    """log₂ 8."""
    base, exponent = rng.choice(
        rng.of(
            [(2, 2), (2, 3), *((base, 2) for base in range(3, 11))],
            [(2, 3), (2, 4), (2, 5), (3, 2), (3, 3), (5, 2), (10, 2), (10, 3), (4, 2)],
            [(2, 6), (2, 7), (2, 8), (3, 4), (3, 5), (4, 3), (5, 3), (6, 3), (2, 10)],
        )
    )
    value = base**exponent
    sub = str(base).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    right, wrong = whole_numbers(exponent, exponent + 1, value // base, base, exponent - 1 or 7, base + exponent)
    return BilingualQuestion(
        (f"What is log{sub} {value}?", f"log{sub} {value}의 값은?"),
        right,
        wrong,
        (f"{power(str(base), exponent)} = {value}.", f"{power(str(base), exponent)} = {value}이기 때문입니다."),
    )
