"""The parts of a line of Markdown that must not be torn: code, formulas, links, emphasis, emoji, Hangul."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.replies import formula_spans
from bot.replies.formula_spans import FormulaSpan

Kind = Literal["text", "space", "code", "formula", "link", "image", "span", "script", "held"]


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a line; `source` is its Markdown, `inside` what a span or a link holds.

    A `held` atom is a formula that is still being written: it is not shown before it is whole.
    """

    kind: Kind
    source: str
    mark: str = ""
    inside: str = ""
    target: str = ""
    display: bool = False


_PLAIN = re.compile(r"[^\\`$*_~|!\[<\s]+")
_NOT_PLAIN = re.compile(r"[\\`$*_~|!\[<]|https?://", re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(
    r"(!?)\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]\(\s*(<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)((?:\s+\"[^\"\n]*\")?)\s*\)"
)
_ANGLE = re.compile(
    r"<(?:[a-z][a-z0-9+.-]*:[^<>\s]+|@[!&]?\d+|#\d+|a?:\w+:\d+|/[\w -]+:\d+|t:-?\d+(?::[A-Za-z])?|id:\w+)>",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"<(sub|sup)>([^<>\s]{1,20})</\1>")
_URL = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_EMOJI_NAME = re.compile(r":[A-Za-z0-9_+-]{2,32}:")
_MARKS = ("***", "**", "*", "___", "__", "_", "~~", "||")
_LONGEST_SPAN = 2_000
_STOPS = re.compile(r"[\\$`!\[*_~|\n]")
"""Where the end of emphasis may stand, or something that is stepped over on the way to it."""
_Ends = dict[str, int]
"""For each mark up to where it is known that none of its ends stands: no part of a text is searched twice."""


def atoms(text: str, *, running: bool = False) -> list[Atom]:
    """The pieces of `text`, in order; their sources joined are `text`.

    `running`: more may come, so a formula without its end is held, and emphasis without its end is taken as closed.
    """
    return list(_scan(text, running=running))


def runs(text: str, *, running: bool = False) -> Iterator[Atom]:
    """Like `atoms`, but all that stands between two marks is one piece: much faster, for what only shows the text."""
    at = 0
    ends: _Ends = {}
    while at < len(text):
        marked = _NOT_PLAIN.search(text, at)
        if marked is None:
            yield Atom("text", text[at:])
            return
        if marked.start() > at:
            yield Atom("text", text[at : marked.start()])
        atom = _at(text, marked.start(), ends, running=running)
        yield atom
        at = marked.start() + len(atom.source)


def _scan(text: str, *, running: bool) -> Iterator[Atom]:
    at = 0
    ends: _Ends = {}
    while at < len(text):
        atom = _at(text, at, ends, running=running)
        yield atom
        at += len(atom.source)


def _at(text: str, at: int, ends: _Ends, *, running: bool) -> Atom:
    char = text[at]
    if char.isspace():
        end = at + 1
        while end < len(text) and text[end].isspace():
            end += 1
        return Atom("space", text[at:end])
    if (found := _PLAIN.match(text, at)) is not None:
        if (url := _URL.search(text, at, found.end())) is not None:
            if url.start() > at:
                return Atom("text", text[at : url.start()])
            whole = _URL.match(text, at)
            return Atom("link", whole[0] if whole else url[0])
        return Atom("text", found[0])
    if char in "\\$" and (formula := _formula(text, at, running=running)) is not None:
        return formula
    if char == "\\" and at + 1 < len(text):
        return Atom("text", text[at : at + 2])
    if char == "`":
        return _code(text, at, running=running)
    if char in "![":
        if (link := _LINK.match(text, at)) is not None:
            return Atom("image" if link[1] else "link", link[0], inside=link[2], target=link[3].strip("<>") + link[4])
        return Atom("text", char)
    if char == "<" and (tag := _tag(text, at)) is not None:
        return tag
    return _emphasis(text, at, ends, running=running) or Atom("text", _run(text, at))


def _tag(text: str, at: int) -> Atom | None:
    if (angle := _ANGLE.match(text, at)) is not None:
        return Atom("link", angle[0])
    if (script := _SCRIPT.match(text, at)) is not None:
        return Atom("script", script[0], mark=script[1], inside=script[2])
    return None


def _run(text: str, at: int) -> str:
    """Marks that mean nothing stay together, as Discord would read them otherwise."""
    end = at + 1
    while end < len(text) and text[end] == text[at] and end - at < 3:
        end += 1
    return text[at:end]


def _formula(text: str, at: int, *, running: bool) -> Atom | None:
    found = formula_spans.find_formula(text, at)
    match found:
        case FormulaSpan(end, latex, display):
            return Atom("formula", text[at:end], inside=latex, display=display)
        case "unclosed" if running:
            return Atom("held", text[at:])
        case _:
            return None


def _code(text: str, at: int, *, running: bool) -> Atom:
    if (code := _CODE.match(text, at)) is not None and "\n\n" not in code[0]:
        return Atom("code", code[0], mark=code[1], inside=code[2])
    marks = re.match(r"`+", text[at:])
    length = len(marks[0]) if marks else 1
    if running and length <= 2 and "\n" not in text[at:]:
        return Atom("code", text[at:], mark="`" * length, inside=text[at + length :])
    return Atom("text", text[at : at + length])


def _emphasis(text: str, at: int, ends: _Ends, *, running: bool) -> Atom | None:
    for mark in _MARKS:
        if not text.startswith(mark, at):
            continue
        end = _closing(text, at, mark, ends)
        if end is not None:
            return Atom("span", text[at : end + len(mark)], mark=mark, inside=text[at + len(mark) : end])
        if running and mark in {"**", "~~", "***"} and _opens(text, at, mark) and "\n" not in text[at:]:
            return Atom("span", text[at:], mark=mark, inside=text[at + len(mark) :])
    return None


def _opens(text: str, at: int, mark: str) -> bool:
    after = at + len(mark)
    if after >= len(text) or text[after].isspace():
        return False
    return mark[0] != "_" or at == 0 or not text[at - 1].isalnum()


def _closing(text: str, at: int, mark: str, ends: _Ends) -> int | None:
    """Where the mark that closes the one at `at` stands; code and formulas between are stepped over."""
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
        position += _step(text, position)
    ends[mark] = max(position, limit)
    return None


def _closes(text: str, position: int, start: int, mark: str) -> bool:
    if position <= start or text[position - 1].isspace():
        return False
    after = position + len(mark)
    if after < len(text) and text[after] == mark[0] and len(mark) < 3 and mark != "||":
        return False
    return mark[0] != "_" or after >= len(text) or not text[after].isalnum()


def _step(text: str, position: int) -> int:
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
    return len(_run(text, position)) if char in "*_~|" else 1


_JOINERS = {"\u200d", "\ufe0f", "\ufe0e", "\u20e3"}


def is_boundary(text: str, at: int) -> bool:
    """Whether a reader sees two characters at this place, not the halves of one (emoji, accents, Hangul letters)."""
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
