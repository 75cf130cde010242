"""Draws the picture of a student's progress: the job of a worker process. Only there is resvg imported.

It is as wide as a phone shows pictures, and light ink on a dark card is read on every theme, as in the pictures of
formulas. What grows and what fades has a sign and a word as well as a colour.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import resvg_py
import ziafont

from fonts import HAN, HANGUL

FONT_FILES: Final = [str(Path(ziafont.__file__).parent / "fonts" / "DejaVuSans.ttf"), str(HANGUL), str(HAN)]
WIDTH: Final = 320
"""CSS pixels."""
SCALE: Final = 2.0
MARGIN: Final = 18
ROW, SHORT_ROW = 54, 40
"""A row with words below its bar, and one without."""
HEAD: Final = 74
FOOT: Final = 8
SMALLEST: Final = 10
"""Letters smaller than that nobody reads on a phone."""
CARD, INK, QUIET = "#2b2d31", "#f2f3f5", "#b5bac1"
TRACK, RIGHT = "#4e5058", "#43b581"
TRENDS: Final = {"grows": "#57d39a", "fades": "#f0b232", "steady": QUIET}
DUE: Final = "#8ea1ff"


def draw(title: str, subtitle: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A PNG. A row has `name`, `right`, `total`, `figures`, `trend`, `trend_words` and `due_words`."""
    picture = resvg_py.svg_to_bytes(
        svg_string=svg_of(title, subtitle, rows), zoom=SCALE, skip_system_fonts=True, font_files=FONT_FILES
    )
    return bytes(picture)


def svg_of(title: str, subtitle: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The picture as SVG."""
    height = HEAD + sum(map(_height_of, rows)) + FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="DejaVu Sans, SaemHangul, SaemHan">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{CARD}"/>',
        _text(MARGIN, 34, _within(title, WIDTH - 2 * MARGIN, 20), 20, INK),
        _line(58, subtitle, 13),
    ]
    top = HEAD
    for row in rows:
        parts += _row(top, row)
        top += _height_of(row)
    return "".join((*parts, "</svg>"))


def _height_of(row: Mapping[str, Any]) -> int:
    return ROW if row["trend_words"] or row["due_words"] else SHORT_ROW


def _row(top: int, row: Mapping[str, Any]) -> list[str]:
    figures, room = str(row["figures"]), WIDTH - 2 * MARGIN
    name = _within(str(row["name"]), room - width_of(figures, 12) - 12, 14)
    share = row["right"] / row["total"] if row["total"] else 0.0
    parts = [
        _text(MARGIN, top + 14, name, 14, INK),
        _text(WIDTH - MARGIN, top + 14, figures, 12, INK, end=True),
        f'<rect x="{MARGIN}" y="{top + 21}" width="{room}" height="8" rx="4" fill="{TRACK}"/>',
    ]
    if share > 0:
        filled = max(8.0, room * share)
        parts.append(f'<rect x="{MARGIN}" y="{top + 21}" width="{filled:.1f}" height="8" rx="4" fill="{RIGHT}"/>')
    if row["trend_words"]:
        parts.append(_text(MARGIN, top + 43, str(row["trend_words"]), 11, TRENDS[row["trend"]]))
    if row["due_words"]:
        parts.append(_text(WIDTH - MARGIN, top + 43, str(row["due_words"]), 11, DUE, end=True))
    return parts


def _line(y: int, text: str, size: int) -> str:
    """A line over the whole width: what does not fit is written smaller, and cut only where that is not enough."""
    room = WIDTH - 2 * MARGIN
    fits = next((each for each in range(size, SMALLEST, -1) if width_of(text, each) <= room), SMALLEST)
    return _text(MARGIN, y, _within(text, room, fits), fits, QUIET)


def _text(x: int, y: int, text: str, size: int, colour: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    shown = escape("".join(c for c in text if c.isprintable()))
    return f'<text x="{x}" y="{y}" font-size="{size}" fill={quoteattr(colour)}{anchor}>{shown}</text>'


def width_of(text: str, size: int) -> float:
    """About how many pixels a text takes: Hangul and ideographs are as wide as they are high."""
    return sum(size * (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62) for c in text)


def _within(text: str, room: float, size: int) -> str:
    """A text cut to the room that there is."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
