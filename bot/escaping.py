"""Other people's words within Saem's own: visible characters alone, and no Markdown, link or mention in them.

Names (of files, people, quizzes, topics) and quotations stand in sentences that Saem says. `escaped_name` is for names,
`escaped` for other texts of one line. What a file calls itself may be written to look like a link of Saem's.
"""

import re
import unicodedata

CITATION = "\ue0c1"
"""Stands before a link that Saem itself made. It is taken out of everything that a model writes."""
LONGEST_NAME = 80
"""Characters of a name that are shown; of a longer name, the beginning and the last 20."""
_NAME_END = 20
MOST_MARKS = 4
"""Marks on one letter; pointed and chanted Hebrew has as many."""

_INVISIBLE = re.compile(
    "\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"  # the flags of Scotland and the like
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Characters that show nothing, or that turn the direction of what stands around them."""
_LINE_ENDS = "\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_JOINED_SCRIPTS = re.compile("[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af]")
"""Scripts in which joiners are part of the spelling: Arabic and Persian, those of India, Burmese, Khmer, Mongolian."""


def visible(text: str) -> str:
    """`text` without invisible characters, and without overrides and isolates of the writing direction.

    Those that belong to what is written stay: joiners in emoji and in Persian or Hindi, marks of direction in Hebrew
    and Arabic, variation selectors after signs. Odd ends of lines become spaces. Marks that are piled up on one letter,
    so that they cover the lines above and below, are cut to MOST_MARKS.
    """
    shown = _INVISIBLE.sub(_kept, text)
    return shown if shown.isascii() else _without_piles(shown)


def _without_piles(text: str) -> str:
    kept, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _kept(found: re.Match[str]) -> str:
    char, text = found[0], found.string
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    if len(char) > 1:
        return char
    if char in _LINE_ENDS:
        return "" if char == "\r" and after == "\n" else " "
    if char in "\u200e\u200f\u061c":
        return char if _RIGHT_TO_LEFT.search(text) else ""
    return char if _belongs(char, before, after) else ""


def _belongs(char: str, before: str, after: str) -> bool:
    """Whether an invisible character is part of what stands around it."""
    match char:
        case "\u200d" if _is_sign(before):
            return _is_sign(after)
        case "\u200c" | "\u200d":
            return _JOINED_SCRIPTS.match(before) is not None
        case "\ufe0e" | "\ufe0f":
            return _is_sign(before) or after == "\u20e3"
        case "\u1160":  # without a vowel: old Hangul, and the names of files that a Mac has taken apart
            return "\u1100" <= before <= "\u115f"
        case "\u115f":
            return "\u1160" < after <= "\u11a7"
        case "\u2800":
            return "\u2801" <= before <= "\u28ff" or "\u2801" <= after <= "\u28ff"
    return any(first <= char <= last and low <= before <= high for first, last, low, high in _SELECTORS)


_SELECTORS = (
    ("\u180b", "\u180f", "\u1800", "\u18af"),
    ("\ufe00", "\ufe0d", "\u2000", "\ufaff"),
    ("\U000e0100", "\U000e01ef", "\u2e80", "\U0003ffff"),
)
"""Variation selectors (first, last), and the characters (lowest, highest) that they may follow."""


def _is_sign(char: str) -> bool:
    """Whether a character is an emoji or another sign, or a mark on one."""
    if not char or char.isascii():
        return False
    return char in "\ufe0f\u20e3‼⁉〰〽㊗㊙" or unicodedata.category(char) in {"So", "Sk", "Sm"}


_SPECIAL = re.compile(r"[\\*_~`|\[\]<@]|:(?=//)")
_AT_LINE_START = re.compile(r"^(\s*\d{1,9}(?=[.)]\s)|\s*(?=#{1,3}\s|-#|>|[-+]\s))")
_INVITATION = re.compile(
    r"\b(discord(?:app)?|dsc|discords?|invite|top|disboard|dis)\.(?=(?:gg|com|gift|new|me|io|li|link|org|gd)/)",
    re.IGNORECASE,
)
"""Discord makes a card of an invitation even where its address stands without `https://`."""


def one_line(text: str) -> str:
    """`text` with each sequence of white space replaced by one space."""
    return " ".join(text.split())


def escaped(text: str) -> str:
    r"""`text` on one line, in which Discord reads no Markdown, link or mention: `*@here*` -> `\*\@here\*`."""
    shown = _SPECIAL.sub(r"\\\g<0>", one_line(visible(text)))
    return _INVITATION.sub(r"\1\\.", _AT_LINE_START.sub(r"\1\\", shown, count=1))


def escaped_within(text: str, length: int) -> str:
    """`escaped(text)` of at most `length` characters; an escape is never cut in two."""
    plain = one_line(visible(text))
    if len(shown := escaped(plain)) <= length:
        return shown
    keep = min(len(plain), length)
    while keep and len(escaped(plain[:keep])) + 1 > length:
        keep -= max(1, (len(escaped(plain[:keep])) + 1 - length) // 2)
    return escaped(plain[: max(keep, 0)]) + "…"


def plain_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name on one line, visible and not too long, for places without Markdown (a button, a thread's name)."""
    shown = one_line(visible(name))
    if len(shown) > longest:
        shown = f"{shown[: longest - _NAME_END - 10].rstrip()}…{shown[-_NAME_END:].lstrip()}"
    return shown or "?"


_BRACKETS = str.maketrans({"[": "(", "]": ")", "`": "'"})


def escaped_name(name: str, longest: int = LONGEST_NAME) -> str:
    """A name for a sentence in Markdown, also as the label of a link.

    Square brackets become round ones: Discord takes no notice of an escape before a bracket in a label.
    """
    return escaped(plain_name(name, longest).translate(_BRACKETS))


def without_citation_marks(text: str) -> str:
    """`text` without the marks of Saem's own links: ordinary Markdown."""
    return text.replace(CITATION, "")
