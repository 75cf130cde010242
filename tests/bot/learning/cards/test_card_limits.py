"""How many sets of cards may be asked for, over restarts and in all processes."""

import asyncio
from itertools import count
from pathlib import Path

import pytest

from bot.errors import UserFacingError
from bot.learning.cards.card_limits import WINDOW, CardLimits
from bot.learning.cards.card_starts import CardStarts
from bot.store.store import open_store
from tests.migrated import bot_database


async def test_a_student_and_a_server_wait_until_their_window_has_passed(tmp_path: Path) -> None:
    now, ids = 1_000.0, count()
    async with open_store(f"sqlite+aiosqlite:///{bot_database(tmp_path)}") as store:
        limits = CardLimits(CardStarts(store), 2, 3, lambda: now)

        async def admit(student_id: int, guild_id: int) -> None:
            await limits.admit(next(ids), student_id, guild_id)

        await admit(1, 9)
        now = 1_100.0
        await admit(1, 8)
        with pytest.raises(UserFacingError, match=r"last five minutes: 2\. .*<t:1301:R>"):
            await admit(1, 0)
        await admit(2, 9)
        await admit(3, 9)
        with pytest.raises(UserFacingError, match=r"on this server in the last five minutes: 3\. .*<t:1301:R>"):
            await admit(4, 9)
        await admit(4, 0)
        limits = CardLimits(CardStarts(store), 2, 3, lambda: now)  # after a restart
        with pytest.raises(UserFacingError):
            await admit(1, 0)
        now = 1_000.0 + WINDOW
        await admit(1, 9)
        await admit(5, 0)
        await admit(5, 0)
        with pytest.raises(UserFacingError):
            await admit(5, 0)
        now += 2 * WINDOW
        await limits.admit("again", 1, 9)
        await limits.admit("again", 1, 9)
        assert await CardStarts(store).since(0.0) == {"again": (now, 1, 9)}


async def test_of_many_at_once_none_slips_through_and_what_was_not_stored_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(f"sqlite+aiosqlite:///{bot_database(tmp_path)}") as store:
        starts = CardStarts(store)
        limits = CardLimits(starts, 2, 9, lambda: 1_000.0)
        with monkeypatch.context() as patched:
            patched.setattr(starts, "add", _fails)
            with pytest.raises(OSError, match="full"):
                await limits.admit(0, 1, 0)
        asked = [limits.admit(number, 1, 0) for number in range(1, 6)]
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert outcomes[:2] == [None, None]
        assert [type(each) for each in outcomes[2:]] == [UserFacingError] * 3
        assert set(await starts.since(0.0)) == {"1", "2"}


async def _fails(*_: object, **__: object) -> None:
    raise OSError("full")
