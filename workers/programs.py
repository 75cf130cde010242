"""Programs with pipes to them, and what starts them in a sandbox: one interface for all kinds of sandboxes."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol


class Program(Protocol):
    """A program that runs with pipes to it: in a sandbox, or in none."""

    @property
    def pid(self) -> int:
        """The id of a process that ends with it."""
        ...

    @property
    def stdin(self) -> asyncio.StreamWriter:
        """What it reads."""
        ...

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What it writes."""
        ...

    @property
    def stderr(self) -> asyncio.StreamReader:
        """What it says about that."""
        ...

    @property
    def returncode(self) -> int | None:
        """Its exit code, or a signal's number below zero; None as long as it runs, as far as is known."""
        ...

    @property
    def limit(self) -> str:
        """The limit that it was ended for (`memory`, `processes`, `disk`), where its sandbox is what watches it."""
        ...

    async def wait(self) -> int:
        """Wait for its end; the exit code."""
        ...

    async def lend(self, arguments: tuple[Any, ...]) -> list[Any]:
        """Lend it the files among the arguments of a job; the arguments as the job's function gets them.

        Raises:
            OSError: a file cannot be read, or there is no room for it.
        """
        ...

    async def take_back(self, arguments: tuple[Any, ...]) -> None:
        """Copy what a job has made to where it should stand.

        Raises:
            OSError: it cannot be written there.
        """
        ...

    def kill(self) -> None:
        """Kill it with everything that it has started."""
        ...

    def release(self) -> None:
        """Let go of what was held for it, such as what was lent to it; it has ended."""
        ...


class ProgramStarter(Protocol):
    """What starts programs in a sandbox."""

    @property
    def is_watched(self) -> bool:
        """Whether somebody can watch how much memory its processes hold together."""
        ...

    async def start(
        self,
        program: Sequence[str],
        variables: Mapping[str, str],
        *,
        lends_files: bool = False,
        folders: Mapping[str, int] = MappingProxyType({}),
        memory: int | None = None,
    ) -> Program:
        """Start a program; `variables` is its environment outside, `folders` are those that it finds empty, with so
        many bytes each, `memory` is what its processes may hold together, for the sandbox that watches that itself.

        Raises:
            OSError: there is no sandbox to be had now; it says why.
        """
        ...
