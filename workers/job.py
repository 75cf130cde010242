"""A job: one function call for a worker process, with its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workers import child_main


@dataclass(frozen=True, slots=True)
class Job:
    """One call of `package.module:function`, its MessagePack-able arguments and its limits (seconds, bytes)."""

    function: str
    arguments: Sequence[Any]
    timeout: float
    memory: int
    output: int

    @property
    def module(self) -> str:
        """The module of the function."""
        return self.function.partition(":")[0]

    def frame(self) -> bytes:
        """The job as the child reads it; raises TypeError for arguments that MessagePack cannot encode."""
        body = child_main.pack([self.function, list(self.arguments), self.memory, self.timeout, self.output])
        return child_main.HEADER.pack(len(body)) + body
