"""Writes the tree of a formula as one line of Unicode, and says whether that reads well or a picture is better."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from unicodedata import combining

from bot.replies.typesetting.alphabets import FRACTIONS, SUBSCRIPTS, SUPERSCRIPTS, letter
from bot.replies.typesetting.spacing import has_space_before_relation, is_relation, is_unary_after
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

LONGEST_INLINE = 90
"""A longer line of Unicode is harder to read than a picture."""
CLUMSIEST = 2
"""With more brackets that a picture does not need, the picture is better."""
_COMBINING = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "overline": "\u0305",
    "vec": "\u20d7",
    "overrightarrow": "\u20d7",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "dot": "\u0307",
    "ddot": "\u0308",
    "dddot": "\u20db",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
    "mathring": "\u030a",
    "underline": "\u0332",
    "underbar": "\u0332",
}
_SMALL = {*SUPERSCRIPTS.values(), *SUBSCRIPTS.values()}
_DIFFERENTIAL = "dδΔ∂"
_BIG_SIGNS = set("∑∏∐∫∬∭∮∯∰⋃⋂⋁⋀⨁⨂⨀⨄⨆")


@dataclass(frozen=True, slots=True)
class UnicodeFormula:
    """The text of a formula, and whether it reads well in a sentence."""

    text: str
    reads_well: bool


def to_unicode(node: Node) -> UnicodeFormula:
    """The formula in one line (a system of equations: in several lines)."""
    writer = _UnicodeWriter()
    text = re.sub(r" {3,}", "  ", writer.row([node])).strip()
    well = writer.good and writer.clumsy <= CLUMSIEST and len(text) <= LONGEST_INLINE and "\n" not in text
    return UnicodeFormula(text, well)


def _flat(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        match node:
            case Row(items):
                yield from _flat(items)
            case Coloured(_, body) | MathStyle(_, body, _):
                yield from _flat([body])
            case _:
                yield node


class _UnicodeWriter:
    def __init__(self) -> None:
        self.good = True
        self.clumsy = 0
        self._written: dict[tuple[int, bool], str] = {}

    def of(self, node: Node) -> str:
        """One node, without spaces around signs."""
        return self._alone(node, tight=True)

    def _alone(self, node: Node, *, tight: bool) -> str:
        """One node, written once: written at each level again, a fraction in 20 fractions would take for ever."""
        key = id(node), tight  # the tree lives as long as this writer
        if key not in self._written:
            self._written[key] = self.row([node], tight=tight)
        return self._written[key]

    def row(self, nodes: Sequence[Node], *, tight: bool = False, before: Node | None = None) -> str:
        """Nodes beside each other. `tight`: without the usual spaces around signs; `before` is the node to the left."""
        text = ""
        left = before
        flat = list(_flat(nodes))
        for node, after in zip_longest(flat, flat[1:]):
            piece = self._one(node)
            if isinstance(node, Fraction) and "/" in piece:
                piece = self._fraction_beside(node, piece, text, before, after)
            elif self._is_name(node) and text and (text[-1].isalnum() or text[-1] in ")°′"):
                text += " "
            if piece and not text.endswith(" ") and self._runs_on(before, text, piece):
                text += " "
            piece = self._spaced(node, piece, left, tight=tight)
            if is_relation(node) and not has_space_before_relation(before):
                text, piece = text.rstrip(" "), piece.lstrip(" ")
            text += piece
            before, left = node, left if isinstance(node, Space) else node
        return text

    def _fraction_beside(self, node: Fraction, piece: str, text: str, before: Node | None, after: Node | None) -> str:
        """A fraction written with a slash; its neighbours must not seem to be parts of it."""
        if piece[0] in _DIFFERENTIAL and re.match(r"[d∂]", self.of(node.bottom)):  # d/dx
            left = " " if text and (text[-1].isalnum() or text[-1] == ")") else ""
            return left + piece + (" " if _is_operand(after) else "")
        if isinstance(before, Symbol) and before.char.isdecimal() and piece.replace("/", "").isdecimal():
            return f" {piece}"  # a mixed number
        joined = text[-1:].isdigit() and piece[0].isdigit()
        argument = self._is_name(before) and not text.endswith(" ")
        if not (joined or argument or _is_operand(after)):
            return piece
        self.clumsy += 1
        return f"({piece})"

    def _runs_on(self, before: Node | None, text: str, piece: str) -> bool:
        """Whether a name, a root or a script would seem to go on in the next piece without a space."""
        if self._is_name(before):
            return piece[0].isalnum() or piece[0] in "√∑∫|−"
        begins = piece[0].isalnum() or piece[0] in "√("
        if isinstance(before, Root):
            return begins and not text.endswith(")")
        return isinstance(before, Scripts) and begins and re.search(r"[_^]\w+$", text) is not None

    @staticmethod
    def _is_name(node: Node | None) -> bool:
        base = node.base if isinstance(node, Scripts) else node
        return isinstance(base, Name)

    @staticmethod
    def _spaced(node: Node, piece: str, left: Node | None, *, tight: bool) -> str:
        if not isinstance(node, Symbol | Delimiter):
            return f" {piece} " if isinstance(node, Stack) and _is_relation(node) else piece
        if node.role == "rel" and not tight:
            return f" {piece} "
        if node.role == "bin" and not is_unary_after(left) and not tight:
            return f" {piece} "
        if node.role == "punct":
            return f"{piece} " if not tight else piece
        return piece

    def _one(self, node: Node) -> str:
        method = getattr(self, f"_{type(node).__name__.lower()}")
        text: str = method(node)
        return text

    def _symbol(self, node: Symbol) -> str:
        return node.char

    def _name(self, node: Name) -> str:
        return node.text

    def _words(self, node: Words) -> str:
        return node.text

    def _space(self, node: Space) -> str:
        return "  " if node.width >= 0.9 else " " if node.width > 0.1 else ""

    def _delimiter(self, node: Delimiter) -> str:
        return node.char

    def _tag(self, node: Tag) -> str:
        return f"  {node.text}"

    def _phantom(self, node: Phantom) -> str:  # noqa: ARG002
        return " "

    def _fraction(self, node: Fraction) -> str:
        top, bottom = self._group(node.top), self._group(node.bottom)
        if not node.line:
            self.good = False
            return f"{top} over {bottom}"
        if (top, bottom) in FRACTIONS:
            return FRACTIONS[top, bottom]
        if "/" in top or "/" in bottom or len(top) + len(bottom) > 24:
            self.good = False
        text = f"{_in_brackets(top)}/{bottom if _is_factor(node.bottom, bottom) else f'({bottom})'}"
        self.clumsy += "(" in text
        return text

    def _root(self, node: Root) -> str:
        body = self._group(node.body)
        index = self.of(node.index) if node.index is not None else ""
        if index and not all(char in SUPERSCRIPTS for char in index):
            self.good = False
        raised = "".join(SUPERSCRIPTS.get(char, char) for char in index)
        if len(body) > 24 or "√" in body:
            self.good = False
        if _is_simple(body):
            return f"{raised}√{body}"
        self.clumsy += 1
        return f"{raised}√({body})"

    def _scripts(self, node: Scripts) -> str:
        base = self._one_tight(node.base)
        if isinstance(node.base, Name) and node.base.limits:
            return base + self._limits(node)
        if isinstance(node.base, Accent) and node.base.name.endswith(("brace", "bracket")):
            labels = [self.row([part]).strip() for part in (node.above, node.below) if part is not None]
            return f"[{self.row([node.base.body]).strip()}: {', '.join(labels)}]"
        if len(base) > 1 and not isinstance(node.base, Symbol | Name | Fenced | Words | Variant | Accent | Delimiter):
            base = f"({base})"
        below = self._lowered(node.below) if node.below is not None else ""
        above = self._raised(node.above) if node.above is not None else ""
        gap = " " if base in _BIG_SIGNS else ""
        return base + below + above + gap if base else above + below

    def _one_tight(self, node: Node) -> str:
        return self.of(node)

    def _limits(self, node: Scripts) -> str:
        text = ""
        if node.below is not None:
            under = self.of(node.below)
            lowered = [SUBSCRIPTS.get(char) for char in under]
            text += "".join(map(str, lowered)) if None not in lowered else f"({under})"
        if node.above is not None:
            text += self._raised(node.above)
        return text + (" " if text.endswith(")") else "")

    def _group(self, node: Node) -> str:
        """The inside of brackets; tight if it is short."""
        tight = self.of(node)
        return tight if len(tight) <= 8 else self._alone(node, tight=False).strip()

    def _lowered(self, node: Node) -> str:
        text = self.of(node)
        if text and all(char in SUBSCRIPTS for char in text):
            return "".join(SUBSCRIPTS[char] for char in text)
        if len(text) > 12:
            self.good = False
        if _is_plain(text) or len(text) == 1 or _is_bracketed(text):
            return f"_{text}"
        self.clumsy += 1
        return f"_({text})"

    def _raised(self, node: Node) -> str:
        text = self.of(node)
        if text and all(char in SUPERSCRIPTS for char in text):
            return "".join(SUPERSCRIPTS[char] for char in text)
        if len(text) > 12 or "^" in text:
            self.good = False
        if len(text) == 1 or (text.isdigit() and text.isascii()) or _is_bracketed(text):
            return f"^{text}"
        self.clumsy += 1 + (len(text) > 8)
        return f"^({text})"

    def _fenced(self, node: Fenced) -> str:
        match node.body:
            case Fraction(top, bottom, line=False) if node.left == "(":
                self.good = False
                return f"C({self.of(top)}, {self.of(bottom)})"
            case Table() if node.left in {"", "{"} and node.right in {"", "}"} and node.left != node.right:
                self.good = False
                return self._system(node.body, closed=bool(node.right))
            case Table() if node.left in {"[", "("}:
                return self._table(node.body)
            case Table():
                return node.left + self._table(node.body) + node.right
            case _:
                return node.left + self.row([node.body]).strip() + node.right

    def _variant(self, node: Variant) -> str:
        if isinstance(node.body, Symbol):
            return letter(node.body.char, node.variant) or node.body.char
        return self.row([node.body], tight=True) if not isinstance(node.body, Row) else self.row(node.body.items)

    def _accent(self, node: Accent) -> str:
        body = self.of(node.body).rstrip()
        if not body:
            return "____" if node.under else body  # a blank for an answer
        mark = _COMBINING.get(node.name)
        if mark is None or len(body) > (4 if node.name in {"overline", "underline", "overrightarrow"} else 1):
            self.good = False
        if mark is None:
            return body
        if node.name == "overrightarrow" and len(body) > 1:
            return body[:-1] + body[-1] + mark
        if len(body) > 4:
            return f"{body}{mark}"
        return "".join(char if combining(char) else char + mark for char in body)

    def _stack(self, node: Stack) -> str:
        self.good = False
        base = self.of(node.base)
        over = self.of(node.over) if node.over is not None else ""
        under = self.of(node.under) if node.under is not None else ""
        labels = "; ".join(label for label in (over, under) if label)
        if _is_relation(node):
            return f"{base}[{labels}]" if labels else base
        return f"{base}({labels})" if labels else base

    def _enclosed(self, node: Enclosed) -> str:
        self.good = False
        body = self.row([node.body])
        if "strike" in node.notation:
            return "".join(char + "\u0336" for char in body)
        if node.notation == "top":  # of a long division
            return f" {body.strip()}"
        return f"[ {body.strip()} ]"

    def _coloured(self, node: Coloured) -> str:
        return self.of(node.body)

    def _mathstyle(self, node: MathStyle) -> str:
        return self.of(node.body)

    def _table(self, node: Table) -> str:
        self.good = False
        if node.kind == "aligned":
            return "\n".join(self._aligned(row) for row in node.rows)
        if node.kind == "cases":
            return self._system(node, closed=bool(node.right))
        rows = [[self.row([cell]).strip() for cell in row] for row in node.rows]
        if node.kind == "stack":
            return ", ".join(" ".join(row) for row in rows)
        left, right = ("[", "]") if node.left in {"", "[", "("} else (node.left, node.right)
        return left + "; ".join("  ".join(row) for row in rows) + right

    def _aligned(self, row: Sequence[Node]) -> str:
        """A line of aligned equations; a sign at the beginning of a cell stands between it and the cell before."""
        cells = [self.row([cell], before=Row() if index % 2 else None).strip() for index, cell in enumerate(row)]
        return " ".join(cell for cell in cells if cell)

    def _system(self, node: Table, *, closed: bool) -> str:
        """Lines behind one brace."""
        if node.kind == "aligned":
            lines = [self._aligned(row) for row in node.rows]
        else:
            rows = [[self.row([cell]).strip() for cell in row] for row in node.rows]
            lines = [", ".join(cell.rstrip(",") for cell in row if cell) for row in rows]
        return "{ " + "; ".join(lines) + (" }" if closed else "")


def _is_relation(node: Stack) -> bool:
    return node.arrow or (isinstance(node.base, Symbol) and node.base.role == "rel")


def _is_plain(text: str) -> bool:
    return text.isalnum() and not any(char in _SMALL for char in text)


def _is_simple(text: str) -> bool:
    """Whether a text needs no brackets under a root or beside a slash: a number, or one letter with its marks."""
    if text.replace(".", "").replace(",", "").isdecimal():
        return True
    return text[:1].isalnum() and all(char in _SMALL or combining(char) for char in text[1:])


def _is_bracketed(text: str) -> bool:
    return text.startswith("(") and text.endswith(")") and text.count("(") == 1


def _is_factor(node: Node, text: str) -> bool:
    """Whether a denominator needs no brackets: if simple, or a word, a differential, a name such as AB."""
    if (
        _is_simple(text)
        or re.fullmatch(r"\w_\w+", text)
        or isinstance(node, Words)
        or (text.isalpha() and (text.isupper() or not text.isascii()))
    ):
        return True
    if isinstance(node, Variant) and text.isalpha():
        return True
    if text.startswith("√") and _is_simple(text[1:]):
        return True
    return _is_bracketed(text) or (text[0] in _DIFFERENTIAL and _is_simple(text[1:]))


def _is_operand(node: Node | None) -> bool:
    """Whether a node would be multiplied with what precedes it."""
    match node:
        case Scripts(base):
            return _is_operand(base)
        case Symbol(char, role):
            return role in {"op", "open"} or (role == "ord" and (char.isalnum() or char in "∂∇∞"))
        case Fraction() | Root() | Fenced() | Name() | Accent() | Variant():
            return True
        case _:
            return False


def _in_brackets(text: str) -> str:
    """`text` as a numerator, in brackets if it needs them."""
    if _is_simple(text) or _is_bracketed(text):
        return text
    return f"({text})" if any(sign in text for sign in "+−=± ,<>≤≥/") else text
