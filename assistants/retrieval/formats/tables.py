"""A table as Markdown."""

from collections.abc import Sequence

MAX_COLUMNS = 500


def table_of(rows: Sequence[Sequence[str]]) -> str:
    """The rows as a Markdown table, whose head is the first; all get the width of the widest. Empty without rows."""
    width = min(max((len(row) for row in rows), default=0), MAX_COLUMNS)
    if not width:
        return ""
    lines = ["| " + " | ".join(_cell(text) for text in [*row, *[""] * width][:width]) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join(["---"] * width) + " |", *lines[1:]])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
