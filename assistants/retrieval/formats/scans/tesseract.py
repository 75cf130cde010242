"""Tesseract, the program that reads pictures of text (OCR): what it can read, how it is asked, and what it tells."""

import csv
import functools
import io
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from assistants.retrieval.formats.refusals import BROKEN, UNREADABLE_PICTURE, InvalidFileError

TIME: Final = 45
"""Seconds for one page."""
_FIRST: Final = ("kor", "eng")
_MOST_LANGUAGES: Final = 4


@dataclass(frozen=True, slots=True)
class Word:
    """A word as Tesseract tells it: its place in pixels, its line, and how sure it is, in per cent."""

    text: str
    line: tuple[int, int, int]
    left: int
    top: int
    width: int
    height: int
    confidence: float


def languages() -> list[str]:
    """The languages that can be read: Korean, English and others that are installed; none without the program."""
    return list(_languages(shutil.which("tesseract"), os.environ.get("TESSDATA_PREFIX")))


@functools.cache
def _languages(program: str | None, _data: str | None) -> tuple[str, ...]:
    if program is None:
        return ()
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    installed = {line.strip() for line in listed.stdout.splitlines()[1:]} - {"osd", "equ", ""}
    plain = sorted(name for name in installed if name.isidentifier())
    return tuple(
        [*(name for name in _FIRST if name in installed), *(n for n in plain if n not in _FIRST)][:_MOST_LANGUAGES]
    )


def run_tesseract(page: Any, *options: str, lang: str | None = None) -> str:
    """What the program says of the page, which it gets as a portable greymap.

    Raises:
        InvalidFileError: it cannot read the page, or takes too long.
    """
    import numpy as np  # noqa: PLC0415

    height, width = page.shape[:2]
    greymap = b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(page.reshape(height, width)).tobytes()
    program = shutil.which("tesseract") or "tesseract"
    command = [program, "stdin", "stdout", "-l", lang or "+".join(languages()), "--dpi", "300", *options]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=greymap, capture_output=True, timeout=TIME, env=environment, check=True)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise InvalidFileError(UNREADABLE_PICTURE) from None
    except (subprocess.CalledProcessError, OSError):
        raise InvalidFileError(BROKEN) from None
    return done.stdout.decode("utf-8", "replace")


def words_of(table: str) -> Iterator[Word]:
    """The words of a table (`tsv`)."""
    rows: Iterator[Mapping[str, str]] = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        text = (row["text"] or "").strip()
        if row["level"] != "5" or not text or not any(c.isprintable() for c in text):
            continue
        line = (int(row["block_num"]), int(row["par_num"]), int(row["line_num"]))
        left, top, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        yield Word(text, line, left, top, width, height, float(row["conf"]))


def is_hangul(character: str) -> bool:
    """Whether a character is a Korean syllable or letter."""
    return "가" <= character <= "힣" or "ㄱ" <= character <= "ㆎ"
