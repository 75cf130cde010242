"""What looks at questions before a model has them, and at its words before students do, where the host wants that."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.conversations.discord_interface import AnswerReply
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.errors import UserFacingError
from bot.sentences import Sentence


class QuestionRefusedError(UserFacingError):
    """Every question of an answer was refused: the model is not asked."""


class Moderation(Protocol):
    """Looks at what is said, both ways."""

    async def refused(self, location: Location, questions: Sequence[Question]) -> dict[int, Sentence]:
        """Those of these messages that may not go to the model, by their places, each with a sentence for its author.
        Moderators are told of them.
        """
        ...

    def guarded(
        self, reply: AnswerReply, location: Location, answer_id: str, asker_id: int, stop: Callable[[], None]
    ) -> AnswerReply:
        """What takes the words of an answer in the place of `reply`; `stop` ends an answer whose words are refused.
        `asker_id`: the student who asked first, or 0.
        """
        ...

    async def settle(self, answer_id: str) -> None:
        """Return when all words of an answer were looked at."""

    async def refuses_call(self, location: Location, asker_id: int, text: str) -> bool:
        """Whether what a function call would show to people may not be shown. Moderators are told of it."""
        ...


class NoModeration:
    """Looks at nothing."""

    async def refused(self, location: Location, questions: Sequence[Question]) -> dict[int, Sentence]:  # noqa: ARG002
        """None of them."""
        return {}

    def guarded(
        self,
        reply: AnswerReply,
        location: Location,  # noqa: ARG002
        answer_id: str,  # noqa: ARG002
        asker_id: int,  # noqa: ARG002
        stop: Callable[[], None],  # noqa: ARG002
    ) -> AnswerReply:
        """The reply itself."""
        return reply

    async def settle(self, answer_id: str) -> None:
        """At once."""

    async def refuses_call(self, location: Location, asker_id: int, text: str) -> bool:  # noqa: ARG002
        """No."""
        return False
