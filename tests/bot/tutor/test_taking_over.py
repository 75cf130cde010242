"""Two bots on one database: what is under way while a shard goes from one to the other is done once, by one of them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.client import SaemBot
from bot.store.server_settings import LANGUAGE
from playground.changes.guild_membership import join
from playground.pilot import SeenMessage, Student
from tests.bot.library.dropped_files import WATER, citing, reacted
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.shards.processes import leases_of, open_processes
from tests.bot.tutor.two_bots import CLASS, Pair, open_pair
from tests.house import eventually, finished
from tests.scripted_openai import Call, Turn

pytestmark = pytest.mark.postgres


@pytest_asyncio.fixture
async def pair(tmp_path: Path, postgres: str) -> AsyncIterator[Pair]:
    """Two bots; the first has the class."""
    async with open_pair(tmp_path, postgres) as running:
        yield running


def answers(student: Student, question: SeenMessage) -> list[SeenMessage]:
    """What the bots show in the thread of a question."""
    return [post for post in student.messages(question) if post.by_bot]


def waiting(bot: SaemBot, question: SeenMessage) -> int:
    """How many questions wait in the conversation that a question began."""
    conversation = bot.conversations._loaded.get(question.id)
    return 0 if conversation is None else len(conversation._pending)


async def ended(pair: Pair) -> None:
    """Wait until the ends of all answers are stored."""
    async with asyncio.timeout(10):
        while await pair.second.conversation_store.answers_in("running"):  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.01)


async def test_answers_under_way_end_where_they_began_and_what_waits_is_asked_once_by_the_next(pair: Pair) -> None:
    alex, minji = [await pair.discord.student(name) for name in ("alex", "minji")]
    counting, stopping = asyncio.Event(), asyncio.Event()
    pair.openai.turns += [Turn("one two three", gate=counting)]
    question = await alex.says("math", f"{pair.mention} count to three")
    await alex.sees(question, contains="one")
    pair.openai.turns += [Turn("first second third", gate=stopping)]
    other = await minji.says("math", f"{pair.mention} count the places")
    shown = await minji.sees(other, contains="first")
    follow_up = await alex.says(question.id, "and four?")
    await eventually(lambda: waiting(pair.first, question) == 1)
    pair.openai.turns += [Turn("four, of course")]

    await pair.hand_over(pair.first, pair.second)
    later = await alex.says(question.id, "and five?")
    await eventually(lambda: waiting(pair.second, question) == 2)
    # Stop comes to the second bot, and ends the answer of the first.
    assert (await minji.clicks(shown, "Stop")).ok
    await finished(minji, other, button="saem:retry:")
    counting.set()

    await finished(alex, question, "one two three")
    await finished(alex, question, "four, of course")
    assert [post.text for post in answers(alex, question) if "interrupted" in post.text] == []
    assert len(answers(alex, question)) == 2
    texts = [text for body in pair.openai.requests[-1:] for text in [str(body["input"])]]
    assert all(texts[0].index("and four?") < text.index("and five?") for text in texts)
    await ended(pair)
    for each in (question, other, follow_up, later):
        stored = await pair.second.conversation_store.question(each.id)
        assert stored is not None
        assert stored.state == "answered"
    stopping.set()


async def test_quizzes_go_on_and_calls_that_a_tool_is_at_end_where_they_began(pair: Pair) -> None:
    alex = await pair.discord.student("alex")
    one = {**FRACTIONS, "questions": FRACTIONS["questions"][:1]}
    pair.openai.turns += [Turn("", calls=[Call("generate_quiz", one)]), Turn("Well done.")]
    await alex.runs("/quiz", topic="fractions", where="math")
    post = await alex.sees(contains="1/2 + 1/3", matching=lambda each: bool(each.controls))
    await pair.hand_over(pair.first, pair.second)
    await pair.hand_over(pair.second, pair.first)
    await pair.hand_over(pair.first, pair.second)
    await alex.clicks(post, next(each.label for each in post.controls if "5/6" in (each.label or "")))
    await alex.sees(post.channel_id, contains="Well done.")
    assert len([each for each in alex.messages() if "Well done." in each.text]) == 1
    assert not pair.first.get_cog("QuizCog").quizmaster._quizzes.in_memory()  # type: ignore[union-attr]


async def test_a_process_that_was_cut_off_shows_and_stores_nothing_more(pair: Pair) -> None:
    alex = await pair.discord.student("alex")
    gate = asyncio.Event()
    pair.openai.turns += [Turn("one two three", gate=gate)]
    question = await alex.says("math", f"{pair.mention} count to three")
    await alex.sees(question, contains="one")
    pair.openai.turns += [Turn("four")]
    await pair.cut_off(pair.first, pair.second)
    gate.set()
    await finished(alex, question, button="saem:", contains="one")
    await alex.says(question.id, "go on")
    await finished(alex, question, "four")
    assert len(answers(alex, question)) == 2
    await ended(pair)
    assert pair.leases.owners[CLASS] == pair.second.ownership.process_id


async def test_a_file_that_is_being_read_is_read_to_its_end_by_the_process_that_began_it(pair: Pair) -> None:
    alex = await pair.discord.student("alex")
    first, second = [bot.get_cog("LibraryCog").library for bot in (pair.first, pair.second)]  # type: ignore[union-attr]
    reading, go_on = asyncio.Event(), asyncio.Event()
    index = first.vector_store_files.add

    async def add_later(*arguments: Any) -> Any:
        reading.set()
        await go_on.wait()
        return await index(*arguments)

    first.vector_store_files.add = add_later
    dropped = await alex.drops("library", ("water.txt", WATER.encode()), ("ice.txt", b"Ice melts at 0 degrees."))
    await asyncio.wait_for(reading.wait(), 10)
    await pair.hand_over(pair.first, pair.second)
    await asyncio.sleep(0)
    assert pair.second.holds.held("files", dropped.id)
    assert not second.intake.at_work(dropped.id)
    go_on.set()
    await reacted(alex, dropped, "✅")
    async with asyncio.timeout(10):
        while len(await second.library_store.of_guild(pair.discord.guild.id, "ready")) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stores = await pair.second.openai.vector_stores.list()
    assert [store.file_counts.total for store in stores.data] == [2], "each was uploaded once"


async def test_direct_messages_know_the_libraries_of_guilds_that_another_process_serves(pair: Pair) -> None:
    other = next(guild for guild in pair.discord.world.guilds.values() if guild.name == "Another school")
    join(pair.discord.world, other, pair.discord.user("alex"))
    alex = await pair.discord.student("alex")
    dm = await alex.dm(pair.discord.bot.id)
    channel = pair.discord.add_channel("library", guild=other)
    dropped = await alex.drops(channel.id, ("water.txt", WATER.encode()))
    await reacted(alex, dropped, "✅")
    await alex.runs("/server", where=dm, name=other.name)
    await alex.sees(dm, contains=other.name)
    readable = pair.first.get_cog("LibraryCog").library.readable_files  # type: ignore[union-attr]
    assert await readable.names_in_place(0, dm) == ["water.txt"]
    citing(pair, "boils", "It says so{mark}.")  # type: ignore[arg-type]
    await alex.says(dm, "what of boils?")
    assert "water.txt" in (await finished(alex, dm, "It says so")).text


async def test_a_press_in_direct_messages_reaches_what_another_process_has_in_memory(pair: Pair) -> None:
    """The other process keeps a quiz that is over; who has all deleted in direct messages is gone from it too."""
    await pair.hand_over(pair.first, pair.second)
    told: list[int] = []
    pair.second.get_cog("HintsCog").ladders.forget_student = told.append  # type: ignore[union-attr]
    await pair.first.notices.tell("forget", student=7)
    await eventually(lambda: told == [7])


async def test_what_a_server_has_set_in_one_process_holds_in_all(pair: Pair) -> None:
    guild = pair.discord.guild.id
    await pair.first.server_settings.choose(LANGUAGE, "ko", guild)
    await eventually(lambda: pair.second.language_of(guild) == "ko")
    await pair.second.server_settings.clear(LANGUAGE, guild)
    await eventually(lambda: pair.first.language_of(guild) is None)


async def test_a_bot_that_is_stopped_ends_its_answer_while_another_has_its_shard_by_lease(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_processes(tmp_path, postgres, monkeypatch, shards=1) as processes:
        first = await processes.start()
        second = await processes.start()
        alex = await processes.student()
        gate = asyncio.Event()
        processes.openai.turns += [Turn("one two three", gate=gate), Turn("four, of course")]
        question = await alex.says("math", f"<@{processes.discord.bot.id}> count to three")
        await alex.sees(question, contains="one")
        await alex.says(question.id, "and four?")
        await eventually(lambda: waiting(first, question) == 1)
        stopping = asyncio.create_task(processes.stop(first))
        await eventually(lambda: leases_of(second).shard_ids == {0})
        await eventually(lambda: waiting(second, question) == 1)
        gate.set()
        await finished(alex, question, "four, of course")
        await stopping
        shown = answers(alex, question)
        assert ["one two three" in post.text for post in shown] == [True, False]
        assert not [post for post in shown if any("saem:stop" in (each.custom_id or "") for each in post.controls)]
