"""The kernels of this process: one for each thread that runs code, a spare one that is ready, few at a time.

A kernel keeps a thread's variables between its calls and runs. It ends when it has been idle for a while, or when other
threads need the room; then the next call gets a new one, with the thread's files but without its variables.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

import structlog

from assistants.interpreter.kernel import Kernel, KernelDiedError
from workers.programs import ProgramStarter

log = structlog.get_logger(__name__)

MOST: Final = 6
"""Kernels at once; an idle one holds some 140 MiB."""
AT_ONCE: Final = 3
"""Calls that run at the same time; others wait."""
SPARE: Final = True
"""Whether one is started before it is asked for."""
IDLE: Final = 600.0
"""Seconds without a call after which a kernel ends."""


@dataclass(eq=False, slots=True)
class ThreadKernel:
    """A thread's kernel."""

    kernel: Kernel
    files: set[str] = field(default_factory=set)
    """The ids of the files that were put into its /mnt/data, or come from there."""
    is_new: bool = True
    idle: asyncio.TimerHandle | None = None


class Kernels:
    """Kernels by thread. `close` ends them all."""

    def __init__(self, sandbox: ProgramStarter) -> None:
        self._sandbox = sandbox
        self._spare: asyncio.Task[Kernel] | None = None
        self._kernels: OrderedDict[str, ThreadKernel] = OrderedDict()
        """Those that no call uses, the longest idle first."""
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """Held by the calls that have a turn or wait for one."""
        self._room = asyncio.Semaphore(AT_ONCE)
        self._endings: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def of(self, thread_id: str) -> AsyncIterator[ThreadKernel]:
        """A thread's kernel, for one call; calls of a thread take turns. A kernel whose call raises ends with it.

        Raises:
            KernelDiedError: none can be started.
        """
        turn = self._turns.setdefault(thread_id, asyncio.Lock())
        async with turn, self._room:
            held = self._kernels.pop(thread_id, None)
            if held is not None and not held.kernel.alive:
                await self._end(held)
                held = None
            held = held or ThreadKernel(await self._started())
            try:
                yield held
            except BaseException:
                await asyncio.shield(self._end(held))
                raise
            held.is_new = False
            self._keep(thread_id, held)

    async def close(self) -> None:
        """End all kernels."""
        if self._spare is not None:
            self._spare.cancel()
            await asyncio.gather(self._spare, return_exceptions=True)
            if not self._spare.cancelled() and self._spare.exception() is None:
                await self._spare.result().close()
        held, self._kernels = list(self._kernels.values()), OrderedDict()
        await asyncio.gather(*(self._end(each) for each in held), *self._endings)

    async def _started(self) -> Kernel:
        """A kernel that can be used: the spare one if there is one. Meanwhile the next spare one is started."""
        spare, self._spare = self._spare, None
        kernel = None
        if spare is not None:
            try:
                kernel = await spare
            except KernelDiedError:
                log.warning("kernel.spare_died")
            if kernel is not None and not kernel.alive:
                await kernel.close()
                kernel = None
        kernel = kernel or await Kernel.start(self._sandbox)
        if SPARE:
            self._spare = asyncio.create_task(self._warm_kernel(), name="spare-kernel")
        return kernel

    async def _warm_kernel(self) -> Kernel:
        kernel = await Kernel.start(self._sandbox)
        try:
            await kernel.warm_up()
        except BaseException:
            await asyncio.shield(kernel.close())
            raise
        return kernel

    def _keep(self, thread_id: str, held: ThreadKernel) -> None:
        """Keep the kernel for the thread's next call; the longest idle one goes if there are too many."""
        self._kernels[thread_id] = held
        held.idle = asyncio.get_running_loop().call_later(IDLE, self._drop, thread_id, held)
        while len(self._kernels) > MOST:
            self._drop(*next(iter(self._kernels.items())))

    def _drop(self, thread_id: str, held: ThreadKernel) -> None:
        if self._kernels.get(thread_id) is held:
            del self._kernels[thread_id]
            task = asyncio.create_task(self._end(held), name="ending-kernel")
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)

    async def _end(self, held: ThreadKernel) -> None:
        if held.idle is not None:
            held.idle.cancel()
        await held.kernel.close()
