"""Outages: what cannot be used now is known, said once, and over when it is over."""

import asyncio
import errno
import os
import sqlite3
import tempfile
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from database import checkpoint, outages
from database.addresses import connect_options, parse_address
from database.database import Database
from database.outages import (
    NotConnectedError,
    Outage,
    OutageKind,
    lasting_outages,
    outage_kind,
    outage_of_folder,
    state_of_disk,
)
from tests.failing_disks import fill, locked, long_read, make_room, read_only, small_disk


class _StateError(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


def _sqlite_error(code: int) -> OperationalError:
    error = sqlite3.OperationalError("it says")
    error.sqlite_errorcode = code
    return OperationalError("INSERT", None, error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_sqlite_error(sqlite3.SQLITE_FULL), "full"),
        (_sqlite_error(sqlite3.SQLITE_BUSY | 1 << 8), "locked"),  # SQLITE_BUSY_RECOVERY
        (_sqlite_error(sqlite3.SQLITE_READONLY | 4 << 8), "read_only"),  # SQLITE_READONLY_DBMOVED
        (_sqlite_error(sqlite3.SQLITE_IOERR | 3 << 8), "failing"),  # SQLITE_IOERR_WRITE
        (_sqlite_error(sqlite3.SQLITE_CORRUPT), "damaged"),
        (_sqlite_error(sqlite3.SQLITE_ERROR), None),  # no such table: a fault of ours
        (DBAPIError("INSERT", None, _StateError("25006")), "read_only"),
        (DBAPIError("INSERT", None, _StateError("53100")), "full"),
        (DBAPIError("INSERT", None, _StateError("53300")), "away"),
        (DBAPIError("INSERT", None, _StateError("57P01")), "away"),
        (DBAPIError("INSERT", None, _StateError("58030")), "failing"),
        (DBAPIError("INSERT", None, _StateError("XX000")), "failing"),
        (DBAPIError("INSERT", None, _StateError("XX001")), "damaged"),
        (DBAPIError("INSERT", None, _StateError("42P01")), None),
        (DBAPIError("INSERT", None, _StateError("40P01")), None),
        (InterfaceError("INSERT", None, _StateError("")), "away"),
        (DBAPIError("INSERT", None, Exception("gone"), connection_invalidated=True), "away"),
        (NotConnectedError("connect", None, ConnectionRefusedError()), "away"),
        (TimeoutError(), None),
        (ValueError(), None),
    ],
)
def test_an_error_says_what_is_the_matter_or_nothing(error: Exception, kind: OutageKind | None) -> None:
    assert outage_kind(error) == kind


@pytest.mark.parametrize(
    ("url", "hosts", "more"),
    [
        (
            "postgresql+asyncpg://a:p@one:5433,two/db?target_session_attrs=any",
            ("one:5433", "two:5432"),
            {"timeout": 10},
        ),
        (
            "postgresql+asyncpg://one,two:6000",
            ("one:5432", "two:6000"),
            {"timeout": 10, "target_session_attrs": "read-write"},
        ),
    ],
)
def test_several_hosts_are_given_as_libpq_takes_them(url: str, hosts: tuple[str, ...], more: dict[str, object]) -> None:
    address = parse_address(url)
    assert address.query["host"] == hosts
    assert address.host is None
    assert connect_options(address) == more


def test_a_password_with_a_comma_is_no_second_host() -> None:
    assert parse_address("postgresql+asyncpg://a:x%2Cy@one/db").host == "one"
    assert parse_address("postgresql+asyncpg://a:x,y@one/db").password == "x,y"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that `database.outages` goes by."""
    now = [1000.0]
    monkeypatch.setattr("database.outages.time.monotonic", lambda: now[0])
    return now


def test_an_outage_is_said_once_however_often_it_fails_and_ends_when_writes_succeed_again(clock: list[float]) -> None:
    outage = Outage("said-once")
    with structlog.testing.capture_logs() as logged:
        for second in range(40):
            clock[0] = 1000.0 + second
            outage.failed("full", sqlite3.OperationalError("disk full"))
            outage.succeeded()  # a small write
        (state,) = [each for each in lasting_outages() if each.name == "said-once"]
        assert (state.kind, state.failures, state.advice) == ("full", 40, "make room on the disk")
        clock[0] += outages.SETTLED
        outage.succeeded()
    assert [each["event"] for each in logged] == ["database.full", "database.back"]
    assert logged[1]["seconds"] == 49.0
    assert outage.state is None
    assert not [each for each in lasting_outages() if each.name == "said-once"]


async def test_what_was_closed_in_an_outage_is_told_of_no_more(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'closed-in-an-outage'}"

    def told() -> list[str]:
        return [each.name for each in lasting_outages() if each.name == "closed-in-an-outage"]

    database = Database(url)
    database.outage.failed("locked", None)
    assert told()
    await database.close()
    assert not told()
    assert database.outage.state is None
    database.outage.failed("locked", None)  # what was under way may end later
    assert not told()


def test_what_two_have_open_is_told_of_until_both_have_closed_it_and_again_when_it_is_opened() -> None:
    outage = Outage("opened-twice")

    def told() -> list[str]:
        return [each.name for each in lasting_outages() if each.name == "opened-twice"]

    outage.opened()
    outage.opened()
    outage.failed("away", None)
    outage.closed()
    assert told()
    outage.closed()
    assert not told()
    outage.opened()
    assert not told()
    outage.failed("away", None)
    assert told()


def test_what_follows_an_outage_at_once_is_said_only_if_it_lasts(clock: list[float]) -> None:
    outage = Outage()

    def fails(at: float) -> None:
        clock[0] = at
        outage.failed("away", ConnectionResetError())

    async def answers() -> None:
        await outage.bridge(lambda: asyncio.sleep(0))

    with structlog.testing.capture_logs() as logged:
        for second in range(5):
            fails(1000.0 + second / 10)
            asyncio.run(answers())
        assert [each["event"] for each in logged] == ["database.away", "database.back"]
        fails(1002.0)
        fails(1002.9)
        assert len(logged) == 2
        fails(1003.1)
        assert [each["event"] for each in logged[2:]] == ["database.away"]


async def test_a_full_disk_is_known_and_all_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SETTLED", 0.0)
    with small_disk(tmp_path / "disk", 2) as disk:
        database = Database(f"sqlite:///{disk / 'some.sqlite3'}")
        async with database.writer.begin() as connection:
            await connection.execute(text("CREATE TABLE t (x TEXT)"))
        fill(disk)
        with structlog.testing.capture_logs() as logged:
            for _ in range(3):
                with pytest.raises(OperationalError, match="full"):
                    async with database.writer.begin() as connection:
                        await connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": "y" * 100_000})
            assert database.outage.state is not None
            assert database.outage.state.kind == "full"
            make_room(disk)
            async with database.writer.begin() as connection:
                await connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": "y" * 100_000})
            database.written()
        assert [each["event"] for each in logged] == ["database.full", "database.back"]
        await database.close()


async def test_a_lock_is_waited_for_once_not_by_each_that_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("database.inline_sqlite.LOCK_TIMEOUT", 0.2)
    database = Database(f"sqlite:///{tmp_path / 'some.sqlite3'}")
    async with database.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x TEXT)"))

    async def write() -> None:
        async with database.writer.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES ('x')"))

    loop = asyncio.get_running_loop()
    with locked(tmp_path / "some.sqlite3"):
        began = loop.time()
        for _ in range(10):
            with pytest.raises(OperationalError, match="locked"):
                await write()
        assert loop.time() - began < 1.5  # ten patiences would be two seconds
    await write()
    await database.close()


async def test_a_log_that_another_program_lets_grow_is_said_once_and_begun_anew_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "INTERVAL", 0.0)
    monkeypatch.setattr(checkpoint, "LARGE_LOG", 300_000)
    monkeypatch.setattr(checkpoint, "RESTART_EVERY", 0.0)
    path = tmp_path / "some.sqlite3"
    database = Database(f"sqlite:///{path}")
    monkeypatch.setattr("database.checkpoint.BUSY", 0.01)
    async with database.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE t (x TEXT)"))

    async def write_much() -> None:
        async with database.writer.begin() as connection:
            await connection.execute(text("INSERT INTO t VALUES (:x)"), {"x": "y" * 400_000})
        database.written()
        assert database.checkpoints is not None
        await database.checkpoints.wait()

    with structlog.testing.capture_logs() as logged:
        with long_read(path):
            await write_much()
            await write_much()
            assert path.with_name("some.sqlite3-wal").stat().st_size > 700_000
            assert [each["event"] for each in logged] == ["database.log_grows"]
        await write_much()
        assert [each["event"] for each in logged] == ["database.log_grows", "database.log_is_small_again"]
        size = path.with_name("some.sqlite3-wal").stat().st_size
        await write_much()
        assert path.with_name("some.sqlite3-wal").stat().st_size <= size
    await database.close()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("postgresql://one/saem", "saem at one"),
        ("postgresql:///saem?host=/run/postgres", "saem at /run/postgres"),
        ("postgresql://one,two/saem", "saem at one:5432,two:5432"),
        ("postgresql:///saem", "saem at PostgreSQL"),
    ],
)
def test_an_outage_names_the_database_and_its_host(address: str, name: str) -> None:
    assert outages.outage_of_server(parse_address(address)).name == name


def test_a_folder_that_may_not_be_written_is_looked_at_until_it_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SETTLED", 0.0)
    outage = outage_of_folder(tmp_path, "a folder")
    assert outage_of_folder(tmp_path, "a folder") is outage
    with read_only(tmp_path):
        assert state_of_disk(str(tmp_path)) == "read_only"
        outage.failed("failing", OSError(errno.EIO, "Input/output error"))
        for _ in range(2):
            (state,) = [each for each in lasting_outages() if each.name == "a folder"]
            assert state.kind == "read_only"
    assert state_of_disk(str(tmp_path)) is None
    assert not [each for each in lasting_outages() if each.name == "a folder"]
    assert state_of_disk(str(tmp_path / "gone")) == "failing"


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.EROFS, "read_only"), (errno.ENOSPC, "full"), (errno.EIO, "failing")]
)
def test_a_disk_that_linux_has_closed_is_known_by_trying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: OutageKind
) -> None:
    def refuse(**_given: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert state_of_disk(str(tmp_path)) == kind
