"""uvicorn's HTTP protocol, with a way to break a connection off in the middle of a request. Faults use it."""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

ABORT = "playground.abort"
"""The key in an ASGI scope's `extensions` of a function that breaks the connection off."""


class AbortableProtocol(HttpToolsProtocol):
    """Puts the transport's `abort` into every scope."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        extensions: dict[str, Any] = {ABORT: self.transport.abort}
        self.scope["extensions"] = extensions
