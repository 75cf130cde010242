"""What the lexer takes for a word: short words, units, and words with signs or digits in them.

Words with signs or digits are `e-mail`, `n/a`, `COVID-19`, `the 1980s`, dates such as `2024-03-15`, and `H2O`.
"""

import re
from typing import Final

from maths.reading.symbols import ALIASES, FUNCTIONS, GREEK

PRODUCT_LETTERS = frozenset("abcdefghijklmnpqrstuvwxyzABCXYZ")
BESIDE_NAMES = frozenset("abknrtuxyz")
"""Letters that may touch a function's name: `xsinx` is a product, `using` a word."""
PRODUCTS = frozenset({"at", "am"})
"""Words that are a product behind a sign: `v = u + at`."""
UNITS = frozenset(
    [
        "am", "cm", "hr", "kg", "km", "mg", "min", "ml", "mm", "nd", "pm", "px", "rd", "sec", "st", "th",
    ]
)  # fmt: skip
SHORT_WORDS = frozenset(
    [
        "am", "an", "as", "at", "be", "by", "do", "go", "he", "hi", "if", "in", "is", "it", "me", "my", "no",
        "of", "oh", "ok", "on", "or", "so", "to", "up", "us", "we", "ya", "yo", "hm", "uh", "um", "id", "ex",
        "vs", "eg", "ie", "re", "all", "and", "any", "are", "ask", "but", "can", "cos", "did", "end", "eve",
        "far", "few", "for", "get", "got", "had", "has", "her", "him", "his", "how", "its", "let", "log", "may",
        "new", "not", "now", "off", "old", "one", "our", "out", "own", "per", "put", "say", "see", "set", "she",
        "sum", "the", "tip", "too", "try", "two", "use", "was", "way", "who", "why", "yes", "you", "ive", "abc",
    ]
)  # fmt: skip
WORDS_WITH_NAMES = frozenset(
    [
        "api", "basin", "blog", "blogs", "chin", "china", "cost", "cosy", "cotta", "expat", "karat", "maximum",
        "minimum", "mink", "mint", "minty", "minx", "mutant", "mutt", "nut", "pin", "pink", "pint", "pit", "pita",
        "pity", "pix", "rapt", "sect", "sink", "tabs", "tacos", "tank", "tanks", "tart", "tartan", "taunt", "taut",
        "taxi", "ulna",
    ]
)  # fmt: skip
"""Words that begin or end with the name of a function or of a Greek letter."""

_COMPOUND: Final = re.compile(r"(?<![\w^*+=.)\\])[A-Za-z]+(?:[-/][A-Za-z]+)+(?!\s*[\^_=<>+*(\\]|[-/]?[\d'])")
_NUMBERED_NAME: Final = re.compile(r"[A-Za-z]{3,}-\d+(?![\w.]|\s*[=+*/^<>(])")
_DECADE: Final = re.compile(r"\d{1,3}0s\b(?!\s*[=+*/^<>-])")
_COUNTED: Final = re.compile(r"\d++(?:-[A-Za-z]+)+(?:-\d+)?(?![\w.]|\s*[=+*/^<>(])")
_SHORTHAND: Final = re.compile(
    r"(?<![\w^*+=.)\\/-])(?:(?:n/a|w/o|w/e|y/n|i/o|r/n)\b(?!\s*[=+*/^<>(-])|w/(?=\s)|[bc]/[co]\b(?=\s+[A-Za-z]))",
    re.IGNORECASE,
)
_VERSION: Final = re.compile(
    r"v?\d++(?:\.\d++){2,}+\w*+|v\d++(?:\.\d++)*+(?![\w.^=])|pp?\.\s?\d+(?:-\d+)?", re.IGNORECASE
)
_DATE: Final = re.compile(r"\d{1,2}/\d{1,2}/(?:19|20)\d\d(?!\d)")
_WITH_ZEROS: Final = re.compile(r"(?=\d*(?:[-/.]\d+)*?(?<![\d.])0\d)\d++(?:[-/.]\d++)++(?![\d.]|\s*[=+*/^<>(-])")
"""`2024-03-15`, `010-1234-5678`: numbers that begin with 0 are no terms of a sum."""
_CHEMICAL: Final = re.compile(r"(?:[A-Z][a-z]?\d*){2,}(?![\w(^_=']|\s*[=+*/^<>])")
_PRODUCT: Final = frozenset("abcdpquvwxyz")
"""Letters whose runs are products, `abc - bcd`, and no words."""
_WORDS: Final = frozenset({"day", "way", "cup", "pay", "bad", "dad", "app", "add"})
"""Words of such letters."""
_VOWEL: Final = re.compile(r"[aeiouy]")
_NAMES: Final = FUNCTIONS | set(ALIASES) | set(GREEK) | {"lim", "pi", "inf"}
_BEGINS: Final = re.compile(rf"^(?:d|[xyz])?(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})[a-z]?$")


def word_length(text: str, at: int) -> int:
    """The length of the word with signs or digits that begins at `at`: `log-in`, `COVID-19`; 0 if none does."""
    for pattern in (_NUMBERED_NAME, _DECADE):
        if (found := pattern.match(text, at)) and not _is_function_of(found[0]):
            return len(found[0])
    for pattern in (_SHORTHAND, _VERSION, _DATE, _WITH_ZEROS):
        if found := pattern.match(text, at):
            return len(found[0])
    if (found := _CHEMICAL.match(text, at)) and any(char.isdigit() for char in found[0]):
        return len(found[0])
    found = _COUNTED.match(text, at) or _COMPOUND.match(text, at)
    return len(found[0]) if found and _is_compound(found[0]) else 0


def _is_function_of(text: str) -> bool:
    """`sin-30`."""
    return bool(_BEGINS.match(text.partition("-")[0].lower())) or set(text.partition("-")[0].lower()) <= _PRODUCT


def _is_compound(text: str) -> bool:
    """Whether one of the parts is a word: `x-ray`, `he/she`, and `log-in`, though `log` is a function."""
    parts = re.split(r"[-/]", text.lower())
    if any(_is_word(part) for part in parts):
        return True
    short = any(part in SHORT_WORDS - _NAMES for part in parts)
    return short and any(part in _NAMES or part.isdigit() for part in parts)


def _is_word(part: str) -> bool:
    if part in _WORDS:
        return True
    if len(part) < 3 or _BEGINS.match(part) or set(part) <= _PRODUCT:
        return False
    return bool(_VOWEL.search(part)) and not any(name in part for name in ("sin", "cos", "tan", "log", "sqrt"))
