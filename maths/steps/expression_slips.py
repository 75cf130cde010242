"""Makes the known slips in an expression: each place where a rule can be broken gives what then comes out."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from itertools import islice
from typing import Any

from maths.reading.nodes import (
    Call,
    Frac,
    Mixed,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Root,
    Sum,
    with_number,
)
from maths.steps.same_value import compare_values
from maths.steps.slip import Mutant, Slip, SlipName
from maths.values.differentiation import ONE, times, total

MOST_MUTANTS = 400
_SIMPLE = 3
"""The highest power whose expansion by terms is tried."""


def mutants(node: Node) -> Iterator[Mutant]:
    """The expression with one slip in it, at every place where one is known; at most `MOST_MUTANTS`."""
    return islice(_at_all_places(node, _local), MOST_MUTANTS)


def _at_all_places(node: Node, local: Callable[[Node], Iterator[Mutant]]) -> Iterator[Mutant]:
    yield from local(node)
    copy: Any = replace
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            for mutant in _at_all_places(value, local):
                yield Mutant(mutant.slip, copy(node, **{item.name: mutant.node}))
        elif isinstance(value, tuple):
            for at, part in enumerate(value):
                child = part[1] if isinstance(part, tuple) and len(part) == 2 else part
                if not isinstance(child, Node):
                    continue
                for mutant in _at_all_places(child, local):
                    put: Any = (part[0], mutant.node) if isinstance(part, tuple) else mutant.node
                    yield Mutant(mutant.slip, copy(node, **{item.name: (*value[:at], put, *value[at + 1 :])}))


def _local(node: Node) -> Iterator[Mutant]:
    match node:
        case Power():
            yield from _of_power(node)
        case Product():
            yield from _of_product(node)
        case Frac(top, bottom):
            yield from _of_quotient(top, bottom)
        case Sum():
            yield from _of_sum(node)
        case Neg(Sum(terms)):
            first, *rest = terms
            yield _mutant("sign", total(Neg(_signed(first)), *map(_signed, rest)), term=node)
        case Neg(Power(base, exponent)):
            yield _mutant("sign", Power(Neg(base), exponent), term=node)
        case Call(name, (arg,), base):
            yield from _of_call(name, arg, base)
        case Root(Sum(terms), index):
            parts = tuple((sign, _rooted(term, index)) for sign, term in terms)
            yield _mutant("root_of_sum", Sum(parts), term=node)


def _rooted(term: Node, index: int) -> Node:
    """The root of one term, without the absolute value that a square's has."""
    if isinstance(term, Power) and term.exponent == with_number(index):
        return term.base
    return Root(term, index)


def _mutant(name: SlipName, node: Node, **parts: Node) -> Mutant:
    return Mutant(Slip(name, parts), node)


def _signed(term: tuple[str, Node]) -> Node:
    return term[1] if term[0] == "+" else Neg(term[1])


def summands(node: Node) -> list[Node]:
    """The terms of an expression, each with its sign."""
    match node:
        case Sum(terms):
            return [part for sign, term in terms for part in _with_sign(sign, summands(term))]
        case Neg(arg):
            return [Neg(part) for part in summands(arg)]
        case Product((("*", Neg(first)), *rest)):
            return [Neg(Product((("*", first), *rest)))]
    return [node]


def _with_sign(sign: str, parts: list[Node]) -> list[Node]:
    return parts if sign == "+" else [part.arg if isinstance(part, Neg) else Neg(part) for part in parts]


def _of_power(node: Power) -> Iterator[Mutant]:
    base, exponent = node.base, node.exponent
    whole = isinstance(exponent, Num) and exponent.value.denominator == 1 and 2 <= exponent.value <= _SIMPLE
    if isinstance(base, Sum) and whole:
        raised = [(sign, Power(term, exponent)) for sign, term in base.terms]
        yield _mutant("square_of_sum", Sum(tuple(raised)), term=node)
        yield _mutant("square_of_sum", Sum(tuple(("+", term) for _, term in raised)), term=node)
        if len(base.terms) == 2 and exponent == with_number(2):
            (_, one), (sign, other) = base.terms
            product = times(one, other)
            squares = [("+", Power(one, exponent)), ("+", Power(other, exponent))]
            yield _mutant("square_of_sum", Sum((squares[0], (sign, product), squares[1])), term=node)
            double = times(with_number(2), product)
            yield _mutant("sign", Sum((squares[0], (sign, double), ("-", squares[1][1]))), term=node)
            yield _mutant("sign", Sum((squares[0], ("-" if sign == "+" else "+", double), squares[1])), term=node)
    if isinstance(base, Product) and len(base.factors) > 1:
        for at, (_, factor) in enumerate(base.factors):
            if factor == ONE:
                continue
            rest = [
                (mark, one if one_at != at else Power(one, exponent)) for one_at, (mark, one) in enumerate(base.factors)
            ]
            yield _mutant("power_of_product", Product(tuple(rest)), term=node)
            most = [
                (mark, one if one_at == at else Power(one, exponent)) for one_at, (mark, one) in enumerate(base.factors)
            ]
            yield _mutant("power_of_product", Product(tuple(most)), term=node)
    if isinstance(base, Frac):
        yield _mutant("power_of_product", Frac(Power(base.top, exponent), base.bottom), term=node)
        yield _mutant("power_of_product", Frac(base.top, Power(base.bottom, exponent)), term=node)
    if isinstance(base, Neg):
        yield _mutant("sign", Neg(Power(base.arg, exponent)), term=node)
        yield _mutant("sign", Power(base.arg, exponent), term=node)
    if isinstance(base, Power):
        added = Sum((("+", base.exponent), ("+", exponent)))
        yield _mutant("power_of_power", Power(base.base, added), term=node)
        if isinstance(base.exponent, Num) and whole:
            yield _mutant("power_of_power", Power(base.base, Power(base.exponent, exponent)), term=node)
    if isinstance(exponent, Neg):
        yield _mutant("negative_power", Neg(Power(base, exponent.arg)), term=node)
        yield _mutant("negative_power", times(Neg(exponent.arg), base), term=node)
    elif isinstance(exponent, Num) and exponent.value != 1:
        yield _mutant("power_as_product", times(base, exponent), term=node)


def _of_product(node: Product) -> Iterator[Mutant]:
    for at, (sign, factor) in enumerate(node.factors):
        if sign == "/" and at:
            before = node.factors[:at]
            top = before[0][1] if len(before) == 1 else Product(before)
            for mutant in _of_quotient(top, factor):
                yield Mutant(mutant.slip, _rejoined(mutant.node, node.factors[at + 1 :]))
    yield from _powers(node)
    if any(sign == "/" for sign, _ in node.factors):
        return
    sums = [at for at, (_, factor) in enumerate(node.factors) if isinstance(factor, Sum)]
    for at in sums:
        others = [factor for one_at, (_, factor) in enumerate(node.factors) if one_at != at]
        terms = summands(node.factors[at][1])
        outer = times(*others)
        for kept in {0, len(terms) - 1}:
            parts = [times(outer, term) if place == kept else term for place, term in enumerate(terms)]
            yield _mutant("first_term", total(*parts), term=node)
        for turned in range(len(terms)):
            parts = [times(outer, Neg(term) if place == turned else term) for place, term in enumerate(terms)]
            yield _mutant("sign", total(*parts), term=node)
    if len(sums) == 2 == len(node.factors):
        first, second = (summands(node.factors[at][1]) for at in sums)
        if len(first) == len(second) == 2:
            pairs = [times(one, other) for one in first for other in second]
            yield _mutant("each_with_each", total(pairs[0], pairs[3]), term=node)
            for missing in (1, 2):
                yield _mutant("each_with_each", total(*pairs[:missing], *pairs[missing + 1 :]), term=node)
            for turned in (1, 2, 3):
                parts = [Neg(pair) if place == turned else pair for place, pair in enumerate(pairs)]
                yield _mutant("sign", total(*parts), term=node)


def _rejoined(node: Node, rest: tuple[tuple[str, Node], ...]) -> Node:
    return Product((("*", node), *rest)) if rest else node


def _powers(node: Product) -> Iterator[Mutant]:
    """Slips with two powers of the same base, or with the same exponent."""
    for at, (_, one) in enumerate(node.factors):
        for later in range(at + 1, len(node.factors)):
            sign, other = node.factors[later]
            first, second = (each if isinstance(each, Power) else Power(each, ONE) for each in (one, other))
            if not (isinstance(one, Power) or isinstance(other, Power)) or first.base != second.base:
                continue
            rest = [part for place, part in enumerate(node.factors) if place not in {at, later}]
            if sign == "/":
                exponents = [Frac(first.exponent, second.exponent), total(first.exponent, second.exponent)]
            else:
                exponents = [times(first.exponent, second.exponent)]
            for exponent in exponents:
                made = Product((*rest, ("*", Power(first.base, exponent))))
                yield _mutant("powers_multiplied", made, term=node)
            if isinstance(first.base, Num):
                base = ONE if sign == "/" else times(first.base, second.base)
                joined = Sum((("+", first.exponent), ("-" if sign == "/" else "+", second.exponent)))
                yield _mutant("bases_multiplied", Product((*rest, ("*", Power(base, joined)))), term=node)


def _of_quotient(top: Node, bottom: Node) -> Iterator[Mutant]:
    whole = Frac(top, bottom)
    if isinstance(top, Power) and isinstance(bottom, Power) and top.base == bottom.base:
        yield _mutant("powers_multiplied", Power(top.base, Frac(top.exponent, bottom.exponent)), term=whole)
        yield _mutant("powers_multiplied", Power(top.base, total(top.exponent, bottom.exponent)), term=whole)
    above, below = summands(top), summands(bottom)
    if len(above) > 1 and len(below) == 1:
        for at, term in enumerate(above):
            rest = [other for place, other in enumerate(above) if place != at]
            yield _mutant("cancelled_term", total(Frac(term, bottom), *rest), term=whole)
            yield from _by_factors(term, rest, bottom, whole)
            if compare_values(term, bottom) == "same":
                yield _mutant("cancelled_term", total(*rest), term=whole)
    elif len(below) > 1:
        for at, term in enumerate(above):
            for under, other in enumerate(below):
                if compare_values(term, other) != "same":
                    continue
                upper = [one for place, one in enumerate(above) if place != at]
                lower = [one for place, one in enumerate(below) if place != under]
                yield _mutant("cancelled_term", Frac(total(*upper) if upper else ONE, total(*lower)), term=whole)
                yield _mutant("cancelled_term", Frac(total(ONE, *upper), total(ONE, *lower)), term=whole)


def _by_factors(term: Node, rest: list[Node], bottom: Node, whole: Node) -> Iterator[Mutant]:
    """A factor of the denominator cancelled against one term alone: `(6x + 5)/(3x)` to `(2 + 5)`."""
    factors = [factor for sign, factor in bottom.factors if sign != "/"] if isinstance(bottom, Product) else []
    for factor in factors:
        left = times(*(one for one in factors if one is not factor))
        yield _mutant("cancelled_term", Frac(total(Frac(term, factor), *rest), left), term=whole)


def quotient(node: Node) -> tuple[Node, Node] | None:
    """The top and the bottom of a fraction, however it is written; None for anything else."""
    match node:
        case Frac(top, bottom):
            return top, bottom
        case Product(factors) if factors[-1][0] == "/":
            before = factors[:-1]
            return (before[0][1] if len(before) == 1 else Product(before)), factors[-1][1]
        case Mixed():
            return None
    return None


def _of_sum(node: Sum) -> Iterator[Mutant]:
    for at, (sign, term) in enumerate(node.terms):
        for later in range(at + 1, len(node.terms)):
            yield from _of_two_terms(node, at, later)
        if at and isinstance(term, Product) and term.factors[0][0] != "/" and len(term.factors) > 1:
            before = node.terms[:at]
            start = before[0][1] if len(before) == 1 and before[0][0] == "+" else Sum(before)
            (_, first), *rest = term.factors
            joined = Product((("*", Sum((("+", start), (sign, first)))), *rest))
            after = node.terms[at + 1 :]
            yield _mutant("order", Sum((("+", joined), *after)) if after else joined, term=node)
    for at, (sign, term) in enumerate(node.terms):
        inner = _distributed(term)
        if sign == "-" and len(inner) > 1:
            turned = [Neg(inner[0]), *inner[1:]]
            others = [_signed(one) for place, one in enumerate(node.terms) if place != at]
            yield _mutant("sign", total(*others, *turned), term=node)
    for at, (sign, term) in enumerate(node.terms):
        turned_terms = (*node.terms[:at], ("-" if sign == "+" else "+", term), *node.terms[at + 1 :])
        yield _mutant("sign", Sum(turned_terms), term=term)


def _distributed(term: Node) -> list[Node]:
    """The terms of a bracket, with the factor before it."""
    if isinstance(term, Sum):
        return summands(term)
    if isinstance(term, Product) and isinstance(term.factors[-1][1], Sum) and term.factors[-1][0] != "/":
        outer = [factor for _, factor in term.factors[:-1]]
        if all(sign != "/" for sign, _ in term.factors):
            return [times(*outer, part) for part in summands(term.factors[-1][1])]
    return [term]


def _of_two_terms(node: Sum, at: int, later: int) -> Iterator[Mutant]:
    (sign, one), (other_sign, other) = node.terms[at], node.terms[later]
    rest = [part for place, part in enumerate(node.terms) if place not in {at, later}]

    def joined(made: Node) -> Node:
        return Sum((*rest, ("+", made))) if rest else made

    first, second = quotient(one), quotient(other)
    if first and second:
        top = Sum(((sign, first[0]), (other_sign, second[0])))
        bottoms = [Sum((("+", first[1]), (other_sign, second[1]))), times(first[1], second[1])]
        if other_sign == "-":
            bottoms.append(total(first[1], second[1]))
        for bottom in bottoms:
            yield _mutant("fractions_added", joined(Frac(top, bottom)), term=node)
        if compare_values(first[1], second[1]) != "same":
            yield _mutant("fractions_added", joined(Frac(top, first[1])), term=node)
            yield _mutant("fractions_added", joined(Frac(top, second[1])), term=node)
    match one, other:
        case Call(name, (a,), base), Call(other_name, (b,), other_base) if (name, base) == (other_name, other_base):
            if name in {"log", "ln"} and sign == "+":
                inner = Sum((("+", a), (other_sign, b)))
                yield _mutant("log_of_sum", joined(Call(name, (inner,), base)), term=node)
                if other_sign == "-":
                    divided = Frac(Call(name, (a,), base), Call(name, (b,), base))
                    yield _mutant("log_of_product", joined(divided), term=node)
                else:
                    yield _mutant("log_of_product", joined(times(one, other)), term=node)
        case Power(base, a), Power(other_base, b) if base == other_base and sign == "+" == other_sign:
            yield _mutant("powers_multiplied", joined(Power(base, total(a, b))), term=node)
        case Root(a, index), Root(b, other_index) if index == other_index and sign == "+":
            yield _mutant("root_of_sum", joined(Root(Sum((("+", a), (other_sign, b))), index)), term=node)


def _of_call(name: str, arg: Node, base: Node | None) -> Iterator[Mutant]:
    whole = Call(name, (arg,), base)
    if name in {"log", "ln"}:
        if isinstance(arg, Sum):
            parts = [(sign, Call(name, (term,), base)) for sign, term in arg.terms]
            yield _mutant("log_of_sum", Sum(tuple(parts)), term=whole)
            yield _mutant("log_of_sum", times(*(part for _, part in parts)), term=whole)
        if isinstance(arg, Product) and len(arg.factors) > 1:
            calls = tuple((sign, Call(name, (factor,), base)) for sign, factor in arg.factors)
            yield _mutant("log_of_product", Product(calls), term=whole)
        if isinstance(arg, Frac):
            divided = Frac(Call(name, (arg.top,), base), Call(name, (arg.bottom,), base))
            yield _mutant("log_of_product", divided, term=whole)
    elif name in {"sin", "cos", "tan", "sec", "csc", "cot"} and isinstance(arg, Sum):
        yield _mutant(
            "function_of_sum", Sum(tuple((sign, Call(name, (term,))) for sign, term in arg.terms)), term=whole
        )
