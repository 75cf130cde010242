"""Quiz questions made by code with a seed: those that algebra can decide, and everyday ones that it must leave alone."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question with its choices; `right` are the indexes of the right ones, `key` the one that is given as right."""

    text: str
    choices: tuple[str, ...]
    right: tuple[int, ...]
    key: int
    kind: str


@dataclass(frozen=True, slots=True)
class Item:
    """A question before its choices are shuffled; `again` is the right answer written otherwise."""

    texts: tuple[str, str]
    right: str
    wrong: tuple[str, ...]
    again: str


def questions(count: int, seed: int) -> Iterator[MadeQuestion]:
    """Of these, 15 % have a wrong key, and 5 % two right choices."""
    rng = Random(seed)
    for number in range(count):
        maker = MAKERS[number % len(MAKERS)]
        item = maker(rng)
        wrong = [one for one in dict.fromkeys(item.wrong) if one not in {item.right, item.again}][:3]
        fate = rng.random()
        choices = [(item.right, True), *((one, False) for one in wrong)]
        if fate < 0.05:
            choices[-1] = (item.again, True)
        rng.shuffle(choices)
        right = tuple(place for place, (_, is_right) in enumerate(choices) if is_right)
        key = right[0]
        if 0.05 <= fate < 0.20:
            key = rng.choice([place for place in range(len(choices)) if place not in right])
        texts = tuple(text for text, _ in choices)
        yield MadeQuestion(rng.choice(item.texts), texts, right, key, maker.__name__)


def _n(rng: Random, low: int, high: int) -> int:
    return rng.choice([one for one in range(low, high + 1) if one])


def _poly(*terms: tuple[int, str]) -> str:
    shown = ""
    for factor, body in terms:
        if not factor:
            continue
        size = "" if abs(factor) == 1 and body else str(abs(factor))
        shown += (" + " if factor > 0 else " - ") if shown else ("-" if factor < 0 else "")
        shown += f"{size}{body}"
    return shown or "0"


def _frac(value: Fraction, latex: bool) -> str:
    if value.denominator == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    top, bottom = abs(value.numerator), value.denominator
    return f"${sign}\\frac{{{top}}}{{{bottom}}}$" if latex else f"{sign}{top}/{bottom}"


def _both(english: str, korean: str) -> tuple[str, str]:
    return english, korean


def arithmetic(rng: Random) -> Item:
    a, b, c = rng.randint(2, 30), rng.randint(2, 30), rng.randint(2, 12)
    value = a + b * c
    sign = rng.choice(["×", "·", "\\times"])
    shown = f"{a} + {b} {sign} {c}"
    shown = f"${shown}$" if "\\" in sign else shown
    return Item(
        (rng.choice([f"What is {shown}?", f"Calculate {shown}.", f"{shown} = ?"]), f"{shown}의 값은?"),
        str(value), (str((a + b) * c), str(value + 1), str(value - 10), str(value + 7)), f"{value - 1} + 1",
    )  # fmt: skip


def fractions(rng: Random) -> Item:
    one, other = (Fraction(rng.randint(1, 8), rng.randint(2, 9)) for _ in range(2))
    latex = rng.random() < 0.5
    op, value = rng.choice([("+", one + other), ("-", one - other), ("\\times" if latex else "×", one * other)])
    if one.denominator == 1 or other.denominator == 1:
        return fractions(rng)
    shown = f"{_frac(one, latex)} {op} {_frac(other, latex)}".replace("$ ", " ").replace(" $", " ")
    wrong = [Fraction(one.numerator + other.numerator, one.denominator + other.denominator), value + 1, value * 2 + 1,
             value - Fraction(1, 7), value + Fraction(1, 11)]  # fmt: skip
    wrong = [each for each in wrong if each != value]
    again = f"\\frac{{{value.numerator * 3}}}{{{value.denominator * 3}}}" if latex else f"{value * 2}/2"
    if "/" in f"{value * 2}" or value < 0:
        again = f"{value.numerator * 3}/{value.denominator * 3}"
    return Item(
        _both(f"What is {shown}?", f"{shown}[을] 계산하면?".replace("[을]", "을")), _frac(value, latex),
        tuple(_frac(each, latex) for each in wrong), again,
    )  # fmt: skip


def percent(rng: Random) -> Item:
    p, whole = rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 75]), rng.choice([20, 40, 60, 80, 120, 200, 400])
    value = p * whole // 100
    return Item(
        _both(f"What is {p}% of {whole}?", f"{whole}의 {p}%는 얼마인가요?"), str(value),
        (str(value * 10), str(whole - value + 1000), str(value + 3), str(value + 11)), f"{value}.0",
    )  # fmt: skip


def linear(rng: Random) -> Item:
    a, x, b = _n(rng, 2, 9), _n(rng, -9, 9), _n(rng, -12, 12)
    shown = f"{_poly((a, 'x'), (b, ''))} = {a * x + b}"
    shown = rng.choice([shown, f"${shown}$"])
    prefix = rng.choice(["", "x = "])
    return Item(
        (
            rng.choice([f"Solve for x: {shown}", f"Solve {shown}.", f"If {shown}, what is x?", f"What is the value of x in the equation {shown}?"]),
            rng.choice([f"방정식 {shown}의 해는?", f"{shown}일 때 x의 값은?"]),
        ),
        f"{prefix}{x}", tuple(f"{prefix}{each}" for each in (-x, x + 1, x + 2, x - 3)), f"{prefix}{2 * x}/2",
    )  # fmt: skip


def quadratic(rng: Random) -> Item:
    p, q = _n(rng, -8, 8), _n(rng, -8, 8)
    while abs(p) == abs(q):
        q = _n(rng, -8, 8)
    square = rng.choice(["x²", "x^2"])
    shown = f"{_poly((1, square), (-(p + q), 'x'), (p * q, ''))} = 0"
    word = rng.choice([" or ", ", "])

    def pair(one: int, other: int) -> str:
        low, high = sorted((one, other))
        return f"x = {low}{word}x = {high}"

    return Item(
        (rng.choice([f"What are the solutions of {shown}?", f"Solve {shown}."]), f"이차방정식 {shown}의 해는?"),
        pair(p, q), (pair(-p, -q), pair(p, -q), pair(-p, q), pair(p + 1, q + 2)), f"x = {max(p, q)} or x = {min(p, q)}",
    )  # fmt: skip


def system(rng: Random) -> Item:
    x, y = _n(rng, -6, 9), _n(rng, -6, 9)
    while abs(x) == abs(y):
        y = _n(rng, -6, 9)
    a, b = _n(rng, 1, 4), _n(rng, 1, 4)
    one = f"{_poly((a, 'x'), (b, 'y'))} = {a * x + b * y}"
    other = f"{_poly((a, 'x'), (-b - 1, 'y'))} = {a * x - (b + 1) * y}"

    def point(u: int, v: int) -> str:
        return f"({u}, {v})"

    return Item(
        (rng.choice([f"Solve the system: {one}, {other}", f"What is the solution of the system of equations ${one}$ and ${other}$?"]), f"연립방정식 {one}, {other}의 해는?"),
        point(x, y), (point(y, x), point(-x, y), point(x + 1, y), point(x, y - 1)), f"x = {x}, y = {y}",
    )  # fmt: skip


def inequality(rng: Random) -> Item:
    a, x, b = _n(rng, -6, 6), _n(rng, -9, 9), _n(rng, -12, 12)
    while abs(a) == 1:
        a = _n(rng, -6, 6)
    op = rng.choice(["<", ">", "≤", "≥"])
    turned = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}
    strict = {"<": "≤", ">": "≥", "≤": "<", "≥": ">"}
    out = turned[op] if a < 0 else op
    shown = f"{_poly((a, 'x'), (b, ''))} {op} {a * x + b}"
    return Item(
        (rng.choice([f"Solve the inequality {shown}.", f"What is the solution of {shown}?"]), f"부등식 {shown}의 해는?"),
        f"x {out} {x}", (f"x {turned[out]} {x}", f"x {strict[out]} {x}", f"x {out} {x + 1}", f"x {out} {x - 2}"), f"{x} {turned[out]} x",
    )  # fmt: skip


def powers(rng: Random) -> Item:
    a, m, n = rng.choice([2, 3, 5]), rng.randint(2, 4), rng.randint(2, 3)
    value = a ** (m + n)
    sup = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
    shown = rng.choice([f"${a}^{m} \\cdot {a}^{n}$", f"{a}{str(m).translate(sup)} × {a}{str(n).translate(sup)}"])
    return Item(
        _both(f"What is {shown}?", f"{shown}의 값은?"), f"{a}^{m + n}",
        (f"{a}^{m * n + 1}", f"{a * a}^{m + n}", f"{a}^{m + n + 2}", f"{a * 2}^{m * n}"), str(value),
    )  # fmt: skip


def logarithms(rng: Random) -> Item:
    base, exponent = rng.choice([2, 3, 5, 10]), rng.randint(2, 5)
    shown = rng.choice([f"$\\log_{{{base}}} {base**exponent}$", f"log_{base}({base**exponent})"])
    return Item(
        _both(f"What is {shown}?", f"{shown}의 값은?"), str(exponent),
        (str(exponent + 1), str(base**exponent), str(exponent + 4), str(exponent - 7)), f"{exponent * 2}/2",
    )  # fmt: skip


def derivatives(rng: Random) -> Item:
    a, n, b = _n(rng, -6, 6), rng.randint(2, 5), _n(rng, -9, 9)
    shown = f"{_poly((a, f'x^{n}'), (b, 'x'))}"
    up = "x" if n == 2 else f"x^{n - 1}"
    right = _poly((a * n, up), (b, ""))
    return Item(
        (
            rng.choice([f"What is the derivative of ${shown}$?", f"Differentiate f(x) = {shown}.", f"If $f(x) = {shown}$, what is $f'(x)$?"]),
            rng.choice([f"함수 f(x) = {shown}의 도함수는?", f"${shown}$를 미분하면?"]),
        ),
        f"${right}$", (f"${_poly((a, up), (b, ''))}$", f"${_poly((a * n, f'x^{n}'), (b, ''))}$", f"${_poly((a * n, up), (b + 1, ''))}$", f"${_poly((a * n, up), (b, 'x'))}$"),
        f"{b} + {a * n}*{up}".replace("+ -", "- "),
    )  # fmt: skip


def integrals(rng: Random) -> Item:
    a, n, b = _n(rng, -5, 5), rng.randint(1, 4), _n(rng, -9, 9)
    body = "x" if n == 1 else f"x^{n}"
    shown = _poly((a * (n + 1), body), (b, ""))
    right = _poly((a, f"x^{n + 1}"), (b, "x"))
    return Item(
        (f"What is $\\int ({shown})\\,dx$?", f"부정적분 $\\int ({shown})\\,dx$를 구하면?"), f"${right} + C$",
        (f"${_poly((a * (n + 1), f'x^{n + 1}'), (b, 'x'))} + C$", f"${_poly((a, body), (b, 'x'))} + C$", f"${_poly((a, f'x^{n + 1}'), (b + 2, 'x'))} + C$", f"${_poly((a, f'x^{n + 2}'), (b, 'x'))} + C$"),
        f"C + {_poly((b, 'x'), (a, f'x^{n + 1}'))}",
    )  # fmt: skip


def definite(rng: Random) -> Item:
    a, top = _n(rng, 1, 6), rng.randint(1, 4)
    value = Fraction(a * top**3, 3)
    return Item(
        (f"Evaluate $\\int_0^{top} {a if a > 1 else ''}x^2\\,dx$.", f"$\\int_0^{top} {a if a > 1 else ''}x^2\\,dx$의 값은?"),
        _frac(value, False), tuple(_frac(each, False) for each in (value * 3 + 1, value / 2, value + 1, value + 5)),
        f"{value.numerator * 2}/{value.denominator * 2}",
    )  # fmt: skip


def limits(rng: Random) -> Item:
    a = _n(rng, 1, 9)
    shown = f"\\lim_{{x \\to {a}}} \\frac{{x^2 - {a * a}}}{{x - {a}}}"
    return Item(
        (f"Evaluate ${shown}$.", f"${shown}$의 값은?"),
        str(2 * a),
        ("0" if a else "1", str(a), str(2 * a + 1), "∞"),
        f"{4 * a}/2",
    )


def expanding(rng: Random) -> Item:
    p, q = _n(rng, -7, 7), _n(rng, -7, 7)
    while p == -q or p * q == p + q:
        q = _n(rng, -7, 7)
    shown = f"({_poly((1, 'x'), (p, ''))})({_poly((1, 'x'), (q, ''))})"

    def out(middle: int, last: int) -> str:
        return _poly((1, "x²"), (middle, "x"), (last, ""))

    return Item(
        (f"Expand {shown}.", f"{shown}을 전개하면?"), out(p + q, p * q),
        (out(p * q, p + q), out(p + q, -p * q), out(p + q + 1, p * q), out(p - q or 1, p * q + 3)), _poly((p * q, ""), (p + q, "x"), (1, "x²")),
    )  # fmt: skip


def factoring(rng: Random) -> Item:
    p, q = _n(rng, -7, 7), _n(rng, -7, 7)
    while abs(p) == abs(q):
        q = _n(rng, -7, 7)
    shown = _poly((1, "x^2"), (p + q, "x"), (p * q, ""))

    def out(one: int, other: int) -> str:
        return f"({_poly((1, 'x'), (one, ''))})({_poly((1, 'x'), (other, ''))})"

    return Item(
        (rng.choice([f"Factor ${shown}$.", f"Factor completely: {shown}"]), f"${shown}$을 인수분해하면?"), out(p, q),
        (out(-p, -q), out(p, -q), out(-p, q), out(p + 1, q)), out(q, p),
    )  # fmt: skip


def roots(rng: Random) -> Item:
    a, b = rng.randint(2, 6), rng.choice([2, 3, 5, 7])
    return Item(
        (f"Simplify $\\sqrt{{{a * a * b}}}$.", f"$\\sqrt{{{a * a * b}}}$을 간단히 하면?"), f"${a}\\sqrt{{{b}}}$",
        (f"${b}\\sqrt{{{a}}}$" if math.isqrt(a) ** 2 != a else "1", f"${a * a}\\sqrt{{{b}}}$", f"${a + 1}\\sqrt{{{b}}}$", str(a * b)), f"$\\sqrt{{{b}}} \\cdot {a}$",
    )  # fmt: skip


def largest(rng: Random) -> Item:
    values = rng.sample([Fraction(top, bottom) for bottom in range(2, 10) for top in range(1, bottom)], 8)
    ordered = sorted(set(values), reverse=True)[:5]
    latex = rng.random() < 0.5
    shown = [_frac(each, latex) for each in ordered]
    return Item(
        ("Which of the following fractions is the largest?", "다음 중 가장 큰 분수는?"), shown[0], tuple(shown[1:]),
        f"{ordered[0].numerator * 2}/{ordered[0].denominator * 2}",
    )  # fmt: skip


def equivalent(rng: Random) -> Item:
    a, b = _n(rng, 2, 7), _n(rng, -9, 9)
    shown = f"{a}({_poly((1, 'x'), (b, ''))})"
    return Item(
        (f"Which expression is equivalent to {shown}?", f"다음 중 {shown}과 같은 식은?"), _poly((a, "x"), (a * b, "")),
        (_poly((a, "x"), (b, "")), _poly((1, "x"), (a * b, "")), _poly((a, "x"), (a + b or 1, "")), _poly((a, "x"), (a * b + 1, ""))),
        _poly((a * b, ""), (a, "x")),
    )  # fmt: skip


MAKERS: tuple[Callable[[Random], Item], ...] = (
    arithmetic, fractions, percent, linear, quadratic, system, inequality, powers, logarithms, derivatives, integrals,
    definite, limits, expanding, factoring, roots, largest, equivalent,
)  # fmt: skip


def everyday(seed: int, count: int = 300) -> list[tuple[str, tuple[str, ...]]]:
    """Questions that look like mathematics, and that algebra must leave alone: those written down one by one, then made."""
    rng = Random(seed)
    made: list[tuple[str, tuple[str, ...]]] = []
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        *words, one, two, three, four = line.split("|")
        made.append(("|".join(words), (one, two, three, four)))
    while len(made) < count:
        a, b, c = rng.randint(2, 20), rng.randint(2, 20), rng.randint(2, 9)
        year = rng.randint(1400, 2024)
        template, choices = rng.choice(_EVERYDAY)
        values = {"a": a, "b": b, "c": c, "year": year, "ab": a * b, "sum": a + b}
        question = template.format(**values)
        options = tuple(str(each).format(**values) for each in choices)
        if (question, options) not in made:
            made.append((question, options))
    return made


WRITTEN = Path(__file__).with_name("everyday_questions.txt")
"""Everyday questions, each with its four choices behind it."""
_NUMBERS = ("{a}", "{b}", "{sum}", "{ab}")
_EVERYDAY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("In what year did the war of {year} begin?", ("{year}", "1914", "1939", "1950")),
    ("How many days are there from 3/{c} to 12/{c}?", _NUMBERS),
    ("How many ways can {c} people sit in a row?", _NUMBERS),
    ("How many diagonals does a polygon with {c} sides have?", _NUMBERS),
    ("Which of the following is NOT equal to {a}/{b}?", ("{a}/{b}", "1/2", "3/4", "2/3")),
    ("Which is not a solution of x^2 = {a}?", ("{a}", "{b}", "1", "0")),
    ("How many solutions does x^2 = {a} have?", ("0", "1", "2", "3")),
    ("What is {a}/{b} rounded to the nearest tenth?", ("0.1", "0.5", "1.2", "2.4")),
    ("What is {a} + {b} in base {c}?", _NUMBERS),
    ("What is the sum of the digits of {a} + {b}?", _NUMBERS),
    ("What is the units digit of {a}^{b}?", ("1", "3", "7", "9")),
    ("What is the remainder when {a} + {b} is divided by {c}?", ("0", "1", "2", "3")),
    ("A train travels {a} km in {b} hours. What is its speed?", _NUMBERS),
    ("If {a} apples cost {b} dollars, what do {c} apples cost?", _NUMBERS),
    ("What number comes next: {a}, {b}, {sum}, ...?", _NUMBERS),
    ("What is the score if the home team wins {a}-{b}?", ("{a}-{b}", "{b}-{a}", "{c}-{a}", "0-0")),
    ("Solve {a}x = {b}y for the ratio of x to y.", ("{a}:{b}", "{b}:{a}", "1:1", "{c}:1")),
    ("What is about {a} × {b}?", ("{ab}", "{sum}", "100", "1000")),
    ("How many prime numbers are between {a} and {sum}?", ("0", "1", "2", "3")),
    ("What is the probability of {a} heads in {b} throws?", ("1/2", "1/4", "1/8", "1/16")),
    ("For which x is {a}x + {b} smallest if x is a natural number?", ("0", "1", "2", "3")),
    ("Express {a}x + {b}y = {c} in terms of the slope.", ("{a}", "{b}", "-{a}/{b}", "{c}")),
    ("What does print({a} // {b}) show in Python?", ("0", "1", "2", "3")),
    ("Which chord has the notes 1, 3 and 5?", ("major", "minor", "7", "sus4")),
    ("At what time does the film end that begins at {c}:30 and lasts {a} minutes?", ("{c}:50", "10:10", "9:45", "8:20")),
    ("What time signature has {c} beats?", ("2/4", "3/4", "4/4", "6/8")),
    ("세종대왕이 훈민정음을 반포한 해는?", ("{year}", "1443", "1446", "1450")),
    ("{a}명 중에서 {c}명을 뽑는 경우의 수는?", _NUMBERS),
    ("다음 중 {a}/{b}과 값이 다른 것은?", ("{a}/{b}", "1/2", "3/4", "2/3")),
    ("다음 중 x² = {a}의 해가 아닌 것은?", ("1", "2", "3", "{a}")),
    ("{a} ÷ {b}를 반올림하여 일의 자리까지 나타내면?", ("0", "1", "2", "3")),
    ("{a}과 {b} 사이에 있는 소수의 개수는?", ("0", "1", "2", "3")),
    ("사과 {a}개를 {c}명이 나누어 가지면 남는 것은 몇 개인가요?", ("0", "1", "2", "3")),
    ("방정식 x² = {a}의 해의 개수는?", ("0", "1", "2", "3")),
    ("{a}월 {b}일은 무슨 요일인가요?", ("월요일", "화요일", "1일", "2일")),
    ("{a}에 가장 가까운 제곱수는?", ("1", "4", "9", "16")),
    ("What is the {c}th term of the sequence {a}, {b}, ...?", _NUMBERS),
    ("What is {a} + {b} if + means ×?", _NUMBERS),
    ("What is {a} °C in °F?", _NUMBERS),
    ("What is 1/{a} as a decimal rounded to two places?", ("0.33", "0.25", "0.14", "0.11")),
)  # fmt: skip
