"""Cuts a model's Markdown, while it is written, into parts that each fit a Discord message.

Pure: `feed()` text, take the parts that are closed by it, show the open one, `flush()` at the end. A closed part never
changes any more. The sources of the parts, joined, are the text; where a code block (or a table) goes on in the next
part, that part's `opened` repeats its first line(s), and the one before closes the fence.

Where a part is closed may depend on how the text comes in: it is done as soon as the part is full, by what is known
then (a line that will be a table's head is still a paragraph), since what is shown cannot wait for the end of a block.
"""

from dataclasses import dataclass, replace

from bot.replies import markdown_blocks
from bot.replies.cuts import Cut, Room, Whole, cost_of, find_cut
from bot.replies.markdown_rendering import Piece, render

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
        return self._close_full()

    def flush(self) -> Part:
        """The last part; the splitter is empty after it."""
        last = self.open
        self._opened, self._whole, self._rest = "", [], ""
        return last

    def _settle(self) -> None:
        """Set apart the blocks that further text cannot change."""
        self._keep([*self._whole, *map(Whole, markdown_blocks.scan(self._rest))], since=len(self._whole))

    def _keep(self, wholes: list[Whole], *, since: int = 0) -> None:
        """The blocks of the open part and what comes after it; those from `since` on may not be whole."""
        keep = 1
        if len(wholes) > since + 1 and not wholes[-1].block.source.endswith("\n") and "|" in wholes[-2].block.source:
            keep = 2  # a table's head looks like a paragraph until the line below it is there
        done = max(len(wholes) - keep, since)
        self._whole, self._rest = wholes[:done], "".join(whole.block.source for whole in wholes[done:])

    def _close_full(self) -> list[Part]:
        wholes = [*self._whole, *map(Whole, markdown_blocks.scan(self._rest))]
        parts: list[Part] = []
        while (cut := find_cut(wholes, self.room, len(self._opened))) is not None:
            part, cut = self._close_at(cut, wholes)
            parts.append(part)
            self._opened = cut.opened
            wholes = _after(cut, wholes)
        if parts:
            self._keep(wholes)
        return parts

    def _close_at(self, cut: Cut, wholes: list[Whole]) -> tuple[Part, Cut]:
        """The part up to `cut`, or up to one before it: a piece of a block, read by itself, may take more room."""
        text = "".join(whole.block.source for whole in wholes)
        part, room = self._part(text, cut), self.room
        while not _fits(part, self.room) and room.characters * 2 > self.room.characters:
            room = replace(room, characters=room.characters * 7 // 8)
            cut = find_cut(wholes, room, len(self._opened)) or cut
            part = self._part(text, cut)
        return part, cut

    def _part(self, text: str, cut: Cut) -> Part:
        return Part(text[len(self._opened) : cut.at], self._opened, cut.closes)


def _after(cut: Cut, wholes: list[Whole]) -> list[Whole]:
    """The blocks after a cut: the rest of the one that it goes through is read anew, those below stay as they were."""
    position, index = 0, 0
    while index < len(wholes) and position + len(wholes[index].block.source) <= cut.at:
        position += len(wholes[index].block.source)
        index += 1
    if index == len(wholes) or (position == cut.at and not cut.opened):
        return wholes[index:] or [Whole(block) for block in markdown_blocks.scan(cut.opened)]
    rest = cut.opened + wholes[index].block.source[cut.at - position :]
    index += 1
    while index < len(wholes) and wholes[index].block.kind == "paragraph":  # it may go on in there
        rest += wholes[index].block.source
        index += 1
    return [*map(Whole, markdown_blocks.scan(rest)), *wholes[index:]]


def _fits(part: Part, room: Room) -> bool:
    return cost_of(render(part.text.strip("\n"))).fits(room)
