"""What students asked for, and what became of it, with a history that tells a violation's story.

A `mark` such as `s3-17` stands in whatever a student of server 3 asks for; the model's words about it begin with
`a:s3-17` and end with `z:s3-17`. So it can be counted in Discord who was answered, how often, and where.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["question", "quiz", "group", "ladder", "cards", "file", "lookup", "setting"]
Line = tuple[float, str]
"""A line of a history: when (seconds since 1970), and what happened."""


@dataclass
class Asked:
    """Something that a student asked for. `channel_id` and `message_id` are those of the message that asked, if any."""

    kind: Kind
    mark: str
    server: int
    channel_id: int
    message_id: int = 0
    taken: bool = True
    """Whether Discord told the student that it went through (a command can fail in the student's sight)."""
    wanted: bool = True
    """Whether it is still wanted: a deleted file is not."""
    excused: str = ""
    """Why no answer is owed: a moderator has taken the place, or the permissions, away."""
    answers: dict[int, str] = field(default_factory=dict)
    """Of a quiz: the text of the choice that was pressed first in each question, where the press went through."""
    group: defaultdict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    """Of a group's quiz: the same by the name of the player, as Saem has said it to the player."""
    unsure: set[int] = field(default_factory=set)
    """Questions of a quiz with a press of which Discord told no success: it may count."""
    hints: int = 0
    """Of a ladder: presses on *Next hint* that went through."""
    retried: bool = False
    """Whether another answer was asked for: by Retry, Regenerate, or an edit of the question."""
    history: list[Line] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Add a line to the history, with the time of day."""
        self.history.append((time.time(), what))


def at(when: float) -> str:
    """A time of day, to the millisecond."""
    return f"{time.strftime('%H:%M:%S', time.localtime(when))}.{int(when * 1000) % 1000:03}"


@dataclass(frozen=True)
class Violation:
    """A promise that was broken: which, of what, and how it came."""

    promise: str
    about: str
    history: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.promise}: {self.about}", *(f"    {line}" for line in self.history)])
