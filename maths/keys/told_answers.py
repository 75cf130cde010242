"""Finds the lines of a text that tell the answer to an exercise: those with an expression that is equal to it.

It would rather find a line too many: what it finds is only hidden until the exercise is done. The exercise itself, as
it was put, tells nothing: `6/8` in a problem that asks to simplify it.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from maths.keys.choice_reading import point_of, saying_of, values_of
from maths.keys.equivalence import same
from maths.keys.exercises import MAX_DIGITS_TO_PRINT, NOT_READ, expressions_in, parsed
from maths.keys.formula_reading import choice_text, expression_of, plain_text, read_formula
from maths.keys.spellings import spellings, without_bullet, without_marks
from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.nodes import Node, Num, Rel, Substitution, Sym, rewrite, variables_of
from maths.reading.spans import find_spans
from maths.values.evaluation import value_of
from maths.values.numbers import Value, same_value

LONGEST_LINE: Final = 4_000
"""Characters of a line that is looked through; a longer one is cut into such pieces."""
MOST_SLICES: Final = 400
"""Expressions that are tried in one span."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer in the forms in which it may be told."""

    values: tuple[Value, ...] = ()
    """Each of its numbers: roots, coordinates, bounds."""
    expressions: tuple[Node, ...] = ()
    """Its expressions with variables, and its relations."""
    sayings: tuple[str, ...] = ()
    exempt: tuple[Node, ...] = ()
    """The expressions of the exercise as it was put."""
    posed: tuple[Rel, ...] = ()
    """The equations of the exercise: put in for the unknown, the answer is told too."""


def telling_blocks(blocks: list[str], exercises: list[list[str]], counted: dict[str, int]) -> dict[str, Any]:
    """What a worker process does with the blocks of an answer: which of them tell an answer, by their lines or as a
    whole. `counted` holds how far list marks and steps have counted up, before and after.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    answers = [_read_answer(problem, answer) for problem, answer in exercises]
    steps = dict(counted)
    tells = []
    for block in blocks:
        before = dict(steps)
        lines = [_tells(line, answers, steps) for line in block.split("\n")]
        whole = "\n" in block.strip() and _tells(" ".join(block.split("\n")), answers, before)
        tells.append(any(lines) or whole)
    return {"tells": tells, "counted": steps}


def telling_lines(lines: list[str], exercises: list[list[str]]) -> list[bool]:
    """Which of the lines tell the answer to one of the exercises, pairs of problem and answer.

    This is what a worker process does with the lines. List marks and numbers of steps that count up tell nothing.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    answers = [_read_answer(problem, answer) for problem, answer in exercises]
    steps: dict[str, int] = {}
    return [_tells(line, answers, steps) for line in lines]


def _read_answer(problem: str, answer: str) -> _Answer:
    texts = [part for part in re.split(r"\\approx|≈", answer) if part.strip()]
    spelled = [spelling for line in problem.splitlines() for spelling in spellings(line)]
    posed = tuple(dict.fromkeys(node for text in [problem, *spelled] for node in expressions_in(text)))
    found = [_read_one(text) for text in texts]
    return _Answer(
        tuple(value for each in found for value in each.values),
        tuple(node for each in found for node in each.expressions),
        tuple(word for each in found for word in each.sayings),
        tuple(node for node in _parts(posed) if not _states_value(node)),
        tuple(node for node in posed if isinstance(node, Rel)),
    )


def _states_value(node: Node) -> bool:
    """Whether a part of an exercise is `x = 3`: an exercise that tells its own answer is no excuse for telling it."""
    return (
        isinstance(node, Rel)
        and any(isinstance(side, Sym) for side in node.sides)
        and any(not variables_of(side) for side in node.sides)
    )


def _read_one(text: str) -> _Answer:
    saying = saying_of(text)
    if saying is not None:
        return _Answer(sayings=(saying,))
    try:
        return _Answer(values=tuple(value_of(node, {}) for node in values_of(text).nodes))
    except NOT_READ:
        pass
    names = sorted(set(re.findall(r"(?<![A-Za-z\\])([a-z])\s*=", text))) or ["x", "y", "z"][: text.count(",") + 1]
    if len(names) > 1:
        try:
            return _Answer(values=tuple(value_of(node, {}) for node in point_of(text, names).values()))
        except NOT_READ:
            pass
    try:
        nodes: Sequence[Node] = [read_formula(choice_text(text))]
    except NOT_READ:
        nodes = list(expressions_in(text))
    values: list[Value] = []
    expressions: list[Node] = []
    for node in nodes:
        body = expression_of(node, ())
        for side in body.sides if isinstance(body, Rel) else (body,):
            if isinstance(side, Sym):
                continue
            if variables_of(side):
                expressions.append(side)
            else:
                values += _values([side])
    return _Answer(tuple(values), tuple(expressions))


def _values(nodes: Iterable[Node]) -> list[Value]:
    found = []
    for node in nodes:
        try:
            found.append(value_of(node, {}))
        except NOT_READ:
            continue
    return found


def _parts(nodes: Iterable[Node]) -> Iterator[Node]:
    """The expressions themselves, and the sides of relations that are more than a number or a letter."""
    for node in nodes:
        if not isinstance(node, Num):
            yield node
        if isinstance(node, Rel):
            yield from (side for side in node.sides if not isinstance(side, Num | Sym))


def _tells(line: str, answers: Sequence[_Answer], steps: dict[str, int]) -> bool:
    line = without_marks(line, steps)
    unmarked = without_bullet(line)  # `- 3` is an item, or minus three
    return any(
        _one_tells(piece, answers)
        for text in dict.fromkeys((line, unmarked))
        for start in range(0, len(text), LONGEST_LINE)
        for piece in spellings(text[start : start + LONGEST_LINE + 100])
    )


def _one_tells(text: str, answers: Sequence[_Answer]) -> bool:
    if any(answer.sayings and _says(text, answer.sayings) for answer in answers):
        return True
    try:
        tokens = tokenize(text)
    except UnreadableNumber:
        return True
    return any(_tokens_tell(tokens, answer) for answer in answers)


def _tokens_tell(tokens: Sequence[Token], answer: _Answer) -> bool:
    of_exercise: set[int] = set()
    for span in find_spans(tokens):
        if parsed(span.tokens) in answer.exempt:  # and so no part of it tells anything
            of_exercise |= {id(token) for token in span.tokens}
        elif any(_is_answer(node, answer) for node in _nodes_of(span.tokens)):
            return True
    # A number that stands in what could not be read otherwise.
    return any(
        token.kind == "num"
        and token.value is not None
        and id(token) not in of_exercise
        and _stands_alone(tokens, place)
        and _equals_any(Num(token.value, token.text), answer)
        for place, token in enumerate(tokens)
    )


def _says(text: str, sayings: Sequence[str]) -> bool:
    """Whether a sentence, or a part of one, says `no solution` where that is the answer."""
    words = re.split(r"[.;:,!?\n]|\b(?:so|hence|therefore|that|has|have|is|are|there)\b|따라서|그래서|즉", text)
    return any(saying_of(part) in sayings for part in [text, *words] if part.strip())


def _stands_alone(tokens: Sequence[Token], place: int) -> bool:
    """Whether a number is no part of a larger expression: no factor, exponent or term stands beside it."""
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    left = before is None or before.kind in {"word", "break", "rel", "comma", "bar", "arrow", "open"}
    right = after is None or after.kind in {"word", "break", "rel", "comma", "bar", "arrow", "close"}
    return left and right


def _nodes_of(tokens: Sequence[Token]) -> Iterator[Node]:
    """The expressions of a span: the whole, and what stands between its signs of equality and its commas."""
    pieces = _split(tokens)
    if len(pieces) > 1:
        node = parsed(tokens)
        if node is not None:
            yield node
    for piece in pieces:
        if piece[-1].text == "!" and (node := parsed(piece[:-1])) is not None:
            yield node  # `it is 3!`
        node = parsed(piece)
        if node is not None:
            yield node
            continue
        yield from _slices(piece)


def _split(tokens: Sequence[Token]) -> list[list[Token]]:
    """The tokens between relations, commas and other breaks outside of brackets and inside them."""
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in {"rel", "comma", "arrow"} or token.text in {":", ";", "|", "dots", "±"}:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in map(_balanced, pieces) if piece]


def _balanced(piece: list[Token]) -> list[Token]:
    """A piece without brackets that are open or closed elsewhere."""
    excess = sum((token.kind == "open") - (token.kind == "close") for token in piece)
    while piece and excess > 0 and piece[0].kind == "open":
        piece, excess = piece[1:], excess - 1
    while piece and excess < 0 and piece[-1].kind == "close":
        piece, excess = piece[:-1], excess + 1
    return piece


def _slices(piece: Sequence[Token]) -> Iterator[Node]:
    """What can be read of a piece that cannot be read as a whole, longest first."""
    tried = 0
    for length in range(len(piece) - 1, 0, -1):
        for start in range(len(piece) - length + 1):
            before = piece[start - 1] if start else None
            after = piece[start + length] if start + length < len(piece) else None
            if (before is not None and before.text in {"^", "sub"}) or (after is not None and after.text == "^"):
                continue
            tried += 1
            if tried > MOST_SLICES:
                return
            spaced = (before is None or piece[start].spaced) and (after is None or after.spaced)
            node = parsed(piece[start : start + length]) if spaced else None
            if node is not None:
                yield node


def _is_answer(node: Node, answer: _Answer) -> bool:
    if node in answer.exempt:
        return False
    if isinstance(node, Rel):
        return any(_is_check(node, posed, answer) for posed in answer.posed) or any(
            _is_answer(side, answer) for side in node.sides if not isinstance(side, Sym)
        )
    return _equals_any(node, answer)


def _equals_any(node: Node, answer: _Answer) -> bool:
    names = variables_of(node)
    try:
        if not names:
            value = value_of(node, {})
            return any(same_value(value, each) is not False for each in answer.values)
        return any(
            set(names) == set(variables_of(each)) and same(node, each) is not False for each in answer.expressions
        ) or any(_up_to_constant(node, each) for each in answer.expressions)
    except NOT_READ:
        return False


def _up_to_constant(node: Node, answer: Node) -> bool:
    """`x²` where the answer is `x² + C`."""
    constants = [name for name in variables_of(answer) if name in {"C", "c", "K", "k"}]
    if len(constants) != 1 or len(variables_of(answer)) < 2:
        return False
    zero = Num(Fraction(0), "0")
    without = rewrite(answer, Substitution(constants[0], zero))
    given = node
    for name in {"C", "c", "K", "k"} & (set(variables_of(node)) - set(variables_of(without))):
        given = rewrite(given, Substitution(name, zero))
    return set(variables_of(given)) == set(variables_of(without)) and same(given, without) is not False


def _is_check(node: Rel, posed: Rel, answer: _Answer) -> bool:
    """Whether a relation without variables is the exercise with the answer put in: `2(3) + 3 = 9`."""
    if variables_of(node):
        return False
    return any(
        _put_in(side, other, answer)
        for side in node.sides
        for other in posed.sides
        if variables_of(other) and not isinstance(other, Sym)
    )


def _put_in(node: Node, pattern: Node, answer: _Answer) -> bool:
    """Whether `node` is `pattern` with values of the answer in the places of its variables."""
    if isinstance(pattern, Sym):
        return _equals_any(node, answer)
    if type(node) is not type(pattern):
        return False
    if not variables_of(pattern):
        return node == pattern
    ours, theirs = list(_children(node)), list(_children(pattern))
    return len(ours) == len(theirs) and all(
        _put_in(one, other, answer) if _is_node(one) and _is_node(other) else True
        for one, other in zip(ours, theirs, strict=True)
    )


def _children(node: Any) -> Iterator[Any]:
    """The nodes right below a node, in order."""
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if _is_node(value):
            yield value
        elif isinstance(value, tuple):
            for each in value:
                parts = each if isinstance(each, tuple) else (each,)
                yield from (part for part in parts if _is_node(part))


def _is_node(value: Any) -> bool:
    return hasattr(value, "__dataclass_fields__")


# Hints and problems


def check_help(problem: str, hints: list[str], answer: str) -> dict[str, Any]:
    """What a worker process does with the arguments of a call for help: whether the problem tells the answer, and each
    hint. A number of the problem that is equal to the answer may stand in a hint, if it is not called the answer.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    numbers = {token.value for token in _tokens(plain_text(problem)) if token.value is not None}
    problem_tells = any(_tells_as_answer(line, problem, answer, numbers) for line in problem.splitlines())
    return {
        "problem": problem_tells,
        "hints": [
            any(_tells_as_answer(line, problem, answer, numbers) for line in hint.splitlines()) for hint in hints
        ],
    }


_CUE: Final = re.compile(
    r"(?:[=≈→⇒]|\b(?:is|are|equals?|answer|solution|result|gives?|get|gets)|(?:값|답|해|근|결과)[은는이가]?)\W*$",
    re.IGNORECASE,
)
_CUE_BEHIND: Final = re.compile(
    r"^\W*(?:입니다|이다|이에요|예요|가\s*답|이\s*답|is the (?:answer|solution|result))", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"(?<![A-Za-z0-9_.^])\d+(?:\.\d+)?(?![A-Za-z0-9_]|\.\d)")
_BESIDE: Final = "+-−*/×÷·^√=<>"
"""What a number stands beside that is a part of an expression."""


def _tells_as_answer(line: str, problem: str, answer: str, numbers: Iterable[Any]) -> bool:
    """Whether a line tells the answer though the numbers of the problem are left out of it."""
    known = set(numbers)

    def kept(found: re.Match[str]) -> str:
        before, after = found.string[: found.start()], found.string[found.end() :]
        part = before.rstrip()[-1:] in set(_BESIDE) or after.lstrip()[:1] in set(_BESIDE)
        called = _CUE.search(before) or _CUE_BEHIND.match(after)
        return found[0] if Fraction(found[0]) not in known or part or called else " … "

    return telling_lines([_NUMBER.sub(kept, line)], [[problem, answer]]) == [True]


def _tokens(text: str) -> list[Token]:
    try:
        return list(tokenize(text))
    except UnreadableNumber:
        return []
