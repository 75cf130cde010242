"""A reply: one answer as the student sees it, in one or more Discord messages, from its first word to its buttons."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import structlog

from bot.escaping import visible, without_citation_marks
from bot.replies.destinations import Destination, destination_of
from bot.replies.formula_pictures import FormulaPictures
from bot.replies.formula_placement import place_formulas
from bot.replies.hidden_text import OPENS, hidden, left_out, plain_parts, shown
from bot.replies.markdown_rendering import Formula, Piece, Text, differs_from_source
from bot.replies.message_components import (
    FILE_LIMIT,
    PICTURE_LIMIT,
    TEXT_LIMIT,
    Attachment,
    Buttons,
    Component,
    MessageState,
    Picture,
    attachment_name,
    subtext,
    text_length,
)
from bot.replies.outbox import Outbox
from bot.replies.outgoing_messages import Delivery, OutgoingMessage, Urgency
from bot.replies.splitter import MessageLimits, Part, Splitter

log = structlog.get_logger(__name__)

SLICE = 1_000
"""Characters that are read at a time; between two times, other tasks have their turn."""
REST = "answer.md"
"""The file that the rest of a long text is attached as."""
MOST_MESSAGES = 4
"""Messages of an answer; the text after them is attached as a file."""
WITHDRAWAL = 5.0
"""Seconds in which calls under way have to end when a reply is withdrawn."""
MOST_INSIDE = 6
"""Pictures of the model that stand within the text of one message; further ones come after the text."""
LIMITS = MessageLimits(characters=3_800, pictures=10, components=30)
"""How much of a message the text may take; the rest is for the footer, the buttons and the model's own pictures."""


@dataclass(slots=True)
class _ModelPicture:
    """A picture from the model, and where it came: in which part, after how many characters of its source."""

    part: int
    offset: int
    picture: Picture


@dataclass(slots=True)
class _ClosedPart:
    """A part that no longer changes, with its pieces, which are computed once."""

    part: Part
    pieces: list[Piece | Picture] = field(default_factory=list)


class Reply:
    """A model's answer in Discord messages, shown while it is written.

    `destination` is a channel (Messageable), an interaction, an `InChannel`/`OnInteraction`, or a future channel.
    `formula_pictures` draws the formulas; without it they stay text. `buttons` (Stop) stand under the last message
    while the answer is written. `waiting` is the text that is shown until the first words are there. `goes_on_in` are
    ids of messages that show a part of the answer already: they are edited, first to last, before new ones are sent.
    `file_limit` is the most bytes that Discord takes in one request there; `without_files` is told below the answer
    where it lets the bot attach none, and `cut_short` where it lets it send no further message.
    """

    def __init__(
        self,
        outbox: Outbox,
        destination: "Destination | discord.abc.Messageable | discord.Interaction[Any] | asyncio.Future[Any]",
        *,
        formula_pictures: FormulaPictures | None = None,
        buttons: Buttons = (),
        waiting: str | None = None,
        goes_on_in: Sequence[int] = (),
        file_limit: int = FILE_LIMIT,
        without_files: str = "",
        cut_short: str = "",
    ) -> None:
        self._outbox = outbox
        self._delivery = Delivery(destination_of(destination))
        self._formula_pictures = formula_pictures
        self._splitter = Splitter(LIMITS, parts=MOST_MESSAGES)
        self._unread: list[str] = []
        self._fed: list[str] = []
        self._closed: list[_ClosedPart] = []
        self._model_pictures: list[_ModelPicture] = []
        self._files: list[Picture | Attachment] = []
        """What comes after the text."""
        self._below: list[tuple[Picture | Attachment, ...]] = [()]
        """These by messages, when the answer has ended: in the last one with text, and in those after it."""
        self._file_limit = file_limit
        self._without_files = without_files
        self._cut_short = cut_short
        self._status = ""
        self._drawn: dict[str, bytes | None] = {}
        self._drawing: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None
        self._reading_to_end = asyncio.Lock()
        self._ended = self._withdrawn = False
        self._hidden_count = 0
        self._revealed: set[int] = set()
        """The numbers of the hidden parts that are shown plainly."""
        self._buttons = tuple(buttons)
        self._footer: str | None = None
        self._notice: str | None = None
        self._posted_before = tuple(goes_on_in)
        self._waiting = (Text(waiting),) if waiting else ()
        if waiting:
            self._outbox.mark_changed(self._last_message())

    @property
    def message_ids(self) -> list[int]:
        """The messages sent so far, first to last."""
        return [message.message_id for message in self._delivery.messages if message.message_id is not None]

    @property
    def text(self) -> str:
        """The model's text so far, as it came."""
        return "".join(self._fed)

    @property
    def differs_from_source(self) -> bool:
        """Whether something cannot be copied as the model wrote it: a formula, a table, what is in a file."""
        self._split()
        return bool(self._rest()) or differs_from_source(self.text)

    @property
    def undeliverable(self) -> bool:
        """Whether Discord no longer lets the bot write here (deleted thread or message, no permission)."""
        return any(message.undeliverable for message in self._delivery.messages)

    def feed(self, text: str) -> None:
        """Add text to the answer; never waits."""
        if not text or self._ended:
            return
        self._unread.append(text)
        self._fed.append(text)
        self._outbox.mark_changed(self._last_message())

    def feed_hidden(self, text: str) -> int:
        """Add text that is hidden behind spoilers until `reveal` is called with its number, which is returned; it
        begins and ends with a line.
        """
        self._hidden_count += 1
        if text.strip():
            begun = bool(self._fed) and not self._fed[-1].endswith("\n")
            self.feed(("\n" if begun else "") + hidden(text, self._hidden_count))
        return self._hidden_count

    async def reveal(self, numbers: Collection[int]) -> None:
        """Show plainly what was hidden with these numbers; a message that cannot be edited any more stays as it is."""
        if self._withdrawn or self._revealed.issuperset(numbers):
            return
        self._revealed.update(numbers)
        parts = [(closed.part.opened, closed.part.source) for closed in self._closed]
        parts = plain_parts(parts, self._revealed)
        for index, (closed, (opened, source)) in enumerate(zip(self._closed, parts, strict=True)):
            if (opened, source) != (closed.part.opened, closed.part.source):
                closed.part = replace(closed.part, opened=opened, source=source)
                closed.pieces = self._pieces(index, closed.part) if index < MOST_MESSAGES else []
        for message in self._delivery.messages:
            message.cosmetic = self._ended
            self._outbox.mark_changed(message, Urgency.LATER if self._ended else Urgency.SOON)

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        """Add a picture from the model, at this position of the text; after the text if there are many here already."""
        if self._ended:
            return
        self._split()
        picture = Picture(self._unique(filename), data, alt)
        if sum(each.part == len(self._closed) for each in self._model_pictures) >= MOST_INSIDE:
            self._files.append(picture)
            return
        self._model_pictures.append(_ModelPicture(len(self._closed), len(self._splitter.open.source), picture))
        self._outbox.mark_changed(self._last_message())

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        """Add a file from the model, after the text; with `alt` it is a picture. Returns the name that it has there."""
        name = self._unique(filename)
        if not self._ended:
            self._files.append(Attachment(name, data) if alt is None else Picture(name, data, alt))
        return name

    def show_status(self, sentence: str) -> None:
        """Say below the text what the model does meanwhile; with nothing, or when the answer has ended, no more."""
        if sentence != self._status and not self._ended:
            self._status = sentence
            self._outbox.mark_changed(self._last_message())

    def _unique(self, filename: str) -> str:
        """A name that no other file of the reply has, of characters that Discord keeps as they are."""
        taken = {each.picture.filename for each in self._model_pictures} | {each.filename for each in self._files}
        name = attachment_name(filename)
        stem, dot, ending = name.rpartition(".")
        number = 2
        while name in taken or name == REST:
            name = f"{stem}-{number}.{ending}" if dot else f"{ending}-{number}"
            number += 1
        return name

    async def finish(self, *, buttons: Buttons = (), footer: str | None = None) -> None:
        """The answer is complete: show it with its buttons. Pictures of formulas follow when they are drawn.

        A second call only changes buttons and footer; an old message that cannot be edited any more stays as it is.

        Raises:
            Exception: what the future destination raised.
        """
        await self._end(buttons, footer=footer)

    async def fail(self, sentence: str, *, buttons: Buttons = ()) -> None:
        """The answer broke off: its text stays, and `sentence` says what happened."""
        await self._end(buttons, notice=f"⚠️ {sentence}")

    async def withdraw(self) -> None:
        """Change nothing in Discord any more: the messages are about to be deleted, or to show something else.

        Calls under way are waited for, but WITHDRAWAL seconds at most; after them `message_ids` are complete.
        """
        self._ended = self._withdrawn = True
        for message in self._delivery.messages:
            self._outbox.give_up(message)
        await asyncio.wait({asyncio.ensure_future(self._wait_until_settled())}, timeout=WITHDRAWAL)

    async def wait_for_pictures(self) -> None:
        """Wait until the pictures of the formulas are shown."""
        while self._drawing:
            await asyncio.wait(self._drawing)
        await self._wait_until_settled()

    async def _end(self, buttons: Buttons, *, footer: str | None = None, notice: str | None = None) -> None:
        async with self._reading_to_end:  # calls keep their order
            while self._unread and not self._ended:
                self._split(SLICE)
                if self._unread:
                    await asyncio.sleep(0)
        if self._withdrawn:
            return
        again = self._ended
        if not again:
            part = self._splitter.flush()
            self._close_last(replace(part, broken=True) if notice else part)
            self._below = self._files_by_messages()
        self._ended, self._buttons, self._footer, self._notice = True, tuple(buttons), footer, notice
        self._add_missing_messages()
        for message in self._delivery.messages:
            message.final, message.cosmetic = True, again
            self._outbox.mark_changed(message, Urgency.LATER if again else Urgency.NOW)
        await self._wait_until_settled()
        await self._wait_until_settled()  # where a message was refused, the one before it says so
        if self._delivery.error is not None:
            raise self._delivery.error

    def _close_last(self, part: Part) -> None:
        """Close the last part, unless it is blank and the message before can carry the buttons."""
        messages = self._delivery.messages
        index = len(self._closed)
        has_pictures = bool(self._files) or any(each.part == index for each in self._model_pictures)
        if part.source.strip() or has_pictures or index == 0:
            self._close([part], last=True)
            return
        while len(messages) > index and messages[-1].message_id is None and not messages[-1].in_flight:
            self._outbox.give_up(messages.pop())
        if len(messages) > index:
            self._close([part], last=True)

    async def _wait_until_settled(self) -> None:
        await asyncio.gather(*(self._outbox.wait_until_settled(message) for message in self._delivery.messages))

    # From text to parts

    def _split(self, most: int | None = None) -> None:
        """Give the splitter the text that came since the last time, or as many characters of it."""
        if self._unread and not self._ended:
            text = "".join(self._unread)
            self._unread = [text[most:]] if most is not None and len(text) > most else []
            self._close(self._splitter.feed(text[:most]))

    def _split_slowly(self) -> None:
        """Read some of a long text now, and the rest between other tasks; then its state is shown."""
        self._split(SLICE)
        if self._unread and not self._ended and (self._reading is None or self._reading.done()):
            self._reading = asyncio.create_task(self._read_on())

    async def _read_on(self) -> None:
        while self._unread and not self._ended:
            await asyncio.sleep(0)
            self._split(SLICE)
        if not self._ended:
            self._outbox.mark_changed(self._last_message())

    def _close(self, parts: Iterable[Part], *, last: bool = False) -> None:
        for part in parts:
            index = len(self._closed)
            pieces = self._pieces(index, part) if index < MOST_MESSAGES else []
            blank = not last and index < MOST_MESSAGES and not _shows_something(pieces)
            self._move_pictures(index, len(part.source), blank=blank)
            if blank:  # tags alone: Discord takes no message of nothing
                self._splitter.allow_another_part()
                continue
            closed = _ClosedPart(part, pieces)
            self._closed.append(closed)
            if index < MOST_MESSAGES:
                self._start_drawing(index, closed.pieces)

    def _move_pictures(self, index: int, length: int, *, blank: bool) -> None:
        """Move the model's pictures that come after the end of a part to the next part; a `blank` one is left out."""
        for each in self._model_pictures:
            if each.part == index and each.offset > length:
                each.part, each.offset = index if blank else index + 1, each.offset - length

    def _pieces(self, index: int, part: Part, *, incomplete: bool = False) -> list[Piece | Picture]:
        """The pieces of a part, and the model's pictures where they came."""
        if self._revealed and OPENS in part.source:
            ((opened, source),) = plain_parts([(part.opened, part.source)], self._revealed)
            part = replace(part, opened=opened, source=source)
        inserted = [each for each in self._model_pictures if each.part == index]
        if not inserted:
            return list(part.pieces(incomplete=incomplete))
        pieces: list[Piece | Picture] = []
        start = 0
        for each in inserted:
            pieces += Part(part.source[start : each.offset], part.opened if not start else "").pieces()
            pieces.append(each.picture)
            start = each.offset
        return pieces + list(replace(part, source=part.source[start:], opened="").pieces(incomplete=incomplete))

    def _start_drawing(self, index: int, pieces: list[Piece | Picture]) -> None:
        """Have the formulas of a closed part drawn; its message is edited once, when all of them are drawn."""
        wanted = {piece.drawn for piece in pieces if isinstance(piece, Formula)}
        if not wanted or self._formula_pictures is None:
            return
        for latex in list(wanted):
            if (picture := self._formula_pictures.cached(latex)) is not None:
                self._drawn[latex] = picture
                wanted.discard(latex)
        if wanted:
            task = asyncio.create_task(self._draw(index, wanted, self._formula_pictures))
            self._drawing.add(task)
            task.add_done_callback(self._drawing.discard)

    async def _draw(self, index: int, wanted: set[str], formula_pictures: FormulaPictures) -> None:
        pictures = await asyncio.gather(*(formula_pictures.draw(latex) for latex in wanted))
        self._drawn.update(zip(wanted, pictures, strict=True))
        if index < len(self._delivery.messages):
            self._outbox.mark_changed(self._delivery.messages[index], Urgency.LATER)

    # From parts to messages

    def _last_message(self) -> OutgoingMessage:
        if not self._delivery.messages:
            self._add_message()
        return self._delivery.messages[-1]

    def _add_message(self) -> None:
        index = len(self._delivery.messages)
        message = self._outbox.add_message(self._delivery, lambda: self._state(index))
        if index < len(self._posted_before):
            message.message_id = self._posted_before[index]

    def _message_count(self) -> int:
        """How many messages the answer needs by now."""
        if not self._ended:
            return min(len(self._closed) + 1, MOST_MESSAGES)
        count = self._text_messages() + len(self._below) - 1
        return count + (not self._end_fits(count - 1))

    def _text_messages(self) -> int:
        """How many messages an answer that has ended needs for its text."""
        return min(len(self._closed), MOST_MESSAGES)

    def _files_by_messages(self) -> list[tuple[Picture | Attachment, ...]]:
        """What comes after the text: as much as fits into the last message with text, the rest in further ones."""
        last = self._text_messages() - 1
        pieces = self._closed[last].pieces
        # Formulas count though they may not be drawn yet, and so does the file with the rest of a long text.
        beside = [piece for piece in pieces if isinstance(piece, Picture)]
        room = PICTURE_LIMIT - len(beside) - sum(isinstance(piece, Formula) for piece in pieces) - bool(self._rest())
        size = sum(len(piece.data) for piece in beside)
        below: list[list[Picture | Attachment]] = [[]]
        for file in self._files:
            if room <= 0 or (size and size + len(file.data) > self._file_limit):
                below.append([])
                room, size = PICTURE_LIMIT, 0
            below[-1].append(file)
            room, size = room - 1, size + len(file.data)
        return [tuple(files) for files in below]

    def _end_fits(self, index: int) -> bool:
        """Whether message `index` has room for the footer and the notice."""
        used = text_length(self._components(index))
        extra = len(subtext(self._footer)) if self._footer else 0
        return used + extra + len(self._notice or "") <= TEXT_LIMIT

    def _add_missing_messages(self) -> int:
        """Add the messages that are needed by now; return how many are needed."""
        count = self._message_count()
        messages = self._delivery.messages
        while len(messages) < count:
            if messages:
                self._outbox.mark_changed(messages[-1])
            self._add_message()
            self._outbox.mark_changed(messages[-1])
        return count

    def _state(self, index: int) -> MessageState:
        """What message `index` shows now."""
        self._split_slowly()
        count = self._add_missing_messages()
        components = self._components(index)
        if index + 1 < self._shown_count(count):
            return MessageState(components)
        if index + 1 < count:
            more = self._notice or (f"⚠️ {self._cut_short}" if self._cut_short else "")
            return MessageState((*components, *((Text(more),) if more else ())), self._buttons)
        if not self._ended:
            said = "\n".join(each for each in (self._progress(), self._status) if each)
            return MessageState(components or (() if self._status else self._waiting), self._buttons, said or None)
        notice = (Text(self._notice),) if self._notice else ()
        footer = self._footer
        if not self._delivery.takes_files:
            made = self._without_files if self._model_pictures or self._files else ""
            footer = "\n".join(each for each in (footer or self._progress(), made) if each) or None
        return MessageState((*components, *notice), self._buttons, footer)

    def _shown_count(self, count: int) -> int:
        """How many of `count` messages Discord has taken, or may still take."""
        for index, message in enumerate(self._delivery.messages[:count]):
            if message.undeliverable and message.message_id is None:
                return index
        return count

    def _components(self, index: int) -> tuple[Component, ...]:
        """The text and the pictures of message `index`."""
        if self._ended and index >= self._text_messages():
            place = index - self._text_messages() + 1
            files = self._below[place] if place < len(self._below) else ()
            return files if self._delivery.takes_files or not files else (Text(self._without_files or "…"),)
        if index < len(self._closed) and index < MOST_MESSAGES:
            pieces = self._closed[index].pieces
        elif index == len(self._closed):
            pieces = self._pieces(index, self._splitter.open, incomplete=True)
        else:
            return ()
        if not self._delivery.takes_files:  # formulas stay text
            return place_formulas([piece for piece in pieces if not isinstance(piece, Picture)], {})
        components = place_formulas(pieces, self._drawn)
        if self._ended and index == self._text_messages() - 1:
            components = (*components, *self._below[0])
        if index == MOST_MESSAGES - 1 and self._ended and (rest := self._rest()):
            before = "".join(closed.part.source for closed in self._closed[:MOST_MESSAGES])
            rest = left_out(before, shown(rest, self._revealed))
            return (*components, Attachment(REST, visible(without_citation_marks(rest)).encode()))
        return components

    def _rest(self) -> str:
        """The text after the last message."""
        if len(self._closed) < MOST_MESSAGES:
            return ""
        over = "".join(closed.part.source for closed in self._closed[MOST_MESSAGES:])
        return over + (self._splitter.open.source if not self._ended else "")

    def _progress(self) -> str | None:
        """When the messages are full: how much more text there is already."""
        return f"… +{len(rest):,}" if (rest := self._rest()) else None


def _shows_something(pieces: Iterable[Piece | Picture]) -> bool:
    return any(not isinstance(piece, Text) or piece.text.strip() for piece in pieces)
