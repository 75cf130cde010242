"""A solved problem: steps that name what was done and show what came of it, in no language yet."""

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `key` names the sentence in `wording`, `values` are put into it (LaTeX), `math` is what stands then."""

    key: str
    math: str = ""
    values: dict[str, str] = field(default_factory=dict)


def step(key: str, math: str = "", **values: str) -> Step:
    """A step, with its values by name."""
    return Step(key, math, values)


@dataclass(frozen=True, slots=True)
class Solution:
    """A solved problem.

    `opening` names the sentence above the problem; `result` is the answer in LaTeX, or `remark` the key of a sentence
    that is the answer or goes with it; `notes` are further sentences, with their values.
    """

    opening: str
    problem: str
    steps: tuple[Step, ...]
    result: str = ""
    remark: Step | None = None
    notes: tuple[Step, ...] = ()
    families: tuple[tuple[Any, Any], ...] = ()
    """Solutions without end, as first value and period."""

    @property
    def says_nothing(self) -> bool:
        """Whether there was nothing to do: `x^2 + 1` is as simple as it gets, `r = 3` solved."""
        idle = self.opening in {"simplify_this", "solve_equation"}
        return idle and not (self.steps or self.notes or self.remark)

    def place_of(self, formula: str) -> int | None:
        """The first step, from 1, in which a formula stands; None where it stands in none."""
        wanted = _bare(formula)
        return next((place for place, one in enumerate(self.steps, start=1) if wanted in _bare(one.math)), None)


class Unsolved(Exception):  # noqa: N818
    """The problem can be read, but not solved by these means; the key of a sentence says why."""

    def __init__(self, key: str = "unsolved") -> None:
        super().__init__(key)
        self.key = key


def _bare(formula: str) -> str:
    """LaTeX without what only spaces it."""
    return re.sub(r"\\left|\\right|\\cdot|\\[,;]|\s", "", formula)
