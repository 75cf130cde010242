"""Rate limits, their headers and their 429s."""

import time

import aiohttp
import pytest

from playground.faults import Fault
from playground.pilot import Student
from playground.rate_limits import Rate
from playground.server import Playground
from tests.playground.rest_client import RestClient, RestResponse


def messages(playground: Playground, name: str = "math") -> str:
    return f"/channels/{playground.channel(name).id}/messages"


async def test_the_sixth_message_in_five_seconds_is_refused_with_true_headers(
    playground: Playground, as_bot: RestClient
) -> None:
    answers = [await as_bot("POST", messages(playground), {"content": str(number)}) for number in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["4", "3", "2", "1", "0", "0"]
    assert len({answer.headers["X-RateLimit-Bucket"] for answer in answers}) == 1
    refused = answers[-1]
    assert refused.json["message"] == "You are being rate limited."
    assert refused.json["global"] is False
    assert 0 < refused.json["retry_after"] <= 5
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert refused.headers["Via"]
    assert abs(float(refused.headers["X-RateLimit-Reset"]) - time.time()) < 6
    assert "X-RateLimit-Global" not in refused.headers
    assert playground.stats.limited == {"POST /channels/{channel}/messages": 1}
    assert len(playground.messages("#math")) == 5


async def test_a_bucket_is_full_again_after_its_reset(playground: Playground, as_bot: RestClient) -> None:
    for _ in range(5):
        await as_bot("POST", messages(playground), {"content": "x"})
    playground.clock.advance(5.1)
    assert (await as_bot("POST", messages(playground), {"content": "x"})).status == 200


async def test_channels_and_kinds_of_requests_have_buckets_of_their_own(
    playground: Playground, as_bot: RestClient
) -> None:
    for _ in range(5):
        first = await as_bot("POST", messages(playground), {"content": "x"})
    other = await as_bot("POST", messages(playground, "general"), {"content": "x"})
    assert (other.status, other.headers["X-RateLimit-Remaining"]) == (200, "4")
    path = f"{messages(playground)}/{first.json['id']}"
    edits = [await as_bot("PATCH", path, {"content": str(number)}) for number in range(6)]
    assert [answer.status for answer in edits] == [200] * 5 + [429]
    assert edits[0].headers["X-RateLimit-Bucket"] != first.headers["X-RateLimit-Bucket"]


async def test_fifty_requests_a_second_are_the_global_limit(playground: Playground, as_bot: RestClient) -> None:
    # The clock stands still, so that the machine's speed does not matter.
    now = time.time()
    playground.clock._source = lambda: now
    answers: list[RestResponse] = [await as_bot("GET", f"/users/{playground.bot.id}") for _ in range(10)]
    answers += [await as_bot("GET", f"/guilds/{playground.guild.id}/members/{number}") for number in range(41)]
    last = answers[-1]
    assert last.status == 429
    assert last.json["global"] is True
    assert last.headers["X-RateLimit-Global"] == "true"
    assert last.headers["X-RateLimit-Scope"] == "global"
    # Interactions do not count towards it.
    webhook = await as_bot("GET", f"/webhooks/{playground.application.id}/nonsense")
    assert webhook.status == 404


async def test_reactions_come_four_a_second(playground: Playground, as_bot: RestClient, minji: Student) -> None:
    post = await minji.says("#math", "x")
    path = f"/channels/{post.channel_id}/messages/{post.id}/reactions"
    now = time.time()
    playground.clock._source = lambda: now
    first = await as_bot("PUT", f"{path}/%F0%9F%91%8D/@me")
    second = await as_bot("PUT", f"{path}/%E2%9D%8C/@me")
    assert (first.status, second.status) == (204, 429)
    assert second.json["retry_after"] <= 0.25
    assert first.headers["X-RateLimit-Limit"] == "1"


async def test_students_are_not_limited(playground: Playground, as_minji: RestClient) -> None:
    answers = [await as_minji("POST", messages(playground), {"content": "x"}) for _ in range(12)]
    assert {answer.status for answer in answers} == {200}


async def test_limits_can_be_switched_off_and_resized() -> None:
    async with Playground(rate_limits=False) as free, aiohttp.ClientSession() as http:
        as_bot = RestClient(http, free, f"Bot {free.bot_token}")
        assert {(await as_bot("POST", messages(free), {"content": "x"})).status for _ in range(8)} == {200}
    async with Playground(rates={"messages.create": Rate(1, 60.0)}) as tight, aiohttp.ClientSession() as http:
        as_bot = RestClient(http, tight, f"Bot {tight.bot_token}")
        assert [(await as_bot("POST", messages(tight), {"content": "x"})).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_limit_may_be_that_of_all_channels_of_a_guild(hidden: bool) -> None:
    rate = Rate(3, 60.0, shared=True, guild=True, hidden=hidden)
    async with Playground(rates={"threads.create": rate}) as playground, aiohttp.ClientSession() as http:
        as_bot = RestClient(http, playground, f"Bot {playground.bot_token}")
        other = playground.add_guild("Elsewhere").channels
        rooms = [playground.channel(name).id for name in ("math", "general", "math", "general")]

        async def start(channel: int) -> RestResponse:
            return await as_bot("POST", f"/channels/{channel}/threads", {"name": "x", "type": 11})

        answers = [await start(room) for room in rooms]
        assert [answer.status for answer in answers] == [201, 201, 201, 429]
        remaining = [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers]
        assert remaining == ([2, 2, 1, 2] if hidden else [2, 1, 0, 0])
        assert answers[-1].headers["X-RateLimit-Scope"] == "shared"
        assert 50 < answers[-1].json["retry_after"] <= 60
        elsewhere = next(each for each in other.values() if each.type == 0)
        assert (await start(elsewhere.id)).status == 201


async def test_edits_of_messages_older_than_an_hour_are_few(playground: Playground, as_bot: RestClient) -> None:
    message = (await as_bot("POST", messages(playground), {"content": "x"})).json
    path = f"{messages(playground)}/{message['id']}"
    playground.clock.advance(3601)
    answers = [await as_bot("PATCH", path, {"content": str(number)}) for number in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].code == 30046
    assert answers[-1].json["retry_after"] > 0


async def test_a_channel_is_renamed_twice_in_ten_minutes(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    thread = await minji.starts_thread(await minji.says("#math", "x"), "one")
    answers = [await as_bot("PATCH", f"/channels/{thread}", {"name": f"name {number}"}) for number in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    # The headers of this route know nothing of it.
    assert int(answers[-1].headers["X-RateLimit-Remaining"]) > 0
    assert answers[-1].json["retry_after"] > 500


async def test_a_429_on_demand_can_be_global(playground: Playground, as_bot: RestClient) -> None:
    playground.fail(Fault("rate_limit", "GET /users/*", seconds=2.5, is_global=True))
    answer = await as_bot("GET", "/users/@me")
    assert (answer.status, answer.json["retry_after"], answer.json["global"]) == (429, 2.5, True)
    assert (await as_bot("GET", "/users/@me")).status == 200
