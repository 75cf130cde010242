"""A group's quiz goes on and ends by itself, in whatever way it came into the phase that it is in."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.exc import OperationalError

from bot.quizzes import quizmaster as quizmaster_module
from bot.quizzes.quizmaster import LOOK_EVERY, Quizmaster
from bot.quizzes.session.quiz_session import LONGEST_PAUSE, SHOWN_FOR, Phase
from bot.quizzes.storage.quiz_records import QuizRecord
from playground.clock import Clock
from playground.faults import Fault
from playground.pilot import SeenMessage, Student
from playground.rate_limits import RATES, Rate
from tests.bot.quizzes.example_quizzes import FRACTIONS
from tests.bot.quizzes.playing import cog, press, question, quiz_turn, record, updated
from tests.house import House, open_house
from tests.scripted_openai import Turn, tool_outputs

PATIENCE = 60.0
"""Seconds that a student waits for what is to be seen: the machine may be busy."""
STEP = 2.0
"""Seconds by which the clock goes on at once."""


def with_clock(house: House, clock: Clock) -> Quizmaster:
    """Another quizmaster over the same store, as after a restart, whose clock the test sets."""
    held = cog(house)
    held.quizmaster = Quizmaster(
        held.quiz_store, held.messages, house.bot.conversations, clock=clock.now, random=Random(1), alarm=clock.after
    )
    held.generate_quiz._quizmaster = held.quizmaster
    return held.quizmaster


async def settled(quizmaster: Quizmaster) -> None:
    while tasks := list(quizmaster._tasks._tasks):
        await asyncio.gather(*tasks, return_exceptions=True)


async def passes(quizmaster: Quizmaster, clock: Clock, seconds: float) -> None:
    """Time passes, in small steps: what is due sets the next timer only when the event loop has had its turn."""
    for _ in range(round(seconds / STEP)):
        clock.advance(STEP)
        await settled(quizmaster)


class UntouchedQuiz(RuleBasedStateMachine):
    """Students press, the process restarts, Discord and the database fail; then nobody touches the quiz any more.

    It runs in the whole house: the bot at the playground, with a clock that is set.
    """

    runner: asyncio.Runner
    house: House
    alex: Student
    sora: Student

    def __init__(self) -> None:
        super().__init__()
        begun_at = float(int(time.time()))  # whole seconds add up without rounding
        self.clock = Clock(lambda: begun_at)  # goes on by `advance` alone, however busy the machine is
        self.post: SeenMessage | None = None
        self.unknown_due_at: float | None = None
        """When the quiz is due that no process knows of: that is found out with the next look at the store."""

    @initialize(questions=st.integers(1, 3), lobby_for=st.sampled_from([0.0, 8.0]))
    def somebody_asks_for_it(self, questions: int, lobby_for: float) -> None:
        self.runner.run(self._begin(questions, lobby_for))

    async def _begin(self, questions: int, lobby_for: float) -> None:
        self.quizmaster = with_clock(self.house, self.clock)
        self.quizmaster.lobby_for = lobby_for
        await self.quizmaster.recover(lambda _: True)
        arguments = {
            **FRACTIONS,
            "title": f"Quiz {time.monotonic_ns()}",
            "questions": FRACTIONS["questions"][:questions],
        }
        self.house.openai.reply = lambda body: Turn("Feedback.") if tool_outputs(body) else quiz_turn(arguments)
        await self.alex.runs("/quiz", where="math", topic="fractions", mode="together")
        self.post = await self.alex.sees(
            contains=arguments["title"], matching=lambda post: bool(post.controls), timeout=PATIENCE
        )

    def stored(self) -> QuizRecord:
        assert self.post is not None
        return self.runner.run(record(self.house, self.post))

    def buttons(self) -> list[tuple[SeenMessage, str]]:
        assert self.post is not None
        posts = [each for each in self.alex.messages(self.post.channel_id) if each.by_bot]
        return [
            (post, each.custom_id)
            for post in posts
            for each in post.controls
            if (each.custom_id or "").startswith("quiz:") and not each.disabled and each.custom_id
            if ":look:" not in each.custom_id
        ]

    @rule(host=st.booleans(), which=st.integers(0, 99))
    def presses_a_button(self, host: bool, which: int) -> None:
        if not (buttons := self.buttons()):
            return
        post, custom_id = buttons[which % len(buttons)]
        presser = self.alex if host or post.ephemeral else self.sora  # nobody else sees what is private
        self.runner.run(press(presser, post, custom_id))
        self.runner.run(settled(self.quizmaster))

    @rule(seconds=st.sampled_from([2.0, 6.0, 10.0, 32.0]))
    def nobody_touches_it_for(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP)):
            self.runner.run(passes(self.quizmaster, self.clock, STEP))
            self.nothing_is_overdue()

    @rule(seconds=st.sampled_from([0.0, 20.0]))
    def the_process_restarts(self, seconds: float) -> None:
        self.runner.run(self._restart(seconds))

    async def _restart(self, seconds: float) -> None:
        await self.quizmaster.close()
        self.clock.advance(seconds)
        self.quizmaster = with_clock(self.house, self.clock)
        await self.quizmaster.recover(lambda _: True)
        await settled(self.quizmaster)

    @rule()
    def its_process_is_gone(self) -> None:
        """Nothing in this process knows of the quiz, as if another had held it."""
        for quiz in list(self.quizmaster._quizzes.in_memory()):
            self.quizmaster._quizzes.forget(quiz)
        self.unknown_due_at = self.stored().session.due_at

    @rule(route=st.sampled_from(["PATCH /channels/*/messages/*", "POST /channels/*/messages", "POST /interactions/*"]))
    def discord_refuses_a_request(self, route: str) -> None:
        self.house.discord.faults.add(Fault("status", route, status=403))

    @invariant()
    def nothing_is_overdue(self) -> None:
        if self.post is not None:
            due_at = self.stored().session.due_at
            late = LOOK_EVERY + STEP if due_at == self.unknown_due_at else 0.0
            assert due_at is None or due_at > self.clock.now() - late

    def teardown(self) -> None:
        try:
            if self.post is not None:
                self.house.discord.faults.clear()
                self.runner.run(self._nobody_touches_it_any_more(self.post))
        finally:
            self.runner.run(self.quizmaster.close())

    async def _nobody_touches_it_any_more(self, post: SeenMessage) -> None:
        session = (await record(self.house, post)).session
        paused = session.paused_at is not None
        longest = 8.0 + STEP + session.count * (session.open_for + SHOWN_FOR + 2 * STEP) + LOOK_EVERY
        if paused:
            self.clock.advance(LONGEST_PAUSE)
        await passes(self.quizmaster, self.clock, longest)
        over = await record(self.house, post)
        assert over.session.phase.over
        assert over.due is None
        shown = "ended without an answer" if over.session.phase is Phase.CANCELLED else "Results"
        if over.session.phase is Phase.CANCELLED and over.session.responses:
            shown = "This quiz was cancelled"
        await self.alex.sees(post.channel_id, contains=shown, timeout=PATIENCE)


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


@pytest.mark.timeout(400)
def test_a_quiz_that_nobody_touches_ends_whatever_came_before(
    runner: asyncio.Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.pilot.student.REACTION_TIME", 0.0)
    monkeypatch.setattr(quizmaster_module, "SHOW_AGAIN", (0.01, 0.01, 0.01))
    rates = {each: Rate(1_000_000, 1.0) for each in RATES}  # discord.py waits by the headers
    many: dict[str, Any] = {
        "quizzes_per_student": 10_000,
        "quizzes_per_server": 10_000,
        "open_quizzes_per_student": 10_000,
    }
    opened = open_house(tmp_path, playground={"rate_limits": False, "rates": rates}, **many)
    house = runner.run(opened.__aenter__())
    try:
        UntouchedQuiz.runner, UntouchedQuiz.house = runner, house
        UntouchedQuiz.alex = runner.run(house.discord.student("alex"))
        UntouchedQuiz.sora = runner.run(house.discord.student("sora"))
        run_state_machine_as_test(
            UntouchedQuiz,
            settings=settings(
                max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
    finally:
        runner.run(opened.__aexit__(None, None, None))


ONE = {"title": "One", "questions": FRACTIONS["questions"][:1]}
TWO = {"title": "Two", "questions": FRACTIONS["questions"][:2]}


async def together(house: House, student: Student, arguments: Any, **seconds: float) -> SeenMessage:
    """A group's quiz as `student` sees it first; `seconds` replace how long its phases last."""
    house.openai.turns += [quiz_turn(arguments), Turn("Feedback.")]
    for name, value in seconds.items():
        setattr(cog(house).quizmaster, name, value)
    await student.runs("/quiz", where="math", topic="fractions", questions=1, mode="together")
    return await question(student, arguments["title"])


async def test_a_quiz_that_nobody_touches_closes_and_its_run_is_cancelled(house: House) -> None:
    alex = await house.discord.student("alex")
    post = await together(house, alex, ONE, lobby_for=0.3, open_for=0.5)
    await updated(alex, post, "What is 1/2 + 1/3?")
    await updated(alex, post, "The quiz ended without an answer.")
    call = await house.bot.conversation_store.call((await record_in(house, post)).call_id)
    assert call is not None
    runs = house.bot.openai.beta.threads.runs
    async with asyncio.timeout(10):
        while (await runs.retrieve(call.run_id, thread_id=call.thread_id)).status != "cancelled":  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.05)


async def record_in(house: House, post: SeenMessage) -> QuizRecord:
    """The only quiz in the channel of a message, also when it has no buttons any more."""
    quizzes = [each.record for each in cog(house).quizmaster._quizzes.in_memory()]
    return next(each for each in quizzes if each.channel_id == post.channel_id)


async def test_a_database_that_fails_when_time_is_up_does_not_keep_the_quiz_open(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    quizmaster = with_clock(house, clock)
    await quizmaster.recover(lambda _: True)
    alex = await house.discord.student("alex")
    post = await together(house, alex, ONE, lobby_for=0.0)
    write, failures = house.bot.store.write, [2]

    async def failing(*statements: Any) -> None:
        if failures[0]:
            failures[0] -= 1
            raise OperationalError("UPDATE quizzes", {}, Exception("database is locked"))
        await write(*statements)

    monkeypatch.setattr(house.bot.store, "write", failing)
    await passes(quizmaster, clock, 30.0 + 3 * LOOK_EVERY)
    assert failures == [0]
    await updated(alex, post, "The quiz ended without an answer.")


async def test_a_database_that_cannot_be_read_is_looked_at_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    quizmaster = with_clock(house, clock)
    await quizmaster.recover(lambda _: True)
    alex = await house.discord.student("alex")
    post = await together(house, alex, ONE, lobby_for=0.0)
    for quiz in list(quizmaster._quizzes.in_memory()):
        quizmaster._quizzes.forget(quiz)
    read, failures = house.bot.store.read, [1]

    async def failing(query: Any) -> Any:
        if failures[0]:
            failures[0] -= 1
            raise OperationalError("SELECT", {}, Exception("the server closed the connection"))
        return await read(query)

    monkeypatch.setattr(house.bot.store, "read", failing)
    await passes(quizmaster, clock, 30.0 + 3 * LOOK_EVERY)
    await updated(alex, post, "The quiz ended without an answer.")


async def test_a_quiz_of_a_guild_that_is_not_ours_is_left_to_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_house(tmp_path, quiz_check="off") as house:  # it is shown before the bot takes up its own guilds
        clock = Clock()
        quizmaster = with_clock(house, clock)
        await quizmaster.recover(lambda _: False)  # it looks for what is overdue from now on
        alex = await house.discord.student("alex")
        post = await together(house, alex, ONE, lobby_for=0.0)
        for quiz in list(quizmaster._quizzes.in_memory()):
            quizmaster._quizzes.forget(quiz)
        monkeypatch.setattr(quizmaster, "owns", lambda _guild_id: False)
        await passes(quizmaster, clock, 60.0)
        assert (await record(house, post)).session.phase is Phase.ASKING


async def test_the_next_question_comes_though_the_result_of_the_last_cannot_be_shown(house: House) -> None:
    clock = Clock()
    quizmaster = with_clock(house, clock)
    alex = await house.discord.student("alex")
    post = await together(house, alex, TWO, lobby_for=0.0)
    await passes(quizmaster, clock, 32.0)
    await updated(alex, post, "✓ 5/6")
    house.discord.faults.add(Fault("status", f"PATCH /channels/{post.channel_id}/messages/*", status=403))
    await passes(quizmaster, clock, 8.0)
    await question(alex, "Which fraction is the largest?", post.channel_id)


async def test_what_discord_refuses_to_show_is_shown_a_little_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quizmaster_module, "SHOW_AGAIN", (0.01, 0.01, 0.01))
    clock = Clock()
    quizmaster = with_clock(house, clock)
    alex = await house.discord.student("alex")
    post = await together(house, alex, ONE, lobby_for=0.0)
    house.discord.faults.add(Fault("status", f"PATCH /channels/{post.channel_id}/messages/*", status=403, times=3))
    await passes(quizmaster, clock, 32.0)
    await updated(alex, post, "The quiz ended without an answer.")


async def test_what_a_press_changed_is_shown_though_discord_refused_its_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quizmaster_module, "SHOW_AGAIN", (0.01, 0.01, 0.01))
    alex = await house.discord.student("alex")
    post = await together(house, alex, TWO, lobby_for=0.0)
    house.discord.faults.add(Fault("status", "POST /interactions/*", status=403))
    await alex.clicks(post, "Skip")
    await updated(alex, post, "✓ 5/6")
