"""Asking the tutor, in a real Discord's manner: discord.py, the openai SDK and the embedded server, over HTTP."""

import asyncio
from pathlib import Path

import pytest

from playground.faults import Fault as Slow
from playground.pilot import Student
from playground.server import Playground
from playground.world.permissions import Permission
from tests.house import House, eventually, finished, handled, open_house
from tests.scripted_openai import Fault, Turn


async def test_a_mention_opens_a_thread_and_the_answer_streams_into_it(house: House) -> None:
    house.openai.say("3x = 3, so x = 1.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "Solve **3x + 11 = 14**, teacher?")
    answer = await finished(minji, question)
    assert "x = 1" in answer.text
    assert house.discord.world.channels[question.id].name == "Solve 3x + 11 = 14, teacher?"
    assert house.user_texts() == ["민지: Solve **3x + 11 = 14**, teacher?"]


async def test_the_student_goes_on_without_a_mention_and_the_model_knows_what_was_said(house: House) -> None:
    house.openai.say("x = 1", "Here is one: 2y = 8.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "3x + 11 = 14")
    await finished(minji, question, "x = 1")
    await minji.says(question.id, "another one like that")
    await finished(minji, question, "2y = 8")
    assert house.user_texts() == ["민지: 3x + 11 = 14", "민지: another one like that"]


async def test_the_run_starts_while_the_thread_is_being_made(house: House) -> None:
    house.openai.say("first", "second")
    minji = await house.discord.student("minji")
    await finished(minji, await house.ask(minji, "warm up"))
    asked = len(house.requests)
    house.discord.fail(Slow(kind="slow", route="POST */threads", seconds=1.5))
    question = await house.ask(minji, "what is a limit?")
    await eventually(lambda: len(house.requests) > asked)
    assert question.id not in house.discord.world.channels
    await finished(minji, question, "second")


async def test_typing_is_shown_while_the_model_thinks(house: House) -> None:
    thinking = asyncio.Event()
    house.openai.turns.extend([Turn("Hello."), Turn("At last.", thinking=thinking)])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "hello")
    await finished(minji, question)
    before = len(minji.events)
    await minji.says(question.id, "what is a limit?")
    await minji.wait_for(lambda: ("TYPING_START", str(question.id)) in _places(minji, before))
    thinking.set()
    await finished(minji, question, "At last.")


def _places(student: Student, since: int) -> list[tuple[str, str]]:
    """What a student was told of, and where."""
    return [(name, str(data.get("channel_id"))) for name, data in student.events[since:]]


async def test_several_students_talk_in_one_thread_and_the_model_knows_who_is_who(house: House) -> None:
    house.openai.say("Hello.", "Both of you.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "hello")
    await finished(minji, question)
    await alex.says(question.id, "me too")
    await finished(alex, question, "Both")
    assert house.user_texts() == ["민지: hello", "Alex: me too"]


async def test_what_is_said_to_another_person_is_context_and_not_answered(house: House) -> None:
    house.openai.say("Hello.", "Yes.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    question = await house.ask(minji, "hello")
    await finished(minji, question)
    to_alex = await minji.says(question.id, f"{alex.mention} lunch at noon?")
    await alex.says(question.id, "sure", reply_to=to_alex)
    await alex.says(question.id, "is 7 prime?")
    await finished(alex, question, "Yes.")
    assert house.user_texts() == [
        "민지: hello",
        "[to others] 민지: @Alex lunch at noon?",
        "[to others] Alex: sure",
        "Alex: is 7 prime?",
    ]
    assert len(house.requests) == 2


async def test_messages_that_wait_for_a_running_answer_are_answered_together(house: House) -> None:
    gate = asyncio.Event()
    house.openai.turns.extend([Turn("one two", gate=gate), Turn("both answered")])
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "first")
    await minji.sees(question, contains="one")
    await minji.says(question.id, "second")
    last = await minji.says(question.id, "third")
    await handled(house, last.id)
    gate.set()
    await finished(minji, question, "both answered")
    assert house.user_texts() == ["민지: first", "민지: second", "민지: third"]
    assert len(house.requests) == 2


async def test_an_empty_mention_is_answered_with_what_saem_can_do(house: House) -> None:
    alex = await house.discord.student("alex")
    await alex.says("math", house.mention)
    said = await alex.sees("math", contains="/quiz")
    assert not house.requests
    assert not said.controls


async def test_only_emoji_is_a_question_like_any_other(house: House) -> None:
    house.openai.say("🙂 to you too.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "🙂")
    await finished(alex, question, "to you too")


async def test_a_message_of_4000_characters_is_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who pays for Discord may write twice as much as others.
    monkeypatch.setattr("playground.validation.messages.MAX_CONTENT", 4000)
    house.openai.say("Long indeed.")
    alex = await house.discord.student("alex")
    text = "why " * 990
    question = await house.ask(alex, text)
    await finished(alex, question, "Long indeed")
    assert house.user_texts() == [f"Alex: {text.strip()}"]
    assert len(house.discord.world.channels[question.id].name) <= 100


async def test_nobody_is_pinged_whatever_the_model_writes(house: House) -> None:
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    house.openai.say(f"@everyone {alex.mention} look")
    question = await house.ask(minji, "hello")
    answer = await finished(minji, question)
    assert answer.raw["mentions"] == []
    assert not answer.raw["mention_everyone"]


async def test_what_the_model_cannot_answer_is_said_and_the_conversation_goes_on(house: House) -> None:
    house.openai.turns.extend([Fault(status=400, message="no")])
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "hello there friend")
    failed = await finished(alex, question, button="saem:retry:")
    assert "⚠️" in failed.text
    house.openai.say("Better now.")
    await alex.says(question.id, "and now?")
    await finished(alex, question, "Better now.")


async def test_without_permission_to_attach_files_formulas_and_the_end_of_a_long_answer_are_told_of_in_words(
    tmp_path: Path,
) -> None:
    paragraphs = [f"Paragraph {number}. {'word ' * 150}\n\n" for number in range(25)]
    async with open_house(tmp_path, furnish=_forbid_files) as house:
        house.openai.say("So\n$$\\frac{a}{b} = 2$$\nholds.", "".join(paragraphs))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "why?")
        answer = await finished(alex, question, "holds.")
        await alex.sees(question, matching=lambda post: post.id == answer.id and "a/b = 2" in post.text)
        assert {component["type"] for component in answer.raw["components"]} == {10, 1}
        await alex.says(question.id, "at length?")
        last = await finished(alex, question, "… +")
        assert "Paragraph 15" in last.text


def _forbid_files(playground: Playground) -> None:
    for role in playground.guild.roles.values():
        role.permissions &= ~Permission.ATTACH_FILES
