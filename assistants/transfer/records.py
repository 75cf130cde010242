"""The API's objects as rows: each is checked as it comes in, and shown as it goes out."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from openai.types import FileObject, VectorStore
from openai.types.beta import Assistant, Thread
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep
from openai.types.vector_stores import VectorStoreFile
from pydantic import TypeAdapter, ValidationError

from assistants.json_objects import (
    assistant_object,
    file_object,
    message_object,
    run_object,
    step_object,
    thread_object,
    vector_store_file_object,
    vector_store_object,
)
from assistants.retrieval.chunks import DEFAULT_OVERLAP, DEFAULT_SIZE
from assistants.retrieval.file_names import safe_name
from assistants.runs.token_estimates import estimate_message
from assistants.store import run_status, schema

MAX_TEXT: Final = 256_000
"""Characters of a user's message, as POST /messages takes them."""
MAX_NAME: Final = 256
FUTURE: Final = 86_400
"""Seconds that a clock may be ahead of ours."""
ADDITIONS: Final = {"thread.message": "calls", "thread": "made_files"}
"""What an export adds to objects, where there is any: calls that led to a message, and files that a thread's code made
(ids by name)."""
DERIVED: Final = {
    "vector_store": ("usage_bytes", "file_counts", "status", "last_active_at", "expires_at"),
    "vector_store.file": ("usage_bytes", "status", "last_error", "unread_pages", "embedding_tokens"),
}
"""Fields that are not brought over, since the server finds them out anew when it has indexed the files."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,127}")
_NO_COUNTS: Final = {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0, "bytes": 0}


CHAT_TIME: Final = "chatgpt_update_time"
"""Metadata of a thread that was a chat: when it was last continued there, in seconds."""


def chat_time(metadata: Mapping[str, str]) -> int:
    """When a chat was last continued, by its thread's metadata."""
    text = metadata.get(CHAT_TIME, "")
    return int(text) if text.isascii() and text.isdigit() else 0


class RecordError(Exception):
    """An object cannot come in; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of object is checked, made into a row's columns, and shown."""

    table: Any
    type: TypeAdapter[Any]
    columns: Callable[[Mapping[str, Any]], dict[str, Any]]
    show: Callable[[Any], dict[str, Any]]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    ids: tuple[str, ...] = ()
    """Further fields that hold ids."""


def checked(value: Any, now: float | None = None) -> tuple[str, dict[str, Any]]:
    """An object's kind (its `object`), and the object with every field that the API shows.

    Raises:
        RecordError: it is none that can come in.
    """
    if not isinstance(value, dict):
        raise RecordError("This is no object of the API.")
    name = value.get("object")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        known = ", ".join(KINDS)
        raise RecordError(f"`object` is {_short(name)}, and must be one of: {known}.")
    given = {
        **kind.defaults,
        **{key: each for key, each in value.items() if each is not None or key not in kind.defaults},
    }
    given = _from_first_version(str(name), given)
    try:
        kind.type.validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        path = ".".join(str(part) for part in first["loc"] if not str(part).startswith(("function-", "tagged-")))
        raise RecordError(f"`{path or name}` is {_short(first['input'])}: {first['msg']}.") from None
    for key in ("id", *kind.ids):
        if not isinstance(given[key], str) or not _ID.fullmatch(given[key]):
            raise RecordError(f"`{key}` is {_short(given[key])}: ids have letters, digits, - and _.")
    _check_text(str(name), given)
    created, latest = given["created_at"], (time.time() if now is None else now) + FUTURE
    if isinstance(created, bool) or not 0 <= created <= latest:
        raise RecordError(f"`created_at` is {_short(created)}: seconds since 1970, and not in the future.")
    return str(name), given


def row_of(name: str, given: Mapping[str, Any]) -> Any:
    """A row of an object that was `checked`; it is in no session."""
    kind = KINDS[name]
    return (
        kind.table(id=given["id"], created_at=int(given["created_at"]), **kind.columns(given))
        if (name != "vector_store.file")
        else kind.table(created_at=int(given["created_at"]), **kind.columns(given))
    )


def shown(name: str, row: Any) -> dict[str, Any]:
    """A row as the API shows it, with the additions that stand in its own table."""
    made = KINDS[name].show(row)
    return {**made, "calls": row.calls} if name == "thread.message" and row.calls else made


def lasting(name: str, shown_object: Mapping[str, Any]) -> dict[str, Any]:
    """An object without the fields that are found out anew."""
    return {key: value for key, value in shown_object.items() if key not in DERIVED.get(name, ())}


def last_change(name: str, shown_object: Mapping[str, Any]) -> int | None:
    """When a message, run or step came to its end, or a chat was continued; None for what has no such time."""
    if name == "thread" and CHAT_TIME in shown_object["metadata"]:
        return chat_time(shown_object["metadata"])
    if name not in {"thread.message", "thread.run", "thread.run.step"}:
        return None
    ends = ("completed_at", "incomplete_at", "failed_at", "cancelled_at", "expired_at", "started_at")
    return max((int(shown_object[end]) for end in ends if shown_object.get(end) is not None), default=0)


def _from_first_version(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Objects of the API's first version, whose files were `file_ids` and whose search was `retrieval`."""
    old = given.get("file_ids")
    if name == "thread.message" and isinstance(old, list) and old and not given["attachments"]:
        given["attachments"] = [{"file_id": each, "tools": [{"type": "file_search"}]} for each in old]
    if name == "assistant" and isinstance(given["tools"], list):
        given["tools"] = [{"type": "file_search"} if tool == {"type": "retrieval"} else tool for tool in given["tools"]]
    return given


def _check_text(name: str, given: Mapping[str, Any]) -> None:
    if _has_null(given):
        raise RecordError("It holds a null character (\\u0000).")
    if name == "thread.message":
        if not isinstance(given.get("calls") or [], list):
            raise RecordError("`calls` is no list.")
        if given["role"] == "user":
            longest = max(
                (len(part["text"]["value"]) for part in given["content"] if part["type"] == "text"), default=0
            )
            if longest > MAX_TEXT:
                raise RecordError(f"A text has {longest:,} characters: a message takes {MAX_TEXT:,} at most.")
    if name in {"assistant", "vector_store"} and len(given.get("name") or "") > MAX_NAME:
        raise RecordError(f"`name` has more than {MAX_NAME} characters.")
    if name == "assistant" and len(given["instructions"] or "") > MAX_TEXT:
        raise RecordError(f"`instructions` has more than {MAX_TEXT:,} characters.")


def _has_null(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_null(key) or _has_null(each) for key, each in value.items())
    return isinstance(value, list) and any(map(_has_null, value))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _same(*names: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    def columns(given: Mapping[str, Any]) -> dict[str, Any]:
        return {("metadata_" if name == "metadata" else name): given[name] for name in names}

    return columns


_ASSISTANT = _same(
    "name", "description", "model", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format", "reasoning_effort",
)  # fmt: skip
_THREAD = _same("tool_resources", "metadata")
_MESSAGE = _same(
    "thread_id", "role", "status", "assistant_id", "run_id", "incomplete_details", "completed_at", "incomplete_at",
    "content", "attachments", "metadata",
)  # fmt: skip
_RUN = _same(
    "thread_id", "assistant_id", "status", "started_at", "expires_at", "cancelled_at", "failed_at", "completed_at",
    "required_action", "last_error", "incomplete_details", "usage", "model", "instructions", "tools", "tool_resources",
    "metadata", "temperature", "top_p", "reasoning_effort", "max_prompt_tokens", "max_completion_tokens",
    "truncation_strategy", "tool_choice", "parallel_tool_calls", "response_format",
)  # fmt: skip
_STEP = _same(
    "run_id", "thread_id", "assistant_id", "type", "status", "expires_at", "expired_at", "cancelled_at", "failed_at",
    "completed_at", "last_error", "usage", "step_details",
)  # fmt: skip


def _message(given: Mapping[str, Any]) -> dict[str, Any]:
    calls = given.get("calls") or None
    columns = {**_MESSAGE(given), "calls": calls, "tokens": estimate_message(given["content"], calls or ())}
    if columns["status"] == "in_progress":
        cut = {"status": "incomplete", "incomplete_at": given["created_at"]}
        columns |= {**cut, "incomplete_details": {"reason": "run_expired"}}
    return columns


def _run(given: Mapping[str, Any]) -> dict[str, Any]:
    """Nobody works on a run that has come here: one that was not over has expired."""
    columns = {**_RUN(given), "items": [], "owner": None, "lease_until": None}
    if columns["status"] in run_status.ACTIVE:
        columns |= {"status": "expired", "required_action": None}
    return columns


def _step(given: Mapping[str, Any]) -> dict[str, Any]:
    columns = _STEP(given)
    if columns["status"] == "in_progress":
        columns |= {"status": "expired", "expired_at": int(given["created_at"])}
    return columns


def _file(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "filename": safe_name(given["filename"]),
        "purpose": given["purpose"],
        "bytes": given["bytes"],
        "expires_at": given["expires_at"],
        "turn": None,
    }


def _vector_store(given: Mapping[str, Any]) -> dict[str, Any]:
    columns = _same("metadata", "expires_after")(given)
    # From now on, since a store that has expired would lose its files at once.
    return {
        **columns,
        "name": given["name"] or None,
        "description": given.get("description"),
        "last_active_at": int(time.time()),
    }


def _vector_store_file(given: Mapping[str, Any]) -> dict[str, Any]:
    static = (given["chunking_strategy"] or {}).get("static") or {}
    return {
        "vector_store_id": given["vector_store_id"],
        "file_id": given["id"],
        "status": "in_progress",
        "chunk_size": static.get("max_chunk_size_tokens", DEFAULT_SIZE),
        "chunk_overlap": static.get("chunk_overlap_tokens", DEFAULT_OVERLAP),
        "attributes": given["attributes"],
        "usage_bytes": 0,
        "passages": 0,
        "attempts": 0,
    }


KINDS: Final[Mapping[str, Kind]] = {
    "file": Kind(
        schema.File, TypeAdapter(FileObject), _file, file_object,
        {"expires_at": None, "status": "processed", "purpose": "assistants"},
    ),
    "vector_store": Kind(
        schema.VectorStore, TypeAdapter(VectorStore), _vector_store,
        lambda row: vector_store_object(row, _NO_COUNTS, expired=False),
        {"name": "", "metadata": {}, "expires_after": None, "usage_bytes": 0, "last_active_at": 0,
         "status": "completed",
         "file_counts": {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0}},
    ),
    "vector_store.file": Kind(
        schema.VectorStoreFile, TypeAdapter(VectorStoreFile), _vector_store_file, vector_store_file_object,
        {"attributes": {}, "usage_bytes": 0, "status": "completed", "last_error": None, "chunking_strategy": None},
        ("vector_store_id",),
    ),
    "assistant": Kind(
        schema.Assistant, TypeAdapter(Assistant), _ASSISTANT, assistant_object,
        {"name": None, "description": None, "instructions": None, "tools": [], "tool_resources": {}, "metadata": {},
         "temperature": None, "top_p": None, "response_format": "auto", "reasoning_effort": None},
    ),
    "thread": Kind(
        schema.Thread, TypeAdapter(Thread), _THREAD, thread_object, {"metadata": {}, "tool_resources": {}},
    ),
    "thread.message": Kind(
        schema.Message, TypeAdapter(Message), _message, message_object,
        {"status": "completed", "assistant_id": None, "run_id": None, "incomplete_details": None, "completed_at": None,
         "incomplete_at": None, "attachments": [], "metadata": {}},
        ("thread_id",),
    ),
    "thread.run": Kind(
        schema.Run, TypeAdapter(Run), _run, run_object,
        {"metadata": {}, "required_action": None, "last_error": None, "incomplete_details": None, "usage": None,
         "started_at": None, "expires_at": None, "cancelled_at": None, "failed_at": None, "completed_at": None,
         "tools": [], "tool_resources": {}, "instructions": "", "temperature": None, "top_p": None,
         "reasoning_effort": None, "max_prompt_tokens": None, "max_completion_tokens": None,
         "truncation_strategy": {"type": "auto", "last_messages": None}, "tool_choice": "auto",
         "parallel_tool_calls": True, "response_format": "auto"},
        ("thread_id", "assistant_id"),
    ),
    "thread.run.step": Kind(
        schema.RunStep, TypeAdapter(RunStep), _step, lambda row: step_object(row, with_content=True),
        {"expires_at": None, "expired_at": None, "cancelled_at": None, "failed_at": None, "completed_at": None,
         "last_error": None, "usage": None},
        ("run_id", "thread_id", "assistant_id"),
    ),
}  # fmt: skip
"""Every kind of object, by its `object`, in the order in which they refer to one another."""
