"""Reads Hancom's HWPX documents (KS X 6101): paragraphs, tables, equations, notes and text boxes, as Markdown."""

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistants.retrieval.formats.hancom_equations import latex_of
from assistants.retrieval.formats.plain_maths import inline
from assistants.retrieval.formats.tables import table_of

_SPACES = {"lineBreak": "\n", "tab": "\t", "nbSpace": " ", "fwSpace": " ", "hyphen": "-"}
_SILENT = {"shapeComment", "secPr", "linesegarray", "deleteBegin"}
_MAX_SPAN = 200
_MAX_DEPTH = 40


def text_of(package: zipfile.ZipFile) -> str:
    """The document's blocks in order, apart by empty lines.

    Raises:
        ElementTree.ParseError: a section is no XML.
    """
    names = [name for name in package.namelist() if re.fullmatch(r"Contents/section\d+\.xml", name)]
    blocks: list[str] = []
    for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
        with package.open(name) as part:
            root = ElementTree.parse(part).getroot()  # noqa: S314 - a worker's memory and time are limited
        blocks += _blocks(root, 0)
    return "\n\n".join(filter(None, blocks))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _blocks(element: Element, depth: int) -> Iterator[str]:
    """The blocks of all paragraphs below `element`; what stands in a paragraph's objects follows it."""
    if depth > _MAX_DEPTH:
        return
    for child in element:
        if _name(child) == "p":
            yield from _paragraph(child, depth)
        elif _name(child) not in _SILENT:
            yield from _blocks(child, depth + 1)


def _paragraph(paragraph: Element, depth: int) -> Iterator[str]:
    pieces: list[str] = []
    after: list[Element] = []
    for run in paragraph:
        if _name(run) != "run":
            continue
        for part in run:
            match _name(part):
                case "t":
                    pieces.append(_letters(part))
                case "equation":
                    pieces.append(_equation(part))
                case "tbl":
                    after.append(part)
                case "compose" | "dutmal":
                    pieces.append(part.get("composeText") or "".join(part.itertext()))
                case name if name not in _SILENT:
                    after.append(part)
    yield "".join(pieces).strip()
    for part in after:
        yield from _object(part, depth + 1)


def _object(part: Element, depth: int) -> Iterator[str]:
    """A table, or the paragraphs and equations of a text box, a note, a header or a group of shapes."""
    if _name(part) == "tbl":
        yield from _table(part, depth)
        return
    if _name(part) == "equation":
        yield _equation(part)
        return
    if depth > _MAX_DEPTH:
        return
    for child in part:
        if _name(child) == "p":
            yield from _paragraph(child, depth)
        elif _name(child) not in _SILENT:
            yield from _object(child, depth + 1)


def _letters(text: Element) -> str:
    """A run's text; breaks and tabs are elements in it."""
    pieces = [text.text or ""]
    for inner in text:
        pieces += [_SPACES.get(_name(inner), "".join(inner.itertext())), inner.tail or ""]
    return "".join(pieces)


def _equation(equation: Element) -> str:
    script = next((child for child in equation if _name(child) == "script"), None)
    return inline(latex_of("".join(script.itertext()))) if script is not None else ""


def _table(table: Element, depth: int) -> Iterator[str]:
    """A table as Markdown; one of a single cell is a frame around paragraphs. Merged cells stand in all places."""
    rows = [[cell for cell in row if _name(cell) == "tc"] for row in table if _name(row) == "tr"]
    caption = [block for child in table if _name(child) == "caption" for block in _blocks(child, depth + 1)]
    yield "\n".join(filter(None, caption))
    if sum(len(row) for row in rows) == 1:
        yield from _blocks(rows[0][0], depth + 1)
        return
    grid: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            text = " ".join(filter(None, _blocks(cell, depth + 1)))
            place = _numbers(cell, "cellAddr", "rowAddr", "colAddr")
            high, wide = _numbers(cell, "cellSpan", "rowSpan", "colSpan") or (1, 1)
            top, left = place or (number, column)
            for y in range(top, top + min(max(high, 1), _MAX_SPAN)):
                grid |= {(y, x): text for x in range(left, left + min(max(wide, 1), _MAX_SPAN))}
            column = left + wide
    yield table_of(rows_of(grid))


def rows_of(grid: dict[tuple[int, int], str]) -> list[list[str]]:
    """The rows of a table from the texts at (row, column); places without a text are empty."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in grid.items():
        rows.setdefault(row, {})[column] = text
    return [[rows[row].get(column, "") for column in range(max(rows[row]) + 1)] for row in sorted(rows)]


def _numbers(cell: Element, name: str, *attributes: str) -> tuple[int, ...] | None:
    found = next((child for child in cell if _name(child) == name), None)
    values = [found.get(attribute, "") for attribute in attributes] if found is not None else []
    return tuple(map(int, values)) if values and all(value.isdigit() and len(value) < 6 for value in values) else None
