"""Files, questions from a time away, reminders and settings, while the bot dies."""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any

from benchmarks.kill_points.learning_scenarios import missed
from benchmarks.kill_points.scenarios import answers_by_marks, ends, has, is_over, rows, scenario, words
from benchmarks.kill_points.stage import Stage
from playground.pilot import SeenMessage
from tests.assistants.retrieval import documents

WATER = b"Water boils at 100 degrees Celsius at sea level."


def marks(stage: Stage, message: SeenMessage) -> list[str]:
    """The emoji under a message."""
    seen = next(each for each in stage.discord.messages(message.channel_id) if each.id == message.id)
    return [each["emoji"]["name"] for each in seen.raw.get("reactions", [])]


def _has_mark(stage: Stage, message: SeenMessage, emoji: str) -> bool:
    return emoji in marks(stage, message)


async def files_read(stage: Stage, messages: Sequence[SeenMessage], emoji: str = "✅") -> None:
    """Each message gets its mark, and no other."""
    for each in messages:
        await stage.until(partial(_has_mark, stage, each, emoji), f"{emoji} under a file")
    await stage.quiet()
    for each in messages:
        stage.expect("one mark", holds=marks(stage, each) == [emoji], about=marks(stage, each))


@scenario(patches={"bot.library.reading_progress.SHOWN_AFTER": 0.0})
async def files(stage: Stage) -> None:
    """Files dropped, one of them broken, one removed: each is whole or reported once, and the removed one is gone."""
    async with stage.preparation():
        pass  # what stands in a channel that was never looked at is read in bulk, and one sentence tells of all
    await stage.begin()
    alex = await stage.discord.student("alex")
    two = await alex.drops("library", ("a.txt", WATER), ("b.txt", b"The number e is about 2.718."))
    bad = await alex.drops("library", ("locked.pdf", documents.locked_pdf()))
    await files_read(stage, [two])
    await files_read(stage, [bad], "⚠️")
    gone = await alex.drops("library", ("c.txt", b"A prime has two divisors."))
    await files_read(stage, [gone])
    await alex.deletes(gone)
    await stage.until(lambda: ("c.txt",) not in rows(stage, "SELECT filename FROM library_files"), "its removal")
    await stage.quiet()
    said = stage.said("library")
    reports = [each for each in said if "locked.pdf" in each.text]
    stage.expect("one report", holds=len(reports) == 1, about=[each.describe() for each in said])
    stage.expect("nothing is left behind", holds=len(said) == len(reports), about=[each.describe() for each in said])
    stored = sorted(rows(stage, "SELECT filename, state FROM library_files"))
    wanted = [("a.txt", "ready"), ("b.txt", "ready"), ("locked.pdf", "failed")]
    stage.expect("each file once", holds=stored == wanted, about=stored)


@scenario()
async def away(stage: Stage) -> None:
    """What was asked, dropped and written directly while the bot was away is answered once, in order."""
    answers_by_marks(stage, every=0.01)
    alex, minji = await stage.discord.student("alex"), await stage.discord.student("minji")
    direct = await minji.dm(stage.discord.bot.id)
    async with stage.preparation():
        start = await alex.says("math", f"{stage.mention} ask before")
        await ends(stage, alex, "before")
        await minji.says(direct, "ask hello")
        await ends(stage, minji, "hello")
    await alex.says(start.id, "ask one")
    await alex.says("math", f"{stage.mention} ask two")
    await minji.says(direct, "ask three")
    file = await alex.drops("library", ("a.txt", WATER))
    await alex.says(start.id, "ask four")
    await stage.begin()
    for mark in ("one", "two", "three", "four"):
        await ends(stage, alex, mark)
    await files_read(stage, [file])
    await is_over(stage)


@scenario()
async def made_anew(stage: Stage) -> None:
    """Regenerate; then a question that is edited while it is answered: one answer, to the newest words."""
    answers_by_marks(stage, every=0.05)
    alex = await stage.discord.student("alex")
    async with stage.preparation():
        start = await alex.says("math", f"{stage.mention} ask first")
        await ends(stage, alex, "first")
    asked = len(stage.openai.received)
    await stage.begin()
    post = words(stage, "first")[0]
    await stage.press(alex, post, "Regenerate", lambda: len(stage.openai.received) > asked, "the model's being asked")
    await ends(stage, alex, "first")
    second = await alex.says(start.id, "ask wrong")
    await stage.until(lambda: any("a:wrong" in each.text for each in stage.said()) or stage.deaths, "the beginning")
    await alex.edits(second, "ask right")
    offered: Any = lambda: [each for each in stage.said() if has(each, "saem:edited:")]  # noqa: E731
    await stage.until(lambda: words(stage, "right") or offered(), "an answer to the new words, or the offer")
    if not words(stage, "right"):
        await stage.press(alex, offered()[0], "Answer the edited question", lambda: words(stage, "right"), "the answer")
    await ends(stage, alex, "right")
    stage.expect("no answer to the old words", holds=not words(stage, "wrong"))
    await is_over(stage)


@scenario(patches={"bot.learning.reminders.reminders.LOOK_EVERY": 0.2})
async def reminder(stage: Stage) -> None:
    """A reminder of due cards comes, and comes once."""
    alex = await stage.discord.student("alex")
    await missed(stage, alex)
    with closing(sqlite3.connect(stage.directory / "saem.sqlite3")) as database, database:
        database.execute("UPDATE cards SET due = ?", (time.time() - 60,))
        database.execute(
            "INSERT INTO reminders (student_id, hour, timezone, locale, next_at, refusal_told)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (alex.id, time.gmtime().tm_hour, "UTC", "en", time.time() - 1, False),
        )
    await stage.begin()
    reminded: Any = lambda: [each for each in alex.messages() if has(each, "reminder:off")]  # noqa: E731
    await stage.until(reminded, "the reminder")
    await stage.quiet()
    stage.expect("one reminder", holds=len(reminded()) == 1, about=[each.describe() for each in reminded()])


@scenario(migrated=False)
async def starting(stage: Stage) -> None:
    """The first start of all, in an empty folder; then a question and a setting."""
    answers_by_marks(stage, every=0.01)
    alex, teacher = await stage.discord.student("alex"), await stage.discord.student("teacher")
    await stage.begin()
    await stage.quiet()
    await alex.says("math", f"{stage.mention} ask first")
    await ends(stage, alex, "first")
    set_: Any = lambda: any("hints" in each.text.lower() for each in teacher.messages())  # noqa: E731
    await stage.run(teacher, "/mode", "math", set_, "the mode", mode="guide")
    await is_over(stage)
