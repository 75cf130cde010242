"""What belongs to one guild is found in no other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from playground.changes.guild_membership import join
from playground.pilot import Student
from playground.server import Playground
from tests.bot.library.dropped_files import WATER, citing, reacted
from tests.bot.quizzes.playing import press, with_button
from tests.house import House, finished, open_house
from tests.scripted_openai import tool_outputs

SECRET = "The other school's exam answer is swordfish."


class Two:
    """Two guilds with one bot; a student in each."""

    def __init__(self, house: House, ours: Student, theirs: Student, channels: dict[str, int]) -> None:
        self.house, self.ours, self.theirs = house, ours, theirs
        self.their_library, self.their_math = channels["library"], channels["math"]


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    channels: dict[str, int] = {}

    def furnish(discord: Playground) -> None:
        guild = discord.add_guild("Other school")
        join(discord.world, guild, discord.user("minji"))
        names = {channel.name: channel.id for channel in guild.channels.values()}
        for name in ("library", "math"):
            channels[name] = names.get(name) or discord.add_channel(name, guild=guild).id

    async with open_house(tmp_path, furnish=furnish) as house:
        ours, theirs = await house.discord.student("alex"), await house.discord.student("minji")
        yield Two(house, ours, theirs, channels)


async def test_another_guilds_files_are_found_by_no_question_search_list_or_removal(two: Two) -> None:
    house = two.house
    dropped = await two.theirs.drops(two.their_library, ("secret.txt", SECRET.encode()))
    await reacted(two.theirs, dropped, "✅")
    mine = await two.ours.drops("library", ("water.txt", WATER.encode()))
    await reacted(two.ours, mine, "✅")
    stores = [store async for store in house.bot.openai.vector_stores.list()]
    files = [file async for file in house.bot.openai.files.list()]
    secret = next(file for file in files if file.filename == "secret.txt")
    their_store = next(store for store in stores if store.metadata != stores[0].metadata or store is stores[-1])
    for query in ("swordfish", secret.id, their_store.id, f"swordfish in {their_store.id}"):
        citing(house, query)
        question = await house.ask(two.ours, f"look for {query}")
        await finished(two.ours, question)
        assert SECRET not in str([tool_outputs(body) for body in house.requests])
    await two.ours.runs("/library search", query="swordfish exam answer", where="library")
    await two.ours.sees("library", contains="holds nothing")
    await two.ours.runs("/library list", where="library")
    assert "secret" not in (await two.ours.sees("library", contains="library: 1")).text
    assert await two.ours.completes("/library remove", "file", "secret", where="library") == []
    attachment = str(dropped.attachments[0]["id"])
    for forged in (attachment, "secret.txt", secret.id):
        await two.ours.runs("/library remove", file=forged, where="library")
    assert {file.id async for file in house.bot.openai.files.list()} == {file.id for file in files}


async def test_a_forged_button_turns_the_pages_of_ones_own_guild_alone(two: Two) -> None:
    house = two.house
    dropped = await two.theirs.drops(two.their_library, ("secret.txt", SECRET.encode()))
    await reacted(two.theirs, dropped, "✅")
    answer = await finished(two.ours, await house.ask(two.ours, "hello"))
    for forged in ("library:list:0", "library:list:99999"):
        with_button(house, answer, forged)
        pressed = await press(two.ours, answer, forged)
        assert pressed.ok
        shown = house.discord.world.channels[answer.channel_id].messages[answer.id]
        assert "secret" not in str(shown.components)
        assert "library: 0" in str(shown.components)


async def test_the_same_content_in_two_guilds_is_two_files(two: Two) -> None:
    first = await two.theirs.drops(two.their_library, ("a.txt", WATER.encode()))
    await reacted(two.theirs, first, "✅")
    second = await two.ours.drops("library", ("a.txt", WATER.encode()))
    await reacted(two.ours, second, "✅")
    await two.theirs.deletes(first)
    citing(two.house, "boils", "100{mark}")
    answer = await finished(two.ours, await two.house.ask(two.ours, "when does water boil?"), "100")
    assert str(second.id) in answer.text
    assert str(first.id) not in answer.text
