"""Draws the picture of what was used in thirty days: the job of a worker process. Only there is resvg imported.

It looks as the picture of progress does. Each model has a colour, and a row with its name and its figures in the order
in which the bars are stacked, from below.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import resvg_py

from bot.learning.progress.progress_picture import CARD, FONT_FILES, INK, MARGIN, QUIET, SCALE, TRACK, WIDTH, width_of

COLOURS: Final = ("#8ea1ff", "#57d39a", "#f0b232", "#eb459e", "#b5bac1")
HEAD: Final = 70
PLOT: Final = 90
ROW: Final = 22
KIND_ROW: Final = 27
GAP: Final = 24


def draw(words: Mapping[str, Any]) -> bytes:
    """A PNG; see `svg_of`."""
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg_of(words), zoom=SCALE, skip_system_fonts=True, font_files=FONT_FILES)
    )


def svg_of(words: Mapping[str, Any]) -> str:
    """The picture as SVG. `words` has `title`, `subtitle`, `top` (the figure at the top of the axis), `days` (for each
    the tokens by model), `first`, `last`, and with their headings `models` and `kinds`: `name`, `figures`, `tokens`.
    """
    models, kinds = words["models"], words["kinds"]
    height = HEAD + 18 + PLOT + 22 + 2 * GAP + ROW * len(models) + KIND_ROW * len(kinds) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'font-family="DejaVu Sans, SaemHangul, SaemHan">',
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="{CARD}"/>',
        _line(MARGIN, 34, words["title"], 20, INK),
        _line(MARGIN, 56, words["subtitle"], 13, QUIET),
        _line(MARGIN, HEAD + 12, words["top"], 10, QUIET),
        *_bars(HEAD + 18, words["days"]),
        _line(MARGIN, HEAD + 18 + PLOT + 14, words["first"], 10, QUIET),
        _text(WIDTH - MARGIN, HEAD + 18 + PLOT + 14, words["last"], 10, QUIET, end=True),
    ]
    top = HEAD + 18 + PLOT + 22
    parts.append(_line(MARGIN, top + 18, words["models_heading"], 13, QUIET))
    top += GAP
    for number, model in enumerate(models):
        parts.append(f'<rect x="{MARGIN}" y="{top + 6}" width="12" height="12" rx="3" fill="{COLOURS[number]}"/>')
        parts += _named(MARGIN + 20, top + 16, model)
        top += ROW
    parts.append(_line(MARGIN, top + 18, words["kinds_heading"], 13, QUIET))
    top += GAP
    most, room = max((kind["tokens"] for kind in kinds), default=0), WIDTH - 2 * MARGIN
    for kind in kinds:
        parts += _named(MARGIN, top + 14, kind)
        parts.append(f'<rect x="{MARGIN}" y="{top + 18}" width="{room}" height="4" rx="2" fill="{TRACK}"/>')
        if kind["tokens"] > 0:
            width = max(4.0, room * kind["tokens"] / most)
            parts.append(f'<rect x="{MARGIN}" y="{top + 18}" width="{width:.1f}" height="4" rx="2" fill="{INK}"/>')
        top += KIND_ROW
    return "".join((*parts, "</svg>"))


def _bars(top: int, days: Sequence[Sequence[int]]) -> list[str]:
    """A bar for each day, its models stacked."""
    most = max((sum(day) for day in days), default=0)
    step = (WIDTH - 2 * MARGIN) / max(1, len(days))
    parts = [f'<rect x="{MARGIN}" y="{top + PLOT}" width="{WIDTH - 2 * MARGIN}" height="1" fill="{TRACK}"/>']
    for number, day in enumerate(days):
        bottom = float(top + PLOT)
        for model, tokens in enumerate(day):
            if tokens > 0:
                height = max(1.0, PLOT * tokens / most)
                bottom -= height
                parts.append(
                    f'<rect x="{MARGIN + number * step + 1:.1f}" y="{bottom:.1f}" width="{step - 2:.1f}" '
                    f'height="{height:.1f}" fill="{COLOURS[model]}"/>'
                )
    return parts


def _named(left: int, y: int, row: Mapping[str, Any]) -> list[str]:
    figures = str(row["figures"])
    room = WIDTH - MARGIN - left - width_of(figures, 11) - 10
    return [
        _text(left, y, _within(str(row["name"]), room, 12), 12, INK),
        _text(WIDTH - MARGIN, y, figures, 11, INK, end=True),
    ]


def _line(x: int, y: int, text: str, size: int, colour: str) -> str:
    while size > 10 and width_of(text, size) > WIDTH - x - MARGIN:
        size -= 1
    return _text(x, y, _within(text, WIDTH - x - MARGIN, size), size, colour)


def _text(x: int, y: int, text: str, size: int, colour: str, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    shown = escape("".join(c for c in text if c.isprintable()))
    return f'<text x="{x}" y="{y}" font-size="{size}" fill={quoteattr(colour)}{anchor}>{shown}</text>'


def _within(text: str, room: float, size: int) -> str:
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip() + "…"
