"""Making threads from messages, within what Discord allows, and without keeping a student waiting.

When Discord makes no more threads, discord.py waits for minutes. An answer beside the question is there at once: so a
thread that is not there after three seconds is given up. If it comes later all the same, it is removed.
"""

import asyncio
import math
import re
from collections import OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import discord
import structlog

from bot.replies.bounded_calls import BoundedCall, Patience, current_bounded_call, give_up, start_call
from bot.replies.discord_error_codes import THREAD_ALREADY_EXISTS
from bot.replies.limits.rate_limits import retry_after
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.tutor.thread_limits import BucketState, ThreadLimit, ThreadLimits

log = structlog.get_logger(__name__)

TRIES = 3
"""How often a thread is asked for when the connection breaks."""
LAST_TRY = 1.0
"""Seconds at least in which a thread has to be there after it was asked for."""
REMEMBERED = 1_000
"""Threads that were given up and may still come."""

_PATH: Final = re.compile(r"/channels/\d+/(?:messages/\d+/)?threads$")


@dataclass(slots=True, eq=False)
class _Creation(BoundedCall):
    """A thread on its way."""

    limit: ThreadLimit = field(kw_only=True)
    patience: Patience = field(kw_only=True)
    answered: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """True as soon as Discord has made the thread (discord.py may return much later); False when it refuses it for
    longer than one waits."""
    counted: bool = False
    released: bool = False

    def answer(self, *, made: bool) -> None:
        """Discord has answered."""
        if not self.answered.done():
            self.answered.set_result(made)

    def release(self) -> None:
        """It counts among the threads that are asked for no more."""
        if not self.released:
            self.released = True
            self.limit.release()

    def count(self, now: float) -> None:
        """The thread was made, or may have been made."""
        if not self.counted:
            self.counted = True
            self.limit.count(now)


class ThreadCreation:
    """Makes threads from messages. It reads Discord's limits from its responses.

    `trace` is the trace of discord.py's HTTP client.
    """

    def __init__(self, client: discord.Client, trace: aiohttp.TraceConfig) -> None:
        self._client = client
        self._limits = ThreadLimits()
        self._creations: dict[int, _Creation] = {}
        """Under way, by the id of the message, which is the thread's too."""
        self._waiting: list[asyncio.Future[None]] = []
        self._given_up: OrderedDict[int, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        trace.on_request_end.append(self._read_response)

    async def create(
        self, message: discord.Message | discord.PartialMessage, name: str, *, member_id: int | None = None
    ) -> Any:
        """Make a thread from the message; None if Discord refuses it, or it is not there in time.

        Discord makes the message's author a member. `member_id`: who asked for a thread from a message of Saem's; he
        becomes a member too, so that the thread stands in his list of channels.
        """
        guild = message.guild
        if guild is None:
            return None
        limit = self._limits.of(guild.id, message.channel.id, asyncio.get_running_loop().time())
        patience = Patience()
        if not await self._room(limit, patience):
            log.info("thread.no_room", guild=guild.id, channel=message.channel.id)
            return None
        limit.take()
        patience.left = max(LAST_TRY, patience.left)
        creation = self._creations[message.id] = _Creation(limit=limit, patience=patience)
        task = start_call(creation, _create(message, name))
        thread = None
        try:
            if await patience.wait([task, creation.answered], [creation]):
                thread = self._outcome(message, guild, task, creation)
            else:
                log.warning("thread.given_up", channel=message.channel.id, message=message.id)
        except DISCORD_ERRORS as error:
            log.warning("thread.refused", channel=message.channel.id, cause=error)
        finally:
            if not task.done():
                give_up(creation, task)
            if not creation.answered.done():
                # It may come all the same: its response is late, or was lost.
                creation.count(asyncio.get_running_loop().time())
                self._expect_late(message.id)
                if not task.done():
                    limit.hanging += 1
                    task.add_done_callback(lambda _: self._hangs_no_more(limit))
            creation.release()
            del self._creations[message.id]
            self._wake()
        if thread is not None and member_id is not None:
            self._begin(self._add_member(thread.id, member_id))
        return thread

    async def _add_member(self, thread_id: int, member_id: int) -> None:
        try:
            await self._client.http.add_user_to_thread(thread_id, member_id)
        except DISCORD_ERRORS as error:
            log.warning("thread.member_not_added", thread=thread_id, cause=error)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else: nobody waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _outcome(
        self,
        message: discord.Message | discord.PartialMessage,
        guild: discord.Guild,
        task: "asyncio.Task[Any]",
        creation: _Creation,
    ) -> Any:
        """The thread, or None if Discord refuses it for now.

        Raises:
            DISCORD_ERRORS: Discord refuses it for good, or cannot be reached.
        """
        if task.done():
            if isinstance(task.exception(), discord.HTTPException):
                creation.answer(made=False)
            return task.result()
        if not creation.answered.result():
            return None
        return guild.get_thread(message.id) or self._client.get_partial_messageable(message.id, guild_id=guild.id)

    # Room

    async def _room(self, limit: ThreadLimit, patience: Patience) -> bool:
        """Wait until a thread may be asked for; False if that takes too long."""
        loop = asyncio.get_running_loop()
        while (wait := limit.opens_at(loop.time()) - loop.time()) > 0:
            if patience.is_over or patience.left < wait < math.inf:
                return False
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            try:
                await patience.wait([turn], self._creations.values(), at_most=wait)
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
        return True

    def _hangs_no_more(self, limit: ThreadLimit) -> None:
        limit.hanging -= 1
        self._wake()

    def _wake(self) -> None:
        """Something has changed: those who wait look again, in the order in which they came."""
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            if not turn.done():
                turn.set_result(None)

    async def _read_response(self, _session: object, _context: object, params: aiohttp.TraceRequestEndParams) -> None:
        creation = current_bounded_call.get()
        if not isinstance(creation, _Creation) or params.method != "POST" or not _PATH.search(params.url.path):
            return
        now = asyncio.get_running_loop().time()
        headers: Mapping[str, str] = params.response.headers
        told, status = BucketState.of(headers, now), params.response.status
        if status == 429 and headers.get("X-RateLimit-Scope") != "global":
            after = retry_after(headers)
            creation.limit.refuse(now + after, told, now)
            if after > creation.patience.left:
                creation.answer(made=False)
        elif 200 <= status < 300:
            creation.answer(made=True)
            creation.release()
            creation.count(now)
        if told is not None and status != 429:
            creation.limit.learn(told)
        self._wake()

    # Threads that come late

    def _expect_late(self, thread_id: int) -> None:
        self._given_up[thread_id] = None
        if len(self._given_up) > REMEMBERED:
            self._given_up.popitem(last=False)

    def thread_appeared(self, thread: discord.Thread) -> None:
        """Discord tells of a new thread. If it was given up, the answer is elsewhere: the empty thread is removed."""
        creation = self._creations.get(thread.id)
        if creation is not None:
            creation.answer(made=True)
        elif thread.id in self._given_up:
            del self._given_up[thread.id]
            self._begin(self._remove(thread))

    async def _remove(self, thread: discord.Thread) -> None:
        log.info("thread.came_late", thread=thread.id)
        try:
            await thread.delete()
        except discord.Forbidden:
            log.warning("thread.not_removed", thread=thread.id, hint="Saem needs the permission Manage Threads there.")
            await self._archive(thread)
        except DISCORD_ERRORS as error:
            log.warning("thread.not_removed", thread=thread.id, cause=error)

    async def _archive(self, thread: discord.Thread) -> None:
        """Take it out of the way: who made a thread may archive it."""
        try:
            await thread.edit(archived=True)
        except DISCORD_ERRORS as error:
            log.warning("thread.not_archived", thread=thread.id, cause=error)


async def _create(message: discord.Message | discord.PartialMessage, name: str) -> Any:
    """Make the thread; if Discord has made it but its response got lost, fetch it."""
    for tries_left in range(TRIES - 1, -1, -1):
        try:
            return await message.create_thread(name=name)
        except discord.HTTPException as error:
            if error.code == THREAD_ALREADY_EXISTS and message.guild is not None:
                return await message.guild.fetch_channel(message.id)
            raise
        except (aiohttp.ClientError, OSError) as error:
            if not tries_left:
                raise
            cause = str(error) or type(error).__name__
            log.warning("thread.made_again", channel=message.channel.id, cause=cause)
    raise AssertionError("unreachable")
