"""Names the slip between two equations or inequalities."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from maths.reading.nodes import (
    Call,
    Frac,
    Neg,
    Node,
    Num,
    Power,
    Rel,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    with_number,
)
from maths.steps.equation_mutants import SideMutant, bare_term, equation_mutants
from maths.steps.expression_slips import summands
from maths.steps.same_value import compare_values, free_names, points, ratio
from maths.steps.slip import Slip
from maths.steps.slip_naming import Fingerprint, best
from maths.steps.solution_sets import Alternatives
from maths.values.differentiation import ONE, ZERO, times
from maths.values.evaluation import real_value
from maths.values.numbers import NoValue, Value, real, same_number

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
MOST_TRIED = 600


def difference(relation: Rel) -> Node:
    """Left side minus right side."""
    return Sum((("+", relation.sides[0]), ("-", relation.sides[-1])))


def single(line: Alternatives) -> Rel | None:
    """The one relation of two sides that a line states; None if it states more."""
    if len(line) == 1 and len(line[0]) == 1 and len(line[0][0].ops) == 1:
        return line[0][0]
    return None


def name_equation_slip(before: Alternatives, after: Alternatives, *, natural: bool = False) -> Slip | None:
    """The slip that leads from one line to the next; None if it is none of those that are known."""
    one, other = single(before), single(after)
    if one is None or other is None:
        return _of_chains(before, after, natural=natural) or _of_roots(before, after, natural=natural)
    if one.ops[0] != "=" or other.ops[0] != "=":
        turned = _turned(one, other, natural=natural)
        if turned is not None:
            return turned
    return _of_sides(one, other, natural=natural) or _root_slips(one, other, natural=natural)


def _of_sides(one: Rel, other: Rel, *, natural: bool) -> Slip | None:
    names = free_names(one, other)
    left, right = (Fingerprint(side, names, natural=natural) for side in other.sides)
    loose: list[Slip] = []
    said = difference(other)
    tried = [SideMutant(m.slip, m.left, m.right) for m in islice(equation_mutants(one), MOST_TRIED)]
    exact = [mutant.slip for mutant in tried if left.equals(mutant.left) and right.equals(mutant.right)]
    if exact:
        return best(exact)
    for mutant in tried:
        factor = ratio(Sum((("+", mutant.left), ("-", mutant.right))), said, natural=natural)
        if factor is not None and _same_turn(one, other, factor):
            loose.append(mutant.slip)
    return best(loose) or _one_term_wrong(one, other, natural=natural)


def _same_turn(one: Rel, other: Rel, factor: Value) -> bool:
    wanted = one.ops[0] if real(factor) > 0 else FLIPPED[one.ops[0]]
    return wanted == other.ops[0]


def _turned(one: Rel, other: Rel, *, natural: bool) -> Slip | None:
    factor = ratio(difference(one), difference(other), natural=natural)
    if factor is None:
        return None
    if real(factor) < 0 and one.ops == other.ops:
        return Slip("not_turned")
    if real(factor) > 0 and FLIPPED[one.ops[0]] == other.ops[0]:
        return Slip("turned_needlessly")
    return None


def _of_chains(before: Alternatives, after: Alternatives, *, natural: bool) -> Slip | None:
    """A slip in `1 < 2x + 3 <= 7`: in the way from one of its pairs of sides to the next line's."""
    if len(before) != 1 or len(after) != 1 or len(before[0]) != 1 or len(after[0]) != 1:
        return None
    one, other = before[0][0], after[0][0]
    if len(one.sides) != len(other.sides):
        return None
    for place, (op, new) in enumerate(zip(one.ops, other.ops, strict=True)):
        pairs = [Rel((sign,), each.sides[place : place + 2]) for sign, each in ((op, one), (new, other))]
        factor = ratio(difference(pairs[0]), difference(pairs[1]), natural=natural)
        if factor is not None and _same_turn(pairs[0], pairs[1], factor):
            continue
        return name_equation_slip(((pairs[0],),), ((pairs[1],),), natural=natural)
    return None


def _one_term_wrong(one: Rel, other: Rel, *, natural: bool) -> Slip | None:
    """A term of the second line whose sign or number, put right, makes it follow."""
    wanted, said = difference(one), difference(other)
    found: list[Slip] = []
    for term in [*summands(other.sides[0]), *summands(other.sides[1])]:
        factor = _right_factor(wanted, said, term, sign=term in summands(other.sides[0]), natural=natural)
        if factor is not None:
            found.append(Slip("sign" if factor == -1 else "arithmetic", {"term": term}))
    signs = [slip for slip in found if slip.name == "sign"]
    if signs:
        return signs[0]
    if found:
        return found[-1]
    return Slip("arithmetic") if _differ_by_constant(wanted, said, natural=natural) else None


def _differ_by_constant(wanted: Node, said: Node, *, natural: bool) -> bool:
    """Whether a number is missing in the second line: `= 0` for another value."""
    rest = Sum((("+", said), ("-", wanted)))
    return compare_values(rest, ONE, natural=natural) == "same" or ratio(ONE, rest, natural=natural) is not None


def _right_factor(wanted: Node, said: Node, term: Node, *, sign: bool, natural: bool) -> Fraction | None:
    """The number by which a term must be multiplied for the second line to follow from the first."""
    rows: list[tuple[Value, Value, Value]] = []
    for point in points(free_names(wanted, said)):
        try:
            a, b, c = (real(real_value(node, point, natural=natural)) for node in (wanted, said, term))
        except NoValue:
            continue
        part = c if sign else -c
        rows.append((a, b - part, part))
    if len(rows) < 3:
        return None
    (a1, g1, s1), (a2, g2, s2) = rows[:2]
    below = a1 * s2 - a2 * s1
    if same_number(below, Fraction(0)):
        return None
    factor = (a2 * g1 - a1 * g2) / below
    ratios = [(g + factor * s) / a for a, g, s in rows if abs(a) > 0]
    if not all(same_number(ratios[0], one) for one in ratios) or same_number(ratios[0], Fraction(0)):
        return None
    near = Fraction(str(factor)[:30]).limit_denominator(10_000) if "e" not in str(factor) else None
    return near if near is not None and same_number(near, factor) and near != 0 else None


# -- slips with roots and with several solutions


def _root_slips(one: Rel, other: Rel, *, natural: bool) -> Slip | None:
    for side, across in (one.sides, one.sides[::-1]):
        if isinstance(side, Power) and isinstance(side.exponent, Num) and side.exponent.value == 2:
            made = Rel(other.ops, (side.base, across))
            if ratio(difference(made), difference(other), natural=natural) is not None:
                return Slip("one_side", {"value": with_number(2)})
            halved = Rel(other.ops, (side.base, Frac(across, with_number(2))))
            if ratio(difference(halved), difference(other), natural=natural) is not None:
                return Slip("wrong_inverse", {"value": with_number(2)})
    return None


def product_of(line: Alternatives) -> Node | None:
    """An expression that is zero where the line holds, for `x = 2 or x = 3`; None for a line of another form."""
    factors = []
    for part in line:
        if len(part) != 1 or part[0].ops != ("=",):
            return None
        factors.append(difference(part[0]))
    return times(*factors) if factors else None


def _of_roots(before: Alternatives, after: Alternatives, *, natural: bool) -> Slip | None:
    """Whether the solutions are right but for signs."""
    wanted, said = product_of(before), product_of(after)
    if wanted is None or said is None or len(after) > 4:
        return None
    for turned in range(1, 1 << len(after)):
        parts = [_negated(part[0]) if turned >> at & 1 else difference(part[0]) for at, part in enumerate(after)]
        if ratio(wanted, times(*parts), natural=natural) is not None:
            return Slip("sign")
    return Slip("arithmetic")


def _negated(relation: Rel) -> Node:
    """The difference of `x = -3` for `x = 3`."""
    left, right = relation.sides
    if isinstance(left, Sym):
        return Sum((("+", left), ("+", right)))
    return difference(relation)


def name_lost_solutions(before: Alternatives, lost: Sequence[Value], name: str) -> Slip:
    """Why solutions were lost: the square root without ±, a division by something that may be 0, or neither."""
    one = single(before)
    if one is None or one.ops != ("=",):
        return Slip("solution_lost")
    for side, across in (one.sides, one.sides[::-1]):
        bare = bare_term(side)
        even = isinstance(bare, Power) and isinstance(bare.exponent, Num) and bare.exponent.value % 2 == 0
        absolute = isinstance(bare, Call) and bare.name == "abs"
        if (even or absolute) and not (variables_of(across) and not isinstance(across, Power)):
            return Slip("no_plus_minus")
    mirrored = Sum((("+", difference(one)), ("-", _mirrored(difference(one), name))))
    if compare_values(mirrored, ZERO) == "same" and Fraction(0) not in lost:
        return Slip("no_plus_minus")
    if all(_vanishes(side, name, place) for side in one.sides for place in lost):
        nothing = any(not variables_of(side) for side in one.sides)
        if not nothing or all(place == 0 for place in lost):
            return Slip("divided_by_unknown")
    return Slip("solution_lost")


def _mirrored(node: Node, name: str) -> Node:
    return rewrite(node, Substitution(name, Neg(Sym(name))))


def _vanishes(side: Node, name: str, place: Value) -> bool:
    try:
        return same_number(real_value(side, {name: place}), Fraction(0))
    except NoValue:
        return False
