"""Prepares Word documents for their conversion: formulas, raised letters, symbols and notes would be lost in it."""

import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from assistants.retrieval.formats import omml
from assistants.retrieval.formats.packages import part_of
from assistants.retrieval.formats.plain_maths import inline, lowered, raised
from assistants.retrieval.formats.xml_parts import edited, local

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOTES = {"footnoteReference": "word/footnotes.xml", "endnoteReference": "word/endnotes.xml"}
_SYMBOL_FONT = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ£³¹´±¥®",
    "αβχδεφγηιϕκλμνοπθρστυϖωξψζΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ≤≥≠×±∞→",
)
"""Letters of the font Symbol, which Word stores in the private area U+F000."""


def rewritten(package: zipfile.ZipFile, name: str, data: bytes) -> bytes:
    """A part of the document with formulas as LaTeX, raised letters as `10^3`, and notes below their paragraphs."""
    if name in _NOTES.values():
        return b"<notes/>"
    if not name.startswith("word/") or "/" in name.removeprefix("word/"):
        return data
    notes = _Notes(package) if name == "word/document.xml" else None
    return edited(data, lambda root: _edit(root, notes))


class _Notes:
    """The texts of a document's notes, numbered as they are referred to."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._texts = {kind: _texts_of(part_of(package, name)) for kind, name in _NOTES.items()}
        self._count = 0

    def take(self, kind: str, number: str) -> tuple[int, str] | None:
        """The mark and the text of a note that is referred to."""
        text = self._texts[kind].get(number)
        if not text:
            return None
        self._count += 1
        return self._count, text


def _texts_of(data: bytes | None) -> Mapping[str, str]:
    if data is None:
        return {}
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - a worker's memory and time are limited
    except ElementTree.ParseError:
        return {}
    _edit(root, None)
    return {
        note.get(f"{_W}id", ""): " ".join(" ".join(text.text or "" for text in note.iter(f"{_W}t")).split())
        for note in root
        if note.get(f"{_W}type") is None
    }


def _edit(root: Element, notes: _Notes | None) -> bool:
    changed = False
    for parent in list(root.iter()):
        changed = _formulas(parent) or changed
        changed = _scripts(parent) or changed
        if local(parent) == "r":
            changed = _letters(parent) or changed
    if notes is not None:
        changed = _notes_below(root, notes) or changed
    return changed


def _run(text: str) -> Element:
    run = Element(f"{_W}r")
    letters = ElementTree.SubElement(run, f"{_W}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
    letters.text = text
    return run


def _formulas(parent: Element) -> bool:
    changed = False
    for place, child in enumerate(list(parent)):
        if child.tag == f"{omml.MATH}oMath":
            parent[place] = _run(inline(omml.latex_of(child)))
        elif child.tag == f"{omml.MATH}oMathPara":
            lines = [inline(omml.latex_of(line)) for line in child if line.tag == f"{omml.MATH}oMath"]
            parent[place] = _run(" ".join(f"${line}$" for line in lines if line))
        else:
            continue
        changed = True
    return changed


def _alignment(run: Element) -> str:
    found = run.find(f"{_W}rPr/{_W}vertAlign") if run.tag == f"{_W}r" else None
    return found.get(f"{_W}val", "") if found is not None else ""


def _scripts(parent: Element) -> bool:
    """Runs that are raised or lowered, as text; neighbours are one script."""
    changed = False
    together: list[Element] = []
    kind = ""

    def end() -> None:
        nonlocal changed
        letters = [text for run in together for text in run.findall(f"{_W}t")]
        whole = "".join(text.text or "" for text in letters)
        if letters and whole.strip():
            letters[0].text = raised(whole) if kind == "superscript" else lowered(whole)
            for text in letters[1:]:
                text.text = ""
            for run in together:
                properties = run.find(f"{_W}rPr")
                assert properties is not None
                for shift in properties.findall(f"{_W}vertAlign"):
                    properties.remove(shift)
            changed = True
        together.clear()

    for run in parent:
        alignment = _alignment(run)
        if alignment != kind:
            end()
        kind = alignment
        if alignment in {"superscript", "subscript"}:
            together.append(run)
    end()
    return changed


def _letters(run: Element) -> bool:
    """Symbols and hyphens that are elements, as text."""
    changed = False
    for place, child in enumerate(list(run)):
        if child.tag == f"{_W}sym":
            text = _symbol(child.get(f"{_W}font", ""), child.get(f"{_W}char", ""))
        elif child.tag == f"{_W}noBreakHyphen":
            text = "-"
        else:
            continue
        run[place] = Element(f"{_W}t")
        run[place].text = text
        changed = True
    return changed


def _symbol(font: str, code: str) -> str:
    try:
        number = int(code, 16)
        letter = chr(number - 0xF000 if 0xF000 <= number < 0xF100 else number)
    except (ValueError, OverflowError):
        return ""
    if font.lower() == "symbol":
        return letter.translate(_SYMBOL_FONT)
    return (
        {"o": "☐", "þ": "☑", "ý": "☒", "ü": "✓", "û": "✗", "à": "→"}.get(letter, "")
        if "wing" in font.lower()
        else letter
    )


def _notes_below(root: Element, notes: _Notes) -> bool:
    """Marks of notes as `[^1]`, and the notes as paragraphs below the block of the body that refers to them."""
    body = root.find(f"{_W}body")
    if body is None:
        return False
    changed = False
    for block in list(body):
        below: list[Element] = []
        for run, reference in _references(block):
            place = list(run).index(reference)
            run.remove(reference)
            changed = True
            if note := notes.take(local(reference), reference.get(f"{_W}id", "")):
                number, text = note
                mark = Element(f"{_W}t")
                mark.text = f"[^{number}]"
                run.insert(place, mark)
                paragraph = Element(f"{_W}p")
                paragraph.append(_run(f"[^{number}]: {text}"))
                below.append(paragraph)
        place = list(body).index(block)
        for paragraph in reversed(below):
            body.insert(place + 1, paragraph)
    return changed


def _references(block: Element) -> Iterator[tuple[Element, Element]]:
    for run in list(block.iter(f"{_W}r")):
        for child in list(run):
            if local(child) in _NOTES:
                yield run, child
