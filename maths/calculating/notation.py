r"""Notations that models mix into expressions, in the reader's: `2**10`, `1e6`, `Math.sqrt(2)`, `10_000`, `2만 5천`."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Final

_MODULES: Final = re.compile(r"\b(?:Math|math|np|numpy|sp|sympy|cmath)\.(?=[A-Za-z])")
_POWER: Final = re.compile(r"(?<=[\w)\]}!%])\s*\*\*\s*(?=[\w(\\+\-−])")
_SCIENTIFIC: Final = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)[eE]([+-]?\d{1,4})(?![\w.])")
_UNDERSCORES: Final = re.compile(r"(?<![\w.])\d{1,3}(?:_\d{3})+(?!\w)")
_SPACES: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+(?!\d)")
_ENGLISH: Final = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(hundred|thousand|million|billion|trillion|dozen)\b", re.IGNORECASE
)
_SIZES: Final = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_KOREAN: Final = re.compile(r"(?<![\w.])(?:\d+(?:\.\d+)?\s?(?:[천백십]?[조억만]|[천백십])\s?)+(?:\d+(?![\w.%]))?")
_KOREAN_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s?([천백십]?)([조억만]?)")
_SMALL: Final = {"": 1, "십": 10, "백": 100, "천": 1000}
_MYRIADS: Final = {"": 1, "만": 10**4, "억": 10**8, "조": 10**12}
_DELIMITERS: Final = re.compile(
    r"^\s*(?:\$\$(.*)\$\$|\$([^$]*)\$|\\\((.*)\\\)|\\\[(.*)\\\]|`+([^`]*)`+)\s*$", re.DOTALL
)


def _chosen(found: re.Match[str]) -> str:
    """`5C2` as a function."""
    return f" {'binom' if found[2] == 'C' else 'perm'}({found[1]}, {found[3]}) "


_NAMES: Final[list[tuple[str, str | Callable[[re.Match[str]], str]]]] = [
    (r"\b(?:comb|nCr|binomial|choose|C)\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)", r" binom(\1, \2) "),
    (r"\b(?:nPr|permutations?|P)\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)", r" perm(\1, \2) "),
    (r"\{?\s*\}?_\{?(\d+)\}?\s*\\?(?:mathrm)?\{?([CP])\}?_\{?(\d+)\}?", _chosen),
    (r"(?<![\w.])(\d+)\s*([CP])\s*(\d+)(?![\w.])", _chosen),
    (r"\bpow\s*\(([^(),]+),([^(),]+)\)", r" (\1)^(\2) "),
    (r"\b(?:fabs)\s*\(", "abs("),
    (r"⌊([^⌊⌋]*)⌋|\\lfloor(.*?)\\rfloor", lambda found: f" floor({found[1] or found[2]}) "),
    (r"⌈([^⌈⌉]*)⌉|\\lceil(.*?)\\rceil", lambda found: f" ceil({found[1] or found[2]}) "),
    (r"(?<!\\)\bsqrt\s*\[\s*(\d+)\s*\]", r"\\sqrt[\1]"),
    (r"\bPI\b", "pi"),
    (r"\bMath\.E\b", "e"),
]  # fmt: skip
_REWRITTEN: Final = [(re.compile(pattern), replacement) for pattern, replacement in _NAMES]
_ASKED: Final = re.compile(r"\s*(?:=\s*\??|\?)\s*$")


def plain_notation(text: str) -> str:
    """The expression without marks around it, in the notation that the reader knows."""
    text = text.strip()
    while (framed := _DELIMITERS.match(text)) is not None:
        text = next(part for part in framed.groups() if part is not None).strip()
    text = _POWER.sub("^", text)
    text = text.replace("Math.E", "e").replace("math.e", "e")
    text = _MODULES.sub("", text)
    text = _UNDERSCORES.sub(lambda found: found[0].replace("_", ""), text)
    text = _SPACES.sub(lambda found: re.sub(r"\D", "", found[0]), text)
    text = _SCIENTIFIC.sub(lambda found: f"({found[1]}*10^{{{int(found[2])}}})", text)
    text = _ENGLISH.sub(lambda found: _written(Fraction(found[1]) * _SIZES[found[2].lower()]), text)
    text = _KOREAN.sub(_in_digits, text)
    for pattern, replacement in _REWRITTEN:
        text = pattern.sub(replacement, text)
    return _ASKED.sub("", text)


def _in_digits(found: re.Match[str]) -> str:
    """`1억 2천만 5` in digits: in each part up to 만, 억 or 조 the thousands, hundreds and tens add up."""
    text = found[0]
    total = section = Fraction(0)
    end = 0
    for part in _KOREAN_PART.finditer(text):
        section += Fraction(part[1]) * _SMALL[part[2]]
        if part[3]:
            total += section * _MYRIADS[part[3]]
            section = Fraction(0)
        end = part.end()
    return _written(total + section) + text[end:] + (" " if text[-1:].isspace() else "")


def _written(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"({value.numerator}/{value.denominator})"
