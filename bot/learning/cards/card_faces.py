"""A side of a card as components of a message: text, formulas drawn as in answers, and the card's own pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.learning.card_files.file_card import PICTURE_REFERENCE
from bot.quizzes.safe_markdown import shortened, unmentioned
from bot.replies.formula_placement import place_formulas
from bot.replies.markdown_rendering import Formula, Text, render
from bot.replies.message_components import PICTURE_LIMIT, Component, Picture
from bot.tutor.picture_types import PICTURE_TYPES, picture_type

LONGEST_SHOWN: Final = 1_800
"""Characters of a side in a message, which holds 4,000."""


@dataclass(frozen=True, slots=True)
class Face:
    """A side as it is shown."""

    components: tuple[Component, ...]
    cut: bool = False
    """Whether it is longer than what is shown."""


def formulas_of(text: str) -> list[str]:
    """The formulas of a side that are drawn; the first ones, where there are more than a message can show."""
    pieces = render(_shown_words(text))
    return list(dict.fromkeys(piece.drawn for piece in pieces if isinstance(piece, Formula)))[:PICTURE_LIMIT]


def face_of(text: str, drawn: Mapping[str, bytes | None], pictures: Mapping[str, bytes], *, name: str = "") -> Face:
    """The components of a side, with the formulas that are drawn and the pictures, by id.

    `name` is the beginning of its pictures' file names.
    """
    placed = [_with_name(component, name) for component in place_formulas(render(_shown_words(text)), drawn)]
    own = [_picture(number, pictures[number], alt, name) for number, alt in _alts(text).items() if number in pictures]
    return Face((*placed, *own), cut=len(_words(text)) > LONGEST_SHOWN)


def _words(text: str) -> str:
    return PICTURE_REFERENCE.sub(r"\g<alt>", text).strip()


def _shown_words(text: str) -> str:
    return shortened(_words(text), LONGEST_SHOWN)


def _alts(text: str) -> dict[str, str]:
    return {found["id"]: found["alt"] for found in reversed(list(PICTURE_REFERENCE.finditer(text)))}


def _picture(number: str, data: bytes, alt: str, name: str) -> Picture:
    ending = PICTURE_TYPES[picture_type(data) or "image/png"]
    return Picture(f"{name}{number}.{ending}", data, alt)


def _with_name(component: Component, name: str) -> Component:
    match component:
        case Picture():
            return Picture(name + component.filename, component.data, component.alt, component.hidden)
        case Text(text):
            return Text(shortened(unmentioned(text), LONGEST_SHOWN))
        case _:
            return component
