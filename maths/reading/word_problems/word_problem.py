"""A word problem that was read: its formula, what is given, and what is asked for."""

from dataclasses import dataclass
from fractions import Fraction

from maths.reading.nodes import Node


@dataclass(frozen=True, slots=True)
class WordProblem:
    """A word problem of one step.

    Texts with `⟪en|ko⟫` in them are in both languages.
    """

    name: str
    """Names the sentence that introduces the formula."""
    equation: Node
    """The formula, with letters."""
    given: tuple[tuple[str, Fraction], ...]
    """The letters that are known, in units that fit together."""
    wanted: str
    """The letter that is asked for."""
    facts: tuple[str, ...] = ()
    """What is given as it was written: `r = 5 cm`."""
    conversions: tuple[str, ...] = ()
    """What was converted: `30 min = 0.5 h`."""
    unit: str = ""
    """The result's unit."""
    scale: Fraction = Fraction(1)
    """The result times this is in `unit`."""
    pi: Fraction | None = None
    """The value to use for π, if one is given."""
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    """The points of a problem in the plane."""


class NotOneStep(Exception):  # noqa: N818
    """A word problem that is not solved here; `reason` names the sentence that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
