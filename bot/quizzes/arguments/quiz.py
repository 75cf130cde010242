"""A quiz and its questions, as checked values."""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from bot.escaping import one_line, visible, without_citation_marks
from bot.quizzes.arguments.function_schema import FEWEST_CHOICES, MOST_CHOICES, MOST_QUESTIONS
from bot.quizzes.safe_markdown import escaped, shortened, typeset

LONGEST_TITLE: Final = 200
LONGEST_QUESTION: Final = 1_500
LONGEST_CHOICE: Final = 500
LONGEST_EXPLANATION: Final = 1_000
LONGEST_TOPIC: Final = 60
LONGEST_SLIP: Final = 200
LONGEST_PASSAGE: Final = 600
LONGEST_SOURCE: Final = 200
LONGEST_SCREEN: Final = 2_800
"""Characters of a question with its choices: a message holds 4,000, with the text around them."""


def _clean(value: Any) -> Any:
    """Remove what no message can hold or show, such as lone surrogates, and overrides of the writing direction."""
    return without_citation_marks(visible(value)).strip() if isinstance(value, str) else value


def _optional(longest: int) -> Callable[[Any], Any]:
    """Make the reader of a text that may be missing: an empty one is none, and one that is too long is cut. The model
    need not correct it.
    """

    def read(value: Any) -> Any:
        value = _clean(value)
        return shortened(value, longest) or None if isinstance(value, str) else value

    return read


def _extra(longest: int) -> Callable[[Any], Any]:
    """Make the reader of a text that no question needs: whatever is no text is none."""
    read = _optional(longest)
    return lambda value: read(value) if isinstance(value, str) else None


def _line(longest: int) -> Callable[[Any], Any]:
    """Make the reader of a text on one line that no question needs."""
    read = _extra(longest)
    return lambda value: read(one_line(value)) if isinstance(value, str) else None


def _slips(value: Any) -> Any:
    """The slips behind the choices, as far as they are texts."""
    if not isinstance(value, list | tuple):
        return ()
    read = _line(LONGEST_SLIP)
    return tuple(read(each) for each in value)


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


class Citation(BaseModel):
    """Where a passage stands: the file's name, its page, and the Discord message that it came with. Ours, not the
    model's: it was found in the file.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    page: int | None = None
    url: str | None = None


class QuizQuestion(BaseModel):
    """A question. `answer` is the index of the right choice, counted from 0; None if the model gives none."""

    model_config = ConfigDict(frozen=True, strict=True)

    question_text: QuestionText
    choices: Annotated[tuple[Choice, ...], BeforeValidator(_counted(FEWEST_CHOICES, MOST_CHOICES))]
    answer: int | None = None
    explanation: Annotated[str | None, BeforeValidator(_optional(LONGEST_EXPLANATION))] = None
    topic: Annotated[str | None, BeforeValidator(_line(LONGEST_TOPIC))] = None
    """What it is about, in a few words; None if the model does not say."""
    slips: Annotated[tuple[str | None, ...], BeforeValidator(_slips)] = ()
    """The mistake that leads to each choice, in the choices' order, where it is known; empty: no mistake is."""
    passage: Annotated[str | None, BeforeValidator(_extra(LONGEST_PASSAGE))] = None
    """The words of a file that the answer rests on, as the model says them."""
    source: Annotated[str | None, BeforeValidator(_line(LONGEST_SOURCE))] = None
    """The name of that file, as the model says it."""
    checked: Literal["algebra", "solved", "passage", "not"] | None = None
    """How its key was checked before it was shown: by algebra, by a second solve, or by the words of a file; None:
    checks are off. The model has no say in it.
    """
    citation: Citation | None = None
    """Where the passage was found; None: it was not."""
    corrected: bool = False
    """Whether the check put another answer in the place of the model's."""
    rounds: int = 0
    """While its key is being checked: how often it may go back to the model still."""

    @property
    def key_checked(self) -> bool:
        """Whether its key stood a check."""
        return self.checked in {"algebra", "solved", "passage"}

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slips and len(self.slips) != len(self.choices):
            object.__setattr__(self, "slips", ())  # nobody can tell which belongs to which
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
