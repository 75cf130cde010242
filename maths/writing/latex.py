"""LaTeX of sympy expressions, and of trees, which keep the order and the form in which the student wrote."""

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from maths.reading.nodes import (
    Apply,
    Call,
    Const,
    Diff,
    Frac,
    Integral,
    Limit,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Series,
    Sum,
    Sym,
)
from maths.reading.symbols import GREEK
from maths.writing.named_functions import NAMED_FUNCTIONS

LONGEST_NUMBER = 60
"""The most digits of a whole number that is written out; a longer one is shown by its first digits and its size."""

_RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "!=": r"\ne"}
_CONSTANTS = {"pi": r"\pi", "e": "e", "oo": r"\infty", "i": "i"}
_NAMED = frozenset({*NAMED_FUNCTIONS, "ln", "log", "gcd", "min", "max"})
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


class _Printer(LatexPrinter):  # type: ignore[misc]
    """sympy's printer, with the notation of school: ln, short decimals, no empty brackets."""

    def _print_Integer(self, expr: Any) -> str:  # noqa: N802
        return _whole(int(expr))

    def _print_Function(self, expr: Any, exp: str | None = None) -> str:  # noqa: N802
        name = _FUNCTION_NAMES.get(type(expr).__name__)
        if name is None or len(expr.args) != 1:
            text: str = super()._print_Function(expr, exp)
            return text
        return rf"\{name}{'^{' + exp + '}' if exp else ''}{_function_argument(expr.args[0], self)}"

    def _print_log(self, expr: Any, exp: str | None = None) -> str:
        return rf"\ln{'^{' + exp + '}' if exp else ''}{_function_argument(expr.args[0], self)}"

    def _print_Abs(self, expr: Any, exp: str | None = None) -> str:  # noqa: N802
        text = rf"\left|{self._print(expr.args[0])}\right|"
        return f"{text}^{{{exp}}}" if exp else text

    def _print_Rational(self, expr: Any) -> str:  # noqa: N802
        sign = "- " if expr.p < 0 else ""
        return sign + rf"\frac{{{_whole(abs(int(expr.p)))}}}{{{_whole(int(expr.q))}}}"


_FUNCTION_NAMES = {function.__name__: name for name, function in NAMED_FUNCTIONS.items()}


def _function_argument(argument: Any, printer: LatexPrinter) -> str:
    """`sin x`, but `sin(2x)` and `ln|x|`."""
    text: str = printer._print(argument)
    if argument.is_Symbol or (argument.is_Integer and argument >= 0) or argument is sp.pi:
        return f" {text}"
    return text if isinstance(argument, sp.Abs) else rf"\left({text}\right)"


_SETTINGS = {
    "ln_notation": True, "inv_trig_style": "full", "fold_short_frac": False, "root_notation": True,
}  # fmt: skip


def latex(expr: Any) -> str:
    """A sympy expression as LaTeX."""
    text: str = _Printer(_SETTINGS).doprint(sp.Integer(expr) if isinstance(expr, int) else expr)
    return text


def _whole(value: int) -> str:
    digits = str(value)
    if len(digits.lstrip("-")) <= LONGEST_NUMBER:
        return digits
    sign = "-" if value < 0 else ""
    digits = digits.lstrip("-")
    return rf"{sign}{digits[0]}.{digits[1:7]}\ldots \times 10^{{{len(digits) - 1}}}"


def node_latex(node: Node) -> str:
    """A tree as LaTeX."""
    return _text(node)[0]


def _text(node: Node) -> tuple[str, int]:  # noqa: C901, PLR0912 - one case for each kind of node
    """The LaTeX of a node, and its rank: sum, product, power or atom."""
    match node:
        case Num(value, text):
            return text, _ATOM if value >= 0 else _SUM
        case Sym(name):
            return _name(name), _ATOM
        case Const(name):
            return _CONSTANTS[name], _ATOM
        case Neg(arg):
            return "-" + _in(arg, _PRODUCT), _SUM
        case Sum(terms):
            return _sum(terms), _SUM
        case Product(factors):
            return _product(factors), _PRODUCT
        case Frac(top, bottom):
            return rf"\frac{{{node_latex(top)}}}{{{node_latex(bottom)}}}", _POWER
        case Mixed(whole, top, bottom):
            return rf"{node_latex(whole)}\frac{{{node_latex(top)}}}{{{node_latex(bottom)}}}", _PRODUCT
        case Power(base, exponent):
            return _power(base, exponent), _POWER
        case Root(arg, index):
            degree = "" if index == 2 else f"[{index}]"
            return rf"\sqrt{degree}{{{node_latex(arg)}}}", _ATOM
        case Call():
            return _call(node)
        case Apply(name, primes, arg):
            return f"{name}{chr(39) * primes}({node_latex(arg)})", _ATOM
        case Postfix(mark, arg):
            shown = {"!": "!", "%": r"\%", "°": r"^{\circ}"}[mark]
            return _in(arg, _ATOM) + shown, _POWER
        case Diff(body, var, order):
            power = f"^{{{order}}}" if order > 1 else ""
            return rf"\frac{{d{power}}}{{d{_name(var.name)}{power}}}\left({node_latex(body)}\right)", _PRODUCT
        case Integral():
            return _integral(node), _PRODUCT
        case Limit(body, var, to, side):
            mark = "" if side == "+-" else f"^{{{side}}}"
            return rf"\lim_{{{_name(var.name)} \to {node_latex(to)}{mark}}} {_in(body, _PRODUCT)}", _PRODUCT
        case Series(kind, body, var, low, high):
            sign = rf"\{kind}_{{{_name(var.name)}={node_latex(low)}}}^{{{node_latex(high)}}}"
            return f"{sign} {_in(body, _PRODUCT)}", _PRODUCT
        case Rel(ops, sides):
            right = [f" {_RELATIONS[op]} {node_latex(side)}" for op, side in zip(ops, sides[1:], strict=True)]
            return node_latex(sides[0]) + "".join(right), 0
    raise TypeError(node)


def _in(node: Node, least: int) -> str:
    """The LaTeX of a node, in brackets if its rank is below `least`."""
    text, tightness = _text(node)
    return text if tightness >= least else rf"\left({text}\right)"


def _name(name: str) -> str:
    base, _, index = name.partition("_")
    base = "\\" + base if base in GREEK else base
    return f"{base}_{{{index}}}" if index else base


def _sum(terms: tuple[tuple[str, Node], ...]) -> str:
    text = ""
    for place, (sign, term) in enumerate(terms):
        shown = _in(term, _PRODUCT) if place or not isinstance(term, Neg) else node_latex(term)
        text += shown if place == 0 and sign == "+" else f" {sign} {shown}"
    return text.strip()


def _product(factors: tuple[tuple[str, Node], ...]) -> str:
    if all(sign != "/" for sign, _ in factors):
        return _times(factors)
    first = next(place for place, (sign, _) in enumerate(factors) if sign == "/")
    text = _times(factors[:first])
    if _numeric(factors):
        if first == 1 and isinstance(factors[0][1], Sum):
            text = _in(factors[0][1], _PRODUCT)
        for sign, factor in factors[first:]:
            text += {"/": r" \div ", "*": r" \times ", "": r" \cdot "}[sign] + _in(factor, _POWER)
        return text
    text = rf"\frac{{{text}}}{{{node_latex(factors[first][1])}}}"
    for sign, factor in factors[first + 1 :]:
        if sign == "/":
            text = rf"\frac{{{text}}}{{{node_latex(factor)}}}"
        else:
            shown = _in(factor, _PRODUCT)
            text += rf" \times {shown}" if shown[:1].isdigit() else f" {shown}"
    return text


def _numeric(factors: tuple[tuple[str, Node], ...]) -> bool:
    return len(factors) > 2 and all(isinstance(factor, Num | Mixed | Sum | Frac | Neg) for _, factor in factors)


def _times(factors: tuple[tuple[str, Node], ...]) -> str:
    if len(factors) == 1:
        return node_latex(factors[0][1])
    text = ""
    for place, (sign, factor) in enumerate(factors):
        shown = _in(factor, _POWER if place else _PRODUCT)
        digit = shown[:1].isdigit() or shown.startswith((r"\frac", r"\left(-"))
        joint = (
            r" \times "
            if place and (sign == "*" and digit)
            else r" \cdot "
            if place and (sign == "*" or digit)
            else " "
        )
        text += shown if place == 0 else joint + shown
    return text


def _power(base: Node, exponent: Node) -> str:
    if isinstance(base, Call) and base.name in _NAMED and len(base.args) == 1 and base.base is None:
        return rf"\{base.name}^{{{node_latex(exponent)}}}{_argument(base.args[0])}"
    return f"{_in(base, _ATOM)}^{{{node_latex(exponent)}}}"


def _argument(node: Node) -> str:
    text, tightness = _text(node)
    return f" {text}" if tightness == _ATOM or isinstance(node, Postfix) else rf"\left({text}\right)"


def _call(node: Call) -> tuple[str, int]:
    if node.name == "abs":
        return rf"\left|{node_latex(node.args[0])}\right|", _ATOM
    if node.name == "perm":
        return rf"{{}}_{{{node_latex(node.args[0])}}}P_{{{node_latex(node.args[1])}}}", _ATOM
    if node.name == "binom":
        return rf"\binom{{{node_latex(node.args[0])}}}{{{node_latex(node.args[1])}}}", _ATOM
    if node.name in {"floor", "ceil"}:
        return rf"\left\l{node.name} {node_latex(node.args[0])}\right\r{node.name}", _ATOM
    if node.name == "at":
        body, var, value = node.args
        return rf"\left.{node_latex(body)}\right|_{{{node_latex(var)}={node_latex(value)}}}", _PRODUCT
    name = rf"\{node.name}" if node.name in _NAMED else rf"\operatorname{{{node.name}}}"
    if node.base is not None:
        name += f"_{{{node_latex(node.base)}}}"
    if len(node.args) > 1:
        return f"{name}({', '.join(node_latex(arg) for arg in node.args)})", _ATOM
    return name + _argument(node.args[0]), _POWER


def _integral(node: Integral) -> str:
    match node:
        case Integral(Diff(body, var, 1), name, low, high) if var == name and low is not None and high is not None:
            return rf"\left[{node_latex(body)}\right]_{{{node_latex(low)}}}^{{{node_latex(high)}}}"
    bounds = "" if node.low is None or node.high is None else f"_{{{node_latex(node.low)}}}^{{{node_latex(node.high)}}}"
    return rf"\int{bounds} {_in(node.body, _PRODUCT)} \, d{_name(node.var.name or 'x')}"
