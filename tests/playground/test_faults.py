"""Faults: requests, connections and files that go wrong on demand."""

import asyncio
from typing import Any

import aiohttp
import pytest

from playground.faults import Fault
from playground.pilot import ErrorResponse, Student
from playground.server import Playground
from tests.playground.rest_client import RestClient


async def test_the_next_requests_of_a_route_fail(playground: Playground, as_bot: RestClient) -> None:
    playground.fail(Fault("status", "GET /users/*", times=2, status=502))
    statuses = [(await as_bot("GET", path)).status for path in ("/users/@me", "/gateway", "/users/@me", "/users/@me")]
    assert statuses == [502, 200, 502, 200]


async def test_a_broken_connection_has_no_answer(playground: Playground, as_bot: RestClient) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    playground.fail(Fault("disconnect", "POST /channels/*/messages"))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await as_bot("POST", path, {"content": "lost on the way there"})
    assert playground.messages("#math") == []
    playground.fail(Fault("disconnect", "POST /channels/*/messages", after=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await as_bot("POST", path, {"content": "lost on the way back"})
    assert [post.content for post in playground.messages("#math")] == ["lost on the way back"]


async def test_slowness_delays_and_then_answers(playground: Playground, as_bot: RestClient) -> None:
    playground.fail(Fault("slow", "*", seconds=0.01))
    playground.fail(Fault("slow", "*", seconds=0.01, after=True))
    assert [(await as_bot("GET", "/users/@me")).status for _ in range(2)] == [200, 200]


async def test_a_fault_for_bots_alone_waits_for_a_bots_request(
    playground: Playground, minji: Student, as_bot: RestClient
) -> None:
    playground.fail(Fault("status", "*", times=2, bots_only=True))
    assert (await minji.says("math", "hello")).content == "hello"
    assert (await as_bot("GET", "/users/@me")).status == 503
    async with aiohttp.ClientSession() as http:  # an interaction's token stands in the path
        assert (await http.post(f"{playground.api_url}/interactions/1/token/callback", json={})).status == 503
    assert (await as_bot("GET", "/users/@me")).status == 200


async def test_a_dropped_student_and_bot_are_counted(playground: Playground, minji: Student) -> None:
    assert playground.gateway.drop() == 1
    assert playground.gateway.drop(user=playground.bot) == 0


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "status", "route": "GET /users/*", "status": 500}, 500),
        ({"kind": "rate_limit", "route": "/users/*", "seconds": 0.1}, 429),
        ({"kind": "latency", "seconds": 0.001}, 200),
        ({"kind": "advance", "seconds": 60}, 200),
    ],
)
async def test_faults_can_be_asked_for_over_http(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient, fault: dict[str, Any], status: int
) -> None:
    async with http.post(f"{playground.origin}/playground/faults", json=fault) as response:
        assert (response.status, await response.json()) == (200, {"count": 1})
    assert (await as_bot("GET", "/users/@me")).status == status
    async with http.post(f"{playground.origin}/playground/faults", json={"kind": "clear"}) as response:
        assert response.status == 200
    assert (await as_bot("GET", "/users/@me")).status == 200


async def test_a_fault_for_whoever_comes_next_does_not_meet_what_takes_it_back(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient
) -> None:
    playground.fail(Fault("status", times=5))
    assert (await as_bot("GET", "/users/@me")).status == 503
    async with http.post(f"{playground.origin}/playground/faults", json={"kind": "clear"}) as response:
        assert response.status == 200
    assert (await as_bot("GET", "/users/@me")).status == 200


async def test_an_unknown_fault_is_refused(playground: Playground, http: aiohttp.ClientSession) -> None:
    for body in ({"kind": "earthquake"}, {}, {"kind": "latency", "seconds": "long"}):
        async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
            assert response.status == 400


async def test_the_gateway_can_be_dropped_over_http(
    playground: Playground, http: aiohttp.ClientSession, minji: Student
) -> None:
    async with http.post(f"{playground.origin}/playground/faults", json={"kind": "drop_gateway"}) as response:
        assert await response.json() == {"count": 1}


async def test_stats_and_pings_can_be_read_over_http(
    playground: Playground, http: aiohttp.ClientSession, minji: Student
) -> None:
    post = await minji.says("#math", f"<@{playground.user('junho').id}>")
    async with http.get(f"{playground.origin}/playground/stats") as response:
        assert (await response.json())["requests"]["POST /channels/{channel}/messages"] == 1
    async with http.get(f"{playground.origin}/playground/pings/{post.channel_id}/{post.id}") as response:
        assert await response.json() == {"pinged": [str(playground.user("junho").id)]}


async def test_the_cdn_can_lose_every_file(playground: Playground, minji: Student) -> None:
    post = await minji.drops("#math", ("a.txt", b"x"))
    playground.cdn.vanished = True
    with pytest.raises(ErrorResponse):
        await minji.client.fetch(post.attachments[0]["url"])
    playground.cdn.vanished = False
    assert await minji.client.fetch(post.attachments[0]["url"]) == b"x"
    playground.cdn.delay = 0.3
    began = asyncio.get_running_loop().time()
    assert await minji.client.fetch(post.attachments[0]["url"]) == b"x"
    assert asyncio.get_running_loop().time() - began >= 0.3


async def test_a_429_and_a_403_can_be_cloudflares_own(
    playground: Playground, http: aiohttp.ClientSession, as_bot: RestClient
) -> None:
    url, bot = f"{playground.api_url}/users/@me", {"Authorization": f"Bot {playground.bot_token}"}
    playground.fail(Fault("rate_limit", seconds=300, body="text", via=False))
    async with http.get(url, headers=bot) as response:
        assert (response.status, await response.text()) == (429, "error code: 429")
        assert response.headers["Retry-After"] == "300"
        assert response.content_type == "text/plain"
        assert "Via" not in response.headers
    body = {"kind": "status", "status": 403, "body": "html", "via": False}
    async with http.post(f"{playground.origin}/playground/faults", json=body) as response:
        assert response.status == 200
    async with http.get(url, headers=bot) as response:
        assert response.status == 403
        assert response.content_type == "text/html"
        assert "error code: 403" in await response.text()
        assert "Via" not in response.headers


async def test_a_429_can_be_of_a_shared_limit_or_say_nothing_of_itself(
    playground: Playground, as_bot: RestClient
) -> None:
    playground.fail(Fault("rate_limit", seconds=0.3, shared=True))
    playground.fail(Fault("rate_limit", seconds=3600, headers=False))
    shared = await as_bot("GET", "/users/@me")
    assert shared.headers["X-RateLimit-Scope"] == "shared"
    bare = await as_bot("GET", "/users/@me")
    assert (bare.status, bare.json["retry_after"]) == (429, 3600)
    assert not {"Retry-After", "X-RateLimit-Scope"} & set(bare.headers)
