"""New runs: each setting is the request's, else the assistant's, else the default."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from assistants.errors import ConflictError, InvalidRequestError
from assistants.runs.tool_resources import merged
from assistants.settings import Settings
from assistants.store.assistants import Assistant
from assistants.store.cached_statements import Transaction, insert_rows
from assistants.store.ids import new_id
from assistants.store.messages import Message, check_message_limit
from assistants.store.runs import Run, active_run
from assistants.store.threads import Thread


def build_run(
    settings: Settings,
    assistant: Assistant,
    thread: Thread,
    params: Mapping[str, Any],
    *,
    now: int,
    lease: Mapping[str, Any],
) -> Run:
    """A queued run from the body of POST /threads/{thread_id}/runs (or /threads/runs).

    `lease` holds the columns that lease it to this process.

    Raises:
        InvalidRequestError: `tool_choice` names a tool that the run does not have, or a field is missing.
    """
    tools = params["tools"] if params.get("tools") is not None else assistant.tools
    run = Run(
        id=new_id("run"),
        created_at=now,
        thread_id=thread.id,
        assistant_id=assistant.id,
        status="queued",
        expires_at=now + settings.run_expires_after,
        model=params.get("model") or assistant.model,
        instructions=_instructions(assistant, params),
        tools=tools,
        tool_resources=merged(assistant.tool_resources, params.get("tool_resources") or {}),
        metadata_=params.get("metadata") or {},
        temperature=_first_given(params.get("temperature"), assistant.temperature),
        top_p=_first_given(params.get("top_p"), assistant.top_p),
        reasoning_effort=_first_given(params.get("reasoning_effort"), assistant.reasoning_effort),
        max_prompt_tokens=params.get("max_prompt_tokens"),
        max_completion_tokens=params.get("max_completion_tokens"),
        truncation_strategy={"type": "auto", "last_messages": None, **(params.get("truncation_strategy") or {})},
        tool_choice=params.get("tool_choice") or "auto",
        parallel_tool_calls=params.get("parallel_tool_calls", True),
        response_format=params.get("response_format") or assistant.response_format,
        items=[],
        **lease,
    )
    _check_tool_choice(run)
    return run


def _instructions(assistant: Assistant, params: Mapping[str, Any]) -> str:
    base = _first_given(params.get("instructions"), assistant.instructions) or ""
    more = params.get("additional_instructions") or ""
    return "\n\n".join(part for part in (base, more) if part)


def _first_given(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _check_tool_choice(run: Run) -> None:
    choice = run.tool_choice
    if run.truncation_strategy["type"] == "last_messages" and run.truncation_strategy["last_messages"] is None:
        raise InvalidRequestError.missing("truncation_strategy.last_messages")
    if not isinstance(choice, dict):
        return
    if choice["type"] == "function":
        if "function" not in choice:
            raise InvalidRequestError.missing("tool_choice.function")
        name = choice["function"]["name"]
        if any(tool["type"] == "function" and tool["function"]["name"] == name for tool in run.tools):
            return
        raise InvalidRequestError(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")
    if not any(tool["type"] == choice["type"] for tool in run.tools):
        raise InvalidRequestError(
            f"Tool choice '{choice['type']}' not found in 'tools' parameter.", param="tool_choice"
        )


async def add_run(transaction: Transaction, run: Run, messages: Sequence[Message]) -> None:
    """Add a run, and the messages that come with it, to a thread that this transaction has locked.

    Raises:
        ConflictError: another run is active.
        InvalidRequestError: there is no message and no instruction that the model could answer.
    """
    other = await active_run(transaction, run.thread_id)
    if other is not None:
        raise ConflictError(f"Thread {run.thread_id} already has an active run {other}.")
    if not run.instructions and not messages:
        said = await transaction.scalar(select(exists().where(Message.thread_id == run.thread_id)))
        if not said:
            raise InvalidRequestError(
                "Run creation requires a Thread with a user message or an assistant with instructions.",
                code="invalid_thread",
            )
    if messages:
        await check_message_limit(transaction, run.thread_id, len(messages))
    await insert_rows(transaction, [*messages, run])
