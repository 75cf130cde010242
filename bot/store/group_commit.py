"""Group commit: writes that come at the same time share one transaction."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from database.database import Database
from database.outages import NotConnectedError, is_outage

log = structlog.get_logger(__name__)

Statement = tuple[Executable, Mapping[str, Any]]
"""A Core statement and its parameters. Use the same statement object for all writes of a kind: they run as one."""


TRIED_EVERY = 2.0
"""Seconds between two tries to write what an outage has put off."""


class GroupCommit:
    """Commits writes in the order in which they come; those that come during a commit go into the next one together.

    A hundred questions asked at once need a few commits instead of a hundred, and none waits for more than two.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[tuple[Statement, ...], asyncio.Future[None]]] = []
        self._drain: asyncio.Task[None] | None = None
        self._put_off: list[tuple[Statement, ...]] = []
        """What could not be written because of an outage, and is written when that is over, before all else."""
        self._again: asyncio.Task[None] | None = None

    async def write(self, *statements: Statement) -> None:
        """Execute `statements` in one transaction; returns when they are committed.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: these statements failed (`IntegrityError`: the row exists already);
                the other writes are committed all the same. Where `is_outage` of it is true, none are.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((statements, done))
        if self._drain is None or self._drain.done():
            self._drain = asyncio.create_task(self._run(), name="store-writer")
        await done

    async def write_when_possible(self, *statements: Statement) -> None:
        """As `write`, but in an outage it returns, and they are written when that is over. For what has happened and is
        shown already: a process that dies meanwhile loses them, as it would have a moment before.
        """
        try:
            await self.write(*statements)
        except Exception as error:
            if not is_outage(error):
                raise
            self._put_off.append(statements)
            if self._again is None or self._again.done():
                self._again = asyncio.create_task(self._try_again(), name="store-writes-put-off")

    @property
    def put_off(self) -> int:
        """How many writes wait for the end of an outage."""
        return len(self._put_off)

    async def close(self) -> None:
        """Return when all writes are committed, but for those that an outage has put off: they are tried once more."""
        if self._again is not None:
            self._again.cancel()
            await asyncio.wait([self._again])
        if self._drain is not None:
            await self._drain
        if self._put_off:
            with contextlib.suppress(SQLAlchemyError, OSError):
                await self._commit([])
        if self._put_off:
            log.error("store.writes_lost", count=len(self._put_off))

    async def _try_again(self) -> None:
        while self._put_off:
            await asyncio.sleep(TRIED_EVERY)
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(((), done))
            if self._drain is None or self._drain.done():
                self._drain = asyncio.create_task(self._run(), name="store-writer")
            with contextlib.suppress(SQLAlchemyError, OSError):  # the outage lasts, and has been told of
                await done

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await self._commit([statements for statements, _ in group])
            except Exception as error:  # noqa: BLE001 - whoever has asked for a write gets its error
                await self._one_by_one(group, error)
            except BaseException:
                for _, done in group:
                    done.cancel()
                raise
            else:
                for _, done in group:
                    _resolve(done)

    async def _one_by_one(
        self, group: list[tuple[tuple[Statement, ...], asyncio.Future[None]]], error: Exception
    ) -> None:
        """Commit each write by itself, as one of them has failed; where the database cannot be used, all have."""
        if len(group) == 1 or is_outage(error):
            for _, done in group:
                _resolve(done, error)
            return
        for statements, done in group:
            try:
                await self._commit([statements])
            except Exception as own:  # noqa: BLE001 - whoever has asked for a write gets its error
                _resolve(done, own)
            else:
                _resolve(done)

    async def _commit(self, writes: Sequence[tuple[Statement, ...]]) -> None:
        if self._put_off:
            await self._database.outage.bridge(self._commit_put_off)
        await self._database.outage.bridge(lambda: self._commit_once(writes))
        self._database.written()

    async def _commit_put_off(self) -> None:
        """Write what an outage has put off, each by itself, in order."""
        while self._put_off:
            try:
                await self._commit_once(self._put_off[:1])
            except SQLAlchemyError as error:
                if is_outage(error):
                    raise
                log.exception("store.write_put_off_failed")
            del self._put_off[0]

    async def _commit_once(self, writes: Sequence[tuple[Statement, ...]]) -> None:
        """Commit, or raise.

        Raises:
            NotConnectedError: the connection broke off before it was to be committed, so certainly nothing was.
        """
        committing = False
        async with self._database.writer.connect() as connection:
            try:
                async with connection.begin() as transaction:
                    for _, alike in groupby(writes, key=lambda write: tuple(id(statement) for statement, _ in write)):
                        await _execute_together(connection, list(alike))
                    committing = True
                    await transaction.commit()
            except DBAPIError as error:
                if error.connection_invalidated and not committing and not isinstance(error, NotConnectedError):
                    raise NotConnectedError("write", None, error.orig or error, hide_parameters=True) from error
                raise


COUNTED = "counted"
"""The execution option of a statement that stands for itself: the list that is told how many rows it has changed."""


async def _execute_together(connection: AsyncConnection, writes: Sequence[tuple[Statement, ...]]) -> None:
    """Execute writes with the same statements together: one `executemany` for each statement."""
    for column in zip(*writes, strict=True):
        parameters = [dict(values) for _, values in column]
        statement = column[0][0]
        result = await connection.execute(statement, parameters if len(parameters) > 1 else parameters[0])
        counted = statement.get_execution_options().get(COUNTED)
        if counted is not None:
            counted.append(result.rowcount)


def _resolve(done: "asyncio.Future[None]", error: Exception | None = None) -> None:
    if done.done():
        if isinstance(error, IntegrityError):  # another process has written it first
            log.warning("store.write_failed_unseen", cause=error)
        elif error is not None:
            log.error("store.write_failed_unseen", exc_info=error)
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
