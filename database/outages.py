"""Databases and disks that cannot be used for a while: which errors say so, and what one process knows of them.

A database server that starts again is away for seconds. Whoever cannot get a connection waits as long, for nothing of
what he wants was done yet. What breaks off later is not tried again here: whether it was committed, nobody knows.
"""

import asyncio
import errno
import os
import sqlite3
import sys
import tempfile
import time
import weakref
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import structlog
from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

T = TypeVar("T")
log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds from the beginning of an outage in which nothing fails yet."""
FIRST_DELAY, LONGEST_DELAY = 0.05, 1.0
SETTLED = 10.0
"""Seconds without a failure after which a write ends an outage: on a full disk a small one may succeed."""

LASTING = 1.0
"""Seconds after which an outage is said that began right after another."""

OutageKind = Literal["away", "full", "read_only", "locked", "failing", "damaged"]

ADVICE: Final[dict[OutageKind, str]] = {
    "away": "see whether the database server runs and can be reached",
    "full": "make room on the disk",
    "read_only": "see why the disk, the folder or the server may not be written",
    "locked": "another program is writing to it and does not let go: stop that one",
    "failing": "see whether the disk is full or broken, and whether the files may be opened",
    "damaged": "stop Saem and put a backup in its place (saem restore)",
}
"""What whoever hosts Saem can do."""

_EVENTS: Final[dict[OutageKind, str]] = {kind: f"database.{kind}" for kind in ADVICE}
_SQLITE: Final[dict[int, OutageKind]] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_IOERR: "failing",
    sqlite3.SQLITE_CANTOPEN: "failing",
    sqlite3.SQLITE_PERM: "failing",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}
_PRIMARY: Final = 0xFF
"""The bits of SQLite's primary code (https://sqlite.org/rescode.html#extrc)."""
_SQLSTATES: Final[dict[str, OutageKind]] = {
    "25006": "read_only",  # read_only_sql_transaction: a replica, or one that was the primary before
    "53100": "full",
    "55P03": "locked",
    "57014": "away",  # query_canceled: it took too long
    "57P": "away",  # operator intervention: it stops, or starts
    "58": "failing",  # errors of its disk
    "53": "away",  # too many connections, no memory
    "08": "away",
    "XX00": "failing",
    "XX001": "damaged",
    "XX002": "damaged",
}
"""By how PostgreSQL's codes begin; the longest counts (https://www.postgresql.org/docs/16/errcodes-appendix.html)."""
_ERRNOS: Final[dict[int | None, OutageKind]] = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}
_GIVEN_UP: Final = frozenset({"25006", "57P01", "57P02", "57P03"})
"""Codes after which a connection is of no use: another one may lead to another server."""


class NotConnectedError(OperationalError):
    """No connection can be opened, or the one that was open broke off before anything was committed."""


def outage_kind(error: BaseException | None) -> OutageKind | None:
    """What an error says of the database: that it is away, locked, full or may not be written; None: nothing of it."""
    if isinstance(error, NotConnectedError | PoolTimeoutError):
        return "away"
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get((getattr(cause, "sqlite_errorcode", None) or 0) & _PRIMARY)
    if isinstance(error, DBAPIError):
        state = str(getattr(cause, "sqlstate", None) or "")
        found = [kind for code, kind in sorted(_SQLSTATES.items()) if state.startswith(code)]
        if found:
            return found[-1]
        return "away" if error.connection_invalidated or isinstance(error, InterfaceError) else None
    return None


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database cannot be used now: it is away, locked, full or may not be written."""
    return outage_kind(error) is not None


def disk_outage_kind(error: OSError) -> OutageKind:
    """What an error says of a disk."""
    return _ERRNOS.get(error.errno, "failing")


def translate_errors(engine: Engine, outage: "Outage") -> None:
    """Let an engine's errors be known to its outage, and give those of PostgreSQL a form that callers know.

    SQLAlchemy translates the errors of statements. What asyncpg raises while it connects (OSError, TimeoutError, errors
    of its own) or when a statement takes too long comes as it is, and no handler of database errors knows it. A
    connection that leads to a server that may only be read is of no use, but nobody else would close it.
    """
    if engine.dialect.name == "postgresql":
        translate_connection_errors(engine)
        _take_silence_for_an_end(engine)

    @event.listens_for(engine, "handle_error")
    def note(context: Any) -> Exception | None:
        cause, translated = context.original_exception, None
        if engine.dialect.name == "postgresql":
            if isinstance(cause, OSError):  # TimeoutError is one
                context.is_disconnect = True
                translated = OperationalError(
                    context.statement, None, cause, hide_parameters=True, connection_invalidated=True
                )
            elif getattr(cause, "sqlstate", None) in _GIVEN_UP:
                context.is_disconnect = True
        error = translated or context.sqlalchemy_exception
        if (kind := outage_kind(error)) is not None and not isinstance(error, NotConnectedError):
            outage.failed(kind, cause)
        return translated


def translate_connection_errors(engine: Engine) -> None:
    """Let connections to PostgreSQL that cannot be opened raise `NotConnectedError`."""
    import asyncpg  # noqa: PLC0415 - SQLite needs no asyncpg

    failures = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: object, _record: object, arguments: tuple[object, ...], options: dict[str, object]) -> object:
        try:
            return dialect.connect(*arguments, **options)  # type: ignore[attr-defined]
        except (*failures, dialect.loaded_dbapi.Error) as error:  # type: ignore[attr-defined] # if it is translated
            raise NotConnectedError("connect", None, error, hide_parameters=True) from error


def _take_silence_for_an_end(engine: Engine) -> None:
    """Let the pool open a new connection for one that does not answer when it is tried."""
    dialect: Any = engine.dialect
    ping = dialect.do_ping

    def do_ping(connection: object) -> bool:
        try:
            return bool(ping(connection))
        except OSError:  # TimeoutError is one
            return False

    dialect.do_ping = do_ping


@dataclass(frozen=True, slots=True)
class OutageState:
    """An outage that lasts, as people are told of it: what, since when, how often something failed, and why."""

    name: str
    kind: OutageKind
    since: datetime
    failures: int
    cause: str

    @property
    def advice(self) -> str:
        """What whoever hosts Saem can do."""
        return ADVICE[self.kind]


_KNOWN: "weakref.WeakSet[Outage]" = weakref.WeakSet()


def lasting_outages() -> Iterator[OutageState]:
    """What cannot be used now, of all databases and folders that this process has open."""
    for outage in sorted(_KNOWN, key=lambda each: each.name):
        outage.look_again()
        if (state := outage.state) is not None:
            yield state


class Outage:
    """What one process knows of the outages of a database, or of a folder. It is said once that one begins, and how it
    ended. `folder` is where it is on this machine's disk, if it is. `is_folder`: that folder is all there is, so its
    end can be looked for; a database tells it by its next write.
    """

    def __init__(self, name: str = "database", *, folder: str | None = None, is_folder: bool = False) -> None:
        self.name = name
        self._folder = folder
        self._is_folder = is_folder
        self._since: float | None = None
        self._began_at = datetime.now(UTC)
        self._failed_at = 0.0
        self._ended_at = -SETTLED
        self._said: OutageKind | None = None
        self._kind: OutageKind = "away"
        self._cause = ""
        self.failures = 0
        """What has failed in this outage."""
        self._open = 0
        _KNOWN.add(self)

    def opened(self) -> None:
        """The database has been opened, by one more of this process."""
        self._open += 1
        _KNOWN.add(self)

    def closed(self) -> None:
        """It has been closed by one that had `opened` it: by the last one, and nobody can tell how it is any more."""
        self._open -= 1
        if self._open == 0:
            _KNOWN.discard(self)
            self._since, self.failures = None, 0

    @property
    def lasts(self) -> bool:
        """Whether the database could not be used when it was needed last."""
        return self._since is not None

    @property
    def state(self) -> OutageState | None:
        """The outage that lasts; None when all is well."""
        if self._since is None:
            return None
        return OutageState(self.name, self._kind, self._began_at, self.failures, self._cause)

    async def bridge(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns; where no connection can be opened, it is tried again for some seconds.

        Raises:
            NotConnectedError: the database is away for longer.
            Exception: what `work` raises otherwise.
        """
        delay = FIRST_DELAY
        while True:
            try:
                result = await work()
            except NotConnectedError as error:
                since = self._begin("away", error.orig)
                if time.monotonic() + delay > since + PATIENCE:
                    self.failures += 1
                    self._failed_at = time.monotonic()
                    raise
            else:
                if self._kind == "away":
                    self._end()
                return result
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def failed(self, kind: OutageKind, cause: BaseException | None) -> None:
        """Something failed, which was not tried again."""
        if kind == "failing" and self._folder is not None:
            kind = state_of_disk(self._folder) or kind
        self._begin(kind, cause)
        self.failures += 1
        self._failed_at = time.monotonic()

    def succeeded(self) -> None:
        """Something was written."""
        if self._since is not None and time.monotonic() - self._failed_at >= SETTLED:
            self._end()

    def look_again(self) -> None:
        """See whether a folder may be written again: nobody may want to for hours."""
        if self._is_folder and self._folder is not None and self.lasts and state_of_disk(self._folder) is None:
            self.succeeded()

    def _begin(self, kind: OutageKind, cause: BaseException | None) -> float:
        now = time.monotonic()
        if self._since is None:
            self._since, self._began_at, self._said = now, datetime.now(UTC), None
        # One that follows another at once (connections of before break off one by one) is said if it lasts.
        if self._said != kind and (now - self._ended_at >= SETTLED or now - self._since >= LASTING):
            log.error(_EVENTS[kind], database=self.name, cause=_in_words(cause), advice=ADVICE[kind])
            self._said = kind
        self._kind, self._cause = kind, _in_words(cause)
        return self._since

    def _end(self) -> None:
        if self._since is None:
            return
        now = time.monotonic()
        if self._said is not None:
            log.warning(
                "database.back", database=self.name, seconds=round(now - self._since, 1), failures=self.failures
            )
        self._since, self.failures, self._ended_at = None, 0, now


def outage_of_file(path: str) -> Outage:
    """For an SQLite file."""
    return Outage(Path(path).name, folder=str(Path(path).absolute().parent))


_SHARED: "weakref.WeakValueDictionary[URL, Outage]" = weakref.WeakValueDictionary()


def outage_of_server(address: URL) -> Outage:
    """For a database of PostgreSQL: one in a process, whoever has it open."""
    shared = _SHARED.get(address)
    if shared is None:
        hosts = address.query.get("host") or ("PostgreSQL",)
        host = address.host or (hosts if isinstance(hosts, str) else ",".join(hosts))
        shared = _SHARED[address] = Outage(f"{address.database} at {host}")
    return shared


def _in_words(cause: BaseException | None) -> str:
    """The cause in a few words: SQLite's and PostgreSQL's messages here name no values."""
    if cause is None:
        return ""
    text = str(cause).removeprefix(f"{type(cause)}: ")  # SQLAlchemy puts asyncpg's class before its message
    return f"{type(cause).__name__}: {text[:200]}" if text else type(cause).__name__


_FOLDERS: "weakref.WeakValueDictionary[str, Outage]" = weakref.WeakValueDictionary()


def outage_of_folder(folder: Path, name: str) -> Outage:
    """For a folder of files: one in a process, whoever uses it. `name` is what people are told of it."""
    path = str(folder.absolute())
    shared = _FOLDERS.get(path)
    if shared is None:
        shared = _FOLDERS[path] = Outage(name, folder=path, is_folder=True)
    return shared


def state_of_disk(folder: str) -> OutageKind | None:
    """What is the matter with the disk that holds a folder: full, read-only, failing, or None. (SQLite says of some
    errors only that there was one, and a disk that Linux has closed after a fault of its own does not call itself
    read-only: so a file is made there, which has no name.)
    """
    try:
        if sys.platform != "win32":
            disk = os.statvfs(folder)
            if disk.f_flag & os.ST_RDONLY:
                return "read_only"
            if disk.f_bavail == 0:
                return "full"
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return disk_outage_kind(error)
