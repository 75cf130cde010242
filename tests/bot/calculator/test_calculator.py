"""The calculator in a conversation: real discord.py, the real server, a scripted model that calls the functions."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.calculator import calculator
from bot.conversations import assistants_thread
from bot.store.tables import TokenChargeRow
from playground.pilot import NotSeen, Student
from tests.bot.quizzes.playing import quiz_turn
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import Call, Turn, tool_outputs

__all__ = ["away"]

SUM = Call("calculate", {"expression": "1/3 + 1/6"})
NAMES = {"calculate", "solve", "check_steps"}


def offered(house: House, request: int = -1) -> set[str]:
    return {tool["name"] for tool in house.requests[request].get("tools", []) if tool.get("type") == "function"}


def outputs(house: House) -> list[dict[str, Any]]:
    return [json.loads(each) for each in tool_outputs(house.requests[-1])]


async def test_the_model_calls_and_its_words_before_and_after_are_one_answer(house: House) -> None:
    calls = [SUM, Call("solve", {"problem": "2x = 8"}), Call("check_steps", {"lines": ["2x = 8", "x = 6"]})]
    house.openai.turns += [Turn("Let me see.", calls=calls), Turn("", calls=[SUM]), Turn("It is one half.")]
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "what is 1/3 + 1/6?")
    answer = await finished(alex, question, "one half")
    assert answer.text.startswith("Let me see.\n\nIt is one half.")
    assert len([post for post in alex.messages(question) if post.by_bot]) == 1
    assert offered(house, 0) >= NAMES
    assert outputs(house)[-1]["decimal"] == "0.5"
    said = [json.loads(each) for each in tool_outputs(house.requests[1])]
    assert said[1]["solutions"][0]["answer"] == r"\(x = 4\)"
    assert said[2]["wrong_line"] == 2
    charged = await house.bot.store.read(select(TokenChargeRow.tokens))
    assert [row.tokens for row in charged] == [3 * 18]
    again = next(each for each in answer.controls if (each.custom_id or "").startswith("saem:again:"))
    house.openai.turns += [Turn("Once more."), Turn("")]
    await alex.clicks(answer, again.custom_id or "")
    await finished(alex, question, "Once more.")


async def test_a_model_that_never_stops_calling_is_told_to_and_then_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assistants_thread, "TOOL_ROUNDS", 3)
    alex = await house.discord.student("alex")
    house.openai.turns += [*[Turn("", calls=[SUM])] * 3, Turn("All right.")]
    question = await house.ask(alex, "count on")
    await finished(alex, question, "All right.")
    assert "too many calls" in outputs(house)[-1]["error"]
    house.openai.turns += [Turn("", calls=[SUM])] * 4
    await alex.says(question.id, "and on")
    await finished(alex, question, "went wrong", button="saem:retry:")
    assert not house.openai.turns


async def test_people_are_asked_and_the_calculator_answers_in_one_round(house: House) -> None:
    turn = quiz_turn()
    house.openai.turns += [Turn("Here.", calls=[SUM, *turn.calls])]
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "quiz me")
    await alex.sees(question, contains="What is 1/2 + 1/3?")
    house.openai.turns += [Turn("", calls=[SUM]), Turn("Half.")]
    await alex.says(question.id, "what is 1/3 + 1/6 meanwhile?")
    await finished(alex, question, "Half.")
    assert offered(house) >= NAMES


async def test_a_server_turns_it_off_for_conversations_that_run_too(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    house.openai.turns += [Turn("One."), Turn("Two."), Turn("Three."), Turn("Four.")]
    question = await house.ask(alex, "one")
    await finished(alex, question, "One.")
    assert offered(house) >= NAMES
    with pytest.raises(NotSeen):
        await alex.runs("/settings calculator", where="math", state="off")
    await owner.runs("/settings calculator", where="math", state="off")
    await owner.sees("math", contains="The calculator is off")
    await alex.says(question.id, "two")
    await finished(alex, question, "Two.")
    assert not offered(house) & NAMES
    assert "generate_quiz" in offered(house)
    await owner.runs("/settings calculator", where="math")
    await owner.sees("math", contains="The calculator is off")
    dm = await alex.dm(house.discord.bot.id)
    await alex.says(dm, "three")
    await finished(alex, dm, "Three.")
    assert offered(house) >= NAMES
    await owner.runs("/settings calculator", where="math", state="on")
    await owner.sees("math", contains="The calculator is on")
    await alex.says(question.id, "four")
    await finished(alex, question, "Four.")
    assert offered(house) >= NAMES


async def test_killed_in_the_middle_of_a_call_the_run_goes_on_after_the_restart(
    away: Away, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Call("calculate", {"expression": r"\int_0^1 \sqrt{1+x^7} \sin(x^3) dx"})
    away.openai.turns += [Turn("Let me see.", calls=[slow, SUM]), Turn("It is one half.")]
    alex = await away.discord.student("alex")
    async with away.bot_process():
        question = await alex.says("math", f"{away.mention} what is 1/3 + 1/6?")
        await alex.sees(question, contains="Let me see.", timeout=20)
        await eventually(lambda: calls_stored(away.directory) == 2)
    assert away.openai.turns
    monkeypatch.setattr(calculator, "SECONDS", 0.5)
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
        answer = await finished(alex, question, "one half")
    assert answer.text.startswith("Let me see.\n\nIt is one half.")
    assert len([post for post in alex.messages(question) if post.by_bot]) == 1
    told = [json.loads(each) for each in tool_outputs(away.openai.requests[-1])]
    assert told[0] == {"error": calculator.TOO_SLOW}


def calls_stored(directory: Path) -> int:
    """The calls that the bot has stored."""
    database = next(directory.rglob("saem.sqlite3"))
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM tool_calls").fetchone()[0])


async def owner_of(house: House) -> Student:
    for name in ("teacher", "minji", "alex"):
        try:
            student = await house.discord.student(name)
        except Exception:  # noqa: BLE001 - the name is not in the default guild
            continue
        guild = next(iter(house.bot.guilds))
        if guild.owner_id == student.id:
            return student
    pytest.skip("nobody of these owns the default guild")
