"""Counts of the last hour, in little memory."""

from hypothesis import given
from hypothesis import strategies as st

from bot.hourly_counts import HOUR, OTHER, HourlyCounts


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_what_is_older_than_an_hour_is_not_counted() -> None:
    clock = Clock()
    counts = HourlyCounts(clock)
    counts.add("a")
    clock.now += 600
    for _ in range(2):
        counts.add("b")
    assert counts.counts() == {"b": 2, "a": 1}
    assert counts.counts(300) == {"b": 2}
    clock.now += HOUR - 599
    assert counts.counts() == {"b": 2}
    assert counts.total() == 2
    clock.now += 600
    assert counts.counts() == {}


def test_the_oldest_causes_make_room_and_too_many_are_counted_together() -> None:
    clock = Clock()
    counts = HourlyCounts(clock, most=3)
    for cause in "abcde":
        counts.add(cause)
    assert counts.counts() == {OTHER: 2, "a": 1, "b": 1, "c": 1}
    clock.now += HOUR + 60
    counts.add("f")
    assert counts.counts() == {"f": 1}


def test_a_cause_that_comes_each_minute_is_counted_for_the_whole_hour() -> None:
    clock = Clock()
    counts = HourlyCounts(clock)
    for _ in range(100):
        clock.now += 60
        counts.add("a")
    assert counts.total() == 60
    assert counts.ever == 100


@given(st.lists(st.tuples(st.integers(0, 20).map(str), st.integers(0, 1_000)), max_size=100))
def test_memory_is_bounded_whatever_comes(events: list[tuple[str, int]]) -> None:
    clock = Clock()
    counts = HourlyCounts(clock, most=5)
    for cause, later in events:
        clock.now += later
        counts.add(cause)
        assert len(counts._minutes) <= 6
        assert all(len(minutes) <= 60 for minutes in counts._minutes.values())
