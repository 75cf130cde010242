"""The macros of text in formulas: `\\text{…}`, names of functions (`\\operatorname`), equation numbers (`\\tag`)."""

import re

from bot.replies.typesetting import symbols
from bot.replies.typesetting.parser import Macro, Parser, row_of
from bot.replies.typesetting.tokens import LatexError
from bot.replies.typesetting.tree import Enclosed, Name, Node, Row, Space, Symbol, Tag, Variant, Words

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
    "``": "“",
    "''": "”",
    "\\-": "",
}


def _text(parser: Parser, name: str) -> Node:
    variant = symbols.TEXTS.get(name, "normal")
    parts = re.split(r"(?<!\\)\$(.*?)(?<!\\)\$", parser.raw_group(), flags=re.DOTALL)
    items: list[Node] = []
    for index, part in enumerate(parts):
        if index % 2:
            items.append(parser.inner(part))
        elif part:
            items.append(Words(_unescaped(part), variant))
    return row_of(items)


def _unescaped(text: str) -> str:
    """The text as it is read; macros in it may only be symbols or styles."""
    text = re.sub(r"\\(?:text(?:bf|it|rm|sf|tt|normal)?|mathrm)\s*\{([^{}]*)\}", r"\1", text)
    for escape, plain in _ESCAPES.items():
        text = text.replace(escape, plain)
    text = re.sub(r"\\([A-Za-z]+|[;:!>])\s*", lambda found: _symbol_or_space(found[1]), text)
    if "\\" in text:
        raise LatexError("a backslash in text")
    return text.replace("{", "").replace("}", "")


def _symbol_or_space(name: str) -> str:
    if name in symbols.SYMBOLS:
        return symbols.SYMBOLS[name][0]
    if name in symbols.SPACES:
        return " "
    raise LatexError(f"\\{name} is not known in text")


def _framed(parser: Parser, name: str) -> Node:
    parser.optional()
    return Enclosed("box", _text(parser, name))


def _coloured_box(parser: Parser, name: str) -> Node:
    """`\\colorbox{yellow}{words}`, `\\fcolorbox{red}{white}{words}`; the colours are left out."""
    parser.raw_group()
    if name == "fcolorbox":
        parser.raw_group()
        return _framed(parser, name)
    return _text(parser, name)


def _operator(parser: Parser, name: str) -> Node:
    return Name(_plain(parser.argument()), limits=name != "operatorname")


def _plain(node: Node) -> str:
    match node:
        case Row(items):
            return "".join(_plain(item) for item in items)
        case Symbol(char) | Words(char) | Name(char):
            return char.replace("−", "-").replace("∗", "*")
        case Space(width):
            return " " if width > 0 else ""
        case Variant(_, body):
            return _plain(body)
        case _:
            raise LatexError("an operator's name has something that is no text")


def _tag(parser: Parser, name: str) -> Node:
    number = parser.raw_group()
    return Tag(number if name == "tag*" else f"({number})")


def _character_number(_: Parser, name: str) -> Node:
    raise LatexError(f"\\{name} is not for formulas")


MACROS: dict[str, Macro] = {
    **dict.fromkeys(symbols.TEXTS, _text),
    "fbox": _framed,
    **dict.fromkeys(["colorbox", "fcolorbox"], _coloured_box),
    **dict.fromkeys(["operatorname", "operatorname*", "operatornamewithlimits", "mathop"], _operator),
    **dict.fromkeys(["tag", "tag*"], _tag),
    **dict.fromkeys(["char", "unicode", "symbol"], _character_number),
}
