"""One server being checked: requests whose answers are compared on their way, what the checks share, and what is to be
removed at the end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import contract
from conformance.connection import JSON_TYPE, STREAM_TYPE, Connection, Response, UnansweredError
from conformance.deviations import Deviation, Plain, below, shown
from conformance.event_order import RUN_ENDS, order_deviations
from conformance.event_stream import Event, read_events
from conformance.recordings import missing_keys, missing_keys_of

SILENCES = 3
"""Requests in a row without an answer, after which the server counts as gone."""
CLEANING_SECONDS = 30.0

JSON = dict[str, Any]


class CheckFailedError(Exception):
    """The check cannot go on; what is wrong stands among its deviations."""


class CheckSkippedError(Exception):
    """The check does not apply, or what it needs could not be made; the message says why."""


class ServerGoneError(Exception):
    """The server has stopped answering."""


@dataclass(frozen=True, slots=True)
class Made:
    """Something that a check has made: how it is removed."""

    operation: str
    ids: tuple[str, ...]


class Trial:
    """What checks work with. `wait` is how many seconds a run, or the reading of a file, may take."""

    def __init__(self, connection: Connection, *, model: str, wait: float) -> None:
        self.model = model
        self.found: list[Deviation] = []
        """What is wrong, of the check at work."""
        self.seen: set[tuple[str, int]] = set()
        """The operations that answered, with their statuses."""
        self.broken: dict[str, list[Deviation]] = {}
        """The operations that did not succeed where they should have, and how."""
        self._connection = connection
        self._wait = wait
        self._shared: dict[str, Any] = {}
        self._made: list[Made] = []
        self._silences = 0

    # What is found.

    def expect(self, path: str, expected: Any, found: Any) -> None:
        """Note a deviation where the two differ."""
        if expected != found:
            self.found.append(Deviation(path, shown(expected), shown(found)))

    def require(self, path: str, holds: bool, expected: str, found: Any) -> None:
        """Note a deviation, described by `expected`, where something does not hold."""
        if not holds:
            self.found.append(Deviation(path, expected, shown(found)))

    def fail(self, path: str, expected: str, found: Any) -> CheckFailedError:
        """Note a deviation after which the check cannot go on; raise what this gives."""
        self.require(path, False, expected, found)
        return CheckFailedError()

    # Requests.

    async def send(self, operation: str, *ids: str, **request: Any) -> Response:
        """Send a request and look at nothing.

        Raises:
            CheckFailedError: there was no answer.
            ServerGoneError: there was none several times in a row.
        """
        try:
            response = await self._connection.send(contract.operations()[operation], ids, **request)
        except UnansweredError as error:
            self._silences += 1
            self.found.append(Deviation("response", "an answer", str(error)))
            if self._silences >= SILENCES:
                raise ServerGoneError from None
            raise CheckFailedError from None
        self._silences = 0
        self.seen.add((operation, response.status))
        return response

    async def call(self, operation: str, *ids: str, or_refused: int | None = None, **request: Any) -> JSON:
        """Send a request that is to succeed; its JSON, compared with the contract and the recordings.

        `or_refused` is a status by which the server may refuse it as well; then the error is given.

        Raises:
            CheckFailedError: it did not succeed, or its answer is no object.
        """
        response = await self.send(operation, *ids, **request)
        if or_refused is not None and response.status == or_refused:
            error = self._json(response, or_refused)
            self.found += contract.error_deviations(error)
            return error
        try:
            body = self._json(response, 200)
        except CheckFailedError:
            self.broken.setdefault(operation, self.found[-1:])
            raise
        self.found += contract.response_deviations(operation, body)
        for item in items(body) if isinstance(body.get("data"), list) else [body]:
            self.found += missing_keys_of(item)
        return body

    async def refused(self, statuses: Sequence[int], operation: str, *ids: str, **request: Any) -> JSON:
        """Send a request that is to be refused with one of `statuses`; the error's object.

        Raises:
            CheckFailedError: it was not, or the answer is no error.
        """
        response = await self.send(operation, *ids, **request)
        body = self._json(response, *statuses)
        self.found += contract.error_deviations(body)
        error = body.get("error")
        return error if isinstance(error, dict) else {}

    def _json(self, response: Response, *statuses: int) -> JSON:
        if response.status not in statuses:
            raise self.fail("status", " or ".join(map(str, statuses)), Plain(described(response)))
        if response.cut:
            raise self.fail("body", "a whole answer", Plain(response.cut))
        self.require("header content-type", response.kind == JSON_TYPE, JSON_TYPE, Plain(response.kind or "none"))
        try:
            body = response.json()
        except ValueError:
            raise self.fail("$", "JSON", Plain(described(response))) from None
        if not isinstance(body, dict):
            raise self.fail("$", "an object", body)
        return body

    async def stream(self, operation: str, *ids: str, body: JSON) -> list[Event]:
        """Send a request with `stream: true`; its events, compared with the contract, the recordings and each other.

        Raises:
            CheckFailedError: it did not succeed, or there are no events.
        """
        response = await self.send(operation, *ids, body={**body, "stream": True})
        if response.status != 200:
            raise self.fail("status", "200", Plain(described(response)))
        if response.kind != STREAM_TYPE:
            raise self.fail("header content-type", STREAM_TYPE, Plain(response.kind or "none"))
        events, found = read_events(response.content)
        if response.cut:
            found.append(Deviation("end of the stream", "event `done` and the end", response.cut))
        for number, event in enumerate(events, 1):
            here = contract.event_deviations(event.name, event.data) + missing_keys(event)
            found += below(f"event {number} ({event.name}) $", here)
            if event.name == "error":
                found.append(Deviation(f"event {number}", "no error", shown(event.data)))
        self.found += found + order_deviations(events, submitted="submit" in operation)
        if not events:
            raise CheckFailedError
        return events

    async def until(self, ready: Callable[[JSON], bool], operation: str, *ids: str) -> JSON:
        """Ask again until the answer is ready; the answer.

        Raises:
            CheckFailedError: it is not, after `wait` seconds.
        """
        end = time.monotonic() + self._wait
        pause = 0.05
        while True:
            found_before = len(self.found)
            body = await self.call(operation, *ids)
            if ready(body):
                return body
            if time.monotonic() > end:
                raise self.fail("$.status", f"an end within {self._wait:g} s", body.get("status"))
            del self.found[found_before:]  # the last answer is told about, not each
            await asyncio.sleep(pause)
            pause = min(1.0, pause * 1.5)

    async def run_end(self, run: JSON) -> JSON:
        """Wait until a run has ended, or waits for outputs.

        Raises:
            CheckFailedError: it does neither, after `wait` seconds.
        """
        return await self.until(
            lambda body: body.get("status") in RUN_ENDS, "getRun", text(run, "thread_id"), text(run, "id")
        )

    async def completed(self, run: JSON) -> JSON:
        """Wait until a run is completed.

        Raises:
            CheckFailedError: it ends otherwise.
        """
        ended = await self.run_end(run)
        if ended.get("status") != "completed":
            raise self.fail("$.status", '"completed"', Plain(f"{ended.get('status')} ({shown(_reason(ended))})"))
        return ended

    # What checks share, and what is left.

    async def shared(self, name: str, make: Callable[[], Awaitable[JSON]]) -> JSON:
        """What `make` gives, made once; what is wrong with it is told by the check of its own.

        Raises:
            CheckSkippedError: it could not be made.
        """
        if name not in self._shared:
            found, self.found = self.found, []
            try:
                self._shared[name] = await make()
            except CheckFailedError:
                self._shared[name] = None
            finally:
                self.found = found
        if self._shared[name] is None:
            raise CheckSkippedError(f"It needs {name}, which could not be made.")
        made: JSON = self._shared[name]
        return made

    def made(self, operation: str, *ids: str) -> None:
        """Note that something was made, which `operation` removes."""
        self._made.append(Made(operation, ids))

    async def clean(self) -> int:
        """Remove what the checks have made, the newest first; how many could not be removed."""
        left = 0
        end = time.monotonic() + CLEANING_SECONDS
        for each in reversed(self._made):
            if time.monotonic() > end:
                left += 1
                continue
            try:
                response = await self._connection.send(contract.operations()[each.operation], each.ids)
            except UnansweredError:
                left += 1
            else:
                left += response.status not in {200, 404}
        self._made.clear()
        return left


def text(body: Mapping[str, Any], key: str) -> str:
    """A string of an answer; what is no string has been told by the contract, and `missing` stands for it."""
    value = body.get(key)
    return value if isinstance(value, str) and value else "missing"


def items(body: Mapping[str, Any], key: str = "data") -> list[JSON]:
    """The objects of a list in an answer; what is none has been told by the contract."""
    held = body.get(key)
    return [each for each in held if isinstance(each, dict)] if isinstance(held, list) else []


def part(body: Mapping[str, Any], *keys: str) -> JSON:
    """An object inside an answer's; what is none has been told by the contract, and an empty one stands for it."""
    found: Any = body
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _reason(run: Mapping[str, Any]) -> Any:
    return run.get("last_error") or run.get("incomplete_details") or run.get("required_action")


def described(response: Response) -> str:
    """A response in a few words: its status, and its error's message or what kind of body it has."""
    where = response.headers.get("location", "")
    if 300 <= response.status < 400 and where:
        return f"{response.status}, which leads to {where}"
    try:
        message = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return f"{response.status} with {_kind(response)}"
    return f"{response.status} {shown(message)}"


def _kind(response: Response) -> str:
    if not response.content.strip():
        return "an empty body"
    begin = response.content[:200].decode("utf-8", "replace").strip()
    if response.kind == "text/html" or begin[:1] == "<":
        return f"a web page ({shown(begin)})"
    return f"{response.kind or 'a body of no type'} ({shown(begin)})"
