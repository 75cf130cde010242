"""Compression of gateway frames: none, zlib-stream, or zstd-stream.

https://discord.com/developers/docs/events/gateway#encoding-and-compression
"""

import importlib
import zlib
from typing import Any, Final, Protocol

SMALL: Final = 512
"""Bytes of a payload that is not worth compressing."""


class Encoder(Protocol):
    """Turns one payload into one frame: `str` for a text frame, `bytes` for a binary frame."""

    def __call__(self, payload: bytes) -> str | bytes:
        """Return the frame."""
        ...


def plain(payload: bytes) -> str | bytes:
    """Return the payload as text."""
    return payload.decode()


def deflated(payload: bytes) -> str | bytes:
    """Compress one payload by itself, for clients that identify with `compress`. Small payloads stay text."""
    return zlib.compress(payload, 1) if len(payload) > SMALL else payload.decode()


class ZlibStream:
    """One zlib context for a whole connection; each frame ends in a full flush (00 00 FF FF)."""

    def __init__(self) -> None:
        self._zlib = zlib.compressobj(level=1)

    def __call__(self, payload: bytes) -> str | bytes:
        """Compress one payload."""
        return self._zlib.compress(payload) + self._zlib.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """One Zstandard context for a whole connection; each frame ends in a flushed block."""

    def __init__(self, compressor: Any, flush: Any) -> None:
        self._zstd = compressor
        self._flush = flush

    def __call__(self, payload: bytes) -> str | bytes:
        """Compress one payload."""
        packed: bytes = self._zstd.compress(payload) + self._zstd.flush(self._flush)
        return packed


def _zstd() -> ZstdStream | None:
    try:
        modern = importlib.import_module("compression.zstd")
    except ImportError:
        try:
            module = importlib.import_module("zstandard")
        except ImportError:
            return None
        return ZstdStream(module.ZstdCompressor(level=1).compressobj(), module.COMPRESSOBJ_FLUSH_BLOCK)
    compressor = modern.ZstdCompressor(level=1)
    return ZstdStream(compressor, modern.ZstdCompressor.FLUSH_BLOCK)


def encoder(name: str | None) -> Encoder:
    """Return a connection's encoder. Without Zstandard on this machine frames are plain text, which clients accept."""
    if name == "zlib-stream":
        return ZlibStream()
    if name == "zstd-stream":
        return _zstd() or plain
    return plain
