"""Faults: requests that go wrong on demand."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Kind = Literal["status", "rate_limit", "slow", "disconnect"]
Body = Literal["json", "html", "text"]


@dataclass(slots=True)
class Fault:
    """Happens to the next `times` requests that match `route`, a glob such as `PATCH /channels/*/messages/*`.

    The kinds: `status` responds with that status; `rate_limit` responds 429 with `seconds` to wait; `slow` takes
    `seconds` longer and then goes on; `disconnect` breaks the connection off without a response. With `after` the
    request takes effect first, and only its response is lost. With `bots_only` students' requests meet it not.

    A 429 is of the user's own limit, of a `shared` one, or of all requests (`is_global`). The response's `body` may be
    a page or a plain text, as Cloudflare sends them: without `via` it is its own, and not Discord's. Without
    `headers` it has no `Retry-After` and no `X-RateLimit-…`.
    """

    kind: Kind
    route: str = "*"
    times: int = 1
    status: int = 503
    seconds: float = 1.0
    is_global: bool = False
    shared: bool = False
    body: Body = "json"
    headers: bool = True
    via: bool = True
    after: bool = False
    bots_only: bool = False


class PendingFaults:
    """Faults that wait for a matching request, oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Add a fault."""
        self._waiting.append(fault)

    def remove(self, fault: Fault) -> None:
        """Remove a fault that waits still."""
        if fault in self._waiting:
            self._waiting.remove(fault)

    def clear(self) -> None:
        """Remove all faults."""
        self._waiting.clear()

    def match(self, method: str, path: str, *, by_bot: bool = True) -> Fault | None:
        """Return the first fault that matches a request, and count it; None when there is none."""
        if not self._waiting:
            return None
        line = f"{method} {path}"
        for fault in self._waiting:
            if fault.bots_only and not by_bot:
                continue
            if fnmatchcase(line, fault.route if " " in fault.route else f"* {fault.route}"):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
