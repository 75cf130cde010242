"""Splits LaTeX into tokens (macros, numbers, braces, single characters), and reads them one after another."""

import re

LONGEST = 4_000
"""Characters of a formula; a longer one is shown as source."""


class LatexError(Exception):
    """The formula cannot be read; the message says why."""


_TOKEN = re.compile(r"%[^\n]*\n?|\\(?:[A-Za-z]+\*?|.|\n)|\d+(?:,\d{3})*(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_STARRED = frozenset(["operatorname", "tag", "hspace", "vspace", "DeclareMathOperator"])
"""Macros whose starred form is another macro; after any other macro a star is a token of its own."""


def tokens_of(source: str) -> list[str]:
    """The tokens of `source`, with white space but without comments."""
    tokens = (token for token in _TOKEN.findall(source) if not token.startswith("%"))
    return [piece for token in tokens for piece in _without_star(token)]


def _without_star(token: str) -> list[str]:
    if len(token) > 1 and token.endswith("*") and token[1:-1] not in _STARRED:
        return [token[:-1], "*"]
    return [token]


class Tokens:
    """The tokens of a formula, and the position of the next one. White space is skipped, except in a `raw_group`."""

    def __init__(self, source: str) -> None:
        self._tokens = tokens_of(source)
        self._at = 0

    def peek(self) -> str | None:
        """The next token; None at the end."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def next(self) -> str:
        """Read the next token."""
        token = self.peek()
        if token is None:
            raise LatexError("ends too early")
        self._at += 1
        return token

    def take(self, token: str) -> bool:
        """Read the next token if it is `token`; return whether it is."""
        if self.peek() != token:
            return False
        self._at += 1
        return True

    def expect(self, token: str) -> None:
        """Read the next token, which must be `token`."""
        if (found := self.next()) != token:
            raise LatexError(f"{found!r} instead of {token!r}")

    def raw_group(self) -> str:
        """The source inside a `{…}`, or the one token that stands in its place."""
        if not self.take("{"):
            return self.next()
        start, depth = self._at, 1
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            depth += {"{": 1, "}": -1}.get(token, 0)
            self._at += 1
            if depth == 0:
                return "".join(self._tokens[start : self._at - 1])
        raise LatexError("a group is not closed")

    def insert(self, tokens: list[str]) -> None:
        """Put `tokens` before the next token.

        Raises:
            LatexError: there would be too many tokens.
        """
        if len(self._tokens) + len(tokens) > 4 * LONGEST:
            raise LatexError("macros without end")
        self._tokens[self._at : self._at] = tokens

    def split_number(self) -> None:
        """Split the number that comes next into digits: as an argument, only its first digit counts."""
        token = self.peek()
        if token is not None and token[0].isdigit() and len(token) > 1:
            self._tokens[self._at : self._at + 1] = list(token)

    def take_rules(self, names: frozenset[str]) -> tuple[int, ...]:
        """Take the macros `names` (`\\hline`) out of the environment that begins here; after which rows they stand."""
        rules: list[int] = []
        row, depth = 0, 0
        for at in range(self._at, len(self._tokens)):
            token = self._tokens[at]
            if token == "\\begin":
                depth += 1
            elif token == "\\end":
                depth -= 1
                if depth < 0:
                    break
            elif token == "\\\\" and depth == 0:
                row += 1
            elif token in names and depth == 0:
                rules.append(row)
                self._tokens[at] = " "
        return tuple(rules)
