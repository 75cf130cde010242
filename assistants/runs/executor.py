"""All runs of this process: each in a task of its own, whoever reads along."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import structlog
from sqlalchemy import select, text
from sqlalchemy.orm import undefer

from assistants.models.base import Item, ModelError
from assistants.runs.endings import Failed, Incomplete
from assistants.runs.events import Feed, Load
from assistants.runs.execution import Execution, Workshop
from assistants.runs.journal import Journal, OpenCalls, OpenMessage, usage_view
from assistants.store.messages import Message
from assistants.store.runs import ACTIVE, Overtaken, Run, active_run, move
from assistants.store.steps import open_steps
from assistants.store.threads import Thread

log = structlog.get_logger(__name__)

Reason = Literal["cancelled", "expired", "closing"]
"""Why a run at work is stopped from outside."""

RESTARTED = "The server was stopped while this run was at work. Please start a new one."
CRASHED = "The server had an error while processing this run. Sorry about that!"


class Task:
    """A run's task, and why it was stopped, if it was."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.reason: Reason | None = None
        self.task: asyncio.Task[None] | None = None
        self.expiry: asyncio.TimerHandle | None = None

    def stop(self, reason: Reason) -> None:
        """Interrupt the run; what it has written so far stays."""
        if self.reason is None and self.task is not None and not self.task.done():
            self.reason = reason
            self.task.cancel()


class Executor:
    """Starts runs, stops them, and sees to those that nobody works on."""

    def __init__(self, workshop: Workshop, clock: Callable[[], float]) -> None:
        self._shop = workshop
        self._clock = clock
        self._tasks: dict[str, Task] = {}
        self._closing = False
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
    ) -> None:
        """Set a queued run to work; it has been written and its reader knows of it."""
        journal = Journal(self._shop.store, run, self.now, feed)
        execution = Execution(self._shop, journal, items=items, tool_resources=tool_resources)
        task = Task(journal)
        self._tasks[run.id] = task
        task.task = asyncio.create_task(self._work(task, execution), name=run.id)
        if run.expires_at is not None:
            wait = max(0.0, run.expires_at - self._clock())
            task.expiry = asyncio.get_running_loop().call_later(wait, task.stop, "expired")

    async def _work(self, task: Task, execution: Execution) -> None:
        journal = task.journal
        try:
            try:
                await execution.work(self.now)
            except asyncio.CancelledError:
                current = asyncio.current_task()
                if task.reason is None or current is None:
                    raise
                current.uncancel()
                await self._stopped(journal, task.reason)
            except Overtaken:
                await self._overtaken(journal)
            except Incomplete as ending:
                await self._incomplete(journal, ending, execution)
            except (ModelError, Failed) as error:
                log.warning("run_failed", run=journal.run.id, code=error.code, reason=error.message)
                await self._failed(journal, error.code, error.message)
            except Exception:
                log.exception("run_crashed", run=journal.run.id)
                await self._failed(journal, "server_error", CRASHED)
        except Overtaken:
            await self._overtaken(journal)
        except Exception:
            log.exception("run_lost", run=journal.run.id)
        finally:
            if task.expiry is not None:
                task.expiry.cancel()
            self._tasks.pop(journal.run.id, None)
            if journal.feed is not None:
                journal.feed.close()

    # -- endings

    async def _stopped(self, journal: Journal, reason: Reason) -> None:
        if reason == "cancelled":
            await self._cancelled(journal)
        elif reason == "expired":
            await self._expired(journal)
        else:
            await self._failed(journal, "server_error", RESTARTED)

    async def _overtaken(self, journal: Journal) -> None:
        """Somebody else has moved the run: into `cancelling`, or right to its end."""
        async with self._shop.store.read() as session:
            status = await session.scalar(select(Run.status).where(Run.id == journal.run.id))
        if status == "cancelling":
            await self._cancelled(journal)

    async def _cancelled(self, journal: Journal) -> None:
        journal.run.status = "cancelling"
        journal.tell_run("cancelling")
        journal.close_message(incomplete="run_cancelled", step_status="cancelled")
        journal.close_calls(status="cancelled")
        await journal.commit("cancelled", cancelled_at=self.now(), expires_at=None, required_action=None)

    async def _expired(self, journal: Journal) -> None:
        journal.close_message(incomplete="run_expired", step_status="expired")
        journal.close_calls(status="expired")
        await journal.commit("expired", required_action=None)

    async def _failed(self, journal: Journal, code: str, message: str) -> None:
        error = {"code": code, "message": message}
        step_error = {**error, "code": "server_error"} if code == "invalid_prompt" else error
        journal.close_message(incomplete="run_failed", step_status="failed", error=step_error)
        journal.close_calls(status="failed", error=step_error)
        await journal.commit("failed", failed_at=self.now(), expires_at=None, last_error=error, required_action=None)

    async def _incomplete(self, journal: Journal, ending: Incomplete, execution: Execution) -> None:
        details = {"reason": ending.reason} if ending.reason else {}
        reason = "max_tokens" if ending.reason else "content_filter"
        error = {"code": "server_error", "message": "The answer was cut off before the call was whole."}
        journal.close_message(incomplete=reason, usage=ending.usage)
        journal.close_calls(status="failed", error=error, usage=ending.usage)
        await journal.commit(
            "incomplete", incomplete_details=details, usage=usage_view(execution.used), expires_at=None
        )

    # -- stopping

    async def cancel(self, run: Run) -> None:
        """End a run that has been written as `cancelling`."""
        task = self._tasks.get(run.id)
        if task is not None:
            task.stop("cancelled")
            return
        await self._settle(run, self._cancelled)

    async def abandon_thread(self, thread_id: str) -> None:
        """Cancel the run that holds the thread, if one does, and wait until it has let go."""
        async with self._shop.store.write() as session:
            run_id = await active_run(session, thread_id)
            if run_id is None:
                return
            run = await session.scalar(select(Run).where(Run.id == run_id))
            assert run is not None
            if run.status != "cancelling":
                await move(session, run, "cancelling")
        task = self._tasks.get(run_id)
        await self.cancel(run)
        if task is not None and task.task is not None:
            await asyncio.wait([task.task])

    async def expire(self, run: Run) -> None:
        """End a run that nobody works on and whose time has passed."""
        await self._settle(run, self._expired)

    async def _settle(self, run: Run, end: Callable[[Journal], Any]) -> None:
        """Bring a run to an end that no task works on, with what it left open."""
        journal = await self._reopen(run)
        try:
            await end(journal)
        except Overtaken:
            await self._overtaken(journal)

    async def _reopen(self, run: Run) -> Journal:
        journal = Journal(self._shop.store, run, self.now)
        async with self._shop.store.read() as session:
            for step in await open_steps(session, run.id):
                if step.type == "tool_calls":
                    journal.calls = OpenCalls(step, None)
                    continue
                message_id = step.step_details["message_creation"]["message_id"]
                message = await session.scalar(select(Message).where(Message.id == message_id))
                if message is not None:
                    journal.message = OpenMessage(message, step)
        return journal

    # -- start and end of the process

    async def recover(self) -> None:
        """Take up what an earlier process left: queued runs go on, those that were at work have failed."""
        async with self._shop.store.read() as session:
            runs = (await session.scalars(select(Run).where(text(ACTIVE)).options(undefer(Run.items)))).all()
        for run in runs:
            if run.status == "queued":
                self.launch(run, tool_resources=await self._resources(run), items=run.items)
            elif run.status == "in_progress":
                await self._settle(run, lambda journal: self._failed(journal, "server_error", RESTARTED))
            elif run.status == "cancelling":
                await self._settle(run, self._cancelled)

    async def _resources(self, run: Run) -> list[Mapping[str, Any]]:
        async with self._shop.store.read() as session:
            thread = await session.scalar(select(Thread).where(Thread.id == run.thread_id))
        return [run.tool_resources, thread.tool_resources if thread else {}]

    async def close(self) -> None:
        """Stop all runs at work, saying so in each, and wait for them."""
        self._closing = True
        tasks = [task.task for task in self._tasks.values() if task.task is not None]
        for task in list(self._tasks.values()):
            task.stop("closing")
        if tasks:
            await asyncio.wait(tasks)
