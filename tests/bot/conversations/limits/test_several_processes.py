"""Limits that hold for processes together that share a PostgreSQL: two of each, as two processes have them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from bot.conversations.limits import student_runs
from bot.conversations.limits.quotas import Quotas
from bot.conversations.limits.spending_limits import Amounts, HostLimits
from bot.conversations.limits.student_runs import StudentRuns
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.errors import UserFacingError
from bot.learning.cards.card_limits import CardLimits
from bot.learning.cards.card_starts import CardStarts
from bot.prices import Spent
from bot.quizzes.requests.quiz_limits import QuizLimits, QuizLimitSizes
from bot.quizzes.storage.quiz_starts import QuizStarts
from bot.quizzes.storage.quiz_store import QuizStore
from bot.shards.notices import Notices
from bot.store.conversation_store import ConversationStore, StoredConversation
from bot.store.store import Store, open_store
from bot.store.token_charges import TokenCharges
from database.outages import NotConnectedError
from tests.house import eventually


class Processes:
    """Processes that answer a student, and how many answers were under way at once."""

    def __init__(self, stores: tuple[Store, Store], runs: int) -> None:
        self.notices = [Notices(store, name) for store, name in zip(stores, ("one", "other"), strict=True)]
        self.live = {"one", "other"}
        self.runs = [
            StudentRuns(store, notices, name, runs=runs, live=self._live_now)
            for store, notices, name in zip(stores, self.notices, ("one", "other"), strict=True)
        ]
        self.now = self.most = 0

    async def _live_now(self) -> frozenset[str]:
        return frozenset(self.live)

    async def answer(self, process: int, until: asyncio.Event | None = None) -> None:
        async with self.runs[process].place(ALEX):
            self.now += 1
            self.most = max(self.most, self.now)
            await (asyncio.sleep(0.002) if until is None else until.wait())
            self.now -= 1


ALEX, MINJI, CLASS, CLUB = 7, 8, 1, 2


@pytest_asyncio.fixture
async def stores(postgres: str) -> AsyncIterator[tuple[Store, Store]]:
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(open_store(postgres)),
            await stack.enter_async_context(open_store(postgres)),
        )


def budgets_in(store: Store) -> TokenBudgets:
    return TokenBudgets(TokenCharges(store), HostLimits(Amounts(10_000), Amounts(5_000), Amounts(1_000)))


async def test_what_one_process_has_charged_counts_in_the_other_estimates_included(stores: tuple[Store, Store]) -> None:
    one, other = (budgets_in(store) for store in stores)
    await one.reserve("a", ALEX, CLASS, Spent(1_200))
    await other.refresh(ALEX, CLUB)
    with pytest.raises(UserFacingError):
        other.check(ALEX, CLUB)
    await other.refresh(MINJI, CLASS)
    other.check(MINJI, CLASS)
    await one.settle("a", "run_1", Spent(10))
    await other.refresh(ALEX, CLUB)
    other.check(ALEX, CLUB)
    await asyncio.gather(
        *(budgets.reserve(f"s{at}", 100 + at, CLASS, Spent(900)) for at, budgets in enumerate([one, other] * 3))
    )
    for budgets in (one, other):
        await budgets.refresh(MINJI, CLASS)
        with pytest.raises(UserFacingError):
            budgets.check(MINJI, CLASS)
        budgets.check(MINJI, 0)
        assert budgets._used["tokens", "day", (CLASS, None)] == 6 * 900 + 10
        assert not +budgets._unwritten


async def test_processes_that_ask_at_once_pass_a_limit_by_one_run_at_most(stores: tuple[Store, Store]) -> None:
    limits, march = HostLimits(server=Amounts(5_000)), date(2026, 3, 1)
    one, other = (TokenBudgets(TokenCharges(store), limits, lambda: march) for store in stores)

    async def reserved(number: int, budgets: TokenBudgets) -> bool:
        try:
            await budgets.reserve(f"r{number}", 1_000 + number, 77, Spent(900))
        except UserFacingError:
            return False
        return True

    admitted = await asyncio.gather(*(reserved(number, (one, other)[number % 2]) for number in range(30)))
    assert sum(admitted) == 6, "the sixth begins at 4,500 of 5,000"
    assert sum(tokens for _, _, tokens in await other.charges.sums("2026-03-01")) == 5_400


async def test_questions_of_a_student_that_wait_in_one_process_count_in_the_other(stores: tuple[Store, Store]) -> None:
    one, other = (ConversationStore(store, name) for store, name in zip(stores, ("one", "other"), strict=True))
    quotas = Quotas(budgets_in(stores[1]), runs=1, queue=1, stored_questions=other.count_unanswered)
    conversation = StoredConversation(900, CLASS, 900, None, True, 900)
    for number in (901, 902):
        await quotas.refresh(MINJI, CLUB)
        quotas.check(MINJI, CLUB)
        await one.add_question(conversation, message_id=number, channel_id=900, author_id=MINJI, state="waiting")
    await quotas.refresh(MINJI, CLUB)
    with pytest.raises(UserFacingError):
        quotas.acquire(MINJI, CLUB)
    await quotas.refresh(ALEX + 50, CLUB)
    quotas.check(ALEX + 50, CLUB)
    await one.set_questions([901], "answered")
    await quotas.refresh(MINJI, CLUB)
    quotas.check(MINJI, CLUB)


async def test_cards_that_a_student_asked_for_in_one_process_count_in_the_other(stores: tuple[Store, Store]) -> None:
    one, other = (CardLimits(CardStarts(store), 2, 3, lambda: 1_000.0) for store in stores)
    await one.admit(1, ALEX, CLASS)
    await other.admit(2, ALEX, CLUB)
    for limits in (one, other):
        with pytest.raises(UserFacingError):
            await limits.admit(3, ALEX, CLUB)
    await one.admit(4, MINJI, CLASS)
    await other.admit(5, MINJI, CLASS)
    for limits in (one, other):
        with pytest.raises(UserFacingError):
            await limits.admit(6, MINJI + 1, CLASS)


async def test_quizzes_that_a_student_started_in_one_process_count_in_the_other(stores: tuple[Store, Store]) -> None:
    sizes = QuizLimitSizes(started_by_student=2, started_in_server=9, open_of_student=9, open_in_server=9)
    one, other = (QuizLimits(QuizStore(store), QuizStarts(store), sizes, lambda: 1_000.0) for store in stores)
    await one.admit(1, ALEX, CLASS)
    await other.admit(2, ALEX, CLUB)
    for limits in (one, other):
        with pytest.raises(UserFacingError):
            await limits.admit(3, ALEX, CLUB)
    await one.admit(4, MINJI, CLASS)


async def rows(store: Store) -> int:
    return len(await store.read(text("SELECT * FROM student_runs")))


async def test_a_student_has_so_many_answers_at_once_in_all_processes_together(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_runs, "LOOK_EVERY", 0.01)
    processes = Processes(stores, runs=2)
    async with asyncio.timeout(20):
        await asyncio.gather(*(processes.answer(number % 2) for number in range(12)))
    assert processes.most == 2
    assert await rows(stores[0]) == 0


async def test_an_answer_that_waits_for_one_of_another_process_begins_when_that_ends(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_runs, "LOOK_EVERY", 3_600.0)  # so it is told
    processes = Processes(stores, runs=1)
    for notices in processes.notices:
        await notices.open()
    ends = asyncio.Event()
    first = asyncio.create_task(processes.answer(0, ends))
    await eventually(lambda: processes.now == 1)
    second = asyncio.create_task(processes.answer(1))
    await eventually(lambda: ALEX in processes.runs[0]._wanted)
    async with processes.runs[1].place(MINJI):
        assert not second.done(), "others do not wait"
    ends.set()
    async with asyncio.timeout(20):
        await asyncio.gather(first, second)
    assert processes.most == 1
    assert not processes.runs[0]._wanted
    assert not processes.runs[1]._waiting
    for notices in processes.notices:
        await notices.close()


async def test_the_place_of_an_answer_is_free_when_its_process_has_died_or_the_wait_is_given_up(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_runs, "LOOK_EVERY", 0.01)
    processes = Processes(stores, runs=1)
    killed = asyncio.create_task(processes.answer(0, asyncio.Event()))
    await eventually(lambda: processes.now == 1)
    second, given_up = (asyncio.create_task(processes.answer(1)) for _ in range(2))
    await asyncio.sleep(0.05)
    assert not second.done()
    given_up.cancel()
    await asyncio.wait([given_up])
    processes.live.discard("one")
    async with asyncio.timeout(20):
        await second
    killed.cancel()
    await asyncio.wait([killed])
    assert await rows(stores[0]) == 0


async def test_a_process_without_the_database_answers_all_the_same(
    stores: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> int:
        raise NotConnectedError("", None, OSError("away"))

    processes = Processes(stores, runs=1)
    ends = asyncio.Event()
    first = asyncio.create_task(processes.answer(0, ends))
    await eventually(lambda: processes.now == 1)
    with monkeypatch.context() as patch:
        patch.setattr(stores[1], "change", away)
        await processes.answer(1)
    assert processes.most == 2
    ends.set()
    await first
    assert await rows(stores[0]) == 0
