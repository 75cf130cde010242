"""From a student's message to the model's request, one question after another, and the bot's memory when it is idle.

The processes of `benchmarks.house`, Discord on loopback without delay. First each question is a fresh mention, for
which a thread is made; some six earlier answers are still being streamed meanwhile. Then one student writes on in one
thread, each time half a second after the last answer's end, while Discord still takes that answer's edits.
`python -m benchmarks asks [--questions 100] [--turns 30]`.
"""

import argparse
import asyncio
import sys

from benchmarks.house import House, ask, open_house, sent_at
from benchmarks.table import median, ms, percentile, table

QUESTIONS = 100
EVERY = 1.0
"""Seconds."""
LAST = 8.0
"""Seconds in which the last answers come to their end."""
TURNS = 30
PAUSE = 0.5
"""Seconds from an answer's end to the next question in its thread."""


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asks", description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--turns", type=int, default=TURNS)
    options = parser.parse_args(arguments if arguments is not None else [])
    return asyncio.run(_measure(options.questions, options.turns))


async def _measure(questions: int, turns: int) -> str:
    async with open_house(0.0) as house:
        idle = house.bot.memory_info().rss / (1 << 20)
        asked = {}
        for index in range(questions):
            number = house.next_number()
            channel = house.channels[index % len(house.channels)]
            asked[number] = sent_at(await ask(house, index, channel, number, mention=True))
            await asyncio.sleep(EVERY)
        await asyncio.sleep(LAST)
        log = await house.log()
        in_a_row = await _in_one_thread(house, turns)
    waits = [log[number]["arrived"] - sent for number, sent in asked.items()]
    rows = [
        ("message to the model's request, median (at most 40 ms)", ms(median(waits))),
        ("the same, 95 % (at most 80 ms)", ms(percentile(waits, 95))),
        ("the same, slowest", ms(max(waits))),
        ("in one thread, 0.5 s after the last answer's end, median (at most 40 ms)", ms(median(in_a_row))),
        ("the same, 95 % (at most 80 ms)", ms(percentile(in_a_row, 95))),
        ("bot with embedded server, idle (at most 160 MiB)", f"{idle:.0f} MiB"),
    ]
    return table([f"{questions} questions, one each second; then {turns} in one thread", ""], rows)


async def _in_one_thread(house: House, turns: int) -> list[float]:
    """How long each question of a student's takes to the model who writes half a second after each answer's end."""
    number = house.next_number()
    thread = await ask(house, 0, house.channels[0], number, mention=True, briefly=True)
    asked = {}
    for _ in range(turns):
        await house.answer_ended(number)
        await asyncio.sleep(PAUSE)
        number = house.next_number()
        asked[number] = sent_at(await ask(house, 0, thread, number, mention=False, briefly=True))
    await house.answer_ended(number)
    log = await house.log()
    return [log[number]["arrived"] - sent for number, sent in asked.items()]


if __name__ == "__main__":
    print(main(sys.argv[1:]))
