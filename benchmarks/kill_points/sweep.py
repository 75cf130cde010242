"""Plays a scenario once to count its points, and once for each point, at which the bot is killed."""

import asyncio
import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

from benchmarks.kill_points import bot_process
from benchmarks.kill_points.scenarios import Scenario
from benchmarks.kill_points.stage import open_stage
from playground.pilot.seen import NotSeen


@dataclass(frozen=True)
class Played:
    """How it went where each process died at its point; `points` are those of each process."""

    kills: tuple[int, ...]
    problems: tuple[str, ...]
    deaths: int
    points: tuple[tuple[str, ...], ...]
    story: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Where the processes died."""
        found = []
        for points, kill in zip(self.points, self.kills, strict=False):
            found.append(f"{kill} ({points[kill - 1] if len(points) >= kill else 'not reached'})")
        return " then ".join(found) or "nowhere"


async def play(
    context: ForkServerContext, scenario: Scenario, kills: Sequence[int] = (), *, keep: Path | None = None
) -> Played:
    """Play it once. `keep`: a folder that gets the bot's log where there was a problem."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        story: tuple[str, ...] = ()
        async with open_stage(context, directory, kills, **scenario.settings) as stage:
            try:
                await scenario.play(stage)
            except (NotSeen, TimeoutError, LookupError) as error:
                stage.problems.append(f"{type(error).__name__}: {error}".partition("\n")[0])
            if stage.problems:
                story = tuple(
                    f"{stage.discord.world.channels[channel].name}: {each.describe()}"
                    for channel in stage.discord.world.channels
                    for each in stage.discord.messages(channel)
                )
        if stage.problems and keep is not None:
            shutil.copy(directory / "bot.log", keep / f"{scenario.name}-{'-'.join(map(str, kills))}.log")
        points = tuple(tuple(bot_process.points_of(directory, number)) for number in range(stage.first, stage.started))
        return Played(tuple(kills), tuple(stage.problems), stage.deaths, points, story)


def kill_lists(count: int, twice: int, seed: int) -> list[tuple[int, ...]]:
    """Every point once, and `twice` draws of two or three points: the later ones lie in the recovery."""
    chance = random.Random(seed)
    drawn = [
        (chance.randint(1, count), *(chance.randint(1, 12) for _ in range(chance.randint(1, 2)))) for _ in range(twice)
    ]
    return [*((point,) for point in range(1, count + 1)), *drawn]


async def play_all(
    context: ForkServerContext, scenario: Scenario, lists: Sequence[tuple[int, ...]], jobs: int, keep: Path | None
) -> list[Played]:
    """Play it for each of these lists, some at a time; prints those with problems."""
    places = asyncio.Semaphore(jobs)

    async def one(kills: tuple[int, ...]) -> Played:
        async with places:
            played = await play(context, scenario, kills, keep=keep)
        if played.problems:
            print(f"{scenario.name}, killed at {played.where}:", *played.problems, sep="\n  ", flush=True)
            print(*(f"      {line}" for line in played.story), sep="\n", flush=True)
        return played

    return list(await asyncio.gather(*(one(kills) for kills in lists)))
