"""Renders a model's Markdown as Discord's Markdown, and finds the formulas to be drawn and the dividers.

Discord does not have all of Markdown: tables become aligned code blocks, images become links, rules become dividers,
and deep headings become bold lines. A formula becomes Unicode if that reads well, else a picture.
https://support.discord.com/hc/en-us/articles/210298617
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.escaping import visible
from bot.replies import markdown_tables
from bot.replies.links import (
    bare,
    cited_as_text,
    glued,
    linked,
    unlinked,
    web_link,
    without_glue,
    without_scheme,
    without_stray_marks,
)
from bot.replies.markdown_blocks import Block, fence_of, parse_blocks
from bot.replies.markdown_inline import Inline, coarse_inlines
from bot.replies.typesetting import LatexError, parse
from bot.replies.typesetting.alphabets import SUBSCRIPTS, SUPERSCRIPTS
from bot.replies.typesetting.unicode import to_unicode


@dataclass(frozen=True, slots=True)
class Text:
    """Text in Discord's Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to be drawn. `text` is shown until it is drawn, and `source` if it cannot be drawn.

    `sign` is the comma or full stop after it, which is drawn with it.
    """

    latex: str
    text: str
    source: str
    display: bool = True
    sign: str = ""

    @property
    def drawn(self) -> str:
        """The LaTeX of its picture."""
        return self.latex + self.sign


@dataclass(frozen=True, slots=True)
class Divider:
    """A horizontal rule."""


Piece = Text | Formula | Divider


@dataclass(frozen=True, slots=True)
class FormulaText:
    """A formula as text for Discord, and whether it should be drawn."""

    text: str
    draw: bool


@functools.lru_cache(maxsize=2_048)
def formula_text(latex: str, *, display: bool) -> FormulaText:
    """A formula as text for Discord. If it cannot be read as LaTeX, it is shown as code and not drawn."""
    try:
        tree = parse(latex)
    except (LatexError, RecursionError):
        return FormulaText(as_code(latex, display=display), draw=False)
    line = to_unicode(tree)
    if not line.text.strip():
        return FormulaText(as_code(latex, display=display), draw=False)
    gap = " " if not display and _SPACE_AT_END.search(latex) else ""
    return FormulaText(escaped(line.text) + gap, draw=display or not line.reads_well)


_SPACE_AT_END = re.compile(r"(?:\\[,:; ]|(?<!\\)~|\\q?quad)\s*$")
"""The space between a number and its unit, as in `$t = 3\\,$s`."""


def as_code(latex: str, *, display: bool) -> str:
    """The source of a formula, as code."""
    if display or "\n" in latex or "`" in latex or len(latex) > 80:
        return f"```latex\n{_defused(latex.strip())}\n```"
    return f"`{latex}`"


def escaped(text: str) -> str:
    """`text`, escaped so that Discord does not read Markdown in it."""
    text = re.sub(r"([\\*_`~|])", r"\\\1", text).replace("](", "]\\(")
    return re.sub(
        r"^(\s*)(#{1,3} |-# |>|[-+] |\d+\. )", lambda found: f"{found[1]}\\{found[2]}", text, flags=re.MULTILINE
    )


def _defused(code: str) -> str:
    """Code in which nothing closes the fence around it."""
    return code.replace("```", "`\u200b`\u200b`")


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


def _has_formula(text: str) -> bool:
    return any(
        inline.kind == "formula" or (inline.kind == "span" and _has_formula(inline.inside))
        for inline in coarse_inlines(text)
    )


def render_block(block: Block, *, incomplete: bool = False) -> list[Piece]:
    """The pieces of one block. Blocks are rendered independently of each other, so their lengths can be added."""
    block = replace(block, source=without_stray_marks(without_glue(visible(block.source))))
    pieces = _render_block(block, incomplete=incomplete)
    if block.kind in {"fence", "table"}:
        return pieces
    return [_as_ours(piece, before) for before, piece in zip([None, *pieces], pieces, strict=False)]


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
            return [Text(_table(block))]
        case "rule":
            return [Divider()]
        case "heading":
            return _heading(block, incomplete=incomplete)
        case "item" | "quote":
            return _item_or_quote(block, incomplete=incomplete)
        case _:
            return list(_render_inlines(block.source, incomplete=incomplete))


def _fenced_formula(block: Block) -> list[Piece]:
    """The formula in a ```` ```math ```` fence; nothing if the fence is another, or the formula cannot be drawn."""
    fence = fence_of(block.lines[0])
    if not block.closed or fence is None or fence.info != "math" or fence.indent.strip():
        return []
    latex = "".join(block.lines[1:-1]).strip()
    shown = formula_text(latex, display=True)
    return [Formula(latex, shown.text, as_code(latex, display=True)), Text("\n")] if shown.draw else []


def _fence(block: Block) -> str:
    lines = block.lines
    fence = fence_of(lines[0])
    assert fence is not None
    body = lines[1:-1] if block.closed else lines[1:]
    quote = "> " if ">" in fence.indent else ""
    dent = len(fence.indent) - len(fence.indent.lstrip())
    bare_lines = [re.sub(r"^[ \t]*(?:>[ \t]?)+", "", line) if quote else _dedented(line, dent) for line in body]
    code = _defused(cited_as_text("".join(bare_lines).rstrip("\n"))) or "\u200b"
    language = fence.info.split()[0] if fence.info else ""
    if not re.fullmatch(r"[A-Za-z0-9_+\-.#]+", language):
        language = ""
    shown = f"```{language}\n{code}\n```"
    if quote:
        shown = "\n".join(quote + line for line in shown.split("\n"))
    if fence.indent.strip(" \t>"):
        shown = fence.indent.rstrip() + "\n" + shown
    return shown + ("\n" if block.closed and lines[-1].endswith("\n") else "")


def _dedented(line: str, amount: int) -> str:
    blank = len(line) - len(line.lstrip(" \t"))
    return line[min(blank, amount) :]


def _table(block: Block) -> str:
    lines = [line.rstrip("\n") for line in block.lines]
    head, delimiter, *body = lines
    alignment = "".join(_side(cell) for cell in markdown_tables.cells_of(delimiter))
    rows = [[plain(cell) for cell in markdown_tables.cells_of(line, len(alignment))] for line in (head, *body)]
    shown = "\n".join(markdown_tables.aligned(rows, alignment))
    return f"```\n{_defused(shown)}\n```" + ("\n" if block.source.endswith("\n") else "")


def _side(cell: str) -> str:
    if cell.endswith(":"):
        return "c" if cell.startswith(":") else "r"
    return "l"


def plain(text: str) -> str:
    """A line of Markdown without its marks, for a code block."""
    shown = ""
    for inline in coarse_inlines(text):
        match inline.kind:
            case "formula":
                shown += _plain_formula(inline)
            case "span":
                shown += plain(inline.inside)
            case "code":
                shown += inline.inside
            case "script":
                shown += _script(inline)
            case "link" | "image" if inline.target:
                shown += _plain_link(inline)
            case "citation":
                shown += cited_as_text(inline.source)
            case _:
                shown += re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", inline.source)
    return re.sub(r"\s*<br\s*/?>\s*|\s*\n\s*", " ", shown)


def _plain_link(inline: Inline) -> str:
    """The words of a link, and the host that it leads to."""
    words, link = plain(inline.inside), web_link(inline.target)
    if link is None or link.host in words:
        return words or inline.target
    return f"{words} ({link.host})" if words else link.url


def _plain_formula(inline: Inline) -> str:
    try:
        return to_unicode(parse(inline.inside)).text.replace("\n", "; ")
    except (LatexError, RecursionError):
        return inline.inside


_HEADING = re.compile(r"^\s*(#{1,6})\s+(.*?)\s*#*\s*$", re.DOTALL)


def _heading(block: Block, *, incomplete: bool) -> list[Piece]:
    end = "\n" if block.source.endswith("\n") else ""
    found = _HEADING.match(block.source)
    if found is None or not found[2]:
        return [Text(end)]
    inside = list(_render_inlines(found[2], incomplete=incomplete))
    if len(found[1]) > 3:
        bold = re.fullmatch(r"\*\*(.*)\*\*", found[2], re.DOTALL)
        inside = list(_render_inlines(bold[1] if bold else found[2], incomplete=incomplete))
        return (
            _around("**", inside, "**" + end)
            if all(isinstance(piece, Text) for piece in inside)
            else [*inside, Text(end)]
        )
    return _around(found[1] + " ", inside, end)


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
        return [Text("> "), *_render_inlines(whole or "\n", incomplete=incomplete)]
    item = _ITEM.match(block.source)
    assert item is not None
    bullet = "-" if item[2] in "*+•" else item[2].replace(")", ".")
    box = {None: "", " ": "☐ "}.get(item[4], "☑ ")
    return [Text(f"{item[1]}{bullet} {box}"), *_render_inlines(block.source[item.end() :], incomplete=incomplete)]


def _render_inlines(text: str, *, incomplete: bool = False) -> Iterator[Piece]:
    words = ""
    inlines = list(coarse_inlines(text, incomplete=incomplete))
    for index, inline in enumerate(inlines):
        if inline.kind == "unclosed":
            continue
        if inline.kind != "formula":
            words += _markdown(inline)
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
        source = as_code(inline.inside + sign, display=inline.display)
        yield Formula(inline.inside, shown.text + sign, source, inline.display, sign)
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


_MENTION = re.compile(r"<(?:[@#/]|a?:\w|t:-?\d|id:\w)")


def _markdown(inline: Inline) -> str:
    match inline.kind:
        case "image":
            return linked(_marked(inline.inside).strip() or "🖼", inline.target)
        case "link" if inline.target:
            return linked(_marked(inline.inside), inline.target)
        case "link" if not _MENTION.match(inline.source):
            return bare(inline.source)
        case "citation":
            return glued(inline.inside)
        case "text":
            return _words(inline.source)
        case "script":
            return _script(inline)
        case "span":
            return _span(inline)
        case "code":
            return _code_span(inline)
        case _:
            return inline.source


def _words(text: str) -> str:
    if text.startswith("`"):  # alone here, Discord might pair it with one of a later block of code
        return text.replace("`", "\\`")
    return without_scheme(text)


def _code_span(inline: Inline) -> str:
    code = cited_as_text(inline.source)
    if inline.source and not inline.source.endswith(inline.mark):  # it is still being written
        return glued(code + inline.mark) if inline.inside else ""
    if "\n" not in inline.inside:
        return glued(code)
    if len(inline.mark) >= 3:
        return glued(f"```{_defused(cited_as_text(inline.inside))}```")
    return code  # Discord may read its lines each by itself


def _script(inline: Inline) -> str:
    """`<sub>2</sub>` or `<sup>2</sup>` in Unicode; unchanged if Unicode lacks a character for it."""
    small = SUBSCRIPTS if inline.mark == "sub" else SUPERSCRIPTS
    text = inline.inside.replace("-", "−").replace("–", "−")
    return "".join(small[char] for char in text) if all(char in small for char in text) else inline.source


def _marked(text: str, *, incomplete: bool = False) -> str:
    """The inside of a span: formulas become text, the rest stays."""
    return "".join(
        formula_text(inline.inside, display=False).text if inline.kind == "formula" else _markdown(inline)
        for inline in coarse_inlines(text, incomplete=incomplete)
        if inline.kind != "unclosed"
    )


def _span(inline: Inline) -> str:
    unfinished = inline.source == inline.mark + inline.inside
    inside = _marked(inline.inside, incomplete=unfinished)
    if unfinished and not (inside := inside.rstrip()):
        return ""
    if inline.mark == "__":  # Markdown's bold, but Discord's underline
        if re.fullmatch(r"[a-z][a-z0-9_]*", inline.inside):  # __init__
            return f"\\_\\_{inside}\\_\\_"
        return f"**{inside}**"
    if inline.mark == "___":
        return f"***{inside}***"
    return f"{inline.mark}{inside}{inline.mark}"
