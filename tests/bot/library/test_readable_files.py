"""What people could not open in Discord is told to them in no way: every way of telling, for every kind of place."""

import pytest

from playground.pilot import Student
from tests.bot.library.closed_channels import close, overwrite, owner_of
from tests.bot.library.dropped_files import WATER, reacted
from tests.house import House

SECRET = "The staff's answer is swordfish."


async def _with_a_secret(house: House, *allowed: Student) -> None:
    """`secret.txt` stands in `#library`, closed to all but the owner and `allowed`; `water.txt` in `#general`."""
    owner = await owner_of(house)
    await owner.runs("/library watch", where="general")
    await reacted(owner, await owner.drops("general", ("water.txt", WATER.encode())), "✅")
    await close(house, house.discord.channel("library"), *(each.id for each in allowed))
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")


@pytest.mark.parametrize("may", [True, False])
async def test_commands_show_a_private_channels_files_to_those_who_can_open_it(house: House, may: bool) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, *([minji] if may else []))
    await minji.runs("/library list", where="math")
    listed = await minji.sees("math", contains="water.txt")
    assert ("secret.txt" in listed.text, "2" in listed.text.partition("\n")[0]) == (may, may)
    await minji.runs("/library search", query="swordfish", where="math")
    found = await minji.sees("math", contains="swordfish")
    assert ("secret.txt" in found.text) is may
    await minji.runs("/library status", where="math")
    status = await minji.sees("math", contains="지켜보는 채널")
    assert f"검색 가능 {2 if may else 1}개" in status.text
    assert (f"<#{house.discord.channel('library').id}>" in status.text) is may
    names = [each["name"] for each in await minji.completes("/library remove", "file", "", where="math")]
    assert names == (["secret.txt", "water.txt"] if may else ["water.txt"])
    await minji.runs("/library remove", file="secret.txt", where="math")
    await minji.sees("math", contains="올린 사람" if may else "그런 파일이 없어요")


async def test_a_permission_that_is_taken_away_closes_a_list_that_is_open(house: House) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, minji)
    owner = await owner_of(house)
    for start in (0, 8):
        files = [(f"n{n:02}.txt", f"number {n}".encode()) for n in range(start, start + 8)]
        await reacted(owner, await owner.drops("library", *files), "✅")
    await minji.runs("/library list", where="math")
    listed = await minji.sees("math", contains="n15.txt")
    await overwrite(house, house.discord.channel("library"), minji.id, deny=1 << 10, kind=1)
    await minji.clicks(listed, "다음")
    await minji.wait_for(lambda: "water.txt" in minji.now(listed).text, what="the list as it is now")
    assert ".txt" not in minji.now(listed).text.replace("water.txt", "")
    assert await minji.completes("/library remove", "file", "secret", where="math") == []


async def test_names_in_a_place_are_those_that_everybody_there_can_open(house: House) -> None:
    minji = await house.discord.student("minji")
    await _with_a_secret(house, minji)
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    guild_id = house.discord.guild.id
    places = {name: house.discord.channel(name).id for name in ("math", "library")}
    assert await readable.names_in_place(guild_id, places["math"]) == ["water.txt"]
    assert await readable.names_in_place(guild_id, places["library"]) == ["secret.txt", "water.txt"]
