"""The interface between conversations and Discord: what is shown, deleted and read there (see bot.tutor)."""

import asyncio
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.sentences import Locale

Destination = Any
"""Where a reply goes: whatever `bot.replies.Reply` takes as its destination."""

Buttons = Sequence[Any]


@dataclass(frozen=True, slots=True)
class PastMessage:
    """One message of a Discord thread's past."""

    role: Literal["user", "assistant"]
    text: str


class AnswerReply(Protocol):
    """An answer as the student sees it (`bot.replies.reply.Reply`)."""

    @property
    def message_ids(self) -> list[int]:
        """The Discord messages that show it so far."""
        ...

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    @property
    def differs_from_source(self) -> bool:
        """Whether something of it cannot be copied as the model wrote it."""
        ...

    def feed(self, text: str) -> None:
        """More text; never waits."""

    def picture(self, filename: str, data: bytes) -> None:
        """A picture at this place of the text."""

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """It is whole."""

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """It broke off."""


class DiscordInterface(Protocol):
    """What conversations have done in Discord, and ask of it."""

    def reply(self, destination: Destination, answer_id: str, locale: Locale) -> AnswerReply:
        """Begin to show an answer, with a Stop button; nothing is posted before the first word."""
        ...

    def destination(self, location: Location, reply_to: int | None = None) -> Destination:
        """Where answers of a conversation go, when no message brought it along."""
        ...

    def typing(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Show that the tutor types, until the reply has words or `ended`; it waits for room under load."""

    def again(self, answer_id: str, locale: Locale) -> Buttons:
        """The buttons under the last finished answer."""
        ...

    def source(self, answer_id: str, locale: Locale) -> Buttons:
        """The button that gives the model's own text, for an answer that `differs_from_source`."""
        ...

    def retry(self, answer_id: str, locale: Locale) -> Buttons:
        """The buttons under an answer that failed."""
        ...

    async def remove(self, location: Location, message_ids: Iterable[int], *, becomes: Destination = None) -> None:
        """Delete messages of ours, but for the one that a reply to `becomes` takes over; those that are gone already
        are no error.
        """

    async def locale(self, location: Location, channel_id: int | None, message_id: int) -> Locale:
        """The language of whoever wrote a message; where that is gone (or was none: no channel), the server's."""
        ...

    async def interrupted(
        self, location: Location, after: int, answer_id: str, others: Container[int], locale: Locale
    ) -> list[int]:
        """Mark what a dead process left of an answer, posted after a message id, as interrupted, with Retry; the
        messages that show it. `others` show other answers.
        """
        ...

    async def leftovers(self, location: Location, after: int, others: Container[int]) -> list[int]:
        """Our own messages in a conversation's channel after a message id, but for `others`."""
        ...

    async def history(self, location: Location, before: Sequence[int]) -> list[PastMessage]:
        """What was said in a conversation's channel before the messages `before`, oldest first."""
        ...

    async def context(self, location: Location, message_ids: Sequence[int]) -> list[Question]:
        """Messages that were said to others, read anew from a conversation's channel, oldest first; those that are
        gone are left out.
        """
        ...

    async def ensure(self, location: Location, channel_id: int) -> None:
        """Make the thread that a conversation was to be shown in, if the last process died before it could; the
        message that it is made from is in `channel_id`.
        """

    async def question(self, channel_id: int, message_id: int) -> Question | None:
        """A message as a question, read anew from Discord; None when it is gone."""
        ...
