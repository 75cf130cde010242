"""The output of a call of `generate_quiz`: what the model is told of a quiz."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from bot.quizzes.scoring import grade
from bot.quizzes.session import QuizSession

Status = Literal["completed", "unfinished"]


def results_output(session: QuizSession, status: Status) -> str:
    """The responses as JSON: for each question the text of the chosen choice, null if it was skipped.

    Solo, `responses` is a list; of a group, an object of such lists by display name. If the quiz says the right
    answers, `correct` has the same shape.
    """
    return json.dumps(_report(session, status), ensure_ascii=False)


def invalid_output(problems: Sequence[str]) -> str:
    """The output for arguments that are not a valid quiz: it asks the model to correct them."""
    advice = "The quiz was not shown. Call generate_quiz again with all of this mended."
    return json.dumps({"status": "invalid", "problems": list(problems), "advice": advice}, ensure_ascii=False)


def rejected_output() -> str:
    """The output after the last correction: the student knows already that there is no quiz."""
    advice = "The quiz could not be shown, and the student knows. Do not call generate_quiz again."
    return json.dumps({"status": "invalid", "advice": advice})


def refused_output() -> str:
    """The output where a limit allows no more quizzes: the student has been told."""
    advice = (
        "The quiz was not shown: too many quizzes were started, and the student has been told when the next one can be "
        "started. Do not call generate_quiz again now."
    )
    return json.dumps({"status": "refused", "advice": advice})


def cancelled_output() -> str:
    """The output of a cancelled quiz, for a run with other calls."""
    return json.dumps({"status": "cancelled", "advice": "The quiz was cancelled. Do not start another."})


def not_shown_output() -> str:
    """The output if Discord refuses the quiz's message."""
    return json.dumps({"status": "not_shown", "error": "Discord does not let the quiz be shown here."})


def _report(session: QuizSession, status: Status) -> dict[str, Any]:
    report: dict[str, Any] = {"status": status, "responses": _each(session, _responses)}
    if any(question.answer is not None for question in session.quiz.questions):
        report["correct"] = _each(session, _correct)
    corrected = {
        str(number): question.choices[question.answer]
        for number, question in enumerate(session.quiz.questions, start=1)
        if question.corrected and question.answer is not None
    }
    if corrected:
        report["corrected_answers"] = corrected
        report["note"] = (
            "By algebra, other answers than yours are right in these questions, by number. The quiz was shown with "
            "them; give your feedback by them."
        )
    if status == "unfinished":
        report["advice"] = (
            "Someone wrote on before the quiz was over. Answer them; the results come in a message later."
        )
    return report


def _each(session: QuizSession, view: Callable[[QuizSession, int], list[Any]]) -> list[Any] | dict[str, list[Any]]:
    if session.mode == "solo":
        return view(session, session.host)
    names = unique_names(session.names)
    return {names[student]: view(session, student) for student in session.responses}


def _responses(session: QuizSession, student: int) -> list[str | None]:
    responses = (session.response(student, index) for index in range(session.count))
    return [
        None if response is None else question.choices[response.choice]
        for question, response in zip(session.quiz.questions, responses, strict=True)
    ]


def _correct(session: QuizSession, student: int) -> list[bool | None]:
    words = {"right": True, "wrong": False, "skipped": None, "open": None}
    return [words[grade(session, student, question)] for question in range(session.count)]


def unique_names(names: Mapping[int, str]) -> dict[int, str]:
    """The names by student; a name that comes again gets a number."""
    taken: set[str] = set()
    shown: dict[int, str] = {}
    for student, name in names.items():
        shown[student] = next(one for one in _numbered(name or "?") if one not in taken)
        taken.add(shown[student])
    return shown


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1
