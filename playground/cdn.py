"""The CDN: attachments behind signed links, and default avatars."""

import struct
import zlib
from typing import Final
from urllib.parse import parse_qsl, quote

from starlette.responses import PlainTextResponse, Response

from playground.payloads.cdn_links import valid
from playground.world.world import World

COLOURS: Final = (
    (88, 101, 242),
    (116, 127, 141),
    (59, 165, 93),
    (250, 166, 26),
    (237, 66, 69),
    (235, 69, 158),
)
"""RGB colours of Discord's six default avatars."""


class Cdn:
    """Serves files. As at Discord, a link answers 404 when it has expired, was changed, or its message is deleted."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.vanished = False
        """A fault: while true, every file answers 404."""
        self.delay = 0.0
        """A fault: seconds that every file takes longer."""

    def attachment(self, path: str, query: bytes) -> Response:
        """Return an attachment."""
        parts = path.strip("/").split("/")
        file = self._world.attachments.get(int(parts[2])) if len(parts) == 4 and parts[2].isdigit() else None
        asked = dict(parse_qsl(query.decode("latin-1")))
        raw = "/" + "/".join([*parts[:3], quote(parts[-1])])
        if file is None or self.vanished or not valid(raw, asked, self._world.clock.now()):
            return PlainTextResponse("This content is no longer available.", 404)
        headers = {"cache-control": "public, max-age=31536000", "access-control-allow-origin": "*"}
        kind = file.content_type or "application/octet-stream"
        if not _harmless(kind):
            headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(file.filename)}"
        headers |= {"x-content-type-options": "nosniff", "content-security-policy": "default-src 'none'; sandbox"}
        return _typed(file.data, kind, headers)


def _typed(data: bytes, kind: str, headers: dict[str, str]) -> Response:
    response = Response(data, headers=headers)
    response.headers["content-type"] = kind
    return response


def _harmless(kind: str) -> bool:
    """Tell whether a browser may show a file of a student in the page's origin: never HTML or SVG."""
    return kind.startswith(("image/", "video/", "audio/", "text/plain")) and not kind.startswith("image/svg")


def avatar(path: str) -> Response:
    """Return a default avatar: a disc in one of six colours."""
    name = path.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]
    number = int(name) if name.isdigit() else 0
    return Response(_disc(COLOURS[number % len(COLOURS)]), media_type="image/png")


def _disc(colour: tuple[int, int, int], size: int = 64) -> bytes:
    centre = (size - 1) / 2
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            inside = (x - centre) ** 2 + (y - centre) ** 2 <= centre**2
            rows += bytes((*colour, 255 if inside else 0))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows)))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
