"""The tool `code_interpreter`, in runs over the SDK, with a model that writes the code of a test."""

import dataclasses
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from openai import AsyncAssistantEventHandler
from openai.types.beta.threads import ImageFile, Message
from openai.types.beta.threads.runs import ToolCall, ToolCallDelta

from assistants.interpreter import code_interpreter, kernels
from tests.assistants.conftest import Running, running
from tests.assistants.raw_http import names, stream
from tests.assistants.scripted_model import calls, words
from tests.test_project import ROOT
from workers import sandbox

pytestmark = [
    pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}"),
    pytest.mark.asyncio(loop_scope="module"),
]
TOOL: Any = {"type": "code_interpreter"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A server without a spare kernel: it would cost each test another start."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernels, "SPARE", False)
        async with running(tmp_path_factory.mktemp("data")) as here:
            yield here


def code(text: str) -> tuple[str, str]:
    """A call that runs the code."""
    return "code_interpreter", json.dumps({"code": text})


async def answer(server: Running, thread_id: str, *cells: str, says: str = "Done.") -> tuple[Message, list[Any]]:
    """Have the model run cells, each in a call of its own, and say something: its message, and the calls' details."""
    before = len(server.model.requests)
    server.model.will(*(calls(code(cell), first=f"call_{n}") for n, cell in enumerate(cells, 1)), words(says))
    assistant = await server.assistant(tools=[TOOL])
    run = await server.client.beta.threads.runs.create_and_poll(
        thread_id=thread_id, assistant_id=assistant.id, poll_interval_ms=20
    )
    assert run.status == "completed", run.last_error
    assert len(server.model.requests) == before + len(cells) + 1
    steps = await server.client.beta.threads.runs.steps.list(run.id, thread_id=thread_id, order="asc")
    details = [
        call.code_interpreter
        for step in steps.data
        if step.step_details.type == "tool_calls"
        for call in step.step_details.tool_calls
        if call.type == "code_interpreter"
    ]
    return (await server.said(thread_id))[0], details


def told(server: Running) -> str:
    """What the model was told of its last call."""
    output: str = server.model.requests[-1].input[-1]["output"]
    return output


async def test_code_runs_and_its_output_stands_in_the_step_and_before_the_model(server: Running) -> None:
    thread = await server.thread("What is 2**100?")
    _, (first, second) = await answer(server, thread.id, "x = 2 ** 100\nprint(x)", "x + 1")
    assert first.input == "x = 2 ** 100\nprint(x)"
    assert [(each.type, each.logs) for each in first.outputs] == [("logs", f"{2**100}\n")]
    assert [each.logs for each in second.outputs] == [str(2**100 + 1)]
    assert told(server) == str(2**100 + 1)


async def test_variables_stay_in_their_thread(server: Running) -> None:
    thread, other = await server.thread("One"), await server.thread("Two")
    await answer(server, thread.id, "secret = 41")
    _, (mine,) = await answer(server, thread.id, "secret + 1")
    _, (others,) = await answer(server, other.id, "secret")
    assert mine.outputs[0].logs == "42"
    assert "NameError" in others.outputs[0].logs


async def test_a_later_run_sees_the_code_and_what_it_put_out_cut_in_the_middle(server: Running) -> None:
    thread = await server.thread("Plot it.")
    await answer(server, thread.id, f"colour = 'blue'\n# {'x' * 9000}\nprint('y' * 9000, colour)")
    await server.client.beta.threads.messages.create(thread.id, role="user", content="Now make it red.")
    await answer(server, thread.id, says="Red.")
    call, output = server.model.requests[-1].input[1:3]
    told_code = json.loads(call["arguments"])["code"]
    assert told_code.startswith("colour = 'blue'")
    assert told_code.endswith("colour)")
    assert len(told_code) < code_interpreter.CODE_TOLD + 50
    assert output["output"].endswith("blue")
    assert len(output["output"]) < code_interpreter.OUTPUT_TOLD + 50


async def test_the_stream_has_the_recordings_order_and_keys(server: Running) -> None:
    """As in golden/test_streaming_existing_assistant_with_events_with_content.sse: the code comes as it is written."""
    thread = await server.thread("1 + 1?")
    assistant = await server.assistant(tools=[TOOL])
    server.model.will(calls(code("print(1 + 1)")), words("It is 2."))
    events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id})
    assert names(events) == [
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.run.step.delta",
        "thread.run.step.completed",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.step.completed",
        "thread.run.completed",
        "done",
    ]
    deltas = [each.data["delta"]["step_details"]["tool_calls"][0] for each in events if "step.delta" in each.name]
    assert deltas[0] == {
        "index": 0,
        "id": "call_1",
        "type": "code_interpreter",
        "code_interpreter": {"input": "", "outputs": []},
    }
    assert all(set(each) == {"index", "type", "code_interpreter"} for each in deltas[1:])
    written = [each["code_interpreter"]["input"] for each in deltas[1:] if "input" in each["code_interpreter"]]
    assert len(written) > 1
    assert "".join(written) == "print(1 + 1)"
    outputs = [each["code_interpreter"]["outputs"] for each in deltas[1:] if "outputs" in each["code_interpreter"]]
    assert outputs == [[{"index": 0, "type": "logs", "logs": "2\n"}]]


RECORDING = ROOT / "conformance/recordings/test_streaming_existing_assistant_with_events_with_content.sse"


UNLIKE = ("metadata", "expired_at")
"""A client's own keys; and a key of steps that the API's reference has, but not the recording."""


def shape(value: Any) -> Any:
    """The keys of an object, in order, with the shapes of their values; of a list its items' shapes."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items() if key not in UNLIKE]
    return [shape(inner) for inner in value] if isinstance(value, list) else None


def in_order(names_of_events: list[str]) -> list[str]:
    """The names, those of deltas once in a row: they differ in number."""
    return [name for number, name in enumerate(names_of_events) if number == 0 or name != names_of_events[number - 1]]


async def test_the_stream_is_the_recording_key_by_key(server: Running) -> None:
    recorded = []
    for block in RECORDING.read_text(encoding="utf-8").strip().split("\n\n"):
        name, _, data = block.partition("\ndata: ")
        recorded.append((name.removeprefix("event: "), json.loads(data) if data.startswith("{") else data))
    thread = await server.thread("3x + 11 = 14?")
    assistant = await server.assistant(tools=[TOOL], instructions="Solve it.")
    server.model.will(calls(code("x = (14 - 11) / 3; y = x")), words("The solution is x = 1."))
    events = await stream(server, f"/threads/{thread.id}/runs", {"assistant_id": assistant.id})
    assert in_order(names(events)) == in_order([name for name, _ in recorded])
    theirs = [(name, shape(data)) for name, data in recorded]
    for event in events:
        assert (event.name, shape(event.data)) in theirs, (event.name, shape(event.data))
    ours = [(event.name, shape(event.data)) for event in events]
    assert [each for each in theirs if each not in ours and each[0] != "thread.message.delta"] == []


class Handler(AsyncAssistantEventHandler):
    """Notes what the SDK makes of a stream."""

    def __init__(self) -> None:
        super().__init__()
        self.images: list[str] = []
        self.inputs: list[str] = []
        self.outputs: dict[str, list[str]] = {}

    async def on_image_file_done(self, image_file: ImageFile) -> None:
        self.images.append(image_file.file_id)

    async def on_tool_call_delta(self, delta: ToolCallDelta, snapshot: ToolCall) -> None:
        if delta.type == "code_interpreter" and delta.code_interpreter and delta.code_interpreter.input:
            self.inputs.append(delta.code_interpreter.input)

    async def on_tool_call_done(self, tool_call: ToolCall) -> None:
        if tool_call.type == "code_interpreter":
            self.outputs[tool_call.id] = [each.type for each in tool_call.code_interpreter.outputs]


PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('기울기')\nprint('drawn')\nplt.show()"


async def test_a_plot_stands_before_the_answer_and_reaches_the_sdks_handler(server: Running) -> None:
    thread = await server.thread("Plot it.")
    assistant = await server.assistant(tools=[TOOL])
    server.model.will(calls(code(PLOT)), words("Here it is."))
    handler = Handler()
    async with server.client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=handler
    ) as run:
        await run.until_done()
    (message,) = await server.said(thread.id)
    assert [part.type for part in message.content] == ["image_file", "text"]
    assert "".join(handler.inputs) == PLOT
    assert handler.outputs == {"call_1": ["logs", "image"]}
    assert message.content[0].type == "image_file"
    assert handler.images == [message.content[0].image_file.file_id]
    data = await (await server.client.files.content(handler.images[0])).aread()
    assert data.startswith(b"\x89PNG")
    assert (await server.client.files.retrieve(handler.images[0])).purpose == "assistants_output"
    assert "missing from font" not in told(server)


async def test_a_plot_without_a_word_is_a_message_of_its_own(server: Running) -> None:
    thread = await server.thread("Plot it.")
    message, _ = await answer(server, thread.id, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", says="")
    assert [part.type for part in message.content] == ["image_file"]
    await answer(server, thread.id, says="A line.")  # a thread with such a message goes on


async def test_files_come_in_go_out_and_are_linked(server: Running) -> None:
    table = await server.client.files.create(file=("marks.csv", io.BytesIO(b"a,b\n1,2\n")), purpose="assistants")
    thread = await server.client.beta.threads.create(
        messages=[
            {"role": "user", "content": "Sum it.", "attachments": [{"file_id": table.id, "tools": [TOOL]}]},
        ]
    )
    cell = "import pandas as pd\npd.read_csv('/mnt/data/marks.csv').sum().to_csv('/mnt/data/sums.csv')"
    says = "See [sums](sandbox:/mnt/data/sums.csv), not sandbox:/mnt/data/other.csv."
    message, _ = await answer(server, thread.id, cell, says=says)
    assert "marks.csv" in server.model.requests[-1].tools[0].description
    assert message.content[0].type == "text"
    (annotation,) = message.content[0].text.annotations
    assert annotation.type == "file_path"
    assert annotation.text == "sandbox:/mnt/data/sums.csv"
    assert says[annotation.start_index : annotation.end_index] == annotation.text
    data = await (await server.client.files.content(annotation.file_path.file_id)).aread()
    assert data == b",0\na,1\nb,2\n"


async def test_files_with_odd_names_are_linked_however_a_model_writes_them(server: Running) -> None:
    thread = await server.thread("Make files.")
    names = ["my sums (1).csv", "성적.csv", "a.csv", "a.csv.txt"]
    cell = f"for name in {names!r}:\n    open('/mnt/data/' + name, 'w').write(name)"
    says = (
        "[one](sandbox:/mnt/data/my%20sums%20(1).csv), [one](<sandbox:/mnt/data/my sums (1).csv>), "
        "sandbox:/mnt/data/성적.csv를 보세요, sandbox:/mnt/data/a.csv.txt, sandbox:/mnt/data/a.csv."
        " sandbox:/mnt/data/b.csv"
    )
    message, _ = await answer(server, thread.id, cell, says=says)
    assert message.content[0].type == "text"
    linked = []
    for annotation in message.content[0].text.annotations:
        assert annotation.type == "file_path"
        assert says[annotation.start_index : annotation.end_index] == annotation.text
        linked.append((await (await server.client.files.content(annotation.file_path.file_id)).aread()).decode())
    assert linked == ["my sums (1).csv", "my sums (1).csv", "성적.csv", "a.csv.txt", "a.csv"]


async def test_a_new_kernel_finds_the_files_again_without_the_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_id = ""
    for cell, expected in (
        ("kept = 1\nopen('notes.txt', 'w').write('kept'); None", ""),
        ("print(open('notes.txt').read()); kept", "NameError"),
    ):
        async with running(tmp_path) as server:
            thread_id = thread_id or (await server.thread("Keep it.")).id
            _, (details,) = await answer(server, thread_id, cell)
        logs = "".join(each.logs for each in details.outputs)
        assert expected in logs
    assert logs.startswith("kept\n")


@pytest.mark.parametrize(
    ("cell", "words_of_it"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import os; os._exit(1)", "Python has ended"),
        ("import os; os.kill(os.getppid(), 9)", "Python has ended"),
        ("x = bytearray(3 << 30)", "MemoryError"),
        ("print('x' * 10**7)", "characters …]"),
        ("input('name?')", "StdinNotImplementedError"),
        ("import socket; socket.create_connection(('192.0.2.1', 80))", "OSError"),
        ("open('/mnt/data/../../etc/passwd')", "FileNotFoundError"),
    ],
)
async def test_what_goes_wrong_is_told_to_the_model_and_the_thread_goes_on(
    server: Running, cell: str, words_of_it: str
) -> None:
    thread = await server.thread("Try.")
    await answer(server, thread.id, cell)
    assert words_of_it in told(server)
    assert len(told(server)) < 2 * code_interpreter.FOR_MODEL
    await answer(server, thread.id, "6 * 7")
    assert told(server) == "42"


async def test_code_that_does_not_end_is_stopped(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_interpreter, "SECONDS", 0.5)
    thread = await server.thread("Try.")
    await answer(server, thread.id, "x = 1\nwhile True: pass")
    assert "stopped after 0.5 s" in told(server)
    await answer(server, thread.id, "x")
    assert told(server) == "1"


async def test_endless_output_is_stopped(server: Running) -> None:
    thread = await server.thread("Try.")
    await answer(server, thread.id, "while True: print('x' * 1000)")
    assert "stopped, as it had put out more than" in told(server)


NAMES = """
import os
for name in ("plain.txt", ".hidden", "with\\nline.txt", "right\\u202eleft.txt", "a" * 200 + ".txt"):
    open(name, "w").write("x")
os.mkdir("folder"); open("folder/inside.txt", "w").write("x")
os.symlink("/etc/hostname", "link.txt"); os.mkfifo("pipe.txt"); open("empty.txt", "w").close()
with open("sparse.bin", "wb") as sparse: sparse.truncate(200 << 20)
"""


async def test_only_plain_files_with_honest_names_leave_the_sandbox(server: Running) -> None:
    thread = await server.thread("Try.")
    before = {file.id for file in (await server.client.files.list()).data}
    await answer(server, thread.id, NAMES)
    new = {file.filename for file in (await server.client.files.list()).data if file.id not in before}
    assert new == {"plain.txt", "a" * 200 + ".txt"}
    assert "sparse.bin is too large" in told(server)


async def test_of_very_many_files_the_first_are_kept(server: Running) -> None:
    thread = await server.thread("Try.")
    await answer(server, thread.id, "for n in range(1000): open(f'{n:04}.txt', 'w').write('x')")
    assert "Only the first 20 of 1000 files are kept." in told(server)


async def test_arguments_without_code_are_a_sentence_for_the_model(server: Running) -> None:
    thread = await server.thread("Try.")
    server.model.will(calls(("code_interpreter", "{}")), words("Sorry."))
    assistant = await server.assistant(tools=[TOOL])
    await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert told(server) == 'Give the code as {"code": "…"}.'


async def test_a_cancelled_run_ends_its_code(server: Running) -> None:
    thread = await server.thread("Try.")
    assistant = await server.assistant(tools=[TOOL])
    server.model.will(calls(code("import time\nfor n in range(600): time.sleep(0.1)")))
    run = await server.client.beta.threads.runs.create(thread_id=thread.id, assistant_id=assistant.id)
    while not (await server.client.beta.threads.runs.steps.list(run.id, thread_id=thread.id)).data:
        pass
    await server.client.beta.threads.runs.cancel(run.id, thread_id=thread.id)
    ended = await server.client.beta.threads.runs.poll(run.id, thread_id=thread.id, poll_interval_ms=20)
    assert ended.status == "cancelled"
    await answer(server, thread.id, "6 * 7")
    assert told(server) == "42"


async def test_many_threads_run_code_at_once_in_few_kernels(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "MOST", 1)
    for number in range(3):
        thread = await server.thread("Try.")
        await answer(server, thread.id, f"{number} + 1")
        assert told(server) == str(number + 1)


async def test_a_spare_kernel_is_ready_for_the_next_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SPARE", True)
    found = sandbox.found()
    assert found is not None
    both = kernels.Kernels(found)
    try:
        async with both.of("first"):
            pass
        async with both.of("second") as held:
            code_of_it = "import sys; print('matplotlib' in sys.modules)"
            assert [output.text async for output in held.kernel.execute(code_of_it, 10)] == ["True\n"]
    finally:
        await both.close()


async def test_code_does_not_run_where_the_memory_of_its_processes_cannot_be_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = sandbox.found()
    assert found is not None
    monkeypatch.setattr(sandbox, "found", lambda: dataclasses.replace(found, shows_processes=False))
    async with running(tmp_path) as server:
        assistant = await server.assistant(tools=[TOOL])
        thread = await server.thread("Try.")
        await server.client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert server.model.requests[-1].tools == []
