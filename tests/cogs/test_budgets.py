"""`/budget` and `/usage`, as managers, students and the bot's owner meet them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.budgets import sentences as say
from bot.prices import Spent
from bot.store.budget_store import Budget
from playground.pilot.student import Student
from tests.bot.library.closed_channels import owner_of
from tests.house import House, eventually, finished, open_house

BIG = Spent(900, 42 * 10**8, "gpt-6-luna")


async def answer(who: Student, command: str, **options: Any) -> Any:
    return await (await who.runs(command, where="math", **options)).says()


async def test_a_manager_sets_shows_and_removes_budgets_and_they_hold(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    guild = house.discord.guild
    tokens = {"of": "tokens", "per": "day"}
    assert "Done." in (await answer(owner, "/budget set", amount="20", student=alex.id, **tokens)).text
    assert "Done." in (await answer(owner, "/budget set", amount="$0.5", of="dollars", per="month")).text
    shown = (await answer(owner, "/budget show")).text
    for part in (f"<@{alex.id}>: 20 tokens a day", "The whole server: $0.50 a month", "500,000 tokens a day"):
        assert part in shown
    assert say.NO_TOKENS("en") in (await answer(owner, "/budget set", amount="-5", **tokens)).text
    both = {"role": guild.id, "student": alex.id, **tokens}
    assert say.ROLE_OR_STUDENT("en") in (await answer(owner, "/budget set", amount="5", **both)).text
    house.openai.say("First.", "Second.")
    await finished(alex, await house.ask(alex, "one"), "First.")
    await house.bot.quotas.budgets.add("more", alex.id, guild.id, Spent(5), "answer")
    await house.ask(alex, "two")
    await alex.sees("math", contains="You have used up what one student may use")
    key = f"student/{alex.id}/tokens/day"
    assert "removed" in (await answer(owner, "/budget remove", budget=key)).text
    assert "no such budget" in (await answer(owner, "/budget remove", budget=key)).text
    history = (await answer(owner, "/settings history")).text.splitlines()
    assert [line.partition(f"<@{owner.id}>: ")[2] for line in history[1:]] == [
        f"Budget: <@{alex.id}>: no budget a day",
        "Budget: The whole server: $0.50 a month",
        f"Budget: <@{alex.id}>: 20 tokens a day",
    ]
    await finished(alex, await house.ask(alex, "three"), "Second.")


async def test_a_role_has_its_budget_and_a_deleted_one_counts_for_nobody(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    guild = house.discord.guild
    await answer(owner, "/budget set", amount="10", role=guild.id, of="tokens", per="day")
    budgets = house.bot.quotas.budgets
    await budgets.add("much", alex.id, guild.id, Spent(10), "answer")
    await house.ask(alex, "one")
    await alex.sees("math", contains="students with your role")
    assert "No" not in (await answer(owner, "/budget show")).text
    await answer(owner, "/budget remove", budget=f"role/{guild.id}/tokens/day")

    await budgets.budget_store.choose(guild.id, Budget("role", 12345, "tokens", "day", 1))  # type: ignore[union-attr]
    shown = (await answer(owner, "/budget show")).text
    assert "A role that was deleted" in shown
    assert say.HOW_GONE_ROLES_GO("en") in shown
    house.openai.say("Done.")
    await finished(alex, await house.ask(alex, "two"), "Done.")
    (choice,) = await owner.completes("/budget remove", "budget", "DELETED", where="math")
    assert choice == {"name": f"{say.FOR_GONE_ROLE('en')} …2345: 1 token a day", "value": "role/12345/tokens/day"}
    assert not await owner.completes("/budget remove", "budget", "whole server", where="math")
    assert "removed" in (await answer(owner, "/budget remove", budget=choice["value"])).text
    assert say.NO_BUDGETS("en") in (await answer(owner, "/budget show")).text


async def test_a_manager_is_told_what_another_had_set(house: House) -> None:
    owner, alex = await owner_of(house), await house.discord.student("alex")
    guild = house.discord.guild
    cog: Any = house.bot.get_cog("BudgetsCog")
    both = [
        cog.server_budgets.set(guild.id, None, None, amount, of="tokens", per="day", by=by)
        for amount, by in (("100", alex.id), ("200", owner.id))
    ]
    (_, first), (_, second) = await asyncio.gather(*both)
    assert first is None
    assert (second.budget.amount, second.change.changed_by) == (100, alex.id)
    told = (await answer(owner, "/budget set", amount="300", of="tokens", per="day")).text
    assert f"Until now: 200 tokens, set by <@{owner.id}>" in told


async def test_each_sees_what_is_theirs(house: House) -> None:
    owner, alex, minji = await owner_of(house), *[await house.discord.student(name) for name in ("alex", "minji")]
    budgets, guild = house.bot.quotas.budgets, house.discord.guild
    await budgets.add("a", alex.id, guild.id, BIG, "quiz")
    await budgets.add("b", minji.id, 99, Spent(7_777, 0, "elsewhere"), "answer")
    own = await answer(alex, "/usage")
    assert "Today: 900 tokens · $0.0042" in own.text
    assert "Quizzes: 900 tokens" in own.text
    assert "elsewhere" not in own.text
    assert own.raw["flags"] & 64, "nobody else sees it"
    assert say.FOR_MANAGERS_ALONE("en") in (await answer(alex, "/usage", whose="server")).text
    of_server = await answer(owner, "/usage", whose="server")
    assert f"<@{alex.id}>: 900 tokens" in of_server.text
    assert "7,777" not in of_server.text
    assert "elsewhere" not in of_server.text
    assert of_server.raw["flags"] & 64
    application = house.discord.world.applications
    assert application
    everything = (await answer(owner, "/usage", whose="everything")).text
    assert "elsewhere: 7,777 tokens" in everything
    assert say.FOR_OWNER_ALONE("en") in (await answer(alex, "/usage", whose="everything")).text


async def test_whoever_has_set_a_budget_is_told_and_a_student_in_the_answer(tmp_path: Path) -> None:
    async with open_house(tmp_path, tokens_per_day=10_000, student_tokens_per_month=10_000) as house:
        owner, alex = await owner_of(house), await house.discord.student("alex")
        guild, budgets = house.discord.guild, house.bot.quotas.budgets
        for options in ({"role": guild.id}, {"student": alex.id}):
            await answer(owner, "/budget set", amount="9900", of="tokens", per="day", **options)
        await budgets.refresh(alex.id, guild.id)
        for name, used in (("a", 8_000), ("b", 1)):
            await budgets.add(name, alex.id, guild.id, Spent(used), "answer")
        told = [await owner.sees(contains=each) for each in ("All servers together have used 80 %", "A student with")]
        assert "10,000 tokens a day: 8,000 tokens" in told[0].text
        assert f"<@&{guild.id}> has used 80 %" in told[1].text
        await owner.sees(contains=f"<@{alex.id}> has used 80 %")
        cog: Any = house.bot.get_cog("BudgetsCog")
        await cog.notices.close()
        cog.notices._told.clear()  # as after a restart
        await budgets.add("c", alex.id, guild.id, Spent(1), "answer")
        await cog.notices.close()
        dms = [each.text for each in owner.messages() if " % of " in each.text]
        assert len(dms) == 3
        house.openai.say("One.")
        said = await finished(alex, await house.ask(alex, "one"), "One.")
        assert "of your budget. It begins anew <t:" in said.text


@pytest.mark.parametrize("with_channel", [True, False])
async def test_managers_are_told_once_at_80_percent(tmp_path: Path, *, with_channel: bool) -> None:
    async with open_house(tmp_path, server_tokens_per_day=1_000) as house:
        owner, guild = await owner_of(house), house.discord.guild
        channel = next(each for each in house.discord.world.channels.values() if each.name == "general")
        if with_channel:
            await owner.runs("/settings moderation", where="math", channel=channel.id)
        budgets = house.bot.quotas.budgets
        await budgets.refresh(0, guild.id)
        await budgets.add("a", owner.id, guild.id, Spent(799), "answer")
        for name in "bcd":
            await budgets.add(name, owner.id, guild.id, Spent(1), "answer")
        told = await owner.sees(channel.id if with_channel else None, contains="has used 80 % of its budget")
        assert "1,000 tokens a day: 800 tokens" in told.text
        cog: Any = house.bot.get_cog("BudgetsCog")
        await eventually(lambda: not cog.notices._tasks)
        assert not await cog.server_budgets.budget_store.claim_notice(
            guild.id, "server/0/tokens/day/host", budgets._today()
        )


async def test_the_cheaper_model_answers_at_the_limit_and_says_so(tmp_path: Path) -> None:
    async with open_house(tmp_path, student_tokens_per_day=100, cheaper_model="small-model") as house:
        alex = await house.discord.student("alex")
        await house.bot.quotas.budgets.add("a", alex.id, house.discord.guild.id, Spent(100), "answer")
        house.openai.models.append("small-model")
        house.openai.say("Cheaply.")
        said = await finished(alex, await house.ask(alex, "one"), "Cheaply.")
        assert "cheaper model `small-model`" in said.text
        assert house.requests[-1]["model"] == "small-model"
        await house.bot.quotas.budgets.add("b", alex.id, house.discord.guild.id, Spent(90), "answer")
        await house.ask(alex, "two")
        await alex.sees("math", contains="one student")
