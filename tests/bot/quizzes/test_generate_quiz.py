"""Calls of `generate_quiz`: wrong arguments, several calls in a run, and runs that end while a quiz is played."""

import json
from typing import Any

import pytest

from bot import retries
from playground.faults import Fault
from playground.pilot import SeenMessage
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import asked, outputs, question, quiz_turn, record, updated
from tests.house import House
from tests.scripted_openai import Call, Turn


def with_choices(*choices: str) -> dict[str, Any]:
    return {"title": "A quiz", "questions": [{"question_text": "Which one?", "choices": list(choices)}]}


ONE = {"title": "One", "questions": FRACTIONS["questions"][:1]}


TWO = {"title": "Two", "questions": FRACTIONS["questions"][2:]}


async def run_of(house: House, post: SeenMessage) -> tuple[str, str]:
    call = await house.bot.conversation_store.call((await record(house, post)).call_id)
    assert call is not None
    return call.run_id, call.thread_id


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("this is no JSON", "not valid JSON"),
        (with_choices("only one"), "has 1 items"),
        (with_choices(*[f"choice {n}" for n in range(30)]), "has 30 items"),
        (with_choices("x" * 5_000, "y"), "5000 characters long"),
        ({}, "`title` is missing"),
    ],
    ids=["no JSON", "one choice", "thirty choices", "a long choice", "nothing"],
)
async def test_what_is_wrong_goes_back_to_the_model_and_the_mended_quiz_is_played(
    house: House, arguments: Any, said: str
) -> None:
    house.openai.turns += [quiz_turn(arguments), quiz_turn()]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    mending = outputs(house)[0]
    assert mending["status"] == "invalid"
    assert any(said in problem for problem in mending["problems"])
    found = await record(house, post)
    assert (found.session.host, found.topic) == (alex.id, "fractions")


LATEX = r"""```json
{'title': 'Halves', 'questions': [{
  'question_text': 'What is $\frac{1}{2} \times \theta$ with \(\beta = 2\)?',
  'choices': ['A) $\frac{\theta}{2}$', 'B) $\nu$ and \sqrt{2}'],
  'answer': 'A)',
  'explanation': 'Half of $\theta$.\nThat is all.',
},]}
```<|call|>"""


async def test_a_quiz_with_unescaped_latex_and_other_habits_is_shown_whole_at_once(house: House) -> None:
    house.openai.turns += [quiz_turn(LATEX), Turn("Well done.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is ½ × θ with β = 2?", start)
    found = await record(house, post)
    assert found.session.quiz.questions[0].choices == (r"$\frac{\theta}{2}$", r"$\nu$ and \sqrt{2}")
    call = await house.bot.conversation_store.call(found.call_id)
    assert call is not None
    assert call.arguments == LATEX  # on the wire it stays as the model wrote it
    await alex.clicks(post, f"quiz:{found.id}:answer:0:0")
    await alex.sees(start, contains="Well done.")
    assert outputs(house)[0]["correct"] == [True]


async def test_what_can_be_read_in_two_ways_goes_back_with_both(house: House) -> None:
    house.openai.turns += [
        quiz_turn(r'{"title": "Light", "questions": [{"question_text": "E = h\nu?", "choices": ["a", "b"]}]}'),
        quiz_turn(),
    ]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="light")
    await question(alex, "What is 1/2 + 1/3?")
    assert r"`\nu` can be the command" in outputs(house)[0]["problems"][0]


async def test_after_two_attempts_at_mending_the_student_is_told(house: House) -> None:
    house.openai.turns += [*[quiz_turn("{")] * 5, Turn("Sorry about that.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    await alex.sees(contains="I did not manage to make a quiz")
    sorry = await alex.sees(contains="Sorry about that.")
    assert len(asked(house)) == 6
    assert "problems" not in outputs(house)[-1]
    told = [post for post in alex.messages(sorry.channel_id) if "did not manage" in post.text]
    assert len(told) == 1  # also of a model that calls on and on


async def test_while_discord_cannot_be_reached_the_quiz_waits_and_the_model_hears_of_no_failure(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_DELAY", 0.05)
    house.openai.turns += [quiz_turn(ONE), Turn("Well done.")]
    alex = await house.discord.student("alex")
    house.discord.fail(Fault("disconnect", "POST /channels/*/messages", times=3, bots_only=True))
    start = await house.ask(alex, "quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    await alex.clicks(post, "5/6")
    await alex.sees(start, contains="Well done.")
    assert [each["status"] for each in outputs(house)] == ["completed"]
    assert len([each for each in alex.messages(start) if "5/6" in each.text]) == 1


async def test_a_model_that_never_calls_the_function_does_not_leave_the_student_waiting(house: House) -> None:
    house.openai.reply = lambda _: Turn("I would rather talk about the weather.")
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    await alex.sees(contains="I did not manage to make a quiz")


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
