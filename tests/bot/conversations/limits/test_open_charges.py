"""What a dead process has left is settled with what the server says, to the token, and once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
from openai.types.beta.threads import Run
from openai.types.beta.threads.run import Usage

from bot.conversations.limits.open_charges import OpenCharges
from bot.conversations.limits.spending_limits import HostLimits
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.prices import Price, Prices, Spent
from bot.store.store import Store, open_store
from bot.store.token_charges import TokenCharges

ALEX, CLASS = 7, 1
PRICES = Prices({"m": Price(1_000, 100, 5_000)})


class Server:
    """Knows runs by their ids."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.away = False

    def used(self, run_id: str, prompt: int | None, status: str = "") -> None:
        status = status or ("completed" if prompt else "in_progress")
        usage = Usage(prompt_tokens=prompt, completion_tokens=1, total_tokens=prompt + 1) if prompt else None
        self.runs[run_id] = Run.model_construct(id=run_id, thread_id="thread_1", model="m", usage=usage, status=status)

    async def retrieve(self, thread_id: str, run_id: str) -> Run | None:
        assert thread_id == "thread_1"
        if self.away:
            raise openai.APIConnectionError(request=None)  # type: ignore[arg-type]
        return self.runs.get(run_id)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def server() -> Server:
    return Server()


def budgets_of(store: Store, process: str) -> TokenBudgets:
    return TokenBudgets(TokenCharges(store), HostLimits(), prices=PRICES, process_id=process, model="m")


async def rows(budgets: TokenBudgets) -> list[tuple[Any, ...]]:
    charges = await budgets.charges._charges(True)  # type: ignore[arg-type]
    return sorted((each.id, each.run_id, each.tokens, each.picodollars, each.settled) for each in charges)


def settling(budgets: TokenBudgets, server: Server, *live: str) -> OpenCharges:
    async def live_processes() -> frozenset[str]:
        return frozenset(live)

    return OpenCharges(budgets, server.retrieve, live_processes)


async def test_a_start_settles_what_is_known_and_leaves_what_lives(store: Store, server: Server) -> None:
    dead, alive = budgets_of(store, "dead"), budgets_of(store, "alive")
    for budgets, name in ((dead, "a"), (alive, "b"), (dead, "c"), (dead, "d"), (dead, "e")):
        await budgets.reserve(name, ALEX, CLASS, Spent(900, 90))
        if name != "c":
            await budgets.run_began(name, f"run_{name}", "thread_1")
    for name, prompt in (("a", 40), ("b", 50), ("d", None)):
        server.used(f"run_{name}", prompt)
    after = settling(alive, server, "alive")
    server.away = True
    await after.settle()
    expected: list[tuple[Any, ...]] = [(name, f"run_{name}", 900, 90, False) for name in "abde"]
    expected.insert(2, ("c", None, 900, 90, True))  # nobody will ever know
    assert await rows(alive) == expected
    server.away = False
    await after.settle()
    expected[0] = ("a", "run_a", 41, 40 * 1_000 + 5_000, True)
    expected[4] = ("e", "run_e", 900, 90, True)  # the server does not know it
    assert await rows(alive) == expected, "run_d is under way still"
    server.used("run_d", None, "expired")
    await after.settle()
    expected[3] = ("d", "run_d", 900, 90, True)  # nobody will ever know
    assert await rows(alive) == expected


async def test_the_charges_of_a_run_are_its_use_together_whoever_settles_which(store: Store, server: Server) -> None:
    dead, alive = budgets_of(store, "dead"), budgets_of(store, "alive")
    await dead.reserve("a", ALEX, CLASS, Spent(900))
    await dead.run_began("a", "run_1", "thread_1")
    await alive.go_on("b", "run_1", CLASS, Spent(500))
    server.used("run_1", 99)
    after = settling(alive, server, "alive")
    await after.settle()
    assert [row[4] for row in await rows(alive)] == [False, False], "a living process is at the run"
    await alive.settle("b", "run_1", PRICES.of_run(server.runs["run_1"]))
    await after.settle()
    assert sum(row[2] for row in await rows(alive)) == 100
    assert sum(row[3] for row in await rows(alive)) == 99 * 1_000 + 5_000
    assert all(row[4] for row in await rows(alive))
    server.used("run_1", 119)
    await alive.reopen("run_1", "thread_1")
    await after.settle()
    assert sum(row[2] for row in await rows(alive)) == 120
    assert {each.student_id for each in await alive.charges.of_run("run_1")} == {ALEX}


async def test_two_runs_of_one_answer_are_both_charged(store: Store, server: Server) -> None:
    budgets = budgets_of(store, "alive")
    await budgets.reserve("a", ALEX, CLASS, Spent(900))
    await budgets.run_began("a", "run_1", "thread_1")
    await budgets.run_began("a", "run_1", "thread_1")
    await budgets.run_began("a", "run_2", "thread_1")
    server.used("run_1", 9)
    server.used("run_2", 19)
    await settling(budgets, server, "alive").settle()
    await budgets.settle("a", "run_2", PRICES.of_run(server.runs["run_2"]))
    assert [(row[1], row[2]) for row in await rows(budgets)] == [("run_2", 20), ("run_1", 10)]
    assert (await budgets.spent_today()).tokens == 30
    assert budgets._used["tokens", "day", (None, None)] == 30


async def test_what_cannot_be_told_at_the_end_is_settled_later(store: Store, server: Server) -> None:
    budgets = budgets_of(store, "alive")
    await budgets.reserve("a", ALEX, CLASS, Spent(900))
    await budgets.run_began("a", "run_1", "thread_1")
    await budgets.settle("a", "run_1", None)
    server.used("run_1", 9)
    await settling(budgets, server, "alive").settle()
    assert [(row[2], row[4]) for row in await rows(budgets)] == [(10, True)]
