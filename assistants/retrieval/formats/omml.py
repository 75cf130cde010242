"""Equations of Word and PowerPoint (Office Math, ECMA-376 part 1, chapter 22.1) as LaTeX."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from assistants.retrieval.formats.plain_maths import between, braced, joined, symbols, word

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_ACCENTS = {"̂": "hat", "̃": "tilde", "̄": "bar", "̅": "bar", "⃗": "vec", "̇": "dot", "̈": "ddot", "ˆ": "hat", "→": "vec"}


def latex_of(element: Element) -> str:
    """The LaTeX of an `m:oMath` element, or of any other in it."""
    name = element.tag.rpartition("}")[2]
    reader = _READERS.get(name)
    if reader is not None:
        return reader(element)
    if name.endswith("Pr"):
        return ""
    return _inner(element)


def _inner(element: Element | None) -> str:
    if element is None:
        return ""
    return joined(latex_of(child) for child in element)


def _part(element: Element, name: str) -> str:
    return _inner(element.find(f"{MATH}{name}"))


def _property(element: Element, name: str, default: str) -> str:
    """The value of a property, such as the sign of a big operator."""
    for properties in element:
        if properties.tag.endswith("Pr"):
            found = properties.find(f"{MATH}{name}")
            if found is not None:
                return found.get(f"{MATH}val", "")
    return default


def _flag(element: Element, name: str) -> bool:
    return _property(element, name, "0") in {"", "1", "on", "true"}


def _run(element: Element) -> str:
    text = "".join(child.text or "" for child in element if child.tag == f"{MATH}t")
    plain = element.find(f"{MATH}rPr/{MATH}nor") is not None
    return rf"\text{{{text}}}" if plain and text.strip() else word(text)


def _fraction(element: Element) -> str:
    top, bottom = _part(element, "num"), _part(element, "den")
    match _property(element, "type", "bar"):
        case "lin" | "skw":
            return f"{{{top}}}/{{{bottom}}}"
        case "noBar":
            return rf"\binom{{{top}}}{{{bottom}}}"
        case _:
            return rf"\frac{{{top}}}{{{bottom}}}"


def _scripts(element: Element) -> str:
    base, low, high = _part(element, "e"), _part(element, "sub"), _part(element, "sup")
    base = base if len(base) <= 1 or not any(c in base for c in "+- ") else f"{{{base}}}"
    return base.rstrip() + (f"_{braced(low)}" if low else "") + (f"^{braced(high)}" if high else "")


def _before(element: Element) -> str:
    return f"{{}}_{braced(_part(element, 'sub'))}^{braced(_part(element, 'sup'))}{_part(element, 'e')}"


def _root(element: Element) -> str:
    degree = "" if _flag(element, "degHide") else _part(element, "deg")
    return rf"\sqrt[{degree}]{{{_part(element, 'e')}}}" if degree else rf"\sqrt{{{_part(element, 'e')}}}"


def _operator(element: Element) -> str:
    low, high = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{braced(low)}" if low else "") + (f"^{braced(high)}" if high else "")
    return f"{symbols(_property(element, 'chr', '∫'))}{limits} {_part(element, 'e')}"


def _delimited(element: Element) -> str:
    separator = symbols(_property(element, "sepChr", "|"))
    inner = separator.join(_inner(part) for part in element.findall(f"{MATH}e"))
    return between(_property(element, "begChr", "("), inner, _property(element, "endChr", ")"))


def _function(element: Element) -> str:
    name, argument = _part(element, "fName").strip(), _part(element, "e")
    return f"{name} {argument}" if "\\" in name else f"{name}{argument}"


def _below(element: Element) -> str:
    base, limit = _part(element, "e").strip(), _part(element, "lim")
    return f"{base}_{braced(limit)}" if base.startswith("\\") else rf"\underset{{{limit}}}{{{base}}}"


def _above(element: Element) -> str:
    return rf"\overset{{{_part(element, 'lim')}}}{{{_part(element, 'e')}}}"


def _matrix(element: Element) -> str:
    rows = [" & ".join(_inner(cell) for cell in row.findall(f"{MATH}e")) for row in element.findall(f"{MATH}mr")]
    return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"


def _array(element: Element) -> str:
    lines = [_inner(line) for line in element.findall(f"{MATH}e")]
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def _accent(element: Element) -> str:
    name = _ACCENTS.get(_property(element, "chr", "̂"), "hat")
    return rf"\{name}{{{_part(element, 'e')}}}"


def _bar(element: Element) -> str:
    name = "underline" if _property(element, "pos", "bot") == "bot" else "overline"
    return rf"\{name}{{{_part(element, 'e')}}}"


def _brace(element: Element) -> str:
    name = "overbrace" if _property(element, "pos", "bot") == "top" else "underbrace"
    return rf"\{name}{{{_part(element, 'e')}}}"


_READERS: dict[str, Callable[[Element], str]] = {
    "r": _run,
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "rad": _root,
    "nary": _operator,
    "d": _delimited,
    "func": _function,
    "limLow": _below,
    "limUpp": _above,
    "m": _matrix,
    "eqArr": _array,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _brace,
}
