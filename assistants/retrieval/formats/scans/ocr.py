"""Reads pictures of pages with Tesseract (OCR), a page a job, in a worker process.

The program is asked, and not xberg's own engine of the same name: on a page of five lines that read one (measured), and
the program's own process can be stopped and limited. Debian's `tesseract-ocr` brings it with English.
"""

import statistics
from collections.abc import Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final

from assistants.retrieval.formats import pdf
from assistants.retrieval.formats.refusals import PICTURE_TOO_BIG, UNREADABLE_PICTURE, InvalidFileError
from assistants.retrieval.formats.scans.ocr_latin import with_latin_words
from assistants.retrieval.formats.scans.tesseract import Word, is_hangul, run_tesseract, words_of

LOW: Final = 70
"""Per cent of confidence under which people are told that a page was read badly."""
_NOTHING: Final = 35
"""Per cent of confidence under which what was read is no text."""
_TURN_BELOW: Final = 60
"""Per cent of confidence under which the page may lie on its side or head."""
_MAX_SOURCE_PIXELS: Final = 80_000_000
_SMALL: Final = 1_200
"""Pixels of width under which a picture is doubled: small letters are read badly."""
_INK: Final = 80
"""The least difference between ink and paper, of 255 shades."""
_LEFT_OVER: Final = 0.08
_SPACE: Final = 0.26
"""The least blank between two Korean words, in parts of the letters' size."""


def read_page(source: str, number: int) -> dict[str, Any]:
    """Read page `number` of a PDF, or frame `number` of a picture: `{"text", "confidence"}`, in per cent.

    Raises:
        InvalidFileError: the picture is damaged or too big.
    """
    path = Path(source)
    with path.open("rb") as file:
        is_pdf = b"%PDF-" in file.read(1024)
    if is_pdf:
        with pdf.opened(path) as document, document.page(number) as page:
            upright = page.picture()
    else:
        upright = _picture(path, number)
    text, confidence = _read(upright)
    if confidence < _TURN_BELOW and (turned := _turned(upright)) is not None:
        text, confidence = max((text, confidence), _read(turned), key=lambda read: read[1])
    return {"text": text if confidence >= _NOTHING else "", "confidence": round(confidence)}


def frames(path: Path) -> int:
    """How many pages a picture has: those of a TIFF; others have one.

    Raises:
        InvalidFileError: the picture is damaged or too big.
    """
    with _opened(path) as picture:
        return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def _opened(path: Path) -> Any:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - only worker processes load it

    Image.MAX_IMAGE_PIXELS = _MAX_SOURCE_PIXELS
    try:
        picture = Image.open(path, formats=["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
    except Image.DecompressionBombError:
        raise InvalidFileError(PICTURE_TOO_BIG) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise InvalidFileError(UNREADABLE_PICTURE) from None
    if picture.width * picture.height > _MAX_SOURCE_PIXELS:
        picture.close()
        raise InvalidFileError(PICTURE_TOO_BIG)
    return picture


def _picture(path: Path, number: int) -> Any:
    """A picture in shades of grey, as an array of rows: upright as its camera says, on white."""
    import numpy as np  # noqa: PLC0415
    from PIL import Image, ImageOps  # noqa: PLC0415

    with _opened(path) as picture:
        try:
            picture.seek(number - 1)
            if picture.format == "JPEG":
                picture.draft("L", (3_500, 3_500))
            image = ImageOps.exif_transpose(picture)
            if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
                image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
            image = image.convert("L")
        except (OSError, ValueError, EOFError, SyntaxError, MemoryError):
            raise InvalidFileError(UNREADABLE_PICTURE) from None
    scale = min(2.0 if image.width < _SMALL else 1.0, (pdf.MAX_PIXELS / (image.width * image.height)) ** 0.5)
    if scale != 1.0:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS)
    return np.asarray(image)


def _read(page: Any) -> tuple[str, float]:
    """Text and confidence of a page that stands upright.

    Tesseract looks for columns first. It misses whole lines of Korean then: where ink is left over, the page is read as
    one block too, and what gave more letters counts.
    """
    words, layout = list(words_of(run_tesseract(page, "--psm", "3", "tsv"))), "3"
    if _ink_left(page, words) > _LEFT_OVER:
        block = list(words_of(run_tesseract(page, "--psm", "6", "tsv")))
        if _sure_letters(block) > 1.05 * _sure_letters(words):
            words, layout = block, "6"
    words = with_latin_words(words, page, layout)
    letters = sum(len(word.text) for word in words)
    if not letters:
        return "", 0.0
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    paragraphs = []
    for _, paragraph in groupby(words, key=lambda word: word.line[:2]):
        lines = [list(line) for _, line in groupby(paragraph, key=lambda word: word.line)]
        paragraphs.append("\n".join(joined(line, page) for line in lines))
    return "\n\n".join(paragraphs), confidence


def _sure_letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words if word.confidence >= LOW)


def _ink_left(page: Any, words: Sequence[Word]) -> float:
    """The part of the page's ink that lies in no word's box."""
    import numpy as np  # noqa: PLC0415

    ink = np.abs(page.reshape(page.shape[:2]).astype(np.int16) - int(np.median(page))) > _INK
    whole = int(ink.sum())
    for word in words:
        ink[word.top : word.top + word.height, word.left : word.left + word.width] = False
    return int(ink.sum()) / whole if whole else 0.0


def _turned(page: Any) -> Any:
    """The page turned upright, by Tesseract's guess of how it lies; None if it does not know."""
    import numpy as np  # noqa: PLC0415

    try:
        told = run_tesseract(page, "--psm", "0", lang="osd")
    except InvalidFileError:
        return None  # too few letters, or no data for it
    turn = next((line.split(":")[1].strip() for line in told.splitlines() if line.startswith("Rotate:")), "0")
    return np.rot90(page, -int(turn) // 90) if turn in {"90", "180", "270"} else None


def joined(line: Sequence[Word], page: Any) -> str:
    """The words of a line. Tesseract puts blanks between Korean syllables: those are closed where the page has none."""
    size = _letter_size(line)
    out = line[0].text if line else ""
    for before, after in pairwise(line):
        korean = is_hangul(before.text[-1]) or is_hangul(after.text[0])
        glued = korean and not _apart(before, after) and _blank(before, after, page, size) < _SPACE * size
        out += after.text if glued else f" {after.text}"
    return out


def _apart(before: Word, after: Word) -> bool:
    """Whether the letters that would meet belong apart whatever the blank says: `) 다`, `3. 두`."""
    return before.text[-1] in ".,!?;:" and after.text[0] not in ".,!?;:)" and not before.text[-1:].isdigit()


def _letter_size(line: Sequence[Word]) -> float:
    """The height of the line's letters in pixels: the usual one of its Korean words."""
    heights = [word.height for word in line if any(map(is_hangul, word.text))] or [word.height for word in line]
    return statistics.median_low(heights) if heights else 1.0


def _blank(before: Word, after: Word, page: Any, size: float) -> float:
    """The widest stretch without ink where two words meet, in pixels: their boxes are not exact."""
    import numpy as np  # noqa: PLC0415

    top, bottom = min(before.top, after.top), max(before.top + before.height, after.top + after.height)
    middle = (before.left + before.width + after.left) / 2
    left, right = max(0, round(middle - 0.75 * size)), round(middle + 0.75 * size)
    part = page[top:bottom, left:right]
    if part.size == 0:
        return size
    paper = float(np.median(page))
    ink = (np.abs(part.reshape(part.shape[0], -1).astype(float) - paper) > _INK).any(axis=0)
    # A blank belongs to the place where they meet if it lies near the middle.
    runs, start = [], 0
    for kind, columns in groupby(ink.tolist()):
        width = len(list(columns))
        if not kind and abs(start + width / 2 - len(ink) / 2) <= 0.45 * size:
            runs.append(width)
        start += width
    return max(runs, default=0)
