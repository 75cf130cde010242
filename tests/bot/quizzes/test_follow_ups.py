"""The buttons under the results: Harder, Another five, Explain."""

import asyncio
import json
import signal
from typing import Any

import pytest

from bot.errors import UserFacingError
from playground.faults import Fault
from playground.pilot import SeenMessage, Student
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import asked, begun_at_once, press, question, quiz_turn, record, updated, with_button
from tests.bot_process import Away, away
from tests.house import House, eventually
from tests.scripted_openai import Turn, tool_outputs

__all__ = ["away"]

ONE = {"title": "One", "questions": FRACTIONS["questions"][1:2]}
CAKE = "Which fraction is the largest?"
NEXT = {"title": "Next", "questions": FRACTIONS["questions"][:1]}


async def results(house: House | Away, student: Student, arguments: Any = ONE) -> SeenMessage:
    """The results of a quiz that a student has played alone and sent."""
    house.openai.turns += [quiz_turn(arguments), Turn("Compare decimals.")]
    start = await student.says("math", f"{house.mention} quiz me")
    post = await question(student, arguments["questions"][0]["question_text"], start)
    quiz_id = (post.controls[0].custom_id or "").split(":")[1]
    for index in range(len(arguments["questions"])):
        assert (await student.clicks(post, f"quiz:{quiz_id}:answer:{index}:0")).ok
        post = await updated(student, post, "")
    if len(arguments["questions"]) > 1:
        await student.clicks(await updated(student, post, "Check your answers"), "Send")
    await student.sees(start, contains="Compare decimals.")
    return await updated(student, post, "right")


async def test_the_next_quiz_comes_though_discord_takes_no_response_to_the_press(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await results(house, alex)
    house.openai.turns.append(quiz_turn(NEXT))
    house.discord.fail(Fault("status", "POST */callback", times=99))
    pressing = asyncio.create_task(alex.clicks(post, "Harder"))
    await question(alex, "What is 1/2 + 1/3?", post.channel_id)
    await alex.wait_for(lambda: "Harder" not in labels(alex.now(post)))
    pressing.cancel()


def instructions(house: House) -> str:
    return str(asked(house)[-1]["instructions"])


def labels(post: SeenMessage) -> list[str]:
    return [each.label for each in post.controls if each.label and each.custom_id and ":look" not in each.custom_id]


@pytest.mark.parametrize(
    ("button", "count", "level"), [("Harder", 1, "The difficulty is to be hard."), ("Another five", 5, "")]
)
async def test_the_next_quiz_is_asked_for_once_and_its_buttons_are_gone(
    house: House, button: str, count: int, level: str
) -> None:
    alex = await house.discord.student("alex")
    post = await results(house, alex)
    assert [each for each in labels(post) if each] == ["Harder", "Another five", "Explain …", "Practise the wrong ones"]
    house.openai.turns.append(quiz_turn(NEXT))
    before = await record(house, post)
    assert (await alex.clicks(post, button)).ok
    following = await question(alex, "What is 1/2 + 1/3?", post.channel_id)
    assert f"Call generate_quiz once with {count} question" in instructions(house)
    assert level in instructions(house)
    assert "none of its questions again" in instructions(house)
    assert "“One”" in house.user_texts()[-1]
    assert [each for each in labels(await updated(alex, post, "right")) if each] == [
        "Explain …",
        "Practise the wrong ones",
    ]
    assert (await record(house, following)).session.host == alex.id
    assert f'"question_text": "{CAKE}"' in tool_outputs(asked(house)[-1])[-1]
    assert before.session.quiz.title == "One"


async def test_explain_asks_about_the_only_question_at_once(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await results(house, alex)
    house.openai.say("Three quarters are 0.75.")
    assert (await alex.clicks(post, "Explain …")).ok
    await alex.sees(post.channel_id, contains="Three quarters are 0.75.")
    assert house.user_texts()[-1] == f"Alex: Explain question 1 of the quiz “One”: {CAKE}"


async def test_of_several_questions_one_is_chosen_in_private(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await results(house, alex, FRACTIONS)
    outcome = await alex.clicks(post, "Explain …")
    choice = await outcome.says("Which question shall I explain?")
    assert choice.ephemeral
    (menu,) = choice.controls
    assert [option["label"][:4] for option in menu.raw["options"]] == ["✗ 1.", "✗ 2.", "✓ 3."]
    house.openai.say("Three quarters are 0.75.")
    assert (await alex.selects(choice, menu.custom_id or "", "1")).ok
    await alex.sees(post.channel_id, contains="Three quarters are 0.75.")
    assert house.user_texts()[-1] == f"Alex: Explain question 2 of the quiz “Fractions”: {CAKE}"


async def test_they_are_for_those_who_played(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    post = await results(house, alex)
    count = len(asked(house))
    for button in ("Harder", "Another five", "Explain …"):
        await (await sora.clicks(post, button)).says("for those who played this quiz")
    assert len(asked(house)) == count


async def test_everybody_who_answered_may_use_those_of_a_group(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    house.openai.turns += [quiz_turn(ONE), Turn("Compare decimals.")]
    await alex.runs("/quiz", where="math", topic="fractions", mode="together")
    post = await begun_at_once(alex, CAKE)
    quiz_id = (await record(house, post)).id
    await sora.clicks(post, f"quiz:{quiz_id}:answer:0:1")
    await alex.clicks(post, "End")
    table = await question(alex, "Results", post.channel_id)
    house.openai.turns.append(quiz_turn(NEXT))
    assert (await sora.clicks(table, "Harder")).ok
    lobby = await question(sora, "Join", post.channel_id)
    assert (await record(house, lobby)).session.host == sora.id
    with_button(house, table, f"quiz:{quiz_id}:five:0:0")
    await (await press(alex, table, f"quiz:{quiz_id}:five:0:0")).says("asked for already")


async def test_the_limits_of_quizzes_hold_for_them(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await results(house, alex)
    limits = house.bot.get_cog("QuizCog").limits  # type: ignore[union-attr]
    for each in range(20):
        try:
            await limits.admit(each, alex.id, 0)
            limits.arrived(each)
        except UserFacingError:
            break
    count = len(asked(house))
    await (await alex.clicks(post, "Harder")).says("in the last five minutes")
    assert len(asked(house)) == count
    assert "Harder" in labels(await updated(alex, post, "right"))


async def test_after_a_restart_they_work_and_the_model_knows_the_quiz(away: Away) -> None:
    alex = await away.discord.student("alex")
    async with away.bot_process() as process:
        post, other = await results(away, alex), await results(away, alex)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with away.bot_process():
        away.openai.say("Three quarters are 0.75.")
        assert (await alex.clicks(post, "Explain …")).ok
        await alex.sees(post.channel_id, contains="Three quarters are 0.75.", timeout=20)
        told = json.dumps(away.openai.requests[-1], ensure_ascii=False)
        assert "one half of a cake" in told
        assert "right" in told
        away.openai.turns.append(quiz_turn(NEXT))
        assert (await alex.clicks(post, "Harder")).ok
        await question(alex, "What is 1/2 + 1/3?", post.channel_id)
        away.openai.turns.append(quiz_turn(NEXT))
        assert (await alex.clicks(other, "Another five")).ok
        await question(alex, "What is 1/2 + 1/3?", other.channel_id)
        assert "Call generate_quiz once with 5 questions" in json.dumps(away.openai.requests[-1])


async def test_an_explanation_that_was_asked_for_before_a_restart_comes_after_it(away: Away) -> None:
    alex = await away.discord.student("alex")
    async with away.bot_process() as process:
        post = await results(away, alex)
        count = len(away.openai.requests)
        away.openai.turns.append(Turn("never", thinking=asyncio.Event()))
        await alex.clicks(post, "Explain …")
        await eventually(lambda: len(away.openai.requests) > count)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    away.openai.turns.clear()
    away.openai.reply = lambda _: Turn("Three quarters are 0.75.")

    def with_retry(each: SeenMessage) -> bool:
        return any((one.custom_id or "").startswith("saem:retry:") for one in each.controls)

    async with away.bot_process():
        shown = await alex.sees(
            post.channel_id,
            matching=lambda each: with_retry(each) or "Three quarters are 0.75." in each.text,
            timeout=20,
        )
        if with_retry(shown):
            assert (await alex.clicks(shown, "Retry")).ok
        await alex.sees(post.channel_id, contains="Three quarters are 0.75.", timeout=20)
    assert CAKE in json.dumps(away.openai.requests[-1], ensure_ascii=False)
