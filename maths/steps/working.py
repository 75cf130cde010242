"""Reads a student's own working: its lines, however they are separated, and what each of them states."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from maths.reading.intent import ProblemKind, intent_of
from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.message_prefixes import without_name
from maths.reading.nodes import (
    Apply,
    Const,
    Diff,
    Integral,
    Limit,
    Node,
    Num,
    Rel,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    walk,
)
from maths.reading.parser import parse
from maths.reading.problem_boundaries import split_equations
from maths.reading.problem_kinds import is_complex
from maths.reading.spans import Span, find_spans
from maths.reading.token_cursor import ParseError
from maths.steps.same_value import compare_values
from maths.steps.solution_sets import Alternatives
from maths.steps.student_notation import in_signs
from maths.steps.working_lines import Piece, pieces_of

MAX_LENGTH = 6_000
"""The characters of a message that are read."""
MAX_LINES = 60
"""The most lines that are checked; the rest is told to be left out."""
LONGEST_LINE = 400

_SIGNS = frozenset({"op", "rel"})
LineKind = Literal["chain", "statement", "none", "unread"]

_OR = re.compile(r"\bor\b|또는|혹은|이거나|거나|∨|\\(?:lor|vee)\b", re.IGNORECASE)
_AND = re.compile(r"\band\b|그리고|이고|이며|∧|\\(?:land|wedge)\b|(?<!\\)[;,](?=\s|[A-Za-z\\])", re.IGNORECASE)
_PLUS_MINUS = re.compile(r"±|\\pm\b|\+/-|\+-(?=\s*[\d√\\(])")
_MINUS_PLUS = re.compile(r"∓|\\mp\b")
_NONE = re.compile(
    r"\bno\s+(?:real\s+)?(?:solutions?|roots?|answer)\b|∅|\\(?:emptyset|varnothing)\b|해(?:가|는)?\s*없|근(?:이|은)?\s*없",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^\s*(?:(?P<f>[fghFGHyY])\s*(?P<primes>['′’]{1,3})\s*(?:\(\s*(?P<arg>[a-z])\s*\))?"
    r"|(?P<g>[fghFGH])\s*\(\s*(?P<garg>[a-z])\s*\)"
    r"|(?:d\s*(?P<y>[yf])\s*/\s*d\s*(?P<by>[a-z])|\\[dt]?frac\{d(?P<yy>[yf])\}\{d(?P<byy>[a-z])\}))\s*(?==)"
)
_APPROXIMATE = re.compile(r"≈|≒|\\approx\b|≃")
_BOUNDS = re.compile(
    r"\bfrom\b.*\bto\b|부터|에서.*까지|\bbetween\b|\bas\b.*\b(?:to|approaches)\b|갈\s*때", re.IGNORECASE
)
_WORD = re.compile(r"[A-Za-z]{3,}|[가-힣]{2,}")
_UNITS = re.compile(r"\d\s+(?:[mshgLltNJWV]|cm|mm|km|kg|mg|ml|mL|min)(?![\w(^=²³])")
"""Numbers with units, which are not letters."""
_DIFFERENTIAL = re.compile(r"^\s*d\s*[a-z]\s*=")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of working. `nodes` is a chain of expressions that are to be equal; `alternatives` what it states."""

    text: str
    kind: LineKind
    nodes: tuple[Node, ...] = ()
    alternatives: Alternatives = ()
    continues: bool = False
    """It begins with `=`: it goes on with the value of the line before."""
    label: str = ""
    """The function whose value it gives: `f` in `f'(x) = 2x`, `y` in `dy/dx = 2x`, `A` in `A = 3 * 4`."""
    order: int = 0
    """How often that function is differentiated in it."""
    variable: str = ""
    """The variable of the derivative, if one is named."""
    approximate: bool = False
    """It is written with ≈."""
    defines: bool = False
    """It introduces a letter: `let u = x^2`."""
    restricted: bool = False
    """Its words say why some solutions are left out: `x = 3, as lengths are positive`."""


@dataclass(frozen=True, slots=True)
class Working:
    """A student's working; `left_out` is the number of lines beyond `MAX_LINES`."""

    lines: tuple[Line, ...]
    kind: ProblemKind | None = None
    """What the words ask to be done with the first line: `differentiate`, `factor`."""
    left_out: int = 0


def read_working(text: str) -> Working:
    """The lines of a text that hold mathematics; words between them are left out."""
    body = without_name(text)[:MAX_LENGTH]
    kind = intent_of(body).kind
    pieces = list(pieces_of(body))
    read = [line for piece in pieces[: MAX_LINES + 1] for line in _read(piece)]
    lines = _with_imaginary_unit(_as_chains(_without_asides(read), kind))
    if lines and lines[0].kind == "chain" and kind in {"integral", "limit"} and _BOUNDS.search(body):
        lines[0] = replace(lines[0], kind="unread")  # the limits stand among the words
    left_out = max(0, len(pieces) - MAX_LINES - 1) + max(0, len(lines) - MAX_LINES)
    return Working(tuple(lines[:MAX_LINES]), kind, left_out)


def _read(piece: Piece) -> list[Line]:
    """The lines of a piece: one, none if it holds only words, or several equations with only spaces between."""
    line = _read_one(piece)
    if line is not None and line.kind == "unread" and (beside := _beside(piece.text)):
        return beside
    return [line] if line is not None else []


def _beside(text: str) -> list[Line]:
    """The equations in `2x + 3 = 11 2x = 8 x = 4`; none if there are not several."""
    if len(text) > LONGEST_LINE or text.count("=") < 2 or _OR.search(text) or _AND.search(text):
        return []
    try:
        spans = [part for span in find_spans(tokenize(text)) for part in split_equations(span)]
        return [Line(span.text, "statement", alternatives=((_relation(span),),)) for span in _equations(spans)]
    except (ParseError, UnreadableNumber):
        return []


def _equations(spans: list[Span]) -> list[Span]:
    equations = [span for span in spans if any(token.kind == "rel" for token in span.tokens)]
    plain = all(token.text == "=" for span in equations for token in span.tokens if token.kind == "rel")
    return equations if len(equations) > 1 and plain else []


def _relation(span: Span) -> Rel:
    node = parse(span.tokens)
    if not isinstance(node, Rel):
        raise ParseError(span.text)
    return node


def _read_one(piece: Piece) -> Line | None:
    """One line; None if it holds only words."""
    text = piece.text
    if len(text) > LONGEST_LINE:
        return Line(text[:60], "unread", continues=piece.continues)
    if len(_UNITS.findall(text)) > 1:
        return Line(text, "unread", continues=piece.continues)
    approximate = bool(_APPROXIMATE.search(text))
    text = _APPROXIMATE.sub("=", text)
    label = _LABEL.match(text)
    if label is not None:
        text = text[label.end() :].lstrip(" =")
    try:
        line = _stated(piece.text, text)
    except (ParseError, UnreadableNumber):
        line = Line(piece.text, "unread")
    if line is None:
        return None
    line = replace(
        line, continues=piece.continues, approximate=approximate, defines=piece.defines, restricted=piece.restricted
    )
    return _labelled(line, label) if label is not None else line


def _labelled(line: Line, label: re.Match[str]) -> Line:
    name = label["f"] or label["g"] or label["y"] or label["yy"]
    order = len(label["primes"]) if label["primes"] else int(label["g"] is None)
    variable = label["arg"] or label["garg"] or label["by"] or label["byy"] or ""
    if line.kind == "statement" and len(line.alternatives) == 1 and len(line.alternatives[0]) == 1:
        relation = line.alternatives[0][0]
        if set(relation.ops) == {"="}:
            line = replace(line, kind="chain", nodes=relation.sides, alternatives=())
    return replace(line, label=name, order=order, variable=variable)


def _stated(shown: str, text: str) -> Line | None:
    text = in_signs(text)
    if _PLUS_MINUS.search(text):
        both = [_MINUS_PLUS.sub(other, _PLUS_MINUS.sub(f" {sign} ", text)) for sign, other in (("+", "-"), ("-", "+"))]
        both = [re.sub(r"([=(])\s*\+", r"\1", one) for one in both]
        lines = [_stated(shown, one) for one in both]
        if any(line is None or line.kind != "statement" for line in lines):
            return Line(shown, "unread")
        return Line(
            shown, "statement", alternatives=tuple(part for line in lines if line for part in line.alternatives)
        )
    parts: list[tuple[Rel, ...]] = []
    loose: list[Span] = []
    for branch in _OR.split(text):
        relations, values = _conjunction(branch)
        loose += values
        if parts or relations:
            known = relations or (parts[-1] if parts else ())
            relations = [*relations, *_same_unknown(known, values)]
        parts += _as_alternatives(relations)
    if parts:
        return Line(shown, "statement", alternatives=tuple(parts))
    if _NONE.search(text):
        return Line(shown, "none")
    return _expression(shown, text, loose)


def _conjunction(text: str) -> tuple[list[Rel], list[Span]]:
    """The relations of one branch, and the spans that are none; `x = 2, 3` has one of each."""
    relations: list[Rel] = []
    values: list[Span] = []
    for part in _AND.split(text):
        if _DIFFERENTIAL.match(part):
            continue  # `du = 2x dx` beside `u = x^2`
        tokens = tokenize(part)
        found = find_spans(tokens)
        if _left_over(tokens, found):
            raise ParseError(part)
        for span in [one for each in found for one in _with_condition(each)]:
            if any(token.kind == "rel" for token in span.tokens):
                relations.append(_relation(span))
            else:
                values.append(span)
    return relations, values


def _left_over(tokens: Sequence[Token], spans: Sequence[Span]) -> bool:
    """Whether a sign of the line belongs to no formula: `x = 8/`, `5000원 × 3`; then the line is not what was read."""
    used = sum(token.kind in _SIGNS for span in spans for token in span.tokens)
    loose = [token for token in tokens if token.kind in _SIGNS]
    if len(loose) == used:
        return False
    at = 0
    read = [token for span in spans for token in span.tokens if token.kind in _SIGNS]
    for place, token in enumerate(tokens):
        if token.kind not in _SIGNS:
            continue
        if at < len(read) and token is read[at]:
            at += 1
        elif not _is_punctuation(tokens, place):
            return True
    return False


def _is_punctuation(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign is none: a dash before words, an exclamation mark, a colon, a sign at the beginning of a line."""
    token = tokens[place]
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    worded = following is None or following.kind in {"word", "break"}
    worded = worded or (token.kind == "rel" and tokens[place - 1].kind == "word")
    if token.text in {"!", ":", "°", "%"} or place == 0 or (token.kind == "rel" and worded):
        return True
    return token.text == "-" and token.spaced and worded


def _with_condition(span: Span) -> list[Span]:
    """The relation and the condition of `x^2 = 9 (x > 0)`."""
    parts = split_equations(span)
    conditional = len(parts) == 2 and any(token.kind == "rel" and token.text != "=" for token in parts[1].tokens)
    return parts if conditional else [span]


def _same_unknown(known: tuple[Rel, ...] | list[Rel], values: list[Span]) -> list[Rel]:
    """`x = 3` for the `3` in `x = 2 or 3`."""
    if len(known) != 1 or known[0].ops != ("=",) or not isinstance(known[0].sides[0], Sym):
        return []
    parsed = [parse(span.tokens) for span in values]
    return [Rel(("=",), (known[0].sides[0], value)) for value in parsed if not variables_of(value)]


def _as_alternatives(relations: list[Rel]) -> list[tuple[Rel, ...]]:
    """Relations beside one another: of `x = 2, x = 3` one holds, of others all do."""
    if not relations:
        return []
    valued = [one.sides[0].name for one in relations if one.ops == ("=",) and isinstance(one.sides[0], Sym)]
    if len(valued) == len(relations) > 1 and len(set(valued)) == 1:
        return [(one,) for one in relations]
    if len(relations) == 2 and _excluding(relations):
        return [(one,) for one in relations]
    return [tuple(relations)]


def _excluding(relations: list[Rel]) -> bool:
    """Whether two bounds leave nothing between them: `x < 1, x > 3`."""
    bounds = []
    for one in relations:
        left, *rest = one.sides
        if len(rest) != 1 or not isinstance(left, Sym) or variables_of(rest[0]):
            return False
        bounds.append((left.name, one.ops[0][0], rest[0]))
    (name, first, low), (other, second, high) = bounds
    if name != other or {first, second} != {"<", ">"}:
        return False
    low, high = (low, high) if first == "<" else (high, low)
    return isinstance(low, Num) and isinstance(high, Num) and low.value <= high.value


def _expression(shown: str, text: str, spans: list[Span]) -> Line | None:
    """The expression of a line without relation; None for words with a bare number among them."""
    worded = bool(_WORD.search(re.sub(r"\\[A-Za-z]+", "", _without_names(text))))
    spans = [span for span in spans if not (worded and len(span.tokens) < 2)]
    if not spans:
        return None
    longest = max(spans, key=lambda span: len(span.tokens))
    node = parse(longest.tokens)
    if worded and len(longest.tokens) < 3 and not variables_of(node):
        return None
    return Line(shown, "chain", nodes=(node,))


_FUNCTION_NAMES = re.compile(r"sin|cos|tan|log|ln|sqrt|lim|exp|frac|abs|cot|sec|csc", re.IGNORECASE)


def _without_names(text: str) -> str:
    return _FUNCTION_NAMES.sub(" ", text)


def _without_asides(lines: list[Line]) -> list[Line]:
    """The lines without bare expressions among equations, such as `(subtract 3 from each)`."""
    return [line for line in lines if line.kind != "chain" or line.nodes or line.label]


def _with_imaginary_unit(lines: list[Line]) -> list[Line]:
    """The lines with i as the imaginary unit, where it is the only letter of all, as in `(1 + i)(1 - i) = 2`."""
    nodes = [node for line in lines for node in line.nodes]
    letters = {name for node in nodes for name in variables_of(node)}
    if letters != {"i"} or any(line.alternatives for line in lines) or not any(map(is_complex, nodes)):
        return lines
    unit = Substitution("i", Const("i"))
    return [replace(line, nodes=tuple(rewrite(node, unit) for node in line.nodes)) for line in lines]


def _as_chains(lines: list[Line], kind: ProblemKind | None) -> list[Line]:
    """Equalities that state nothing about an unknown, as chains of expressions."""
    result = list(lines)
    for at, line in enumerate(result):
        following = result[at + 1] if at + 1 < len(result) else None
        if line.kind != "statement" or len(line.alternatives) != 1 or len(line.alternatives[0]) != 1:
            continue
        relation = line.alternatives[0][0]
        if set(relation.ops) != {"="}:
            continue
        if at and not variables_of(relation) and _contradicts(result[:at], relation):
            continue
        if isinstance(relation.sides[0], Apply):
            put_in = _put_into_function(result[:at], relation.sides[0])
            nodes = relation.sides[1:] if put_in is None else (put_in, *relation.sides[1:])
            result[at] = replace(line, kind="chain", nodes=nodes, alternatives=())
        elif line.continues and at and result[at - 1].kind == "statement":
            result[at] = replace(line, continues=False)
        elif line.continues or _is_chain(relation, following, kind, first=at == 0, alone=len(result) == 1):
            result[at] = _chained(line, relation)
    if any(line.label == "y" and line.order for line in result):
        result = [_labelled_by_y(line) for line in result]
    return result


def _put_into_function(before: list[Line], use: Apply) -> Node | None:
    """What `f(2)` is, where an earlier line says what f(x) is; None if none does."""
    for line in reversed(before):
        if line.kind == "chain" and line.label == use.name and line.order == use.primes and line.nodes:
            body = line.nodes[-1]
            name = line.variable or next(iter(variables_of(body)), "x")
            return rewrite(body, Substitution(name, use.arg))
    return None


def _contradicts(before: list[Line], relation: Rel) -> bool:
    """Whether `1 = 5` stands behind an equation, which then has no solution."""
    plain = all(isinstance(side, Num) for side in relation.sides) and len(relation.sides) == 2
    return plain and before[-1].kind == "statement"


def _is_chain(relation: Rel, following: Line | None, kind: ProblemKind | None, *, first: bool, alone: bool) -> bool:
    if following is not None and following.continues:
        # Some write `= x - 2 = 3` for `⇒ x - 2 = 3`.
        return following.kind != "statement" or compare_values(*relation.sides[:2]) != "different"
    if any(isinstance(part, Diff | Integral | Limit) for side in relation.sides for part in walk(side)):
        return True
    if not variables_of(relation):
        return True
    lone = relation.sides[0]
    if isinstance(lone, Sym):
        return False
    if len(relation.sides) > 2:
        return first or not _is_equation(relation)
    rewriting = kind in {"expand", "factor", "simplify", "derivative", "integral"}
    return rewriting and (first or alone) and not any(isinstance(side, Num) for side in relation.sides)


def _is_equation(relation: Rel) -> bool:
    """Whether `2x = 14 - 6 = 8` behind an equation says what 2x is, and not that three values are equal."""
    return bool(variables_of(relation.sides[0])) and not any(map(variables_of, relation.sides[1:]))


def _chained(line: Line, relation: Rel) -> Line:
    lone = relation.sides[0]
    if isinstance(lone, Sym) and not line.continues and lone.name not in variables_of(Sum(_signed(relation.sides[1:]))):
        return replace(line, kind="chain", nodes=relation.sides[1:], alternatives=(), label=lone.name)
    return replace(line, kind="chain", nodes=relation.sides, alternatives=())


def _signed(nodes: tuple[Node, ...]) -> tuple[tuple[str, Node], ...]:
    return tuple(("+", node) for node in nodes)


def _labelled_by_y(line: Line) -> Line:
    """`y = x^2` as the function that `y' = 2x` differentiates."""
    if line.kind != "statement" or len(line.alternatives) != 1 or len(line.alternatives[0]) != 1:
        return line
    relation = line.alternatives[0][0]
    if set(relation.ops) == {"="} and relation.sides[0] == Sym("y"):
        return replace(line, kind="chain", nodes=relation.sides[1:], alternatives=(), label="y")
    return line


def relations_of(line: Line) -> Iterator[Rel]:
    """All relations that a line states."""
    for part in line.alternatives:
        yield from part
