"""Forgets students: conversations on both sides, results and cards, files. What a crash leaves goes on at the start.

Each kind is done in steps that may be done twice. The Assistants API deletes runs and their steps with their thread
alone, so every thread in which a student has said something is deleted whole; what others have said there is read
again from Discord when somebody writes on, without the student's messages and the answers of that time.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from functools import partial
from typing import Final, Protocol

import structlog

from bot.conversations.registry import Conversations
from bot.discord_clock import DISCORD_CLOCK
from bot.library.library_store import FileRecord
from bot.privacy.forgetting_store import Forgetting, ForgettingStore
from bot.retries import delay_before, through_outages

log = structlog.get_logger(__name__)

AT_ONCE: Final = 4
"""Students who are forgotten at the same time; others wait their turn."""
_KNOWN: Final = 10_000
"""Students of whom it is remembered until when they are forgotten."""


class OtherProcesses(Protocol):
    """Which servers are whose, and how the others hear of a request."""

    def owns(self, guild_id: int) -> bool:
        """Whether this process serves a server (0: direct messages)."""
        ...

    async def tell(self, student_id: int) -> None:
        """Have the other processes forget a student in their servers."""


class Forgetter:
    """Carries out requests. `delete_results` deletes a student's results and cards and returns how many things went;
    `files_of` and `remove_files` are the library's.
    """

    def __init__(
        self,
        store: ForgettingStore,
        conversations: Conversations,
        *,
        others: "OtherProcesses",
        delete_results: Callable[[int], Awaitable[int]],
        files_of: Callable[[int], Awaitable[list[FileRecord]]],
        remove_files: Callable[[list[FileRecord]], Awaitable[None]],
    ) -> None:
        self._store = store
        self._conversations = conversations
        self._others = others
        self._delete_results = delete_results
        self._files_of = files_of
        self._remove_files = remove_files
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[int, asyncio.Task[Counter[str]]] = {}
        self._before: OrderedDict[int, datetime | None] = OrderedDict()

    async def ask(self, student_id: int, kinds: Collection[str]) -> Counter[str]:
        """Forget a student; returns how many conversations, things of learning and files went, by kind."""
        await self._store.add(student_id, kinds, DISCORD_CLOCK.now())
        self._before.pop(student_id, None)
        went: Counter[str] = Counter()
        while (asked := await through_outages(lambda: self._store.of(student_id))) is not None and asked.kinds:
            went += await asyncio.shield(self._begin(student_id))  # what is under way takes this request too
        return went

    async def recover(self) -> None:
        """Go on with what the last process has not done."""
        for each in await through_outages(self._store.unfinished):
            log.info("forgetting.goes_on", kinds=each.kinds)
            self._begin(each.student_id)

    async def close(self) -> None:
        """Stop; the next start goes on."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def before(self, student_id: int) -> datetime | None:
        """Until when a student's conversations are forgotten; None: they are not."""
        if student_id not in self._before:
            known = await self._store.of(student_id)
            self._before[student_id] = known.conversations_before if known is not None else None
            if len(self._before) > _KNOWN:
                self._before.popitem(last=False)
        return self._before[student_id]

    def heard(self, student_id: int) -> None:
        """Another process asks for what is in our servers."""
        self._before.pop(student_id, None)
        self._begin(student_id)

    def _begin(self, student_id: int) -> "asyncio.Task[Counter[str]]":
        """What forgets a student: the task that is at it already, or a new one."""
        running = self._tasks.get(student_id)
        if running is not None and not running.done():
            return running
        task = asyncio.create_task(self._forget(student_id), name="forget")
        self._tasks[student_id] = task
        task.add_done_callback(lambda done: self._ended(student_id, done))
        return task

    def _ended(self, student_id: int, task: "asyncio.Task[Counter[str]]") -> None:
        if self._tasks.get(student_id) is task:
            del self._tasks[student_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("forgetting.failed", exc_info=error)

    async def _forget(self, student_id: int) -> Counter[str]:
        went: Counter[str] = Counter()
        attempt = 0
        while (asked := await through_outages(lambda: self._store.of(student_id))) is not None and asked.kinds:
            async with self._places:
                left = await self._do_all(asked, went)
            if left:  # others need not wait for what the server does not delete now
                attempt += 1
                log.warning("forgetting.tried_again", kinds=left, attempt=attempt)
                await asyncio.sleep(delay_before(attempt))
        log.info("forgetting.done", **went)
        return went

    async def _do_all(self, asked: Forgetting, went: Counter[str]) -> list[str]:
        """Do what is to be done, and count it in `went`; the kinds that cannot be done now."""
        left = []
        for kind in asked.kinds:
            try:
                went[kind] += await through_outages(partial(self._do, kind, asked))
            except _NotYetError:
                left.append(kind)
            else:
                await through_outages(partial(self._store.done, asked, kind))
        return left

    async def _do(self, kind: str, asked: Forgetting) -> int:
        if kind == "conversations":
            return await self._forget_conversations(asked)
        if kind == "results":
            return await self._delete_results(asked.student_id)
        records = await self._files_of(asked.student_id)
        await self._remove_files(records)
        left = await self._files_of(asked.student_id)
        if left:
            raise _NotYetError
        return len(records)

    async def _forget_conversations(self, asked: Forgetting) -> int:
        found = await self._store.conversations_of(asked.student_id, asked.conversations_before)
        theirs = 0
        for conversation_id, guild_id in found:
            if not self._others.owns(guild_id):
                theirs += 1
                continue
            if not await self._conversations.forget(conversation_id, asked.student_id):
                raise _NotYetError
            await self._store.forget_conversation(conversation_id, asked.student_id)
        if theirs:
            await self._others.tell(asked.student_id)
            raise _NotYetError
        await self._store.forget_charges(asked.student_id, DISCORD_CLOCK.now().date())
        return len(found)


class _NotYetError(Exception):
    """The Assistants server does not delete it now."""
