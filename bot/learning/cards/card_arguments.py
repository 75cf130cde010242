"""The arguments of `make_cards`: their schema for the model, and the check of what the model sends."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.escaping import one_line, visible, without_citation_marks
from bot.learning.card_files.file_card import PICTURE_REFERENCE
from bot.quizzes.safe_markdown import shortened
from function_arguments.reader import ArgumentsError, bare, read_arguments

MOST_CARDS: Final = 100
LONGEST_TITLE: Final = 100
LONGEST_FRONT: Final = 1_000
LONGEST_BACK: Final = 1_600
"""Characters of a back: a message holds 4,000 characters, with the front above it."""
LONGEST_SOURCE: Final = 200
_MOST_PROBLEMS: Final = 12

FUNCTION: Final[dict[str, Any]] = {
    "name": "make_cards",
    "description": (
        "Make flash cards for the student, who sees them one by one, turns them over, and keeps them for reviews. Each "
        "card asks one thing. Do not write the cards out in your answer as well: a sentence on them is enough."
    ),
    "parameters": {
        "type": "object",
        "required": ["cards"],
        "properties": {
            "title": {"type": "string", "description": "What the cards are about, in a few words."},
            "cards": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_CARDS,
                "items": {
                    "type": "object",
                    "required": ["front", "back"],
                    "properties": {
                        "front": {
                            "type": "string",
                            "description": (
                                "A question, a term or a formula to complete. Formulas in LaTeX between dollars; "
                                "backslashes doubled, as JSON wants."
                            ),
                        },
                        "back": {"type": "string", "description": "The answer, short enough to be remembered."},
                        "source": {
                            "type": "string",
                            "description": (
                                "If the card rests on a passage of a file, that passage's mark exactly as file_search "
                                "gave it, such as 【4:0†source】."
                            ),
                        },
                    },
                },
            },
        },
    },
}
"""The function's definition in the form of an Assistants `function` tool."""

_ALIASES: Final = {
    "flashcards": "cards",
    "items": "cards",
    "deck": "cards",
    "topic": "title",
    "name": "title",
    "question": "front",
    "term": "front",
    "prompt": "front",
    "word": "front",
    "q": "front",
    "answer": "back",
    "definition": "back",
    "explanation": "back",
    "meaning": "back",
    "a": "back",
    "citation": "source",
    "reference": "source",
}
_SIDES: Final = ("front", "back")


class CardsError(Exception):
    """The arguments hold no cards; `problems` are sentences that tell the model what to correct."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A card as the model wrote it; `source` may be a mark, a name, or nothing."""

    front: str
    back: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class WrittenCards:
    """The cards of a call that can be shown, and what is wrong with the others, in sentences for the model."""

    title: str
    cards: tuple[WrittenCard, ...]
    problems: tuple[str, ...] = ()
    doubles: int = 0
    """Cards that say the same as one before: they are left out."""


def parse_cards(arguments: str) -> WrittenCards:
    """Read the arguments of a call of `make_cards`.

    Raises:
        CardsError: they are not JSON, or hold nothing that could be a card.
    """
    try:
        data = read_arguments(arguments, FUNCTION["parameters"], aliases=_ALIASES)
    except ArgumentsError as error:
        raise CardsError([str(error)]) from error
    given = _listed(data.get("cards"))
    if not given:
        raise CardsError(["`cards` must be an array of objects with `front` and `back`."])
    if len(given) > MOST_CARDS:
        raise CardsError([f"There are {len(given)} cards; at most {MOST_CARDS} are possible in a call."])
    cards: dict[str, WrittenCard] = {}
    problems: list[str] = []
    doubles = 0
    for number, each in enumerate(given, start=1):
        card = _card(each)
        if found := _problems(card, number):
            problems += found
            continue
        earlier = cards.setdefault(_folded(card.front), card)
        if earlier is not card:
            doubles += 1
            if _folded(earlier.back) != _folded(card.back):
                problems.append(f"Card {number} asks the same as an earlier card, and has another back.")
    title = data.get("title")
    title = shortened(one_line(_clean(title)), LONGEST_TITLE) if isinstance(title, str) else ""
    if len(problems) > _MOST_PROBLEMS:
        problems[_MOST_PROBLEMS:] = [f"There are {len(problems) - _MOST_PROBLEMS} more problems of this kind."]
    return WrittenCards(title, tuple(cards.values()), tuple(problems), doubles)


def _listed(given: Any) -> list[Any]:
    """The cards in a list: `{"term": "its meaning", …}` is a list of cards too."""
    if isinstance(given, Mapping):
        if {bare(str(name)) for name in given} & {"front", "back"}:
            return [given]
        return [
            value if isinstance(value, Mapping) else {"front": str(name), "back": value}
            for name, value in given.items()
        ]
    return given if isinstance(given, list) else []


def _card(given: Any) -> WrittenCard:
    if isinstance(given, list | tuple) and len(given) == 2:
        given = dict(zip(_SIDES, given, strict=True))
    if isinstance(given, Mapping) and len(given) == 1 and not set(given) & set(_SIDES):
        ((front, back),) = given.items()
        given = {"front": front, "back": back}
    if not isinstance(given, Mapping):
        return WrittenCard("", "")
    front, back = (_clean(_text(given.get(side))) for side in _SIDES)
    return WrittenCard(front, back, shortened(one_line(_clean(_text(given.get("source")))), LONGEST_SOURCE))


def written_card(front: str, back: str) -> WrittenCard | None:
    """The card that a person has typed; None if a side is empty or too long."""
    card = WrittenCard(_clean(front), _clean(back))
    return None if _problems(card, 1) else card


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(f"- {each}" for each in value)
    return str(value) if isinstance(value, str | int | float) else ""


def _clean(text: str) -> str:
    """Without what no message can show, and without pictures: the model cannot know anybody's."""
    return PICTURE_REFERENCE.sub(r"\g<alt>", without_citation_marks(visible(text))).strip()


def _problems(card: WrittenCard, number: int) -> list[str]:
    found = []
    for side, longest in zip(_SIDES, (LONGEST_FRONT, LONGEST_BACK), strict=True):
        text: str = getattr(card, side)
        if not any(char.isprintable() and not char.isspace() for char in text):
            found.append(f"Card {number}: `{side}` is empty.")
        elif len(text) > longest:
            found.append(
                f"Card {number}: `{side}` is {len(text)} characters long; at most {longest} are possible. "
                "Make several cards of it."
            )
    return found


def _folded(text: str) -> str:
    return re.sub(r"[\s.?!:]+", " ", text).strip().casefold()
