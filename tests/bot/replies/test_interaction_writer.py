"""Replies that begin as an interaction: through real discord.py, its gateway and its webhooks."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
import pytest
import pytest_asyncio
import yarl
from discord.ext import commands

from bot.discord_clock import DISCORD_CLOCK
from bot.replies.destinations import OnInteraction
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from bot.replies.requests.interaction_responses import make_responses_sure
from playground.faults import Fault
from playground.pilot import Outcome, SeenMessage, Student
from playground.server import Playground

Interaction = discord.Interaction[Any]
EDIT = "PATCH /webhooks/{webhook}/{token}/messages/{message}"


@dataclass
class InteractionHarness:
    """A bot with one command, `/ask`, whose interactions the tests take and answer."""

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

    def messages(self, reply: Reply, student: Student | None = None) -> list[SeenMessage]:
        """The reply's messages as a student sees them."""
        shown = {message.id: message for message in (student or self.minji).messages()}
        return [shown[each] for each in reply.message_ids if each in shown]

    async def seen(self, reply: Reply, *texts: str) -> list[SeenMessage]:
        """Wait until the reply's messages hold these texts."""

        def there() -> bool:
            messages = self.messages(reply)
            return len(messages) == len(texts) and all(
                text in message.text for text, message in zip(texts, messages, strict=True)
            )

        await self.minji.wait_for(there, what=str(texts))
        return self.messages(reply)

    def requests(self, part: str) -> dict[str, int]:
        """How often the bot's routes that hold `part` were called."""
        return {route: count for route, count in self.discord.stats.requests.items() if part in route}


@pytest_asyncio.fixture
async def harness(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[InteractionHarness]:
    async with Playground() as local:
        monkeypatch.setattr(discord.http.Route, "BASE", local.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(local.gateway_url))
        outbox = Outbox()
        bot = commands.Bot("!", intents=discord.Intents.default(), http_trace=outbox.request_trace.config)
        bot._connection.guild_ready_timeout = 0.1
        harness = InteractionHarness(local, outbox, await local.student("minji"), await local.student("junho"))

        @bot.tree.command(description="Ask something")
        async def ask(interaction: Interaction) -> None:
            await harness.asked.put(interaction)

        async with bot:
            await bot.login(local.bot_token)
            await bot.tree.sync()
            running = asyncio.create_task(bot.connect())
            await bot.wait_until_ready()
            yield harness
            await outbox.close()
            await asyncio.gather(*harness.using)
            await bot.close()
            await running


def button(label: str) -> discord.ui.Button[discord.ui.LayoutView]:
    return discord.ui.Button(label=label, custom_id=f"test:{label}")


async def test_the_first_words_are_the_response_and_what_follows_goes_through_its_webhook(
    harness: InteractionHarness,
) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction, buttons=[button("Stop")])
    reply.feed("Let us ")
    [message] = await harness.seen(reply, "Let us")
    assert [control.label for control in message.controls] == ["Stop"]
    for number in range(40):
        reply.feed(f"w{number} ")
        await asyncio.sleep(0.02)
    await reply.finish(buttons=[button("Again")], footer="gpt-6-luna")
    [message] = await harness.seen(reply, "w39")
    assert message.text.startswith("Let us w0 w1")
    assert [control.label for control in message.controls] == ["Again"]
    outcome = await harness.outcome()
    assert outcome.ok
    assert outcome.messages == [message]
    assert sum(harness.requests("PATCH /webhooks").values()) >= 2
    assert not harness.requests("PATCH /channels")
    assert not harness.requests("POST /channels")
    assert harness.discord.stats.too_many == 0


async def test_the_first_words_take_the_place_of_thinking(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    await interaction.response.defer(thinking=True)
    reply = Reply(harness.outbox, interaction)
    reply.feed("Thought.")
    await reply.finish()
    [message] = await harness.seen(reply, "Thought.")
    assert (await harness.outcome()).messages == [message]
    assert not harness.requests("POST /webhooks")


async def test_after_another_response_the_answer_is_a_follow_up(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    await interaction.response.send_message("A moment.", ephemeral=True)
    reply = Reply(harness.outbox, OnInteraction(interaction))
    reply.feed("one ")
    await harness.seen(reply, "one")
    reply.feed("two")
    await reply.finish()
    [message] = await harness.seen(reply, "one two")
    assert message.text == "one two"
    assert sum(harness.requests("POST /webhooks").values()) == 1


async def test_a_private_answer_is_seen_by_who_asked_alone(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, OnInteraction(interaction, ephemeral=True))
    reply.feed("between us " * 500)
    await reply.finish()
    assert len(reply.message_ids) == 2
    messages = await harness.seen(reply, "between us", "between us")
    assert all(message.raw["flags"] & 1 << 6 for message in messages)
    assert not harness.messages(reply, harness.junho)


async def test_a_long_answer_goes_on_in_follow_ups_in_order(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    text = "\n\n".join(f"Paragraph {number}. " + "It goes on and on. " * 20 for number in range(25))
    for at in range(0, len(text), 500):
        reply.feed(text[at : at + 500])
        await asyncio.sleep(0.01)
    await reply.finish(buttons=[button("Again")])
    messages = await harness.seen(reply, "Paragraph 0.", "Paragraph 10.", "Paragraph 24.")
    assert " ".join(" ".join(message.text for message in messages).split()) == " ".join(text.split())
    assert [bool(message.controls) for message in messages] == [False, False, True]
    assert harness.discord.stats.too_many == 0


async def test_the_answer_goes_on_in_the_channel_when_the_token_is_over(
    harness: InteractionHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    reply.feed("before ")
    await harness.seen(reply, "before")
    later = discord.utils.utcnow() + timedelta(minutes=16)
    monkeypatch.setattr(DISCORD_CLOCK, "now", lambda: later)
    harness.discord.clock.advance(16 * 60)
    reply.feed("after")
    await reply.finish()
    await harness.seen(reply, "before after")
    assert harness.requests("PATCH /channels")


async def test_a_token_that_discord_ends_early_does_not_end_the_answer(harness: InteractionHarness) -> None:
    """The two clocks differ: discord.py takes the token for valid."""
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    reply.feed("before ")
    await harness.seen(reply, "before")
    harness.discord.clock.advance(16 * 60)
    assert not interaction.is_expired()
    reply.picture("plot.png", b"\x89PNG plot")
    reply.feed("after")
    await reply.finish()
    assert not reply.undeliverable
    [message] = await harness.seen(reply, "after")
    [gallery] = [each for each in message.raw["components"] if each["type"] == 12]
    picture = gallery["items"][0]["media"]["url"]
    assert await harness.minji.client.fetch(picture) == b"\x89PNG plot"


async def test_an_interaction_that_was_answered_too_late_is_answered_in_the_channel(
    harness: InteractionHarness,
) -> None:
    interaction = await harness.ask()
    harness.discord.clock.advance(4)
    assert not (await harness.outcome()).ok
    reply = Reply(harness.outbox, interaction)
    reply.feed("late, but here")
    await reply.finish()
    [message] = await harness.seen(reply, "late, but here")
    assert message.channel_id == harness.discord.channel("math").id


async def test_a_private_answer_that_came_too_late_is_not_made_public(
    harness: InteractionHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await harness.ask()
    harness.discord.clock.advance(4)
    await harness.outcome()
    for minutes in (0, 16):  # Discord says that it is over; discord.py knows it
        later = discord.utils.utcnow() + timedelta(minutes=minutes)
        monkeypatch.setattr(DISCORD_CLOCK, "now", lambda later=later: later)
        reply = Reply(harness.outbox, OnInteraction(interaction, ephemeral=True))
        reply.feed("between us")
        await reply.finish()
        assert reply.undeliverable
        assert not harness.messages(reply)
    assert not harness.requests("POST /channels")


async def test_the_final_state_arrives_after_failed_edits_and_a_refusal(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    reply.feed("one ")
    await harness.seen(reply, "one")
    harness.discord.fail(Fault(kind="status", route="PATCH */webhooks/*", status=502))
    harness.discord.fail(Fault(kind="rate_limit", route="PATCH */webhooks/*", seconds=0.3))
    reply.feed("two ")
    await asyncio.sleep(0.5)
    reply.feed("three")
    await reply.finish()
    [message] = await harness.seen(reply, "three")
    assert message.text == "one two three"


async def test_the_webhooks_own_limit_is_kept_and_the_global_one_is_left_alone(harness: InteractionHarness) -> None:
    """Discord does not count requests of interactions among the bot's fifty a second."""
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    before = harness.outbox.global_limit.ready_at(asyncio.get_running_loop().time())
    for number in range(200):
        reply.feed(f"w{number} ")
        await asyncio.sleep(0.01)
    await reply.finish()
    await harness.seen(reply, "w199")
    now = asyncio.get_running_loop().time()
    assert harness.outbox.global_limit.ready_at(now) <= max(now, before)
    assert harness.discord.stats.too_many == 0


async def test_an_answer_that_somebody_deleted_falls_silent(harness: InteractionHarness) -> None:
    interaction = await harness.ask()
    reply = Reply(harness.outbox, interaction)
    reply.feed("one ")
    await harness.seen(reply, "one")
    await interaction.delete_original_response()
    reply.feed("two")
    await reply.finish()
    assert reply.undeliverable


async def test_a_message_to_be_replaced_that_was_deleted_meanwhile_becomes_a_new_one(
    harness: InteractionHarness,
) -> None:
    pressed: asyncio.Queue[Interaction] = asyncio.Queue()
    view = discord.ui.View(timeout=None)
    again = discord.ui.Button[discord.ui.View](label="Again")
    again.callback = pressed.put  # type: ignore[assignment]
    view.add_item(again)
    asking = await harness.ask()
    await asking.response.send_message("Old words", view=view)
    old = (await harness.outcome()).message
    harness.using.append(asyncio.create_task(harness.minji.clicks(old, "Again")))
    interaction = await pressed.get()
    await interaction.response.defer()
    await interaction.delete_original_response()
    reply = Reply(harness.outbox, OnInteraction(interaction, replaces_message=True))
    reply.feed("New words")
    await reply.finish()
    [message] = await harness.seen(reply, "New words")
    assert message.id != old.id


@pytest.mark.parametrize("kind", ["disconnect", "status"])
async def test_a_message_whose_answer_is_lost_is_not_sent_twice(harness: InteractionHarness, kind: Any) -> None:
    interaction = await harness.ask()
    await interaction.response.send_message("At once.")
    await harness.outcome()
    harness.discord.fail(Fault(kind, "POST /webhooks/*", after=True, status=502))
    reply = Reply(harness.outbox, OnInteraction(interaction))
    reply.feed("Well done.")
    await reply.finish(footer="The end.")
    await harness.seen(reply, "Well done.")
    assert len([post for post in harness.minji.messages() if "Well done." in post.text]) == 1


@pytest.mark.parametrize("kind", ["status", "disconnect"])
async def test_a_response_that_is_sent_again_has_its_files(harness: InteractionHarness, kind: Any) -> None:
    make_responses_sure()
    interaction = await harness.ask()
    harness.discord.fail(Fault(kind, "POST */callback"))
    await interaction.response.send_message("Here.", file=discord.File(io.BytesIO(b"x" * 100), "notes.txt"))
    message = await (await harness.outcome()).says("Here.")
    assert [(each["filename"], each["size"]) for each in message.raw["attachments"]] == [("notes.txt", 100)]
