"""Reads the arguments of a call of `generate_quiz`: a quiz, or what the model has to correct."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bot.quizzes.arguments.argument_forms import ALIASES, in_schema_form
from bot.quizzes.arguments.function_schema import FUNCTION
from bot.quizzes.arguments.quiz import Quiz
from function_arguments.reader import ArgumentsError, read_arguments

_MOST_PROBLEMS: Final = 12


class QuizError(Exception):
    """The arguments are not a valid quiz; `problems` are sentences that tell the model what to correct."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def parse_quiz(arguments: str) -> Quiz:
    """Read the arguments of a call of `generate_quiz`.

    Raises:
        QuizError: they are not JSON, or not a quiz that can be shown.
    """
    try:
        data, unclear = in_schema_form(read_arguments(arguments, FUNCTION["parameters"], aliases=ALIASES))
    except ArgumentsError as error:
        raise QuizError([str(error)]) from error
    try:
        quiz = Quiz.model_validate(_of_the_model(data))
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems = list(dict.fromkeys([*unclear, *(_sentence(detail) for detail in details)]))
        if len(problems) > _MOST_PROBLEMS:
            left = len(problems) - _MOST_PROBLEMS
            problems[_MOST_PROBLEMS:] = [f"There are {left} more problems of this kind."]
        raise QuizError(problems) from error
    if unclear:
        raise QuizError(unclear[:_MOST_PROBLEMS])
    return quiz


def _of_the_model(data: Any) -> Any:
    """The arguments without what is ours to say: whether a question was checked."""
    questions = data.get("questions") if isinstance(data, Mapping) else None
    if not isinstance(questions, list):
        return data
    ours = {"checked", "corrected", "citation", "rounds"}
    stripped = [
        {name: value for name, value in each.items() if name not in ours} if isinstance(each, Mapping) else each
        for each in questions
    ]
    return {**data, "questions": stripped}


def _sentence(detail: ErrorDetails) -> str:
    return f"{_subject(detail['loc'])} {_predicate(detail)}."


def _subject(location: tuple[int | str, ...]) -> str:
    """`("questions", 1, "choices", 0)` -> `Question 2, choice 1`."""
    parts = list(location)
    words = ""
    if parts[:1] == ["questions"] and len(parts) > 1 and isinstance(parts[1], int):
        words = f"Question {parts[1] + 1}"
        parts = parts[2:]
    if parts[:1] == ["choices"] and len(parts) > 1 and isinstance(parts[1], int):
        return f"{words}, choice {parts[1] + 1}"
    if parts:
        return f"{words}: `{parts[-1]}`" if words else f"`{parts[-1]}`"
    return words or "The quiz"


def _predicate(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "missing":
            return "is missing"
        case "string_type":
            return "must be a string"
        case "int_type" | "int_from_float":
            return "must be the index of the right choice, an integer counted from 0"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "must be an object"
        case _:
            return detail["msg"][:1].lower() + detail["msg"][1:].rstrip(".")
