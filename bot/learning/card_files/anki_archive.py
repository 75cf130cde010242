"""An Anki package as an archive: a zip file with a collection and media, in the old form and in the newest.

The old form has a SQLite file and a JSON list of media names. The newest (`collection.anki21b`) compresses each file
with Zstandard and lists media as a protocol buffer. What is unpacked is bounded, whatever the archive claims.
https://github.com/ankitects/anki/blob/main/proto/anki/import_export.proto
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

import zstandard

from bot.learning.card_files.file_card import CardFileError

LARGEST_COLLECTION: Final = 128 << 20
"""Bytes of an unpacked collection."""
LARGEST_MEDIA_LIST: Final = 8 << 20
_NEWEST: Final = "collection.anki21b"
_COLLECTIONS: Final = (_NEWEST, "collection.anki21", "collection.anki2")
"""The newest first: older ones beside it only say that Anki must be updated."""
_LARGEST_WINDOW: Final = 128 << 20
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, zstandard.ZstdError, EOFError, OSError, NotImplementedError, KeyError)


class AnkiArchive:
    """The files in a package."""

    def __init__(self, data: bytes) -> None:
        """Open a package.

        Raises:
            CardFileError: it is no package of Anki's, or it is damaged.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._names = set(self._zip.namelist())
        except (*_BROKEN, ValueError) as error:
            raise CardFileError("no_package") from error
        if not self._names & set(_COLLECTIONS):
            raise CardFileError("no_package")
        self._compressed = _NEWEST in self._names

    def collection(self) -> bytes:
        """The SQLite file with notes and cards.

        Raises:
            CardFileError: it is damaged, or too large.
        """
        name = next(each for each in _COLLECTIONS if each in self._names)
        found = self._unpacked(name, LARGEST_COLLECTION)
        if found is None:
            raise CardFileError("large")
        return found

    def media_names(self) -> dict[str, str]:
        """The names of the media files that notes use, each with its name in the archive; empty if they are unknown."""
        if "media" not in self._names:
            return {}
        data = self._unpacked("media", LARGEST_MEDIA_LIST)
        if data is None:
            raise CardFileError("large")
        if self._compressed:
            entries = enumerate(_media_entries(data))
            return {name: str(place if legacy is None else legacy) for place, (name, legacy) in entries if name}
        try:
            listed = json.loads(data)
        except ValueError as error:
            raise CardFileError("broken") from error
        if not isinstance(listed, dict):
            raise CardFileError("broken")
        return {name: place for place, name in listed.items() if isinstance(name, str)}

    def media(self, place: str, most: int) -> bytes | None:
        """A media file by its name in the archive; None if it is not there or has more than `most` bytes."""
        return self._unpacked(place, most) if place in self._names else None

    def _unpacked(self, name: str, most: int) -> bytes | None:
        """A file of at most `most` bytes; None if it is larger."""
        try:
            with self._zip.open(name) as packed:
                if not self._compressed:
                    data = packed.read(most + 1)
                else:
                    reader = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).stream_reader(
                        packed, read_across_frames=True
                    )
                    data = reader.read(most + 1)
        except RuntimeError as error:  # it wants a password
            raise CardFileError("no_package") from error
        except _BROKEN as error:
            raise CardFileError("broken") from error
        return data if len(data) <= most else None


def _media_entries(data: bytes) -> Iterator[tuple[str, int | None]]:
    """The names in a `MediaEntries` message, and the places of those that have one of their own."""
    for field, value in _fields(data):
        if field == 1 and isinstance(value, bytes):
            name, place = "", None
            for inner, content in _fields(value):
                if inner == 1 and isinstance(content, bytes):
                    name = content.decode(errors="replace")
                elif inner == 255 and isinstance(content, int):
                    place = content
            yield name, place


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer: number and value. https://protobuf.dev/programming-guides/encoding/

    Raises:
        CardFileError: it is none.
    """
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        match key & 7:
            case 0:
                value, at = _varint(data, at)
                yield key >> 3, value
            case 2:
                length, at = _varint(data, at)
                if at + length > len(data):
                    raise CardFileError("broken")
                yield key >> 3, data[at : at + length]
                at += length
            case 1:
                at += 8
            case 5:
                at += 4
            case _:
                raise CardFileError("broken")


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise CardFileError("broken")


def text_fields(data: bytes) -> dict[int, str]:
    """The text fields of a protocol buffer, by number; and its numbers, as text."""
    return {
        number: value.decode(errors="replace") if isinstance(value, bytes) else str(value)
        for number, value in _fields(data)
    }
