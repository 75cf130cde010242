"""Chemistry, `\\ce{…}` and `\\pu{…}`, translated into LaTeX mathematics.

As in the manual of the mhchem package, version 4: https://mhchem.github.io/MathJax-mhchem/
"""

import re

from bot.replies.typesetting.parser import Macro, Parser
from bot.replies.typesetting.tree import Node, Variant

_ARROWS = {
    "<=>": "\\rightleftharpoons",
    "<->": "\\leftrightarrow",
    "<-->": "\\leftrightarrows",
    "->": "\\rightarrow",
    "<-": "\\leftarrow",
    "<=>>": "\\rightleftharpoons",
    "<<=>": "\\rightleftharpoons",
    "=>": "\\Rightarrow",
    "-->": "\\rightarrow",
}
_EXTENSIBLE = {"<=>": "xrightleftharpoons", "<->": "xleftrightarrow", "->": "xrightarrow", "<-": "xleftarrow"}
_TOKEN = re.compile(
    r"""
    \s*(?P<arrow><=>>|<<=>|<-->|<=>|<->|-->|->|<-|=>)(?P<over>\[(?:[^\[\]]|\{[^{}]*\})*\])?(?P<under>\[[^\[\]]*\])?\s*
    | (?P<math>\$[^$]*\$)
    | (?P<gas>(?:(?<=\s)|(?<=^))(?:\^|v)(?=\s|$)|\\uparrow|\\downarrow
        |(?<=[A-Za-z0-9)\]}])\s+(?:\(\^\)|\(v\)|\^|v)(?=\s|$))
    | (?P<plus>\s\+(?:\s+|$))
    | (?P<amount>(?:^|(?<=[\s+>\]]))(?:\d+/\d+|\d+\.\d+|\d+|[a-z](?=\s))\s*(?=[A-Z(\[\\{ ]|e\^?-|\^\{?\d+\}?_))
    | (?P<super>\^(?:\{[^{}]*\}|[0-9]*[+-]|[0-9]+|\.+|.))
    | (?P<sub>_(?:\{[^{}]*\}|[0-9]+|.))
    | (?P<charge>(?<=[A-Za-z0-9)\]}])(?:[+-])(?=[\s,;)\]}]|$|\((?:aq|s|l|g)\)))
    | (?P<count>(?<=[A-Za-z)\]}])\d+)
    | (?P<dot>\s*[*.]\s*(?=\d*[A-Z(]))
    | (?P<state>\((?:aq|s|l|g|cr|v)\))
    | (?P<greek>\\[A-Za-z]+\s?)
    | (?P<bond>(?<=[A-Za-z0-9)\]'])(?:-|=|\#)(?=[A-Za-z0-9(\[]))
    | (?P<symbol>[A-Za-z]+)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<blank>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SCRIPTED = re.compile(r"(_\{[^{}]*\}\^\{[^{}]*\})(?=_)")
"""A number and a charge; a further subscript (a state) after them needs a base of its own."""
_BONDS = {"-": "{-}", "=": "{=}", "#": "{\\equiv}"}


def to_latex(source: str) -> str:
    """The LaTeX mathematics for the inside of a `\\ce{…}`."""
    latex = "".join(_piece(found) for found in _TOKEN.finditer(source.strip()))
    return _SCRIPTED.sub(r"\1{}", latex)


def _piece(found: re.Match[str]) -> str:  # noqa: C901, PLR0912 - a line for each kind of token
    text = found[0]
    match found.lastgroup:
        case "arrow" | "over" | "under":
            return _arrow(found["arrow"], found["over"], found["under"])
        case "math":
            return "{" + text[1:-1] + "}"
        case "gas":
            return "\\,{\\downarrow}" if "v" in text or "down" in text else "\\,{\\uparrow}"
        case "plus":
            return "{}+{}"
        case "amount":
            amount = text.strip()
            top, slash, bottom = amount.partition("/")
            return f"\\tfrac{{{top}}}{{{bottom}}}\\," if slash else f"{amount}\\,"
        case "super":
            return _left_of(found) + "^{" + _script(text[1:]) + "}"
        case "sub":
            return _left_of(found) + "_{" + _script(text[1:]) + "}"
        case "charge":
            return "^{" + text + "}"
        case "count":
            return "_{" + text + "}"
        case "dot":
            return "\\cdot "
        case "state":
            return "\\,\\text{" + text + "}"
        case "bond":
            return _BONDS[text]
        case "symbol":
            return f"\\mathrm{{{text}}}"
        case "blank":
            return "\\ "
        case "other" if text in "{}[]()":
            return {"[": "[", "]": "]"}.get(text, text)
        case "other" if text == "#":
            return "\\equiv "
        case _:
            return text


def _left_of(found: re.Match[str]) -> str:
    """The empty base of a script that stands before its element, as the numbers of an isotope do."""
    return "{}" if re.search(r"(?:^|[\s>\]])$|(?:^|\s)\d+$", found.string[: found.start()]) else ""


def _script(text: str) -> str:
    inner = (text[1:-1] if text.startswith("{") else text).replace("$", "")
    upright = re.sub(r"(?<![\\A-Za-z])[A-Za-z]{2,}", lambda found: f"\\mathrm{{{found[0]}}}", inner)
    return upright.replace(".", "\\bullet ")


def _arrow(arrow: str, over: str | None, under: str | None) -> str:
    if not over and not under:
        return f" {_ARROWS[arrow]} "
    name = _EXTENSIBLE.get(arrow, "xrightarrow")
    below = f"[{_label(under)}]" if under else ""
    return f" \\{name}{below}{{{_label(over)}}} "


def _label(bracket: str | None) -> str:
    if not bracket:
        return ""
    inner = bracket[1:-1].strip()
    if inner.startswith("{") and inner.endswith("}"):
        return f"\\text{{{inner[1:-1]}}}"
    if "\\" in inner or "$" in inner:
        return inner.replace("$", "")
    words = not re.fullmatch(r"(?:[A-Z][a-z]?\d*|[a-z](?=_)|[+\-^_{}\d\s()])+", inner)
    return f"\\text{{{inner}}}" if words else to_latex(inner)


def pu_to_latex(source: str) -> str:
    """The LaTeX mathematics for the inside of a `\\pu{…}`: a number with its unit."""
    text = re.sub(r"(\d)[eE]([+-]?\d+)", r"\1 \\times 10^{\2}", source.strip())
    text = re.sub(r"(?<=[A-Za-z])(-?\d+)", r"^{\1}", text)
    return re.sub(r"(?<![\\A-Za-z])[A-Za-zΩµ]+", lambda found: f"\\,\\mathrm{{{found[0]}}}", text)


def _ce(parser: Parser, _: str) -> Node:
    return Variant("normal", parser.inner(to_latex(parser.raw_group())))


def _pu(parser: Parser, _: str) -> Node:
    return Variant("normal", parser.inner(pu_to_latex(parser.raw_group())))


MACROS: dict[str, Macro] = {"ce": _ce, "cee": _ce, "pu": _pu}
