"""Prepares OpenDocument files (ODT, ODS, ODP) for their conversion: formulas and raised letters would be lost in it."""

import posixpath
import zipfile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistants.retrieval.formats import mathml
from assistants.retrieval.formats.packages import part_of
from assistants.retrieval.formats.plain_maths import inline, lowered, raised
from assistants.retrieval.formats.xml_parts import edited

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _STYLE, _DRAW = f"{{{_NS}text:1.0}}", f"{{{_NS}style:1.0}}", f"{{{_NS}drawing:1.0}}"
_TABLE, _OFFICE = f"{{{_NS}table:1.0}}", f"{{{_NS}office:1.0}}"
_LINK = "{http://www.w3.org/1999/xlink}href"


def rewritten(package: zipfile.ZipFile, name: str, data: bytes) -> bytes:
    """The document with formulas as LaTeX and raised letters as `10^3`."""
    return edited(data, lambda root: _edit(package, root)) if name == "content.xml" else data


def _edit(package: zipfile.ZipFile, root: Element) -> bool:
    shifts = _shifts(root)
    changed = False
    for span in root.iter(f"{_TEXT}span"):
        shift = shifts.get(span.get(f"{_TEXT}style-name", ""))
        if shift is not None and not len(span) and (span.text or "").strip():
            span.text = (raised if shift else lowered)(span.text or "")
            changed = True
    changed = _spaced(root) | _as_shown(root) or changed
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            formula = _formula(package, child) if child.tag == f"{_DRAW}frame" else ""
            if formula:
                span = Element(f"{_TEXT}span")
                span.text, span.tail = formula, child.tail
                parent[place] = span
                changed = True
    return changed


def _spaced(root: Element) -> bool:
    """Put blanks in place of elements that stand for them; the conversion would glue the words together."""
    blanks = list(root.iter(f"{_TEXT}s"))
    for blank in blanks:
        blank.tag, blank.text = f"{_TEXT}span", "\xa0"
        blank.attrib.clear()
    return bool(blanks)


def _as_shown(root: Element) -> bool:
    """Make cells with a value and a text hold the text alone: the conversion writes times as `PT14H30M00S`."""
    changed = False
    for cell in root.iter(f"{_TABLE}table-cell"):
        shown = any("".join(each.itertext()).strip() for each in cell.iter(f"{_TEXT}p"))
        if shown and cell.get(f"{_OFFICE}value-type", "string") != "string":
            for name in ("value", "date-value", "time-value", "boolean-value", "currency"):
                cell.attrib.pop(f"{_OFFICE}{name}", None)
            cell.set(f"{_OFFICE}value-type", "string")
            changed = True
    return changed


def _shifts(root: Element) -> dict[str, bool]:
    """Names of styles whose letters are raised (True) or lowered (False)."""
    shifts = {}
    for style in root.iter(f"{_STYLE}style"):
        properties = style.find(f"{_STYLE}text-properties")
        position = properties.get(f"{_STYLE}text-position", "") if properties is not None else ""
        first = position.split(" ")[0]
        if first == "super" or (first.rstrip("%").isdigit() and first.rstrip("%") != "0"):
            shifts[style.get(f"{_STYLE}name", "")] = True
        elif first == "sub" or first.startswith("-"):
            shifts[style.get(f"{_STYLE}name", "")] = False
    return shifts


def _formula(package: zipfile.ZipFile, frame: Element) -> str:
    """The formula of a frame, which is in it or is a document of its own in the package; empty if it is none."""
    for item in frame.iter(f"{_DRAW}object"):
        root = next((each for each in item if each.tag.endswith("}math")), None)
        if root is None:
            folder = item.get(_LINK, "").removeprefix("./")
            data = part_of(package, posixpath.join(folder, "content.xml")) if folder else None
            try:
                root = ElementTree.fromstring(data) if data else None  # noqa: S314 - a worker's limits hold
            except ElementTree.ParseError:
                root = None
        if root is not None and root.tag.endswith("math"):
            return inline(mathml.latex_of(root))
    return ""
