"""One answer as the student sees it, from its first word to its buttons."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from bot.replies.destinations import Destination, destination_of
from bot.replies.formula_pictures import FormulaPictures
from bot.replies.markdown_rendering import Formula, Piece, differs_from_source
from bot.replies.message_components import (
    TEXT_LIMIT,
    Attachment,
    Buttons,
    Page,
    Picture,
    Text,
    compose,
    length_of,
    subtext,
)
from bot.replies.outbox import Outbox
from bot.replies.outbox_posts import Line, Post, Urgency
from bot.replies.splitter import Part, Room, Splitter

log = structlog.get_logger(__name__)

LONGEST = 4
"""Messages of an answer; what comes after them is attached as a file."""
ROOM = Room(characters=3_800, pictures=10, components=30)
"""What the text of a message may take; the rest is for the footer, the buttons and the model's own pictures."""


@dataclass(slots=True)
class _Inset:
    """A picture from the model: in which part, after how many characters of its source."""

    part: int
    offset: int
    picture: Picture


@dataclass(slots=True)
class _Ending:
    """What stands under the finished answer."""

    buttons: tuple[discord.ui.Item[Any], ...] = ()
    footer: str | None = None
    notice: str | None = None


@dataclass(slots=True)
class _Closed:
    """A part that no longer changes; its pieces are found once."""

    part: Part
    pieces: list[Piece] = field(default_factory=list)


class Reply:
    """A model's answer in Discord messages, shown while it is written.

    `destination` is a channel (Messageable), an interaction, an `InChannel`/`OnInteraction`, or a future channel.
    `formula_pictures` draws the formulas; without it they stay text. `running` are the buttons of the unfinished answer
    (Stop); they stand under its last message. `waiting` is the text that is shown until the first words are there.
    """

    def __init__(
        self,
        outbox: Outbox,
        destination: "Destination | discord.abc.Messageable | discord.Interaction[Any] | asyncio.Future[Any]",
        *,
        formula_pictures: FormulaPictures | None = None,
        running: Buttons = (),
        waiting: str | None = None,
    ) -> None:
        self._outbox = outbox
        self._line = Line(outbox, destination_of(destination))
        self._formula_pictures = formula_pictures
        self._splitter = Splitter(ROOM)
        self._pending: list[str] = []
        self._said: list[str] = []
        self._closed: list[_Closed] = []
        self._insets: list[_Inset] = []
        self._pictures: dict[str, bytes | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = tuple(running)
        self._ending: _Ending | None = None
        self._waiting = (Text(waiting),) if waiting else ()
        if waiting:
            self._line.touch(self._last())

    @property
    def message_ids(self) -> list[int]:
        """The messages sent so far, first to last."""
        return [post.message_id for post in self._line.posts if post.message_id is not None]

    @property
    def text(self) -> str:
        """The model's text so far, as it came."""
        return "".join(self._said)

    @property
    def differs_from_source(self) -> bool:
        """Whether something cannot be copied as the model wrote it: a formula, a table, what is in a file."""
        self._advance()
        return bool(self._rest()) or differs_from_source(self.text)

    @property
    def undeliverable(self) -> bool:
        """Whether Discord no longer lets the bot write here (deleted thread or message, no permission)."""
        return any(post.lost for post in self._line.posts)

    def feed(self, text: str) -> None:
        """More of the answer; never waits."""
        if not text or self._ending is not None:
            return
        self._pending.append(text)
        self._said.append(text)
        self._line.touch(self._last())

    def picture(self, filename: str, data: bytes) -> None:
        """A picture from the model, at this place of the text."""
        self._advance()
        count = len(self._insets) + 1
        name = f"{count}-{filename}"
        self._insets.append(_Inset(len(self._closed), len(self._splitter.open.source), Picture(name, data)))
        self._line.touch(self._last())

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """The answer is whole: show it, with its buttons. Pictures of formulas follow when they are drawn.

        Called again, it only changes buttons and footer; an old message that cannot be edited any more stays as it is.

        Raises:
            Exception: what the future destination raised.
        """
        await self._end(_Ending(tuple(buttons), footer))

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """The answer broke off: what there is stays, and `sentence` says what happened."""
        await self._end(_Ending(tuple(buttons), notice=f"⚠️ {sentence}"))

    async def wait_for_pictures(self) -> None:
        """Wait until the pictures of the formulas are there."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._settled()

    async def _end(self, ending: _Ending) -> None:
        again = self._ending is not None
        self._advance()
        if not again:
            part = self._splitter.flush()
            self._close_last(replace(part, broken=True) if ending.notice else part)
        self._ending = ending
        self._grow()
        for post in self._line.posts:
            post.final, post.cosmetic = True, again
            self._line.touch(post, Urgency.LATER if again else Urgency.NOW)
        await self._settled()
        if self._line.error is not None:
            raise self._line.error

    def _close_last(self, part: Part) -> None:
        """The last part, unless it is blank and another message can carry what stands under the answer."""
        index = len(self._closed)
        insets = any(inset.part == index for inset in self._insets)
        if part.source.strip() or insets or index == 0:
            self._close([part])
            return
        while (
            len(self._line.posts) > index
            and self._line.posts[-1].message_id is None
            and not self._line.posts[-1].flying
        ):
            self._outbox.drop(self._line.posts.pop())
        if len(self._line.posts) > index:
            self._close([part])

    async def _settled(self) -> None:
        await asyncio.gather(*(self._outbox.settled(post) for post in self._line.posts))

    # From text to parts

    def _advance(self) -> None:
        if self._pending and self._ending is None:
            pieces, self._pending = "".join(self._pending), []
            self._close(self._splitter.feed(pieces))

    def _close(self, parts: Iterable[Part]) -> None:
        for part in parts:
            index = len(self._closed)
            self._move_insets(index, len(part.source))
            closed = _Closed(part, self._laid_out(index, part))
            self._closed.append(closed)
            if index < LONGEST:
                self._draw(index, closed.pieces)

    def _move_insets(self, index: int, length: int) -> None:
        """A part was cut before the place of a picture: it belongs to the next."""
        for inset in self._insets:
            if inset.part == index and inset.offset > length:
                inset.part, inset.offset = index + 1, inset.offset - length

    def _laid_out(self, index: int, part: Part, *, running: bool = False) -> list[Any]:
        """A part's pieces, with the model's pictures where they came."""
        insets = [inset for inset in self._insets if inset.part == index]
        if not insets:
            return list(part.pieces(running=running))
        pieces: list[Any] = []
        start = 0
        for inset in insets:
            pieces += Part(part.source[start : inset.offset], part.opened if not start else "").pieces()
            pieces.append(inset.picture)
            start = inset.offset
        return pieces + replace(part, source=part.source[start:], opened="").pieces(running=running)

    def _draw(self, index: int, pieces: list[Any]) -> None:
        """Have the formulas of a closed part drawn; its message is edited once, when all of them are."""
        wanted = {piece.drawn for piece in pieces if isinstance(piece, Formula)}
        if not wanted or self._formula_pictures is None:
            return
        for latex in list(wanted):
            if (kept := self._formula_pictures.kept(latex)) is not None:
                self._pictures[latex] = kept
                wanted.discard(latex)
        if wanted:
            task = asyncio.create_task(self._draw_all(index, wanted, self._formula_pictures))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _draw_all(self, index: int, wanted: set[str], formula_pictures: FormulaPictures) -> None:
        pictures = await asyncio.gather(*(formula_pictures.draw(latex) for latex in wanted))
        self._pictures.update(zip(wanted, pictures, strict=True))
        if index < len(self._line.posts):
            self._line.touch(self._line.posts[index], Urgency.LATER)

    # From parts to messages

    def _last(self) -> Post:
        if not self._line.posts:
            self._add()
        return self._line.posts[-1]

    def _add(self) -> None:
        index = len(self._line.posts)
        self._line.add(lambda: self._page(index))

    def _count(self) -> int:
        """How many messages there are to be."""
        if self._ending is None:
            return min(len(self._closed) + 1, LONGEST)
        parts = min(len(self._closed), LONGEST)
        return parts + (not self._ending_fits(parts - 1))

    def _ending_fits(self, index: int) -> bool:
        ending = self._ending or _Ending()
        used = length_of(self._page_of(index).blocks)
        extra = len(subtext(ending.footer)) if ending.footer else 0
        return used + extra + len(ending.notice or "") <= TEXT_LIMIT

    def _grow(self) -> int:
        """Have a post for every message; how many there are."""
        count = self._count()
        while len(self._line.posts) < count:
            if self._line.posts:
                self._line.touch(self._line.posts[-1])
            self._add()
            self._line.touch(self._line.posts[-1])
        return count

    def _page(self, index: int) -> Page:
        self._advance()
        count = self._grow()
        page = self._page_of(index)
        if index + 1 < count:
            return page
        ending = self._ending
        if ending is None:
            return Page(page.blocks or self._waiting, self._running, self._progress())
        notice = (Text(ending.notice),) if ending.notice else ()
        footer = ending.footer if self._line.takes_files else ending.footer or self._progress()
        return Page((*page.blocks, *notice), ending.buttons, footer)

    def _page_of(self, index: int) -> Page:
        """A message's text and pictures, without what stands under it."""
        if index < len(self._closed) and index < LONGEST:
            pieces = self._closed[index].pieces
        elif index == len(self._closed):
            pieces = self._laid_out(index, self._splitter.open, running=True)
        else:
            return Page(())
        if not self._line.takes_files:  # formulas stay text
            return Page(compose([piece for piece in pieces if not isinstance(piece, Picture)], {}))
        blocks = compose(pieces, self._pictures)
        if index == LONGEST - 1 and self._ending is not None and (rest := self._rest()):
            blocks = (*blocks, Attachment("answer.md", rest.encode()))
        return Page(blocks)

    def _rest(self) -> str:
        """What is beyond the last message."""
        if len(self._closed) < LONGEST:
            return ""
        over = "".join(closed.part.source for closed in self._closed[LONGEST:])
        return over + (self._splitter.open.source if self._ending is None else "")

    def _progress(self) -> str | None:
        """How much more there is already, when the messages are full."""
        return f"… +{len(rest):,}" if (rest := self._rest()) else None
