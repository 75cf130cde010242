"""Leases of shards in PostgreSQL: who has which shard until when. Only the database's clock counts.

A lease is renewed every few seconds; a process that cannot renew it stops handling events before it runs out.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bot.shards.balance import ProcessView, ShardView
from bot.shards.guild_payloads import Payload, unpacked
from database.addresses import connect_options
from database.database import Database
from database.notifications import notify
from database.outages import translate_errors

CHANNEL: Final = "saem_shards"
"""The channel of notifications that say: look at the rows."""
LEASE: Final = 8.0
"""Seconds that a lease lasts from its last renewal; a process without a heartbeat for as long is dead."""
STATEMENT_TIMEOUT: Final = 5.0
"""Seconds after which a server that answers nothing counts as away."""
RESUMABLE: Final = 900.0
"""Seconds after the end of a lease for which it is worth a try to resume its session: Discord keeps one for a few
minutes. Then it is deleted with its guilds."""
FORGET_AFTER: Final = 3_600.0
"""Seconds after which a dead process's row is removed."""
IDENTIFY_INTERVAL: Final = 5.1
"""Seconds between two IDENTIFYs of one bucket, and a little more as clocks tick differently.
https://discord.com/developers/docs/events/gateway#sharding-max-concurrency"""
_JOIN_LOCK: Final = 0x5AE4
_NOW: Final = "(extract(epoch FROM clock_timestamp()) + CAST(:ahead AS float8))"


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the gateway, with which whoever knows it can go on."""

    session_id: str
    sequence: int
    resume_gateway_url: str


@dataclass(frozen=True, slots=True)
class SessionStarts:
    """What Discord says about beginning sessions (`session_start_limit` of GET /gateway/bot)."""

    max_concurrency: int
    remaining: int
    reset_after: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What the rows say after a heartbeat."""

    renewed: frozenset[int]
    """The shards that are still this process's."""
    processes: Sequence[ProcessView]
    shards: Sequence[ShardView]
    shard_count: int
    max_concurrency: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A shard that was taken, and how its last owner left it."""

    session: Session | None
    guilds: Sequence[Payload]


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether a shard may identify now."""

    wait: float
    """Seconds after which to ask again; 0: it may now, and this is counted."""
    used_up: bool = False
    """All sessions of the day are begun."""
    outdated: bool = False
    """Discord is to be asked how many sessions may be begun now."""


class LeaseStore:
    """One process's way to the rows; it has connections of its own, so that a busy bot renews its leases in time.

    All methods raise `sqlalchemy.exc.SQLAlchemyError` (or OSError) while the database cannot be used.
    """

    def __init__(self, database: Database, process_id: str, host: str) -> None:
        self.process_id = process_id
        self._host = host
        self.ahead = 0.0
        """Seconds that tests set the database's clock ahead."""
        self._engine = create_async_engine(
            database.writer.url,
            pool_size=2,
            max_overflow=2,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args=connect_options(database.writer.url) | {"command_timeout": STATEMENT_TIMEOUT},
        )
        translate_errors(self._engine.sync_engine, database.outage)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.dispose()

    async def _execute(self, connection: AsyncConnection, statement: str, **values: Any) -> Sequence[Any]:
        query = text(statement.replace("NOW", _NOW))
        if "NOW" in statement:
            values["ahead"] = self.ahead
        result = await connection.execute(query, values)
        return result.all() if result.returns_rows else ()

    # Processes

    async def join(self, wanted: int | None, recommended: int, starts: SessionStarts) -> int:
        """Become one of the processes; returns how many shards there are.

        While nobody else lives, it is the wanted number, or the one that Discord recommends; else it stays as it is.
        """
        async with self._engine.begin() as connection:
            await self._execute(connection, "SELECT pg_advisory_xact_lock(:key)", key=_JOIN_LOCK)
            others = await self._execute(
                connection,
                "SELECT 1 FROM shard_processes WHERE process_id <> :me AND heartbeat_at > NOW - :lease AND NOT closing"
                " UNION ALL SELECT 1 FROM shards WHERE owner IS NOT NULL AND expires_at > NOW LIMIT 1",
                me=self.process_id,
                lease=LEASE,
            )
            rows = await self._execute(connection, "SELECT shard_count FROM shard_cluster WHERE id = 1")
            count = int(rows[0].shard_count) if rows and others else wanted or recommended
            if not rows or int(rows[0].shard_count) != count:
                # A session of shard 0 of 1 is none of shard 0 of 4.
                await self._execute(connection, "DELETE FROM shard_guilds")
                await self._execute(connection, "DELETE FROM shards")
            await self._execute(
                connection,
                "INSERT INTO shards (shard_id, expires_at) SELECT each, NOW"
                " FROM generate_series(0, CAST(:count AS bigint) - 1) AS each ON CONFLICT DO NOTHING",
                count=count,
            )
            await self._execute(
                connection,
                "INSERT INTO shard_cluster (id, shard_count, max_concurrency, starts_left, starts_reset_at)"
                " VALUES (1, :count, 1, 0, 0) ON CONFLICT (id) DO UPDATE SET shard_count = excluded.shard_count",
                count=count,
            )
            await self._forget_old_sessions(connection)
            await self._set_starts(connection, starts)
            await self._heartbeat(connection, closing=False)
            await notify(connection, CHANNEL, self.process_id)
        return count

    async def _forget_old_sessions(self, connection: AsyncConnection) -> None:
        old = await self._execute(
            connection,
            "UPDATE shards SET session_id = NULL, sequence = NULL, resume_gateway_url = NULL"
            " WHERE expires_at < NOW - :resumable AND session_id IS NOT NULL RETURNING shard_id",
            resumable=RESUMABLE,
        )
        if old:
            await self._execute(
                connection,
                "DELETE FROM shard_guilds WHERE shard_id = ANY(CAST(:ids AS bigint[]))",
                ids=[each.shard_id for each in old],
            )

    async def leave(self) -> None:
        """Be no process any more."""
        async with self._engine.begin() as connection:
            await self._execute(
                connection, "UPDATE shards SET owner = NULL, expires_at = NOW WHERE owner = :me", me=self.process_id
            )
            await self._execute(connection, "DELETE FROM shard_processes WHERE process_id = :me", me=self.process_id)
            await notify(connection, CHANNEL, self.process_id)

    async def live_processes(self) -> frozenset[str]:
        """The processes with a heartbeat lately."""
        async with self._engine.connect() as connection:
            return frozenset(each.process_id for each in await self._live(connection))

    async def _live(self, connection: AsyncConnection) -> Sequence[Any]:
        return await self._execute(
            connection,
            "SELECT process_id, closing FROM shard_processes WHERE heartbeat_at > NOW - :lease",
            lease=LEASE,
        )

    async def _heartbeat(self, connection: AsyncConnection, *, closing: bool) -> None:
        await self._execute(
            connection,
            "INSERT INTO shard_processes (process_id, host, pid, started_at, heartbeat_at, closing)"
            " VALUES (:me, :host, :pid, NOW, NOW, :closing) ON CONFLICT (process_id)"
            " DO UPDATE SET heartbeat_at = excluded.heartbeat_at, closing = excluded.closing",
            me=self.process_id,
            host=self._host,
            pid=os.getpid(),
            closing=closing,
        )

    # Leases

    async def beat(self, held: Mapping[int, Session | None], *, closing: bool) -> Beat:
        """Say that this process lives, renew the leases of the shards it holds (noting their sessions), and look."""
        async with self._engine.begin() as connection:
            await self._heartbeat(connection, closing=closing)
            renewed = await self._execute(
                connection,
                "UPDATE shards SET expires_at = NOW + :lease, session_id = held.session_id, sequence = held.sequence,"
                " resume_gateway_url = held.url FROM unnest(CAST(:ids AS bigint[]), CAST(:sessions AS text[]),"
                " CAST(:sequences AS bigint[]), CAST(:urls AS text[])) AS held (id, session_id, sequence, url)"
                " WHERE shard_id = held.id AND owner = :me RETURNING shard_id",
                lease=LEASE,
                me=self.process_id,
                ids=list(held),
                sessions=[each and each.session_id for each in held.values()],
                sequences=[each and each.sequence for each in held.values()],
                urls=[each and each.resume_gateway_url for each in held.values()],
            )
            await self._execute(
                connection, "DELETE FROM shard_processes WHERE heartbeat_at < NOW - :after", after=FORGET_AFTER
            )
            processes = await self._live(connection)
            shards = await self._execute(
                connection,
                "SELECT shard_id, owner, expires_at <= NOW AS lapsed, NOW - expires_at AS free_for,"
                " session_id IS NOT NULL AS resumable FROM shards ORDER BY shard_id",
            )
            cluster = await self._execute(
                connection, "SELECT shard_count, max_concurrency FROM shard_cluster WHERE id = 1"
            )
        return Beat(
            frozenset(int(each.shard_id) for each in renewed),
            [ProcessView(each.process_id, bool(each.closing)) for each in processes],
            [
                ShardView(int(each.shard_id), each.owner, bool(each.lapsed), float(each.free_for), each.resumable)
                for each in shards
            ],
            int(cluster[0].shard_count),
            int(cluster[0].max_concurrency),
        )

    async def take(self, shard_id: int) -> Taken | None:
        """Take a shard that nobody has; None when somebody was faster."""
        async with self._engine.begin() as connection:
            rows = await self._execute(
                connection,
                "UPDATE shards SET owner = :me, expires_at = NOW + :lease"
                " WHERE shard_id = :shard AND (owner IS NULL OR expires_at <= NOW)"
                " RETURNING session_id, sequence, resume_gateway_url",
                me=self.process_id,
                lease=LEASE,
                shard=shard_id,
            )
            if not rows:
                return None
            if (row := rows[0]).session_id is None or row.sequence is None or row.resume_gateway_url is None:
                return Taken(None, ())
            guilds = await self._execute(
                connection, "SELECT payload FROM shard_guilds WHERE shard_id = :shard", shard=shard_id
            )
            return Taken(
                Session(row.session_id, int(row.sequence), row.resume_gateway_url),
                [unpacked(each.payload) for each in guilds],
            )

    async def give(
        self, shard_id: int, session: Session | None, guilds: Mapping[int, bytes], gone: Iterable[int]
    ) -> None:
        """Give a shard back, with what its next owner needs to go on; and tell the others."""
        async with self._engine.begin() as connection:
            if await self._set_session(connection, shard_id, session):
                if session is None:  # nobody can use the guilds
                    await self._execute(connection, "DELETE FROM shard_guilds WHERE shard_id = :id", id=shard_id)
                else:
                    await self._write_guilds(connection, shard_id, guilds, gone)
                await self._execute(
                    connection, "UPDATE shards SET owner = NULL, expires_at = NOW WHERE shard_id = :id", id=shard_id
                )
            await notify(connection, CHANNEL, self.process_id)

    async def save_guilds(
        self, shard_id: int, session: Session, guilds: Mapping[int, bytes], gone: Iterable[int], *, whole: bool
    ) -> None:
        """Write guilds, with the session that knows them so: all of the shard's, or those that changed."""
        async with self._engine.begin() as connection:
            if await self._set_session(connection, shard_id, session):
                if whole:
                    await self._execute(connection, "DELETE FROM shard_guilds WHERE shard_id = :id", id=shard_id)
                await self._write_guilds(connection, shard_id, guilds, gone)

    async def _set_session(self, connection: AsyncConnection, shard_id: int, session: Session | None) -> bool:
        """Write a shard's session; False when the shard is another's."""
        return bool(
            await self._execute(
                connection,
                "UPDATE shards SET session_id = :session, sequence = :sequence, resume_gateway_url = :url"
                " WHERE shard_id = :id AND owner = :me RETURNING 1",
                id=shard_id,
                me=self.process_id,
                session=session and session.session_id,
                sequence=session and session.sequence,
                url=session and session.resume_gateway_url,
            )
        )

    async def _write_guilds(
        self, connection: AsyncConnection, shard_id: int, guilds: Mapping[int, bytes], gone: Iterable[int]
    ) -> None:
        await self._execute(
            connection, "DELETE FROM shard_guilds WHERE guild_id = ANY(CAST(:ids AS bigint[]))", ids=list(gone)
        )
        await self._execute(
            connection,
            "INSERT INTO shard_guilds (guild_id, shard_id, payload)"
            " SELECT id, :shard, payload FROM unnest(CAST(:ids AS bigint[]), CAST(:payloads AS bytea[]))"
            " AS guild (id, payload) ON CONFLICT (guild_id)"
            " DO UPDATE SET shard_id = excluded.shard_id, payload = excluded.payload",
            shard=shard_id,
            ids=list(guilds),
            payloads=list(guilds.values()),
        )

    async def free(self, shard_id: int) -> None:
        """Give a shard back as it was found."""
        async with self._engine.begin() as connection:
            await self._execute(
                connection,
                "UPDATE shards SET owner = NULL, expires_at = NOW WHERE shard_id = :id AND owner = :me",
                id=shard_id,
                me=self.process_id,
            )

    async def owner_of(self, shard_id: int) -> str | None:
        """The process that has a shard."""
        async with self._engine.connect() as connection:
            rows = await self._execute(
                connection, "SELECT owner FROM shards WHERE shard_id = :id AND expires_at > NOW", id=shard_id
            )
        return rows[0].owner if rows else None

    # Beginning sessions

    async def take_turn(self, shard_id: int) -> Turn:
        """Ask whether a shard may identify now; if so, it is counted."""
        async with self._engine.begin() as connection:
            rows = await self._execute(
                connection,
                "SELECT max_concurrency, starts_left, starts_reset_at - NOW AS resets_in FROM shard_cluster"
                " WHERE id = 1 FOR UPDATE",
            )
            cluster = rows[0]
            if cluster.resets_in <= 0:
                return Turn(0.0, outdated=True)
            if cluster.starts_left <= 0:
                return Turn(float(cluster.resets_in), used_up=True)
            bucket = shard_id % int(cluster.max_concurrency)
            rows = await self._execute(
                connection, "SELECT next_at - NOW AS wait FROM identify_buckets WHERE bucket = :bucket", bucket=bucket
            )
            if rows and rows[0].wait > 0:
                return Turn(float(rows[0].wait))
            await self._execute(
                connection,
                "INSERT INTO identify_buckets (bucket, next_at) VALUES (:bucket, NOW + :interval)"
                " ON CONFLICT (bucket) DO UPDATE SET next_at = excluded.next_at",
                bucket=bucket,
                interval=IDENTIFY_INTERVAL,
            )
            await self._execute(connection, "UPDATE shard_cluster SET starts_left = starts_left - 1 WHERE id = 1")
            return Turn(0.0)

    async def set_starts(self, starts: SessionStarts) -> None:
        """Note what Discord says about beginning sessions."""
        async with self._engine.begin() as connection:
            await self._set_starts(connection, starts)

    async def _set_starts(self, connection: AsyncConnection, starts: SessionStarts) -> None:
        # What was granted in the last seconds Discord may not have counted yet: the smaller number holds. If that is
        # Discord's, somebody else has begun sessions with the token, and the reset that Discord names is the one.
        await self._execute(
            connection,
            "UPDATE shard_cluster SET max_concurrency = :concurrency,"
            " starts_left = CASE WHEN starts_reset_at <= NOW THEN :remaining ELSE least(starts_left, :remaining) END,"
            " starts_reset_at = CASE WHEN starts_reset_at <= NOW OR :remaining < starts_left"
            " THEN NOW + :reset_after ELSE starts_reset_at END"
            " WHERE id = 1",
            concurrency=max(1, starts.max_concurrency),
            remaining=starts.remaining,
            reset_after=max(1.0, starts.reset_after),
        )

    # Doing a thing once

    async def once(self, name: str, digest: str) -> bool:
        """Whether this process is to do what `name` stands for: nobody has done it for `digest` while others live."""
        async with self._engine.begin() as connection:
            await self._execute(connection, "SELECT pg_advisory_xact_lock(:key)", key=_JOIN_LOCK)
            await self._heartbeat(connection, closing=True)  # others see it from now on, but it takes no shard yet
            others = {each.process_id for each in await self._live(connection)} - {self.process_id}
            rows = await self._execute(
                connection,
                "INSERT INTO notes (name, value) VALUES (:name, :digest) ON CONFLICT (name)"
                " DO UPDATE SET value = excluded.value WHERE notes.value <> excluded.value OR NOT :others RETURNING 1",
                name=name,
                digest=digest,
                others=bool(others),
            )
            return bool(rows)
