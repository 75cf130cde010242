"""Any problem to its solution."""

import sympy as sp

from maths.reading.nodes import Call, Diff, Integral, Limit, Node, Put, Rel, Sym, exact, rewrite, symbols
from maths.reading.problems import Question
from maths.solving import algebra, arithmetic
from maths.solving.derivatives import differentiate
from maths.solving.equations import solve_equation
from maths.solving.identities import check_identity
from maths.solving.inequalities import solve_inequality
from maths.solving.integrals import integrate
from maths.solving.limits import find_limit
from maths.solving.lines_and_parabolas import complete_square
from maths.solving.solution import Solution, Unsolved, step
from maths.solving.solutions_in_interval import within
from maths.solving.systems import solve_system
from maths.solving.tangents import tangent
from maths.solving.to_sympy import Unsupported, build, symbol
from maths.writing.latex import show, write
from maths.writing.values import with_decimal


def solve(question: Question) -> Solution:
    """Solve a problem.

    Raises:
        Unsolved: it is beyond the means here.
        TooLarge, Undefined, Unsupported: see `build`.
    """
    node = question.nodes[0]
    match question.kind:
        case "solve":
            return _solve(question, node)
        case "derivative":
            return _derivative(question, node)
        case "integral":
            return integrate(node if isinstance(node, Integral) else Integral(_side(node), Sym(question.var or "")))
        case "limit":
            if not isinstance(node, Limit):
                raise Unsolved("limit_where")
            return find_limit(node)
        case "gcd" | "lcm" | "mean":
            return arithmetic.common(question.kind, question.nodes)
        case "identity":
            return check_identity(node) if isinstance(node, Rel) else _algebra(question, node)
        case "tangent":
            return _tangent(question, node)
        case "square":
            return complete_square(node)
        case "divisors" | "primes":
            return arithmetic.divisors(node) if question.kind == "divisors" else arithmetic.prime_factors(node)
        case "percent" | "fraction":
            return arithmetic.convert(question.kind, node)
    return _algebra(question, node)


def _solve(question: Question, node: Node) -> Solution:
    if len(question.nodes) > 1:
        return solve_system(question.nodes)
    if not isinstance(node, Rel):
        node = Rel(("=",), (node, exact_zero()))
    if all(op == "=" for op in node.ops):
        if len(node.ops) > 1:
            return solve_system([Rel(("=",), pair) for pair in zip(node.sides, node.sides[1:], strict=False)])
        solution = solve_equation(node, question.var, formula=question.formula)
        return solution if question.within is None else within(solution, node, question.within)
    return solve_inequality(node, question.var)


def exact_zero() -> Node:
    """The number 0 as a tree."""
    from fractions import Fraction  # noqa: PLC0415

    return exact(Fraction(0))


def _side(node: Node) -> Node:
    """What an equation such as `y = x^2` says about y."""
    match node:
        case Rel(("=",), (Sym(), body)):
            return body
        case Rel(("=",), (body, Sym())):
            return body
        case Rel():
            raise Unsolved
    return node


def _derivative(question: Question, node: Node) -> Solution:
    body = node if isinstance(node, Diff) else _side(node)
    if isinstance(body, Call) and body.name == "at":
        raise Unsupported
    given = dict(question.values)
    if given:
        name, value = next(iter(given.items()))
        return differentiate(body, name, build(value))
    return differentiate(body, question.var)


def _tangent(question: Question, node: Node) -> Solution:
    if not question.values:
        raise Unsolved("tangent_where")
    name, place = question.values[0]
    return tangent(_side(node), name, place)


def _algebra(question: Question, node: Node) -> Solution:
    if isinstance(node, Rel):
        raise Unsolved
    if question.values:
        return _put_in(question, node)
    if isinstance(node, Call) and node.name == "at":
        body, var, value = node.args
        assert isinstance(body, Diff)
        return differentiate(body, str(write(var)), build(value))
    if question.kind == "expand":
        return algebra.expand(node)
    if question.kind == "factor":
        return arithmetic.prime_factors(node) if not symbols(node) else algebra.factor(node)
    free = build(node).free_symbols
    if (question.kind == "evaluate" and not free) or not free:
        return arithmetic.evaluate(node)
    return algebra.simplify(node)


def _put_in(question: Question, node: Node) -> Solution:
    """The value of an expression where its variables have values."""
    filled = node
    for name, value in question.values:
        filled = rewrite(filled, Put(name, value))
    expr = build(filled)
    given = ",\\; ".join(f"{show(symbol(name))} = {write(value)}" for name, value in question.values)
    steps = [step("put_value", write(filled), value=given)]
    result = sp.simplify(expr)
    return Solution("evaluate", write(node), tuple(steps), with_decimal(result))
