"""All sessions of the gateway, and who may open one."""

import secrets
from typing import Any, Final

from playground.clock import Alarm
from playground.gateway import intents, ready
from playground.gateway.connection import Close, Closed, Connection, Op
from playground.gateway.session import Session
from playground.payloads import users
from playground.stats import Stats
from playground.world.applications import Application
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]

KEPT: Final = 300.0
"""Seconds that a dropped session can be resumed."""


class Gateway:
    """Sessions by id, live connections, and the faults that can befall them."""

    def __init__(self, world: World, stats: Stats, *, heartbeat_interval: int = 41_250) -> None:
        self.world = world
        self.stats = stats
        self.heartbeat_interval = heartbeat_interval
        """Milliseconds."""
        self.url = ""
        self.recommended_shards = 1
        self.closing = False
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self._expiry: dict[str, Alarm] = {}

    async def serve(self, query: bytes, receive: Any, send: Any) -> None:
        """Serve one websocket (the ASGI callables)."""
        if self.closing:
            await receive()
            await send({"type": "websocket.close", "code": 1001})
            return
        connection = Connection(self, query, receive, send)
        self.connections.add(connection)
        await connection.run()

    # -- opening

    def identify(self, connection: Connection, data: Json) -> Session:
        """Open a session, or raise Closed with Discord's code."""
        user = self._authenticate(data.get("token"))
        application = self.world.application_of(user)
        shard = _shard(data.get("shard"))
        bits = 0 if application is None else _intents(application, data.get("intents"))
        session = Session(
            self.world, secrets.token_hex(16), user, application=application, intent_bits=bits, shard=shard
        )
        session.wire = connection
        self.sessions[session.id] = session
        self.stats.identifies += 1
        ready.introduce(session, self.url)
        presence = data.get("presence")
        self.set_presence(user, presence if isinstance(presence, dict) else {"status": "online"})
        return session

    def resume(self, connection: Connection, data: Json) -> Session | None:
        """Take a dropped session up again; None when it is gone and the client must identify."""
        user = self._authenticate(data.get("token"))
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq")
        if session is None or session.user is not user or not isinstance(sequence, int):
            return None
        if sequence > session.sequence or sequence < 0:
            raise Closed(Close.INVALID_SEQ, "Invalid seq")
        if not session.can_resume(sequence):
            self.forget(session)
            return None
        if isinstance(session.wire, Connection):
            session.wire.session = None
            session.wire.close(Close.UNKNOWN_ERROR, "Resumed elsewhere")
        if (alarm := self._expiry.pop(session.id, None)) is not None:
            alarm.cancel()
        session.wire = connection
        self.stats.resumes += 1
        session.replay(sequence)
        session.dispatch("RESUMED", {"_trace": ["playground"]})
        return session

    def _authenticate(self, token: object) -> User:
        user = self.world.tokens.get(str(token).removeprefix("Bot ")) if isinstance(token, str) else None
        if user is None:
            raise Closed(Close.AUTHENTICATION_FAILED, "Authentication failed.")
        return user

    # -- closing

    def left(self, connection: Connection, code: int | None) -> None:
        """Note that a connection ended: with 1000 or 1001 the client ends its session too."""
        self.connections.discard(connection)
        session = connection.session
        if session is None or session.wire is not connection:
            return
        session.wire = None
        if code in {1000, 1001}:
            self.forget(session)
        else:
            self._expiry[session.id] = self.world.clock.after(KEPT, lambda: self.forget(session))

    def forget(self, session: Session) -> None:
        """End a session: it cannot be resumed."""
        if self.sessions.pop(session.id, None) is None:
            return
        session.stop()
        if (alarm := self._expiry.pop(session.id, None)) is not None:
            alarm.cancel()
        if not any(each.user is session.user for each in self.sessions.values()):
            self.set_presence(session.user, {"status": "offline"})

    # -- faults

    def drop(self, *, resumable: bool = True, user: User | None = None, code: int = 4000) -> int:
        """Break connections off; unless `resumable` the sessions are gone too. Returns how many."""
        dropped = self._connections_of(user)
        for connection in dropped:
            session = connection.session
            connection.close(code)
            if not resumable and session is not None:
                self.forget(session)
        return len(dropped)

    def ask_to_reconnect(self, user: User | None = None) -> int:
        """Send op 7, as Discord does when it restarts a machine. Returns to how many."""
        asked = self._connections_of(user)
        for connection in asked:
            connection.tell(Op.RECONNECT)
        return len(asked)

    def invalidate(self, user: User | None = None, *, resumable: bool = False) -> int:
        """Send op 9. Returns to how many."""
        asked = self._connections_of(user)
        for connection in asked:
            if not resumable and connection.session is not None:
                self.forget(connection.session)
            connection.tell(Op.INVALID_SESSION, resumable)
        return len(asked)

    def _connections_of(self, user: User | None) -> list[Connection]:
        live = [each for each in self.connections if each.session is not None]
        return [each for each in live if user is None or (each.session and each.session.user is user)]

    def close(self) -> None:
        """Close every connection, and let nobody in any more: the machine stops."""
        self.closing = True
        for connection in tuple(self.connections):
            connection.close(1001)
        for session in tuple(self.sessions.values()):
            session.stop()
        self.sessions.clear()

    # -- presence

    def set_presence(self, user: User, data: Json) -> None:
        """Take a status and activities, and tell the guilds."""
        status = data.get("status")
        user.status = status if status in {"online", "idle", "dnd", "invisible", "offline"} else "online"
        if user.status == "invisible":
            user.status = "offline"
        activities = data.get("activities")
        user.activities = activities if isinstance(activities, list) else []
        for guild in self.world.guilds_of(user):
            self.world.emit("PRESENCE_UPDATE", users.presence(user) | {"guild_id": str(guild.id)}, guild_id=guild.id)


def _shard(value: object) -> tuple[int, int]:
    if value is None:
        return (0, 1)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, int) for each in value):
        number, count = value
        if 0 <= number < count:
            return (number, count)
    raise Closed(Close.INVALID_SHARD, "Invalid shard.")


def _intents(application: Application, value: object) -> int:
    if not isinstance(value, int) or value < 0 or value & ~intents.TAKEN:
        raise Closed(Close.INVALID_INTENTS, "Invalid intent(s).")
    if value & ~intents.granted(application):
        raise Closed(Close.DISALLOWED_INTENTS, "Disallowed intent(s).")
    return value
