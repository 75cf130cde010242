"""What is found in JSON that is not as the contract says: the place and what belongs there."""

import pytest

from conformance import contract
from conformance.deviations import Deviation

MESSAGE = {
    "id": "msg_1",
    "object": "thread.message",
    "created_at": 1,
    "thread_id": "thread_1",
    "role": "user",
    "status": "completed",
    "incomplete_details": None,
    "completed_at": 1,
    "incomplete_at": None,
    "content": [{"type": "text", "text": {"value": "Hi", "annotations": []}}],
    "assistant_id": None,
    "run_id": None,
    "attachments": [],
    "metadata": {},
}


def test_there_are_44_operations() -> None:
    assert len(contract.operations()) == 44


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/threads/runs", "createThreadAndRun"),
        ("POST", "/threads/thread_1", "modifyThread"),
        ("GET", "/threads/thread_1/", "getThread"),
        ("GET", "/vector_stores/vs_1/files/file-1/content", "retrieveVectorStoreFileContent"),
        ("PUT", "/threads/thread_1", None),
        ("GET", "/models", None),
    ],
)
def test_a_request_is_known_by_its_method_and_path(method: str, path: str, operation: str | None) -> None:
    found = contract.operation_at(method, path)
    assert (found and found.id) == operation


def test_what_is_right_has_no_deviations() -> None:
    assert contract.response_deviations("getMessage", MESSAGE) == []
    empty: dict[str, object] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}
    assert contract.response_deviations("listMessages", empty) == []


@pytest.mark.parametrize(
    ("change", "deviation"),
    [
        ({"created_at": "1"}, Deviation("$.created_at", "integer", '"1"')),
        ({"role": "system"}, Deviation("$.role", 'one of "user", "assistant"', '"system"')),
        ({"object": "message"}, Deviation("$.object", '"thread.message"', '"message"')),
        (
            {"content": [{"type": "text", "text": {"value": None, "annotations": []}}]},
            Deviation("$.content[0].text.value", "string", "null"),
        ),
        ({"content": [{"type": "text"}]}, Deviation("$.content[0].text", "a value", "nothing")),
        (
            {"content": [{"type": "sound"}]},
            Deviation("$.content[0].type", 'one of "image_file", "image_url", "text", "refusal"', '"sound"'),
        ),
        ({"incomplete_details": {}}, Deviation("$.incomplete_details.reason", "a value", "nothing")),
        ({"metadata": {"a": 1}}, Deviation("$.metadata.a", "string", "1")),
    ],
)
def test_a_deviation_names_its_place_also_inside_a_union(change: dict[str, object], deviation: Deviation) -> None:
    assert contract.response_deviations("getMessage", {**MESSAGE, **change}) == [deviation]


def test_a_missing_key_is_named() -> None:
    lacking = {key: value for key, value in MESSAGE.items() if key != "run_id"}
    assert contract.response_deviations("getMessage", lacking) == [Deviation("$.run_id", "a value", "nothing")]


def test_an_error_is_read_with_and_without_its_wrapper_in_a_stream() -> None:
    error = {"message": "No.", "type": "server_error", "param": None, "code": None}
    assert contract.event_deviations("error", error) == []
    assert contract.event_deviations("error", {"error": error}) == []
    assert contract.error_deviations({"error": {**error, "message": 1}}) == [
        Deviation("$.error.message", "string", "1")
    ]
    assert [each.path for each in contract.error_deviations({"detail": "no"})] == ["$.error"]


def test_an_event_that_the_contract_does_not_have_is_told() -> None:
    assert [each.found for each in contract.event_deviations("thread.run.paused", {})] == ['"thread.run.paused"']
    assert contract.event_deviations("done", "[DONE]") == []
