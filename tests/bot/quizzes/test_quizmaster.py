"""The quizmaster: quizzes whose thread or message is deleted, and presses that come twice."""

import asyncio

from bot.quizzes.session.quiz_session import Phase
from tests.bot.quizzes.example_quizzes import CITY_PLAN
from tests.bot.quizzes.playing import asked, cog, question, quiz_turn, record, responses, told, updated
from tests.house import House, finished
from tests.scripted_openai import Turn


async def is_cancelled(house: House, quiz_id: str) -> bool:
    found = await cog(house).quiz_store.get(quiz_id)
    return found is not None and found.session.phase is Phase.CANCELLED


async def test_deleting_the_thread_ends_the_quiz_and_its_run(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, teacher = await house.discord.student("alex"), await house.discord.student("teacher")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    found = await record(house, post)
    await teacher.client.request("DELETE", f"/channels/{start.id}")
    async with asyncio.timeout(10):
        while not await is_cancelled(house, found.id):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)


async def test_deleting_the_quizs_message_ends_it_and_the_conversation_goes_on(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Here I am.")]
    alex, teacher = await house.discord.student("alex"), await house.discord.student("teacher")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    await teacher.deletes(post)
    await alex.says(start.id, "hello?")
    await finished(alex, start, "Here I am.")


async def test_two_clicks_at_once_count_once_and_are_both_answered(house: House) -> None:
    house.openai.turns += [quiz_turn(CITY_PLAN), Turn("네.")]
    minji = await house.discord.student("minji")
    start = await house.ask(minji, "퀴즈 내 주세요")
    post = await question(minji, "배경 및 목적", start)
    both = await asyncio.gather(minji.clicks(post, "2"), minji.clicks(post, "2"))
    assert all(each.ok for each in both)
    await updated(minji, post, "SWOT")
    session = (await record(house, post)).session
    assert (len(session.responses[minji.id]), session.position) == (1, 1)


async def test_send_pressed_twice_is_sent_once(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Fine.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    for contains in ("Question 2 of 3", "Question 3 of 3", "Check your answers"):
        await alex.clicks(post, "Skip")
        post = await updated(alex, post, contains)
    both = await asyncio.gather(alex.clicks(post, "Send"), alex.clicks(post, "Send"))
    assert all(each.ok for each in both)
    await alex.sees(start, contains="Fine.")
    assert responses(await told(alex, house)) == [
        {"status": "completed", "responses": [None, None, None], "correct": [None, None, None]}
    ]
    assert len(asked(house)) == 2
