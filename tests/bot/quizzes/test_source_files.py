"""Quizzes from files (`/quiz source:files`)."""

import json
from typing import Any

import pytest

from tests.bot.library.closed_channels import owner_of
from tests.bot.library.dropped_files import reacted
from tests.bot.quizzes.playing import asked, question, quiz_turn
from tests.house import House, eventually
from tests.scripted_openai import Call, Turn, tool_outputs


async def test_a_quiz_on_files_has_the_model_search_first(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("halves.txt", b"One half is as much as two quarters.")), "✅")
    await alex.runs("/quiz", where="math", topic="fractions", questions=2, difficulty="hard", source="files")
    await question(alex, "What is 1/2 + 1/3?")
    request = asked(house)[0]
    instructions = json.dumps(request)
    assert "2 questions" in instructions
    assert "The difficulty is to be hard." in instructions
    assert "Search the server's files first" in instructions
    assert {tool["name"] for tool in request["tools"]} >= {"generate_quiz"}
    assert request["tool_choice"] == "required"


async def test_a_servers_usual_source_holds_where_nobody_says_another(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    ran = await owner.runs("/settings quiz", where="math", source="files")
    await ran.says("Questions are drawn from: the library's files")
    found: list[bool] = []
    for options in ({}, {}, {"source": "anything"}):
        if len(found) == 1:
            await reacted(alex, await alex.drops("library", ("halves.txt", b"One half is two quarters.")), "✅")
        house.openai.turns.append(quiz_turn())
        await alex.runs("/quiz", where="math", topic="fractions", **options)
        await eventually(lambda: len(asked(house)) > len(found))
        found.append("Search the server's files first" in json.dumps(asked(house)[-1]))
    assert found == [False, True, False], "no files yet; files; another source was asked for"


@pytest.mark.parametrize(
    ("who", "topic", "sentence"),
    [
        ("alex", "fractions", "holds no files that everybody"),
        ("minji", "분수", "볼 수 있는 파일이 자료실에 없어요"),
    ],
)
async def test_a_quiz_on_files_that_are_not_there_says_so(house: House, who: str, topic: str, sentence: str) -> None:
    student = await house.discord.student(who)
    ran = await student.runs("/quiz", where="math", topic=topic, source="files")
    assert (await ran.says(sentence)).ephemeral
    assert not asked(house)


async def test_a_quiz_on_what_the_files_do_not_hold_is_refused_in_words(house: House) -> None:
    def reply(body: dict[str, Any]) -> Turn:
        if not tool_outputs(body):
            return Turn(calls=[Call("file_search", {"queries": ["volcanoes"]})])
        return Turn("The files hold nothing on volcanoes.") if body.get("tool_choice") == "auto" else quiz_turn()

    house.openai.reply = reply
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("halves.txt", b"One half is as much as two quarters.")), "✅")
    ran = await alex.runs("/quiz", where="math", topic="volcanoes", source="files")
    announcement = await ran.says("volcanoes")
    said = await alex.sees(announcement, contains="nothing on volcanoes")
    assert "did not manage" not in said.text
