"""How a line of an answer may be spelled: without Markdown, tags, the looks of LaTeX, and numbers that only count."""

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from maths.keys.formula_reading import plain_text

_COMMAND_TEXT: Final = re.compile(
    r"\\(?:boxed|fbox|text|textbf|textit|mathbf|mathrm|mathit|mathsf|mathtt|mathbb|mathcal|bm|boldsymbol|underline"
    r"|overline|mbox|hbox|emph|phantom|smash|operatorname|cancel|ensuremath|displaystyle)\s*\{([^{}]*)\}"
)
_COLOUR: Final = re.compile(r"\\(?:textcolor|colorbox|color)\s*(?:\[[^\]]*\])?\{[^{}]*\}")
_SILENT: Final = re.compile(
    r"\\(?:displaystyle|textstyle|scriptstyle|bf|rm|it|large|Large|huge|small|quad|qquad|hspace\{[^{}]*\}|,|;|:|!|\s)"
)
_MARKDOWN: Final = re.compile(r"\*\*|__|~~|\|\||```\w*|`|(?<!\\)\$\$?")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,200}>|<!--|-->")
_EQUALS: Final = re.compile(
    r":=|≔|≡|≅|≃|≈|≒|⟹|⇒|→|⟶|⇔|↦|-+>|=+>|\\(?:approx|equiv|to|rightarrow|Rightarrow|implies|iff|colon)\b"
)
_LIST_MARK: Final = re.compile(r"^\s*(?:>\s*)*(\d{1,2})[.)]\s+(?=\S)")
_BULLET: Final = re.compile(r"^\s*(?:(?:>|[-*+•])\s+)+")
_STEP: Final = re.compile(
    r"(?:\b(?:step|hint|question|part|line|example|exercise)\s*#?(\d{1,2})(?=\s*(?:[:.)—–-]|$))|(\d{1,2})\s*단계)",
    re.IGNORECASE,
)
_SMALL_DIGITS: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁻₋⁺₊", "01234567890123456789--++")
_SMALL_ALONE: Final = re.compile(r"(?<![\w)\]}⁰¹²³⁴-⁹₀-₉⁻₋⁺₊/])[⁻₋⁺₊]?[⁰¹²³⁴-⁹₀-₉]+(?![⁄/])")
"""Small digits that stand for themselves, and are no exponent or index."""
_INSIDE_WORD: Final = re.compile(r"(?<=[가-힣])(?=[\d(\\-])|(?<=[\d)}])(?=[가-힣])")


def without_marks(line: str, steps: dict[str, int]) -> str:
    """The line without the number of a list's item, and without `Step 2:`, if they count up from 1."""
    line = html.unescape(line)
    found = _LIST_MARK.match(line)
    if found is not None and int(found[1]) == steps.get("list", 0) + 1:
        steps["list"] = int(found[1])
        line = line[found.end() :]

    def counted(step: re.Match[str]) -> str:
        number = int(step[1] or step[2])
        word = re.sub(r"[\d\s#]", "", step[0]).lower()
        if number not in {steps.get(word, 0) + 1, steps.get(word, 0)} or number == 0:
            return step[0]
        steps[word] = number
        return " "

    return _STEP.sub(counted, line)


def without_bullet(line: str) -> str:
    """The line without the mark of a list's item or of a quotation."""
    return _BULLET.sub("", line)


def spellings(line: str) -> Iterator[str]:
    """The line as mathematics may stand in it: without Markdown, tags and what LaTeX says of its looks."""
    text = "".join(
        char for char in line if unicodedata.category(char) not in {"Cf", "Me"} and char not in "\ufe0e\ufe0f"
    )
    text = _SMALL_ALONE.sub(lambda run: run[0].translate(_SMALL_DIGITS), text)
    text = re.sub(r"<ol\b[^<>]*\bstart\s*=\s*[\"']?(\d+)[^<>]*>", r" \1 ", text, flags=re.IGNORECASE)
    text = "".join(_plain_digit(char) for char in text)
    text = re.sub(r"\\(?=[*_~`|<>#.!()\[\]-])(?![\[\]()])", "", text)
    text = _TAG.sub("", text)
    apart = re.sub(r"(?<=\d),(?=\d)", ", ", text)  # `x = 2,3` may be one number or two
    yield from dict.fromkeys(_cleaned(each, mark) for each in (text, apart) for mark in ("", " "))


def _plain_digit(char: str) -> str:
    """The digit that a circled, superscript-free or bold one is: `②`, `𝟐`, `２`, `٢`."""
    if char.isascii() or char in "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉":
        return char
    number = unicodedata.numeric(char, None) if unicodedata.category(char) in {"Nd", "No", "Nl"} else None
    if number is None or number != int(number):
        return char
    return str(int(number)) if char.isdecimal() else f" {int(number)} "


def _cleaned(text: str, mark: str) -> str:
    text = _MARKDOWN.sub(mark, text)
    text = _COLOUR.sub(mark, text)
    for _ in range(4):
        shorter = _COMMAND_TEXT.sub(r" \1 ", text)
        if shorter == text:
            break
        text = shorter
    text = plain_text(_SILENT.sub(" ", text.replace("\\\\", "\n")))
    text = _EQUALS.sub(" = ", text)
    return _INSIDE_WORD.sub(" ", text)
