"""Cuts a model's Markdown, while it is written, into parts that each fit a Discord message.

Pure: `feed()` text, take the parts that are closed by it, show the open one, `flush()` at the end. A closed part never
changes any more. The sources of the parts, joined, are the text; where a code block (or a table) goes on in the next
part, that part's `opened` repeats its first line(s), and the one before closes the fence.

Where a part is closed may depend on how the text comes in: it is done as soon as the part is full, by what is known
then (a line that will be a table's head is still a paragraph), since what is shown cannot wait for the end of a block.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.replies import blocks
from bot.replies.cuts import Cut, Room, Whole, cost_of, find_cut
from bot.replies.rendering import Piece, render

__all__ = ["Part", "Room", "Splitter"]


@dataclass(frozen=True, slots=True)
class Part:
    """One message's share of the text."""

    source: str
    opened: str = ""
    closes: str = ""
    broken: bool = False
    """The text breaks off in it: a formula without its end is not shown."""

    @property
    def text(self) -> str:
        """Markdown that can stand by itself."""
        return self.opened + self.source + self.closes

    def pieces(self, *, running: bool = False) -> list[Piece]:
        """What is shown."""
        return render(self.text, running=running or self.broken)


class Splitter:
    """Takes text in any pieces; `room` is what one message holds."""

    def __init__(self, room: Room | None = None) -> None:
        self.room = room or Room()
        self._opened = ""
        self._whole: list[Whole] = []
        self._rest = ""

    @property
    def open(self) -> Part:
        """The part that is still being written."""
        text = "".join(whole.block.source for whole in self._whole) + self._rest
        return Part(text[len(self._opened) :], self._opened)

    def feed(self, text: str) -> list[Part]:
        """More text; the parts that it closes."""
        self._rest += text
        self._settle()
        return list(self._close_full())

    def flush(self) -> Part:
        """The last part; the splitter is empty after it."""
        last = self.open
        self._opened, self._whole, self._rest = "", [], ""
        return last

    def _settle(self) -> None:
        """Set apart the blocks that further text cannot change."""
        scanned = blocks.scan(self._rest)
        keep = 1
        if len(scanned) > 1 and not self._rest.endswith("\n") and "|" in scanned[-2].source:
            keep = 2  # a table's head looks like a paragraph until the line below it is there
        done = scanned[:-keep] if len(scanned) > keep else []
        for block in done:
            self._whole.append(Whole.of(block))
        self._rest = "".join(block.source for block in scanned[len(done) :])

    def _close_full(self) -> Iterator[Part]:
        while True:
            wholes = [*self._whole, *map(Whole.of, blocks.scan(self._rest))]
            cut = find_cut(wholes, self.room, len(self._opened))
            if cut is None:
                return
            yield self._close_at(cut, wholes)

    def _close_at(self, cut: Cut, wholes: list[Whole]) -> Part:
        """Close the part at `cut`, or before it: a piece of a block, read by itself, may take more room."""
        text = "".join(whole.block.source for whole in wholes)
        part, room = self._part(text, cut), self.room
        while not _fits(part, self.room) and room.characters * 2 > self.room.characters:
            room = replace(room, characters=room.characters * 7 // 8)
            cut = find_cut(wholes, room, len(self._opened)) or cut
            part = self._part(text, cut)
        self._opened = cut.opened
        self._whole, self._rest = [], cut.opened + text[cut.at :]
        self._settle()
        return part

    def _part(self, text: str, cut: Cut) -> Part:
        return Part(text[len(self._opened) : cut.at], self._opened, cut.closes)


def _fits(part: Part, room: Room) -> bool:
    return cost_of(render(part.text.strip("\n"))).fits(room)
