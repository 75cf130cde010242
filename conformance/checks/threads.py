"""Checks of the operations on threads and messages."""

from typing import Any

from conformance.checks.registry import expect_deleted, expect_fields, expect_pages, operation_check
from conformance.trial import JSON, Trial, items, part, text


async def new_thread(trial: Trial, *messages: str, **fields: Any) -> JSON:
    """Make a thread with messages of a user."""
    said = [{"role": "user", "content": message} for message in messages]
    made = await trial.call("createThread", body={**({"messages": said} if said else {}), **fields})
    trial.made("deleteThread", text(made, "id"))
    return made


async def shared_thread(trial: Trial) -> JSON:
    """The thread that checks of other things use."""
    return await trial.shared("a thread", lambda: new_thread(trial))


async def new_message(trial: Trial, thread: JSON, **fields: Any) -> JSON:
    """Add a message to a thread."""
    return await trial.call("createMessage", text(thread, "id"), body={"role": "user", "content": "Hello.", **fields})


async def shared_message(trial: Trial) -> JSON:
    """The message that checks of other things use."""
    thread = await shared_thread(trial)
    return await trial.shared("a message", lambda: new_message(trial, thread))


def texts(message: JSON) -> list[str]:
    """The texts of a message."""
    parts = [each for each in items(message, "content") if each.get("type") == "text"]
    return [str(part(each, "text").get("value")) for each in parts]


@operation_check("Threads")
async def create_thread(trial: Trial) -> None:
    """With messages, and without anything."""
    made = await new_thread(trial, "One.", "Two.", metadata={"a": "1"})
    expect_fields(trial, made, {"object": "thread", "metadata": {"a": "1"}})
    listed = await trial.call("listMessages", text(made, "id"), query={"order": "asc"})
    trial.expect("$.data[*].content", [["One."], ["Two."]], [texts(each) for each in items(listed)])
    bare = await new_thread(trial)
    expect_fields(trial, bare, {"metadata": {}})


@operation_check("Threads")
async def get_thread(trial: Trial) -> None:
    """It is as it was made."""
    made = await shared_thread(trial)
    expect_fields(trial, await trial.call("getThread", text(made, "id")), made)


@operation_check("Threads")
async def modify_thread(trial: Trial) -> None:
    """What is sent changes and is kept."""
    made = await new_thread(trial)
    changed = await trial.call("modifyThread", text(made, "id"), body={"metadata": {"b": "2"}})
    expect_fields(trial, changed, {**made, "metadata": {"b": "2"}})
    expect_fields(trial, await trial.call("getThread", text(made, "id")), changed)


@operation_check("Threads")
async def delete_thread(trial: Trial) -> None:
    """It is gone afterwards."""
    id_ = text(await new_thread(trial), "id")
    expect_deleted(trial, await trial.call("deleteThread", id_), id_, "thread.deleted")
    await trial.refused([404], "getThread", id_)


@operation_check("Messages")
async def create_message(trial: Trial) -> None:
    """A string and parts of text become content; who says it, and what belongs to it, stays."""
    thread = await shared_thread(trial)
    made = await new_message(trial, thread, content="안녕, π ≈ 3.14", metadata={"a": "1"})
    expected: JSON = {"object": "thread.message", "thread_id": thread.get("id"), "role": "user", "metadata": {"a": "1"}}
    expect_fields(trial, made, {**expected, "assistant_id": None, "run_id": None, "attachments": []})
    content = [{"type": "text", "text": {"value": "안녕, π ≈ 3.14", "annotations": []}}]
    trial.expect("$.content", content, made.get("content"))
    parts = [{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}]
    trial.expect("$.content[*].text.value", ["One.", "Two."], texts(await new_message(trial, thread, content=parts)))
    trial.expect("$.role", "assistant", (await new_message(trial, thread, role="assistant")).get("role"))


@operation_check("Messages")
async def get_message(trial: Trial) -> None:
    """It is as it was made."""
    made = await shared_message(trial)
    expect_fields(trial, await trial.call("getMessage", text(made, "thread_id"), text(made, "id")), made)


@operation_check("Messages")
async def modify_message(trial: Trial) -> None:
    """Its metadata changes and is kept; the rest stays."""
    made = await new_message(trial, await shared_thread(trial))
    ids = text(made, "thread_id"), text(made, "id")
    changed = await trial.call("modifyMessage", *ids, body={"metadata": {"b": "2"}})
    expect_fields(trial, changed, {**made, "metadata": {"b": "2"}})
    expect_fields(trial, await trial.call("getMessage", *ids), changed)


@operation_check("Messages")
async def list_messages(trial: Trial) -> None:
    """The newest come first; pages follow one another."""
    thread = await new_thread(trial)
    made = [text(await new_message(trial, thread, content=f"{number}."), "id") for number in range(3)]
    await expect_pages(trial, "listMessages", text(thread, "id"), made=made, get=["getMessage", text(thread, "id")])
    empty = await trial.call("listMessages", text(await new_thread(trial), "id"))
    expect_fields(trial, empty, {"data": [], "has_more": False})


@operation_check("Messages")
async def delete_message(trial: Trial) -> None:
    """It is gone afterwards."""
    made = await new_message(trial, await shared_thread(trial))
    ids = text(made, "thread_id"), text(made, "id")
    expect_deleted(trial, await trial.call("deleteMessage", *ids), ids[1], "thread.message.deleted")
    await trial.refused([404], "getMessage", *ids)
