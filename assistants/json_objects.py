"""The API's JSON objects, made from rows: assistants, threads, messages, runs, run steps, files, vector stores."""

from collections.abc import Mapping
from typing import Any, Final

from assistants.models.model_protocol import Usage
from assistants.store.schema import (
    Assistant,
    File,
    FileBatch,
    Message,
    Run,
    RunStep,
    Thread,
    VectorStore,
    VectorStoreFile,
)

USAGE_NULL = {"queued", "in_progress", "cancelling"}
"""Statuses in which `usage` is null, since more tokens will be counted."""

EMPTY_RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "code_interpreter": {"file_ids": []},
    "file_search": {"vector_store_ids": []},
}
"""`tool_resources` of tools that have none."""


def assistant_object(row: Assistant) -> dict[str, Any]:
    """The object `assistant`."""
    return {
        "id": row.id,
        "object": "assistant",
        "created_at": row.created_at,
        "name": row.name,
        "description": row.description,
        "model": row.model,
        "instructions": row.instructions,
        "tools": row.tools,
        "tool_resources": _resources_of(row),
        "metadata": row.metadata_,
        "temperature": 1.0 if row.temperature is None else row.temperature,
        "top_p": 1.0 if row.top_p is None else row.top_p,
        "reasoning_effort": row.reasoning_effort,
        "response_format": row.response_format,
    }


def thread_object(row: Thread) -> dict[str, Any]:
    """The object `thread`."""
    return {
        "id": row.id,
        "object": "thread",
        "created_at": row.created_at,
        "metadata": row.metadata_,
        "tool_resources": row.tool_resources,
    }


def message_object(row: Message) -> dict[str, Any]:
    """The object `thread.message`."""
    return {
        "id": row.id,
        "object": "thread.message",
        "created_at": row.created_at,
        "assistant_id": row.assistant_id,
        "thread_id": row.thread_id,
        "run_id": row.run_id,
        "status": row.status,
        "incomplete_details": row.incomplete_details,
        "incomplete_at": row.incomplete_at,
        "completed_at": row.completed_at,
        "role": row.role,
        "content": row.content,
        "attachments": row.attachments,
        "metadata": row.metadata_,
    }


def run_object(row: Run) -> dict[str, Any]:
    """The object `thread.run`."""
    return {
        "id": row.id,
        "object": "thread.run",
        "created_at": row.created_at,
        "assistant_id": row.assistant_id,
        "thread_id": row.thread_id,
        "status": row.status,
        "started_at": row.started_at,
        "expires_at": row.expires_at,
        "cancelled_at": row.cancelled_at,
        "failed_at": row.failed_at,
        "completed_at": row.completed_at,
        "required_action": row.required_action,
        "last_error": row.last_error,
        "model": row.model,
        "instructions": row.instructions,
        "tools": row.tools,
        "tool_resources": _resources_of(row),
        "metadata": row.metadata_,
        "temperature": 1.0 if row.temperature is None else row.temperature,
        "top_p": 1.0 if row.top_p is None else row.top_p,
        "reasoning_effort": row.reasoning_effort,
        "max_completion_tokens": row.max_completion_tokens,
        "max_prompt_tokens": row.max_prompt_tokens,
        "truncation_strategy": row.truncation_strategy,
        "incomplete_details": row.incomplete_details,
        "usage": None if row.status in USAGE_NULL else row.usage,
        "response_format": row.response_format,
        "tool_choice": row.tool_choice,
        "parallel_tool_calls": row.parallel_tool_calls,
    }


def step_object(row: RunStep, *, with_content: bool = False) -> dict[str, Any]:
    """The object `thread.run.step`; `with_content` shows the passages that file searches found."""
    return {
        "id": row.id,
        "object": "thread.run.step",
        "created_at": row.created_at,
        "run_id": row.run_id,
        "assistant_id": row.assistant_id,
        "thread_id": row.thread_id,
        "type": row.type,
        "status": row.status,
        "cancelled_at": row.cancelled_at,
        "completed_at": row.completed_at,
        "expires_at": row.expires_at,
        "expired_at": row.expired_at,
        "failed_at": row.failed_at,
        "last_error": row.last_error,
        "step_details": row.step_details if with_content else _without_content(row.step_details),
        "usage": None if row.status in USAGE_NULL else row.usage,
    }


_OF_REQUEST: Final = ("prompt_tokens", "completion_tokens", "cached_tokens", "cache_write_tokens")


def usage_object(usage: Usage) -> dict[str, Any]:
    """The `usage` of a run or step. Additions of ours: `embedding_tokens`, which are no part of `total_tokens`, and
    `long_requests`, the completions with more than `LONG_REQUEST` tokens of input; `read_usage` is its inverse.

    The two `…_details` are called as in recorded responses, in the singular and in the plural.
    """
    more: dict[str, Any] = {"embedding_tokens": usage.embedding_tokens} if usage.embedding_tokens else {}
    if usage.long_requests:
        more["long_requests"] = [{name: getattr(each, name) for name in _OF_REQUEST} for each in usage.long_requests]
    written = {"cache_write_tokens": usage.cache_write_tokens} if usage.cache_write_tokens else {}
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_token_details": {"cached_tokens": usage.cached_tokens, **written},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        **more,
    }


def read_usage(told: Mapping[str, Any] | None) -> Usage:
    """The usage that `usage_object` has written, older releases too; None: nothing was used."""
    if not told:
        return Usage()
    details = told.get("prompt_token_details", {})
    return Usage(
        told["prompt_tokens"],
        told["completion_tokens"],
        details.get("cached_tokens", 0),
        told.get("embedding_tokens", 0),
        told.get("completion_tokens_details", {}).get("reasoning_tokens", 0),
        details.get("cache_write_tokens", 0),
        tuple(Usage(**each) for each in told.get("long_requests", ())),
    )


def file_object(row: File) -> dict[str, Any]:
    """The object `file`."""
    json_object: dict[str, Any] = {
        "id": row.id,
        "object": "file",
        "bytes": row.bytes,
        "created_at": row.created_at,
        "filename": row.filename,
        "purpose": row.purpose,
        "status": "processed",
        "status_details": None,
    }
    if row.expires_at is not None:
        json_object["expires_at"] = row.expires_at
    return json_object


def vector_store_object(row: VectorStore, counts: Mapping[str, int], *, expired: bool) -> dict[str, Any]:
    """The object `vector_store`."""
    json_object: dict[str, Any] = {
        "id": row.id,
        "object": "vector_store",
        "created_at": row.created_at,
        "name": row.name or "",
        "usage_bytes": counts["bytes"],
        "file_counts": _file_counts(counts),
        "status": "expired" if expired else "in_progress" if counts["in_progress"] else "completed",
        "expires_after": row.expires_after,
        "expires_at": row.expires_at,
        "last_active_at": row.last_active_at,
        "metadata": row.metadata_,
    }
    return json_object if row.description is None else {**json_object, "description": row.description}


def vector_store_file_object(row: VectorStoreFile) -> dict[str, Any]:
    """The object `vector_store.file`. `embedding_tokens` and `unread_pages` (if there are any) are ours."""
    unread = {"unread_pages": row.unread_pages} if row.unread_pages else {}
    return unread | {
        "embedding_tokens": row.embedding_tokens or 0,
        "id": row.file_id,
        "object": "vector_store.file",
        "created_at": row.created_at,
        "vector_store_id": row.vector_store_id,
        "status": row.status,
        "usage_bytes": row.usage_bytes,
        "last_error": row.last_error,
        "attributes": row.attributes,
        "chunking_strategy": {
            "type": "static",
            "static": {"max_chunk_size_tokens": row.chunk_size, "chunk_overlap_tokens": row.chunk_overlap},
        },
    }


def file_batch_object(row: FileBatch, counts: Mapping[str, int]) -> dict[str, Any]:
    """The object `vector_store.files_batch`."""
    if row.cancelled_at is not None:
        status = "cancelled"
    elif counts["in_progress"]:
        status = "in_progress"
    else:
        status = "failed" if counts["total"] and counts["failed"] == counts["total"] else "completed"
    return {
        "id": row.id,
        "object": "vector_store.files_batch",
        "created_at": row.created_at,
        "vector_store_id": row.vector_store_id,
        "status": status,
        "file_counts": _file_counts(counts),
    }


def deleted_object(id_: str, object_: str) -> dict[str, Any]:
    """The response to DELETE."""
    return {"id": id_, "object": object_, "deleted": True}


def _resources_of(row: Assistant | Run) -> dict[str, Any]:
    """`tool_resources` with an empty list for each tool that has none, as recorded responses show it."""
    empty = {tool["type"]: EMPTY_RESOURCES[tool["type"]] for tool in row.tools if tool["type"] in EMPTY_RESOURCES}
    return {**empty, **row.tool_resources}


def _without_content(details: dict[str, Any]) -> dict[str, Any]:
    calls = details.get("tool_calls", ())
    if not any(call["type"] == "file_search" for call in calls):
        return details
    return {**details, "tool_calls": [_call_without_content(call) for call in calls]}


def _call_without_content(call: dict[str, Any]) -> dict[str, Any]:
    results = call.get("file_search", {}).get("results")
    if not results:
        return call
    bare = [{name: value for name, value in result.items() if name != "content"} for result in results]
    return {**call, "file_search": {**call["file_search"], "results": bare}}


def _file_counts(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts[name] for name in ("in_progress", "completed", "failed", "cancelled", "total")}
