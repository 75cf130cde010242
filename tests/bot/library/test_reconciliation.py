"""What happened while the bot was away, and what earlier releases left behind."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.client import SaemBot
from bot.library.reconciliation import CHANNELS_NAMED
from playground.changes.channel_changes import remove_channel
from playground.pilot import Student
from tests.bot.library.dropped_files import WATER, Surroundings, reacted
from tests.house import bot_in


def library_of(bot: SaemBot) -> Any:
    """The library of a running bot."""
    return bot.cogs["LibraryCog"].library  # type: ignore[attr-defined]


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.02)


async def _noted(bot: SaemBot) -> bool:
    return bool(await bot.notes.get(CHANNELS_NAMED))


async def _are_left(bot: SaemBot, *names: str) -> bool:
    return sorted([file.filename async for file in bot.openai.files.list()]) == sorted(names)


async def _attributes(bot: SaemBot, file_id: str) -> dict[str, Any]:
    (store,) = [each async for each in bot.openai.vector_stores.list()]
    entry = await bot.openai.vector_stores.files.retrieve(file_id, vector_store_id=store.id)
    return dict(entry.attributes or {})


async def _in_two_channels(alex: Student, bot: SaemBot) -> list[Any]:
    """The same content in `#library` and, by a mention, in `#general`; their records, oldest first."""
    first = await alex.drops("library", ("a.txt", WATER.encode()))
    await reacted(alex, first, "✅")
    second = await alex.drops("general", ("b.txt", WATER.encode()), text=f"<@{bot.user.id if bot.user else 0}>")
    await reacted(alex, second, "✅")
    return [(await library_of(bot).library_store.of_message(each.id))[0] for each in (first, second)]


async def test_the_same_content_in_two_channels_is_two_files_that_name_their_channels(
    surroundings: Surroundings,
) -> None:
    alex = await surroundings.discord.student("alex")
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        first, second = await _in_two_channels(alex, bot)
        assert first.file_id != second.file_id
        for record in (first, second):
            assert (await _attributes(bot, record.file_id))["channel_id"] == str(record.channel_id)


async def test_a_file_that_an_earlier_release_kept_for_two_channels_becomes_two(surroundings: Surroundings) -> None:
    alex = await surroundings.discord.student("alex")
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        await _until(lambda: _noted(bot))
        first, second = await _in_two_channels(alex, bot)
        store = library_of(bot).library_store
        await bot.openai.files.delete(second.file_id)
        await store.update(replace(second, file_id=first.file_id))
        await store.set_outcome_shown([second])
        (shelf,) = [each async for each in bot.openai.vector_stores.list()]
        await bot.openai.vector_stores.files.update(first.file_id, vector_store_id=shelf.id, attributes={})
        await bot.notes.set(CHANNELS_NAMED, "")
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        store, now = library_of(bot).library_store, [first, second]

        async def settled() -> bool:
            now[:] = [await store.get(record) for record in (first, second)]
            ready = all(each.state == "ready" for each in now) and now[0].file_id != now[1].file_id
            return ready and await _noted(bot)

        await _until(settled)
        for record in now:
            assert (await _attributes(bot, record.file_id or ""))["channel_id"] == str(record.channel_id)


async def test_files_of_a_channel_that_was_deleted_meanwhile_are_removed(surroundings: Surroundings) -> None:
    alex = await surroundings.discord.student("alex")
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        await _in_two_channels(alex, bot)
    remove_channel(surroundings.discord.world, surroundings.discord.channel("general"))
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        await _until(lambda: _are_left(bot, "a.txt"))


async def test_of_many_messages_those_that_were_deleted_meanwhile_are_found(
    surroundings: Surroundings, monkeypatch: Any
) -> None:
    """More messages than a page holds, with files in every part."""
    monkeypatch.setattr("bot.library.reconciliation.PAGE", 5)
    alex = await surroundings.discord.student("alex")
    dropped = []
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        for number in range(6):
            dropped.append(await alex.drops("library", (f"{number}.txt", f"riddle {number}".encode())))
            await reacted(alex, dropped[-1], "✅")
            for _ in range(3):
                await alex.says("library", "well")
    for number in (0, 3, 5):
        await alex.deletes(dropped[number])
    async with bot_in(surroundings.discord, surroundings.settings) as bot:
        await _until(lambda: _are_left(bot, "1.txt", "2.txt", "4.txt"))
