"""What people do while the bot dies, and what must be true in the end."""

import json
import re
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from benchmarks.kill_points.stage import Stage
from playground.pilot import SeenMessage, Student
from tests.bot.hints.climbing import EQUATION
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.scripted_openai import Call, Turn, content_text, tool_outputs

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Scenario:
    """What is played; `settings` are the bot's."""

    name: str
    play: Play
    settings: Mapping[str, Any] = field(default_factory=dict)


SCENARIOS: dict[str, Scenario] = {}


def scenario(**settings: Any) -> Callable[[Play], Play]:
    """Register what is played under its function's name."""

    def register(play: Play) -> Play:
        name = play.__name__.strip("_")
        SCENARIOS[name] = Scenario(name, play, settings)
        return play

    return register


def has(message: SeenMessage, custom_id: str) -> bool:
    """Whether a button or select with an id that begins so stands under a message."""
    return any((each.custom_id or "").startswith(custom_id) for each in message.controls)


def words(stage: Stage, mark: str) -> list[SeenMessage]:
    """The bot's messages with the end of the answer to a mark."""
    return [each for each in stage.said() if f"z:{mark}" in each.text]


def rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    """What the bot's database says."""
    with closing(sqlite3.connect(stage.directory / "saem.sqlite3")) as database:
        return database.execute(query).fetchall()


def _says(student: Student, message: SeenMessage, text: str) -> bool:
    return text in student.now(message).text


def newest_texts(body: Mapping[str, Any]) -> str:
    """What users have said since the model answered last."""
    texts: list[str] = []
    for item in body["input"]:
        if item.get("role") == "assistant":
            texts.clear()
        elif item.get("role") == "user":
            texts.append(content_text(item["content"]))
    return "\n".join(texts)


def results_in(body: Mapping[str, Any]) -> list[Any]:
    """What the model is told of calls that people have answered: outputs of its run, or, where that run is gone, the
    message that brings them to another one.
    """
    if outputs := [json.loads(each) for each in tool_outputs(dict(body))]:
        return outputs
    text = newest_texts(body)
    if "[results]" not in text:
        return []
    return [json.loads(text[text.index("{", text.index("its result now")) : text.rindex("}") + 1])]


def answers_by_marks(stage: Stage, **turn: Any) -> None:
    """The model answers each `ask …` of the newest message in a text of its own."""

    def reply(body: Mapping[str, Any]) -> Turn:
        marks = re.findall(r"ask (\w+)", newest_texts(body))
        return Turn(" ".join(f"a:{mark} one two three four z:{mark}" for mark in marks) or "Well.", **turn)

    stage.openai.reply = reply


async def ends(stage: Stage, student: Student, mark: str) -> None:
    """The answer to a mark comes, or Retry, which gives it; there is one."""

    def retry() -> SeenMessage | None:
        return next((each for each in stage.said() if has(each, "saem:retry:")), None)

    most = 1
    await stage.until(lambda: words(stage, mark) or retry(), f"an answer to {mark}, or Retry")
    await stage.quiet()
    if not words(stage, mark) and (offered := retry()) is not None:
        await stage.press(student, offered, "Retry", lambda: words(stage, mark), f"an answer to {mark} after Retry")
        await stage.quiet()
        most = 2  # a question of the past stands beside the next one too, where the model may answer both
    found = words(stage, mark)
    stage.expect(f"{mark} has one answer", holds=1 <= len(found) <= most, about=[each.describe() for each in found])


async def is_over(stage: Stage) -> None:
    """Nothing that runs, or waits, is left behind."""
    await stage.quiet()
    for each in stage.said():
        stage.expect("no Stop is left", holds=not has(each, "saem:stop:"), about=each.describe())
        stage.expect("nothing is left thinking", holds=not each.thinking, about=each.describe())


@scenario()
async def question(stage: Stage) -> None:
    """A question, and two more while it is answered: each has one answer, in order."""
    await stage.begin()
    answers_by_marks(stage, every=0.02)
    alex = await stage.discord.student("alex")
    first = await alex.says("math", f"{stage.mention} ask first")
    await stage.until(lambda: any("a:first" in each.text for each in stage.said()) or stage.deaths, "its first words")
    thread = first.id if first.id in stage.discord.world.channels else "math"
    if thread == "math":
        await alex.says("math", f"{stage.mention} ask second")
        await alex.says("math", f"{stage.mention} ask third")
    else:
        await alex.says(thread, "ask second")
        await alex.says(thread, "ask third")
    for mark in ("first", "second", "third"):
        await ends(stage, alex, mark)
    await is_over(stage)
    if thread != "math":
        order = [words(stage, mark)[0] for mark in ("second", "third") if words(stage, mark)]
        stage.expect("in order", holds=[each.id for each in order] == sorted(each.id for each in order))


@dataclass
class _Told:
    """What the model was told of a quiz."""

    outputs: list[dict[str, Any]] = field(default_factory=list)


def gives_quizzes(stage: Stage, quiz: Any = FRACTIONS) -> _Told:
    """The model gives a quiz where it is to, and words about the responses."""
    told = _Told()

    def reply(body: Mapping[str, Any]) -> Turn:
        if outputs := results_in(body):
            told.outputs.extend(each for each in outputs if each not in told.outputs)
            return Turn("a:results that went quite well z:results", every=0.02)
        text = newest_texts(body)
        if marks := re.findall(r"ask (\w+)", text):
            return Turn(" ".join(f"a:{mark} one two three four z:{mark}" for mark in marks), every=0.02)
        return Turn(calls=[Call("generate_quiz", quiz)])

    stage.openai.reply = reply
    return told


@scenario()
async def quiz_alone(stage: Stage) -> None:
    """`/quiz` for one: every press counts once, the model hears of it once, and its words come once."""
    await stage.begin()
    told = gives_quizzes(stage)
    alex = await stage.discord.student("alex")
    await stage.run(alex, "/quiz", "math", lambda: announced(stage), "the announcement", topic="fractions")
    post = await quiz_shown(stage, alex, "What is 1/2 + 1/3?")
    steps = (("5/6", "Which fraction"), ("three quarters of a cake", "Is 4/8"), ("Yes", "Check your answers"))
    for label, then in (*steps, ("Send", "3 of 3 right")):
        await stage.press(alex, post, label, partial(_says, alex, post, then), then)
    await talks_after(stage, alex, told)


def announced(stage: Stage) -> bool:
    """Whether a quiz is on its way, or there."""
    return any("on its way" in each.text or has(each, "quiz:") for each in stage.said())


async def quiz_shown(stage: Stage, student: Student, contains: str) -> SeenMessage:
    """The message of the quiz, or Retry, which gives it; there is one."""
    shown: Any = lambda: [each for each in stage.said() if contains in each.text and has(each, "quiz:")]  # noqa: E731
    retry: Any = lambda: next((each for each in stage.said() if has(each, "saem:retry:")), None)  # noqa: E731
    await stage.until(lambda: shown() or retry(), "the quiz, or Retry")
    await stage.quiet()
    if not shown() and (offered := retry()) is not None:
        await stage.press(student, offered, "Retry", shown, "the quiz after Retry")
        await stage.quiet()
    stage.expect("one message of a quiz", holds=len(shown()) == 1, about=[each.describe() for each in shown()])
    post: SeenMessage = shown()[0]
    return post


async def talks_after(stage: Stage, student: Student, told: "_Told") -> None:
    """The model heard of the quiz once, and its words come once, or Retry, which gives them."""
    await ends(stage, student, "results")
    stage.expect("the model heard of it once", holds=len(told.outputs) == 1, about=told.outputs)
    if told.outputs:
        given = told.outputs[0]
        right = ["5/6", "three quarters of a cake", "Yes"]
        stage.expect("every press counts once", holds=given.get("responses") == right, about=given)
    await is_over(stage)


@scenario()
async def quiz_written_on(stage: Stage) -> None:
    """Somebody writes on while a quiz of a conversation is open: that is answered, and the quiz can be finished."""
    await stage.begin()
    told = gives_quizzes(stage)
    alex = await stage.discord.student("alex")
    start = await alex.says("math", f"{stage.mention} quiz me")
    post = await quiz_shown(stage, alex, "What is 1/2 + 1/3?")
    await stage.press(alex, post, "5/6", lambda: "Which fraction" in alex.now(post).text, "question 2")
    await alex.says(post.channel_id, "ask meanwhile")
    await ends(stage, alex, "meanwhile")
    for label, then in (
        ("three quarters of a cake", "Is 4/8"),
        ("Yes", "Check your answers"),
        ("Send", "3 of 3 right"),
    ):
        await stage.press(alex, post, label, partial(_says, alex, post, then), then)
    await stage.quiet()
    await ends(stage, alex, "results")
    await is_over(stage)
    del told, start


@scenario(patches={"bot.quizzes.quizmaster.LOBBY_FOR": 600.0, "bot.quizzes.quizmaster.OPEN_FOR": 600.0})
async def quiz_together(stage: Stage) -> None:
    """A quiz for a group: every answer counts once, the table stands there, the model hears of it once."""
    await stage.begin()
    told = gives_quizzes(stage)
    alex, sora = await stage.discord.student("alex"), await stage.discord.student("sora")
    await stage.run(alex, "/quiz", "math", lambda: announced(stage), "the announcement", topic="f", mode="together")
    lobby = await quiz_shown(stage, alex, "Nobody has joined yet.")
    await stage.press(sora, lobby, "Join", lambda: "Joined (1)" in alex.now(lobby).text, "Sora in the lobby")
    await stage.press(alex, lobby, "Start now", lambda: "1/2 + 1/3" in alex.now(lobby).text, "question 1")
    place = lobby.channel_id
    stored: Any = lambda who: rows(stage, f"SELECT choice FROM quiz_answers WHERE student_id = {who.id}")  # noqa: E731
    await stage.press(alex, lobby, "5/6", lambda: stored(alex), "alex's answer")
    await stage.press(sora, lobby, "2/5", lambda: stored(sora), "sora's answer")
    await stage.press(alex, lobby, "Skip", lambda: "✓ 5/6" in alex.now(lobby).text, "question 1 closed")
    later: Any = lambda text: next((each for each in stage.said(place) if text in each.text), None)  # noqa: E731
    await stage.press(alex, lobby, "Next", lambda: later("Which fraction is"), "question 2")
    second = later("Which fraction is")
    assert second is not None
    await stage.press(alex, second, "End", lambda: later("Results"), "the table")
    await ends(stage, alex, "results")
    tables = [each for each in stage.said() if "Results" in each.text]
    stage.expect("one table", holds=len(tables) == 1, about=[each.describe() for each in tables])
    stage.expect("the model heard of it once", holds=len(told.outputs) == 1, about=told.outputs)
    given = told.outputs[0].get("responses") if told.outputs else None
    wanted = {"Alex": ["5/6", None, None], "Sora": ["2/5", None, None]}
    stage.expect("every answer counts", holds=given == wanted, about=given)
    await is_over(stage)


@scenario()
async def ladder(stage: Stage) -> None:
    """A hint ladder: hints, a wrong try, the right answer; the model hears of it once."""
    await stage.begin()
    told: list[Any] = []

    def reply(body: Mapping[str, Any]) -> Turn:
        if outputs := results_in(body):
            told.extend(each for each in outputs if each not in told)
            return Turn("a:results well done z:results", every=0.02)
        return Turn(calls=[Call("give_help", EQUATION)])

    stage.openai.reply = reply
    alex = await stage.discord.student("alex")
    await alex.says("math", f"{stage.mention} help me with 2x + 3 = 9")
    shown: Any = lambda: [each for each in stage.said() if has(each, "hint:")]  # noqa: E731
    retry: Any = lambda: next((each for each in stage.said() if has(each, "saem:retry:")), None)  # noqa: E731
    await stage.until(lambda: shown() or retry(), "the ladder, or Retry")
    await stage.quiet()
    if not shown() and (offered := retry()) is not None:
        await stage.press(alex, offered, "Retry", shown, "the ladder after Retry")
        await stage.quiet()
    stage.expect("one ladder", holds=len(shown()) == 1, about=[each.describe() for each in shown()])
    post = shown()[0]
    says: Any = lambda text: lambda: text in alex.now(post).text  # noqa: E731
    await stage.press(alex, post, "Next hint", says("Take the constant away"), "the second hint")
    await stage.fill_in(alex, post, "My answer…", {"given": "x = 4"}, says("is not it yet"), "the verdict")
    await stage.fill_in(alex, post, "My answer…", {"given": "6/2"}, says("Solved: x = 3"), "the end")
    await ends(stage, alex, "results")
    stage.expect("the model heard of it once", holds=len(told) == 1, about=told)
    stage.expect("both tries count once", holds=bool(told) and told[0].get("tries") == 2, about=told)
    await is_over(stage)
