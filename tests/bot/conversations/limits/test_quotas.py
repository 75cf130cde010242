"""Small caps from the start: a student's runs and queue, the whole bot's tokens a day."""

import asyncio
from pathlib import Path
from typing import Any

from bot.conversations.limits.quotas import Quotas
from bot.conversations.limits.spending_limits import HostLimits
from bot.conversations.limits.token_budgets import TokenBudgets
from tests.house import finished, handled, open_house
from tests.scripted_openai import Turn


async def test_a_student_with_too_many_waiting_questions_gets_a_sentence(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=2) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("The rest.")])
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "first")
        await alex.sees(question, contains="one")
        for text in ("second", "third"):
            await handled(house, (await alex.says(question.id, text)).id)
        refused = await alex.says(question.id, "fourth")
        said = await alex.sees(question, contains="2 questions waiting")
        assert said.raw["message_reference"]["message_id"] == str(refused.id)
        gate.set()
        await finished(alex, question, "The rest.")
        assert house.user_texts() == ["Alex: first", "Alex: second", "Alex: third"]


async def test_a_flood_of_messages_is_refused_once(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("The rest.")])
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "first")
        await alex.sees(question, contains="one")
        for number in range(12):
            await alex.says(question.id, f"and {number}?")
        await alex.sees(question, contains="1 question waiting")
        gate.set()
        await finished(alex, question, "The rest.")
        assert len([post for post in alex.messages(question.id) if "question waiting" in post.text]) == 1


async def test_a_student_has_so_many_runs_at_once_and_the_next_one_waits_its_turn(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=2) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("one two", gate=gate), Turn("Third.")])
        alex = await house.discord.student("alex")
        first, second = await house.ask(alex, "first"), await house.ask(alex, "second")
        await alex.sees(first, contains="one")
        await alex.sees(second, contains="one")
        third = await house.ask(alex, "third")
        await handled(house, third.id)
        await asyncio.sleep(0.3)
        assert len(house.requests) == 2
        gate.set()
        await finished(alex, third, "Third.")


async def test_other_students_are_not_held_up_by_one(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("one two", gate=gate), Turn("For you.")])
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        first = await house.ask(alex, "first")
        await alex.sees(first, contains="one")
        await finished(minji, await house.ask(minji, "second"), "For you.")
        gate.set()
        await finished(alex, first, "two")


async def test_when_the_days_tokens_are_used_up_everybody_gets_a_sentence(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_day=15) as house:
        house.openai.say("First.", "Never said.")  # 18 tokens each
        alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
        await finished(alex, await house.ask(alex, "first question"), "First.")
        refused = await minji.says("math", f"{house.mention} second question")
        said = await minji.sees("math", contains="I can answer again")
        assert said.raw["message_reference"]["message_id"] == str(refused.id)
        assert len(house.requests) == 1


async def test_what_is_used_up_cannot_be_had_by_regenerating_either(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_day=15) as house:
        house.openai.say("First.", "Never said.")  # 18 tokens each
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "first question")
        await alex.clicks(await finished(alex, question, "First."), "Regenerate")
        refused = await alex.sees(contains="I can answer again")
        assert refused.ephemeral
        assert len(house.requests) == 1


async def test_answers_made_anew_count_among_a_students_runs(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_runs=1, student_queue=1) as house:
        gate = asyncio.Event()
        house.openai.turns.extend([Turn("Done."), Turn("one two", gate=gate), Turn("Done anew.")])
        alex = await house.discord.student("alex")
        first = await house.ask(alex, "first")
        done = await finished(alex, first, "Done.")
        second = await house.ask(alex, "second")
        await alex.sees(second, contains="one")
        await alex.clicks(done, "Regenerate")
        await asyncio.sleep(0.3)
        assert len(house.requests) == 2
        await house.ask(alex, "third")
        await alex.sees("math", contains="1 question waiting")
        gate.set()
        await finished(alex, first, "Done anew.")


async def test_used_tokens_are_remembered_over_a_restart(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_day=15) as house:
        house.openai.say("First.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "first question"), "First.")
    async with open_house(tmp_path, tokens_per_day=15) as house:
        alex = await house.discord.student("alex")
        await house.ask(alex, "second question")
        await alex.sees("math", contains="I can answer again")
        assert not house.requests


async def test_a_student_who_asks_nothing_any_more_takes_no_memory() -> None:
    charges: Any = None
    quotas = Quotas(TokenBudgets(charges, HostLimits()), runs=1, queue=1)
    for student in range(3):
        async with quotas.slot(student):
            pass
    quotas.acquire(1, 0)
    async with quotas.slot(1), quotas.slot(2):
        waiting = asyncio.create_task(_hold(quotas, 2))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    quotas.release([1])
    assert not quotas._slots
    assert not quotas._at_slots


async def _hold(quotas: Quotas, student: int) -> None:
    async with quotas.slot(student):
        pass
