"""LaTeX as a stream of signs: macros, numbers, braces, single characters."""

import re

LONGEST = 4_000
"""Characters of a formula; longer ones are shown as source."""


class LatexError(Exception):
    """The formula cannot be understood; the message says why."""


_TOKEN = re.compile(r"%[^\n]*\n?|\\(?:[A-Za-z]+\*?|.|\n)|\d+(?:,\d{3})*(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_STARRED = frozenset(["operatorname", "tag", "hspace", "vspace", "DeclareMathOperator"])
"""Macros whose starred form is another macro; after any other a star is a sign of its own."""


def tokens_of(source: str) -> list[str]:
    """The signs of `source`, white space included, comments left out."""
    signs = (sign for sign in _TOKEN.findall(source) if not sign.startswith("%"))
    return [piece for sign in signs for piece in _halves(sign)]


def _halves(sign: str) -> list[str]:
    if len(sign) > 1 and sign.endswith("*") and sign[1:-1] not in _STARRED:
        return [sign[:-1], "*"]
    return [sign]


class Tokens:
    """The signs of a formula and a place among them. White space is stepped over, but in a `raw_group`."""

    def __init__(self, source: str) -> None:
        self._tokens = tokens_of(source)
        self._at = 0

    def peek(self) -> str | None:
        """The next sign; None at the end."""
        while self._at < len(self._tokens) and self._tokens[self._at].isspace():
            self._at += 1
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def next(self) -> str:
        """The next sign, which is used up."""
        sign = self.peek()
        if sign is None:
            raise LatexError("ends too early")
        self._at += 1
        return sign

    def take(self, sign: str) -> bool:
        """Use up the next sign if it is `sign`; whether it was."""
        if self.peek() != sign:
            return False
        self._at += 1
        return True

    def expect(self, sign: str) -> None:
        """Use up the next sign, which has to be `sign`."""
        if (found := self.next()) != sign:
            raise LatexError(f"{found!r} where {sign!r} should stand")

    def raw_group(self) -> str:
        """The source of a `{…}` as it stands, or of the one sign that stands in its place."""
        if not self.take("{"):
            return self.next()
        start, depth = self._at, 1
        while self._at < len(self._tokens):
            sign = self._tokens[self._at]
            depth += {"{": 1, "}": -1}.get(sign, 0)
            self._at += 1
            if depth == 0:
                return "".join(self._tokens[start : self._at - 1])
        raise LatexError("a group is not closed")

    def insert(self, signs: list[str]) -> None:
        """Let `signs` come next.

        Raises:
            LatexError: there would be too many.
        """
        if len(self._tokens) + len(signs) > 4 * LONGEST:
            raise LatexError("macros without end")
        self._tokens[self._at : self._at] = signs

    def split_number(self) -> None:
        """Take the number that comes next apart: as an argument only its first digit counts."""
        sign = self.peek()
        if sign is not None and sign[0].isdigit() and len(sign) > 1:
            self._tokens[self._at : self._at + 1] = list(sign)

    def take_rules(self, names: frozenset[str]) -> tuple[int, ...]:
        """After which rows of the environment that begins here a sign of `names` stands; those signs are taken out."""
        rules: list[int] = []
        row, depth = 0, 0
        for at in range(self._at, len(self._tokens)):
            sign = self._tokens[at]
            if sign == "\\begin":
                depth += 1
            elif sign == "\\end":
                depth -= 1
                if depth < 0:
                    break
            elif sign == "\\\\" and depth == 0:
                row += 1
            elif sign in names and depth == 0:
                rules.append(row)
                self._tokens[at] = " "
        return tuple(rules)
