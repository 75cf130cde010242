"""The checks pass on a right server, find what is wrong with others, and leave nothing behind."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import httpx2
import pytest

from conformance import contract
from conformance.connection import connected
from conformance.deviations import Deviation, shown
from conformance.report import as_json, closing_lines, lines_of
from conformance.suite import Result, chosen_checks, run_checks
from tests.assistants.conftest import KEY, running
from tests.assistants.scripted_model import ScriptedModel
from tests.conformance.obliging_model import obliging
from tests.conformance.page import PAGE, with_quick_sections
from tests.conformance.seeded_faults import (
    Fault,
    FaultyTransport,
    as_stream,
    dropped,
    faults_of_body,
    faults_of_stream,
    ground,
    put,
)

NEEDS_SANDBOX = "stream of the code interpreter"


async def test_our_server_passes_and_is_left_as_it_was(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(otherwise=obliging)) as server:
        async with connected(server.url, KEY, seconds=20, stream_seconds=20) as connection:
            report = await run_checks(connection, chosen_checks(()), model="gpt-6-luna", wait=20)
        failed = [line for result in report.results if result.outcome == "failed" for line in lines_of(result)]
        assert not failed
        assert {result.check.name for result in report.results if result.outcome == "skipped"} <= {NEEDS_SANDBOX}
        assert {operation for operation, status in report.seen if status == 200} == set(contract.operations())
        assert report.left == 0
        page = PAGE.read_text(encoding="utf-8")
        assert with_quick_sections(page, report) == page, "python -m tests.conformance.page --quick writes it anew"
        assert (await server.client.beta.assistants.list()).data == []
        assert (await server.client.vector_stores.list()).data == []
        assert (await server.client.files.list(purpose="assistants")).data == []


async def test_each_kind_of_fault_is_found(tmp_path: Path) -> None:
    """A fault of each kind; `python -m tests.conformance.seeded_faults` seeds all of them."""
    async with ground(tmp_path) as here:
        _, plain = await here.check(" listMessages")
        _, streamed = await here.check("stream of an answer")
        by_body = faults_of_body("listMessages", plain.bodies["listMessages"], " listMessages")
        by_stream = faults_of_stream("createRun", streamed.streams["createRun"], "stream of an answer")
        faults = [*_one_of_each_kind([*by_body]), *_one_of_each_kind([*by_stream])]
        assert len(faults) >= 25
        missed = [fault.name for fault in faults if not await here.is_found(fault)]
        assert not missed


def _one_of_each_kind(faults: list[Fault]) -> list[Fault]:
    kinds: dict[str, Fault] = {}
    for fault in faults:
        what = fault.name.partition(": ")[2].rpartition(" ")
        kinds.setdefault(what[2] if what[0] else fault.name, fault)
    return list(kinds.values())


async def test_a_deviation_is_told_with_its_place_and_no_more_than_needed(tmp_path: Path) -> None:
    fault = Fault("no metadata", "getThread", "", body=dropped(("metadata",)))
    async with ground(tmp_path) as here:
        report, _ = await here.check(" getThread", fault=fault)
    (result,) = report.results
    expected = ["✗ getThread                          GET /threads/{thread_id}"]
    assert list(lines_of(result)) == [*expected, *list(lines_of(result))[1:]]
    assert "    $.metadata: expected a value, found nothing" in list(lines_of(result))
    assert f"{report.url}: 0 passed, 1 failed, 0 skipped." in list(closing_lines(report))
    written = json.loads(json.dumps(as_json(report)))
    assert written["failed"] == 1
    assert {"path": "$.metadata", "expected": "a value", "found": "nothing"} in written["checks"][0]["deviations"]


async def test_what_cannot_be_made_is_told_once(tmp_path: Path) -> None:
    """Where no file can be uploaded, what needs one is skipped, not wrong as well."""
    fault = Fault("no files", "createFile", "", body=put(("id",), None), status=500)
    async with ground(tmp_path) as here:
        report, _ = await here.check("files", fault=fault)
    outcomes = {result.check.name: result.outcome for result in report.results}
    assert outcomes["createFile"] == "failed"
    assert outcomes["retrieveFile"] == outcomes["getVectorStoreFile"] == "skipped"


@pytest.mark.parametrize(("word", "count"), [("run steps", 2), ("CREATERUN", 1), ("Streams", 5), ("batch", 4)])
def test_checks_are_chosen_by_words(word: str, count: int) -> None:
    assert len(chosen_checks([word])) == count


def test_a_word_that_stands_in_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="No check is called 'speech'"):
        chosen_checks(["run", "speech"])


def test_every_operation_has_its_check() -> None:
    assert {check.name for check in chosen_checks(())} >= set(contract.operations())
    assert len(chosen_checks(())) == len(set(chosen_checks(())))


class Odd(httpx2.AsyncBaseTransport):
    """Answers as the server did, with something odd in every answer."""

    def __init__(self, plain: FaultyTransport, chance: random.Random) -> None:
        self._plain = plain
        self._chance = chance

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        operation = contract.operation_at(request.method, request.url.path.removeprefix("/v1"))
        assert operation is not None
        if b'"stream"' in await request.aread() and operation.id in self._plain.streams:
            events = copy.deepcopy(self._plain.streams[operation.id])
            for event in self._chance.sample(events, 2):
                self._spoil(event.data)
            return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=as_stream(events))
        body = copy.deepcopy(self._plain.bodies.get(operation.id, {}))
        self._spoil(body)
        return httpx2.Response(200, json=body)

    def _spoil(self, value: Any) -> None:
        while isinstance(value, dict | list) and value:
            key = self._chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
            if not isinstance(value[key], dict | list) or self._chance.random() < 0.3:
                value[key] = self._chance.choice([None, 1, "x", [], {}, [1], {"a": 1}, [[]], True, ["id"]])
                return
            value = value[key]


async def test_no_answer_is_too_odd(tmp_path: Path) -> None:
    async with ground(tmp_path) as here:
        _, plain = await here.check("assistants", "threads", "messages", "runs", "steps", "files", "stream of a ")
    for seed in range(8):
        transport = Odd(plain, random.Random(seed))
        async with connected(
            "http://a.example/v1", "k", seconds=5, stream_seconds=5, transport=transport
        ) as connection:
            report = await run_checks(connection, chosen_checks(()), model="m", wait=0.01)
        assert report.count("failed") > 20


def test_what_a_server_says_cannot_steer_a_terminal() -> None:
    deviation = Deviation("$.name", "a name", shown("\x1b[2J\x9b\u202e"))
    told = list(lines_of(Result(chosen_checks([" getThread"])[0], "failed", [deviation], "\x1b[31m")))
    assert all(line.isprintable() for line in told)
    assert "\\x9b\\u202e" in told[-1]
