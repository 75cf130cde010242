"""The solution of a problem: steps that name what is done and show the result, in no language yet."""

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `key` names its sentence, `values` are put into it (LaTeX), `math` is the formula after it."""

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
    unit: str = ""
    """The unit behind the result, in both languages: `⟪ hours|시간⟫`."""
    families: tuple[tuple[Any, Any], ...] = ()
    """Infinitely many solutions, each family as its first value and its period."""

    @property
    def says_nothing(self) -> bool:
        """Whether there was nothing to do: `x^2 + 1` cannot be simpler, `r = 3` is solved."""
        idle = self.opening in {"simplify_this", "solve_equation"}
        return idle and not (self.steps or self.notes or self.remark)

    def place_of(self, formula: str) -> int | None:
        """The number (from 1) of the first step with this formula; None if no step has it."""
        wanted = _bare(formula)
        return next((place for place, one in enumerate(self.steps, start=1) if wanted in _bare(one.math)), None)


class Unsolved(Exception):  # noqa: N818
    """The problem can be read but not solved; `key` names the sentence that says why."""

    def __init__(self, key: str = "unsolved") -> None:
        super().__init__(key)
        self.key = key


def _bare(formula: str) -> str:
    """LaTeX without spacing."""
    return re.sub(r"\\left|\\right|\\cdot|\\[,;]|\s", "", formula)
