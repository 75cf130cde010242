"""What answers have cost, on both databases."""

from bot.store.store import Store
from bot.store.token_charges import Charge, TokenCharges

DAY = "2026-11-21"
FIRST = Charge("a", DAY, guild_id=1, student_id=7, tokens=100, run_id="run_1")


async def test_a_charge_can_be_changed_and_is_kept_once(store: Store) -> None:
    charges = TokenCharges(store)
    await charges.put(Charge("a", DAY, guild_id=1, student_id=7, tokens=1_000))
    await charges.put(FIRST)
    assert await charges.of_run("run_1") == [FIRST]
    assert await charges.sums(DAY) == [(1, 7, 100)]


async def test_a_run_may_have_several_charges(store: Store) -> None:
    charges = TokenCharges(store)
    second = Charge("b", "2026-11-22", guild_id=1, student_id=7, tokens=-20, run_id="run_1")
    for charge in (FIRST, second, Charge("c", DAY, 1, 7, 5, "run_2")):
        await charges.put(charge)
    assert sorted(await charges.of_run("run_1"), key=lambda charge: charge.id) == [FIRST, second]


async def test_a_days_sums_are_by_guild_and_student(store: Store) -> None:
    charges = TokenCharges(store)
    for number, (guild, student, tokens, day) in enumerate(
        [(1, 7, 10, DAY), (1, 7, 20, DAY), (2, 7, 40, DAY), (1, 8, 80, DAY), (1, 7, 160, "2026-11-22")]
    ):
        await charges.put(Charge(str(number), day, guild, student, tokens))
    assert sorted(await charges.sums(DAY)) == [(1, 7, 30), (1, 8, 80), (2, 7, 40)]
    assert await charges.sums("2026-11-23") == []


async def test_old_charges_are_deleted_by_day(store: Store) -> None:
    charges = TokenCharges(store)
    await charges.put(FIRST)
    await charges.delete_before(DAY)
    assert await charges.sums(DAY) == [(1, 7, 100)]
    await charges.delete_before("2026-11-22")
    assert await charges.sums(DAY) == []
