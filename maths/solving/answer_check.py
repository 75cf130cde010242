"""Checks a student's answer to a problem."""

from typing import Any, Literal

import sympy as sp

from maths.reading.nodes import Diff, Integral, Node, Rel, stated_value, variables_of
from maths.reading.problems import Problem
from maths.reading.word_problems.word_problem import WordProblem
from maths.solving.equations import roots_of, unknown
from maths.solving.to_sympy import symbol, to_sympy
from maths.solving.word_problem_solver import value_of

Verdict = Literal["right", "half_right", "wrong"]


def check_answer(problem: Problem, said: list[Node]) -> Verdict | None:
    """Whether `said`, `x = 3` or a value alone, is the answer to a problem; None if that cannot be told.

    Raises:
        Unsolved, TooLarge, Undefined, Unsupported: the problem or the answer cannot be calculated.
    """
    if problem.word is not None:
        return _of_word_problem(problem.word, said)
    if len(problem.nodes) > 1:
        return _of_system(problem, said)
    if not said:
        return None
    node = problem.nodes[0]
    if problem.kind == "solve":
        return _of_roots(node, said) if isinstance(node, Rel) and set(node.ops) == {"="} else None
    if len(said) > 1 or isinstance(said[0], Rel) or said[0] == node:
        return None
    return _of_value(problem, node, to_sympy(said[0]))


def _of_system(problem: Problem, said: list[Node]) -> Verdict | None:
    """Whether `x = 3, y = 2` solves linear equations: every unknown has its value, and every equation holds."""
    given = dict(stated for one in said if (stated := stated_value(one)))
    unknowns = {symbol(name) for node in problem.nodes for name in variables_of(node)}
    if problem.kind != "solve" or len(given) < len(said) or {symbol(name) for name in given} != unknowns:
        return None
    sides = [to_sympy(node.sides[0]) - to_sympy(node.sides[1]) for node in problem.nodes if isinstance(node, Rel)]
    if len(sides) < len(unknowns) or any(sp.Poly(side, *unknowns).total_degree() > 1 for side in sides):
        return None
    values = {symbol(name): to_sympy(value) for name, value in given.items()}
    return "right" if all(sp.simplify(side.subs(values)) == 0 for side in sides) else "wrong"


def _of_word_problem(problem: WordProblem, said: list[Node]) -> Verdict | None:
    """Whether a value is the answer; a decimal that is rounded to two places or more counts."""
    values = [stated[1] if (stated := stated_value(one)) else one for one in said]
    right = value_of(problem)
    if len(values) != 1 or right is None or isinstance(values[0], Rel) or variables_of(values[0]):
        return None
    given = to_sympy(values[0])
    near = right.is_Rational is not True and abs(sp.N(given - right)) < sp.Rational(1, 100)
    return "right" if sp.simplify(given - right) == 0 or near else "wrong"


def _of_roots(node: Rel, said: list[Node]) -> Verdict | None:
    stated = [stated_value(one) or ("", one) for one in said]
    if any(isinstance(value, Rel) or variables_of(value) for _, value in stated):
        return None
    names = {name for name, _ in stated if name}
    if names - set(variables_of(node)) or len(names) > 1:
        return None
    roots = roots_of(node, next(iter(names), None))
    given = [to_sympy(value) for _, value in stated]
    if any(all(sp.simplify(value - root) != 0 for root in roots) for value in given):
        return "wrong"
    found = [root for root in roots if any(sp.simplify(value - root) == 0 for value in given)]
    return "right" if len(found) == len(roots) else "half_right"


def _of_value(problem: Problem, node: Node, given: Any) -> Verdict | None:
    match problem.kind, node:
        case (("evaluate" | "simplify" | "expand" | "factor"), _) if not isinstance(node, Rel | Integral | Diff):
            difference = to_sympy(node) - given
        case "derivative", _ if not isinstance(node, Rel | Diff) and not problem.values:
            body = to_sympy(node)
            difference = sp.diff(body, _variable(problem, body)) - given
        case "integral", _ if not isinstance(node, Rel | Integral):
            body = to_sympy(node)
            difference = body - sp.diff(given, _variable(problem, body))
        case _:
            return None
    return "right" if sp.simplify(difference) == 0 else "wrong"


def _variable(problem: Problem, body: Any) -> Any:
    free = sorted(body.free_symbols, key=str)
    return symbol(problem.var) if problem.var else unknown(free) if free else symbol("x")
