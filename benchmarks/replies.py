"""Measures replies as students see them: 1, 20 and 100 answers at once, in a Discord on loopback with its rate limits.

The playground, the model and the bot (`house.py`) are processes of their own: CPU and memory are those of the bot with
its embedded server.
`python -m benchmarks.replies [--runs 5] [--threads 1 20 100] [--latency 0 0.1] [--only-existing]`.
"""

import argparse
import asyncio
import re
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.house import House, Watch, ask, open_house, sent_at, until_whole
from benchmarks.model import TOKENS, tokens
from benchmarks.table import table


@dataclass(frozen=True)
class Figures:
    """The figures of one run; times in seconds, memory in mebibytes."""

    request: float
    first: float
    final: float
    staleness: float
    refused: int
    exact: int
    asked: int
    cpu: float
    peak: float
    workers: float


async def _threads(house: House, count: int) -> list[str]:
    """Make threads in which the bot has answered once."""
    threads: list[str] = []
    for start in range(0, count, 10):
        numbers = {}
        for index in range(start, min(start + 10, count)):
            number = house.next_number()
            channel = house.channels[index % len(house.channels)]
            numbers[number] = await ask(house, index // len(house.channels), channel, number, mention=True)
        await until_whole(house, list(numbers))
        threads += numbers.values()
    await asyncio.sleep(6)
    await house.log()
    return threads


async def run_once(house: House, channels: list[str], *, mention: bool) -> Figures:
    """Ask in all `channels` at once: threads or, with `mention`, channels of the server."""
    house.watch.seen.clear()
    before = (await house.stats())["too_many"]
    cpu = _cpu(house.bot)
    numbers = [house.next_number() for _ in channels]
    asked: dict[str, float] = {}

    async def ask_one(index: int) -> None:
        message = await ask(house, index // len(house.channels), channels[index], numbers[index], mention=mention)
        asked[numbers[index]] = sent_at(message)

    await asyncio.gather(*(ask_one(index) for index in range(len(channels))))
    await until_whole(house, numbers)
    spent = _cpu(house.bot) - cpu
    workers = sum(each.memory_info().rss for each in house.bot.children(recursive=True))
    log = await house.log()
    stats = await house.stats()
    refused = stats["too_many"] - before
    if refused:
        print(f"  refused so far: {stats['limited']}", file=sys.stderr)
    answered = [number for number in numbers if number in log and house.watch.seen.get(number)]
    whole = [number for number in answered if house.watch.whole(number)]
    return Figures(
        request=_median(log[number]["arrived"] - asked[number] for number in numbers if number in log),
        first=_median(house.watch.seen[number][0][0] - log[number]["out"][0] for number in answered),
        final=_median(_end(house.watch, number) - log[number]["out"][-1] for number in whole),
        staleness=_mean(_stale(house.watch.seen[number], log[number]["out"]) for number in whole),
        refused=refused,
        exact=sum(house.watch.last[number].split() == "".join(tokens(number)).split() for number in whole),
        asked=len(numbers),
        cpu=spent,
        peak=_peak(house.bot),
        workers=workers / (1 << 20),
    )


def _end(watch: Watch, number: str) -> float:
    return next(at for at, count in watch.seen[number] if count >= TOKENS)


def _stale(seen: list[tuple[float, int]], out: list[float]) -> float:
    """Mean seconds from when a token leaves the model until a student sees it."""
    waits, index = [], 0
    for at, count in seen:
        while index < min(count, len(out)):
            waits.append(max(0.0, at - out[index]))
            index += 1
    return _mean(waits)


def _median(values: Any) -> float:
    found = list(values)
    return statistics.median(found) if found else float("nan")


def _mean(values: Any) -> float:
    found = list(values)
    return statistics.fmean(found) if found else float("nan")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _peak(process: psutil.Process) -> float:
    """Peak resident memory in MiB; where the system does not record it, the present one."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024
    except (OSError, IndexError):
        return float(process.memory_info().rss) / (1 << 20)


async def _measure(options: argparse.Namespace) -> str:
    tables = []
    for latency in options.latency:
        rows = []
        for count in options.threads:
            rows.append(await _row(f"{count}", latency, count, options.runs, fresh=False))
            if count >= 100 and not options.only_existing:
                rows.append(await _row(f"{count} fresh mentions", latency, count, options.runs, fresh=True))
        head = ["threads", "request", "first", "final", "staleness", "429s", "exact", "CPU", "peak memory", "workers"]
        tables.append(f"Round trip to Discord {latency * 1000:.0f} ms:\n\n{table(head, rows)}")
    return "\n\n".join(tables)


async def _row(name: str, latency: float, count: int, runs: int, *, fresh: bool) -> list[str]:
    async with open_house(latency) as house:
        spread = [house.channels[index % len(house.channels)] for index in range(count)]
        channels = spread if fresh else await _threads(house, count)
        found = []
        for _ in range(runs):
            found.append(await run_once(house, channels, mention=fresh))
            print(f"  {name} at {latency * 1000:.0f} ms: {found[-1]}", file=sys.stderr, flush=True)
            await asyncio.sleep(6)
    return [
        name,
        *(
            f"{_median(getattr(each, what) for each in found) * 1000:.0f} ms"
            for what in ("request", "first", "final", "staleness")
        ),
        f"{sum(each.refused for each in found)}",
        f"{min(each.exact for each in found)}/{count}",
        f"{_median(each.cpu for each in found):.1f} s",
        f"{max(each.peak for each in found):.0f} MiB",
        f"{max(each.workers for each in found):.0f} MiB",
    ]


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replies", description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 20, 100])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 0.1])
    parser.add_argument("--only-existing", action="store_true", help="leave fresh mentions out")
    options = parser.parse_args(arguments if arguments is not None else [])
    return asyncio.run(_measure(options))


if __name__ == "__main__":
    print(main(sys.argv[1:]))
