"""Names the slip between two equations or inequalities."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice

from maths.reading.nodes import (
    Call,
    Frac,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Rel,
    Root,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    with_number,
)
from maths.steps.differentiation import ONE, ZERO, times, total
from maths.steps.evaluation import NoValue, Number, approximate, real_value, same_number
from maths.steps.expression_slips import mutants, quotient, summands
from maths.steps.same_value import compare_values, free_names, points, ratio
from maths.steps.slip import Slip
from maths.steps.slip_naming import Fingerprint, best
from maths.steps.solution_sets import Alternatives

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
MOST_TERMS = 6
MOST_TRIED = 600

Operation = Callable[[Node, Node], Node]
"""What is done to a term with a number."""


@dataclass(frozen=True, slots=True)
class SideMutant:
    """An equation with a slip: its sides."""

    slip: Slip
    left: Node
    right: Node


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


def _same_turn(one: Rel, other: Rel, factor: Number) -> bool:
    wanted = one.ops[0] if approximate(factor) > 0 else FLIPPED[one.ops[0]]
    return wanted == other.ops[0]


def _turned(one: Rel, other: Rel, *, natural: bool) -> Slip | None:
    factor = ratio(difference(one), difference(other), natural=natural)
    if factor is None:
        return None
    if approximate(factor) < 0 and one.ops == other.ops:
        return Slip("not_turned")
    if approximate(factor) > 0 and FLIPPED[one.ops[0]] == other.ops[0]:
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


# -- slips by moving and by doing something to both sides


def equation_mutants(relation: Rel) -> Iterator[SideMutant]:
    """The sides of an equation with one slip in it."""
    left, right = relation.sides
    yield from _moved(left, right)
    yield from _unequal_operations(left, right)
    yield from _wrong_inverses(left, right)
    for mutant in mutants(left):
        yield SideMutant(mutant.slip, mutant.node, right)
    for mutant in mutants(right):
        yield SideMutant(mutant.slip, left, mutant.node)
    yield from _over_the_root(left, right)


def expanded_terms(node: Node) -> list[Node]:
    """The terms of a side, with numbers multiplied into brackets and fractions taken apart."""
    terms: list[Node] = []
    for term in summands(node):
        sign, bare = (True, term.arg) if isinstance(term, Neg) else (False, term)
        terms += [Neg(part) if sign else part for part in _taken_apart(bare)]
    return terms


def _taken_apart(term: Node) -> list[Node]:
    if isinstance(term, Product) and all(sign != "/" for sign, _ in term.factors):
        sums = [at for at, (_, factor) in enumerate(term.factors) if isinstance(factor, Sum)]
        if len(sums) == 1:
            outer = [factor for at, (_, factor) in enumerate(term.factors) if at != sums[0]]
            return [times(*outer, part) for part in summands(term.factors[sums[0]][1])]
    if (whole := quotient(term)) is not None and not variables_of(whole[1]):
        return [Frac(part, whole[1]) for part in expanded_terms(whole[0])]
    return [term]


def _moved(left: Node, right: Node) -> Iterator[SideMutant]:
    """Terms that change sides and keep their sign."""
    for here, there, swapped in ((left, right, False), (right, left, True)):
        terms = expanded_terms(here)[:MOST_TERMS]
        for size in (1, 2):
            for chosen in combinations(range(len(terms)), size):
                moved = [terms[at] for at in chosen]
                if any(part == ZERO for part in moved):
                    continue
                rest = total(*(term for at, term in enumerate(terms) if at not in chosen))
                grown = total(there, *moved)
                sides = (grown, rest) if swapped else (rest, grown)
                yield SideMutant(Slip("moved_sign", {"term": moved[0]}), *sides)
    ours, theirs = expanded_terms(left)[:MOST_TERMS], expanded_terms(right)[:MOST_TERMS]
    for at, term in enumerate(ours):  # one term crosses each way, with one or both of the signs kept
        for place, other in enumerate(theirs):
            if ZERO in (term, other):
                continue
            kept = [one for spot, one in enumerate(ours) if spot != at]
            others = [one for spot, one in enumerate(theirs) if spot != place]
            yield SideMutant(Slip("moved_sign", {"term": other}), total(*kept, other), total(*others, Neg(term)))
            yield SideMutant(Slip("moved_sign", {"term": term}), total(*kept, Neg(other)), total(*others, term))
            yield SideMutant(Slip("moved_sign", {"term": term}), total(*kept, other), total(*others, term))


def _unequal_operations(left: Node, right: Node) -> Iterator[SideMutant]:
    """The same operation is to be done to both sides, and is done to one alone, or to one term."""
    sides = expanded_terms(left)[:MOST_TERMS], expanded_terms(right)[:MOST_TERMS]
    for number in _factors_of(*sides):
        for made in (Frac, times):
            yield SideMutant(Slip("one_side", {"value": number}), made(left, number), right)
            yield SideMutant(Slip("one_side", {"value": number}), left, made(right, number))
            yield from _one_term_alone(sides, number, made)
    for place, terms in enumerate(sides):
        for at, term in enumerate(terms):
            if len(terms) < 2 or term == ZERO:
                continue
            rest = total(*(one for spot, one in enumerate(terms) if spot != at))
            slip = Slip("one_side", {"value": term})
            yield SideMutant(slip, left, rest) if place else SideMutant(slip, rest, right)
            lessened = Sum((("+", left if place else right), ("-", term)))
            yield SideMutant(slip, lessened, right) if place else SideMutant(slip, left, lessened)


def _one_term_alone(sides: tuple[list[Node], list[Node]], number: Node, made: Operation) -> Iterator[SideMutant]:
    everywhere = [(place, at) for place, terms in enumerate(sides) for at in range(len(terms))]
    if not 2 < len(everywhere) <= MOST_TERMS:
        return
    for size in range(1, len(everywhere)):
        for chosen in combinations(everywhere, size):
            if any(variables_of(sides[place][at]) and (place, at) not in chosen for place, at in everywhere):
                continue
            whole_sides = [all((place, at) in chosen for at in range(len(terms))) for place, terms in enumerate(sides)]
            untouched = [
                all((place, at) not in chosen for at in range(len(terms))) for place, terms in enumerate(sides)
            ]
            if all(done or none for done, none in zip(whole_sides, untouched, strict=True)):
                continue
            new = [
                total(*(made(term, number) if (place, at) in chosen else term for at, term in enumerate(terms)))
                for place, terms in enumerate(sides)
            ]
            yield SideMutant(Slip("one_term", {"value": number}), new[0], new[1])


def _factors_of(*sides: list[Node]) -> list[Node]:
    """Numbers by which the sides may have been divided or multiplied: factors and denominators of their terms."""
    found: list[Fraction] = []
    for terms in sides:
        for term in terms:
            bare = term.arg if isinstance(term, Neg) else term
            value = coefficient(bare)
            found += [Fraction(value.numerator), Fraction(value.denominator)]
    sizes = list(dict.fromkeys(abs(one) for one in found if abs(one) not in {0, 1}))[:4]
    nodes: list[Node] = [with_number(one) for one in sizes]
    return nodes + [Neg(node) for node in nodes]


def coefficient(term: Node) -> Fraction:
    """The number before a term: 3 of `3x`, 1/2 of `x/2`; of a number the number itself."""
    match term:
        case Num(value):
            return value
        case Neg(arg):
            return -coefficient(arg)
        case Frac(top, bottom):
            below = coefficient(bottom)
            return coefficient(top) / below if below else Fraction(1)
        case Product(factors):
            result = Fraction(1)
            for sign, factor in factors:
                value = coefficient(factor) if isinstance(factor, Num | Frac | Product | Neg) else Fraction(1)
                if sign != "/":
                    result *= value
                elif value:
                    result /= value
            return result
    return Fraction(1)


def _wrong_inverses(left: Node, right: Node) -> Iterator[SideMutant]:
    """`3x = 12` to `x = 12 - 3`, `x = 12 * 3` or `x = 3/12`; `x/3 = 4` to `x = 4/3`."""
    for here, there, swapped in ((left, right, False), (right, left, True)):
        terms = summands(here)
        if len(terms) != 1 or not variables_of(here):
            continue
        number = coefficient(terms[0])
        if number in {0, 1, -1}:
            continue
        node = with_number(number)
        alone = Frac(here, node)
        slip = Slip("wrong_inverse", {"value": node})
        for other in (
            Sum((("+", there), ("-", node))),
            total(there, node),
            times(there, node),
            *([] if there == ZERO else [Frac(node, there)]),
        ):
            yield SideMutant(slip, other, alone) if swapped else SideMutant(slip, alone, other)


def _over_the_root(left: Node, right: Node) -> Iterator[SideMutant]:
    """`√x + 2 = 5` to `x + 4 = 25`: the terms are squared one by one."""
    for here, there, swapped in ((left, right, False), (right, left, True)):
        terms = summands(here)
        squared = with_number(2)
        if len(terms) > 1 and any(isinstance(_bare(term), Root) for term in terms):
            made = total(*(Power(term, squared) for term in terms))
            yield _sided(Slip("square_of_sum", {"term": here}), made, Power(there, squared), swapped=swapped)
        if isinstance(here, Root) and here.index == 2:
            yield _sided(Slip("one_side", {"value": squared}), here.arg, there, swapped=swapped)
        other_terms = summands(there)
        if isinstance(here, Root) and len(other_terms) > 1:
            made = total(*(Power(term, squared) for term in other_terms))
            yield _sided(Slip("square_of_sum", {"term": there}), here.arg, made, swapped=swapped)


def _sided(slip: Slip, here: Node, there: Node, *, swapped: bool) -> SideMutant:
    return SideMutant(slip, there, here) if swapped else SideMutant(slip, here, there)


def _bare(term: Node) -> Node:
    return term.arg if isinstance(term, Neg) else term


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
    rows: list[tuple[Number, Number, Number]] = []
    for point in points(free_names(wanted, said)):
        try:
            a, b, c = (approximate(real_value(node, point, natural=natural)) for node in (wanted, said, term))
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


def name_lost_solutions(before: Alternatives, lost: Sequence[Number], name: str) -> Slip:
    """Why solutions were lost: the square root without ±, a division by something that may be 0, or neither."""
    one = single(before)
    if one is None or one.ops != ("=",):
        return Slip("solution_lost")
    for side, across in (one.sides, one.sides[::-1]):
        bare = _bare(side)
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


def _vanishes(side: Node, name: str, place: Number) -> bool:
    try:
        return same_number(real_value(side, {name: place}), Fraction(0))
    except NoValue:
        return False
