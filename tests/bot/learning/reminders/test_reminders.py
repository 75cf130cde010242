"""Reminders: one a day at most, whatever happens to the bot, its clock and the student's messages."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.learning.reminders.reminder_store import Reminder, ReminderStore
from bot.learning.reminders.reminders import LATEST, NEVER, REFUSED_FOR, Outcome, Reminders, Send
from bot.store.store import Store
from playground.default_guild import Profile, add_student
from tests.bot.learning.reviews.test_review import missed
from tests.house import House

MINJI = 7
HOUR, DAY = 3_600.0, 86_400.0
EVENING = datetime.fromisoformat("2026-11-30T18:00:00+09:00").timestamp()


class Post:
    """A clock that a test sets, and what was sent by it."""

    def __init__(self, store: Store) -> None:
        self.now = EVENING - HOUR
        self.due = 3
        self.outcome: Outcome = "sent"
        self.sent: list[tuple[float, int]] = []
        self.arrived: bool | None = False
        """Whether the message of a reminder that was being sent is there; None: nobody knows."""
        self.store = ReminderStore(store)
        self.start()

    def start(self) -> None:
        """As after a restart: nothing is remembered but what is stored."""
        self.reminders = self.sending(self._send)

    def sending(self, send: Send) -> Reminders:
        return Reminders(self.store, send=send, was_sent=self._was_sent, count_due=self._count, clock=lambda: self.now)

    async def _was_sent(self, reminder: Reminder) -> bool:
        assert reminder.sending_since is not None
        if self.arrived is None:
            raise TimeoutError
        return self.arrived

    async def _send(self, reminder: Reminder, due: int) -> Outcome:
        assert reminder.student_id == MINJI
        self.sent.append((self.now, due))
        return self.outcome

    async def _count(self, _student_id: int, _at: float) -> int:
        return self.due

    async def at(self, moment: float) -> int:
        """How many were sent by then, when it is `moment`."""
        self.now = moment
        await self.reminders.send_due()
        return len(self.sent)


async def test_one_comes_each_day_at_the_hour(store: Store) -> None:
    post = Post(store)
    reminder = await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    assert reminder.next_at == EVENING
    assert await post.at(EVENING - 1) == 0
    assert await post.at(EVENING) == 1
    assert await post.at(EVENING + 60) == 1
    assert await post.at(EVENING + DAY) == 2
    assert post.sent == [(EVENING, 3), (EVENING + DAY, 3)]


async def test_two_processes_that_look_at_once_send_one(store: Store) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    first = post.reminders
    post.start()
    post.now = EVENING
    await asyncio.gather(first.send_due(), post.reminders.send_due())
    assert len(post.sent) == 1


async def test_restarts_new_settings_and_clocks_set_back_bring_no_second_one(store: Store) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    assert await post.at(EVENING) == 1
    post.start()
    assert await post.at(EVENING + 30) == 1
    await post.reminders.set(MINJI, 20, "Asia/Seoul", "ko")  # later on the same day
    assert await post.at(EVENING + 2 * HOUR) == 1
    assert await post.at(EVENING - 3 * HOUR) == 1  # the clock was set back
    await post.reminders.set(MINJI, 16, "Asia/Seoul", "ko")
    assert await post.at(EVENING - 2 * HOUR) == 1
    assert await post.at(EVENING - 2 * HOUR + DAY) == 2


@pytest.mark.parametrize(
    ("arrived", "later", "count"), [(True, 60.0, 0), (False, 60.0, 1), (False, LATEST + 1, 0), (None, 60.0, 0)]
)
async def test_what_ends_the_bot_while_it_sends_costs_no_reminder_and_doubles_none(
    store: Store, arrived: bool | None, later: float, count: int
) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")

    async def killed(_reminder: Reminder, _due: int) -> Outcome:
        raise KeyboardInterrupt

    post.reminders = post.sending(killed)
    post.now = EVENING
    try:
        await post.reminders.send_due()
    except KeyboardInterrupt:
        post.start()
    post.arrived, post.now = arrived, EVENING + later
    assert await post.reminders.take_up_left() is (arrived is not None)
    assert await post.at(EVENING + later) == count
    post.arrived = True if arrived is None else arrived  # Discord tells again
    assert await post.reminders.take_up_left()
    assert await post.at(EVENING + later) == count
    assert await post.at(EVENING + DAY) == count + 1


async def test_with_nothing_due_or_long_after_the_hour_nothing_comes(store: Store) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    post.due = 0
    assert await post.at(EVENING) == 0
    post.due = 1
    assert await post.at(EVENING + HOUR) == 0  # the hour has passed
    assert await post.at(EVENING + DAY + LATEST) == 1  # the bot was away for a while
    assert await post.at(EVENING + 2 * DAY + LATEST + 1) == 1  # and too long
    assert await post.at(EVENING + 3 * DAY) == 2


async def test_closed_messages_are_told_once_and_end_the_reminders_after_days(store: Store) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    assert await post.reminders.note(MINJI, "en") == ""
    post.outcome = "refused"
    await post.at(EVENING)
    assert "I could not send you the reminder" in await post.reminders.note(MINJI, "en")
    assert await post.reminders.note(MINJI, "en") == ""
    for day in range(1, REFUSED_FOR + 3):
        await post.at(EVENING + day * DAY)
    assert len(post.sent) == REFUSED_FOR + 1
    kept = await post.store.of_student(MINJI)
    assert kept is not None
    assert kept.next_at == NEVER
    assert "switched your reminder off" in await post.reminders.note(MINJI, "en")
    assert await post.store.of_student(MINJI) is None
    assert await post.reminders.note(MINJI, "en") == ""


async def test_messages_that_open_again_are_forgotten_as_closed_and_failures_count_as_nothing(store: Store) -> None:
    post = Post(store)
    await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    post.outcome = "refused"
    await post.at(EVENING)
    post.outcome = "sent"
    await post.at(EVENING + DAY)
    assert await post.reminders.note(MINJI, "en") == ""
    post.outcome = "failed"
    await post.at(EVENING + 2 * DAY)
    kept = await post.store.of_student(MINJI)
    assert kept is not None
    assert kept.refused_since is None
    assert len(post.sent) == 3


async def test_a_clock_that_was_years_ahead_does_not_silence_them_for_years(store: Store) -> None:
    post = Post(store)
    reminder = await post.reminders.set(MINJI, 18, "Asia/Seoul", "ko")
    await post.store.put(replace(reminder, last_day="2031-01-01", next_at=EVENING))
    assert await post.at(EVENING) == 1
    assert await post.at(EVENING + DAY) == 2


async def test_one_that_cannot_be_worked_out_holds_up_no_other_and_hundreds_are_sent_in_one_look(store: Store) -> None:
    post = Post(store)
    for student in range(100, 250):
        await post.store.put(Reminder(student, 18, "Asia/Seoul", "ko", next_at=EVENING))
    await post.store.put(Reminder(1, 18, "Asia/Atlantis", "ko", next_at=EVENING - 5))
    sent: list[int] = []

    async def send(reminder: Reminder, _due: int) -> Outcome:
        sent.append(reminder.student_id)
        return "sent"

    post.now = EVENING
    post.reminders = post.sending(send)
    await post.reminders.send_due()
    assert sorted(sent) == list(range(100, 250))
    kept = await post.store.of_student(1)
    assert kept is not None
    assert kept.next_at == EVENING + HOUR


async def test_a_student_asks_for_a_reminder_gets_it_and_turns_it_off(house: House) -> None:
    alex = await house.discord.student("alex")
    await (await alex.runs("/reminder", where="math")).says("I do not remind you")
    await (await alex.runs("/reminder", where="math", hour=18)).says("Which time zone are you in?")
    await (await alex.runs("/reminder", where="math", hour=18, timezone="Mars/`Olympus`")).says("`Mars/Olympus`")
    assert [each["value"] for each in await alex.completes("/reminder", "timezone", "seo", where="math")] == [
        "Asia/Seoul"
    ]
    await (await alex.runs("/reminder", where="math", hour=18, timezone="seoul")).says("at 18:00 (Asia/Seoul)")
    await missed(house, alex)
    cog = house.bot.get_cog("ReminderCog")
    store: ReminderStore = cog.reminder_store  # type: ignore[union-attr]
    reminder = await store.of_student(alex.id)
    assert reminder is not None
    cog.reminders._clock = lambda: reminder.next_at  # type: ignore[union-attr]
    await cog.reminders.send_due()  # type: ignore[union-attr]
    post = await alex.sees(await alex.dm(house.bot.user.id), contains="1 card is due")  # type: ignore[union-attr]
    robot = add_student(house.discord.world, house.discord.world.snowflakes.next(), Profile("robot", "Robot", "en-US"))
    robot.bot = True  # bots take no direct messages from bots
    for nobody in (robot.id, 12345):
        outcome = await cog._send(replace(reminder, student_id=nobody), 1)  # type: ignore[union-attr]
        assert outcome == "refused"
    house.discord.world.clock.advance(DAY)
    await (await alex.clicks(post, "Review now")).says("Which fraction is the largest?")
    await (await alex.clicks(post, "No more reminders")).says("I do not remind you any more.")
    assert await store.of_student(alex.id) is None
