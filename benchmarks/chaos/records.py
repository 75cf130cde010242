"""What students asked for, and what became of it, with a history that tells a violation's story.

A `mark` such as `s3-17` stands in whatever a student of server 3 asks for; the model's words about it begin with
`a:s3-17` and end with `z:s3-17`. So it can be counted in Discord who was answered, how often, and where.
"""

import time
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["question", "quiz", "file", "lookup"]


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
    answers: dict[int, str] = field(default_factory=dict)
    """Of a quiz: the text of the choice that was pressed last in each question, where the press went through."""
    unsure: set[int] = field(default_factory=set)
    """Questions of a quiz with a press of which Discord told no success: it may count."""
    retried: bool = False
    history: list[str] = field(default_factory=list)

    def note(self, what: str) -> None:
        """Add a line to the history, with the time of day."""
        now = time.time()
        self.history.append(f"{time.strftime('%H:%M:%S', time.localtime(now))}.{int(now * 1000) % 1000:03} {what}")


@dataclass(frozen=True)
class Violation:
    """A promise that was broken: which, of what, and how it came."""

    promise: str
    about: str
    history: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.promise}: {self.about}", *(f"    {line}" for line in self.history)])
