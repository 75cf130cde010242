"""New threads and new messages, made from request bodies."""

from collections.abc import Iterable, Mapping
from typing import Any

from assistants.errors import ConflictError
from assistants.retrieval.retrieval import Retrieval
from assistants.runs.token_estimates import estimate_message
from assistants.runs.tool_resources import attach, merged, require_attachable, resolve
from assistants.store.ids import new_id
from assistants.store.messages import Message
from assistants.store.threads import Thread


async def new_thread(retrieval: Retrieval, params: Mapping[str, Any], now: int) -> Thread:
    """A thread from the body of POST /threads; the files attached to its messages join its `tool_resources`.

    Raises:
        ApiError: a file or vector store does not exist.
    """
    messages = params.get("messages", ())
    await require_image_files(retrieval, messages)
    attachments, given = attachments_of(messages), params.get("tool_resources")
    await require_attachable(retrieval, given or {}, attachments)
    resources = merged({}, await resolve(retrieval, given))
    attached = await attach(retrieval, resources, attachments)
    return Thread(
        id=new_id("thread"),
        created_at=now,
        tool_resources=attached.added_to(resources),
        metadata_=params.get("metadata") or {},
    )


def attachments_of(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The attachments of all `messages`."""
    return [attachment for message in messages for attachment in message.get("attachments") or ()]


async def require_image_files(retrieval: Retrieval, messages: Iterable[Mapping[str, Any]]) -> None:
    """Check that the files which `messages` show as images are pictures.

    Raises:
        ApiError: one does not exist, or is none.
    """
    parts = (part for message in messages if not isinstance(message["content"], str) for part in message["content"])
    if wanted := [part["image_file"]["file_id"] for part in parts if part["type"] == "image_file"]:
        await retrieval.require_images(wanted)


def new_messages(thread_id: str, bodies: Iterable[Mapping[str, Any]], now: int) -> list[Message]:
    """Messages from the bodies of POST /threads/{thread_id}/messages."""
    return [_new_message(thread_id, body, now) for body in bodies]


def _new_message(thread_id: str, body: Mapping[str, Any], now: int) -> Message:
    content = _content(body["content"])
    return Message(
        id=new_id("message"),
        created_at=now,
        thread_id=thread_id,
        role=body["role"],
        status="completed",
        content=content,
        attachments=body.get("attachments") or [],
        metadata_=body.get("metadata") or {},
        completed_at=now,
        tokens=estimate_message(content),
    )


def _content(given: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Content parts as messages show them: text with annotations, images with their detail."""
    parts = [{"type": "text", "text": given}] if isinstance(given, str) else given
    return [_part(part) for part in parts]


def _part(part: dict[str, Any]) -> dict[str, Any]:
    kind = part["type"]
    if kind == "text":
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    return {"type": kind, kind: {"detail": "auto", **part[kind]}}


def thread_locked(thread_id: str, run_id: str) -> ConflictError:
    """The error for a message that comes while a run is active."""
    return ConflictError(f"Can't add messages to {thread_id} while a run {run_id} is active.")
