"""Names the slip between two lines: tries the known ones, and takes the one that leads to the second line."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from maths.reading.nodes import (
    Diff,
    Integral,
    Neg,
    Node,
    Product,
    Substitution,
    Sum,
    rewrite,
    variables_of,
    with_number,
)
from maths.steps.calculus_slips import derivative_mutants, integral_mutants
from maths.steps.expression_slips import mutants, quotient, summands
from maths.steps.same_value import compare_values, free_names, points
from maths.steps.slip import Mutant, Slip, SlipName
from maths.values.differentiation import Underivable, derivative, times, total
from maths.values.evaluation import real_value
from maths.values.numbers import NoValue, Value, real, same_number

RANKS: tuple[SlipName, ...] = (
    "moved_sign",
    "integral_constant", "product_rule", "quotient_rule", "chain_rule", "trig_sign", "derivative_power",
    "integral_inner", "integral_power", "fractions_added", "log_of_sum", "log_of_product", "root_of_sum",
    "function_of_sum", "square_of_sum", "bases_multiplied", "powers_multiplied", "power_of_power", "power_of_product",
    "negative_power", "each_with_each", "first_term", "cancelled_term", "order", "power_as_product", "sign", "one_side",
    "wrong_inverse", "one_term",
)  # fmt: skip
"""Of several slips that explain a line, the first of these is told."""


class Fingerprint:
    """The values of an expression at the points that are tried, to tell quickly what equals it."""

    def __init__(self, node: Node, names: Sequence[str], *, natural: bool = False) -> None:
        self._natural = natural
        self._known: list[tuple[dict[str, Value], Value]] = []
        for point in points(names):
            try:
                self._known.append((point, real_value(node, point, natural=natural)))
            except NoValue:
                continue
            if not names:
                break

    def __bool__(self) -> bool:
        return bool(self._known)

    def equals(self, node: Node) -> bool:
        """Whether an expression has the same values, where both have one."""
        same = 0
        for point, value in self._known:
            try:
                other = real_value(node, point, natural=self._natural)
            except NoValue:
                continue
            if not same_number(value, other):
                return False
            same += 1
        return same > 0


def best(found: Iterable[Slip]) -> Slip | None:
    """The slip that is told of several."""
    order = {name: place for place, name in enumerate(RANKS)}
    return min(found, key=lambda slip: order.get(slip.name, len(order)), default=None)


def name_expression_slip(before: Node, after: Node, *, natural: bool = False) -> Slip | None:
    """The slip that makes `after` of `before`; None if it is none of those that are known."""
    said = Fingerprint(after, free_names(before, after), natural=natural)
    if not said:
        return None
    tried = [*mutants(before), *_of_derivatives(before)]
    found = [mutant.slip for mutant in tried if said.equals(mutant.node)]
    return best(found) or _one_term_wrong(before, after, natural=natural)


def _of_derivatives(node: Node) -> list[Mutant]:
    if isinstance(node, Diff):
        return _of_one_derivative(node)
    if isinstance(node, Sum) or (isinstance(node, Neg) and isinstance(node.arg, Diff)):
        return [
            Mutant(mutant.slip, total(*(mutant.node if part is term else part for part in summands(node))))
            for term in summands(node)
            for mutant in _of_one_derivative(term)
        ]
    return []


def _of_one_derivative(term: Node) -> list[Mutant]:
    if isinstance(term, Neg):
        return [Mutant(mutant.slip, Neg(mutant.node)) for mutant in _of_one_derivative(term.arg)]
    if isinstance(term, Diff) and term.order == 1:
        return list(derivative_mutants(term.body, term.var.name))
    return []


def name_derivative_slip(body: Node, name: str, after: Node, *, natural: bool = False) -> Slip | None:
    """The slip in differentiating `body` to `after`."""
    said = Fingerprint(after, free_names(body, after), natural=natural)
    found = [mutant.slip for mutant in derivative_mutants(body, name) if said.equals(mutant.node)]
    if found:
        return best(found)
    try:
        right = derivative(body, name)
    except Underivable:
        return None
    doubled = [
        mutant.slip for made in derivative_mutants(body, name) for mutant in mutants(made.node)
        if mutant.slip.name != "sign" and said.equals(mutant.node)
    ]  # fmt: skip
    return name_expression_slip(right, after, natural=natural) or best(doubled)


def name_integral_slip(integral: Integral, name: str, after: Node, *, natural: bool = False) -> Slip | None:
    """The slip in integrating to `after`, which is compared but for a constant."""
    body = integral.body
    if integral.low is not None and integral.high is not None:
        return _name_definite_slip(integral, name, after, natural=natural)
    try:
        said = Fingerprint(derivative(after, name), free_names(body, after), natural=natural)
        found = [
            mutant.slip for mutant in integral_mutants(body, name) if said.equals(derivative(mutant.node, name))
        ]  # fmt: skip
    except Underivable:
        return None
    if found:
        return best(found)
    wrong = _one_term_wrong(body, derivative(after, name), natural=natural)
    return Slip(wrong.name) if wrong is not None else None


def _name_definite_slip(integral: Integral, name: str, after: Node, *, natural: bool) -> Slip | None:
    assert integral.low is not None
    assert integral.high is not None
    said = Fingerprint(after, free_names(after), natural=natural)
    for mutant in integral_mutants(integral.body, name):
        high, low = (rewrite(mutant.node, Substitution(name, end)) for end in (integral.high, integral.low))
        if said.equals(Sum((("+", high), ("-", low)))):
            return mutant.slip
    return Slip("sign") if said.equals(Neg(integral)) else None


def _one_term_wrong(before: Node, after: Node, *, natural: bool) -> Slip | None:
    """A sign or a number that is wrong in one term of `after`."""
    if not variables_of(before) and not variables_of(after):
        return _number_wrong(before, after, natural=natural)
    terms = summands(after)
    found: list[Slip] = []
    for at, term in enumerate(terms):
        others = [one for place, one in enumerate(terms) if place != at]
        wanted: Node = Sum((("+", before), ("-", total(*others)))) if others else before
        factor = _constant_ratio(term, wanted, natural=natural)
        if factor is not None:
            found.append(Slip("sign" if factor == -1 else "arithmetic", {"term": term}))
    for one in found:
        if one.name == "sign":
            return one
    if found:
        return found[0]
    for term in summands(before):
        if compare_values(Sum((("+", before), ("-", term))), after, natural=natural) == "same":
            return Slip("term_lost", {"term": term})
    return _missing_number(before, after, natural=natural) or _part_wrong(before, after, natural=natural)


def _missing_number(before: Node, after: Node, *, natural: bool) -> Slip | None:
    """A number by which the two differ: a constant was calculated wrongly, or left out."""
    difference = Sum((("+", before), ("-", after)))
    gap = _constant_ratio(with_number(1), difference, natural=natural)
    return Slip("arithmetic") if gap is not None else None


def _part_wrong(before: Node, after: Node, *, natural: bool) -> Slip | None:
    """A wrong term in one factor, or in the top or bottom of a fraction."""
    parts: list[tuple[Node, Node]] = []
    if (whole := quotient(after)) is not None:
        top, bottom = whole
        parts = [(times(before, bottom), top)]
        if variables_of(bottom):
            parts.append((Product((("*", top), ("/", before))), bottom))
    elif isinstance(after, Product) and all(sign != "/" for sign, _ in after.factors):
        for at, (_, factor) in enumerate(after.factors):
            others = [one for place, (_, one) in enumerate(after.factors) if place != at]
            if others and isinstance(factor, Sum):
                parts.append((Product((("*", before), ("/", times(*others)))), factor))
    for right, said in parts:
        terms = summands(said)
        for at, term in enumerate(terms):
            others = [one for place, one in enumerate(terms) if place != at]
            rest: Node = Sum((("+", right), ("-", total(*others)))) if others else right
            ratio = _constant_ratio(term, rest, natural=natural)
            if ratio is not None:
                return Slip("sign" if ratio == -1 else "arithmetic", {"term": term})
    return None


def _number_wrong(before: Node, after: Node, *, natural: bool) -> Slip | None:
    try:
        right, said = (real_value(node, {}, natural=natural) for node in (before, after))
    except NoValue:
        return None
    return Slip("sign" if same_number(right, -said) else "arithmetic")


def _constant_ratio(term: Node, wanted: Node, *, natural: bool) -> Fraction | None:
    """The rational number that makes `wanted` of `term`; None if none does."""
    found: Value | None = None
    count = 0
    for point in points(free_names(term, wanted)):
        try:
            below, above = (real_value(node, point, natural=natural) for node in (term, wanted))
        except NoValue:
            continue
        if same_number(below, Fraction(0)):
            continue
        exact = isinstance(above, Fraction) and isinstance(below, Fraction)
        value = above / below if exact else real(above) / real(below)
        if found is not None and not same_number(found, value):
            return None
        found = value
        count += 1
    if found is None or count < 2:
        return None
    near = found if isinstance(found, Fraction) else Fraction(str(found)[:30]).limit_denominator(10_000)
    return near if same_number(near, found) else None
