"""`/privacy` and `/forget-me`: what students are told, and that no byte of them is left."""

import asyncio
import contextlib
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from bot.privacy import sentences as say
from bot.privacy.forgetting_store import KINDS
from bot.sentences import Locale
from cogs.privacy import PrivacyCog
from playground.pilot import SeenMessage
from playground.pilot.student import Student
from playground.server import Playground
from tests.bot.library.dropped_files import reacted
from tests.bot.quizzes.playing import quiz_turn
from tests.house import House, bot_in, eventually, finished, open_house, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

ENGLISH: Locale = "en"
MARKER = "zanzibarquokka"
QUIZ = {
    "title": MARKER,
    "questions": [
        {
            "question_text": f"Is {MARKER} far?",
            "question_type": "MULTIPLE_CHOICE",
            "choices": ["yes", "no"],
            "answer": 0,
        }
    ],
}


def holding(folder: Path, word: str = MARKER) -> list[str]:
    """The files under a folder in which a word stands, in any of the ways in which text is stored; logs of databases
    are emptied first, as Saem does now and then.
    """
    for database in folder.glob("*.sqlite3"):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    sought = [word.encode(), word.encode("utf-16-le"), word.upper().encode()]
    files = [each for each in folder.rglob("*") if each.is_file()]
    return [str(each.relative_to(folder)) for each in files if any(one in each.read_bytes() for one in sought)]


async def forget(student: Student, **options: str) -> SeenMessage:
    """Have all forgotten, or what `options` say; the message that says what went."""
    asked = await student.runs("/forget-me", where="math", **options)
    await student.clicks(await asked.says("Shall I forget"), "Forget")
    return await asked.says("Forgotten:", timeout=30)


async def leave_traces(house: House, student: Student) -> SeenMessage:
    """Say, upload and play something with the marker; the message that began the conversation."""
    house.openai.say(f"About {MARKER}: it is an island and an animal.", f"More of {MARKER}.")
    start = await house.ask(student, f"what is {MARKER}?")
    await finished(student, start, "an island")
    await student.says(start.id, f"more of {MARKER}")
    await finished(student, start, f"More of {MARKER}")
    dropped = await student.drops("library", (f"{MARKER}.txt", f"The {MARKER} eats leaves. {MARKER}!".encode()))
    await reacted(student, dropped, "✅")
    return start


async def test_no_byte_is_left_of_what_a_student_said_uploaded_and_played(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        alex = await house.discord.student("alex")
        await leave_traces(house, alex)
        house.openai.turns.append(quiz_turn(QUIZ))
        quiz = await alex.runs("/quiz", where="math", topic=MARKER)
        assert quiz.ok
        await eventually(lambda: MARKER in str(house.requests[-1]))
        await asyncio.sleep(0.2)
        assert holding(tmp_path)
        said = await forget(alex)
        conversations, files = re.findall(r"conversations: (\d+);.* files: (\d+)", said.text)[0]
        assert int(conversations) >= 1
        assert files == "1"
        await eventually(lambda: not holding(tmp_path), 30.0)  # the index of words is merged a little later
    assert holding(tmp_path) == []


async def test_only_what_was_chosen_goes_and_the_rest_stays(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        alex = await house.discord.student("alex")
        start = await leave_traces(house, alex)
        said = await forget(alex, what="files")
        assert "conversations: 0;" in said.text
        assert "files: 1." in said.text
        house.openai.say("Still here.")
        await alex.says(start.id, "do you remember?")
        await finished(alex, start, "Still here.")
        assert any(MARKER in text for text in house.user_texts())


async def test_a_thread_of_several_begins_anew_without_the_words_of_who_was_forgotten(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    house.openai.say("First.", "Second.", "Third.")
    start = await house.ask(alex, f"my {MARKER}")
    await finished(alex, start, "First.")
    await minji.says(start.id, f"<@{house.discord.bot.id}> my platypus")
    await finished(minji, start, "Second.")
    await forget(alex)
    await minji.says(start.id, f"<@{house.discord.bot.id}> and now?")
    await finished(minji, start, "Third.")
    texts = " ".join(house.user_texts())
    assert "platypus" in texts
    assert MARKER not in texts
    assert "First." not in str(house.requests[-1])


async def test_keep_keeps_all_and_an_answer_under_way_ends(house: House) -> None:
    alex = await house.discord.student("alex")
    gate = asyncio.Event()
    house.openai.turns += [Turn("An answer " * 30, gate=gate)]
    start = await house.ask(alex, f"what is {MARKER}?")
    await alex.sees(start, contains="An")
    asked = await alex.runs("/forget-me", where="math")
    await alex.clicks(await asked.says("Shall I forget"), "Keep")
    await asked.says(say.KEPT(ENGLISH))
    await forget(alex, what="conversations")
    gate.set()
    assert await house.bot.conversation_store.question(start.id) is None


async def test_what_a_crash_leaves_is_forgotten_by_the_next_start(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI() as openai:
        async with bot_in(local, settings_for(local, openai, tmp_path)) as bot:
            house = House(local, openai, bot.settings, bot)
            alex = await local.student("alex")
            await leave_traces(house, alex)
            store = cast("PrivacyCog", bot.get_cog("PrivacyCog")).forgetter._store
            await store.add(alex.id, KINDS, datetime.now(UTC))
        assert holding(tmp_path)
        async with bot_in(local, settings_for(local, openai, tmp_path)) as bot:
            store = cast("PrivacyCog", bot.get_cog("PrivacyCog")).forgetter._store
            async with asyncio.timeout(20):
                while await store.unfinished() or holding(tmp_path):  # noqa: ASYNC110 - the store tells nobody
                    await asyncio.sleep(0.05)
        assert holding(tmp_path) == []


@pytest.mark.parametrize("more", [{}, {"moderation_model": "omni-moderation-latest"}])
async def test_privacy_is_told_from_the_real_settings(tmp_path: Path, more: dict[str, Any]) -> None:
    async with open_house(tmp_path, **more) as house:
        alex = await house.discord.student("alex")
        told = (await (await alex.runs("/privacy", where="math")).says("What I keep")).text
        assert "180 days" in told
        assert "a database on their machine" in told
        assert say.MODEL_IS_HERE(ENGLISH) in told
        assert ("omni-moderation-latest" in told) == bool(more)
        assert "/forget-me" in told
