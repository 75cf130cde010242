"""A PostgreSQL for as long as a demo of several bots runs: they share nothing else."""

import asyncio
import importlib
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot.errors import StartupError

PATIENCE: Final = 60.0
"""Seconds that a new server may take until it answers."""
DEBIAN: Final = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu put PostgreSQL's programs, by version; they are not on the PATH."""
MISSING: Final = (
    "Several bots share a PostgreSQL, and there is none on this machine. Install it (`apt install postgresql`, "
    "`brew install postgresql`), or `pip install pgserver` into Saem's environment (Python 3.12 or older), or name an "
    "empty database with --database postgresql://…"
)


@asynccontextmanager
async def temporary_postgres() -> AsyncIterator[str]:
    """Run a PostgreSQL of our own in a temporary folder; yields its address. It listens on a Unix socket alone.

    Raises:
        StartupError: there is none on this machine, or it does not start.
    """
    programs = postgres_programs()
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # whom PostgreSQL refuses to run as
    with tempfile.TemporaryDirectory(prefix="saem-demo-", ignore_cleanup_errors=True) as folder:
        if programs is not None and not root:
            async with _started(programs, Path(folder)) as url:
                yield url
            return
        try:
            with warnings.catch_warnings(action="ignore"):  # about the place of its lock
                pgserver: Any = importlib.import_module("pgserver")
        except ImportError as error:
            raise StartupError(MISSING) from error
        logging.getLogger("pgserver").setLevel(logging.WARNING)
        server = await asyncio.to_thread(pgserver.get_server, Path(folder) / "postgres", cleanup_mode="stop")
        try:
            yield server.get_uri()
        finally:
            await asyncio.to_thread(server.cleanup)


def postgres_programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest version; None where there is none."""
    found = shutil.which("initdb")
    if found is not None and (folder := Path(found).resolve().parent).joinpath("postgres").exists():
        return folder
    versions = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: _number(path.parts[-3]))
    return versions[-1].parent if versions else None


def _number(version: str) -> float:
    try:
        return float(version)
    except ValueError:
        return 0.0


@asynccontextmanager
async def _started(programs: Path, folder: Path) -> AsyncIterator[str]:
    data = folder / "data"
    made = await _program(programs / "initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "-N")
    output, _ = await made.communicate()
    if made.returncode:
        raise StartupError(f"PostgreSQL cannot make a database: {_last_line(output)}")
    options = ("-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off")  # it is thrown away in the end
    server = await _program(programs / "postgres", "-D", str(data), *options)
    try:
        async with asyncio.timeout(PATIENCE):
            while not (folder / ".s.PGSQL.5432").exists():
                if server.returncode is not None:
                    raise StartupError(f"PostgreSQL does not start: {_last_line((await server.communicate())[0])}")
                await asyncio.sleep(0.1)
        draining = asyncio.create_task(_drain(server))
        yield f"postgresql://postgres@/postgres?host={folder}"
        draining.cancel()
    except TimeoutError as error:
        raise StartupError(f"PostgreSQL does not start within {PATIENCE:.0f} seconds.") from error
    finally:
        if server.returncode is None:
            server.terminate()
            await server.wait()


async def _program(path: Path, *arguments: str) -> asyncio.subprocess.Process:
    # Of the environment it gets what finds its libraries and its locale; no secret is among that.
    wanted = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TZ") if name in os.environ}
    return await asyncio.create_subprocess_exec(
        str(path),
        *arguments,
        env={**wanted, "LC_ALL": "C"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def _drain(server: asyncio.subprocess.Process) -> None:
    assert server.stdout is not None
    while await server.stdout.readline():
        pass


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing."
