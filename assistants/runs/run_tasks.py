"""The runs of this process, each in an asyncio task: starting, stopping, ending and resuming them."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from assistants.errors import DatabaseUnavailableError, ServerError
from assistants.models.model_protocol import Item, ModelError
from assistants.models.provider_errors import brief
from assistants.runs.delta_joining import DeltaPace
from assistants.runs.event_stream import EventStream
from assistants.runs.execution import Execution, RunIncompleteError, RunServices
from assistants.runs.run_writer import OpenMessage, OpenToolCalls, RunWriter
from assistants.store.messages import Message, save_content
from assistants.store.run_status import TERMINAL
from assistants.store.run_steps import RunStep, newest_step, open_steps
from assistants.store.runs import Run, RunStatusChangedError, active_run, change_status
from assistants.store.threads import Thread
from database.notifications import notify
from database.outages import is_outage

log = structlog.get_logger(__name__)

UsageObject = dict[str, Any] | None
"""A run's tokens as the API shows them, where they are known."""

StopReason = Literal["cancelled", "expired", "closing"]
"""Why a run at work is stopped from outside."""

SPARED = 3_600
"""Seconds at most that a run waits which has expired, by the clock, before this process began."""

LEASE = 6
"""Seconds of a process's lease on its runs, which it renews every second."""

MOST_RESTARTS = 2
"""How often a run is begun again whose process died before it had said anything: it may be the run that kills them."""

CHANNEL = "saem_runs"
"""PostgreSQL's channel on which processes tell of runs that they have cancelled."""

RESTARTED = "The server was stopped while this run was at work. Please start a new one."
TAKEN_OVER = "The server could not be reached by its database for a while, and another one has taken this run over."
CRASHED = "The server had an error while processing this run. Sorry about that!"


class RunTask:
    """A run's asyncio task, and why it was stopped, if it was."""

    def __init__(self, writer: RunWriter) -> None:
        self.writer = writer
        self.stop_reason: StopReason | None = None
        self.asyncio_task: asyncio.Task[None] | None = None
        self.expiry: asyncio.TimerHandle | None = None
        self.phase: Literal["waiting", "working", "ending"] = "waiting"

    def stop(self, reason: StopReason) -> None:
        """Interrupt the run; what it has written so far stays."""
        if self.stop_reason is not None or self.phase == "ending":
            return
        self.stop_reason = reason
        # A task that is cancelled before its first step never takes that step, and could not end its run.
        if self.phase == "working" and self.asyncio_task is not None:
            self.asyncio_task.cancel()


class RunTasks:
    """Starts and stops runs, and ends those that no task works on."""

    def __init__(self, services: RunServices, clock: Callable[[], float]) -> None:
        self._services = services
        self._clock = clock
        self._begun_at = clock()
        self._tasks: dict[str, RunTask] = {}
        self.unended: set[str] = set()
        """Runs whose end could not be written because the database failed; they are ended when it works again."""
        self.delta_pace = DeltaPace()
        self.process_id = secrets.token_hex(8)
        self.shared = services.store.dialect != "sqlite"
        """Whether other processes may work on the runs of the same database."""
        self.clock_difference = 0.0
        """Seconds by which the database's clock is ahead of this process's; leases go by that one."""

    def now(self) -> int:
        """The present in whole seconds."""
        return int(self._clock())

    def has_expired(self, run: Run) -> bool:
        """Whether nobody has answered a run in time.

        A clock that is wrong when its machine starts is mostly put right soon after. So what would have expired before
        this process began waits an hour more, or as long as runs last.
        """
        if run.expires_at is None or run.expires_at > (now := self._clock()):
            return False
        spared = run.expires_at <= self._begun_at
        return not spared or now >= self._begun_at + min(SPARED, self._services.settings.run_expires_after)

    def more_time(self, run: Run) -> dict[str, int]:
        """The change of a run that goes on although its time was over before this process began: it has it anew."""
        if run.expires_at is None or run.expires_at > self._clock():
            return {}
        return {"expires_at": self.now() + self._services.settings.run_expires_after}

    def lease_now(self) -> int:
        """The present by the clock that all processes share."""
        return int(self._clock() + self.clock_difference)

    def compare_clocks(self, database_now: float) -> None:
        """Note what time the database says that it is."""
        self.clock_difference = database_now - self._clock()

    # -- starting

    def start(
        self,
        run: Run,
        *,
        tool_resources: Sequence[Mapping[str, Any]],
        items: Sequence[Item] = (),
        event_stream: EventStream | None = None,
        with_content: bool = False,
        after: float = 0.0,
    ) -> None:
        """Start a task for a queued run, which is in the database; its work begins `after` so many seconds."""
        writer = RunWriter(
            self._services.store,
            run,
            self.now,
            event_stream,
            with_content=with_content,
            owner=self.process_id if self.shared else None,
            lease_end=self.lease_end,
        )
        execution = Execution(self._services, writer, items=items, tool_resources=tool_resources)
        task = RunTask(writer)
        self._tasks[run.id] = task
        task.asyncio_task = asyncio.create_task(self._work(task, execution, after), name=run.id)
        if run.expires_at is not None:
            wait = max(0.0, run.expires_at - self._clock())
            task.expiry = asyncio.get_running_loop().call_later(wait, task.stop, "expired")

    async def _work(self, task: RunTask, execution: Execution, after: float) -> None:
        writer = task.writer
        try:
            if after:
                await asyncio.sleep(after)
            try:
                await self._execute(task, execution)
            except RunStatusChangedError:
                await self._end_as_found(writer, execution.usage)
        except Exception as error:
            log.exception("run_not_ended", run=writer.run.id)
            self.unended.add(writer.run.id)
            if writer.event_stream is not None:
                told = DatabaseUnavailableError() if is_outage(error) else ServerError(CRASHED)
                writer.event_stream.event("error", told.body)
        finally:
            if task.expiry is not None:
                task.expiry.cancel()
            self._tasks.pop(writer.run.id, None)
            if writer.event_stream is not None:
                writer.event_stream.close()

    async def _execute(self, task: RunTask, execution: Execution) -> None:
        """Execute the run, and end it when the work is cut short."""
        writer, usage = task.writer, execution.usage
        try:
            if task.stop_reason is None:
                task.phase = "working"
                await execution.work(self.now)
            elif task.stop_reason != "closing":  # the next process can begin a run that has not begun
                task.phase = "ending"
                await self._end_stopped(writer, task.stop_reason, usage)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if task.stop_reason is None or current is None:
                raise
            task.phase = "ending"
            current.uncancel()
            await self._end_stopped(writer, task.stop_reason, execution.usage)
        except RunStatusChangedError:
            task.phase = "ending"
            raise
        except RunIncompleteError as error:
            task.phase = "ending"
            await self._end_incomplete(writer, error, execution.usage)
        except ModelError as error:
            task.phase = "ending"
            log.warning("run_failed", run=writer.run.id, code=error.code, cause=brief(error))
            log.debug("run_failed_because", run=writer.run.id, reason=error.message)
            await self._end_failed(writer, error.code, error.message, execution.usage)
        except Exception:
            task.phase = "ending"
            log.exception("run_crashed", run=writer.run.id)
            await self._end_failed(writer, "server_error", CRASHED, execution.usage)

    # -- ending

    async def _end_stopped(self, writer: RunWriter, reason: StopReason, usage: UsageObject) -> None:
        if reason == "cancelled":
            await self._end_cancelled(writer, usage)
        elif reason == "expired":
            await self._end_expired(writer, usage)
        else:
            await self._end_failed(writer, "server_error", RESTARTED, usage)

    async def _end_as_found(self, writer: RunWriter, usage: UsageObject = None) -> None:
        """End a run whose status something else has changed: to `cancelling`, or to an end, which is only sent."""
        async with self._services.store.read() as session:
            run = await session.scalar(select(Run).where(Run.id == writer.run.id))
        if run is None:
            return
        if run.status == "cancelling":
            await self._end_cancelled(writer, usage)
        elif run.status in TERMINAL:
            writer.send_end(run)
        elif writer.event_stream is not None:
            writer.event_stream.event("error", ServerError(TAKEN_OVER).body)

    async def _end_cancelled(self, writer: RunWriter, usage: UsageObject = None) -> None:
        writer.run.status = "cancelling"
        writer.send_run_event("cancelling")
        writer.close_message(incomplete="run_cancelled", step_status="cancelled")
        writer.close_tool_calls(status="cancelled")
        changes = _last_changes(writer, usage, cancelled_at=self.now(), expires_at=None)
        await writer.commit("cancelled", **changes)

    async def _end_expired(self, writer: RunWriter, usage: UsageObject = None) -> None:
        writer.close_message(incomplete="run_expired", step_status="expired")
        writer.close_tool_calls(status="expired")
        await writer.commit("expired", **_last_changes(writer, usage))

    async def _end_failed(self, writer: RunWriter, code: str, message: str, usage: UsageObject = None) -> None:
        error = {"code": code, "message": message}
        step_error = {**error, "code": "server_error"} if code == "invalid_prompt" else error
        writer.close_message(incomplete="run_failed", step_status="failed", error=step_error)
        writer.close_tool_calls(status="failed", error=step_error)
        changes = _last_changes(writer, usage, failed_at=self.now(), expires_at=None, last_error=error)
        await writer.commit("failed", **changes)

    async def _end_incomplete(self, writer: RunWriter, cause: RunIncompleteError, usage: UsageObject) -> None:
        error = {"code": "server_error", "message": "The answer was cut off before the call was whole."}
        writer.close_message(incomplete="max_tokens" if cause.reason else "content_filter", usage=cause.usage)
        writer.close_tool_calls(status="failed", error=error, usage=cause.usage)
        details = {"reason": cause.reason} if cause.reason else {}
        await writer.commit("incomplete", **_last_changes(writer, usage, incomplete_details=details, expires_at=None))

    # -- stopping

    async def cancel(self, run: Run) -> None:
        """End a run whose status is `cancelling` already."""
        task = self._tasks.get(run.id)
        if task is not None:
            task.stop("cancelled")
        elif run.owner in {None, self.process_id} or run.lease_until is None or run.lease_until < self.lease_now():
            await self._end_without_task(run, self._end_cancelled)
        else:  # another process works on it; one that does not hear this sees the status at its next check
            async with self._services.store.write_connection() as transaction:
                await notify(transaction, CHANNEL, run.id)

    async def cancel_on_thread(self, thread_id: str) -> None:
        """Cancel the thread's active run, if there is one, and wait until its task has ended."""
        async with self._services.store.write() as session:
            run_id = await active_run(session, thread_id)
            if run_id is None:
                return
            run = await session.scalar(select(Run).where(Run.id == run_id))
            assert run is not None
            if run.status != "cancelling":
                await change_status(session, run, "cancelling")
        task = self._tasks.get(run_id)
        await self.cancel(run)
        if task is not None and task.asyncio_task is not None:
            await asyncio.wait([task.asyncio_task])

    async def expire(self, run: Run) -> None:
        """End a run that has expired and that no task works on."""
        await self._end_without_task(run, self._end_expired)

    async def _end_without_task(self, run: Run, end: Callable[[RunWriter], Any]) -> None:
        """End a run that no task works on, with its open message and steps."""
        writer = await self._reopen(run)
        try:
            await end(writer)
        except RunStatusChangedError:
            await self._end_as_found(writer)

    async def _reopen(self, run: Run) -> RunWriter:
        writer = RunWriter(self._services.store, run, self.now)
        async with self._services.store.read() as session:
            for step in await open_steps(session, run.id):
                if step.type == "tool_calls":
                    writer.tool_calls = OpenToolCalls(step, None)
                    continue
                message_id = step.step_details["message_creation"]["message_id"]
                message = await session.scalar(select(Message).where(Message.id == message_id))
                if message is not None:
                    writer.message = OpenMessage(message, step, announced=True)
        return writer

    # -- runs of an earlier or another process

    async def claim(self, run: Run) -> bool:
        """Lease a run whose owner is dead to this process; false when another process was faster."""
        before = Run.lease_until.is_(None) if run.lease_until is None else Run.lease_until == run.lease_until
        query = update(Run).where(Run.id == run.id, Run.status == run.status, before)
        lease = self.lease()
        async with self._services.store.write() as session:
            result = await session.execute(query.values(**lease), execution_options={"synchronize_session": False})
        assert isinstance(result, CursorResult)
        return result.rowcount == 1

    async def resume(self, run: Run, why_failed: str = RESTARTED) -> None:
        """Go on with a run that no process works on: a queued one is started, one that was at work has failed."""
        if run.status == "queued":
            self.start(run, tool_resources=await self._tool_resources(run), items=run.items)
        elif run.status == "in_progress" and why_failed == RESTARTED and await self._begin_again(run):
            log.info("run_begun_again", run=run.id)
        elif run.status == "in_progress":
            await self._end_without_task(run, lambda writer: self._end_failed(writer, "server_error", why_failed))
        elif run.status == "cancelling":
            await self._end_without_task(run, self._end_cancelled)

    async def _begin_again(self, run: Run) -> bool:
        """Queue and start a run of a dead process of which nothing has been shown; false when it has to end."""
        restarts = run.restarts or 0
        if restarts >= MOST_RESTARTS:
            return False
        async with self._services.store.write() as session:
            newest = await newest_step(session, run.id)
            answered = {item["call_id"] for item in run.items if item["type"] == "function_call_output"}
            if newest is not None and not _calls_of(newest) <= answered:
                return False  # a message was begun, or a tool called
            try:
                await change_status(session, run, "queued", restarts=restarts + 1, **self.lease())
            except RunStatusChangedError:  # cancelled in this moment
                return False
        self.start(run, tool_resources=await self._tool_resources(run), items=run.items)
        return True

    async def _tool_resources(self, run: Run) -> list[Mapping[str, Any]]:
        async with self._services.store.read() as session:
            thread = await session.scalar(select(Thread).where(Thread.id == run.thread_id))
        return [run.tool_resources, thread.tool_resources if thread else {}]

    def lease(self) -> dict[str, Any]:
        """The columns that lease a run to this process."""
        return {"owner": self.process_id, "lease_until": self.lease_end()}

    def lease_end(self) -> int:
        """When a lease that begins now ends."""
        return self.lease_now() + LEASE

    def works_on(self, run_id: str) -> bool:
        """Whether a task of this process works on the run."""
        return run_id in self._tasks

    @property
    def busy(self) -> bool:
        """Whether any task is at work."""
        return bool(self._tasks)

    def stop(self, run_id: str) -> None:
        """Stop a run that has been cancelled through another process."""
        if (task := self._tasks.get(run_id)) is not None:
            task.stop("cancelled")

    async def save_messages(self) -> None:
        """Save what messages that are being written have gained, in one transaction for all."""
        unsaved = [content for task in self._tasks.values() if (content := task.writer.unsaved()) is not None]
        if unsaved:
            async with self._services.store.write_connection() as transaction:
                await save_content(transaction, unsaved)

    async def close(self) -> None:
        """Stop all runs at work, write that in each, and wait for them."""
        tasks = [task.asyncio_task for task in self._tasks.values() if task.asyncio_task is not None]
        for task in list(self._tasks.values()):
            task.stop("closing")
        if tasks:
            await asyncio.wait(tasks)


def _last_changes(writer: RunWriter, usage: UsageObject, **changes: Any) -> dict[str, Any]:
    """What changes in a run's row at its end, besides the status."""
    return {"required_action": None, "usage": usage or writer.run.usage, **changes}


def _calls_of(step: RunStep) -> set[str]:
    """The ids of a step's calls; of a message, that of the message."""
    details = step.step_details
    if details["type"] == "message_creation":
        return {details["message_creation"]["message_id"]}
    return {call["id"] for call in details["tool_calls"]} or {step.id}
