"""Reads Hancom's HWP 5.0 documents: paragraphs, tables and equations, from compressed records in a compound file.

The format is described in Hancom's own publication "HWP 5.0". olefile reads the container; it is old, small, without
dependencies, and used by tools that examine malicious documents.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import olefile

from assistants.retrieval.formats.hancom_equations import latex_of
from assistants.retrieval.formats.hwpx import rows_of
from assistants.retrieval.formats.plain_maths import inline
from assistants.retrieval.formats.tables import table_of

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _LOCKED, _DISTRIBUTED = 1, 2, 4
_PARAGRAPH, _TEXT, _CONTROL, _LIST, _EQUATION = 66, 67, 71, 72, 88
"""Tags of records: a paragraph, its letters, an object in it, a cell or another list of paragraphs, an equation."""
_TABLE_ID, _EQUATION_ID = b" lbt", b"deqe"
"""The first bytes of such an object's record."""
_MAX_DEPTH = 60
_MAX_SPAN = 200

_WIDE_CONTROLS = "[\x01-\x09\x0b\x0c\x0e-\x17]"
_LETTER = re.compile(
    f"(?P<tab>\x09).{{7}}|(?P<equation>\x0b{_EQUATION_ID.decode('utf-16-le')}.{{5}})|{_WIDE_CONTROLS}.{{7}}"
    "|(?P<line>\x0a)|(?P<hyphen>\x18)|[\x1e\x1f]|[\x00-\x1d]",
    re.DOTALL,
)


@dataclass(slots=True)
class _Record:
    """A record, and those below it."""

    tag: int
    data: bytes
    below: list["_Record"] = field(default_factory=list)


class LockedError(ValueError):
    """The document has a password, or is a distribution copy that can only be viewed."""


def text_of(path: Path, most: int) -> str:
    """The document's paragraphs in order, as Markdown: with tables, notes, text boxes and equations.

    Raises:
        LockedError: see there.
        ValueError: it is no HWP document, damaged, or unpacks to more than `most` bytes.
    """
    try:
        with olefile.OleFileIO(str(path)) as document:
            header = document.openstream("FileHeader").read()
            if not header.startswith(_SIGNATURE) or len(header) < 40:
                raise ValueError("no HWP 5.0 document")
            (flags,) = struct.unpack_from("<I", header, 36)
            if flags & (_LOCKED | _DISTRIBUTED):
                raise LockedError
            names = [entry for entry in document.listdir() if entry[0] == "BodyText" and len(entry) == 2]
            names.sort(key=lambda entry: int(re.sub(r"\D", "", entry[1]) or 0))
            paragraphs: list[str] = []
            for name in names:
                data = document.openstream(name).read()
                tree = _tree(_inflated(data, most) if flags & _COMPRESSED else data)
                paragraphs += _blocks(tree, 0)
    except (OSError, zlib.error, struct.error, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    return "\n\n".join(filter(None, paragraphs))


def _inflated(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=-15)
    unpacked = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise ValueError("it unpacks to too much")
    return unpacked


def _tree(section: bytes) -> list[_Record]:
    """The records of a section, each below the last one of a lower level."""
    root = _Record(0, b"")
    path = [(-1, root)]
    place = 0
    while place + 4 <= len(section):
        (head,) = struct.unpack_from("<I", section, place)
        tag, level, size = head & 0x3FF, head >> 10 & 0x3FF, head >> 20
        place += 4
        if size == 0xFFF:
            (size,) = struct.unpack_from("<I", section, place)
            place += 4
        record = _Record(tag, section[place : place + size])
        place += size
        while path[-1][0] >= level:
            path.pop()
        path[-1][1].below.append(record)
        path.append((level, record))
    return root.below


def _blocks(records: Iterable[_Record], depth: int) -> Iterator[str]:
    if depth > _MAX_DEPTH:
        return
    for record in records:
        if record.tag == _PARAGRAPH:
            yield from _paragraph(record, depth + 1)
        elif record.tag == _TEXT:
            yield _letters(record.data, [])
        elif record.tag == _EQUATION:
            yield _equation(record)
        elif record.tag == _CONTROL and record.data.startswith(_TABLE_ID):
            yield from _table(record, depth + 1)
        else:
            yield from _blocks(record.below, depth + 1)


def _paragraph(paragraph: _Record, depth: int) -> Iterator[str]:
    """A paragraph with its equations in their places; what stands in its other objects follows it."""
    inside = [each for each in paragraph.below if each.tag == _CONTROL and each.data.startswith(_EQUATION_ID)]
    equations = [_equation(each) for control in inside for each in control.below if each.tag == _EQUATION]
    pieces = [_letters(each.data, equations) for each in paragraph.below if each.tag == _TEXT]
    yield " ".join(filter(None, [*pieces, *equations]))
    yield from _blocks([each for each in paragraph.below if each.tag != _TEXT and each not in inside], depth)


def _equation(record: _Record) -> str:
    """The equation's script, which stands after an attribute (4 bytes) and its length (2)."""
    if len(record.data) < 6:
        return ""
    (length,) = struct.unpack_from("<H", record.data, 4)
    return inline(latex_of(record.data[6 : 6 + 2 * length].decode("utf-16-le", "ignore").rstrip("\0")))


def _table(control: _Record, depth: int) -> Iterator[str]:
    """A table as Markdown; one of a single cell is a frame around paragraphs. Merged cells stand in all places."""
    cells: list[tuple[bytes, list[_Record]]] = []
    for record in control.below:
        if record.tag == _LIST:
            cells.append((record.data, list(record.below)))
        elif cells:
            cells[-1][1].append(record)
    if len(cells) == 1:
        yield from _blocks(cells[0][1], depth)
        return
    grid: dict[tuple[int, int], str] = {}
    for number, (head, paragraphs) in enumerate(cells):
        text = " ".join(filter(None, _blocks(paragraphs, depth)))
        left, top, wide, high = struct.unpack_from("<4H", head, 8) if len(head) >= 16 else (0, number, 1, 1)
        for y in range(top, top + min(max(high, 1), _MAX_SPAN)):
            grid |= {(y, x): text for x in range(left, left + min(max(wide, 1), _MAX_SPAN))}
    yield table_of(rows_of(grid))


def _letters(data: bytes, equations: list[str]) -> str:
    """A paragraph's letters; most controls take sixteen bytes. Those of equations take the next of `equations` away."""

    def shown(control: re.Match[str]) -> str:
        if control.lastgroup == "equation":
            return equations.pop(0) if equations else ""
        plain = {"tab": "\t", "line": "\n", "hyphen": "-"}
        return plain.get(control.lastgroup or "", " " if control[0] in "\x1e\x1f" else "")

    letters = data[: len(data) // 2 * 2].decode("utf-16-le", errors="surrogatepass")
    plain = _LETTER.sub(shown, letters)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").strip()
