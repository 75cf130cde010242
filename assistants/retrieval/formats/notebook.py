"""Jupyter notebooks as Markdown: the text, the code, and what it printed; https://nbformat.readthedocs.io"""

from collections.abc import Iterator, Mapping
from typing import Any


def markdown_of(notebook: Mapping[str, Any]) -> str:
    """The cells' text in order; pictures are left out.

    Raises:
        TypeError, AttributeError, KeyError: it is no notebook.
    """
    sheets = notebook.get("worksheets", [notebook])  # version 3 has sheets
    return "\n\n".join(text for sheet in sheets for cell in sheet["cells"] for text in _texts(cell) if text.strip())


def _texts(cell: Mapping[str, Any]) -> Iterator[str]:
    source = _joined(cell.get("source", cell.get("input", "")))
    if cell["cell_type"] != "code":
        yield f"{'#' * cell['level']} {source}" if cell["cell_type"] == "heading" else source
        return
    if source.strip():
        yield f"```\n{source}\n```"
    for output in cell.get("outputs", ()):
        yield _joined(output.get("text") or output.get("data", {}).get("text/plain") or "")


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)
