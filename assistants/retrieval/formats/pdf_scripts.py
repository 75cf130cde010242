"""Raised and lowered letters of a PDF's text layer: smaller than the letter before them, and off its baseline.

A text layer says `x2` for x². Only letters that can be a script are looked at, which keeps dense pages fast.
"""

import ctypes
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from assistants.retrieval.formats.plain_maths import lowered, raised

_START: Final = re.compile(
    r"(?<!\d)(?=(?P<number>\d{2,}))"
    r"|(?=(?P<pair>[^\W\d](?:\r?\n| )?[\d+−-]|[)\]}|'’](?:\r?\n| )?[\d+−-]|\d(?:\r?\n| )?[+−-]|\d(?:\r?\n| )\d"
    r"|[\d)\]](?:\r?\n| )?[^\W\d_]|\b[a-zA-Z](?:\r?\n| )?[a-z](?![^\W\d_])))"
)
"""Where a base may stand: before digits and signs, a digit before a letter, the first letter of two.

Where base and script are far off, pdfium puts a blank or an end of a line between them.
"""
_GAP: Final = re.compile(r"\r?\n| ")
_MOST: Final = 20_000
"""Characters of a page that are looked at."""
_LONGEST: Final = 24
"""Characters of a script."""
_SMALLER: Final = (0.35, 0.9)
"""How high a script's letters are beside those of their base, at least and at most. Chromium has 0.83, TeX 0.7."""
_OFF: Final = (0.08, 0.75)
"""How far their baselines are apart, in heights of the base. Subscripts of TeX have 0.13."""
_LEVEL: Final = 0.05
"""Up to so many heights two letters stand on one baseline."""


_TURNED: Final = 0.01
"""Radians; text that is turned has no scripts here."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter of a page: how high its font is, and where it stands."""

    height: float
    x: float
    y: float
    right: float


Look = Callable[[int], _Letter | None]


def with_scripts(text_page: Any, text: str) -> str:
    """The text with its scripts as `x^2` and `H₂O`."""
    letters = _Letters(text_page, text)
    pieces, end = [], 0
    for count, found in enumerate(_START.finditer(text)):
        if count >= _MOST:
            break
        group = found.lastgroup or "pair"
        if found.end(group) <= end or not letters.differ(found.start(), found.end(group) - 1):
            continue
        for at in range(found.start(), found.end(group) - 1) if group == "number" else (found.start(),):
            for start, stop, script in _scripts(text, at, letters.look) if at >= end else ():
                pieces += [text[end:start], script]
                end = stop
    return "".join([*pieces, text[end:]])


def _scripts(text: str, at: int, look: Look) -> Iterator[tuple[int, int, str]]:
    """The scripts of the letter at a place: from, to, and as text. There may be two, as in x with 1 and 2."""
    base, place = look(at), at + 1
    if base is None or base.height <= 0:
        return
    for _ in range(2):
        first = _after_gap(text, place, look)
        found = _run(text, first, base, look)
        if found is None:
            break
        stop, up = found
        words = text[first:stop]
        if up and words.isalpha() and text[at].isupper():
            return  # the letters after an initial that is set over several lines
        yield place, stop, raised(words) if up else lowered(words)
        place = stop
    following = _after_gap(text, place, look)
    if place == at + 1 or following == place or text[place] == " ":
        return
    letter = look(following) if following < len(text) else None
    if letter is not None and abs(letter.y - base.y) <= _LEVEL * base.height and letter.x > base.x:
        yield place, following, "" if letter.x < base.right + 2 * base.height else " "  # it is the same line


def _after_gap(text: str, place: int, look: Look) -> int:
    """The place after a blank or end of a line that pdfium has put in; the same place if there is none."""
    gap = _GAP.match(text, place)
    return gap.end() if gap is not None and look(place) is None else place


def _run(text: str, start: int, base: _Letter, look: Look) -> tuple[int, bool] | None:
    """Where the script that begins at `start` ends, and whether it is raised; None if none begins there."""
    first = look(start) if start < len(text) and not text[start].isspace() else None
    if first is None or not _SMALLER[0] <= first.height / base.height <= _SMALLER[1]:
        return None
    off = (first.y - base.y) / base.height
    near = base.x <= first.x <= base.right + base.height
    if not _OFF[0] <= abs(off) <= _OFF[1] or not near:
        return None
    stop = start + 1
    while stop < len(text) and stop - start < _LONGEST and not text[stop].isspace():
        letter = look(stop)
        if letter is None or letter.height > 1.1 * first.height:
            break
        if abs(letter.y - first.y) > _LEVEL * base.height:
            break
        stop += 1
    return stop, off > 0


class _Letters:
    """Looks up letters of a page by their places in its text."""

    def __init__(self, text_page: Any, text: str) -> None:
        import pypdfium2.raw as pdfium  # noqa: PLC0415 - only worker processes load it

        self._pdfium, self._raw, self._text = pdfium, text_page.raw, text
        self._wide = [place for place, character in enumerate(text) if character > "\uffff"]
        self._one_to_one = not self._wide and text_page.count_chars() == len(text)
        self._box, self._x, self._y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()

    def differ(self, one: int, other: int) -> bool:
        """Whether two letters may be of different heights. It is a quick look, for there are many."""
        size = self._pdfium.FPDFText_GetFontSize
        first, second = size(self._raw, self._index(one)), size(self._raw, self._index(other))
        return bool(first != second or first <= 1.0)  # a size of 1: what counts is a matrix

    def look(self, place: int) -> _Letter | None:
        """A letter; None where there is none, as at a line's end, or where it is turned."""
        pdfium, raw, index = self._pdfium, self._raw, self._index(place)
        if index < 0 or chr(pdfium.FPDFText_GetUnicode(raw, index)) != self._text[place]:
            return None
        if pdfium.FPDFText_IsGenerated(raw, index) == 1 or abs(pdfium.FPDFText_GetCharAngle(raw, index)) > _TURNED:
            return None
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, self._box):
            return None
        if not pdfium.FPDFText_GetCharOrigin(raw, index, self._x, self._y):
            return None
        box = self._box
        return _Letter(box.top - box.bottom, self._x.value, self._y.value, box.right)

    def _index(self, place: int) -> int:
        """Where pdfium counts a letter, in UTF-16 units, and with letters that are in no text."""
        if self._one_to_one:
            return place
        units = place + sum(wide < place for wide in self._wide)
        index: int = self._pdfium.FPDFText_GetCharIndexFromTextIndex(self._raw, units)
        return index
