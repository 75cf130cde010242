"""What the model is told of a quiz when somebody asks about it afterwards, whichever way the quiz ended."""

import json
from typing import Any

from playground.pilot import SeenMessage, Student
from tests.bot.quizzes.playing import asked, begun_at_once, cog, question, quiz_turn, record, updated
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import Fault, Turn, tool_outputs

__all__ = ["away"]

ONE: dict[str, Any] = {
    "title": "One",
    "questions": [
        {
            "question_text": "Which fraction is the largest?",
            "choices": ["one half of a whole cake", "two thirds of a whole cake", "three quarters of a cake"],
            "answer": 2,
            "explanation": "0.75 is more than 0.67 and 0.5.",
        }
    ],
}


def labels(post: SeenMessage) -> list[str]:
    return [each.label for each in post.controls]


def known(house: House) -> dict[str, Any]:
    """What the model's last request says of the quiz: as the call's output, or in a message."""
    outputs = tool_outputs(asked(house)[-1])
    messages = [text.rsplit("\n\n", 1)[-1] for text in house.user_texts() if text.startswith("[results] ")]
    report: dict[str, Any] = json.loads((messages or outputs)[-1])
    arguments = json.dumps(asked(house)[-1], ensure_ascii=False)
    assert "0.75 is more than 0.67 and 0.5." in arguments
    return report


async def explained(student: Student, house: House, start: Any) -> dict[str, Any]:
    """Ask about question 1; what the model knows then."""
    answer = f"Three quarters are the most ({len(asked(house))})."
    house.openai.turns.append(Turn(answer))
    where = start if isinstance(start, int) else start.id
    await student.says(where, f"{house.mention} explain question 1")
    await student.sees(where, contains=answer)
    assert house.user_texts()[-1].endswith("explain question 1")
    return known(house)


async def begun(house: House, student: Student, arguments: Any = ONE) -> tuple[SeenMessage, SeenMessage]:
    """A quiz in a thread of its own conversation: the message that asked for it, and the quiz's."""
    house.openai.turns.append(quiz_turn(arguments))
    start = await house.ask(student, "quiz me")
    return start, await question(student, "Which fraction is the largest?", start)


async def test_sent(house: House) -> None:
    alex = await house.discord.student("alex")
    start, post = await begun(house, alex)
    house.openai.say("Compare decimals.")
    quiz = await record(house, post)
    await alex.clicks(post, f"quiz:{quiz.id}:answer:0:0")
    await alex.sees(start, contains="Compare decimals.")
    report = await explained(alex, house, start)
    assert (report["status"], report["responses"], report["correct"]) == (
        "completed",
        ["one half of a whole cake"],
        [False],
    )
    shown = report["questions"][0]
    assert shown["choices"][shown["right"]] == "three quarters of a cake"
    assert list(shown["choices"].values()) == [ONE["questions"][0]["choices"][each] for each in quiz.session.orders[0]]


async def test_words_about_the_responses_that_fail_can_be_had_again(house: House) -> None:
    alex = await house.discord.student("alex")
    start, post = await begun(house, alex)
    house.openai.turns += [Fault(400, "bad gateway"), Fault(400, "bad gateway")]
    quiz = await record(house, post)
    await alex.clicks(post, f"quiz:{quiz.id}:answer:0:0")
    failed = await finished(alex, start, button="saem:retry:")
    before = len(asked(house))
    assert (await alex.clicks(failed, "Retry")).ok  # fails once more
    await eventually(lambda: len(asked(house)) > before)
    house.openai.say("Compare decimals.")
    failed = await finished(alex, start, button="saem:retry:")
    assert (await alex.clicks(failed, "Retry")).ok
    await alex.sees(start, contains="Compare decimals.")
    assert known(house)["responses"] == ["one half of a whole cake"]
    assert not [each for each in alex.messages(start) if "Retry" in labels(each)]


async def test_they_can_be_had_again_after_a_restart(away: Away) -> None:
    settings = settings_for(away.discord, away.openai, away.directory)
    alex = await away.discord.student("alex")
    async with bot_in(away.discord, settings) as bot:
        house = House(away.discord, away.openai, settings, bot)
        start, post = await begun(house, alex)
        house.openai.turns.append(Fault(400, "bad gateway"))
        quiz = await record(house, post)
        await alex.clicks(post, f"quiz:{quiz.id}:answer:0:0")
        failed = await finished(alex, start, button="saem:retry:")
    house.openai.say("Compare decimals.")
    async with bot_in(away.discord, settings):
        assert (await alex.clicks(failed, "Retry")).ok
        await alex.sees(start, contains="Compare decimals.")
    assert known(house)["responses"] == ["one half of a whole cake"]


async def test_cancelled(house: House) -> None:
    alex = await house.discord.student("alex")
    start, post = await begun(house, alex)
    assert (await alex.clicks(post, "Cancel")).ok
    await updated(alex, post, "was cancelled")
    report = await explained(alex, house, start)
    assert (report["status"], report["responses"]) == ("cancelled", [None])
    assert report["questions"][0]["right"]
    before = len([text for text in house.user_texts() if text.startswith("[results]")])
    assert before == 1
    await explained(alex, house, start)  # it is said once, and stays known
    assert len([text for text in house.user_texts() if text.startswith("[results]")]) == 1


async def test_its_message_was_deleted(house: House) -> None:
    alex, teacher = await house.discord.student("alex"), await house.discord.student("teacher")
    start, post = await begun(house, alex)
    await teacher.deletes(post)
    await alex.wait_for(lambda: post.id not in {each.id for each in alex.messages(start)}, what="the deletion")
    quiz_id = (await record(house, post)).id
    quiz = await cog(house).quizmaster._quizzes.find(quiz_id)
    assert quiz is not None
    await eventually(lambda: quiz.record.session.phase.over)
    assert (await explained(alex, house, start))["status"] == "cancelled"


async def test_open_still(house: House) -> None:
    alex = await house.discord.student("alex")
    start, _ = await begun(house, alex)
    report = await explained(alex, house, start)
    assert (report["status"], report["responses"]) == ("unfinished", [None])


async def test_open_when_asked_then_cancelled(house: House) -> None:
    alex = await house.discord.student("alex")
    start, post = await begun(house, alex)
    assert (await explained(alex, house, start))["status"] == "unfinished"
    assert (await alex.clicks(post, "Cancel")).ok
    await updated(alex, post, "was cancelled")
    assert (await explained(alex, house, start))["status"] == "cancelled"


async def group(house: House, student: Student) -> SeenMessage:
    house.openai.turns.append(quiz_turn(ONE))
    await student.runs("/quiz", where="math", topic="fractions", mode="together")
    return await begun_at_once(student, "Which fraction is the largest?")


async def test_a_group_ended_it_early(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    post = await group(house, alex)
    quiz_id = (await record(house, post)).id
    await sora.clicks(post, f"quiz:{quiz_id}:answer:0:1")
    house.openai.say("Compare decimals.")
    await alex.clicks(post, "End")
    await alex.sees(post.channel_id, contains="Compare decimals.")
    report = await explained(alex, house, post.channel_id)
    assert report["responses"] == {"Sora": ["two thirds of a whole cake"]}
    assert report["correct"] == {"Sora": [False]}


async def test_time_was_over(house: House) -> None:
    alex = await house.discord.student("alex")
    cog(house).quizmaster.open_for = 3.0
    post = await group(house, alex)
    quiz_id = (await record(house, post)).id
    await alex.clicks(post, f"quiz:{quiz_id}:answer:0:2")
    house.openai.say("Compare decimals.")
    await alex.sees(post.channel_id, contains="Compare decimals.", timeout=20)
    report = await explained(alex, house, post.channel_id)
    assert report["correct"] == {"Alex": [True]}


async def test_a_group_in_which_nobody_answered(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await group(house, alex)
    await alex.clicks(post, "End")
    await updated(alex, post, "ended without an answer")
    report = await explained(alex, house, post.channel_id)
    assert (report["status"], report["responses"]) == ("cancelled", {})
