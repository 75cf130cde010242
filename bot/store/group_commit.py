"""Group commit: writes that come at the same time share one transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import structlog
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from database.database import Database
from database.outages import is_outage

log = structlog.get_logger(__name__)

Statement = tuple[Executable, Mapping[str, Any]]
"""A Core statement and its parameters. Use the same statement object for all writes of a kind: they run as one."""


class GroupCommit:
    """Commits writes in the order in which they come; those that come during a commit go into the next one together.

    A hundred questions asked at once need a few commits instead of a hundred, and none waits for more than two.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[tuple[Statement, ...], asyncio.Future[None]]] = []
        self._drain: asyncio.Task[None] | None = None

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

    async def close(self) -> None:
        """Return when all writes are committed."""
        if self._drain is not None:
            await self._drain

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
        async def commit() -> None:
            async with self._database.writer.begin() as connection:
                for _, alike in groupby(writes, key=lambda write: tuple(id(statement) for statement, _ in write)):
                    await _execute_together(connection, list(alike))

        await self._database.outage.bridge(commit)
        self._database.written()


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
        if error is not None:
            log.error("store.write_failed_unseen", exc_info=error)
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
