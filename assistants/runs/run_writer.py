"""Writes what a run does, with its messages and steps: first into the database, then to the client's event stream."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from assistants.json_objects import message_object, run_object, step_object, usage_object
from assistants.models.model_protocol import Item, TextDelta, Usage
from assistants.runs.event_stream import EventStream
from assistants.runs.sse_encoding import (
    DeltaTemplate,
    annotations_delta,
    image_delta,
    image_part,
    refusal_template,
    step_delta,
    text_template,
)
from assistants.runs.token_estimates import estimate_message
from assistants.runs.tool_calls import ToolCall, step_details, within
from assistants.server_tools import ToolSession
from assistants.store.cached_statements import change_row, delete_row, insert_rows
from assistants.store.deleted_objects import note_deleted
from assistants.store.ids import new_id
from assistants.store.messages import Message
from assistants.store.run_status import Status
from assistants.store.run_steps import RunStep
from assistants.store.runs import Run, change_status, renew_lease
from assistants.store.store import Store

Annotate = Callable[[str], Sequence[dict[str, Any]]]
"""From an answer's text to the annotations of the citation marks in it."""

MARK_BEGINS, MARK_ENDS = "【", "】"
MOST_TOLD = 24_000
"""Characters of the calls kept with a message: the newest."""

LONGEST_MARK = 80
"""Characters of a citation mark, such as 【4:0†source】; what is longer is no mark."""

Result = TypeVar("Result")


@dataclass(slots=True)
class ContentPart:
    """A content part of a message that is being written."""

    refusal: bool
    template: DeltaTemplate
    pieces: list[str] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    held: str = ""
    """The end of the text, not sent yet because a citation mark may begin in it."""

    def release(self, more: str) -> str:
        """Add `more`, and return the text that can be sent: a citation mark is sent whole, with its annotation."""
        text, self.held = self.held + more, ""
        start = text.rfind(MARK_BEGINS)
        if start >= 0 and MARK_ENDS not in text[start:] and len(text) - start < LONGEST_MARK:
            text, self.held = text[:start], text[start:]
        return text

    def json_object(self) -> dict[str, Any]:
        """The part as a message's content shows it."""
        text = "".join(self.pieces)
        if self.refusal:
            return {"type": "refusal", "refusal": text}
        return {"type": "text", "text": {"value": text, "annotations": self.annotations}}


@dataclass(slots=True)
class OpenMessage:
    """A message that is being written, and its step."""

    row: Message
    step: RunStep
    announced: bool = False
    """Whether the client has been told of it."""
    images: Sequence[str] = ()
    """The ids of pictures that stand before the text."""
    parts: list[ContentPart] = field(default_factory=list)
    changed: bool = False
    """Whether it has text that is not saved."""

    @property
    def content(self) -> list[dict[str, Any]]:
        """The message's content so far."""
        return [*map(image_part, self.images), *(part.json_object() for part in self.parts)]


@dataclass(slots=True)
class OpenToolCalls:
    """A tool_calls step in progress; `calls` is None when the step was read from the database."""

    step: RunStep
    calls: list[ToolCall] | None


class RunWriter:
    """Writes one run's changes, for as long as something works on the run.

    The methods that begin with `open` and `close` stage changes. `commit` writes all staged changes in one
    transaction, and sends the client's events only then. `with_content` shows the client what file searches found.

    `owner` is the process that works on the run, where others could take it over (`lease_end`: until when it may go
    on): what one writes whose lease has ended is refused.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        now: Callable[[], int],
        event_stream: EventStream | None = None,
        *,
        with_content: bool = False,
        owner: str | None = None,
        lease_end: Callable[[], int] | None = None,
    ) -> None:
        self.run = run
        self._owner = owner
        self._lease_end = lease_end
        self._with_content = with_content
        self.message: OpenMessage | None = None
        self.tool_calls: OpenToolCalls | None = None
        self.calls: list[Item] = []
        """The calls, with their outputs, that the next message is kept with: later runs are told of them."""
        self.event_stream = event_stream
        self.annotate: Annotate | None = None
        self._store = store
        self._now = now
        self._new: list[Message | RunStep] = []
        self._changed: list[tuple[Message | RunStep, dict[str, Any]]] = []
        self._deleted: list[Message | RunStep] = []
        self._events: list[tuple[str, dict[str, Any]]] = []

    # -- the run

    async def commit(self, to: Status | None = None, **changes: Any) -> None:
        """Write the staged changes, and change the run's status when `to` is given; then send the events.

        When the caller is cancelled meanwhile, the transaction is finished before the cancellation is raised.

        Raises:
            RunStatusChangedError: something else has changed the run's status; the changes stay staged.
        """
        await finish_before_cancellation(self._write(to, changes))
        for name, data in self._events:
            self._send(name, data)
        self._events.clear()
        if to is not None:
            self.send_run_event(to)

    def send_run_event(self, name: str) -> None:
        """Send the event `thread.run.<name>`."""
        if self.event_stream is not None:
            self.event_stream.event(f"thread.run.{name}", run_object(self.run))

    def send_end(self, run: Run) -> None:
        """Send the end of `run` that was written before it could be sent, or that another process has written."""
        self.run = run
        if not (self._new or self._changed or self._deleted):
            for name, data in self._events:
                self._send(name, data)
        self._events.clear()
        self.send_run_event(run.status)

    async def _write(self, to: Status | None, changes: dict[str, Any]) -> None:
        async with self._store.write_connection() as transaction:
            if self._owner is not None and self._lease_end is not None:
                await renew_lease(transaction, self.run.id, self._owner, self._lease_end())
            if to is not None:
                await change_status(transaction, self.run, to, **changes)
            await insert_rows(transaction, self._new)
            for row, values in self._changed:
                await change_row(transaction, row, values)
            for row in self._deleted:
                list_id = Message.thread_id if isinstance(row, Message) else RunStep.run_id
                await note_deleted(transaction, type(row), type(row).id == row.id, list_id=list_id)
                await delete_row(transaction, row)
        self._new.clear()
        self._changed.clear()
        self._deleted.clear()

    # -- messages

    def open_message(self, images: Sequence[str] = ()) -> None:
        """Begin a message and its step, with pictures (ids of files) before its text; the client is told of them with
        the first words.
        """
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
        self.message = OpenMessage(message, self._open_step("message_creation", details), images=images)
        self._new.append(message)

    def add_text(self, delta: TextDelta) -> None:
        """Add to the open message. The text is sent at once, and written when the message is closed."""
        assert self.message is not None
        if not self.message.announced:
            self._announce(self.message)
        parts = self.message.parts
        if not parts or parts[-1].refusal is not delta.refusal:
            make_template = refusal_template if delta.refusal else text_template
            index = len(self.message.images) + len(parts)
            parts.append(ContentPart(delta.refusal, make_template(self.message.row.id, index)))
        part = parts[-1]
        part.pieces.append(delta.text)
        self.message.changed = True
        text = delta.text if self.annotate is None or part.refusal else part.release(delta.text)
        if MARK_ENDS in text and self._send_annotated(len(self.message.images) + len(parts) - 1, part, text):
            return
        if self.event_stream is not None and text:
            self.event_stream.delta(part.template, text)

    def _announce(self, message: OpenMessage) -> None:
        message.announced = True
        if self.event_stream is None:
            return
        step, row = self._step_object(message.step), message_object(message.row)
        for state in ("created", "in_progress"):
            self.event_stream.event(f"thread.run.step.{state}", step)
        for state in ("created", "in_progress"):
            self.event_stream.event(f"thread.message.{state}", row)
        for index, file_id in enumerate(message.images):
            self.event_stream.event("thread.message.delta", image_delta(message.row.id, index, file_id))

    def _send_annotated(self, index: int, part: ContentPart, text: str) -> bool:
        """Send `text` together with the annotations of the citation marks in it; false when it has none."""
        assert self.message is not None
        if self.annotate is None or part.refusal:
            return False
        whole = "".join(part.pieces)
        known = len(part.annotations)
        new = list(self.annotate(whole[: len(whole) - len(part.held)]))[known:]
        if new:
            data = annotations_delta(self.message.row.id, index, new, first=known, value=text)
            self._send("thread.message.delta", data)
            part.template.sent += len(text)
        part.annotations += new
        return bool(new)

    def unsaved(self) -> dict[str, Any] | None:
        """The open message's content, as `save_content` takes it, if it has text that is not saved; it counts as saved
        from now on."""
        message = self.message
        if message is None or not message.changed:
            return None
        message.changed = False
        for part in message.parts:
            part.pieces = ["".join(part.pieces)]  # an object for each token takes ten times the memory of the text
        return {"message_id": message.row.id, "content": message.content}

    def close_message(
        self,
        *,
        incomplete: str | None = None,
        step_status: str = "completed",
        error: dict[str, Any] | None = None,
        usage: Usage | None = None,
        annotate: Annotate | None = None,
    ) -> None:
        """End the open message, if there is one; `incomplete` is the reason when it was cut short.

        The calls that led to it are kept with it. A message without any text, of which the client has not been told, is
        deleted.
        """
        if self.message is None:
            return
        if self.message.images and not self.message.announced:  # pictures without a word
            self._announce(self.message)
        if not self.message.announced:
            self._deleted += [self.message.step, self.message.row]
            self.message = None
            return
        for part in self.message.parts:
            if part.held and self.event_stream is not None:
                self.event_stream.delta(part.template, part.held)
            part.held = ""
        message, self.message = self.message, None
        now = self._now()
        if annotate is not None:
            self._annotate(message, annotate)
        content = message.content or message.row.content
        calls, self.calls = within(self.calls, MOST_TOLD), []
        self._change(
            message.row,
            status="incomplete" if incomplete else "completed",
            incomplete_details={"reason": incomplete} if incomplete else None,
            incomplete_at=now if incomplete else None,
            completed_at=None if incomplete else now,
            content=content,
            tokens=estimate_message(content, calls),
            calls=calls or None,
        )
        status = "incomplete" if incomplete else "completed"
        self._stage_event(f"thread.message.{status}", message_object, message.row)
        self._close_step(message.step, step_status, error=error, usage=usage)

    def _annotate(self, message: OpenMessage, annotate: Annotate) -> None:
        for index, part in enumerate(message.parts, len(message.images)):
            if part.refusal:
                continue
            known = len(part.annotations)
            part.annotations = list(annotate("".join(part.pieces)))
            if new := part.annotations[known:]:
                data = annotations_delta(message.row.id, index, new, first=known)
                self._events.append(("thread.message.delta", data))

    # -- tool calls

    def open_tool_calls(self) -> None:
        """Begin a tool_calls step."""
        step = self._open_step("tool_calls", {"type": "tool_calls", "tool_calls": []})
        self._stage_event("thread.run.step.created", self._step_object, step)
        self._stage_event("thread.run.step.in_progress", self._step_object, step)
        self.tool_calls = OpenToolCalls(step, [])

    def start_call(self, index: int, call_id: str, name: str, session: ToolSession | None) -> ToolCall:
        """Add a call to the open step. It is sent at once, and written when the step is closed or waits."""
        assert self.tool_calls is not None
        assert self.tool_calls.calls is not None
        call = ToolCall.start(self.tool_calls.step.id, index, call_id, name, session)
        self.tool_calls.calls.append(call)
        self.send_call_delta(call.first_delta)
        return call

    def add_arguments(self, call: ToolCall, piece: str) -> None:
        """Add to a call's arguments; the client is sent those of its own functions, and the code of our own tool."""
        call.pieces.append(piece)
        if self.event_stream is None:
            return
        if call.session is None:
            self.event_stream.delta(call.template, piece)
        elif call.read_arguments is not None and (shown := call.read_arguments(piece)) is not None:
            type_ = call.session.function.name
            self.send_call_delta({"index": call.index, "type": type_, type_: shown})

    def send_call_delta(self, delta: dict[str, Any]) -> None:
        """Send a piece of a call: its `index`, its `type` and what is added."""
        if self.event_stream is not None and self.tool_calls is not None:
            self.event_stream.event("thread.run.step.delta", step_delta(self.tool_calls.step.id, delta))

    def save_waiting_calls(self, usage: Usage) -> None:
        """Write the open step's calls, while the step waits for the client's outputs."""
        assert self.tool_calls is not None
        assert self.tool_calls.calls is not None
        self._change(self.tool_calls.step, step_details=step_details(self.tool_calls.calls), usage=usage_object(usage))

    def close_tool_calls(
        self, *, status: str = "completed", error: dict[str, Any] | None = None, usage: Usage | None = None
    ) -> None:
        """End the open tool_calls step, if there is one."""
        if self.tool_calls is None:
            return
        opened, self.tool_calls = self.tool_calls, None
        if opened.calls is not None:
            opened.step.step_details = step_details(opened.calls)
        self._close_step(opened.step, status, error=error, usage=usage, step_details=opened.step.step_details)

    # -- steps

    def _open_step(self, type_: str, details: dict[str, Any]) -> RunStep:
        run = self.run
        step = RunStep(
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
        self, step: RunStep, status: str, *, error: dict[str, Any] | None, usage: Usage | None, **changes: Any
    ) -> None:
        if usage is not None:
            changes["usage"] = usage_object(usage)
        elif step.usage is None:
            changes["usage"] = usage_object(Usage())
        self._change(step, status=status, last_error=error, **{f"{status}_at": self._now()}, **changes)
        self._stage_event(f"thread.run.step.{status}", self._step_object, step)

    def _step_object(self, step: RunStep) -> dict[str, Any]:
        return step_object(step, with_content=self._with_content)

    # -- staging

    def _change(self, row: Message | RunStep, **values: Any) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        self._changed.append((row, values))

    def _stage_event(self, event: str, json_object: Callable[[Any], dict[str, Any]], row: Any) -> None:
        if self.event_stream is not None:
            self._events.append((event, json_object(row)))

    def _send(self, event: str, data: dict[str, Any]) -> None:
        if self.event_stream is not None:
            self.event_stream.event(event, data)


async def finish_before_cancellation(work: Coroutine[Any, Any, Result]) -> Result:
    """Await `work` to its end even when the caller is cancelled; the cancellation is raised after that."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is not None:
            raise task.exception() from None  # type: ignore[misc]
        raise
