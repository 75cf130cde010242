"""All sessions of the gateway: identify opens one, resume goes on with one, and each ends some day.

https://discord.com/developers/docs/events/gateway#connection-lifecycle
"""

import secrets
from typing import Any, Final

from playground.clock import Timer
from playground.gateway import intents, ready
from playground.gateway.opcodes import CloseCode, CloseConnection
from playground.gateway.presence import set_presence
from playground.gateway.resume_host import ResumeHost
from playground.gateway.session import Session, SessionConnection
from playground.gateway.session_starts import SessionStarts
from playground.stats import Stats
from playground.world.applications import Application
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]

RESUME_PERIOD: Final = 300.0
"""Seconds in which a client can resume a session after its connection dropped."""


class SessionRegistry:
    """Sessions by id."""

    def __init__(self, world: World, stats: Stats, starts: SessionStarts, resume_host: ResumeHost) -> None:
        self.sessions: dict[str, Session] = {}
        self.gateway_url = ""
        self.mute = 0
        """How many of the next bots that identify or resume get no answer but heartbeats."""
        self.refuse_resumes = False
        """Whether the connection of a bot that resumes is closed."""
        self.refused = 0
        """How many were."""
        self.muted = 0
        """How many got none."""
        self._world = world
        self._stats = stats
        self._starts = starts
        self._resume_host = resume_host
        self._expiry: dict[str, Timer] = {}

    # -- opening

    def refuses_resume(self, data: Json) -> bool:
        """Tell whether a bot that resumes with `data` is closed; it is counted."""
        refuses = self.refuse_resumes or self._resume_host.fault == "refuses"
        if not refuses or not self._authenticate(data.get("token")).bot:
            return False
        self.refused += 1
        return True

    def stays_mute(self, data: Json) -> bool:
        """Tell whether a bot that identifies or resumes with `data` gets no answer; it is counted."""
        if self.mute <= 0 or not self._authenticate(data.get("token")).bot:
            return False
        self.mute -= 1
        self.muted += 1
        return True

    def identify(self, connection: SessionConnection, data: Json) -> Session | None:
        """Open a session; None when it is too early, and CloseConnection says why the gateway does not at all."""
        user = self._authenticate(data.get("token"))
        application = self._world.application_of(user)
        shard = _shard(data.get("shard"))
        bits = 0 if application is None else _intents(application, data.get("intents"))
        if application is not None and not self._may_start(user, shard[0]):
            return None
        properties = data.get("properties")
        session = Session(
            self._world,
            secrets.token_hex(16),
            user,
            application=application,
            intent_bits=bits,
            shard=shard,
            properties=properties if isinstance(properties, dict) else {},
        )
        session.connect(connection)
        self.sessions[session.id] = session
        self._stats.identifies += 1
        ready.send_ready(session, (application is not None and self._resume_host.url) or self.gateway_url)
        presence = data.get("presence")
        set_presence(self._world, user, presence if isinstance(presence, dict) else {"status": "online"})
        return session

    def _may_start(self, user: User, shard_id: int) -> bool:
        """Count an identify of a bot. One that is over the day's limit ends all its sessions."""
        try:
            return self._starts.count(shard_id)
        except CloseConnection as refused:
            for session in [each for each in self.sessions.values() if each.user is user]:
                connection = session.connection
                self.end(session)
                if connection is not None:
                    connection.close(refused.code, refused.reason)
            raise

    def resume(self, connection: SessionConnection, data: Json) -> Session | None:
        """Go on with a session after a drop; None when it is gone and the client must identify."""
        user = self._authenticate(data.get("token"))
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq")
        if session is None or session.user is not user or not isinstance(sequence, int):
            return None
        if sequence > session.sequence or sequence < 0:
            raise CloseConnection(CloseCode.INVALID_SEQ, "Invalid seq")
        if not session.can_resume(sequence):
            self.end(session)
            return None
        if session.connection is not None:
            session.connection.session = None
            session.connection.close(CloseCode.UNKNOWN_ERROR, "Resumed elsewhere")
        self._cancel_expiry(session)
        session.connect(connection)
        self._stats.resumes += 1
        session.replay(sequence)
        session.dispatch("RESUMED", {"_trace": ["playground"]})
        return session

    def _authenticate(self, token: object) -> User:
        user = self._world.tokens.get(str(token).removeprefix("Bot ")) if isinstance(token, str) else None
        if user is None:
            raise CloseConnection(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        return user

    # -- ending

    def disconnected(self, connection: SessionConnection, code: int | None) -> None:
        """Note that a connection ended. Close codes 1000 and 1001 end its session too."""
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if code in {1000, 1001}:
            self.end(session)
        else:
            self._expiry[session.id] = self._world.clock.after(RESUME_PERIOD, lambda: self.end(session))

    def end(self, session: Session) -> None:
        """End a session: no client can resume it."""
        if self.sessions.pop(session.id, None) is None:
            return
        session.stop()
        self._cancel_expiry(session)
        if not any(each.user is session.user for each in self.sessions.values()):
            set_presence(self._world, session.user, {"status": "offline"})

    def close(self) -> None:
        """End every session because the playground stops; nobody is told."""
        for session in tuple(self.sessions.values()):
            session.stop()
        self.sessions.clear()

    def _cancel_expiry(self, session: Session) -> None:
        if (timer := self._expiry.pop(session.id, None)) is not None:
            timer.cancel()


def _shard(value: object) -> tuple[int, int]:
    if value is None:
        return (0, 1)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, int) for each in value):
        number, count = value
        if 0 <= number < count:
            return (number, count)
    raise CloseConnection(CloseCode.INVALID_SHARD, "Invalid shard.")


def _intents(application: Application, value: object) -> int:
    if not isinstance(value, int) or value < 0 or value & ~intents.ACCEPTED:
        raise CloseConnection(CloseCode.INVALID_INTENTS, "Invalid intent(s).")
    if value & ~intents.granted(application):
        raise CloseConnection(CloseCode.DISALLOWED_INTENTS, "Disallowed intent(s).")
    return value
