"""Writes trees as Python for numpy, from a fixed list of functions and signs: no word of a student's is code."""

from collections.abc import Collection
from fractions import Fraction
from typing import Final

from maths.reading.nodes import Call, Const, Frac, Mixed, Neg, Node, Num, Postfix, Power, Product, Root, Sum, Sym

MOST_DIGITS: Final = 300
"""Digits of a number; Python makes no float of a longer one."""
LARGEST_POWER: Final = 64
"""The largest exponent that Python is given for whole numbers: it would calculate 9 ** 999999999 exactly."""
_FUNCTIONS: Final = {
    "sin": "np.sin", "cos": "np.cos", "tan": "np.tan", "sinh": "np.sinh", "cosh": "np.cosh", "tanh": "np.tanh",
    "arcsin": "np.arcsin", "arccos": "np.arccos", "arctan": "np.arctan", "exp": "np.exp", "ln": "np.log",
    "abs": "np.abs", "floor": "np.floor", "ceil": "np.ceil",
}  # fmt: skip
_INVERTED: Final = {"cot": "np.tan", "sec": "np.cos", "csc": "np.sin"}
_TWO: Final = {"min": "np.minimum", "max": "np.maximum"}
_CONSTANTS: Final = {"pi": "np.pi", "e": "np.e"}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
"""How tightly what is written holds together."""

Written = tuple[str, int]


class NotWritable(Exception):  # noqa: N818
    """There is no such Python here."""


def python_of(node: Node, variables: Collection[str]) -> str:
    """The expression of a tree, in these variables, which are names of numpy arrays, each of one letter.

    Raises:
        NotWritable: it holds something else: another letter, an integral, a factorial.
    """
    return _Writer(frozenset(variables)).write(node)[0]


class _Writer:
    def __init__(self, variables: frozenset[str]) -> None:
        self._variables = variables

    def write(self, node: Node) -> Written:  # noqa: C901 - one case for each kind of node
        match node:
            case Num(value, text):
                return _number(value, text)
            case Sym(name) if name in self._variables and len(name) == 1 and name.isidentifier() and name.isascii():
                return name, _ATOM
            case Const(name) if name in _CONSTANTS:
                return _CONSTANTS[name], _ATOM
            case Neg(arg):
                return f"-{self._at_least(arg, _PRODUCT)}", _SUM
            case Sum(terms):
                return self._sum(terms), _SUM
            case Product(factors):
                return self._product(factors), _PRODUCT
            case Frac(top, bottom):
                return f"{self._at_least(top, _PRODUCT)} / {self._at_least(bottom, _POWER)}", _PRODUCT
            case Mixed(whole, top, bottom):
                return f"{self._at_least(whole, _PRODUCT)} + {self.write(Frac(top, bottom))[0]}", _SUM
            case Power(base, exponent):
                return self._power(base, exponent)
            case Root(arg, index):
                return self._root(arg, index)
            case Call():
                return self._call(node)
            case Postfix("%", arg):
                return f"{self._at_least(arg, _PRODUCT)} / 100", _PRODUCT
            case Postfix("°", arg):
                return f"np.deg2rad({self.write(arg)[0]})", _ATOM
        raise NotWritable

    def _at_least(self, node: Node, tightness: int) -> str:
        text, own = self.write(node)
        return text if own >= tightness else f"({text})"

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> str:
        written = ""
        for place, (sign, term) in enumerate(terms):
            text = self._at_least(term, _PRODUCT)
            written += text if not place and sign == "+" else f"{sign}{text}" if not place else f" {sign} {text}"
        return written

    def _product(self, factors: tuple[tuple[str, Node], ...]) -> str:
        written = ""
        for place, (sign, factor) in enumerate(factors):
            text = self._at_least(factor, _POWER)
            written += text if not place else f" / {text}" if sign == "/" else f" * {text}"
        return written

    def _power(self, base: Node, exponent: Node) -> Written:
        match exponent:
            case Num(value) if value.denominator == 1 and 0 <= value <= LARGEST_POWER:
                return f"{self._at_least(base, _ATOM)} ** {value.numerator}", _POWER
            case Num(value) if value.denominator != 1:
                root = value
            case Frac(Num(top), Num(bottom)) | Product((("*", Num(top)), ("/", Num(bottom)))) if bottom:
                root = top / bottom
            case _:
                # Of plain numbers Python would refuse some powers, and work on others for hours.
                return f"np.float_power({self.write(base)[0]}, {self.write(exponent)[0]})", _ATOM
        text = self.write(base)[0]
        if root.denominator % 2:  # in school an odd root of a negative number is negative
            size = f"np.abs({text}) ** ({root})"
            return (f"np.sign({text}) * {size}", _PRODUCT) if root.numerator % 2 else (size, _POWER)
        return f"np.float_power({text}, {root})", _ATOM

    def _root(self, arg: Node, index: int) -> Written:
        text = self.write(arg)[0]
        if index == 2:
            return f"np.sqrt({text})", _ATOM
        if index == 3:
            return f"np.cbrt({text})", _ATOM
        if index % 2:
            return f"np.sign({text}) * np.abs({text}) ** (1/{index})", _PRODUCT
        return f"np.float_power({text}, 1/{index})", _ATOM

    def _call(self, node: Call) -> Written:
        args = [self.write(arg)[0] for arg in node.args]
        if node.name == "log" and len(args) == 1:
            if node.base is None:
                return f"np.log10({args[0]})", _ATOM
            return f"np.log({args[0]}) / np.log({self.write(node.base)[0]})", _PRODUCT
        if node.name in _INVERTED and len(args) == 1:
            return f"1 / {_INVERTED[node.name]}({args[0]})", _PRODUCT
        if node.name in _TWO and len(args) == 2:
            return f"{_TWO[node.name]}({args[0]}, {args[1]})", _ATOM
        if node.name in _FUNCTIONS and len(args) == 1:
            return f"{_FUNCTIONS[node.name]}({args[0]})", _ATOM
        raise NotWritable


def _number(value: Fraction, text: str) -> Written:
    if len(str(value)) > MOST_DIGITS:
        raise NotWritable
    if value.denominator == 1:
        return str(value.numerator), _ATOM if value >= 0 else _SUM
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return (f"0{text}" if text.startswith(".") else text), _ATOM
    return f"{value.numerator} / {value.denominator}", _PRODUCT
