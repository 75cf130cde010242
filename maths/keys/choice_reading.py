"""Reads a choice: as an expression, values, a region of numbers, a point, or a sentence such as `no solution`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from maths.keys.formula_reading import NotRead, choice_text, tokens_of, tree_of
from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.nodes import Node, Rel, Sym, variables_of
from maths.values.evaluation import value_of
from maths.values.numbers import Value, real

Saying = Literal["none", "all", "no_value", "untold", "infinity", "minus_infinity", "no_choice"]

_SAYINGS: Final[tuple[tuple[Saying, str], ...]] = (
    (
        "none",
        r"(?:there (?:is|are) )?no (?:real )?(?:solutions?|roots?)(?: exists?)?|(?:the )?solution does not exist|∅"
        r"|(?:실수인 ?)?(?:해|근|실근)(?:가|이|는|은)? ?(?:없다|없음|없어요|없습니다|존재하지 ?않는다|존재하지 ?않음)",
    ),
    (
        "all",
        r"infinitely many(?: solutions?)?|all (?:real )?(?:numbers?|values?)(?: of [a-z])?|every real number"
        r"|(?:해|근)(?:가|이|는|은)? ?(?:무수히 ?많다|무수히 ?많음|무한히 ?많다)|모든 ?(?:실수|수)",
    ),
    (
        "no_value",
        r"(?:it )?(?:does not|doesn't) exist|dne|(?:the limit )?(?:does not|doesn't) exist|undefined|not defined"
        r"|(?:it )?diverges|(?:값이|극한이|극한값이)? ?(?:존재하지 ?않는다|존재하지 ?않음|없다)"
        r"|정의되지 ?않는다|정의되지 ?않음",
    ),
    ("untold", r"(?:it )?can(?:not|'t) be (?:determined|told)|not enough information|알 ?수 ?없다|알 ?수 ?없음"),
    ("no_choice", r"none of (?:the above|these|them)|(?:정답|답)(?:이)? ?없음|위의 ?것 ?중 ?없음"),
    ("infinity", r"\+?(?:∞|infinity)|(?:양의 )?무한대"),
    ("minus_infinity", r"[-−](?:∞|infinity)|(?:음의 )무한대"),
)
_OR: Final = re.compile(
    r"(?:(?<!\s)\s++)?+(?:(?:,\s*+)?\b(?:or|and)\b|(?:,\s*+)?(?:또는|혹은|이거나|그리고|이고)|;|∪|\\cup|\\lor|\\vee)\s*+",
    re.IGNORECASE,
)
"""Enters a run of spaces at its beginning alone, so that a long one is read once."""
_COMMA: Final = re.compile(
    r"(?:(?<!\s)\s++)?+(?:,(?!\d{3}(?!\d))|;|(?:,\s*+)?\b(?:or|and)\b|(?:,\s*+)?(?:또는|혹은|이거나|그리고|이고)|\\land|\\wedge)\s*+",
    re.IGNORECASE,
)
_INTERVAL: Final = re.compile(r"^([(\[])\s*([^,()\[\]]+?)\s*,\s*([^,()\[\]]+?)\s*([)\]])$")
_POINT: Final = re.compile(r"^\(\s*([^()]*(?:\([^()]*\)[^()]*)*)\)$")
MOST_VALUES: Final = 8


def saying_of(choice: str) -> Saying | None:
    """The sentence that a choice is; None for anything else."""
    text = " ".join(choice_text(choice).rstrip(".!").split())
    return next((name for name, pattern in _SAYINGS if re.fullmatch(pattern, text, re.IGNORECASE)), None)


def formula_of(choice: str) -> Node:
    """The formula that a choice is; raises NotRead."""
    return tree_of(tokens_of(choice_text(choice)))


@dataclass(frozen=True, slots=True)
class Values:
    """Values of one unknown, and its name if the choice tells it."""

    name: str | None
    nodes: tuple[Node, ...]


def values_of(choice: str) -> Values:
    """The values in `x = 2 or x = 3`, `±2`, `{2, 3}`, `2, 3`; raises NotRead."""
    text = choice_text(choice)
    for opening, closing in ("{}", "[]"):
        if text.startswith(opening) and text.endswith(closing):
            text = text[1:-1]
    parts = [part for part in _COMMA.split(text) if part]
    if not 0 < len(parts) <= MOST_VALUES or (text.startswith("(") and text.endswith(")") and len(parts) > 1):
        raise NotRead
    name: str | None = None
    nodes: list[Node] = []
    for part in parts:
        for tokens in _both_signs(_raw_tokens(part)):
            node = tree_of(tokens)
            match node:
                case Rel(("=",), (Sym(stated), value)) if name in {None, stated} and not variables_of(value):
                    name = stated
                    nodes.append(value)
                case Rel():
                    raise NotRead
                case _ if not variables_of(node):
                    nodes.append(node)
                case _:
                    raise NotRead
    return Values(name, tuple(nodes))


def _raw_tokens(text: str) -> tuple[Token, ...]:
    return tokens_of(text)


def _both_signs(tokens: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The formula with + and with - in the place of `±`."""
    places = [place for place, token in enumerate(tokens) if token.kind == "op" and token.text == "±"]
    if not places:
        return [tuple(tokens)]
    if len(places) > 1:
        raise NotRead
    place = places[0]
    return [(*tokens[:place], Token("op", sign), *tokens[place + 1 :]) for sign in "+-"]


def point_of(choice: str, names: Sequence[str]) -> dict[str, Node]:
    """The values of several unknowns in `x = 2, y = 3` or `(2, 3)`, in the order of the names; raises NotRead."""
    text = choice_text(choice)
    if match := re.match(r"^\(\s*([a-z](?:\s*,\s*[a-z])+)\s*\)\s*=\s*(\(.*\))$", text):
        if [one.strip() for one in match[1].split(",")] != list(names):
            raise NotRead
        text = match[2]
    pair = _POINT.match(text)
    parts = [part for part in _COMMA.split(pair[1] if pair else text) if part]
    nodes = [tree_of(tokens_of(part)) for part in parts]
    if len(nodes) != len(names):
        raise NotRead
    if pair and not any(isinstance(node, Rel) for node in nodes):
        return dict(zip(names, nodes, strict=True))
    found: dict[str, Node] = {}
    for node in nodes:
        match node:
            case Rel(("=",), (Sym(name), value)) if not variables_of(value) and name in names:
                found[name] = value
            case _:
                raise NotRead
    if set(found) != set(names):
        raise NotRead
    return found


@dataclass(frozen=True, slots=True)
class Region:
    """A set of numbers: its bounds, and whether a number is in it."""

    bounds: tuple[Value, ...]
    holds: Callable[[Value], bool]


_COMPARE: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
}


def compared(op: str, one: Value, other: Value) -> bool:
    """Whether a relation holds between two values."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return _COMPARE[op](one, other)
    left, right = real(one), real(other)
    close = abs(left - right) < 10 ** (-30)
    return op in {"<=", ">=", "="} if close else _COMPARE[op](left, right)


def region_of(choice: str, name: str) -> Region:
    """The numbers in `x > 3`, `-1 < x ≤ 2`, `x < 1 or x > 2`, `(-∞, 3]`; raises NotRead, NotCalculable."""
    text = choice_text(choice)
    text = re.sub(rf"^\s*{re.escape(name)}\s*(?:∈|\\in)\s*", "", text)
    conjunction = bool(re.search(r"\band\b|그리고|이고|,", text)) and not re.match(r"^[(\[]", text)
    parts = [_interval(part) or _relation(part, name) for part in _OR.split(text) if part] if not conjunction else [
        _relation(part, name) for part in _COMMA.split(text) if part
    ]  # fmt: skip
    if not parts:
        raise NotRead
    bounds = tuple(bound for part in parts for bound in part.bounds)
    every = [part.holds for part in parts]
    if conjunction:
        if len(parts) != 2 or "," in text:
            raise NotRead  # `x < 1, x > 2` may be meant either way
        return Region(bounds, lambda value: all(holds(value) for holds in every))
    return Region(bounds, lambda value: any(holds(value) for holds in every))


def _interval(text: str) -> Region | None:
    match = _INTERVAL.match(text.strip())
    if match is None:
        return None
    low = None if re.fullmatch(r"[-−]\s*(?:∞|infinity)", match[2]) else value_of(tree_of(tokens_of(match[2])), {})
    high = None if re.fullmatch(r"\+?\s*(?:∞|infinity)", match[3]) else value_of(tree_of(tokens_of(match[3])), {})
    ops = (">=" if match[1] == "[" else ">", "<=" if match[4] == "]" else "<")

    def holds(value: Value) -> bool:
        return (low is None or compared(ops[0], value, low)) and (high is None or compared(ops[1], value, high))

    return Region(tuple(bound for bound in (low, high) if bound is not None), holds)


def _relation(text: str, name: str) -> Region:
    node = tree_of(tokens_of(text))
    if not isinstance(node, Rel) or len(node.ops) > 2 or sum(side == Sym(name) for side in node.sides) != 1:
        raise NotRead
    if set(variables_of(node)) != {name} or (len(node.ops) == 2 and node.sides[1] != Sym(name)):
        raise NotRead
    constants = {place: value_of(side, {}) for place, side in enumerate(node.sides) if side != Sym(name)}

    def holds(value: Value) -> bool:
        sides = [constants.get(place, value) for place in range(len(node.sides))]
        return all(compared(op, sides[place], sides[place + 1]) for place, op in enumerate(node.ops))

    return Region(tuple(constants.values()), holds)


def has_decimal(choice: str) -> bool:
    """Whether a choice is written with decimals, which may be rounded."""
    try:
        return any(token.kind == "num" and "." in token.text for token in tokenize(choice_text(choice)))
    except UnreadableNumber:
        return False
