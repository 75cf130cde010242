"""What goes wrong on demand."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal["status", "rate_limit", "slow", "disconnect"]


@dataclass(slots=True)
class Fault:
    """The next `times` requests that match meet this.

    `route` is a glob on method and path as in `PATCH /channels/*/messages/*`; `status` answers with that status,
    `rate_limit` with 429 and `seconds` to wait, `slow` takes `seconds` longer and then goes on, `disconnect` breaks the
    connection off without an answer. With `after`, the request takes effect first, and then its answer is lost.
    """

    kind: Kind
    route: str = "*"
    times: int = 1
    status: int = 503
    seconds: float = 1.0
    is_global: bool = False
    after: bool = False


class Faults:
    """Faults that wait for their requests, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Let none of those that wait happen."""
        self._waiting.clear()

    def match(self, method: str, path: str) -> Fault | None:
        """Return the fault that this request meets, counting it."""
        if not self._waiting:
            return None
        line = f"{method} {path}"
        for fault in self._waiting:
            if fnmatchcase(line, fault.route if " " in fault.route else f"* {fault.route}"):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
