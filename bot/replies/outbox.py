"""The outbox: schedules when each Discord message is sent or edited, as often as the rate limits allow.

Only the newest state of a message counts. It is rendered just before it is sent, so no old state ever waits, and
feeding text into a reply never waits. One outbox serves the whole bot, because Discord's global limit does.
"""

import asyncio
import contextvars
import math
from collections.abc import Callable
from http import HTTPStatus

import aiohttp
import discord
import structlog

from bot.replies.channel_writer import MessageWriter
from bot.replies.destinations import open_writer
from bot.replies.discord_error_codes import ARCHIVED, EDITED_TOO_OFTEN, MISSING_PERMISSIONS
from bot.replies.limits.rate_limits import Bucket, GlobalRateLimit
from bot.replies.message_components import MessageState, new_view
from bot.replies.outgoing_messages import Delivery, OutgoingMessage, Urgency, WaitingRequest, current_urgency
from bot.replies.request_trace import OutboxCall, RequestTrace, current_call
from bot.replies.requests.discord_failures import is_refused

log = structlog.get_logger(__name__)

QUICK_START = (0.35, 0.7)
"""Seconds from the first words to the first edit, and from that to the second; then Discord's headers decide."""
SLOWEST_RETRY = 10.0
HELD_BACK = 0.2
"""Seconds between two looks whether messages are still held back."""
ATTEMPTS = 360
"""How many calls may fail in a row before a message is given up (about an hour): a half answer would keep its Stop."""
MOST_REFUSED = 200
"""Messages that Discord does not let the bot show now and that are kept, until its permissions change."""


class Outbox:
    """Schedules the calls of all replies.

    `request_trace.config` is given to discord.py as `http_trace`: through it the outbox sees the rate-limit headers of
    every response, and makes every request that counts against the global limit wait until there is room. It never
    cancels a call of discord.py's: a call that is cancelled while it waits for the end of a global 429 would leave
    discord.py's lock closed.
    """

    def __init__(self, global_limit: GlobalRateLimit | None = None) -> None:
        self.global_limit = global_limit or GlobalRateLimit()
        self.global_limit.on_room = self._schedule_waiting
        self.request_trace = RequestTrace(
            self.global_limit, lambda: self._admit(current_urgency.get(), take=True), self._schedule_waiting
        )
        self._waiting: dict[OutgoingMessage, None] = {}
        self._refused: dict[OutgoingMessage, None] = {}
        """What lacks a permission, oldest first."""
        self._permissions_at: dict[int, float] = {}
        """By guild: when the bot's permissions changed last."""
        self._requests: list[WaitingRequest] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._scheduled: asyncio.Handle | None = None
        self._closed = False
        self.holds_back: Callable[[], bool] = lambda: False
        """Whether no message is sent or edited now: another process may be at the same ones."""
        self._context = contextvars.copy_context()
        """The calls that the scheduler starts belong to nobody's call, whoever has caused it to look."""

    async def close(self, timeout: float = 10.0) -> None:
        """Show what is still waiting, as far as `timeout` seconds allow, then stop."""
        pending = [self.wait_until_settled(message) for message in list(self._waiting)]
        if pending or self._calls:
            await asyncio.wait(
                [*(asyncio.ensure_future(waiting) for waiting in pending), *self._calls], timeout=timeout
            )
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for request in list(self._requests):
            if not request.admitted.done():
                self._let_through(request, asyncio.get_running_loop().time())
        for message in list(self._waiting):
            self.give_up(message)

    # What replies call

    def add_message(self, delivery: Delivery, render: Callable[[], MessageState]) -> OutgoingMessage:
        """Add a message below the others of `delivery`; the first opens the destination, and all wait for that."""
        message = OutgoingMessage(render, delivery, after=delivery.messages[-1] if delivery.messages else None)
        delivery.messages.append(message)
        if delivery.opening is None:
            delivery.opening = asyncio.create_task(open_writer(delivery.destination))
            delivery.opening.add_done_callback(lambda opening: self._opened(delivery, opening))
        return message

    def _opened(self, delivery: Delivery, opening: "asyncio.Task[MessageWriter]") -> None:
        if opening.cancelled():
            delivery.error = asyncio.InvalidStateError("the destination was given up")
        elif (error := opening.exception()) is not None:
            delivery.error = error if isinstance(error, Exception) else RuntimeError(str(error))
        else:
            delivery.writer = opening.result()
        if delivery.error is not None:
            for message in delivery.messages:
                self.give_up(message)
        self.schedule()

    def mark_changed(self, message: OutgoingMessage, urgency: Urgency = Urgency.SOON) -> None:
        """`message` has a newer state to show. This is cheap: call it for every piece of text."""
        if message.delivery.error is not None:
            message.undeliverable = True
        if message.undeliverable or self._closed:
            return
        if message.changed:
            if urgency < message.urgency:
                message.urgency = urgency
                self.schedule()
            return
        message.changed = True
        message.changed_since = asyncio.get_running_loop().time()
        message.urgency = Urgency.NOW if message.message_id is None else urgency
        self._waiting[message] = None
        if not message.in_flight:
            self.schedule()

    async def wait_until_settled(self, message: OutgoingMessage) -> None:
        """Wait until Discord shows the newest state of `message`, or never will."""
        if not message.settled:
            waiter = asyncio.get_running_loop().create_future()
            message.waiters.append(waiter)
            await waiter

    def give_up(self, message: OutgoingMessage) -> None:
        """Stop trying to show `message`."""
        message.undeliverable = True
        self._waiting.pop(message, None)
        self._refused.pop(message, None)
        message.changed = False
        self._wake_waiters(message)

    def permissions_changed(self, guild_id: int) -> None:
        """The bot may do something else in a guild than before: try again what it was not allowed to show."""
        self._permissions_at[guild_id] = asyncio.get_running_loop().time()
        for message in list(self._refused):
            writer = message.delivery.writer
            if writer is None or writer.guild_id != guild_id:
                continue
            del self._refused[message]
            message.undeliverable, message.failures, message.not_before = False, 0, 0.0
            self.mark_changed(message, Urgency.NOW)
            if message.message_id is None and message.after is not None:  # it says that nothing more comes
                self.mark_changed(message.after, Urgency.NOW)

    def _keep_refused(self, message: OutgoingMessage, error: discord.HTTPException) -> None:
        """Keep what may be shown when permissions change, and have the message before it say that it is the last."""
        if error.status == HTTPStatus.FORBIDDEN and message.delivery.writer is not None:
            self._refused[message] = None
            while len(self._refused) > MOST_REFUSED:
                del self._refused[next(iter(self._refused))]
            guild_id = message.delivery.writer.guild_id
            if guild_id is not None and self._permissions_at.get(guild_id, -math.inf) >= message.called_at:
                self.permissions_changed(guild_id)  # while the call was under way
        if message.message_id is None and message.after is not None:
            self.mark_changed(message.after, Urgency.NOW)

    # What other requests of the bot call

    async def wait_for_turn(self, urgency: Urgency | None = None) -> None:
        """Wait until the global limit has room.

        Every request waits by itself (see `RequestTrace`); this is for callers that decide what to send only then.
        """
        await self._admit(current_urgency.get() if urgency is None else urgency, take=False)

    async def _admit(self, urgency: Urgency, *, take: bool) -> None:
        now = asyncio.get_running_loop().time()
        if self._closed or (not self._requests and self.global_limit.ready_at(now) <= now):
            if take:
                self.global_limit.take(now, urgent=urgency == Urgency.NOW)
            return
        request = WaitingRequest(urgency, now, take, asyncio.get_running_loop().create_future())
        self._requests.append(request)
        self.schedule()
        try:
            await request.admitted
        except asyncio.CancelledError:
            if request.admitted.done() and not request.admitted.cancelled() and take:
                self.global_limit.give_back()
            raise

    def has_spare_room(self) -> bool:
        """Whether there is room for requests that nobody would miss, such as typing."""
        return self.global_limit.is_quiet(asyncio.get_running_loop().time())

    # The scheduler

    def schedule(self) -> None:
        """Look soon at what may be sent."""
        if self._scheduled is None and not self._closed:
            self._scheduled = asyncio.get_running_loop().call_soon(self._run_scheduler, context=self._context)

    def _schedule_waiting(self) -> None:
        if self._waiting or self._requests:
            self.schedule()

    def _run_scheduler(self) -> None:
        self._scheduled = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = asyncio.get_running_loop().time()
        if self._waiting and self.holds_back():
            self._timer = asyncio.get_running_loop().call_at(
                now + HELD_BACK, self._run_scheduler, context=self._context
            )
            return
        later = self._start_ready(now)
        if later is not None and not self._closed:
            self._timer = asyncio.get_running_loop().call_at(later, self._run_scheduler, context=self._context)

    def _start_ready(self, now: float) -> float | None:
        """Start every call that may start now; return when to look again."""
        rooms = [self.global_limit.ready_at(now, urgent=urgency == Urgency.NOW) for urgency in Urgency]
        ready: list[tuple[tuple[int, float], OutgoingMessage | WaitingRequest]] = []
        later = [math.inf]
        waits = dict.fromkeys(Urgency, 0)
        for message in self._waiting:
            writer = message.delivery.writer
            if message.in_flight or writer is None:
                continue
            room = rooms[message.urgency] if writer.counts_globally else now
            # The bucket matters only if the bot as a whole may send.
            due = room if room > now else self._due(message, writer, now)
            waits[message.urgency] += room > now
            if due > now:
                later.append(due)
            else:
                ready.append(((int(message.urgency), message.last_call or message.changed_since), message))
        self._requests = [request for request in self._requests if not request.admitted.done()]
        ready.extend(((int(request.urgency), request.since), request) for request in self._requests)
        ready.sort(key=lambda entry: entry[0])
        for _, entry in ready:
            when = self._room_for(entry, now)
            if when > now:
                later.append(when)
                waits[entry.urgency] += 1
            elif isinstance(entry, OutgoingMessage):
                self._start_call(entry, now)
            else:
                self._let_through(entry, now)
        urgent = waits.pop(Urgency.NOW)
        self.global_limit.wait(urgent=urgent, other=sum(waits.values()))
        soonest = min(later)
        return soonest if math.isfinite(soonest) else None

    def _room_for(self, entry: OutgoingMessage | WaitingRequest, now: float) -> float:
        """When there is room, after the calls that were started before it in this round."""
        room = self.global_limit.ready_at(now, urgent=entry.urgency == Urgency.NOW)
        if isinstance(entry, WaitingRequest):
            return room
        writer = entry.delivery.writer
        assert writer is not None
        bucket = self.request_trace.buckets[writer.route(entry.message_id)]
        return max(room if writer.counts_globally else now, bucket.ready_at(now))

    def _let_through(self, request: WaitingRequest, now: float) -> None:
        self._requests.remove(request)
        if request.take:
            self.global_limit.take(now, urgent=request.urgency == Urgency.NOW)
        request.admitted.set_result(None)

    def _due(self, message: OutgoingMessage, writer: MessageWriter, now: float) -> float:
        """When `message` may be sent; infinity while something else must happen first (which then calls `schedule`)."""
        before = message.after
        if message.message_id is None and before is not None and not (before.message_id or before.undeliverable):
            return math.inf
        bucket = self.request_trace.buckets[writer.route(message.message_id)]
        due = max(message.not_before, bucket.ready_at(now))
        if message.urgency == Urgency.SOON and message.message_id is not None:
            due = max(due, message.last_call + self._gap(message, bucket, now))
        return due

    def _gap(self, message: OutgoingMessage, bucket: Bucket, now: float) -> float:
        if message.edits < len(QUICK_START):
            return QUICK_START[message.edits]
        return bucket.pace(now)

    # One call

    def _start_call(self, message: OutgoingMessage, now: float) -> None:
        del self._waiting[message]
        writer = message.delivery.writer
        assert writer is not None
        message.changed, message.in_flight, message.called_at = False, True, now
        try:
            state = message.render()
        except Exception:
            log.exception("reply.render_failed", message_id=message.message_id)
            message.in_flight = False
            self.give_up(message)
            return
        if state.is_empty() or state == message.shown:
            message.in_flight, message.whole = False, message.whole or message.final
            self._wake_waiters(message)
            return
        bucket = self.request_trace.buckets[writer.route(message.message_id)]
        bucket.in_flight += 1
        call = OutboxCall(message.message_id is None, asyncio.get_running_loop().create_future())
        if writer.counts_globally:
            self.global_limit.take(now, urgent=message.urgency == Urgency.NOW)
            call.reserved = True
        final = message.final
        task = asyncio.create_task(self._call(message, writer, state, call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        call.done.add_done_callback(lambda _: self._call_done(message, bucket, call, final=final))

    async def _call(
        self, message: OutgoingMessage, writer: MessageWriter, state: MessageState, call: OutboxCall
    ) -> None:
        """Make the call; set `call.done`, if the trace has not done so before."""
        current_call.set(call)
        try:
            await self._send_or_edit(message, writer, state, call)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            if not call.done.done():
                call.done.set_exception(error)
            else:
                log.warning("reply.late_error", error=error)
        except Exception as error:
            log.exception("reply.call_failed", message_id=message.message_id)
            if not call.done.done():
                call.done.set_exception(error)
        else:
            call.succeed()

    async def _send_or_edit(
        self, message: OutgoingMessage, writer: MessageWriter, state: MessageState, call: OutboxCall
    ) -> None:
        view, files = new_view(state), state.files()
        if message.message_id is None:
            message.shown = state
            call.message_id = await writer.send(view, files, first=message.after is None, nonce=message.nonce)
        else:
            # Of a message that another reply has posted, or whose last call failed, nobody knows what hangs on it.
            kept = message.delivery.keeps_files and message.shown is not None and message.shown.has_files_of(state)
            message.shown, message.kept_files = state, kept and bool(files)
            await writer.edit(message.message_id, view, None if kept else files)

    def _call_done(self, message: OutgoingMessage, bucket: Bucket, call: OutboxCall, *, final: bool) -> None:
        """Discord has responded; `final`: the message was complete when it was rendered."""
        now = asyncio.get_running_loop().time()
        bucket.in_flight -= 1
        if call.reserved:
            call.reserved = False
            self.global_limit.give_back()
        message.in_flight = False
        message.last_call = now
        error = call.done.exception()
        if error is None:
            message.failures = 0
            message.whole = message.whole or final
            if call.sending:
                message.message_id = call.message_id
            else:
                message.edits += 1
            if message.changed and message.urgency == Urgency.NOW and not message.final:
                message.urgency = Urgency.SOON
        elif not message.undeliverable:
            self._call_failed(message, error, now)
        self._wake_waiters(message)
        self.schedule()

    def _call_failed(self, message: OutgoingMessage, error: BaseException, now: float) -> None:
        delivery = message.delivery
        message.failures += 1
        carried_files = message.shown is not None and bool(message.shown.files())
        message.shown = None
        code = getattr(error, "code", 0)
        if message.cosmetic and message.whole and code in {ARCHIVED, EDITED_TOO_OFTEN}:
            log.debug("reply.left_as_it_is", message_id=message.message_id, code=code)
        elif code == ARCHIVED and delivery.writer is not None and message.failures < ATTEMPTS:
            self._try_again(message, now + 0.5)
            self._start_unarchiving(delivery.writer)
        elif code == EDITED_TOO_OFTEN:
            message.message_id, message.edits, message.whole = None, 0, False
            self._try_again(message, now)
        elif message.kept_files and isinstance(error, discord.HTTPException) and error.status == HTTPStatus.BAD_REQUEST:
            log.warning("reply.files_not_kept", code=code, error=error.text)
            delivery.keeps_files = message.kept_files = False
            self._try_again(message, now)
        elif code == MISSING_PERMISSIONS and carried_files and delivery.takes_files:
            log.warning("reply.without_files", hint="Saem needs the permission Attach Files there.")
            delivery.takes_files = False
            self._try_again(message, now)
        elif isinstance(error, discord.HTTPException) and (is_refused(error) or error.status == 401):
            log.warning("reply.refused", status=error.status, code=code, error=error.text)
            self.give_up(message)
            self._keep_refused(message, error)
        elif message.failures >= ATTEMPTS or not _is_temporary(error):
            log.error("reply.given_up", error=error, kind=type(error).__name__)
            self.give_up(message)
        else:
            log.warning("reply.call_again", error=error, kind=type(error).__name__)
            wait = min(0.5 * 2**message.failures, SLOWEST_RETRY)
            if isinstance(error, discord.RateLimited):  # that is no failure: Discord says when
                message.failures, wait = message.failures - 1, error.retry_after
            self._try_again(message, now + wait)

    def _try_again(self, message: OutgoingMessage, when: float) -> None:
        message.not_before = when
        if not message.changed:
            message.changed, message.urgency = True, Urgency.NOW if message.final else message.urgency
            self._waiting[message] = None

    def _start_unarchiving(self, writer: MessageWriter) -> None:
        task = asyncio.create_task(self._unarchive(writer))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _unarchive(self, writer: MessageWriter) -> None:
        try:
            await writer.unarchive()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("reply.unarchive_failed", error=error)

    def _wake_waiters(self, message: OutgoingMessage) -> None:
        if message.settled:
            for waiter in message.waiters:
                if not waiter.done():
                    waiter.set_result(None)
            message.waiters.clear()


def _is_temporary(error: BaseException) -> bool:
    """Whether the same call may succeed a little later."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, aiohttp.ClientError | OSError | TimeoutError | discord.RateLimited)
