"""A quiz that a run waits for: people write on, runs end otherwise, several calls wait at once."""

import asyncio
import json

import discord

from bot.quizzes.session import Phase
from playground.pilot import SeenMessage
from tests.cogs.quizzes import CITY_PLAN, FRACTIONS, asked, cog, outputs, question, quiz_turn, record, told, updated
from tests.house import House, finished
from tests.scripted_openai import Call, Turn

ONE = {"title": "One", "questions": FRACTIONS["questions"][:1]}
TWO = {"title": "Two", "questions": FRACTIONS["questions"][2:]}


async def run_of(house: House, post: SeenMessage) -> tuple[str, str]:
    call = await house.bot.conversation_store.call((await record(house, post)).call_id)
    assert call is not None
    return call.run_id, call.thread_id


async def test_it_gives_way_to_who_writes_on_and_its_results_follow(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("A numerator stands on top."), Turn("All three right, well done.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me on fractions")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    run_id, thread_id = await run_of(house, post)
    await alex.clicks(post, "5/6")
    await alex.says(start.id, "wait, what is a numerator?")
    await alex.sees(start, contains="A numerator stands on top.")
    post = await updated(alex, post, "Which fraction is the largest?")
    await alex.clicks(post, f"quiz:{(await record(house, post)).id}:answer:1:2")
    post = await updated(alex, post, "Is 4/8")
    await alex.clicks(post, "Yes")
    await alex.clicks(await updated(alex, post, "Check your answers"), "Send")
    await alex.sees(start, contains="All three right")
    steps = await house.bot.openai.beta.threads.runs.steps.list(run_id, thread_id=thread_id)
    details = steps.data[0].step_details
    assert details.type == "tool_calls"
    call = details.tool_calls[0]
    assert call.type == "function"
    unfinished = json.loads(call.function.output or "")
    assert (unfinished["status"], unfinished["responses"]) == ("unfinished", ["5/6", None, None])
    follow_up = house.user_texts()[-1]
    assert '"responses": ["5/6", "three quarters of a cake", "Yes"]' in follow_up


async def test_two_quizzes_in_one_run_are_both_finished_before_anything_is_sent(house: House) -> None:
    house.openai.turns += [
        Turn(calls=[Call("generate_quiz", ONE), Call("generate_quiz", TWO)]),
        Turn("Both were right."),
    ]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "two quizzes please")
    first = await question(alex, "What is 1/2 + 1/3?", start)
    second = await question(alex, "Is 4/8", start)
    await alex.clicks(second, "Yes")
    await updated(alex, second, "1 of 1 right")
    assert len(asked(house)) == 1
    await alex.clicks(first, "5/6")
    await alex.sees(start, contains="Both were right.")
    assert [each["responses"] for each in outputs(house)] == [["5/6"], ["Yes"]]


async def test_cancelling_one_of_two_leaves_the_other_wanted(house: House) -> None:
    house.openai.turns += [
        Turn(calls=[Call("generate_quiz", ONE), Call("generate_quiz", TWO)]),
        Turn("One will do."),
    ]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "two quizzes please")
    await alex.clicks(await question(alex, "What is 1/2 + 1/3?", start), "Cancel")
    await alex.clicks(await question(alex, "Is 4/8", start), "Yes")
    await alex.sees(start, contains="One will do.")
    assert [each["status"] for each in outputs(house)] == ["cancelled", "completed"]


async def test_after_the_run_was_cancelled_elsewhere_the_answers_go_in_with_a_new_one(house: House) -> None:
    house.openai.turns += [quiz_turn(ONE), Turn("Right, five sixths.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    run_id, thread_id = await run_of(house, post)
    await house.bot.openai.beta.threads.runs.cancel(run_id, thread_id=thread_id)
    await alex.clicks(post, "5/6")
    await alex.sees(start, contains="Right, five sixths.")
    assert '"responses": ["5/6"]' in house.user_texts()[-1]


async def test_after_the_server_was_replaced_the_feedback_still_comes(house: House) -> None:
    house.openai.turns += [quiz_turn(ONE), Turn("Right, five sixths.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    _, thread_id = await run_of(house, post)
    await house.bot.openai.beta.threads.delete(thread_id)
    await alex.clicks(post, "5/6")
    await alex.sees(start, contains="Right, five sixths.")
    assert '"responses": ["5/6"]' in house.user_texts()[-1]


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
    assert await told(alex, house) == [
        {"status": "completed", "responses": [None, None, None], "correct": [None, None, None]}
    ]
    assert len(asked(house)) == 2


async def test_an_edit_that_discord_refuses_is_posted_anew(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Fine.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    found = await record(house, post)
    message = house.discord.world.channels[start.id].messages[post.id]
    message.created_at -= 2 * 3_600
    quizmaster = cog(house).quizmaster
    quizmaster._messages.edit_timeout = 0.5
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
