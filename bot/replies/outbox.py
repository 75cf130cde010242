"""Keeps Discord messages up to date, as often as Discord allows and no more.

Of every message only the newest state counts: it is rendered when its turn comes, so nothing old ever waits, and
whoever feeds text never waits at all. One outbox serves the whole bot, since Discord's global limit does too.
"""

import asyncio
import math

import aiohttp
import discord
import structlog

from bot.replies.destinations import EDITED_TOO_OFTEN, Place
from bot.replies.message_components import Page, dress
from bot.replies.outbox_posts import Line, Post, Turn, Urgency
from bot.replies.rate_limits import Bucket, Budget
from bot.replies.request_trace import Flight, RequestTrace, under_way

log = structlog.get_logger(__name__)

QUICK_START = (0.35, 0.7)
"""Seconds from the first words to the first edit, and from that to the second; then Discord's headers decide."""
SLOWEST_RETRY = 30.0
ATTEMPTS = 12
"""Calls that may fail in a row before a message is given up (some four minutes)."""

ARCHIVED = 50083
MISSING_PERMISSIONS = 50013


class Outbox:
    """Schedules the calls of all replies.

    `request_trace.config` is given to discord.py as `http_trace`: through it the outbox sees the rate-limit headers of
    every response, and makes every request that counts against the global limit wait until there is room. It never
    cancels a call of discord.py's: a call that is cancelled while it waits for the end of a global 429 would leave
    discord.py's lock closed.
    """

    def __init__(self, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self.request_trace = RequestTrace(self.budget, lambda: self._admit(Urgency.NOW, take=True), self._room_again)
        self._waiting: dict[Post, Line] = {}
        self._turns: list[Turn] = []
        self._calls: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._pumping: asyncio.Handle | None = None
        self._closed = False

    async def close(self, timeout: float = 10.0) -> None:
        """Show what is still waiting, as far as that goes within `timeout` seconds, then stop."""
        pending = [self.settled(post) for post in list(self._waiting)]
        if pending or self._calls:
            await asyncio.wait(
                [*(asyncio.ensure_future(waiting) for waiting in pending), *self._calls], timeout=timeout
            )
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        for turn in list(self._turns):
            if not turn.given.done():
                self._let(turn, asyncio.get_running_loop().time())
        for post in list(self._waiting):
            self.drop(post)

    # What replies call

    def touch(self, post: Post, line: Line, urgency: Urgency) -> None:
        """`post` has a newer state to show; cheap, and to be called for every piece of text."""
        if post.lost or self._closed:
            return
        if post.dirty:
            if urgency < post.urgency:
                post.urgency = urgency
                self.wake()
            return
        post.dirty = True
        post.dirty_since = asyncio.get_running_loop().time()
        post.urgency = Urgency.NOW if post.message_id is None else urgency
        self._waiting[post] = line
        if not post.flying:
            self.wake()

    async def settled(self, post: Post) -> None:
        """Wait until Discord shows the newest state of `post`, or never will."""
        if not post.settled:
            waiter = asyncio.get_running_loop().create_future()
            post.waiters.append(waiter)
            await waiter

    async def wait_for_turn(self, urgency: Urgency = Urgency.NOW) -> None:
        """Wait until the global limit has room.

        Every request waits by itself (see `RequestTrace`); this is for callers that decide what to send only then.
        """
        await self._admit(urgency, take=False)

    async def _admit(self, urgency: Urgency, *, take: bool) -> None:
        now = asyncio.get_running_loop().time()
        if self._closed or (not self._turns and self.budget.ready_at(now) <= now):
            if take:
                self.budget.take(now)
            return
        turn = Turn(urgency, now, take, asyncio.get_running_loop().create_future())
        self._turns.append(turn)
        self.wake()
        try:
            await turn.given
        except asyncio.CancelledError:
            if turn.given.done() and not turn.given.cancelled() and take:
                self.budget.give_back()
            raise

    def has_spare_room(self) -> bool:
        """Whether there is room for what nobody would miss, like typing."""
        return self.budget.is_quiet(asyncio.get_running_loop().time())

    def drop(self, post: Post) -> None:
        """Give `post` up."""
        post.lost = True
        self._waiting.pop(post, None)
        post.dirty = False
        self._tell(post)

    # The pump

    def wake(self) -> None:
        """Look again, soon, who can be served."""
        if self._pumping is None and not self._closed:
            self._pumping = asyncio.get_running_loop().call_soon(self._pump)

    def _room_again(self) -> None:
        if self._waiting or self._turns:
            self.wake()

    def _pump(self) -> None:
        self._pumping = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = asyncio.get_running_loop().time()
        later = self._serve(now)
        if later is not None and not self._closed:
            self._timer = asyncio.get_running_loop().call_at(later, self._pump)

    def _serve(self, now: float) -> float | None:
        """Start every call that may start now; when to look again."""
        rooms = [self.budget.ready_at(now, urgent=urgency == Urgency.NOW) for urgency in Urgency]
        ready: list[tuple[tuple[int, float], Post | Turn]] = []
        later = [math.inf]
        for post, line in self._waiting.items():
            if post.flying or line.place is None:
                continue
            room = now if line.place.free else rooms[post.urgency]
            # Looking at its bucket is worth the while only when the bot as a whole may send.
            due = room if room > now else self._due(post, line.place, now)
            if due > now:
                later.append(due)
            else:
                ready.append(((int(post.urgency), post.last_call or post.dirty_since), post))
        self._turns = [turn for turn in self._turns if not turn.given.done()]
        ready.extend(((int(turn.urgency), turn.since), turn) for turn in self._turns)
        ready.sort(key=lambda entry: entry[0])
        for _, entry in ready:
            when = self._room_for(entry, now)
            if when > now:
                later.append(when)
            elif isinstance(entry, Post):
                self._launch(entry, now)
            else:
                self._let(entry, now)
        soonest = min(later)
        return soonest if math.isfinite(soonest) else None

    def _room_for(self, entry: Post | Turn, now: float) -> float:
        """When there is room, those served before it in this round considered."""
        room = self.budget.ready_at(now, urgent=entry.urgency == Urgency.NOW)
        if isinstance(entry, Turn):
            return room
        place = self._waiting[entry].place
        assert place is not None
        return max(now if place.free else room, self.request_trace.buckets[place.route(entry.message_id)].ready_at(now))

    def _let(self, turn: Turn, now: float) -> None:
        self._turns.remove(turn)
        if turn.take:
            self.budget.take(now)
        turn.given.set_result(None)

    def _due(self, post: Post, place: Place, now: float) -> float:
        """When `post` may be sent; infinity while something else must happen first (that will wake the pump)."""
        if post.message_id is None and post.after is not None and not (post.after.message_id or post.after.lost):
            return math.inf
        bucket = self.request_trace.buckets[place.route(post.message_id)]
        due = max(post.not_before, bucket.ready_at(now))
        if post.urgency == Urgency.SOON and post.message_id is not None:
            due = max(due, post.last_call + self._gap(post, bucket, now))
        return due

    def _gap(self, post: Post, bucket: Bucket, now: float) -> float:
        if post.edits < len(QUICK_START):
            return QUICK_START[post.edits]
        return bucket.pace(now)

    # One call

    def _launch(self, post: Post, now: float) -> None:
        line = self._waiting.pop(post)
        place = line.place
        assert place is not None
        post.dirty, post.flying = False, True
        try:
            page = post.render()
        except Exception:
            log.exception("reply.render_failed", message_id=post.message_id)
            post.flying = False
            self.drop(post)
            return
        if page.is_empty() or page == post.shown:
            post.flying = False
            self._tell(post)
            return
        bucket = self.request_trace.buckets[place.route(post.message_id)]
        bucket.in_flight += 1
        flight = Flight(post.message_id is None, asyncio.get_running_loop().create_future())
        if not place.free:
            self.budget.take(now)
            flight.reserved = True
        task = asyncio.create_task(self._call(post, line, page, flight))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        flight.done.add_done_callback(lambda _: self._landed(post, line, bucket, flight))

    async def _call(self, post: Post, line: Line, page: Page, flight: Flight) -> None:
        """The call itself; it ends the flight where the trace has not yet."""
        under_way.set(flight)
        try:
            await self._deliver(post, line, page, flight)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            if not flight.done.done():
                flight.done.set_exception(error)
            else:
                log.warning("reply.late_error", error=str(error))
        except Exception as error:
            log.exception("reply.call_failed", message_id=post.message_id)
            if not flight.done.done():
                flight.done.set_exception(error)
        else:
            flight.landed()

    async def _deliver(self, post: Post, line: Line, page: Page, flight: Flight) -> None:
        place = line.place
        assert place is not None
        # A fresh view each time: when a view comes again without a `DynamicItem` that it had, discord.py forgets that
        # kind of item everywhere, and every other such button goes dead.
        view = discord.ui.LayoutView(timeout=None)
        dress(view, page)
        files = page.files()
        if post.message_id is None:
            post.shown = page
            flight.message_id = await place.send(view, files, first=post.after is None, nonce=post.nonce)
        else:
            had_files = post.shown is not None and bool(post.shown.files())
            post.shown = page
            await place.edit(post.message_id, view, files if files or had_files else None)

    def _landed(self, post: Post, line: Line, bucket: Bucket, flight: Flight) -> None:
        now = asyncio.get_running_loop().time()
        bucket.in_flight -= 1
        if flight.reserved:
            flight.reserved = False
            self.budget.give_back()
        post.flying = False
        post.last_call = now
        error = flight.done.exception()
        if error is None:
            post.failures = 0
            if flight.sending:
                post.message_id = flight.message_id
            else:
                post.edits += 1
            if post.dirty and post.urgency == Urgency.NOW and not post.final:
                post.urgency = Urgency.SOON
        else:
            self._failed(post, line, error, now)
        self._tell(post)
        self.wake()

    def _failed(self, post: Post, line: Line, error: BaseException, now: float) -> None:
        post.failures += 1
        carried_files = post.shown is not None and bool(post.shown.files())
        post.shown = None
        code = getattr(error, "code", 0)
        if post.cosmetic and code in {ARCHIVED, EDITED_TOO_OFTEN}:
            log.debug("reply.left_as_it_is", message_id=post.message_id, code=code)
        elif code == ARCHIVED and line.place is not None and post.failures < ATTEMPTS:
            self._again(post, line, now + 0.5)
            self._reopen(line.place)
        elif code == EDITED_TOO_OFTEN:
            post.message_id, post.edits = None, 0
            self._again(post, line, now)
        elif code == MISSING_PERMISSIONS and carried_files and line.takes_files:
            log.warning("reply.without_files", hint="Saem needs the permission Attach Files there.")
            line.takes_files = False
            self._again(post, line, now)
        elif isinstance(error, discord.HTTPException) and error.status in {400, 401, 403, 404, 405, 413}:
            log.warning("reply.refused", status=error.status, code=code, error=error.text)
            self.drop(post)
        elif post.failures >= ATTEMPTS or not _passing(error):
            log.error("reply.given_up", error=str(error), kind=type(error).__name__)
            self.drop(post)
        else:
            log.warning("reply.call_again", error=str(error), kind=type(error).__name__)
            self._again(post, line, now + min(0.5 * 2**post.failures, SLOWEST_RETRY))

    def _again(self, post: Post, line: Line, when: float) -> None:
        post.not_before = when
        if not post.dirty:
            post.dirty, post.urgency = True, Urgency.NOW if post.final else post.urgency
            self._waiting[post] = line

    def _reopen(self, place: Place) -> None:
        task = asyncio.create_task(self._unarchive(place))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _unarchive(self, place: Place) -> None:
        try:
            await place.reopen()
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.warning("reply.unarchive_failed", error=str(error))

    def _tell(self, post: Post) -> None:
        if post.settled:
            for waiter in post.waiters:
                if not waiter.done():
                    waiter.set_result(None)
            post.waiters.clear()


def _passing(error: BaseException) -> bool:
    """Whether the same call may work a little later."""
    if isinstance(error, discord.HTTPException):
        return error.status == 429 or error.status >= 500
    return isinstance(error, aiohttp.ClientError | OSError | TimeoutError | discord.RateLimited)
