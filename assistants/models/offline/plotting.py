"""Drawings of the offline model: what a student wants drawn becomes Python for the code interpreter.

The code is made of trees that `maths` has read and of fixed lines. Words of students stand in it as strings alone, as
`repr` writes them.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Literal

import sympy as sp
from mpmath.libmp import NoConvergence

from maths.reading.language import Language
from maths.reading.nodes import (
    Apply,
    Call,
    Const,
    Node,
    Num,
    Power,
    Product,
    Rel,
    Root,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    walk,
    with_number,
)
from maths.reading.plot_requests import PlotRequest, read_plot
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, to_sympy
from maths.writing.latex import node_latex
from maths.writing.python_code import NotWritable, python_of

SIZES: Final = 801
"""Points of a curve."""
WIDE: Final = 10.0
HIGHEST_DEGREE: Final = 8
LARGEST: Final = 1e6
"""The largest number that an interval may end at."""

Kind = Literal["function", "equation", "region", "upright"]
_TRIGONOMETRIC: Final = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_POSITIVE: Final = frozenset({"ln", "log"})


@dataclass(frozen=True, slots=True)
class _Curve:
    """A curve: of a `function`, `node` is its value; of an `equation` or `region` the difference of the sides."""

    kind: Kind
    node: Node
    text: str
    latex: str
    names: tuple[str, str]
    """What stands on the axes."""


class _CannotDrawError(Exception):
    """The argument names the sentence that says why."""


def plan(text: str, language: Language) -> dict[str, Any] | None:
    """The code that draws what a message asks for, and what is said of it: `code`, `said`, and `about`, the formula of
    a single line or parabola; or only `said`, why it cannot be drawn. None if the message asks for no drawing.
    """
    request = read_plot(text)
    if request is None:
        return None
    words = _WORDS[language]
    try:
        if request.chart is not None:
            return {"code": _chart(request, words), "said": words["chart_said"], "about": ""}
        curves = [_curve(node, _plain_text(node, shown)) for node, shown in request.curves]
        code = _drawing(curves, request, words)
    except (_CannotDrawError, NotWritable) as error:
        key = str(error) or "cannot_draw"
        return {"said": words.get(key, words["cannot_draw"])}
    latex = [curve.latex for curve in curves]
    said = (
        words["said"].format(formulas=words["and"].join(f"\\({each}\\)" for each in latex))
        if latex
        else (words["points_said"])
    )
    about = f"y = {curves[0].text.partition('=')[2] or curves[0].text}" if _is_described(curves, request) else ""
    return {"code": code, "said": said, "about": about}


_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {
        "title": "Graph of {names}",
        "points_title": "Points",
        "chart_title": "Chart",
        "frequency": "frequency",
        "value": "value",
        "said": "Here is the graph of {formulas}.",
        "points_said": "Here are the points.",
        "chart_said": "Here is the chart.",
        "and": " and ",
        "cannot_draw": "I can read that, but I cannot draw it: I draw functions such as `y = x^2 - 3x`, equations and "
        "inequalities in x and y, points and lists of numbers.",
        "letters": "I can draw it when every letter but one has a value: write numbers for the others.",
        "interval": "I cannot draw that interval: its ends must be two different numbers, the smaller one first.",
    },
    "ko": {
        "title": "{names}의 그래프",
        "points_title": "점",
        "chart_title": "차트",
        "frequency": "도수",
        "value": "값",
        "said": "{formulas}의 그래프입니다.",
        "points_said": "점을 찍은 그림입니다.",
        "chart_said": "차트를 그렸습니다.",
        "and": ", ",
        "cannot_draw": "읽을 수는 있지만 그릴 수는 없습니다. `y = x^2 - 3x` 같은 함수, x와 y의 방정식과 부등식, 점, "
        "숫자 목록을 그릴 수 있습니다.",
        "letters": "문자 하나만 남기고 나머지에 값이 있어야 그릴 수 있습니다. 다른 문자는 숫자로 적어 주세요.",
        "interval": "그 구간은 그릴 수 없습니다. 양 끝은 서로 다른 두 수이고 작은 수가 먼저 와야 합니다.",
    },
}


# Curves


def _plain_text(node: Node, shown: str) -> str:
    """A formula for titles and for those who do not see the picture: as it was typed, unless that was LaTeX."""
    text = re.sub(r"\^\{(\w+)\}", r"^\1", shown)
    if not set(text) & set("{}\\$"):
        return text
    sides, ops = (node.sides, node.ops) if isinstance(node, Rel) else ((node,), ())
    written = [_named(side) for side in sides]
    return " ".join([written[0], *(part for pair in zip(ops, written[1:], strict=True) for part in pair)])


def _named(side: Node) -> str:
    if isinstance(side, Apply):
        return f"{side.name}({_named(side.arg)})"
    return python_of(side, variables_of(side)).replace(" ** ", "^").replace("np.", "").replace(" * ", "·")


def _curve(node: Node, text: str) -> _Curve:
    """What kind of curve a tree is; `y = …` and `f(x) = …` are functions."""
    latex = node_latex(node)
    if not isinstance(node, Rel):
        named = "f(y)" if variables_of(node) == ["y"] else "y"
        return _function(node, f"{named} = {text}", f"{named} = {latex}", named)
    if len(node.ops) != 1 or node.ops[0] == "!=":
        raise _CannotDrawError("cannot_draw")
    left, right = node.sides
    if node.ops[0] == "=":
        for name, value in ((left, right), (right, left)):
            if isinstance(name, Apply) and not name.primes and variables_of(name.arg) == variables_of(value):
                return _function(value, text, latex, f"{name.name}({variables_of(name.arg)[0]})")
            if isinstance(name, Sym) and name.name != "x" and name.name not in variables_of(value):
                return _function(value, text, latex, name.name)
        for name, value in ((left, right), (right, left)):
            if name == Sym("x") and not variables_of(value):
                return _Curve("upright", value, text, latex, ("x", "y"))
    names = variables_of(node)
    if any(isinstance(part, Apply) for part in walk(node)):
        raise _CannotDrawError("cannot_draw")
    if not set(names) <= {"x", "y"}:
        raise _CannotDrawError("letters")
    difference = Sum((("+", left), ("-", right)))
    if node.ops[0] != "=" and node.ops[0][0] == "<":
        difference = Sum((("+", right), ("-", left)))
    return _Curve("equation" if node.ops[0] == "=" else "region", difference, text, latex, ("x", "y"))


def _function(value: Node, text: str, latex: str, named: str) -> _Curve:
    names = variables_of(value)
    if any(isinstance(part, Apply) for part in walk(value)):
        raise _CannotDrawError("cannot_draw")
    if len(names) > 1:
        raise _CannotDrawError("letters")
    return _Curve("function", value, text, latex, (names[0] if names else "x", named))


# The interval


def _interval(curves: Sequence[_Curve], request: PlotRequest) -> tuple[float, float]:
    """Where the curves are drawn: as asked, else where they have their zeros, peaks and intersections."""
    low, high = (None if end is None else _number(end) for end in (request.low, request.high))
    if low is not None and high is not None:
        if low >= high:
            raise _CannotDrawError("interval")
        return low, high
    usual = _usual_interval(curves, request)
    if low is not None:
        return low, max(usual[1], low + WIDE)
    if high is not None:
        return min(usual[0], high - WIDE), high
    return usual


def _usual_interval(curves: Sequence[_Curve], request: PlotRequest) -> tuple[float, float]:
    calls = {part.name for curve in curves for part in walk(curve.node) if isinstance(part, Call)}
    if calls & _TRIGONOMETRIC:
        return -2 * math.pi, 2 * math.pi
    marks = [*_marks(curves), *(float(x) for x, _ in request.points)]
    exponential = any(curve.kind == "function" and _is_exponential(curve.node) for curve in curves)
    positive = bool(calls & _POSITIVE) or any(
        isinstance(part, Root) and part.index % 2 == 0 for curve in curves for part in walk(curve.node)
    )
    if positive:
        return min([-1.0, *marks]), 4.0 if exponential else max([WIDE, *(mark * 1.3 for mark in marks)])
    if exponential:
        return -4.0, 4.0
    if reaches := [reach for curve in curves if (reach := _reach(curve)) is not None]:
        return -max(reaches), max(reaches)
    if not marks:
        return (-1.5, 1.5) if any(_is_of_high_degree(curve) for curve in curves) else (-WIDE, WIDE)
    margin = max(3.0, 0.6 * (max(marks) - min(marks)))
    return min(marks) - margin, max(marks) + margin


def _is_exponential(node: Node) -> bool:
    return any(isinstance(part, Power) and variables_of(part.exponent) for part in walk(node)) or any(
        isinstance(part, Call) and part.name in {"exp", "sinh", "cosh"} for part in walk(node)
    )


def _reach(curve: _Curve) -> float | None:
    """How far from the middle an equation's curve reaches, by where it meets the axes or is nearest to them; None for
    functions, and where nobody knows.
    """
    if curve.kind not in {"equation", "region"}:
        return None
    found: list[float] = []
    for name, other in (("x", "y"), ("y", "x")):
        poly = _polynomial(rewrite(curve.node, Substitution(other, with_number(0))), name)
        if poly is not None and poly.degree() >= 1:
            found += [abs(float(sp.re(root))) for root in _roots(poly)]
    return min(max([2.0, *(1.6 * mark for mark in found)]), LARGEST) if found else None


def _is_of_high_degree(curve: _Curve) -> bool:
    return any(isinstance(part, Power) and isinstance(part.exponent, Num) and part.exponent.value > HIGHEST_DEGREE
               for part in walk(curve.node))  # fmt: skip


def _marks(curves: Sequence[_Curve]) -> list[float]:
    """Where polynomials have zeros and peaks, and meet."""
    found: list[sp.Poly] = []
    functions = [curve for curve in curves if curve.kind == "function"]
    found += [poly for curve in functions if (poly := _polynomial(curve.node, curve.names[0])) is not None]
    marks: set[float] = set()
    for place, poly in enumerate(found):
        for one in (poly, poly.diff(), *(poly - other for other in found[:place] if other.gen == poly.gen)):
            if 1 <= one.degree() <= HIGHEST_DEGREE:
                marks |= {float(sp.re(root)) for root in _roots(one) if abs(sp.im(root)) < 1e-9}
    return sorted(mark for mark in marks if abs(mark) < LARGEST)


def _roots(poly: sp.Poly) -> list[sp.Expr]:
    """The roots of a polynomial, in figures. Multiple ones do not converge by themselves, so each is sought once."""
    try:
        found: list[sp.Expr] = poly.nroots(n=15, maxsteps=200)
    except NoConvergence:
        found = poly.sqf_part().nroots(n=15, maxsteps=200)
    return found


def _polynomial(node: Node, name: str) -> "sp.Poly | None":
    try:
        poly = sp.Poly(to_sympy(node), sp.Symbol(name, real=True))
    except (sp.PolynomialError, sp.GeneratorsError, TooLarge, Undefined, Unsupported):
        return None
    return poly if poly.degree() <= HIGHEST_DEGREE else None


def _number(node: Node) -> float:
    try:
        value = complex(to_sympy(node))
    except (TooLarge, Undefined, Unsupported, TypeError, OverflowError, ValueError):
        raise _CannotDrawError("interval") from None
    if value.imag or not math.isfinite(value.real) or abs(value.real) > LARGEST:
        raise _CannotDrawError("interval")
    return value.real


# The code


def _drawing(curves: Sequence[_Curve], request: PlotRequest, words: dict[str, str]) -> str:
    low, high = _interval(curves, request)
    name = next((curve.names[0] for curve in curves if curve.kind == "function"), "x")
    if any(curve.kind == "function" and variables_of(curve.node) not in ([], [name]) for curve in curves):
        raise _CannotDrawError("letters")
    if name != "x" and any(curve.kind != "function" for curve in curves):
        raise _CannotDrawError("letters")
    axis = name if name.isidentifier() and name.isascii() and name not in _TAKEN else "x"
    if axis != name:
        raise _CannotDrawError("letters")
    lines = ["import matplotlib.pyplot as plt", "import numpy as np", "", 'np.seterr(all="ignore")']
    lines += ['plt.axhline(0, color="gray", linewidth=0.8)', 'plt.axvline(0, color="gray", linewidth=0.8)']
    if curves:
        lines.append(f"{axis} = np.linspace({_float(low)}, {_float(high)}, {SIZES})")
    steep = False
    for place, curve in enumerate(curves):
        lines.append("")
        lines += _curve_lines(curve, axis, place)
        steep |= curve.kind == "function" and _may_be_steep(curve.node)
    if request.points:
        xs, ys = zip(*request.points, strict=True)
        lines += ["", f"plt.scatter({_list(xs)}, {_list(ys)}, zorder=3)"]
        lines += [f"plt.annotate({_point(x, y)!r}, ({_plain(x)}, {_plain(y)}), xytext=(4, 4), "
                  "textcoords=\"offset points\")" for x, y in request.points]  # fmt: skip
    lines.append("")
    if steep:
        lines += _CLIPPING
    if curves and all(curve.kind == "upright" for curve in curves):
        lines += [f"plt.xlim({_float(low)}, {_float(high)})", f"plt.ylim({_float(low)}, {_float(high)})"]
    if any(curve.kind in {"equation", "region"} for curve in curves):
        lines.append('plt.gca().set_aspect("equal", adjustable="box")')
    title = words["title"].format(names=", ".join(curve.text for curve in curves)) if curves else words["points_title"]
    named = {curve.names[1] for curve in curves}
    lines += [
        f"plt.title({title!r})",
        f"plt.xlabel({name!r})",
        f"plt.ylabel({(named.pop() if len(named) == 1 else 'y')!r})",
        "plt.grid(alpha=0.3)",
    ]
    if len(curves) > 1:
        lines.append("plt.legend()")
    return "\n".join([*lines, "plt.show()"])


_TAKEN: Final = frozenset({"np", "plt"})
_CLIPPING: Final = [
    "# What shoots up or down shall not flatten the rest.",
    "drawn = np.concatenate([line.get_ydata() for line in plt.gca().lines[2:]])",
    "drawn = drawn[np.isfinite(drawn)]",
    "if drawn.size:",
    "    low, high = np.percentile(drawn, [4, 96])",
    "    room = 0.3 * (high - low) + 1",
    "    plt.ylim(max(drawn.min(), low - room), min(drawn.max(), high + room))",
]


def _curve_lines(curve: _Curve, axis: str, place: int) -> list[str]:
    label = f"label={curve.text!r}"
    if curve.kind == "upright":
        return [f'plt.axvline({python_of(curve.node, ())}, color="C{place}", {label})']
    if curve.kind == "function":
        value, result = python_of(curve.node, {axis}), "f" if axis == "y" else "y"
        lines = [f"{result} = {value}" if variables_of(curve.node) else f"{result} = np.full_like({axis}, {value})"]
        if _may_jump(curve.node):
            typical = f"1 + np.nanpercentile(np.abs({result}), 50)"
            lines.append(f"{result}[1:][np.abs(np.diff({result})) > 20 * ({typical})] = np.nan  # at a pole")
        lines += [f"if not np.isfinite({result}).any():", '    raise ValueError("there are no real values here")']
        return [*lines, f'plt.plot({axis}, {result}, color="C{place}", {label})']
    value = python_of(curve.node, {"x", "y"})
    lines = [f"X, Y = np.meshgrid({axis}, {axis})"]
    lines.append(f"Z = {_on_grid(value)} + 0 * X")
    if curve.kind == "region":
        lines.append(f'plt.contourf(X, Y, Z, levels=[0, np.inf], colors="C{place}", alpha=0.3)')
    lines.append(f'plt.contour(X, Y, Z, levels=[0], colors="C{place}")')
    return [*lines, f'plt.plot([], [], color="C{place}", {label})']


def _on_grid(code: str) -> str:
    return re.sub(r"(?<![\w.])([xy])(?![\w(])", lambda found: found[1].upper(), code)


def _chart(request: PlotRequest, words: dict[str, str]) -> str:
    labels = [label or str(place) for place, (label, _) in enumerate(request.numbers, 1)]
    values = _list([value for _, value in request.numbers])
    lines = ["import matplotlib.pyplot as plt", "", f"values = {values}"]
    if request.chart != "histogram":
        lines.append(f"labels = {labels!r}")
    match request.chart:
        case "bar":
            lines += ["bars = plt.bar(labels, values)", "plt.bar_label(bars)"]
        case "line":
            lines.append('plt.plot(labels, values, marker="o")')
        case "pie":
            if any(value < 0 for _, value in request.numbers) or not any(value for _, value in request.numbers):
                raise _CannotDrawError("cannot_draw")
            lines.append('plt.pie(values, labels=labels, autopct="%1.0f%%")')
        case _:
            lines += ['plt.hist(values, edgecolor="white")', f"plt.ylabel({words['frequency']!r})"]
    return "\n".join([*lines, f"plt.title({words['chart_title']!r})", "plt.show()"])


def _may_jump(node: Node) -> bool:
    """Whether a function may have poles."""
    for part in walk(node):
        match part:
            case Call(name) if name in {"tan", "cot", "sec", "csc"}:
                return True
            case Product(factors) if any(sign == "/" and variables_of(factor) for sign, factor in factors):
                return True
            case Power(base, exponent) if variables_of(base) and not variables_of(exponent):
                try:
                    if _number(exponent) < 0:
                        return True
                except _CannotDrawError:
                    return True
            case _ if type(part).__name__ == "Frac" and variables_of(part.bottom):  # type: ignore[union-attr]
                return True
    return False


def _may_be_steep(node: Node) -> bool:
    return (
        _may_jump(node)
        or _is_exponential(node)
        or any(isinstance(part, Call) and part.name in _POSITIVE for part in walk(node))
    )


def _is_described(curves: Sequence[_Curve], request: PlotRequest) -> bool:
    """Whether the solver describes the curve: a line or a parabola, drawn alone and as it is."""
    if len(curves) != 1 or request.points or request.low is not None or request.high is not None:
        return False
    (curve,) = curves
    constant = any(isinstance(part, Const) for part in walk(curve.node))
    if curve.kind != "function" or curve.names[0] != "x" or constant:
        return False
    poly = _polynomial(curve.node, "x")
    return poly is not None and poly.degree() in {1, 2}


def _float(value: float) -> str:
    turns = value / math.pi
    if value and abs(turns * 12 - round(turns * 12)) < 1e-12:
        part = Fraction(round(turns * 12), 12)
        return f"{part.numerator} * np.pi" + (f" / {part.denominator}" if part.denominator != 1 else "")
    return f"{value:.6g}"


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"


def _point(x: Fraction, y: Fraction) -> str:
    return f"({_plain(x)}, {_plain(y)})"


def _list(values: Sequence[Fraction]) -> str:
    return f"[{', '.join(_plain(value) for value in values)}]"
