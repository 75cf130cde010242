"""The second solve: a quiz's questions put to the model again, blind, and its choices compared with the keys.

The request holds the questions and their choices, in another order, and nothing else: no key, no explanation, no slips,
no passage. Several questions may stand in one request, as each is blind to the others' keys.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final, Literal

import openai
import structlog

from bot.conversations.location import Location
from bot.conversations.separate_runs import SeparateRun, SeparateRuns
from bot.errors import UserFacingError
from bot.quizzes.arguments.quiz import QuizQuestion
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.session.choices import Order, order_of
from function_arguments.reader import ArgumentsError, read_arguments

log = structlog.get_logger(__name__)

MOST_TOGETHER: Final = 4
"""Questions of one request: so many cost little more than one, and are answered before a student has read the first."""
LONGEST_WORKING: Final = 600

SOLVE: Final[dict[str, Any]] = {
    "name": "solve_questions",
    "description": "Give your solution of every question.",
    "parameters": {
        "type": "object",
        "required": ["solutions"],
        "properties": {
            "solutions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["question", "working", "choice"],
                    "properties": {
                        "question": {"type": "integer", "description": "The number of the question."},
                        "working": {"type": "string", "description": "How you come to it, in a few short steps."},
                        "choice": {
                            "type": "integer",
                            "description": "The number of the right choice; 0 if none or several are right.",
                        },
                    },
                },
            }
        },
    },
}
INSTRUCTIONS: Final = (
    "You check a quiz before students see it. Solve each question by yourself, step by step, and call "
    "solve_questions once with all of them. Rely on nothing in the wording that hints at an answer. If no choice is "
    "right, or more than one, say 0 and why."
)
FROM_FILES: Final = (
    " The questions are about files: search them for what each question rests on, and go by what they say."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quiz is played, for whom, and whether it is made from files."""

    location: Location
    student_id: int
    from_files: bool = False
    thread_id: str | None = None
    """The conversation's Assistants thread, whose files the quiz may be from."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the second solve says of a question: the key stands, it does not, or nobody knows."""

    kind: Literal["agrees", "differs", "unknown"]
    working: str = ""
    choice: int | None = None
    """The choice that came out, by its index; None: none or several are right."""


UNKNOWN: Final = Verdict("unknown")


class SecondSolve:
    """Has questions solved again."""

    def __init__(self, runs: SeparateRuns, random: Random) -> None:
        self._runs = runs
        self._random = random

    async def solve(self, questions: Sequence[QuizQuestion], place: Place) -> Sequence[Verdict]:
        """The verdict on each question, in one request. Where the model is away, refuses or talks nonsense, nobody
        knows.
        """
        orders = [order_of(question, self._random) for question in questions]
        asked = SeparateRun(
            SOLVE,
            INSTRUCTIONS + (FROM_FILES if place.from_files else ""),
            "\n\n".join(_shown(number, each) for number, each in enumerate(zip(questions, orders, strict=True), 1)),
            with_files=place.from_files,
            like_thread=place.thread_id,
        )
        arguments = await ask(self._runs, asked, place)
        return _verdicts(arguments, questions, orders)


async def ask(runs: SeparateRuns, asked: SeparateRun, place: Place) -> Mapping[str, Any] | None:
    """The arguments of the call that is asked for; None where there is none that can be read."""
    try:
        arguments = await runs.call(place.location, place.student_id, asked)
        return None if arguments is None else read_arguments(arguments, asked.function["parameters"])
    except (openai.OpenAIError, TimeoutError, UserFacingError, ArgumentsError) as error:
        log.info("quiz.separate_run_failed", function=asked.function["name"], cause=error)
        return None


def _shown(number: int, of: tuple[QuizQuestion, Order]) -> str:
    question, order = of
    lines = [f"  {place}. {question.choices[choice]}" for place, choice in enumerate(order, 1)]
    return "\n".join([f"Question {number}: {question.question_text}", *lines])


def _verdicts(
    arguments: Mapping[str, Any] | None, questions: Sequence[QuizQuestion], orders: Sequence[Order]
) -> list[Verdict]:
    """The verdicts by what the model said; a question that it speaks of twice, in two ways, is not known."""
    found: dict[int, set[Verdict]] = {}
    solutions = (arguments or {}).get("solutions")
    for each in solutions if isinstance(solutions, list) else ():
        number, chosen = (_integer(each, name) for name in ("question", "choice"))
        if number is None or chosen is None or not 1 <= number <= len(questions):
            continue
        question, order = questions[number - 1], orders[number - 1]
        if not 0 <= chosen <= len(order):
            continue
        choice = order[chosen - 1] if chosen else None
        working = shortened(str(each.get("working") or ""), LONGEST_WORKING)
        verdict = Verdict("agrees" if choice == question.answer else "differs", working, choice)
        found.setdefault(number, set()).add(verdict)
    said = [found.get(number, set()) for number in range(1, len(questions) + 1)]
    return [each.pop() if len({verdict.choice for verdict in each}) == 1 else UNKNOWN for each in said]


def _integer(value: Any, name: str) -> int | None:
    """A field that is a whole number, or a text that is one."""
    given = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(given, str) and given.strip().isdecimal():
        given = int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) else None


def reason_of(verdict: Verdict, question: QuizQuestion) -> str:
    """Why a question goes back to the model, in a sentence for it."""
    if verdict.choice is None:
        found = "no choice came out as the only right one"
    else:
        shown = json.dumps(shortened(question.choices[verdict.choice], 200), ensure_ascii=False)
        found = f"choice {verdict.choice + 1} ({shown}) came out"
    working = f" The working: {verdict.working}" if verdict.working else ""
    return f"Solved again without its key, {found}.{working}"
