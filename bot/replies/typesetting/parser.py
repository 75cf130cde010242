"""Parses the tokens of LaTeX into a tree: lines, cells, rows, scripts, groups, arguments.

What each macro means is in other files: `macros`, `text_macros`, `environments`, `units`, `chemistry`, `newcommand`.
"""

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from typing import TypeAlias

from bot.replies.typesetting import symbols
from bot.replies.typesetting.tokens import LatexError, Tokens
from bot.replies.typesetting.tree import (
    Coloured,
    Fenced,
    Fraction,
    MathStyle,
    Node,
    Row,
    Scripts,
    Space,
    Symbol,
    Table,
    Variant,
)

DEEPEST = 40
"""How deep groups may be nested; real formulas need less than half of it."""

Macro: TypeAlias = "Callable[[Parser, str], Node]"
"""Reads the arguments of the macro of that name, and returns its node."""

_LINE_ENDS = frozenset({"}", "&", "\\\\", "\\end", "\\right", "\\cr"})
_NO_ARGUMENT = _LINE_ENDS | {"]"}
_SCRIPTS = frozenset({"^", "_", "'", "\\limits", "\\nolimits"})
_STYLES = {
    "\\displaystyle": (True, False),
    "\\textstyle": (False, False),
    "\\scriptstyle": (False, True),
    "\\scriptscriptstyle": (False, True),
}
_FONTS = frozenset({"\\rm", "\\bf", "\\it", "\\cal", "\\sf", "\\tt", "\\frak"})


class Parser(Tokens):
    """Reads one formula. `macros` are the known macros; `depth` is how deep the formula is nested in another."""

    def __init__(self, source: str, macros: MutableMapping[str, Macro], *, depth: int = 0) -> None:
        super().__init__(source)
        self.macros: ChainMap[str, Macro] = ChainMap({}, macros)
        self.expansions = 0
        self._depth = depth
        self._stops = _LINE_ENDS

    def inner(self, source: str) -> Node:
        """A formula within this one, such as in a `\\text{…}`."""
        return Parser(source, self.macros, depth=self._depth).formula()

    # Rows

    def formula(self) -> Node:
        """Read all tokens: a formula, which may have several lines."""
        rows = self.lines()
        if (token := self.peek()) is not None:
            raise LatexError(f"{token!r} without its beginning")
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return Table(rows, columns=aligned_columns(rows), kind="aligned")

    def lines(self) -> tuple[tuple[Node, ...], ...]:
        """Read lines (ended by `\\\\`) of cells (separated by `&`), up to a token that is none of theirs."""
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self.row(_LINE_ENDS))
            if self.take("&"):
                continue
            rows.append(tuple(cells))
            cells = []
            if not (self.take("\\\\") or self.take("\\cr")):
                break
            self.optional()
        if len(rows) > 1 and all(_is_empty(cell) for cell in rows[-1]):
            rows.pop()
        return tuple(rows)

    def row(self, stops: frozenset[str] | None = None) -> Node:
        """Read nodes beside each other, up to a token of `stops` (None: up to the end of the row around this one)."""
        outer, self._stops = self._stops, stops or self._stops
        self._descend()
        items: list[Node] = []
        while (token := self.peek()) is not None and token not in self._stops:
            if token in {"\\over", "\\atop", "\\choose"}:
                items = [self._old_fraction(row_of(items))]
            elif (declared := self._declaration(token)) is not None:
                items.append(declared)
            else:
                items.append(self._with_scripts())
        self._depth -= 1
        self._stops = outer
        return row_of(items)

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LatexError(f"nested more than {DEEPEST} deep")

    def _old_fraction(self, top: Node) -> Node:
        token, bottom = self.next(), self.row()
        fraction = Fraction(top, bottom, line=token == "\\over")
        return Fenced("(", fraction, ")") if token == "\\choose" else fraction

    def _declaration(self, token: str) -> Node | None:
        """A macro that changes the rest of its row; None if `token` is none."""
        if token in _STYLES:
            self.next()
            display, small = _STYLES[token]
            return MathStyle(display, self.row(), small)
        if token in _FONTS:
            self.next()
            return Variant(symbols.VARIANTS[token[1:]], self.row())
        if token == "\\color":
            self.next()
            return Coloured(self.colour(), self.row())
        return None

    def _with_scripts(self) -> Node:
        base: Node = Row() if self.peek() in {"^", "_", "'"} else self.atom()
        below: Node | None = None
        above: Node | None = None
        limits: bool | None = None
        while self.peek() in _SCRIPTS:
            match self.next():
                case "^":
                    above = _joined(above, self.argument())
                case "_":
                    if below is not None:
                        raise LatexError("two subscripts")
                    below = self.argument()
                case "'":
                    above = _joined(above, Symbol("′"))
                case token:
                    limits = token == "\\limits"
        return base if below is None and above is None else Scripts(base, below, above, limits)

    # Arguments

    def argument(self) -> Node:
        """Read the argument of a macro: a `{…}`, or what one token stands for."""
        token = self.peek()
        if token == "{":
            return self.group()
        if token is None or token in _NO_ARGUMENT:
            raise LatexError("an argument is missing")
        self.split_number()
        return self.atom()

    def group(self) -> Node:
        """Read a `{…}`."""
        self.expect("{")
        row = self.row(frozenset({"}"}))
        self.expect("}")
        return row

    def optional(self) -> Node | None:
        """Read a `[…]`, if one comes next."""
        if not self.take("["):
            return None
        row = self.row(frozenset({"]", "}"}))
        self.expect("]")
        return row

    def colour(self) -> str:
        """Read the name of a colour; an empty string if the colour is in another notation."""
        model = self.optional()
        colour = self.raw_group().strip().removeprefix("#")
        return colour if model is None and colour.isascii() and colour.isalnum() and len(colour) <= 20 else ""

    # Atoms

    def atom(self) -> Node:
        """Read one character, one macro with its arguments, or one group."""
        self._descend()
        atom = self._one()
        self._depth -= 1
        return atom

    def _one(self) -> Node:
        if self.peek() == "{":
            group = self.group()
            return Symbol(group.char) if isinstance(group, Symbol) else group
        token = self.next()
        if token.startswith("\\"):
            return self._macro(token[1:])
        if token == "~":
            return Space(0.25)
        if token in {"&", "}", "^", "_", "#", "$"}:
            raise LatexError(f"{token!r} where it cannot stand")
        return Symbol(*symbols.CHARACTERS.get(token, (token,)))

    def _macro(self, name: str) -> Node:
        if name.isspace():
            return Space(0.25)
        if name not in self.macros:
            raise LatexError(f"\\{name} is not known")
        return self.macros[name](self, name)


def row_of(items: list[Node]) -> Node:
    """A row of nodes; a single node stays as it is."""
    return items[0] if len(items) == 1 else Row(tuple(items))


def aligned_columns(rows: tuple[tuple[Node, ...], ...]) -> str:
    """The columns of aligned equations: aligned right before each `&`, and left after it."""
    width = max((len(row) for row in rows), default=1)
    return "l" if width == 1 else ("rl" * width)[:width]


def _is_empty(node: Node) -> bool:
    return isinstance(node, Row) and all(_is_empty(item) for item in node.items)


def _joined(first: Node | None, second: Node) -> Node:
    if first is None:
        return second
    if not (isinstance(first, Symbol) and first.char.startswith("′")) and not isinstance(first, Row):
        raise LatexError("two superscripts")
    return Row((*(first.items if isinstance(first, Row) else (first,)), second))
