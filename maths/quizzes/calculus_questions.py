"""Quiz questions on derivatives, integrals and limits."""

from fractions import Fraction

from maths.quizzes.question_maker import BilingualQuestion, QuizRandom, joined, power, term, whole_numbers
from maths.quizzes.slips import named
from maths.telling.korean_particles import particle


def derivative(rng: QuizRandom) -> BilingualQuestion:
    """3x⁴ + 2x."""
    a, n = rng.size((1, 4), (1, 6), (5, 12)), rng.size((2, 3), (2, 5), (4, 7))
    b = rng.size((1, 9), (-9, 9), (-12, 12))
    if rng.level == "hard":
        return _longer_derivative(a, n, b, rng.randint(2, 9))
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
    return BilingualQuestion(
        (f"What is the derivative of {shown}?", f"{shown}의 도함수는?"),
        right,
        wrong,
        (
            f"The exponent comes down and falls by one: {first}, {second}.",
            f"지수를 앞에 곱하고 1을 줄입니다: {first}, {second}.",
        ),
        named((wrong[0], "exponent_kept"), (wrong[1], "factor_lost"), (wrong[4], "integrated")),
    )


def _longer_derivative(a: int, n: int, b: int, c: int) -> BilingualQuestion:
    """9x⁵ - 4x² + 3x: one term more."""
    shown = joined((a, power("x", n)), (b, "x²"), (c, "x"))
    right = joined((a * n, power("x", n - 1)), (2 * b, "x"), (c, ""))
    wrong = (
        joined((a * n, power("x", n)), (2 * b, "x²"), (c, "x")),
        joined((a, power("x", n - 1)), (b, "x"), (c, "")),
        joined((a * n, power("x", n - 1)), (2 * b, "x")),
        joined((a * (n - 1), power("x", n - 1)), (b, "x"), (c, "")),
    )
    parts = f"({term(a, power('x', n))})' = {term(a * n, power('x', n - 1))}, ({term(b, 'x²')})' = {term(2 * b, 'x')}"
    return BilingualQuestion(
        (f"What is the derivative of {shown}?", f"{shown}의 도함수는?"),
        right,
        wrong,
        (
            f"The exponent comes down and falls by one: {parts}, ({term(c, 'x')})' = {c}.",
            f"지수를 앞에 곱하고 1을 줄입니다: {parts}, ({term(c, 'x')})' = {c}.",
        ),
        named((wrong[0], "exponent_kept"), (wrong[1], "factor_lost")),
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


def known_derivative(rng: QuizRandom) -> BilingualQuestion:
    """A derivative that students know by heart."""
    of, right = rng.choice(_KNOWN_DERIVATIVES)
    wrong = [other for _, other in _KNOWN_DERIVATIVES if other != right] + [f"-({right})"]
    rng.shuffle(wrong)
    return BilingualQuestion(
        (f"What is the derivative of {of}?", f"{of}의 도함수는?"),
        right,
        tuple(wrong),
        (f"({of})' = {right}, one to know by heart.", f"({of})' = {right}, 외워 두면 좋습니다."),
    )


def integral(rng: QuizRandom) -> BilingualQuestion:
    """∫ 6x² dx."""
    n, times = rng.size((1, 2), (1, 4), (4, 7)), rng.size((1, 3), (1, 4), (3, 9))
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
    return BilingualQuestion(
        (f"What is ∫ {shown} dx?", f"∫ {shown} dx를 구하면?"),
        right,
        wrong,
        (
            f"The exponent rises to {n + 1}, and one divides by it: {a}/{n + 1} = {times}.",
            f"지수를 {n + 1}[으로] 올리고 그 수로 나눕니다: {a}/{n + 1} = {times}.",
        ),
        named((wrong[0], "differentiated"), (wrong[1], "not_divided")),
    )


def definite_integral(rng: QuizRandom) -> BilingualQuestion:
    """∫₀² 3x² dx."""
    n, end = rng.size((1, 1), (1, 2), (2, 3)), rng.size((2, 6), (2, 4), (3, 7))
    value = int(end ** (n + 1))
    right, wrong = whole_numbers(value, (n + 1) * value, (n + 1) * int(end**n), value - 1, value * 2)
    sub = str(end).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    shown = f"∫₀{sub} {term(n + 1, power('x', n))} dx"
    anti = power("x", n + 1)
    return BilingualQuestion(
        (f"What is {shown}?", f"{shown}의 값은?"),
        right,
        wrong,
        (
            f"An antiderivative is {anti}; {end} put in gives {value}, 0 gives 0.",
            f"부정적분은 {anti}이고, {end}[을] 대입하면 {value}, 0을 대입하면 0입니다.",
        ),
    )


def limit(rng: QuizRandom) -> BilingualQuestion:
    """(x² - 9)/(x - 3) as x goes to 3; easy: by putting in a value; hard: by finding a factor."""
    if rng.level == "easy":
        return _limit_by_value(rng)
    if rng.level == "hard":
        return _limit_by_factor(rng)
    a = rng.randint(2, 9)
    right, wrong = whole_numbers(2 * a, 0, a, a * a, 2 * a + 1)
    shown = f"(x² - {a * a})/(x - {a})"
    return BilingualQuestion(
        (
            f"What is the limit of {shown} as x goes to {a}?",
            f"x가 {a}{particle(str(a), '으로')} 갈 때 {shown}의 극한값은?",
        ),
        right,
        wrong,
        (f"{shown} = x + {a}, which goes to {2 * a}.", f"{shown} = x + {a}이므로 극한값은 {2 * a}입니다."),
    )


def _limit_by_value(rng: QuizRandom) -> BilingualQuestion:
    a, b, to = rng.randint(2, 5), rng.randint(1, 9), rng.randint(1, 5)
    value = a * to + b
    right, wrong = whole_numbers(value, a + b, a * to, 0, value + 1, a * b * to)
    shown = joined((a, "x"), (b, ""))
    return BilingualQuestion(
        (
            f"What is the limit of {shown} as x goes to {to}?",
            f"x가 {to}{particle(str(to), '으로')} 갈 때 {shown}의 극한값은?",
        ),
        right,
        wrong,
        (
            f"Put in x = {to}: {a} · {to} + {b} = {value}.",
            f"x = {to}[을] 대입하면 {a} · {to} + {b} = {value}입니다.",
        ),
    )


def _limit_by_factor(rng: QuizRandom) -> BilingualQuestion:
    p, q = rng.randint(2, 9), rng.randint(1, 9)
    right, wrong = whole_numbers(p + q, 0, p, q - p, p * q, p + q + 1)
    rest = joined((1, "x"), (q, ""))
    shown = f"({joined((1, 'x²'), (q - p, 'x'), (-p * q, ''))})/(x - {p})"
    return BilingualQuestion(
        (
            f"What is the limit of {shown} as x goes to {p}?",
            f"x가 {p}{particle(str(p), '으로')} 갈 때 {shown}의 극한값은?",
        ),
        right,
        wrong,
        (
            f"The numerator is (x - {p})({rest}), so {rest} remains, which goes to {p + q}.",
            f"분자는 (x - {p})({rest})이므로 {rest}만 남고, 극한값은 {p + q}입니다.",
        ),
    )
