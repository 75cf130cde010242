"""Finds the blocks of a model's Markdown: code fences, tables, headings, rules, list items, quotes, paragraphs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.replies import formula_spans, markdown_tables

Kind = Literal["blank", "fence", "table", "heading", "rule", "item", "quote", "paragraph"]


@dataclass(frozen=True, slots=True)
class Block:
    """One or more whole lines; `closed` is False for a fence without its end."""

    kind: Kind
    source: str
    closed: bool = True

    @property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return split_lines(self.source)


_FENCE = re.compile(
    r"^(?P<indent>[ \t]*(?:>[ \t]?)*(?:[-*+]\s+|\d{1,9}[.)]\s+)?[ \t]*)(?P<marks>`{3,29}|~{3,29})(?P<info>[^`\n]*)\n?$"
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_RULE = re.compile(r"^\s{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\n?$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,9}[.)])\s")
_QUOTE = re.compile(r"^\s*>")


@dataclass(frozen=True, slots=True)
class Fence:
    """The parts of the first line of a code fence."""

    indent: str
    marks: str
    info: str

    def is_end(self, line: str) -> bool:
        """Whether `line` closes the fence."""
        bare = line.strip().lstrip("> ").strip()
        return len(bare) >= len(self.marks) and set(bare) == {self.marks[0]}


def fence_of(line: str) -> Fence | None:
    """The fence that a line opens; None if it opens none."""
    found = _FENCE.match(line)
    return Fence(found["indent"], found["marks"], found["info"].strip()) if found else None


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their ends; only a line feed ends a line."""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def parse_blocks(text: str) -> list[Block]:
    """The blocks of `text`; their sources joined are `text`."""
    lines = split_lines(text)
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        block, at = _next(lines, at)
        blocks.append(block)
    return blocks


def _next(lines: list[str], at: int) -> tuple[Block, int]:
    line = lines[at]
    if not line.strip():
        end = at + 1
        while end < len(lines) and not lines[end].strip():
            end += 1
        return Block("blank", "".join(lines[at:end])), end
    if (fence := fence_of(line)) is not None:
        return _fence(lines, at, fence)
    if _is_table(lines, at):
        end = at + 2
        while end < len(lines) and lines[end].strip() and "|" in lines[end]:
            end += 1
        return Block("table", "".join(lines[at:end])), end
    for kind, pattern in (("heading", _HEADING), ("rule", _RULE), ("item", _ITEM), ("quote", _QUOTE)):
        if pattern.match(line):
            end = _formula_end(lines, at)
            return Block(kind, "".join(lines[at:end])), end  # type: ignore[arg-type]
    return _paragraph(lines, at)


def _fence(lines: list[str], at: int, fence: Fence) -> tuple[Block, int]:
    end = at + 1
    while end < len(lines):
        end += 1
        if fence.is_end(lines[end - 1]):
            return Block("fence", "".join(lines[at:end])), end
    return Block("fence", "".join(lines[at:end]), closed=False), end


def _is_table(lines: list[str], at: int) -> bool:
    if at + 1 >= len(lines) or "|" not in lines[at] or not markdown_tables.is_delimiter(lines[at + 1].rstrip("\n")):
        return False
    columns = len(markdown_tables.cells_of(lines[at + 1]))
    return len(markdown_tables.cells_of(lines[at], columns)) == columns


def _paragraph(lines: list[str], at: int) -> tuple[Block, int]:
    end = _formula_end(lines, at)
    while end < len(lines) and not _starts_block(lines, end):
        end = _formula_end(lines, end)
    return Block("paragraph", "".join(lines[at:end])), end


def _starts_block(lines: list[str], at: int) -> bool:
    line = lines[at]
    return (
        not line.strip()
        or fence_of(line) is not None
        or _is_table(lines, at)
        or any(pattern.match(line) for pattern in (_HEADING, _RULE, _ITEM, _QUOTE))
    )


def _formula_end(lines: list[str], at: int) -> int:
    """The index of the line after line `at`; or after a formula that begins in it, if that ends in a later line."""
    if "\\" not in lines[at] and "$$" not in lines[at]:
        return at + 1
    for start in _unclosed_formulas(lines[at]):
        text, end = lines[at][start:], at + 1
        found = formula_spans.find_formula(text, 0)
        while found == "unclosed" and end < len(lines) and fence_of(lines[end]) is None:
            text += lines[end]
            end += 1
            found = formula_spans.find_formula(text, 0)
        if isinstance(found, formula_spans.FormulaSpan) and end > at + 1:
            return max(end, at + 1)
        if found == "unclosed" and end >= len(lines) and not text.startswith(("$", "\\(")):
            return end
        if found == "unclosed" and end >= len(lines) and text.startswith("$$"):
            return end
    return at + 1


def _unclosed_formulas(line: str) -> Iterator[int]:
    """Where in a line a formula begins that is not closed in it."""
    at = 0
    while at < len(line):
        if line[at] == "`":
            closing = line.find("`", at + 1)
            at = closing if closing > 0 else at
        elif line[at] in "\\$":
            found = formula_spans.find_formula(line, at)
            if isinstance(found, formula_spans.FormulaSpan):
                at = found.end
                continue
            if found == "unclosed":
                yield at
                return
            at += line[at] == "\\"
        at += 1
