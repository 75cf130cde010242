"""Each way to spend leaves a settled charge of its kind, with what the model has told."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from openai.types import CompletionUsage

from bot.conversations.limits.spending_limits import HostLimits
from bot.conversations.limits.token_budgets import TokenBudgets
from bot.moderation.moderator import charging
from bot.prices import Price, Prices
from bot.store.store import open_store
from bot.store.token_charges import TokenCharges
from tests.bot.hints.climbing import answers, help_turn, ladder
from tests.bot.learning.cards.making import cards_turn, shown_cards
from tests.bot.library.dropped_files import reacted
from tests.bot.quizzes.playing import question, quiz_turn
from tests.house import House, eventually, finished
from tests.scripted_openai import Call, Turn

EACH = 18
"""Tokens of each request to the scripted model."""


async def kinds(charges: TokenCharges) -> Mapping[str, int]:
    """Tokens that were charged, by kind."""
    found: Counter[str] = Counter()
    for _, _, kind, tokens, _ in await charges.history("2026-01-01"):
        found[kind] += tokens
    return found


async def test_each_way_to_spend_leaves_a_charge_of_its_kind(house: House) -> None:
    alex, budgets, openai = await house.discord.student("alex"), house.bot.quotas.budgets, house.openai
    openai.say("First.", "Again.")
    asked = await house.ask(alex, "one")
    shown = await finished(alex, asked, "First.")
    await alex.clicks(shown, "Regenerate")
    await finished(alex, asked, "Again.")
    openai.turns += [help_turn(), Turn(calls=[Call("judge_answer", {"verdict": "partly"})])]
    await house.ask(alex, "help me with 2x + 3 = 9")
    await answers(alex, await ladder(alex), "it is about three")
    await alex.sees(contains="not all of it")
    openai.turns += [cards_turn(), Turn("Three cards.")]
    made = await (await alex.runs("/cards", where="math", topic="fractions", cards=4)).says("fractions")
    await shown_cards(alex, made)
    openai.turns.append(quiz_turn())
    announced = await (await alex.runs("/quiz", where="math", topic="fractions")).says("fractions")
    await question(alex, "What is 1/2 + 1/3?", announced)
    openai.embedding_tokens = 250
    text = "Water boils at 100 degrees. " * 100
    await reacted(alex, await alex.drops("library", ("a.txt", text.encode())), "✅")
    await alex.runs("/library search", where="library", query="When does water boil at last?")
    await alex.sees("library", contains="boils")
    await eventually(lambda: not budgets._open)
    assert await kinds(budgets.charges) == {
        "answer": 3 * EACH, "hint": EACH, "cards": 2 * EACH, "quiz": EACH, "file": 25, "search": 1,
    }  # fmt: skip
    assert all(each.kind == "answer" for each in await budgets.charges.unsettled()), "a ladder waits for its student"


async def test_checks_by_a_chat_model_are_charged_for_all_that_they_asked(tmp_path: Path) -> None:
    async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
        budgets = TokenBudgets(TokenCharges(store), HostLimits(), prices=Prices({"m": Price(2, 1, 3)}))
        usage = CompletionUsage(prompt_tokens=10, completion_tokens=1, total_tokens=11)
        await charging(budgets, "m")(7, 1, [usage, usage])
        assert await kinds(budgets.charges) == {"moderation": 22}
        assert (await budgets.spent_today()).picodollars == 2 * (20 + 3)
        assert not await budgets.charges.unsettled()
