"""Polls of messages: a question, answers, and who voted for which."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class Poll:
    """A poll. `question` and `answers` are poll media objects (`text`, `emoji`); answers are numbered from 1."""

    question: Json
    answers: list[Json]
    expires_at: float
    multiple: bool = False
    layout: int = 1
    votes: dict[int, list[int]] = field(default_factory=dict)
    """The ids of the users who voted for an answer, in order, by the answer's number."""
    ended: bool = False

    def votes_of(self, user_id: int) -> list[int]:
        """Return the numbers of the answers that a user voted for."""
        return [number for number, voters in self.votes.items() if user_id in voters]

    def winner(self) -> int | None:
        """Return the number of the answer with the most votes; None when that is none, or more than one."""
        counts = sorted(((len(voters), number) for number, voters in self.votes.items() if voters), reverse=True)
        if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):
            return None
        return counts[0][1]
