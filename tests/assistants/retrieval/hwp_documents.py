"""Compound files (the container of HWP, DOC, PPT and XLS), written byte by byte: [MS-CFB], and HWP 5.0 in one."""

import itertools
import struct
import zlib
from collections.abc import Sequence

_SECTOR = 512
_FREE, _END, _FAT, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_BIG = 4096
"""Bytes from which a stream lies in sectors of its own; all are filled up to it."""


def compound(streams: dict[str, bytes], storages: dict[str, dict[str, bytes]] | None = None) -> bytes:
    """A compound file of these streams, and of storages with streams of their own."""
    entries: list[tuple[str, int, bytes, int]] = []  # name, kind, data, child

    def add_all(items: dict[str, bytes], inner: dict[str, dict[str, bytes]]) -> list[int]:
        made = []
        for name in sorted({**items, **inner}, key=lambda name: (len(name), name.upper())):
            made.append(len(entries) + 1)
            entries.append((name, 2 if name in items else 1, items.get(name, b""), 0))
        return made

    top = add_all(streams, storages or {})
    chains = [top]
    for storage, items in (storages or {}).items():
        place = next(index for index, entry in enumerate(entries) if entry[0] == storage)
        children = add_all(items, {})
        entries[place] = (storage, 1, b"", children[0])
        chains.append(children)
    right = {place: later for chain in chains for place, later in itertools.pairwise(chain)}
    return _laid_out(entries, right, top[0])


def _laid_out(entries: Sequence[tuple[str, int, bytes, int]], right: dict[int, int], first: int) -> bytes:
    fat = [_FAT]
    body = b""

    def store(data: bytes) -> int:
        nonlocal body
        start = len(fat)
        count = -(-len(data) // _SECTOR)
        fat.extend([*range(start + 1, start + count), _END])
        body += data.ljust(count * _SECTOR, b"\0")
        return start

    rows = [_entry("Root Entry", 5, _NONE, first, _END, 0)]
    for number, (name, kind, data, child) in enumerate(entries, 1):
        full = data.ljust(_BIG, b"\0") if kind == 2 else b""
        start = store(full) if full else 0
        rows.append(_entry(name, kind, right.get(number, _NONE), child or _NONE, start, len(full)))
    directory = store(b"".join(rows))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, directory, 0, _BIG, _END, 0, _END, 0, 0)
    header = header.ljust(_SECTOR, b"\xff")
    return header + struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat))) + body


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    row = letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, _NONE, right, child)
    return row + bytes(36) + struct.pack("<IQ", start, size)


def hwp(paragraphs: Sequence[str], *, flags: int = 1) -> bytes:
    """A HWP 5.0 document of these paragraphs; see `assistants.retrieval.formats.hwp`."""
    return hwp_of(b"".join(paragraph(text, 0) for text in paragraphs), flags=flags)


def hwp_of(section: bytes, *, flags: int = 1) -> bytes:
    """A HWP 5.0 document of these records."""
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05000300, flags)
    streams = {"FileHeader": header.ljust(256, b"\0"), "DocInfo": _deflated(b""), "\x05HwpSummaryInformation": b""}
    return compound(streams, {"BodyText": {"Section0": _deflated(section)}})


def paragraph(text: str, level: int) -> bytes:
    """The records of a paragraph, at this level."""
    letters = (text + "\r").encode("utf-16-le")
    head = record(66, level, struct.pack("<IIHBBHHHI", len(letters) // 2, 0, 0, 0, 0, 1, 0, 1, 0))
    return head + record(67, level + 1, letters)


def record(tag: int, level: int, data: bytes) -> bytes:
    """A record; at most 4,094 bytes."""
    return struct.pack("<I", tag | level << 10 | len(data) << 20) + data


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()
