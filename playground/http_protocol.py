"""uvicorn's HTTP protocol, with a bound for headers, and a way to break a connection off, which faults use."""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ABORT = "playground.abort"
"""The key in an ASGI scope's `extensions` of a function that breaks the connection off."""

MAX_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers together; uvicorn takes any number."""


class AbortableProtocol(HttpToolsProtocol):
    """Puts the transport's `abort` into every scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head: int | None = 0
        """Bytes of the head that is being received; None in a body."""

    def data_received(self, data: bytes) -> None:
        """Take what the client sent; break off a head without an end."""
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        if self._head is not None and self._head > MAX_HEAD:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """The head is complete."""
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is complete."""
        super().on_message_complete()
        self._head = 0

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: dict[str, Any] = {ABORT: self.transport.abort}
        self.scope["extensions"] = extensions
