"""Scanned pages are read one at a time, files in turn, and end."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from assistants.retrieval.page_scans import PageScans, ScansTooSlowError
from workers import JobFailed, JobTimedOut, Pool


class Reader(Pool):
    """Pages are read by this instead of a process."""

    def __init__(self) -> None:
        super().__init__(size=1)
        self.read: list[tuple[str, int]] = []
        self.together = 0
        self.most = 0

    async def run(self, function: str, *args: Any, **limits: Any) -> Any:
        source, number = args
        self.together += 1
        self.most = max(self.most, self.together)
        await asyncio.sleep(0)
        self.together -= 1
        self.read.append((source.path.name, number))
        if number == 13:
            raise JobFailed("InvalidFileError", "no", "")
        if number == 14:
            raise JobTimedOut(1.0)
        return {"text": f"page {number}", "confidence": 90}


async def test_files_take_turns_page_by_page(tmp_path: Path) -> None:
    async with Reader() as reader:
        scans = PageScans(reader)
        done: list[int] = []
        await asyncio.gather(
            scans.read(tmp_path / "a", [1, 2, 3], tmp_path / "out-a", done.append),
            scans.read(tmp_path / "b", [7, 8], tmp_path / "out-b", lambda _: None),
        )
        assert reader.read == [("a", 1), ("b", 7), ("a", 2), ("b", 8), ("a", 3)]
        assert reader.most == 1
        assert done == [1, 2, 3]
        assert json.loads((tmp_path / "out-b").read_text())["7"] == {"text": "page 7", "confidence": 90}


async def test_a_page_that_cannot_be_read_counts_as_empty(tmp_path: Path) -> None:
    async with Reader() as reader:
        await PageScans(reader).read(tmp_path / "a", [12, 13, 14], tmp_path / "out", lambda _: None)
    assert json.loads((tmp_path / "out").read_text()) == {
        "12": {"text": "page 12", "confidence": 90},
        "13": {"text": "", "confidence": 0},
        "14": {"text": "", "confidence": 0},
    }


async def test_a_file_that_uses_up_its_time_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistants.retrieval.page_scans.FILE_TIME", 0.0)
    async with Reader() as reader:
        with pytest.raises(ScansTooSlowError):
            await PageScans(reader).read(tmp_path / "a", [1, 2], tmp_path / "out", lambda _: None)
        assert reader.read == [("a", 1)]
