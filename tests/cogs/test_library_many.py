"""Many files, and files that stood there before the bot did: marks, one status message, nothing lost."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from playground.changes.guild_membership import join
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.assistants.retrieval import documents
from tests.cogs.test_library import PLAN, WATER, citing, marked, reactions
from tests.house import House, bot_in, eventually, finished, open_house, settings_for
from tests.scripted_openai import ScriptedOpenAI

Places = tuple[Playground, ScriptedOpenAI, Any]


@pytest_asyncio.fixture
async def places(tmp_path: Path) -> AsyncIterator[Places]:
    async with Playground(rate_limits=False) as discord, ScriptedOpenAI() as openai:
        yield discord, openai, settings_for(discord, openai, tmp_path)


def said_by_bot(student: Student, channel_id: int) -> list[SeenMessage]:
    return [post for post in student.messages() if post.channel_id == channel_id and post.by_bot]


async def test_files_that_stood_in_the_library_before_the_bot_came_answer_questions(places: Places) -> None:
    discord, openai, settings = places
    alex = await discord.student("alex")
    standing = [await alex.drops("library", (f"{n}.txt", f"riddle{n} is {n * 7}".encode())) for n in range(30)]
    bad = await alex.drops("library", ("locked.pdf", documents.locked_pdf()))
    plan = await alex.drops("library", ("plan.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        for message in [*standing, plan]:
            await marked(alex, message, "✅")
        await marked(alex, bad, "⚠️")
        summary = await alex.sees("library", contains="stood in this channel")
        assert "31 can be searched" in summary.text
        assert "1 could not be read" in summary.text
        house = House(discord, openai, settings, bot)
        citing(house, "목표연도")
        answer = await finished(alex, await house.ask(alex, "목표연도는 언제인가요?"), "2030")
        assert str(plan.id) in answer.text
    assert len(said_by_bot(alex, plan.channel_id)) == 1
    assert not [
        data for event, data in alex.events if event == "MESSAGE_REACTION_ADD" and data["emoji"]["name"] == "⏳"
    ]


async def test_what_stood_there_is_taken_in_once_and_stays_out_when_it_was_removed(places: Places) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    first = await alex.drops("library", ("a.txt", WATER.encode()))
    second = await alex.drops("library", ("b.txt", PLAN.encode()))
    async with bot_in(discord, settings):
        await marked(alex, first, "✅")
        await marked(alex, second, "✅")
        (choice,) = await alex.completes("/library remove", "file", "a.txt", where="library")
        await alex.runs("/library remove", file=choice["value"], where="library")
        await alex.sees("library", contains="out of the library")
    async with bot_in(discord, settings) as bot:
        third = await alex.drops("library", ("c.txt", b"something third"))
        await marked(alex, third, "✅")
        assert {file.filename async for file in bot.openai.files.list()} == {"b.txt", "c.txt"}


async def test_a_guild_that_the_bot_is_invited_to_has_its_library_read(places: Places) -> None:
    discord, _, settings = places
    guild = discord.add_guild("New school")
    role = next(role for role in guild.roles.values() if role.managed)
    discord.remove_bot(guild)
    join(discord.world, guild, discord.user("minji"))
    library = discord.add_channel("자료실", guild=guild)
    minji = await discord.student("minji")
    async with bot_in(discord, settings) as bot:
        standing = await minji.drops(library.id, ("plan.txt", PLAN.encode()))
        await eventually(lambda: len(bot.guilds) == 1)
        join(discord.world, guild, discord.bot, roles=[role.id])
        await marked(minji, standing, "✅")


async def test_watching_a_channel_takes_in_what_stands_in_it(house: House) -> None:
    students = [await house.discord.student(name) for name in ("teacher", "minji", "alex")]
    owner = next(each for each in students if each.id == house.bot.guilds[0].owner_id)
    standing = await owner.drops("general", ("water.txt", WATER.encode()))
    later = await owner.says("general", "just words")
    await owner.runs("/library watch", where="general")
    await marked(owner, standing, "✅")
    assert reactions(owner, later) == set()


async def test_long_reading_shows_files_and_pages_in_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_progress.LONG", 0.0)
    monkeypatch.setattr("bot.library.reading_progress.BETWEEN", 0.05)
    pages = [f"Page {n} tells of {'the river and its tides ' * 8}" for n in range(1, 131)]
    async with open_house(tmp_path, playground={"rate_limits": False}) as house:
        alex = await house.discord.student("alex")
        gates = {"boils": asyncio.Event(), "Page 65 ": asyncio.Event()}

        async def wait(texts: Sequence[str]) -> None:
            for words, gate in gates.items():
                if any(words in text for text in texts):
                    await gate.wait()

        house.openai.before_embedding = wait
        dropped = await alex.drops("library", ("a.txt", WATER.encode()), ("book.pdf", documents.pdf(pages)))
        await alex.sees("library", contains="File 1 of 2: **a.txt**")
        gates["boils"].set()
        status = await alex.sees("library", contains="File 2 of 2: **book.pdf**, page 64 of 130", timeout=20)
        gates["Page 65 "].set()
        await marked(alex, dropped, "✅")
        await alex.wait_for(lambda: status.id not in {post.id for post in alex.messages()}, what="the status to go")
        assert not said_by_bot(alex, dropped.channel_id)


async def test_hundreds_of_files_at_once_all_come_to_an_end_and_few_are_fetched_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_progress.LONG", 0.2)
    monkeypatch.setattr("bot.library.reading_progress.BETWEEN", 0.2)
    rates = {"rate_limits": False}
    async with open_house(tmp_path, playground=rates, embedding_model="") as house:
        fetcher = house.bot.cogs["LibraryCog"].library.fetcher  # type: ignore[attr-defined]
        together: list[int] = []
        alex = await house.discord.student("alex")
        watching = asyncio.create_task(_watch(fetcher, together))
        dropped = [
            await alex.drops("library", *[(f"{n}.txt", f"riddle {m} {n}".encode()) for n in range(m, m + 10)])
            for m in range(0, 300, 10)
        ]
        bad = await alex.drops("library", ("empty.txt", b" "), ("good.txt", WATER.encode()))
        for message in [*dropped, bad]:
            await marked(alex, message, "✅", timeout=60)
        watching.cancel()
        assert "⚠️" in reactions(alex, bad)
        counts = await house.bot.cogs["LibraryCog"].library.records.counts(house.bot.guilds[0].id)  # type: ignore[attr-defined]
        assert (counts["ready"][0], counts["failed"][0]) == (301, 1)
        assert max(together) <= 6
        statuses = {int(data["id"]) for event, data in alex.events if event == "MESSAGE_CREATE" and _is_status(data)}
        assert len(statuses) == 1
        await alex.wait_for(lambda: len(said_by_bot(alex, bad.channel_id)) == 1, what="nothing but the refusal to stay")


def _is_status(data: dict[str, Any]) -> bool:
    return "📚 File" in str(data.get("content"))


async def _watch(fetcher: Any, together: list[int]) -> None:
    while True:
        folder = fetcher._directory
        together.append(len(list(folder.iterdir())) if folder.exists() else 0)
        await asyncio.sleep(0.01)


async def test_an_end_that_nobody_was_shown_is_shown_after_a_restart(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    discord, _, settings = places
    alex = await discord.student("alex")
    with monkeypatch.context() as broken:
        broken.setattr("bot.library.marks.DONE", "not an emoji")  # Discord refuses it
        broken.setattr("bot.library.library_store.Records.marked", _die)
        async with bot_in(discord, settings) as bot:
            dropped = await alex.drops("library", ("a.txt", WATER.encode()))
            records = bot.cogs["LibraryCog"].library.records  # type: ignore[attr-defined]
            while not await records.in_state("ready"):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert "✅" not in reactions(alex, dropped)
    async with bot_in(discord, settings):
        await marked(alex, dropped, "✅")


async def _die(*_: Any) -> None:
    raise asyncio.CancelledError
