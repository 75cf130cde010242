"""uvicorn's HTTP protocol with bounds: the size of a request's head, the time for its parts, and the connections.

uvicorn reads a head of any size, and waits for ever for the rest of a request. Both come before the key is looked at.
"""

import asyncio
import sys
from collections.abc import Iterable
from enum import Enum, auto
from operator import itemgetter
from typing import Any, ClassVar, Final

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

log = structlog.get_logger(__name__)

MAX_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers together, as in uvicorn's other protocol (h11)."""
HEAD_TIMEOUT: Final = 15.0
"""Seconds in which a head that has begun, or a new connection's first one, must be complete."""
BODY_TIMEOUT: Final = 60.0
"""Seconds in which some more of an unfinished body must come."""
LINGER: Final = 5.0
"""Seconds in which a client that has its answer already may send the rest of the body."""
QUIET: Final = 60.0
"""Seconds after a warning of too many connections in which there is no other."""
MOST_CONNECTIONS: Final = 4096
FEWEST_CONNECTIONS: Final = 16


class Phase(Enum):
    """Where a connection is in its current request."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    RECEIVED = auto()


class BoundedProtocol(HttpToolsProtocol):
    """One connection.

    When there are too many, the connection goes that has waited longest for its client: for a complete head, for a next
    request, or for more of a body. If all others are at work, the new one is refused with 503.
    """

    _quiet_until: ClassVar[float] = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._phase = Phase.IDLE
        self._head_size = 0
        self._refused = False
        self._no_room = False
        self._timer: asyncio.TimerHandle | None = None
        self._waiting_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; make room by closing another connection where there are too many."""
        super().connection_made(transport)
        self._enter(Phase.HEAD, HEAD_TIMEOUT)
        if len(self.connections) > connection_limit():
            self._make_room()

    def _make_room(self) -> None:
        others = [each for each in self.connections if isinstance(each, BoundedProtocol) and each is not self]
        waiting = longest_waiting(others)
        if waiting is None:
            self._no_room = True
            return
        self._warn()
        waiting.transport.abort()
        self.connections.discard(waiting)  # `connection_lost` comes in the next turn of the event loop

    def _warn(self) -> None:
        """Tell the owner, but not for each of a flood of connections."""
        if self.loop.time() >= BoundedProtocol._quiet_until:
            BoundedProtocol._quiet_until = self.loop.time() + QUIET
            log.warning("connections.too_many", limit=connection_limit(), done="those that wait longest are closed")

    @property
    def waiting_since(self) -> float | None:
        """Since when (by the event loop's clock) this connection waits for its client; None when it is at work."""
        stalled = self.loop.time() - self._waiting_since > LINGER
        answered = self._phase is Phase.BODY and self.cycle.response_complete
        if self._phase in {Phase.IDLE, Phase.HEAD} or answered or (self._phase is Phase.BODY and stalled):
            return self._waiting_since
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._no_room:  # said only now, as a client may overlook a response that comes before its request
            self._refuse(503, "The server has as many connections as it can have. Try again later.")
        if self._refused:
            return
        if self._phase in {Phase.IDLE, Phase.HEAD}:
            self._head_size += len(data)
        super().data_received(data)
        # One header without an end is not seen by the parser's callbacks.
        if self._phase is Phase.HEAD and self._head_size > MAX_HEAD:
            self._refuse_head()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._phase is not Phase.HEAD:
            self._enter(Phase.HEAD, HEAD_TIMEOUT)

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._head_size = 0
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > MAX_HEAD:
            self._refuse_head()
        if not self._refused:
            super().on_headers_complete()
            self._enter(Phase.BODY, BODY_TIMEOUT)

    def on_body(self, body: bytes) -> None:
        """A part of the body came."""
        if not self._refused:
            super().on_body(body)
            if self._phase is Phase.BODY and not self.cycle.response_complete:
                self._enter(Phase.BODY, BODY_TIMEOUT)

    def on_message_complete(self) -> None:
        """The request has been received whole."""
        if not self._refused:
            super().on_message_complete()
            self._enter(Phase.IDLE if self.cycle.response_complete else Phase.RECEIVED, None)

    def on_response_complete(self) -> None:
        """The response has been sent."""
        super().on_response_complete()
        if self._phase is Phase.BODY:
            self._enter(Phase.BODY, LINGER)
        elif self._phase is Phase.RECEIVED and self.cycle.response_complete:
            self._enter(Phase.IDLE, None)

    def _enter(self, phase: Phase, timeout: float | None) -> None:
        self._phase = phase
        self._waiting_since = self.loop.time()
        self._stop_timer()
        if timeout is not None:
            self._timer = self.loop.call_later(timeout, self._timed_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _timed_out(self) -> None:
        if self._phase is Phase.BODY and self.flow.read_paused:
            self._enter(Phase.BODY, BODY_TIMEOUT)  # it is our reading that waits, not the client
        elif self.transport.is_closing():
            self.transport.abort()
        elif self._phase is Phase.BODY and (self.cycle.response_started or self.cycle.response_complete):
            self.transport.close()
        else:
            self._refuse(408, "The request was not complete in time.")

    def _refuse_head(self) -> None:
        self._refuse(431, f"The request's headers are longer than {MAX_HEAD} bytes.")

    def _refuse(self, status: int, sentence: str) -> None:
        self._refused = True
        self._stop_timer()
        if not self.transport.is_closing():
            body = b'{"error": {"message": "%s", "type": "invalid_request_error", "param": null, "code": null}}' % (
                sentence.encode()
            )
            head = f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
            self.transport.write(f"{head}content-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
            self.transport.close()


_REASONS: Final = {408: "Request Timeout", 431: "Request Header Fields Too Large", 503: "Service Unavailable"}


def longest_waiting(connections: Iterable[BoundedProtocol]) -> BoundedProtocol | None:
    """The connection that has waited longest for its client; None when all are at work."""
    waiting = [(since, each) for each in connections if (since := each.waiting_since) is not None]
    return min(waiting, key=itemgetter(0))[1] if waiting else None


def connection_limit() -> int:
    """How many connections there may be: at most half of the files that the process may open."""
    if sys.platform == "win32":  # where sockets are not counted as files
        return MOST_CONNECTIONS
    import resource  # noqa: PLC0415

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(FEWEST_CONNECTIONS, min(MOST_CONNECTIONS, soft // 2))
