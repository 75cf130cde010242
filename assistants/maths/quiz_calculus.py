"""Quiz questions on derivatives, integrals and limits."""

import random
from fractions import Fraction

from assistants.maths.quiz_items import Item, joined, nonzero, power, term, whole_numbers


def derivative(chance: random.Random) -> Item:
    """3x⁴ + 2x."""
    a, n, b = chance.randint(1, 6), chance.randint(2, 5), nonzero(chance, -9, 9)
    shown = joined((a, power("x", n)), (b, "x"))
    right = joined((a * n, power("x", n - 1)), (b, ""))
    wrong = (
        joined((a * n, power("x", n)), (b, "")),
        joined((a, power("x", n - 1)), (b, "")),
        joined((a * n, power("x", n - 1)), (b, "x")),
        joined((a * (n - 1), power("x", n - 1)), (b, "")),
        joined((Fraction(a, n + 1), power("x", n + 1)), (Fraction(b, 2), "x²")),
    )
    first = f"({term(a, power('x', n))})' = {term(a * n, power('x', n - 1))}"
    second = f"({term(b, 'x')})' = {b}"
    return Item(
        (f"What is the derivative of {shown}?", f"{shown}의 도함수는?"),
        right,
        wrong,
        (
            f"The exponent comes down and falls by one: {first}, {second}.",
            f"지수를 앞에 곱하고 1을 줄입니다: {first}, {second}.",
        ),
    )


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
        (f"What is the derivative of {of}?", f"{of}의 도함수는?"),
        right,
        tuple(wrong),
        (f"({of})' = {right}, one to know by heart.", f"({of})' = {right}, 외워 두면 좋습니다."),
    )


def integral(chance: random.Random) -> Item:
    """∫ 6x² dx."""
    n, times = chance.randint(1, 4), chance.randint(1, 4)
    a = (n + 1) * times
    right = f"{term(times, power('x', n + 1))} + C"
    wrong = (
        f"{term(a * n, power('x', n - 1) if n > 1 else '')} + C",
        f"{term(a, power('x', n + 1))} + C",
        f"{term(times, power('x', n))} + C",
        f"{term(times + 1, power('x', n + 1))} + C",
        f"{term(a * (n + 1), power('x', n + 1))} + C",
    )
    shown = term(a, power("x", n))
    return Item(
        (f"What is ∫ {shown} dx?", f"∫ {shown} dx를 구하면?"),
        right,
        wrong,
        (
            f"The exponent rises to {n + 1}, and one divides by it: {a}/{n + 1} = {times}.",
            f"지수를 {n + 1}[으로] 올리고 그 수로 나눕니다: {a}/{n + 1} = {times}.",
        ),
    )


def definite_integral(chance: random.Random) -> Item:
    """∫₀² 3x² dx."""
    n, end = chance.randint(1, 2), chance.randint(2, 4)
    value = int(end ** (n + 1))
    right, wrong = whole_numbers(value, (n + 1) * value, (n + 1) * int(end**n), value - 1, value * 2)
    sub = str(end).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = f"∫₀{sub} {term(n + 1, power('x', n))} dx"
    anti = power("x", n + 1)
    return Item(
        (f"What is {shown}?", f"{shown}의 값은?"),
        right,
        wrong,
        (
            f"An antiderivative is {anti}; {end} put in gives {value}, 0 gives 0.",
            f"부정적분은 {anti}이고, {end}[을] 대입하면 {value}, 0을 대입하면 0입니다.",
        ),
    )


def limit(chance: random.Random) -> Item:
    """(x² - 9)/(x - 3) as x goes to 3."""
    a = chance.randint(2, 9)
    right, wrong = whole_numbers(2 * a, 0, a, a * a, 2 * a + 1)
    shown = f"(x² - {a * a})/(x - {a})"
    return Item(
        (f"What is the limit of {shown} as x goes to {a}?", f"x가 {a}(으)로 갈 때 {shown}의 극한값은?"),
        right,
        wrong,
        (f"{shown} = x + {a}, which goes to {2 * a}.", f"{shown} = x + {a}이므로 극한값은 {2 * a}입니다."),
    )
