"""Random requests: no response is a 500, and every response is as the OpenAPI document says."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.assistants.conftest import KEY, running

OURS = ("Assistants", "Threads", "Messages", "Runs", "Run steps")
HEADERS = {"Authorization": f"Bearer {KEY}"}
CALM = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Background:
    """A server in a thread, for tests that block."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self.url = ""

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with running(self._data_dir) as server:
            self.url = server.url
            self._ready.set()
            await self._stop.wait()

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(30)

    def stop(self) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)


@pytest.fixture(scope="module")
def background(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Background]:
    server = Background(tmp_path_factory.mktemp("fuzz"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def real(background: Background) -> dict[str, str]:
    """Ids of existing objects."""
    with httpx2.Client(base_url=background.url, headers=HEADERS) as client:

        def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
            return answer

        assistant = post("/assistants", {"model": "gpt-6-luna", "instructions": "Hi."})
        thread = post("/threads", {"messages": [{"role": "user", "content": "Hi."}]})
        run = post(f"/threads/{thread['id']}/runs", {"assistant_id": assistant["id"]})
        steps: list[dict[str, Any]] = []
        while not steps:
            steps = client.get(f"/threads/{thread['id']}/runs/{run['id']}/steps").json()["data"]
        message = client.get(f"/threads/{thread['id']}/messages").json()["data"][0]
    return {
        "assistant_id": assistant["id"],
        "thread_id": thread["id"],
        "run_id": run["id"],
        "step_id": steps[0]["id"],
        "message_id": message["id"],
    }


@pytest.fixture(scope="module")
def document(background: Background) -> Any:
    url = background.url.removesuffix("/v1") + "/openapi.json"
    return schemathesis.openapi.from_url(url, headers=HEADERS).include(tag=list(OURS))


def check(case: Any, background: Background) -> None:
    response = case.call(base_url=background.url.removesuffix("/v1"), headers=HEADERS, timeout=20)
    checks = [not_a_server_error, status_code_conformance]
    if "event-stream" not in response.headers.get("content-type", [""])[0]:
        checks.append(response_schema_conformance)
    case.validate_response(response, checks=checks)


def try_all(document: Any, mode: GenerationMode, use: Callable[[Any], None]) -> int:
    """Give `use` some cases of every operation; return the number of operations."""
    operations = [result.ok() for result in document.get_all_operations()]
    for operation in operations:

        def once(case: Any) -> None:
            use(case)

        decorate: Any = given(operation.as_strategy(generation_mode=mode))
        CALM(decorate(once))()
    return len(operations)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_is_too_strange(document: Any, background: Background, mode: GenerationMode) -> None:
    def use(case: Any) -> None:
        check(case, background)

    assert try_all(document, mode, use) == 23


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_request_about_something_that_is_there_is_too_strange(
    document: Any, background: Background, real: dict[str, str], mode: GenerationMode
) -> None:
    def use(case: Any) -> None:
        if case.method == "DELETE":
            return  # the other operations need it
        for name in case.path_parameters or {}:
            case.path_parameters[name] = real[name]
        if isinstance(case.body, dict) and "assistant_id" in case.body:
            case.body["assistant_id"] = real["assistant_id"]
        check(case, background)

    try_all(document, mode, use)
