"""Students ask at once against a limit, and the bot is killed in the middle: `python -m benchmarks.budgets`, small."""

from benchmarks.budgets import measure


async def test_nothing_is_lost_or_counted_twice_over_a_kill_and_the_limit_is_passed_by_a_run_each_at_most() -> None:
    found = await measure(students=8, limit=6_000)
    assert found.reserved - found.limit < 1_600, "the last run that began was below the limit"
    assert found.admitted >= 4
    assert 2 <= found.killed_at < found.admitted
    assert found.kept > 0
    assert found.charged - found.kept == found.told
    assert not found.unsettled
    assert found.overshoot <= found.admitted * max(1, found.largest_overrun) + 1_600
