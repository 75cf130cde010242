"""The choices of a question: their order, their numbers or letters, and the labels of their buttons."""

import re
import unicodedata
from collections.abc import Sequence
from random import Random
from typing import Final

from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.safe_markdown import readable

Order = tuple[int, ...]
"""The order in which choices are shown, as indexes in the model's list."""

LETTERS: Final = "ABCDEFGHIJ"
WIDEST_LABEL: Final = 20
"""The widest text for a button, in columns; a Hangul syllable takes two. Longer choices are listed in the message."""

_SERIES: Final = ("123456789", LETTERS, LETTERS.lower(), "①②③④⑤⑥⑦⑧⑨⑩", "가나다라마바사아자차", "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊ")
_NUMBER: Final = re.compile(r"\(?(10|[1-9A-Ja-j가-힣ㄱ-ㅎ])(?:\)|[.:](?![0-9A-Za-z])|$)|([①-⑩])")
_REFERS_TO_OTHERS: Final = re.compile(
    r"\b(?:(?:all|none|both|neither|any|some|two) of (?:the above|these|them)|(?:both|either|neither) [A-J]\b)"
    r"|\b[A-J] (?:and|or) [A-J]\b|위의? (?:모두|것)|모두 (?:맞|옳|정답|해당|틀)|(?:정답|답|해당).{0,3} ?없",
    re.IGNORECASE,
)


def own_numbering(choices: Sequence[str]) -> tuple[str, ...] | None:
    """The numbers or letters that the choices begin with, if they count up: `1. …`, `2. …` -> `("1", "2")`."""
    found = [_NUMBER.match(choice) for choice in choices]
    numbers = tuple(match[1] or match[2] for match in found if match)
    for series in _SERIES:
        whole = (*series, "10") if series[0] == "1" else tuple(series)
        if numbers == whole[: len(choices)]:
            return numbers
    return None


def shuffled(quiz: Quiz, random: Random) -> tuple[Order, ...]:
    """An order for each question. It is random unless the choices are numbered or refer to each other."""
    return tuple(order_of(question, random) for question in quiz.questions)


def order_of(question: QuizQuestion, random: Random) -> Order:
    """An order for one question: see `shuffled`."""
    order = list(range(len(question.choices)))
    fixed = own_numbering(question.choices) or any(_REFERS_TO_OTHERS.search(choice) for choice in question.choices)
    if not fixed:
        random.shuffle(order)
    return tuple(order)


def on_buttons(question: QuizQuestion) -> bool:
    """Whether all choices are short enough for their buttons, so that the message need not list them."""
    return all(_width(readable(choice)) <= WIDEST_LABEL for choice in question.choices)


def labels(question: QuizQuestion, order: Order) -> dict[int, str]:
    """The label of each choice's button: the choice's text or, if that is too long, its number or letter."""
    if on_buttons(question):
        return {choice: readable(question.choices[choice]) for choice in order}
    return numbering(question, order)


def numbering(question: QuizQuestion, order: Order) -> dict[int, str]:
    """The number or letter of each choice: its own, or else a letter in the order shown."""
    own = own_numbering(question.choices)
    return {choice: own[choice] if own else LETTERS[index] for index, choice in enumerate(order)}


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
