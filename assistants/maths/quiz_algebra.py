"""Quiz questions on equations and expressions."""

import random

from assistants.maths.quiz_items import Item, joined, nonzero, power, term, whole_numbers


def linear(chance: random.Random) -> Item:
    """3x + 11 = 14."""
    a, x, b = chance.randint(2, 9), nonzero(chance, -8, 9), nonzero(chance, -12, 12)
    c = a * x + b
    right, wrong = whole_numbers(x, -x, x + 1, (c + b) // a if (c + b) // a != x else x + 2, c - b)
    moved = ("Subtract", b) if b > 0 else ("Add", -b)
    shown = joined((a, "x"), (b, ""))
    return Item(
        (f"Solve {shown} = {c}. x = ?", f"방정식 {shown} = {c}의 해는? x = ?"),
        right,
        wrong,
        (
            f"{moved[0]} {moved[1]} on both sides: {a}x = {c - b}; divide by {a}: x = {x}.",
            f"{'양변에서 빼면' if b > 0 else '양변에 더하면'} {a}x = {c - b}, 양변을 {a}[으로] 나누면 x = {x}입니다.",
        ),
    )


def linear_both_sides(chance: random.Random) -> Item:
    """5x - 3 = 2x + 9."""
    c, x = chance.randint(1, 5), nonzero(chance, -6, 8)
    a, b = c + chance.randint(1, 5), nonzero(chance, -9, 9)
    d = (a - c) * x + b
    right, wrong = whole_numbers(x, -x, x + 2, x - 1, d)
    equation = f"{joined((a, 'x'), (b, ''))} = {joined((c, 'x'), (d, ''))}"
    return Item(
        (f"Solve {equation}. x = ?", f"방정식 {equation}의 해는? x = ?"),
        right,
        wrong,
        (
            f"Collect: {term(a - c, 'x')} = {d - b}, so x = {x}.",
            f"정리하면 {term(a - c, 'x')} = {d - b}이므로 x = {x}입니다.",
        ),
    )


def quadratic(chance: random.Random) -> Item:
    """x² - 5x + 6 = 0."""
    p, q = nonzero(chance, -6, 6), nonzero(chance, -6, 6)
    while abs(p) == abs(q):
        q = nonzero(chance, -6, 6)
    low, high = sorted((p, q))
    shown = joined((1, "x²"), (-(p + q), "x"), (p * q, ""))

    def pair(one: int, other: int) -> str:
        return f"x = {min(one, other)}, x = {max(one, other)}"

    factors = f"({joined((1, 'x'), (-low, ''))})({joined((1, 'x'), (-high, ''))})"
    return Item(
        (f"What are the solutions of {shown} = 0?", f"이차방정식 {shown} = 0의 해는?"),
        pair(low, high),
        (pair(-low, -high), pair(low, -high), pair(-low, high), pair(low + 1, high + 1)),
        (
            f"{shown} = {factors}, and a product is 0 when a factor is 0.",
            f"{shown} = {factors}이고, 곱이 0이면 인수 중 하나가 0입니다.",
        ),
    )


def factoring(chance: random.Random) -> Item:
    """x² + 5x + 6 as a product."""
    p, q = nonzero(chance, -7, 7), nonzero(chance, -7, 7)
    while p == -q:
        q = nonzero(chance, -7, 7)

    def product(one: int, other: int) -> str:
        one, other = sorted((one, other))
        return f"({joined((1, 'x'), (one, ''))})({joined((1, 'x'), (other, ''))})"

    shown = joined((1, "x²"), (p + q, "x"), (p * q, ""))
    return Item(
        (f"Factor {shown}.", f"{shown}을(를) 인수분해하면?"),
        product(p, q),
        (product(-p, -q), product(p, -q), product(-p, q), product(p + 1, q - 1), product(p + 2, q)),
        (f"{p} and {q} have the product {p * q} and the sum {p + q}.", f"{p}, {q}의 곱은 {p * q}, 합은 {p + q}입니다."),
    )


def expanding(chance: random.Random) -> Item:
    """(x + 2)(x + 3)."""
    p, q = nonzero(chance, -6, 6), nonzero(chance, -6, 6)

    def written(middle: int, last: int) -> str:
        return joined((1, "x²"), (middle, "x"), (last, ""))

    shown = f"({joined((1, 'x'), (p, ''))})({joined((1, 'x'), (q, ''))})"
    return Item(
        (f"Expand {shown}.", f"{shown}을(를) 전개하면?"),
        written(p + q, p * q),
        (
            written(p * q, p + q),
            written(p + q, -p * q),
            written(p - q, p * q),
            written(0, p * q),
            written(p + q + 1, p * q),
        ),
        (
            f"x·x + {joined((q, 'x'), (p, 'x'))} + ({p})·({q}) = {written(p + q, p * q)}.",
            f"각 항을 서로 곱하면 {written(p + q, p * q)}입니다.",
        ),
    )


def power_rules(chance: random.Random) -> Item:
    """x³ · x⁴."""
    a, b = chance.randint(2, 6), chance.randint(2, 6)
    shown = f"{power('x', a)} · {power('x', b)}"
    return Item(
        (f"Simplify {shown}.", f"{shown}을(를) 간단히 하면?"),
        power("x", a + b),
        (power("x", a * b), f"2{power('x', a + b)}", power("x", abs(a - b) or 8), power("x", a + b + 1)),
        (f"The exponents are added: {a} + {b} = {a + b}.", f"지수끼리 더합니다: {a} + {b} = {a + b}."),
    )


def system(chance: random.Random) -> Item:
    """x + y and x - y given."""
    x, y = nonzero(chance, -5, 9), nonzero(chance, -5, 9)
    while x in {y, -y}:
        y = nonzero(chance, -5, 9)
    return Item(
        (f"Solve x + y = {x + y}, x - y = {x - y}.", f"연립방정식 x + y = {x + y}, x - y = {x - y}의 해는?"),
        f"x = {x}, y = {y}",
        (f"x = {y}, y = {x}", f"x = {-x}, y = {-y}", f"x = {x}, y = {-y}", f"x = {x + 1}, y = {y - 1}"),
        (
            f"Added, the equations give 2x = {2 * x}, so x = {x}, y = {y}.",
            f"두 식을 더하면 2x = {2 * x}이므로 x = {x}, y = {y}입니다.",
        ),
    )


def inequality(chance: random.Random) -> Item:
    """-2x + 1 < 7, where the sign turns round."""
    a, edge, b = -chance.randint(2, 6), nonzero(chance, -6, 6), nonzero(chance, -9, 9)
    c = a * edge + b
    shown = f"{joined((a, 'x'), (b, ''))} < {c}"
    return Item(
        (f"Solve {shown}.", f"부등식 {shown}의 해는?"),
        f"x > {edge}",
        (f"x < {edge}", f"x > {-edge}", f"x < {-edge}", f"x > {edge + 1}"),
        (
            f"Dividing by {a} turns the sign round: x > {edge}.",
            f"음수 {a}[으로] 나누면 부등호의 방향이 바뀌어 x > {edge}입니다.",
        ),
    )


def logarithm(chance: random.Random) -> Item:
    """log₂ 8."""
    base, exponent = chance.choice([(2, 3), (2, 4), (2, 5), (3, 2), (3, 3), (5, 2), (10, 2), (10, 3), (4, 2)])
    value = base**exponent
    sub = str(base).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    right, wrong = whole_numbers(exponent, exponent + 1, value // base, base, exponent - 1 or 7, base + exponent)
    return Item(
        (f"What is log{sub} {value}?", f"log{sub} {value}의 값은?"),
        right,
        wrong,
        (f"{power(str(base), exponent)} = {value}.", f"{power(str(base), exponent)} = {value}이기 때문입니다."),
    )
