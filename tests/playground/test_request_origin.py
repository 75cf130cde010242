"""Which browsers' requests the playground takes: its page's, and no other page's, by whatever name it comes."""

import socket
from urllib.parse import urlsplit

import aiohttp
import pytest

from playground.request_origin import RequestOrigin, machine_urls
from playground.server import Playground


def refused(host: str | None, origin: str | None = None, *urls: str) -> bool:
    headers = [(b"host", host.encode())] if host is not None else []
    headers += [(b"origin", origin.encode())] if origin is not None else []
    return RequestOrigin(urls).refusal({"headers": headers}) is not None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8080",
        "127.0.0.1",
        "[::1]:8080",
        "192.168.0.7:8080",
        "localhost:8080",
        "LocalHost",
        "demo.localhost",
        None,
    ],
)
def test_addresses_and_this_machines_names_are_taken(host: str | None) -> None:
    assert not refused(host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "localhost@evil.example",
        "127.0.0.1:x",
        "2130706433x",
        "[::1",
        "",
        "a b",
        "localhost/evil",
    ],
)
def test_names_of_others_are_refused(host: str) -> None:
    assert refused(host)


def test_names_that_the_host_gives_are_taken() -> None:
    assert not refused("saem.example", None, "https://saem.example/")
    assert not refused("SAEM.example.:443", "https://saem.example", "https://saem.example")
    assert refused("other.example", None, "https://saem.example")


@pytest.mark.parametrize(
    ("host", "origin", "taken"),
    [
        ("localhost:8080", "http://localhost:8080", True),
        ("localhost", "http://localhost:80", True),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", True),
        ("localhost:8080", "http://localhost:9090", False),
        ("localhost:8080", "http://127.0.0.1:8080", False),
        ("localhost:8080", "https://evil.example", False),
        ("localhost:8080", "http://localhost:8080.evil.example", False),
        ("localhost:8080", "null", False),
        ("localhost:8080", "", False),
        ("localhost:8080", "file://", False),
        ("localhost:8080", "chrome-extension://abc", False),
    ],
)
def test_an_origin_must_be_the_pages_own(host: str, origin: str, *, taken: bool) -> None:
    assert refused(host, origin) is not taken


def test_behind_a_proxy_the_origin_is_the_public_address() -> None:
    assert not refused("127.0.0.1:8080", "https://saem.example", "https://saem.example")
    assert refused("127.0.0.1:8080", "http://saem.example:81", "https://saem.example")


def test_two_hosts_or_two_origins_are_refused() -> None:
    check = RequestOrigin([])
    host, origin = (b"host", b"localhost"), (b"origin", b"http://localhost")
    assert check.refusal({"headers": [host, origin]}) is None
    assert check.refusal({"headers": [host, host]}) is not None
    assert check.refusal({"headers": [host, origin, origin]}) is not None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_who_listens_everywhere_is_found_by_the_machines_own_names(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Classroom-7")
    monkeypatch.setattr("socket.getfqdn", lambda: "classroom-7.school.example")
    names = ("classroom-7:8080", "Classroom-7", "classroom-7.local", "classroom-7.school.example:8080")
    assert not any(refused(name, None, *machine_urls(host)) for name in names)
    assert refused("evil.example", None, *machine_urls(host))
    assert refused("school.example", None, *machine_urls(host))


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.0.7", "localhost", "saem.example"])
def test_who_listens_on_one_address_is_not(host: str) -> None:
    assert machine_urls(host) == []


async def test_all_addresses_of_the_machine_lead_to_a_playground_that_listens_on_all(
    http: aiohttp.ClientSession,
) -> None:
    async with Playground(host="0.0.0.0") as everywhere:
        port = urlsplit(everywhere.origin).port
        for name in ("127.0.0.1", "127.0.0.2", socket.gethostname()):
            try:
                address = socket.gethostbyname(name)
            except OSError:
                continue
            headers = {"Host": f"{name}:{port}"}
            async with http.get(f"http://{address}:{port}/playground/students", headers=headers) as response:
                assert response.status == 200, name


EVIL = ({"Host": "evil.example"}, {"Origin": "https://evil.example"})


@pytest.mark.parametrize("headers", EVIL)
@pytest.mark.parametrize("path", ["/", "/playground/stats", "/api/v10/gateway"])
async def test_another_page_gets_nothing(
    playground: Playground, http: aiohttp.ClientSession, headers: dict[str, str], path: str
) -> None:
    async with http.get(f"{playground.origin}{path}", headers=headers) as response:
        assert response.status == 403
        assert "playground" in await response.text()
    async with http.get(f"{playground.origin}{path}") as response:
        assert response.status == 200


@pytest.mark.parametrize("headers", EVIL)
async def test_another_page_gets_no_websocket(
    playground: Playground, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await http.ws_connect(playground.gateway_url, headers=headers)
    assert refusal.value.status == 403
    async with http.ws_connect(playground.gateway_url, headers={"Origin": playground.origin}) as socket:
        assert (await socket.receive_json())["op"] == 10


async def test_signed_links_may_be_shown_elsewhere(playground: Playground, http: aiohttp.ClientSession) -> None:
    url = f"{playground.origin}/embed/avatars/0.png"
    async with http.get(url, headers={"Origin": "https://elsewhere.example"}) as response:
        assert response.status == 200
    async with http.get(url, headers={"Host": "evil.example"}) as response:
        assert response.status == 403
