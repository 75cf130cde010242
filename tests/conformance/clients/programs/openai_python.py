"""OpenAI's own client for Python: every kind of run, streamed with its event handler and polled."""

import json
import sys
import time

import openai
from openai import AssistantEventHandler, OpenAI
from typing_extensions import override

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
client = OpenAI()
vector_stores = getattr(client, "vector_stores", None) or client.beta.vector_stores


def did(what):
    print(f"did: {what}", flush=True)


def outputs(run):
    calls = run.required_action.submit_tool_outputs.tool_calls
    assert json.loads(calls[0].function.arguments) == {"city": "Paris"}, calls
    return [{"tool_call_id": call.id, "output": "Sunny, 21 °C."} for call in calls]


class Handler(AssistantEventHandler):
    def __init__(self):
        super().__init__()
        self.said = ""
        self.called = []
        self.code = ""
        self.logs = ""
        self.images = 0

    @override
    def on_text_delta(self, delta, snapshot):
        self.said += delta.value or ""

    @override
    def on_tool_call_created(self, tool_call):
        self.called.append(tool_call.type)

    @override
    def on_tool_call_delta(self, delta, snapshot):
        if delta.type == "code_interpreter" and delta.code_interpreter:
            self.code += delta.code_interpreter.input or ""
            for output in delta.code_interpreter.outputs or []:
                if output.type == "logs":
                    self.logs += output.logs or ""

    @override
    def on_image_file_done(self, image_file):
        self.images += 1


def streamed(thread, assistant, **fields):
    handler = Handler()
    runs = client.beta.threads.runs
    make = runs.stream if hasattr(runs, "stream") else runs.create_and_stream
    with make(thread_id=thread.id, assistant_id=assistant.id, event_handler=handler, **fields) as stream:
        stream.until_done()
    return handler


def main():
    print(f"version: {openai.__version__}")
    assistant = client.beta.assistants.create(model="gpt-4o", instructions="Be brief.", name="Tutor", tools=[TOOL])
    assert client.beta.assistants.update(assistant.id, name="Tutor 2").name == "Tutor 2"
    assert assistant.id in [each.id for each in client.beta.assistants.list(limit=1)]
    did("assistants made, changed, listed over pages")

    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hello"}], metadata={"a": "1"})
    handler = streamed(thread, assistant)
    assert handler.said, "no text"
    run = handler.current_run
    assert run is None or run.status == "completed", run
    did("a run streamed through AssistantEventHandler")

    client.beta.threads.messages.create(thread.id, role="user", content="What is the weather in Paris?")
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert run.status == "requires_action", run
    run = client.beta.threads.runs.submit_tool_outputs_and_poll(
        thread_id=thread.id, run_id=run.id, tool_outputs=outputs(run)
    )
    assert run.status == "completed", run
    newest = client.beta.threads.messages.list(thread.id, limit=1).data[0]
    assert "Sunny" in newest.content[0].text.value, newest
    did("a function called, polled")

    client.beta.threads.messages.create(thread.id, role="user", content="And the weather in Paris again?")
    handler = Handler()
    runs = client.beta.threads.runs
    make = runs.stream if hasattr(runs, "stream") else runs.create_and_stream
    with make(thread_id=thread.id, assistant_id=assistant.id, event_handler=handler) as stream:
        stream.until_done()
    waiting = [each for each in client.beta.threads.runs.list(thread.id) if each.status == "requires_action"][0]
    after = Handler()
    with runs.submit_tool_outputs_stream(
        thread_id=thread.id, run_id=waiting.id, tool_outputs=outputs(waiting), event_handler=after
    ) as stream:
        stream.until_done()
    assert handler.called == ["function"], handler.called
    assert "Sunny" in after.said, after.said
    did("a function called, streamed")

    uploaded = client.files.create(file=("lighthouse.txt", b"The lighthouse is turquoise."), purpose="assistants")
    store = vector_stores.create(name="Library")
    batch = vector_stores.file_batches.create_and_poll(vector_store_id=store.id, file_ids=[uploaded.id])
    assert batch.file_counts.completed == 1, batch
    searcher = client.beta.assistants.create(
        model="gpt-4o",
        tools=[{"type": "file_search"}],
        tool_resources={"file_search": {"vector_store_ids": [store.id]}},
    )
    question = {"role": "user", "content": "What colour is the lighthouse?"}
    handler = streamed(client.beta.threads.create(messages=[question]), searcher)
    assert handler.called == ["file_search"], handler.called
    assert "turquoise" in handler.said, handler.said
    did("files uploaded, read in a batch, searched in a run")

    coder = client.beta.assistants.create(model="gpt-4o", tools=[{"type": "code_interpreter"}])
    handler = streamed(client.beta.threads.create(messages=[{"role": "user", "content": "Compute and plot."}]), coder)
    if handler.called:
        assert "42" in handler.logs, handler.logs
        assert handler.code, "no code"
        assert handler.images == 1, handler.images
        did("code run: input, logs and a picture through the handler")

    run = client.beta.threads.create_and_run(
        assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "What is the weather in Paris?"}]}
    )
    while run.status in {"queued", "in_progress"}:
        time.sleep(0.05)
        run = client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    assert client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id).status in {"cancelling", "cancelled"}
    steps = client.beta.threads.runs.steps.list(run_id=run.id, thread_id=run.thread_id)
    assert [step.type for step in steps] == ["tool_calls"]
    did("a thread made and run, cancelled, its steps listed")

    try:
        client.beta.assistants.retrieve("asst_unknown")
    except openai.NotFoundError as error:
        assert error.status_code == 404
    else:
        sys.exit("An unknown assistant was found.")
    for each in (assistant, searcher, coder):
        assert client.beta.assistants.delete(each.id).deleted
    did("errors as the client's exceptions; everything deleted")


main()
