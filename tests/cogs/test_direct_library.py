"""`/server`: in direct messages a student chooses the server whose files serve there."""

from playground.changes.guild_membership import join, leave
from playground.pilot import Student
from tests.bot.library.closed_channels import close, owner_of
from tests.bot.library.dropped_files import WATER, citing, reacted
from tests.house import House, finished
from tests.scripted_openai import Turn

SECRET = "The staff's answer is swordfish."


async def _asked(house: House, student: Student, query: str) -> str:
    dm = await student.dm(house.discord.bot.id)
    number = f"answer {len(house.requests)}"
    citing(house, query, f"{number} says so{{mark}}.", nothing=number)
    await student.says(dm, f"what of {query}?")
    return (await finished(student, dm, number)).text


async def test_the_files_of_the_chosen_server_serve_by_the_rule_of_that_server(house: House) -> None:
    minji, owner = await house.discord.student("minji"), await owner_of(house)
    dm = await minji.dm(house.discord.bot.id)
    await owner.runs("/library watch", where="general")
    await reacted(owner, await owner.drops("general", ("water.txt", WATER.encode())), "✅")
    await reacted(owner, await owner.drops("library", ("secret.txt", SECRET.encode())), "✅")
    await close(house, house.discord.channel("library"))
    assert "water.txt" not in await _asked(house, minji, "boils")
    await minji.runs("/server", where=dm, name=house.discord.guild.name)
    await minji.sees(dm, contains=house.discord.guild.name)
    assert "water.txt" in await _asked(house, minji, "boils")
    assert "secret.txt" not in await _asked(house, minji, "swordfish")
    assert SECRET not in str(house.requests)
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    assert await readable.names_in_place(0, dm) == ["water.txt"]
    await minji.runs("/server", where=dm)
    assert await readable.names_in_place(0, dm) == []
    assert "water.txt" not in await _asked(house, minji, "boils")


async def test_the_choice_ends_when_the_student_leaves_the_server(house: House) -> None:
    minji, owner = await house.discord.student("minji"), await owner_of(house)
    dm = await minji.dm(house.discord.bot.id)
    await reacted(owner, await owner.drops("library", ("water.txt", WATER.encode())), "✅")
    await minji.runs("/server", where=dm, name=house.discord.guild.name)
    await minji.sees(dm, contains=house.discord.guild.name)
    readable = house.bot.cogs["LibraryCog"].library.readable_files  # type: ignore[attr-defined]
    assert await readable.names_in_place(0, dm) == ["water.txt"]
    user = house.discord.user("minji")
    leave(house.discord.world, house.discord.guild, user)
    assert await readable.names_in_place(0, dm) == []
    join(house.discord.world, house.discord.guild, user)
    assert await readable.names_in_place(0, dm) == [], "who comes back chooses again"


async def test_servers_that_the_student_is_not_in_are_neither_suggested_nor_chosen(house: House) -> None:
    other = house.discord.add_guild("Other school")
    minji = await house.discord.student("minji")
    dm = await minji.dm(house.discord.bot.id)
    for name in (other.name, str(other.id), "nowhere"):
        await minji.runs("/server", where=dm, name=name)
        await minji.sees(dm, contains="그런 이름은 없어요")
        assert await minji.completes("/server", "name", name, where=dm) == []


async def test_servers_where_the_student_has_asked_are_suggested(house: House) -> None:
    minji = await house.discord.student("minji")
    dm = await minji.dm(house.discord.bot.id)
    assert await minji.completes("/server", "name", "", where=dm) == []
    await house.ask(minji, "hello")
    await minji.sees(contains="hello", matching=lambda post: post.by_bot)
    (choice,) = await minji.completes("/server", "name", house.discord.guild.name[:3], where=dm)
    assert choice["name"] == house.discord.guild.name
    await minji.runs("/server", where=dm, name=choice["value"])
    await minji.sees(dm, contains=house.discord.guild.name)


async def test_who_asks_for_files_in_direct_messages_is_told_once_how_to_choose_a_server(house: House) -> None:
    minji, owner = await house.discord.student("minji"), await owner_of(house)
    dm = await minji.dm(house.discord.bot.id)
    await reacted(owner, await owner.drops("library", ("water.txt", WATER.encode())), "✅")
    house.openai.turns += [Turn("one"), Turn("two"), Turn("three"), Turn("four")]
    await minji.says("math", f"{house.mention} hello")
    await minji.says(dm, "what is 2 + 2?")
    await finished(minji, dm, "two")
    assert not [each for each in minji.messages(dm) if "/server" in each.text]
    for answer in ("three", "four"):
        await minji.says(dm, "what does chapter 2 of the file say?")
        await finished(minji, dm, answer)
    told = await minji.sees(dm, contains="`/server` chooses")
    assert [each.id for each in minji.messages(dm) if "/server" in each.text] == [told.id]
