"""The arguments of `generate_quiz`: their schema for the model, and the check of what the model sends.

A `title` and `questions` with `question_text` and `choices`, as in OpenAI's tutorials, are enough. The schema asks for
`answer` and `explanation` as well, so that right and wrong are shown without waiting for the model.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from bot.escaping import one_line, visible, without_citation_marks
from bot.quizzes.argument_forms import ALIASES, in_schema_form
from bot.quizzes.safe_markdown import escaped, shortened, typeset
from function_arguments.reader import ArgumentsError, read_arguments

MOST_QUESTIONS: Final = 25
FEWEST_CHOICES: Final = 2
MOST_CHOICES: Final = 10
LONGEST_TITLE: Final = 200
LONGEST_QUESTION: Final = 1_500
LONGEST_CHOICE: Final = 500
LONGEST_EXPLANATION: Final = 1_000
LONGEST_SCREEN: Final = 2_800
"""Characters of a question with its choices: a message holds 4,000, with the text around them."""

_MOST_PROBLEMS: Final = 12

FUNCTION: Final[dict[str, Any]] = {
    "name": "generate_quiz",
    "description": (
        "Generate a quiz to the student, and returns the student's response. "
        "A single quiz has multiple questions. "
        "The choices are shown as buttons; do not write the questions out in your answer as well. "
        "When the responses are back, give feedback on each: the answer given, the right one and, if it was wrong, why."
    ),
    "parameters": {
        "type": "object",
        "required": ["title", "questions"],
        "properties": {
            "title": {"type": "string"},
            "questions": {
                "type": "array",
                "description": "An array of questions, each with a title and multiple choice options.",
                "minItems": 1,
                "maxItems": MOST_QUESTIONS,
                "items": {
                    "type": "object",
                    "required": ["question_text", "choices"],
                    "properties": {
                        "question_text": {
                            "type": "string",
                            "description": "Formulas in LaTeX between dollars; backslashes doubled, as JSON wants.",
                        },
                        "choices": {
                            "type": "array",
                            "description": "Different from each other, one of them right.",
                            "minItems": FEWEST_CHOICES,
                            "maxItems": MOST_CHOICES,
                            "items": {"type": "string"},
                        },
                        "answer": {
                            "type": "integer",
                            "description": "Index of the right choice, counted from 0. Give it if you can.",
                        },
                        "explanation": {
                            "type": "string",
                            "description": "Why that choice is right, in a sentence or two.",
                        },
                    },
                },
            },
        },
    },
}
"""The function's definition in the form of an Assistants `function` tool."""


class QuizError(Exception):
    """The arguments are not a valid quiz; `problems` are sentences that tell the model what to correct."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def _clean(value: Any) -> Any:
    """Remove what no message can hold or show, such as lone surrogates, and overrides of the writing direction."""
    return without_citation_marks(visible(value)).strip() if isinstance(value, str) else value


def _explanation(value: Any) -> Any:
    """Take an empty explanation as none, and cut one that is too long: the model need not correct it."""
    value = _clean(value)
    return shortened(value, LONGEST_EXPLANATION) or None if isinstance(value, str) else value


def _written(longest: int) -> Callable[[str], str]:
    """Make the check of a text: it has visible characters, and at most `longest` characters."""

    def check(value: str) -> str:
        if not any(c.isprintable() and not c.isspace() for c in value):
            raise PydanticCustomError("blank", "is empty")
        if len(value) > longest:
            raise PydanticCustomError(
                "long",
                "is {length} characters long; at most {most} are possible",
                {"length": len(value), "most": longest},
            )
        return value

    return check


def _counted(fewest: int, most: int) -> Callable[[Any], Any]:
    """Make the check of a list's length, before its items are checked."""

    def check(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise PydanticCustomError("no_list", "must be an array")
        if not fewest <= len(value) <= most:
            raise PydanticCustomError(
                "count",
                "has {count} items; {fewest} to {most} are possible",
                {"count": len(value), "fewest": fewest, "most": most},
            )
        return tuple(value)

    return check


Title = Annotated[str, BeforeValidator(_clean), AfterValidator(_written(LONGEST_TITLE))]
QuestionText = Annotated[str, BeforeValidator(_clean), AfterValidator(_written(LONGEST_QUESTION))]
Choice = Annotated[str, BeforeValidator(_clean), AfterValidator(_written(LONGEST_CHOICE))]


class QuizQuestion(BaseModel):
    """A question. `answer` is the index of the right choice, counted from 0; None if the model gives none."""

    model_config = ConfigDict(frozen=True, strict=True)

    question_text: QuestionText
    choices: Annotated[tuple[Choice, ...], BeforeValidator(_counted(FEWEST_CHOICES, MOST_CHOICES))]
    answer: int | None = None
    explanation: Annotated[str | None, BeforeValidator(_explanation)] = None
    checked: Literal["algebra", "not"] | None = None
    """How its key was checked before it was shown; None: checks are off. The model has no say in it."""
    corrected: bool = False
    """Whether the check put another answer in the place of the model's."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        lines = [one_line(choice) for choice in self.choices]
        twice = next((line for index, line in enumerate(lines) if line in lines[:index]), None)
        if twice is not None:
            shown = json.dumps(twice[:80], ensure_ascii=False)
            raise PydanticCustomError("twice", "has the choice {choice} twice", {"choice": shown})
        if self.answer is not None and not 0 <= self.answer < len(self.choices):
            raise PydanticCustomError(
                "answer_range",
                "has the answer {answer}, but its choices are counted from 0 to {last}",
                {"answer": self.answer, "last": len(self.choices) - 1},
            )
        length = len(typeset(self.question_text)) + sum(len(escaped(choice)) for choice in self.choices)
        if length > LONGEST_SCREEN:
            raise PydanticCustomError(
                "too_long",
                "is {length} characters long with its choices; at most {most} fit in a message",
                {"length": length, "most": LONGEST_SCREEN},
            )
        return self


class Quiz(BaseModel):
    """The arguments of `generate_quiz`, checked."""

    model_config = ConfigDict(frozen=True, strict=True)

    title: Title
    questions: Annotated[tuple[QuizQuestion, ...], BeforeValidator(_counted(1, MOST_QUESTIONS))]

    @model_validator(mode="after")
    def _asks_each_once(self) -> Self:
        seen: dict[tuple[str, frozenset[str]], int] = {}
        for number, question in enumerate(self.questions, start=1):
            earlier = seen.setdefault((question.question_text, frozenset(question.choices)), number)
            if earlier != number:
                raise PydanticCustomError(
                    "asked_twice",
                    "asks question {earlier} again as question {number}",
                    {"earlier": earlier, "number": number},
                )
        return self

    @property
    def graded(self) -> bool:
        """Whether every question carries its answer."""
        return all(question.answer is not None for question in self.questions)


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
    ours = {"checked", "corrected"}
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
