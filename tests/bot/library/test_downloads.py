"""Files that cannot be downloaded from Discord's CDN."""

import pytest

from tests.bot.library.dropped_files import WATER, filenames, reacted, reactions
from tests.house import House


async def test_a_file_that_vanishes_from_the_cdn_is_said_so(house: House) -> None:
    alex = await house.discord.student("alex")
    house.discord.cdn.vanished = True
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), text="notes for the test")
    await reacted(alex, dropped, "⚠️")
    assert "could not be fetched" in (await alex.sees("library", contains="a.txt")).text
    assert await filenames(house.bot) == set()


async def test_a_file_larger_than_the_limit_is_refused_before_it_is_fetched(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.downloads.SIZE_LIMIT", 10)
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()), text="notes for the test")
    await reacted(alex, dropped, "⚠️")
    assert "larger than" in (await alex.sees("library", contains="a.txt")).text
    assert "✅" not in reactions(alex, dropped)
