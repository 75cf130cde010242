"""Solves any problem: chooses the method by the kind of problem."""

import sympy as sp

from maths.reading.nodes import Call, Diff, Integral, Limit, Node, Rel, Substitution, Sym, exact, rewrite, variables_of
from maths.reading.problems import Problem
from maths.solving import algebra, arithmetic, number_lists
from maths.solving.derivatives import differentiate
from maths.solving.equation_systems import solve_system
from maths.solving.equations import solve_equation
from maths.solving.identities import check_identity
from maths.solving.inequalities import solve_inequality
from maths.solving.integrals import integrate
from maths.solving.limits import find_limit
from maths.solving.lines_and_parabolas import complete_square
from maths.solving.solution import Solution, Unsolved, step
from maths.solving.solutions_in_interval import within
from maths.solving.tangents import tangent
from maths.solving.to_sympy import Unsupported, symbol, to_sympy
from maths.solving.word_problem_solver import solve_word_problem
from maths.writing.latex import latex, node_latex
from maths.writing.values import with_decimal


def solve(problem: Problem) -> Solution:
    """Solve a problem.

    Raises:
        Unsolved: no method here solves it.
        TooLarge, Undefined, Unsupported: see `to_sympy`.
    """
    return solve_word_problem(problem.word) if problem.word is not None else _by_kind(problem)


def _by_kind(problem: Problem) -> Solution:
    node = problem.nodes[0]
    match problem.kind:
        case "solve":
            return _solve(problem, node)
        case "derivative":
            return _derivative(problem, node)
        case "integral":
            return integrate(node if isinstance(node, Integral) else Integral(_side(node), Sym(problem.var or "")))
        case "limit":
            if not isinstance(node, Limit):
                raise Unsolved("limit_where")
            return find_limit(node)
        case "gcd" | "lcm" | "mean" | "median" | "mode" | "range" | "order" | "remainder":
            return number_lists.describe(problem.kind, problem.nodes)
        case "identity":
            return check_identity(node) if isinstance(node, Rel) else _algebra(problem, node)
        case "tangent":
            return _tangent(problem, node)
        case "square":
            return complete_square(node)
        case "divisors" | "primes":
            return arithmetic.divisors(node) if problem.kind == "divisors" else arithmetic.prime_factors(node)
        case "percent" | "fraction" | "decimal":
            return arithmetic.convert(problem.kind, node)
    return _algebra(problem, node)


def _solve(problem: Problem, node: Node) -> Solution:
    if len(problem.nodes) > 1:
        return solve_system(problem.nodes)
    if not isinstance(node, Rel):
        node = Rel(("=",), (node, exact_zero()))
    if all(op == "=" for op in node.ops):
        if len(node.ops) > 1:
            return solve_system([Rel(("=",), pair) for pair in zip(node.sides, node.sides[1:], strict=False)])
        solution = solve_equation(node, problem.var, by_formula=problem.by_formula)
        return solution if problem.within is None else within(solution, node, problem.within)
    return solve_inequality(node, problem.var)


def exact_zero() -> Node:
    """The number 0 as a tree."""
    from fractions import Fraction  # noqa: PLC0415

    return exact(Fraction(0))


def _side(node: Node) -> Node:
    """The other side of an equation such as `y = x^2`; any other expression as it is."""
    match node:
        case Rel(("=",), (Sym(), body)):
            return body
        case Rel(("=",), (body, Sym())):
            return body
        case Rel():
            raise Unsolved
    return node


def _derivative(problem: Problem, node: Node) -> Solution:
    body = node if isinstance(node, Diff) else _side(node)
    if isinstance(body, Call) and body.name == "at":
        raise Unsupported
    given = dict(problem.values)
    if given:
        name, value = next(iter(given.items()))
        return differentiate(body, name, to_sympy(value))
    return differentiate(body, problem.var)


def _tangent(problem: Problem, node: Node) -> Solution:
    if not problem.values:
        raise Unsolved("tangent_where")
    name, place = problem.values[0]
    return tangent(_side(node), name, place)


def _algebra(problem: Problem, node: Node) -> Solution:
    if isinstance(node, Rel):
        raise Unsolved
    if problem.values:
        return _put_in(problem, node)
    if isinstance(node, Call) and node.name == "at":
        body, var, value = node.args
        assert isinstance(body, Diff)
        return differentiate(body, str(node_latex(var)), to_sympy(value))
    if problem.kind == "expand":
        return algebra.expand(node)
    if problem.kind == "factor":
        return arithmetic.prime_factors(node) if not variables_of(node) else algebra.factor(node)
    free = to_sympy(node).free_symbols
    if (problem.kind == "evaluate" and not free) or not free:
        return arithmetic.evaluate(node)
    return algebra.simplify(node)


def _put_in(problem: Problem, node: Node) -> Solution:
    """The value of an expression where its variables have values."""
    filled = node
    for name, value in problem.values:
        filled = rewrite(filled, Substitution(name, value))
    expr = to_sympy(filled)
    given = ",\\; ".join(f"{latex(symbol(name))} = {node_latex(value)}" for name, value in problem.values)
    steps = [step("put_value", node_latex(filled), value=given)]
    result = sp.simplify(expr)
    return Solution("evaluate", node_latex(node), tuple(steps), with_decimal(result))
