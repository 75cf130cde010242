"""Draws one formula as a PNG: the job of a worker process. Only there are ziamath and resvg imported.

ziamath draws a box for a character that its font lacks. So every glyph is looked up here first: a formula with a
missing glyph is not drawn at all.
"""

import functools
import struct
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import resvg_py
import ziafont
import ziamath
from ziafont.font import Font as PlainFont
from ziafont.fonttypes import BBox
from ziamath.drawable import Glyph, HLine, VLine
from ziamath.mathfont import MathFont
from ziamath.nodes.menclose import Menclose
from ziamath.nodes.mnode import Mnode
from ziamath.nodes.mrow import Mrow
from ziamath.nodes.mtable import Mtable
from ziamath.zmath import Math, loadedfonts

from bot.replies.typesetting import parse
from bot.replies.typesetting.mathml import to_mathml
from fonts import HAN, HANGUL

DEJAVU = Path(ziafont.__file__).parent / "fonts" / "DejaVuSans.ttf"
STIX = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
SIZE = 18.0
"""Font size in CSS pixels: on a phone somewhat larger than the text."""
SCALE = 1.5
"""Pixels of the picture for each CSS pixel: what is sharp on a phone is not huge on a desktop, which shows them all."""
MARGIN = 12
"""Space around the formula, in CSS pixels."""
CARD, INK = "#2b2d31", "#f2f3f5"
"""Light ink on a dark card can be read on every theme, also on one that a person made."""
WIDEST, HIGHEST = 1_350, 6_000
"""Pixels of a picture; a larger formula is shown as text: a phone would shrink a wider one to letters of 7 pixels."""
NARROWEST = 340
"""CSS pixels: what a phone has room for. Discord shrinks a wider picture to that (on a desktop, to 550 pixels), and the
formula with it. A wider formula has a card of its own width."""


class GlyphMissing(Exception):  # noqa: N818 - the pool passes the name on
    """No font has a glyph for a character."""


class TooLarge(Exception):  # noqa: N818
    """The picture would be too large for Discord to show it well."""


class TextFont(PlainFont):
    """A font for characters that the first one lacks."""

    def advance(self, glyph: int, glyph2: int | None) -> int:  # noqa: ARG002
        """Without kerning: ziamath would look up the next glyph here, but that may be in another font."""
        width: int = super().advance(glyph, None)
        return width


class Font(MathFont):
    """STIX Two Math; where it has no glyph, fonts for Hangul, kana and signs, for ideographs, and for the rest."""

    def __init__(self) -> None:
        super().__init__(STIX, 24)
        self._others = [TextFont(path) for path in (HANGUL, HAN, DEJAVU)]
        self._blank = {"\u00a0": " ", "\u2003": "\u2003", "\u200b": "\u2009"}

    def advance(self, glyph: int, glyph2: int | None) -> int:  # noqa: ARG002
        """Without kerning, as in `TextFont`."""
        width: int = super().advance(glyph, None)
        return width

    def findglyph(self, char: str, variant: Any) -> Any:
        """The glyph of a character in an alphabet.

        Raises:
            GlyphMissing: no font has it, or its script is written in another way than one character after another.
        """
        char = self._blank.get(char, char)
        glyph = super().findglyph(char, variant)
        if glyph.index != 0:
            return glyph
        if self.glyphindex(char):
            return self.glyph(char)
        if unicodedata.bidirectional(char) in _LEFT_TO_RIGHT:
            for font in self._others:
                if font.glyphindex(char):
                    return font.glyph(char)
        raise GlyphMissing(f"no glyph for {char!r}")


_LEFT_TO_RIGHT = frozenset({"L", "EN", "ET", "ES", "CS", "ON", "WS"})
"""Bidirectional classes of what can be set from left to right, one glyph after another: not Arabic, not Hebrew, not
combining marks."""


class RowMeasuredOnce(Mrow, tag="mrow"):
    """A row whose height is measured once.

    ziamath sets each row twice, to know how high its fences must be. So it sets a row inside a row four times, then
    eight times, and so on: with some twelve levels it would never end.
    """

    def _get_height_nostretch(self, line: list[ET.Element], **kwargs: Any) -> tuple[float, float]:
        if kwargs.get("nostretch"):  # it is being measured: fences do not count
            return 0.0, 0.0
        height: tuple[float, float] = super()._get_height_nostretch(line, **kwargs)
        return height


class Frame(Menclose, tag="menclose"):
    """A frame with its real size: ziamath counts what is below the baseline as height above it."""

    def _setup(self, **kwargs: Any) -> None:
        super()._setup(**kwargs)
        inside, pad = self.base.bbox, 2 * self.units_to_points(self.font.math.consts.radicalRuleThickness)
        width = inside.xmax - inside.xmin + 2 * pad
        self.bbox = BBox(0, width, inside.ymin - pad, inside.ymax + pad)


class RuledTable(Mtable, tag="mtable"):
    """A table with lines between its columns and rows, which ziamath leaves out."""

    def _setup(self, **kwargs: Any) -> None:
        super()._setup(**kwargs)
        width = self.units_to_points(self.font.math.consts.fractionRuleThickness)
        gap = self.size_px("0.2em")
        top, bottom = -self.bbox.ymax, -self.bbox.ymin
        rows = list(self.element)
        columns = max(len(row) for row in rows)
        placed = list(zip(self.nodes, self.nodexy, strict=True))
        bars, rules = (list(map(int, self.element.get(name, "").split())) for name in ("bars", "rules"))
        above = top - gap if 0 in rules else top
        below = bottom + gap if len(rows) in rules else bottom
        for bar in bars:
            x = self._between([(xy[0], xy[0] + node.bbox.xmax) for node, xy in placed], columns, bar)
            self.nodes.append(VLine(below - above, width, style=self.style, **kwargs))
            self.nodexy.append((x, above))
        for rule in rules:
            spans = [
                (min(xy[1] - node.bbox.ymax for node, xy in line), max(xy[1] - node.bbox.ymin for node, xy in line))
                for line in (placed[at : at + columns] for at in range(0, len(placed), columns))
            ]
            before = spans[rule - 1][1] if rule else top - 2 * gap
            after = spans[rule][0] if rule < len(spans) else bottom + 2 * gap
            self.nodes.append(HLine(self.bbox.xmax + width, width, style=self.style, **kwargs))
            self.nodexy.append((0, (before + after) / 2))
        self.bbox = BBox(self.bbox.xmin, self.bbox.xmax + width * bool(bars), -below, -above)

    @staticmethod
    def _between(spans: list[tuple[float, float]], columns: int, bar: int) -> float:
        """The position of the line before column `bar`, from the horizontal spans of the cells, row by row."""
        before = max((right for index, (_, right) in enumerate(spans) if index % columns == bar - 1), default=0.0)
        after = min((left for index, (left, _) in enumerate(spans) if index % columns == bar), default=before)
        return (before + after) / 2


class LabelledArrow(Mnode, tag="arrow"):
    """An arrow as long as the labels over and under it; ziamath makes it too short."""

    def __init__(self, element: ET.Element, parent: Any, **kwargs: Any) -> None:
        super().__init__(element, parent, **kwargs)
        gap = self.size_px("0.25em")
        for label in element:
            self.increase_child_scriptlevel(label)
        measured = {"nostretch": True} if kwargs.get("nostretch") else {}
        over, under = (Mnode.fromelement(label, parent=self, **measured) for label in element)
        widest = max(over.bbox.xmax, under.bbox.xmax, self.size_px("0.9em")) + 2 * gap
        start = self.font.glyph(element.attrib["char"])
        shape = self.font.math.variant(start.index, self.points_to_units(widest), vert=False)
        arrow = Glyph(shape, element.attrib["char"], self.glyphsize, self.style, **kwargs)
        length = max(arrow.bbox.xmax, over.bbox.xmax, under.bbox.xmax)  # some arrows do not stretch
        self.nodes, self.nodexy = [arrow], [(gap + (length - arrow.bbox.xmax) / 2, 0.0)]
        low, high = arrow.bbox.ymin, arrow.bbox.ymax
        if len(element[0]):
            lift = high + self.size_px("0.12em") - over.bbox.ymin
            self.nodes.append(over)
            self.nodexy.append((gap + (length - over.bbox.xmax) / 2, -lift))
            high = lift + over.bbox.ymax
        if len(element[1]):
            drop = under.bbox.ymax + self.size_px("0.12em") - low
            self.nodes.append(under)
            self.nodexy.append((gap + (length - under.bbox.xmax) / 2, drop))
            low = under.bbox.ymin - drop
        self.bbox = BBox(0, length + 2 * gap, low, high)


@functools.cache
def _font() -> str:
    """The name of our font in ziamath; the font is loaded once in each process."""
    loadedfonts["saem"] = Font()
    return "saem"


def draw(latex: str, display: bool = True) -> bytes:
    """A PNG of the formula.

    Raises:
        LatexError: an unknown macro, or incomplete LaTeX.
        GlyphMissing: no font has a glyph for a character.
        TooLarge: the picture would be too large.
    """
    svg = picture_of(latex, display=display)
    picture = resvg_py.svg_to_bytes(svg_string=ET.tostring(svg, encoding="unicode"), zoom=SCALE, skip_system_fonts=True)
    return bytes(picture)


def picture_of(latex: str, *, display: bool = True) -> ET.Element:
    """The formula on its card, as SVG. Raises the same errors as `draw`."""
    formula = Math(to_mathml(parse(latex), display=display, ink=INK), size=SIZE, font=_font(), margin=MARGIN)
    svg = formula.svgxml()
    _card(svg)
    width, height = float(svg.attrib["width"]) * SCALE, float(svg.attrib["height"]) * SCALE
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST):
        raise TooLarge(f"{width:.0f} by {height:.0f} pixels")
    return svg


def _card(svg: ET.Element) -> None:
    left, top, width, height = map(float, svg.attrib["viewBox"].split())
    wider = max(width, NARROWEST)
    svg.attrib["viewBox"] = f"{left} {top} {wider} {height}"
    svg.attrib["width"], svg.attrib["height"] = f"{wider}", f"{height}"
    card = ET.Element("rect", x=f"{left}", y=f"{top}", width=f"{wider}", height=f"{height}", rx="8", fill=CARD)
    svg.insert(0, card)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height
