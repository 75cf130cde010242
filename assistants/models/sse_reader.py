"""Reads a provider's server-sent events: from the bytes that arrive to JSON objects.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import aiohttp
import orjson

from assistants.models.provider_errors import BrokenStreamError, ProviderError

GATHERING = 0.025
"""Seconds of pause after each read of a stream, while ten or fewer streams are read. A token that comes alone costs as
much as twenty that come together, and clients are told of them no faster than this."""
LONGEST_GATHERING = 0.1
BEGINNING = 8
"""Reads at the beginning of a stream without a pause after them: somebody waits for the first words."""
DONE = b"[DONE]"
_NOT_STREAMED = frozenset({"application/json", "text/html"})


class SseReader:
    """Reads the streams of one provider; the more it reads at once, the longer each gathers what arrives."""

    def __init__(self) -> None:
        self._streams = 0

    async def events(self, response: aiohttp.ClientResponse) -> AsyncGenerator[dict[str, Any] | None, None]:
        """The `data` of each event until the stream ends.

        `[DONE]` is None, and the last. A server that does not stream has its whole answer given back as one event.

        Raises:
            ProviderError: the answer is an error.
            BrokenStreamError: the connection failed.
        """
        try:
            async with aclosing(self._chunks(response)) as chunks:
                rest, chunk = b"", await anext(chunks, b"")
                if response.content_type in _NOT_STREAMED and chunk.lstrip()[:1] in b"{[<":
                    yield _whole(chunk + await response.content.read(), response.content_type)
                    yield None
                    return
                while chunk:
                    *lines, rest = (rest + chunk).split(b"\n")
                    for data in filter(None, map(_data, lines)):
                        yield _event(data)
                    chunk = await anext(chunks, b"")
                if data := _data(rest):
                    yield _event(data)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BrokenStreamError(type(error).__name__) from error

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        """The bytes that arrive: at once in the beginning and after a silence; else those of a short pause together."""
        self._streams += 1
        reads = 0
        try:
            while chunk := await response.content.readany():
                yield chunk
                reads += 1
                if reads <= BEGINNING:
                    continue
                connection = response.connection
                transport = connection.transport if connection is not None else None
                if transport is None:
                    continue  # all has arrived
                transport.pause_reading()
                try:
                    await asyncio.sleep(min(LONGEST_GATHERING, max(GATHERING, self._streams * GATHERING / 10)))
                finally:
                    transport.resume_reading()
        finally:
            self._streams -= 1


def _whole(raw: bytes, content_type: str) -> dict[str, Any]:
    """The JSON of an answer that is no stream: the server does not stream, or it sends an error with the status 200."""
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise ProviderError(404, f"it answers with {content_type}") from None
    if not isinstance(answer, dict) or answer.get("error") or not answer.keys() & {"choices", "output"}:
        raise ProviderError.from_body(answer)
    return answer


def _data(line: bytes) -> bytes:
    """The `data` of a line: JSON, `[DONE]`, or nothing (comments, other fields, keep-alive lines)."""
    data = line[5:].strip() if line.startswith(b"data:") else b""
    return data if data[:1] in (b"{", b"[") else b""


def _event(data: bytes) -> dict[str, Any] | None:
    if data == DONE:
        return None
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BrokenStreamError("an event that is not JSON") from error
    if not isinstance(event, dict):
        raise BrokenStreamError("an event that is not an object")
    return event
