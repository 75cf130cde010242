"""Time zones by name, and the next moment at which it is some hour there."""

import re
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

_PLACES: Final = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
"""How names begin that are places; the database's others are old or technical. `UTC` is one more."""
_COMMON: Final = (
    "Asia/Seoul", "Asia/Tokyo", "Asia/Shanghai", "Asia/Singapore", "Asia/Kolkata", "Europe/London", "Europe/Berlin",
    "Europe/Paris", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
    "Australia/Sydney", "Africa/Lagos", "UTC",
)  # fmt: skip
"""What is suggested before anything is typed."""
_KOREAN: Final = {
    "서울": "Asia/Seoul", "한국": "Asia/Seoul", "대한민국": "Asia/Seoul", "도쿄": "Asia/Tokyo", "일본": "Asia/Tokyo",
    "베이징": "Asia/Shanghai", "상하이": "Asia/Shanghai", "중국": "Asia/Shanghai", "런던": "Europe/London",
    "영국": "Europe/London", "파리": "Europe/Paris", "베를린": "Europe/Berlin", "뉴욕": "America/New_York",
    "로스앤젤레스": "America/Los_Angeles", "시드니": "Australia/Sydney", "싱가포르": "Asia/Singapore",
}  # fmt: skip
_ABBREVIATIONS: Final = {"kst": "Asia/Seoul", "jst": "Asia/Tokyo", "utc": "UTC", "gmt": "UTC", "korea": "Asia/Seoul"}


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """The names of all time zones that are places, and UTC."""
    known = (name for name in zoneinfo.available_timezones() if name == "UTC" or name.startswith(_PLACES))
    return tuple(sorted(known))


def find(written: str) -> str | None:
    """The name of the time zone that somebody means: `asia/seoul`, `Seoul`, `서울`, `KST`; None if there is none, or if
    several have that name.
    """
    text = re.sub(r"\s+", "_", written.strip())
    folded = text.casefold()
    if text in _KOREAN:
        return _KOREAN[text]
    if folded in _ABBREVIATIONS:
        return _ABBREVIATIONS[folded]
    for name in names():
        if name.casefold() == folded:
            return name
    cities = [name for name in names() if name.rsplit("/", 1)[-1].casefold() == folded]
    return cities[0] if len(cities) == 1 else None


def suggestions(typed: str, most: int = 25) -> list[str]:
    """The time zones whose names contain what is typed; before anything is typed, common ones."""
    text = typed.strip().casefold().replace(" ", "_")
    if not text:
        return list(_COMMON)
    korean = [zone for name, zone in _KOREAN.items() if text in name]
    found = [name for name in names() if text in name.casefold()]
    found.sort(key=lambda name: (not name.casefold().rsplit("/", 1)[-1].startswith(text), name))
    short = [_ABBREVIATIONS[text]] if text in _ABBREVIATIONS else []
    return list(dict.fromkeys([*short, *korean, *found]))[:most]


def day_in(timezone: str, at: float) -> date:
    """The day that it is there at `at`, seconds since the epoch."""
    return datetime.fromtimestamp(at, zoneinfo.ZoneInfo(timezone)).date()


def next_moment(hour: int, timezone: str, after: float, *, not_on: date | None = None) -> float:
    """The next moment after `after` at which it is that hour there, on a later day than `not_on`, if that is given.

    Where clocks are put forward over the hour, it is the moment when the clocks say one hour more; where they are put
    back over it, the first of both.
    """
    day = day_in(timezone, after)
    if not_on is not None and not_on >= day:
        day = not_on + timedelta(days=1)
    moment = _moment_on(day, hour, timezone)
    while moment <= after:
        day += timedelta(days=1)
        moment = _moment_on(day, hour, timezone)
    return moment


def _moment_on(day: date, hour: int, timezone: str) -> float:
    local = datetime.combine(day, time(hour), zoneinfo.ZoneInfo(timezone))
    return local.astimezone(UTC).timestamp()
