"""Fits Korean particles (을/를, 이/가, 은/는, 과/와, 으로/로) to the word before them, as Koreans read it aloud.

Digits, Latin letters, units, signs and formulas are read too: `1/2` is 이분의 일, `x^2` 엑스 제곱, `PDF` 피디에프.
"""

import re
from collections.abc import Mapping
from typing import Final

_PAIRS: Final = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와"), "으로": ("으로", "로"),
                 "이라": ("이라", "라"), "이에요": ("이에요", "예요"), "이나": ("이나", "나")}  # fmt: skip
KINDS: Final = "|".join(sorted(_PAIRS, key=len, reverse=True))

_OPEN, _CLOSED, _LIQUID = "open", "closed", "liquid"
"""How a syllable ends: in a vowel, in a consonant, or in ㄹ (which takes 로, like a vowel)."""

_MARK: Final = re.compile(rf"\[({KINDS})\]")
_BEHIND_VALUE: Final = re.compile(rf"\{{(\w+)(?:[:!][^{{}}]*)?\}}([^\s\[{{가-힣]*)\[({KINDS})\]")
_DIGITS: Final = {"0": _CLOSED, "1": _LIQUID, "2": _OPEN, "3": _CLOSED, "4": _OPEN, "5": _OPEN, "6": _CLOSED,
                  "7": _LIQUID, "8": _LIQUID, "9": _OPEN}  # fmt: skip
_LETTERS: Final = {"l": _LIQUID, "m": _CLOSED, "n": _CLOSED, "r": _LIQUID}
"""The names of Latin letters that do not end in a vowel: 엘, 엠, 엔, 알."""
_SIGNS: Final = {"%": _OPEN, "°": _OPEN, "℃": _OPEN, "℉": _OPEN, "π": _OPEN, "∞": _OPEN, "!": _LIQUID, "²": _CLOSED,
                 "³": _CLOSED, "′": _CLOSED, "'": _CLOSED, "㎝": _OPEN, "㎞": _OPEN, "㎏": _CLOSED, "㎡": _OPEN,
                 "½": _LIQUID,
                 "⅓": _LIQUID, "¼": _LIQUID, "¾": _CLOSED, "⅔": _OPEN, "+": _OPEN, "=": _OPEN, "&": _OPEN, "@": _OPEN,
                 "$": _OPEN, "₩": _CLOSED, "€": _OPEN, "✓": _OPEN}  # fmt: skip
_COMMANDS: Final = {"infty": _OPEN, "circ": _OPEN, "%": _OPEN, "ldots": _OPEN, "cdots": _OPEN, "epsilon": _CLOSED,
                    "varepsilon": _CLOSED}  # fmt: skip
"""LaTeX commands at an end; the Greek letters besides epsilon (엡실론) and omicron end in vowels."""
_UNITS: Final = re.compile(r"\d\s*(mm|cm|km|m|kg|mg|g|mL|ml|L|h|min|s|ha)$")
_HEAVY: Final = frozenset({"kg", "mg", "g", "h"})
"""Units whose Korean names end in a consonant: 그램, 시간."""
_AROUND: Final = " \t\n*_`~|\"“”'‘’「」『』《》〈〉.,;:?…·"
_SPACING: Final = re.compile(r"(?:\\[,;:!> ]|\\(?:left|right|displaystyle)\b\.?|\s)+$")
_FRACTION: Final = re.compile(r"(?<![\w.])(\d+)\s?/\s?\d+$")
_POWER: Final = re.compile(r"\^\s*(?:-?\w+)$|[⁰¹²³⁴-⁹ⁿ]$")
_SHORT_VOWEL: Final = re.compile(r"(?:^|[^aeiou])[aeiou][kpt]$|oo[kpt]$")


def particle(text: str, kind: str) -> str:
    """The particle in the form that fits behind `text`; both forms if nobody can tell."""
    closed, opened = _PAIRS[kind]
    match _ending(text):
        case "closed":
            return closed
        case "liquid":
            return opened if kind == "으로" else closed
        case "open":
            return opened
    return "(으)로" if kind == "으로" else f"{closed}({opened})"


def with_particles(text: str) -> str:
    """A Korean text in which marks such as `3[을]` are replaced by the form that fits what stands before them."""
    pieces: list[str] = []
    end = 0
    for mark in _MARK.finditer(text):
        pieces.append(text[end : mark.start()])
        before = "".join(pieces)[-300:]
        pieces.append(particle(before, mark[1]))
        end = mark.end()
    return "".join([*pieces, text[end:]])


def fit_to_values(template: str, values: Mapping[str, object]) -> str:
    """A template in which marks behind a value, `{name}[을]`, are replaced; what stands in a value is left alone."""

    def fitted(match: re.Match[str]) -> str:
        value = str(values.get(match[1], ""))
        whole = match[0][: -len(match[3]) - 2]
        return whole + particle(value + match[2], match[3])

    return _BEHIND_VALUE.sub(fitted, template)


def _ending(text: str) -> str:
    """How the last syllable of a text ends when it is read aloud: open, closed or liquid; empty if nobody can tell."""
    text = _stripped(text)
    while text:
        if (found := _of_latex(text)) is not None:
            return _ending(found) if found not in {_OPEN, _CLOSED, _LIQUID} else found
        last = text[-1]
        if "가" <= last <= "힣":
            final = (ord(last) - ord("가")) % 28
            return _OPEN if final == 0 else _LIQUID if final == 8 else _CLOSED
        if last in ")]":
            text = _before_brackets(text)
            continue
        if fraction := _FRACTION.search(text):
            return _ending(fraction[1])
        if _POWER.search(text) and not text.endswith("°"):
            return _CLOSED
        if unit := _UNITS.search(text):
            return _CLOSED if unit[1] in _HEAVY else _OPEN
        if last in _DIGITS:
            return _of_number(text)
        if last.isascii() and last.isalpha():
            return _of_latin(text)
        if last in _SIGNS:
            return _SIGNS[last]
        if "α" <= last.lower() <= "ω":
            return _CLOSED if last.lower() in "εο" else _OPEN
        text = _stripped(text[:-1])
    return ""


def _stripped(text: str) -> str:
    """The text without quotation marks, emphasis and spacing around it, and without the marks of a formula."""
    before = None
    while text != before:
        before = text
        text = text.rstrip(_AROUND) if not text.endswith("'") or not re.search(r"[a-zA-Z)]'$", text) else text.rstrip()
        text = text.removesuffix("\\)").removesuffix("\\]").removesuffix("$")
        text = re.sub(r"\\right\s*\\?[)|\]}.]?$", ")" if re.search(r"\\right\s*\)$", text) else "", text)
        text = _SPACING.sub("", text)
    return text


def _before_brackets(text: str) -> str:
    """The word before brackets at the end, as in `외솔(최현배)`; what is in them if no word stands before them."""
    depth = 0
    pairs = {")": "(", "]": "["}
    opening = pairs[text[-1]]
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == text[-1]) - (text[place] == opening)
        if depth == 0:
            word = text[:place].rstrip()
            return word if re.search(r"[가-힣]$", word) else _stripped(text[place + 1 : -1])
    return _stripped(text[:-1])


def _of_latex(text: str) -> str | None:
    """What is read last in LaTeX at the end of a text: a shorter text, or how it ends; None if there is none."""
    if command := re.search(r"\\([A-Za-z]+|%)$", text):
        return _COMMANDS.get(command[1], _OPEN)
    if not text.endswith("}") or text.endswith("\\}"):
        return None
    group = _group(text)
    if group is None:
        return None
    start, inside = group
    head = text[:start]
    if head.endswith("}") and (top := _group(head)) is not None and re.search(r"\\[dtc]?frac\s*$", head[: top[0]]):
        return top[1]
    if re.search(r"\^\s*$", head):
        return _OPEN if re.search(r"\\circ|°", inside) else _CLOSED
    return inside or head


def _group(text: str) -> tuple[int, str] | None:
    """Where the last group in braces begins, and what is in it."""
    depth = 0
    for place in range(len(text) - 1, -1, -1):
        depth += (text[place] == "}") - (text[place] == "{")
        if depth == 0:
            return place, text[place + 1 : -1]
    return None


def _of_number(text: str) -> str:
    """How a number ends: 십, 백, 천, 만, 억 in a consonant, 조 in a vowel."""
    run = re.search(r"[\d,.]+$", text)
    digits = run[0] if run else text[-1]
    zeros = len(re.sub(r"\D", "", digits)) - len(re.sub(r"\D", "", digits).rstrip("0"))
    if "." not in digits and digits.strip("0,") and 12 <= zeros < 16:
        return _OPEN
    return _DIGITS[text[-1]]


def _of_latin(text: str) -> str:
    """How a Latin word ends: short ones without a vowel, and file endings, are read letter by letter."""
    match = re.search(r"([A-Za-z]+)$", text)
    word = match[1] if match else text[-1]
    extension = bool(re.search(r"\w\.[A-Za-z]{2,4}$", text))
    spelt = (
        len(word) == 1 or extension or (word.isupper() and len(word) <= 5) or not re.search(r"[aeiouy]", word.lower())
    )
    low = word.lower()
    if spelt or re.search(r"\d[A-Za-z]$", text):
        return _LETTERS.get(low[-1], _OPEN)
    if re.search(r"le$|el$|al$|l$|ile$", low):
        return _LIQUID
    if re.search(r"(?:[mn]e?|ng)$", low):
        return _CLOSED
    return _CLOSED if _SHORT_VOWEL.search(low) else _OPEN
