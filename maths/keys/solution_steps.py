"""The steps to the right answer of a question, as one line of text."""

from fractions import Fraction
from typing import Final

from maths.keys.question_tasks import (
    Antiderivative,
    DefiniteIntegral,
    Derivative,
    LimitValue,
    PercentOf,
    Solutions,
    SolvedFor,
    SystemSolution,
    Task,
    Value,
)
from maths.reading.intent import ProblemKind
from maths.reading.language import Language
from maths.reading.nodes import Integral, Limit, Product, Sym, exact, variables_of
from maths.reading.problems import Problem
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.wording import Wording

LONGEST: Final = 900
_KINDS: Final[dict[str, ProblemKind]] = {
    "simplified": "simplify", "expanded": "expand", "factored": "factor", "percent": "percent", "fraction": "fraction",
    "lowest": "fraction",
}  # fmt: skip


def steps_of(task: Task, language: Language) -> str:
    """The steps, one behind the other; empty if there are none to tell."""
    problem = _problem(task)
    if problem is None:
        return ""
    try:
        solution = solve(problem)
    except (Unsolved, TooLarge, Undefined, Unsupported, NotImplementedError, ValueError, TypeError, AttributeError):
        return ""
    say = Wording(language)
    told = [say.say(one.key, one.values) + (f": {say.formula(one.math)}" if one.math else "") for one in solution.steps]
    result = say.result(solution).replace("**", "")
    text = "; ".join([*(one.rstrip(".") for one in told), result])
    return text if len(text) <= LONGEST else result if len(result) <= LONGEST else ""


def _problem(task: Task) -> Problem | None:
    match task:
        case Value(node, form):
            lettered = bool(variables_of(node))
            return Problem(_KINDS.get(form, "simplify" if lettered else "evaluate"), (node,))
        case PercentOf(node):
            return Problem("evaluate", (Product((("*", node), ("*", exact(Fraction(100))))),))
        case Solutions(relation, name) | SolvedFor(relation, name):
            return Problem("solve", (relation,), name)
        case SystemSolution(equations):
            return Problem("solve", tuple(equations))
        case Derivative(body, name, 1, at):
            return Problem("derivative", (body,), name, ((name, at),) if at is not None else ())
        case Antiderivative(body, name):
            return Problem("integral", (Integral(body, Sym(name)),), name)
        case DefiniteIntegral(body, name, low, high):
            return Problem("integral", (Integral(body, Sym(name), low, high),), name)
        case LimitValue(body, name, to, side):
            return Problem("limit", (Limit(body, Sym(name), to, side),), name)
    return None
