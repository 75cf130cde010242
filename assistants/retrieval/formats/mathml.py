"""Presentation MathML, as in web pages, books and OpenDocument, as LaTeX. https://www.w3.org/TR/mathml-core/"""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from assistants.retrieval.formats.plain_maths import between, braced, joined, symbols, word

_ACCENTS = {"^": "hat", "ˆ": "hat", "̂": "hat", "~": "tilde", "˜": "tilde", "¯": "bar", "‾": "overline", "→": "vec",
            "⃗": "vec", "˙": "dot", "¨": "ddot"}  # fmt: skip
_OPERATORS = {r"\sum", r"\prod", r"\int", r"\iint", r"\oint", r"\lim", r"\max", r"\min"}
_SILENT = {"annotation", "annotation-xml", "mspace", "mphantom", "none", "mprescripts", "maligngroup", "malignmark"}


def latex_of(element: Element) -> str:
    """The LaTeX of a `math` element, or of any other in it; that of an annotation in TeX if there is one."""
    name = _name(element)
    if name == "math":
        tex = _annotated(element)
        return tex if tex is not None else _row(element)
    if name in _SILENT:
        return ""
    reader = _READERS.get(name)
    return reader(element) if reader is not None else _row(element)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2]


def _annotated(element: Element) -> str | None:
    for inner in element.iter():
        if _name(inner) == "annotation" and "tex" in (inner.get("encoding") or "").lower() and inner.text:
            return inner.text.strip()
    return None


def _row(element: Element) -> str:
    return joined([latex_of(child) for child in element]) if len(element) else symbols((element.text or "").strip())


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _letter(element: Element) -> str:
    return word(_text(element).strip())


def _words(element: Element) -> str:
    words = _text(element)
    return rf"\text{{{words}}}" if any(c.isalpha() for c in words) else symbols(words)


def _sign(element: Element) -> str:
    sign = symbols(_text(element).strip())
    return f" {sign} " if sign in {"=", r"\to", r"\le", r"\ge", r"\ne", "<", ">"} else word(sign)


def _parts(element: Element, count: int) -> list[str]:
    parts = [latex_of(child).strip() for child in element]
    return [*parts, *[""] * count][:count]


def _fraction(element: Element) -> str:
    top, bottom = _parts(element, 2)
    name = "binom" if element.get("linethickness") in {"0", "0px", "0pt"} else "frac"
    return rf"\{name}{{{top}}}{{{bottom}}}"


def _square_root(element: Element) -> str:
    return rf"\sqrt{{{_row(element).strip()}}}"


def _root(element: Element) -> str:
    inner, degree = _parts(element, 2)
    return rf"\sqrt[{degree}]{{{inner}}}"


def _base(base: str) -> str:
    return base if len(base) <= 1 or not any(c in base for c in "+- ") else f"{{{base}}}"


def _sup(element: Element) -> str:
    base, high = _parts(element, 2)
    return f"{_base(base)}^{braced(high)}"


def _sub(element: Element) -> str:
    base, low = _parts(element, 2)
    return f"{_base(base)}_{braced(low)}"


def _subsup(element: Element) -> str:
    base, low, high = _parts(element, 3)
    return f"{_base(base)}_{braced(low)}^{braced(high)}" + " " * base.startswith("\\")


def _under(element: Element) -> str:
    base, low = _parts(element, 2)
    return f"{base}_{braced(low)} " if base in _OPERATORS else rf"\underset{{{low}}}{{{base}}}"


def _over(element: Element) -> str:
    base, high = _parts(element, 2)
    accent = next((name for sign, name in _ACCENTS.items() if high in {sign, symbols(sign)}), None)
    return rf"\{accent}{{{base}}}" if accent else rf"\overset{{{high}}}{{{base}}}"


def _underover(element: Element) -> str:
    base, low, high = _parts(element, 3)
    return f"{base}_{braced(low)}^{braced(high)} "


def _fenced(element: Element) -> str:
    separator = (element.get("separators", ",").strip() or " ")[:1]
    inner = separator.join(latex_of(child).strip() for child in element)
    return between(element.get("open", "("), inner, element.get("close", ")"))


def _table(element: Element) -> str:
    rows = [
        " & ".join(latex_of(cell).strip() for cell in row if _name(cell) == "mtd")
        for row in element
        if _name(row) in {"mtr", "mlabeledtr"}
    ]
    return r"\begin{matrix}" + r" \\ ".join(rows) + r"\end{matrix}"


_READERS: dict[str, Callable[[Element], str]] = {
    "mi": _letter,
    "mn": _letter,
    "mo": _sign,
    "mtext": _words,
    "ms": _words,
    "mfrac": _fraction,
    "msqrt": _square_root,
    "mroot": _root,
    "msup": _sup,
    "msub": _sub,
    "msubsup": _subsup,
    "munder": _under,
    "mover": _over,
    "munderover": _underover,
    "mfenced": _fenced,
    "mtable": _table,
}
