"""Which web pages may ask the server in a browser."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser
from pydantic import ValidationError

from assistants.settings import Settings
from tests.assistants.conftest import KEY, Running, running

PAGE, OTHER = "https://tutor.example", "https://evil.example"
SDKS_HEADERS = "authorization,content-type,openai-beta,x-stainless-arch,x-stainless-lang,x-stainless-os"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": SDKS_HEADERS}


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, cors_origins=f"{PAGE}, http://localhost:5173") as here:
        yield here


async def told(server: Running, method: str, path: str, *, key: str | None = KEY, **headers: str) -> tuple[int, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        sent["Authorization"] = f"Bearer {key}"
    async with aiohttp.ClientSession() as session, session.request(method, server.url + path, headers=sent) as response:
        return response.status, response.headers


def allowed(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("access-control-")}


@pytest.mark.parametrize("origin", [PAGE, "http://localhost:5173"])
async def test_a_named_page_may_ask_and_is_told_what_it_may_send(server: Running, origin: str) -> None:
    status, headers = await told(server, "OPTIONS", "/threads/runs", key=None, Origin=origin, **PREFLIGHT)
    assert status == 204
    assert allowed(headers) == {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
        "access-control-allow-headers": SDKS_HEADERS,
        "access-control-max-age": "600",
    }
    assert headers["Vary"].startswith("Origin, Access-Control-Request-Method")


async def test_a_named_page_reads_responses_with_their_headers_errors_too(server: Running) -> None:
    for method, path, key, expected in (
        ("GET", "/assistants", KEY, 200),
        ("POST", "/threads", KEY, 200),
        ("GET", "/threads/thread_x", KEY, 404),
        ("GET", "/nothing", KEY, 404),
        ("GET", "/assistants", "wrong", 401),
        ("GET", "/assistants", None, 401),
    ):
        status, headers = await told(server, method, path, key=key, Origin=PAGE)
        assert status == expected
        assert headers.getall("Access-Control-Allow-Origin") == [PAGE], path
        assert headers["Vary"] == "Origin"
        exposed = headers["Access-Control-Expose-Headers"].split(", ")
        assert {"x-request-id", "openai-poll-after-ms", "openai-processing-ms", "retry-after"} <= set(exposed)
        assert "*" not in exposed


@pytest.mark.parametrize(
    "origin",
    [OTHER, "null", f"{PAGE}.evil.example", f"{PAGE}:8443", "http://tutor.example", PAGE.upper(), f"{PAGE}/", "*", ""],
)
async def test_other_pages_get_nothing(server: Running, origin: str) -> None:
    status, headers = await told(server, "OPTIONS", "/threads", key=None, Origin=origin, **PREFLIGHT)
    assert (status, allowed(headers)) == (401, {})
    status, headers = await told(server, "GET", "/assistants", Origin=origin)
    assert (status, allowed(headers)) == (200, {})
    assert headers["Vary"] == "Origin"  # a cache must not give a named page what another has got


async def test_programs_without_an_origin_are_answered_as_ever(server: Running) -> None:
    status, headers = await told(server, "GET", "/assistants")
    assert (status, allowed(headers), headers["Vary"]) == (200, {}, "Origin")
    status, headers = await told(server, "OPTIONS", "/assistants", Origin=PAGE)  # no preflight
    assert status == 405
    assert headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize("names", ["x-a, é", "a b", "x-a\tb", "x-a,,x-b", "x-a:1"])
async def test_names_of_headers_that_are_none_are_not_sent_back(server: Running, names: str) -> None:
    asked = {**PREFLIGHT, "Access-Control-Request-Headers": names}
    status, headers = await told(server, "OPTIONS", "/threads", key=None, Origin=PAGE, **asked)
    assert status == 204
    assert "Access-Control-Allow-Headers" not in headers


async def test_a_named_page_may_ask_a_server_at_home(server: Running) -> None:
    asked = {**PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
    _, headers = await told(server, "OPTIONS", "/threads", key=None, Origin=PAGE, **asked)
    assert headers["Access-Control-Allow-Private-Network"] == "true"


async def test_a_star_is_for_all_pages_without_their_credentials(tmp_path: Path) -> None:
    async with running(tmp_path, cors_origins="*") as server:
        asked = {**PREFLIGHT, "Access-Control-Request-Private-Network": "true"}
        status, headers = await told(server, "OPTIONS", "/threads", key=None, Origin="null", **asked)
        assert status == 204
        assert allowed(headers).keys() == {
            "access-control-allow-origin",
            "access-control-allow-methods",
            "access-control-allow-headers",
            "access-control-max-age",
        }
        assert headers["Access-Control-Allow-Origin"] == "*"
        status, headers = await told(server, "GET", "/assistants", Origin=OTHER)
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert "Access-Control-Allow-Credentials" not in headers
        assert "Vary" not in headers
        status, headers = await told(server, "GET", "/assistants", key="wrong", Origin=OTHER)
        assert (status, headers["Access-Control-Allow-Origin"]) == (401, "*")


async def test_no_page_may_ask_unless_it_is_named(tmp_path: Path) -> None:
    async with running(tmp_path) as server:
        status, headers = await told(server, "OPTIONS", "/threads", key=None, Origin=PAGE, **PREFLIGHT)
        assert (status, allowed(headers)) == (401, {})
        _, headers = await told(server, "GET", "/assistants", Origin=PAGE)
        assert (allowed(headers), "Vary" in headers) == ({}, False)


def origins(value: str) -> tuple[str, ...]:
    return Settings(_env_file=None, cors_origins=value).cors_origins  # type: ignore[call-arg,arg-type]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("https://a.example", ("https://a.example",)),
        (
            " https://a.example/ ,http://localhost:5173,https://a.example ",
            ("https://a.example", "http://localhost:5173"),
        ),
        ("HTTPS://A.example:443,http://b.example:80", ("https://a.example", "http://b.example")),
        ("http://127.0.0.1:80,http://[::1]:3000", ("http://127.0.0.1", "http://[::1]:3000")),
        ("https://a.example:80", ("https://a.example:80",)),
        ("*", ("*",)),
        (" , ", ()),
    ],
)
def test_origins_are_read_as_browsers_write_them(value: str, named: tuple[str, ...]) -> None:
    assert origins(value) == named


@pytest.mark.parametrize(
    "value",
    [
        "a.example",
        "https://a.example/page",
        "https://*.a.example",
        "null",
        "*,https://a.example",
        "https://",
        "ftp://a.example",
        "https://user@a.example",
        "https://a.example:port",
        "https://a.example:99999",
        "https://a.example?x",
        "https://그림.한국",
        "https://a.example https://b.example",
    ],
)
def test_what_is_no_origin_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="it must be"):
        origins(value)


ASKS = """async ([url, key, assistant]) => {
    const headers = {
        'Authorization': `Bearer ${key}`, 'Content-Type': 'application/json', 'OpenAI-Beta': 'assistants=v2',
        'x-stainless-lang': 'js', 'x-stainless-runtime': 'browser:chrome',
    };
    const thread = {messages: [{role: 'user', content: 'Hello'}]};
    const body = JSON.stringify({assistant_id: assistant, stream: true, thread});
    try {
        const run = await fetch(`${url}/threads/runs`, {method: 'POST', headers, body, credentials: 'include'});
        const events = await run.text();
        const wrong = await fetch(`${url}/assistants`, {headers: {...headers, Authorization: 'Bearer wrong'}});
        const gone = await fetch(`${url}/assistants/${assistant}`, {method: 'DELETE', headers});
        return [run.headers.has('x-request-id'), events.endsWith('[DONE]\\n\\n'), wrong.status, gone.status];
    } catch (error) {
        return String(error);
    }
}"""


async def show_page(_: web.Request) -> web.Response:
    return web.Response(text="<h1>A page</h1>", content_type="text/html")


@pytest_asyncio.fixture(loop_scope="session")
async def pages() -> AsyncIterator[list[str]]:
    """The origins of two web pages."""
    app = web.Application()
    app.router.add_get("/", show_page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield [f"http://127.0.0.1:{address[1]}" for address in runner.addresses]
    await runner.cleanup()


@pytest.mark.browser
async def test_a_browser_lets_the_named_page_alone_read_a_stream(
    browser: Browser, pages: list[str], tmp_path: Path
) -> None:
    named, other = pages
    context = await browser.new_context()
    page = await context.new_page()
    async with running(tmp_path, cors_origins=named) as server:
        asked = [server.url, KEY, (await server.assistant()).id]
        await page.goto(other)
        assert await page.evaluate(ASKS, asked) == "TypeError: Failed to fetch"
        await page.goto(named)
        assert await page.evaluate(ASKS, asked) == [True, True, 401, 200]
    await context.close()
