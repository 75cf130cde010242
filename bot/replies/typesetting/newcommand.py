"""Macros that a formula defines for itself: `\\newcommand`, `\\def`, `\\DeclareMathOperator`."""

from bot.replies.typesetting.parser import Macro, Parser
from bot.replies.typesetting.tokens import LatexError, tokens_of
from bot.replies.typesetting.tree import Node, Row

_MOST_EXPANSIONS = 100
"""Expansions in one formula; more must be an endless loop."""


def _define(parser: Parser, name: str) -> Node:
    macro = parser.raw_group().strip().removeprefix("\\")
    count = _parameters_of_def(parser) if name == "def" else _parameters(parser)
    body = parser.raw_group()
    if name.startswith("DeclareMathOperator"):
        body = f"\\operatorname{'*' if name.endswith('*') else ''}{{{body}}}"
    parser.macros[macro] = _defined(count, tokens_of(body))
    return Row()


def _parameters_of_def(parser: Parser) -> int:
    """The number of parameters in `#1#2`."""
    count = 0
    while (token := parser.peek()) is not None and token != "{":
        count += parser.next().isdigit()
    return count


def _parameters(parser: Parser) -> int:
    """The number of parameters in `[2]`."""
    if not parser.take("["):
        return 0
    count = parser.next()
    parser.expect("]")
    return int(count) if count.isdigit() else 0


def _defined(count: int, body: list[str]) -> Macro:
    def expand(parser: Parser, _: str) -> Node:
        parser.expansions += 1
        if parser.expansions > _MOST_EXPANSIONS:
            raise LatexError("macros without end")
        arguments = [tokens_of(parser.raw_group()) for _ in range(count)]
        parser.insert(["{", *_filled_in(body, arguments), "}"])
        return parser.group()

    return expand


def _filled_in(body: list[str], arguments: list[list[str]]) -> list[str]:
    tokens: list[str] = []
    for index, token in enumerate(body):
        if index and body[index - 1] == "#":
            if token.isdigit() and 0 < int(token) <= len(arguments):
                tokens += ["{", *arguments[int(token) - 1], "}"]
        elif token != "#":
            tokens.append(token)
    return tokens


MACROS: dict[str, Macro] = dict.fromkeys(
    ["newcommand", "renewcommand", "providecommand", "def", "DeclareMathOperator", "DeclareMathOperator*"], _define
)
