"""LiteLLM: its assistants, threads and runs, polled and streamed."""

import os
from importlib.metadata import version

import litellm

server = {
    "custom_llm_provider": "openai",
    "api_base": os.environ["OPENAI_BASE_URL"],
    "api_key": os.environ["OPENAI_API_KEY"],
}


def did(what):
    print(f"did: {what}", flush=True)


print(f"version: {version('litellm')}")
assistant = litellm.create_assistants(model="gpt-4o", instructions="Be brief.", name="Tutor", **server)
assert assistant.id in [each.id for each in litellm.get_assistants(**server).data]
did("an assistant made and listed")
thread = litellm.create_thread(messages=[{"role": "user", "content": "Hello"}], **server)
assert litellm.get_thread(thread_id=thread.id, **server).id == thread.id
litellm.add_message(thread_id=thread.id, role="user", content="Hello again", **server)
run = litellm.run_thread(thread_id=thread.id, assistant_id=assistant.id, **server)
assert run.status == "completed", run
messages = litellm.get_messages(thread_id=thread.id, **server)
assert messages.data[0].content[0].text.value
did("a thread asked, polled, its messages read")
litellm.add_message(thread_id=thread.id, role="user", content="And once more", **server)
with litellm.run_thread_stream(thread_id=thread.id, assistant_id=assistant.id, **server) as stream:
    stream.until_done()
    assert stream.get_final_run().status == "completed"
did("a run streamed")
assert litellm.delete_assistant(assistant_id=assistant.id, **server).deleted
did("the assistant deleted")
