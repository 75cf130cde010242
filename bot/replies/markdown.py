"""Cuts a model's Markdown, while it is written, into parts that each fit a Discord message.

Pure: `feed()` text, take the parts that are closed by it, show the open one, `flush()` at the end. A closed part never
changes any more. The sources of the parts, joined, are the text; where a code block (or a table) goes on in the next
part, that part's `opened` repeats its first line(s), and the one before closes the fence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from bot.replies import blocks, inline
from bot.replies.blocks import Block
from bot.replies.rendering import Formula, Piece, Rule, Words, render, render_block


@dataclass(frozen=True, slots=True)
class Room:
    """What a message holds: characters (code points), pictures, components."""

    characters: int = 4_000
    pictures: int = 10
    components: int = 40


@dataclass(frozen=True, slots=True)
class Part:
    """One message's share of the text."""

    source: str
    opened: str = ""
    closes: str = ""

    @property
    def text(self) -> str:
        """Markdown that can stand by itself."""
        return self.opened + self.source + self.closes

    def pieces(self, *, running: bool = False) -> list[Piece]:
        """What is shown."""
        return render(self.text, running=running)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a block takes of a message's room."""

    characters: int = 0
    pictures: int = 0
    components: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.characters + other.characters, self.pictures + other.pictures, self.components + other.components
        )

    def fits(self, room: Room) -> bool:
        """Whether a message holds it; one text is always there."""
        return (
            self.characters <= room.characters
            and self.pictures <= room.pictures
            and self.components + 1 <= room.components
        )


def cost_of(block: Block) -> Cost:
    """The room that a block takes: the larger of what it is while it is written and in the end."""
    pieces = render_block(block)
    characters = pictures = components = 0
    for piece in pieces:
        match piece:
            case Words(text):
                characters += len(text)
            case Formula(_, text, source, _):
                characters += max(len(text), len(source)) + 2
                pictures, components = pictures + 1, components + 2
            case Rule():
                components += 2
    return Cost(characters, pictures, components)


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place to cut: `at` counts characters of the working text; the next part begins with `opened`."""

    at: int
    opened: str = ""
    closes: str = ""


@dataclass(slots=True)
class _Whole:
    """A block that cannot change any more, with its cost."""

    block: Block
    cost: Cost = field(default_factory=Cost)


class Splitter:
    """Takes text in any pieces; `room` is what one message holds."""

    def __init__(self, room: Room | None = None) -> None:
        self.room = room or Room()
        self._opened = ""
        self._whole: list[_Whole] = []
        self._rest = ""

    @property
    def open(self) -> Part:
        """The part that is still being written."""
        return Part(
            "".join(whole.block.source for whole in self._whole)[len(self._opened) :] + self._rest_source(),
            self._opened,
        )

    def _rest_source(self) -> str:
        return self._rest if self._whole else self._rest[len(self._opened) :]

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
            self._whole.append(_Whole(block, cost_of(block)))
        self._rest = "".join(block.source for block in scanned[len(done) :])

    def _close_full(self) -> Iterator[Part]:
        while (cut := self._find_cut()) is not None:
            text = "".join(whole.block.source for whole in self._whole) + self._rest
            yield Part(text[len(self._opened) : cut.at], self._opened, cut.closes)
            self._opened = cut.opened
            self._whole, self._rest = [], cut.opened + text[cut.at :]
            self._settle()

    def _find_cut(self) -> _Cut | None:
        total = Cost()
        start = 0
        tail = [_Whole(block, cost_of(block)) for block in blocks.scan(self._rest)]
        everything = [*self._whole, *tail]
        for index, whole in enumerate(everything):
            if not (total + whole.cost).fits(self.room):
                return self._cut_before_or_in(everything, index, total, start)
            total += whole.cost
            start += len(whole.block.source)
        return None

    def _cut_before_or_in(self, everything: list[_Whole], index: int, total: Cost, start: int) -> _Cut:
        full = everything[index]
        forced = len(self._opened)
        paragraph = self._boundary(everything, index, rank=0, least=0.5)
        if paragraph is not None and paragraph > forced:
            return _Cut(paragraph)
        if (
            full.cost.fits(self.room)
            and full.block.kind in {"fence", "table"}
            and total.characters * 4 >= self.room.characters
        ):
            return _Cut(start)
        line = self._boundary(everything, index, rank=1, least=0.5)
        if line is not None and line > forced:
            return _Cut(line)
        inner = _cut_in(full.block, self.room, total)
        if inner is not None and start + inner.at > forced:
            return _Cut(start + inner.at, inner.opened, inner.closes)
        line = self._boundary(everything, index, rank=1, least=0.0)
        if line is not None and line > forced:
            return _Cut(line)
        inner = _cut_in(full.block, self.room, Cost())
        if start > forced and inner is not None:
            return _Cut(start)
        if inner is not None and start + inner.at > forced:
            return _Cut(start + inner.at, inner.opened, inner.closes)
        return _Cut(max(start + len(full.block.source), forced + 1))

    def _boundary(self, everything: list[_Whole], index: int, *, rank: int, least: float) -> int | None:
        """The last boundary of at least `rank` before block `index` that leaves the part filled to `least`."""
        ends: list[tuple[int, int]] = []
        position = characters = pictures = 0
        titled = False
        for before, after in pairwise(everything[: index + 1]):
            titled = before.block.kind == "heading" or (titled and before.block.kind == "blank")
            position += len(before.block.source)
            characters += before.cost.characters
            pictures += before.cost.pictures
            filled = max(characters / self.room.characters, pictures / self.room.pictures)
            if filled >= least and not titled and _rank(before.block, after.block) <= rank:
                ends.append((_rank(before.block, after.block), position))
        best = [position for found, position in ends if found == 0] if rank == 0 else [position for _, position in ends]
        return best[-1] if best else None


def _rank(before: Block, after: Block) -> int:
    """How good a place between two blocks is: 0 between paragraphs, 1 between lines, 9 is none."""
    if after.kind == "blank":
        return 9
    if before.kind in {"blank", "fence", "table", "rule"} or after.kind in {"heading", "rule"}:
        return 0
    return 1


def _cut_in(block: Block, room: Room, used: Cost) -> _Cut | None:
    """The best place inside a block, given what the part holds already; None if nothing of it fits."""
    if block.kind == "fence":
        return _cut_fence(block, room.characters - used.characters)
    if block.kind == "table":
        return _cut_table(block, room.characters - used.characters)
    return _cut_lines(block, room, used)


def _cut_fence(block: Block, space: int) -> _Cut | None:
    """Between two lines of code; a line longer than a message is cut where the message ends."""
    lines = block.lines
    fence = blocks.fence_of(lines[0])
    assert fence is not None
    closes = f"\n{fence.indent if '>' in fence.indent else ''}{fence.marks}"
    opened = _reopened(lines[0])
    position = len(lines[0])
    shown = len(lines[0].strip()) + 10
    for line in lines[1 : -1 if block.closed else None]:
        if shown + len(line) + 2 * line.count("```") > space:
            break
        position += len(line)
        shown += len(line) + 2 * line.count("```")
    if position > len(lines[0]):
        return _Cut(position, opened, closes.removeprefix("\n") if block.source[position - 1] == "\n" else closes)
    room_left = (space - shown) // (2 if "```" in "".join(lines[1:]) else 1)
    if room_left < 1 or space < 200:
        return None
    at = _grapheme(block.source, position + room_left, position)
    return _Cut(at, opened, closes) if at > position else None


def _reopened(line: str) -> str:
    """A fence's first line again; a list's mark in front of it is not repeated."""
    found = blocks.fence_of(line)
    assert found is not None
    indent = "".join(char if char in " \t>" else " " for char in found.indent)
    return f"{indent}{found.marks}{found.info}\n"


def _cut_table(block: Block, space: int) -> _Cut | None:
    """Between two rows; the next part repeats the head."""
    lines = block.lines
    head = "".join(lines[:2])
    low, high = 2, len(lines) - 1
    while low < high:  # the longest run of rows that fits
        middle = (low + high + 1) // 2
        if cost_of(Block("table", "".join(lines[:middle]))).characters <= space:
            low = middle
        else:
            high = middle - 1
    fits = low > 2 and cost_of(Block("table", "".join(lines[:low]))).characters <= space
    if not fits:
        return None if len(lines) > 3 or space < 2_000 else _Cut(len(head), "", "")
    return _Cut(len("".join(lines[:low])), head)


_SENTENCE = (".", "!", "?", "。", "…", "！", "？", ":", ";")


def _cut_lines(block: Block, room: Room, used: Cost) -> _Cut | None:
    """Inside a paragraph or an item: after a line, a sentence, a word, and only then between any two characters."""
    ends: dict[str, int] = {}
    position = 0
    total = used
    pieces = inline.atoms(block.source)
    for index, atom in enumerate(pieces):
        cost = _atom_cost(atom)
        if not (total + cost).fits(room):
            break
        total += cost
        position += len(atom.source)
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if following is None:
            break
        ends["any"] = position
        if atom.kind == "space":
            previous = pieces[index - 1].source if index else ""
            ends["word"] = position
            if "\n" in atom.source:
                ends["line"] = position
            if previous.endswith(_SENTENCE):
                ends["sentence"] = position
        elif atom.kind == "formula" and atom.display:
            ends["sentence"] = position
    torn = next((atom for atom in _from(pieces, position) if not _atom_cost(atom).fits(room)), None)
    if torn is not None and torn.source == block.source[position : position + len(torn.source)]:
        return _cut_atom(block.source, position, room, total)
    for name, least in (("line", 0.4), ("sentence", 0.4), ("word", 0.0), ("any", 0.0)):
        if ends.get(name, 0) > position * least:
            return _Cut(ends[name])
    return None


def _from(pieces: list[inline.Atom], position: int) -> Iterator[inline.Atom]:
    """The piece that begins at `position`."""
    start = 0
    for atom in pieces:
        if start == position:
            yield atom
            return
        start += len(atom.source)


def _cut_atom(source: str, position: int, room: Room, total: Cost) -> _Cut | None:
    """Within a word (or link, or formula) that no message could hold whole: where the message ends."""
    left = room.characters - total.characters - 20
    if left < room.characters // 4 and (position or total.characters):
        return _Cut(position) if position else None
    return _Cut(_grapheme(source, position + max(left, 1), position))


def _atom_cost(atom: inline.Atom) -> Cost:
    return cost_of(Block("paragraph", atom.source)) if atom.kind != "text" else Cost(len(atom.source) + 2)


def _grapheme(text: str, at: int, least: int) -> int:
    """The last place up to `at`, after `least`, where no character is torn; `at` itself if there is none near."""
    at = min(at, len(text))
    for place in range(at, max(least, at - 64), -1):
        if inline.is_boundary(text, place):
            return place
    return max(at, least + 1)
