"""From a student's message to the model's request, one question after another, and the bot's memory when it is idle.

The processes of `benchmarks.house`, Discord on loopback without delay. Each question is a fresh mention, for which a
thread is made; some six earlier answers are still being streamed meanwhile. `python -m benchmarks asks`.
"""

import asyncio

from benchmarks.house import ask, open_house, sent_at
from benchmarks.table import median, ms, percentile, table

QUESTIONS = 100
EVERY = 1.0
"""Seconds."""
LAST = 8.0
"""Seconds in which the last answers come to their end."""


def main() -> str:
    return asyncio.run(_measure())


async def _measure() -> str:
    async with open_house(0.0) as house:
        idle = house.bot.memory_info().rss / (1 << 20)
        asked = {}
        for index in range(QUESTIONS):
            number = house.next_number()
            channel = house.channels[index % len(house.channels)]
            asked[number] = sent_at(await ask(house, index, channel, number, mention=True))
            await asyncio.sleep(EVERY)
        await asyncio.sleep(LAST)
        log = await house.log()
    waits = [log[number]["arrived"] - sent for number, sent in asked.items()]
    rows = [
        ("message to the model's request, median (at most 40 ms)", ms(median(waits))),
        ("the same, 95 % (at most 80 ms)", ms(percentile(waits, 95))),
        ("the same, slowest", ms(max(waits))),
        ("bot with embedded server, idle (at most 160 MiB)", f"{idle:.0f} MiB"),
    ]
    return table([f"{QUESTIONS} questions, one each second", ""], rows)
