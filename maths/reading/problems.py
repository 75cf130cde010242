"""What a message holds, once it is read: problems, and mathematics that could not be read."""

from dataclasses import dataclass

from maths.reading.intent import Intent, ProblemKind
from maths.reading.nodes import Node, Rel
from maths.reading.word_problems.word_problem import WordProblem


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: expressions, and what is to be done with them."""

    kind: ProblemKind
    nodes: tuple[Node, ...]
    var: str | None = None
    """The variable that was named, if one was."""
    values: tuple[tuple[str, Node], ...] = ()
    """Values of variables that are given: `when x = 2`."""
    within: Rel | None = None
    """The interval, `0 <= x < 2pi`, in which the solutions are wanted."""
    word: WordProblem | None = None
    """The word problem; `nodes` holds its formula."""
    by_formula: bool = False
    """A quadratic equation is to be solved by the quadratic formula."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Mathematics that cannot be read; `reason` is `syntax`, or names the sentence that says why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message holds: problems, or mathematics that could not be read; and what its words ask for."""

    problems: tuple[Problem, ...]
    unread: tuple[Unread, ...]
    intent: Intent
    in_passing: bool = False
    """The only mathematics is a number or two among many words, such as a range of years: it asks for nothing."""
    tried: tuple[Node, ...] = ()
    """Values that the student says to have found: `I got 25/3, is that right?`."""
    only: Node | None = None
    """The value or formula in a message of three words or fewer: `5`, `it is 3/4`."""
    parts: tuple["Part", ...] = ()
    """The exercises of a list, if the message is one; `problems` has those of all of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """An exercise of a list: its number as it was written, its text, and what it holds."""

    label: str
    text: str
    reading: Reading
