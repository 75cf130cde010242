"""Calculates with units: `5 km + 300 m`, `90 km/h in m/s`, `3시간 20분`, `25 °C to °F`.

Each number with its unit becomes a bracket of the number and a symbol, so that `100 km / 2 h` is a speed; the tree is
then evaluated with a number and powers of units at every node.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from maths.calculating.refusal import Refused
from maths.reading.nodes import Frac, Mixed, Neg, Node, Num, Power, Product, Root, Sum, Sym, walk
from maths.reading.word_problems.units import (
    CELSIUS,
    CURRENCIES,
    FAHRENHEIT,
    HECTARE,
    LENGTHS,
    LITRE,
    ML,
    MONTH,
    OTHERS,
    TIMES,
    YEAR,
    Unit,
)
from maths.values.evaluation import value_of
from maths.values.numbers import NotCalculable, Value, divided, plus, power, root, times
from maths.writing.latex import node_latex

MOST_KINDS: Final = 12
_SYMBOL: Final = "u_{{{}}}"
_NAME: Final = re.compile(r"^u_(\d+)$")
_SPELLINGS: Final = {
    "㎠": "cm²", "㎡": "m²", "㎢": "km²", "㎤": "cm³", "㎥": "m³", "㎜": "mm", "㎝": "cm", "㎞": "km", "㎎": "mg",
    "㎏": "kg", "㎖": "mL", "ℓ": "L", "mph": "miles/hour", "kph": "km/h",
}  # fmt: skip
_OWN_NAMES: Final = {"inches": "in", "feet": "ft", "yards": "yd", "miles": "mi", "seconds": "s", "minutes": "min",
                     "hours": "h", "days": "d"}  # fmt: skip

Dimensions = dict[str, int]
"""Powers of lengths, times, masses …: `{"length": 1, "time": -1}` of a speed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A unit as it is calculated with: how it is written, its size in the first unit of its dimensions, and these."""

    name: str
    size: Fraction
    dimensions: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, and the powers of the units behind it."""

    value: Value
    units: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def dimensions(self) -> Dimensions:
        """What it measures."""
        found: Dimensions = {}
        for kind, exponent in self.units.items():
            for name, times_ in kind.dimensions:
                found[name] = found.get(name, 0) + times_ * exponent
        return {name: exponent for name, exponent in found.items() if exponent}

    @property
    def size(self) -> Value:
        """The value in the first units of its dimensions."""
        result = self.value
        for kind, exponent in self.units.items():
            result = times(result, kind.size**exponent)
        return result

    @property
    def unit_text(self) -> str:
        """The units: `km/h`, `kg·m/s^2`."""
        above = [_with_exponent(kind, exponent) for kind, exponent in self.units.items() if exponent > 0]
        below = [_with_exponent(kind, -exponent) for kind, exponent in self.units.items() if exponent < 0]
        bottom = f"({'·'.join(below)})" if len(below) > 1 else "".join(below)
        return "·".join(above or ["1"] * bool(below)) + (f"/{bottom}" if below else "")


def _with_exponent(kind: Kind, exponent: int) -> str:
    return kind.name if exponent == 1 else f"{kind.name}^{exponent}"


def _kind_of(unit: Unit, korean: bool) -> Kind:
    name = unit.texts[1 if korean else 0]
    match unit:
        case _ if unit is MONTH or unit is YEAR:
            return Kind(name, Fraction(12 if unit is YEAR else 1), (("months", 1),))
        case _ if unit is CURRENCIES["c"]:
            return Kind(name, unit.factor, (("dollars", 1),))
        case _ if unit.dimension == "money":
            return Kind(name, unit.factor, ((unit.texts[0], 1),))
        case _ if unit in {LITRE, ML}:
            return Kind(name, unit.factor, (("length", 3),))
        case _ if unit is HECTARE:
            return Kind(name, unit.factor, (("length", 2),))
    return Kind(name if korean else _OWN_NAMES.get(name, name), unit.factor, ((unit.dimension, 1),))


_LEFT_OUT: Final = {"percent", "angle", "celsius", "fahrenheit"}
_WRITTEN: Final = [
    (pattern, unit)
    for table in (LENGTHS, TIMES, OTHERS)
    for pattern, unit in table.items()
    if unit.dimension not in _LEFT_OUT
]
_UNITS: Final = [(re.compile(rf"(?:{pattern})(?![A-Za-z])"), unit) for pattern, unit in _WRITTEN]
_FEET: Final = re.compile(r"(\d\s?(?:ft|foot|feet|['′])\s*\d+(?:\.\d+)?\s?)(?:in\b\.?|[\"″])")
_EXPONENT: Final = re.compile(r"\s?(?:\^\s?\{?([23])\}?|([²³])|(?<=[A-Za-z])([23])(?![\d.]))")
_LATEX_TEXT: Final = re.compile(r"\\(?:text|mathrm|textrm|operatorname|rm|mbox|unit|si)\s*\{\s*([^{}]*?)\s*\}")
_WORD_EXPONENT: Final = re.compile(r"(제곱|세제곱|square\s+|sq\.?\s+|cubic\s+)(?=\s?[A-Za-z가-힣])", re.IGNORECASE)
_NUMBER: Final = r"\d[\d,]*(?:\.\d+)?(?:\s?/\s?\d+(?=\s*[A-Za-z가-힣]))?"
_AMOUNT: Final = re.compile(rf"(?<![\w.])(?P<sign>[$€£₩])\s?(?P<amount>{_NUMBER})|(?P<number>{_NUMBER}|[)}}\]])\s?")
_JOINED: Final = re.compile(r"\s*(?:/|per\s+|·|\*|⋅|×)\s*|당\s*")
_TARGET: Final = re.compile(
    r"^(?P<what>.*[\w)\]}²³%°C가-힣])\s*(?:\s(?:in(?:to)?|to|as)\s|→|➝|->|\\(?:to|rightarrow)\s|=\s?\?|=(?=\s*\?))\s*\??\s*(?P<unit>[^\d=][^=]*?)\s*\??$"
    r"|^(?P<ko>.*?)(?:[을를은는])?\s+(?P<kounit>[A-Za-z가-힣/²³^\d℃℉°]+?)\s?(?:으로|로)(?:\s?(?:바꾸\S*|변환\S*|나타내\S*|환산\S*))?\s*$"
)
_TEMPERATURE: Final = re.compile(
    r"^\s*(?P<value>[-−+]?\d+(?:\.\d+)?)\s*(?P<from>°\s?[CFK]|℃|℉|\^?\{?\\circ\}?\s?[CF]|K|degrees?\s+\w+)\s*$",
    re.IGNORECASE,
)


def has_units(text: str) -> bool:
    """Whether a text has a number with a unit behind it, or a currency sign before it, or is a temperature."""
    text = _spelt(text)
    return _marked(text) is not None or _temperature(*_with_target(text)) is not None


def measured(text: str, read: Callable[[str], Node]) -> tuple[Quantity, str]:
    """The value of an expression with units, in the unit that it asks for, and LaTeX of how it was read.

    `read` makes a tree of a text.

    Raises:
        Refused: the units do not fit together, or it cannot be read.
        NotCalculable, NoRealValue: see `maths.values.evaluation`.
    """
    text = _spelt(text)
    text, target = _with_target(text)
    if (converted := _temperature(text, target)) is not None:
        return converted, converted.unit_text
    marked = _marked(text)
    if marked is None:
        raise Refused("I cannot read the units. Write each behind its number: `5 km + 300 m`.")
    plain, kinds = marked
    node = read(plain)
    unknown = [part.name for part in walk(node) if isinstance(part, Sym) and _NAME.match(part.name) is None]
    if unknown:
        raise Refused("There is a letter in it that is neither a unit that I know nor a number.")
    result = _Evaluation(kinds).of(node)
    wanted = _unit_of(target) if target is not None else None
    shown = node_latex(node)
    for place, units in enumerate(kinds):
        shown = shown.replace(f"u_{{{place}}}", rf"\text{{{Quantity(Fraction(1), units).unit_text}}}")
    return (result if wanted is None else in_units(result, wanted)), shown


def _spelt(text: str) -> str:
    text = _LATEX_TEXT.sub(r" \1", text).replace("\\,", " ").replace("\\ ", " ").replace("~", " ").replace("\\$", "$")
    for sign, spelt in _SPELLINGS.items():
        text = text.replace(sign, spelt)
    return _FEET.sub(r"\1inches", text)


def _with_target(text: str) -> tuple[str, str | None]:
    """The expression, and the unit that it is wanted in."""
    found = _TARGET.match(text)
    if found is None:
        return text, None
    what, unit = (found["what"], found["unit"]) if found["what"] else (found["ko"], found["kounit"])
    unit = unit.strip()
    known = _unit_of(unit) is not None or _temperature_name(unit) is not None
    return (what, unit) if known and what else (text, None)


def _marked(text: str) -> tuple[str, list[Mapping[Kind, int]]] | None:
    """The text with a bracket for every number with its unit, and the units by number; None if there is none."""
    parts: list[str] = []
    kinds: list[Mapping[Kind, int]] = []
    at, in_row = 0, False
    for found in _AMOUNT.finditer(text):
        if found.start() < at or len(kinds) == MOST_KINDS:
            continue
        units, end, number = _units_behind(text, found)
        if units is None:
            continue
        between, symbol = text[at : found.start()], _SYMBOL.format(len(kinds))
        counted = number not in {")", "}", "]"}
        if not counted:  # `(2 + 3) km`
            parts += [between, f"{number} * {symbol}"]
        elif in_row and not between.strip():  # `3 h 20 min`
            parts[-1] = f"({parts[-1]} + ({number} * {symbol}))"
        else:
            parts += [between, f"({number} * {symbol})"]
        kinds.append(units)
        at, in_row = end, counted
    return ("".join([*parts, text[at:]]), kinds) if kinds else None


def _units_behind(text: str, found: "re.Match[str]") -> tuple[Mapping[Kind, int] | None, int, str]:
    if found["sign"]:
        sign = CURRENCIES[found["sign"]]
        return {_kind_of(sign, korean=False): 1}, found.end(), found["amount"]
    if re.match(r"분의", text[found.end() :]):
        return None, 0, ""
    units, end = _unit_at(text, found.end())
    return (units or None), end, found["number"]


def _unit_at(text: str, at: int) -> tuple[dict[Kind, int], int]:
    """The units at a place, `km/h`, `kg·m/s^2`, and where they end; none if there is none."""
    units: dict[Kind, int] = {}
    sign = 1
    while True:
        word = _WORD_EXPONENT.match(text, at)
        start = word.end() if word else at
        unit, end = _named_at(text, start)
        if unit is None:
            return units, at
        kind = _kind_of(unit, korean=bool(re.match("[가-힣]", text[start:])))
        exponent = _EXPONENT.match(text, end)
        size = 1
        if exponent is not None:
            size = int((exponent[1] or exponent[2] or exponent[3]).translate(str.maketrans("²³", "23")))
            end = exponent.end()
        elif word is not None:
            size = 3 if word[1].strip().lower() in {"세제곱", "cubic"} else 2
        if re.match(r"[A-Za-z]|[가-힣]{2}|의", text[end:]) and not re.match(r"당|[을를은는이가]?\s", text[end:]):
            return units, at
        units[kind] = units.get(kind, 0) + sign * size
        joined = _JOINED.match(text, end)
        if joined is None or not (_named_at(text, joined.end())[0] or _WORD_EXPONENT.match(text, joined.end())):
            return units, end
        sign = -1 if re.search(r"/|per|당", joined[0]) else 1
        at = joined.end()


def _named_at(text: str, at: int) -> tuple[Unit | None, int]:
    """The unit whose name stands at a place, the longest that fits, and where it ends."""
    found = [(match.end(), unit) for pattern, unit in _UNITS if (match := pattern.match(text, at))]
    end, unit = max(found, key=lambda one: one[0], default=(at, None))
    return unit, end


def _unit_of(text: str) -> dict[Kind, int] | None:
    """The units of a text that holds nothing else."""
    units, end = _unit_at(text.strip(), 0)
    return units if units and end == len(text.strip()) else None


def _temperature_name(text: str) -> str | None:
    name = text.strip().lower()
    if re.fullmatch(r"°?\s?c|℃|celsius|degrees?\s+celsius|섭씨|\^?\{?\\circ\}?\s?c", name):
        return CELSIUS.texts[0]
    if re.fullmatch(r"°?\s?f|℉|fahrenheit|degrees?\s+fahrenheit|화씨|\^?\{?\\circ\}?\s?f", name):
        return FAHRENHEIT.texts[0]
    return "K" if name in {"k", "kelvin", "kelvins"} else None


def _temperature(text: str, target: str | None) -> Quantity | None:
    """A temperature in another scale, of which the zero differs; None for anything else."""
    found = _TEMPERATURE.match(text)
    if found is None or target is None or (wanted := _temperature_name(target)) is None:
        return None
    given = _temperature_name(found["from"])
    value = Fraction(found["value"].replace("−", "-"))
    celsius = {
        "°C": value, "°F": (value - 32) * Fraction(5, 9), "K": value - Fraction("273.15"),
    }.get(given or "")  # fmt: skip
    if celsius is None:
        return None
    shown = {"°C": celsius, "°F": celsius * Fraction(9, 5) + 32, "K": celsius + Fraction("273.15")}[wanted]
    return Quantity(shown, {Kind(wanted, Fraction(1), ((wanted, 1),)): 1})


class _Evaluation:
    """The evaluation of a tree whose symbols are units."""

    def __init__(self, kinds: list[Mapping[Kind, int]]) -> None:
        self._kinds = kinds

    def of(self, node: Node) -> Quantity:
        match node:
            case Sym(name):
                found = _NAME.match(name)
                assert found is not None
                return Quantity(Fraction(1), self._kinds[int(found[1])])
            case Neg(arg):
                inner = self.of(arg)
                return Quantity(-inner.value, inner.units)
            case Sum(terms):
                return self._sum(terms)
            case Product(factors):
                result = Quantity(Fraction(1))
                for sign, factor in factors:
                    result = _product(result, self.of(factor), -1 if sign == "/" else 1)
                return result
            case Frac(top, bottom):
                return _product(self.of(top), self.of(bottom), -1)
            case Power(base, Num(value)) if value.denominator == 1 and abs(value) <= 6:
                inner = self.of(base)
                exponent = int(value)
                return Quantity(power(inner.value, value), {k: e * exponent for k, e in inner.units.items()})
            case Root(arg, index):
                inner = self.of(arg)
                if any(exponent % index for exponent in inner.units.values()):
                    raise Refused("The root of these units is no unit.")
                return Quantity(root(inner.value, index), {k: e // index for k, e in inner.units.items()})
            case Num() | Mixed():
                return Quantity(value_of(node, {}))
        if any(isinstance(part, Sym) for part in walk(node)):
            raise Refused("A function of a quantity with a unit has no meaning; give it a number.")
        return Quantity(value_of(node, {}))

    def _sum(self, terms: tuple[tuple[str, Node], ...]) -> Quantity:
        total: Quantity | None = None
        for sign, term in terms:
            value = self.of(term)
            value = Quantity(-value.value if sign == "-" else value.value, value.units)
            if total is None:
                total = value
            elif total.dimensions != value.dimensions:
                raise Refused("The units do not fit: only quantities of one kind can be added or subtracted.")
            else:
                total = Quantity(plus(total.value, in_units(value, total.units).value), total.units)
        assert total is not None
        return total


def _product(one: Quantity, other: Quantity, sign: int) -> Quantity:
    """The product, or quotient, with units of one dimension brought to the first of them: `km/h * min` to km."""
    value = one.value
    units = dict(one.units)
    factor: Value = other.value
    for kind, exponent in other.units.items():
        like = next((each for each in units if each.dimensions == kind.dimensions), None)
        if like is None:
            units[kind] = units.get(kind, 0) + sign * exponent
        else:
            units[like] += sign * exponent
            factor = times(factor, (kind.size / like.size) ** exponent)
    value = times(value, factor) if sign > 0 else divided(value, factor)
    left = Quantity(value, {kind: exponent for kind, exponent in units.items() if exponent})
    if left.units and not left.dimensions:  # `L / cm^3`
        return Quantity(left.size)
    return left


def in_units(quantity: Quantity, units: Mapping[Kind, int]) -> Quantity:
    """The quantity in other units; raises Refused if they measure something else."""
    one = Quantity(Fraction(1), units)
    if one.dimensions != quantity.dimensions:
        raise Refused("The units do not fit: the result measures something else than the unit that you want.")
    size = one.size
    if not isinstance(size, Fraction):
        raise NotCalculable
    return Quantity(divided(quantity.size, size), units)
