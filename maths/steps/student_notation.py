"""Notations of students, in the reader's: `[F]_a^b`, `(x^2)'`, `d/dx [x^2]`, `15% of 80`, `5C2`."""

import re

from maths.reading.symbols import SUBSCRIPTS, SUPERSCRIPTS

_D_BY = re.compile(r"(?<![\w\\])d\s*/\s*d([a-z])\s*[\[(]?")
_D_BY_BRACKET = re.compile(r"(?<![\w\\])d\s*/\s*d([a-z])\s*\[")
_PRIMED = re.compile(r"[\[(]((?:[^()\[\]=]|\([^()]*\))*)[\])]\s*['′’](?!\w)")
_BRACKETED_FRAC = re.compile(r"(\\[dt]?frac\{d\}\{d[a-z]\})\s*\[([^\[\]]*)\]")
_PERCENT_OF = re.compile(r"(?<=\d)\s*\\?%\s+of\s+(?=[\d(√$])|(?<=\d)\s*(?:퍼센트|%)\s*의\s*(?=\d)")
_OF_PERCENT = re.compile(r"(?<=\d)\s*의\s*(?=\d+(?:\.\d+)?\s*(?:\\?%|퍼센트))")
_PART_OF = re.compile(r"(?<=[\d)}])\s+of\s+(?=[\d(√])")
_LETTER_A = re.compile(r"(?<=[\d)}²³])\s+([aA])\s+(?=(?:[a-zA-Z](?![A-Za-z])|\d|\())")
"""The factor in `1/2 a t^2`, which is no article."""
_SMALL_ENDS = re.compile(r"(?<=[\])])\s*([₀-₉₋]+)\s*([⁰¹²³⁴-⁹⁻]+)")
_CHOSEN_CALL = re.compile(r"(?<!\w)([CP])\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)")
_CHOSEN = re.compile(r"(?<!\w)(\d+|n|m)([CP])(\d+|r|k)(?!\w)")
_BETWEEN = re.compile(
    r"(?:\\left\s*)?[\[(]([^\[\]]{0,400}?)(?:\\right\s*)?[\])]\s*_\s*(\{[^{}]*\}|-?\w)\s*\^\s*(\{[^{}]*\}|-?\w)"
)
"""`[x^3/3]_0^1`."""


def in_signs(text: str) -> str:
    """The line with these written as the reader knows them."""
    text = _PART_OF.sub(" * ", _OF_PERCENT.sub(" * ", _PERCENT_OF.sub("% * ", text)))
    text = _CHOSEN.sub(_chosen, _CHOSEN_CALL.sub(r"\2\1\3", text))
    text = _SMALL_ENDS.sub(_plain_ends, text)
    text = _LETTER_A.sub(r" \1*", text)
    text = _BETWEEN.sub(_between, text)
    text = _D_BY_BRACKET.sub(r"d/d\1[", text)
    text = _PRIMED.sub(r"\\frac{d}{dx}(\1)", text)
    text = _D_BY.sub(lambda found: rf"\frac{{d}}{{d{found[1]}}}" + found[0][-1:].strip(f"{found[1]} "), text)
    return _BRACKETED_FRAC.sub(r"\1(\2)", text)


def _plain_ends(found: re.Match[str]) -> str:
    return f"_{{{found[1].translate(SUBSCRIPTS)}}}^{{{found[2].translate(SUPERSCRIPTS)}}}"


def _chosen(found: re.Match[str]) -> str:
    r"""`5C2` as `\binom{5}{2}`, and `5P2` as so many times `2!`."""
    chosen = rf"\binom{{{found[1]}}}{{{found[3]}}}"
    return f" {chosen} " if found[2] == "C" else f" ({chosen} * {found[3]}!) "


def _between(found: re.Match[str]) -> str:
    """`[F]_a^b` as the integral of the derivative of F, which has its value."""
    name = "x" if "x" in found[1] else next(iter(re.findall(r"(?<![\\A-Za-z])[a-z](?![A-Za-z])", found[1])), "x")
    low, high = (f"{{{end.strip('{}')}}}" for end in (found[2], found[3]))
    return rf" \int_{low}^{high} \frac{{d}}{{d{name}}}({found[1]}) d{name} "
