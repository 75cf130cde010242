"""Turns office documents, HTML and books into Markdown, with xberg.

xberg goes on where kreuzberg 4 ends. Its OCR and its reading of PDF are not used: see `pdf.py` and `ocr.py`.
"""

import asyncio
import atexit
import re
import time

from assistants.retrieval.chunks import Section
from assistants.retrieval.formats.refusals import (
    BROKEN,
    LOCKED,
    TOO_BIG_UNPACKED,
    UNSUPPORTED,
    InvalidFileError,
    UnsupportedFileError,
)
from assistants.retrieval.formats.xml_parts import BACKSLASH

_FRONT_MATTER = re.compile(r"\A---\n(?:[\w:.-]+: .*\n)*\n## title: (.*)\n")  # what it makes of <head>

_EXIT_DELAY = 0.05
"""Seconds that the process stays after its work: without them 1 in 20 was aborted at its end, when a thread of xberg's
met an interpreter that was gone (measured; https://github.com/PyO3/pyo3-async-runtimes/issues/40)."""
_exit_delayed = False

_ESCAPED = re.compile(r"\\([^\w\s|])")
"""An escape of Markdown: the documents' own backslashes stand as `BACKSLASH`. In tables, `\\|` stays."""


def sections_of(data: bytes, kind: str) -> list[Section]:
    """The document as one section of Markdown; `kind` is its MIME type.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    markdown = _ESCAPED.sub(r"\1", _markdown(data, kind)).replace(BACKSLASH, "\\")
    return [Section(_FRONT_MATTER.sub(r"\1\n", markdown, count=1), markdown=True)]


def _markdown(data: bytes, kind: str) -> str:
    import xberg  # noqa: PLC0415 - only worker processes load it

    global _exit_delayed  # noqa: PLW0603
    if not _exit_delayed:
        atexit.register(time.sleep, _EXIT_DELAY)
        _exit_delayed = True
    config = xberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        disable_ocr=True,
        escape_markdown=False,
        output_format="markdown",
        max_archive_depth=0,
        concurrency=xberg.ConcurrencyConfig(max_threads=1),
        content_filter=xberg.ContentFilterConfig(include_footnotes=True),
    )
    given = xberg.ExtractInput(kind="bytes", bytes=data, mime_type=kind)
    try:
        result = asyncio.run(xberg.extract(given, config))
    except (xberg.XbergError, RuntimeError, ValueError) as error:
        raise _reason(str(error)) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # of Rust, and no Exception
            raise InvalidFileError(BROKEN) from None
        raise
    if not result.results:
        raise _reason(" ".join(str(error) for error in result.errors))
    content: str = result.results[0].content
    return content


def _reason(complaint: str) -> Exception:
    complaint = complaint.lower()
    if "password" in complaint or "encrypt" in complaint:
        return InvalidFileError(LOCKED)
    if "security limit" in complaint or "uncompressed" in complaint or "bomb" in complaint:
        return InvalidFileError(TOO_BIG_UNPACKED)
    if "unsupported" in complaint:
        return UnsupportedFileError(UNSUPPORTED)
    return InvalidFileError(BROKEN)
