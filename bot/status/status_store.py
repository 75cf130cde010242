"""The rows in which the processes of the bot note how they are. Their times are the database's own."""

from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import ColumnElement, Float, bindparam, cast, delete, func, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from bot.status.process_status import ProcessStatus
from bot.status.tables import ProcessStatusRow
from bot.store.store import Store

log = structlog.get_logger(__name__)

FORGOTTEN_AFTER: Final = 3_600.0
"""Seconds after which the row of a process that died is removed."""


def database_time(dialect: str) -> ColumnElement[float]:
    """Unix seconds by the database's clock."""
    if dialect == "postgresql":
        return cast(func.extract("epoch", func.clock_timestamp()), Float)
    return literal_column("((julianday('now') - 2440587.5) * 86400.0)", Float)


@dataclass(frozen=True, slots=True)
class NotedProcess:
    """What a row says; `status` is None when it cannot be read, as another release's."""

    process_id: str
    host: str
    pid: int
    noted_at: float
    status: ProcessStatus | None


def noted_process(process_id: str, host: str, pid: int, noted_at: float, text: str) -> NotedProcess:
    """Read a row."""
    try:
        status = ProcessStatus.from_json(text)
    except (TypeError, ValueError) as error:
        log.info("status.unreadable", process=process_id, cause=type(error).__name__)
        status = None
    return NotedProcess(process_id, host, pid, float(noted_at), status)


class StatusStore:
    """Writes the row of one process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        row = insert(ProcessStatusRow).values(
            process_id=bindparam("id"),
            host=bindparam("at"),
            pid=bindparam("number"),
            noted_at=database_time(store.dialect),
            status=bindparam("told"),
        )
        self._put = row.on_conflict_do_update(
            index_elements=["process_id"], set_={"noted_at": row.excluded.noted_at, "status": row.excluded.status}
        )
        dead = database_time(store.dialect) - ProcessStatusRow.noted_at > FORGOTTEN_AFTER
        if store.dialect == "sqlite":  # which one bot has: whoever is there besides is dead
            dead = ProcessStatusRow.process_id != bindparam("own")
        self._sweep = delete(ProcessStatusRow).where(dead)

    async def put(self, status: ProcessStatus) -> None:
        """Note how this process is, and forget the dead.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database cannot be written.
        """
        values = {"id": status.process_id, "at": status.host, "number": status.pid, "told": status.as_json()}
        own = {"own": status.process_id} if self._store.dialect == "sqlite" else {}
        await self._store.write((self._put, values), (self._sweep, own))

    async def remove(self, process_id: str) -> None:
        """The process ends in order.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database cannot be written.
        """
        await self._store.write((delete(ProcessStatusRow).where(ProcessStatusRow.process_id == process_id), {}))
