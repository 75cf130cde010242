"""Questions of quizzes on school mathematics, made from chance and nothing else; no sympy is needed for them."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

Texts = tuple[str, str]
"""In English and in Korean."""

_SUPER = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True, slots=True)
class Item:
    """A question, its right answer, answers that a common slip would lead to, and the reason."""

    question: Texts
    right: str
    wrong: tuple[str, ...]
    why: Texts


Maker = Callable[[random.Random], Item]


def power(base: str, exponent: int) -> str:
    """`x²`, `x` for the first power."""
    return base if exponent == 1 else base + str(exponent).translate(_SUPER)


def term(factor: int | Fraction, body: str) -> str:
    """`3x`, `x`, `-x`; a number alone where the body is empty."""
    if not body:
        return str(factor)
    if abs(factor) == 1:
        return ("-" if factor < 0 else "") + body
    if isinstance(factor, Fraction) and factor.denominator > 1:
        size = abs(factor)
        top = body if size.numerator == 1 else f"{size.numerator}{body}"
        return ("-" if factor < 0 else "") + f"{top}/{size.denominator}"
    return f"{factor}{body}"


def joined(*terms: tuple[int | Fraction, str]) -> str:
    """A sum of terms such as `3x² - x + 2`."""
    text = ""
    for factor, body in terms:
        if factor == 0:
            continue
        if not text:
            text = term(factor, body)
        else:
            text += (" - " if factor < 0 else " + ") + term(abs(factor), body)
    return text or "0"


def _nonzero(chance: random.Random, least: int, most: int) -> int:
    value = 0
    while value == 0:
        value = chance.randint(least, most)
    return value


def _proper(chance: random.Random) -> Fraction:
    """A fraction between 0 and 1."""
    bottom = chance.randint(2, 8)
    return Fraction(chance.randint(1, bottom - 1), bottom)


def _numbers(right: int, *wrong: int) -> tuple[str, tuple[str, ...]]:
    return str(right), tuple(str(one) for one in wrong)


def add_fractions(chance: random.Random) -> Item:
    """1/2 + 1/3, and the slip of adding tops and bottoms."""
    a, b = _proper(chance), _proper(chance)
    while a.denominator == b.denominator:
        b = _proper(chance)
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
    return Item(
        (f"What is {a} + {b}?", f"{a} + {b}의 값은?"), str(total), tuple(str(one) for one in wrong),
        (f"With the common denominator {common}: {line}.", f"분모를 {common}[으로] 통분하면 {line}입니다."),
    )  # fmt: skip


def multiply_fractions(chance: random.Random) -> Item:
    """2/3 × 3/5."""
    a, b = _proper(chance), _proper(chance)
    product = a * b
    wrong = (a + b, a / b, Fraction(a.numerator + b.numerator, a.denominator + b.denominator), product * 2)
    line = f"({a.numerator}×{b.numerator})/({a.denominator}×{b.denominator}) = {product}"
    return Item(
        (f"What is {a} × {b}?", f"{a} × {b}의 값은?"), str(product), tuple(str(one) for one in wrong),
        (f"Multiply the tops and the bottoms: {line}.", f"분자는 분자끼리, 분모는 분모끼리 곱하면 {line}입니다."),
    )  # fmt: skip


def simplify_fraction(chance: random.Random) -> Item:
    """12/18 in lowest terms."""
    lowest = Fraction(chance.randint(1, 5), chance.randint(6, 9))
    factor = chance.choice([2, 3, 4, 6])
    shown = f"{lowest.numerator * factor}/{lowest.denominator * factor}"
    n, d = lowest.numerator, lowest.denominator
    wrong = (f"{n + 1}/{d}", f"{n}/{d + 1}", f"{d}/{n}", f"{n}/{d - 1}")
    return Item(
        (f"Which fraction is equal to {shown}, in lowest terms?", f"{shown}을(를) 기약분수로 나타내면?"), str(lowest), wrong,
        (f"Top and bottom are divided by {factor}: {shown} = {lowest}.", f"분자와 분모를 {factor}[으로] 나누면 {shown} = {lowest}입니다."),
    )  # fmt: skip


def linear(chance: random.Random) -> Item:
    """3x + 11 = 14."""
    a, x, b = chance.randint(2, 9), _nonzero(chance, -8, 9), _nonzero(chance, -12, 12)
    c = a * x + b
    right, wrong = _numbers(x, -x, x + 1, (c + b) // a if (c + b) // a != x else x + 2, c - b)
    moved = ("Subtract", b) if b > 0 else ("Add", -b)
    shown = joined((a, "x"), (b, ""))
    return Item(
        (f"Solve {shown} = {c}. x = ?", f"방정식 {shown} = {c}의 해는? x = ?"), right, wrong,
        (f"{moved[0]} {moved[1]} on both sides: {a}x = {c - b}; divide by {a}: x = {x}.",
         f"{'양변에서 빼면' if b > 0 else '양변에 더하면'} {a}x = {c - b}, 양변을 {a}[으로] 나누면 x = {x}입니다."),
    )  # fmt: skip


def linear_both_sides(chance: random.Random) -> Item:
    """5x - 3 = 2x + 9."""
    c, x = chance.randint(1, 5), _nonzero(chance, -6, 8)
    a, b = c + chance.randint(1, 5), _nonzero(chance, -9, 9)
    d = (a - c) * x + b
    right, wrong = _numbers(x, -x, x + 2, x - 1, d)
    equation = f"{joined((a, 'x'), (b, ''))} = {joined((c, 'x'), (d, ''))}"
    return Item(
        (f"Solve {equation}. x = ?", f"방정식 {equation}의 해는? x = ?"), right, wrong,
        (f"Collect: {term(a - c, 'x')} = {d - b}, so x = {x}.", f"정리하면 {term(a - c, 'x')} = {d - b}이므로 x = {x}입니다."),
    )  # fmt: skip


def quadratic(chance: random.Random) -> Item:
    """x² - 5x + 6 = 0."""
    p, q = _nonzero(chance, -6, 6), _nonzero(chance, -6, 6)
    while abs(p) == abs(q):
        q = _nonzero(chance, -6, 6)
    low, high = sorted((p, q))
    shown = joined((1, "x²"), (-(p + q), "x"), (p * q, ""))

    def pair(one: int, other: int) -> str:
        return f"x = {min(one, other)}, x = {max(one, other)}"

    factors = f"({joined((1, 'x'), (-low, ''))})({joined((1, 'x'), (-high, ''))})"
    return Item(
        (f"What are the solutions of {shown} = 0?", f"이차방정식 {shown} = 0의 해는?"), pair(low, high),
        (pair(-low, -high), pair(low, -high), pair(-low, high), pair(low + 1, high + 1)),
        (f"{shown} = {factors}, and a product is 0 when a factor is 0.", f"{shown} = {factors}이고, 곱이 0이면 인수 중 하나가 0입니다."),
    )  # fmt: skip


def factoring(chance: random.Random) -> Item:
    """x² + 5x + 6 as a product."""
    p, q = _nonzero(chance, -7, 7), _nonzero(chance, -7, 7)
    while p == -q:
        q = _nonzero(chance, -7, 7)

    def product(one: int, other: int) -> str:
        one, other = sorted((one, other))
        return f"({joined((1, 'x'), (one, ''))})({joined((1, 'x'), (other, ''))})"

    shown = joined((1, "x²"), (p + q, "x"), (p * q, ""))
    return Item(
        (f"Factor {shown}.", f"{shown}을(를) 인수분해하면?"), product(p, q),
        (product(-p, -q), product(p, -q), product(-p, q), product(p + 1, q - 1), product(p + 2, q)),
        (f"{p} and {q} have the product {p * q} and the sum {p + q}.", f"{p}, {q}의 곱은 {p * q}, 합은 {p + q}입니다."),
    )  # fmt: skip


def expanding(chance: random.Random) -> Item:
    """(x + 2)(x + 3)."""
    p, q = _nonzero(chance, -6, 6), _nonzero(chance, -6, 6)

    def written(middle: int, last: int) -> str:
        return joined((1, "x²"), (middle, "x"), (last, ""))

    shown = f"({joined((1, 'x'), (p, ''))})({joined((1, 'x'), (q, ''))})"
    return Item(
        (f"Expand {shown}.", f"{shown}을(를) 전개하면?"), written(p + q, p * q),
        (written(p * q, p + q), written(p + q, -p * q), written(p - q, p * q), written(0, p * q), written(p + q + 1, p * q)),
        (f"x·x + {joined((q, 'x'), (p, 'x'))} + ({p})·({q}) = {written(p + q, p * q)}.",
         f"각 항을 서로 곱하면 {written(p + q, p * q)}입니다."),
    )  # fmt: skip


def percentage(chance: random.Random) -> Item:
    """15% of 80."""
    rate, whole = chance.choice([5, 10, 15, 20, 25, 30, 40, 60, 75]), 20 * chance.randint(2, 15)
    value = Fraction(rate * whole, 100)
    wrong = (str(value * 10), str(whole - value), str(rate), str(value + 5), str(value * 2))
    return Item(
        (f"What is {rate}% of {whole}?", f"{whole}의 {rate}%는?"), str(value), wrong,
        (f"{rate}% is {rate}/100: {whole} × {rate}/100 = {value}.", f"{rate}%는 {rate}/100이므로 {whole} × {rate}/100 = {value}입니다."),
    )  # fmt: skip


def discount(chance: random.Random) -> Item:
    """A price less a percentage."""
    rate, price = chance.choice([10, 20, 25, 30, 50]), 20 * chance.randint(2, 20)
    off = price * rate // 100
    right, wrong = _numbers(price - off, off, price - rate, price + off, price - off - 10)
    return Item(
        (f"A price of {price} is reduced by {rate}%. What is the new price?", f"{price}원짜리 물건을 {rate}% 할인하면 얼마일까요?"),
        right, wrong,
        (f"{rate}% of {price} is {off}, and {price} - {off} = {price - off}.", f"{price}의 {rate}%는 {off}이고, {price} - {off} = {price - off}입니다."),
    )  # fmt: skip


def multiplication(chance: random.Random) -> Item:
    """7 × 8."""
    a, b = chance.randint(3, 12), chance.randint(3, 12)
    right, wrong = _numbers(a * b, a * (b + 1), a * b + 2, (a - 1) * b, a + b)
    return Item(
        (f"What is {a} × {b}?", f"{a} × {b}의 값은?"), right, wrong,
        (f"{a} × {b} = {a * b}.", f"{a} × {b} = {a * b}입니다."),
    )  # fmt: skip


def division(chance: random.Random) -> Item:
    """56 ÷ 8."""
    a, b = chance.randint(3, 12), chance.randint(3, 12)
    right, wrong = _numbers(b, b + 1, b - 1, a + b, a)
    return Item(
        (f"What is {a * b} ÷ {a}?", f"{a * b} ÷ {a}의 값은?"), right, wrong,
        (f"{a} × {b} = {a * b}.", f"{a} × {b} = {a * b}이기 때문입니다."),
    )  # fmt: skip


def addition(chance: random.Random) -> Item:
    """A sum of two-digit numbers, with the slip of a lost carry."""
    a, b = chance.randint(15, 89), chance.randint(15, 89)
    right, wrong = _numbers(a + b, a + b - 10, a + b + 1, a + b + 10, abs(a - b))
    return Item(
        (f"What is {a} + {b}?", f"{a} + {b}의 값은?"),
        right,
        wrong,
        (f"{a} + {b} = {a + b}.", f"{a} + {b} = {a + b}입니다."),
    )


def subtraction(chance: random.Random) -> Item:
    """A difference of two-digit numbers, with the slip of a lost borrow."""
    b = chance.randint(15, 59)
    a = b + chance.randint(11, 60)
    right, wrong = _numbers(a - b, a - b + 10, a - b - 1, a - b - 10, a + b)
    return Item(
        (f"What is {a} - {b}?", f"{a} - {b}의 값은?"),
        right,
        wrong,
        (f"{a} - {b} = {a - b}.", f"{a} - {b} = {a - b}입니다."),
    )


def negatives(chance: random.Random) -> Item:
    """-3 - (-5)."""
    a, b = -chance.randint(1, 12), _nonzero(chance, -12, -1)
    right, wrong = _numbers(a - b, a + b, b - a, -(a + b), a - b + 1)
    return Item(
        (f"What is {a} - ({b})?", f"{a} - ({b})의 값은?"), right, wrong,
        (f"Subtracting a negative number is adding: {a} + {-b} = {a - b}.", f"음수를 빼는 것은 더하는 것과 같으므로 {a} + {-b} = {a - b}입니다."),
    )  # fmt: skip


def powers(chance: random.Random) -> Item:
    """2⁵."""
    base, exponent = chance.choice(
        [(2, 5), (2, 6), (2, 4), (3, 3), (3, 4), (4, 3), (5, 3), (10, 3), (2, 7), (6, 3), (7, 2), (3, 5)]
    )
    value = base**exponent
    right, wrong = _numbers(value, base * exponent, exponent**base, value + base, value // base)
    product = " × ".join([str(base)] * exponent)
    return Item(
        (f"What is {power(str(base), exponent)}?", f"{power(str(base), exponent)}의 값은?"), right, wrong,
        (f"{product} = {value}.", f"{product} = {value}입니다."),
    )  # fmt: skip


def power_rules(chance: random.Random) -> Item:
    """x³ · x⁴."""
    a, b = chance.randint(2, 6), chance.randint(2, 6)
    shown = f"{power('x', a)} · {power('x', b)}"
    return Item(
        (f"Simplify {shown}.", f"{shown}을(를) 간단히 하면?"), power("x", a + b),
        (power("x", a * b), f"2{power('x', a + b)}", power("x", abs(a - b) or 8), power("x", a + b + 1)),
        (f"The exponents are added: {a} + {b} = {a + b}.", f"지수끼리 더합니다: {a} + {b} = {a + b}."),
    )  # fmt: skip


def roots(chance: random.Random) -> Item:
    """√72 = 6√2."""
    outside, inside = chance.randint(2, 6), chance.choice([2, 3, 5, 6, 7])
    whole = outside * outside * inside
    return Item(
        (f"Simplify √{whole}.", f"√{whole}을(를) 간단히 하면?"), f"{outside}√{inside}",
        (f"{inside}√{outside}", f"{outside * outside}√{inside}", f"{outside + 1}√{inside}", f"√{outside * inside}", f"{outside * 2}√{inside}"),
        (f"√{whole} = √({outside * outside} · {inside}) = {outside}√{inside}.", f"√{whole} = √({outside * outside} · {inside}) = {outside}√{inside}입니다."),
    )  # fmt: skip


def derivative(chance: random.Random) -> Item:
    """3x⁴ + 2x."""
    a, n, b = chance.randint(1, 6), chance.randint(2, 5), _nonzero(chance, -9, 9)
    shown = joined((a, power("x", n)), (b, "x"))
    right = joined((a * n, power("x", n - 1)), (b, ""))
    wrong = (
        joined((a * n, power("x", n)), (b, "")), joined((a, power("x", n - 1)), (b, "")),
        joined((a * n, power("x", n - 1)), (b, "x")), joined((a * (n - 1), power("x", n - 1)), (b, "")),
        joined((Fraction(a, n + 1), power("x", n + 1)), (Fraction(b, 2), "x²")),
    )  # fmt: skip
    return Item(
        (f"What is the derivative of {shown}?", f"{shown}의 도함수는?"), right, wrong,
        (f"The exponent comes down and falls by one: ({term(a, power('x', n))})' = {term(a * n, power('x', n - 1))}, ({term(b, 'x')})' = {b}.",
         f"지수를 앞에 곱하고 1을 줄입니다: ({term(a, power('x', n))})' = {term(a * n, power('x', n - 1))}, ({term(b, 'x')})' = {b}."),
    )  # fmt: skip


_KNOWN_DERIVATIVES = (
    ("sin x", "cos x"),
    ("cos x", "-sin x"),
    ("eˣ", "eˣ"),
    ("ln x", "1/x"),
    ("tan x", "1/cos² x"),
    ("√x", "1/(2√x)"),
    ("1/x", "-1/x²"),
)


def known_derivative(chance: random.Random) -> Item:
    """The derivatives that one knows by heart."""
    of, right = chance.choice(_KNOWN_DERIVATIVES)
    wrong = [other for _, other in _KNOWN_DERIVATIVES if other != right] + [f"-({right})"]
    chance.shuffle(wrong)
    return Item(
        (f"What is the derivative of {of}?", f"{of}의 도함수는?"), right, tuple(wrong),
        (f"({of})' = {right}, one to know by heart.", f"({of})' = {right}, 외워 두면 좋습니다."),
    )  # fmt: skip


def integral(chance: random.Random) -> Item:
    """∫ 6x² dx."""
    n, times = chance.randint(1, 4), chance.randint(1, 4)
    a = (n + 1) * times
    right = f"{term(times, power('x', n + 1))} + C"
    wrong = (
        f"{term(a * n, power('x', n - 1) if n > 1 else '')} + C", f"{term(a, power('x', n + 1))} + C",
        f"{term(times, power('x', n))} + C", f"{term(times + 1, power('x', n + 1))} + C",
        f"{term(a * (n + 1), power('x', n + 1))} + C",
    )  # fmt: skip
    shown = term(a, power("x", n))
    return Item(
        (f"What is ∫ {shown} dx?", f"∫ {shown} dx를 구하면?"), right, wrong,
        (f"The exponent rises to {n + 1}, and one divides by it: {a}/{n + 1} = {times}.", f"지수를 {n + 1}[으로] 올리고 그 수로 나눕니다: {a}/{n + 1} = {times}."),
    )  # fmt: skip


def definite_integral(chance: random.Random) -> Item:
    """∫₀² 3x² dx."""
    n, end = chance.randint(1, 2), chance.randint(2, 4)
    value = int(end ** (n + 1))
    right, wrong = _numbers(value, (n + 1) * value, (n + 1) * int(end**n), value - 1, value * 2)
    sub = str(end).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = f"∫₀{sub} {term(n + 1, power('x', n))} dx"
    anti = power("x", n + 1)
    return Item(
        (f"What is {shown}?", f"{shown}의 값은?"), right, wrong,
        (f"An antiderivative is {anti}; {end} put in gives {value}, 0 gives 0.", f"부정적분은 {anti}이고, {end}[을] 대입하면 {value}, 0을 대입하면 0입니다."),
    )  # fmt: skip


def rectangle(chance: random.Random) -> Item:
    """Area and perimeter."""
    a, b = chance.randint(3, 12), chance.randint(3, 12)
    while a == b or a * b == 2 * (a + b):
        b = chance.randint(3, 12)
    right, wrong = _numbers(a * b, 2 * (a + b), a + b, a * b * 2, a * b + a)
    return Item(
        (f"A rectangle is {a} cm by {b} cm. What is its area in cm²?", f"가로 {a} cm, 세로 {b} cm인 직사각형의 넓이는 몇 cm²일까요?"),
        right, wrong,
        (f"The area is length times width: {a} × {b} = {a * b}.", f"넓이는 가로 × 세로이므로 {a} × {b} = {a * b}입니다."),
    )  # fmt: skip


def triangle(chance: random.Random) -> Item:
    """The area of a triangle."""
    base, height = 2 * chance.randint(2, 7), chance.randint(3, 11)
    value = base * height // 2
    right, wrong = _numbers(value, base * height, base + height, value + base, value * 4)
    return Item(
        (f"A triangle has the base {base} cm and the height {height} cm. What is its area in cm²?",
         f"밑변이 {base} cm, 높이가 {height} cm인 삼각형의 넓이는 몇 cm²일까요?"),
        right, wrong,
        (f"Half of base times height: {base} × {height} ÷ 2 = {value}.", f"밑변 × 높이 ÷ 2이므로 {base} × {height} ÷ 2 = {value}입니다."),
    )  # fmt: skip


def angle(chance: random.Random) -> Item:
    """The third angle of a triangle."""
    a, b = 5 * chance.randint(6, 16), 5 * chance.randint(6, 16)
    right, wrong = _numbers(180 - a - b, a + b, 360 - a - b, 190 - a - b, 90 - a if a != 90 else 15)
    return Item(
        (f"Two angles of a triangle are {a}° and {b}°. What is the third, in degrees?", f"삼각형의 두 각이 {a}°, {b}°일 때 나머지 한 각은 몇 도일까요?"),
        right, wrong,
        (f"The angles add up to 180°: 180 - {a} - {b} = {180 - a - b}.", f"세 각의 합은 180°이므로 180 - {a} - {b} = {180 - a - b}입니다."),
    )  # fmt: skip


def pythagoras(chance: random.Random) -> Item:
    """The longest side of a right triangle."""
    a, b, c = chance.choice([(3, 4, 5), (6, 8, 10), (5, 12, 13), (8, 15, 17), (9, 12, 15)])
    right, wrong = _numbers(c, a + b, c + 1, c - 1, a * a + b * b)
    return Item(
        (f"The legs of a right triangle are {a} and {b}. How long is the hypotenuse?", f"직각을 낀 두 변이 {a}, {b}인 직각삼각형의 빗변의 길이는?"),
        right, wrong,
        (f"{a}² + {b}² = {c * c}, and √{c * c} = {c}.", f"{a}² + {b}² = {c * c}이고 √{c * c} = {c}입니다."),
    )  # fmt: skip


def circle(chance: random.Random) -> Item:
    """The area of a circle."""
    r = chance.randint(3, 9)
    return Item(
        (f"What is the area of a circle with the radius {r}?", f"반지름이 {r}인 원의 넓이는?"), f"{r * r}π",
        (f"{2 * r}π", f"{r}π", f"{r * r * 2}π", f"{4 * r * r}π"),
        (f"πr² = π · {r}² = {r * r}π.", f"πr² = π · {r}² = {r * r}π입니다."),
    )  # fmt: skip


def system(chance: random.Random) -> Item:
    """x + y and x - y given."""
    x, y = _nonzero(chance, -5, 9), _nonzero(chance, -5, 9)
    while x == y or x == -y:
        y = _nonzero(chance, -5, 9)
    return Item(
        (f"Solve x + y = {x + y}, x - y = {x - y}.", f"연립방정식 x + y = {x + y}, x - y = {x - y}의 해는?"), f"x = {x}, y = {y}",
        (f"x = {y}, y = {x}", f"x = {-x}, y = {-y}", f"x = {x}, y = {-y}", f"x = {x + 1}, y = {y - 1}"),
        (f"Added, the equations give 2x = {2 * x}, so x = {x}, y = {y}.", f"두 식을 더하면 2x = {2 * x}이므로 x = {x}, y = {y}입니다."),
    )  # fmt: skip


def inequality(chance: random.Random) -> Item:
    """-2x + 1 < 7, where the sign turns round."""
    a, edge, b = -chance.randint(2, 6), _nonzero(chance, -6, 6), _nonzero(chance, -9, 9)
    c = a * edge + b
    shown = f"{joined((a, 'x'), (b, ''))} < {c}"
    return Item(
        (f"Solve {shown}.", f"부등식 {shown}의 해는?"), f"x > {edge}",
        (f"x < {edge}", f"x > {-edge}", f"x < {-edge}", f"x > {edge + 1}"),
        (f"Dividing by {a} turns the sign round: x > {edge}.", f"음수 {a}[으로] 나누면 부등호의 방향이 바뀌어 x > {edge}입니다."),
    )  # fmt: skip


def common_divisor(chance: random.Random) -> Item:
    """gcd(12, 18)."""
    a, b = 6 * chance.randint(2, 8), 4 * chance.randint(3, 9)
    while a == b:
        b = 4 * chance.randint(3, 9)
    value = math.gcd(a, b)
    right, wrong = _numbers(value, math.lcm(a, b), value * 2, max(1, value // 2), value + 1)
    return Item(
        (f"What is the greatest common divisor of {a} and {b}?", f"{a}, {b}의 최대공약수는?"), right, wrong,
        (f"{a} = {value} · {a // value} and {b} = {value} · {b // value}, which share no further factor.", f"{a} = {value} · {a // value}, {b} = {value} · {b // value}이고 더 이상 공통인 약수가 없습니다."),
    )  # fmt: skip


_ANGLES = (
    ("sin 30°", "1/2"),
    ("cos 60°", "1/2"),
    ("sin 45°", "√2/2"),
    ("cos 30°", "√3/2"),
    ("tan 45°", "1"),
    ("sin 90°", "1"),
    ("cos 90°", "0"),
    ("tan 60°", "√3"),
    ("cos 0°", "1"),
)


def trigonometry(chance: random.Random) -> Item:
    """Values to know by heart."""
    of, right = chance.choice(_ANGLES)
    wrong = [value for value in ("1/2", "√2/2", "√3/2", "1", "0", "√3") if value != right]
    chance.shuffle(wrong)
    return Item(
        (f"What is {of}?", f"{of}의 값은?"), right, tuple(wrong), (f"{of} = {right}.", f"{of} = {right}입니다.")
    )


def logarithm(chance: random.Random) -> Item:
    """log₂ 8."""
    base, exponent = chance.choice([(2, 3), (2, 4), (2, 5), (3, 2), (3, 3), (5, 2), (10, 2), (10, 3), (4, 2)])
    value = base**exponent
    sub = str(base).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    right, wrong = _numbers(exponent, exponent + 1, value // base, base, exponent - 1 or 7, base + exponent)
    return Item(
        (f"What is log{sub} {value}?", f"log{sub} {value}의 값은?"), right, wrong,
        (f"{power(str(base), exponent)} = {value}.", f"{power(str(base), exponent)} = {value}이기 때문입니다."),
    )  # fmt: skip


def sequence(chance: random.Random) -> Item:
    """The next term of an arithmetic sequence."""
    first, step = chance.randint(1, 12), chance.randint(2, 9)
    values = [first + step * place for place in range(5)]
    right, wrong = _numbers(values[4], values[4] + 1, values[4] + step, values[3] + 1, values[4] - 2)
    shown = ", ".join(str(value) for value in values[:4])
    return Item(
        (f"What comes next: {shown}, …?", f"다음에 올 수는? {shown}, …"), right, wrong,
        (f"Each term is {step} more than the one before.", f"앞의 수보다 {step}씩 커집니다."),
    )  # fmt: skip


def mean(chance: random.Random) -> Item:
    """The mean of three numbers."""
    middle, spread = chance.randint(5, 20), chance.randint(1, 4)
    values = [middle - spread, middle + 2 * spread, middle - spread]
    chance.shuffle(values)
    right, wrong = _numbers(middle, sum(values), middle + 1, max(values), middle - 1)
    shown = ", ".join(str(value) for value in values)
    return Item(
        (f"What is the mean of {shown}?", f"{shown}의 평균은?"), right, wrong,
        (f"Their sum is {sum(values)}, and {sum(values)} ÷ 3 = {middle}.", f"합이 {sum(values)}이고 {sum(values)} ÷ 3 = {middle}입니다."),
    )  # fmt: skip


def limit(chance: random.Random) -> Item:
    """(x² - 9)/(x - 3) as x goes to 3."""
    a = chance.randint(2, 9)
    right, wrong = _numbers(2 * a, 0, a, a * a, 2 * a + 1)
    shown = f"(x² - {a * a})/(x - {a})"
    return Item(
        (f"What is the limit of {shown} as x goes to {a}?", f"x가 {a}(으)로 갈 때 {shown}의 극한값은?"), right, wrong,
        (f"{shown} = x + {a}, which goes to {2 * a}.", f"{shown} = x + {a}이므로 극한값은 {2 * a}입니다."),
    )  # fmt: skip


ALL: Sequence[Maker] = (
    add_fractions,
    linear,
    percentage,
    multiplication,
    powers,
    rectangle,
    factoring,
    sequence,
    negatives,
    angle,
)
