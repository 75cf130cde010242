"""The parser's cursor: a place among the tokens, and the steps that its rules are made of."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from maths.reading.lexer import Token
from maths.reading.nodes import Node

MAX_DEPTH = 160
"""The most rules within one another; a pair of brackets takes four."""

CLOSING = {"(": ")", "[": "]", "{": "}"}
END = Token("break", "")


class ParseError(Exception):
    """The tokens make no sense as mathematics."""


class TooDeep(ParseError):  # noqa: N818
    """Too many brackets are within one another."""


class TooLong(ParseError):  # noqa: N818
    """The formula is too long."""


class TokenCursor:
    """A place among tokens, and its depth in brackets."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self.at = 0
        self._depth = 0
        self.bars = 0
        self.side = "+-"

    @property
    def here(self) -> Token:
        """The next token."""
        return self._tokens[self.at] if self.at < len(self._tokens) else END

    def ahead(self, steps: int = 1) -> Token:
        """The token `steps` further on; END after the last one."""
        place = self.at + steps
        return self._tokens[place] if place < len(self._tokens) else END

    def advance(self) -> Token:
        """Step over the next token."""
        token = self.here
        self.at += 1
        return token

    def sees(self, kind: str, *texts: str) -> bool:
        """Whether the next token is of that kind and one of those texts."""
        return self.here.kind == kind and (not texts or self.here.text in texts)

    def take(self, kind: str, *texts: str) -> bool:
        """Step over the next token if it is of that kind."""
        if self.sees(kind, *texts):
            self.at += 1
            return True
        return False

    def expect(self, kind: str, *texts: str) -> Token:
        """Step over a token that must be there; raises ParseError."""
        if not self.sees(kind, *texts):
            raise ParseError(self.here.text)
        return self.advance()

    def split_digits(self) -> None:
        r"""Separate the first digit of a number: in TeX `\frac12` is one half."""
        token = self.here
        if token.kind == "num" and token.text.isdigit() and len(token.text) > 1:
            first, rest = token.text[0], token.text[1:]
            digits = [replace(token, text=first, value=Fraction(first)), Token("num", rest, value=Fraction(rest))]
            self._tokens = [*self._tokens[: self.at], *digits, *self._tokens[self.at + 1 :]]

    def within(self, rule: Callable[[], Node]) -> Node:
        """Apply a rule one level deeper; raises TooDeep."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeep
        node = rule()
        self._depth -= 1
        return node
