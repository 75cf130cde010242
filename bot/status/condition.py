"""How the whole bot is: what the rows of all its processes say at one moment."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Executable, func, select, text

from bot.settings import Settings
from bot.shards.lease_store import LEASE
from bot.status.process_status import ProcessStatus
from bot.status.status_store import database_time, noted_process
from bot.status.tables import ProcessStatusRow
from bot.store.notes import ALIVE_AT
from bot.store.tables import AnswerRow, NoteRow, QuestionRow, TokenChargeRow
from database.engines import sqlite_file

Read = Callable[[Executable], Awaitable[Sequence[Any]]]
"""Reads the rows of a query."""

NOTED_LATELY: Final = 35.0
"""Seconds after its last note in which a process counts as running where there are no leases: it notes every ten."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the bot; times are seconds of the database's clock."""

    process_id: str
    host: str
    pid: int
    started_at: float
    seen_at: float
    """Its last heartbeat, or note."""
    closing: bool = False
    status: ProcessStatus | None = None
    """What it has noted; None before its first note."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What the rows say at `now`, in seconds since 1970."""

    now: float
    heard_until: Mapping[str, float]
    """By note (`alive_at`, or `alive_at:0/4` for shard 0 of four): until when everything was received."""
    waiting: int = 0
    oldest_waiting: float | None = None
    running: int = 0
    tokens: int = 0
    """Used since midnight in UTC."""
    picodollars: int = 0
    """What that costs, as far as prices are known."""
    processes: Sequence[Process] = ()
    shared: bool = False
    """Whether processes share the shards by leases (PostgreSQL)."""
    shards: Mapping[int, str | None] = field(default_factory=dict)
    """Where they are shared: who holds each shard now."""
    starts_again_at: float | None = None
    """If no session may be begun any more today: from when on one may."""
    database_bytes: int | None = None

    @property
    def living(self) -> list[Process]:
        """The processes that run."""
        limit = LEASE if self.shared else NOTED_LATELY
        return [each for each in self.processes if self.now - each.seen_at < limit]


async def read_condition(read: Read, dialect: str, files: Sequence[Path] = ()) -> Condition:
    """Read the rows. `files` are the SQLite files whose sizes count.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read.
    """
    shared = dialect == "postgresql"
    ((now,),) = await read(select(database_time(dialect)))
    now = float(now)
    waits = (QuestionRow.state == "waiting", QuestionRow.answer_id.is_(None))
    ((waiting, oldest),) = await read(select(func.count(), func.min(QuestionRow.created_at)).where(*waits))
    ((running,),) = await read(select(func.count()).where(AnswerRow.state == "running"))
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    sums = (func.coalesce(func.sum(each), 0) for each in (TokenChargeRow.tokens, TokenChargeRow.picodollars))
    ((tokens, picodollars),) = await read(select(*sums).where(TokenChargeRow.day == today))
    heard = await read(select(NoteRow.name, NoteRow.value).where(NoteRow.name.startswith(ALIVE_AT, autoescape=True)))
    columns = ProcessStatusRow
    rows = await read(
        select(columns.process_id, columns.host, columns.pid, columns.noted_at, columns.status).order_by(
            columns.noted_at
        )
    )
    noted = {row.process_id: noted_process(*row) for row in rows}
    alone = [
        Process(
            each.process_id,
            each.host,
            each.pid,
            each.status.started_at if each.status is not None else each.noted_at,
            each.noted_at,
            status=each.status,
        )
        for each in noted.values()
    ]
    condition: dict[str, Any] = {
        "now": now,
        "heard_until": {name: datetime.fromisoformat(value).timestamp() for name, value in heard},
        "waiting": waiting,
        "oldest_waiting": None if oldest is None else oldest.replace(tzinfo=oldest.tzinfo or UTC).timestamp(),
        "running": running,
        "tokens": int(tokens),
        "picodollars": int(picodollars),
        "processes": alone,
        "database_bytes": sum(_size(file) for file in files) if not shared else None,
    }
    if shared:
        condition |= await _shared(read, now, {each.process_id: each.status for each in noted.values()})
    else:
        starts = [each.status.starts_again_at for each in alone if each.status is not None]
        condition["starts_again_at"] = next((at for at in starts if at is not None), None)
    return Condition(**condition)


async def _shared(read: Read, now: float, noted: Mapping[str, ProcessStatus | None]) -> dict[str, Any]:
    columns = "process_id, host, pid, started_at, heartbeat_at AS seen_at, closing"
    processes = await read(text(f"SELECT {columns} FROM shard_processes ORDER BY started_at"))  # noqa: S608
    shards = await read(text("SELECT shard_id, owner, expires_at FROM shards ORDER BY shard_id"))
    starts = await read(text("SELECT starts_left, starts_reset_at FROM shard_cluster"))
    ((size,),) = await read(text("SELECT pg_database_size(current_database())"))
    used_up = bool(starts) and starts[0].starts_left <= 0 and starts[0].starts_reset_at > now
    return {
        "shared": True,
        "processes": [Process(**row._mapping, status=noted.get(row.process_id)) for row in processes],
        "shards": {row.shard_id: row.owner if row.expires_at > now else None for row in shards},
        "starts_again_at": starts[0].starts_reset_at if used_up else None,
        "database_bytes": int(size),
    }


def database_files(settings: Settings) -> list[Path]:
    """The SQLite files whose sizes count: the bot's own, and those of the embedded server."""
    own = sqlite_file(settings.store_url)
    return [] if own is None else sorted({Path(own), *settings.data_dir.glob("*.sqlite3")})


def _size(file: Path) -> int:
    """The bytes of an SQLite file with its log."""
    return sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal")) if each.is_file())
