"""Sends reminders: at most one a day to a student, however often the bot is started again or its clock is changed.

That a reminder goes out is written before it is sent, and that it was sent is written afterwards. Where a bot has ended
in between, the next one looks whether the message is there, and else sends it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Final, Literal

import structlog

from bot.learning.reminders.reminder_store import Reminder, ReminderStore
from bot.learning.reminders.time_zones import day_in, next_moment
from bot.learning.sentences import CLOSED_AND_OFF, CLOSED_MESSAGES
from bot.sentences import Locale

log = structlog.get_logger(__name__)

ENDING: Final = 2.0
"""Seconds that a reminder that is being sent may take before direct messages go to another process."""
LOOK_EVERY: Final = 30.0
"""Seconds between two looks for reminders whose time has come."""
AGAIN_IN: Final = 3_600.0
"""Seconds after which a reminder that failed is looked at again."""
LATEST: Final = 2 * 3_600.0
"""Seconds after its hour at which a reminder is still sent, where the bot was away: nobody wants it at night."""
REFUSED_FOR: Final = 5
"""Days of closed direct messages after which reminders are switched off."""

NEVER: Final = 32_503_680_000.0
"""The year 3000: the reminder was switched off, and the student is to be told so."""

Outcome = Literal["sent", "refused", "failed"]
"""`refused`: the student's direct messages are closed; `failed`: Discord cannot be reached just now."""
Send = Callable[[Reminder, int], Awaitable[Outcome]]
"""Sends a student the reminder that so many cards are due."""
WasSent = Callable[[Reminder], Awaitable[bool]]
"""Whether the message of a reminder that was being sent (`sending_since`) is there. It raises where nobody knows."""
CountDue = Callable[[int, float], Awaitable[int]]
"""How many cards of a student are due at a time."""


class Reminders:
    """All reminders. `clock` tells seconds since the epoch."""

    def __init__(
        self,
        store: ReminderStore,
        *,
        send: Send,
        was_sent: WasSent,
        count_due: CountDue,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._send = send
        self._was_sent = was_sent
        self._count_due = count_due
        self._clock = clock
        self._stopped = False
        self._is_ours: Callable[[], bool] = lambda: True
        self._is_left = True
        """Whether an earlier process may have left reminders that it was sending."""
        self._one_at_a_time = asyncio.Lock()

    def take_up(self) -> None:
        """Direct messages have come from another process, which may have been sending something."""
        self._is_left = True

    async def let_go(self) -> None:
        """Direct messages go to another process: return when nothing is being sent any more, but soon."""
        try:
            async with asyncio.timeout(ENDING), self._one_at_a_time:
                return
        except TimeoutError:
            log.warning("reminder.still_being_sent")

    def stop(self) -> None:
        """Begin no more reminders; one that is being sent is sent."""
        self._stopped = True

    async def set(self, student_id: int, hour: int, timezone: str, locale: Locale) -> Reminder:
        """Remind a student daily at that hour; a reminder that was sent today stays the only one of today."""
        last = await self._store.of_student(student_id)
        last_day = last.last_day if last is not None else None
        reminder = Reminder(student_id, hour, timezone, locale, next_at=0.0, last_day=last_day)
        reminder = replace(reminder, next_at=self._next_of(reminder, self._clock()))
        await self._store.put(reminder)
        return reminder

    async def run(self, *, is_ours: Callable[[], bool]) -> None:
        """Send what is due, again and again; only in the process that serves direct messages."""
        self._is_ours = is_ours
        while not self._stopped:
            if is_ours():
                try:
                    if self._is_left:
                        self._is_left = not await self.take_up_left()
                    await self.send_due()
                except Exception:
                    log.exception("reminders.failed")
            await asyncio.sleep(LOOK_EVERY)

    async def take_up_left(self) -> bool:
        """Go on with the reminders that an earlier process was sending; False where some have to wait for Discord."""
        async with self._one_at_a_time:
            return all([await self._went_on(each) for each in await self._store.being_sent()])

    async def _went_on(self, reminder: Reminder) -> bool:
        """Go on with a reminder that an earlier process was sending; False where nobody knows yet whether it did."""
        try:
            arrived = await self._was_sent(reminder)
        except Exception:
            log.exception("reminder.arrival_unknown")
            return False
        now = self._clock()
        late = now - (reminder.sending_since or now) > LATEST
        before, reminder = reminder, replace(reminder, sending_since=None)
        due = 0 if arrived or late else await self._count_due(reminder.student_id, now)
        if due:
            await self._send_now(before, reminder, due, now)
        else:
            await self._store.claim(before, reminder)
        return True

    async def send_due(self) -> None:
        """Send the reminders whose time has come. One that cannot be worked out holds up no other."""
        now = self._clock()
        while reminders := await self._store.due(now):
            for reminder in reminders:
                try:
                    async with self._one_at_a_time:
                        if self._stopped or not self._is_ours():
                            return
                        await self._take(reminder, now)
                except Exception:
                    log.exception("reminder.failed", hour=reminder.hour, timezone=reminder.timezone)
                    await self._store.put(replace(reminder, next_at=now + AGAIN_IN))

    async def _take(self, reminder: Reminder, now: float) -> None:
        today = day_in(reminder.timezone, now)
        too_late = now - reminder.next_at > LATEST
        last = _last_day(reminder, now)
        reminded = last is not None and last >= today
        due = 0 if too_late or reminded else await self._count_due(reminder.student_id, now)
        if not due:
            await self._store.claim(reminder, replace(reminder, next_at=self._next_of(reminder, now)))
            return
        sent = replace(reminder, last_day=today.isoformat())
        await self._send_now(reminder, replace(sent, next_at=self._next_of(sent, now)), due, now)

    async def _send_now(self, before: Reminder, reminder: Reminder, due: int, now: float) -> None:
        if not await self._store.claim(before, replace(reminder, sending_since=now)):
            return  # another process sends it, or the student has set it anew
        outcome = await self._send(reminder, due)
        log.info("reminder.sent" if outcome == "sent" else "reminder.not_sent", outcome=outcome)
        if outcome == "refused":
            await self._refused(reminder, day_in(reminder.timezone, now))
        elif outcome == "sent":
            await self._store.put(replace(reminder, refused_since=None, refusal_told=False))
        else:
            await self._store.put(reminder)

    async def _refused(self, reminder: Reminder, today: date) -> None:
        since = reminder.refused_since or today.isoformat()
        if (today - date.fromisoformat(since)).days >= REFUSED_FOR:
            await self._store.put(replace(reminder, refused_since=since, refusal_told=False, next_at=NEVER))
            log.info("reminder.switched_off", days=REFUSED_FOR)
        else:
            await self._store.put(replace(reminder, refused_since=since))

    async def note(self, student_id: int, locale: Locale) -> str:
        """What a student has to know of closed direct messages, once; empty if nothing."""
        reminder = await self._store.of_student(student_id)
        if reminder is None or reminder.refused_since is None or reminder.refusal_told:
            return ""
        if reminder.next_at >= NEVER:
            await self._store.delete(student_id)
            return CLOSED_AND_OFF(locale, days=REFUSED_FOR)
        await self._store.set_refusal_told(student_id)
        return CLOSED_MESSAGES(locale, days=REFUSED_FOR)

    @staticmethod
    def _next_of(reminder: Reminder, now: float) -> float:
        return next_moment(reminder.hour, reminder.timezone, now, not_on=_last_day(reminder, now))


def _last_day(reminder: Reminder, now: float) -> date | None:
    """The day of the last reminder; None also where it lies so far ahead that the clock was wrong then."""
    if reminder.last_day is None:
        return None
    last = date.fromisoformat(reminder.last_day)
    return last if (last - day_in(reminder.timezone, now)).days <= 1 else None
