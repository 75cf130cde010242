"""Delimited text (CSV, TSV): which line is the head, and what stands before it."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from assistants.retrieval.chunks import Section

_SEP = re.compile(r"\A\ufeff?[ \t]*\"?sep=(?P<delimiter>.)\"?[ \t]*(?:\r?\n|\Z)", re.IGNORECASE)
_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 200
_LONGEST_LINE: Final = 100_000


def sections_of(text: str) -> list[Section]:
    """The table as it stands, without Excel's `sep=;`; its head is the heading of every row.

    Lines before the head (comments, a title) are a section of their own, as they say what the table is.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    declared = _SEP.match(text)
    text = text[declared.end() :] if declared else text
    lines = text.split("\n")
    start = _head(lines[:_SAMPLE], declared["delimiter"] if declared else None)
    before = "\n".join(re.sub(r"^[#%]+\s?", "", line) for line in lines[:start]).strip()
    table = "\n".join(lines[start:])
    heading = lines[start].lstrip("#").strip() if start < len(lines) else None
    return [*([Section(before)] if before else []), Section(table, heading=heading)]


def _head(lines: Sequence[str], declared: str | None) -> int:
    """The number of the line that names the columns: the first that has as many fields as most lines have."""
    first = next((at for at, line in enumerate(lines) if line.strip() and not _is_comment(line)), 0)
    rows = [(at, line) for at, line in enumerate(lines) if line.strip() and not _is_comment(line)]
    best = (0.0, 1, ",")
    for delimiter in declared or _DELIMITERS:
        usual, often = Counter(_width(line, delimiter) for _, line in rows).most_common(1)[0] if rows else (1, 0)
        if usual > 1:
            best = max(best, (often / len(rows), usual, delimiter))
    _, width, delimiter = best
    if width == 1:
        return first
    return next((at for at, line in rows if _width(line, delimiter) == width), first)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("# ", "#\t", "% ", "//", "##")) or line.strip() == "#"


def _width(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line[:_LONGEST_LINE]], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 1
