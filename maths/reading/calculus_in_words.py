"""Reads limits and definite integrals in words: `as x approaches 0`, `0부터 1까지`."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from maths.reading.nodes import Integral, Limit, Node, Rel, Sym, variables_of, walk
from maths.reading.parser import Parser
from maths.reading.spans import Span
from maths.reading.token_cursor import ParseError

Parsed = tuple[Span, Node]
_FROM = ("from", "between", "부터", "에서")


def worded_limit(parsed: Sequence[Parsed], spans: Sequence[Span], text: str) -> Limit | None:
    """`limit of … as x approaches 0`, `x가 0으로 갈 때 …의 극한`, `x→0일 때 …`."""
    if any(isinstance(part, Limit) for _, node in parsed for part in walk(node)):
        return None
    for name, to, side in arrows(spans)[:1]:
        body = next((one for _, one in parsed if name in variables_of(one) and one != Sym(name)), None)
        if body is not None:
            return Limit(body, Sym(name), to, side if side != "+-" else _side(text))
    for (_, first), (_, second) in pairwise(parsed):
        if isinstance(first, Sym) and not variables_of(second):
            body = next(
                (one for _, one in parsed if one not in (first, second) and first.name in variables_of(one)), None
            )
            if body is not None:
                return Limit(body, first, second, _side(text))
    return None


def _side(text: str) -> str:
    if re.search(r"from\s+(?:the\s+)?(?:right|above)|우극한|오른쪽", text):
        return "+"
    return "-" if re.search(r"from\s+(?:the\s+)?(?:left|below)|좌극한|왼쪽", text) else "+-"


def arrows(spans: Sequence[Span]) -> list[tuple[str, Node, str]]:
    """For each span such as `x -> 0`: the variable, its target, and the side."""
    found = []
    for span in spans:
        if [token.kind for token in span.tokens[:2]] == ["name", "arrow"]:
            parser = Parser(span.tokens[2:])
            try:
                to = parser.closed_target()
            except ParseError:
                continue
            found.append((span.tokens[0].text, to, parser.side))
    return found


def worded_integral(parsed: Sequence[Parsed], var: str | None) -> Integral | None:
    """`integral of x^2 from 0 to 1`, `x^2를 0부터 1까지 적분`."""
    for (first, low), (second, high) in pairwise(parsed):
        ranged = first.before in _FROM or first.after.startswith(("부터", "에서")) or second.after.startswith("까지")
        if not ranged or isinstance(low, Rel):
            continue
        body = next((node for _, node in parsed if node not in (low, high) or variables_of(node)), None)
        if body is None:
            return None
        if variables_of(low) or variables_of(high):
            continue
        inner = body if isinstance(body, Integral) else Integral(body, Sym(var or ""))
        return replace(inner, low=low, high=high)
    return None
