"""The HTTP client of a provider: the session, the key, the proxy, and the retries of requests that fail.

It uses aiohttp instead of the SDK's client: aiohttp hands over in one piece all that has arrived, and only JSON is
needed here (a typed SDK event costs ten times as much as its JSON).
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

from assistants.models.model_protocol import ModelError
from assistants.models.provider_errors import BrokenStreamError, ProviderError, brief, model_error, retry_after
from assistants.models.proxy import proxy_for
from assistants.models.sse_reader import SseReader

log = structlog.get_logger(__name__)

ATTEMPTS = 4
FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
CONNECT_SECONDS = 10.0
LINGERING = 1.0
"""Seconds that a stream has to end after its last event."""
SILENCE_SECONDS = 600.0
"""A reasoning model may think for minutes between two events; the SDK waits as long."""

AZURE = ".azure.com/"
"""Azure's older addresses take the key in the header `api-key`."""


class ProviderClient:
    """Requests to one provider, in a session of their own; open it with `async with`.

    `url` ends in the API's version (`https://api.openai.com/v1`), or has a query behind it (Azure's `?api-version=…`)
    that goes with every request. Without a key no `Authorization` is sent.
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
        self._reader = SseReader()
        self._endings: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "ProviderClient":
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
        """The HTTP status of the answer to `body`; the answer is not read, and nothing is retried.

        Raises:
            BrokenStreamError: the provider cannot be reached.
        """
        try:
            async with self._open("POST", path, body) as response:
                return response.status
        except ProviderError as error:
            return error.status

    async def events(self, path: str, body: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any] | None, None]:
        """Send `body`, give back the `data` of each server-sent event until the stream ends; not retried.

        `[DONE]` is None, and the last. A server that does not stream has its whole answer given back as one event.

        Raises:
            ProviderError: an HTTP error, or an answer that is one.
            BrokenStreamError: the connection failed.
        """
        async with self._open("POST", path, body) as response, aclosing(self._reader.events(response)) as events:
            async for event in events:
                yield event

    def read_out(self, events: AsyncGenerator[Any, None]) -> None:
        """Read a stream to its end in the background, so that its connection can be used again."""
        task = asyncio.create_task(_read_out(events), name="reading-out")
        self._endings.add(task)
        task.add_done_callback(self._endings.discard)

    async def _retrying(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._open(method, path, body) as response:
                    return orjson.loads(await response.read())
            except ProviderError as error:
                await self.pause_or_raise(attempt, error)
            except (BrokenStreamError, aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as error:
                await self.pause_or_raise(attempt, error)
        raise AssertionError("unreachable: the last attempt raises")

    async def pause_or_raise(self, attempt: int, error: Exception) -> None:
        """Wait before the next attempt if `error` may pass; else raise it as a ModelError.

        Raises:
            ModelError: it will not pass, or this was the last attempt.
        """
        asked = error.retry_after if isinstance(error, ProviderError) else None
        wait = asked or FIRST_WAIT * 2 ** (attempt - 1)
        # Who would have to wait for long is told so at once.
        if attempt >= ATTEMPTS or not _may_pass(error) or wait > LONGEST_WAIT:
            raise self.explained(error) from error
        log.warning("model_retry", attempt=attempt, wait=round(wait, 2), error=brief(error))
        log.debug("model_said", error=self._redacted(str(error)))
        await asyncio.sleep(wait * random.uniform(1.0, 1.25))

    def explained(self, error: Exception) -> ModelError:
        """`error` as a ModelError, in words for a person and without the key."""
        told = self._redacted(error.message) if isinstance(error, ProviderError) else ""
        return model_error(error, told)

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("a ProviderClient is used inside its `async with`")
        data = None if body is None else orjson.dumps(body)
        try:
            # A redirected POST would arrive as a GET: the error says where the address leads.
            response = await self._session.request(
                method,
                f"{self.url}{path}{self._query}",
                data=data,
                headers=self._headers,  # not the session's: those are shown to a proxy too
                allow_redirects=False,
                proxy=self._proxy,
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BrokenStreamError(type(error).__name__) from error
        async with response:
            if response.status >= 300:
                raise await _provider_error(response)
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
    except (BrokenStreamError, ProviderError, TimeoutError) as error:
        log.debug("model_stream_not_ended", cause=brief(error))


async def _provider_error(response: aiohttp.ClientResponse) -> ProviderError:
    try:
        raw = await response.read()
    except (aiohttp.ClientError, TimeoutError, OSError):
        raw = b""  # the status alone tells enough
    told: Any = {"message": response.headers.get("Location") or response.reason or response.status}
    with contextlib.suppress(orjson.JSONDecodeError):  # a proxy's web page says no more than the status
        told = orjson.loads(raw) or told
    return ProviderError.from_body(told, status=response.status, retry_after=retry_after(response.headers))


def _may_pass(error: Exception) -> bool:
    return error.may_pass if isinstance(error, ProviderError) else True
