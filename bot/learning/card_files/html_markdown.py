r"""HTML of cards, which anybody may have written, as Saem's Markdown: known marks stay, scripts go, formulas are kept.

Anki shows `\(…\)` and `\[…\]` as formulas, and nothing else of LaTeX; a dollar is money there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from bot.escaping import one_line, visible, without_citation_marks

_DROPPED: Final = frozenset(
    ["script", "style", "noscript", "template", "iframe", "object", "embed", "head", "title", "svg", "audio", "video",
     "select", "textarea", "button", "rt", "rp"]
)  # fmt: skip
"""Elements whose contents say nothing on a card, or do something."""
_VOID: Final = frozenset(["embed", "img", "br", "hr", "input", "meta", "link", "wbr"])
_MARKS: Final = {
    **dict.fromkeys(["b", "strong"], "**"),
    **dict.fromkeys(["i", "em"], "*"),
    **dict.fromkeys(["s", "del", "strike"], "~~"),
}
_RAW: Final = frozenset(["sub", "sup", "u"])
"""Elements that Saem's Markdown has too."""
_BLOCKS: Final = frozenset(
    ["p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "section", "article", "center", "details",
     "summary", "figure", "figcaption", "dl", "dt", "dd", *(f"h{level}" for level in range(1, 7))]
)  # fmt: skip
_OLD_FORMULAS: Final = ((re.compile(r"\[\$\$\](.*?)\[/\$\$\]", re.DOTALL), r"\\[\1\\]"),
                        (re.compile(r"\[\$\](.*?)\[/\$\]", re.DOTALL), r"\\(\1\\)"),
                        (re.compile(r"\[/?latex\]"), ""))  # fmt: skip
_SOUND: Final = re.compile(
    r"\[sound:[^\[\]\n]{1,300}\]|\[anki:(?:play|tts)[^\n]{0,300}?\[/anki:tts\]|\[anki:play[^\]]*\]"
)
_FORMULA: Final = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]", re.DOTALL)
_SPECIAL: Final = re.compile(r"([\\*_`~$]|\|(?=\|)|(?<=\|)\|)")
_AT_LINE_START: Final = re.compile(r"^(\s*\d{1,9}(?=[.)](?:\s|$))|\s*(?=#{1,6}(?:\s|$)|-# |>|[-+](?:\s|$)))")
_DEEPEST: Final = 60
"""Elements in elements that are read; what is deeper has no marks."""
_ADDRESS: Final = re.compile(r"https?://[^\s()<>\"]{1,1000}", re.IGNORECASE)


class _Part(str):
    """A piece of Markdown that is a mark and no words."""

    __slots__ = ()


@dataclass(slots=True)
class _Open:
    """An open element: what closes it, and where in the parts its contents begin."""

    name: str
    closing: str = ""
    begins: int = 0
    mark: bool = False
    """Whether its contents stand between two marks."""


def markdown_of(html: str, picture: Callable[[str], str | None] = lambda _: None) -> tuple[str, int, int]:
    """The Markdown of `html`; how many sounds and how many pictures were left out.

    `picture` gives the id of the picture with that file name; None: it is not there.
    """
    for pattern, replacement in _OLD_FORMULAS:
        html = pattern.sub(replacement, html)
    text, sounds = _SOUND.subn("", html)
    reader = _Reader(picture)
    reader.feed(text)
    reader.close()
    return reader.markdown(), sounds + reader.sounds, reader.missing


class _Reader(HTMLParser):
    """Collects the words and marks of a page."""

    def __init__(self, picture: Callable[[str], str | None]) -> None:
        super().__init__(convert_charrefs=True)
        self._picture = picture
        self._parts: list[str] = []
        self._open: list[_Open] = []
        self._dropped: list[str] = []
        self._numbers: list[int] = []
        """The open lists: the number of the next item; 0: no numbers."""
        self.sounds = 0
        self.missing = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"audio", "video"}:
            self.sounds += 1
        if self._dropped or tag in _DROPPED:
            if tag not in _VOID:
                self._dropped.append(tag)
            return
        match tag:
            case "br":
                self._mark("\n")
            case "hr":
                self._mark("\n\n")
            case "img":
                self._image(given)
            case "td" | "th":
                if self._parts and not self._parts[-1].endswith("\n"):
                    self._parts[-1] = type(self._parts[-1])(self._parts[-1].rstrip())
                    self._mark(" · ")
            case _:
                self._begin(tag, given)

    def _begin(self, tag: str, given: dict[str, str]) -> None:
        opened = _Open(tag)
        if tag in _BLOCKS:
            self._new_line()
            opened.closing = "\n"
        if tag in {"ul", "ol"}:
            self._numbers.append(1 if tag == "ol" else 0)
        if tag == "li":
            number = self._numbers[-1] if self._numbers else 0
            self._mark(f"{number}. " if number else "- ")
            if number:
                self._numbers[-1] += 1
        if tag == "blockquote":
            self._mark("> ")
        if len(self._open) < _DEEPEST and tag not in (each.name for each in self._open):
            self._begin_mark(opened, given)
        self._open.append(opened)

    def _begin_mark(self, opened: _Open, given: dict[str, str]) -> None:
        tag, address = opened.name, given.get("href", "").strip()
        if tag == "anki-mathjax":
            display = given.get("block", "").lower() == "true"
            opened.closing = "\\]" if display else "\\)"
            self._parts.append("\\[" if display else "\\(")
            return
        if mark := _MARKS.get(tag):
            opened.closing = mark
        elif tag in _RAW:
            mark, opened.closing = f"<{tag}>", f"</{tag}>"
        elif tag == "a" and _ADDRESS.fullmatch(address):
            mark, opened.closing = "[", f"]({address})"
        else:
            return
        opened.mark = True
        self._mark(mark)
        opened.begins = len(self._parts)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag in self._dropped:
                del self._dropped[len(self._dropped) - 1 - self._dropped[::-1].index(tag) :]
            return
        if tag not in (each.name for each in self._open):
            return
        while self._open:
            opened = self._open.pop()
            self._end(opened)
            if opened.name == tag:
                return

    def _end(self, opened: _Open) -> None:
        if opened.name in {"ul", "ol"} and self._numbers:
            self._numbers.pop()
        if opened.mark:
            self._end_mark(opened)
        elif opened.closing == "\n":
            self._new_line()
        elif opened.closing:
            self._parts.append(opened.closing)

    def _end_mark(self, opened: _Open) -> None:
        """Close a mark: it stands close to its words, and not around nothing."""
        inner = self._parts[opened.begins :]
        del self._parts[opened.begins - 1 :]
        before = _blanks(inner)
        behind = _blanks(inner, last=True)
        self._parts += before
        if inner:
            self._mark(self._opening(opened))
            self._parts += inner
            self._mark(opened.closing)
        self._parts += behind

    @staticmethod
    def _opening(opened: _Open) -> str:
        if opened.name in _RAW:
            return f"<{opened.name}>"
        return "[" if opened.name == "a" else opened.closing

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        words = without_citation_marks(visible(data))
        names = {each.name for each in self._open}
        if "pre" not in names:
            words = re.sub(r"[ \t\n\r\f\xa0]+", " ", words)
            if not self._parts or self._parts[-1].endswith("\n"):
                words = words.lstrip()
        if names & {"code", "kbd", "samp", "tt"} and words.strip() and "`" not in words:
            self._mark(f"`{words}`" if "\n" not in words else f"```\n{words.strip()}\n```")
        elif self._parts and not isinstance(self._parts[-1], _Part):
            self._parts[-1] += words
        elif words:
            self._parts.append(words)

    def _image(self, given: dict[str, str]) -> None:
        found = self._picture(given.get("src", ""))
        alt = one_line(re.sub(r"[\[\]!()]+", " ", visible(given.get("alt", ""))))[:200]
        if found is None:
            self.missing += 1
            if alt:
                self._parts.append(alt)
        else:
            self._mark(f"![{alt}](picture:{found})")

    def _mark(self, mark: str) -> None:
        self._parts.append(_Part(mark))

    def _new_line(self) -> None:
        if self._parts and not self._parts[-1].endswith("\n"):
            self._mark("\n")

    def markdown(self) -> str:
        """All of it."""
        while self._open:
            self._end(self._open.pop())
        # Formulas may be cut by marks (`\(a<br>b\)`): where they begin and end is seen in the words alone.
        bare = "".join(part if not isinstance(part, _Part) else _blank(part) for part in self._parts)
        inside = bytearray(len(bare))
        for found in _FORMULA.finditer(bare):
            inside[found.start() : found.end()] = b"\1" * (found.end() - found.start())
        pieces: list[str] = []
        at = 0
        for part in self._parts:
            end = at + len(part)
            pieces.append(_in_place(part, inside[at:end], first=not pieces or pieces[-1].endswith("\n")))
            at = end
        return _tidied("".join(pieces))


def _blanks(parts: list[str], *, last: bool = False) -> list[str]:
    """Take the white space off one end of `parts`; it is returned."""
    taken: list[str] = []
    while parts:
        part = parts.pop(-1 if last else 0)
        kept = part.rstrip() if last else part.lstrip()
        blank = part[len(kept) :] if last else part[: len(part) - len(kept)]
        taken.insert(0 if last else len(taken), blank)
        if kept:
            parts.insert(len(parts) if last else 0, _Part(kept) if isinstance(part, _Part) else kept)
            break
    return [each for each in taken if each]


def _blank(part: str) -> str:
    """A mark as characters that are no part of a formula's delimiters."""
    return re.sub(r"[^\n]", " ", part)


def _in_place(part: str, inside: bytearray, *, first: bool) -> str:
    """A part as Markdown; what is in a formula has no marks and no escapes."""
    if isinstance(part, _Part):
        return " " * any(inside) if any(inside) else part
    pieces, at = [], 0
    while at < len(part):
        end = inside.find(1 - inside[at], at)
        end = len(part) if end < 0 else end
        piece = part[at:end]
        pieces.append(piece if inside[at] else _escaped(piece, first=first and at == 0))
        at = end
    return "".join(pieces)


def _escaped(words: str, *, first: bool) -> str:
    """Words in which no Markdown and no formula is read."""
    words = _SPECIAL.sub(r"\\\1", words).replace("](", "] (")
    words = re.sub(r"<(?=[@#:/!?a-zA-Z])", r"\\<", words)
    return _AT_LINE_START.sub(r"\1\\", words, count=1) if first else words


def _tidied(text: str) -> str:
    """Without blank lines at the ends, more than one blank line, and one mark that ends where the same begins again."""
    text = re.sub(r"(?<![\\*])\*{4}(?!\*)|(?<![\\~])~{4}(?!~)", "", text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip()
