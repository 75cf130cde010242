"""If the server loses a guild's vector store, its files are added to a new one."""

import asyncio

from tests.bot.library.dropped_files import PLAN, WATER, reacted
from tests.house import House


async def test_a_vector_store_that_the_server_lost_is_filled_again(house: House) -> None:
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("a.txt", WATER.encode())), "✅")
    (store,) = [store async for store in house.bot.openai.vector_stores.list()]
    await house.bot.openai.vector_stores.delete(store.id)
    await reacted(alex, await alex.drops("library", ("b.txt", PLAN.encode())), "✅")
    for _ in range(400):
        records = await house.bot.cogs["LibraryCog"].library.library_store.in_state("waiting")  # type: ignore[attr-defined]
        if not records:
            break
        await asyncio.sleep(0.05)
    (store,) = [store async for store in house.bot.openai.vector_stores.list()]
    for _ in range(400):
        row = await house.bot.openai.vector_stores.retrieve(store.id)
        if row.file_counts.completed == 2:
            break
        await asyncio.sleep(0.05)
    assert row.file_counts.completed == 2
