"""Writes the tree of a formula as presentation MathML, in the form that ziamath draws correctly."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.replies.typesetting import alphabets, spacing
from bot.replies.typesetting.tree import (
    Accent,
    Coloured,
    Delimiter,
    Enclosed,
    Fenced,
    Fraction,
    MathStyle,
    Name,
    Node,
    Phantom,
    Root,
    Row,
    Scripts,
    Space,
    Stack,
    Symbol,
    Table,
    Tag,
    Variant,
    Words,
)

_TALL = {"∑", "∏", "∐", "⋃", "⋂", "⋁", "⋀", "⨁", "⨂", "⨀", "⨄", "⨆"}


def to_mathml(node: Node, *, display: bool = True, ink: str = "black") -> ET.Element:
    """A `<math>` element, in the colour `ink`."""
    math = ET.Element("math", display="block" if display else "inline", mathcolor=ink)
    body, tags = _without_tags(node)
    writer = _MathmlWriter(display=display)
    row = ET.SubElement(math, "mrow")
    row.extend(writer.items(body))
    for tag in tags:
        ET.SubElement(row, "mspace", width="2em")
        row.append(_element("mtext", tag.text, mathvariant="normal"))
    return math


def _without_tags(node: Node) -> tuple[Node, list[Tag]]:
    if isinstance(node, Row):
        tags = [item for item in node.items if isinstance(item, Tag)]
        return Row(tuple(item for item in node.items if not isinstance(item, Tag))), tags
    return (Row(), [node]) if isinstance(node, Tag) else (node, [])


def _element(tag: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    element = ET.Element(tag, attributes)
    element.text = text
    return element


class _MathmlWriter:
    """Walks the tree; `variant` is the current alphabet."""

    def __init__(self, *, display: bool, variant: str = "") -> None:
        self.display = display
        self.variant = variant

    def items(self, node: Node, before: Node | None = None) -> list[ET.Element]:
        """The elements of a row, without an element around them; `before` is the node to the left of the row."""
        nodes = list(_flat(node))
        elements: list[ET.Element] = []
        for index, item in enumerate(nodes):
            after = nodes[index + 1] if index + 1 < len(nodes) else None
            if isinstance(item, Symbol) and item.role == "bin" and spacing.is_unary_after(before):
                elements.append(_element("mo", item.char, form="prefix", lspace="0em", rspace="0em"))
            elif item == Symbol("…") and isinstance(after, Symbol) and after.role in {"bin", "rel"}:
                elements.append(self.one(Symbol("⋯")))
            else:
                elements.append(self.one(item))
            if spacing.is_relation(item) and not spacing.has_space_before_relation(before):
                elements[-1].set("lspace", "0em")
                if spacing.is_relation(before):
                    elements[-2].set("rspace", "0em")
            if spacing.wants_gap(item, after):
                elements.append(ET.Element("mspace", width="0.167em"))
            before = before if isinstance(item, Space) else item
        return elements

    def one(self, node: Node) -> ET.Element:
        """Exactly one element."""
        if isinstance(node, Row):
            items = self.items(node)
            return items[0] if len(items) == 1 else self._parent("mrow", items)
        method = getattr(self, f"_{type(node).__name__.lower()}")
        element: ET.Element = method(node)
        return element

    def _parent(self, tag: str, children: Iterable[ET.Element], /, **attributes: str) -> ET.Element:
        element = ET.Element(tag, attributes)
        element.extend(children)
        return element

    def _symbol(self, node: Symbol) -> ET.Element:
        char = node.char
        if node.role == "ord" and char not in "|/‖":
            return self._ordinary(char)
        left, right = spacing.AROUND[node.role]
        element = _element("mo", char, lspace=left, rspace=right, stretchy="false")
        if node.role == "op":
            element.set("form", "prefix")  # ziamath draws it large in this form
        return element

    def _ordinary(self, char: str) -> ET.Element:
        char = _DOTLESS.get(char, char)
        letters = [alphabets.letter(each, self.variant) or alphabets.greek(each, self.variant) or each for each in char]
        if letters != list(char):
            return _element("mtext", "".join(letters), mathvariant="normal")
        if char[0].isdigit():
            return _element("mn", char, mathvariant=_named(self.variant) if self.variant in _DIGITS else "normal")
        if char.isalpha() and _is_mathematical(char):
            return _element("mi", char, **({"mathvariant": _named(self.variant)} if self.variant else {}))
        return _element("mtext", char, mathvariant="normal")

    def _name(self, node: Name) -> ET.Element:
        return _element("mtext", node.text.replace(" ", "\u2009"), mathvariant="normal")

    def _words(self, node: Words) -> ET.Element:
        text = node.text.replace("-", "‐").replace(" ", "\u00a0")
        return _element("mtext", text, mathvariant=_named(node.variant))

    def _space(self, node: Space) -> ET.Element:
        return ET.Element("mspace", width=f"{node.width}em")

    def _fraction(self, node: Fraction) -> ET.Element:
        children = [self._boxed(node.top), self._boxed(node.bottom)]
        fraction = self._parent("mfrac", children, **({} if node.line else {"linethickness": "0"}))
        if node.display is None:
            return fraction
        return self._parent("mstyle", [fraction], displaystyle=_bool(node.display), scriptlevel="0")

    def _boxed(self, node: Node) -> ET.Element:
        items = self.items(node)
        return self._parent("mrow", items) if len(items) != 1 else items[0]

    def _root(self, node: Root) -> ET.Element:
        if node.index is None:
            return self._parent("msqrt", [self._boxed(node.body)])
        return self._parent("mroot", [self._boxed(node.body), self._boxed(node.index)])

    def _scripts(self, node: Scripts) -> ET.Element:
        primes = _primes(node.above)
        if primes and not isinstance(node.base, Fenced):  # the glyph is raised by itself
            rest = replace(node, above=None) if node.below is not None else node.base
            return self._parent("mrow", [*self.items(rest), _element("mtext", primes, mathvariant="normal")])
        parts = [self._boxed(part) for part in (node.below, node.above) if part is not None]
        base = self._boxed(node.base)
        if _is_empty_row(node.base):
            base = _element("mi", "\u200b")
        name = "".join(
            kind
            for kind, part in (
                ("under" if self._stacked(node) else "sub", node.below),
                ("over" if self._stacked(node) else "sup", node.above),
            )
            if part is not None
        )
        return self._parent(f"m{name}", [base, *parts])

    def _stacked(self, node: Scripts) -> bool:
        if node.limits is not None:
            return node.limits
        match node.base:
            case Accent(name) if "brace" in name or "bracket" in name:
                return True
            case Accent(_, Name()):
                return self.display
            case Symbol(char, "op"):
                return self.display and char in _TALL
            case Name(_, limits):
                return self.display and limits
            case _:
                return False

    def _fenced(self, node: Fenced) -> ET.Element:
        row: list[ET.Element] = []
        if node.left:
            row.append(_element("mo", node.left, form="prefix", fence="true", stretchy="true"))
        row += self.items(node.body)
        if node.right:
            row.append(_element("mo", node.right, form="postfix", fence="true", stretchy="true"))
        return self._parent("mrow", row)

    def _delimiter(self, node: Delimiter) -> ET.Element:
        if not node.char:
            return ET.Element("mspace", width="0em")
        element = _element("mo", node.char)
        if node.size:
            element.set("minsize", f"{node.size}em")
            element.set("maxsize", f"{node.size}em")
        else:
            element.set("stretchy", "true")
        if node.role != "rel":
            element.set("lspace", "0em")
            element.set("rspace", "0em")
        return element

    def _variant(self, node: Variant) -> ET.Element:
        words = _letters(node.body) if node.variant in _PLAIN else None
        if words is not None:
            return _element("mtext", words, mathvariant=_named(node.variant))
        outer, self.variant = self.variant, node.variant
        element = self.one(node.body)
        self.variant = outer
        return element

    def _accent(self, node: Accent) -> ET.Element:
        body = self._boxed(node.body)
        char = _DRAWN_ACCENTS.get(node.name, node.char)
        if node.name == "overline":
            return self._parent("menclose", [body], notation="top")
        if node.name in {"underline", "underbar"}:
            return self._parent("menclose", [body], notation="bottom")
        mark = _element("mo", char, lspace="0em", rspace="0em")
        if node.name in _FIXED_ACCENTS:
            mark.set("stretchy", "false")
        return self._parent("munder" if node.under else "mover", [body, mark], accent="true")

    def _stack(self, node: Stack) -> ET.Element:
        if node.arrow and isinstance(node.base, Symbol):
            labels_of = (node.over or Row(), node.under or Row())
            return self._parent(
                "arrow", [self._parent("mrow", self.items(part)) for part in labels_of], char=node.base.char
            )
        base, gap = self._boxed(node.base), "0em"
        if isinstance(node.base, Symbol) and node.base.role in {"rel", "bin"}:
            base = self.one(node.base)
            gap = base.attrib["lspace"]  # the space belongs outside the labels, which may be wider
            base.attrib |= {"lspace": "0em", "rspace": "0em"}
        labels = [
            (part, self._boxed(part))
            for part in (node.under, node.over)
            if part is not None and not _is_empty_row(part)
        ]
        if not labels:
            return base
        elements = [element for _, element in labels]
        name = "munderover" if len(elements) == 2 else ("munder" if labels[0][0] is node.under else "mover")
        spaces = [ET.Element("mspace", width=gap) for _ in range(2)]
        return self._parent("mrow", [spaces[0], self._parent(name, [base, *elements]), spaces[1]])

    def _enclosed(self, node: Enclosed) -> ET.Element:
        if node.notation != "box":
            return self._parent("menclose", [self._boxed(node.body)], notation=node.notation)
        inside = [ET.Element("mspace", width="0.25em", height="0.85em", depth="0.25em") for _ in range(2)]
        box = self._parent("menclose", [inside[0], *self.items(node.body), inside[1]], notation="box")
        outside = [ET.Element("mspace", width="0.15em") for _ in range(2)]
        return self._parent("mrow", [outside[0], box, outside[1]])

    def _phantom(self, node: Phantom) -> ET.Element:
        return self._parent("mphantom", self.items(node.body))

    def _coloured(self, node: Coloured) -> ET.Element:
        if node.colour.lower() not in _COLOURS:
            return self.one(node.body)
        return self._parent("mstyle", self.items(node.body), mathcolor=_COLOURS[node.colour.lower()])

    def _mathstyle(self, node: MathStyle) -> ET.Element:
        outer, self.display = self.display, node.display
        items = self.items(node.body)
        self.display = outer
        return self._parent("mstyle", items, displaystyle=_bool(node.display), scriptlevel="1" if node.small else "0")

    def _tag(self, node: Tag) -> ET.Element:
        return _element("mtext", f"\u2003{node.text}", mathvariant="normal")

    def _table(self, node: Table) -> ET.Element:
        outer, self.display = self.display, node.kind == "aligned"
        table = self._bare_table(node)
        self.display = outer
        if not node.left and not node.right:
            return table
        row: list[ET.Element] = []
        if node.left:
            row.append(_element("mo", node.left, form="prefix", fence="true", stretchy="true"))
        row.append(table)
        if node.right:
            row.append(_element("mo", node.right, form="postfix", fence="true", stretchy="true"))
        return self._parent("mrow", row)

    def _bare_table(self, node: Table) -> ET.Element:
        width = max(len(row) for row in node.rows)
        names = {"l": "left", "c": "center", "r": "right"}
        columns = (node.columns or "c") + (node.columns or "c")[-1] * width
        table = ET.Element("mtable", columnalign=" ".join(names[column] for column in columns[:width]))
        table.set("displaystyle", _bool(node.kind == "aligned"))
        table.set("columnspacing", self._column_spacing(node, width))
        table.set("rowspacing", {"aligned": "0.55em", "stack": "0.1em"}.get(node.kind, "0.35em"))
        if node.bars:
            table.set("bars", " ".join(map(str, node.bars)))
        if node.rules:
            table.set("rules", " ".join(map(str, node.rules)))
        for row in node.rows:
            line = ET.SubElement(table, "mtr")
            for column, cell in enumerate((*row, *[Row()] * (width - len(row)))):
                goes_on = node.kind == "aligned" and column % 2 == 1
                body = self.items(cell, Row() if goes_on else None) or [ET.Element("mspace", width="0em")]
                if column == 0 and 0 in node.bars:
                    body.insert(0, ET.Element("mspace", width="0.4em"))
                if column + 1 == width and width in node.bars:
                    body.append(ET.Element("mspace", width="0.4em"))
                element = self._parent("mtd", body, displaystyle=_bool(node.kind == "aligned"))
                line.append(element)
        return table

    def _column_spacing(self, node: Table, width: int) -> str:
        if node.kind == "aligned" and node.together:
            return "0.15em"
        if node.kind == "aligned":
            return " ".join("0.15em" if index % 2 == 0 else "2em" for index in range(max(width - 1, 1)))
        return {"cases": "1em", "stack": "0em"}.get(node.kind, "0.8em")


_DIGITS = {"bold", "sans-serif", "monospace", "double-struck", "bold-italic"}
_NAMES = {"sans-serif": "sans", "monospace": "mono"}
"""Alphabets for which ziamath has other names."""
_DRAWN_ACCENTS = {
    "hat": "ˆ",
    "widehat": "\u0302",
    "tilde": "˜",
    "widetilde": "\u0303",
    "bar": "¯",
    "vec": "\u20d7",
}
_DOTLESS = {"ı": "𝚤", "ȷ": "𝚥"}
_FIXED_ACCENTS = {"vec", "hat", "tilde", "bar", "dot", "ddot", "check", "breve", "acute", "grave", "mathring"}


_COLOURS = {
    "red": "#ff7b7b",
    "blue": "#7db7ff",
    "green": "#7ee2a8",
    "orange": "#ffb454",
    **dict.fromkeys(["purple", "violet"], "#c9a0ff"),
    "magenta": "#ff8ad8",
    **dict.fromkeys(["cyan", "teal"], "#6fe0ea"),
    "yellow": "#ffe066",
    "brown": "#d9a679",
    **dict.fromkeys(["gray", "grey"], "#a5a8ae"),
}
"""LaTeX's colours, so that they can be read on the card; other colours are left out."""
_PLAIN = {"normal", "bold", "sans-serif", "monospace"}
"""Alphabets in which letters beside each other are set as one word."""


def _flat(node: Node) -> Iterator[Node]:
    if not isinstance(node, Row):
        yield node
        return
    for item in node.items:
        yield from _flat(item)


def _named(variant: str) -> str:
    return _NAMES.get(variant, variant)


def _bool(value: bool) -> str:
    return "true" if value else "false"


def _is_mathematical(char: str) -> bool:
    return char.isascii() or "\u0370" <= char <= "\u03ff" or "\u2100" <= char <= "\u214f" or char in "ıȷϵϑϕϖϰϱ∂∇ðøØåÅßæ"


def _letters(node: Node) -> str | None:
    """The text of a row that has only letters, digits and spaces; else None."""
    match node:
        case Symbol(char, "ord") if char.isalnum():
            return char
        case Words(text):
            return text
        case Space(width):
            return "\u00a0" if width > 0 else ""
        case Row(items) if items:
            texts = [_letters(item) for item in items]
            return None if any(text is None for text in texts) else "".join(text or "" for text in texts)
        case _:
            return None


def _primes(node: Node | None) -> str:
    """The primes of a superscript that has nothing else; else an empty string."""
    items = node.items if isinstance(node, Row) else (node,)
    if all(isinstance(item, Symbol) and item.char == "′" for item in items):
        return "′" * len(items)
    return ""


def _is_empty_row(node: Node | None) -> bool:
    return isinstance(node, Row) and not node.items
