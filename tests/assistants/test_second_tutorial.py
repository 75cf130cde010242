"""The second tutorial's assistant with all three tools in one thread, step by step, with the real SDK."""

import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from assistants.interpreter import kernels
from assistants.models.model_protocol import ModelRequest
from tests.assistants.conftest import Running, running
from tests.assistants.scripted_model import ScriptedModel, calls, words
from workers import sandbox

pytestmark = pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}")

PLAN = "수원시 도시기본계획의 목표연도는 2030년이다. 생활환경을 개선하기 위해 세운다."
QUIZ = {
    "title": "수원도시기본계획 퀴즈",
    "questions": [
        {
            "question_text": "수원 도시기본계획의 목표연도는 언제인가요?",
            "choices": ["1. 2025년", "2. 2030년", "3. 2035년", "4. 2040년"],
        }
    ],
}
GENERATE_QUIZ: Any = {
    "name": "generate_quiz",
    "description": "Generate a quiz to the student, and returns the student's response.",
    "parameters": {
        "type": "object",
        "required": ["title", "questions"],
        "properties": {"title": {"type": "string"}, "questions": {"type": "array", "items": {"type": "object"}}},
    },
}
TOOLS: Any = [
    {"type": "code_interpreter"},
    {"type": "file_search"},
    {"type": "function", "function": GENERATE_QUIZ},
]
DRAW = """
import matplotlib.pyplot as plt
plt.bar(["정답", "오답"], [0, 1])
plt.show()
open("/mnt/data/결과 표.csv", "w").write("question,answer\\n1,1\\n")
open("/mnt/data/raw.txt", "w").write("1")
"""
FEEDBACK = "답하신 것은 1번이고, 정답은 2번 2030년입니다{mark}. [표](sandbox:/mnt/data/결과 표.csv)"


def found_mark(request: ModelRequest) -> str:
    """The mark with which the model cites what it has found."""
    found = re.search(r"【\d+:\d+†source】", json.dumps(request.input, ensure_ascii=False))
    assert found is not None
    return found[0]


@pytest_asyncio.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(kernels, "SPARE", False)
    async with running(tmp_path, ScriptedModel()) as here:
        yield here


async def test_all_three_tools_work_in_one_thread_and_its_files_can_be_downloaded(server: Running) -> None:
    beta = server.client.beta
    store = await server.client.vector_stores.create(name="plans")
    await server.client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("plan.txt", io.BytesIO(PLAN.encode())), poll_interval_ms=20
    )
    assistant = await beta.assistants.create(
        name="Quiz Generator",
        model="gpt-4o",
        tools=TOOLS,
        tool_resources={"file_search": {"vector_store_ids": [store.id]}},
    )
    thread = await server.thread("올린 파일로 4지선다 문제를 내고, 제 답에 피드백을 주세요.")
    server.model.will(
        calls(("file_search", json.dumps({"query": "목표연도"}))),
        calls(("generate_quiz", json.dumps(QUIZ, ensure_ascii=False)), first="call_2"),
        calls(("code_interpreter", json.dumps({"code": DRAW})), first="call_3"),
    )
    server.model.otherwise = lambda request: words(FEEDBACK.format(mark=found_mark(request)))
    run = await beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20)
    assert run.status == "requires_action"
    assert run.required_action is not None
    (asked,) = run.required_action.submit_tool_outputs.tool_calls
    assert json.loads(asked.function.arguments) == QUIZ
    run = await beta.threads.runs.submit_tool_outputs_and_poll(
        thread_id=thread.id,
        run_id=run.id,
        tool_outputs=[{"tool_call_id": asked.id, "output": json.dumps(["1"])}],
        poll_interval_ms=20,
    )
    assert run.status == "completed"

    steps = await beta.threads.runs.steps.list(run.id, thread_id=thread.id, order="asc")
    types = [
        call.type
        for step in steps.data
        if step.step_details.type == "tool_calls"
        for call in step.step_details.tool_calls
    ]
    assert types == ["file_search", "function", "code_interpreter"]
    (message,) = await server.said(thread.id)
    assert [part.type for part in message.content] == ["image_file", "text"]
    picture, text = message.content
    assert picture.type == "image_file"
    assert text.type == "text"
    cited, linked = text.text.annotations
    assert cited.type == "file_citation"
    assert linked.type == "file_path"
    value = text.text.value
    for annotation in (cited, linked):
        assert value[annotation.start_index : annotation.end_index] == annotation.text
    assert linked.text == "sandbox:/mnt/data/결과 표.csv"

    # as programs do: download what is annotated, and put the name of the copy in its place
    downloaded = {}
    for annotation in text.text.annotations:
        if annotation.type == "file_path":
            name = annotation.text.rpartition("/")[2]
            downloaded[name] = await (await server.client.files.content(annotation.file_path.file_id)).aread()
            value = value.replace(annotation.text, name)
    assert downloaded == {"결과 표.csv": b"question,answer\n1,1\n"}
    assert value.endswith("[표](결과 표.csv)")
    assert (await (await server.client.files.content(picture.image_file.file_id)).aread()).startswith(b"\x89PNG")

    server.model.will(words("막대를 빨갛게 그렸습니다."))
    await beta.threads.messages.create(thread.id, role="user", content="막대를 빨갛게 해 주세요.")
    run = await beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20)
    told = [item.get("name") for item in server.model.requests[-1].input if item["type"] == "function_call"]
    assert told == ["generate_quiz", "code_interpreter"]
