"""Problems similar to a given one; the same number gives the same problem."""

import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from maths.reading.nodes import (
    Call,
    Change,
    Diff,
    Frac,
    Integral,
    Limit,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Rel,
    Root,
    Sum,
    Sym,
    exact,
    rewrite,
    variables_of,
    walk,
    with_number,
)
from maths.reading.problems import Problem
from maths.solving.equations import roots_of
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, symbol, to_sympy
from maths.writing.latex import node_latex

ATTEMPTS = 40
HIGHEST = 5
"""The highest power in a harder problem."""
LONGER = 30
"""Characters by which the result of a harder problem may be longer."""


def similar_problem(problem: Problem, number: int, *, harder: bool = False, attempts: int = ATTEMPTS) -> Problem:
    """The problem with that number (from 1) of the same kind as `problem`; `harder`: with larger numbers, higher powers
    or more terms.

    Raises:
        Unsolved: no such problem could be made.
    """
    seed = zlib.crc32("|".join(node_latex(node) for node in problem.nodes).encode())
    make = _maker(problem, harder=harder)
    longest = LONGER if harder else 8
    fallback: Problem | None = None
    for attempt in range(attempts):
        made = make(random.Random(seed + 7919 * number + 104729 * attempt))
        if made.nodes == problem.nodes:
            continue
        judged = _judged(problem, made, longest)
        if judged == "nice":
            return made
        if judged == "solvable" and fallback is None:
            fallback = made
    if fallback is None:
        raise Unsolved
    return fallback


def _judged(original: Problem, made: Problem, longest: int) -> str:
    try:
        solution = solve(made)
    except (Unsolved, Undefined, Unsupported, TooLarge):
        return "no"
    if solution.remark is not None and solve(original).remark is None:
        return "no"
    short = len(solution.result) <= max(24, len(solve(original).result) + longest)
    return "nice" if short and _comes_out(made) else "solvable"


def _comes_out(made: Problem) -> bool:
    """Whether an equation has simple solutions."""
    node = made.nodes[0]
    if made.kind != "solve" or len(made.nodes) > 1 or not isinstance(node, Rel) or set(node.ops) != {"="}:
        return True
    try:
        roots = roots_of(node, made.var)
    except Unsolved:
        return True
    return bool(roots) and all(root.is_Rational and root.q <= 4 and abs(root) <= 30 for root in roots)


def _maker(problem: Problem, *, harder: bool) -> Callable[[random.Random], Problem]:
    node = problem.nodes[0]
    if problem.kind == "solve" and len(problem.nodes) > 1:
        return lambda rng: _system(problem, rng, harder=harder)
    if problem.kind == "solve" and isinstance(node, Rel) and node.ops == ("=",) and len(variables_of(node)) == 1:
        degree = _degree(node)
        if degree == 1 and not any(isinstance(part, Frac) for part in walk(node)):
            return lambda rng: _linear(problem, node, rng, harder=harder)
        if degree == 2:
            return lambda rng: _quadratic(problem, node, rng, harder=harder)
        if degree is not None and 3 <= degree <= HIGHEST:
            return lambda rng: _of_roots(problem, node, degree, rng)
    if problem.kind == "factor" and len(variables_of(node)) == 1:
        return lambda rng: _factorable(problem, node, rng, harder=harder)
    if isinstance(node, Limit) and _is_zero_over_zero(node):
        return lambda rng: _cancelling(problem, node, rng)
    return lambda rng: replace(problem, nodes=tuple(_changed(one, rng, harder=harder) for one in problem.nodes))


def _changed(node: Node, rng: random.Random, *, harder: bool = False) -> Node:
    """The same form with other numbers; if it has no numbers, with a factor in front."""
    if isinstance(node, Rel) and (angle := _trigonometric(node, rng)):
        return angle
    changed = rewrite(node, _LargerNumbers(rng) if harder else _Numbers(rng))
    if changed != node or isinstance(node, Rel):
        return changed
    factor = with_number(rng.randint(2, 9))
    if isinstance(node, Integral | Diff | Limit):
        return replace(node, body=Product((("*", factor), ("", node.body))))
    return Product((("*", factor), ("", node)))


def _trigonometric(node: Rel, rng: random.Random) -> Node | None:
    """`sin x = 1/2` with another value to know by heart."""
    match node:
        case Rel(("=",), (Call("sin" | "cos") as function, value)) if not variables_of(value):
            half = exact(Fraction(rng.choice([1, -1]), 2))
            root = Frac(Root(with_number(rng.choice([2, 3]))), with_number(2))
            return Rel(("=",), (function, rng.choice([half, root, Neg(root), exact(Fraction(rng.choice([0, 1, -1])))])))
    return None


def _degree(node: Rel) -> int | None:
    difference = sp.expand(to_sympy(node.sides[0]) - to_sympy(node.sides[1]))
    var = symbol(variables_of(node)[0])
    return int(sp.degree(difference, var)) if difference.is_polynomial(var) and difference.has(var) else None


class _Numbers(Change):
    """Other numbers of the same size; 0 and 1 stay, and exponents stay small."""

    def __init__(self, rng: random.Random) -> None:
        self._chance = rng

    def __call__(self, node: Node) -> Node:
        match node:
            case Num(value, text) if "." in text:
                places = len(text.partition(".")[2])
                return self._decimal(value, places)
            case Num(value) if value > 1:
                return with_number(self._whole(int(value)))
            case Integral(body, var, Num(low), Num(high)) if high.denominator == low.denominator == 1:
                return Integral(body, var, with_number(low), with_number(low + self._chance.randint(1, 4)))
            case Power(base, Num(value)) if value > 1 and value.denominator == 1:
                return Power(base, with_number(self._chance.randint(2, max(3, min(5, int(value) + 1)))))
        return node

    def _whole(self, value: int) -> int:
        if value < 10:
            return self._chance.randint(2, 9)
        return self._chance.randint(max(10, value // 2), value + value // 2)

    def _decimal(self, value: Fraction, places: int) -> Num:
        scaled = self._chance.randint(max(1, int(value * 10**places) // 2), int(value * 10**places) * 3 // 2 + 1)
        return Num(Fraction(scaled, 10**places), f"{scaled / 10**places:.{places}f}")


class _LargerNumbers(_Numbers):
    """Larger numbers, and powers that are higher by one."""

    def __call__(self, node: Node) -> Node:
        match node:
            case Power(base, Num(value)) if value > 1 and value.denominator == 1:
                return Power(base, with_number(self._chance.randint(3, HIGHEST)))
            case Sum((("+", Sym() as name), *rest)):
                return Sum((("+", _term(self._chance.randint(2, 4), name)), *rest))
        return super().__call__(node)

    def _whole(self, value: int) -> int:
        if value < 10:
            return self._chance.randint(max(3, value), 12)
        return self._chance.randint(value + 1, value * 3)


def _term(factor: int, node: Node) -> Node:
    """`3x`, `x`."""
    return node if factor == 1 else Product((("*", with_number(factor)), ("", node)))


def _joined(*terms: tuple[int, Node | None]) -> Node:
    """A sum of terms with whole coefficients; those with 0 are left out."""
    parts: list[tuple[str, Node]] = []
    for factor, node in terms:
        if factor:
            size = with_number(abs(factor)) if node is None else _term(abs(factor), node)
            parts.append(("+" if factor > 0 else "-", size))
    if not parts:
        return exact(Fraction(0))
    if parts[0][0] == "-":
        parts[0] = ("+", Neg(parts[0][1]))
    return parts[0][1] if len(parts) == 1 else Sum(tuple(parts))


def _nonzero(rng: random.Random, least: int, most: int) -> int:
    return next(value for _ in range(1000) if (value := rng.randint(least, most)))


def _linear(problem: Problem, node: Rel, rng: random.Random, *, harder: bool) -> Problem:
    """`a x + b = c` with a whole solution, with the unknown on both sides if it is harder or the original has it so."""
    var = Sym(variables_of(node)[0])
    size = 2 if harder else 1
    a, solution, b = rng.randint(2, 9 * size), _nonzero(rng, -5 * size, 9), _nonzero(rng, -9 * size, 15 * size)
    both = harder or all(variables_of(side) for side in node.sides)
    slope = rng.choice([value for value in range(1, 7) if value != a]) if both else 0
    left = _joined((a, var), (b, None))
    right = _joined((slope, var), ((a - slope) * solution + b, None))
    return replace(problem, nodes=(Rel(("=",), (left, right)),))


def _quadratic(problem: Problem, node: Rel, rng: random.Random, *, harder: bool) -> Problem:
    """A product of two linear factors, multiplied out; a harder one has a number before the square."""
    var = Sym(variables_of(node)[0])
    pure = not sp.expand(to_sympy(node.sides[0]) - to_sympy(node.sides[1])).coeff(symbol(var.name), 1)
    size = 9 if harder else 6
    first = _nonzero(rng, -size, size)
    second = -first if pure else _nonzero(rng, -size, size)
    lead = rng.choice([2, 3]) if harder else 1
    square = Power(var, with_number(2))
    over = lead if harder and not pure else 1  # (lead x - first)(x - second), or (x - first)(x + first) times `lead`
    if over == 1:
        terms = ((lead, square), (-lead * (first + second), var), (lead * first * second, None))
    else:
        terms = ((lead, square), (-(first + lead * second), var), (first * second, None))
    return replace(problem, nodes=(Rel(("=",), (_joined(*terms), exact(Fraction(0)))),))


def _of_roots(problem: Problem, node: Rel, degree: int, rng: random.Random) -> Problem:
    """An equation of a higher degree with whole roots."""
    var = Sym(variables_of(node)[0])
    name = symbol(var.name)
    factors = [name - _nonzero(rng, -4, 4) for _ in range(degree)]
    poly = sp.Poly(sp.prod(factors), name)
    powers = [None, var, *(Power(var, with_number(one)) for one in range(2, degree + 1))]
    terms = [(int(poly.coeff_monomial(name**one)), powers[one]) for one in range(degree, -1, -1)]
    return replace(problem, nodes=(Rel(("=",), (_joined(*terms), exact(Fraction(0)))),))


def _factorable(problem: Problem, node: Node, rng: random.Random, *, harder: bool) -> Problem:
    var = Sym(variables_of(node)[0])
    expr = sp.expand(to_sympy(node))
    if not expr.is_polynomial(symbol(var.name)) or sp.degree(expr, symbol(var.name)) != 2:
        return replace(problem, nodes=(_changed(node, rng, harder=harder),))
    lead = rng.choice([2, 3]) if harder or expr.coeff(symbol(var.name), 2) not in (1, -1) else 1
    size = 9 if harder else 7
    first, second = _nonzero(rng, -size, size), _nonzero(rng, -size, size)
    if expr.coeff(symbol(var.name), 1) == 0:
        lead, first = 1, _nonzero(rng, -12, 12) if harder else first
        second = -first
    square = Power(var, with_number(2))
    made = _joined((lead, square), (lead * second + first, var), (first * second, None))
    return replace(problem, nodes=(made,))


def _system(problem: Problem, rng: random.Random, *, harder: bool) -> Problem:
    """Linear equations in as many unknowns, with a whole solution."""
    names = list(dict.fromkeys(name for node in problem.nodes for name in variables_of(node)))
    values = [_nonzero(rng, -5, 6) for _ in names]
    nodes = []
    for _ in problem.nodes:
        factors = [_nonzero(rng, -9 if harder else -4, 9 if harder else 5) for _ in names]
        factors[0] = abs(factors[0])
        total = sum(factor * value for factor, value in zip(factors, values, strict=True))
        left = _joined(*((factor, Sym(name)) for factor, name in zip(factors, names, strict=True)))
        nodes.append(Rel(("=",), (left, exact(Fraction(total)))))
    return replace(problem, nodes=tuple(nodes))


def _is_zero_over_zero(node: Limit) -> bool:
    expr, var = sp.together(to_sympy(node.body)), symbol(node.var.name)
    top, bottom = sp.fraction(expr)
    return bool(
        bottom.has(var)
        and top.is_polynomial(var)
        and bottom.is_polynomial(var)
        and bottom.subs(var, to_sympy(node.to)) == 0
    )


def _cancelling(problem: Problem, node: Limit, rng: random.Random) -> Problem:
    """`(x - a)(x - b) / (x - a)`, multiplied out."""
    a, b = _nonzero(rng, -6, 6), _nonzero(rng, -6, 6)
    square = Power(node.var, with_number(2))
    top = _joined((1, square), (-(a + b), node.var), (a * b, None))
    body = Frac(top, _joined((1, node.var), (-a, None)))
    return replace(problem, nodes=(Limit(body, node.var, exact(Fraction(a))),))
