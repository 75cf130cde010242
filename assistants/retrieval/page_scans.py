"""Has worker processes read scanned pages by OCR, one page of one file after the other, files in turn."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import structlog

from workers import JobCrashed, JobFailed, JobTimedOut, LentFile, Pool, WorkerNotStarted

log = structlog.get_logger(__name__)

READ_PAGE: Final = "assistants.retrieval.formats.scans.ocr:read_page"
PAGE_TIME: Final = 150.0
"""Seconds for one page, which Tesseract may be asked about three times."""
FILE_TIME: Final = 1_800.0
"""Seconds of reading for the scanned pages of one file."""
MEMORY: Final = 1 << 30


class ScansTooSlowError(Exception):
    """The scanned pages of a file take too long."""


class PageScans:
    """Reads scanned pages. One page is read at a time, so that a long scan leaves processes to other files."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._turn = asyncio.Semaphore(1)

    async def read(self, source: Path, pages: Sequence[int], target: Path, heard: Callable[[int], None]) -> None:
        """Write what OCR makes of `pages` to `target`, as `extraction.chunked` takes it.

        A page that cannot be read counts as empty. `heard` is told how many pages are done.

        Raises:
            ScansTooSlowError: the file has used up its time.
        """
        read: dict[int, Any] = {}
        spent = 0.0
        for number in pages:
            async with self._turn:
                begun = time.monotonic()
                read[number] = await self._page(source, number)
                spent += time.monotonic() - begun
            if spent > FILE_TIME:
                raise ScansTooSlowError
            heard(len(read))
        await asyncio.to_thread(target.write_text, json.dumps(read), encoding="utf-8")

    async def _page(self, source: Path, number: int) -> Any:
        try:
            return await self._pool.run(READ_PAGE, LentFile(source), number, timeout=PAGE_TIME, memory=MEMORY)
        except WorkerNotStarted:
            raise  # the page is not at fault
        except (JobFailed, JobTimedOut, JobCrashed) as error:
            log.info("scan_not_read", page=number, cause=str(error))
            return {"text": "", "confidence": 0}
