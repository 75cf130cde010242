"""Cuts text into chunks of so many tokens, at places where a reader would pause; each overlaps the one before.

Tokens are estimated without a model's vocabulary, which would have to be downloaded. The estimate is rather high, so
that a chunk of 800 never holds noticeably more than 800 of a real model's tokens.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

DEFAULT_SIZE = 800
DEFAULT_OVERLAP = 400

_PIECE = re.compile(
    r"(?P<latin>[A-Za-z]{1,24})|(?P<digits>\d{1,3})|(?P<gap>[^\S\n]+)|(?P<line>\n[^\S\n]*)|(?P<other>.)"
)
_HEADING = re.compile(
    r"^(?P<level>#{1,6})[ \t]+(?P<name>.+?)[ \t#]*$"
    r"|^(?P<table>(?P<head>\|.*)\n\|[ \t:|-]+\n(?:\|.*(?:\n|\Z))*)",
    re.MULTILINE,
)
_TABLE = 7  # below all headings
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_SENTENCE_END = frozenset(".!?。！？…")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document that no chunk goes beyond: a page, or a whole text without pages.

    If it is `markdown`, its headings (and the heads of tables) are found in the text. `heading` is that of the section.
    `confidence` is that of OCR, in per cent; None where the text was not read by OCR.
    """

    text: str
    page: int | None = None
    markdown: bool = False
    heading: str | None = None
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a section, which is indexed, found and cited; `page` counts from 1, `heading` is the one above."""

    text: str
    tokens: int
    page: int | None = None
    heading: str | None = None
    confidence: int | None = None


def count_tokens(text: str) -> int:
    """An estimate of how many tokens a model makes of `text`."""
    return sum(_cost(piece) for piece in _PIECE.finditer(text))


def chunks(sections: Sequence[Section], *, size: int = DEFAULT_SIZE, overlap: int = DEFAULT_OVERLAP) -> Iterator[Chunk]:
    """Cut each section into chunks of at most `size` tokens, of which about `overlap` also end the chunk before.

    Raises:
        ValueError: the overlap is more than half of the size.
    """
    if overlap > size // 2:
        raise ValueError("the overlap must not exceed half of the size")
    for section in sections:
        headings = _headings(section.text) if section.markdown else []
        places = [place for place, _ in headings]
        for start, end, tokens in _windows(section.text, size, overlap):
            text = section.text[start:end].strip()
            if text:
                first = start + (len(section.text[start:end]) - len(section.text[start:end].lstrip()))
                above = bisect_right(places, first)
                heading = (headings[above - 1][1] or None) if above else _short(section.heading)
                yield Chunk(text, tokens, section.page, heading, section.confidence)


def _cost(piece: re.Match[str]) -> int:
    match piece.lastgroup:
        case "latin":
            return (len(piece.group()) + 6) // 7
        case "gap":
            return (len(piece.group()) - 1) // 8
        case "line":
            return 1
        case _:
            return 1


def _windows(text: str, size: int, overlap: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and tokens of each chunk of `text`."""
    starts, costs = [], []
    for piece in _PIECE.finditer(text):
        starts.append(piece.start())
        costs.append(_cost(piece))
    total = [0, *accumulate(costs)]
    starts.append(len(text))
    first = 0
    while first < len(costs):
        last = max(bisect_right(total, total[first] + size) - 1, first + 1)
        if last < len(costs):
            last = _pause(text, starts, max(first + 1, last - (last - first) // 5), last)
        yield starts[first], starts[last], total[last] - total[first]
        if last >= len(costs):
            return
        again = bisect_left(total, total[last] - overlap, lo=first + 1, hi=last)
        first = min(_pause(text, starts, again, min(again + (last - again) // 4, last)), last)


def _pause(text: str, starts: Sequence[int], low: int, high: int) -> int:
    """The best piece between `low` and `high` to cut before: the start of a paragraph, a line, a sentence or a word."""
    best, best_rank = high, 0
    for index in range(high, low - 1, -1):
        rank = _pause_rank(text, starts[index])
        if rank > best_rank:
            best, best_rank = index, rank
            if rank == 4:
                break
    return best


def _pause_rank(text: str, place: int) -> int:
    before = text[max(0, place - 2) : place]
    if before.endswith("\n"):
        return 4 if before == "\n\n" else 3
    if before[-1:].isspace():
        return 2 if before[:1] in _SENTENCE_END else 1
    return 2 if before[-1:] in "。！？" and before else 0


def _headings(text: str) -> list[tuple[int, str]]:
    """Where each heading stands, and its name with the headings above it: `Chapter 2 › Water`.

    A table's head is a heading of its rows, as rows far below it would not say what they are.
    """
    fences = [(fence.start(), fence.end()) for fence in _FENCE.finditer(text)]
    path: list[tuple[int, str]] = []
    found = []
    for match in _HEADING.finditer(text):
        if any(start <= match.start() < end for start, end in fences):
            continue
        if match["table"]:
            path = [entry for entry in path if entry[0] < _TABLE]
            found.append((match.start(), _joined([*path, (_TABLE, match["head"].strip(" |"))])))
            found.append((match.end(), _joined(path)))
            continue
        level = len(match["level"])
        path = [entry for entry in path if entry[0] < level]
        path.append((level, match["name"].strip().strip("*_")[:120]))
        found.append((match.start(), _joined(path)))
    return found


def _joined(path: Sequence[tuple[int, str]]) -> str:
    return " › ".join(name for _, name in path)[:240]


def _short(heading: str | None) -> str | None:
    return heading[:240].strip() or None if heading else None
