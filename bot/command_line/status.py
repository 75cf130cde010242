"""`saem status`: what runs on this database and whether it is well, read from its rows; nothing is changed."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.command_line.check import Finding, bad, good, in_encoding
from bot.logs import Redact
from bot.settings import Settings
from bot.shards.lease_store import LEASE
from bot.store.schema import MIGRATIONS
from bot.store.tables import AnswerRow, NoteRow, QuestionRow, TokenChargeRow
from bot.tutor.catchup import ALIVE_AT
from database.addresses import connect_options, for_asyncpg, parse_address
from database.engines import sqlite_file
from database.errors import StoreError, describe_failure

SILENT_AFTER: Final = 60.0
"""Seconds after which a shard that notes nothing hears nothing: it notes every fifteen that it has heard all."""
WAITS_LONG: Final = 600.0
"""Seconds after which a question that waits still says that something is wrong."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the bot on PostgreSQL; times are seconds of the database's clock."""

    process_id: str
    host: str
    pid: int
    started_at: float
    heartbeat_at: float
    closing: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the rows say at `now`, in seconds since 1970."""

    now: float
    heard_until: Mapping[str, float]
    """By note (`alive_at`, or `alive_at:0/4` for shard 0 of four): until when everything was received."""
    waiting: int = 0
    oldest_waiting: float | None = None
    running: int = 0
    tokens: int = 0
    """Used since midnight in UTC."""
    processes: Sequence[Process] = ()
    shards: Mapping[int, str | None] = field(default_factory=dict)
    """On PostgreSQL: who holds each shard now."""
    starts_reset_at: float | None = None
    """If no session may be begun any more today: from when on one may."""


async def status(settings: Settings) -> int:
    """Print what runs and whether it is well; the exit code, 1 when something is not."""
    redact, encoding = Redact(settings.secrets), sys.stdout.encoding or "utf-8"
    findings = await _findings(settings)
    for each in findings:
        print(redact.line(in_encoding(str(each), encoding)))
    return 1 if any(each.mark == "✗" for each in findings) else 0


async def _findings(settings: Settings) -> list[Finding]:
    url = settings.store_url
    try:
        file = sqlite_file(url)
        if file is not None and not Path(file).is_file():  # noqa: ASYNC240 - nothing else runs here
            return [bad(f"Database: there is none at {file} yet; `saem run` makes it.")]
        snapshot = await _look(url, file)
    except StoreError as error:
        return [bad(f"Database: {error}")]
    except (SQLAlchemyError, OSError) as error:
        return [bad(f"Database: {describe_failure(error, url)}")]
    where = f"SQLite, {file}" if file is not None else "PostgreSQL"
    return [good(f"Database: answers ({where})."), *report(snapshot, settings.tokens_per_day)]


async def _look(url: str, file: str | None) -> Snapshot:
    """Read everything; SQLite is opened for reading alone.

    Raises:
        StoreError: the database is of another release, or holds nothing of Saem's.
    """
    if file is not None:
        engine = create_async_engine(f"sqlite+aiosqlite:///file:{quote(file)}?mode=ro&uri=true", poolclass=NullPool)
    else:
        address = for_asyncpg(parse_address(url))
        engine = create_async_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args=connect_options(address)
        )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_read)
    finally:
        await engine.dispose()


def _read(connection: Connection) -> Snapshot:
    current = MIGRATIONS.current(connection)
    if current is None:
        raise StoreError("it holds nothing of Saem's yet; `saem run` makes its tables.")
    if current != MIGRATIONS.newest:
        raise StoreError(
            f"it is at version {current}, and this release's is {MIGRATIONS.newest}: update or start Saem."
        )
    shared = connection.dialect.name == "postgresql"
    clock = text("SELECT extract(epoch FROM clock_timestamp())" if shared else "SELECT strftime('%s', 'now')")
    now = float(connection.execute(clock).scalar_one())
    notes = connection.execute(select(NoteRow.name, NoteRow.value).where(NoteRow.name.like(f"{ALIVE_AT}%"))).all()
    waits = (QuestionRow.state == "waiting", QuestionRow.answer_id.is_(None))
    waiting = connection.execute(select(func.count()).where(*waits)).scalar_one()
    oldest = connection.execute(
        select(QuestionRow.created_at).where(*waits).order_by(QuestionRow.created_at).limit(1)
    ).scalar_one_or_none()
    running = connection.execute(select(func.count()).where(AnswerRow.state == "running")).scalar_one()
    today = datetime.fromtimestamp(now, UTC).date().isoformat()
    tokens = connection.execute(
        select(func.coalesce(func.sum(TokenChargeRow.tokens), 0)).where(TokenChargeRow.day == today)
    ).scalar_one()
    return Snapshot(
        now=now,
        heard_until={name: datetime.fromisoformat(value).timestamp() for name, value in notes},
        waiting=waiting,
        oldest_waiting=None if oldest is None else oldest.replace(tzinfo=oldest.tzinfo or UTC).timestamp(),
        running=running,
        tokens=int(tokens),
        **(_read_shards(connection, now) if shared else {}),
    )


def _read_shards(connection: Connection, now: float) -> dict[str, Any]:
    columns = "process_id, host, pid, started_at, heartbeat_at, closing"
    processes = connection.execute(text(f"SELECT {columns} FROM shard_processes ORDER BY started_at")).all()  # noqa: S608
    shards = connection.execute(text("SELECT shard_id, owner, expires_at FROM shards ORDER BY shard_id")).all()
    starts = connection.execute(text("SELECT starts_left, starts_reset_at FROM shard_cluster")).first()
    return {
        "processes": [Process(*row) for row in processes],
        "shards": {row.shard_id: row.owner if row.expires_at > now else None for row in shards},
        "starts_reset_at": None if starts is None or starts.starts_left > 0 else starts.starts_reset_at,
    }


def report(seen: Snapshot, tokens_per_day: int) -> list[Finding]:
    """What the rows mean, a line each."""
    found = _processes(seen) if seen.shards else [_alone(seen)]
    if seen.starts_reset_at is not None and seen.starts_reset_at > seen.now:
        wait = _span(seen.starts_reset_at - seen.now)
        found.append(bad(f"Discord: no further session may be begun today; shards without one wait for {wait}."))
    late = seen.oldest_waiting is not None and seen.now - seen.oldest_waiting > WAITS_LONG
    oldest = "" if seen.oldest_waiting is None else f" (the oldest for {_span(seen.now - seen.oldest_waiting)})"
    line = f"Questions: {seen.waiting} waiting{oldest}, {seen.running} being answered."
    found.append(bad(line) if late else good(line))
    limit = f" of {tokens_per_day:,}" if tokens_per_day else ""
    spent = bool(tokens_per_day) and seen.tokens >= tokens_per_day
    line = f"Tokens of today (UTC): {seen.tokens:,}{limit}."
    found.append(bad(f"{line} Nothing more is answered today.") if spent else good(line))
    return found


def _alone(seen: Snapshot) -> Finding:
    """One bot on SQLite: it notes what it has heard."""
    if not seen.heard_until:
        return bad("Saem: has never been connected to Discord with this database.")
    silent = seen.now - min(seen.heard_until.values())
    if silent > SILENT_AFTER:
        return bad(f"Saem: does not run, or does not hear Discord; it heard everything until {_span(silent)} ago.")
    return good("Saem: runs, and hears Discord.")


def _processes(seen: Snapshot) -> list[Finding]:
    alive = [each for each in seen.processes if seen.now - each.heartbeat_at < LEASE]
    found = []
    for each in alive:
        held = [shard_id for shard_id, owner in seen.shards.items() if owner == each.process_id]
        shards = f"holds {_shards(held)}" if held else "holds no shard, and stands by"
        ends = ", and is about to end" if each.closing else ""
        since = _span(seen.now - each.started_at)
        found.append(good(f"Process {each.pid} on {each.host}: runs for {since}, {shards}{ends}."))
    if not alive:
        last = max((each.heartbeat_at for each in seen.processes), default=None)
        when = "" if last is None else f"; the last process was there {_span(seen.now - last)} ago"
        return [bad(f"Saem: does not run{when}.")]
    living = {each.process_id for each in alive}
    if free := [shard_id for shard_id, owner in seen.shards.items() if owner not in living]:
        found.append(bad(f"{_shards(free).capitalize()}: nobody has {'them' if len(free) > 1 else 'it'} just now."))
    silent = [
        shard_id
        for shard_id, owner in seen.shards.items()
        if owner in living and seen.now - _heard(seen, shard_id) > SILENT_AFTER
    ]
    if silent:
        found.append(bad(f"{_shards(silent).capitalize()}: not everything is heard, or caught up with, yet."))
    return found


def _heard(seen: Snapshot, shard_id: int) -> float:
    count = len(seen.shards)
    return seen.heard_until.get(ALIVE_AT if count == 1 else f"{ALIVE_AT}:{shard_id}/{count}", 0.0)


def _shards(shard_ids: Sequence[int]) -> str:
    return f"shard{'s' if len(shard_ids) > 1 else ''} {', '.join(map(str, sorted(shard_ids)))}"


def _span(seconds: float) -> str:
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}s"
    return f"{max(0.0, seconds):.0f} seconds"
