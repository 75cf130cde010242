"""Faults put into a right server's responses, one kind at a time, to count how many of them are found.

`python -m tests.conformance.seeded_faults [WORD]` seeds all of them, or those with the word in their names, and prints
those that were not found.
"""

import asyncio
import copy
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import structlog

from conformance import contract
from conformance.connection import STREAM_TYPE, connected
from conformance.event_stream import Event, read_events
from conformance.suite import Report, chosen_checks, run_checks
from tests.assistants.conftest import KEY, running
from tests.assistants.scripted_model import ScriptedModel
from tests.conformance.obliging_model import obliging

Body = dict[str, Any]
Path_ = tuple[str | int, ...]
OPAQUE = frozenset({"metadata", "attributes", "parameters", "tool_resources"})
"""What callers put there: to change it is a fault of its own."""
OURS = frozenset(
    {"embedding_tokens", "prompt_token_details", "completion_tokens_details", "reasoning_effort", "expired_at"}
)
"""Keys that the contract does not ask for, nor all recordings have: a server may leave them out."""


@dataclass(frozen=True)
class Fault:
    """Changes the responses of one operation; JSON by `body`, a stream by `events` or, as text, by `raw`."""

    name: str
    operation: str
    checks: str
    body: Callable[[Any], Any] | None = None
    events: Callable[[list[Event]], Any] | None = None
    raw: Callable[[bytes], bytes] | None = None
    status: int | None = None
    kind: str | None = None


class FaultyTransport(httpx2.AsyncBaseTransport):
    """Passes requests on, and puts the fault into what comes back. Without a fault it keeps what comes back."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, fault: Fault | None = None) -> None:
        self._inner = inner
        self.fault = fault
        self.bodies: dict[str, Any] = {}
        self.streams: dict[str, list[Event]] = {}
        self.seeded = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        await response.aclose()
        path = request.url.path.removeprefix("/v1")
        operation = contract.operation_at(request.method, path)
        name = operation.id if operation else ""
        streamed = response.headers.get("content-type", "").startswith(STREAM_TYPE)
        if response.status_code == 200 and name != "downloadFile":
            self._keep(name, content, streamed=streamed)
        fault = self.fault
        if fault is None or name != fault.operation or response.status_code != 200:
            return httpx2.Response(response.status_code, headers=_kept(response), content=content)
        if streamed != (fault.events is not None or fault.raw is not None) and fault.body is not None:
            return httpx2.Response(200, headers=_kept(response), content=content)
        self.seeded += 1
        headers = _kept(response) | ({"content-type": fault.kind} if fault.kind else {})
        if fault.raw and streamed:
            content = fault.raw(content)
        elif fault.events and streamed:
            events = read_events(content)[0]
            fault.events(events)
            content = as_stream(events)
        elif fault.body:
            content = json.dumps(fault.body(json.loads(content))).encode()
        return httpx2.Response(fault.status or 200, headers=headers, content=content)

    def _keep(self, name: str, content: bytes, *, streamed: bool) -> None:
        if streamed:
            events = read_events(content)[0]
            if len(events) > len(self.streams.get(name, [])):
                self.streams[name] = events
        elif len(content) > len(json.dumps(self.bodies.get(name, ""))):
            self.bodies[name] = json.loads(content)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _kept(response: httpx2.Response) -> dict[str, str]:
    return {key: value for key, value in response.headers.items() if key not in {"content-length", "transfer-encoding"}}


def as_stream(events: Sequence[Event]) -> bytes:
    return b"".join(
        f"event: {each.name}\ndata: {each.data if each.data == '[DONE]' else json.dumps(each.data)}\n\n".encode()
        for each in events
    )


def places(value: Any, at: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """Each key below a value, with what it holds; of arrays the first element's."""
    if isinstance(value, dict):
        for key, held in value.items():
            if key not in OURS:
                yield (*at, key), held
                if key not in OPAQUE:
                    yield from places(held, (*at, key))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*at, 0))


def _at(body: Any, path: Path_) -> Any:
    for step in path[:-1]:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


def dropped(path: Path_) -> Callable[[Any], Any]:
    def change(body: Any) -> Any:
        holder = _at(body, path)
        if isinstance(holder, dict):
            holder.pop(path[-1], None)
        return body

    return change


def put(path: Path_, value: Any) -> Callable[[Any], Any]:
    def change(body: Any) -> Any:
        holder = _at(body, path)
        if isinstance(holder, dict) and path[-1] in holder:
            holder[path[-1]] = copy.deepcopy(value)
        return body

    return change


def another(value: Any) -> Any:
    """A value of another type."""
    match value:
        case bool():
            return "true"
        case str():
            return 7
        case int() | float():
            return str(value)
        case list():
            return {}
        case dict():
            return []
    return 3.5


def faults_of_body(operation: str, body: Any, checks: str) -> Iterator[Fault]:
    """Every key dropped and of another type; strings of the server's altered; the status, the type, the form."""
    for path, value in places(body):
        where = ".".join(map(str, path))
        yield Fault(f"{operation}: {where} dropped", operation, checks, body=dropped(path))
        yield Fault(f"{operation}: {where} of another type", operation, checks, body=put(path, another(value)))
        if path[-1] in {"object", "status", "type", "role"} and isinstance(value, str):
            yield Fault(f"{operation}: {where} unknown", operation, checks, body=put(path, f"{value}_x"))
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            wrong = f"{value}x" if isinstance(value, str) else value + 1
            yield Fault(f"{operation}: {where} altered", operation, checks, body=put(path, wrong))
        elif isinstance(value, bool):
            yield Fault(f"{operation}: {where} altered", operation, checks, body=put(path, not value))
        elif isinstance(value, list) and len(value) > 1:
            yield Fault(f"{operation}: {where} reversed", operation, checks, body=put(path, value[::-1]))
        elif path[-1] in OPAQUE and value:
            yield Fault(f"{operation}: {where} emptied", operation, checks, body=put(path, {}))
    if isinstance(body.get("data"), list) and len(body["data"]) > 1:
        yield Fault(f"{operation}: an item lost", operation, checks, body=_without_an_item)
        yield Fault(f"{operation}: an item twice", operation, checks, body=_with_an_item_twice)
        yield Fault(f"{operation}: the order turned", operation, checks, body=_turned)
    yield Fault(f"{operation}: in a list", operation, checks, body=lambda whole: [whole])
    yield Fault(f"{operation}: under a key", operation, checks, body=lambda whole: {"result": whole})
    yield Fault(f"{operation}: 404", operation, checks, body=lambda whole: whole, status=404)
    yield Fault(f"{operation}: 500", operation, checks, body=lambda whole: whole, status=500)
    yield Fault(f"{operation}: as text", operation, checks, body=lambda whole: whole, kind="text/plain")
    yield Fault(f"{operation}: a web page", operation, checks, body=lambda _: "<html>", kind="text/html")


def _without_an_item(body: Body) -> Body:
    if len(body["data"]) > 1:
        del body["data"][0]
        body["first_id"] = body["data"][0].get("id")
    return body


def _with_an_item_twice(body: Body) -> Body:
    body["data"] += body["data"][-1:]
    return body


def _turned(body: Body) -> Body:
    body["data"].reverse()
    body["first_id"], body["last_id"] = body.get("last_id"), body.get("first_id")
    return body


def faults_of_stream(operation: str, events: list[Event], checks: str) -> Iterator[Fault]:
    """Events dropped, doubled, swapped, renamed and changed, and the form of the stream broken."""
    firsts = {event.name: event for event in reversed(events)}
    for name, event in firsts.items():
        for what, change in _moves(event, events):
            yield Fault(f"{operation} (stream): {name} {what}", operation, checks, events=_at_first(name, change))
        for path, value in places(event.data):
            where = f"{operation} (stream): {name} {'.'.join(map(str, path))}"
            edits = {"dropped": dropped(path), "of another type": put(path, another(value))}
            if isinstance(value, str):
                edits["altered"] = put(path, f"{value}x")
            for what, edit in edits.items():
                yield Fault(f"{where} {what}", operation, checks, events=_editing(name, edit))
    for what, raw in BROKEN_FORMS.items():
        yield Fault(f"{operation} (stream): {what}", operation, checks, raw=raw)
    yield Fault(f"{operation} (stream): as JSON", operation, checks, raw=lambda whole: whole, kind="application/json")
    yield Fault(f"{operation} (stream): 500", operation, checks, raw=lambda whole: whole, status=500)


Move = Callable[[list[Event], int], Any]


def _moves(event: Event, events: list[Event]) -> Iterator[tuple[str, Move]]:
    yield "dropped", lambda all_, at: all_.pop(at)
    yield "twice", lambda all_, at: all_.insert(at, all_[at])
    yield "renamed", _rename
    if event is not events[-1]:
        yield "last", lambda all_, at: all_.append(all_.pop(at))
    if event is not events[0]:
        yield "first", lambda all_, at: all_.insert(0, all_.pop(at))


def _at_first(name: str, move: Move) -> Callable[[list[Event]], Any]:
    def change(events: list[Event]) -> None:
        for index, event in enumerate(events):
            if event.name == name:
                move(events, index)
                return

    return change


def _editing(name: str, edit: Callable[[Any], Any]) -> Callable[[list[Event]], Any]:
    return _at_first(name, lambda events, at: edit(events[at].data))


def _rename(events: list[Event], at: int) -> None:
    events[at] = Event(f"{events[at].name}ed", events[at].data)


BROKEN_FORMS: dict[str, Callable[[bytes], bytes]] = {
    "no empty lines": lambda whole: whole.replace(b"\n\n", b"\n"),
    "no event lines": lambda whole: b"\n".join(x for x in whole.split(b"\n") if not x.startswith(b"event:")),
    "no data lines": lambda whole: whole.replace(b"data: ", b"date: "),
    "cut in the middle": lambda whole: whole[: len(whole) // 2],
    "cut before the last event": lambda whole: whole[: whole.rindex(b"event:")],
    "JSON cut": lambda whole: whole.replace(b'"}', b'"', 1),
    "JSON over lines": lambda whole: whole.replace(b'","', b'",\n"', 1),
    "not UTF-8": lambda whole: whole.replace(b'"id"', b'"id\xff"', 1),
    "empty": lambda _: b"",
}


STREAM_CHECKS = {
    "createRun": ("stream of an answer", "stream of a function call"),
    "createThreadAndRun": ("stream of a thread and run",),
    "submitToolOuputsToRun": ("stream of a function call",),
}


@dataclass
class Ground:
    """A right server, and what it answers."""

    url: str

    async def check(self, *only: str, fault: Fault | None = None) -> tuple[Report, FaultyTransport]:
        """Run checks, with a fault between them and the server."""
        transport = FaultyTransport(httpx2.AsyncHTTPTransport(verify=False), fault)
        async with connected(self.url, KEY, seconds=5, stream_seconds=5, transport=transport) as connection:
            report = await run_checks(connection, chosen_checks(only), model="gpt-6-luna", wait=1)
        return report, transport

    async def faults(self) -> list[Fault]:
        """All faults, by what the server answers without any."""
        found: list[Fault] = []
        for operation in contract.operations():
            report, transport = await self.check(f" {operation}")
            assert not report.count("failed"), report
            if operation in transport.bodies:
                found += faults_of_body(operation, transport.bodies[operation], f" {operation}")
        for operation, checks in STREAM_CHECKS.items():
            for check in checks:
                _, transport = await self.check(check)
                found += faults_of_stream(operation, transport.streams[operation], check)
        return found

    async def is_found(self, fault: Fault) -> bool | None:
        """Whether the checks notice a fault; None where no response was changed."""
        report, transport = await self.check(fault.checks, fault=fault)
        if report.count("failed") or not transport.seeded:
            return bool(report.count("failed")) if transport.seeded else None
        report, _ = await self.check(fault=fault)  # another check may look at it from another side
        return bool(report.count("failed"))


@asynccontextmanager
async def ground(folder: Path) -> AsyncIterator[Ground]:
    """A right server with a model that does as it is asked."""
    async with running(folder, ScriptedModel(otherwise=obliging)) as server:
        yield Ground(server.url)


async def seed(word: str = "", most: int = 0) -> tuple[int, int, list[str]]:
    """Seed faults, those with a word in their names, at most so many; how many of how many were found, and the rest."""
    with tempfile.TemporaryDirectory() as folder:
        async with ground(Path(folder)) as here:
            faults = [fault for fault in await here.faults() if word in fault.name]
            if most:
                faults = random.Random(1).sample(faults, min(most, len(faults)))
            outcomes = [(fault, await here.is_found(fault)) for fault in faults]
    seeded = [found for _, found in outcomes if found is not None]
    return sum(seeded), len(seeded), [fault.name for fault, found in outcomes if found is False]


def main(word: str = "", most: int = 0) -> None:
    """Seed faults and print what was not found."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began = time.monotonic()
    found, seeded, missed = asyncio.run(seed(word, most))
    for name in missed:
        print(f"not found: {name}")
    print(f"{found} of {seeded} seeded faults found, in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    given = [*sys.argv[1:3], "", ""]
    main(given[0], int(given[1] or 0))
