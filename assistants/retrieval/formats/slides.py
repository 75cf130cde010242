"""Prepares presentations for their conversion, and reads the speaker's notes, which would be lost in it."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistants.retrieval.formats import omml
from assistants.retrieval.formats.packages import part_of
from assistants.retrieval.formats.plain_maths import inline, lowered, raised
from assistants.retrieval.formats.xml_parts import edited, local

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_NOT_NOTES = {"sldNum", "dt", "hdr", "ftr", "sldImg"}


def rewritten(package: zipfile.ZipFile, name: str, data: bytes) -> bytes:
    """A slide with formulas as LaTeX, raised letters as `10^3`, and the speaker's notes as its last text."""
    if not re.fullmatch(r"ppt/slides/[^/]+\.xml", name):
        return data
    notes = _notes_of(package, name)
    return edited(data, lambda root: _edit(root, notes))


def _edit(root: Element, notes: str) -> bool:
    changed = False
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag in {f"{omml.MATH}oMath", f"{omml.MATH}oMathPara"} or (
                local(child) == "m" and _holds_math(child)
            ):
                formula = "".join(inline(omml.latex_of(each)) for each in child.iter(f"{omml.MATH}oMath"))
                parent[place] = _run(formula)
                changed = True
        changed = _alternatives(parent) or changed
    for paragraph in root.iter(f"{_A}p"):
        changed = _joined(paragraph) or changed
    tree = root.find(f"{_P}cSld/{_P}spTree")
    if notes and tree is not None:
        tree.append(_text_shape(notes))
        changed = True
    return changed


def _holds_math(element: Element) -> bool:
    return element.find(f".//{omml.MATH}oMath") is not None


def _alternatives(parent: Element) -> bool:
    """A formula stands in a choice for newer programs, beside a picture of it for older ones: keep the formula."""
    changed = False
    for place, child in enumerate(list(parent)):
        if local(child) == "AlternateContent":
            choice = next((each for each in child if local(each) == "Choice" and len(each)), None)
            if choice is not None:
                parent[place] = choice[0]
                changed = True
    return changed


def _run(text: str) -> Element:
    run = Element(f"{_A}r")
    ElementTree.SubElement(run, f"{_A}t").text = text
    return run


def _joined(paragraph: Element) -> bool:
    """The paragraph's letters in as few runs as can be: the conversion puts blanks between runs, also within words."""
    changed = False
    last: Element | None = None
    for child in list(paragraph):
        text = child.find(f"{_A}t") if child.tag in {f"{_A}r", f"{_A}fld"} else None
        if text is None:
            last = last if child.tag == f"{_A}pPr" else None
            continue
        shift = next((part.get("baseline", "0") for part in child if part.tag == f"{_A}rPr"), "0")
        if (text.text or "").strip() and re.fullmatch(r"-?[1-9]\d*%?", shift):
            text.text = (lowered if shift.startswith("-") else raised)(text.text or "")
            changed = True
        if last is not None:
            last.text = (last.text or "") + (text.text or "")
            paragraph.remove(child)
            changed = True
        else:
            last = text
    return changed


def _text_shape(text: str) -> Element:
    shape = Element(f"{_P}sp")
    names = ElementTree.SubElement(shape, f"{_P}nvSpPr")
    ElementTree.SubElement(names, f"{_P}cNvPr", {"id": "99999", "name": "Notes"})
    ElementTree.SubElement(names, f"{_P}cNvSpPr")
    ElementTree.SubElement(names, f"{_P}nvPr")
    properties = ElementTree.SubElement(shape, f"{_P}spPr")
    place = ElementTree.SubElement(properties, f"{_A}xfrm")
    ElementTree.SubElement(place, f"{_A}off", {"x": "0", "y": "99999999"})
    ElementTree.SubElement(place, f"{_A}ext", {"cx": "1", "cy": "1"})
    body = ElementTree.SubElement(shape, f"{_P}txBody")
    ElementTree.SubElement(body, f"{_A}bodyPr")
    for line in text.split("\n"):
        ElementTree.SubElement(body, f"{_A}p").append(_run(line))
    return shape


def _notes_of(package: zipfile.ZipFile, slide: str) -> str:
    """The speaker's notes of a slide, a line for each paragraph."""
    folder, name = posixpath.split(slide)
    links = _tree(part_of(package, f"{folder}/_rels/{name}.rels"))
    for link in links if links is not None else ():
        if link.get("Type", "").endswith("/notesSlide"):
            target = link.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            notes = _tree(part_of(package, part))
            if notes is not None:
                return "\n".join(filter(None, _paragraphs(notes)))
    return ""


def _tree(data: bytes | None) -> Element | None:
    try:
        return None if data is None else ElementTree.fromstring(data)  # noqa: S314 - a worker's limits hold
    except ElementTree.ParseError:
        return None


def _paragraphs(notes: Element) -> Iterator[str]:
    for shape in notes.iter(f"{_P}sp"):
        placeholder = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        if placeholder is not None and placeholder.get("type") in _NOT_NOTES:
            continue
        for paragraph in shape.iter(f"{_A}p"):
            yield "".join(text.text or "" for text in paragraph.iter(f"{_A}t")).strip()
