"""Splits a model's Markdown, while it is written, into parts that each fit a Discord message; finds where to cut.

The splitter does no input or output. `feed()` takes text and returns the parts that are closed by it, `open` is the
part that is still being written, and `flush()` returns the last part. A closed part never changes. The sources of all
parts, joined, are the text. If a code block or a table goes on in the next part, the part before closes the fence, and
`opened` of the next part repeats the first line (of a table: its head). If `<details>` or a list in HTML goes on,
`opened` has its tag.

Where a part is closed may depend on how the text comes in. A part is closed as soon as it is full, by what is known
then (the head of a table looks like a paragraph until the next line is there), because students must not wait for the
end of a block.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise

from bot.replies import formula_spans, markdown_blocks, markdown_inline
from bot.replies.html_elements import NOTHING_OPEN, OpenElements
from bot.replies.markdown_blocks import Block
from bot.replies.markdown_inline import Inline
from bot.replies.markdown_rendering import Divider, Formula, Piece, Text, render, render_block


@dataclass(frozen=True, slots=True)
class MessageLimits:
    """How much a message may hold: characters (code points), pictures, components."""

    characters: int = 4_000
    pictures: int = 10
    components: int = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a message a text takes."""

    characters: int = 0
    pictures: int = 0
    components: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(
            self.characters + other.characters, self.pictures + other.pictures, self.components + other.components
        )

    def fits(self, limits: MessageLimits) -> bool:
        """Whether a message may hold it; one component is always the text's."""
        return (
            self.characters <= limits.characters
            and self.pictures <= limits.pictures
            and self.components + 1 <= limits.components
        )


def size_of(pieces: Iterable[Piece]) -> Size:
    """The size of pieces, with formulas as text and as pictures: some cannot be drawn."""
    characters = pictures = components = 0
    for piece in pieces:
        match piece:
            case Text(text):
                characters += len(text)
            case Formula(_, text):
                characters += len(text) + 2
                pictures, components = pictures + 1, components + 2
            case Divider():
                components += 2
    return Size(characters, pictures, components)


_MOST_SOURCE = 4
"""Characters of source for each that is shown; tags show nothing, but an open part of them only must not grow."""


@dataclass(frozen=True)
class SizedBlock:
    """A block with its size, which is computed only when needed: most blocks are far behind the next cut."""

    block: Block

    @cached_property
    def size(self) -> Size:
        """How much of a message the block takes; a source of which little is shown counts too."""
        size = size_of(render_block(self.block))
        return replace(size, characters=max(size.characters, -(-len(self.block.source) // _MOST_SOURCE)))


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut, after `at` characters. This part ends with `closes`, and the next begins with `opened`.

    The model wrote neither of these two: they end a code block and begin it again.
    """

    at: int
    opened: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the text that one message shows."""

    source: str
    opened: str = ""
    closes: str = ""
    broken: bool = False
    """The text breaks off in this part: a formula without its end is not shown."""

    @property
    def text(self) -> str:
        """Markdown that is complete by itself."""
        return self.opened + self.source + self.closes

    def pieces(self, *, incomplete: bool = False) -> list[Piece]:
        """What is shown. `incomplete`: more text may come."""
        return render(self.text, incomplete=incomplete or self.broken)


class Splitter:
    """Takes text as it comes; `limits` is how much one message may hold. After `parts` parts, text is only kept."""

    def __init__(self, limits: MessageLimits | None = None, *, parts: int | None = None) -> None:
        self.limits = limits or MessageLimits()
        self._parts_left = parts
        self._opened = ""
        self._complete: list[SizedBlock] = []
        self._rest = ""

    @property
    def open(self) -> Part:
        """The part that is still being written."""
        text = "".join(sized.block.source for sized in self._complete) + self._rest
        return Part(text[len(self._opened) :], self._opened)

    def feed(self, text: str) -> list[Part]:
        """Take more text; return the parts that it closes. However long it is, the time grows as its length does."""
        parts: list[Part] = []
        for at in range(0, len(text), _STEP):
            if self._parts_left == 0:
                self._rest += text[at:]
                break
            self._rest += text[at : at + _STEP]
            self._keep([*self._complete, *self._read(self._rest)], len(self._complete))
            parts += self._close_full()
        return parts

    def allow_another_part(self) -> None:
        """Close one part more before text is only kept: one that was closed shows nothing, and is left out."""
        if self._parts_left is not None:
            self._parts_left += 1

    def _read(self, text: str) -> list[SizedBlock]:
        """The blocks of the text after those that are complete."""
        opened = self._complete[-1].block.opens_after if self._complete else NOTHING_OPEN
        return _sized(text, opened)

    def flush(self) -> Part:
        """The last part; the splitter is empty after it."""
        last = self.open
        self._opened, self._complete, self._rest = "", [], ""
        return last

    def _keep(self, blocks: list[SizedBlock], since: int = 0) -> None:
        """Keep the blocks of the open part; further text may change only the last of those from `since` on."""
        may_change = 1
        if len(blocks) > since + 1 and not blocks[-1].block.source.endswith("\n") and "|" in blocks[-2].block.source:
            may_change = 2  # the head of a table looks like a paragraph until the line below it is there
        complete = max(len(blocks) - may_change, since)
        while complete > since and not blocks[complete - 1].block.source.endswith("\n"):
            complete -= 1  # the parts of a line between tags of HTML may turn out to be in code
        settled = next((at for at in range(since, complete) if not blocks[at].block.settled), complete)
        complete = min(complete, settled)
        self._complete = blocks[:complete]
        self._rest = "".join(sized.block.source for sized in blocks[complete:])

    def _close_full(self) -> list[Part]:
        blocks = [*self._complete, *self._read(self._rest)]
        parts: list[Part] = []
        while self._parts_left != 0 and (cut := find_cut(blocks, self.limits, len(self._opened))) is not None:
            if self._parts_left is not None:
                self._parts_left -= 1
            cut = _before_unsettled(cut, blocks, self.limits, len(self._opened))
            part, cut = self._close_at(cut, blocks)
            cut = _in_elements(cut, blocks)
            parts.append(part)
            self._opened = cut.opened
            blocks = _after(cut, blocks)
        if parts:
            self._keep(blocks)
        return parts

    def _close_at(self, cut: Cut, blocks: list[SizedBlock]) -> tuple[Part, Cut]:
        """The part up to `cut`. If that is too large after all, up to an earlier cut: a piece of a block may take more
        when it is rendered alone.
        """
        text = "".join(sized.block.source for sized in blocks)
        part, limits = self._part(text, cut), self.limits
        while not _fits(part, self.limits) and limits.characters * 2 > self.limits.characters:
            limits = replace(limits, characters=limits.characters * 7 // 8)
            cut = find_cut(blocks, limits, len(self._opened)) or cut
            part = self._part(text, cut)
        return part, cut

    def _part(self, text: str, cut: Cut) -> Part:
        return Part(text[len(self._opened) : cut.at], self._opened, cut.closes)


def _sized(text: str, opened: OpenElements = NOTHING_OPEN) -> list[SizedBlock]:
    """The blocks of `text`, before which is open what `opened` says."""
    return list(map(SizedBlock, markdown_blocks.parse_blocks(text, opened)))


def _after(cut: Cut, blocks: list[SizedBlock]) -> list[SizedBlock]:
    """The blocks after a cut. If the cut goes through a block, the rest of that block is parsed again."""
    position, index = 0, 0
    while index < len(blocks) and position + len(blocks[index].block.source) <= cut.at:
        position += len(blocks[index].block.source)
        index += 1
    if index == len(blocks) or (position == cut.at and not cut.opened):
        return blocks[index:] or _sized(cut.opened)
    rest = cut.opened + blocks[index].block.source[cut.at - position :]
    settled = blocks[index].block.settled
    index += 1
    while index < len(blocks) and (blocks[index].block.kind == "paragraph" or not settled):  # the rest may go on there
        rest += blocks[index].block.source
        index += 1
    return [*_sized(rest), *blocks[index:]]


def _before_unsettled(cut: Cut, blocks: Sequence[SizedBlock], limits: MessageLimits, opened: int) -> Cut:
    """The cut, or one before the marks of which it is not known whether they end a fence: the next part will tell."""
    end = 0
    for block in (sized.block for sized in blocks):
        end += len(block.source)
        if end > cut.at:
            break
        if block.settled:
            continue
        before = end - len(block.lines[-1])
        fence = markdown_blocks.fence_of(block.lines[0])
        if fence is None or before - opened < limits.characters // 4 or len(block.lines) == 2:
            break
        return Cut(before, fence.reopened(0), _end_of(fence))
    return cut


def _end_of(fence: markdown_blocks.Fence) -> str:
    return f"{fence.indent if '>' in fence.indent else ''}{fence.marks}"


def _in_elements(cut: Cut, blocks: Sequence[SizedBlock]) -> Cut:
    """The cut, with the tags of what is open there."""
    position = 0
    for sized in blocks:
        position += len(sized.block.source)
        if cut.at <= position:
            opened = sized.block.opens_after if cut.at == position else sized.block.opened
            return replace(cut, opened=opened.tags + cut.opened) if opened.tags else cut
    return cut


def _fits(part: Part, limits: MessageLimits) -> bool:
    return size_of(render(part.text.strip("\n"))).fits(limits)


# Where to cut


def find_cut(blocks: Sequence[SizedBlock], limits: MessageLimits, opened: int) -> Cut | None:
    """The best cut, after more than `opened` characters; None if one message may hold all blocks."""
    total = Size()
    start = 0
    for index, sized in enumerate(blocks):
        head, same_until = _head(sized, limits)
        if head is not sized and not (total + head.size).fits(limits):
            cut = _cut_before_or_in([*blocks[:index], head], limits, opened, total, start)
            if cut.at <= start + same_until:
                return cut
        if not (total + sized.size).fits(limits):
            return _cut_before_or_in(blocks[: index + 1], limits, opened, total, start)
        total += sized.size
        start += len(sized.block.source)
    return None


def _head(sized: SizedBlock, limits: MessageLimits) -> tuple[SizedBlock, int]:
    """The head of a very long block, and up to which position a cut in it is the same as in the whole block.

    So a long text is not read to its end for each of its parts.
    """
    same_until = 2 * limits.characters
    longest = same_until + formula_spans.LONGEST
    if sized.block.kind in {"fence", "table"} or len(sized.block.source) <= longest:
        return sized, longest
    head = replace(sized.block, source=sized.block.source[:longest])
    return SizedBlock(head), same_until


def _cut_before_or_in(blocks: Sequence[SizedBlock], limits: MessageLimits, opened: int, total: Size, start: int) -> Cut:
    """A cut before or in the last block, which does not fit; it begins at `start`, and those before it take `total`."""
    last = blocks[-1]
    paragraph = _boundary(blocks, limits, rank=0, least=0.5)
    if paragraph > opened:
        return Cut(paragraph)
    if last.size.fits(limits) and last.block.kind in {"fence", "table"} and total.characters * 4 >= limits.characters:
        return Cut(start)
    line = _boundary(blocks, limits, rank=1, least=0.5)
    if line > opened:
        return Cut(line)
    inner = _cut_in(last.block, limits, total)
    if inner is not None and start + inner.at > opened:
        return Cut(start + inner.at, inner.opened, inner.closes)
    line = _boundary(blocks, limits, rank=1, least=0.0)
    if line > opened:
        return Cut(line)
    inner = _cut_in(last.block, limits, Size())
    if start > opened and inner is not None:
        return Cut(start)
    if inner is not None and start + inner.at > opened:
        return Cut(start + inner.at, inner.opened, inner.closes)
    end = start + len(last.block.source)
    if last.block.kind == "table":  # a row that is longer than a message, below a head that is there already
        end = min(end, max(start, opened) + limits.characters // 8)
    return Cut(max(end, opened + 1))


def _boundary(blocks: Sequence[SizedBlock], limits: MessageLimits, *, rank: int, least: float) -> int:
    """The last boundary before the last block that has at most this `rank` and leaves the part filled to `least`.

    0 if there is none.
    """
    best = position = characters = pictures = 0
    below_heading = False
    for before, after in pairwise(blocks):
        below_heading = before.block.kind == "heading" or (below_heading and before.block.kind == "blank")
        position += len(before.block.source)
        characters += before.size.characters
        pictures += before.size.pictures
        filled = max(characters / limits.characters, pictures / limits.pictures)
        if filled >= least and not below_heading and _rank(before.block, after.block) <= rank:
            best = position
    return best


def _rank(before: Block, after: Block) -> int:
    """How good a cut between two blocks is: 0 between paragraphs, 1 between lines, 9 must not be."""
    if after.kind == "blank" or (before.kind in {"tag", "summary"} and not before.source.endswith("\n")):
        return 9
    if before.kind in {"blank", "fence", "table", "rule"} or after.kind in {"heading", "rule"}:
        return 0
    return 1


def _cut_in(block: Block, limits: MessageLimits, used: Size) -> Cut | None:
    """The best cut inside a block, if the part holds `used` already; None if nothing of the block fits."""
    if block.kind == "fence":
        return _cut_fence(block, limits.characters - used.characters)
    if block.kind == "table":
        return _cut_table(block, limits.characters - used.characters)
    return _cut_lines(block, limits, used)


def _cut_fence(block: Block, space: int) -> Cut | None:
    """A cut between two lines of code; a line longer than a message is cut where the message ends."""
    lines = block.lines
    fence = markdown_blocks.fence_of(lines[0])
    assert fence is not None
    closes = f"\n{_end_of(fence)}"
    position = len(lines[0])
    shown = len(lines[0].strip()) + 10
    depth = fence.depth
    for line in lines[1 : -1 if block.closed else None]:
        if shown + len(line) + 2 * line.count("```") > space:
            break
        depth = fence.depth_after(line, depth)
        depth = 1 if depth < 0 else depth  # marks alone that did not end the block begin code in it
        position += len(line)
        shown += len(line) + 2 * line.count("```")
    opened = fence.reopened(depth)
    if position > len(lines[0]):
        return Cut(position, opened, closes.removeprefix("\n") if block.source[position - 1] == "\n" else closes)
    left = (space - shown) // (2 if "```" in "".join(lines[1:]) else 1)
    if left < 1 or space < 200:
        return None
    at = _between_characters(block.source, position + left, position)
    return Cut(at, opened, closes) if at > position else None


def _cut_table(block: Block, space: int) -> Cut | None:
    """A cut between two rows; the next part repeats the head."""
    lines = block.lines
    head = "".join(lines[:2])
    low, high = 2, len(lines) - 1
    while low < high:  # find the largest number of rows that fits
        middle = (low + high + 1) // 2
        if _table_length(lines[:middle]) <= space:
            low = middle
        else:
            high = middle - 1
    fits = low > 2 and _table_length(lines[:low]) <= space
    if not fits:
        return None if len(lines) > 3 or space < 2_000 else Cut(len(head), "", "")
    return Cut(len("".join(lines[:low])), head)


def _table_length(lines: list[str]) -> int:
    return size_of(render_block(Block("table", "".join(lines)))).characters


_STEP = 2_000
"""Characters that are read at a time: about half a message, so that no text is parsed again and again to its end."""
_SENTENCE_ENDS = (".", "!", "?", "。", "…", "！", "？", ":", ";")


def _cut_lines(block: Block, limits: MessageLimits, used: Size) -> Cut | None:
    """A cut in a paragraph or an item: after a line, else a sentence, else a word, else between any two characters."""
    ends: dict[str, int] = {}
    position = 0
    total = used
    previous = None
    for inline, following in pairwise(chain(markdown_inline.fine_inlines(block.source), [None])):
        assert inline is not None
        size = _inline_size(inline)
        if not (total + size).fits(limits):
            if not size.fits(limits):
                return _cut_inline(block.source, position, limits, total, len(inline.source) / size.characters)
            break
        total += size
        position += len(inline.source)
        if following is None:
            break
        ends["any"] = position
        if inline.kind == "space":
            ends["word"] = position
            if "\n" in inline.source:
                ends["line"] = position
            if previous is not None and previous.source.endswith(_SENTENCE_ENDS):
                ends["sentence"] = position
        elif inline.kind == "formula" and inline.display:
            ends["sentence"] = position
        previous = inline
    for name, least in (("line", 0.4), ("sentence", 0.4), ("word", 0.0), ("any", 0.0)):
        if ends.get(name, 0) > position * least:
            return Cut(ends[name])
    return None


def _cut_inline(source: str, position: int, limits: MessageLimits, total: Size, part: float) -> Cut | None:
    """A cut in a word (or link, or formula) that is longer than a message: where the message ends.

    `part` is the length of the word, divided by that of what is shown of it (an address in Hangul is shown in ASCII).
    """
    left = int((limits.characters - total.characters - 20) * min(part, 1))
    if left < limits.characters * min(part, 1) / 4 and (position or total.characters):
        return Cut(position) if position else None
    return Cut(_between_characters(source, position + max(left, 1), position))


def _inline_size(inline: Inline) -> Size:
    if inline.kind == "text":
        return Size(len(inline.source) + 2)
    return size_of(render_block(Block("paragraph", inline.source)))


def _between_characters(text: str, at: int, least: int) -> int:
    """The last position up to `at`, after `least`, that is not within a character as readers see it; else `at`."""
    at = min(at, len(text))
    for position in range(at, max(least, at - 64), -1):
        if markdown_inline.is_boundary(text, position):
            return position
    return max(at, least + 1)
