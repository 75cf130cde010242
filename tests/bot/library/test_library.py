"""What happened while the bot was away: dropped files are added, deleted ones are removed."""

import asyncio

from tests.bot.library.dropped_files import PLAN, WATER, Surroundings, filenames, reacted
from tests.house import bot_in


async def test_files_dropped_while_the_bot_was_away_are_added(
    limited_surroundings: Surroundings,
) -> None:
    discord, _, settings = limited_surroundings
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        known = await alex.drops("library", ("known.txt", WATER.encode()))
        await reacted(alex, known, "✅")
    missed = await alex.drops("library", ("missed.txt", PLAN.encode()))
    async with bot_in(discord, settings) as bot:
        await reacted(alex, missed, "✅")
        assert await filenames(bot) == {"known.txt", "missed.txt"}


async def test_files_deleted_while_the_bot_was_away_are_removed(
    limited_surroundings: Surroundings,
) -> None:
    discord, _, settings = limited_surroundings
    alex = await discord.student("alex")
    async with bot_in(discord, settings):
        gone = await alex.drops("library", ("gone.txt", WATER.encode()))
        await reacted(alex, gone, "✅")
        stays = await alex.drops("library", ("stays.txt", PLAN.encode()))
        await reacted(alex, stays, "✅")
    await alex.deletes(gone)
    async with bot_in(discord, settings) as bot:
        for _ in range(400):
            if await filenames(bot) == {"stays.txt"}:
                break
            await asyncio.sleep(0.05)
        assert await filenames(bot) == {"stays.txt"}
