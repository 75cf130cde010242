"""The HTTP side of a provider: JSON and server-sent events, retries, and errors that a person understands.

aiohttp rather than the SDK's own client: it hands over what has arrived in one piece, and a piece of JSON is all that
is wanted here (a typed SDK event costs ten times as much as its JSON).
"""

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any

import aiohttp
import orjson
import structlog
from yarl import URL

from assistants.models.model_protocol import ModelError, PromptTooLongError
from assistants.models.provider_errors import TRANSIENT_STATUSES, Refusal
from assistants.models.proxy import proxy_for

log = structlog.get_logger(__name__)

ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
CONNECT_SECONDS = 10.0
GATHERING = 0.025
"""Seconds for which a stream's connection is left alone after each read while ten or fewer are read; a token that comes
by itself costs as much as twenty that come together, and faster than this nobody is told of them anyway."""
LONGEST_GATHERING = 0.1
BEGINNING = 8
"""Reads of a stream after which it is not left alone: the first words come among them, and are waited for."""
LINGERING = 1.0
"""Seconds that a stream has to end after its last word."""
SILENCE_SECONDS = 600.0
"""A reasoning model may think for minutes between two events; the SDK waits as long."""

AZURE = ".azure.com/"
"""Azure's older addresses take the key in a header of their own."""
DONE = b"[DONE]"
ELSEWHERE = (301, 302, 303, 307, 308, 404, 405, 410)
"""Statuses that tell of a wrong address."""
_NOT_STREAMED = frozenset({"application/json", "text/html"})


class BrokenStream(Exception):  # noqa: N818
    """The connection failed, or ended before the stream did."""


class Upstream:
    """One provider's address and key, on a session of its own; open it with `async with`.

    `url` ends in the API's version (`https://api.openai.com/v1`), or has a query behind it (Azure's `?api-version=…`)
    that goes with every request; without a key no `Authorization` is sent.
    """

    def __init__(self, url: str, key: str | None) -> None:
        address, mark, query = url.partition("?")
        self.url = address.rstrip("/")
        self._query = mark + query
        self._key = key
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
            if AZURE in self.url:
                self._headers["api-key"] = key
        self._proxy: URL | None = None
        self._session: aiohttp.ClientSession | None = None
        self._streams = 0
        self._endings: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Upstream":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            read_bufsize=1 << 18,
        )
        self._proxy = proxy_for(self.url)
        return self

    async def __aexit__(self, *_: object) -> None:
        for ending in list(self._endings):
            ending.cancel()
        if self._endings:
            await asyncio.wait(self._endings)
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str) -> Any:
        """The JSON at `path`.

        Raises:
            ModelError: no answer after the retries, or a refusal.
        """
        return await self._retrying("GET", path, None)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send `body`, give back the answer's JSON.

        Raises:
            ModelError: no answer after the retries, or a refusal.
        """
        return await self._retrying("POST", path, body)

    async def status(self, path: str, body: Mapping[str, Any]) -> int:
        """The status that `body` is answered with; nothing is read and nothing retried.

        Raises:
            BrokenStream: the provider cannot be reached.
        """
        try:
            async with self._open("POST", path, body) as response:
                return response.status
        except Refusal as refusal:
            return refusal.status

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any] | None, None]:
        """Send `body`, give back the `data` of each server-sent event until the stream ends; not retried.

        `[DONE]` is None, and the last. A server that does not stream has its whole answer given back as one event.

        Raises:
            Refusal: an HTTP error, or an answer that is one.
            BrokenStream: the connection failed.
        """
        async with self._open("POST", path, body) as response:
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
                raise BrokenStream(type(error).__name__) from error

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes, None]:
        """What arrives: at once in the beginning and when it comes after a silence, else gathered for a moment."""
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

    def read_out(self, events: AsyncGenerator[Any, None]) -> None:
        """Let a stream whose last word is known come to its end by itself, so that its connection serves again."""
        task = asyncio.create_task(_read_out(events), name="reading-out")
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _retrying(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._open(method, path, body) as response:
                    return orjson.loads(await response.read())
            except Refusal as refusal:
                await self.pause_or_raise(attempt, refusal)
            except (BrokenStream, aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
                await self.pause_or_raise(attempt, error)
        raise AssertionError("unreachable: the last attempt raises")

    async def pause_or_raise(self, attempt: int, error: Exception) -> None:
        """Wait before the next attempt if `error` may pass, else raise it as the ModelError that it comes to.

        Raises:
            ModelError: it will not pass, or this was the last attempt.
        """
        if attempt >= ATTEMPTS or not _may_pass(error):
            raise self.explained(error) from error
        asked = error.retry_after if isinstance(error, Refusal) else None
        wait = min(LONGEST_WAIT, asked if asked is not None else FIRST_WAIT * 2 ** (attempt - 1))
        log.warning("model_retry", attempt=attempt, wait=round(wait, 2), error=self._redacted(str(error)))
        await asyncio.sleep(wait * random.uniform(1.0, 1.25))

    def explained(self, error: Exception) -> ModelError:
        """The ModelError, in words for a person, that `error` comes to."""
        if not isinstance(error, Refusal):
            return ModelError("server_error", "The model cannot be reached, or its answer broke off.")
        told = self._redacted(error.message)
        match error.status:
            case 401 | 403:
                return ModelError("server_error", f"The model's provider refused the key ({error.status}).")
            case _ if error.overlong:
                return PromptTooLongError(f"The conversation is too long for the model: {told}")
            case 404 | 405 if "model" in f"{error.code} {told}".lower():
                return ModelError("server_error", f"The model's provider does not have that model: {told}")
            case status if status in ELSEWHERE:
                return ModelError("server_error", f"There is no such model or address (MODEL, OPENAI_BASE_URL): {told}")
            case 402 | 429 if error.status == 402 or error.code == "insufficient_quota":
                return ModelError("rate_limit_exceeded", "The quota at the model's provider is used up.")
            case 429:
                return ModelError("rate_limit_exceeded", "The model is busy: its provider's rate limit is reached.")
            case status if status >= 500 or status in TRANSIENT_STATUSES:
                return ModelError("server_error", f"The model's provider has a fault ({status}): {told}")
            case status:
                return ModelError("invalid_prompt", f"The model's provider refused the request ({status}): {told}")

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("an Upstream is used inside its `async with`")
        data = None if body is None else orjson.dumps(body)
        try:
            # A redirected POST would arrive as a GET: better told than followed.
            response = await self._session.request(
                method,
                f"{self.url}{path}{self._query}",
                data=data,
                headers=self._headers,  # not the session's: those are shown to a proxy too
                allow_redirects=False,
                proxy=self._proxy,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BrokenStream(type(error).__name__) from error
        async with response:
            if response.status >= 300:
                raise await _refusal(response)
            yield response

    def _redacted(self, text: str) -> str:
        if self._key:
            text = text.replace(self._key, "…")
        return re.sub(r"\bsk-[\w*.-]+", "sk-…", text)[:500]


async def _read_out(events: AsyncGenerator[Any, None]) -> None:
    try:
        async with asyncio.timeout(LINGERING), aclosing(events):
            async for _ in events:
                pass
    except (BrokenStream, Refusal, TimeoutError) as error:
        log.debug("model_stream_not_ended", cause=repr(error))


async def _refusal(response: aiohttp.ClientResponse) -> Refusal:
    try:
        raw = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        raw = b""  # the status alone tells enough
    told: Any = {"message": response.headers.get("Location") or response.reason or response.status}
    with contextlib.suppress(orjson.JSONDecodeError):  # a proxy's web page says no more than the status
        told = orjson.loads(raw) or told
    return Refusal.told(told, status=response.status, retry_after=_seconds(response.headers.get("Retry-After")))


def _whole(raw: bytes, content_type: str) -> dict[str, Any]:
    """A whole answer where a stream was asked for: a server that does not stream, or an error that calls itself 200."""
    try:
        answer = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refusal(404, f"it answers with {content_type}") from None
    if not isinstance(answer, dict) or answer.get("error") or not answer.keys() & {"choices", "output"}:
        raise Refusal.told(answer)
    return answer


def _data(line: bytes) -> bytes:
    """What a line of a stream says: JSON, `[DONE]`, or nothing (comments, other fields, words that keep it alive)."""
    data = line[5:].strip() if line.startswith(b"data:") else b""
    return data if data[:1] in (b"{", b"[") else b""


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None  # an HTTP date: the usual back-off does


def _event(data: bytes) -> dict[str, Any] | None:
    if data == DONE:
        return None
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BrokenStream("an event that is not JSON") from error
    if not isinstance(event, dict):
        raise BrokenStream("an event that is not an object")
    return event


def _may_pass(error: Exception) -> bool:
    return error.may_pass if isinstance(error, Refusal) else True
