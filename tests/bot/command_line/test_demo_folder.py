"""Where the demo keeps its data, and how that is removed."""

import stat
from pathlib import Path

import pytest

from bot.command_line.demo_folder import DemoFolder
from bot.errors import StartupError


def test_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path / "data")
    folder.open()
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_what_demos_made_is_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.open()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    for name in ("discord.sqlite3", "discord.sqlite3-wal", "saem.sqlite3", "my-notes.txt"):
        (folder.path / name).write_bytes(b"x" * 50_000)
    (folder.path / "files" / "a").mkdir(parents=True)
    (folder.path / "files" / "a" / "upload").write_bytes(b"x" * 50_000)
    (folder.path / "incoming").symlink_to(elsewhere)
    said = folder.remove()
    assert [each.name for each in folder.path.iterdir()] == ["my-notes.txt"]
    assert (elsewhere / "kept.txt").exists()
    assert said == (f"Removed the last demo in {folder.path}: discord.sqlite3, saem.sqlite3, 1 uploaded file (0.2 MB).")


def test_where_there_is_nothing_it_says_so(tmp_path: Path) -> None:
    assert DemoFolder(tmp_path).remove() == f"There was no demo to remove in {tmp_path / 'demo'}."


def test_the_tutors_data_without_their_discord_are_refused(tmp_path: Path) -> None:
    folder = DemoFolder(tmp_path)
    folder.open()
    (folder.path / "saem.sqlite3").touch()
    with pytest.raises(StartupError, match="--fresh"):
        folder.open()
    folder.remove()
    folder.open()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StartupError, match="cannot be made"):
        DemoFolder(tmp_path / "data").open()
