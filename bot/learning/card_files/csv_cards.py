"""Cards as CSV, written and read: the jobs of worker processes.

A sheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, whoever wrote it. So such a cell is written with
an apostrophe before it, which is taken away again when Saem reads its own file.
https://owasp.org/www-community/attacks/CSV_Injection
"""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import chardet

from bot.escaping import one_line, visible, without_citation_marks
from bot.learning.card_files.file_card import (
    LONGEST_NAME,
    LONGEST_SIDE,
    MOST_CARDS,
    CardFile,
    CardFileError,
    FileCard,
    without_doubles,
)
from bot.learning.card_files.html_markdown import markdown_of

COLUMNS: Final = ("id", "deck", "front", "back", "source", "topic")
LARGEST: Final = 16 << 20
"""Bytes of a file."""
LONGEST_CELL: Final = 1 << 20
_RISKY: Final = re.compile(r"'*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")
_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ["front", "question", "term", "word", "prompt", "앞면", "질문", "문제", "용어", "단어", "앞"], "front"
    ),
    **dict.fromkeys(
        ["back", "answer", "definition", "meaning", "translation", "뒷면", "답", "정답", "뜻", "의미", "정의", "뒤"],
        "back",
    ),
    **dict.fromkeys(["source", "reference", "출처"], "source"),
    **dict.fromkeys(["topic", "tag", "tags", "category", "subject", "주제", "태그", "분류", "과목"], "topic"),
    "deck": "deck",
    "덱": "deck",
    "id": "id",
}
"""What the head of a column may say, and which column of ours it is."""
_DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "colon": ":", "space": " "}
_SURE: Final = 0.7
_KOREAN: Final = re.compile(r"[\x00-\x7f가-힣ㄱ-ㅣ·…“”‘’「」『』℃㎝㎏×÷²³½]*")


def write_csv(decks: list[list[Any]]) -> bytes:
    """The decks, given as key, name and cards (`FileCard.packed`), as UTF-8 with the mark that sheets know it by."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for _, name, cards in decks:
        for card in map(FileCard.unpacked, cards):
            row = (card.key, name, card.front, card.back, card.source, card.topic)
            writer.writerow([neutralised(cell) for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode()


def neutralised(cell: str) -> str:
    """A cell that no sheet runs; numbers stay as they are."""
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """A cell as it was before `neutralised`."""
    return cell[1:] if cell.startswith("'") and _RISKY.match(cell) else cell


def read_csv(data: bytes) -> dict[str, Any]:
    """The cards of a file (`CardFile.packed`), or the reason why it has none: `{"reason": …, "count": …}`."""
    try:
        return _card_file(data).packed()
    except CardFileError as error:
        return {"reason": error.reason, "count": error.count}


@dataclass(slots=True)
class _Layout:
    """How a file is laid out: its delimiter, and which column is what."""

    delimiter: str = ","
    columns: dict[str, int] = field(default_factory=dict)
    html: bool = False
    ours: bool = False
    unused: int = 0
    named: bool = False
    """Whether the file says which columns are front and back, or that it is Anki's."""


def _card_file(data: bytes) -> CardFile:
    if len(data) > LARGEST:
        raise CardFileError("large")
    text = _decoded(data)
    layout, lines = _directives(text)
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = [row for row in csv.reader(io.StringIO(lines, newline=""), delimiter=layout.delimiter) if any(row)]
    except csv.Error as error:
        raise CardFileError("broken") from error
    rows = _with_columns(rows, layout)
    if len(rows) > MOST_CARDS:
        raise CardFileError("many", len(rows))
    left_out: dict[str, int] = {}
    found = [card for row in rows if (card := _card(row, layout, left_out)) is not None]
    cards, doubles = without_doubles(found)
    if not cards:
        raise CardFileError("no_cards")
    left_out |= {"doubles": doubles, "columns": layout.unused}
    names = {row[layout.columns["deck"]].strip() for row in rows if len(row) > layout.columns.get("deck", len(row))}
    name = _short(names.pop()) if len(names) == 1 else ""
    told = {reason: count for reason, count in left_out.items() if count}
    return CardFile(name, tuple(cards), named=layout.named, left_out=told)


def _decoded(data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and b"\0" in data:
        raise CardFileError("no_text")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        encoding = _likely_encoding(data)
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise CardFileError("encoding") from error


def _likely_encoding(data: bytes) -> str:
    """The encoding that sheets of old wrote. In a short file, words of Hangul alone are a sure sign of Korean."""
    try:
        if _KOREAN.fullmatch(data.decode("cp949")):
            return "cp949"
    except UnicodeDecodeError:
        pass
    guess = chardet.detect(data[:100_000])
    if guess["encoding"] is None or (guess["confidence"] or 0) < _SURE:
        raise CardFileError("encoding")
    return guess["encoding"]


def _directives(text: str) -> tuple[_Layout, str]:
    """What the first lines say of the file (`sep=;`, and `#separator:tab` as Anki writes it), and the rest of it."""
    layout = _Layout(delimiter="")
    while match := re.match(
        r"(?:sep=(?P<sep>[^\r\n])|#(?P<name>[a-z][a-z ]*):(?P<value>[^\r\n]*))(?:\r\n?|\n)", text, re.IGNORECASE
    ):
        name, value = (match["name"] or "").lower(), (match["value"] or "").strip()
        layout.named = layout.named or name in {"separator", "html", "notetype", "deck"}
        if match["sep"] or name == "separator":
            layout.delimiter = match["sep"] or _DELIMITERS.get(value.lower(), value[:1])
        elif name == "html":
            layout.html = value.lower() == "true"
        elif name.endswith(" column") and value.isdecimal():
            known = {"guid column": "id", "tags column": "topic", "deck column": "deck"}.get(name, f"_{name}")
            layout.columns[known] = int(value) - 1
        text = text[match.end() :]
    layout.delimiter = layout.delimiter or _likely_delimiter(text)
    return layout, text


def _likely_delimiter(text: str) -> str:
    """The delimiter with which the most lines have the same number of columns, more than one."""
    sample = text[:20_000]
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in (",", "\t", ";", "|"):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row][:200]
        except csv.Error:
            continue
        widest = max(set(widths), key=widths.count, default=1)
        if widest > 1:
            scores[delimiter] = (widths.count(widest) / len(widths), -widest)
    return max(scores, key=lambda delimiter: scores[delimiter], default=",")


def _with_columns(rows: list[list[str]], layout: _Layout) -> list[list[str]]:
    """The rows without the head, if there is one; notes in the layout which columns are the sides."""
    head = [cell.strip().strip("'").casefold() for cell in rows[0]] if rows else []
    named = {}
    for place, cell in enumerate(head):
        if (column := _NAMES.get(cell)) is not None and column not in named:
            named[column] = place
    if {"front", "back"} <= named.keys():
        layout.columns = named
        layout.named = True
        layout.ours = tuple(head) == COLUMNS
        layout.unused = sum(bool(cell) for cell in head) - len(named)
        return rows[1:]
    width = max((len(row) for row in rows), default=0)
    others = sorted(set(range(width)) - set(layout.columns.values()))
    if len(others) < 2:
        raise CardFileError("no_cards")
    layout.columns |= {"front": others[0], "back": others[1]}
    layout.unused = len(others) - 2
    return rows


def _card(row: Sequence[str], layout: _Layout, left_out: dict[str, int]) -> FileCard | None:
    """The card of a row; None if a side is empty."""
    cells = {name: row[place] for name, place in layout.columns.items() if place < len(row)}
    if layout.ours:
        cells = {name: restored(cell) for name, cell in cells.items()}
    sides = []
    for name in ("front", "back"):
        text = cells.get(name, "")
        text = markdown_of(text)[0] if layout.html else _clean(text)
        if len(text) > LONGEST_SIDE:
            left_out["cut"] = left_out.get("cut", 0) + 1
            text = text[: LONGEST_SIDE - 1] + "…"
        sides.append(text)
    front, back = sides
    if not front or not back:
        left_out["empty"] = left_out.get("empty", 0) + 1
        return None
    topic = cells.get("topic", "")
    if not layout.ours:
        topic = topic.replace("_", " ")
    return FileCard(cells.get("id", "").strip()[:200], front, back, _short(cells.get("source", "")), _short(topic))


def _clean(text: str) -> str:
    return without_citation_marks(visible(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def _short(text: str) -> str:
    return one_line(visible(text))[:LONGEST_NAME].strip()
