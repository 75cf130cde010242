"""A run's record: every change of it goes into the database first and then to its reader."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from assistants.json_objects import message_object, run_object, step_object
from assistants.models.model_protocol import Item, TextDelta, Usage
from assistants.runs.feed import DeltaFrame, Feed, annotations_delta, refusal_frame, step_delta, text_frame
from assistants.runs.token_estimates import weigh
from assistants.runs.tool_calls import Call, step_details
from assistants.server_tools import ToolSession
from assistants.store.cached_statements import change_row, delete_row, insert_rows
from assistants.store.ids import new_id
from assistants.store.messages import Message
from assistants.store.run_status import Status
from assistants.store.run_steps import Step
from assistants.store.runs import Run, change_status
from assistants.store.store import Store

Annotate = Callable[[str], Sequence[dict[str, Any]]]

MARK_BEGINS, MARK_ENDS = "【", "】"
LONGEST_MARK = 80
"""Characters of a citation's mark, such as 【4:0†source】; what is longer is no mark."""

Result = TypeVar("Result")


@dataclass(slots=True)
class Part:
    """A content part that is being written."""

    refusal: bool
    frame: DeltaFrame
    pieces: list[str] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    held: str = ""
    """The end of the text that may be the beginning of a mark, and is not shown yet."""

    def release(self, more: str) -> str:
        """What can be shown after `more` has come: a citation's mark goes out whole, with its annotation."""
        text, self.held = self.held + more, ""
        start = text.rfind(MARK_BEGINS)
        if start >= 0 and MARK_ENDS not in text[start:] and len(text) - start < LONGEST_MARK:
            text, self.held = text[:start], text[start:]
        return text

    def view(self) -> dict[str, Any]:
        """The part as a message's content shows it."""
        text = "".join(self.pieces)
        if self.refusal:
            return {"type": "refusal", "refusal": text}
        return {"type": "text", "text": {"value": text, "annotations": self.annotations}}


@dataclass(slots=True)
class OpenMessage:
    """A message that is being written, and its step."""

    row: Message
    step: Step
    shown: bool = False
    """Whether the reader knows of it."""
    parts: list[Part] = field(default_factory=list)


@dataclass(slots=True)
class OpenCalls:
    """A step of tool calls in progress; `calls` is None when it was found in the database."""

    step: Step
    calls: list[Call] | None


class RunWriter:
    """One run's record, for as long as something works on it.

    Changes are staged by the methods that begin with `open` and `close` and written by `commit`, all of them in one
    transaction; only then do the reader's events go out. `with_content` shows the reader what file searches found.
    """

    def __init__(
        self, store: Store, run: Run, now: Callable[[], int], feed: Feed | None = None, *, with_content: bool = False
    ) -> None:
        self.run = run
        self._with_content = with_content
        self.message: OpenMessage | None = None
        self.calls: OpenCalls | None = None
        self.feed = feed
        self.annotate: Annotate | None = None
        """Finds the citations in an answer's text."""
        self._store = store
        self._now = now
        self._new: list[Message | Step] = []
        self._changed: list[tuple[Message | Step, dict[str, Any]]] = []
        self._dropped: list[Message | Step] = []
        self._events: list[tuple[str, dict[str, Any]]] = []

    # -- the run

    async def commit(self, to: Status | None = None, **changes: Any) -> None:
        """Write what is staged and, when `to` is given, take the run there; then tell the reader.

        A caller that is cancelled meanwhile learns of it only when the transaction is over.

        Raises:
            RunStatusChangedError: the run has gone another way; what is staged stays so.
        """
        await finish_first(self._write(to, changes))
        for name, data in self._events:
            self._tell(name, data)
        self._events.clear()
        if to is not None:
            self.tell_run(to)

    def tell_run(self, what: str) -> None:
        """Tell the reader how the run stands."""
        if self.feed is not None:
            self.feed.event(f"thread.run.{what}", run_object(self.run))

    def tell_rest(self, run: Run) -> None:
        """Tell the reader of an end that was written before it could be told, or that another process has written."""
        self.run = run
        if not (self._new or self._changed or self._dropped):
            for name, data in self._events:
                self._tell(name, data)
        self._events.clear()
        self.tell_run(run.status)

    async def _write(self, to: Status | None, changes: dict[str, Any]) -> None:
        async with self._store.write_connection() as transaction:
            if to is not None:
                await change_status(transaction, self.run, to, **changes)
            await insert_rows(transaction, self._new)
            for row, values in self._changed:
                await change_row(transaction, row, values)
            for row in self._dropped:
                await delete_row(transaction, row)
        self._new.clear()
        self._changed.clear()
        self._dropped.clear()

    # -- messages

    def open_message(self) -> None:
        """Begin a message and its step; the reader is told of them with the first words."""
        run, now = self.run, self._now()
        message = Message(
            id=new_id("message"),
            created_at=now,
            thread_id=run.thread_id,
            role="assistant",
            status="in_progress",
            assistant_id=run.assistant_id,
            run_id=run.id,
            content=[],
            attachments=[],
            metadata_={},
            tokens=0,
        )
        details = {"type": "message_creation", "message_creation": {"message_id": message.id}}
        self.message = OpenMessage(message, self._open_step("message_creation", details))
        self._new.append(message)

    def say(self, delta: TextDelta) -> None:
        """Add to the open message; shown at once, written when the message is closed."""
        assert self.message is not None
        if not self.message.shown:
            self._show(self.message)
        parts = self.message.parts
        if not parts or parts[-1].refusal is not delta.refusal:
            make_frame = refusal_frame if delta.refusal else text_frame
            parts.append(Part(delta.refusal, make_frame(self.message.row.id, len(parts))))
        part = parts[-1]
        part.pieces.append(delta.text)
        shown = delta.text if self.annotate is None or part.refusal else part.release(delta.text)
        if MARK_ENDS in shown and self._cite(len(parts) - 1, part, shown):
            return
        if self.feed is not None and shown:
            self.feed.delta(part.frame, shown)

    def _show(self, message: OpenMessage) -> None:
        message.shown = True
        if self.feed is None:
            return
        step, row = self._step_view(message.step), message_object(message.row)
        for state in ("created", "in_progress"):
            self.feed.event(f"thread.run.step.{state}", step)
        for state in ("created", "in_progress"):
            self.feed.event(f"thread.message.{state}", row)

    def _cite(self, index: int, part: Part, shown: str) -> bool:
        """Show text together with the annotations of the marks in it; False if it has none."""
        assert self.message is not None
        if self.annotate is None or part.refusal:
            return False
        text = "".join(part.pieces)
        known = len(part.annotations)
        new = list(self.annotate(text[: len(text) - len(part.held)]))[known:]
        if new:
            data = annotations_delta(self.message.row.id, index, new, first=known, value=shown)
            self._tell("thread.message.delta", data)
        part.annotations += new
        return bool(new)

    def close_message(
        self,
        *,
        incomplete: str | None = None,
        step_status: str = "completed",
        error: dict[str, Any] | None = None,
        usage: Usage | None = None,
        annotate: Annotate | None = None,
        calls: Sequence[Item] = (),
    ) -> None:
        """End the open message, if there is one; `incomplete` is the reason when it was cut short.

        `calls` are the function calls and outputs that led to it. One that nobody knows of yet, since nothing has been
        said in it, is taken back.
        """
        if self.message is None:
            return
        if not self.message.shown:
            self._dropped += [self.message.step, self.message.row]
            self.message = None
            return
        for part in self.message.parts:
            if part.held and self.feed is not None:
                self.feed.delta(part.frame, part.held)
            part.held = ""
        message, self.message = self.message, None
        now = self._now()
        if annotate is not None:
            self._annotate(message, annotate)
        content = [part.view() for part in message.parts] or message.row.content
        self._set(
            message.row,
            status="incomplete" if incomplete else "completed",
            incomplete_details={"reason": incomplete} if incomplete else None,
            incomplete_at=now if incomplete else None,
            completed_at=None if incomplete else now,
            content=content,
            tokens=weigh(content, calls),
            calls=list(calls) or None,
        )
        ending = "incomplete" if incomplete else "completed"
        self._stage(f"thread.message.{ending}", message_object, message.row)
        self._close_step(message.step, step_status, error=error, usage=usage)

    def _annotate(self, message: OpenMessage, annotate: Annotate) -> None:
        for index, part in enumerate(message.parts):
            if part.refusal:
                continue
            known = len(part.annotations)
            part.annotations = list(annotate("".join(part.pieces)))
            if new := part.annotations[known:]:
                data = annotations_delta(message.row.id, index, new, first=known)
                self._events.append(("thread.message.delta", data))

    # -- tool calls

    def open_calls(self) -> None:
        """Begin a step of tool calls."""
        step = self._open_step("tool_calls", {"type": "tool_calls", "tool_calls": []})
        self._stage("thread.run.step.created", self._step_view, step)
        self._stage("thread.run.step.in_progress", self._step_view, step)
        self.calls = OpenCalls(step, [])

    def start_call(self, index: int, call_id: str, name: str, session: ToolSession | None) -> Call:
        """Add a call to the open step; shown at once, written when the step is closed or waits."""
        assert self.calls is not None
        assert self.calls.calls is not None
        call = Call.start(self.calls.step.id, index, call_id, name, session)
        self.calls.calls.append(call)
        self.show_call(call.first_delta)
        return call

    def more_arguments(self, call: Call, piece: str) -> None:
        """Add to a call's arguments; the client sees those of its own functions."""
        call.pieces.append(piece)
        if self.feed is not None and call.session is None:
            self.feed.delta(call.frame, piece)

    def show_call(self, delta: dict[str, Any]) -> None:
        """Show a piece of a call: its `index`, its `type` and what there is to add."""
        if self.feed is not None and self.calls is not None:
            self.feed.event("thread.run.step.delta", step_delta(self.calls.step.id, delta))

    def hold_calls(self, usage: Usage) -> None:
        """Write the open step's calls down while it waits for a client's outputs."""
        assert self.calls is not None
        assert self.calls.calls is not None
        self._set(self.calls.step, step_details=step_details(self.calls.calls), usage=usage_object(usage))

    def close_calls(
        self, *, status: str = "completed", error: dict[str, Any] | None = None, usage: Usage | None = None
    ) -> None:
        """End the open step of tool calls, if there is one."""
        if self.calls is None:
            return
        calls, self.calls = self.calls, None
        if calls.calls is not None:
            calls.step.step_details = step_details(calls.calls)
        self._close_step(calls.step, status, error=error, usage=usage, step_details=calls.step.step_details)

    # -- steps

    def _open_step(self, type_: str, details: dict[str, Any]) -> Step:
        run = self.run
        step = Step(
            id=new_id("step"),
            created_at=self._now(),
            run_id=run.id,
            thread_id=run.thread_id,
            assistant_id=run.assistant_id,
            type=type_,
            status="in_progress",
            expires_at=run.expires_at,
            step_details=details,
        )
        self._new.append(step)
        return step

    def _close_step(
        self, step: Step, status: str, *, error: dict[str, Any] | None, usage: Usage | None, **changes: Any
    ) -> None:
        if usage is not None:
            changes["usage"] = usage_object(usage)
        elif step.usage is None:
            changes["usage"] = usage_object(Usage())
        self._set(step, status=status, last_error=error, **{f"{status}_at": self._now()}, **changes)
        self._stage(f"thread.run.step.{status}", self._step_view, step)

    def _step_view(self, step: Step) -> dict[str, Any]:
        return step_object(step, with_content=self._with_content)

    # -- staging

    def _set(self, row: Message | Step, **values: Any) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        self._changed.append((row, values))

    def _stage(self, event: str, view: Callable[[Any], dict[str, Any]], row: Any) -> None:
        if self.feed is not None:
            self._events.append((event, view(row)))

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        if self.feed is not None:
            self.feed.event(event, data)


async def finish_first(work: Coroutine[Any, Any, Result]) -> Result:
    """Await `work` to its end even when the caller is cancelled, and only then let the cancellation through."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() from None  # type: ignore[misc]
        raise


def usage_object(usage: Usage) -> dict[str, Any]:
    """Tokens as runs and steps show them."""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        "prompt_token_details": {"cached_tokens": usage.cached_tokens},
    }
