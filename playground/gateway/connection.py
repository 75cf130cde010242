"""One client's websocket: it reads opcodes and writes frames, from hello to close."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
import structlog

from playground.gateway import member_chunks
from playground.gateway.compression import deflated, encoder, plain
from playground.gateway.opcodes import CloseCode, CloseConnection, Opcode
from playground.gateway.presence import set_presence
from playground.gateway.session import Client, Session
from playground.gateway.session_registry import SessionRegistry

Json = dict[str, Any]
Frame = MutableMapping[str, Any]

log = structlog.get_logger(__name__)

MAX_PAYLOAD_SIZE: Final = 4096
"""Bytes that a client may send in one payload."""
MAX_SENDS_A_MINUTE: Final = 120
"""Payloads that a client may send in a minute; heartbeats are always let through."""
ACK_DELAY: Final = 0.05
"""Seconds until a heartbeat is acknowledged: about one round trip to Discord.

discord.py notes the time of a heartbeat only after it was sent. If the acknowledgement comes before that,
discord.py takes it for the acknowledgement of the heartbeat before.
"""


class Connection:
    """A client's websocket, from hello to close."""

    def __init__(
        self,
        sessions: SessionRegistry,
        heartbeat_interval: int,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[Frame]],
        send: Callable[[Frame], Awaitable[None]],
    ) -> None:
        self._sessions = sessions
        self._heartbeat_interval = heartbeat_interval
        self.session: Session | None = None
        self._query = {key: values[-1] for key, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        headers = dict(scope["headers"])
        self.client = Client(headers.get(b"user-agent", b"").decode("latin-1"), *(scope.get("client") or ("", 0))[:2])
        self._encode = encoder(self._query.get("compress"))
        self._receive = receive
        self._send = send
        self._queue: asyncio.Queue[bytes | CloseConnection] = asyncio.Queue()
        self.frozen = False
        """Whether nothing is written any more, though the connection lives."""
        self.acknowledges = True
        """Whether heartbeats are acknowledged."""
        self._sends: deque[float] = deque()
        self._last_heartbeat = time.monotonic()

    # -- outward

    def write(self, payload: bytes) -> None:
        """Queue one payload."""
        if not self.frozen:
            self._queue.put_nowait(payload)

    def send_opcode(self, op: Opcode, data: Any = None) -> None:
        """Queue a payload that is no event."""
        self.write(orjson.dumps({"t": None, "s": None, "op": op, "d": data}))

    def close(self, code: int, reason: str = "") -> None:
        """Close the connection after everything in the queue is sent."""
        self._queue.put_nowait(CloseConnection(code, reason))

    async def _write_all(self) -> CloseConnection:
        while True:
            item = await self._queue.get()
            if isinstance(item, CloseConnection):
                return item
            frame = self._encode(item)
            kind = "text" if isinstance(frame, str) else "bytes"
            await self._send({"type": "websocket.send", kind: frame})

    # -- inward

    async def run(self) -> None:
        """Serve the connection until it is closed."""
        await self._receive()
        await self._send({"type": "websocket.accept"})
        try:
            self._say_hello()
        except CloseConnection as closed:
            self.close(closed.code, closed.reason)
        reader = asyncio.create_task(self._read_all())
        writer = asyncio.create_task(self._write_all())
        watch = asyncio.create_task(self._watch_heartbeat())
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_COMPLETED)
            if writer.done() and not reader.done():
                end = writer.result()
                await self._send({"type": "websocket.close", "code": end.code, "reason": end.reason})
            elif reader.done():
                self._sessions.disconnected(self, reader.result())
        finally:
            for task in (reader, writer, watch):
                task.cancel()
            await asyncio.gather(reader, writer, watch, return_exceptions=True)
            self._sessions.disconnected(self, None)

    def _say_hello(self) -> None:
        version = self._query.get("v", "10")
        if version not in {"9", "10"}:
            raise CloseConnection(CloseCode.INVALID_API_VERSION, "Invalid API version")
        if self._query.get("encoding", "json") != "json":
            raise CloseConnection(CloseCode.DECODE_ERROR, "This gateway speaks encoding=json only")
        self.send_opcode(Opcode.HELLO, {"heartbeat_interval": self._heartbeat_interval, "_trace": ["playground"]})

    async def _read_all(self) -> int:
        """Read until the client closes the connection; return its close code."""
        while True:
            frame = await self._receive()
            if frame["type"] == "websocket.disconnect":
                return int(frame.get("code") or 1005)
            try:
                self._read(frame.get("text") or frame.get("bytes") or "")
            except CloseConnection as closed:
                self.close(closed.code, closed.reason)

    def _read(self, raw: str | bytes) -> None:
        if len(raw if isinstance(raw, bytes) else raw.encode()) > MAX_PAYLOAD_SIZE:
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        try:
            payload = orjson.loads(raw)
            op = payload["op"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.") from None
        self._count_send(op)
        try:
            self._handle(op, payload.get("d"))
        except (ValueError, TypeError, AttributeError):
            log.info("gateway.malformed_data", op=op, exc_info=True)
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.") from None

    def _count_send(self, op: object) -> None:
        now = time.monotonic()
        while self._sends and self._sends[0] < now - 60:
            self._sends.popleft()
        self._sends.append(now)
        if len(self._sends) > MAX_SENDS_A_MINUTE and op != Opcode.HEARTBEAT:
            raise CloseConnection(CloseCode.RATE_LIMITED, "You are being rate limited.")

    def _handle(self, op: Any, data: Any) -> None:
        match op:
            case Opcode.HEARTBEAT:
                self._last_heartbeat = time.monotonic()
                if self.acknowledges:
                    asyncio.get_running_loop().call_later(ACK_DELAY, self.send_opcode, Opcode.HEARTBEAT_ACK)
            case Opcode.IDENTIFY:
                self._identify(data)
            case Opcode.RESUME:
                self._resume(data)
            case (
                Opcode.PRESENCE_UPDATE
                | Opcode.REQUEST_GUILD_MEMBERS
                | Opcode.VOICE_STATE_UPDATE
                | Opcode.REQUEST_SOUNDBOARD_SOUNDS
            ):
                self._handle_command(Opcode(op), data)
            case _:
                raise CloseConnection(CloseCode.UNKNOWN_OPCODE, "Unknown opcode.")

    def _handle_command(self, op: Opcode, data: Any) -> None:
        if self.session is None:
            raise CloseConnection(CloseCode.NOT_AUTHENTICATED, "Not authenticated.")
        if not isinstance(data, dict):
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        if op is Opcode.PRESENCE_UPDATE:
            set_presence(self.session.world, self.session.user, data)
        elif op is Opcode.REQUEST_GUILD_MEMBERS:
            member_chunks.send_chunks(self.session, data)

    def _identify(self, data: Any) -> None:
        if self.session is not None:
            raise CloseConnection(CloseCode.ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(data, dict):
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        if data.get("compress") is True and self._encode is plain:
            self._encode = deflated
        if self._sessions.stays_mute(data):
            return
        self.session = self._sessions.identify(self, data)
        if self.session is None:
            self.send_opcode(Opcode.INVALID_SESSION, data=False)

    def _resume(self, data: Any) -> None:
        if self.session is not None:
            raise CloseConnection(CloseCode.ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(data, dict):
            raise CloseConnection(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        if self._sessions.refuses_resume(data):
            raise CloseConnection(CloseCode.UNKNOWN_ERROR, "No resumes now.")
        if self._sessions.stays_mute(data):
            return
        self.session = self._sessions.resume(self, data)
        if self.session is None:
            self.send_opcode(Opcode.INVALID_SESSION, data=False)

    async def _watch_heartbeat(self) -> None:
        limit = self._heartbeat_interval / 1000 * 2
        while True:
            await asyncio.sleep(limit / 4)
            if time.monotonic() - self._last_heartbeat > limit:
                self.close(CloseCode.SESSION_TIMED_OUT, "Session timed out.")
                return
