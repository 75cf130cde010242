"""What is said of servers that are none, are half one, or hang: one clear sentence, in bounded time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from conformance.connection import AddressError, base_address, connected
from conformance.suite import Report, UntestableError, chosen_checks, run_checks

Answer = Callable[[str, bytes], bytes | None]
"""Answers a request line with all bytes of a response; None leaves the client waiting."""


def response(status: int, body: str, kind: str = "application/json", *more: str) -> bytes:
    head = [f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body.encode())}", *more]
    return ("\r\n".join([*head, "connection: close", "", body])).encode()


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[str]:
    """A server that answers as it is told; its base URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            begin = await reader.readexactly(1)
            if begin == b"\x16":  # a TLS handshake, which a plain server cannot read
                writer.write(response(400, "Bad request", "text/plain"))
                return
            head = begin + await reader.readuntil(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            lengths = [int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")]
            body = await reader.readexactly(sum(lengths))
            said = answer(lines[0].rsplit(" ", 1)[0], body)
            if said is None:
                await reader.read()
            else:
                writer.write(said)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    finally:
        listening.close()


async def checked(url: str, *only: str, seconds: float = 0.3) -> Report:
    async with connected(url, "sk-secret", seconds=seconds, stream_seconds=seconds) as connection:
        return await run_checks(connection, chosen_checks(only), model="m", wait=seconds)


WEB_PAGE = "<!DOCTYPE html><html><body>Welcome</body></html>"
REFUSED = '{"error": {"message": "Incorrect API key.", "type": "invalid_request_error", "param": null, "code": null}}'


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (response(200, WEB_PAGE, "text/html"), "is no Assistants server: it answered 200 with a web page"),
        (response(401, REFUSED), 'The server refuses the key: 401 "Incorrect API key.".'),
        (response(403, "no", "text/plain"), 'The server refuses the key: 403 with text/plain ("no").'),
        (response(404, '{"detail": "Not Found"}'), "is no Assistants server: it answered 404 with application/json"),
        (response(404, WEB_PAGE, "text/html"), "404 with a web page"),
        (response(302, "", "text/html", "location: https://a.example/login"), "leads to https://a.example/login"),
        (response(429, REFUSED), "Try again later."),
        (response(503, "", "text/plain"), "503 with an empty body"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "the answer is no HTTP"),
        (b"", "the answer is no HTTP"),
        (None, "no answer in time. Is the server running, and is its address right?"),
    ],
)
async def test_a_server_that_is_none_is_told_in_a_sentence(said: bytes | None, sentence: str) -> None:
    async with server(lambda _line, _body: said) as url:
        with pytest.raises(UntestableError) as raised:
            await checked(url)
    assert sentence in str(raised.value)
    assert "sk-secret" not in str(raised.value)


async def test_where_nothing_listens_it_is_said() -> None:
    async with server(lambda _line, _body: None) as url:
        pass
    with pytest.raises(UntestableError, match=r"nothing answers at http://127\.0\.0\.1:\d+/v1"):
        await checked(url)


async def test_a_secure_address_of_a_plain_server_is_said() -> None:
    async with server(lambda _line, _body: response(200, "{}")) as url:
        with pytest.raises(UntestableError, match="no secure connection"):
            await checked(url.replace("http:", "https:"))


async def test_the_ending_of_the_address_is_thought_of() -> None:
    async with server(lambda _line, _body: response(404, "{}")) as url:
        with pytest.raises(UntestableError, match="ends in /v1"):
            await checked(url.removesuffix("/v1"))


EMPTY_LIST = '{"object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false}'


async def test_half_a_server_is_checked_and_its_gaps_are_told() -> None:
    def answer(line: str, _body: bytes) -> bytes:
        return response(200, EMPTY_LIST) if line == "GET /v1/assistants" else response(404, "{}")

    async with server(answer) as url:
        report = await checked(url, "assistants", " getThread")
    outcomes = {result.check.name: result for result in report.results}
    assert outcomes["createAssistant"].outcome == "failed"
    assert 'found 404 with application/json ("{}")' in str(outcomes["createAssistant"].deviations[0])
    assert outcomes["getThread"].outcome == "skipped"
    assert outcomes["getThread"].reason == "It needs a thread, which could not be made."


async def test_a_server_that_falls_silent_is_given_up() -> None:
    def answer(line: str, _body: bytes) -> bytes | None:
        return response(200, EMPTY_LIST) if line == "GET /v1/assistants" else None

    async with server(answer) as url:
        report = await asyncio.wait_for(checked(url, seconds=0.1), 10)
    assert report.results[0].outcome == "failed"
    assert [result.reason for result in report.results[-3:]] == ["The server has stopped answering."] * 3
    assert len([result for result in report.results if result.outcome == "failed"]) <= 4


STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
ASSISTANT = '{"id": "asst_1", "object": "assistant"}'
THREAD = '{"id": "thread_1", "object": "thread"}'


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (b"", "end of the stream: expected event `done`, found no event"),
        (b"<html>", 'end of the stream: expected an empty line after the last event, found "<html>"'),
        (b'data: {"id": 1}\n\n', "event 1: expected a line `event:`"),
        (b"event: thread.run.created\ndata: {bad\n\n", "event 1 (thread.run.created) data: expected JSON"),
        (b'{"object": "thread.run"}\n\n', "event 1: expected a line `event:` or `data:`"),
        (b"\x00\xff\xfe\n\n", "byte 1: expected UTF-8, found other bytes"),
        (b'event: error\ndata: {"error": {"message": "Sorry."}}\n\n', "event 1: expected no error"),
        (b"event: thread.run.created\ndata: []\n\n", "event 1 (thread.run.created) $: expected object, found []"),
    ],
)
async def test_a_broken_stream_is_told_where(stream: bytes, told: str) -> None:
    def answer(line: str, body: bytes) -> bytes:
        if b'"stream"' in body:
            return STREAM_HEAD + stream
        return response(200, ASSISTANT if "/assistants" in line else THREAD)

    async with server(answer) as url:
        report = await checked(url, "stream of an answer")
    assert any(told in str(deviation) for deviation in report.results[0].deviations), report.results[0].deviations


async def test_a_stream_without_an_end_is_left() -> None:
    """The headers promise more than comes."""

    def answer(line: str, body: bytes) -> bytes:
        if b'"stream"' in body:
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 1000\r\n\r\n"
            return head + b": ping\n\n"
        return response(200, ASSISTANT if "/assistants" in line else THREAD)

    async with server(answer) as url:
        report = await checked(url, "stream of an answer")
    assert any("the connection broke" in each.found for each in report.results[0].deviations)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("127.0.0.1:8100/v1", "begins with http"),
        ("ftp://a.example/v1", "begins with http"),
        ("http:///v1", "begins with http"),
        ("http://a.example:99999/v1", "is no address"),
        ("http://[::1/v1", "is no address"),
        ("https://me:secret@a.example/v1", "holds a name or password"),
        ("", "begins with http"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(AddressError) as raised:
        base_address(address)
    assert sentence in str(raised.value)
    assert "secret" not in str(raised.value)


def test_an_address_may_have_a_query_and_a_slash() -> None:
    assert base_address(" https://a.example/openai/?api-version=2024-05-01 ") == (
        "https://a.example/openai",
        {"api-version": "2024-05-01"},
    )
