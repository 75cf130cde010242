"""`saem backup` killed at work, and the bot with it: what is there is whole, or no backup; the data is as it was."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.command_line.backup import backup
from bot.command_line.backup_archive import read_backup
from bot.command_line.restore import restore
from bot.errors import StartupError
from bot.settings import Settings
from tests.bot_process import ROOT, Away, away
from tests.house import eventually

__all__ = ["away"]

SIZE = 40 << 20
"""Bytes of a database whose copy takes a moment."""


async def _backup_process(directory: Path, file: Path) -> asyncio.subprocess.Process:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA_DIR": str(directory)}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "backup", str(file), cwd=directory, env=environment
    )


def _settings(directory: Path) -> Settings:
    return Settings(_env_file=None, data_dir=directory)  # type: ignore[call-arg]


async def test_a_backup_and_the_bot_killed_at_once_under_load(away: Away, tmp_path: Path) -> None:
    data, place = away.directory, tmp_path / "place"
    place.mkdir()
    file = place / "saem.backup"
    part = place / "saem.backup.part"
    alex = await away.discord.student("alex")
    moments: list[Callable[[], bool]] = [
        lambda: any(place.glob(".saem-backup-*/*")),  # the databases are copied
        lambda: part.exists() and part.stat().st_size > SIZE // 8,  # the archive is written
    ]
    async with away.bot_process() as bot:
        with closing(sqlite3.connect(data / "passages.sqlite3")) as passages:
            passages.execute("CREATE TABLE filler AS SELECT randomblob(?) AS bytes", (SIZE,))
            passages.commit()
        asked = [await alex.says("math", f"{away.mention} Question {number}?") for number in range(5)]
        for moment in moments:
            process = await _backup_process(data, file)
            await eventually(lambda reached=moment: reached() or file.exists(), seconds=40)
            process.kill()
            if moment is moments[-1]:
                bot.kill()
                await bot.wait()
            await process.wait()
            if file.exists():  # it was faster
                read_backup(file)
                file.unlink()
            else:
                # The archive is begun when the databases are copied.
                with pytest.raises(StartupError, match="damaged" if part.exists() else "No such file"):
                    await restore(_settings(tmp_path / "other"), part)
    assert await backup(_settings(data), file) == 0
    assert not part.exists()
    assert set(read_backup(file).manifest.databases) == {"saem.sqlite3", "assistants.sqlite3", "passages.sqlite3"}
    await restore(_settings(tmp_path / "other"), file)
    with closing(sqlite3.connect(tmp_path / "other" / "saem.sqlite3")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        known = {row[0] for row in store.execute("SELECT message_id FROM questions")}
    assert {each.id for each in asked} >= known
