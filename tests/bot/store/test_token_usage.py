"""The tokens used in a day."""

import asyncio

from bot.store.store import Store
from bot.store.token_usage import TokenUsage


async def test_the_tokens_of_a_day_add_up(store: Store) -> None:
    usage = TokenUsage(store)
    await asyncio.gather(*(usage.add("2026-11-21", 10) for _ in range(5)))
    assert await usage.on("2026-11-21") == 50
    assert await usage.on("2026-11-22") == 0
