"""Files that cannot be downloaded from Discord's CDN."""

import os
from pathlib import Path

import pytest

from bot.library.downloads import Downloader
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


async def test_what_a_process_that_died_was_fetching_goes_at_the_next_start(tmp_path: Path) -> None:
    for name in ("tmpold", "tmpnew"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("half a file")
    os.utime(tmp_path / "tmpold", (0, 0))
    await Downloader(tmp_path).remove_left_behind()
    assert sorted(os.listdir(tmp_path)) == ["tmpnew"]
    await Downloader(tmp_path / "not there yet").remove_left_behind()
