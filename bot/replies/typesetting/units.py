"""Quantities with units, as the siunitx package writes them: `\\SI{3.0e8}{\\metre\\per\\second}`, `\\qty{5}{kg}`."""

import re

from bot.replies.typesetting.parser import Macro, Parser
from bot.replies.typesetting.symbols import table_of
from bot.replies.typesetting.tree import Node, Row, Variant

_PREFIXES = table_of("""
    pico p nano n micro µ milli m centi c deci d hecto h kilo k mega M giga G tera T
""")
_UNITS = table_of("""
    metre m meter m gram g second s ampere A kelvin K mole mol candela cd newton N joule J watt W pascal Pa volt V
    ohm Ω coulomb C farad F henry H hertz Hz tesla T weber Wb siemens S lumen lm lux lx becquerel Bq gray Gy sievert Sv
    litre L liter L minute min hour h day d tonne t electronvolt eV bar bar atmosphere atm angstrom Å dalton Da
    degreeCelsius ℃ celsius ℃ degree ° percent % radian rad kilogram kg molar M
""")
_POWERS = {"squared": "2", "cubed": "3"}
_NUMBER = re.compile(r"([+-]?[\d.,\s]*\d|)\s*(?:\\pm|\+-)?\s*([\d.]*)\s*(?:[eE]([+-]?\d+))?")
_LONGEST_NUMBER = 200
"""Characters: a longer number is set as it is written."""


def number_to_latex(source: str) -> str:
    """The LaTeX of a number such as `1.6e-19` or `3.0 +- 0.1`."""
    found = _NUMBER.fullmatch(source.strip()) if len(source) <= _LONGEST_NUMBER else None
    if found is None:
        return source
    mantissa = "\\pm ".join(part for part in (found[1].strip(), found[2]) if part)
    if found[3] is None:
        return mantissa
    return f"{mantissa}\\times 10^{{{found[3]}}}" if mantissa else f"10^{{{found[3]}}}"


def unit_to_latex(source: str) -> str:
    """The LaTeX of a unit: in macros (`\\metre\\per\\second`) or in letters (`kg.m/s^2`)."""
    latex, power, prefix = "", "", ""
    for name, sign in re.findall(r"\\([A-Za-z]+)|(\^\{[^{}]*\}|\^-?\d+|[A-Za-zµΩÅ℃°%]+|[^\s~])", source):
        if name == "per":
            power = "-1"
        elif name in _PREFIXES:
            prefix = _PREFIXES[name]
        elif name in _UNITS:
            latex += _joined(latex) + f"\\mathrm{{{prefix}{_UNITS[name]}}}".replace("%", "\\%")
            latex += f"^{{{power}}}" if power else ""
            power = prefix = ""
        elif name in _POWERS:
            latex = re.sub(r"\^\{-1\}$", "", latex) + f"^{{{'-' * latex.endswith('^{-1}')}{_POWERS[name]}}}"
        elif name:
            latex += f"\\{name} "
        elif sign == ".":
            latex += "\\cdot "
        else:
            latex += f"\\mathrm{{{sign}}}" if sign[0].isalpha() else sign.replace("%", "\\%")
    return latex


def _joined(before: str) -> str:
    return "\\," if before else ""


def _upright(parser: Parser, latex: str) -> Node:
    return Variant("normal", parser.inner(latex))


def _quantity(parser: Parser, _: str) -> Node:
    parser.optional()
    if parser.peek() != "{":  # \\qty( … ) of the physics package: the brackets are read as they are
        return Row()
    number, unit = number_to_latex(parser.raw_group()), unit_to_latex(parser.raw_group())
    gap = "" if unit.startswith(("\\mathrm{°", "°")) else "\\,"
    return _upright(parser, f"{number}{gap}{unit}")


def _unit(parser: Parser, _: str) -> Node:
    parser.optional()
    return _upright(parser, unit_to_latex(parser.raw_group()))


def _number(parser: Parser, _: str) -> Node:
    parser.optional()
    return _upright(parser, number_to_latex(parser.raw_group()))


def _angle(parser: Parser, _: str) -> Node:
    parser.optional()
    degrees = [part.strip() for part in parser.raw_group().split(";")]
    return _upright(parser, "".join(part + mark for part, mark in zip(degrees, "°′″", strict=False) if part))


MACROS: dict[str, Macro] = {
    **dict.fromkeys(["SI", "qty"], _quantity),
    **dict.fromkeys(["si", "unit"], _unit),
    "num": _number,
    "ang": _angle,
}
