"""One answer as the student sees it, from its first word to its buttons."""

import asyncio
from typing import Any

import discord

from bot.replies.layout import Attachment, Block, Buttons, Page, Picture, Text
from bot.replies.markdown import Splitter
from bot.replies.outbox import Line, Outbox, Post, Urgency
from bot.replies.places import Destination, destination_of

LONGEST = 4
"""Messages of an answer; what comes after them is attached as a file."""


class Reply:
    """A model's answer in Discord messages, shown while it is written.

    `destination` is a channel (Messageable), an interaction, an `InChannel`/`OnInteraction`, or a future channel.
    `running` are the buttons of the unfinished answer (Stop); they stand under its last message.
    """

    def __init__(
        self,
        outbox: Outbox,
        destination: "Destination | discord.abc.Messageable | discord.Interaction[Any] | asyncio.Future[Any]",
        *,
        formulas: Any = None,
        running: Buttons = (),
    ) -> None:
        self._outbox = outbox
        self._line = Line(outbox, destination_of(destination))
        self._formulas = formulas
        self._splitter = Splitter()
        self._pending: list[str] = []
        self._said: list[str] = []
        self._closed: list[str] = []
        self._pictures: list[tuple[int, Picture]] = []
        self._running = tuple(running)
        self._buttons: tuple[discord.ui.Item[Any], ...] = ()
        self._footer: str | None = None
        self._finished = False

    @property
    def message_ids(self) -> list[int]:
        """The messages sent so far, first to last."""
        return [post.message_id for post in self._line.posts if post.message_id is not None]

    @property
    def text(self) -> str:
        """The model's text so far, as it came."""
        return "".join(self._said)

    @property
    def lost(self) -> bool:
        """Whether Discord no longer lets the bot write here (deleted thread or message, no permission)."""
        return any(post.lost for post in self._line.posts)

    def feed(self, text: str) -> None:
        """More of the answer; never waits."""
        if not text or self._finished:
            return
        self._pending.append(text)
        self._said.append(text)
        self._line.touch(self._last())

    def picture(self, filename: str, data: bytes) -> None:
        """A picture from the model, at this place of the text."""
        self._advance()
        self._pictures.append((len(self._closed), Picture(filename, data)))

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """The answer is whole: show it, with its buttons.

        Raises:
            Exception: what the future destination raised.
        """
        self._advance()
        self._finished = True
        self._buttons, self._footer = tuple(buttons), footer
        self._last()
        self._grow()
        for post in self._line.posts:
            post.final = True
            self._line.touch(post, Urgency.NOW)
        await asyncio.gather(*(self._outbox.settled(post) for post in self._line.posts))
        if self._line.error is not None:
            raise self._line.error

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """The answer broke off: what there is stays, and `sentence` says what happened."""
        if self.text.strip():
            self.feed("\n\n")
        self.feed(f"⚠️ {sentence}")
        await self.finish(buttons=buttons)

    def _last(self) -> Post:
        if not self._line.posts:
            self._add()
        return self._line.posts[-1]

    def _add(self) -> Post:
        index = len(self._line.posts)
        return self._line.add(lambda: self._page(index))

    def _advance(self) -> None:
        if self._pending:
            pieces, self._pending = "".join(self._pending), []
            self._closed.extend(self._splitter.feed(pieces))

    def _page(self, index: int) -> Page:
        self._advance()
        count = self._grow()
        blocks: list[Block] = [Text(self._part(index).strip())]
        blocks += [picture for at, picture in self._pictures if min(at, LONGEST - 1) == index]
        if index + 1 < count:
            return Page(tuple(blocks))
        rest = "".join([*self._closed[LONGEST:], self._splitter.open]) if len(self._closed) >= LONGEST else ""
        if self._finished:
            if rest:
                blocks.append(Attachment("answer.md", rest.encode()))
            return Page(tuple(blocks), self._buttons, self._footer)
        return Page(tuple(blocks), self._running)

    def _grow(self) -> int:
        """Have a post for every message; how many there are."""
        count = min(len(self._closed) + 1, LONGEST)
        while len(self._line.posts) < count:
            self._line.touch(self._add())
        return count

    def _part(self, index: int) -> str:
        return self._closed[index] if index < len(self._closed) else self._splitter.open
