"""A model's Markdown as Discord's: what Discord does not have becomes what it shows.

Tables become aligned code blocks, images links, rules dividers, deep headings bold lines; formulas become Unicode where
that reads well, else a picture's place. https://support.discord.com/hc/en-us/articles/210298617
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.replies import markdown_tables
from bot.replies.markdown_blocks import Block, fence_of, scan
from bot.replies.markdown_inline import Atom, runs
from bot.replies.typesetting import LatexError, parse
from bot.replies.typesetting.alphabets import SUBSCRIPTS, SUPERSCRIPTS
from bot.replies.typesetting.unicode import to_unicode


@dataclass(frozen=True, slots=True)
class Words:
    """Markdown for Discord."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that is to be drawn; `text` stands for it until then, `source` if it cannot be.

    `sign` is the comma or full stop after it, which its picture takes along.
    """

    latex: str
    text: str
    source: str
    display: bool = True
    sign: str = ""

    @property
    def drawn(self) -> str:
        """What its picture shows."""
        return self.latex + self.sign


@dataclass(frozen=True, slots=True)
class Rule:
    """A divider."""


Piece = Words | Formula | Rule


@dataclass(frozen=True, slots=True)
class Typeset:
    """How a formula is shown in text, and whether a picture would be better."""

    text: str
    draw: bool


@functools.lru_cache(maxsize=2_048)
def typeset(latex: str, *, display: bool) -> Typeset:
    """The formula as text for Discord. What cannot be read as LaTeX is shown as code, and not drawn."""
    try:
        tree = parse(latex)
    except (LatexError, RecursionError):
        return Typeset(as_code(latex, display=display), draw=False)
    line = to_unicode(tree)
    if not line.text.strip():
        return Typeset(as_code(latex, display=display), draw=False)
    gap = " " if not display and _SPACE_AT_END.search(latex) else ""
    return Typeset(escaped(line.text) + gap, draw=display or not line.reads_well)


_SPACE_AT_END = re.compile(r"(?:\\[,:; ]|(?<!\\)~|\\q?quad)\s*$")
"""Between a number and its unit: `$t = 3\\,$s`."""


def as_code(latex: str, *, display: bool) -> str:
    """The source of a formula."""
    if display or "\n" in latex or "`" in latex or len(latex) > 80:
        return f"```latex\n{_defused(latex.strip())}\n```"
    return f"`{latex}`"


def escaped(text: str) -> str:
    """`text` so that Discord's Markdown leaves it alone."""
    text = re.sub(r"([\\*_`~|])", r"\\\1", text).replace("](", "]\\(")
    return re.sub(
        r"^(\s*)(#{1,3} |-# |>|[-+] |\d+\. )", lambda found: f"{found[1]}\\{found[2]}", text, flags=re.MULTILINE
    )


def _defused(code: str) -> str:
    """Code that cannot close its own fence."""
    return code.replace("```", "`\u200b`\u200b`")


def render(text: str, *, running: bool = False) -> list[Piece]:
    """All of a part's pieces, top to bottom; neighbouring words are joined."""
    pieces: list[Piece] = []
    blocks = scan(text)
    for index, block in enumerate(blocks):
        if block.kind == "blank" and index and blocks[index - 1].kind == "heading":
            continue  # a heading keeps its distance by itself
        for piece in render_block(block, running=running and index >= len(blocks) - 2):
            if isinstance(piece, Words) and pieces and isinstance(last := pieces[-1], Words):
                pieces[-1] = Words(last.text + piece.text)
            else:
                pieces.append(piece)
    return pieces


def differs_from_source(text: str) -> bool:
    """Whether something of `text` is shown so that copying it does not give it back: a formula, a table."""
    if not any(sign in text for sign in "$\\|`"):
        return False
    return any(
        block.kind == "table"
        or (block.kind == "fence" and bool(_fenced_formula(block)))
        or (block.kind != "fence" and _has_formula(block.source))
        for block in scan(text)
    )


def _has_formula(text: str) -> bool:
    return any(atom.kind == "formula" or (atom.kind == "span" and _has_formula(atom.inside)) for atom in runs(text))


def render_block(block: Block, *, running: bool = False) -> list[Piece]:
    """One block's pieces; blocks are rendered independently of each other, so that lengths add up."""
    match block.kind:
        case "blank":
            return [Words("\n" * min(block.source.count("\n"), 2))]
        case "fence":
            return _fenced_formula(block) or [Words(_fence(block))]
        case "table":
            return [Words(_table(block))]
        case "rule":
            return [Rule()]
        case "heading":
            return _heading(block, running=running)
        case "item" | "quote":
            return _line(block, running=running)
        case _:
            return list(_inline(block.source, running=running))


def _fenced_formula(block: Block) -> list[Piece]:
    """A fence that says ```` ```math ````; nothing if it says anything else, or holds what cannot be drawn."""
    fence = fence_of(block.lines[0])
    if not block.closed or fence is None or fence.info != "math" or fence.indent.strip():
        return []
    latex = "".join(block.lines[1:-1]).strip()
    shown = typeset(latex, display=True)
    return [Formula(latex, shown.text, as_code(latex, display=True)), Words("\n")] if shown.draw else []


def _fence(block: Block) -> str:
    lines = block.lines
    fence = fence_of(lines[0])
    assert fence is not None
    body = lines[1:-1] if block.closed else lines[1:]
    quote = "> " if ">" in fence.indent else ""
    dent = len(fence.indent) - len(fence.indent.lstrip())
    bare = [re.sub(r"^[ \t]*(?:>[ \t]?)+", "", line) if quote else _dedented(line, dent) for line in body]
    code = _defused("".join(bare).rstrip("\n")) or "\u200b"
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
    """A line of Markdown without its marks, as it stands in a code block."""
    shown = ""
    for atom in runs(text):
        match atom.kind:
            case "formula":
                shown += _plain_formula(atom)
            case "span":
                shown += plain(atom.inside)
            case "code":
                shown += atom.inside
            case "script":
                shown += _script(atom)
            case "link" | "image" if atom.target:
                shown += plain(atom.inside) or atom.target
            case _:
                shown += re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", atom.source)
    return re.sub(r"\s*<br\s*/?>\s*|\s*\n\s*", " ", shown)


def _plain_formula(atom: Atom) -> str:
    try:
        return to_unicode(parse(atom.inside)).text.replace("\n", "; ")
    except (LatexError, RecursionError):
        return atom.inside


_HEADING = re.compile(r"^\s*(#{1,6})\s+(.*?)\s*#*\s*$", re.DOTALL)


def _heading(block: Block, *, running: bool) -> list[Piece]:
    end = "\n" if block.source.endswith("\n") else ""
    found = _HEADING.match(block.source)
    if found is None or not found[2]:
        return [Words(end)]
    inside = list(_inline(found[2], running=running))
    if len(found[1]) > 3:
        bold = re.fullmatch(r"\*\*(.*)\*\*", found[2], re.DOTALL)
        inside = list(_inline(bold[1] if bold else found[2], running=running))
        return (
            _around("**", inside, "**" + end)
            if all(isinstance(piece, Words) for piece in inside)
            else [*inside, Words(end)]
        )
    return _around(found[1] + " ", inside, end)


def _around(before: str, pieces: Sequence[Piece], after: str) -> list[Piece]:
    return [Words(before), *pieces, Words(after)] if after else [Words(before), *pieces]


_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,9}[.)])(\s+)(?:\[([ xX])\]\s)?")
_QUOTE = re.compile(r"^\s*((?:>[ \t]?)+)")
_QUOTED = re.compile(r"\n[ \t]*(?:>[ \t]?)+")


def _line(block: Block, *, running: bool) -> list[Piece]:
    """A list item or a quoted line: Discord's own mark, then what stands behind it."""
    if block.kind == "quote":
        found = _QUOTE.match(block.source)
        rest = block.source[found.end() :] if found else block.source
        whole = _QUOTED.sub("\n", rest)  # a formula that goes on below
        return [Words("> "), *_inline(whole or "\n", running=running)]
    item = _ITEM.match(block.source)
    assert item is not None
    bullet = "-" if item[2] in "*+•" else item[2].replace(")", ".")
    box = {None: "", " ": "☐ "}.get(item[4], "☑ ")
    return [Words(f"{item[1]}{bullet} {box}"), *_inline(block.source[item.end() :], running=running)]


def _inline(text: str, *, running: bool = False) -> Iterator[Piece]:
    words = ""
    atoms = list(runs(text, running=running))
    for index, atom in enumerate(atoms):
        if atom.kind == "held":
            continue
        if atom.kind != "formula":
            words += _markdown(atom)
            continue
        shown = typeset(atom.inside, display=atom.display)
        if not shown.draw:
            words += _set_apart(words, shown.text, text) if shown.text.startswith("```") else shown.text
            continue
        if words:
            yield Words(words)
            words = ""
        sign = _sign_after(atom, atoms[index + 1 :])
        if sign:
            atoms[index + 1] = replace(atoms[index + 1], source=atoms[index + 1].source[1:])
        source = as_code(atom.inside + sign, display=atom.display)
        yield Formula(atom.inside, shown.text + sign, source, atom.display, sign)
    if words:
        yield Words(words)


def _sign_after(formula: Atom, following: Sequence[Atom]) -> str:
    """The comma or full stop after a formula that is drawn: below the picture it would stand all by itself."""
    if not following or following[0].kind != "text" or "\\tag" in formula.inside or "%" in formula.inside:
        return ""
    return following[0].source[0] if re.match(r"[.,;](?:\s|$)", following[0].source) else ""


def _set_apart(before: str, code: str, text: str) -> str:  # noqa: ARG001
    """A block of code on lines of its own."""
    return ("" if not before or before.endswith("\n") else "\n") + code


def _markdown(atom: Atom) -> str:
    match atom.kind:
        case "image":
            label = atom.inside.strip() or "🖼"
            return f"[{label}]({atom.target})" if re.match(r"https?://", atom.target) else label
        case "link" if atom.target and not re.match(r"https?://|<|discord:", atom.target):
            return f"{_marked(atom.inside)} ({atom.target})"
        case "link" if atom.inside and any(char in atom.inside for char in "\\$"):
            return f"[{_marked(atom.inside)}]{atom.source[len(atom.inside) + 2 :]}"
        case "script":
            return _script(atom)
        case "span":
            return _span(atom)
        case "code" if atom.source and not atom.source.endswith(atom.mark):
            return atom.source + atom.mark if atom.inside else ""
        case "code" if len(atom.mark) >= 3 and "\n" in atom.inside:
            return f"```{_defused(atom.inside)}```"
        case _:
            return atom.source


def _script(atom: Atom) -> str:
    """`<sub>2</sub>`, the one kind of HTML that answers are written in; as it stands where Unicode has no such sign."""
    small = SUBSCRIPTS if atom.mark == "sub" else SUPERSCRIPTS
    text = atom.inside.replace("-", "−").replace("–", "−")
    return "".join(small[char] for char in text) if all(char in small for char in text) else atom.source


def _marked(text: str, *, running: bool = False) -> str:
    """Inside of a span: formulas become text, the rest stays."""
    return "".join(
        typeset(atom.inside, display=False).text if atom.kind == "formula" else _markdown(atom)
        for atom in runs(text, running=running)
        if atom.kind != "held"
    )


def _span(atom: Atom) -> str:
    unfinished = atom.source == atom.mark + atom.inside
    inside = _marked(atom.inside, running=unfinished)
    if unfinished and not (inside := inside.rstrip()):
        return ""
    if atom.mark == "__":  # Markdown's bold, but Discord's underline
        if re.fullmatch(r"[a-z][a-z0-9_]*", atom.inside):  # __init__
            return f"\\_\\_{inside}\\_\\_"
        return f"**{inside}**"
    if atom.mark == "___":
        return f"***{inside}***"
    return f"{atom.mark}{inside}{atom.mark}"
