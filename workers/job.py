"""A job: one function call for a worker process, with its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workers import child_main
from workers.job_files import has_files


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `package.module:function`, its arguments (MessagePack-able, files), its limits (seconds, bytes)."""

    function: str
    arguments: tuple[Any, ...]
    timeout: float
    memory: int
    output: int

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.function.partition(":")[0]

    @property
    def has_files(self) -> bool:
        """Whether files are lent to it."""
        return has_files(self.arguments)

    def frame(self, arguments: Sequence[Any]) -> bytes:
        """The job as the child reads it, with its arguments as its function gets them.

        Raises:
            TypeError, ValueError: MessagePack cannot encode the arguments.
        """
        body = child_main.pack([self.function, list(arguments), self.memory, self.timeout, self.output])
        return child_main.HEADER.pack(len(body)) + body
