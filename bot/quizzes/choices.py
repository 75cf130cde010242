"""How a question's choices are ordered and what their buttons carry."""

import re
import unicodedata
from collections.abc import Sequence
from random import Random
from typing import Final

from bot.quizzes.arguments import Quiz, QuizQuestion
from bot.quizzes.safe_markdown import readable

Order = tuple[int, ...]
"""The choices as they are shown: places in the model's list."""

LETTERS: Final = "ABCDEFGHIJ"
WIDEST_LABEL: Final = 20
"""Columns of a text that stands on its button whole; a Hangul syllable takes two."""

_SERIES: Final = ("123456789", LETTERS, LETTERS.lower(), "①②③④⑤⑥⑦⑧⑨⑩", "가나다라마바사아자차", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ")
_MARK: Final = re.compile(r"\(?(10|[1-9A-Ja-j가-힣ㄱ-ㅎ])(?:\)|[.:](?![0-9A-Za-z])|$)|([①-⑩])")
_POINTS_ELSEWHERE: Final = re.compile(
    r"\b(?:(?:all|none|both|neither|any|some|two) of (?:the above|these|them)|(?:both|either|neither) [A-J]\b)"
    r"|\b[A-J] (?:and|or) [A-J]\b|위의? (?:모두|것)|모두 (?:맞|옳|정답|해당|틀)|(?:정답|답|해당).{0,3} ?없",
    re.IGNORECASE,
)


def own_numbering(choices: Sequence[str]) -> tuple[str, ...] | None:
    """The numbers or letters that the choices carry themselves, if they count up: `1. …`, `2. …` -> `("1", "2")`."""
    found = [_MARK.match(choice) for choice in choices]
    marks = tuple(match[1] or match[2] for match in found if match)
    for series in _SERIES:
        whole = (*series, "10") if series[0] == "1" else tuple(series)
        if marks == whole[: len(choices)]:
            return marks
    return None


def shuffled(quiz: Quiz, random: Random) -> tuple[Order, ...]:
    """An order for each question: a random one, unless its choices count themselves or speak of each other."""
    return tuple(_order(question, random) for question in quiz.questions)


def _order(question: QuizQuestion, random: Random) -> Order:
    order = list(range(len(question.choices)))
    fixed = own_numbering(question.choices) or any(_POINTS_ELSEWHERE.search(choice) for choice in question.choices)
    if not fixed:
        random.shuffle(order)
    return tuple(order)


def on_buttons(question: QuizQuestion) -> bool:
    """Whether the choices are short enough to stand on their buttons, and need no list above."""
    return all(_width(readable(choice)) <= WIDEST_LABEL for choice in question.choices)


def labels(question: QuizQuestion, order: Order) -> dict[int, str]:
    """What each choice's button carries: its text, else its own number or letter, else a letter by its place."""
    if on_buttons(question):
        return {choice: readable(question.choices[choice]) for choice in order}
    return numbering(question, order)


def numbering(question: QuizQuestion, order: Order) -> dict[int, str]:
    """The number or letter that each choice goes by."""
    own = own_numbering(question.choices)
    return {choice: own[choice] if own else LETTERS[place] for place, choice in enumerate(order)}


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
