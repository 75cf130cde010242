"""All runs of this process: each in a task of its own, whoever reads along."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from assistants.errors import ServerError
from assistants.models.model_protocol import Item, ModelError
from assistants.runs.endings import Failed, Incomplete
from assistants.runs.execution import Execution, RunServices
from assistants.runs.feed import Feed, Load
from assistants.runs.run_writer import OpenCalls, OpenMessage, RunWriter
from assistants.store.messages import Message
from assistants.store.run_status import TERMINAL
from assistants.store.run_steps import open_steps
from assistants.store.runs import Run, RunStatusChangedError, active_run, change_status
from assistants.store.threads import Thread

log = structlog.get_logger(__name__)

UsageObject = dict[str, Any] | None
"""A run's tokens as they are shown, where they are known."""

Reason = Literal["cancelled", "expired", "closing"]
"""Why a run at work is stopped from outside."""

LEASE = 30
"""Seconds that a process vouches for its runs at a time."""

RESTARTED = "The server was stopped while this run was at work. Please start a new one."
CRASHED = "The server had an error while processing this run. Sorry about that!"


class Task:
    """A run's task, and why it was stopped, if it was."""

    def __init__(self, writer: RunWriter) -> None:
        self.writer = writer
        self.reason: Reason | None = None
        self.task: asyncio.Task[None] | None = None
        self.expiry: asyncio.TimerHandle | None = None
        self.phase: Literal["waiting", "working", "ending"] = "waiting"

    def stop(self, reason: Reason) -> None:
        """Interrupt the run; what it has written so far stays."""
        if self.reason is not None or self.phase == "ending":
            return
        self.reason = reason
        # A task that is cancelled before its first step never takes it, and would not see to its end.
        if self.phase == "working" and self.task is not None:
            self.task.cancel()


class RunTasks:
    """Starts runs, stops them, and sees to those that nobody works on."""

    def __init__(self, services: RunServices, clock: Callable[[], float]) -> None:
        self._services = services
        self._clock = clock
        self._tasks: dict[str, Task] = {}
        self.lost: set[str] = set()
        """Runs whose end could not be written, since the database gave way; they are to be ended as soon as it can."""
        self.load = Load()
        self.name = secrets.token_hex(8)

    def now(self) -> int:
        """The present in whole seconds."""
        return int(self._clock())

    # -- starting

    def launch(
        self,
        run: Run,
        *,
        tool_resources: Sequence[Mapping[str, Any]],
        items: Sequence[Item] = (),
        feed: Feed | None = None,
        with_content: bool = False,
        after: float = 0.0,
    ) -> None:
        """Set a queued run to work, `after` so many seconds; it has been written and its reader knows of it."""
        writer = RunWriter(self._services.store, run, self.now, feed, with_content=with_content)
        execution = Execution(self._services, writer, items=items, tool_resources=tool_resources)
        task = Task(writer)
        self._tasks[run.id] = task
        task.task = asyncio.create_task(self._work(task, execution, after), name=run.id)
        if run.expires_at is not None:
            wait = max(0.0, run.expires_at - self._clock())
            task.expiry = asyncio.get_running_loop().call_later(wait, task.stop, "expired")

    async def _work(self, task: Task, execution: Execution, after: float) -> None:
        writer = task.writer
        try:
            if after:
                await asyncio.sleep(after)
            try:
                await self._run(task, execution)
            except RunStatusChangedError:
                await self._overtaken(writer, execution.usage)
        except Exception:
            log.exception("run_lost", run=writer.run.id)
            self.lost.add(writer.run.id)
            if writer.feed is not None:
                writer.feed.event("error", ServerError(CRASHED).body)
        finally:
            if task.expiry is not None:
                task.expiry.cancel()
            self._tasks.pop(writer.run.id, None)
            if writer.feed is not None:
                writer.feed.close()

    async def _run(self, task: Task, execution: Execution) -> None:
        """Work, and end the run as it must be ended when that is cut short."""
        writer, usage = task.writer, execution.usage
        try:
            if task.reason is None:
                task.phase = "working"
                await execution.work(self.now)
            elif task.reason != "closing":  # a run that has not begun can as well begin in the next process
                task.phase = "ending"
                await self._stopped(writer, task.reason, usage)
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if task.reason is None or current is None:
                raise
            task.phase = "ending"
            current.uncancel()
            await self._stopped(writer, task.reason, execution.usage)
        except RunStatusChangedError:
            task.phase = "ending"
            raise
        except Incomplete as cut:
            task.phase = "ending"
            await self._incomplete(writer, cut, execution.usage)
        except (ModelError, Failed) as error:
            task.phase = "ending"
            log.warning("run_failed", run=writer.run.id, code=error.code, reason=error.message)
            await self._failed(writer, error.code, error.message, execution.usage)
        except Exception:
            task.phase = "ending"
            log.exception("run_crashed", run=writer.run.id)
            await self._failed(writer, "server_error", CRASHED, execution.usage)

    # -- endings

    async def _stopped(self, writer: RunWriter, reason: Reason, usage: UsageObject) -> None:
        if reason == "cancelled":
            await self._cancelled(writer, usage)
        elif reason == "expired":
            await self._expired(writer, usage)
        else:
            await self._failed(writer, "server_error", RESTARTED, usage)

    async def _overtaken(self, writer: RunWriter, usage: UsageObject = None) -> None:
        """The run was moved meanwhile: into `cancelling`, or right to its end."""
        async with self._services.store.read() as session:
            run = await session.scalar(select(Run).where(Run.id == writer.run.id))
        if run is None:
            return
        if run.status == "cancelling":
            await self._cancelled(writer, usage)
        elif run.status in TERMINAL:
            writer.tell_rest(run)

    async def _cancelled(self, writer: RunWriter, usage: UsageObject = None) -> None:
        writer.run.status = "cancelling"
        writer.tell_run("cancelling")
        writer.close_message(incomplete="run_cancelled", step_status="cancelled")
        writer.close_calls(status="cancelled")
        ending = _ending(writer, usage, cancelled_at=self.now(), expires_at=None)
        await writer.commit("cancelled", **ending)

    async def _expired(self, writer: RunWriter, usage: UsageObject = None) -> None:
        writer.close_message(incomplete="run_expired", step_status="expired")
        writer.close_calls(status="expired")
        await writer.commit("expired", **_ending(writer, usage))

    async def _failed(self, writer: RunWriter, code: str, message: str, usage: UsageObject = None) -> None:
        error = {"code": code, "message": message}
        step_error = {**error, "code": "server_error"} if code == "invalid_prompt" else error
        writer.close_message(incomplete="run_failed", step_status="failed", error=step_error)
        writer.close_calls(status="failed", error=step_error)
        ending = _ending(writer, usage, failed_at=self.now(), expires_at=None, last_error=error)
        await writer.commit("failed", **ending)

    async def _incomplete(self, writer: RunWriter, cut: Incomplete, usage: UsageObject) -> None:
        error = {"code": "server_error", "message": "The answer was cut off before the call was whole."}
        writer.close_message(incomplete="max_tokens" if cut.reason else "content_filter", usage=cut.usage)
        writer.close_calls(status="failed", error=error, usage=cut.usage)
        details = {"reason": cut.reason} if cut.reason else {}
        await writer.commit("incomplete", **_ending(writer, usage, incomplete_details=details, expires_at=None))

    # -- stopping

    async def cancel(self, run: Run) -> None:
        """End a run that has been written as `cancelling`."""
        task = self._tasks.get(run.id)
        if task is not None:
            task.stop("cancelled")
        elif run.owner in {None, self.name} or run.lease_until is None or run.lease_until < self.now():
            await self._settle(run, self._cancelled)
        # Else another process is at work on it, and finds out at its next look.

    async def abandon_thread(self, thread_id: str) -> None:
        """Cancel the run that holds the thread, if one does, and wait until it has let go."""
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
        if task is not None and task.task is not None:
            await asyncio.wait([task.task])

    async def expire(self, run: Run) -> None:
        """End a run that nobody works on and whose time has passed."""
        await self._settle(run, self._expired)

    async def _settle(self, run: Run, end: Callable[[RunWriter], Any]) -> None:
        """Bring a run to an end that no task works on, with what it left open."""
        writer = await self._reopen(run)
        try:
            await end(writer)
        except RunStatusChangedError:
            await self._overtaken(writer)

    async def _reopen(self, run: Run) -> RunWriter:
        writer = RunWriter(self._services.store, run, self.now)
        async with self._services.store.read() as session:
            for step in await open_steps(session, run.id):
                if step.type == "tool_calls":
                    writer.calls = OpenCalls(step, None)
                    continue
                message_id = step.step_details["message_creation"]["message_id"]
                message = await session.scalar(select(Message).where(Message.id == message_id))
                if message is not None:
                    writer.message = OpenMessage(message, step, shown=True)
        return writer

    # -- start and end of the process

    async def claim(self, run: Run) -> bool:
        """Make a run without a living owner ours; false when another process was faster."""
        before = Run.lease_until.is_(None) if run.lease_until is None else Run.lease_until == run.lease_until
        query = update(Run).where(Run.id == run.id, Run.status == run.status, before)
        lease = self.lease()
        async with self._services.store.write() as session:
            result = await session.execute(query.values(**lease), execution_options={"synchronize_session": False})
        assert isinstance(result, CursorResult)
        return result.rowcount == 1

    async def take_up(self, run: Run, why: str = RESTARTED) -> None:
        """See to a run that nobody works on any more: a queued one goes on, one that was at work has failed."""
        if run.status == "queued":
            self.launch(run, tool_resources=await self._resources(run), items=run.items)
        elif run.status == "in_progress":
            await self._settle(run, lambda writer: self._failed(writer, "server_error", why))
        elif run.status == "cancelling":
            await self._settle(run, self._cancelled)

    async def _resources(self, run: Run) -> list[Mapping[str, Any]]:
        async with self._services.store.read() as session:
            thread = await session.scalar(select(Thread).where(Thread.id == run.thread_id))
        return [run.tool_resources, thread.tool_resources if thread else {}]

    def lease(self) -> dict[str, Any]:
        """The columns that make a run ours for the time being."""
        return {"owner": self.name, "lease_until": self.lease_end()}

    def lease_end(self) -> int:
        """Until when this process vouches for its runs."""
        return self.now() + LEASE

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

    async def close(self) -> None:
        """Stop all runs at work, saying so in each, and wait for them."""
        tasks = [task.task for task in self._tasks.values() if task.task is not None]
        for task in list(self._tasks.values()):
            task.stop("closing")
        if tasks:
            await asyncio.wait(tasks)


def _ending(writer: RunWriter, usage: UsageObject, **changes: Any) -> dict[str, Any]:
    """What changes with a run's end besides its state."""
    return {"required_action": None, "usage": usage or writer.run.usage, **changes}
