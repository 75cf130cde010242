"""What people have said is in files that only their owner may open."""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.errors import StoreError
from database.private_files import (
    check_temporary_folder,
    keep_new_files_private,
    make_private_database,
    make_private_folder,
)
from tests.assistants.conftest import running
from tests.bot.command_line.saem_process import start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permission bits")


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """New files are open to everybody, unless our code says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def open_to_others(folder: Path) -> list[str]:
    """The files and folders below, and the folder itself, that others than the owner may open."""
    return [str(path.relative_to(folder)) for path in (folder, *folder.rglob("*")) if mode(path) & 0o077]


def test_a_new_folder_and_those_above_it_are_private(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert (mode(tmp_path / "a"), mode(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_a_folder_that_exists_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    make_private_folder(tmp_path / "shared" / "data")
    make_private_folder(tmp_path / "shared")
    assert (mode(tmp_path / "shared"), mode(tmp_path / "shared" / "data")) == (0o755, 0o700)


def test_whatever_the_process_makes_from_now_on_is_private(tmp_path: Path) -> None:
    keep_new_files_private()
    (tmp_path / "file").write_text("private words")
    (tmp_path / "folder").mkdir()
    assert (mode(tmp_path / "file"), mode(tmp_path / "folder")) == (0o600, 0o700)


def test_a_database_of_an_earlier_release_becomes_private_and_keeps_its_content(tmp_path: Path) -> None:
    for name in ("a.sqlite3", "a.sqlite3-wal", "a.sqlite3-shm", "other"):
        (tmp_path / name).write_bytes(b"kept")
    make_private_database(tmp_path / "a.sqlite3")
    assert sorted(path.name for path in tmp_path.iterdir() if mode(path) == 0o600) == [
        "a.sqlite3",
        "a.sqlite3-shm",
        "a.sqlite3-wal",
    ]
    assert (tmp_path / "a.sqlite3").read_bytes() == b"kept"


async def test_the_servers_database_and_uploads_are_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "files" / "incoming").mkdir(parents=True)  # as an earlier release made them
    async with running(data) as server:
        file = await server.client.files.create(file=("a.txt", b"private words"), purpose="assistants")
        await server.thread("private words")
        found = {path.name for path in data.rglob("*")}
        assert {"assistants.sqlite3", "assistants.sqlite3-wal", file.id} <= found
        readable = open_to_others(data)
    assert readable == ["."]  # which was there before


async def test_all_that_the_bot_writes_is_private(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = await start("check", directory=tmp_path, DATA_DIR=str(data))
    await process.communicate()
    assert (data / "saem.sqlite3").is_file()
    assert not open_to_others(data)


def test_where_nothing_temporary_can_be_written_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    check_temporary_folder()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc/none"])
    with pytest.raises(StoreError, match="set TMPDIR to another one"):
        check_temporary_folder()
