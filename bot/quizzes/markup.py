"""Texts of a quiz, made safe and short for Discord's Markdown."""

import re
from typing import Final

_MARKS: Final = re.compile(r"([\\*_~`|\[\]<@])")
_MENTION: Final = re.compile(r"@(everyone|here)|<(@[!&]?\d+|#\d+)>")


def one_line(text: str) -> str:
    """`text` with every run of white space as one space."""
    return " ".join(text.split())


def escaped(text: str) -> str:
    r"""`text` on one line, every character standing for itself: `*@here*` -> `\*\@here\*`."""
    return _MARKS.sub(r"\\\1", one_line(text))


def unmentioned(text: str) -> str:
    """`text` with its Markdown left alone, and its mentions of people, roles and channels as plain words."""
    return _MENTION.sub(lambda found: found[0].replace("@", "@\u200b").replace("#", "#\u200b"), text)


def shortened(text: str, length: int) -> str:
    """`text` cut to `length` characters, ending in an ellipsis where something is missing."""
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def escaped_within(text: str, length: int) -> str:
    """`escaped(text)` of at most `length` characters, never cut within an escape."""
    plain = one_line(text)
    if len(shown := escaped(plain)) <= length:
        return shown
    keep = min(len(plain), length)
    while keep and len(escaped(plain[:keep])) + 1 > length:
        keep -= max(1, (len(escaped(plain[:keep])) + 1 - length) // 2)
    return escaped(plain[: max(keep, 0)]) + "…"
