"""Exported chats as threads: which branch, which messages, what becomes of code, pictures, files and hidden parts."""

import io
import json
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from assistants.transfer.chats import Chats
from assistants.transfer.records import RecordError, checked
from assistants.transfer.report import Report
from assistants.transfer.sources import Source, StoredFile
from tests.assistants.conftest import eventually, running
from tests.assistants.transfer.transfers import exported, imported, texts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
CHAT = "8f3a2b1c-0000-4000-8000-123456789abc"
THREAD_ID = "thread_8f3a2b1c000040008000123456789abc"
START = 1_700_000_000


def node(
    id_: str, parent: str | None, role: str, content: Any, *, at: float | None = None, **message: Any
) -> dict[str, Any]:
    """A node of a chat's tree; a string is a text."""
    if isinstance(content, str):
        content = {"content_type": "text", "parts": [content]}
    number = sum(map(ord, id_))
    made = {"id": id_, "author": {"role": role}, "create_time": START + number + 0.25 if at is None else at}
    return {"id": id_, "parent": parent, "children": [], "message": {**made, "content": content, **message}}


def chat(*nodes: dict[str, Any], current: str | None = "", **fields: Any) -> dict[str, Any]:
    """A chat as the export has it; the last node is the current one."""
    mapping: dict[str, Any] = {"root": {"id": "root", "parent": None, "children": [], "message": None}}
    mapping |= {each["id"]: each for each in nodes}
    for each in nodes:
        mapping[each["parent"]]["children"].append(each["id"])
    current = nodes[-1]["id"] if current == "" else current
    shared = {"conversation_id": CHAT, "title": "Fractions", "create_time": START + 0.5, "update_time": START + 900.9}
    return {**shared, "mapping": mapping, "current_node": current, **fields}


def converted(given: dict[str, Any], **files: bytes) -> tuple[list[dict[str, Any]], Report, list[str]]:
    """The objects of a chat, each as it is checked; files by their ids with `_` for `-`."""
    said: list[str] = []
    report = Report(said.append)
    stored = [StoredFile(name.replace("_", "-"), len(data), partial(io.BytesIO, data)) for name, data in files.items()]
    objects = Chats(Source([], stored), report).objects(given, "chats, element 1")
    return [checked(each)[1] for each in objects], report, said


def words(objects: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Role and text of each part of each message."""
    messages = [each for each in objects if each["object"] == "thread.message"]
    return [
        (each["role"], part["text"]["value"] if part["type"] == "text" else part[part["type"]]["file_id"])
        for each in messages
        for part in each["content"]
    ]


def test_the_branch_of_the_current_node_becomes_a_thread() -> None:
    objects, report, _ = converted(
        chat(
            node("a", "root", "user", "old"),
            node("b", "a", "assistant", "old answer"),
            node("c", "root", "user", "new"),
            node("d", "c", "assistant", "new answer", metadata={"model_slug": "gpt-4o"}),
        )
    )
    thread, first, second = objects
    assert words(objects) == [("user", "new"), ("assistant", "new answer")]
    assert (thread["id"], thread["created_at"]) == (THREAD_ID, START)
    assert thread["metadata"] == {
        "chatgpt_conversation_id": CHAT,
        "title": "Fractions",
        "chatgpt_update_time": str(START + 900),
    }
    assert (first["id"], first["created_at"], first["thread_id"]) == ("msg_c", START + ord("c"), THREAD_ID)
    assert first["metadata"] == {"chatgpt_message_id": "c"}
    assert second["metadata"] == {"chatgpt_message_id": "d", "model": "gpt-4o"}
    assert report.skipped == {"messages of other branches": 2}


@pytest.mark.parametrize("current", [None, "gone", 5], ids=str)
def test_a_chat_without_a_current_node_ends_at_its_newest_message(current: Any) -> None:
    objects, _, _ = converted(
        chat(
            node("z", "root", "user", "newest", at=START + 500),
            node("a", "root", "user", "oldest", at=START + 1),
            current=current,
        )
    )
    assert words(objects) == [("user", "newest")]


def test_a_circle_and_a_chat_without_an_id_are_refused() -> None:
    circle = chat(node("a", "root", "user", "x"), node("b", "a", "assistant", "y"))
    circle["mapping"]["a"]["parent"] = "b"
    with pytest.raises(RecordError, match="go in a circle"):
        converted(circle)
    with pytest.raises(RecordError, match="has no id"):
        converted(chat(node("a", "root", "user", "x"), conversation_id=None))
    with pytest.raises(RecordError, match="has no messages"):
        converted({**chat(node("a", "root", "user", "x")), "mapping": {}})


UNSHOWN: list[tuple[str, Any, dict[str, Any], str]] = [
    ("system", "You are ChatGPT.", {}, "system messages"),
    ("wizard", "Abracadabra", {}, "messages of unknown roles"),
    ("user", {"content_type": "user_editable_context", "user_profile": "I am 15"}, {}, "custom instructions"),
    ("assistant", {"content_type": "model_editable_context", "model_set_context": "x"}, {}, "memories"),
    ("assistant", {"content_type": "thoughts", "thoughts": [{"summary": "s"}]}, {}, "thoughts"),
    ("assistant", {"content_type": "reasoning_recap", "content": "Thought for 5s"}, {}, "thoughts"),
    ("tool", {"content_type": "tether_browsing_display", "result": "page"}, {}, "pages that were read"),
    ("tool", {"content_type": "tether_quote", "text": "page"}, {}, "pages that were read"),
    ("tool", {"content_type": "system_error", "text": "boom"}, {}, "errors"),
    ("tool", "Model set context updated.", {}, "outputs of tools"),
    ("assistant", "hidden", {"metadata": {"is_visually_hidden_from_conversation": True}}, "hidden messages"),
    ("assistant", "hidden", {"weight": 0.0}, "hidden messages"),
    ("assistant", {"content_type": "code", "text": 'search("x")'}, {"recipient": "browser"}, "calls of tools"),
]


@pytest.mark.parametrize(("role", "content", "fields", "what"), UNSHOWN, ids=lambda each: str(each)[:20])
def test_what_no_reader_saw_is_counted_and_left_out(role: str, content: Any, fields: dict[str, Any], what: str) -> None:
    objects, report, _ = converted(chat(node("a", "root", "user", "Hi"), node("b", "a", role, content, **fields)))
    assert words(objects) == [("user", "Hi")]
    assert report.skipped == {what: 1}


def test_a_message_has_its_own_id_and_else_its_node_s() -> None:
    other, nameless = node("a", "root", "user", "x"), node("b", "a", "assistant", "y")
    other["message"]["id"] = "message-1"
    del nameless["message"]["id"]
    objects, _, _ = converted(chat(other, nameless))
    assert [each["id"] for each in objects[1:]] == ["msg_message1", "msg_b"]


def test_an_empty_system_message_is_not_even_counted_and_an_empty_chat_is() -> None:
    objects, report, _ = converted(chat(node("a", "root", "system", "")))
    assert (objects, report.skipped) == ([], {"empty chats": 1})


def test_code_and_its_output_stand_in_fences() -> None:
    code = {"content_type": "code", "language": "unknown", "text": "print('```')\n"}
    output = {"content_type": "execution_output", "text": "1\n"}
    objects, _, _ = converted(
        chat(
            node("a", "root", "user", "Go"),
            node("b", "a", "assistant", code, recipient="python"),
            node("c", "b", "tool", output),
            node("d", "c", "assistant", {"content_type": "code", "language": "json", "text": "{}"}),
        )
    )
    assert words(objects)[1:] == [
        ("assistant", "````python\nprint('```')\n````"),
        ("assistant", "```\n1\n```"),
        ("assistant", "```json\n{}\n```"),
    ]


def test_pictures_and_files_come_where_their_bytes_are() -> None:
    pointers = ["file-service://file-one", "sediment://file-two", "file-service://file-none", "elsewhere"]
    parts: list[Any] = [{"content_type": "image_asset_pointer", "asset_pointer": each} for each in pointers]
    attachments = [
        {"id": "file-one", "name": "one.png", "mime_type": "image/png"},
        {"id": "file-doc", "name": "doc.pdf", "mime_type": "application/pdf"},
        {"id": "file-gone", "name": "gone.pdf", "mimeType": "application/pdf"},
        "nonsense",
    ]
    content = {"content_type": "multimodal_text", "parts": ["Look", *parts]}
    objects, _, said = converted(
        chat(node("a", "root", "user", content, metadata={"attachments": attachments})),
        file_one=PNG, file_two=b"no picture", file_doc=b"%PDF",
    )  # fmt: skip
    assert words(objects) == [
        ("user", "Look"),
        ("user", "file-one"),
        ("user", "[A picture that is not here: file-two]"),
        ("user", "[A picture that is not here: file-none]"),
        ("user", "[A picture that is not here: elsewhere]"),
        ("user", "[A file that is not here: gone.pdf]"),
    ]
    assert [(each["id"], each["purpose"], each["filename"]) for each in objects if each["object"] == "file"] == [
        ("file-one", "vision", "file-one"),
        ("file-doc", "assistants", "doc.pdf"),
    ]
    assert [each["id"] for each in objects if each["object"] == "vector_store.file"] == ["file-doc"]
    assert objects[-1]["attachments"] == [{"file_id": "file-doc", "tools": [{"type": "file_search"}]}]
    assert len(said) == 4


def test_spoken_messages_come_by_their_words() -> None:
    parts = [
        {"content_type": "audio_transcription", "text": "Hello"},
        {"content_type": "audio_asset_pointer", "asset_pointer": "sediment://file-x"},
        {"content_type": "hologram"},
    ]
    objects, report, _ = converted(chat(node("a", "root", "user", {"content_type": "multimodal_text", "parts": parts})))
    assert words(objects) == [("user", "Hello")]
    assert report.skipped == {"sound and video of spoken messages": 1, "parts of an unknown kind": 1}


def test_text_is_cleaned_of_marks_and_cut_where_the_api_would_not_take_it() -> None:
    long = "가" * 256_001
    objects, _, _ = converted(
        chat(
            node("a", "root", "user", long),
            node("b", "a", "assistant", "5/6\ue200cite\ue202turn0search1\ue201 is\0 right \ud800"),
        )
    )
    assert [len(text) for _, text in words(objects)][:2] == [256_000, 1]
    assert words(objects)[2:] == [("assistant", "5/6 is right ?")]


def test_ids_that_the_api_would_not_take_are_hashed_and_times_that_are_missing_are_those_before() -> None:
    objects, _, _ = converted(
        chat(
            node("a/../b", "root", "user", "x", at=START + 7),
            {
                **node("c", "a/../b", "assistant", "y"),
                "message": {**node("c", None, "assistant", "y")["message"], "create_time": None},
            },
            conversation_id="나의 대화",
        )
    )
    assert objects[0]["id"].startswith("thread_")
    assert [each["created_at"] for each in objects[1:]] == [START + 7, START + 7]
    assert objects[1]["metadata"] == {"chatgpt_message_id": "a/../b"}


HELLO = (node("a", "root", "user", "Hi"), node("b", "a", "assistant", "Hello"))


def saved(path: Path, *chats: dict[str, Any], **members: bytes) -> Path:
    """A downloaded archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps(chats))
        for name, data in members.items():
            archive.writestr(name.replace("_", "-"), data)
    return path


async def test_a_downloaded_archive_comes_and_its_files_are_found(tmp_path: Path) -> None:
    attached = [{"id": "file-doc", "name": "doc.txt", "mime_type": "text/plain"}]
    given = chat(node("a", "root", "user", "Hi", metadata={"attachments": attached}))
    archive = saved(tmp_path / "chats.zip", given, file_doc=b"Euler's number")
    report, said = await imported(tmp_path / "data", archive)
    again, _ = await imported(tmp_path / "data", archive)

    assert (said, again.new, again.refused) == ([], {}, 0)
    assert report.new == {"file": 1, "vector_store": 1, "vector_store.file": 1, "thread": 1, "thread.message": 1}
    async with running(tmp_path / "data") as server:
        thread = await server.client.beta.threads.retrieve(THREAD_ID)
        assert thread.tool_resources is not None
        assert thread.tool_resources.file_search is not None
        (store,) = thread.tool_resources.file_search.vector_store_ids or [""]

        async def indexed() -> bool:
            return (await server.client.vector_stores.retrieve(store)).file_counts.completed == 1

        await eventually(indexed)


async def test_a_chat_that_went_on_or_back_since_is_followed(tmp_path: Path) -> None:
    await imported(tmp_path / "data", saved(tmp_path / "1.zip", chat(*HELLO)))
    more = chat(*HELLO, node("c", "b", "user", "More"), update_time=START + 1_000)
    longer, said_longer = await imported(tmp_path / "data", saved(tmp_path / "2.zip", more))
    back = chat(*HELLO, node("d", "a", "assistant", "Good day"), update_time=START + 2_000)
    _, said_back = await imported(tmp_path / "data", saved(tmp_path / "3.zip", back))
    _, said_old = await imported(tmp_path / "data", tmp_path / "2.zip")

    assert (longer.new, longer.updated, said_longer) == ({"thread.message": 1}, {"thread": 1}, [])
    assert said_back == [
        f"conversations.json, element 1: {THREAD_ID}: 2 messages went, since the chat was gone back in."
    ]
    assert said_old == [f"conversations.json, element 1: {THREAD_ID} is here already in a newer state. Left out."]
    assert await texts(tmp_path / "data", tmp_path / "out") == ["Hi", "Good day"]


async def test_a_chat_that_was_continued_here_too_stays_as_it_is(tmp_path: Path) -> None:
    await imported(tmp_path / "data", saved(tmp_path / "1.zip", chat(*HELLO)))
    async with running(tmp_path / "data") as server:
        await server.client.beta.threads.messages.create(THREAD_ID, role="user", content="Here")
    same, said_same = await imported(tmp_path / "data", tmp_path / "1.zip")
    more = chat(*HELLO, node("c", "b", "user", "There"), update_time=START + 1_000)
    _, said = await imported(tmp_path / "data", saved(tmp_path / "2.zip", more))

    assert (same.unchanged, said_same) == ({"thread": 1, "thread.message": 2}, [])
    assert said == [
        f"conversations.json, element 1: {THREAD_ID} was continued here and in the chat since it came. Left out."
    ]
    objects = await exported(tmp_path / "data", tmp_path / "out")
    assert [each["content"][0]["text"]["value"] for each in objects[1:]] == ["Hi", "Hello", "Here"]
