"""The sessions that a bot may still begin today."""

import asyncio

import pytest

from bot import session_start_limit
from bot.session_start_limit import SessionStartLimit


async def test_while_none_may_begin_it_says_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_start_limit, "LOOK_AGAIN", 0.0)
    remaining = [0, 0, 5]
    seen: list[float | None] = []

    async def ask() -> None:
        seen.append(limit.starts_again_in)
        limit.told({"remaining": remaining.pop(0), "reset_after": 90_000})

    limit = SessionStartLimit(ask)
    assert limit.starts_again_in is None
    await asyncio.wait_for(limit.wait(), 5)
    assert seen[0] is None
    assert 89 < (seen[1] or 0) <= 90
    assert limit.starts_again_in is None
