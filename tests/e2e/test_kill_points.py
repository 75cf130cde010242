"""A bot that is killed at some of the points at which `python -m benchmarks.kill_points` kills it, drawn by a seed."""

import random

import pytest

from benchmarks.kill_points import learning_scenarios, server_scenarios
from benchmarks.kill_points.bot_process import forking
from benchmarks.kill_points.scenarios import SCENARIOS
from benchmarks.kill_points.sweep import play_all

__all__ = ["learning_scenarios", "server_scenarios"]

DRAWN = {"question": (39, 3), "cards": (49, 3), "ladder": (55, 3), "card_file": (18, 1), "reminder": (9, 1)}
"""By scenario: about how many points it has, and at how many of them the bot is killed here."""


@pytest.mark.parametrize("seed", [14])
async def test_killed_at_any_point_nothing_is_lost_or_doubled(seed: int) -> None:
    chance, context = random.Random(seed), forking()
    for name, (points, count) in DRAWN.items():
        lists = [(point,) for point in chance.sample(range(1, points + 1), count)]
        played = await play_all(context, SCENARIOS[name], lists, jobs=4, keep=None)
        assert not [(name, each.where, each.problems) for each in played if each.problems]
        # A point may not be reached any more where a change has saved a write; of some that are drawn, one always is.
        assert sum(each.deaths for each in played) >= 1, (name, lists)
