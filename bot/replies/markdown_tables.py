"""Markdown tables, written as aligned columns for a code block: Discord has no tables."""

import re
import unicodedata
from collections.abc import Sequence

from bot.replies import formula_spans

WIDEST = 76
"""Characters in a line of a code block that a desktop window shows without wrapping."""
_NARROWEST_CELL = 6
DELIMITER = re.compile(r"^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def is_delimiter(line: str) -> bool:
    """Whether a line is the one between a table's head and body."""
    return "|" in line and "-" in line and DELIMITER.match(line) is not None


def cells_of(line: str, columns: int | None = None) -> list[str]:
    """The cells of a row; escaped pipes and pipes in code do not separate cells.

    If there are more than `columns` cells, pipes in formulas (`$|x|$`) do not separate cells either, although Markdown
    says that they do.
    """
    text = line.strip().lstrip("> \t")
    text = text.removeprefix("|")
    text = text[:-1] if text.endswith("|") and not text.endswith("\\|") else text
    cells = _split(text)
    return cells if columns is None or len(cells) <= columns else _split(text, formulas=True)


def _split(text: str, *, formulas: bool = False) -> list[str]:
    cells, start, at, ticks = [], 0, 0, False
    while at < len(text):
        char = text[at]
        if (
            formulas
            and char in "\\$"
            and isinstance(found := formula_spans.find_formula(text, at), formula_spans.FormulaSpan)
        ):
            at = found.end
            continue
        if char == "`":
            ticks = not ticks and "`" in text[at + 1 :]
        elif char == "|" and not ticks and text[at - 1 : at] != "\\":
            cells.append(text[start:at])
            start = at + 1
        at += 1
    return [cell.strip().replace("\\|", "|") for cell in [*cells, text[start:]]]


def width_of(text: str) -> int:
    """The width of `text` in a fixed-width font, in characters."""
    return sum(
        0
        if unicodedata.combining(char) or char in "\u200b\u200d\ufe0f"
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )


def aligned(rows: Sequence[Sequence[str]], alignment: str) -> list[str]:
    """The lines of a table; the first row is its head. `alignment` has one of l, c, r for each column."""
    columns = len(rows[0])
    filled = [[*row, *[""] * (columns - len(row))][:columns] for row in rows]
    widths = [
        max(1, *(width_of(line) for row in filled for line in row[column].split("\n"))) for column in range(columns)
    ]
    if columns * _NARROWEST_CELL > WIDEST:
        return _as_records(filled)
    widths = _squeezed(widths)
    lines: list[str] = []
    for index, row in enumerate(filled):
        lines += _lines(row, widths, alignment)
        if index == 0:
            lines.append("─┼─".join("─" * width for width in widths))
    return lines


def _squeezed(widths: list[int]) -> list[int]:
    """Widths that fit into a line: the widest columns become narrower."""
    space = WIDEST - 3 * (len(widths) - 1)
    widths = list(widths)
    while sum(widths) > space:
        widest = widths.index(max(widths))
        second = max([width for index, width in enumerate(widths) if index != widest], default=0)
        widths[widest] = max(
            _NARROWEST_CELL - 3, min(widths[widest] - 1, max(second, widths[widest] - (sum(widths) - space)))
        )
    return widths


def _lines(row: Sequence[str], widths: Sequence[int], alignment: str) -> list[str]:
    wrapped = [
        [line for part in cell.split("\n") for line in _wrapped(part, width)]
        for cell, width in zip(row, widths, strict=True)
    ]
    height = max(len(lines) for lines in wrapped)
    return [
        " │ ".join(
            _padded(lines[index] if index < len(lines) else "", width, side)
            for lines, width, side in zip(wrapped, widths, alignment.ljust(len(widths), "l"), strict=False)
        ).rstrip()
        for index in range(height)
    ]


def _wrapped(cell: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in re.findall(r"\S+\s*", cell) or [""]:
        if line and width_of(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        while width_of(word.rstrip()) > width:
            at = next(index for index in range(len(word), 0, -1) if width_of(word[:index]) <= width or index == 1)
            lines.append(word[:at])
            word = word[at:]  # noqa: PLW2901
        line += word
    return [*lines, line.rstrip()]


def _padded(text: str, width: int, side: str) -> str:
    space = max(0, width - width_of(text))
    if side == "r":
        return " " * space + text
    if side == "c":
        return " " * (space // 2) + text + " " * (space - space // 2)
    return text + " " * space


def _as_records(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table with too many columns: each row becomes a list of its cells, with their column's name."""
    head, *body = rows
    lines: list[str] = []
    for row in body or [[""] * len(head)]:
        lines += [f"{name}: {value}" for name, value in zip(head, row, strict=True)]
        lines.append("")
    return lines[:-1]
