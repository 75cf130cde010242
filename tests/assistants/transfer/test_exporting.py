"""Exports: an import into an empty database and a second export give the same bytes."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai.types.beta.threads import Run

from assistants.transfer.records import DERIVED
from assistants.transfer.report import TransferError
from tests.assistants.conftest import Running, eventually, running
from tests.assistants.scripted_model import ScriptedModel, calls, words
from tests.assistants.transfer.transfers import THREAD, exported, imported, lines, message, settings

WEATHER: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}


async def lived_in(server: Running) -> None:
    """A server with something of everything in it."""
    client = server.client
    notes = await client.files.create(file=("수업 notes.txt", b"Pythagoras: a2 + b2 = c2."), purpose="assistants")
    store = await client.vector_stores.create(
        name="class", metadata={"year": "9"}, expires_after={"anchor": "last_active_at", "days": 7}
    )
    await client.vector_stores.files.create_and_poll(
        notes.id, vector_store_id=store.id, attributes={"week": 3}, poll_interval_ms=20
    )
    assistant = await server.assistant(
        name="쌤", tools=[{"type": "file_search"}, WEATHER], temperature=0.5, metadata={"a": "b"},
        tool_resources={"file_search": {"vector_store_ids": [store.id]}}, response_format={"type": "json_object"},
    )  # fmt: skip
    plain = await server.assistant()
    for assistant_id in (assistant.id, plain.id):
        thread = await server.thread("What is the weather?", "And the theorem?")
        server.model.will(calls(("weather", "{}")) if assistant_id == assistant.id else words("Sunny."))
        run: Run = await client.beta.threads.runs.create_and_poll(
            thread_id=thread.id, assistant_id=assistant_id, poll_interval_ms=20
        )
        if run.status == "requires_action":
            assert run.required_action is not None
            call = run.required_action.submit_tool_outputs.tool_calls[0]
            await client.beta.threads.runs.submit_tool_outputs_and_poll(
                run_id=run.id,
                thread_id=thread.id,
                tool_outputs=[{"tool_call_id": call.id, "output": "rain"}],
                poll_interval_ms=20,
            )
    await client.beta.threads.messages.create(
        thread.id, role="user", content=[{"type": "text", "text": "\u2028 \U0001f600"}], metadata={"k": "v"}
    )


def lasting(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: each for key, each in one.items() if key not in DERIVED.get(one["object"], ())} for one in objects]


async def test_a_round_trip_through_an_empty_database_gives_the_same_bytes(tmp_path: Path) -> None:
    async with running(tmp_path / "old") as server:
        await lived_in(server)
    first = await exported(tmp_path / "old", tmp_path / "first")

    report, said = await imported(tmp_path / "new", tmp_path / "first")
    second = await exported(tmp_path / "new", tmp_path / "second")

    written = [(tmp_path / name / "assistants.jsonl").read_bytes().splitlines() for name in ("first", "second")]
    same = [one for one, other in zip(*written, strict=True) if one == other]
    kinds = {each["object"] for each in first}
    assert (report.refused, said) == (0, [])
    assert kinds == {
        "file",
        "vector_store",
        "vector_store.file",
        "assistant",
        "thread",
        "thread.message",
        "thread.run",
        "thread.run.step",
    }
    assert lasting(first) == lasting(second)
    assert len(written[0]) - len(same) == 2, "the vector store and its file are indexed anew"
    assert any(each.get("calls") for each in first)
    for name in (tmp_path / "first" / "files").iterdir():
        assert name.read_bytes() == (tmp_path / "second" / "files" / name.name).read_bytes()

    again, _ = await imported(tmp_path / "old", tmp_path / "first")
    assert (again.new, again.updated, again.refused) == ({}, {}, 0)


async def test_files_of_an_imported_vector_store_are_indexed_and_found(tmp_path: Path) -> None:
    async with running(tmp_path / "old") as server:
        await lived_in(server)
    await exported(tmp_path / "old", tmp_path / "first")
    await imported(tmp_path / "new", tmp_path / "first")

    async with running(tmp_path / "new", ScriptedModel()) as server:
        (store,) = (await server.client.vector_stores.list()).data

        async def indexed() -> bool:
            return (await server.client.vector_stores.retrieve(store.id)).file_counts.completed == 1

        await eventually(indexed)
        found = await server.client.vector_stores.search(store.id, query="Pythagoras")
        assert found.data[0].filename == "수업 notes.txt"
        assert found.data[0].attributes == {"week": 3}


async def test_messages_keep_their_order_whatever_their_times_say(tmp_path: Path) -> None:
    wrong = [message(3, created_at=50), message(1, created_at=90), message(2, created_at=70)]
    given = lines(tmp_path / "given.jsonl", [{"object": "export", "version": 1}, THREAD, *wrong])

    await imported(tmp_path / "data", given)

    objects = await exported(tmp_path / "data", tmp_path / "out")
    assert [each["id"] for each in objects] == ["thread_1", "msg_3", "msg_1", "msg_2"]


async def test_an_export_of_a_later_release_is_refused(tmp_path: Path) -> None:
    given = lines(tmp_path / "given.jsonl", [{"object": "export", "version": 2}, THREAD])
    with pytest.raises(TransferError, match="version 2, which a later release made"):
        await imported(tmp_path / "data", given)


async def test_an_export_takes_a_new_folder_and_finishes_its_own(tmp_path: Path) -> None:
    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD]))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "photo.png").touch()
    with pytest.raises(TransferError, match="is not empty"):
        await exported(tmp_path / "data", tmp_path / "full")
    (tmp_path / "begun" / "files").mkdir(parents=True)
    with pytest.raises(TransferError, match="is not empty"):
        await exported(tmp_path / "data", tmp_path / "begun")

    (tmp_path / "begun" / "assistants.jsonl.unfinished").write_text("{")
    assert [each["id"] for each in await exported(tmp_path / "data", tmp_path / "begun")] == ["thread_1"]
    assert not (tmp_path / "begun" / "assistants.jsonl.unfinished").exists()


async def test_a_file_whose_bytes_are_gone_is_named(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        file = await server.client.files.create(file=("a.txt", b"x"), purpose="assistants")
    (tmp_path / "data" / "files" / file.id[-2:].lower() / file.id).unlink()
    said: list[str] = []
    from assistants.transfer.transfer import export_to

    report = await export_to(settings(tmp_path / "data"), tmp_path / "out", say=said.append)

    assert said == [f"{file.id}: Its bytes (a.txt) are gone. Left out."]
    assert (report.new, report.refused) == ({}, 1)
    assert json.loads((tmp_path / "out" / "assistants.jsonl").read_text())["object"] == "export"
