"""The messages of quizzes: refused edits, and archived threads."""

import sqlite3
from unittest.mock import AsyncMock

import discord
import pytest
from sqlalchemy.exc import OperationalError

from tests.bot.quizzes.playing import cog, question, quiz_turn, record, told, updated
from tests.house import House
from tests.scripted_openai import Turn


async def test_an_edit_that_discord_refuses_is_posted_anew(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Fine.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    found = await record(house, post)
    message = house.discord.world.channels[start.id].messages[post.id]
    message.created_at -= 2 * 3_600
    quizmaster = cog(house).quizmaster
    cog(house).messages.edit_timeout = 0.5
    for _ in range(4):  # three edits of old messages are allowed
        await quizmaster.show(found.id)
    anew = await alex.sees(start, contains="What is 1/2", matching=lambda each: each.id > post.id)
    await alex.clicks(anew, "5/6")
    await updated(alex, anew, "Question 2 of 3")


async def test_an_archived_thread_is_opened_again_for_an_edit(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    thread = await house.bot.fetch_channel(start.id)
    assert isinstance(thread, discord.Thread)
    await thread.edit(archived=True)
    await cog(house).quizmaster.show((await record(house, post)).id)
    state = house.discord.world.channels[start.id].thread
    assert state is not None
    assert not state.archived
    assert (await record(house, post)).message_id == post.id


async def test_a_quiz_is_played_to_its_end_in_a_thread_that_archives_itself_between_presses(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Well done.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    thread = await house.bot.fetch_channel(start.id)
    assert isinstance(thread, discord.Thread)
    presses = [("5/6", "Question 2 of 3"), ("Skip", "Question 3 of 3"), ("Yes", "Check your answers")]
    for label, then in presses:
        await thread.edit(archived=True)
        assert (await alex.clicks(post, label)).ok
        post = await updated(alex, post, then)
    await thread.edit(archived=True)
    await alex.clicks(post, "Send")
    await alex.sees(start, contains="Well done.")
    assert (await told(alex, house))[0]["responses"] == ["5/6", None, "Yes"]


async def test_a_message_that_could_not_be_noted_is_the_quizs_message_still(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away when the quiz was posted, and the quiz is read back from it when it is pressed."""
    house.openai.turns += [quiz_turn(), Turn("Fine.")]
    alex = await house.discord.student("alex")
    quizmaster = cog(house).quizmaster
    away = sqlite3.OperationalError("disk I/O error")
    away.sqlite_errorcode = sqlite3.SQLITE_IOERR
    set_message = AsyncMock(side_effect=OperationalError("UPDATE quizzes", {}, away))
    monkeypatch.setattr(cog(house).messages._quiz_store, "set_message", set_message)
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    await alex.sees(start, contains="I cannot write anything down just now")
    monkeypatch.undo()
    for quiz in quizmaster._quizzes.in_memory():
        quizmaster._quizzes.forget(quiz)
    await alex.clicks(post, "5/6")
    await alex.clicks(await updated(alex, post, "Question 2 of 3"), "Skip")
    await updated(alex, post, "Question 3 of 3")
    assert (await record(house, post)).message_id == post.id
    assert [each.id for each in alex.messages(start) if "Question" in each.text] == [post.id]
