"""Requests that are passed on to the model's provider as they are, with its key, and its responses as they come.

What goes on is chosen, not what is left out: a client's key, cookies and addresses never reach the provider.
"""

import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from yarl import URL

from assistants.models.provider_client import AZURE, CONNECT_SECONDS, SILENCE_SECONDS
from assistants.models.proxy import proxy_for

Headers = list[tuple[bytes, bytes]]

LONGEST_ERROR: Final = 1 << 20
"""Bytes of an error's body that are passed back."""

_UNREADABLE: Final = b'{"error": {"message": "The provider refused.", "type": null, "param": null, "code": null}}'
"""Stands for an error that comes compressed, though that was not asked for."""

_REQUEST_HEADERS: Final = frozenset(
    {
        "accept",
        "accept-language",
        "content-type",
        "http-referer",
        "idempotency-key",
        "openai-beta",
        "user-agent",
        "x-client-request-id",
        "x-title",
    }
)
"""Headers of a client that go on, besides `x-stainless-…`."""

_KEPT_BACK: Final = frozenset(
    {
        # of one connection alone: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        # of the provider's host, which this server is not
        "alt-svc",
        "date",
        "nel",
        "report-to",
        "set-cookie",
        "set-cookie2",
        "strict-transport-security",
        # who the account belongs to
        "openai-organization",
        "openai-project",
    }
)
"""Headers of a provider that do not come back, besides `access-control-…`."""


class ProviderUnreachableError(Exception):
    """There was no response, or not all of it; the message is a sentence for the client."""


@dataclass(frozen=True, slots=True)
class ProviderResponse:
    """The head of a response, and its body as it comes."""

    status: int
    headers: Headers
    body: AsyncIterator[bytes]


class ReverseProxy:
    """Passes requests to one provider, in a session of its own; open it with `async with`.

    `url` is the provider's as `ProviderClient` has it.
    """

    def __init__(self, url: str, key: str | None) -> None:
        address, _, self._query = url.partition("?")
        self._url = address.rstrip("/")
        self._key = key
        self._own: dict[str, str] = {"Accept-Encoding": "identity"}  # so that an error's text can be read
        if key:
            self._own["Authorization"] = f"Bearer {key}"
            if AZURE in self._url:
                self._own["api-key"] = key
        self._proxy: URL | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "ReverseProxy":
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Content-Type", "User-Agent"),
        )
        self._proxy = proxy_for(self._url)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def open(
        self,
        method: str,
        path: str,
        *,
        query: str,
        headers: Iterable[tuple[bytes, bytes]],
        body: AsyncIterator[bytes] | bytes | None,
    ) -> AsyncIterator[ProviderResponse]:
        """Pass a request on; leaving the block ends it at the provider.

        `path` and `query` are as the client wrote them (percent-encoded), the path beginning with a slash.

        Raises:
            ProviderUnreachableError: there is no response; also while its body is read, when it breaks off.
        """
        if self._session is None:
            raise RuntimeError("a ReverseProxy is used inside its `async with`")
        whole_query = "&".join(filter(None, (self._query, query)))
        address = URL(f"{self._url}{path}{'?' if whole_query else ''}{whole_query}", encoded=True)
        try:
            response = await self._session.request(
                method,
                address,
                data=body,
                headers={**_passed_on(headers, of_size=not isinstance(body, bytes | None)), **self._own},
                allow_redirects=False,
                proxy=self._proxy,
            )
        except TimeoutError as error:
            raise ProviderUnreachableError("The model's provider did not answer in time.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderUnreachableError("The model's provider cannot be reached.") from error
        async with response:
            if 300 <= response.status < 400:
                raise ProviderUnreachableError("The model's provider answers at another address.")
            yield await self._response(response)

    async def _response(self, response: aiohttp.ClientResponse) -> ProviderResponse:
        headers = [pair for pair in _passed_back(response) if not self._holds_key(pair[1])]
        if response.status < 400:
            return ProviderResponse(response.status, headers, _chunks(response))
        # A provider's error may show a part of its key.
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            return _error(response.status, [*headers, (b"content-type", b"application/json")], _UNREADABLE)
        text = b""
        async for chunk in _chunks(response):
            text += chunk[: LONGEST_ERROR - len(text)]
        return _error(response.status, headers, self._redacted(text))

    def _holds_key(self, value: bytes) -> bool:
        return self._key is not None and self._key.encode() in value

    def _redacted(self, text: bytes) -> bytes:
        if self._key:
            text = text.replace(self._key.encode(), "…".encode())
        return re.sub(rb"\bsk-[\w*.-]+", "sk-…".encode(), text)


def _passed_on(headers: Iterable[tuple[bytes, bytes]], *, of_size: bool) -> dict[str, str]:
    """A client's headers for the provider; with the size of its body if that goes on as it is."""
    passed: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        wanted = name in _REQUEST_HEADERS or name.startswith("x-stainless-") or (of_size and name == "content-length")
        if wanted and value.isascii() and value.isprintable() and name not in passed:
            passed[name] = value
    return passed


def _passed_back(response: aiohttp.ClientResponse) -> Headers:
    of_connection = {name.strip().lower() for name in response.headers.get("connection", "").split(",")}
    return [
        (name.lower(), value)
        for name, value in response.raw_headers
        if (known := name.decode("latin-1").lower()) not in _KEPT_BACK
        and known not in of_connection
        and not known.startswith("access-control-")
    ]


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_any():
            yield chunk
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ProviderUnreachableError("The model's provider broke off its response.") from error


def _error(status: int, headers: Headers, text: bytes) -> ProviderResponse:
    last = dict(headers)  # of headers that are said twice, the last
    last.pop(b"content-encoding", None)
    last[b"content-length"] = str(len(text)).encode()
    return ProviderResponse(status, list(last.items()), _once(text))


async def _once(text: bytes) -> AsyncIterator[bytes]:
    yield text
