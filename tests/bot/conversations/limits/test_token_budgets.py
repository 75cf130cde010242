"""What is used is what is counted, however an answer ends; and one student's use is not the others'."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import InterfaceError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversations.limits import token_budgets
from bot.conversations.limits.spending_limits import Amounts, HostLimits
from bot.conversations.limits.token_budgets import KEPT, TokenBudgets
from bot.errors import UserFacingError
from bot.prices import Spent
from bot.store.budget_store import Budget, BudgetStore
from bot.store.store import open_store
from bot.store.token_charges import Charge, TokenCharges
from tests.bot.library.dropped_files import WATER, reacted
from tests.bot.quizzes.playing import question, quiz_turn, updated
from tests.house import House, eventually, finished, open_house
from tests.scripted_openai import Call, Fault, Turn

ALEX, MINJI, CLASS, CLUB = 7, 8, 1, 2


class Days:
    """A calendar that a test turns."""

    def __init__(self) -> None:
        self.today = date(2026, 11, 21)

    def __call__(self) -> date:
        return self.today


def limits(budgets: TokenBudgets, student: int, guild: int) -> str | None:
    """The sentence with which a question is refused, if it is."""
    try:
        budgets.check(student, guild)
    except UserFacingError as error:
        return error.sentence("en", **error.values)
    return None


async def test_each_limit_holds_by_itself_and_says_whose_it_is(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), HostLimits(Amounts(1_000), Amounts(500), Amounts(100)))
        assert limits(budgets, ALEX, CLASS) is None
        await budgets.add("a", ALEX, CLASS, Spent(100), "answer")
        assert "one student" in str(limits(budgets, ALEX, CLASS))
        assert "one student" in str(limits(budgets, ALEX, CLUB))
        assert limits(budgets, MINJI, CLASS) is None
        for student in range(20, 24):
            await budgets.add(str(student), student, CLASS, Spent(100), "answer")
        assert "This server" in str(limits(budgets, MINJI, CLASS))
        assert limits(budgets, MINJI, CLUB) is None
        assert limits(budgets, MINJI, 0) is None
        for student in range(30, 35):
            await budgets.add(str(student), student, 0, Spent(100), "answer")
        assert "I have used up" in str(limits(budgets, MINJI, CLUB))


async def test_without_limits_nothing_is_refused(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), HostLimits())
        await budgets.add("a", ALEX, CLASS, Spent(10**12), "answer")
        assert limits(budgets, ALEX, CLASS) is None


async def test_a_day_begins_anew_and_an_answer_counts_on_the_day_when_it_began(tmp_path: Path) -> None:
    days = Days()
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        charges = TokenCharges(store)
        budgets = TokenBudgets(charges, HostLimits(student=Amounts(100)), days)
        await budgets.reserve("a", ALEX, CLASS, Spent(150))
        assert limits(budgets, ALEX, CLASS) is not None
        days.today += timedelta(days=1)
        assert limits(budgets, ALEX, CLASS) is None
        await budgets.settle("a", "run_1", Spent(400))
        assert limits(budgets, ALEX, CLASS) is None
        assert await charges.sums("2026-11-21") == [(CLASS, ALEX, 400)]
        again = TokenBudgets(charges, HostLimits(student=Amounts(100)), days)
        await again.load()
        assert limits(again, ALEX, CLASS) is None


async def test_what_is_open_after_a_crash_stays_charged_and_is_settled_by_who_goes_on_with_the_run(
    tmp_path: Path,
) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        charges = TokenCharges(store)
        before = TokenBudgets(charges, HostLimits(student=Amounts(1_000)))
        await before.reserve("a", ALEX, CLASS, Spent(1_000))
        day = before._today()
        await charges.put(Charge("a", day, CLASS, ALEX, 1_000, "run_1"))
        after = TokenBudgets(charges, HostLimits(student=Amounts(1_000)))
        await after.load()
        assert limits(after, ALEX, CLASS) is not None
        await after.go_on("b", "run_1", CLASS, Spent(500))
        await after.settle("b", "run_1", Spent(300))
        assert limits(after, ALEX, CLASS) is None
        assert await charges.sums(day) == [(CLASS, ALEX, 300)]


async def test_a_run_whose_use_nobody_knows_stays_charged_as_estimated(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        charges = TokenCharges(store)
        budgets = TokenBudgets(charges, HostLimits())
        await budgets.reserve("a", ALEX, CLASS, Spent(900))
        await budgets.settle("a", "run_1", None)
        await budgets.settle("a", "run_1", Spent(5))  # it is settled once
        assert await charges.sums(budgets._today()) == [(CLASS, ALEX, 900)]


async def test_a_run_that_begins_in_an_outage_counts_though_nobody_can_be_asked(tmp_path: Path) -> None:
    class Away(TokenCharges):
        shared = True

        def turn(self) -> AbstractAsyncContextManager[AsyncConnection]:
            raise InterfaceError("BEGIN", {}, ConnectionError("away"))

    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(Away(store), HostLimits(student=Amounts(100)))
        await budgets.reserve("a", ALEX, CLASS, Spent(100))
        assert limits(budgets, ALEX, CLASS) is not None
        assert [each.tokens for each in await budgets.charges.unsettled()] == [100]


async def test_roles_of_those_who_asked_last_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def has_a_role(_guild_id: int, student_id: int) -> frozenset[int]:
        return frozenset({student_id * 10})

    monkeypatch.setattr(token_budgets, "_REMEMBERED", 2)
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), HostLimits(), budget_store=BudgetStore(store))
        budgets.find_roles = has_a_role
        await BudgetStore(store).choose(CLASS, Budget("role", ALEX * 10, "tokens", "day", 5))
        for student in (ALEX, MINJI, ALEX, 9):
            await budgets.refresh(student, CLASS)
        assert [each.amount for each in budgets.limits(ALEX, CLASS)] == [5]
        assert list(budgets._roles) == [(CLASS, ALEX), (CLASS, 9)]


async def test_charges_of_old_days_are_deleted_at_the_start(tmp_path: Path) -> None:
    days = Days()
    old = (days.today - KEPT - timedelta(days=1)).isoformat()
    kept = (days.today - KEPT).isoformat()
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        charges = TokenCharges(store)
        for number, day in enumerate((old, kept)):
            await charges.put(Charge(str(number), day, CLASS, ALEX, 1))
        await TokenBudgets(charges, HostLimits(), days).load()
        assert not await charges.sums(old)
        assert await charges.sums(kept)


# With the whole bot, against the model's own count


async def charged(house: House) -> list[tuple[int, int, int]]:
    """Guild, student and tokens of today."""
    budgets = house.bot.quotas.budgets
    return [tuple(row) for row in await budgets.charges.sums(budgets._today())]  # type: ignore[misc]


async def total(house: House) -> int:
    return sum(tokens for _, _, tokens in await charged(house))


async def test_a_finished_answer_is_charged_to_who_asked_as_the_model_counts(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.openai.say("First.", "Second.")
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        await finished(alex, await house.ask(alex, "first question"), "First.")
        await finished(minji, await house.ask(minji, "second question"), "Second.")
        used = sorted(await charged(house))
        assert used == sorted((house.discord.guild.id, student.id, 18) for student in (alex, minji))


async def test_what_a_runs_searches_have_embedded_is_charged_to_a_tenth(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        alex = await house.discord.student("alex")
        await reacted(alex, await alex.drops("library", ("water.txt", WATER.encode())), "✅")
        (before,) = await charged(house)
        house.openai.embedding_tokens = 25  # of each text, as the provider counts
        for queries in (["boils", "water"], ["boils"], ["degrees"]):
            house.openai.turns.append(Turn(calls=[Call("file_search", {"queries": queries})]))
        house.openai.turns.append(Turn("At 100 degrees."))
        await finished(alex, await house.ask(alex, "when?"), "At 100")
        await eventually(lambda: not house.bot.quotas.budgets._open)
        (after,) = await charged(house)
        assert after[2] - before[2] == 4 * 18 + 3 * 25 // 10 + 1, "a query that was embedded before costs nothing"


async def test_an_answer_that_is_stopped_and_retried_is_charged_each_time(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        gate = asyncio.Event()
        alex = await house.discord.student("alex")
        house.openai.turns.append(Turn("one two", gate=gate))
        question = await house.ask(alex, "count to ten")
        sums = []
        for _ in range(3):
            running = await finished(alex, question, "one", button="saem:stop:")
            await alex.clicks(running, "Stop")
            stopped = await finished(alex, question, button="saem:retry:")
            await eventually(lambda: not house.bot.quotas.budgets._open)
            sums.append(await total(house))
            house.openai.turns.append(Turn("one two", gate=gate))
            await alex.clicks(stopped, "Retry")
        gate.set()
        assert sums[0] > 200
        assert sums[2] - sums[1] == pytest.approx(sums[0], rel=0.2)


async def test_an_answer_to_edited_words_is_charged_each_time(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        gate = asyncio.Event()
        alex = await house.discord.student("alex")
        house.openai.turns.append(Turn("one two", gate=gate))
        question = await house.ask(alex, "count to ten")
        for number in range(3):
            await alex.sees(question, contains="one")
            house.openai.turns.append(Turn("one two", gate=gate) if number < 2 else Turn("Done."))
            await alex.edits(question, f"{house.mention} count to {number}")
            await eventually(lambda number=number: len(house.requests) == number + 2)
        gate.set()
        await finished(alex, question, "Done.")
        await eventually(lambda: not house.bot.quotas.budgets._open)
        assert await total(house) > 3 * 200


async def test_a_quiz_is_charged_once(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        alex = await house.discord.student("alex")
        house.openai.turns.extend([quiz_turn(), Turn("Well done.")])
        announcement = await (await alex.runs("/quiz", where="math", topic="fractions")).says("fractions")
        post = await question(alex, "What is 1/2 + 1/3?", announcement)
        await eventually(lambda: not house.bot.quotas.budgets._open)
        assert await charged(house) == [(house.discord.guild.id, alex.id, 18)]
        await alex.clicks(post, "5/6")
        post = await updated(alex, post, "Which fraction is the largest?")
        await alex.clicks(post, "Skip")
        post = await updated(alex, post, "Is 4/8 the same as 1/2?")
        await alex.clicks(post, "Yes")
        await alex.clicks(await updated(alex, post, "Check your answers"), "Send")
        await alex.sees(announcement, contains="Well done.")
        await eventually(lambda: not house.bot.quotas.budgets._open)
        assert await charged(house) == [(house.discord.guild.id, alex.id, 36)]


async def test_questions_that_waited_behind_the_last_tokens_are_refused_when_their_turn_comes(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_tokens_per_day=17) as house:
        gate = asyncio.Event()
        alex = await house.discord.student("alex")
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("Never said.")])
        house.bot.quotas.budgets.host_limits = HostLimits()
        first, second = await house.ask(alex, "first"), await house.ask(alex, "second")
        await alex.sees(first, contains="one")
        house.bot.quotas.budgets.host_limits = HostLimits(student=Amounts(17))
        gate.set()
        await alex.sees(second, contains="one student")
        assert len(house.requests) == 1


async def test_an_estimate_keeps_a_student_from_asking_more_at_once_than_the_day_allows(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_tokens_per_day=1_000) as house:
        gate = asyncio.Event()
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("For you.")])
        first = await house.ask(alex, "first")
        await alex.sees(first, contains="one")
        await house.ask(alex, "second")
        await alex.sees("math", contains="one student")
        await finished(minji, await house.ask(minji, "third"), "For you.")
        gate.set()
        await finished(alex, first, "two")
        house.openai.say("Again.")
        await finished(alex, await house.ask(alex, "fourth"), "Again.")


async def test_a_model_that_cannot_be_reached_costs_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_tokens_per_day=1_000) as house:
        alex = await house.discord.student("alex")
        house.openai.turns.extend([Fault(status=400)] * 2)
        question = await house.ask(alex, "first")
        await finished(alex, question, button="saem:retry:")
        await eventually(lambda: not house.bot.quotas.budgets._open)
        assert await total(house) == 0


async def test_the_model_reads_only_so_much_for_one_answer(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_run=1_000) as house:
        alex = await house.discord.student("alex")
        house.openai.say("Done.")
        await finished(alex, await house.ask(alex, "first"), "Done.")
        (run,) = [run async for run in house.bot.openai.beta.threads.runs.list(await thread_of(house))]
        assert run.max_prompt_tokens == 1_000


async def thread_of(house: House) -> str:
    (conversation,) = house.bot.conversations._loaded.values()
    assert conversation.thread_id is not None
    return conversation.thread_id
