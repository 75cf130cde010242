"""Imports: what comes, what is left out and why, and that a second one changes nothing."""

import gzip
import json
import sqlite3
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assistants.store.process_lock import lock_database
from assistants.transfer.importing import Import
from assistants.transfer.report import TransferError
from database.errors import StoreError
from tests.assistants.conftest import running
from tests.assistants.scripted_model import ScriptedModel
from tests.assistants.transfer.transfers import THREAD, exported, imported, lines, message, texts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


async def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    dump = lines(tmp_path / "dump.jsonl", [THREAD, message(1), message(2)])

    first, _ = await imported(tmp_path / "data", dump)
    second, said = await imported(tmp_path / "data", dump)

    assert first.new == {"thread": 1, "thread.message": 2}
    assert (second.new, second.unchanged, said) == ({}, first.new, [])


async def test_an_imported_thread_goes_on_with_the_real_sdk(tmp_path: Path) -> None:
    dump = lines(tmp_path / "dump.jsonl", [THREAD, message(1, "I am Mina."), message(2, "Hello Mina.")])
    await imported(tmp_path / "data", dump)
    model = ScriptedModel()
    async with running(tmp_path / "data", model) as server:
        listed = await server.client.beta.threads.messages.list("thread_1", order="asc")
        assistant = await server.assistant()
        await server.client.beta.threads.messages.create("thread_1", role="user", content="Who am I?")
        run = await server.client.beta.threads.runs.create_and_poll(
            thread_id="thread_1", assistant_id=assistant.id, poll_interval_ms=20
        )

        assert [each.id for each in listed.data] == ["msg_1", "msg_2"]
        assert run.status == "completed"
        asked = [str(item["content"]) for item in model.requests[-1].input]
        assert asked == ["I am Mina.", "Hello Mina.", "Who am I?"]


@pytest.mark.parametrize(
    ("order", "times"),
    [([2, 3, 1], None), ([3, 2, 1], None), ([1, 2, 3], 5), ([3, 2, 1], 0)],
    ids=["mixed", "newest first", "one second", "as pages come"],
)
async def test_messages_stand_in_the_order_in_which_they_were_made(
    tmp_path: Path, order: list[int], times: int | None
) -> None:
    fields: dict[str, Any] = {"created_at": times} if times else {}
    made = [message(number, **fields) for number in order]
    pages: list[object] = [{"object": "list", "data": made}] if times == 0 else list(made)

    await imported(tmp_path / "data", lines(tmp_path / "dump.jsonl", [*pages, THREAD]))

    assert await texts(tmp_path / "data", tmp_path / "out") == ["text 1", "text 2", "text 3"]


BAD: dict[str, tuple[object, str]] = {
    "broken": ('{"object": "thread.mess', "The line is not JSON"),
    "a number": (5, "no object of the API"),
    "unknown kind": ({"id": "x_1", "object": "poem"}, "`object` is 'poem'"),
    "kind is a list": ({"id": "x_1", "object": ["thread"]}, "`object` is ['thread']"),
    "role": (message(9, role="wizard"), "`role` is 'wizard'"),
    "role missing": ({key: each for key, each in message(9).items() if key != "role"}, "Field required"),
    "future": (message(9, created_at=int(time.time()) + 90_000), "not in the future"),
    "milliseconds": (message(9, created_at=1_700_000_000_000), "not in the future"),
    "negative": (message(9, created_at=-1), "seconds since 1970"),
    "long": (message(9, "x" * 256_001), "256,001 characters"),
    "null character": (message(9, "a\0b"), "null character"),
    "path in id": (message(9, id="../../etc/passwd"), "ids have letters"),
    "path in thread": (message(9, thread_id="../x"), "ids have letters"),
    "no such thread": (message(9, thread_id="thread_none"), "There is no thread thread_none"),
    "no such run": (
        {
            "id": "step_1", "object": "thread.run.step", "created_at": 5, "run_id": "run_none", "thread_id": "thread_1",
            "assistant_id": "asst_1", "type": "message_creation", "status": "completed",
            "step_details": {"type": "message_creation", "message_creation": {"message_id": "msg_1"}},
        },
        "There is no run run_none",
    ),
    "twice": (message(1, "other words"), "msg_1 stands at dump.jsonl, line 2 too"),
    "file without bytes": (
        {"id": "file-1", "object": "file", "bytes": 3, "created_at": 5, "filename": "a.txt", "purpose": "assistants"},
        "are not beside the lines",
    ),
    "file in no vector store": (
        {"id": "file-1", "object": "vector_store.file", "created_at": 5, "vector_store_id": "vs_none"},
        "There is no vector store vs_none",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_what_cannot_come_is_named_with_its_line_and_all_else_comes(tmp_path: Path, name: str) -> None:
    bad, reason = BAD[name]
    dump = lines(tmp_path / "dump.jsonl", [THREAD, message(1), bad, message(2)])

    report, said = await imported(tmp_path / "data", dump)

    assert report.refused == 1
    assert len(said) == 1
    assert said[0].startswith("dump.jsonl, line 3: ")
    assert reason in said[0]
    assert report.new == {"thread": 1, "thread.message": 2}


async def test_a_message_of_256_000_characters_comes(tmp_path: Path) -> None:
    report, _ = await imported(tmp_path / "data", lines(tmp_path / "d.jsonl", [THREAD, message(1, "x" * 256_000)]))
    assert report.new["thread.message"] == 1


async def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (dump := tmp_path / "dump.jsonl").write_bytes(json.dumps(THREAD).encode() + b'\n{"id": "\xc7\xd1"}\n')
    _, said = await imported(tmp_path / "data", dump)
    assert said == ["dump.jsonl, line 2: The line is not UTF-8 text. Left out."]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_lines_in_other_encodings_of_unicode_come(tmp_path: Path, encoding: str) -> None:
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in (THREAD, message(1, "쌤, 안녕하세요 " * 20_000)))
    (tmp_path / "dump.jsonl").write_bytes(text.encode(encoding))

    await imported(tmp_path / "data", tmp_path / "dump.jsonl")

    assert await texts(tmp_path / "data", tmp_path / "out") == ["쌤, 안녕하세요 " * 20_000]


async def test_what_is_here_with_other_contents_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD, message(1)]))
    other = lines(tmp_path / "b.jsonl", [{**THREAD, "metadata": {"channel": "physics"}}, message(1)])

    left, said = await imported(tmp_path / "data", other)
    kept = await exported(tmp_path / "data", tmp_path / "out1")
    replaced, _ = await imported(tmp_path / "data", other, replace=True)
    changed = await exported(tmp_path / "data", tmp_path / "out2")

    assert said == [
        "b.jsonl, line 1: thread_1 is here already with other contents (metadata); --replace takes these. Left out."
    ]
    assert (left.refused, left.unchanged) == (1, {"thread.message": 1})
    assert kept[0]["metadata"] == {"channel": "maths"}
    assert (replaced.updated, replaced.refused) == ({"thread": 1}, 0)
    assert changed[0]["metadata"] == {"channel": "physics"}


async def test_an_answer_that_has_been_finished_since_is_newer(tmp_path: Path) -> None:
    cut = message(
        2, "half", status="incomplete", incomplete_at=1_700_000_010, incomplete_details={"reason": "max_tokens"}
    )
    whole = message(2, "half and half", completed_at=1_700_000_020)
    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD, cut]))

    newer, _ = await imported(tmp_path / "data", lines(tmp_path / "b.jsonl", [THREAD, whole]))
    older, said = await imported(tmp_path / "data", tmp_path / "a.jsonl")

    assert newer.updated == {"thread.message": 1}
    assert older.updated == {}
    assert "--replace" in said[0]
    assert await texts(tmp_path / "data", tmp_path / "out") == ["half and half"]


async def test_later_messages_are_added_and_earlier_ones_that_no_longer_fit_are_named(tmp_path: Path) -> None:
    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD, message(2)]))

    _, said = await imported(tmp_path / "data", lines(tmp_path / "b.jsonl", [message(1), message(2), message(3)]))

    assert said == ["b.jsonl, line 1: msg_1 belongs before messages that are here already. Left out."]
    assert await texts(tmp_path / "data", tmp_path / "out") == ["text 2", "text 3"]


async def test_a_message_id_of_another_thread_is_refused(tmp_path: Path) -> None:
    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD, message(1)]))
    other = lines(tmp_path / "b.jsonl", [{**THREAD, "id": "thread_2"}, message(1, thread_id="thread_2")])

    _, said = await imported(tmp_path / "data", other, replace=True)

    assert said == ["b.jsonl, line 2: msg_1 is here already, in another thread (thread_1). Left out."]


async def test_a_run_that_was_not_over_comes_as_expired_and_locks_nothing(tmp_path: Path) -> None:
    run = {
        "id": "run_1", "object": "thread.run", "created_at": 1_700_000_002, "thread_id": "thread_1", "model": "gpt-4o",
        "assistant_id": "asst_1", "status": "requires_action", "instructions": "",
        "required_action": {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": []}},
    }  # fmt: skip
    report, said = await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [THREAD, message(1), run]))
    again, _ = await imported(tmp_path / "data", tmp_path / "a.jsonl")

    assert said == ["a.jsonl, line 3: run_1 was requires_action, and came as expired."]
    assert (report.refused, again.unchanged) == (0, report.new)
    async with running(tmp_path / "data") as server:
        assert (await server.client.beta.threads.runs.retrieve("run_1", thread_id="thread_1")).status == "expired"
        await server.client.beta.threads.messages.create("thread_1", role="user", content="Go on")


async def test_objects_of_the_first_version_come_with_their_successors(tmp_path: Path) -> None:
    old = {"id": "asst_1", "object": "assistant", "created_at": 5, "model": "gpt-4", "tools": [{"type": "retrieval"}]}
    said = message(1, file_ids=["file-1"])

    await imported(tmp_path / "data", lines(tmp_path / "a.jsonl", [old, THREAD, said]))

    assistant, _, message_ = await exported(tmp_path / "data", tmp_path / "out")
    assert assistant["tools"] == [{"type": "file_search"}]
    assert message_["attachments"] == [{"file_id": "file-1", "tools": [{"type": "file_search"}]}]


def file(id_: str, name: str = "notes.txt", **fields: Any) -> dict[str, Any]:
    shared = {"object": "file", "bytes": 5, "created_at": 5, "purpose": "assistants", "status": "processed"}
    return {"id": id_, "filename": name, **shared, **fields}


async def test_files_come_with_their_bytes_and_are_not_changed(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "file-abc").write_bytes(b"hello")
    dump = lines(tmp_path / "a.jsonl", [file("file-abc", "../../notes.txt")])
    first, _ = await imported(tmp_path / "data", dump)
    again, _ = await imported(tmp_path / "data", dump)
    (tmp_path / "files" / "file-abc").write_bytes(b"other")
    _, said = await imported(tmp_path / "data", dump, replace=True)

    assert (first.new, again.unchanged) == ({"file": 1}, {"file": 1})
    assert "is here already with other bytes" in said[0]
    async with running(tmp_path / "data") as server:
        assert (await server.client.files.retrieve("file-abc")).filename == "notes.txt"
        assert (await server.client.files.content("file-abc")).content == b"hello"


async def test_files_that_are_links_empty_or_expired_do_not_come(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("key")
    (folder := tmp_path / "files").mkdir()
    (folder / "file-link").symlink_to(tmp_path / "secret")
    (folder / "file-empty").touch()
    (folder / "file-old").write_text("x")
    dump = lines(tmp_path / "a.jsonl", [file("file-link"), file("file-empty"), file("file-old", expires_at=10)])

    report, said = await imported(tmp_path / "data", dump)

    assert report.new == {}
    assert [words in line for words, line in zip(("not beside", "is empty", "has expired"), said, strict=True)]


async def test_an_archive_that_ends_too_early_brings_nothing(tmp_path: Path) -> None:
    whole = "\n".join(json.dumps(message(number, f"{number**9}")) for number in range(2_000))
    packed = gzip.compress(f"{json.dumps(THREAD)}\n{whole}\n".encode())
    (cut := tmp_path / "dump.jsonl.gz").write_bytes(packed[:-1_000])

    with pytest.raises(TransferError, match=r"dump\.jsonl\.gz is damaged or ends too early"):
        await imported(tmp_path / "data", cut)
    assert await exported(tmp_path / "data", tmp_path / "out") == []

    cut.write_bytes(packed)
    report, _ = await imported(tmp_path / "data", cut)
    assert report.new["thread.message"] == 2_000


async def test_a_server_at_work_keeps_an_import_out(tmp_path: Path) -> None:
    dump = lines(tmp_path / "a.jsonl", [THREAD])
    with lock_database(str(tmp_path / "data" / "assistants.sqlite3")), pytest.raises(StoreError, match="is in use"):
        await imported(tmp_path / "data", dump)


async def test_an_import_that_is_broken_off_leaves_whole_threads_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = [{**THREAD, "id": f"thread_{number}"} for number in range(4)]
    messages = [message(2 * each + half, thread_id=f"thread_{each}") for each in range(4) for half in (0, 1)]
    dump = lines(tmp_path / "a.jsonl", [*threads, *messages])
    steps, count = Import._steps, 0

    async def full(self: Import, *given: Any) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise sqlite3.OperationalError("database or disk is full")
        await steps(self, *given)

    monkeypatch.setattr(Import, "_steps", full)
    with pytest.raises(TransferError, match="disk is full"):
        await imported(tmp_path / "data", dump)
    monkeypatch.undo()
    there = [each["id"] for each in await exported(tmp_path / "data", tmp_path / "out")]
    report, _ = await imported(tmp_path / "data", dump)

    assert there == ["thread_0", "msg_0", "msg_1", "thread_1", "msg_2", "msg_3"]
    assert report.new == {"thread": 2, "thread.message": 4}
    assert not list((tmp_path / "data").glob("import-*"))


async def test_a_zip_archive_with_files_comes_as_it_was_downloaded(tmp_path: Path) -> None:
    with zipfile.ZipFile(archive := tmp_path / "export.zip", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("export/assistants.jsonl", json.dumps(file("file-abc")))
        opened.writestr("export/files/file-abc", "hello")
        opened.writestr("../../outside.txt", "no")

    report, _ = await imported(tmp_path / "data", archive)

    assert report.new == {"file": 1}
    assert not (tmp_path.parents[1] / "outside.txt").exists()


@pytest.mark.postgres
async def test_imports_and_exports_on_postgresql(tmp_path: Path, postgres: str) -> None:
    dump = lines(tmp_path / "a.jsonl", [message(2), message(1), THREAD, message(3, role="wizard")])
    first, _ = await imported(tmp_path / "data", dump, database_url=postgres)
    again, _ = await imported(tmp_path / "data", dump, database_url=postgres)
    objects = await exported(tmp_path / "data", tmp_path / "out", database_url=postgres)

    assert (first.new, again.new, again.unchanged) == ({"thread": 1, "thread.message": 2}, {}, first.new)
    assert [each["id"] for each in objects] == ["thread_1", "msg_1", "msg_2"]
