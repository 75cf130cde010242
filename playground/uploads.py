"""Uploaded files: the names that Discord gives them, their content types, and the sizes of pictures."""

import mimetypes
import re
import struct
from dataclasses import dataclass
from typing import Final

from playground.world.messages import Attachment

MAX_FILE_SIZE: Final = 10 * 1024 * 1024
"""Bytes of one file in a server without boosts."""

_KEPT: Final = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart body."""

    filename: str
    content_type: str | None
    data: bytes


def clean_name(filename: str) -> str:
    """Return a file's name as links hold it: letters of any script, digits, `_`, `-` and `.`."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return _KEPT.sub("", re.sub(r"\s+", "_", name)).strip() or "unknown"


def content_type(filename: str, given: str | None, data: bytes) -> str | None:
    """Return a content type: from the name if possible, else the one given. UTF-8 text gets a `charset`."""
    guessed = mimetypes.guess_type(filename)[0]
    kind = guessed or (given if given != "application/octet-stream" else None)
    if kind is None:
        return None
    kind = kind.split(";")[0].strip()
    if kind.startswith("text/"):
        try:
            data.decode()
        except UnicodeDecodeError:
            return kind
        return f"{kind}; charset=utf-8"
    return kind


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Return a picture's width and height in pixels (PNG, GIF, JPEG, WebP); None for other files."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return width, height
    if data[:4] == b"GIF8" and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return width, height
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return None


def new_attachment(
    upload: Upload, attachment_id: int, channel_id: int, filename: str, *, ephemeral: bool
) -> Attachment:
    """Return the attachment of an upload."""
    size = picture_size(upload.data)
    return Attachment(
        id=attachment_id,
        channel_id=channel_id,
        filename=filename,
        content_type=content_type(filename, upload.content_type, upload.data),
        data=upload.data,
        width=size[0] if size else None,
        height=size[1] if size else None,
        ephemeral=ephemeral,
    )


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + int(struct.unpack(">H", data[at + 2 : at + 4])[0])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None
