"""The sides of flash cards and exercises as messages show them: text, drawn formulas, and the card's own pictures."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from typing import Any, Final

from bot.learning.card import Card, ExerciseContent, FlashContent
from bot.learning.card_files.file_card import PICTURE_REFERENCE
from bot.learning.cards.card_faces import Face, face_of, formulas_of
from bot.quizzes.safe_markdown import shortened
from bot.replies.markdown_rendering import Text
from bot.replies.message_components import Component

WITHIN: Final = 1.0
"""Seconds that a press waits for formulas to be drawn: Discord waits three for its answer. The others stay text."""

ROOM: Final = 2_500
"""Characters of all sides in a message, which holds 4,000 with what stands around them."""

Draw = Callable[[str], Coroutine[Any, Any, bytes | None]]
"""Draws a formula: its PNG, or None if it cannot be drawn."""
FindPictures = Callable[[int, Iterable[str]], Awaitable[Mapping[str, bytes]]]
"""A student's pictures with these ids."""


class DrawnSides:
    """Makes the faces of cards. A drawing that takes longer goes on: the formula is drawn when it is shown next."""

    def __init__(self, draw: Draw, find_pictures: FindPictures) -> None:
        self._draw = draw
        self._find_pictures = find_pictures
        self._tasks: set[asyncio.Task[Any]] = set()

    async def of(self, card: Card, *, turned: bool) -> Mapping[str, Face]:
        """The faces by name: `front`, and where the card is turned over `back` or, of an exercise, `solution`."""
        texts = texts_of(card, turned=turned)
        if not texts:
            return {}
        formulas = dict.fromkeys(formula for text in texts.values() for formula in formulas_of(text))
        tasks = {formula: self._spawn(self._draw(formula)) for formula in formulas}
        done = (await asyncio.wait(tasks.values(), timeout=WITHIN))[0] if tasks else set()
        drawn = {formula: task.result() if task in done else None for formula, task in tasks.items()}
        ids = [found["id"] for text in texts.values() for found in PICTURE_REFERENCE.finditer(text)]
        pictures = await self._find_pictures(card.owner_id, ids) if ids else {}
        for text in texts_of(card, turned=True).values() if not turned else ():  # it is turned over next
            for formula in formulas_of(text):
                self._spawn(self._draw(formula))
        faces = {name: face_of(text, drawn, pictures, name=f"{name}-") for name, text in texts.items()}
        return {name: within(face, ROOM // len(faces)) for name, face in faces.items()}

    def _spawn(self, work: Coroutine[Any, Any, bytes | None]) -> asyncio.Task[bytes | None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def within(face: Face, room: int) -> Face:
    """A face with at most so many characters of text; what is cut ends with an ellipsis."""
    components: list[Component] = []
    for component in face.components:
        if isinstance(component, Text):
            text, room = shortened(component.text, room), max(0, room - len(component.text))
            if text.strip():
                components.append(Text(text))
        else:
            components.append(component)
    return Face(tuple(components), cut=face.cut or room == 0)


def texts_of(card: Card, *, turned: bool) -> Mapping[str, str]:
    """The sides that are shown, by name; none of a question with choices, whose texts stand on one line each."""
    match card.content:
        case FlashContent() as content:
            sides = {"front": content.front, "back": content.back}
        case ExerciseContent() as content:
            sides = {"front": content.problem, "solution": content.solution}
        case _:
            return {}
    return {name: text for name, text in sides.items() if text and (turned or name == "front")}
