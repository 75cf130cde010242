"""The interpreter's container as `docker-compose.yml` describes it, made by bubblewrap instead of Docker, with the real
service in it on a real Unix socket. It has no network, a read-only system, no rights, and sees no process but its own.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from workers import landlock, sandbox
from workers.process_handle import environment
from workers.service.client import ServiceSandbox

needs_container = pytest.mark.skipif(
    sandbox.found() is None or landlock.version() < landlock.NEEDED,
    reason="the service needs Landlock (Linux 6.12), and its tests bubblewrap in the container's place",
)


def command(found: sandbox.Sandbox, descriptor: int, folder: Path, *, link: bool) -> list[str]:
    """The container's command; `folder` is the volume of the socket, `link` whether /mnt/data is what it should be."""
    if found.user is not None:
        os.chown(folder, found.user, found.user)
    program = [sys.executable, "-m", "bot", "interpreter", "/run/interpreter/socket"]
    made = found.command(program, descriptor, folders={"/run/scratch": 1 << 30})
    more = ["--perms", "0755", "--dir", "/mnt", "--bind", str(folder), "/run/interpreter"]
    more += ["--symlink", "/proc/self/cwd", "/mnt/data"] if link else []
    at = made.index("--remount-ro")
    return [*made[:at], *more, *made[at:]]


@dataclass
class Container:
    """A running container."""

    folder: Path
    process: subprocess.Popen[str]

    @property
    def sandbox(self) -> ServiceSandbox:
        """The service in it."""
        return ServiceSandbox(self.folder / "socket")

    def end(self) -> None:
        """As `docker kill` does."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@asynccontextmanager
async def container(folder: Path, *, link: bool = True) -> AsyncIterator[Container]:
    """Run the service until the end of the block."""
    found = sandbox.found()
    assert found is not None
    with sandbox.open_filter() as descriptor:
        process = subprocess.Popen(  # noqa: ASYNC220 - it takes a millisecond
            command(found, descriptor, folder, link=link),
            env={**found.environment(environment()), "TMPDIR": "/run/scratch"},
            pass_fds=[descriptor],
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
        )
    running = Container(folder, process)
    try:
        assert process.stdout is not None
        said = await asyncio.to_thread(process.stdout.readline)
        assert said == "The interpreter listens on /run/interpreter/socket.\n"
        yield running
    finally:
        running.end()
