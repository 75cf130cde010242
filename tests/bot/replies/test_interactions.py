"""Replies that begin as an interaction: through real discord.py, its gateway and its webhooks."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
import yarl
from discord.ext import commands

from bot.replies.destinations import OnInteraction
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from playground.faults import Fault
from playground.pilot import Outcome, SeenMessage, Student
from playground.server import Playground

Interaction = discord.Interaction[Any]
EDIT = "PATCH /webhooks/{webhook}/{token}/messages/{message}"


@dataclass
class HelpDesk:
    """A bot with one command, `/ask`, whose interactions a test takes from it and answers."""

    discord: Playground
    outbox: Outbox
    minji: Student
    junho: Student
    asked: asyncio.Queue[Interaction] = field(default_factory=asyncio.Queue)
    using: list[asyncio.Task[Outcome]] = field(default_factory=list)

    async def ask(self) -> Interaction:
        """Minji uses the command; nobody has answered yet."""
        self.using.append(asyncio.create_task(self.minji.runs("/ask", where="math")))
        return await self.asked.get()

    async def outcome(self) -> Outcome:
        """What became of the newest interaction."""
        return await self.using[-1]

    def posts(self, reply: Reply, student: Student | None = None) -> list[SeenMessage]:
        """The reply's messages as a student sees them."""
        shown = {post.id: post for post in (student or self.minji).messages()}
        return [shown[each] for each in reply.message_ids if each in shown]

    async def seen(self, reply: Reply, *texts: str) -> list[SeenMessage]:
        """Wait until the reply's messages hold these texts."""

        def there() -> bool:
            posts = self.posts(reply)
            return len(posts) == len(texts) and all(text in post.text for text, post in zip(texts, posts, strict=True))

        await self.minji.wait_for(there, what=str(texts))
        return self.posts(reply)

    def requests(self, part: str) -> dict[str, int]:
        """How often the bot's routes that hold `part` were called."""
        return {route: count for route, count in self.discord.stats.requests.items() if part in route}


@pytest_asyncio.fixture
async def help_desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HelpDesk]:
    async with Playground() as local:
        monkeypatch.setattr(discord.http.Route, "BASE", local.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local.gateway_url))
        outbox = Outbox()
        bot = commands.Bot("!", intents=discord.Intents.default(), http_trace=outbox.request_trace.config)
        bot._connection.guild_ready_timeout = 0.1
        help_desk = HelpDesk(local, outbox, await local.student("minji"), await local.student("junho"))

        @bot.tree.command(description="Ask something")
        async def ask(interaction: Interaction) -> None:
            await help_desk.asked.put(interaction)

        async with bot:
            await bot.login(local.bot_token)
            await bot.tree.sync()
            running = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            yield help_desk
            await outbox.close()
            await asyncio.gather(*help_desk.using)
            await bot.close()
            await running


def button(label: str) -> discord.ui.Button[discord.ui.LayoutView]:
    return discord.ui.Button(label=label, custom_id=f"test:{label}")


async def test_the_first_words_are_the_response_and_what_follows_goes_through_its_webhook(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction, running=[button("Stop")])
    reply.feed("Let us ")
    [post] = await help_desk.seen(reply, "Let us")
    assert [control.label for control in post.controls] == ["Stop"]
    for number in range(40):
        reply.feed(f"w{number} ")
        await asyncio.sleep(0.02)
    await reply.finish(buttons=[button("Again")], footer="gpt-6-luna")
    [post] = await help_desk.seen(reply, "w39")
    assert post.text.startswith("Let us w0 w1")
    assert [control.label for control in post.controls] == ["Again"]
    outcome = await help_desk.outcome()
    assert outcome.ok
    assert outcome.messages == [post]
    assert sum(help_desk.requests("PATCH /webhooks").values()) >= 2
    assert not help_desk.requests("PATCH /channels")
    assert not help_desk.requests("POST /channels")
    assert help_desk.discord.stats.too_many == 0


async def test_the_first_words_take_the_place_of_thinking(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    await interaction.response.defer(thinking=True)
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("Thought.")
    await reply.finish()
    [post] = await help_desk.seen(reply, "Thought.")
    assert (await help_desk.outcome()).messages == [post]
    assert not help_desk.requests("POST /webhooks")


async def test_after_another_response_the_answer_is_a_follow_up(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    await interaction.response.send_message("A moment.", ephemeral=True)
    reply = Reply(help_desk.outbox, OnInteraction(interaction))
    reply.feed("one ")
    await help_desk.seen(reply, "one")
    reply.feed("two")
    await reply.finish()
    [post] = await help_desk.seen(reply, "one two")
    assert post.text == "one two"
    assert sum(help_desk.requests("POST /webhooks").values()) == 1


async def test_a_private_answer_is_seen_by_who_asked_alone(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, OnInteraction(interaction, ephemeral=True))
    reply.feed("between us " * 500)
    await reply.finish()
    assert len(reply.message_ids) == 2
    posts = await help_desk.seen(reply, "between us", "between us")
    assert all(post.raw["flags"] & 1 << 6 for post in posts)
    assert not help_desk.posts(reply, help_desk.junho)


async def test_a_long_answer_goes_on_in_follow_ups_in_order(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    text = "\n\n".join(f"Paragraph {number}. " + "It goes on and on. " * 20 for number in range(25))
    for at in range(0, len(text), 500):
        reply.feed(text[at : at + 500])
        await asyncio.sleep(0.01)
    await reply.finish(buttons=[button("Again")])
    posts = await help_desk.seen(reply, "Paragraph 0.", "Paragraph 10.", "Paragraph 24.")
    assert " ".join(" ".join(post.text for post in posts).split()) == " ".join(text.split())
    assert [bool(post.controls) for post in posts] == [False, False, True]
    assert help_desk.discord.stats.too_many == 0


async def test_the_answer_goes_on_in_the_channel_when_the_token_is_over(
    help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("before ")
    await help_desk.seen(reply, "before")
    later = discord.utils.utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(discord.utils, "utcnow", lambda: later)
    help_desk.discord.clock.advance(16 * 60)
    reply.feed("after")
    await reply.finish()
    await help_desk.seen(reply, "before after")
    assert help_desk.requests("PATCH /channels")


async def test_a_token_that_discord_ends_early_does_not_end_the_answer(help_desk: HelpDesk) -> None:
    """The two clocks differ: discord.py takes the token for good."""
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("before ")
    await help_desk.seen(reply, "before")
    help_desk.discord.clock.advance(16 * 60)
    assert not interaction.is_expired()
    reply.picture("plot.png", b"\x89PNG plot")
    reply.feed("after")
    await reply.finish()
    assert not reply.undeliverable
    [post] = await help_desk.seen(reply, "after")
    [gallery] = [each for each in post.raw["components"] if each["type"] == 12]
    picture = gallery["items"][0]["media"]["url"]
    assert await help_desk.minji.client.fetch(picture) == b"\x89PNG plot"


async def test_an_interaction_that_was_answered_too_late_is_answered_in_the_channel(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    help_desk.discord.clock.advance(4)
    assert not (await help_desk.outcome()).ok
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("late, but here")
    await reply.finish()
    [post] = await help_desk.seen(reply, "late, but here")
    assert post.channel_id == help_desk.discord.channel("math").id


async def test_a_private_answer_that_came_too_late_is_not_made_public(
    help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await help_desk.ask()
    help_desk.discord.clock.advance(4)
    await help_desk.outcome()
    for minutes in (0, 16):  # Discord says that it is over; discord.py knows it
        later = discord.utils.utcnow() + timedelta(minutes=minutes)
        monkeypatch.setattr(discord.utils, "utcnow", lambda later=later: later)
        reply = Reply(help_desk.outbox, OnInteraction(interaction, ephemeral=True))
        reply.feed("between us")
        await reply.finish()
        assert reply.undeliverable
        assert not help_desk.posts(reply)
    assert not help_desk.requests("POST /channels")


async def test_the_final_state_arrives_after_failed_edits_and_a_refusal(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("one ")
    await help_desk.seen(reply, "one")
    help_desk.discord.fail(Fault(kind="status", route="PATCH */webhooks/*", status=502))
    help_desk.discord.fail(Fault(kind="rate_limit", route="PATCH */webhooks/*", seconds=0.3))
    reply.feed("two ")
    await asyncio.sleep(0.5)
    reply.feed("three")
    await reply.finish()
    [post] = await help_desk.seen(reply, "three")
    assert post.text == "one two three"


async def test_the_webhooks_own_limit_is_kept_and_the_global_one_is_left_alone(help_desk: HelpDesk) -> None:
    """Discord counts what belongs to interactions apart from the bot's fifty a second."""
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    before = help_desk.outbox.budget.ready_at(asyncio.get_running_loop().time())
    for number in range(200):
        reply.feed(f"w{number} ")
        await asyncio.sleep(0.01)
    await reply.finish()
    await help_desk.seen(reply, "w199")
    now = asyncio.get_running_loop().time()
    assert help_desk.outbox.budget.ready_at(now) <= max(now, before)
    assert help_desk.discord.stats.too_many == 0


async def test_an_answer_that_somebody_deleted_falls_silent(help_desk: HelpDesk) -> None:
    interaction = await help_desk.ask()
    reply = Reply(help_desk.outbox, interaction)
    reply.feed("one ")
    await help_desk.seen(reply, "one")
    await interaction.delete_original_response()
    reply.feed("two")
    await reply.finish()
    assert reply.undeliverable


async def test_a_message_to_be_taken_over_that_was_deleted_meanwhile_becomes_a_new_one(help_desk: HelpDesk) -> None:
    pressed: asyncio.Queue[Interaction] = asyncio.Queue()
    view = discord.ui.View(timeout=None)
    again = discord.ui.Button[discord.ui.View](label="Again")
    again.callback = pressed.put  # type: ignore[assignment]
    view.add_item(again)
    asking = await help_desk.ask()
    await asking.response.send_message("Old words", view=view)
    old = (await help_desk.outcome()).message
    help_desk.using.append(asyncio.create_task(help_desk.minji.clicks(old, "Again")))
    interaction = await pressed.get()
    await interaction.response.defer()
    await interaction.delete_original_response()
    reply = Reply(help_desk.outbox, OnInteraction(interaction, replaces_message=True))
    reply.feed("New words")
    await reply.finish()
    [post] = await help_desk.seen(reply, "New words")
    assert post.id != old.id
