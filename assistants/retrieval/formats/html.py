"""Prepares HTML for its conversion: raised and lowered letters, formulas and their order would be lost in it."""

import html
import re
import zipfile
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree

from assistants.retrieval.formats import mathml
from assistants.retrieval.formats.plain_maths import inline, lowered, raised

_WORTH_A_LOOK = re.compile(r"<(?:\w+:)?(?:sup|sub|math)\b|math/tex|katex|<br\b", re.IGNORECASE)
_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_NAMELESS = re.compile(r"</?(?:\w+:)?(?=\w)")
_SCRIPT: Final = {"sup": raised, "sub": lowered}
_MAX_MATH = 100_000


def prepared(markup: str) -> str:
    """The markup with `<sup>`, `<sub>`, MathML and TeX as text."""
    if not _WORTH_A_LOOK.search(markup):
        return markup
    parser = _Rewriter()
    parser.feed(markup)
    parser.close()
    return parser.result()


def rewritten_chapter(package: zipfile.ZipFile, name: str, data: bytes) -> bytes:  # noqa: ARG001 - as in other packages
    """A chapter of an EPUB book, which is XHTML, with raised letters and formulas as text."""
    if not name.lower().endswith((".xhtml", ".html", ".htm")):
        return data
    try:
        return prepared(data.decode("utf-8")).encode()
    except UnicodeDecodeError:
        return data


class _Rewriter(HTMLParser):
    """Copies markup; what stands in a script element, a formula or a hidden copy of one is held back meanwhile."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._out: list[str] = []
        self._held: list[tuple[str, list[str]]] = []
        self._hidden = 0
        self._cells = 0

    def result(self) -> str:
        """The markup; elements that were never closed end here."""
        while self._held:
            self._release()
        return "".join(self._out)

    def _write(self, text: str) -> None:
        if not self._hidden:
            (self._held[-1][1] if self._held else self._out).append(text)

    def _release(self) -> None:
        name, pieces = self._held.pop()
        inner = "".join(pieces)
        if name == "math":
            self._write(html.escape(_formula(inner), quote=False))
        elif name == "tex":
            self._write(html.escape(inline(inner), quote=False))
        elif "<" in inner and re.search(r"<a\b", inner, re.IGNORECASE):
            self._write(inner)  # a mark of a note
        else:
            text = html.unescape(re.sub(r"<[^>]*>", "", inner))
            self._write(html.escape(_SCRIPT[name](text), quote=False))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Copy a tag, or begin to hold back."""
        given = dict(attrs)
        name = tag.rpartition(":")[2]
        if self._hidden:
            self._hidden += name not in _VOID
        elif "katex-html" in (given.get("class") or "") or "mjx-assistive" in (given.get("class") or ""):
            self._hidden = 1
        elif name in {"sup", "sub"} and not self._inside("math"):
            self._held.append((name, []))
        elif name == "math" and not self._inside("math"):
            self._held.append(("math", [self.get_starttag_text() or ""]))
        elif name == "script" and (given.get("type") or "").startswith("math/tex"):
            self._held.append(("tex", []))
        elif name == "br" and self._cells:
            self._write(" / ")
        else:
            self._cells += name in {"td", "th"}
            self._write(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Copy an element that is empty."""
        if tag.rpartition(":")[2] == "br" and self._cells and not self._hidden:
            self._write(" / ")
        elif not self._hidden:
            self._write(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """Copy a closing tag, or let go what was held back."""
        name = tag.rpartition(":")[2]
        if self._hidden:
            self._hidden -= name not in _VOID
            return
        open_name = "tex" if name == "script" and self._inside("tex") else name
        if open_name == "math" and self._inside("math"):
            self._write("</math>")
        if open_name in {"sup", "sub", "math", "tex"} and self._inside(open_name):
            while self._held[-1][0] != open_name:
                self._release()
            self._release()
        elif open_name not in {"sup", "sub", "math"}:
            self._cells = max(0, self._cells - (name in {"td", "th"}))
            self._cells = 0 if name == "table" else self._cells
            self._write(f"</{tag}>")

    def _inside(self, name: str) -> bool:
        return any(held == name for held, _ in self._held)

    def handle_data(self, data: str) -> None:
        """Copy text."""
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        """Copy `&name;`."""
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Copy `&#number;`."""
        self._write(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        """Leave comments out."""

    def handle_decl(self, decl: str) -> None:
        """Copy the doctype."""
        self._write(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        """Copy `<?xml … ?>`."""
        self._write(f"<?{data}>")


def _formula(markup: str) -> str:
    """MathML as LaTeX in dollars; what is no XML gives its letters."""
    markup = re.sub(r"&(?!lt;|gt;|amp;|#)\w+;", lambda entity: html.unescape(entity[0]), markup)
    markup = re.sub(r"\sxlink:\w+=(?:\"[^\"]*\"|'[^']*')|\sxmlns(?::\w+)?=(?:\"[^\"]*\"|'[^']*')", "", markup)
    markup = _NAMELESS.sub(lambda tag: tag[0][: 2 if tag[0][1:2] == "/" else 1], markup)
    if len(markup) <= _MAX_MATH:
        try:
            return inline(mathml.latex_of(ElementTree.fromstring(markup)))  # noqa: S314 - a worker's limits hold
        except (ElementTree.ParseError, RecursionError):
            pass
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())
