"""Which pictures models take, known by their first bytes and not by their names."""

import base64
import re
from typing import Final

MAX_IMAGE = 20 << 20
"""Bytes; https://platform.openai.com/docs/guides/images-vision#image-input-requirements"""

SIGNATURE: Final = 12
"""First bytes of a file that tell its kind."""

LONGEST_HEAD: Final = 256
"""Characters of a `data:` URL before its data."""

_WEB_ADDRESS: Final = re.compile(r"https?://[^\s/?#\\]\S*", re.IGNORECASE)
_DATA_URL: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp)(?:;[^,;\s]*)*;base64,", re.IGNORECASE)
_LETTERS: Final = SIGNATURE // 3 * 4
"""Letters of base64 that the signature takes."""


def image_kind(data: bytes) -> str | None:
    """The media type of a picture that models take; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def is_image_address(url: str) -> bool:
    """Whether `url` is a web address, or a `data:` URL that holds a picture."""
    if _WEB_ADDRESS.fullmatch(url):
        return True
    head = _DATA_URL.match(url, 0, LONGEST_HEAD)
    if head is None:
        return False
    try:
        return image_kind(base64.b64decode(url[head.end() : head.end() + _LETTERS], validate=True)) is not None
    except ValueError:
        return False
