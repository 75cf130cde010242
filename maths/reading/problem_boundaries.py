"""Finds where one problem ends and the next begins: `2x+y=7 x-y=2`, `12 18 24`, `Solve 2x = 6. Factor x^2 - 4.`"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from maths.reading.lexer import Token
from maths.reading.spans import Span, is_bracketed

_FACTORS: Final = frozenset({"num", "name", "const", "func", "open", "cmd"})
_ENDS: Final = frozenset({"num", "name", "const", "close"})
_VALUE_OF: Final = re.compile(r"^값|^(?:의|은|는)$")
_SENTENCE: Final = re.compile(r"\n|;|(?<=[\w)])[.?!]\s+(?=[A-Za-z가-힣(])")
_DEFINITION: Final = re.compile(r"\b[fghFGH]\s*\(\s*[a-z]\s*\)\s*=|\b[xyz]\s*=\s*-?\d+(?:\.\d+)?\s*(?:$|[,.?!])")


def split_equations(span: Span) -> list[Span]:
    """The equations of a span: those with only a space between them are separated."""
    if condition := _condition(span.tokens):
        return [replace(span, tokens=span.tokens[:condition]), replace(span, tokens=span.tokens[condition + 1 : -1])]
    tokens = span.tokens
    places = [place for place, token in enumerate(tokens) if token.kind == "rel"]
    cuts = []
    if len(places) > 1 and all(tokens[place].text == "=" for place in places):
        cuts = [_only_gap(tokens, left + 1, right) for left, right in pairwise(places)]
    elif len(places) == 1 and (used := _use_of_a_function(tokens, places[0])):
        cuts = [used]
    if not cuts or None in cuts:
        return [_without_unknown(span)]
    bounds = [0, *(cut for cut in cuts if cut is not None), len(tokens)]
    parts = [tokens[start:end] for start, end in pairwise(bounds)]
    return [
        Span(part, span.before if place == 0 else "", span.after if place == len(parts) - 1 else "", span.glued)
        for place, part in enumerate(parts)
    ]


def _condition(tokens: Sequence[Token]) -> int | None:
    """The index of the bracket that opens a condition, as in `tan x = 1 (0 < x < 2π)`; None if there is none."""
    opened = next((place for place in range(1, len(tokens)) if is_bracketed(tokens[place:])), None)
    if opened is None or not all(
        any(token.kind == "rel" for token in part) for part in (tokens[:opened], tokens[opened:])
    ):
        return None
    return opened


def _only_gap(tokens: Sequence[Token], start: int, end: int) -> int | None:
    """The only place in a side where two factors have a space but no sign between them; else None."""
    gaps = [
        place
        for place in range(start + 1, end)
        if tokens[place].spaced and tokens[place].kind in _FACTORS and tokens[place - 1].kind in _ENDS
    ]
    return gaps[0] if len(gaps) == 1 else None


def _use_of_a_function(tokens: Sequence[Token], equals: int) -> int | None:
    """The index of `f(5)` behind `f(x) = 2x + 3`; None if it is not there."""
    if tokens[0].text not in "fgh" or equals != 4:
        return None
    return next(
        (
            place
            for place in range(equals + 2, len(tokens) - 1)
            if tokens[place].spaced and tokens[place].text == tokens[0].text and tokens[place - 1].kind in _ENDS
        ),
        None,
    )


def _without_unknown(span: Span) -> Span:
    """`x^2 = 16` of `x^2=16 x값 구해줘`, in which the second x is only asked for."""
    *rest, last = span.tokens
    asked = last.kind == "name" and last.spaced and span.glued and _VALUE_OF.match(span.after)
    if not asked or not any(token.kind == "rel" for token in rest) or rest[-1].kind not in _ENDS:
        return span
    return Span(tuple(rest), span.before, "")


def listed_numbers(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The numbers of `12 18 24` or `lcm 12 18`, one by one; none if there is anything else."""
    numbers = [token for token in tokens if token.kind == "num"]
    others = [token for token in tokens if token.kind != "num"]
    named = all(token.text in {"gcd", "lcm"} for token in others) and len(others) <= 1
    return [(token,) for token in numbers] if named and len(numbers) > 1 else []


def sentences_of(text: str) -> list[str]:
    """The lines and sentences of a message; none if one of them defines what another uses."""
    return [] if _DEFINITION.search(text) else [part for part in _SENTENCE.split(text) if part.strip()]
