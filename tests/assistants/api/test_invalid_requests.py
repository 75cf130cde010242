"""Invalid requests: of objects that do not exist, with malformed bodies, without a key; and the API's headers."""

import gzip
import io
import json
from typing import Any

import aiohttp
import openai
import pytest

from assistants.retrieval import retrieval
from tests.assistants.conftest import KEY, Running
from tests.assistants.raw_http import ask
from tests.assistants.runs.test_function_calls import function
from tests.assistants.scripted_model import calls

# -- objects that do not exist


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/assistants/asst_x", "No assistant found with id 'asst_x'."),
        ("/threads/thread_x", "No thread found with id 'thread_x'."),
        ("/threads/thread_x/messages", "No thread found with id 'thread_x'."),
        ("/threads/thread_x/messages/msg_x", "No message found with id 'msg_x'."),
        ("/threads/thread_x/runs", "No thread found with id 'thread_x'."),
        ("/threads/thread_x/runs/run_x", "No run found with id 'run_x'."),
        ("/threads/thread_x/runs/run_x/steps", "No run found with id 'run_x'."),
        ("/threads/thread_x/runs/run_x/steps/step_123", "No run step found with id 'step_123'."),
    ],
)
async def test_what_is_not_there_is_named(server: Running, path: str, said: str) -> None:
    status, body = await ask(server, "GET", path)

    assert status == 404
    assert body == {"error": {"message": said, "type": "invalid_request_error", "param": None, "code": None}}


async def test_a_picture_that_is_not_there_is_named_wherever_it_is_sent(server: Running) -> None:
    assistant, thread = await server.assistant(), await server.thread()
    message = {"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": "file-x"}}]}
    for path, body in (
        (f"/threads/{thread.id}/messages", message),
        ("/threads", {"messages": [message]}),
        ("/threads/runs", {"assistant_id": assistant.id, "thread": {"messages": [message]}}),
        (f"/threads/{thread.id}/runs", {"assistant_id": assistant.id, "additional_messages": [message]}),
    ):
        status, answer = await ask(server, "POST", path, json=body)
        assert (status, answer["error"]["message"]) == (404, "No file found with id 'file-x'."), path


async def test_a_file_that_is_no_picture_is_refused_as_one_wherever_it_is_sent(server: Running) -> None:
    assistant, thread = await server.assistant(), await server.thread()
    file = await server.client.files.create(file=("homework.png", b"Half of 8 is 4."), purpose="vision")
    message = {"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": file.id}}]}
    for path, body in (
        (f"/threads/{thread.id}/messages", message),
        ("/threads", {"messages": [message]}),
        ("/threads/runs", {"assistant_id": assistant.id, "thread": {"messages": [message]}}),
        (f"/threads/{thread.id}/runs", {"assistant_id": assistant.id, "additional_messages": [message]}),
    ):
        status, answer = await ask(server, "POST", path, json=body)
        assert (status, answer["error"]["code"]) == (400, "invalid_image"), path
        assert answer["error"]["message"].startswith(f"The file '{file.id}' is not an image that models take: PNG, ")
    assert [each async for each in server.client.beta.threads.messages.list(thread.id)] == []


async def test_a_picture_is_known_by_its_bytes_and_its_size(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "MAX_IMAGE", 20)
    for size, expected in ((20, 200), (21, 400)):
        data = b"GIF89a".ljust(size, b"\0")
        file = await server.client.files.create(file=("homework.txt", data), purpose="assistants")
        content = [{"type": "image_file", "image_file": {"file_id": file.id}}]
        status, _ = await ask(server, "POST", "/threads", json={"messages": [{"role": "user", "content": content}]})
        assert status == expected


async def test_a_picture_by_an_address_that_is_none_is_refused_with_what_is_taken(server: Running) -> None:
    content = [{"type": "image_url", "image_url": {"url": "ftp://example.com/homework.png"}}]
    status, answer = await ask(server, "POST", "/threads", json={"messages": [{"role": "user", "content": content}]})
    assert (status, answer["error"]["param"]) == (400, "messages[0].content[0].image_url.url")
    assert "expected an http:// or https:// address, or a data: URL with a PNG" in answer["error"]["message"]
    content = [{"type": "image_url", "image_url": {"url": "https://example.com/" + "x" * (20 << 20)}}]
    body = io.BytesIO(json.dumps({"messages": [{"role": "user", "content": content}]}).encode())
    status, answer = await ask(server, "POST", "/threads", data=body, headers={"Content-Type": "application/json"})
    assert (status, answer["error"]["code"]) == (400, "string_above_max_length")


async def test_a_run_belongs_to_its_thread_alone(server: Running) -> None:
    server.model.will(calls(("weather", "{}")))
    assistant = await server.assistant(tools=[function("weather")])
    thread, other = await server.thread("Hello"), await server.thread("Hello")
    run = await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)

    with pytest.raises(openai.NotFoundError):
        await server.client.beta.threads.runs.retrieve(run.id, thread_id=other.id)
    with pytest.raises(openai.NotFoundError):
        await server.client.beta.threads.runs.cancel(run.id, thread_id=other.id)


async def test_unknown_urls_and_methods_are_answered_in_the_apis_words(server: Running) -> None:
    assert await ask(server, "GET", "/nothing") == (
        404,
        {"error": _error("Invalid URL (GET /v1/nothing)", code="unknown_url")},
    )
    status, body = await ask(server, "PUT", "/assistants")
    assert (status, body["error"]["code"]) == (405, "method_not_supported")


async def test_no_header_names_some_of_a_paths_methods_alone(server: Running) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with aiohttp.ClientSession(headers=headers) as session, session.put(f"{server.url}/assistants") as response:
        assert response.status == 405
        assert "Allow" not in response.headers


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/assistants", "Invalid URL (GET /assistants): the API is under /v1, as in http://host:8100/v1"),
        ("/v1/v1/assistants", "Invalid URL (GET /v1/v1/assistants)"),
        ("/v1//assistants", "Invalid URL (GET /v1//assistants)"),
    ],
)
async def test_a_wrong_base_url_is_told_where_the_api_is(server: Running, path: str, said: str) -> None:
    server.url = server.url.removesuffix("/v1")
    status, body = await ask(server, "GET", path)

    assert (status, body["error"]["message"], body["error"]["code"]) == (404, said, "unknown_url")


async def test_a_slash_at_the_end_of_a_path_changes_nothing(server: Running) -> None:
    status, assistant = await ask(server, "POST", "/assistants/", json={"model": "m"})
    assert status == 200
    assert await ask(server, "GET", f"/assistants/{assistant['id']}/") == (200, assistant)


def _error(message: str, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"message": message, "type": "invalid_request_error", "param": param, "code": code}


# -- malformed bodies


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "model", "missing_required_parameter"),
        ({"model": "m", "metadata": {"modified": True}}, "metadata.modified", "invalid_type"),
        ({"model": "m", "metadata": {"k" * 65: "v"}}, f"metadata.{'k' * 65}", "string_above_max_length"),
        ({"model": "m", "metadata": {"k": "v" * 513}}, "metadata.k", "string_above_max_length"),
        ({"model": "m", "metadata": {str(n): "v" for n in range(17)}}, "metadata", "object_above_max_length"),
        ({"model": "m", "name": "n" * 257}, "name", "string_above_max_length"),
        ({"model": "m", "instructions": "i" * 256_001}, "instructions", "string_above_max_length"),
        ({"model": "m", "temperature": 2.1}, "temperature", "decimal_above_max_value"),
        ({"model": "m", "temperature": "1.0"}, "temperature", "invalid_type"),
        ({"model": "m", "temperature": True}, "temperature", "invalid_type"),
        ({"model": "m", "top_p": -0.1}, "top_p", "decimal_below_min_value"),
        ({"model": "m", "tools": [{"type": "file_search"}] * 129}, "tools", "array_above_max_length"),
        ({"model": "m", "tools": [{"type": "retrieval"}]}, "tools[0].type", "invalid_value"),
        ({"model": "m", "tools": [{"type": "function"}]}, "tools[0].function", "missing_required_parameter"),
        ({"model": "m", "tools": [function("a b")]}, "tools[0].function.name", "invalid_value"),
        ({"model": "m", "file_ids": ["file-1"]}, "file_ids", "unknown_parameter"),
        ({"model": "m", "response_format": {"type": "xml"}}, "response_format.type", "invalid_value"),
        ([], None, "invalid_type"),
    ],
)
async def test_a_malformed_assistant_is_refused_with_the_field_and_the_code(
    server: Running, body: Any, param: str | None, code: str
) -> None:
    status, answer = await ask(server, "POST", "/assistants", json=body)

    assert status == 400
    assert (answer["error"]["param"], answer["error"]["code"]) == (param, code)


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({"role": "user"}, "content", "missing_required_parameter"),
        ({"role": "system", "content": "x"}, "role", "invalid_value"),
        ({"role": "user", "content": ""}, "content", "string_below_min_length"),
        ({"role": "user", "content": []}, "content", "array_below_min_length"),
        ({"role": "user", "content": "x" * 256_001}, "content", "string_above_max_length"),
        ({"role": "user", "content": [{"type": "text"}]}, "content[0].text", "missing_required_parameter"),
        ({"role": "user", "content": [{"type": "video"}]}, "content[0].type", "invalid_value"),
        (
            {"role": "user", "content": "x", "attachments": [{"tools": []}]},
            "attachments[0].file_id",
            "missing_required_parameter",
        ),
        (
            {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "homework.png"}}]},
            "content[0].image_url.url",
            "invalid_value",
        ),
        ({"role": "user", "content": "a\0b"}, None, "invalid_value"),
    ],
)
async def test_a_malformed_message_is_refused_with_the_field_and_the_code(
    server: Running, body: Any, param: str | None, code: str
) -> None:
    thread = await server.thread()

    status, answer = await ask(server, "POST", f"/threads/{thread.id}/messages", json=body)

    assert status == 400
    assert (answer["error"]["param"], answer["error"]["code"]) == (param, code)


@pytest.mark.parametrize(
    ("body", "param", "code"),
    [
        ({}, "assistant_id", "missing_required_parameter"),
        ({"max_completion_tokens": 255}, "max_completion_tokens", "integer_below_min_value"),
        ({"max_prompt_tokens": 256.5}, "max_prompt_tokens", "invalid_type"),
        ({"max_prompt_tokens": 10**30}, "max_prompt_tokens", "invalid_type"),
        (
            {"truncation_strategy": {"type": "last_messages", "last_messages": 0}},
            "truncation_strategy.last_messages",
            "integer_below_min_value",
        ),
        (
            {"truncation_strategy": {"type": "last_messages"}},
            "truncation_strategy.last_messages",
            "missing_required_parameter",
        ),
        ({"tool_choice": "always"}, "tool_choice", "invalid_value"),
        ({"tool_choice": 7}, "tool_choice", "invalid_type"),
        ({"tools": [function("f")] * 21}, "tools", "array_above_max_length"),
        ({"additional_messages": [{"role": "user"}]}, "additional_messages[0].content", "missing_required_parameter"),
        ({"stream": "yes"}, "stream", "invalid_type"),
        ({"parallel_tool_calls": "no"}, "parallel_tool_calls", "invalid_type"),
        ({"reasoning_effort": "huge"}, "reasoning_effort", "invalid_value"),
    ],
)
async def test_a_malformed_run_is_refused_with_the_field_and_the_code(
    server: Running, body: Any, param: str, code: str
) -> None:
    assistant = await server.assistant()
    thread = await server.thread("Hello")
    whole = {"assistant_id": assistant.id, **body} if body else body

    status, answer = await ask(server, "POST", f"/threads/{thread.id}/runs", json=whole)

    assert status == 400
    assert (answer["error"]["param"], answer["error"]["code"]) == (param, code)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"\xff\xfe",
        b'{"model": "m",}',
        b'{"model": NaN}',
        b'"\\ud800"',
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
    ],
)
async def test_what_is_no_json_is_refused(server: Running, data: bytes) -> None:
    status, answer = await ask(server, "POST", "/assistants", data=data, headers={"Content-Type": "application/json"})

    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"


async def test_a_byte_order_mark_is_no_part_of_the_json(server: Running) -> None:
    data = b'\xef\xbb\xbf{"model": "m"}'
    status, answer = await ask(server, "POST", "/assistants", data=data, headers={"Content-Type": "application/json"})

    assert (status, answer["model"]) == (200, "m")


async def test_parameters_nested_too_deep_are_refused(server: Running) -> None:
    nested: Any = {}
    for _ in range(150):
        nested = {"a": nested}
    body = {"model": "m", "tools": [{"type": "function", "function": {"name": "f", "parameters": nested}}]}

    status, answer = await ask(server, "POST", "/assistants", json=body)

    assert status == 400
    assert "levels deep" in answer["error"]["message"]


async def test_a_body_of_another_type_is_refused(server: Running) -> None:
    status, answer = await ask(server, "POST", "/assistants", data={"model": "m"})

    assert (status, answer["error"]["code"]) == (415, "unsupported_content_type")


async def test_a_body_that_is_not_there_has_no_type(server: Running) -> None:
    for content_type in ("application/octet-stream", "application/x-www-form-urlencoded", "text/plain"):
        status, thread = await ask(server, "POST", "/threads", data=b"", headers={"Content-Type": content_type})
        assert (status, thread["object"]) == (200, "thread")


async def test_a_compressed_body_is_refused(server: Running) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, answer = await ask(server, "POST", "/assistants", data=gzip.compress(b"{}"), headers=headers)

    assert (status, answer["error"]["code"]) == (415, "unsupported_content_type")
    assert "'gzip'" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"model": "m", "file_ids": []}, "Unknown parameter: 'file_ids'. Version 2 of the API has 'tool_resources'"),
        ({"model": "m", "tools": [{"type": "retrieval"}]}, "Version 2 of the API calls it 'file_search'."),
    ],
)
async def test_what_the_apis_first_version_had_is_refused_with_its_successor(
    server: Running, body: dict[str, Any], said: str
) -> None:
    status, answer = await ask(server, "POST", "/assistants", json=body)

    assert status == 400
    assert said in answer["error"]["message"]


@pytest.mark.parametrize(
    "path", ["/assistants/asst_1/files", "/assistants/asst_1/files/file-1", "/threads/thread_1/messages/msg_1/files"]
)
async def test_paths_of_the_apis_first_version_are_told_their_successor(server: Running, path: str) -> None:
    status, answer = await ask(server, "GET", path)
    assert (status, answer["error"]["code"]) == (404, "unknown_url")
    assert "'tool_resources' on assistants and 'attachments' on messages" in answer["error"]["message"]


async def test_a_program_of_the_apis_first_version_that_has_no_files_works(server: Running) -> None:
    v1 = server.client.with_options(default_headers={"OpenAI-Beta": "assistants=v1"})
    assistant = await v1.beta.assistants.create(model="gpt-4-1106-preview", tools=[{"type": "code_interpreter"}])
    thread = await server.thread("Solve 3x + 11 = 14.")
    run = await v1.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert run.status == "completed"


async def test_an_encoding_that_is_none_is_no_compression(server: Running) -> None:
    for encoding in ("", "identity", " Identity "):
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        status, _ = await ask(server, "POST", "/threads", data=b"{}", headers=headers)
        assert status == 200, encoding


async def test_a_huge_body_is_refused_and_the_server_lives(server: Running) -> None:
    huge = b'{"model": "' + b"m" * (33 << 20) + b'"}'
    try:
        status, answer = await ask(
            server, "POST", "/assistants", data=io.BytesIO(huge), headers={"Content-Type": "application/json"}
        )
        assert (status, answer["error"]["code"]) == (413, "request_too_large")
    except aiohttp.ClientConnectionError:
        pass  # the server need not read the whole body that it refuses
    assert (await server.client.beta.assistants.list()).data == []


async def test_a_run_needs_something_to_answer_to(server: Running) -> None:
    assistant = await server.assistant(instructions=None)
    thread = await server.thread()

    status, answer = await ask(server, "POST", f"/threads/{thread.id}/runs", json={"assistant_id": assistant.id})

    assert (status, answer["error"]["code"]) == (400, "invalid_thread")


# -- headers and keys


async def test_every_answer_has_the_apis_headers(server: Running) -> None:
    response = await server.client.beta.assistants.with_raw_response.list()

    assert response.headers["x-request-id"].startswith("req_")
    assert int(response.headers["openai-processing-ms"]) >= 0
    assert response.headers["openai-version"] == "2020-10-01"


async def test_a_polling_client_is_told_when_to_come_again(server: Running) -> None:
    assistant = await server.assistant()
    thread = await server.thread("Hello")

    response = await server.client.beta.threads.runs.with_raw_response.create(thread.id, assistant_id=assistant.id)

    assert int(response.headers["openai-poll-after-ms"]) < 1000


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", f"Basic {KEY}", KEY, f"Bearer {KEY}x", "Bearer schlüssel"]
)
async def test_without_the_right_key_nothing_is_shown(server: Running, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in ("/v1/assistants", "/openapi.json", "/nowhere"):
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(server.url.removesuffix("/v1") + path) as response,
        ):
            assert response.status == 401
            assert (await response.json())["error"]["code"] == "invalid_api_key"


async def test_the_document_lists_every_operation(server: Running) -> None:
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session,
        session.get(server.url.removesuffix("/v1") + "/openapi.json") as response,
    ):
        document = await response.json()

    operations = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    assert {"createAssistant", "createThread", "createMessage", "createRun", "createThreadAndRun"} <= operations
    assert {"submitToolOuputsToRun", "cancelRun", "listRunSteps", "getRunStep", "modifyMessage"} <= operations
