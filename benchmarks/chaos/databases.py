"""The databases of the chaos, and what happens to them: locked, cut off, stopped, killed."""

import asyncio
import contextlib
import importlib
import json
import os
import signal
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol


class Database(Protocol):
    """Where bots and servers keep what they know."""

    def settings(self) -> dict[str, str]:
        """What a process is told of it, by its environment."""
        ...

    async def mend(self) -> None:
        """See that it runs, whatever was broken off."""
        ...

    def rows(self, table: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        """Rows of a table of the bot or the server; none where there is no such table."""
        ...

    def left_over(self) -> list[str]:
        """What should not be there when all processes have ended: connections, locks, files."""
        ...


class Sqlite:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def settings(self) -> dict[str, str]:
        return {}

    async def lock(self, name: str, seconds: float) -> bool:
        """Hold the lock for writing for a time, as another program may do; False: somebody else has it."""
        path = self.folder / name
        if not path.exists():
            return False
        with contextlib.closing(sqlite3.connect(path, timeout=0.5, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            await asyncio.sleep(seconds)
            other.execute("ROLLBACK")
        return True

    async def mend(self) -> None:
        """A lock is gone with its connection."""

    def rows(self, table: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        for name in ("saem.sqlite3", "assistants.sqlite3"):
            with contextlib.closing(sqlite3.connect(self.folder / name)) as connection:
                query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
                if connection.execute(query, (table,)).fetchone()[0]:
                    query = f"SELECT {columns} FROM {table} WHERE {where}"
                    return list(connection.execute(query))
        return []

    def left_over(self) -> list[str]:
        return _incoming(self.folder)


class Postgres:
    """A PostgreSQL server of its own, out of pgserver's wheel."""

    def __init__(self, server: Any, folder: Path) -> None:
        self._server = server
        self.folder = folder
        self._turn = asyncio.Lock()
        """One thing at a time: pgserver waits for ever for a server that is stopped again while it starts."""

    @property
    def url(self) -> str:
        """Its address, as DATABASE_URL takes it."""
        return str(self._server.get_uri())

    def settings(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url}

    async def stop(self, seconds: float, how: signal.Signals) -> None:
        """Stop it (SIGINT: connections are cut; SIGQUIT: at once, to recover from its log), and start it again."""
        async with self._turn:
            os.kill(self._server.get_pid(), how)
            await asyncio.sleep(seconds)
            await self._run()

    async def mend(self) -> None:
        async with self._turn:
            await self._run()

    async def _run(self) -> None:
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(Exception):  # pgserver raises what it has while the old one still ends
                    await asyncio.to_thread(self._server.ensure_postgres_running)
                    return
                await asyncio.sleep(0.5)

    async def cut(self) -> None:
        """Cut all connections off."""
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
        query = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others};"
        async with self._turn:
            await asyncio.to_thread(self._server.psql, query)

    async def lock(self, table: str, seconds: float) -> None:
        """Hold a table's lock for a time, as somebody may who changes it by hand."""
        query = f"BEGIN; LOCK TABLE {table} IN EXCLUSIVE MODE; SELECT pg_sleep({seconds:.1f}); COMMIT;"
        async with self._turn:
            await asyncio.to_thread(self._server.psql, f"SET lock_timeout = '10s'; {query}")

    def rows(self, table: str, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
        if not self._ask(f"SELECT 1 FROM information_schema.tables WHERE table_name = '{table}'"):
            return []
        return self._ask(f"SELECT {columns} FROM {table} WHERE {where}")

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, as Python values by way of JSON."""
        text = self._server.psql(
            f"\\pset format unaligned\n\\pset tuples_only on\nSELECT row_to_json(q) FROM ({query}) q;"
        )
        return [tuple(json.loads(line).values()) for line in str(text).splitlines() if line.startswith("{")]

    def left_over(self) -> list[str]:
        others = "pid <> pg_backend_pid() AND backend_type = 'client backend'"
        found = [f"a connection: {row}" for row in self._ask(f"SELECT pid, query FROM pg_stat_activity WHERE {others}")]
        locks = self._ask("SELECT classid, objid, pid FROM pg_locks WHERE locktype = 'advisory'")
        return found + [f"an advisory lock: {row}" for row in locks] + _incoming(self.folder)


def _incoming(folder: Path) -> list[str]:
    """Uploads that were written to this machine and never taken on."""
    found: Sequence[Path] = [each for each in folder.glob("**/incoming/*") if each.is_file()]
    return [f"a temporary file: {each.relative_to(folder)}" for each in found]


@contextlib.contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A PostgreSQL server. Its data are not in `folder`, as root has to run it as another user."""
    pgserver: Any = importlib.import_module("pgserver")
    with (
        tempfile.TemporaryDirectory(prefix="saem-chaos-", ignore_cleanup_errors=True) as place,
        pgserver.get_server(Path(place) / "postgres", cleanup_mode="stop") as server,
    ):
        yield Postgres(server, folder)
