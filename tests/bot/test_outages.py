"""Databases and disks that fail under the running bot: a sentence for students, once in the log, and no restart."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import structlog

from database import outages
from tests.bot.library.dropped_files import WATER, reacted
from tests.failing_disks import fill, make_room, small_disk
from tests.house import House, eventually, finished, open_house
from tests.postgres_process import postgres_processes

SENTENCE = "I cannot write anything down just now"


def _said(logged: Sequence[Mapping[str, Any]]) -> list[str]:
    names = [*outages._EVENTS.values(), "database.back"]
    return [each["event"] for each in logged if each["event"] in names]


async def test_on_a_full_disk_students_get_a_sentence_and_then_all_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SETTLED", 0.0)
    with small_disk(tmp_path / "disk", 4) as disk:
        async with open_house(disk) as house:
            minji = await house.discord.student("minji")
            await finished(minji, (await house.ask(minji, "Before?")).id)
            with structlog.testing.capture_logs() as logged:
                fill(disk)
                for _ in range(3):  # the log has a little room left at first
                    await house.ask(minji, "Nobody can keep this: " + "word " * 350)
                refused = await minji.sees("math", contains=SENTENCE)
                again = await minji.clicks(refused, "Retry")
                await minji.sees("math", contains=SENTENCE, matching=lambda post: post.id != refused.id)
                assert again.ok
                dropped = await minji.drops("library", ("water.txt", WATER.encode()))
                await eventually(lambda: "database.full" in _said(logged))
                make_room(disk)
                await finished(minji, (await house.ask(minji, "After?")).id)
                await reacted(minji, dropped, "✅")
                sentence = next(post for post in minji.messages("math") if SENTENCE in post.text)
                await minji.clicks(sentence, "Retry")
                await eventually(lambda: not any(post.id == sentence.id for post in minji.messages("math")))
                assert sentence.raw["message_reference"] is not None
                await finished(minji, int(sentence.raw["message_reference"]["message_id"]))
                await eventually(lambda: house.bot.quotas.waiting(minji.id) == 0)
            said = _said(logged)
            assert said.count("database.full") <= 2, said  # the bot's database and the server's
            assert not [each for each in logged if each.get("exc_info") and each["event"] == "event.failed"]


@pytest.mark.parametrize("how", ["kill", "replica"])
async def test_postgresql_that_goes_and_comes_back_takes_nothing_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(outages, "PATIENCE", 0.3)
    async with postgres_processes(2) as (primary, replica):
        await primary.make()
        await primary.start()
        async with open_house(tmp_path, database_url=primary.url.replace("+asyncpg", "")) as house:
            minji = await house.discord.student("minji")
            first = await house.ask(minji, "Before?")
            await finished(minji, first.id)
            if how == "replica":
                await replica.copy_of(primary)
            await primary.kill()
            await house.ask(minji, "Meanwhile?")
            await minji.sees("math", contains=SENTENCE)
            if how == "kill":
                await primary.start()
            else:  # at the same address, at first it may only be read
                await replica.start()
                await house.ask(minji, "At the replica?")
                await eventually(lambda: sum(SENTENCE in post.text for post in minji.messages("math")) == 2)
                replica.promote()
            await _answers_again(house)
            await minji.says(first.id, "And in the old thread?")
            await minji.sees(first.id, contains="And in the old thread?", matching=lambda post: post.by_bot)


async def _answers_again(house: House) -> None:
    """Ask until there is an answer: how long a promotion takes, PostgreSQL says to nobody."""
    alex = await house.discord.student("alex")
    for _ in range(50):
        question = await house.ask(alex, "After?")
        refused = sum(SENTENCE in post.text for post in alex.messages("math"))
        await eventually(
            lambda question=question, refused=refused: (
                any(post.by_bot for post in alex.messages(question.id))
                or sum(SENTENCE in post.text for post in alex.messages("math")) > refused
            )
        )
        if any(post.by_bot for post in alex.messages(question.id)):
            await finished(alex, question.id)
            return
    raise AssertionError("nobody answers")
