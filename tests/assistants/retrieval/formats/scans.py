"""Pictures of pages, as a scanner makes them, and whether they can be read here."""

import io
from collections.abc import Sequence

import pytest
from PIL import Image, ImageDraw, ImageFont

from assistants.retrieval.formats.scans import tesseract

_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",)

needs_ocr = pytest.mark.skipif("eng" not in tesseract.languages(), reason="Tesseract with English is not installed")
needs_korean_ocr = pytest.mark.skipif(
    not {"kor", "eng"} <= set(tesseract.languages()), reason="Tesseract with Korean is not installed"
)


def picture(lines: Sequence[str], *, size: int = 40, turned: int = 0) -> Image.Image:
    """A page in black on white with these lines, turned clockwise by so many degrees."""
    try:
        font: ImageFont.FreeTypeFont | ImageFont.ImageFont = ImageFont.truetype(_FONTS[0], size, index=1)
    except OSError:
        if not all(map(str.isascii, lines)):
            pytest.skip("no Korean font is installed")
        font = ImageFont.load_default(size)
    page = Image.new("L", (1240, 1754), 250)
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        draw.text((100, 120 + number * 2 * size), line, font=font, fill=10)
    return page.rotate(-turned, expand=True) if turned else page


def png(page: Image.Image) -> bytes:
    """The picture as a PNG file."""
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def scan(*pages: Sequence[str], turned: int = 0) -> bytes:
    """A PDF of pictures of such pages."""
    out = io.BytesIO()
    first, *rest = [picture(lines, turned=turned) for lines in pages]
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=150)
    return out.getvalue()
