"""Polls, as the real discord.py makes, hears and ends them."""

import datetime

import discord
import pytest
from discord.ext import commands

from playground.server import Playground
from tests.playground.conftest import Running, eventually
from tests.playground.rest_client import RestClient

POLL = {"question": {"text": "When?"}, "answers": [{"poll_media": {"text": "now"}}, {"poll_media": {"text": "later"}}]}


async def test_a_poll_is_voted_in_and_ends(
    playground: Playground, running: Running, bot: commands.AutoShardedBot, as_minji: RestClient, as_bot: RestClient
) -> None:
    heard: list[str] = []

    @bot.listen()
    async def on_raw_poll_vote_add(vote: discord.RawPollVoteActionEvent) -> None:
        heard.append(f"+{vote.answer_id}")

    @bot.listen()
    async def on_raw_poll_vote_remove(vote: discord.RawPollVoteActionEvent) -> None:
        heard.append(f"-{vote.answer_id}")

    results: list[discord.Message] = []

    @bot.listen()
    async def on_message(message: discord.Message) -> None:
        if message.type is discord.MessageType.poll_result:
            results.append(message)

    poll = discord.Poll("When?", datetime.timedelta(hours=2))
    poll.add_answer(text="now", emoji="🔥").add_answer(text="later")
    async with running(bot):
        math = bot.get_channel(playground.channel("math").id)
        assert isinstance(math, discord.TextChannel)
        sent = await math.send(poll=poll)
        votes = f"/channels/{math.id}/polls/{sent.id}/answers/@me"
        assert (await as_minji("PUT", votes, {"answer_ids": ["1"]})).status == 204
        assert (await as_minji("PUT", votes, {"answer_ids": ["2"]})).status == 204
        await eventually(lambda: heard == ["+1", "-1", "+2"])
        fetched = (await math.fetch_message(sent.id)).poll
        assert fetched is not None
        assert [(each.text, each.vote_count) for each in fetched.answers] == [("now", 0), ("later", 1)]
        later = fetched.get_answer(2)
        assert later is not None
        assert [each.name async for each in later.voters()] == ["minji"]
        assert (await as_minji("PUT", votes, {"answer_ids": ["1", "2"]})).code == 50035
        assert (await as_bot("PUT", votes, {"answer_ids": ["1"]})).code == 50001
        assert (await as_bot("PATCH", f"/channels/{math.id}/messages/{sent.id}", {"content": "x"})).code == 520003
        assert (await as_minji("POST", f"/channels/{math.id}/polls/{sent.id}/expire")).code == 50001
        ended = await sent.end_poll()
        assert ended.poll is not None
        assert ended.poll.is_finalized()
        await eventually(lambda: results)
        told = {field.name: field.value for field in results[0].embeds[0].fields}
        assert told["victor_answer_text"] == "later"
        assert told["total_votes"] == "1"
        assert (await as_minji("PUT", votes, {"answer_ids": []})).code == 520001


async def test_a_poll_ends_when_its_time_is_over(playground: Playground, as_bot: RestClient) -> None:
    math = playground.channel("math")
    sent = (await as_bot("POST", f"/channels/{math.id}/messages", {"poll": POLL | {"duration": 1}})).json
    playground.clock.advance(3599)
    assert (await as_bot("GET", f"/channels/{math.id}/messages/{sent['id']}")).json["poll"]["results"][
        "is_finalized"
    ] is False
    playground.clock.advance(2)
    newest = (await as_bot("GET", f"/channels/{math.id}/messages")).json
    assert [each["type"] for each in newest] == [46, 0]
    told = {field["name"]: field["value"] for field in newest[0]["embeds"][0]["fields"]}
    assert told == {"poll_question_text": "When?", "victor_answer_votes": "0", "total_votes": "0"}


@pytest.mark.parametrize(
    "change",
    [
        {"question": {"text": "x" * 301}},
        {"question": {}},
        {"answers": []},
        {"answers": [{"poll_media": {"text": "x" * 56}}]},
        {"answers": [{"poll_media": {"text": "x"}}] * 11},
        {"duration": 0},
        {"duration": 769},
    ],
)
async def test_a_poll_that_does_not_fit_is_refused(
    playground: Playground, as_bot: RestClient, change: dict[str, object]
) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    assert (await as_bot("POST", path, {"poll": POLL | change})).code == 50035
