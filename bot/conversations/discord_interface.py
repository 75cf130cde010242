"""The interface between conversations and Discord: what is shown, deleted and read there (see bot.tutor)."""

import asyncio
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.sentences import Locale

Destination = Any
"""Where a reply is posted: what `bot.replies.reply.Reply` takes as its destination."""

Buttons = Sequence[Any]


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message that was posted before the conversation began."""

    role: Literal["user", "assistant"]
    text: str
    author_id: int = 0
    """0: the bot."""
    author_name: str = ""
    """What its author is called in its text."""


@dataclass(frozen=True, slots=True)
class WordsNow:
    """Messages as they are now, and the ids of those that Discord does not have (any more)."""

    questions: Sequence[Question]
    gone: frozenset[int] = frozenset()


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
        """Whether some of it looks different from what the model wrote, so that copying it gives another text."""
        ...

    def feed(self, text: str) -> None:
        """Add text; never waits."""

    def feed_hidden(self, text: str) -> int:
        """Add text behind spoilers, until `reveal` is called with its number, which is returned."""
        ...

    async def reveal(self, numbers: Collection[int]) -> None:
        """Show plainly what these numbers have hidden behind spoilers, where the messages can still be edited."""

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        """Add a picture after the text so far."""

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        """Add a file below the text; with `alt` it is a picture. Returns the name that it has there."""
        ...

    def show_status(self, sentence: str) -> None:
        """Say below the text what the model does meanwhile; with nothing, no more."""

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """Show the whole answer, with `footer` and `buttons` below it."""

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """Show that the answer broke off: `sentence` and `buttons` below what there is."""

    async def withdraw(self) -> None:
        """Change nothing in Discord any more; calls under way are waited for, so that `message_ids` are complete."""


class DiscordInterface(Protocol):
    """What conversations do in Discord and read from it."""

    def begin_reply(
        self,
        destination: Destination,
        answer_id: str,
        locale: Locale,
        *,
        goes_on_in: Sequence[int] = (),
        file_limit: int,
    ) -> AnswerReply:
        """Begin to show an answer, with a Stop button under it; nothing is posted before the first word.

        `goes_on_in`: messages that the last process posted for it; they are edited, first to last.
        """
        ...

    def file_limit(self, location: Location) -> int:
        """The most bytes that a file in a conversation's channel may have."""
        ...

    def destination(self, location: Location, reply_to: int | None = None) -> Destination:
        """Where answers of a conversation are posted when its question names no destination."""
        ...

    async def say_comes_later(self, destination: Destination, locale: Locale) -> None:
        """Tell whoever pressed a button or used a command that the next process answers; a message gets no word."""

    async def opened(self, destination: Destination) -> None:
        """Wait until it is known where a destination is: a thread may be being made."""
        ...

    def show_typing(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Show that the bot types until the reply has more words or `ended` is set; under load it shows it later."""

    def regenerate_buttons(self, answer_id: str, locale: Locale, *, has_subject: bool) -> Buttons:
        """The buttons under a conversation's last finished answer."""
        ...

    def edited_buttons(self, answer_id: str, locale: Locale) -> Buttons:
        """The button that answers the last question anew, as it was edited."""
        ...

    async def add_buttons(self, location: Location, message_ids: Sequence[int], buttons: Buttons) -> None:
        """Add buttons to the message that ends an answer of an earlier process, if they are not there already."""

    def show_as_text_buttons(self, answer_id: str, locale: Locale) -> Buttons:
        """The button that gives the model's own text, for an answer that `differs_from_source`."""
        ...

    def show_work_buttons(self, answer_id: str, locale: Locale) -> Buttons:
        """The button that shows the code of an answer, and what it put out."""
        ...

    def retry_buttons(self, answer_id: str, locale: Locale) -> Buttons:
        """The buttons under an answer that failed."""
        ...

    async def delete_messages(
        self, location: Location, message_ids: Iterable[int], *, replaced_by: Destination = None
    ) -> None:
        """Delete messages of the bot, except the one that a reply to `replaced_by` will edit. A message that is gone
        already is no error.
        """

    async def author_locale(self, location: Location, channel_id: int | None, message_id: int) -> Locale:
        """The language of a message's author; the server's when the message is gone, or `channel_id` is None because
        there was none.
        """
        ...

    async def mark_interrupted(
        self, location: Location, after: int, answer_id: str, others: Container[int], locale: Locale
    ) -> list[int]:
        """Mark an answer that another process was writing as interrupted, with a Retry button; the ids of the messages
        that show it. They come after the message id `after`; `others` are messages that show other answers.

        Raises:
            DiscordUnavailableError: it may not be marked yet.
        """
        ...

    async def own_messages_after(self, location: Location, after: int, others: Container[int]) -> list[int]:
        """The bot's own messages in a conversation's channel after a message id, without `others`.

        Raises:
            DiscordUnavailableError: nobody knows.
        """
        ...

    async def history_before(self, location: Location, before: Sequence[int]) -> list[PastMessage]:
        """What was said in a conversation's channel before the messages `before`, oldest first."""
        ...

    async def fetch_context(self, location: Location, message_ids: Sequence[int]) -> list[Question]:
        """Messages of a conversation's channel that were said to others, read again from Discord, oldest first.
        Messages that are gone are left out.

        Raises:
            DiscordUnavailableError: nobody knows.
        """
        ...

    async def fetch_words(self, location: Location, messages: Sequence[tuple[int, int]]) -> WordsNow:
        """Messages (by their channels' ids and their own) as they are now, without fetching what is attached to them.
        Messages that cannot be read are left out.

        Raises:
            DiscordUnavailableError: nobody knows.
        """
        ...

    async def ensure_thread(self, location: Location, channel_id: int) -> bool:
        """Make the thread of a conversation if the last process ended before it made it. The message that the thread is
        made from is in `channel_id`. False if Discord does not make it: then the answers go there.

        Raises:
            DiscordUnavailableError: nobody knows whether it is there.
        """
        ...

    async def fetch_question(self, channel_id: int, message_id: int) -> Question | None:
        """A message as a question, read again from Discord; None when it is gone.

        Raises:
            DiscordUnavailableError: nobody knows whether it is there.
        """
        ...
