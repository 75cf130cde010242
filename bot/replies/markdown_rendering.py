"""Renders a model's Markdown as Discord's Markdown, and finds the formulas to be drawn and the dividers.

Discord does not have all of Markdown: tables become aligned code blocks, images become links, rules become dividers,
and deep headings become bold lines. A formula becomes Unicode if that reads well, else a picture.
https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.escaping import visible
from bot.replies import html_elements, markdown_tables
from bot.replies.inline_rendering import DEEPEST, defused, formula_text, markdown_of, marked, plain
from bot.replies.links import cited_as_text, glued, unlinked, without_glue, without_stray_marks
from bot.replies.markdown_blocks import Block, fence_of, parse_blocks
from bot.replies.markdown_inline import Inline, coarse_inlines


@dataclass(frozen=True, slots=True)
class Text:
    """Text in Discord's Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to be drawn. `text` is shown until it is drawn, and for good if it cannot be drawn.

    `sign` is the comma or full stop after it, which is drawn with it. A `hidden` one is shown to who asks for it.
    """

    latex: str
    text: str
    display: bool = True
    sign: str = ""
    hidden: bool = False

    @property
    def drawn(self) -> str:
        """The LaTeX of its picture."""
        return self.latex + self.sign


@dataclass(frozen=True, slots=True)
class Divider:
    """A horizontal rule."""


Piece = Text | Formula | Divider


def render(text: str, *, incomplete: bool = False) -> list[Piece]:
    """The pieces of a text, top to bottom; neighbouring texts are joined. `incomplete`: more text may come."""
    pieces: list[Piece] = []
    blocks = parse_blocks(text)
    for index, block in enumerate(blocks):
        if block.kind == "blank" and index and blocks[index - 1].kind == "heading":
            continue  # Discord leaves a distance below a heading
        for piece in render_block(block, incomplete=incomplete and index >= len(blocks) - 2):
            if isinstance(piece, Text) and pieces and isinstance(last := pieces[-1], Text):
                pieces[-1] = Text(last.text + piece.text)
            else:
                pieces.append(piece)
    return pieces


def differs_from_source(text: str) -> bool:
    """Whether something in `text` cannot be copied from Discord as the model wrote it: a formula, a table."""
    if not any(sign in text for sign in "$\\|`"):
        return False
    return any(
        block.kind == "table"
        or (block.kind == "fence" and bool(_fenced_formula(block)))
        or (block.kind != "fence" and _has_formula(block.source))
        for block in parse_blocks(text)
    )


def _has_formula(text: str, depth: int = 0) -> bool:
    return any(
        inline.kind == "formula"
        or (inline.kind in {"span", "element"} and depth < DEEPEST and _has_formula(inline.inside, depth + 1))
        for inline in coarse_inlines(text)
    )


def render_block(block: Block, *, incomplete: bool = False) -> list[Piece]:
    """The pieces of one block. Blocks are rendered independently of each other, so their lengths can be added."""
    block = replace(block, source=without_stray_marks(without_glue(visible(block.source))))
    pieces = _render_block(block, incomplete=incomplete)
    if block.kind not in {"fence", "table", "pre", "html table"}:
        pieces = [_as_ours(piece, before) for before, piece in zip([None, *pieces], pieces, strict=False)]
    if block.opened.details and block.kind not in {"tag", "summary", "blank"}:
        return _hidden(pieces)
    return pieces


_SUBTEXT = re.compile(
    r"^((?:[ \t]*(?:[-*+•](?=[ \t])|>|#{1,6}(?=[ \t])|\d{1,9}[.)](?=[ \t])))*[ \t]*)(?:-#[ \t]+)+", re.MULTILINE
)


def _as_ours(piece: Piece, before: Piece | None) -> Piece:
    """A piece that cannot pass for what Saem itself says: no label on a link, no small print."""
    if not isinstance(piece, Text):
        return piece
    return Text(_SUBTEXT.sub(r"\1", unlinked(piece.text, goes_on=isinstance(before, Formula))))


def _render_block(block: Block, *, incomplete: bool) -> list[Piece]:
    match block.kind:
        case "blank":
            return [Text("\n" * min(block.source.count("\n"), 2))]
        case "fence":
            return _fenced_formula(block) or [Text(_fence(block))]
        case "table":
            return [Text(_table(block, incomplete=incomplete))]
        case "rule":
            return [Divider()]
        case "heading":
            return _heading(block, incomplete=incomplete)
        case "item" | "quote":
            return _item_or_quote(block, incomplete=incomplete)
        case "tag":
            return [Text(block.shown if block.closed or incomplete else block.source)]
        case "summary" | "html heading" | "pre" | "html table":
            return _html(block, incomplete=incomplete)
        case _:
            return list(_render_inlines(block.source, incomplete=incomplete))


_MARKS_OF_LINE = re.compile(r"[ \t]*(?:(?:[-*+>]|#{1,3}|-#|\d{1,9}\.)[ \t]+)*(?:[☐☑] )?")


def _hidden(pieces: Sequence[Piece]) -> list[Piece]:
    """What is inside of `<details>`: behind spoilers, line by line, because they end with the block."""
    shown: list[Piece] = []
    for piece in pieces:
        match piece:
            case Text(text) if text.lstrip().startswith("```"):
                code = text.strip()
                shown.append(Text(text.replace(code, f"||{code}||")))
            case Text(text):
                lines = text.replace("||", "").split("\n")
                shown.append(Text("\n".join(_spoiler(line) for line in lines)))
            case Formula():
                shown.append(replace(piece, text="\n".join(map(_spoiler, piece.text.split("\n"))), hidden=True))
            case _:
                shown.append(piece)
    return shown


def _spoiler(line: str) -> str:
    marks = _MARKS_OF_LINE.match(line)
    start = marks.end() if marks else 0
    words = line[start:].rstrip()
    return f"{line[:start]}||{words}||{line[start + len(words) :]}" if words else line


_ELEMENT = re.compile(r"\s*<[^<>]*>\s*(.*?)\s*(?:</[^<>]*>\s*)?\Z", re.DOTALL)


def _html(block: Block, *, incomplete: bool) -> list[Piece]:
    """A summary, a heading, preformatted text or a table in HTML."""
    found = _ELEMENT.fullmatch(block.source)
    inside = found[1] if found else ""
    begun = inside.rfind("<")
    if not block.closed and begun >= 0 and html_elements.is_begun(inside, begun):
        inside = inside[:begun]
    end = "\n" * max(1, min(block.source[len(block.source.rstrip()) :].count("\n"), 2)) if block.closed else ""
    match block.kind:
        case "summary":
            words = _line(inside, incomplete=incomplete)
            return [Text(f"{block.shown}{_bold(words)}{end}")] if words else []
        case "html heading":
            marks = "#" * int(block.source.lstrip()[2])
            return [Text(block.shown), *_heading(Block("heading", f"{marks} {inside}{end}"), incomplete=incomplete)]
        case "pre":
            code = html_elements.unescaped(re.sub(r"</?(?:code|span)\b[^<>]*>", "", cited_as_text(inside)))
            return [Text(f"{block.shown}```\n{defused(code).rstrip() or _NOTHING}\n```{end}")]
        case _:
            rows = [[plain(cell) for cell in row] for row in html_elements.cells(inside)]
            if not rows:
                return [Text(block.shown)]
            width = max(len(row) for row in rows)
            rows[0] += [""] * (width - len(rows[0]))
            shown = "\n".join(markdown_tables.aligned(rows, "l" * width))
            return [Text(f"{block.shown}```\n{defused(shown)}\n```{end}")]


def _line(text: str, *, incomplete: bool) -> str:
    """Markdown of one line, with its formulas as text."""
    return " ".join(marked(text, incomplete=incomplete).split())


def _bold(words: str) -> str:
    return f"**{words.replace('**', '')}**"


_NOTHING = "\u200b"


def _fenced_formula(block: Block) -> list[Piece]:
    """The formula in a ```` ```math ```` fence; nothing if the fence is another, or the formula cannot be drawn."""
    fence = fence_of(block.lines[0])
    if not block.closed or fence is None or fence.info != "math" or fence.indent.strip():
        return []
    latex = "".join(block.lines[1:-1]).strip()
    shown = formula_text(latex, display=True)
    return [Formula(latex, shown.text), Text("\n")] if shown.draw else []


def _fence(block: Block) -> str:
    lines = block.lines
    fence = fence_of(lines[0])
    assert fence is not None
    body = lines[1:-1] if block.closed else lines[1:]
    quote = "> " if ">" in fence.indent else ""
    dent = len(fence.indent) - len(fence.indent.lstrip())
    bare_lines = [re.sub(r"^[ \t]*(?:>[ \t]?)+", "", line) if quote else _dedented(line, dent) for line in body]
    code = defused(cited_as_text("".join(bare_lines).rstrip("\n"))) or _NOTHING
    shown = f"```{fence.language}\n{code}\n```"
    if quote:
        shown = "\n".join(quote + line for line in shown.split("\n"))
    if fence.indent.strip(" \t>"):
        shown = fence.indent.rstrip() + "\n" + shown
    return shown + ("\n" if block.closed and lines[-1].endswith("\n") else "")


def _dedented(line: str, amount: int) -> str:
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(blank, amount) :]


def _table(block: Block, *, incomplete: bool) -> str:
    lines = [line.rstrip("\n") for line in block.lines]
    head, delimiter, *body = lines
    alignment = "".join(_side(cell) for cell in markdown_tables.cells_of(delimiter))
    rows = [[plain(cell) for cell in markdown_tables.cells_of(line, len(alignment))] for line in (head, *body)]
    if incomplete and body:
        rows[-1] = [plain(cell, incomplete=True) for cell in markdown_tables.cells_of(body[-1], len(alignment))]
    shown = "\n".join(markdown_tables.aligned(rows, alignment))
    return f"```\n{defused(shown)}\n```" + ("\n" if block.source.endswith("\n") else "")


def _side(cell: str) -> str:
    if cell.endswith(":"):
        return "c" if cell.startswith(":") else "r"
    return "l"


_HEADING = re.compile(r"^\s*(#{1,6})\s+(.*?)\s*#*\s*$", re.DOTALL)


def _heading(block: Block, *, incomplete: bool) -> list[Piece]:
    end = "\n" if block.source.endswith("\n") else ""
    found = _HEADING.match(block.source)
    if found is None or not found[2]:
        return [Text(end)]
    bold = re.fullmatch(r"\*\*(.*)\*\*", found[2], re.DOTALL) if len(found[1]) > 3 else None
    inside = _with_line_ends(list(_render_inlines(bold[1] if bold else found[2], incomplete=incomplete)), " ")
    if len(found[1]) <= 3:
        return _around(found[1] + " ", inside, end)
    if all(isinstance(piece, Text) for piece in inside):
        return _around("**", inside, "**" + end)
    return [*inside, Text(end)]


def _with_line_ends(pieces: list[Piece], line_end: str) -> list[Piece]:
    """The pieces, with `line_end` for the ends of lines inside of them, which come from `<br>`."""
    shown: list[Piece] = []
    for index, piece in enumerate(pieces):
        if isinstance(piece, Text) and "\n" in piece.text:
            last = "\n" if index == len(pieces) - 1 and piece.text.endswith("\n") else ""
            piece = Text(piece.text.removesuffix(last).replace(" \n", "\n").replace("\n", line_end) + last)  # noqa: PLW2901
        shown.append(piece)
    return shown


def _around(before: str, pieces: Sequence[Piece], after: str) -> list[Piece]:
    return [Text(before), *pieces, Text(after)] if after else [Text(before), *pieces]


_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,9}[.)])(\s+)(?:\[([ xX])\]\s)?")
_QUOTE = re.compile(r"^\s*((?:>[ \t]?)+)")
_QUOTED = re.compile(r"\n[ \t]*(?:>[ \t]?)+")


def _item_or_quote(block: Block, *, incomplete: bool) -> list[Piece]:
    """A list item or a quoted line: Discord's own mark, then the rest of the line."""
    if block.kind == "quote":
        found = _QUOTE.match(block.source)
        rest = block.source[found.end() :] if found else block.source
        whole = _QUOTED.sub("\n", rest)  # a formula may go on in the next quoted line
        return [Text("> "), *_with_line_ends(list(_render_inlines(whole or "\n", incomplete=incomplete)), "\n> ")]
    item = _ITEM.match(block.source)
    assert item is not None
    bullet = "-" if item[2] in "*+•" else item[2].replace(")", ".")
    box = {None: "", " ": "☐ "}.get(item[4], "☑ ")
    inside = list(_render_inlines(block.source[item.end() :], incomplete=incomplete))
    return [Text(f"{item[1]}{bullet} {box}"), *_with_line_ends(inside, f"\n{item[1]}  ")]


def _render_inlines(text: str, *, incomplete: bool = False) -> Iterator[Piece]:
    words = ""
    inlines = list(coarse_inlines(text, incomplete=incomplete))
    for index, inline in enumerate(inlines):
        if inline.kind == "unclosed":
            continue
        if inline.kind != "formula":
            words += markdown_of(inline)
            continue
        shown = formula_text(inline.inside, display=inline.display)
        if not shown.draw:
            text_shown = glued(shown.text)
            words += _on_own_lines(words, text_shown) if text_shown.startswith("```") else text_shown
            continue
        if words:
            yield Text(words)
            words = ""
        sign = _sign_after(inline, inlines[index + 1 :])
        if sign:
            inlines[index + 1] = replace(inlines[index + 1], source=inlines[index + 1].source[1:])
        yield Formula(inline.inside, shown.text + sign, inline.display, sign)
    if words:
        yield Text(words)


def _sign_after(formula: Inline, following: Sequence[Inline]) -> str:
    """The comma or full stop after a formula that is drawn; below the picture it would stand alone."""
    if not following or following[0].kind != "text" or "\\tag" in formula.inside or "%" in formula.inside:
        return ""
    return following[0].source[0] if re.match(r"[.,;](?:\s|$)", following[0].source) else ""


def _on_own_lines(before: str, code: str) -> str:
    """A block of code, on lines of its own."""
    return ("" if not before or before.endswith("\n") else "\n") + code
