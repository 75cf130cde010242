"""Reads LaTeX mathematics into a tree. What it does not know it refuses: nothing is drawn as half a guess."""

import re

from bot.replies.maths import symbols
from bot.replies.maths.symbols import Role
from bot.replies.maths.tree import (
    Accent,
    Coloured,
    Delimiter,
    Enclosed,
    Fenced,
    Fraction,
    Name,
    Node,
    Phantom,
    Root,
    Row,
    Scripts,
    Space,
    Stack,
    Style,
    Styled,
    Symbol,
    Table,
    Tag,
    Words,
)

LONGEST = 4_000
"""Characters of a formula; longer ones are shown as source."""
DEEPEST = 40
"""Groups within groups; drawing costs twice as much with each."""


class LatexError(Exception):
    """The formula cannot be understood; the message says why."""


ALIGNED = frozenset(
    [
        "align",
        "aligned",
        "alignat",
        "alignedat",
        "split",
        "eqnarray",
        "flalign",
        "gather",
        "gathered",
        "multline",
        "equation",
        "math",
        "displaymath",
    ]
)
ENVIRONMENTS: dict[str, tuple[str, str]] = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "array": ("", ""),
    "tabular": ("", ""),
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "rcases": ("", "}"),
    "drcases": ("", "}"),
    "subarray": ("", ""),
}
SINGLE = frozenset(["equation", "math", "displaymath", "multline"])
_BIG = {"big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3.0}
_IGNORED = frozenset(
    [
        "displaylimits",
        "nonumber",
        "notag",
        "allowbreak",
        "relax",
        "mathstrut",
        "strut",
        "protect",
        "noindent",
        "centering",
        "hfill",
        "break",
        "newline",
        "mathord",
        "mathbin",
        "mathrel",
        "mathopen",
        "mathclose",
        "mathpunct",
        "mathinner",
        "mathop",
        "ensuremath",
        "smash",
        "limits",
        "nolimits",
        "normalsize",
        "small",
        "large",
        "Large",
        "footnotesize",
        "tiny",
        "scriptsize",
        "LARGE",
        "huge",
        "mathchoice",
        "hfil",
        "nobreak",
        "goodbreak",
        "unskip",
        "ignorespaces",
    ]
)
_SWITCHES = {
    "displaystyle": (True, False),
    "textstyle": (False, False),
    "scriptstyle": (False, True),
    "scriptscriptstyle": (False, True),
}
_TOKEN = re.compile(r"%[^\n]*\n?|\\(?:[A-Za-z]+\*?|.|\n)|\d+(?:,\d{3})*(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_CLOSERS = frozenset({"}", "]", "&", "\\\\", "\\end", "\\right", "\\cr"})


def parse(source: str) -> Node:
    """The tree of a formula (without its delimiters).

    Raises:
        LatexError: an unknown macro or environment, something unclosed, too long, nested too deep.
    """
    if len(source) > LONGEST:
        raise LatexError(f"longer than {LONGEST} characters")
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self._tokens = _tokens(source)
        self._at = 0
        self._depth = 0
        self._macros: dict[str, tuple[int, list[str]]] = {}
        self._expansions = 0

    # The sign stream

    def _peek(self) -> str | None:
        self._skip_blank()
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _skip_blank(self) -> None:
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1

    def _next(self) -> str:
        sign = self._peek()
        if sign is None:
            raise LatexError("ends too early")
        self._at += 1
        return sign

    def _expect(self, sign: str) -> None:
        if (found := self._next()) != sign:
            raise LatexError(f"{found!r} where {sign!r} should stand")

    # Rows

    def whole(self) -> Node:
        """The whole formula, which may have several lines."""
        rows = self._lines()
        if self._peek() is not None:
            raise LatexError(f"{self._peek()!r} without its beginning")
        if len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        return Table(rows, columns=_aligned_columns(rows), kind="aligned")

    def _lines(self) -> tuple[tuple[Node, ...], ...]:
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self._row())
            sign = self._peek()
            if sign == "&":
                self._at += 1
                continue
            rows.append(tuple(cells))
            cells = []
            if sign not in {"\\\\", "\\cr", "\\newline"}:
                break
            self._at += 1
            self._optional()
        if len(rows) > 1 and all(_is_empty(cell) for cell in rows[-1]):
            rows.pop()
        return tuple(rows)

    def _row(self, stop: frozenset[str] = _CLOSERS) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LatexError(f"nested more than {DEEPEST} deep")
        items: list[Node] = []
        while (sign := self._peek()) is not None and (sign not in stop or (sign == "]" and "]" not in self._stops)):
            if sign in {"\\over", "\\atop", "\\choose"}:
                self._at += 1
                items = [self._old_fraction(sign, _row_of(items), stop)]
            elif sign[1:] in _SWITCHES and sign.startswith("\\"):
                self._at += 1
                display, small = _SWITCHES[sign[1:]]
                items.append(Style(display, self._row(stop), small))
            elif sign.startswith("\\") and sign[1:] in {"rm", "bf", "it", "cal", "sf", "tt", "frak"}:
                self._at += 1
                items.append(Styled(symbols.VARIANTS[sign[1:]], self._row(stop)))
            elif sign == "\\color":
                self._at += 1
                items.append(Coloured(self._colour(), self._row(stop)))
            else:
                items.extend(self._with_scripts())
        self._depth -= 1
        return _row_of(items)

    _stops: frozenset[str] = frozenset()

    def _old_fraction(self, sign: str, top: Node, stop: frozenset[str]) -> Node:
        bottom = self._row(stop)
        fraction = Fraction(top, bottom, line=sign == "\\over")
        return Fenced("(", fraction, ")") if sign == "\\choose" else fraction

    def _with_scripts(self) -> list[Node]:
        sign = self._peek()
        base: Node = Row() if sign in {"^", "_", "'"} else self._atom()
        below: Node | None = None
        above: Node | None = None
        limits: bool | None = None
        while (sign := self._peek()) in {"^", "_", "'", "\\limits", "\\nolimits"}:
            self._at += 1
            if sign == "^":
                above = _joined(above, self._argument())
            elif sign == "_":
                if below is not None:
                    raise LatexError("two subscripts")
                below = self._argument()
            elif sign == "'":
                above = _joined(above, Symbol("′"))
            else:
                limits = sign == "\\limits"
        if below is None and above is None:
            return [base]
        return [Scripts(base, below, above, limits)]

    # Atoms

    def _argument(self) -> Node:
        """One `{…}` or one sign, as the argument of a macro."""
        sign = self._peek()
        if sign == "{":
            return self._group()
        if sign is None or sign in _CLOSERS:
            raise LatexError("an argument is missing")
        if sign[0].isdigit() and len(sign) > 1:
            self._tokens[self._at : self._at + 1] = list(sign)
        return self._atom()

    def _group(self) -> Node:
        self._expect("{")
        outer, self._stops = self._stops, frozenset()
        row = self._row(frozenset({"}"}))
        self._stops = outer
        self._expect("}")
        return row

    def _raw_group(self) -> str:
        """The source of a `{…}`, as it stands."""
        if self._peek() != "{":
            return self._next()
        self._at += 1
        start, depth = self._at, 1
        while self._at < len(self._tokens):
            sign = self._tokens[self._at]
            depth += {"{": 1, "}": -1}.get(sign, 0)
            self._at += 1
            if depth == 0:
                return "".join(self._tokens[start : self._at - 1])
        raise LatexError("a group is not closed")

    def _optional(self) -> Node | None:
        """A `[…]`, if one stands here."""
        if self._peek() != "[":
            return None
        self._at += 1
        outer, self._stops = self._stops, frozenset({"]"})
        row = self._row(frozenset({"]", "}"}))
        self._stops = outer
        self._expect("]")
        return row

    def _atom(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise LatexError(f"nested more than {DEEPEST} deep")
        atom = self._one()
        self._depth -= 1
        return atom

    def _one(self) -> Node:
        sign = self._next()
        if sign == "{":
            self._at -= 1
            group = self._group()
            return Symbol(group.char) if isinstance(group, Symbol) else group
        if sign.startswith("\\"):
            return self._macro(sign[1:])
        if sign == "~":
            return Space(0.25)
        if sign in {"&", "}", "^", "_", "#", "$"}:
            raise LatexError(f"{sign!r} where it cannot stand")
        if sign in symbols.CHARACTERS:
            return Symbol(*symbols.CHARACTERS[sign])
        return Symbol(sign)

    def _macro(self, name: str) -> Node:  # noqa: C901, PLR0912 - a table of LaTeX's macros, line by line
        starred, name = name.endswith("*"), name.rstrip("*") or "*"
        if name in self._macros:
            return self._expand(name)
        if name in {"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"}:
            if name == "cfrac":
                self._optional()
            display = {"dfrac": True, "cfrac": True, "tfrac": False}.get(name)
            return Fraction(self._argument(), self._argument(), display=display)
        if name in {"binom", "dbinom", "tbinom"}:
            return Fenced("(", Fraction(self._argument(), self._argument(), line=False), ")")
        if name == "sqrt":
            index = self._optional()
            return Root(self._argument(), index)
        if name in {"left", "middle", "right"}:
            return self._fence(name)
        if name == "begin":
            return self._environment()
        if name in symbols.TEXTS:
            return self._text(symbols.TEXTS[name])
        if name in {"operatorname", "mathop", "operatornamewithlimits"}:
            return Name(_plain(self._argument()), limits=starred or name != "operatorname")
        if name in symbols.VARIANTS:
            return Styled(symbols.VARIANTS[name], self._argument())
        if name in symbols.ACCENTS or name in symbols.UNDER_ACCENTS:
            return Accent(name, self._argument(), under=name in symbols.UNDER_ACCENTS)
        if name in {"overset", "stackrel"}:
            over = self._argument()
            return Stack(self._argument(), over=over)
        if name == "underset":
            under = self._argument()
            return Stack(self._argument(), under=under)
        if name in symbols.EXTENSIBLE:
            under_label = self._optional()
            return Stack(Symbol(symbols.EXTENSIBLE[name], "rel"), self._argument(), under_label, arrow=True)
        if name in {"boxed", "fbox", "bbox", "framebox"}:
            self._optional()
            return Enclosed("box", self._text("normal") if name == "fbox" else self._argument())
        if name in {"cancel", "bcancel", "xcancel", "sout", "not"}:
            return self._struck(name)
        if name in {"phantom", "hphantom", "vphantom"}:
            return Phantom(self._argument()) if name != "vphantom" else self._dropped()
        if name in {"textcolor", "colorbox"}:
            return Coloured(self._colour(), self._argument())
        if name == "substack":
            return self._substack()
        if name in {"ce", "cee", "pu"}:
            return self._chemistry(name)
        if name == "tag":
            return Tag(self._raw_group() if starred else f"({self._raw_group()})")
        if name in {"pmod", "pod", "mod", "bmod"}:
            return self._modulo(name)
        if name.rstrip("lrm") in _BIG and (name in _BIG or name[:-1] in _BIG):
            return self._big(name)
        if name in symbols.LIMIT_FUNCTIONS:
            return Name(symbols.LIMIT_FUNCTIONS[name], limits=True)
        if name in symbols.SYMBOLS:
            return Symbol(*symbols.SYMBOLS[name])
        if name in symbols.FUNCTIONS:
            return Name(name)
        if name in symbols.SPACES or name.isspace():
            return Space(symbols.SPACES.get(name, 0.25))
        return self._rare(name)

    def _rare(self, name: str) -> Node:  # noqa: C901 - the rest of the table
        match name:
            case "hspace" | "hskip" | "kern" | "mkern" | "mskip" | "mspace":
                return self._hspace()
            case "label" | "vspace" | "ref" | "eqref" | "cite" | "hline" | "cline" | "raisebox" | "vskip":
                self._raw_group() if name != "hline" else None
                return Row()
            case "newcommand" | "renewcommand" | "def" | "DeclareMathOperator" | "providecommand":
                return self._define(name)
            case "bra" | "ket" | "braket" | "Bra" | "Ket" | "Braket":
                left = "⟨" if name.lower().startswith("bra") else "|"
                right = "⟩" if name.lower().endswith("ket") else "|"
                return Fenced(left, self._argument(), right)
            case "abs" | "norm" | "ceil" | "floor" | "set":
                fences = {"abs": "||", "norm": "‖‖", "ceil": "⌈⌉", "floor": "⌊⌋", "set": "{}"}[name]
                return Fenced(fences[0], self._argument(), fences[1])
            case "dd":
                return Symbol("d")
            case "idotsint":
                return Row((Symbol("∫", "op"), Symbol("⋯"), Symbol("∫", "op")))
            case "char" | "unicode" | "symbol":
                raise LatexError(f"\\{name} is not for formulas")
            case "LaTeX" | "TeX":
                return Words(name)
            case "lt" | "gt":
                return Symbol({"lt": "<", "gt": ">"}[name], "rel")
            case "mathclap" | "mathllap" | "mathrlap" | "llap" | "rlap" | "vcenter":
                return self._argument()
            case "sideset":
                left_side, right_side = self._argument(), self._argument()
                return Row((left_side, self._atom(), right_side))
            case _ if name in _IGNORED:
                return Row()
            case _:
                raise LatexError(f"\\{name} is not known")

    def _fence(self, name: str) -> Node:
        if name != "left":
            if name == "middle":
                return Delimiter(self._delimiter(), 0, "rel")
            raise LatexError("\\right without \\left")
        left = self._delimiter()
        outer, self._stops = self._stops, frozenset()
        rows = self._lines()
        self._stops = outer
        self._expect("\\right")
        right = self._delimiter()
        body: Node = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else Table(rows)
        return Fenced(left, body, right)

    def _delimiter(self) -> str:
        sign = self._next()
        if sign == ".":
            return ""
        name = sign.removeprefix("\\")
        if sign.startswith("\\") and name in symbols.SYMBOLS:
            return symbols.SYMBOLS[name][0]
        if sign in {"<", ">"}:
            return {"<": "⟨", ">": "⟩"}[sign]
        if sign in "()[]|/⟨⟩‖↑↓":
            return sign
        raise LatexError(f"{sign!r} is no delimiter")

    def _big(self, name: str) -> Node:
        size = _BIG[name] if name in _BIG else _BIG[name[:-1]]
        role: Role = {"l": "open", "r": "close", "m": "rel"}.get(name[-1], "ord") if name not in _BIG else "ord"  # type: ignore[assignment]
        return Delimiter(self._delimiter(), size, role)

    def _struck(self, name: str) -> Node:
        if name == "not":
            base = self._atom()
            if isinstance(base, Symbol) and base.char in symbols.NEGATED:
                return Symbol(symbols.NEGATED[base.char], base.role)
            return Enclosed("updiagonalstrike", base)
        notation = {
            "cancel": "updiagonalstrike",
            "bcancel": "downdiagonalstrike",
            "xcancel": "updiagonalstrike downdiagonalstrike",
            "sout": "horizontalstrike",
        }[name]
        return Enclosed(notation, self._argument())

    def _dropped(self) -> Node:
        self._argument()
        return Row()

    def _colour(self) -> str:
        model = self._optional()
        colour = self._raw_group().strip()
        if model is not None or not re.fullmatch(r"#?[A-Za-z0-9]{1,20}", colour):
            return ""
        return colour

    def _modulo(self, name: str) -> Node:
        if name == "bmod":
            return Row((Space(0.25), Name("mod"), Space(0.25)))
        body = self._argument()
        inner = Row((Name("mod"), Space(0.33), body)) if name != "pod" else body
        if name == "mod":
            return Row((Space(0.6), inner))
        return Row((Space(0.6), Symbol("(", "open"), inner, Symbol(")", "close")))

    def _hspace(self) -> Node:
        text = self._raw_group() if self._peek() == "{" else ""
        if not text:
            while (sign := self._peek()) is not None and re.fullmatch(r"[-.\d,a-z]+", sign):
                text += self._next()
                if re.search(r"(?:em|mu|pt|ex|cm|mm|px)$", text):
                    break
        found = re.fullmatch(r"\s*(-?[\d.]+)\s*(em|mu|pt|ex|cm|mm|px)?\s*", text)
        if found is None:
            return Space(0.25)
        try:
            amount = float(found[1])
        except ValueError:
            return Space(0.25)
        unit = {"em": 1, "mu": 1 / 18, "pt": 0.1, "ex": 0.43, "cm": 2.85, "mm": 0.285, "px": 0.06}[found[2] or "em"]
        return Space(max(-2.0, min(amount * unit, 4.0)))

    def _substack(self) -> Node:
        self._expect("{")
        outer, self._stops = self._stops, frozenset()
        rows = self._lines()
        self._stops = outer
        self._expect("}")
        return Table(rows, kind="stack")

    # Text

    def _text(self, variant: str) -> Node:
        parts = re.split(r"(?<!\\)\$(.*?)(?<!\\)\$", self._raw_group(), flags=re.DOTALL)
        items: list[Node] = []
        for index, part in enumerate(parts):
            if index % 2:
                items.append(_Parser(part).whole())
            elif part:
                items.append(Words(_unescaped(part), variant))
        return _row_of(items)

    def _chemistry(self, name: str) -> Node:
        from bot.replies.maths.chemistry import to_latex, unit_to_latex  # noqa: PLC0415 - the two know each other

        source = self._raw_group()
        inner = _Parser(to_latex(source) if name != "pu" else unit_to_latex(source))
        inner._depth = self._depth
        return Styled("normal", inner.whole())

    # Environments and definitions

    def _environment(self) -> Node:
        full = self._raw_group().strip()
        name = full.rstrip("*")
        columns = ""
        bars: tuple[int, ...] = ()
        if name in {"array", "tabular", "subarray"}:
            self._optional()
            columns, bars = _column_spec(self._raw_group())
        elif name in {"alignat", "alignedat"}:
            self._raw_group()
        elif name in {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "aligned", "gathered"}:
            self._optional()
        if name not in ENVIRONMENTS and name not in ALIGNED:
            raise LatexError(f"the environment {name} is not known")
        rules = self._rules_ahead()
        outer, self._stops = self._stops, frozenset()
        rows = self._lines()
        self._stops = outer
        self._expect("\\end")
        if (end := self._raw_group().strip()) != full:
            raise LatexError(f"{full} ends as {end}")
        if name in SINGLE and len(rows) == 1 and len(rows[0]) == 1:
            return rows[0][0]
        if name in ALIGNED:
            columns = "c" if name.startswith("gather") or name == "multline" else _aligned_columns(rows)
            return Table(rows, columns, kind="aligned")
        left, right = ENVIRONMENTS[name]
        if "cases" in name:
            return Table(rows, "l", left, right, kind="cases")
        table = Table(rows, columns, left, right, bars, rules, "stack" if name == "subarray" else "matrix")
        return Style(display=False, body=table, small=True) if name == "smallmatrix" else table

    def _rules_ahead(self) -> tuple[int, ...]:
        """After which rows an `\\hline` stands; they are taken out of the stream up to the environment's end."""
        rules: list[int] = []
        row, depth, at = 0, 0, self._at
        while at < len(self._tokens):
            sign = self._tokens[at]
            if sign == "\\begin":
                depth += 1
            elif sign == "\\end":
                if depth == 0:
                    break
                depth -= 1
            elif sign == "\\\\" and depth == 0:
                row += 1
            elif sign in {"\\hline", "\\hdashline", "\\midrule", "\\toprule", "\\bottomrule"} and depth == 0:
                rules.append(row)
                self._tokens[at] = " "
            at += 1
        return tuple(rules)

    def _define(self, name: str) -> Node:
        macro = self._raw_group().strip().lstrip("\\") if self._peek() == "{" else self._next()[1:]
        count = 0
        if name == "def":
            while (sign := self._peek()) is not None and sign != "{":
                count += sign.isdigit()
                self._at += 1
        elif self._peek() == "[":
            self._at += 1
            count = int(sign) if (sign := self._next()).isdigit() else 0
            self._expect("]")
        body = self._raw_group()
        if name == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        self._macros[macro] = (count, _tokens(body))
        return Row()

    def _expand(self, name: str) -> Node:
        self._expansions += 1
        if self._expansions > 100:
            raise LatexError("macros without end")
        count, body = self._macros[name]
        arguments = [_tokens(self._raw_group()) for _ in range(count)]
        tokens: list[str] = []
        for index, sign in enumerate(body):
            if sign == "#" or (index and body[index - 1] == "#"):
                if sign != "#" and sign.isdigit() and 0 < int(sign) <= count:
                    tokens += ["{", *arguments[int(sign) - 1], "}"]
                continue
            tokens.append(sign)
        if len(self._tokens) + len(tokens) > 4 * LONGEST:
            raise LatexError("macros without end")
        self._tokens[self._at : self._at] = ["{", *tokens, "}"]
        return self._group()


def _tokens(source: str) -> list[str]:
    tokens = [sign for sign in _TOKEN.findall(source) if not sign.startswith("%")]
    return [piece for sign in tokens for piece in _halves(sign)]


def _halves(sign: str) -> list[str]:
    """`\\\\*` and `\\quad*` are a macro and a star; only macros that know a starred form keep it."""
    if (
        sign.endswith("*")
        and len(sign) > 1
        and sign[1:-1] not in {"operatorname", "tag", "hspace", "vspace", "DeclareMathOperator"}
    ):
        return [sign[:-1], "*"]
    return [sign]


def _row_of(items: list[Node]) -> Node:
    return items[0] if len(items) == 1 else Row(tuple(items))


def _is_empty(node: Node) -> bool:
    return isinstance(node, Row) and all(_is_empty(item) for item in node.items)


def _joined(first: Node | None, second: Node) -> Node:
    if first is None:
        return second
    if not (isinstance(first, Symbol) and first.char.startswith("′")) and not isinstance(first, Row):
        raise LatexError("two superscripts")
    return Row((*(first.items if isinstance(first, Row) else (first,)), second))


def _plain(node: Node) -> str:
    match node:
        case Row(items):
            return "".join(_plain(item) for item in items)
        case Symbol(char) | Words(char) | Name(char):
            return char.replace("−", "-").replace("∗", "*")
        case Space(width):
            return " " if width > 0 else ""
        case Styled(_, body):
            return _plain(body)
        case _:
            raise LatexError("a name that is no name")


_ESCAPES = {
    "\\%": "%",
    "\\$": "$",
    "\\&": "&",
    "\\#": "#",
    "\\_": "_",
    "\\{": "{",
    "\\}": "}",
    "\\ ": " ",
    "~": "\u00a0",
    "\\,": "\u2009",
}


def _unescaped(text: str) -> str:
    """Words as they are read; macros inside them are symbols or styles."""
    text = re.sub(r"\\text(?:bf|it|rm|sf|tt|normal)?\s*\{([^{}]*)\}", r"\1", text)
    for escape, plain in _ESCAPES.items():
        text = text.replace(escape, plain)
    text = text.replace("``", "“").replace("''", "”").replace("\\-", "")

    def symbol(found: re.Match[str]) -> str:
        if found[1] in symbols.SYMBOLS:
            return symbols.SYMBOLS[found[1]][0]
        if found[1] in symbols.SPACES:
            return " "
        raise LatexError(f"\\{found[1]} is not known in text")

    text = re.sub(r"\\([A-Za-z]+|[;:!>])\s*", symbol, text)
    if "\\" in text:
        raise LatexError("a backslash in text")
    return text.replace("{", "").replace("}", "")


def _column_spec(spec: str) -> tuple[str, tuple[int, ...]]:
    spec = re.sub(r"[@!>]\{[^{}]*\}|[pm]\{[^{}]*\}", lambda found: "l" if found[0][0] in "pm" else "", spec)
    spec = re.sub(r"\*\{(\d{1,2})\}\{([lcr|]*)\}", lambda found: found[2] * int(found[1]), spec)
    columns, bars = "", []
    for char in spec:
        if char == "|":
            bars.append(len(columns))
        elif char in "lcr":
            columns += char
    return columns, tuple(bars)


def _aligned_columns(rows: tuple[tuple[Node, ...], ...]) -> str:
    width = max((len(row) for row in rows), default=1)
    return "l" if width == 1 else ("rl" * width)[:width]
