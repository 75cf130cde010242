"""Where a text that is too long for a message is cut."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.replies import formula_spans, markdown_blocks, markdown_inline
from bot.replies.markdown_blocks import Block
from bot.replies.markdown_rendering import Formula, Piece, Rule, Words, render_block


@dataclass(frozen=True, slots=True)
class Room:
    """What a message holds: characters (code points), pictures, components."""

    characters: int = 4_000
    pictures: int = 10
    components: int = 40


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


def cost_of(pieces: Iterable[Piece]) -> Cost:
    """The room that pieces take: the larger of what they are while they are written and in the end."""
    characters = pictures = components = 0
    for piece in pieces:
        match piece:
            case Words(text):
                characters += len(text)
            case Formula(_, text, source):
                characters += max(len(text), len(source)) + 2
                pictures, components = pictures + 1, components + 2
            case Rule():
                components += 2
    return Cost(characters, pictures, components)


@dataclass(frozen=True, slots=True)
class Cut:
    """A place to cut: after so many characters.

    This part ends with `closes`, the next begins with `opened`, neither of which the model wrote.
    """

    at: int
    opened: str = ""
    closes: str = ""


@dataclass(frozen=True)
class Whole:
    """A block with its cost, which is found when it is asked for: most are far beyond the next cut."""

    block: Block

    @cached_property
    def cost(self) -> Cost:
        """The room that the block takes."""
        return cost_of(render_block(self.block))


def find_cut(wholes: Sequence[Whole], room: Room, forced: int) -> Cut | None:
    """The best place to cut the blocks, after more than `forced` characters; None if a message holds them all."""
    total = Cost()
    start = 0
    for index, whole in enumerate(wholes):
        ahead, sure = _ahead(whole, room)
        if ahead is not whole and not (total + ahead.cost).fits(room):
            cut = _cut_before_or_in([*wholes[:index], ahead], room, forced, total, start)
            if cut.at <= start + sure:
                return cut
        if not (total + whole.cost).fits(room):
            return _cut_before_or_in(wholes[: index + 1], room, forced, total, start)
        total += whole.cost
        start += len(whole.block.source)
    return None


def _ahead(whole: Whole, room: Room) -> tuple[Whole, int]:
    """As much of a very long block as the next cut may depend on, and up to where a cut in it is as in the whole:
    so that a text is not read to its end for each of its parts."""
    sure = 2 * room.characters
    most = sure + formula_spans.LONGEST
    if whole.block.kind in {"fence", "table"} or len(whole.block.source) <= most:
        return whole, most
    return Whole(Block(whole.block.kind, whole.block.source[:most])), sure


def _cut_before_or_in(wholes: Sequence[Whole], room: Room, forced: int, total: Cost, start: int) -> Cut:
    """Before the last block, which does not fit, or in it; it begins at `start`, after what costs `total`."""
    full = wholes[-1]
    paragraph = _boundary(wholes, room, rank=0, least=0.5)
    if paragraph > forced:
        return Cut(paragraph)
    if full.cost.fits(room) and full.block.kind in {"fence", "table"} and total.characters * 4 >= room.characters:
        return Cut(start)
    line = _boundary(wholes, room, rank=1, least=0.5)
    if line > forced:
        return Cut(line)
    inner = _cut_in(full.block, room, total)
    if inner is not None and start + inner.at > forced:
        return Cut(start + inner.at, inner.opened, inner.closes)
    line = _boundary(wholes, room, rank=1, least=0.0)
    if line > forced:
        return Cut(line)
    inner = _cut_in(full.block, room, Cost())
    if start > forced and inner is not None:
        return Cut(start)
    if inner is not None and start + inner.at > forced:
        return Cut(start + inner.at, inner.opened, inner.closes)
    return Cut(max(start + len(full.block.source), forced + 1))


def _boundary(wholes: Sequence[Whole], room: Room, *, rank: int, least: float) -> int:
    """The last boundary of at least `rank` before the last block that leaves the part filled to `least`; 0 is none."""
    best = position = characters = pictures = 0
    titled = False
    for before, after in pairwise(wholes):
        titled = before.block.kind == "heading" or (titled and before.block.kind == "blank")
        position += len(before.block.source)
        characters += before.cost.characters
        pictures += before.cost.pictures
        filled = max(characters / room.characters, pictures / room.pictures)
        if filled >= least and not titled and _rank(before.block, after.block) <= rank:
            best = position
    return best


def _rank(before: Block, after: Block) -> int:
    """How good a place between two blocks is: 0 between paragraphs, 1 between lines, 9 is none."""
    if after.kind == "blank":
        return 9
    if before.kind in {"blank", "fence", "table", "rule"} or after.kind in {"heading", "rule"}:
        return 0
    return 1


def _cut_in(block: Block, room: Room, used: Cost) -> Cut | None:
    """The best place inside a block, given what the part holds already; None if nothing of it fits."""
    if block.kind == "fence":
        return _cut_fence(block, room.characters - used.characters)
    if block.kind == "table":
        return _cut_table(block, room.characters - used.characters)
    return _cut_lines(block, room, used)


def _cut_fence(block: Block, space: int) -> Cut | None:
    """Between two lines of code; a line longer than a message is cut where the message ends."""
    lines = block.lines
    fence = markdown_blocks.fence_of(lines[0])
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
        return Cut(position, opened, closes.removeprefix("\n") if block.source[position - 1] == "\n" else closes)
    room_left = (space - shown) // (2 if "```" in "".join(lines[1:]) else 1)
    if room_left < 1 or space < 200:
        return None
    at = _grapheme(block.source, position + room_left, position)
    return Cut(at, opened, closes) if at > position else None


def _reopened(line: str) -> str:
    """A fence's first line again; a list's mark in front of it is not repeated."""
    found = markdown_blocks.fence_of(line)
    assert found is not None
    indent = "".join(char if char in " \t>" else " " for char in found.indent)
    return f"{indent}{found.marks}{found.info}\n"


def _cut_table(block: Block, space: int) -> Cut | None:
    """Between two rows; the next part repeats the head."""
    lines = block.lines
    head = "".join(lines[:2])
    low, high = 2, len(lines) - 1
    while low < high:  # the longest run of rows that fits
        middle = (low + high + 1) // 2
        if _table_cost(lines[:middle]) <= space:
            low = middle
        else:
            high = middle - 1
    fits = low > 2 and _table_cost(lines[:low]) <= space
    if not fits:
        return None if len(lines) > 3 or space < 2_000 else Cut(len(head), "", "")
    return Cut(len("".join(lines[:low])), head)


def _table_cost(lines: list[str]) -> int:
    return cost_of(render_block(Block("table", "".join(lines)))).characters


_SENTENCE = (".", "!", "?", "。", "…", "！", "？", ":", ";")


def _cut_lines(block: Block, room: Room, used: Cost) -> Cut | None:
    """Inside a paragraph or an item: after a line, a sentence, a word, and only then between any two characters."""
    ends: dict[str, int] = {}
    position = 0
    total = used
    pieces = markdown_inline.atoms(block.source)
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
            return Cut(ends[name])
    return None


def _from(pieces: list[markdown_inline.Atom], position: int) -> Iterator[markdown_inline.Atom]:
    """The piece that begins at `position`."""
    start = 0
    for atom in pieces:
        if start == position:
            yield atom
            return
        start += len(atom.source)


def _cut_atom(source: str, position: int, room: Room, total: Cost) -> Cut | None:
    """Within a word (or link, or formula) that no message could hold whole: where the message ends."""
    left = room.characters - total.characters - 20
    if left < room.characters // 4 and (position or total.characters):
        return Cut(position) if position else None
    return Cut(_grapheme(source, position + max(left, 1), position))


def _atom_cost(atom: markdown_inline.Atom) -> Cost:
    return cost_of(render_block(Block("paragraph", atom.source))) if atom.kind != "text" else Cost(len(atom.source) + 2)


def _grapheme(text: str, at: int, least: int) -> int:
    """The last place up to `at`, after `least`, where no character is torn; `at` itself if there is none near."""
    at = min(at, len(text))
    for place in range(at, max(least, at - 64), -1):
        if markdown_inline.is_boundary(text, place):
            return place
    return max(at, least + 1)
