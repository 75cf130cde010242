"""Requests to the server that is checked, each within a time limit; what keeps it from answering is a sentence."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2

from conformance.contract import Operation
from conformance.json_reading import read_json

MOST_BYTES = 64 << 20
"""Of one response; a server that sends more is sending without an end."""
JSON_TYPE = "application/json"
STREAM_TYPE = "text/event-stream"


class AddressError(Exception):
    """The address is none of a server; the message says what is wrong with it."""


class UnansweredError(Exception):
    """The server did not answer a request; the message says how."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server has answered; `cut` says why the body ends early, where it does."""

    status: int
    kind: str
    headers: Mapping[str, str]
    content: bytes
    cut: str = ""

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return read_json(self.content)


def base_address(text: str) -> tuple[str, dict[str, str]]:
    """The base URL without a slash at its end, and its query (`api-version`), which every request carries.

    Raises:
        AddressError: it is no address of a web server, or holds a password.
    """
    try:
        parts = urlsplit(text.strip())
        port_is_right = parts.port is None or parts.port > 0
    except ValueError as error:
        raise AddressError(f"{text} is no address ({error}).") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_right:
        raise AddressError("The address begins with http:// or https:// and a host, as http://127.0.0.1:8100/v1 does.")
    if parts.username or parts.password:
        raise AddressError("The address holds a name or password. The key is given apart from it.")
    query = dict(httpx2.QueryParams(parts.query).items())
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", query


class Connection:
    """A server's base URL and key. `seconds` is what one request may take; a stream may take `stream_seconds`."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        seconds: float,
        stream_seconds: float,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.url, self._query = base_address(url)
        self._key = key
        self._seconds = seconds
        self._stream_seconds = stream_seconds
        self._client = httpx2.AsyncClient(transport=transport, timeout=None, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def send(
        self,
        operation: Operation,
        ids: Sequence[str] = (),
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Response:
        """Send one request; `ids` fill the braces of the path, `form` is a file's name, bytes and fields.

        Raises:
            UnansweredError: there was no answer, or none in time.
        """
        path = operation.path
        for id_ in ids:
            head, _, tail = path.partition("{")
            path = head + quote(id_, safe="") + tail.partition("}")[2]
        request = self._client.build_request(
            operation.method,
            self.url + path,
            params={**self._query, **(query or {})},
            json=body,
            data={key: value for key, value in form.items() if key != "file"} if form else None,
            files={"file": form["file"]} if form else None,
            headers={
                "Authorization": f"Bearer {self._key if key is None else key}",
                "OpenAI-Beta": "assistants=v2",
                "Accept": "*/*",
            },
        )
        with _failures_as_sentences(f"{operation.method} {path}", self.url):
            return await self._answered(request)

    async def _answered(self, request: httpx2.Request) -> Response:
        async with asyncio.timeout(self._seconds):
            response = await self._client.send(request, stream=True)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        seconds = self._stream_seconds if kind == STREAM_TYPE else self._seconds
        content, cut = bytearray(), ""
        try:
            async with asyncio.timeout(seconds):
                async for piece in response.aiter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        cut = f"more than {MOST_BYTES >> 20} MiB came"
                        break
        except TimeoutError:
            cut = f"it had not ended after {seconds:g} s"
        except (httpx2.TransportError, httpx2.StreamError, httpx2.DecodingError) as error:
            cut = f"the connection broke ({_reason(error)})"
        finally:
            await response.aclose()
        return Response(response.status_code, kind, dict(response.headers), bytes(content), cut)


@contextmanager
def _failures_as_sentences(what: str, url: str) -> Iterator[None]:
    """Turns what the HTTP client raises into `UnansweredError`."""
    try:
        yield
    except TimeoutError:
        raise UnansweredError(f"{what}: no answer in time.") from None
    except httpx2.ConnectError as error:
        reason = _reason(error)
        if "ssl" in reason.lower() or "certificate" in reason.lower():
            raise UnansweredError(f"{what}: no secure connection to {url} ({reason}).") from None
        raise UnansweredError(f"{what}: nothing answers at {url} ({reason}).") from None
    except httpx2.ProtocolError as error:
        raise UnansweredError(f"{what}: the answer is no HTTP ({_reason(error)}).") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
        raise UnansweredError(f"{what}: the connection broke ({_reason(error)}).") from None


def _reason(error: BaseException) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


@asynccontextmanager
async def connected(
    url: str,
    key: str,
    *,
    seconds: float,
    stream_seconds: float,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connection]:
    """A connection that is closed at the end.

    Raises:
        AddressError: the address is none of a server.
    """
    connection = Connection(url, key, seconds=seconds, stream_seconds=stream_seconds, transport=transport)
    try:
        yield connection
    finally:
        await connection.close()
