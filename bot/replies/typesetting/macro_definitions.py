"""Macros that a formula defines for itself."""

from bot.replies.typesetting.parser import Macro, Parser
from bot.replies.typesetting.tokens import LatexError, tokens_of
from bot.replies.typesetting.tree import Node, Row

_MOST = 100
"""Expansions of a formula; more are taken for an endless loop."""


def _define(parser: Parser, name: str) -> Node:
    macro = parser.raw_group().strip().removeprefix("\\")
    count = _parameters_of_def(parser) if name == "def" else _parameters(parser)
    body = parser.raw_group()
    if name.startswith("DeclareMathOperator"):
        body = f"\\operatorname{'*' if name.endswith('*') else ''}{{{body}}}"
    parser.macros[macro] = _defined(count, tokens_of(body))
    return Row()


def _parameters_of_def(parser: Parser) -> int:
    """How many there are in `#1#2`."""
    count = 0
    while (sign := parser.peek()) is not None and sign != "{":
        count += parser.next().isdigit()
    return count


def _parameters(parser: Parser) -> int:
    """How many there are by `[2]`."""
    if not parser.take("["):
        return 0
    sign = parser.next()
    parser.expect("]")
    return int(sign) if sign.isdigit() else 0


def _defined(count: int, body: list[str]) -> Macro:
    def expand(parser: Parser, _: str) -> Node:
        parser.expansions += 1
        if parser.expansions > _MOST:
            raise LatexError("macros without end")
        arguments = [tokens_of(parser.raw_group()) for _ in range(count)]
        parser.insert(["{", *_filled_in(body, arguments), "}"])
        return parser.group()

    return expand


def _filled_in(body: list[str], arguments: list[list[str]]) -> list[str]:
    signs: list[str] = []
    for index, sign in enumerate(body):
        if index and body[index - 1] == "#":
            if sign.isdigit() and 0 < int(sign) <= len(arguments):
                signs += ["{", *arguments[int(sign) - 1], "}"]
        elif sign != "#":
            signs.append(sign)
    return signs


MACROS: dict[str, Macro] = dict.fromkeys(
    ["newcommand", "renewcommand", "providecommand", "def", "DeclareMathOperator", "DeclareMathOperator*"], _define
)
