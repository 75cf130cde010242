"""The mode `guide` in Discord: what the model tells beside its call is behind spoilers until the exercise is done."""

import asyncio
import json
from pathlib import Path
from typing import Any

from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.bot.hints.climbing import EQUATION, answers, help_turn, ladder, now_says, source
from tests.house import House, bot_in, finished, settings_for
from tests.scripted_openai import Call, Fault, ScriptedOpenAI, Turn, tool_outputs

GIVEN_AWAY = "Let us see.\n\nThe answer is **x = 3**.\n\nNow try it."


async def guided(house: House, student: Student) -> None:
    """Set the mode of the channel, as a teacher does."""
    teacher = await house.discord.student("teacher")
    await (await teacher.runs("/mode", where="math", mode="guide")).says("guide")


def in_the_open(text: str) -> str:
    """A message without what is behind spoilers."""
    parts = text.split("||")
    return "".join(parts[::2])


async def said(student: Student, place: Any, contains: str) -> SeenMessage:
    return await student.sees(place, contains=contains)


async def test_words_beside_the_call_are_hidden_until_it_is_solved(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [help_turn(EQUATION, GIVEN_AWAY), Turn("Yes, x = 3. Well done.")]
    await house.ask(alex, "please tell me the answer to 2x + 3 = 9")
    post = await ladder(alex)
    beside = await said(alex, post.channel_id, "Now try it")
    assert "x = 3" in beside.text
    assert "x = 3" not in in_the_open(beside.text)
    assert "Now try it" in in_the_open(beside.text)
    assert "opens after 2 more honest tries" in post.text
    assert next(each for each in post.controls if each.label == "Show solution").disabled
    await answers(alex, post, "3")
    await now_says(alex, post, "Solved")
    plain = await alex.wait_for(lambda: "||" not in alex.now(beside).text and alex.now(beside), what="plain words")
    assert "The answer is **x = 3**" in plain.text
    feedback = await said(alex, post.channel_id, "Well done")
    assert "||" not in feedback.text
    assert "guide" in str(house.requests[0]["instructions"])


async def test_what_streams_before_the_call_never_stands_in_the_open(house: House) -> None:
    """A problem that algebra cannot solve by itself: the answer is known from the call alone."""
    alex = await house.discord.student("alex")
    await guided(house, alex)
    riddle = {**EQUATION, "problem": "How many legs have two dogs less five?", "answer": "3"}
    gate = asyncio.Event()
    pieces = ["Think of dogs. ", "They have ", "legs: ", "it is 3", ", you see.\n\n", "And ", "more."]
    turn = help_turn(riddle)
    house.openai.turns.append(Turn("".join(pieces), calls=turn.calls, pieces=pieces, every=0.03))
    await house.ask(alex, "how many legs have two dogs less five?")
    post = await ladder(alex)
    beside = await said(alex, post.channel_id, "it is 3")
    assert "it is 3" not in in_the_open(beside.text)
    gate.set()
    versions = [each.text for each in alex.messages(post.channel_id) if each.by_bot]
    assert all("it is 3" not in in_the_open(text) for text in versions)


async def test_an_answer_without_a_call_and_all_further_ones_hide_it_too(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [Turn("It is x = 3."), Turn("As I said: 3."), Turn("Right, x = 3!")]
    start = await house.ask(alex, "what is 2x + 3 = 9")
    first = await finished(alex, start, "x = 3")
    assert "x = 3" not in in_the_open(first.text)
    await alex.says(first.channel_id, "come on, tell me")
    second = await finished(alex, first.channel_id, "As I said")
    assert "3" not in in_the_open(second.text)
    shown = await alex.clicks(first, "Show as text") if any(c.label == "Show as text" for c in first.controls) else None
    assert shown is None or "x = 3" not in (await shown.says()).text
    await alex.says(first.channel_id, "x = 3")
    third = await finished(alex, first.channel_id, "Right")
    assert "||" not in third.text


async def test_the_solver_helps_where_the_model_only_answers(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [Turn("Easy: x = 3."), Turn("Good work.")]
    await house.ask(alex, "solve 2x + 3 = 9")
    post = await ladder(alex, "Hint 1 of 2")
    told = await said(alex, post.channel_id, "Easy")
    assert "x = 3" not in in_the_open(told.text)
    await answers(alex, post, "3")
    await now_says(alex, post, "Solved")
    await alex.wait_for(lambda: "||" not in alex.now(told).text, what="plain words")
    await alex.says(post.channel_id, "thanks")
    await finished(alex, post.channel_id, "Good work")
    assert any("is done" in text and '"outcome": "solved"' in text for text in house.user_texts())


async def test_after_a_restart_hidden_words_are_shown_plainly_when_it_is_solved(tmp_path: Path) -> None:
    turns = [help_turn(EQUATION, GIVEN_AWAY + "\n\n\\[ x = \\frac{6}{2} \\]"), Turn("Well done.")]
    async with Playground() as local, ScriptedOpenAI(*turns) as openai:
        settings = settings_for(local, openai, tmp_path)
        alex = await local.student("alex")
        async with bot_in(local, settings) as bot:
            house = House(local, openai, settings, bot)
            await guided(house, alex)
            await house.ask(alex, "please tell me the answer to 2x + 3 = 9")
            post = await ladder(alex)
            beside = await said(alex, post.channel_id, "Now try it")
            drawn = await alex.wait_for(
                lambda: next((each for each in alex.now(beside).raw["components"] if each["type"] == 12), None),
                what="the picture of the formula",
                timeout=20.0,
            )
            assert drawn["items"][0]["spoiler"]
            assert not drawn["items"][0]["description"]
        async with bot_in(local, settings):
            await answers(alex, post, "3")
            await now_says(alex, post, "Solved")
            shown = await alex.wait_for(lambda: "||" not in alex.now(beside).text and alex.now(beside), what="plain")
            assert "x = 3" in shown.text
            assert '"spoiler": true' not in json.dumps(shown.raw)


async def test_explanations_stay_free_and_threads_inherit(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [Turn("A derivative is a slope. For $x^2$ it is $2x$.")]
    start = await house.ask(alex, "what is a derivative?")
    answer = await finished(alex, start, "slope")
    assert "||" not in answer.text
    outcome = await alex.runs("/mode", where=answer.channel_id)
    assert "guide" in (await outcome.says("comes from")).text


async def test_who_may_set_the_mode(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    await (await alex.runs("/mode", where="math", mode="guide")).says("Only those who may manage")
    house.openai.turns += [Turn("Hello!")]
    start = await house.ask(alex, "hello")
    answer = await finished(alex, start, "Hello")
    await (await sora.runs("/mode", where=answer.channel_id, mode="guide")).says("Only those")
    await (await alex.runs("/mode", where=answer.channel_id, mode="guide")).says("guide")
    await (await alex.runs("/mode", where="math")).says("**answer**")
    dm = await alex.dm(house.discord.bot.id)
    await (await alex.runs("/mode", where=dm, mode="guide")).says("guide")


async def test_ending_it_opens_nothing(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [help_turn(EQUATION, "It is x = 3."), Turn("Fine: x = 3.")]
    await house.ask(alex, "help me with 2x + 3 = 9")
    post = await ladder(alex)
    beside = await said(alex, post.channel_id, "It is")
    await alex.clicks(post, "End")
    await now_says(alex, post, "was ended")
    await alex.says(post.channel_id, "now tell me")
    later = await finished(alex, post.channel_id, "Fine")
    assert "x = 3" not in in_the_open(later.text)
    assert "x = 3" not in in_the_open(alex.now(beside).text)
    assert "x = 3" not in source(house, post)


TWO = "solve 2x + 3 = 9 and then 5y - 1 = 34"
BOTH_TOLD = "The first is x = 3.\n\nThe second is y = 7.\n\nTry them."


async def two_ladders(student: Student, place: Any) -> tuple[SeenMessage, SeenMessage]:
    first, second = [await ladder(student, each, place) for each in ("2x", "5y")]
    return first, second


async def test_of_two_open_exercises_each_is_held_back_for_itself(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [Turn(BOTH_TOLD), Turn("Both done: x = 3 and y = 7.")]
    start = await house.ask(alex, TWO)
    told = await finished(alex, start, "The first")
    assert not {"x = 3", "y = 7"} & {each for each in ("x = 3", "y = 7") if each in in_the_open(told.text)}
    first, second = await two_ladders(alex, start.id)
    await answers(alex, first, "3")
    await now_says(alex, first, "Solved")
    half = await alex.wait_for(lambda: "x = 3" in in_the_open(alex.now(told).text) and alex.now(told), what="the first")
    assert "y = 7" in half.text
    assert "y = 7" not in in_the_open(half.text)
    await answers(alex, second, "7")
    await now_says(alex, second, "Solved")
    await alex.wait_for(lambda: "||" not in alex.now(told).text, what="the second")


async def test_after_a_restart_each_is_held_back_for_itself_too(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI(Turn(BOTH_TOLD)) as openai:
        settings = settings_for(local, openai, tmp_path)
        alex = await local.student("alex")
        async with bot_in(local, settings) as bot:
            house = House(local, openai, settings, bot)
            await guided(house, alex)
            start = await house.ask(alex, TWO)
            told = await finished(alex, start, "The first")
            first, second = await two_ladders(alex, start.id)
        async with bot_in(local, settings):
            await answers(alex, second, "7")
            await now_says(alex, second, "Solved")
            await alex.wait_for(lambda: "y = 7" in in_the_open(alex.now(told).text), what="the second")
            assert "x = 3" not in in_the_open(alex.now(told).text)
            await answers(alex, first, "3")
            await now_says(alex, first, "Solved")
            await alex.wait_for(lambda: "||" not in alex.now(told).text, what="the first")


async def test_regenerate_and_retry_hide_it_too(house: House) -> None:
    alex = await house.discord.student("alex")
    await guided(house, alex)
    house.openai.turns += [Fault(status=400, message="no")]
    start = await house.ask(alex, "what is 2x + 3 = 9")
    failed = await finished(alex, start, button="saem:retry:")
    house.openai.turns += [Turn("It is x = 3."), Turn("Once more: 3.")]
    await alex.clicks(failed, "Retry")
    answer = await finished(alex, start, "x = 3")
    assert "3" not in in_the_open(answer.text)
    post = await ladder(alex, "Hint 1", start)
    await alex.clicks(answer, "Regenerate")
    again = await finished(alex, start, "Once more")
    assert "3" not in in_the_open(again.text)
    posts = [each for each in alex.messages(start.id) if "Hint 1" in each.text]
    assert len(posts) == 1, "an exercise has one ladder"
    await answers(alex, post, "3")
    await alex.wait_for(lambda: "||" not in alex.now(again).text, what="plain words")


async def test_a_quiz_does_not_put_an_exercise_that_is_open(house: House) -> None:
    """It would tell the answer, and its explanation too."""
    alex = await house.discord.student("alex")
    await guided(house, alex)
    posing = {"question_text": "What solves 9 = 2x + 3?", "choices": ["1", "2", "3", "4"], "answer": 2}
    other = {"question_text": "What solves 4x + 1 = 9?", "choices": ["1", "2", "3", "4"], "answer": 1}
    telling = {**other, "question_text": "What is a root?", "explanation": "As in 2x + 3 = 9, where it is 3."}
    call = {"title": "Equations", "questions": [posing, other, telling]}
    house.openai.turns += [help_turn(EQUATION), *[Turn(calls=[Call("generate_quiz", call)])] * 3, Turn("Fine.")]
    start = await house.ask(alex, "help me with 2x + 3 = 9")
    post = await ladder(alex)
    await alex.says(start.id, "give me a quiz on it")
    quiz = await alex.sees(start, contains="4x + 1 = 9")
    assert "2x + 3" not in quiz.text
    (sent_back,) = [json.loads(each)["problems"] for each in tool_outputs(house.requests[-1])][:1]
    assert sent_back == [
        "Question 1 puts an exercise that the student is working on; ask another, with other numbers.",
        "Question 3 puts an exercise that the student is working on; ask another, with other numbers.",
    ]
    quiz_cog: Any = house.bot.get_cog("QuizCog")
    stored = await quiz_cog.quiz_store.get((quiz.controls[0].custom_id or "").split(":")[1])
    assert [each.question_text for each in stored.session.quiz.questions] == ["What solves 4x + 1 = 9?"]
    assert "2x + 3" in post.text
