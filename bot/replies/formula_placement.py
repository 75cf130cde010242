"""Where formulas stand in a message: as pictures between the texts or, until they are drawn, as text on own lines.

Takes the pieces of rendered Markdown, and returns the components of the message.
"""

import re
from collections.abc import Mapping, Sequence

from bot.replies.markdown_rendering import Divider, Formula, Piece, Text
from bot.replies.message_components import PICTURE_LIMIT, Component, Picture


def place_formulas(pieces: Sequence[Piece | Picture], pictures: Mapping[str, bytes | None]) -> tuple[Component, ...]:
    """The components of a message from its pieces.

    `pictures` has the formulas drawn so far, by `Formula.drawn`; None is a formula that cannot be drawn: it stays the
    text that it was.
    """
    components: list[Component] = []
    text, line_ended = "", False
    room = PICTURE_LIMIT - sum(isinstance(piece, Picture) for piece in pieces)
    for piece in pieces:
        match piece:
            case Text():
                # A formula on a line of its own has ended the line already.
                text += piece.text.removeprefix("\n") if line_ended else piece.text
                line_ended = False
                continue
            case Formula() if not (pictures.get(piece.drawn) and room > 0):
                text += _as_text(text, piece)
                line_ended = text.endswith("\n")
                continue
        components += _text(_MARKS_ABOVE.sub("", text), components)
        text, line_ended = "", False
        components.append(_component(piece, pictures, len(components)))
        room -= isinstance(piece, Formula)
    components += _text(text, components)
    return tuple(components)


_MARKS_ABOVE = re.compile(r"(?:(?:^|(?<=\n))[ \t]*(?:[>-][ \t]*)+(?:\n|$))+$")
_MARKS_BELOW = re.compile(r"^[ \t]*(?:\n[ \t]*(?:>[ \t]*)*(?=\n))*")
"""Marks of a quote or a list item that would stand alone above or below a picture inside it."""
_ONLY_MARKS = re.compile(r"(?:^|\n)[ \t]*(?:[>-][ \t]+|\d+\.[ \t]+)+$")


def _text(text: str, before: Sequence[Component]) -> list[Text]:
    """The component of a text, if there is anything in it; after a picture it begins a new line."""
    if before and isinstance(before[-1], Picture):
        text = _MARKS_BELOW.sub("", text)
    return [Text(_trimmed(text))] if text.strip() else []


def _trimmed(text: str) -> str:
    """Without blank lines above and below; the first line keeps its indentation."""
    return re.sub(r"^(?:[ \t]*\n)+", "", text).rstrip()


def _component(piece: Formula | Divider | Picture, pictures: Mapping[str, bytes | None], index: int) -> Component:
    if isinstance(piece, Formula):
        return Picture(f"formula-{index}.png", pictures[piece.drawn] or b"", piece.latex, piece.hidden)
    return piece


def _as_text(before: str, formula: Formula) -> str:
    """A formula as text; a display formula stands on lines of its own."""
    if not formula.display:
        return formula.text
    at_line_start = not before or before.endswith("\n") or _ONLY_MARKS.search(before)
    return ("" if at_line_start else "\n") + formula.text + "\n"
