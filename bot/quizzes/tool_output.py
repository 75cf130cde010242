"""The output of a call of `generate_quiz`: what the model is told of a quiz."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from bot.quizzes.session.choices import numbering
from bot.quizzes.session.player_names import unique_names
from bot.quizzes.session.quiz_session import QuizSession
from bot.quizzes.session.scoring import grade, has_right_answers, shows_explanations

Status = Literal["completed", "unfinished", "cancelled"]


def results_output(session: QuizSession, status: Status) -> str:
    """The responses as JSON: for each question the text of the chosen choice, null if it was skipped.

    Solo, `responses` is a list; of a group, an object of such lists by display name. If the quiz says the right
    answers, `correct` has the same shape. `questions` holds the quiz as the students saw it, with the letters of its
    choices: they speak of these afterwards (`why is B wrong?`).
    """
    return json.dumps(_report(session, status), ensure_ascii=False)


def note(arguments: str, session: QuizSession) -> str:
    """A message that tells the model of a quiz whose call it was given no output for, or one that is out of date."""
    status: Status = "cancelled" if session.phase.over else "unfinished"
    how = "was cancelled" if status == "cancelled" else "is still open"
    return (
        f"[results] generate_quiz, called earlier with {arguments}, {how}; know it, and speak of it only when asked."
        f"\n\n{results_output(session, status)}"
    )


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


def not_shown_output() -> str:
    """The output if Discord refuses the quiz's message."""
    return json.dumps({"status": "not_shown", "error": "Discord does not let the quiz be shown here."})


def _report(session: QuizSession, status: Status) -> dict[str, Any]:
    report: dict[str, Any] = {"status": status, "responses": _each(session, _responses)}
    if has_right_answers(session):
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
    report["questions"] = [_question(session, index) for index in range(session.count)]
    report["advice"] = _ADVICE[status] if status != "completed" else _feedback_advice(session)
    return report


_ADVICE: Final[dict[Status, str]] = {
    "unfinished": "Someone wrote on before the quiz was over. Answer them; the results come in a message later.",
    "cancelled": "The quiz was cancelled. Do not start another.",
}
_LATER: Final = (
    "Asked about the quiz later, answer from this record; the students see the choices with these letters or in this "
    "order. For another quiz, or for the questions that were wrong once more, call generate_quiz."
)


def _feedback_advice(session: QuizSession) -> str:
    """What the feedback is to say: nothing that the students see already."""
    group = session.mode == "together"
    reader = "group" if group else "student"
    unsaid = [str(number) for number, one in enumerate(session.quiz.questions, start=1) if one.answer is None]
    if len(unsaid) == session.count:
        shown = "The quiz does not say which choices are right: tell that for each question, and why, in a sentence."
        return f"{shown} {_LATER}"
    table = "who got what right" if group else "the score, what was right and wrong"
    explained = " and the explanations" if shows_explanations(session) else ""
    shown = (
        f"The {reader} sees {table}, the right answers{explained} in Discord already. Repeat none of it: no score, no "
        f"list of questions, no right answers. Say in one to three sentences what the wrong answers have in common or "
        f"what to look at again, or, if all was right, only a word of praise."
    )
    if unsaid:
        shown += f" Of these questions alone nobody knows yet what is right; tell it: {', '.join(unsaid)}."
    return f"{shown} {_LATER}"


def _question(session: QuizSession, index: int) -> dict[str, Any]:
    """A question as the students saw it: its choices in their order, by letter or number."""
    question, order = session.quiz.questions[index], session.orders[index]
    letters = numbering(question, order)
    shown: dict[str, Any] = {
        "number": index + 1,
        "question_text": question.question_text,
        "choices": {letters[choice]: question.choices[choice] for choice in order},
    }
    if question.answer is not None:
        shown["right"] = letters[question.answer]
    return shown


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
