"""What belongs to one guild or thread is found in no other; and what was missed while the bot was away is caught up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client import SaemBot
from playground.changes.guild_membership import join
from playground.pilot import Student
from playground.server import Playground
from tests.cogs.quizzes import press, with_button
from tests.cogs.test_library import PLAN, WATER, citing, marked, reactions
from tests.house import House, bot_in, finished, open_house, settings_for
from tests.scripted_openai import ScriptedOpenAI, tool_outputs

SECRET = "The other school's exam answer is swordfish."


class Two:
    """Two guilds with one bot; a student in each."""

    def __init__(self, house: House, ours: Student, theirs: Student, channels: dict[str, int]) -> None:
        self.house, self.ours, self.theirs = house, ours, theirs
        self.their_library, self.their_math = channels["library"], channels["math"]


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    channels: dict[str, int] = {}

    def furnish(discord: Playground) -> None:
        guild = discord.add_guild("Other school")
        join(discord.world, guild, discord.user("minji"))
        names = {channel.name: channel.id for channel in guild.channels.values()}
        for name in ("library", "math"):
            channels[name] = names.get(name) or discord.add_channel(name, guild=guild).id

    async with open_house(tmp_path, furnish=furnish) as house:
        ours, theirs = await house.discord.student("alex"), await house.discord.student("minji")
        yield Two(house, ours, theirs, channels)


async def test_another_guilds_files_are_found_by_no_question_search_list_or_removal(two: Two) -> None:
    house = two.house
    dropped = await two.theirs.drops(two.their_library, ("secret.txt", SECRET.encode()))
    await marked(two.theirs, dropped, "✅")
    mine = await two.ours.drops("library", ("water.txt", WATER.encode()))
    await marked(two.ours, mine, "✅")
    stores = [store async for store in house.bot.openai.vector_stores.list()]
    files = [file async for file in house.bot.openai.files.list()]
    secret = next(file for file in files if file.filename == "secret.txt")
    their_store = next(store for store in stores if store.metadata != stores[0].metadata or store is stores[-1])
    for query in ("swordfish", secret.id, their_store.id, f"swordfish in {their_store.id}"):
        citing(house, query)
        question = await house.ask(two.ours, f"look for {query}")
        await finished(two.ours, question)
        assert SECRET not in str([tool_outputs(body) for body in house.requests])
    await two.ours.runs("/library search", query="swordfish exam answer", where="library")
    await two.ours.sees("library", contains="holds nothing")
    await two.ours.runs("/library list", where="library")
    assert "secret" not in (await two.ours.sees("library", contains="1 files")).text
    assert await two.ours.completes("/library remove", "file", "secret", where="library") == []
    attachment = str(dropped.attachments[0]["id"])
    for forged in (attachment, "secret.txt", secret.id):
        await two.ours.runs("/library remove", file=forged, where="library")
    assert {file.id async for file in house.bot.openai.files.list()} == {file.id for file in files}


async def test_a_forged_button_turns_the_pages_of_ones_own_guild_alone(two: Two) -> None:
    house = two.house
    dropped = await two.theirs.drops(two.their_library, ("secret.txt", SECRET.encode()))
    await marked(two.theirs, dropped, "✅")
    answer = await finished(two.ours, await house.ask(two.ours, "hello"))
    for forged in ("library:list:0", "library:list:99999"):
        with_button(house, answer, forged)
        pressed = await press(two.ours, answer, forged)
        assert pressed.ok
        shown = house.discord.world.channels[answer.channel_id].messages[answer.id]
        assert "secret" not in str(shown.components)
        assert "0 files" in str(shown.components)


async def test_the_same_content_in_two_guilds_is_two_files(two: Two) -> None:
    first = await two.theirs.drops(two.their_library, ("a.txt", WATER.encode()))
    await marked(two.theirs, first, "✅")
    second = await two.ours.drops("library", ("a.txt", WATER.encode()))
    await marked(two.ours, second, "✅")
    await two.theirs.deletes(first)
    citing(two.house, "boils", "100{mark}")
    answer = await finished(two.ours, await two.house.ask(two.ours, "when does water boil?"), "100")
    assert str(second.id) in answer.text
    assert str(first.id) not in answer.text


async def test_a_threads_file_is_found_in_no_other_thread(house: House) -> None:
    alex = await house.discord.student("alex")
    citing(house, "목표연도")
    question = await alex.drops("math", ("plan.txt", PLAN.encode()), text=f"{house.mention} 목표연도는?")
    await finished(alex, question, "2030")
    seen = len(house.requests)
    for text in ("목표연도는?", f"look into thread {question.id} for plan.txt"):
        await finished(alex, await house.ask(alex, text))
    assert PLAN not in str(house.requests[seen:])


@pytest_asyncio.fixture
async def places(tmp_path: Path) -> AsyncIterator[tuple[Playground, ScriptedOpenAI, Any]]:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        yield discord, openai, settings_for(discord, openai, tmp_path)


async def test_files_dropped_while_the_bot_was_away_are_taken_in(
    places: tuple[Playground, ScriptedOpenAI, Any],
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        known = await alex.drops("library", ("known.txt", WATER.encode()))
        await marked(alex, known, "✅")
    missed = await alex.drops("library", ("missed.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        await marked(alex, missed, "✅")
        assert await _filenames(bot) == {"known.txt", "missed.txt"}


async def test_files_deleted_while_the_bot_was_away_are_taken_out(
    places: tuple[Playground, ScriptedOpenAI, Any],
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        gone = await alex.drops("library", ("gone.txt", WATER.encode()))
        await marked(alex, gone, "✅")
        stays = await alex.drops("library", ("stays.txt", PLAN.encode()))
        await marked(alex, stays, "✅")
    await alex.deletes(gone)
    async with bot_in(discord, settings) as bot:
        for _ in range(400):
            if await _filenames(bot) == {"stays.txt"}:
                break
            await _soon()
        assert await _filenames(bot) == {"stays.txt"}


async def test_a_file_that_vanishes_from_the_cdn_is_said_so(house: House) -> None:
    alex = await house.discord.student("alex")
    house.discord.cdn.vanished = True
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), text="notes for the test")
    await marked(alex, dropped, "⚠️")
    assert "could not be fetched" in (await alex.sees("library", contains="a.txt")).text
    assert await _filenames(house.bot) == set()


async def test_a_file_larger_than_the_limit_is_refused_before_it_is_fetched(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.downloads.LIMIT", 10)
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), text="notes for the test")
    await marked(alex, dropped, "⚠️")
    assert "larger than" in (await alex.sees("library", contains="a.txt")).text
    assert "✅" not in reactions(alex, dropped)


async def test_a_store_that_the_server_lost_is_filled_anew(house: House) -> None:
    alex = await house.discord.student("alex")
    await marked(alex, await alex.drops("library", ("a.txt", WATER.encode())), "✅")
    (store,) = [store async for store in house.bot.openai.vector_stores.list()]
    await house.bot.openai.vector_stores.delete(store.id)
    await marked(alex, await alex.drops("library", ("b.txt", PLAN.encode())), "✅")
    for _ in range(400):
        records = await house.bot.cogs["LibraryCog"].library.records.in_state("waiting")  # type: ignore[attr-defined]
        if not records:
            break
        await _soon()
    (store,) = [store async for store in house.bot.openai.vector_stores.list()]
    for _ in range(400):
        row = await house.bot.openai.vector_stores.retrieve(store.id)
        if row.file_counts.completed == 2:
            break
        await _soon()
    assert row.file_counts.completed == 2


async def _filenames(bot: SaemBot) -> set[str]:
    return {file.filename async for file in bot.openai.files.list()}


async def _soon() -> None:
    await asyncio.sleep(0.05)
