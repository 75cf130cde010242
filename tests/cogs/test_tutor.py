"""The tutor in a real Discord's manner: discord.py, the openai SDK and the embedded server, over HTTP."""

from tests.house import House
from tests.scripted_openai import Turn


async def test_a_mention_opens_a_thread_and_the_answer_streams_into_it(house: House) -> None:
    house.openai.turns.append(Turn("3x = 3, so x = 1."))
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "Solve 3x + 11 = 14, teacher?")
    answer = await house.answer_to(minji, question)
    assert "x = 1" in answer.text
    assert house.discord.world.channels[question.id].name == "Solve 3x + 11 = 14, teacher?"
    assert house.user_texts()[-1] == "민지: Solve 3x + 11 = 14, teacher?"


async def test_the_student_goes_on_without_a_mention_and_the_model_knows_what_was_said(house: House) -> None:
    house.openai.say("x = 1", "Here is one: 2y = 8.")
    minji = await house.discord.student("minji")
    question = await house.ask(minji, "3x + 11 = 14")
    await house.answer_to(minji, question, "x = 1")
    await minji.says(question.id, "another one like that")
    await house.answer_to(minji, question, "2y = 8")
    assert house.user_texts() == ["민지: 3x + 11 = 14", "민지: another one like that"]
