"""The pool of worker processes: starts and ends them, and decides which job gets which process, and when."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import structlog

from workers import sandbox
from workers.errors import JobCrashed, JobFailed
from workers.job import Job
from workers.job_files import OwnPaths
from workers.process_handle import DiedBeforeJob, ProcessHandle
from workers.programs import ProgramStarter

log = structlog.get_logger(__name__)

LONG_JOB = 10.0
"""Seconds: jobs that may take longer leave one process free for shorter ones."""
MAX_HELD = 384 << 20
"""Bytes: a process that holds more after a job is replaced."""


FindSandbox = Callable[[], ProgramStarter | None]
"""Finds the sandbox that processes run in; the first call may take a moment."""


class Slot:
    """A place for one process, which is started when there is a job and ended when it has been idle for a while."""

    def __init__(self, find_sandbox: FindSandbox) -> None:
        self.process: ProcessHandle | None = None
        self._find_sandbox = find_sandbox
        self.idle: asyncio.TimerHandle | None = None
        self.closed = False

    def knows(self, module: str) -> bool:
        """Whether this slot's process has imported `module` already."""
        return self.process is not None and module in self.process.modules

    def take_process(self) -> ProcessHandle | None:
        """Empty the slot."""
        process, self.process = self.process, None
        return process

    async def run(self, job: Job) -> Any:
        """Do a job in this slot's process; if that died while it was idle, it is replaced and the job begins again."""
        reused = self.process is not None and self.process.alive
        try:
            return await self._run(job)
        except DiedBeforeJob:
            if not reused:
                raise
        return await self._run(job)

    async def _run(self, job: Job) -> Any:
        if self.process is not None and not self.process.alive:
            await self.kill()
        if self.process is None:
            self.process = await ProcessHandle.start(await asyncio.to_thread(self._find_sandbox))
        try:
            if self.closed:
                raise JobCrashed("the pool was closed")
            result = await self.process.run(job)
        except JobFailed:
            raise
        except BaseException:
            await self.kill()
            raise
        return result

    async def kill(self) -> None:
        """Kill this slot's process, also when the caller is being cancelled."""
        if process := self.take_process():
            killing = asyncio.ensure_future(process.kill())
            try:
                await asyncio.shield(killing)
            except asyncio.CancelledError:
                await asyncio.wait([killing])
                raise


@dataclass(eq=False, slots=True)
class QueuedJob:
    """A job in the queue."""

    job: Job
    turn: asyncio.Future[Slot] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Pool:
    """Worker processes for `package.module:function` jobs; use it as `async with Pool() as pool`.

    At most `size` processes run at once. They start with the first job, keep the modules that they have imported,
    and end `idle_after` seconds after their last job. Jobs queue in lanes (one for each module, unless told otherwise),
    and the lanes take turns, so that many documents do not keep a formula waiting. Jobs with a time limit above
    LONG_JOB leave one of several processes free for short jobs.
    """

    def __init__(self, size: int = 2, idle_after: float = 30.0, *, find_sandbox: FindSandbox = sandbox.found) -> None:
        if size < 1:
            raise ValueError("a pool needs at least one worker")
        self._slots = [Slot(find_sandbox) for _ in range(size)]
        self._free = list(self._slots)
        self._long_running = 0
        self._lanes: dict[str, deque[QueuedJob]] = {}
        self._idle_after = idle_after
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._all_free = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def pids(self) -> list[int]:
        """The ids of the processes that run now."""
        return [slot.process.pid for slot in self._slots if slot.process is not None and slot.process.alive]

    async def run(
        self,
        function: str,
        *args: Any,
        timeout: float = 30.0,
        memory: int = 1 << 30,
        output: int = 64 << 20,
        lane: str | None = None,
    ) -> Any:
        """Call `package.module:function` with `args` in a worker process, and return what it returns.

        Arguments and result are None, bool, int (64 bits), float, str, bytes, list or dict; files are passed as
        `LentFile` and `MadeFile`, since a process in the sandbox sees no others. The `timeout`, in seconds, does not
        count the wait in the queue and the import. `memory` is what the job may take beyond what its process
        holds already, `output` the most that it may return, both in bytes. Cancelling the caller kills the job.

        Raises:
            JobFailed: the function raised, or could not be imported.
            JobTimedOut: it took too long and was killed.
            JobCrashed: its process died, ran out of memory, or sent what cannot be read.
            TypeError, ValueError: the arguments cannot be sent.
            OSError: a file cannot be lent to the job, or what it has made cannot be written.
        """
        job = Job(function, args, timeout, memory, output)
        job.frame(OwnPaths().lend(args))  # what cannot be sent is the caller's mistake: it is told before the job waits
        slot = await self._wait_for_slot(QueuedJob(job), lane or job.module)
        try:
            return await slot.run(job)
        finally:
            self._release(slot, job)

    async def warm(self, module: str) -> None:
        """Start a process and import `module` in it, so that the next job of that module does not wait for that."""
        await self.run(f"{module}:")

    async def close(self) -> None:
        """End every process; jobs that run or wait raise JobCrashed."""
        self._closed = True
        for queue in self._lanes.values():
            for queued in queue:
                if not queued.turn.done():
                    queued.turn.set_exception(JobCrashed("the pool was closed"))
        self._lanes.clear()
        for slot in self._slots:
            slot.closed = True
            if slot in self._free:
                self._end_process(slot)
        await asyncio.gather(*(slot.kill() for slot in self._slots))
        if len(self._free) < len(self._slots):
            await self._all_free.wait()
        await asyncio.gather(*self._tasks)

    async def _wait_for_slot(self, queued: QueuedJob, lane: str) -> Slot:
        """Wait in the lane for a free slot."""
        if self._closed:
            raise RuntimeError("the pool is closed")
        self._lanes.setdefault(lane, deque()).append(queued)
        self._dispatch()
        try:
            return await queued.turn
        except asyncio.CancelledError:
            if queued.turn.done() and not queued.turn.cancelled() and queued.turn.exception() is None:
                self._release(queued.turn.result(), queued.job)
            raise

    def _dispatch(self) -> None:
        """Give free slots to waiting jobs: one lane after the other, and within a lane in order."""
        moved = True
        while moved and self._free:
            moved = False
            for lane in list(self._lanes):
                moved = self._start_next_of(lane) or moved

    def _start_next_of(self, lane: str) -> bool:
        queue = self._lanes[lane]
        while queue and queue[0].turn.done():
            queue.popleft()
        if not queue:
            del self._lanes[lane]
            return False
        if not self._may_start(queue[0].job):
            return False
        queued = queue.popleft()
        queued.turn.set_result(self._occupy(queued.job))
        # The lane goes behind the others.
        self._lanes[lane] = self._lanes.pop(lane)
        return True

    def _may_start(self, job: Job) -> bool:
        if not self._free:
            return False
        return job.timeout <= LONG_JOB or self._long_running < max(1, len(self._slots) - 1)

    def _occupy(self, job: Job) -> Slot:
        """Take the best free slot: its process has imported the module, else it has a process, else any."""
        slot = max(self._free, key=lambda free: (free.knows(job.module), free.process is not None))
        self._free.remove(slot)
        self._stop_idle_timer(slot)
        self._long_running += job.timeout > LONG_JOB
        return slot

    def _release(self, slot: Slot, job: Job) -> None:
        self._long_running -= job.timeout > LONG_JOB
        self._free.append(slot)
        if self._closed:
            if len(self._free) == len(self._slots):
                self._all_free.set()
            return
        if slot.process is not None and slot.process.held > MAX_HELD:
            self._end_process(slot)
        if slot.process is not None:
            loop = asyncio.get_running_loop()
            slot.idle = loop.call_later(self._idle_after, self._end_process, slot)
        self._dispatch()

    def _stop_idle_timer(self, slot: Slot) -> None:
        if slot.idle is not None:
            slot.idle.cancel()
            slot.idle = None

    def _end_process(self, slot: Slot) -> None:
        """End a slot's process in the background."""
        self._stop_idle_timer(slot)
        if process := slot.take_process():
            self._spawn(process.close())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
