"""Derivations made by code: each with its lines, and half of them with one slip whose line and name are known.

The lines are written by the rules of school, apart from `maths/steps/`, which is to find the slips.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derivation as a student writes it; `wrong` is the first wrong line, from 1, and `slip` its name."""

    text: str
    kind: str
    wrong: int | None = None
    slip: str | None = None


Lines = list[str]
Made = tuple[Lines, int | None, str | None]
Maker = Callable[[random.Random, bool], Made]
"""Makes the lines of a right derivation, or of one with a slip."""


def derivations(count: int, seed: int) -> list[Derivation]:
    """`count` derivations, every second one with a slip; the same seed gives the same ones."""
    draw = random.Random(seed)
    made: list[Derivation] = []
    while len(made) < count:
        name, maker = MAKERS[len(made) // 2 % len(MAKERS)]
        lines, wrong, slip = maker(draw, len(made) % 2 == 1)
        made.append(Derivation(_written(lines, draw), name, wrong, slip))
    return made


# -- how it is written


_LINKS = {
    "en": ("so ", "then ", "therefore ", "which gives ", "we get "),
    "ko": ("따라서 ", "그러므로 ", "정리하면 ", "그러면 "),
}


def _written(lines: Lines, draw: random.Random) -> str:
    """The lines in one of the forms that students use."""
    notation = draw.choice((_plain, _plain, _unicode, _latex))
    written = [notation(line) for line in lines]
    form = draw.randrange(7)
    if form == 0:
        return "\n".join(f"{place}. {line}" for place, line in enumerate(written, start=1))
    if form == 1 and not any(line.startswith("=") for line in written):
        return draw.choice((" ⇒ ", " → ", " ∴ ", "  =>  ")).join(written)
    if form in {2, 3} and not any(line.startswith("=") for line in written):
        words = _LINKS["en" if form == 2 else "ko"]
        return "\n".join([written[0], *(draw.choice(words) + line for line in written[1:])])
    if form == 4 and notation is _latex:
        return "\n".join(f"${line}$" for line in written)
    if form == 5 and not any(line.startswith("=") for line in written):
        return " ".join([written[0], *(draw.choice(_LINKS["ko"]) + line for line in written[1:])])
    return "\n".join(written)


def _plain(line: str) -> str:
    return line


_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _unicode(line: str) -> str:
    result, at = "", 0
    while at < len(line):
        if line[at] == "^" and at + 1 < len(line) and line[at + 1].isdigit():
            end = at + 1
            while end < len(line) and line[end].isdigit():
                end += 1
            result += line[at + 1 : end].translate(_SUPERSCRIPTS)
            at = end
        else:
            result += line[at]
            at += 1
    return result.replace("*", "×").replace("-", "−").replace("<=", "≤").replace(">=", "≥").replace("sqrt(", "√(")


def _latex(line: str) -> str:
    for name in ("sin", "cos", "ln", "log"):
        line = line.replace(name, f"\\{name}")
    line = line.replace("*", r"\cdot ").replace("<=", r"\le ").replace(">=", r"\ge ").replace("±", r"\pm ")
    line = _latex_roots(line).replace("∫", r"\int ").replace(" dx", r"\,dx")
    words: list[str] = []
    for part in line.split(" "):
        top, slash, bottom = part.partition("/")
        plain = bool(slash) and all(
            piece.replace("x", "").lstrip("-").isdigit() or piece == "x" for piece in (top, bottom)
        )
        words.append(rf"\frac{{{top}}}{{{bottom}}}" if plain and top != "dy" else part)
    return " ".join(words)


def _latex_roots(line: str) -> str:
    while "sqrt(" in line:
        start = line.index("sqrt(")
        depth, end = 0, start + 4
        for end in range(start + 4, len(line)):
            depth += (line[end] == "(") - (line[end] == ")")
            if depth == 0:
                break
        line = line[:start] + r"\sqrt{" + line[start + 5 : end] + "}" + line[end + 1 :]
    return line


# -- pieces


def _some(draw: random.Random, low: int = 2, high: int = 9) -> int:
    return draw.randint(low, high)


def _nonzero(draw: random.Random, size: int = 9) -> int:
    return draw.choice([number for number in range(-size, size + 1) if number])


def _term(number: int, letter: str = "x") -> str:
    if abs(number) == 1:
        return letter if number > 0 else f"-{letter}"
    return f"{number}{letter}"


def _sum(*terms: tuple[int, str]) -> str:
    """`3x^2 - 4x + 1` of (3, "x^2"), (-4, "x"), (1, "")."""
    text = ""
    for number, letter in terms:
        if number == 0:
            continue
        size = _term(abs(number), letter) if letter else str(abs(number))
        text += (f" {'+' if number > 0 else '-'} {size}") if text else (size if number > 0 else f"-{size}")
    return text or "0"


def _value(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"


# -- equations


def _linear(draw: random.Random, slips: bool) -> Made:
    a, root = _some(draw), _nonzero(draw)
    b = _nonzero(draw, 12)
    c = a * root + b
    lines = [f"{_sum((a, 'x'), (b, ''))} = {c}", f"{a}x = {c - b}", f"x = {root}"]
    if not slips:
        return lines, None, None
    kind = draw.choice(["moved_sign", "one_side", "wrong_inverse", "arithmetic"])
    if kind == "moved_sign":
        wrong = c + b
        return [lines[0], f"{a}x = {wrong}", f"x = {_value(Fraction(wrong, a))}"], 2, kind
    if kind == "one_side":
        if draw.random() < 0.5:
            return [lines[0], f"{a}x = {c}", f"x = {_value(Fraction(c, a))}"], 2, kind
        return [*lines[:2], f"x = {c - b}"], 3, kind
    if kind == "wrong_inverse":
        wrong = c - b - a
        if Fraction(wrong) == root:
            return [*lines[:2], f"x = {(c - b) * a}"], 3, kind
        return [*lines[:2], f"x = {wrong}"], 3, kind
    off = draw.choice([-2, -1, 1, 2])
    taken = {c + b, c, c - b, b - c, 0}
    wrong = next(c - b + off * step for step in range(1, 20) if c - b + off * step not in taken)
    return [lines[0], f"{a}x = {wrong}", f"x = {_value(Fraction(wrong, a))}"], 2, kind


def _both_sides(draw: random.Random, slips: bool) -> Made:
    a, c = draw.sample(range(2, 10), 2)
    root, b = _nonzero(draw), _nonzero(draw)
    d = a * root + b - c * root
    if d == 0:
        d, b = 1, 1 + c * root - a * root
    lines = [
        f"{_sum((a, 'x'), (b, ''))} = {_sum((c, 'x'), (d, ''))}",
        f"{_sum((a, 'x'), (-c, 'x'))} = {_sum((d, ''), (-b, ''))}",
        f"{_term(a - c)} = {d - b}",
        f"x = {root}",
    ]
    if not slips or b == 0:
        return lines, None, None
    if draw.random() < 0.5:
        lines[1] = f"{_sum((a, 'x'), (c, 'x'))} = {_sum((d, ''), (-b, ''))}"
        lines[2:] = [f"{a + c}x = {d - b}", f"x = {_value(Fraction(d - b, a + c))}"]
    else:
        lines[1] = f"{_sum((a, 'x'), (-c, 'x'))} = {_sum((d, ''), (b, ''))}"
        lines[2:] = [f"{_term(a - c)} = {d + b}", f"x = {_value(Fraction(d + b, a - c))}"]
    return lines, 2, "moved_sign"


def _brackets(draw: random.Random, slips: bool) -> Made:
    a, b, root = _some(draw), _nonzero(draw), _nonzero(draw)
    c = a * (root + b)
    lines = [
        f"{a}({_sum((1, 'x'), (b, ''))}) = {c}",
        f"{_sum((a, 'x'), (a * b, ''))} = {c}",
        f"{a}x = {c - a * b}",
        f"x = {root}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.6:
        return [lines[0], f"{_sum((a, 'x'), (b, ''))} = {c}", f"{a}x = {c - b}"], 2, "first_term"
    return [lines[0], f"{_sum((a, 'x'), (-a * b, ''))} = {c}", f"{a}x = {c + a * b}"], 2, "sign"


def _minus_bracket(draw: random.Random, slips: bool) -> Made:
    k, a, b = _some(draw, 10, 20), _some(draw, 2, 5), _some(draw)
    root = _nonzero(draw)
    c = k - a * (root - b)
    lines = [
        f"{k} - {a}(x - {b}) = {c}",
        f"{_sum((k, ''), (-a, 'x'), (a * b, ''))} = {c}",
        f"{_sum((k + a * b, ''), (-a, 'x'))} = {c}",
        f"-{a}x = {c - k - a * b}",
        f"x = {root}",
    ]
    if not slips:
        return lines, None, None
    return [lines[0], f"{_sum((k, ''), (-a, 'x'), (-a * b, ''))} = {c}", f"-{a}x = {c - k + a * b}"], 2, "sign"


def _division(draw: random.Random, slips: bool) -> Made:
    a, root, b = _some(draw), _nonzero(draw), _nonzero(draw)
    c = root + b
    lines = [f"{_sum((a, 'x'), (a * b, ''))} = {a * c}", f"{_sum((1, 'x'), (b, ''))} = {c}", f"x = {root}"]
    if c == 0:
        lines[0], lines[1] = f"{_sum((a, 'x'), (a * b, ''))} = 0", f"{_sum((1, 'x'), (b, ''))} = 0"
    if not slips or c == 0:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"{_sum((1, 'x'), (a * b, ''))} = {c}", f"x = {c - a * b}"], 2, "one_term"
    return [lines[0], f"{_sum((1, 'x'), (b, ''))} = {a * c}", f"x = {a * c - b}"], 2, "one_side"


def _inequality(draw: random.Random, slips: bool) -> Made:
    a, b, bound = _some(draw), _nonzero(draw), _nonzero(draw)
    sign, turned = draw.choice([("<", ">"), (">", "<"), ("<=", ">="), (">=", "<=")])
    c = -a * bound + b
    lines = [f"{_sum((-a, 'x'), (b, ''))} {sign} {c}", f"-{a}x {sign} {c - b}", f"x {turned} {bound}"]
    if not slips:
        return lines, None, None
    if draw.random() < 0.75:
        return [*lines[:2], f"x {sign} {bound}"], 3, "not_turned"
    return [lines[0], f"-{a}x {sign} {c + b}", f"x {turned} {_value(Fraction(c + b, -a))}"], 2, "moved_sign"


def _quadratic(draw: random.Random, slips: bool) -> Made:
    p, q = draw.sample([number for number in range(-7, 8) if number], 2)
    if p == -q:
        q += 1 if q + 1 not in {0, p, -p} else 3
    lines = [
        f"{_sum((1, 'x^2'), (-p - q, 'x'), (p * q, ''))} = 0",
        f"({_sum((1, 'x'), (-p, ''))})({_sum((1, 'x'), (-q, ''))}) = 0",
        f"x = {p} or x = {q}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"({_sum((1, 'x'), (p, ''))})({_sum((1, 'x'), (q, ''))}) = 0"], 2, "sign"
    return [*lines[:2], f"x = {-p} or x = {-q}"], 3, "sign"


def _square(draw: random.Random, slips: bool) -> Made:
    root, shift = _some(draw), draw.choice([0, 0, 1, 3])
    if shift:
        lines = [
            f"(x - {shift})^2 = {root * root}",
            f"x - {shift} = ±{root}",
            f"x = {shift + root} or x = {shift - root}",
        ]
        wrong = [lines[0], f"x - {shift} = {root}", f"x = {shift + root}"]
    else:
        lines = [f"x^2 - {root * root} = 0", f"x^2 = {root * root}", f"x = ±{root}"]
        wrong = [*lines[:2], f"x = {root}"]
    return (wrong, 2 if shift else 3, "no_plus_minus") if slips else (lines, None, None)


def _common_unknown(draw: random.Random, slips: bool) -> Made:
    a = _some(draw)
    lines = [f"x^2 = {a}x", f"x^2 - {a}x = 0", f"x(x - {a}) = 0", f"x = 0 or x = {a}"]
    return ([lines[0], f"x = {a}"], 2, "divided_by_unknown") if slips else (lines, None, None)


def _system(draw: random.Random, slips: bool) -> Made:
    x, y, a = *draw.sample([number for number in range(-9, 10) if number], 2), _some(draw, 2, 5)
    first, second = a * x + y, x - y
    lines = [
        f"{a}x + y = {first}, x - y = {second}",
        f"{a + 1}x = {first + second}",
        f"x = {x}",
        f"y = {y}",
    ]
    if not slips:
        return lines, None, None
    wrong = first - second
    return [lines[0], f"{a + 1}x = {wrong}", f"x = {_value(Fraction(wrong, a + 1))}"], 2, "sign"


# -- expressions


def _expansion(draw: random.Random, slips: bool) -> Made:
    a, b = _some(draw, 1, 4), _nonzero(draw)
    inner = _sum((a, "x"), (b, ""))
    right = _sum((a * a, "x^2"), (2 * a * b, "x"), (b * b, ""))
    k = _some(draw)
    lines = [f"({inner})^2 + {k}", f"= {right} + {k}", f"= {_sum((a * a, 'x^2'), (2 * a * b, 'x'), (b * b + k, ''))}"]
    if not slips:
        return lines, None, None
    lines[1:] = [f"= {_sum((a * a, 'x^2'), (b * b, ''))} + {k}", f"= {_sum((a * a, 'x^2'), (b * b + k, ''))}"]
    return lines, 2, "square_of_sum"


def _two_brackets(draw: random.Random, slips: bool) -> Made:
    p, q = _nonzero(draw), _nonzero(draw)
    lines = [
        f"({_sum((1, 'x'), (p, ''))})({_sum((1, 'x'), (q, ''))})",
        f"= {_sum((1, 'x^2'), (q, 'x'), (p, 'x'), (p * q, ''))}",
        f"= {_sum((1, 'x^2'), (p + q, 'x'), (p * q, ''))}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5 and p + q:
        return [lines[0], f"= {_sum((1, 'x^2'), (p * q, ''))}"], 2, "each_with_each"
    return [lines[0], f"= {_sum((1, 'x^2'), (q, 'x'), (p, 'x'), (-p * q, ''))}"], 2, "sign"


def _like_terms(draw: random.Random, slips: bool) -> Made:
    a, b, c, d = (_some(draw, 2, 12) for _ in range(4))
    lines = [
        f"{a}x + {b} - {c}x + {d}",
        f"= {_sum((a, 'x'), (-c, 'x'), (b + d, ''))}",
        f"= {_sum((a - c, 'x'), (b + d, ''))}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"= {_sum((a + c, 'x'), (b + d, ''))}"], 2, "sign"
    return [lines[0], f"= {_sum((a, 'x'), (-c, 'x'), (b + d + 1, ''))}"], 2, "arithmetic"


def _cancelling(draw: random.Random, slips: bool) -> Made:
    a, b = _some(draw, 2, 6), _nonzero(draw)
    lines = [
        f"({_sum((a, 'x'), (a * b, ''))})/{a}",
        f"= {a}({_sum((1, 'x'), (b, ''))})/{a}",
        f"= {_sum((1, 'x'), (b, ''))}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"= {_sum((1, 'x'), (a * b, ''))}"], 2, "cancelled_term"
    return [f"(x + {a})/{a}", "= x"], 2, "cancelled_term"


def _fractions(draw: random.Random, slips: bool) -> Made:
    b, d = draw.sample([2, 3, 4, 5, 7, 9], 2)
    a, c = _some(draw, 1, b - 1), _some(draw, 1, d - 1)
    value = Fraction(a, b) + Fraction(c, d)
    lines = [
        f"{a}/{b} + {c}/{d}",
        f"= {a * d}/{b * d} + {c * b}/{b * d}",
        f"= {a * d + c * b}/{b * d}",
        f"= {_value(value)}",
    ]
    return ([lines[0], f"= {a + c}/{b + d}"], 2, "fractions_added") if slips else (lines, None, None)


def _powers(draw: random.Random, slips: bool) -> Made:
    m, n = draw.sample(range(3, 8), 2)
    k = _some(draw, 2, 5)
    kind = draw.randrange(3)
    if kind == 0:
        lines, wrong, slip = [f"x^{m} * x^{n}", f"= x^({m} + {n})", f"= x^{m + n}"], f"= x^{m * n}", "powers_multiplied"
    elif kind == 1:
        lines, wrong, slip = [f"(x^{m})^{n}", f"= x^({m}*{n})", f"= x^{m * n}"], f"= x^{m + n}", "power_of_power"
    else:
        lines, wrong, slip = [f"({k}x)^{m}", f"= {k}^{m} * x^{m}", f"= {k**m}x^{m}"], f"= {k}x^{m}", "power_of_product"
    return ([lines[0], wrong], 2, slip) if slips else (lines, None, None)


def _logarithms(draw: random.Random, slips: bool) -> Made:
    a, b = _some(draw), _some(draw)
    name = draw.choice(["ln", "log"])
    if slips:
        return [f"{name}(x + {a})", f"= {name}(x) + {name}({a})"], 2, "log_of_sum"
    return [f"{name}({a}) + {name}({b}x)", f"= {name}({a}*{b}x)", f"= {name}({a * b}x)"], None, None


def _sums(draw: random.Random, slips: bool) -> Made:
    a, b, c = _some(draw, 11, 60), _some(draw, 3, 12), _some(draw, 3, 12)
    lines = [f"{a} + {b} * {c}", f"= {a} + {b * c}", f"= {a + b * c}"]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"= {a + b} * {c}", f"= {(a + b) * c}"], 2, "order"
    return [*lines[:2], f"= {a + b * c + draw.choice([-10, -1, 1, 10])}"], 3, "arithmetic"


# -- derivatives and integrals


def _chain(draw: random.Random, slips: bool) -> Made:
    a, b, n = _some(draw), _nonzero(draw), _some(draw, 3, 6)
    inner = _sum((a, "x"), (b, ""))
    if draw.random() < 0.5:
        lines = [f"f(x) = ({inner})^{n}", f"f'(x) = {n}({inner})^{n - 1} * {a}", f"f'(x) = {n * a}({inner})^{n - 1}"]
        wrong = f"f'(x) = {n}({inner})^{n - 1}"
    else:
        lines = [f"y = sin({a}x)", f"y' = {a}cos({a}x)"]
        wrong = f"y' = cos({a}x)"
    return ([lines[0], wrong], 2, "chain_rule") if slips else (lines, None, None)


def _product(draw: random.Random, slips: bool) -> Made:
    n = _some(draw, 2, 6)
    outer, inner = draw.choice([("sin(x)", "cos(x)"), ("e^x", "e^x"), ("ln(x)", "1/x")])
    front = "2x" if n == 2 else f"{n}x^{n - 1}"
    lines = [f"f(x) = x^{n} {outer}", f"f'(x) = {front} {outer} + x^{n} * {inner}"]
    return ([lines[0], f"f'(x) = {front} * {inner}"], 2, "product_rule") if slips else (lines, None, None)


def _polynomial_derivative(draw: random.Random, slips: bool) -> Made:
    a, b, c, n = _some(draw), _nonzero(draw), _nonzero(draw), _some(draw, 3, 6)
    lines = [
        f"f(x) = {_sum((a, f'x^{n}'), (b, 'x^2'), (c, ''))}",
        f"f'(x) = {_sum((a * n, f'x^{n - 1}'), (2 * b, 'x'))}",
    ]
    if not slips:
        return lines, None, None
    if draw.random() < 0.5:
        return [lines[0], f"f'(x) = {_sum((a * n, f'x^{n}'), (2 * b, 'x'))}"], 2, "derivative_power"
    return [lines[0], f"f'(x) = {_sum((a * n, f'x^{n - 1}'), (2 * b, 'x'), (c, ''))}"], 2, "derivative_power"


def _integral(draw: random.Random, slips: bool) -> Made:
    a, n = _some(draw), _some(draw, 2, 5)
    k = a * (n + 1)
    lines = [f"∫ {k}x^{n} dx", f"= {k} * x^{n + 1}/{n + 1} + C", f"= {a}x^{n + 1} + C"]
    if not slips:
        return lines, None, None
    kind = draw.choice(["integral_constant", "integral_constant", "integral_power", "integral_inner"])
    if kind == "integral_constant":
        return [lines[0], f"= {a}x^{n + 1}"], 2, kind
    if kind == "integral_power":
        return [lines[0], f"= {k}x^{n + 1} + C"], 2, kind
    return [f"∫ cos({a}x) dx", f"= sin({a}x) + C"], 2, kind


MAKERS: tuple[tuple[str, Maker], ...] = (
    ("linear equation", _linear), ("unknown on both sides", _both_sides), ("brackets", _brackets),
    ("minus before a bracket", _minus_bracket), ("division of both sides", _division), ("inequality", _inequality),
    ("quadratic equation", _quadratic), ("square root", _square), ("division by the unknown", _common_unknown),
    ("system", _system), ("square of a sum", _expansion), ("two brackets", _two_brackets),
    ("like terms", _like_terms), ("cancelling", _cancelling), ("fractions", _fractions), ("powers", _powers),
    ("logarithms", _logarithms), ("sums", _sums), ("chain rule", _chain), ("product rule", _product),
    ("polynomial's derivative", _polynomial_derivative), ("integral", _integral),
)  # fmt: skip
