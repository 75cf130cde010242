"""Reads Hancom's HWP 5.0 documents: the text of their paragraphs, from compressed records in a compound file.

The format is described in Hancom's own publication "HWP 5.0". Kreuzberg 4.10 finds no text in such files. olefile reads
the container; it is old, small, without dependencies, and used by tools that examine malicious documents.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import olefile

_SIGNATURE = b"HWP Document File"
_COMPRESSED, _LOCKED, _DISTRIBUTED = 1, 2, 4
_PARAGRAPH = 67
"""The tag of a record with a paragraph's letters."""

_WIDE_CONTROLS = "[\x01-\x09\x0b\x0c\x0e-\x17]"
_CONTROL = re.compile(
    f"(?P<tab>\x09).{{7}}|{_WIDE_CONTROLS}.{{7}}|(?P<line>\x0a)|(?P<hyphen>\x18)|[\x1e\x1f]|[\x00-\x1d]", re.DOTALL
)


class LockedError(ValueError):
    """The document has a password, or is a distribution copy that can only be viewed."""


def text_of(path: Path, most: int) -> str:
    """The document's paragraphs, with those of tables and notes, in the order of the file.

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
                paragraphs += _paragraphs(_inflated(data, most) if flags & _COMPRESSED else data)
    except (OSError, zlib.error, struct.error, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error
    return "\n\n".join(filter(None, paragraphs))


def _inflated(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=-15)
    unpacked = unpacker.decompress(data, most)
    if unpacker.unconsumed_tail:
        raise ValueError("it unpacks to too much")
    return unpacked


def _paragraphs(section: bytes) -> Iterator[str]:
    place = 0
    while place + 4 <= len(section):
        (head,) = struct.unpack_from("<I", section, place)
        tag, size = head & 0x3FF, head >> 20
        place += 4
        if size == 0xFFF:
            (size,) = struct.unpack_from("<I", section, place)
            place += 4
        if tag == _PARAGRAPH:
            yield _letters(section[place : place + size])
        place += size


def _letters(data: bytes) -> str:
    """A paragraph's letters; most controls take sixteen bytes, and only tabs among them become a character."""
    letters = data[: len(data) // 2 * 2].decode("utf-16-le", errors="surrogatepass")
    plain = _CONTROL.sub(_shown, letters)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore").strip()


def _shown(control: re.Match[str]) -> str:
    shown = {"tab": "\t", "line": "\n", "hyphen": "-"}
    return shown.get(control.lastgroup or "", " " if control[0] in "\x1e\x1f" else "")
