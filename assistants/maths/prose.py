"""Letters and numbers in a sentence that are none of its mathematics: `sink`, `room 3B`, `10:30`."""

import re
from typing import Final

from assistants.maths.spans import Span
from assistants.maths.words import Wish

_LABELS: Final = frozenset(
    [
        "page", "pages", "pp", "chapter", "section", "room", "grade", "class", "unit", "lesson", "version", "level",
        "seat", "figure", "table", "bus", "flight", "gate", "vitamin", "the", "plan", "group", "team", "in", "on",
        "phone", "number", "type", "size", "paper", "line", "row", "season", "episode", "at",
    ]
)  # fmt: skip
_COUNTERS: Final = re.compile(r"^(?:쪽|페이지|반|번(?!째)|장|호|학년|월|층|권|회|동|형|용지|조|과|단원|판|급|팀)")
_CLOCK: Final = re.compile(r"^\d{1,2}:[0-5]\d(?::[0-5]\d)?$")
_RANGE: Final = re.compile(r"^\d+(?:[-~.]\d+)*$")
_LETTERED: Final = re.compile(r"^(?:\d*[A-Z]{1,2}\d*|[A-Z]{2,3}|[A-Z]/[A-Z]|[A-Z]-\d+)$")
_RATIO: Final = re.compile(r"ratio|비율|비례|비를|비는|비로|비의|simplest|간단한", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def in_passing(span: Span, wish: Wish, text: str) -> bool:
    """Whether a span only looks like mathematics in a sentence that asks for none."""
    if wish.kind not in {None, "evaluate"} or not _WORD.search(text.replace(span.text, " ", 1)):
        return False
    if _is_lone_run(span) or _is_letters(span):
        return True
    written = span.text.replace(" ", "")
    if _CLOCK.match(written):
        return not _RATIO.search(text)
    labelled = span.before in _LABELS or bool(_COUNTERS.match(span.after))
    if _LETTERED.match(written):
        return len(written) > 1
    return labelled and " " not in span.text and bool(_RANGE.match(written))


def _is_lone_run(span: Span) -> bool:
    """`sink`, `pint`: letters without a space that hold a function's name, and other letters than x, y and z."""
    if len(span.tokens) < 2 or any(token.spaced for token in span.tokens[1:]):
        return False
    if any(token.kind not in {"name", "func", "const"} for token in span.tokens):
        return False
    letters = {token.text for token in span.tokens if token.kind == "name" and len(token.text) == 1}
    return not letters <= set("xyz") and any(len(token.text) > 1 for token in span.tokens)


def _is_letters(span: Span) -> bool:
    """`r u` in `r u ok`."""
    return len(span.tokens) > 1 and all(
        token.kind == "name" and len(token.text) == 1 and (token.spaced or place == 0)
        for place, token in enumerate(span.tokens)
    )
