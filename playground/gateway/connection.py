"""One websocket: opcodes in, frames out."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

import orjson
import structlog

from playground.gateway import member_chunks
from playground.gateway.compression import deflated, packing, plain
from playground.gateway.session import Session

if TYPE_CHECKING:
    from playground.gateway.gateway import Gateway

Json = dict[str, Any]
Frame = MutableMapping[str, Any]

log = structlog.get_logger(__name__)

LARGEST: Final = 4096
"""Bytes that a client may send in one payload."""
SENDS: Final = 120
"""Payloads that a client may send in a minute."""
ACK_AFTER: Final = 0.05
"""Seconds until a heartbeat is acknowledged, about what the way to Discord and back takes.

discord.py notes when it sent a beat once its thread goes on; a quicker answer seems to it to be one to the beat before.
"""


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11
    REQUEST_SOUNDBOARD_SOUNDS = 31


class Close(IntEnum):
    """Gateway close codes."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    INVALID_API_VERSION = 4012
    INVALID_INTENTS = 4013
    DISALLOWED_INTENTS = 4014


class Closed(Exception):  # noqa: N818 - it is a turn of events, named as the protocol names it
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """A client's websocket, from hello to close."""

    def __init__(
        self,
        gateway: "Gateway",
        query: bytes,
        receive: Callable[[], Awaitable[Frame]],
        send: Callable[[Frame], Awaitable[None]],
    ) -> None:
        self.gateway = gateway
        self.session: Session | None = None
        self._query = {key: values[-1] for key, values in parse_qs(query.decode("latin-1")).items()}
        self._pack = packing(self._query.get("compress"))
        self._receive = receive
        self._send = send
        self._outbox: asyncio.Queue[bytes | Closed] = asyncio.Queue()
        self._sends: deque[float] = deque()
        self._last_beat = time.monotonic()

    # -- outward

    def write(self, payload: bytes) -> None:
        """Queue one payload."""
        self._outbox.put_nowait(payload)

    def tell(self, op: Op, data: Any = None) -> None:
        """Queue a payload that is no event."""
        self.write(orjson.dumps({"t": None, "s": None, "op": op, "d": data}))

    def close(self, code: int, reason: str = "") -> None:
        """End the connection once everything queued has gone out; 1006 breaks it off without a goodbye."""
        self._outbox.put_nowait(Closed(code, reason))

    async def _write_all(self) -> Closed:
        while True:
            item = await self._outbox.get()
            if isinstance(item, Closed):
                return item
            frame = self._pack(item)
            kind = "text" if isinstance(frame, str) else "bytes"
            await self._send({"type": "websocket.send", kind: frame})

    # -- inward

    async def run(self) -> None:
        """Serve the connection to its end."""
        await self._receive()
        await self._send({"type": "websocket.accept"})
        try:
            self._greet()
        except Closed as closed:
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
                self.gateway.left(self, reader.result())
        finally:
            for task in (reader, writer, watch):
                task.cancel()
            await asyncio.gather(reader, writer, watch, return_exceptions=True)
            self.gateway.left(self, None)

    def _greet(self) -> None:
        version = self._query.get("v", "10")
        if version not in {"9", "10"}:
            raise Closed(Close.INVALID_API_VERSION, "Invalid API version")
        if self._query.get("encoding", "json") != "json":
            raise Closed(Close.DECODE_ERROR, "This gateway speaks encoding=json only")
        self.tell(Op.HELLO, {"heartbeat_interval": self.gateway.heartbeat_interval, "_trace": ["playground"]})

    async def _read_all(self) -> int:
        """Read until the client leaves; returns its close code."""
        while True:
            frame = await self._receive()
            if frame["type"] == "websocket.disconnect":
                return int(frame.get("code") or 1005)
            try:
                self._take(frame.get("text") or frame.get("bytes") or "")
            except Closed as closed:
                self.close(closed.code, closed.reason)

    def _take(self, raw: str | bytes) -> None:
        if len(raw if isinstance(raw, bytes) else raw.encode()) > LARGEST:
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
        try:
            payload = orjson.loads(raw)
            op = payload["op"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.") from None
        self._count_send(op)
        try:
            self._handle(op, payload.get("d"))
        except (ValueError, TypeError, AttributeError):
            log.info("a client sent data of the wrong shape", op=op, exc_info=True)
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.") from None

    def _count_send(self, op: object) -> None:
        now = time.monotonic()
        while self._sends and self._sends[0] < now - 60:
            self._sends.popleft()
        self._sends.append(now)
        if len(self._sends) > SENDS and op != Op.HEARTBEAT:
            raise Closed(Close.RATE_LIMITED, "You are being rate limited.")

    def _handle(self, op: Any, data: Any) -> None:
        match op:
            case Op.HEARTBEAT:
                self._last_beat = time.monotonic()
                asyncio.get_running_loop().call_later(ACK_AFTER, self.tell, Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                self._identify(data)
            case Op.RESUME:
                self._resume(data)
            case Op.PRESENCE_UPDATE | Op.REQUEST_GUILD_MEMBERS | Op.VOICE_STATE_UPDATE | Op.REQUEST_SOUNDBOARD_SOUNDS:
                self._handle_command(Op(op), data)
            case _:
                raise Closed(Close.UNKNOWN_OPCODE, "Unknown opcode.")

    def _handle_command(self, op: Op, data: Any) -> None:
        if self.session is None:
            raise Closed(Close.NOT_AUTHENTICATED, "Not authenticated.")
        if not isinstance(data, dict):
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
        if op is Op.PRESENCE_UPDATE:
            self.gateway.set_presence(self.session.user, data)
        elif op is Op.REQUEST_GUILD_MEMBERS:
            member_chunks.answer(self.session, data)

    def _identify(self, data: Any) -> None:
        if self.session is not None:
            raise Closed(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(data, dict):
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
        if data.get("compress") is True and self._pack is plain:
            self._pack = deflated
        self.session = self.gateway.identify(self, data)

    def _resume(self, data: Any) -> None:
        if self.session is not None:
            raise Closed(Close.ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(data, dict):
            raise Closed(Close.DECODE_ERROR, "Error while decoding payload.")
        self.session = self.gateway.resume(self, data)
        if self.session is None:
            self.tell(Op.INVALID_SESSION, data=False)

    async def _watch_heartbeat(self) -> None:
        patience = self.gateway.heartbeat_interval / 1000 * 2
        while True:
            await asyncio.sleep(patience / 4)
            if time.monotonic() - self._last_beat > patience:
                self.close(Close.SESSION_TIMED_OUT, "Session timed out.")
                return
