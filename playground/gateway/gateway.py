"""The gateway itself: it accepts connections, closes them, and has the faults that can happen to them."""

from collections.abc import MutableMapping
from typing import Any

from playground.gateway.connection import Connection
from playground.gateway.opcodes import CloseCode, Opcode
from playground.gateway.resume_host import ResumeHost
from playground.gateway.session import Session
from playground.gateway.session_registry import SessionRegistry
from playground.gateway.session_starts import SessionStarts
from playground.stats import Stats
from playground.world.users import User
from playground.world.world import World


class Gateway:
    """All live connections."""

    def __init__(
        self,
        world: World,
        stats: Stats,
        *,
        heartbeat_interval: int = 41_250,
        shards: int = 1,
        session_starts: int = 1000,
        max_concurrency: int | None = None,
    ) -> None:
        if shards < 1:
            raise ValueError("a bot has one shard at least")
        self.heartbeat_interval = heartbeat_interval
        """Milliseconds."""
        self.recommended_shards = shards
        """How many shards `GET /gateway/bot` tells bots to use."""
        self.closing = False
        self.hang_ups = 0
        """How many of the next connections, of anybody, are closed (4000) before HELLO."""
        self.connections: set[Connection] = set()
        self.resume_host = ResumeHost(self.serve, world.clock)
        self.session_starts = SessionStarts(world.clock, total=session_starts, max_concurrency=max_concurrency)
        self._registry = SessionRegistry(world, stats, self.session_starts, self.resume_host)

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self._registry.gateway_url

    @url.setter
    def url(self, url: str) -> None:
        self._registry.gateway_url = url

    @property
    def sessions(self) -> dict[str, Session]:
        """Sessions by id, those that a client can still resume too."""
        return self._registry.sessions

    async def serve(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one websocket; the arguments are ASGI's."""
        if self.closing:
            await receive()
            await send({"type": "websocket.close", "code": 1001})
            return
        if self.hang_ups > 0:
            self.hang_ups -= 1
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": CloseCode.UNKNOWN_ERROR})
            return
        connection = Connection(self._registry, self.heartbeat_interval, scope, receive, send)
        self.connections.add(connection)
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)

    # -- faults

    def drop(self, *, resumable: bool = True, user: User | None = None, code: int = 4000) -> int:
        """Close connections and return how many; unless `resumable`, end their sessions too."""
        dropped = self._connections_of(user)
        for connection in dropped:
            session = connection.session
            connection.close(code)
            if not resumable and session is not None:
                self._registry.end(session)
        return len(dropped)

    @property
    def muted(self) -> int:
        """How many bots identified or resumed without an answer."""
        return self._registry.muted

    def refuse_resumes(self, *, refuse: bool = True) -> None:
        """Close the connections of bots that resume from now on, as a resume host does that is down."""
        self._registry.refuse_resumes = refuse

    @property
    def refused(self) -> int:
        """How many resumes were refused."""
        return self._registry.refused

    def mute(self, times: int = 1) -> None:
        """Answer the next `times` bots that identify or resume with nothing but heartbeats."""
        self._registry.mute += times

    def freeze(self, user: User | None = None) -> int:
        """Let connections live on as zombies: nothing comes over them any more, no acknowledgement either."""
        frozen = self._connections_of(user)
        for connection in frozen:
            connection.frozen = True
        return len(frozen)

    def stop_acknowledging(self, user: User | None = None) -> int:
        """Let connections bring events, but acknowledge no heartbeat any more."""
        stopped = self._connections_of(user)
        for connection in stopped:
            connection.acknowledges = False
        return len(stopped)

    def ask_to_reconnect(self, user: User | None = None) -> int:
        """Send opcode 7, as Discord does when it restarts a machine. Return to how many connections."""
        asked = self._connections_of(user)
        for connection in asked:
            connection.send_opcode(Opcode.RECONNECT)
        return len(asked)

    def invalidate(self, user: User | None = None, *, resumable: bool = False) -> int:
        """Send opcode 9. Return to how many connections."""
        asked = self._connections_of(user)
        for connection in asked:
            if not resumable and connection.session is not None:
                self._registry.end(connection.session)
            connection.send_opcode(Opcode.INVALID_SESSION, resumable)
        return len(asked)

    def _connections_of(self, user: User | None) -> list[Connection]:
        live = [each for each in self.connections if each.session is not None]
        return [each for each in live if user is None or (each.session and each.session.user is user)]

    def close(self) -> None:
        """Close every connection, and accept no more."""
        self.closing = True
        for connection in tuple(self.connections):
            connection.close(1001)
        self._registry.close()
