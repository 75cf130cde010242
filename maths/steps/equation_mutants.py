"""Makes each known slip between two equations: what a student would write who moved, divided or squared wrongly."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from maths.reading.nodes import Frac, Neg, Node, Num, Power, Product, Rel, Root, Sum, variables_of, with_number
from maths.steps.expression_slips import mutants, quotient, summands
from maths.steps.slip import Slip
from maths.values.differentiation import ZERO, times, total

MOST_TERMS = 6

Operation = Callable[[Node, Node], Node]
"""What is done to a term with a number."""


@dataclass(frozen=True, slots=True)
class SideMutant:
    """An equation with a slip: its sides."""

    slip: Slip
    left: Node
    right: Node


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
        if len(terms) > 1 and any(isinstance(bare_term(term), Root) for term in terms):
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


def bare_term(term: Node) -> Node:
    """The term without the minus before it."""
    return term.arg if isinstance(term, Neg) else term
