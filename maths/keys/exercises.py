"""The exercises in a student's message: what a worker process finds, solves, and recognises again."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from maths.keys.formula_reading import NotRead, plain_text
from maths.keys.spellings import spellings
from maths.reading.lexer import Token, UnreadableNumber, tokenize
from maths.reading.message_reader import read_message
from maths.reading.nodes import Node, Num, Rel, Sym
from maths.reading.parser import parse
from maths.reading.problems import Problem
from maths.reading.spans import find_spans
from maths.reading.token_cursor import ParseError
from maths.solving.solution import Solution, Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.solution_sentences import SENTENCES
from maths.telling.wording import Wording
from maths.telling.worked_help import worked_help
from maths.values.numbers import NoRealValue, NotCalculable
from maths.writing.latex import node_latex

MAX_DIGITS_TO_PRINT: Final = 10_000
_Form = Node | frozenset[Node]
SHORTEST_PROBLEM: Final = 15
"""Letters and digits by which a problem is known that algebra cannot read."""
NOT_READ: Final = (
    NotRead, NotCalculable, NoRealValue, UnreadableNumber, ParseError, RecursionError, ValueError, OverflowError,
)  # fmt: skip


def exercises_in(message: str) -> list[list[str]]:
    """The problems in a student's message, each with its answer, in LaTeX: what a worker process does with it."""
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    try:
        reading = read_message(message)
    except UnreadableNumber:
        return []
    if reading.in_passing:
        return []
    found: list[list[str]] = []
    for problem in reading.problems:
        answer = _answer_to(problem)
        if answer:
            found.append([_latex_of(problem), answer])
    return found


def help_with(message: str, korean: bool) -> list[dict[str, Any]]:
    """What a worker process does to help with the exercises of a message out of the solver's steps; `posed` is each one
    as `exercises_in` gives it.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    words = Wording("ko" if korean else "en", SENTENCES)
    try:
        problems = read_message(message).problems
    except UnreadableNumber:
        return []
    found = []
    for problem in problems:
        solution = _solved(problem)
        if solution is not None and _plain_result(solution.result):
            posed = _latex_of(problem)
            found.append({**asdict(worked_help(problem, solution, words, message)), "posed": posed})
    return found


def _latex_of(problem: Problem) -> str:
    return " ; ".join(node_latex(node) for node in problem.nodes)


def _solved(problem: Problem) -> Solution | None:
    """The solution; None if there is none, or nothing to do."""
    try:
        solution = solve(problem)
    except (Unsolved, TooLarge, Undefined, Unsupported, RecursionError, ValueError, ArithmeticError):
        return None
    return None if solution.says_nothing else solution


def _answer_to(problem: Problem) -> str:
    solution = _solved(problem)
    return "" if solution is None else _plain_result(solution.result)


def _plain_result(result: str) -> str:
    """`x = 2 <or> x = 3`, `\\frac{1}{3} \\approx 0.33`, in words that the readers of answers know."""
    result = result.replace("<or>", " or ").replace("<and>", ", ").replace(",\\;", ", ")
    return " ".join(result.split())


def parsed(tokens: Sequence[Token]) -> Node | None:
    """What the parser makes of tokens; None if that is nothing."""
    try:
        return parse(tuple(tokens))
    except NOT_READ:
        return None


def expressions_in(text: str) -> Iterator[Node]:
    """The expressions and relations in a text."""
    try:
        tokens = tokenize(plain_text(text))
    except UnreadableNumber:
        return
    for span in find_spans(tokens):
        node = parsed(span.tokens)
        if node is not None:
            yield node


# The same exercise again


def posing_texts(texts: list[str], exercises: list[list[str]]) -> list[bool]:
    """Which texts put one of the exercises, pairs of problem and answer, once more: what a worker process does with the
    questions of a quiz. An exercise that algebra cannot read is known by its words.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    posed = [(_canonical(expressions_in(problem)), _words_of(problem)) for problem, _ in exercises]
    return [any(_puts(text, *each) for each in posed) for text in texts]


def _puts(text: str, posed: frozenset[_Form], words: str) -> bool:
    if posed:
        lines = [line for line in text.splitlines() if line.strip()]
        return posed <= _all_forms(node for line in lines for each in spellings(line) for node in expressions_in(each))
    return bool(words) and words in _words_of(text)


def _canonical(nodes: Iterable[Node]) -> frozenset[_Form]:
    """What an exercise puts: its relations or, where it has none, its other expressions."""
    forms = _all_forms(nodes)
    relations = frozenset(form for form in forms if isinstance(form, Rel | frozenset))
    return relations or forms


def _all_forms(nodes: Iterable[Node]) -> frozenset[_Form]:
    """Expressions that are more than a number or a letter; an equation without its order."""
    return frozenset(
        frozenset(node.sides) if isinstance(node, Rel) and set(node.ops) == {"="} else node
        for node in nodes
        if not isinstance(node, Num | Sym)
    )


def _words_of(text: str) -> str:
    """The letters and digits of a text, if these are enough to know it by."""
    words = "".join(char for char in text.casefold() if char.isalnum())
    return words if len(words) >= SHORTEST_PROBLEM else ""
