"""A program at a terminal: what it shows is read, and what a person would type is typed."""

import asyncio
import contextlib
import os
import pty
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 60.0


class Terminal:
    """Runs a program on a pseudo-terminal. `shown` is all that stood on it so far."""

    def __init__(self, command: Sequence[str], directory: Path, environment: Mapping[str, str]) -> None:
        self._command, self._directory, self._environment = command, directory, environment
        self.shown = ""
        self._read = 0
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._master, slave = pty.openpty()
        self.process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=self._directory,
            env=self._environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._hear)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
            await asyncio.wait_for(self.process.wait(), PATIENCE)
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)
        print(self.shown)

    def _hear(self) -> None:
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # the program has ended
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
        self.shown += data.decode(errors="replace")
        self._changed.set()

    async def sees(self, words: str) -> str:
        """Wait until some words stand there, after those that were waited for before; returns what came up to them."""
        pattern = re.compile(re.escape(words))
        async with asyncio.timeout(PATIENCE):
            while (found := pattern.search(self.shown, self._read)) is None:
                assert self.process.returncode is None, f"it has ended without {words!r}: {self.shown}"
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), 0.5)
        before, self._read = self._read, found.end()
        return self.shown[before : found.end()]

    async def types(self, line: str) -> None:
        """Type a line and press Enter."""
        os.write(self._master, f"{line}\n".encode())

    async def ends(self) -> int:
        """Wait for its end; the exit code."""
        return await asyncio.wait_for(self.process.wait(), PATIENCE)
