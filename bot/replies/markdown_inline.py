"""Finds the inlines of a line of Markdown, which must not be torn: code, formulas, links, emphasis, emoji, Hangul."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from bot.escaping import CITATION
from bot.replies import formula_spans, html_elements
from bot.replies.formula_spans import FormulaSpan
from bot.replies.links import CITATION_LINK

Kind = Literal[
    "text",
    "space",
    "code",
    "formula",
    "link",
    "image",
    "span",
    "script",
    "citation",
    "element",
    "entity",
    "markdown",
    "unclosed",
]


@dataclass(frozen=True, slots=True)
class Inline:
    """A part of a line. `source` is its Markdown; `inside` is what a span or a link holds.

    A `span` is emphasis (`mark` says which), a `script` is `<sub>` or `<sup>`, a `citation` is a link of Saem's own. Of
    HTML, an `element` has words (`inside`) between marks of Discord's (`mark`), an `entity` is plain text (`inside`),
    and `markdown` is a tag in whose place Markdown stands (`inside`). An `unclosed` inline is a formula, a tag or an
    entity that is still being written: it is not shown before it is complete.
    """

    kind: Kind
    source: str
    mark: str = ""
    inside: str = ""
    target: str = ""
    display: bool = False


_PLAIN = re.compile(rf"[^\\`$*_~|!\[<&\s{CITATION}]+")
_NOT_PLAIN = re.compile(rf"[\\`$*_~|!\[<&{CITATION}]|https?://", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_LINK = re.compile(
    r"(!?)\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]\(\s*(<[^<>\n]*>|sandbox:[^()\n\"']*|(?:[^\s()]|\([^\s()]*\))*)((?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?)\s*\)"
)
_LINK_BEGUN = re.compile(
    r"!?\[((?:\\.|[^\[\]\\]|\[(?:\\.|[^\[\]\\])*\])*)\]\((?:sandbox:[^()\n]*|(?:[^\s()]|\([^\s()]*\)?)*)$"
)
"""A link of which the address is still being written: its label is shown."""
_ANGLE = re.compile(
    r"<(?:[a-z][a-z0-9+.-]*:[^<>\s]+|@[!&]?\d+|#\d+|a?:\w+:\d+|/[\w -]+:\d+|t:-?\d+(?::[A-Za-z])?|id:\w+)>",
    re.IGNORECASE,
)
_URL = re.compile(
    r"https?://[^\s<>【】「」『』（）《》〈〉。，、；！？“”‘’…]+[【】「」『』（）《》〈〉。，、；！？“”‘’…]?",
    re.IGNORECASE,
)
"""With the sign of Chinese, Japanese or Korean that ends it, which Discord would take for a part of it."""
_MARKS = ("***", "**", "*", "___", "__", "_", "~~", "||")
_LONGEST_SPAN = 2_000
_STOPS = re.compile(r"[\\$`!\[*_~|<\n]")
"""Where emphasis may end, or where something begins that the search for its end skips."""
_Ends = dict[str, int]
"""For each mark a position before which it does not end, so that no part of a text is searched twice."""


def fine_inlines(text: str, *, incomplete: bool = False) -> Iterator[Inline]:
    """The inlines of `text`, each word and each space by itself; their sources joined are `text`.

    `incomplete`: more text may come, so a formula without its end is `unclosed`, and emphasis without its end counts as
    closed.
    """
    at = 0
    ends: _Ends = {}
    while at < len(text):
        inline = _inline_at(text, at, ends, incomplete=incomplete)
        yield inline
        at += len(inline.source)


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
    if char in "<&" and (html := _html(text, at, incomplete=incomplete)) is not None:
        return html
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


def _html(text: str, at: int, *, incomplete: bool) -> Inline | None:
    return (_tag if text[at] == "<" else _entity)(text, at, incomplete=incomplete)


def _tag(text: str, at: int, *, incomplete: bool) -> Inline | None:
    if (angle := _ANGLE.match(text, at)) is not None:
        return Inline("link", angle[0])
    if text.startswith("<!--", at):
        end = text.find("-->", at, at + html_elements.LONGEST)
        if end >= 0:
            return Inline("markdown", text[at : end + 3])
        return Inline("unclosed", text[at:]) if incomplete else None
    tag = html_elements.INLINE_TAG.match(text, at) or html_elements.BLOCK_TAG.match(text, at)
    if tag is not None and html_elements.is_spoken_of(text, tag):
        return None
    if tag is not None:
        return _element(text, tag, incomplete=incomplete)
    return Inline("unclosed", text[at:]) if incomplete and html_elements.is_begun(text, at) else None


def _element(text: str, tag: re.Match[str], *, incomplete: bool) -> Inline | None:
    """An element of HTML, or a tag that stands for itself."""
    name = tag["name"].lower()
    if name in {"br", "tr"} or (name == "li" and not tag["close"]):
        after = _LINE_END.match(text, tag.end())
        source = text[tag.start() : after.end() if after else tag.end()]
        return Inline("markdown", source, inside="\n• " if name == "li" else "\n")
    if name == "img":
        label = html_elements.attribute(tag["attributes"], "alt")
        address = html_elements.attribute(tag["attributes"], "src")
        return Inline("markdown", tag[0], inside="!" + html_elements.link(label, address) if address else label)
    if name not in html_elements.MARKS and name != "a":
        return Inline("markdown", tag[0])  # only its words count
    if tag["close"]:
        return None
    end = html_elements.closing(name, text, tag.end())
    if end is None:
        whole = name in {"a", "sub", "sup"}  # shown when it is complete
        may_be_type = not whole and text[tag.start() - 1 : tag.start()].isalnum()
        unfinished = incomplete and not may_be_type and "\n" not in text[tag.end() :]
        if unfinished and not whole:
            return Inline("element", text[tag.start() :], mark=html_elements.MARKS[name], inside=text[tag.end() :])
        return Inline("unclosed", text[tag.start() :]) if unfinished else None
    source, inside = text[tag.start() : end.end()], text[tag.end() : end.start()]
    if name == "a":
        address = html_elements.attribute(tag["attributes"], "href")
        return Inline("markdown", source, inside=html_elements.link(inside, address) if address else inside)
    if name in {"sub", "sup"}:
        return Inline("script", source, mark=name, inside=inside)
    return Inline("element", source, mark=html_elements.MARKS[name], inside=inside)


_LINE_END = re.compile(r"[ \t]*\n?")


def _entity(text: str, at: int, *, incomplete: bool) -> Inline:
    if (found := html_elements.entity(text, at)) is not None:
        source, meant = found
        line = "line" if at == 0 or text[at - 1] == "\n" else ""
        return Inline("entity", source, mark=line, inside=meant, target=text[at + len(source) :][:6])
    if incomplete and html_elements.is_entity_begun(text, at):
        return Inline("unclosed", text[at:])
    return Inline("text", "&")


def _meaningless_marks(text: str, at: int) -> str:
    """Marks without meaning stay together: apart, they would mean something to Discord."""
    end = at + 1
    while end < len(text) and text[end] == text[at] and end - at < 3:
        end += 1
    return text[at:end]


def _formula(text: str, at: int, *, incomplete: bool) -> Inline | None:
    found = formula_spans.find_formula(text, at)
    match found:
        case FormulaSpan(end) if incomplete and formula_spans.may_be_two_amounts(text, at, end):
            return None
        case FormulaSpan(end, latex, display):
            return Inline("formula", text[at:end], inside=latex, display=display)
        case "unclosed" if incomplete:
            return Inline("unclosed", text[at:])
        case _:
            return None


def _code(text: str, at: int, *, incomplete: bool) -> Inline:
    if (code := _closed_code(text, at)) is not None and "\n\n" not in code.source:
        return code
    length = _run_of_ticks(text, at)
    if incomplete and length <= 2 and "\n" not in text[at:]:
        return Inline("code", text[at:], mark="`" * length, inside=text[at + length :])
    return Inline("text", text[at : at + length])


def _run_of_ticks(text: str, at: int) -> int:
    found = _TICKS.match(text, at)
    return found.end() - at if found else 1


def _closed_code(text: str, at: int) -> Inline | None:
    """Code in backticks: it ends at the next run of as many."""
    length = _run_of_ticks(text, at)
    if at and text[at - 1] == "`":  # within a run
        return None
    ends = _runs_of_ticks(text).get(length, ())
    index = bisect_right(ends, at)
    if index == len(ends):
        return None
    end = ends[index]
    return Inline("code", text[at : end + length], mark="`" * length, inside=text[at + length : end])


@lru_cache(maxsize=16)
def _runs_of_ticks(text: str) -> dict[int, list[int]]:
    """Where in a text the runs of backticks begin, by their length."""
    runs: dict[int, list[int]] = {}
    for run in _TICKS.finditer(text):
        runs.setdefault(run.end() - run.start(), []).append(run.start())
    return runs


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
            if mark == "__" and _is_name_of_a_method(text, at, end):
                return Inline("entity", text[at : end + 2], inside=text[at : end + 2])
            return Inline("span", text[at : end + len(mark)], mark=mark, inside=text[at + len(mark) : end])
        if incomplete and mark in {"**", "~~", "***"} and _opens(text, at, mark) and "\n" not in text[at:]:
            return Inline("span", text[at:], mark=mark, inside=text[at + len(mark) :])
    return None


_METHOD = re.compile(r"__[a-z]\w*__(?=\(|\.[a-z])|(?<=\.)__[a-z]\w*__")


def _is_name_of_a_method(text: str, at: int, end: int) -> bool:
    """Whether `__…__` is a name in code: something is called, or has a dot before or behind it."""
    found = _METHOD.match(text, at)
    return found is not None and found.end() == end + 2


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
        if mark == "__" and text.startswith(mark, position) and text[position - 1].isspace() and position > start:
            return None  # another `__…__` begins here, so the first is a part of a name, as in `__x`
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
    if char == "`":
        code = _closed_code(text, position)
        return len(code.source) if code else _run_of_ticks(text, position)
    if char == "<" and (tag := _tag(text, position, incomplete=False)) is not None:
        return len(tag.source)
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
