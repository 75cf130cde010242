"""Airflow's OpenAIHook: assistants, threads, messages, runs, files and vector stores."""

import json
import os
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

warnings.simplefilter("ignore")
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp()
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "ERROR"
os.environ["AIRFLOW_CONN_OPENAI_DEFAULT"] = json.dumps(
    {
        "conn_type": "openai",
        "password": os.environ["OPENAI_API_KEY"],
        "host": os.environ["OPENAI_BASE_URL"],
    }
)

from airflow.providers.openai.hooks.openai import OpenAIHook  # noqa: E402


def did(what):
    print(f"did: {what}", flush=True)


print(f"version: {version('apache-airflow-providers-openai')}")
hook = OpenAIHook(conn_id="openai_default")
assistant = hook.create_assistant(model="gpt-4o", name="Tutor", instructions="Be brief.")
assert assistant.id in [each.id for each in hook.get_assistants()]
assert hook.modify_assistant(assistant.id, name="Tutor 2").name == "Tutor 2"
did("an assistant made, listed, changed")
thread = hook.create_thread()
message = hook.create_message(thread_id=thread.id, role="user", content="Hello")
hook.modify_message(thread_id=thread.id, message_id=message.id, metadata={"a": "1"})
run = hook.create_run_and_poll(thread_id=thread.id, assistant_id=assistant.id)
assert run.status == "completed", run
assert hook.modify_run(thread_id=thread.id, run_id=run.id, metadata={"a": "1"}).metadata == {"a": "1"}
assert [each.id for each in hook.get_runs(thread.id)] == [run.id]
assert hook.get_messages(thread.id)[0].role == "assistant"
did("a thread asked, polled, its messages and runs read")
path = Path(tempfile.mkdtemp()) / "lighthouse.txt"
path.write_text("The lighthouse is turquoise.", encoding="utf-8")
file = hook.upload_file(str(path), purpose="assistants")
store = hook.create_vector_store(name="Library")
with path.open("rb") as stream:
    batch = hook.upload_files_to_vector_store(store.id, [stream])
assert batch.file_counts.completed == 1, batch
assert len(hook.get_vector_store_files(store.id)) == 1
did("files uploaded into a vector store")
hook.delete_vector_store(store.id)
hook.delete_file(file.id)
hook.delete_thread(thread.id)
hook.delete_assistant(assistant.id)
did("everything deleted")
