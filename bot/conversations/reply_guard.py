"""What stands between a model's words and the student, where a room above wants to hold some of them back."""

from collections.abc import Sequence
from typing import Protocol

from bot.conversations.discord_interface import AnswerReply
from bot.conversations.location import Location
from bot.conversations.question import Question


class ReplyGuard(Protocol):
    """Sees every word of an answer before it is shown, and adds to the instructions of runs."""

    def guarded(
        self, reply: AnswerReply, location: Location, answer_id: str, questions: Sequence[Question]
    ) -> AnswerReply:
        """What takes the words of an answer to these questions, in the place of `reply`."""
        ...

    async def instructions(self, location: Location) -> str | None:
        """What is added to the instructions of a run in that place."""
        ...

    async def text(self, location: Location, answer_id: str, text: str) -> str:
        """The text of an answer as it may be told to who wants to copy it."""
        ...

    async def poses(self, location: Location, texts: Sequence[str]) -> list[bool]:
        """Which texts put a problem whose answer is held back in that place."""
        ...


class NoGuard:
    """Holds nothing back."""

    def guarded(
        self,
        reply: AnswerReply,
        location: Location,  # noqa: ARG002
        answer_id: str,  # noqa: ARG002
        questions: Sequence[Question],  # noqa: ARG002
    ) -> AnswerReply:
        """The reply itself."""
        return reply

    async def instructions(self, location: Location) -> str | None:  # noqa: ARG002
        """Nothing."""
        return None

    async def text(self, location: Location, answer_id: str, text: str) -> str:  # noqa: ARG002
        """The text as it is."""
        return text

    async def poses(self, location: Location, texts: Sequence[str]) -> list[bool]:  # noqa: ARG002
        """None of them."""
        return [False] * len(texts)
