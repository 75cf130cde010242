"""A PostgreSQL server of a test's own, which the test stops, kills, holds up and replaces on one port.

The other tests share one (`conftest.py`); `python -m benchmarks.chaos` can use this too.
"""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

USER = "pgserver"
"""Who runs PostgreSQL where the tests run as root, which PostgreSQL refuses; pgserver makes the user."""
STARTING = 20.0


class PostgresProcess:
    """A server's folder, and its process while it runs. All servers made with one `port` have one address."""

    def __init__(self, folder: Path, binaries: Path, port: int) -> None:
        self._folder = folder
        self._binaries = binaries
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, Any] = {"user": USER, "group": pwd.getpwnam(USER).pw_gid} if os.geteuid() == 0 else {}

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, name: str, *arguments: str) -> None:
        command = [str(self._binaries / name), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self._folder.parent, **self._as_user)

    async def make(self) -> None:
        """Make its folder."""
        options = ("--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", str(self._folder))
        await asyncio.to_thread(self._run, "initdb", *options)

    async def copy_of(self, primary: "PostgresProcess") -> None:
        """Make its folder as that of a replica of a server that runs."""
        source = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres", "--no-sync", "-c", "fast")
        await asyncio.to_thread(self._run, "pg_basebackup", *source, "-R", "-D", str(self._folder))

    async def start(self, *options: str) -> None:
        """Start it, and wait until it takes connections."""
        command = [str(self._binaries / "postgres"), "-D", str(self._folder), "-p", str(self.port)]
        command += ["-h", "127.0.0.1", "-k", "", "-c", "fsync=off", "-c", "max_connections=60", *options]
        self._process = self._begin(command)
        async with asyncio.timeout(STARTING):
            while not await asyncio.to_thread(self._is_ready):
                assert self._process.poll() is None, (self._folder.parent / "log").read_text(errors="replace")[-2000:]
                await asyncio.sleep(0.05)

    def _begin(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with (self._folder.parent / "log").open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder.parent, start_new_session=True, **self._as_user
            )

    def _is_ready(self) -> bool:
        command = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    async def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT closes all connections, SIGQUIT lets it crash."""
        assert self._process is not None
        self.go_on()
        self._process.send_signal(how)
        await asyncio.to_thread(self._process.wait, STARTING)
        self._process = None

    async def kill(self) -> None:
        """SIGKILL to all its processes at once."""
        assert self._process is not None
        for each in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
        await asyncio.to_thread(self._process.wait, STARTING)
        self._process = None
        (self._folder / "postmaster.pid").unlink(missing_ok=True)

    def hold_up(self) -> None:
        """SIGSTOP to all its processes: connections stay open, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self._signal(signal.SIGCONT)

    def promote(self) -> None:
        """Let a replica become a primary."""
        self._run("pg_ctl", "promote", "-D", str(self._folder))

    def _signal(self, which: signal.Signals) -> None:
        for each in self._processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(which)

    def _processes(self) -> Sequence[psutil.Process]:
        if self._process is None:
            return []
        server = psutil.Process(self._process.pid)
        return [server, *server.children(recursive=True)]


@asynccontextmanager
async def postgres_processes(count: int = 1) -> AsyncIterator[list[PostgresProcess]]:
    """Servers on one port, of which one can run at a time; none of them is made or started yet."""
    pgserver: Any = pytest.importorskip("pgserver", reason="there is no pgserver")
    if os.geteuid() == 0:
        pgserver.utils.ensure_user_exists(USER)
        for part in ("bin", "lib"):
            pgserver.utils.ensure_folder_permissions(pgserver._commands.POSTGRES_BIN_PATH.parent / part, 0o055)
        pgserver.utils.ensure_prefix_permissions(pgserver._commands.POSTGRES_BIN_PATH)
    folder = Path(tempfile.mkdtemp(prefix="saem-postgres-"))
    servers = []
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        port = _free_port()
        binaries = Path(pgserver._commands.POSTGRES_BIN_PATH)
        servers = [PostgresProcess(folder / f"data{number}", binaries, port) for number in range(count)]
        yield servers
    finally:
        for server in servers:
            if server._process is not None:
                await server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port: int = unused.getsockname()[1]
        return port
