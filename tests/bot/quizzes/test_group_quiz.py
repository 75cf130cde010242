"""`/quiz mode:together`: a group against the clock."""

import asyncio

import pytest

from playground.pilot import SeenMessage, Student
from tests.bot.quizzes.playing import (
    asked,
    cog,
    crowd,
    press,
    question,
    quiz_turn,
    record,
    responses,
    told,
    updated,
    with_button,
)
from tests.house import House
from tests.scripted_openai import Turn


async def started(house: House, student: Student, open_for: float = 60.0) -> SeenMessage:
    """A group's quiz with its first question on the screen."""
    house.openai.turns += [quiz_turn(), Turn("The largest fraction was hard for the group.")]
    cog(house).quizmaster.open_for = open_for
    cog(house).quizmaster.lobby_for = 0.0
    await student.runs("/quiz", where="math", topic="fractions", mode="together")
    return await question(student, "What is 1/2 + 1/3?")


async def test_a_group_answers_in_private_sees_the_distribution_and_ends_with_a_table(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    first = await started(house, alex)
    assert "closes <t:" in first.text
    counted = await (await alex.clicks(first, "5/6")).says("Your answer is **5/6**")
    assert counted.ephemeral
    await (await sora.clicks(first, "2/5")).says("Your answer is **2/5**")
    assert "✗" not in alex.now(first).text
    await alex.clicks(first, "Skip")
    closed = await updated(alex, first, "✓ 5/6")
    assert "`█████░░░░░` 1" in closed.text
    assert "3/6 + 2/6 = 5/6." in closed.text
    assert "Next question <t:" in closed.text
    await alex.clicks(closed, "Next")
    second = await question(alex, "Which fraction is the largest?")
    assert second.id != first.id
    assert alex.now(first).controls == []
    await sora.clicks(second, f"quiz:{(await record(house, second)).id}:answer:1:2")
    await alex.clicks(second, "End")
    table = await alex.sees(first.channel_id, contains="Results")
    lines = [line for line in table.text.splitlines() if "of 3 right" in line]
    assert ["Alex" in lines[0], "Sora" in lines[1]] in ([True, True], [False, False])
    assert "✓––" in table.text
    assert "✗✓–" in table.text
    feedback = await alex.sees(first.channel_id, contains="hard for the group")
    assert feedback.id > table.id
    assert responses(await told(alex, house)) == [
        {
            "status": "completed",
            "responses": {"Alex": ["5/6", None, None], "Sora": ["2/5", "three quarters of a cake", None]},
            "correct": {"Alex": [True, None, None], "Sora": [False, True, None]},
        }
    ]


async def test_the_first_answer_counts_and_a_second_is_told_so(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await started(house, alex)
    await alex.clicks(post, "2/5")
    assert (await (await alex.clicks(post, "5/6")).says("already")).ephemeral
    answers = (await record(house, post)).session.responses
    assert {question: answer.choice for question, answer in answers[alex.id].items()} == {0: 0}


async def test_questions_close_by_themselves_and_the_quiz_ends(house: House) -> None:
    alex = await house.discord.student("alex")
    first = await started(house, alex, open_for=1.0)
    await alex.clicks(first, "5/6")
    closed = await updated(alex, first, "✓ 5/6")
    late = await alex.clicks(first, "Pause")
    assert late.ok
    await alex.clicks(closed, "Resume")
    await alex.clicks(closed, "Next")
    second = await question(alex, "Which fraction is the largest?")
    await updated(alex, second, "✓")
    await alex.clicks(second, "Next")
    third = await question(alex, "Is 4/8 the same as 1/2?")
    await updated(alex, third, "✓ Yes")
    await alex.sees(first.channel_id, contains="hard for the group")


async def test_only_the_starter_or_a_moderator_leads(house: House) -> None:
    alex, sora, teacher = [await house.discord.student(name) for name in ("alex", "sora", "teacher")]
    post = await started(house, alex)
    refused = await (await sora.clicks(post, "Skip")).says("Only")
    assert refused.ephemeral
    assert alex.mention in refused.text
    await teacher.clicks(post, "Pause")
    paused = await updated(alex, post, "⏸ Paused")
    assert paused.control("5/6").disabled
    await teacher.clicks(paused, "Resume")
    await updated(alex, post, "closes <t:")


async def test_a_group_quiz_that_nobody_answers_is_given_up(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await started(house, alex)
    await alex.clicks(post, "End")
    await updated(alex, post, "The quiz ended without an answer.")


async def test_late_clicks_are_answered_and_do_not_count(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    post = await started(house, alex)
    found = await record(house, post)
    custom_id = f"quiz:{found.id}:answer:0:1"
    await alex.clicks(post, "Skip")
    await updated(alex, post, "✓ 5/6")
    with_button(house, post, custom_id)
    pressed = await press(sora, post, custom_id)
    assert (await pressed.says("closed already")).ephemeral
    assert (await record(house, post)).session.responses == {}


async def test_a_quiz_of_this_process_is_not_taken_up_as_one_of_the_last(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await started(house, alex)
    custom_id = f"quiz:{(await record(house, post)).id}:answer:0:1"
    await alex.clicks(post, "Skip")
    await updated(alex, post, "✓ 5/6")
    with_button(house, post, custom_id)  # a message that is shown anew has it no more
    await cog(house).recover(lambda _: True)
    await asyncio.gather(*cog(house).quizmaster._tasks._tasks)
    await (await press(alex, post, custom_id)).says("closed already")


async def test_fifty_students_who_answer_at_once_are_all_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # The clock: fifty students' clients share this process and its machine with the bot.
    monkeypatch.setattr("playground.world.interactions.DEADLINE", 60.0)
    alex = await house.discord.student("alex")
    post = await started(house, alex)
    pupils = [await house.discord.student(name) for name in crowd(house, 50)]
    outcomes = await asyncio.gather(*(pupil.clicks(post, "5/6") for pupil in pupils))
    assert all(outcome.ok for outcome in outcomes)
    answers = (await record(house, post)).session.responses
    assert len(answers) == 50


async def test_while_a_group_plays_its_chatter_is_context_and_only_a_mention_is_answered(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    post = await started(house, alex)
    await sora.says(post.channel_id, "this one is easy!")
    await alex.clicks(post, "5/6")
    await alex.clicks(post, "End")
    await alex.sees(post.channel_id, contains="hard for the group")
    house.openai.turns.append(Turn("A denominator stands below."))
    await sora.says(post.channel_id, "what is a denominator?")
    await sora.sees(post.channel_id, contains="A denominator stands below.")
    assert len(asked(house)) == 3
    assert [text.split(": ", 1)[-1] for text in house.user_texts()[-2:]] == [
        "this one is easy!",
        "what is a denominator?",
    ]


async def test_two_quizzes_in_a_row_have_a_thread_each(house: House) -> None:
    alex = await house.discord.student("alex")
    first = await started(house, alex)
    house.openai.turns.clear()
    house.openai.turns.append(quiz_turn())
    await alex.runs("/quiz", where="math", topic="fractions again")
    second = await alex.sees(contains="What is 1/2 + 1/3?", matching=lambda post: post.channel_id != first.channel_id)
    assert second.channel_id not in {first.channel_id, house.discord.channel("math").id}


async def in_the_lobby(house: House, student: Student) -> SeenMessage:
    """A group's quiz that waits for a minute for students to join."""
    house.openai.turns += [quiz_turn(), Turn("The largest fraction was hard for the group.")]
    cog(house).quizmaster.lobby_for = 60.0
    await student.runs("/quiz", where="math", topic="fractions", mode="together")
    return await question(student, "Nobody has joined yet.")


async def test_students_join_and_the_starter_begins_at_once(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    lobby = await in_the_lobby(house, alex)
    assert "What is 1/2" not in lobby.text
    assert (await (await sora.clicks(lobby, "Join")).says("You are in! First question: <t:")).ephemeral
    await (await alex.clicks(lobby, "Join")).says("You are in!")
    await updated(alex, lobby, "**Joined (2):** Sora, Alex")
    assert (await (await sora.clicks(lobby, "Start now")).says("Only")).ephemeral
    await alex.clicks(lobby, "Start now")
    first = await updated(alex, lobby, "What is 1/2 + 1/3?")
    assert "closes <t:" in first.text
    joined_late = await press(sora, first, f"quiz:{(await record(house, first)).id}:answer:0:1")
    await joined_late.says("Your answer is **5/6**")


async def test_who_comes_after_the_lobby_is_told_to_just_answer(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    lobby = await in_the_lobby(house, alex)
    join = f"quiz:{(await record(house, lobby)).id}:join:0:0"
    await alex.clicks(lobby, "Start now")
    first = await updated(alex, lobby, "What is 1/2 + 1/3?")
    with_button(house, first, join)
    assert (await (await press(sora, first, join)).says("just answer")).ephemeral
    await (await sora.clicks(first, "5/6")).says("Your answer is **5/6**")


async def test_a_lobby_can_be_cancelled_by_its_starter_alone(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    lobby = await in_the_lobby(house, alex)
    await (await sora.clicks(lobby, "Cancel")).says("Only")
    await alex.clicks(lobby, "Cancel")
    await updated(alex, lobby, "The quiz ended without an answer.")


async def test_solo_begins_with_its_first_question(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    assert [each.label for each in post.controls if each.label in {"Join", "Start now"}] == []
