"""`/library …` and the menu "Add to library", over HTTP: discord.py and the openai SDK."""

from typing import Any

import pytest

from bot.prices import Spent
from playground.pilot import Student
from tests.assistants.retrieval import documents
from tests.bot.library.closed_channels import overwrite
from tests.bot.library.dropped_files import WATER, citing, reacted, reactions
from tests.house import House, finished


async def test_a_channel_can_be_watched_and_no_longer(house: House) -> None:
    owner = await _owner(house)
    await owner.runs("/library watch", where="general")
    dropped = await owner.drops("general", ("a.txt", WATER.encode()))
    await reacted(owner, dropped, "✅")
    await owner.runs("/library unwatch", where="general")
    ignored = await owner.drops("general", ("b.txt", b"something else"))
    other = await owner.drops("library", ("c.txt", b"something third"))
    await reacted(owner, other, "✅")
    assert reactions(owner, ignored) == set()


async def test_an_older_message_is_added_by_its_menu(house: House) -> None:
    alex = await house.discord.student("alex")
    old = await alex.drops("general", ("a.txt", WATER.encode()))
    await alex.uses("Add to library", old)
    await reacted(alex, old, "✅")
    outcome = await alex.uses("Add to library", old)
    assert "already" in (await alex.sees("general", contains="already")).text, outcome


async def test_whoever_adds_anothers_message_needs_the_right_and_its_author_is_told(house: House) -> None:
    minji, alex, owner = await house.discord.student("minji"), await house.discord.student("alex"), await _owner(house)
    old = await minji.drops("general", ("a.txt", WATER.encode()))
    role = next(role for role in house.bot.guilds[0].roles if not role.is_default())
    await owner.runs("/library contributors", where="general", role=role)
    await alex.uses("Add to library", old)
    await alex.sees("general", contains=role.mention)
    assert await house.bot.cogs["LibraryCog"].library.library_store.of_message(old.id) == []  # type: ignore[attr-defined]
    await owner.runs("/library contributors", where="general")
    await alex.uses("Add to library", old)
    await reacted(minji, old, "✅")
    told = await minji.sees("general", contains="has added the files")
    assert minji.mention in told.text
    assert alex.mention in told.text
    assert house.discord.pinged_by(told.id) == {minji.id}
    await alex.sees("general", contains="told its author")
    mine = await alex.drops("general", ("b.txt", b"something of my own"))
    await alex.uses("Add to library", mine)
    await reacted(alex, mine, "✅")
    said = [each for each in minji.messages() if "has added the files" in each.text]
    assert len(said) == 1, "nobody is told of what they did themselves"


async def test_an_author_who_cannot_be_told_in_the_channel_is_told_directly(house: House) -> None:
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    old = await minji.drops("general", ("a.txt", WATER.encode()))
    bot_id = house.discord.bot.id
    await overwrite(house, house.discord.channel("general"), bot_id, deny=1 << 11, kind=1)
    await alex.uses("Add to library", old)
    await minji.sees(await minji.dm(bot_id), contains="has added the files")


async def test_the_list_has_pages(house: House) -> None:
    alex = await house.discord.student("alex")
    for start in (0, 7):
        files = [(f"n{n:02}.txt", f"number {n}".encode()) for n in range(start, start + 7)]
        await reacted(alex, await alex.drops("library", *files), "✅")
    await alex.runs("/library list", where="library")
    listed = await alex.sees("library", contains="library: 14")
    assert "n13.txt" in listed.text
    assert "n00.txt" not in listed.text
    await alex.clicks(listed, "Next")
    await alex.wait_for(lambda: "n00.txt" in alex.now(listed).text, what="the second page")


async def test_a_file_is_removed_by_who_added_it_and_not_by_others(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    dropped = await alex.drops("library", ("a.txt", WATER.encode()))
    await reacted(alex, dropped, "✅")
    (choice,) = await minji.completes("/library remove", "file", "a", where="library")
    await minji.runs("/library remove", file=choice["value"], where="library")
    await minji.sees("library", contains="올린 사람")
    await alex.runs("/library remove", file=choice["value"], where="library")
    await alex.sees("library", contains="out of the library")
    assert (await house.bot.openai.files.list()).data == []


async def test_a_file_is_removed_by_the_beginning_of_its_name_when_no_other_begins_so(house: House) -> None:
    alex = await house.discord.student("alex")
    names = ("notes.txt", "Notes 2.txt", "water *cycle*.txt")
    files = [(name, f"{name}: {WATER}".encode()) for name in names]
    await reacted(alex, await alex.drops("library", *files), "✅")
    await alex.runs("/library remove", file="not", where="library")
    several = await alex.sees("library", contains="2 files begin so")
    assert "Notes 2.txt" in several.text
    assert "notes.txt" in several.text
    await alex.runs("/library remove", file="otes", where="library")
    await alex.sees("library", contains="no such file")
    await alex.runs("/library remove", file=" WATER ", where="library")
    await alex.sees("library", contains="out of the library")
    await alex.runs("/library remove", file="notes.txt", where="library")
    await alex.wait_for(
        lambda: len([post for post in alex.messages("library") if "out of the library" in post.text]) == 2,
        what="the second removal",
    )
    assert [record.filename for record in await _records(house)] == ["Notes 2.txt"]


async def test_status_says_what_there_is(house: House) -> None:
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("a.txt", WATER.encode())), "✅")
    await reacted(alex, await alex.drops("library", ("b.pdf", documents.locked_pdf())), "⚠️")
    await alex.runs("/library status", where="library")
    status = await alex.sees("library", contains="searchable")
    assert "1 searchable" in status.text
    assert "1 could not be read" in status.text
    assert "everyone" in status.text


async def test_only_the_chosen_role_may_add_files(house: House) -> None:
    owner, alex = await _owner(house), await house.discord.student("alex")
    if owner.id == alex.id:
        alex = await house.discord.student("minji")
    role = next(role for role in house.bot.guilds[0].roles if not role.is_default())
    await owner.runs("/library contributors", where="library", role=role)
    refused = await alex.drops("library", ("a.txt", WATER.encode()), text="some notes")
    await reacted(alex, refused, "⚠️")
    await alex.sees("library", contains=f"Only @{role.name}")
    assert [file async for file in house.bot.openai.files.list()] == []
    citing(house, "boils", "100{mark}")
    question = await alex.drops("math", ("a.txt", WATER.encode()), text=house.mention)
    await finished(alex, question)
    await alex.runs("/library list", where="math")
    assert {record.kind for record in await _records(house)} == {"thread"}


async def _records(house: House) -> list[Any]:
    records = house.bot.cogs["LibraryCog"].library.library_store  # type: ignore[attr-defined]
    return [*await records.in_state("ready"), *await records.in_state("waiting")]


async def _owner(house: House) -> Student:
    for name in ("teacher", "minji", "alex"):
        try:
            student = await house.discord.student(name)
        except Exception:  # noqa: BLE001 - the name is not in the default guild
            continue
        guild = next(iter(house.bot.guilds))
        if guild.owner_id == student.id:
            return student
    pytest.skip("nobody of these owns the default guild")


async def test_files_and_searches_are_charged_to_who_brings_and_who_searches(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    house.openai.embedding_tokens = 250
    text = "Water boils at 100 degrees. " * 100
    await reacted(alex, await alex.drops("library", ("a.txt", text.encode())), "✅")
    await minji.runs("/library search", where="library", query="When does water boil at last?")
    await minji.sees("library", contains="boils")
    used = {student: tokens for _, student, tokens in await _charges(house)}
    assert used.keys() == {alex.id, minji.id}
    assert used[alex.id] == 25, "a tenth of what the provider has told"
    assert used[minji.id] == 1


async def test_who_has_used_up_the_day_cannot_search_either(house: House) -> None:
    alex = await house.discord.student("alex")
    budgets = house.bot.quotas.budgets
    await budgets.add(
        "before", alex.id, house.discord.guild.id, Spent(house.bot.settings.student_tokens_per_day), "answer"
    )
    await alex.runs("/library search", where="library", query="water")
    await alex.sees("library", contains="one student may use")


async def _charges(house: House) -> list[tuple[int, int, int]]:
    budgets = house.bot.quotas.budgets
    return list(await budgets.charges.sums(budgets._today()))
