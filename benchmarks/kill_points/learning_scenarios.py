"""Reviews, practice, cards, decks, reports and deletions, while the bot dies."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from benchmarks.kill_points.scenarios import (
    answers_by_marks,
    ends,
    gives_quizzes,
    has,
    is_over,
    newest_texts,
    quiz_shown,
    rows,
    scenario,
)
from benchmarks.kill_points.stage import Stage
from playground.pilot import SeenMessage, Student
from tests.bot.learning.cards.making import SET
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.scripted_openai import Call, Turn, tool_outputs

DAY = 86_400
CAKE = {"title": "One", "questions": FRACTIONS["questions"][1:2]}
ASKED = "Which fraction is the largest?"


async def missed(stage: Stage, student: Student) -> SeenMessage:
    """The results of a quiz of one question that a student has missed, in the preparation."""
    gives_quizzes(stage, CAKE)
    async with stage.preparation():
        await student.says("math", f"{stage.mention} quiz me")
        post = await quiz_shown(stage, student, ASKED)
        wrong = next(each.custom_id for each in post.controls if (each.custom_id or "").endswith(":answer:0:0"))
        await stage.press(student, post, wrong or "", lambda: "0 of 1 right" in student.now(post).text, "results")
        await ends(stage, student, "results")
    return student.now(post)


def labels(message: SeenMessage) -> list[str]:
    """The labels of what stands under a message."""
    return [each.label for each in message.controls]


def pressing(post: SeenMessage, action: str) -> str:
    """The custom_id of a review's button."""
    return next((each.custom_id or "" for each in post.controls if f":{action}" in (each.custom_id or "")), action)


@scenario()
async def review(stage: Stage) -> None:
    """`/review`: the card is asked, graded once, and the review comes to its end."""
    alex = await stage.discord.student("alex")
    await missed(stage, alex)
    stage.discord.world.clock.advance(DAY)
    await stage.begin()
    shown: Any = lambda: [each for each in alex.messages() if has(each, "review:") and ASKED in each.text]  # noqa: E731
    await stage.run(alex, "/review", "math", shown, "the card")
    post = shown()[-1]
    says: Any = lambda *texts: lambda: any(text in alex.now(post).text for text in texts)  # noqa: E731
    await stage.press(alex, post, pressing(post, "answer:2"), says("✓ Right"), "the verdict")
    await stage.press(alex, post, "Easy", says("Comes back"), "the next date")
    await stage.press(alex, post, "Next", says("1 right, 0 not."), "the end of the review")
    await is_over(stage)
    graded = rows(stage, "SELECT count(*) FROM card_reviews WHERE number > 0")
    stage.expect("graded once", holds=graded == [(1,)], about=graded)


@scenario()
async def practise(stage: Stage) -> None:
    """*Practise the wrong ones*: missed once more, then right."""
    alex = await stage.discord.student("alex")
    results = await missed(stage, alex)
    await stage.begin()
    shown: Any = lambda: [each for each in alex.messages() if has(each, "review:") and ASKED in each.text]  # noqa: E731
    await stage.press(alex, results, "Practise the wrong ones", shown, "the card")
    post = shown()[-1]
    says: Any = lambda text: lambda: text in alex.now(post).text  # noqa: E731
    await stage.press(alex, post, "I don't know", says("It comes again"), "that it comes again")
    await stage.press(alex, post, "Next", lambda: has(alex.now(post), pressing(alex.now(post), "answer:2")), "again")
    await stage.press(alex, post, pressing(alex.now(post), "answer:2"), says("✓ Right"), "the verdict")
    await stage.press(alex, post, "Next", says("Each was right once."), "the end")
    await is_over(stage)


def makes_cards(stage: Stage) -> list[Any]:
    """The model makes cards, and says a word about them; what it was told of them."""
    told: list[Any] = []

    def reply(body: Mapping[str, Any]) -> Turn:
        if outputs := [json.loads(each) for each in tool_outputs(dict(body))]:
            told.extend(each for each in outputs if each not in told)
            return Turn("a:results three cards z:results", every=0.02)
        if "[results]" in newest_texts(body):
            return Turn("a:results three cards z:results", every=0.02)
        return Turn(calls=[Call("make_cards", SET)])

    stage.openai.reply = reply
    return told


@scenario()
async def cards(stage: Stage) -> None:
    """`/cards`: they are shown once, turned over, and kept once."""
    await stage.begin()
    makes_cards(stage)
    alex = await stage.discord.student("alex")
    shown: Any = lambda: [each for each in stage.said() if has(each, "cards:")]  # noqa: E731
    there: Any = lambda: shown() or any("on their way" in each.text for each in stage.said())  # noqa: E731
    retry: Any = lambda: next((each for each in stage.said() if has(each, "saem:retry:")), None)  # noqa: E731
    await stage.run(alex, "/cards", "math", there, "the announcement", topic="fractions")
    await stage.until(lambda: shown() or retry(), "the cards, or Retry")
    await stage.quiet()
    if not shown() and (offered := retry()) is not None:
        await stage.press(alex, offered, "Retry", shown, "the cards after Retry")
        await stage.quiet()
    stage.expect("one set", holds=len(shown()) == 1, about=[each.describe() for each in shown()])
    post = shown()[0]
    await stage.press(alex, post, "Show back", lambda: "back" in alex.now(post).text, "the back")
    await stage.press(alex, post, "Next", lambda: "Numerator" in alex.now(post).text, "card 2")
    kept: Any = lambda: [  # noqa: E731
        each for each in alex.messages() if "I keep 3 cards" in each.text or "is up to date" in each.text
    ]
    await stage.press(alex, post, "Keep these cards (3)", kept, "that they are kept")
    await is_over(stage)
    stored = rows(stage, "SELECT count(*) FROM cards")
    stage.expect("kept once", holds=stored == [(3,)], about=stored)
    decks = rows(stage, "SELECT count(*) FROM decks")
    stage.expect("in one deck", holds=decks == [(1,)], about=decks)


def _table() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["front", "back"], ["one", "하나"], ["two", "둘"]])
    return text.getvalue().encode()


@scenario()
async def card_file(stage: Stage) -> None:
    """A file of cards dropped in a direct message is offered once, and becomes one deck."""
    alex = await stage.discord.student("alex")
    place = await alex.dm(stage.discord.bot.id)
    answers_by_marks(stage)
    async with stage.preparation():
        await alex.says(place, "ask hello")
        await ends(stage, alex, "hello")
    await stage.begin()
    await alex.drops(place, ("words.csv", _table()))
    offers: Any = lambda: [each for each in stage.said(place) if has(each, "saem:import")]  # noqa: E731
    await stage.until(offers, "the offer")
    await stage.quiet()
    stage.expect("one offer", holds=len(offers()) == 1, about=[each.describe() for each in offers()])
    made: Any = lambda: [each for each in stage.said(place) if "is there:" in each.text]  # noqa: E731
    await stage.press(alex, offers()[0], "Make a deck", made, "the deck")
    await is_over(stage)
    stored = rows(stage, "SELECT count(*) FROM cards")
    stage.expect("two cards", holds=stored == [(2,)], about=stored)


@scenario()
async def export_and_progress(stage: Stage) -> None:
    """`/export`, `/progress`, a report and `/delete-progress`: each goes through, or says so."""
    alex = await stage.discord.student("alex")
    results = await missed(stage, alex)
    await stage.begin()
    files: Any = lambda: [each for each in alex.messages() if each.attachments and "cards" in each.text]  # noqa: E731
    file: Any = lambda: files() or [each for each in alex.messages() if "card" in each.text and each.attachments]  # noqa: E731
    await stage.run(alex, "/export", "math", file, "the file", format="csv")
    progress: Any = lambda: [each for each in alex.messages() if "0 of 1 right" in each.text and has(each, "progress:")]  # noqa: E731
    await stage.run(alex, "/progress", "math", progress, "the progress")
    full: Any = lambda: [each for each in alex.messages() if has(each, "quiz:") and ":report:" in str(each.raw)]  # noqa: E731
    quiz_id = next(
        (each.custom_id or "").split(":")[1] for each in results.controls if "quiz:" in (each.custom_id or "")
    )
    await stage.select(alex, results, f"quiz:{quiz_id}:look:0:0", "0", full, "the question in full")
    thanks: Any = lambda: any("You have reported" in each.text for each in alex.messages())  # noqa: E731
    await stage.press(alex, full()[-1], "Report as wrong", thanks, "the thanks")
    asked: Any = lambda: [each for each in alex.messages() if "Delete it all" in labels(each)]  # noqa: E731
    await stage.run(alex, "/delete-progress", "math", asked, "the question")
    deleted: Any = lambda: any("Deleted:" in each.text or "keep nothing" in each.text for each in alex.messages())  # noqa: E731
    await stage.press(alex, asked()[-1], "Delete it all", deleted, "that it is deleted")
    await is_over(stage)
    left = rows(stage, "SELECT (SELECT count(*) FROM cards) + (SELECT count(*) FROM study_results)")
    stage.expect("nothing is left", holds=left == [(0,)], about=left)
