"""What came out of checking: the lines of a working with their marks."""

from dataclasses import dataclass
from typing import Literal

from maths.steps.slip import Slip
from maths.steps.working import Line

Status = Literal["given", "good", "wrong", "unsure", "later"]
"""`later`: it stands behind the first wrong line, and was not checked."""
Note = Literal["", "positive", "rounded", "gained", "cases", "substitution"]
"""What is to be said of a good line: it holds for positive values only, it is rounded, it may bring solutions in."""


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line with its mark; a wrong one has its slip, if that is known."""

    line: Line
    status: Status
    slip: Slip | None = None
    note: Note = ""


@dataclass(frozen=True, slots=True)
class CheckedWorking:
    """All lines; `from_problem`: the first was not written by the student, it is the problem that was given before."""

    lines: tuple[CheckedLine, ...]
    from_problem: bool = False
    left_out: int = 0

    @property
    def wrong(self) -> int | None:
        """The place of the first wrong line; None if there is none."""
        return next((place for place, one in enumerate(self.lines) if one.status == "wrong"), None)

    @property
    def checked(self) -> int:
        """How many lines were compared with another."""
        return sum(one.status in {"good", "wrong"} for one in self.lines)
