"""Time zones by name, and the next moment at which it is some hour there, over changes of the clocks."""

import zoneinfo
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.reminders.time_zones import day_in, find, names, next_moment, suggestions


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Asia/Seoul", "Asia/Seoul"),
        (" asia/seoul ", "Asia/Seoul"),
        ("Seoul", "Asia/Seoul"),
        ("서울", "Asia/Seoul"),
        ("KST", "Asia/Seoul"),
        ("new york", "America/New_York"),
        ("America/new york", "America/New_York"),
        ("utc", "UTC"),
        ("Mars/Olympus", None),
        ("", None),
        ("../../etc/passwd", None),
        ("Asia", None),
        ("x" * 5_000, None),
    ],
)
def test_names(written: str, name: str | None) -> None:
    assert find(written) == name


def test_every_suggestion_is_a_time_zone_that_is_found_again() -> None:
    for typed in ("", "seo", "서", "york", "a", "KST"):
        found = suggestions(typed)
        assert 0 < len(found) <= 25
        assert all(find(name) == name for name in found), typed
    assert suggestions("seo")[0] == suggestions("서울")[0] == suggestions("kst")[0] == "Asia/Seoul"
    found = suggestions("lo")
    assert found.index("Europe/London") < found.index("Asia/Colombo")  # what begins so comes first
    assert suggestions("nowhere") == []
    assert "Asia/Seoul" in names()
    assert not [name for name in names() if name.startswith(("Etc/", "posix", "SystemV"))]


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("hour", "zone", "after", "expected"),
    [
        (18, "Asia/Seoul", "2026-11-30T08:59:59+00:00", "2026-11-30T18:00:00+09:00"),
        (18, "Asia/Seoul", "2026-11-30T09:00:00+00:00", "2026-12-01T18:00:00+09:00"),  # strictly later
        (0, "Asia/Seoul", "2026-11-30T14:00:00+00:00", "2026-12-01T00:00:00+09:00"),
        # Clocks go from 2:00 to 3:00 on 8 March 2026: there is no 2:00, and 3:00 stands for it.
        (2, "America/New_York", "2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00"),
        (18, "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-08T18:00:00-04:00"),
        # Clocks go from 2:00 back to 1:00 on 1 November 2026: the first 1:00 it is, and not the second too.
        (1, "America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T01:00:00-04:00"),
        (1, "America/New_York", "2026-11-01T01:00:00-04:00", "2026-11-02T01:00:00-05:00"),
        (18, "America/New_York", "2026-11-01T00:00:00-04:00", "2026-11-01T18:00:00-05:00"),
        (9, "Asia/Kathmandu", "2026-11-30T00:00:00+00:00", "2026-11-30T09:00:00+05:45"),
        (9, "Pacific/Kiritimati", "2026-11-30T00:00:00+00:00", "2026-12-01T09:00:00+14:00"),
    ],
)
def test_the_next_moment(hour: int, zone: str, after: str, expected: str) -> None:
    assert next_moment(hour, zone, at(after)) == at(expected)


def test_a_day_that_had_its_reminder_gets_no_second() -> None:
    after = at("2026-11-30T10:00:00+09:00")
    assert next_moment(18, "Asia/Seoul", after, not_on=date(2026, 11, 29)) == at("2026-11-30T18:00:00+09:00")
    assert next_moment(18, "Asia/Seoul", after, not_on=date(2026, 11, 30)) == at("2026-12-01T18:00:00+09:00")


@given(
    st.integers(0, 23),
    st.sampled_from(["Asia/Seoul", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]),
    st.floats(1_600_000_000, 1_900_000_000),
)
def test_days_follow_each_other_without_gap_or_repetition(hour: int, zone: str, after: float) -> None:
    first = next_moment(hour, zone, after)
    second = next_moment(hour, zone, first, not_on=day_in(zone, first))
    assert after < first <= after + 26 * 3_600
    assert (day_in(zone, second) - day_in(zone, first)).days == 1
    local = datetime.fromtimestamp(first, UTC).astimezone(zoneinfo.ZoneInfo(zone))
    assert local.hour in {hour, hour + 1}
