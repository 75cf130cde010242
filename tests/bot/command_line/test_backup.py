"""`saem backup` and `saem restore`: consistent while the bot works, checked before anything is replaced."""

import asyncio
import dataclasses
import itertools
import os
import random
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from bot.command_line.backup import SCRATCH, backup
from bot.command_line.backup_archive import Backup, Manifest, read_backup
from bot.command_line.restore import _check, restore
from bot.errors import StartupError
from bot.settings import Settings
from bot.store.conversation_store import ConversationStore
from bot.store.schema import MIGRATIONS
from bot.store.store import open_store
from database import replacement
from database.errors import StoreError
from database.scratch_folders import held
from database.snapshots import keep_copy
from tests.bot.library.dropped_files import reacted
from tests.failing_disks import FILLER, fill, make_room, read_only, small_disk
from tests.house import bot_in, finished, open_house
from tests.migrated import bot_database, server_database
from tests.s3_server import s3_server


def _settings(directory: Path, **more: Any) -> Settings:
    return Settings(_env_file=None, data_dir=directory, **more)  # type: ignore[call-arg]


def _inconsistent(directory: Path) -> list[str]:
    """What the bot's database names and the server does not have, and rows without bytes."""
    with (
        closing(sqlite3.connect(directory / "saem.sqlite3")) as bot,
        closing(sqlite3.connect(directory / "assistants.sqlite3")) as server,
    ):
        threads = {row[0] for row in server.execute("SELECT id FROM threads")}
        files = [row[0] for row in server.execute("SELECT id FROM files")]
        wanted = [row[0] for row in bot.execute("SELECT thread_id FROM conversations WHERE thread_id IS NOT NULL")]
    lost = [thread for thread in wanted if thread not in threads]
    return lost + [file for file in files if not (directory / "files" / file[-2:].lower() / file).exists()]


async def test_what_was_backed_up_at_work_is_restored_and_goes_on(tmp_path: Path) -> None:
    data, other, file = tmp_path / "data", tmp_path / "other", tmp_path / "saem.backup"
    async with open_house(data) as house:
        alex = await house.discord.student("alex")
        first = await house.ask(alex, "Before?")
        await finished(alex, first.id)
        dropped = await alex.drops("library", ("water.txt", b"Water boils at 100 degrees."))
        await reacted(alex, dropped, "✅")
        asked = [asyncio.create_task(house.ask(alex, f"Under load {number}?")) for number in range(8)]
        assert await backup(_settings(data), file) == 0
        with pytest.raises(StoreError, match="in use by another Assistants server"):
            await restore(_settings(data), file)
        for question in await asyncio.gather(*asked):
            await finished(alex, question.id)
        assert file.stat().st_mode & 0o77 == 0
        await restore(_settings(other), file)
        assert _inconsistent(other) == []
        await house.bot.close()
        async with bot_in(house.discord, house.settings.model_copy(update={"data_dir": other})):
            await alex.says(first.id, "And now?")
            await alex.sees(first.id, contains="And now?", matching=lambda post: post.by_bot)


@pytest.fixture
async def backed_up(tmp_path: Path) -> tuple[Path, Path]:
    """A data directory, and its backup."""
    data, file = tmp_path / "data", tmp_path / "saem.backup"
    bot_database(data)
    server_database(data)
    await backup(_settings(data), file)
    return data, file


async def test_what_cannot_be_restored_is_refused_and_all_stays(backed_up: tuple[Path, Path]) -> None:
    data, file = backed_up
    whole = file.read_bytes()
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.suffix == ".sqlite3"}
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1
    for content, words in (
        (b"", "no backup|torn"),
        (b"something else" * 100, "no backup"),
        (whole[: len(whole) // 2], "no backup|torn"),
        (whole[:-20_000], "no backup|torn"),
        (bytes(damaged), "damaged|no backup"),
        (whole.replace(b'"format": 1', b'"format": 9'), "newer release"),
        (whole.replace(b'"bot": "0', b'"bot": "9'), "newer release|damaged"),
    ):
        file.write_bytes(content)
        with pytest.raises(StartupError, match=words):
            await restore(_settings(data), file)
    file.write_bytes(whole)
    with pytest.raises(StartupError, match="is of SQLite"):
        await restore(_settings(data, database_url="postgresql://nobody@127.0.0.1:1/none"), file)
    with pytest.raises(StartupError, match="cannot be read"):
        await restore(_settings(data), file.with_name("none"))
    with pytest.raises(StartupError, match="exists already"):
        await backup(_settings(data), file)
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.suffix == ".sqlite3"} == before
    assert await restore(_settings(data), file) == 0


async def test_a_torn_backup_is_refused_wherever_it_is_torn_and_a_changed_one_unless_it_says_the_same(
    backed_up: tuple[Path, Path],
) -> None:
    _, file = backed_up
    whole, chance = file.read_bytes(), random.Random(1)
    backup = read_backup(file)
    for length in [*range(0, len(whole), len(whole) // 40), *range(0, 2048, 512), len(whole) - 10_240]:
        file.write_bytes(whole[:length])
        with pytest.raises(StartupError, match=r"torn|no backup|damaged"):
            read_backup(file)
    for place in [*(chance.randrange(len(whole)) for _ in range(60)), *(chance.randrange(4_096) for _ in range(60))]:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)
        try:
            found = read_backup(file)
        except StartupError:
            continue
        assert found == backup, place  # a byte between the members


def _dumped(folder: Path) -> dict[str, list[str]]:
    """What the databases of a folder hold."""
    found = {}
    for path in folder.glob("*.sqlite3"):
        with closing(sqlite3.connect(path)) as connection:
            found[path.name] = list(connection.iterdump())
    return found


async def test_on_a_full_disk_there_is_no_backup_and_nothing_is_left_of_it(
    backed_up: tuple[Path, Path], tmp_path: Path
) -> None:
    data, _ = backed_up
    with small_disk(tmp_path / "disk", 1) as disk:
        fill(disk)
        for megabytes in (0.0, 0.3, 0.8):
            os.truncate(disk / FILLER, int((1 - megabytes) * (1 << 20)))
            with pytest.raises(StartupError, match=r"There is no backup: .*(No space left|full)"):
                await backup(_settings(data), disk / "saem.backup")
            assert [path.name for path in disk.iterdir()] == [FILLER]


async def test_on_a_full_disk_nothing_is_restored_and_all_stays(
    backed_up: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = backed_up
    with small_disk(tmp_path / "disk", 2) as disk:
        for path in data.glob("*.sqlite3"):
            shutil.copyfile(path, disk / path.name)
        with closing(sqlite3.connect(disk / "saem.sqlite3")) as connection:
            connection.execute("INSERT INTO notes VALUES ('later', 'than the backup')")
            connection.commit()
        before = _dumped(disk)
        fill(disk)
        with pytest.raises(StartupError, match="has 0 MB free, but the backup needs 1 MB"):
            await restore(_settings(disk), file)
        # Another program fills it meanwhile.
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1 << 40))
        for megabytes in (0.1, 0.5):
            make_room(disk)
            fill(disk)
            os.truncate(disk / FILLER, (disk / FILLER).stat().st_size - int(megabytes * (1 << 20)))
            with pytest.raises(StartupError, match=r"Nothing was restored: .*(No space left|full)"):
                await restore(_settings(disk), file)
            assert not (disk / replacement.NEW).exists()
        make_room(disk)
        assert _dumped(disk) == before
        assert await restore(_settings(disk), file) == 0
        assert _dumped(disk) != before


async def test_nothing_is_migrated_where_there_is_no_room_for_the_copy_before(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2) as disk:
        url = f"sqlite:///{disk / 'saem.sqlite3'}"
        engine = create_engine(url)
        with engine.begin() as connection:
            MIGRATIONS.upgrade(connection, "0028")
        engine.dispose()
        before = _dumped(disk)
        fill(disk)
        with pytest.raises(StoreError, match="cannot be opened: the disk is full: make room"):
            async with open_store(url):
                pass
        os.truncate(disk / FILLER, (disk / FILLER).stat().st_size - 200_000)  # enough to open it
        with pytest.raises(StoreError, match=r"cannot be copied before its update .*: make room on the disk"):
            async with open_store(url):
                pass
        make_room(disk)
        assert _dumped(disk) == before
        assert [path.name for path in disk.iterdir() if "before" in path.name] == []
        async with open_store(url):
            pass
        assert (disk / "saem.sqlite3.before-0028").exists()


@pytest.mark.parametrize("done", [0, 1])
async def test_a_restore_that_is_killed_once_it_is_decided_is_finished_by_the_next_start(
    backed_up: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    data, file = backed_up
    with closing(sqlite3.connect(data / "saem.sqlite3")) as connection:
        connection.execute("INSERT INTO notes VALUES ('later', 'than the backup')")
        connection.commit()
    left = [done]
    replace = Path.replace

    def dies(self: Path, target: Path) -> Path:
        if self.parent.name == replacement.NEW:
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        await restore(_settings(data), file)
    monkeypatch.undo()
    assert replacement.finish_replacement(data)
    assert not replacement.finish_replacement(data)
    with closing(sqlite3.connect(data / "saem.sqlite3")) as connection:
        assert not connection.execute("SELECT 1 FROM notes WHERE name = 'later'").fetchall()
    assert not (data / replacement.NEW).exists()


def test_the_last_two_copies_from_before_updates_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "saem.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    for revision in ("0001", "0002", "0003"):
        keep_copy(path, revision)
    assert sorted(each.name for each in tmp_path.glob("*.before-*")) == [
        "saem.sqlite3.before-0002",
        "saem.sqlite3.before-0003",
    ]
    shutil.copyfile(tmp_path / "saem.sqlite3.before-0003", tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.postgres
async def test_postgresql_is_restored_into_an_empty_database_or_over_another_state(
    tmp_path: Path, postgres: str
) -> None:
    file, url = tmp_path / "saem.backup", postgres.replace("+asyncpg", "")
    async with open_house(tmp_path / "data", database_url=url) as house:
        alex = await house.discord.student("alex")
        first = await house.ask(alex, "Before?")
        await finished(alex, first.id)
        dropped = await alex.drops("library", ("water.txt", b"Water boils at 100 degrees."))
        await reacted(alex, dropped, "✅")
        settings = house.settings
        await backup(settings, file)
        with pytest.raises(StartupError, match="running on these databases"):
            await restore(settings, file)
        second = await house.ask(alex, "After the backup?")
        await finished(alex, second.id)
        await house.bot.close()
    with pytest.raises(StartupError, match="is of PostgreSQL"):
        await restore(_settings(tmp_path / "data"), file)
    shutil.rmtree(tmp_path / "data" / "files")
    await restore(settings, file)
    async with open_store(settings.store_url) as store:
        conversations = ConversationStore(store)
        assert await conversations.question(first.id) is not None
        assert await conversations.question(second.id) is None
    kept = [path.read_bytes() for path in (tmp_path / "data" / "files").glob("??/*")]
    assert kept == [b"Water boils at 100 degrees."]


async def test_what_was_killed_leaves_nothing_for_long(backed_up: tuple[Path, Path]) -> None:
    data, file = backed_up
    left = file.parent / f"{SCRATCH}killed"
    left.mkdir()
    (left / "backup").write_bytes(b"half")
    other = file.with_name("other.backup")
    await backup(_settings(data), other)
    assert not left.exists()
    assert {each.name for each in file.parent.iterdir()} == {"data", file.name, other.name}
    (data / replacement.NEW).mkdir()
    with held(data / replacement.NEW):
        assert not replacement.finish_replacement(data)
        assert (data / replacement.NEW).exists()  # another process restores
    assert not replacement.finish_replacement(data)
    assert not (data / replacement.NEW).exists()


async def test_a_disk_that_may_only_be_read_can_be_backed_up(
    backed_up: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, file = backed_up
    copy = file.with_name("read-only.backup")
    with closing(sqlite3.connect(data / "saem.sqlite3", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO notes VALUES ('in the log', 'alone')")
        with read_only(data):
            await backup(_settings(data), copy)
            with pytest.raises(StartupError, match=r"There is no backup: .*Read-only"):
                await backup(_settings(data), data / "inside.backup")
            with pytest.raises(StoreError, match="cannot be written: Read-only"):
                await restore(_settings(data), file)
            copied = shutil.copyfile

            def others_write(source: Path, target: Path) -> Path:
                connection.execute("INSERT OR REPLACE INTO notes VALUES ('meanwhile', 'changed')")
                return copied(source, target)

            monkeypatch.setattr(shutil, "copyfile", others_write)
            with pytest.raises(StartupError, match="somebody writes to it"):
                await backup(_settings(data), file.with_name("none.backup"))
    restored = data.with_name("restored")
    await restore(_settings(restored), copy)
    with closing(sqlite3.connect(restored / "saem.sqlite3")) as connection:
        assert connection.execute("SELECT value FROM notes WHERE name = 'in the log'").fetchone() == ("alone",)


def test_a_restore_that_is_killed_anywhere_is_undone_or_finished_by_the_next_start(tmp_path: Path) -> None:
    """Killed when it opens, renames or removes a file: at each fifth of these."""
    data, file = tmp_path / "data", tmp_path / "saem.backup"
    bot_database(data)
    server_database(data)
    asyncio.run(backup(_settings(data), file))
    with closing(sqlite3.connect(data / "saem.sqlite3")) as connection:
        connection.execute("INSERT INTO notes VALUES ('later', 'than the backup')")
        connection.commit()
    seen = set()
    for step in itertools.count(1, 5):
        now = tmp_path / f"killed-{step}"
        shutil.copytree(data, now)
        child = os.fork()
        if not child:
            _kill_at(step, now)
            asyncio.run(restore(_settings(now), file))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        replacement.finish_replacement(now)
        assert not (now / replacement.NEW).exists()
        assert not (now / replacement.LIST).exists()
        with closing(sqlite3.connect(now / "saem.sqlite3")) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
            rows = connection.execute("SELECT count(*) FROM notes WHERE name = 'later'").fetchone()[0]
        with closing(sqlite3.connect(now / "assistants.sqlite3")) as connection:
            assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
        seen.add(rows)
        shutil.rmtree(now)
        if not os.WIFSIGNALED(status):
            break
    assert step > 10
    assert (rows, seen) == (0, {0, 1})


def _kill_at(step: int, folder: Path) -> None:
    """Kill this process when it is about to touch the folder's files for the `step`th time."""
    left = [step]

    def look(event: str, given: tuple[Any, ...]) -> None:
        if event in {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"} and str(folder) in str(given[0]):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(look)


async def test_files_in_a_bucket_are_in_the_backup_and_restored_to_another_store(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "saem.backup"
    async with s3_server() as bucket, open_house(tmp_path, files_url=bucket.url(prefix="of/backup")) as house:
        alex = await house.discord.student("alex")
        dropped = await alex.drops("library", ("water.txt", b"Water boils at 100 degrees."))
        await reacted(alex, dropped, "✅")
        assert not (tmp_path / "files").exists() or not list((tmp_path / "files").glob("??/*"))
        await backup(house.settings, file)
        await house.bot.close()
        await restore(_settings(data), file)
    kept = [path.read_bytes() for path in (data / "files").glob("??/*")]
    assert kept == [b"Water boils at 100 degrees."]
    assert _inconsistent(data) == []


def test_a_backup_whose_files_are_in_its_database_is_not_restored_beside_a_folder(tmp_path: Path) -> None:
    manifest = Manifest("postgresql", "now", "1", {}, [], files_in_database=True)
    there = _settings(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StartupError, match="set FILES_URL=database"):
        _check(there, Backup(tmp_path, manifest, {}, {}, []), "postgresql")
    inside = there.model_copy(update={"files_url": SecretStr("database")})
    _check(inside, Backup(tmp_path, manifest, {}, {}, []), "postgresql")
    outside = Backup(tmp_path, dataclasses.replace(manifest, files_in_database=False), {"files/file-1": 1}, {}, [])
    _check(there, outside, "postgresql")
    with pytest.raises(StartupError, match="set FILES_URL as it was"):
        _check(inside, outside, "postgresql")
