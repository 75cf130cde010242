"""Compares every response of a server under test with the contract and the recordings, on its way out.

With `CONFORMANCE_RECORD` set to a folder, what was compared is counted in a file there: see `tools/conformance.py`.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance import contract
from conformance.deviations import Deviation
from conformance.event_order import order_deviations
from conformance.event_stream import read_events
from conformance.recordings import missing_keys, missing_keys_of

RECORD = "CONFORMANCE_RECORD"


class ResponseWatch:
    """Leaves responses as they are; `deviations` says what was not as it should be."""

    def __init__(self) -> None:
        self.deviations: list[str] = []
        self.responses: Counter[str] = Counter()
        self.events: Counter[str] = Counter()

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """The ASGI app in front of `app` (for `add_middleware`)."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            await self._call(app, scope, receive, send)

        return watched

    async def _call(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        operation = None
        if scope["type"] == "http" and path.startswith("/v1/"):
            operation = contract.operation_at(scope["method"], path.removeprefix("/v1"))
        if operation is None:
            await app(scope, receive, send)
            return
        status, kind, body = 0, "", bytearray()

        async def watch(message: Message) -> None:
            nonlocal status, kind
            await send(message)
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = dict(message["headers"]).get(b"content-type", b"").decode().partition(";")[0]
            elif message["type"] == "http.response.body":
                if operation.id != "downloadFile" or status != 200:
                    body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    self._compare(operation, status, kind, bytes(body))

        await app(scope, receive, watch)

    def _compare(self, operation: contract.Operation, status: int, kind: str, body: bytes) -> None:
        self.responses[f"{operation.id} {status}"] += 1
        if kind == "text/event-stream":
            found = self._of_stream(body, submitted="submit" in operation.id)
        elif status != 200:
            found = contract.error_deviations(json.loads(body))
        elif operation.id == "downloadFile":
            found = []
        else:
            found = _of_body(operation.id, json.loads(body))
        self.deviations += [f"{operation.method} {operation.path} ({status}) {each}" for each in found]

    def _of_stream(self, body: bytes, *, submitted: bool) -> list[Deviation]:
        events, found = read_events(body)
        for event in events:
            self.events[event.name] += 1
            found += contract.event_deviations(event.name, event.data) + missing_keys(event)
        return found + order_deviations(events, submitted=submitted)

    def record(self) -> None:
        """Write what was compared to the folder that `CONFORMANCE_RECORD` names."""
        if folder := os.environ.get(RECORD):
            counts = {"responses": self.responses, "events": self.events}
            with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(counts) + "\n")


def _of_body(operation: str, body: Any) -> list[Deviation]:
    found = contract.response_deviations(operation, body)
    if isinstance(body, dict) and isinstance(body.get("data"), list):
        return found + [each for item in body["data"] for each in missing_keys_of(item)]
    return found + missing_keys_of(body)
