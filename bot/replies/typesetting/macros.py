"""The macros of mathematics: fractions, roots, delimiters, accents, arrows, boxes, styles, spaces, symbols.

`MACROS` has each macro's name and the function that reads its arguments.
"""

import re
from collections.abc import Iterable

from bot.replies.typesetting import symbols
from bot.replies.typesetting.parser import Macro, Parser
from bot.replies.typesetting.symbols import Role
from bot.replies.typesetting.tokens import LatexError
from bot.replies.typesetting.tree import (
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
    Symbol,
    Table,
    Variant,
    Words,
)

# Fractions and roots


def _fraction(parser: Parser, name: str) -> Node:
    if name == "cfrac":
        parser.optional()
    display = {"dfrac": True, "cfrac": True, "tfrac": False}.get(name)
    return Fraction(parser.argument(), parser.argument(), display=display)


def _binomial(parser: Parser, _: str) -> Node:
    return Fenced("(", Fraction(parser.argument(), parser.argument(), line=False), ")")


def _any_fraction(parser: Parser, _: str) -> Node:
    left, right = _optional_delimiter(parser), _optional_delimiter(parser)
    line = parser.raw_group().strip() not in {"0pt", "0", "0em"}
    display = {"0": True, "1": False}.get(parser.raw_group().strip())
    return Fenced(left, Fraction(parser.argument(), parser.argument(), line, display), right)


def _derivative(parser: Parser, name: str) -> Node:
    """`\\dv[2]{f}{x}`, `\\pdv{f}{x}` and `\\pdv{f}{x}{y}` of the physics package."""
    sign = Symbol("∂" if name == "pdv" else "d")
    times = parser.optional()
    first = parser.argument()
    power: Node = Scripts(sign, None, times) if times is not None else sign
    if parser.peek() != "{":
        return Fraction(power, Row((sign, first if times is None else Scripts(first, None, times))))
    second = parser.argument()
    if parser.peek() == "{":
        twice = Scripts(sign, None, Symbol("2"))
        return Fraction(Row((twice, first)), Row((sign, second, sign, parser.argument())))
    return Fraction(Row((power, first)), Row((sign, second if times is None else Scripts(second, None, times))))


def _root(parser: Parser, _: str) -> Node:
    index = parser.optional()
    return Root(parser.argument(), index)


# Delimiters


def _left_right(parser: Parser, _: str) -> Node:
    left = _delimiter(parser)
    rows = parser.lines()
    parser.expect("\\right")
    right = _delimiter(parser)
    body: Node = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else Table(rows)
    return Fenced(left, body, right)


def _middle(parser: Parser, _: str) -> Node:
    return Delimiter(_delimiter(parser), 0, "rel")


def _without_left(_: Parser, name: str) -> Node:
    raise LatexError(f"\\{name} without \\left")


def _delimiter(parser: Parser) -> str:
    token = parser.next()
    if token == ".":
        return ""
    name = token.removeprefix("\\")
    if token.startswith("\\") and name in symbols.SYMBOLS:
        return symbols.SYMBOLS[name][0]
    if token in {"<", ">"}:
        return {"<": "⟨", ">": "⟩"}[token]
    if token in "()[]|/⟨⟩‖↑↓":
        return token
    raise LatexError(f"{token!r} is no delimiter")


def _optional_delimiter(parser: Parser) -> str:
    delimiter = parser.raw_group().strip().removeprefix("\\")
    return symbols.SYMBOLS.get(delimiter, (delimiter, "ord"))[0]


_BIG = {"big": 1.2, "Big": 1.8, "bigg": 2.4, "Bigg": 3.0}
_SIDES: dict[str, Role | None] = {"": None, "l": "open", "r": "close", "m": "rel"}


def _big(size: float, side: Role | None) -> Macro:
    def read(parser: Parser, _: str) -> Node:
        char = _delimiter(parser)
        return Delimiter(char, size, side or symbols.CHARACTERS.get(char, (char, "ord"))[1])

    return read


_FENCES = {"abs": ("|", "|"), "norm": ("‖", "‖"), "ceil": ("⌈", "⌉"), "floor": ("⌊", "⌋"), "set": ("{", "}")}
_FENCES |= dict.fromkeys(["expval", "ev"], ("⟨", "⟩"))


def _fenced(parser: Parser, name: str) -> Node:
    left, right = _FENCES[name]
    return Fenced(left, parser.argument(), right)


def _bra_ket(parser: Parser, name: str) -> Node:
    left = "⟨" if name.lower().startswith("bra") else "|"
    right = "⟩" if name.lower().endswith("ket") else "|"
    return Fenced(left, parser.argument(), right)


def _ket_bra(parser: Parser, _: str) -> Node:
    return Row((Fenced("|", parser.argument(), "⟩"), Fenced("⟨", parser.argument(), "|")))


def _matrix_element(parser: Parser, _: str) -> Node:
    bar = Delimiter("|", 0, "rel")
    return Fenced("⟨", Row((parser.argument(), bar, parser.argument(), bar, parser.argument())), "⟩")


def _commutator(parser: Parser, name: str) -> Node:
    left, right = ("[", "]") if name == "comm" else ("{", "}")
    return Fenced(left, Row((parser.argument(), Symbol(",", "punct"), parser.argument())), right)


# Accents, labels, boxes


def _accent(parser: Parser, name: str) -> Node:
    return Accent(name, parser.argument(), under=name in symbols.UNDER_ACCENTS)


def _overset(parser: Parser, _: str) -> Node:
    over = parser.argument()
    return Stack(parser.argument(), over=over)


def _underset(parser: Parser, _: str) -> Node:
    under = parser.argument()
    return Stack(parser.argument(), under=under)


def _arrow(parser: Parser, name: str) -> Node:
    under = parser.optional()
    return Stack(Symbol(symbols.EXTENSIBLE[name], "rel"), parser.argument(), under, arrow=True)


def _substack(parser: Parser, _: str) -> Node:
    parser.expect("{")
    rows = parser.lines()
    parser.expect("}")
    return Table(rows, kind="stack")


def _prescript(parser: Parser, _: str) -> Node:
    above, below = parser.argument(), parser.argument()
    return Row((Scripts(Row(), below, above), parser.argument()))


def _sideset(parser: Parser, _: str) -> Node:
    left, right = parser.argument(), parser.argument()
    return Row((left, parser.atom(), right))


def _boxed(parser: Parser, _: str) -> Node:
    parser.optional()
    return Enclosed("box", parser.argument())


_NOTATIONS = frozenset(
    [
        *("box", "roundedbox", "circle", "top", "bottom", "left", "right", "horizontalstrike", "verticalstrike"),
        *("updiagonalstrike", "downdiagonalstrike"),
    ]
)
_STRIKES = {
    "cancel": "updiagonalstrike",
    "bcancel": "downdiagonalstrike",
    "xcancel": "updiagonalstrike downdiagonalstrike",
    "sout": "horizontalstrike",
    "slashed": "updiagonalstrike",
}


def _struck(parser: Parser, name: str) -> Node:
    return Enclosed(_STRIKES[name], parser.argument())


def _cancelled_to(parser: Parser, _: str) -> Node:
    value = parser.argument()
    return Scripts(Enclosed("updiagonalstrike", parser.argument()), None, value)


def _enclosed(parser: Parser, _: str) -> Node:
    """MathJax's `\\enclose{notation}{…}`; a long division is a bracket, and a line over what follows."""
    notation = parser.raw_group().strip()
    parser.optional()
    body = parser.argument()
    if notation == "longdiv":
        return Row((Symbol(")", "close"), Enclosed("top", body)))
    if not set(notation.split()) <= _NOTATIONS:
        raise LatexError(f"{notation} is no way to enclose something")
    return Enclosed(notation, body)


def _not(parser: Parser, _: str) -> Node:
    base = parser.atom()
    if isinstance(base, Symbol) and base.char in symbols.NEGATED:
        return Symbol(symbols.NEGATED[base.char], base.role)
    return Enclosed("updiagonalstrike", base)


# Styles


def _styled(parser: Parser, name: str) -> Node:
    return Variant(symbols.VARIANTS[name], parser.argument())


def _coloured(parser: Parser, _: str) -> Node:
    return Coloured(parser.colour(), parser.argument())


def _phantom(parser: Parser, _: str) -> Node:
    return Phantom(parser.argument())


def _argument(parser: Parser, _: str) -> Node:
    parser.optional()
    return parser.argument()


def _dropped(parser: Parser, _: str) -> Node:
    parser.argument()
    return Row()


def _last_of_three(parser: Parser, _: str) -> Node:
    parser.raw_group(), parser.raw_group()
    return parser.argument()


def _raw_dropped(parser: Parser, _: str) -> Node:
    parser.raw_group()
    return Row()


def _modulo(parser: Parser, name: str) -> Node:
    if name == "bmod":
        return Row((Space(0.25), Name("mod"), Space(0.25)))
    body = parser.argument()
    inner = Row((Name("mod"), Space(0.33), body)) if name != "pod" else body
    if name == "mod":
        return Row((Space(0.6), inner))
    return Row((Space(0.6), Symbol("(", "open"), inner, Symbol(")", "close")))


# Spaces

_UNITS = {"em": 1, "mu": 1 / 18, "pt": 0.1, "ex": 0.43, "cm": 2.85, "mm": 0.285, "px": 0.06}
_LENGTH = re.compile(rf"\s*(-?(?:\d++(?:\.\d*+)?|\.\d++))\s*({'|'.join(_UNITS)})?\s*")


def _measured_space(parser: Parser, _: str) -> Node:
    text = parser.raw_group() if parser.peek() == "{" else _bare_length(parser)
    found = _LENGTH.fullmatch(text)
    if found is None:
        return Space(0.25)
    return Space(max(-2.0, min(float(found[1]) * _UNITS[found[2] or "em"], 4.0)))


def _bare_length(parser: Parser) -> str:
    """A length without braces, as in `\\kern-3mu x`."""
    text = ""
    while not text.endswith(tuple(_UNITS)) and (token := parser.peek()) and re.fullmatch(r"[-.\d,a-z]+", token):
        text += parser.next()
    return text


def _rule(parser: Parser, _: str) -> Node:
    """A line on the page, for an answer to be filled in."""
    parser.optional()
    width = _measured_space(parser, "")
    parser.raw_group()
    return Accent("underline", width, under=True)


# The table

_IGNORED = """
    displaylimits nonumber notag allowbreak relax mathstrut strut protect noindent centering hfill hfil break newline
    mathord mathbin mathrel mathopen mathclose mathpunct mathinner mathchoice ensuremath limits nolimits
    normalsize tiny scriptsize footnotesize small large Large LARGE huge Huge nobreak goodbreak unskip ignorespaces
    hline par linebreak displaybreak smallskip medskip bigskip
"""


def _named(names: str | Iterable[str], macro: Macro) -> dict[str, Macro]:
    return dict.fromkeys(names.split() if isinstance(names, str) else names, macro)


def _always(node: Node) -> Macro:
    return lambda _parser, _name: node


MACROS: dict[str, Macro] = {
    **_named(_IGNORED, _always(Row())),
    **_named("label require vspace vspace* ref eqref cite cline cdashline raisebox scalebox vskip", _raw_dropped),
    **_named("mathclap mathllap mathrlap clap llap rlap vcenter cramped smash", _argument),
    **_named("hspace hspace* hskip kern mkern mskip mspace", _measured_space),
    **{name: _always(Space(width)) for name, width in symbols.SPACES.items()},
    **{name: _always(Name(name)) for name in symbols.FUNCTIONS},
    **{name: _always(Symbol(char, role)) for name, (char, role) in symbols.SYMBOLS.items()},
    **{name: _always(Name(shown, limits=True)) for name, shown in symbols.LIMIT_FUNCTIONS.items()},
    **{size + side: _big(em, role) for size, em in _BIG.items() for side, role in _SIDES.items()},
    "dd": _always(Symbol("d")),
    **{name: _always(Words(name)) for name in ["TeX", "LaTeX"]},
    "idotsint": _always(Row((Symbol("∫", "op"), Symbol("⋯"), Symbol("∫", "op")))),
    **_named("mod pmod pod bmod", _modulo),
    "textcolor": _coloured,
    **_named("phantom hphantom", _phantom),
    "vphantom": _dropped,
    "multicolumn": _last_of_three,
    **_named(_STRIKES, _struck),
    "not": _not,
    "cancelto": _cancelled_to,
    "enclose": _enclosed,
    **_named("boxed bbox framebox", _boxed),
    **_named(symbols.EXTENSIBLE, _arrow),
    "substack": _substack,
    "prescript": _prescript,
    "rule": _rule,
    "sideset": _sideset,
    **_named("overset stackrel", _overset),
    "underset": _underset,
    **_named([*symbols.ACCENTS, *symbols.UNDER_ACCENTS], _accent),
    **_named(symbols.VARIANTS, _styled),
    **_named(_FENCES, _fenced),
    **_named("bra ket braket Bra Ket Braket", _bra_ket),
    **_named("ketbra dyad outerproduct", _ket_bra),
    **_named("mel matrixel", _matrix_element),
    **_named("comm acomm", _commutator),
    "laplacian": _always(Scripts(Symbol("∇"), None, Symbol("2"))),
    "varinjlim": _always(Accent("underrightarrow", Name("lim"), under=True)),
    "varprojlim": _always(Accent("underleftarrow", Name("lim"), under=True)),
    "left": _left_right,
    "middle": _middle,
    "right": _without_left,
    "sqrt": _root,
    "genfrac": _any_fraction,
    **_named("dv odv pdv", _derivative),
    **_named("binom dbinom tbinom", _binomial),
    **_named("frac dfrac tfrac cfrac nicefrac sfrac", _fraction),
}
