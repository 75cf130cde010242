"""Judges choices as solutions of equations, inequalities and systems."""

import itertools
from collections.abc import Sequence
from typing import Any

import sympy as sp

from maths.keys.choice_reading import (
    Region,
    Values,
    compared,
    formula_of,
    point_of,
    region_of,
    saying_of,
    values_of,
)
from maths.keys.equivalence import same
from maths.keys.formula_reading import NotRead
from maths.keys.question_tasks import Solutions, SolvedFor, SystemSolution
from maths.reading.nodes import (
    Call,
    Frac,
    Power,
    Product,
    Rel,
    Root,
    Substitution,
    Sym,
    rewrite,
    variables_of,
    walk,
    with_number,
)
from maths.solving.equations import roots_of
from maths.solving.solution import Unsolved
from maths.solving.to_sympy import symbol, to_sympy
from maths.values.evaluation import value_of
from maths.values.numbers import REALS, NoRealValue, NotCalculable, Value, real, same_value

Judgement = bool | None
Number = Any


def of_equation(task: Solutions, texts: Sequence[str], log_base: int | None) -> list[Judgement] | None:
    """Judge choices as the solutions of an equation or inequality in one unknown."""
    if set(task.relation.ops) != {"="}:
        return _of_inequality(task, texts)
    if len(task.relation.ops) != 1:
        return None
    count = _count_of_solutions(task.relation, task.name)
    always = _holds_always(task.relation)
    read: list[Values | None] = []
    judged: list[Judgement] = []
    for text in texts:
        saying = saying_of(text)
        if saying is not None:
            known = {"none": count == 0 and not always, "all": always, "no_choice": False, "untold": False}
            judged.append(None if (count is None and not always) or saying not in known else known[saying])
            read.append(None)
            continue
        values = values_of(text)
        if values.name not in {None, task.name}:
            raise NotRead
        read.append(values)
        judged.append(None)
    single = all(values is None or len(values.nodes) == 1 for values in read)
    for place, given in enumerate(read):
        if given is not None:
            judged[place] = _judged_values(task, given, count, log_base, always=always, single=single)
    if any(judged) and not (task.one and single):
        judged = [False if one is None and read[at] is not None else one for at, one in enumerate(judged)]
    return judged


def _judged_values(
    task: Solutions, values: Values, count: int | None, log_base: int | None, *, always: bool, single: bool
) -> Judgement:
    """True: all solutions; None: some of them, or it cannot be told."""
    if always:
        return False if not task.one else None
    numbers = _distinct([value_of(node, {}, log_base) for node in values.nodes])
    if numbers is None:
        return None
    fit = [_holds(task.relation, {task.name: number}, log_base) for number in numbers]
    if task.sign:
        if len(numbers) != 1 or count is None:
            return None
        if not fit[0] or (real(numbers[0]) > 0) != (task.sign == "+"):
            return False
        return True if count <= 2 else None
    if False in fit:
        return False
    if None in fit:
        return None
    if task.one and single:
        return True
    if count is None:
        return None
    return True if len(numbers) == count else None


def _distinct(numbers: Sequence[Value]) -> list[Value] | None:
    found: list[Value] = []
    for number in numbers:
        alike = [same_value(number, one) for one in found]
        if None in alike:
            return None
        if True not in alike:
            found.append(number)
    return found


def _holds(relation: Rel, point: dict[str, Value], log_base: int | None = 10) -> Judgement:
    """Whether an equation holds at a point; a point where a side has no value is no solution."""
    try:
        sides = [value_of(side, point, log_base) for side in relation.sides]
    except NoRealValue:
        return False
    return same_value(sides[0], sides[1])


def _difference(relation: Rel) -> Number:
    return to_sympy(relation.sides[0]) - to_sympy(relation.sides[1])


def _holds_always(relation: Rel) -> bool:
    names = sorted(variables_of(relation))
    if any(isinstance(part, Root | Call | Frac) for part in walk(relation)) or _divides_by(relation, names[0]):
        return False
    return bool(sp.expand(_difference(relation)) == 0)


def _divides_by(relation: Rel, name: str) -> list[Number]:
    """The denominators that have the unknown in them."""
    found: list[Number] = []
    for part in walk(relation):
        match part:
            case Frac(_, bottom) if name in variables_of(bottom):
                found.append(to_sympy(bottom))
            case Product(factors):
                found += [to_sympy(factor) for sign, factor in factors if sign == "/" and name in variables_of(factor)]
            case Power(base, exponent) if name in variables_of(base):
                power = to_sympy(exponent)
                if not (power.is_Integer and power > 0):
                    found.append(to_sympy(base))
    return found


def _count_of_solutions(relation: Rel, name: str) -> int | None:
    """How many different real solutions an equation has; None if that is not known."""
    var = symbol(name)
    difference = _difference(relation)
    if any(isinstance(part, Root | Call) and name in variables_of(part) for part in walk(relation)):
        return _counted_by_solving(relation, name)
    top, bottom = sp.fraction(sp.together(difference))
    if not top.is_polynomial(var) or not bottom.is_polynomial(var):
        return _counted_by_solving(relation, name)
    top = sp.expand(top)
    if top == 0:
        return None
    if not top.has(var):
        return 0
    polynomial = sp.Poly(top, var)
    if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
        return _counted_by_solving(relation, name)
    for pole in [bottom, *_divides_by(relation, name)]:
        if not pole.has(var):
            continue
        if not pole.is_polynomial(var):
            return None
        while (common := sp.gcd(polynomial, sp.Poly(pole, var))).degree() > 0:
            polynomial = polynomial.quo(common)
    return int(polynomial.count_roots()) if polynomial.degree() > 0 else 0


def _counted_by_solving(relation: Rel, name: str) -> int | None:
    try:
        roots = roots_of(relation, name)
    except (Unsolved, NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    for root in roots:
        if not root.is_number or root.is_real is False:
            return None
        left, right = (to_sympy(side).subs(symbol(name), root).evalf(30) for side in relation.sides)
        if not abs(left - right) < 10**-15 * max(1, abs(left)):
            return None
    return len(roots)


def of_solved_equation(task: SolvedFor, texts: Sequence[str]) -> list[Judgement] | None:
    """Judge `y = 5 - 2x` as an equation solved for one of its letters, in which it is linear."""
    var = symbol(task.name)
    top, _ = sp.fraction(sp.together(_difference(task.relation)))
    if not top.is_polynomial(var) or sp.degree(sp.expand(top), var) != 1 or _divides_by(task.relation, task.name):
        return None
    solved = sp.solve(top, var)
    if len(solved) != 1:
        return None
    judged: list[Judgement] = []
    for text in texts:
        node = formula_of(text)
        match node:
            case Rel(("=",), (Sym(name), body)) | Rel(("=",), (body, Sym(name))) if name == task.name:
                pass
            case Rel():
                raise NotRead
            case _:
                body = node
        if task.name in variables_of(body) or isinstance(body, Rel):
            return None
        if not set(variables_of(body)) <= set(variables_of(task.relation)):
            raise NotRead
        filled = [rewrite(side, Substitution(task.name, body)) for side in task.relation.sides]
        judged.append(same(filled[0], filled[1]))
    return judged


def of_system(task: SystemSolution, texts: Sequence[str]) -> list[Judgement] | None:
    """Judge choices as the solution of linear equations, or as the value of an expression for it."""
    symbols = [symbol(name) for name in task.names]
    sides = [sp.expand(_difference(equation)) for equation in task.equations]
    if not all(side.is_polynomial(*symbols) and sp.Poly(side, *symbols).total_degree() <= 1 for side in sides):
        return None
    matrix, right = sp.linear_eq_to_matrix(sides, symbols)
    if not all(entry.is_Rational for entry in [*matrix, *right]):
        return None
    rank, whole = matrix.rank(), matrix.row_join(right).rank()
    unique = rank == whole == len(symbols)
    if task.wanted is not None:
        return _of_wanted(task, texts, matrix.LUsolve(right)) if unique else None
    judged: list[Judgement] = []
    for text in texts:
        saying = saying_of(text)
        if saying is not None:
            known = {"none": whole > rank, "all": whole == rank < len(symbols), "no_choice": False, "untold": False}
            if saying not in known:
                raise NotRead
            judged.append(known[saying])
            continue
        point = {name: value_of(node, {}) for name, node in point_of(text, task.names).items()}
        fits = [_holds(equation, point) for equation in task.equations]
        if False in fits:
            judged.append(False)
        else:
            judged.append(True if unique and None not in fits else None)
    return judged


def _of_wanted(task: SystemSolution, texts: Sequence[str], solution: Number) -> list[Judgement]:
    assert task.wanted is not None
    point = {name: _fraction(value) for name, value in zip(task.names, solution, strict=True)}
    value = value_of(task.wanted, point)
    judged: list[Judgement] = []
    for text in texts:
        if saying_of(text) in {"none", "untold", "all"}:
            judged.append(False)
            continue
        values = values_of(text)
        if len(values.nodes) != 1 or (values.name is not None and Sym(values.name) != task.wanted):
            raise NotRead
        judged.append(same_value(value, value_of(values.nodes[0], {})))
    return judged


def _fraction(value: Number) -> Value:
    return with_number(int(value.p)).value / int(value.q)


def _of_inequality(task: Solutions, texts: Sequence[str]) -> list[Judgement] | None:
    """Judge regions by their truth at every bound, between them and beyond them."""
    bounds = _bounds(task)
    if bounds is None:
        return None
    if task.one and all(_is_single(text) for text in texts):
        return [_is_in(task, value_of(values_of(text).nodes[0], {})) for text in texts]
    regions: list[Region | str | None] = []
    for text in texts:
        saying = saying_of(text)
        if saying == "no_choice":
            regions.append(None)
        elif saying in {"none", "all"}:
            regions.append(saying)
        elif saying is not None:
            raise NotRead
        else:
            regions.append(region_of(text, task.name))
    places = list(bounds)
    for region in regions:
        places += [] if region is None or isinstance(region, str) else region.bounds
    points = _between(places)
    wanted = [_is_in(task, point) for point in points]
    if None in wanted:
        return None
    judged: list[Judgement] = []
    for region in regions:
        if region is None:
            judged.append(False)
        elif isinstance(region, str):
            judged.append(all(wanted) if region == "all" else not any(wanted))
        else:
            judged.append([region.holds(point) for point in points] == wanted)
    return judged


def _is_single(text: str) -> bool:
    try:
        return len(values_of(text).nodes) == 1
    except NotRead:
        return False


def _is_in(task: Solutions, value: Value) -> Judgement:
    try:
        sides = [value_of(side, {task.name: value}) for side in task.relation.sides]
    except NoRealValue:
        return False
    return all(compared(op, sides[place], sides[place + 1]) for place, op in enumerate(task.relation.ops))


def _bounds(task: Solutions) -> list[Value] | None:
    """Where the sides of an inequality are equal or have no value; None if these places are not known."""
    sides = task.relation.sides
    found: list[Value] = []
    if any(isinstance(part, Root) or (isinstance(part, Call) and part.name != "abs") for part in walk(task.relation)):
        return None
    for one, other in itertools.pairwise(sides):
        pair = Rel(("=",), (one, other))
        if task.name not in variables_of(pair):
            continue
        difference = _difference(pair)
        places = _zeros(difference, pair, task.name)
        if places is None:
            return None
        found += places
    for pole in _divides_by(task.relation, task.name):
        places = _zeros(pole, None, task.name)
        if places is None:
            return None
        found += places
    return found


def _zeros(expr: Number, pair: Rel | None, name: str) -> list[Value] | None:
    var = symbol(name)
    top, _ = sp.fraction(sp.together(expr))
    top = sp.expand(top)
    if top == 0:
        return []
    if top.is_polynomial(var):
        polynomial = sp.Poly(top, var) if top.has(var) else None
        if polynomial is None:
            return []
        if not (polynomial.domain.is_ZZ or polynomial.domain.is_QQ):
            return None
        return [_number(root) for root in set(polynomial.real_roots())]
    if pair is None:
        return None
    try:
        return [_number(root) for root in roots_of(pair, name)]
    except (Unsolved, NotImplementedError, ValueError, TypeError):
        return None


def _number(root: Number) -> Value:
    if root.is_Rational:
        return _fraction(root)
    value = root.evalf(70)
    if not value.is_Float:
        raise NotCalculable
    return REALS.mpf(value._to_mpmath(233))


def _between(places: Sequence[Value]) -> list[Value]:
    """The places, a number between each two neighbours, and one beyond either end."""
    ordered: list[Value] = []
    for place in sorted(places, key=real):
        if not ordered or same_value(ordered[-1], place) is not True:
            ordered.append(place)
    if not ordered:
        return [with_number(0).value, with_number(7).value, with_number(-7).value]
    points = [ordered[0] - 1]
    for one, other in itertools.pairwise(ordered):
        points += [one, (real(one) + real(other)) / 2]
    return [*points, ordered[-1], ordered[-1] + 1]
