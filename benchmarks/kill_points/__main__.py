"""`python -m benchmarks.kill_points [scenario …]`: kill the bot at every point of every scenario.

`--twice` adds draws in which the processes that follow are killed too; `--at 3` or `--at 3,5` plays one alone.
"""

import argparse
import asyncio
import sys
import time
from pathlib import Path

import structlog

from benchmarks.kill_points import learning_scenarios, server_scenarios  # noqa: F401 - they register theirs
from benchmarks.kill_points.bot_process import forking
from benchmarks.kill_points.scenarios import SCENARIOS
from benchmarks.kill_points.sweep import kill_lists, play, play_all
from bot.logs import configure_logs

log = structlog.get_logger(__name__)


async def sweep(names: list[str], given: argparse.Namespace) -> int:
    """Sweep each scenario; the number of plays with problems."""
    context, bad = forking(), 0
    for name in names:
        scenario = SCENARIOS[name]
        began = time.monotonic()
        whole = await play(context, scenario, keep=given.keep)
        count = len(whole.points[0])
        if whole.problems:
            print(f"{name}, killed nowhere:", *whole.problems, *whole.story, sep="\n  ", flush=True)
        if given.show:
            print(*(f"  {number:3} {point}" for number, point in enumerate(whole.points[0], 1)), sep="\n")
        lists = [tuple(map(int, given.at.split(",")))] if given.at else kill_lists(count, given.twice, given.seed)
        played = await play_all(context, scenario, lists[given.first - 1 :], given.jobs, given.keep)
        wrong = sum(bool(each.problems) for each in played) + bool(whole.problems)
        bad += wrong
        reached = sum(each.deaths > 0 for each in played)
        seconds = round(time.monotonic() - began)
        print(f"{name}: {count} points, {len(played)} plays ({reached} killed), {wrong} wrong, {seconds} s", flush=True)
    return bad


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_points")
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=[])
    parser.add_argument("--twice", type=int, default=0, help="draws with several kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--at", help="points of one play: 3 or 3,5")
    parser.add_argument("--first", type=int, default=1, help="the first list that is played")
    parser.add_argument("--show", action="store_true", help="print the points")
    parser.add_argument("--keep", type=Path, help="a folder for the logs of plays with problems")
    given = parser.parse_args()
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    configure_logs("CRITICAL")
    return 1 if asyncio.run(sweep(given.scenarios or list(SCENARIOS), given)) else 0


if __name__ == "__main__":
    sys.exit(main())
