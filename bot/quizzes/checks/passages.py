"""Passages: the words of a file that a question says it rests on are looked for in the files, and never believed."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from bot.errors import UserFacingError
from bot.quizzes.arguments.quiz import Citation, Quiz, QuizQuestion
from bot.quizzes.checks.second_solve import Place

log = structlog.get_logger(__name__)

SHORTEST: Final = 12
"""Letters and digits that a passage has at least: a shorter one stands in many places."""
_GAP: Final = re.compile(r"\s*(?:\[?(?:\.\.\.|…)\]?)\s*")


@dataclass(frozen=True, slots=True)
class FilePassage:
    """What a search in files has found: the text, and where it stands."""

    text: str
    citation: Citation


FindPassages = Callable[[Place, str], Awaitable[Sequence[FilePassage]]]
"""Searches the files that may be told in a place: the library's, and those of its conversation; best first. It raises
`UserFacingError` where the server is away.
"""


class PassageFinder:
    """Finds where the passages of a quiz stand."""

    def __init__(self, find: FindPassages) -> None:
        self._find = find

    async def cited(self, quiz: Quiz, place: Place) -> Quiz:
        """The quiz with a citation for every passage that stands in a file. A passage that stands in none is dropped.

        Where the right choice stands in the passage and no other choice does, the passage decides the key.
        """
        questions = [await self._cited(question, place) for question in quiz.questions]
        return quiz.model_copy(update={"questions": tuple(questions)})

    async def _cited(self, question: QuizQuestion, place: Place) -> QuizQuestion:
        if question.passage is None:
            return question
        citation = await self._citation(question.passage, place)
        if citation is None:
            return question.model_copy(update={"passage": None})
        decided = question.checked == "not" and _decides(question.passage, question)
        changes = {"citation": citation, "checked": "passage" if decided else question.checked}
        return question.model_copy(update=changes)

    async def _citation(self, passage: str, place: Place) -> Citation | None:
        parts = [plain for part in _GAP.split(passage) if (plain := plain_words(part))]
        if sum(map(len, parts)) < SHORTEST:
            return None
        try:
            found = await self._find(place, passage)
        except UserFacingError as error:
            log.info("quiz.passage_not_searched", cause=error)
            return None
        return next((each.citation for each in found if _stand_in(parts, plain_words(each.text))), None)


def plain_words(text: str) -> str:
    """The letters and digits of a text, without case, marks and spaces: these differ from one extraction to another."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _stand_in(parts: Sequence[str], text: str) -> bool:
    """Whether the parts of a passage stand in a text, in this order."""
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _decides(passage: str, question: QuizQuestion) -> bool:
    """Whether of all choices the right one alone stands in the passage."""
    words = plain_words(passage)
    standing = [index for index, choice in enumerate(question.choices) if _stands(plain_words(choice), words)]
    return standing == [question.answer]


def _stands(choice: str, words: str) -> bool:
    return bool(choice) and choice in words
