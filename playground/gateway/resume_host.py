"""The resume host: READY names it in `resume_gateway_url`, and clients that lost their connection resume there.

https://discord.com/developers/docs/events/gateway#resuming

It has a port of its own, and faults of its own: Discord's resume hosts were down for hours while the
main gateway was well.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, Literal, get_args

from playground.clock import Clock, Timer
from playground.listener import Listener

Json = dict[str, Any]
Scope = MutableMapping[str, Any]
Serve = Callable[[Scope, Any, Any], Awaitable[None]]

ResumeFault = Literal["down", "unavailable", "silent", "refuses"]
RESUME_FAULTS: Final = get_args(ResumeFault)


class ResumeHost:
    """A second address of the gateway.

    Its faults: `down` refuses connections; `unavailable` answers 503; `silent` accepts a connection and says nothing,
    not even HELLO; `refuses` closes the connection (4000) when a client resumes.
    """

    def __init__(self, serve: Serve, clock: Clock) -> None:
        self.url = ""
        """Its address; empty where it has none of its own."""
        self.fault: ResumeFault | None = None
        self.refused = 0
        """How many connections met a fault; those that found it `down` are not known."""
        self._serve = serve
        self._clock = clock
        self._listener: Listener | None = None
        self._timer: Timer | None = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen on a port; 0 takes a free one."""
        self._listener = Listener(self, host, port, self._clock.now)
        self.url = self._listener.origin.replace("http", "ws", 1)
        await self._listener.open()

    async def close(self) -> None:
        """Free the port."""
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._listener is not None:
            await self._listener.close()

    async def fail(self, fault: ResumeFault, seconds: float | None = None) -> None:
        """Fail for some seconds of the playground's clock, or until `mend()`.

        Raises:
            LookupError: the resume host is the main gateway, so that it cannot fail alone.
        """
        if self._listener is None:
            raise LookupError("There is no resume host of its own here.")
        await self.mend()
        self.fault = fault
        if fault == "down":
            self._listener.stop_listening()
        if seconds is not None:
            self._timer = self._clock.after(seconds, self._mend_soon)

    async def mend(self) -> None:
        """End the fault."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        was, self.fault = self.fault, None
        if was == "down" and self._listener is not None:
            await self._listener.listen_again()

    def _mend_soon(self) -> None:
        self._opening = asyncio.get_running_loop().create_task(self.mend(), name="resume-host")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Serve one websocket."""
        if scope["type"] != "websocket":
            if scope["type"] == "http":
                await send({"type": "http.response.start", "status": 426, "headers": []})
                await send({"type": "http.response.body", "body": b""})
            return
        if self.fault in {"unavailable", "silent"}:
            self.refused += 1
            await receive()
            if self.fault == "unavailable":
                headers = [(b"content-type", b"text/plain")]
                await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
                await send({"type": "websocket.http.response.body", "body": b"upstream connect error"})
                return
            await send({"type": "websocket.accept"})
            while (await receive())["type"] != "websocket.disconnect":
                pass
            return
        await self._serve(scope, receive, send)
