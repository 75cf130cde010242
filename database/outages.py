"""Databases that cannot be used for a while: which errors say so, and how writes and reads bridge it.

A database server that starts again is away for seconds. Whoever cannot get a connection waits as long, for nothing of
what he wants was done yet. What breaks off later is not tried again here: whether it was committed, nobody knows.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import Engine, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

T = TypeVar("T")
log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds from the beginning of an outage in which nothing fails yet."""
FIRST_DELAY, LONGEST_DELAY = 0.05, 1.0


class NotConnectedError(OperationalError):
    """No connection can be opened; nothing was executed."""


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database cannot be used now: it is away, locked, full or may not be written."""
    return isinstance(error, OperationalError | InterfaceError | InternalError | PoolTimeoutError | OSError)


def translate_connection_errors(engine: Engine) -> None:
    """Let connections to PostgreSQL that fail raise `NotConnectedError`.

    SQLAlchemy translates the errors of statements. What asyncpg raises while it connects (OSError, TimeoutError, errors
    of its own) comes as it is, and no handler of database errors knows it.
    """
    import asyncpg  # noqa: PLC0415 - SQLite needs no asyncpg

    failures = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

    @event.listens_for(engine, "do_connect")
    def connect(dialect: object, _record: object, arguments: tuple[object, ...], options: dict[str, object]) -> object:
        try:
            return dialect.connect(*arguments, **options)  # type: ignore[attr-defined]
        except (*failures, dialect.loaded_dbapi.Error) as error:  # type: ignore[attr-defined]
            raise NotConnectedError("connect", None, error, hide_parameters=True) from error


class Outage:
    """What one process knows of its database's outages. It is said once that one begins, and how it ended."""

    def __init__(self) -> None:
        self._since: float | None = None
        self.failures = 0
        """What has failed in this outage."""

    @property
    def lasts(self) -> bool:
        """Whether the database was away when it was needed last."""
        return self._since is not None

    async def bridge(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` returns; where no connection can be opened, it is tried again for some seconds.

        Raises:
            NotConnectedError: the database is away for longer.
            Exception: what `work` raises otherwise.
        """
        loop, delay = asyncio.get_running_loop(), FIRST_DELAY
        while True:
            try:
                result = await work()
            except NotConnectedError as error:
                since = self._begin(error, loop.time())
                if loop.time() + delay > since + PATIENCE:
                    self.failures += 1
                    raise
            else:
                self._end(loop.time())
                return result
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def _begin(self, error: NotConnectedError, now: float) -> float:
        if self._since is None:
            self._since = now
            log.error("database.away", cause=error.orig)
        return self._since

    def _end(self, now: float) -> None:
        if self._since is not None:
            log.warning("database.back", seconds=round(now - self._since, 1), failures=self.failures)
            self._since, self.failures = None, 0
