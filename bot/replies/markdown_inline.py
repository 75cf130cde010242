"""Finds the inlines of a line of Markdown, which must not be torn: code, formulas, links, emphasis, emoji, Hangul."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.escaping import CITATION
from bot.replies import formula_spans
from bot.replies.formula_spans import FormulaSpan
from bot.replies.links import CITATION_LINK

Kind = Literal["text", "space", "code", "formula", "link", "image", "span", "script", "citation", "unclosed"]


@dataclass(frozen=True, slots=True)
class Inline:
    """A part of a line. `source` is its Markdown; `inside` is what a span or a link holds.

    A `span` is emphasis (`mark` says which), a `script` is `<sub>` or `<sup>`, a `citation` is a link of Saem's own. An
    `unclosed` inline is a formula that is still being written: it is not shown before it is complete.
    """

    kind: Kind
    source: str
    mark: str = ""
    inside: str = ""
    target: str = ""
    display: bool = False


_PLAIN = re.compile(rf"[^\\`$*_~|!\[<\s{CITATION}]+")
_NOT_PLAIN = re.compile(rf"[\\`$*_~|!\[<{CITATION}]|https?://", re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(
    r"(!?)\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]\(\s*(<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)((?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?)\s*\)"
)
_LINK_BEGUN = re.compile(r"!?\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]\((?:[^\s()]|\([^\s()]*\)?)*$")
"""A link of which the address is still being written: its label is shown."""
_ANGLE = re.compile(
    r"<(?:[a-z][a-z0-9+.-]*:[^<>\s]+|@[!&]?\d+|#\d+|a?:\w+:\d+|/[\w -]+:\d+|t:-?\d+(?::[A-Za-z])?|id:\w+)>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(sub|sup)>([^<>\s]{1,20})</\1>")
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_MARKS = ("***", "**", "*", "___", "__", "_", "~~", "||")
_LONGEST_SPAN = 2_000
_STOPS = re.compile(r"[\\$`!\[*_~|\n]")
"""Where emphasis may end, or where something begins that the search for its end skips."""
_Ends = dict[str, int]
"""For each mark a position before which it does not end, so that no part of a text is searched twice."""


def fine_inlines(text: str, *, incomplete: bool = False) -> list[Inline]:
    """The inlines of `text`, each word and each space by itself; their sources joined are `text`.

    `incomplete`: more text may come, so a formula without its end is `unclosed`, and emphasis without its end counts as
    closed.
    """
    inlines: list[Inline] = []
    at = 0
    ends: _Ends = {}
    while at < len(text):
        inline = _inline_at(text, at, ends, incomplete=incomplete)
        inlines.append(inline)
        at += len(inline.source)
    return inlines


def coarse_inlines(text: str, *, incomplete: bool = False) -> Iterator[Inline]:
    """Like `fine_inlines`, but all plain text between two marks is one inline: much faster, to show a text."""
    at = 0
    ends: _Ends = {}
    while at < len(text):
        marked = _NOT_PLAIN.search(text, at)
        if marked is None:
            yield Inline("text", text[at:])
            return
        if marked.start() > at:
            yield Inline("text", text[at : marked.start()])
        inline = _inline_at(text, marked.start(), ends, incomplete=incomplete)
        yield inline
        at = marked.start() + len(inline.source)


def _inline_at(text: str, at: int, ends: _Ends, *, incomplete: bool) -> Inline:
    char = text[at]
    if char.isspace():
        end = at + 1
        while end < len(text) and text[end].isspace():
            end += 1
        return Inline("space", text[at:end])
    if (found := _PLAIN.match(text, at)) is not None:
        if (url := _URL.search(text, at, found.end())) is not None:
            if url.start() > at:
                return Inline("text", text[at : url.start()])
            whole = _URL.match(text, at)
            return Inline("link", whole[0] if whole else url[0])
        return Inline("text", found[0])
    if char in "\\$" and (formula := _formula(text, at, incomplete=incomplete)) is not None:
        return formula
    if char == "\\" and at + 1 < len(text):
        return Inline("text", text[at : at + 2])
    if char in _READERS:
        return _READERS[char](text, at, incomplete)
    if char == "<" and (tag := _tag(text, at)) is not None:
        return tag
    return _emphasis(text, at, ends, incomplete=incomplete) or Inline("text", _meaningless_marks(text, at))


def _citation(text: str, at: int) -> Inline:
    found = CITATION_LINK.match(text, at)
    return Inline("citation", found[0], inside=found[1]) if found else Inline("citation", text[at])


def _masked(text: str, at: int, incomplete: bool) -> Inline:
    if (link := _LINK.match(text, at)) is not None:
        return Inline("image" if link[1] else "link", link[0], inside=link[2], target=link[3].strip("<>"))
    if incomplete and (begun := _LINK_BEGUN.match(text, at)) is not None:
        return Inline("span", begun[0], inside=begun[1])
    return Inline("text", text[at])


def _tag(text: str, at: int) -> Inline | None:
    if (angle := _ANGLE.match(text, at)) is not None:
        return Inline("link", angle[0])
    if (script := _SCRIPT.match(text, at)) is not None:
        return Inline("script", script[0], mark=script[1], inside=script[2])
    return None


def _meaningless_marks(text: str, at: int) -> str:
    """Marks without meaning stay together: apart, they would mean something to Discord."""
    end = at + 1
    while end < len(text) and text[end] == text[at] and end - at < 3:
        end += 1
    return text[at:end]


def _formula(text: str, at: int, *, incomplete: bool) -> Inline | None:
    found = formula_spans.find_formula(text, at)
    match found:
        case FormulaSpan(end, latex, display):
            return Inline("formula", text[at:end], inside=latex, display=display)
        case "unclosed" if incomplete:
            return Inline("unclosed", text[at:])
        case _:
            return None


def _code(text: str, at: int, *, incomplete: bool) -> Inline:
    if (code := _CODE.match(text, at)) is not None and "\n\n" not in code[0]:
        return Inline("code", code[0], mark=code[1], inside=code[2])
    marks = re.match(r"`+", text[at:])
    length = len(marks[0]) if marks else 1
    if incomplete and length <= 2 and "\n" not in text[at:]:
        return Inline("code", text[at:], mark="`" * length, inside=text[at + length :])
    return Inline("text", text[at : at + length])


_READERS: dict[str, Callable[[str, int, bool], Inline]] = {
    "`": lambda text, at, incomplete: _code(text, at, incomplete=incomplete),
    "[": _masked,
    "!": _masked,
    CITATION: lambda text, at, _incomplete: _citation(text, at),
}
"""What reads an inline, by the character that it begins with."""


def _emphasis(text: str, at: int, ends: _Ends, *, incomplete: bool) -> Inline | None:
    for mark in _MARKS:
        if not text.startswith(mark, at):
            continue
        end = _closing(text, at, mark, ends)
        if end is not None:
            return Inline("span", text[at : end + len(mark)], mark=mark, inside=text[at + len(mark) : end])
        if incomplete and mark in {"**", "~~", "***"} and _opens(text, at, mark) and "\n" not in text[at:]:
            return Inline("span", text[at:], mark=mark, inside=text[at + len(mark) :])
    return None


def _opens(text: str, at: int, mark: str) -> bool:
    after = at + len(mark)
    if after >= len(text) or text[after].isspace():
        return False
    return mark[0] != "_" or at == 0 or not text[at - 1].isalnum()


def _closing(text: str, at: int, mark: str, ends: _Ends) -> int | None:
    """Where the mark at `at` is closed; marks inside code and formulas do not count."""
    if not _opens(text, at, mark):
        return None
    start = at + len(mark)
    position = max(start, ends.get(mark, 0))
    limit = min(len(text), at + _LONGEST_SPAN)
    while (stop := _STOPS.search(text, position, limit)) is not None:
        position = stop.start()
        if text.startswith("\n\n", position):
            ends[mark] = position
            return None
        if text.startswith(mark, position) and _closes(text, position, start, mark):
            return position
        position += _length_at(text, position)
    ends[mark] = max(position, limit)
    return None


def _closes(text: str, position: int, start: int, mark: str) -> bool:
    if position <= start or text[position - 1].isspace():
        return False
    after = position + len(mark)
    if after < len(text) and text[after] == mark[0] and len(mark) < 3 and mark != "||":
        return False
    return mark[0] != "_" or after >= len(text) or not text[after].isalnum()


def _length_at(text: str, position: int) -> int:
    char = text[position]
    if char in "\\$":
        found = formula_spans.find_formula(text, position)
        if isinstance(found, FormulaSpan):
            return found.end - position
        return 2 if char == "\\" else 1
    if char == "`" and (code := _CODE.match(text, position)) is not None:
        return len(code[0])
    if char in "![" and (link := _LINK.match(text, position)) is not None:
        return len(link[0])
    return len(_meaningless_marks(text, position)) if char in "*_~|" else 1


_JOINERS = {"\u200d", "\ufe0f", "\ufe0e", "\u20e3"}


def is_boundary(text: str, at: int) -> bool:
    """Whether a text may be cut at `at`: not within what a reader sees as one character (emoji, accents, Hangul)."""
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if after in _JOINERS or before == "\u200d" or unicodedata.combining(after):
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or unicodedata.category(after) in {"Mn", "Me", "Mc"}:
        return False
    if "\U000e0020" <= after <= "\U000e007f":
        return False
    if _is_flag(before) and _is_flag(after):
        start = at
        while start > 0 and _is_flag(text[start - 1]):
            start -= 1
        return (at - start) % 2 == 0
    if "\u1100" <= after <= "\u11ff" and ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7a3"):
        return not ("\u1160" <= after <= "\u11ff" or "\u1100" <= before <= "\u115f")
    return not (before == "\r" and after == "\n")


def _is_flag(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
