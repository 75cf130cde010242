"""Makes the known slips of derivatives and integrals."""

from collections.abc import Iterator

from maths.reading.nodes import Call, Const, Frac, Neg, Node, Power, Product, Sum, Sym, with_number
from maths.steps.expression_slips import summands
from maths.steps.slip import Mutant, Slip, SlipName
from maths.values.differentiation import ONE, RuleSlip, Underivable, depends, derivative, times, total

_RULES: tuple[tuple[RuleSlip, SlipName], ...] = (
    ("product_rule", "product_rule"),
    ("quotient_rule", "quotient_rule"),
    ("quotient_order", "quotient_rule"),
    ("quotient_bottom", "quotient_rule"),
    ("chain_rule", "chain_rule"),
    ("trig_sign", "trig_sign"),
    ("power_kept", "derivative_power"),
    ("factor_lost", "derivative_power"),
)


def derivative_mutants(body: Node, name: str) -> Iterator[Mutant]:
    """The derivatives of an expression with one slip: in one of its terms, or in all."""
    for rule, slip in _RULES:
        try:
            right = derivative(body, name)
            wrong = derivative(body, name, rule)
        except Underivable:
            continue
        if wrong != right:
            yield Mutant(Slip(slip, {"term": body}), wrong)
        terms = summands(body)
        for at, term in enumerate(terms):
            if len(terms) == 1:
                break
            others = [derivative(one, name) for place, one in enumerate(terms) if place != at]
            made = derivative(term, name, rule)
            if made != derivative(term, name):
                yield Mutant(Slip(slip, {"term": term}), total(*others, made))
    terms = summands(body)
    for term in terms:  # a constant that stays: (x^2 + 5)' = 2x + 5
        if len(terms) > 1 and not depends(term, name):
            yield Mutant(Slip("derivative_power", {"term": term}), total(derivative(body, name), term))


def integral_mutants(body: Node, name: str) -> Iterator[Mutant]:
    """Antiderivatives with one slip, for the terms that have a simple one."""
    terms = summands(body)
    rights = [_antiderivative(term, name) for term in terms]
    for at, term in enumerate(terms):
        others = [right for place, right in enumerate(rights) if place != at]
        kept = [one for one in others if one is not None]
        if len(kept) < len(others):
            continue
        for slip, wrong in _wrong_antiderivatives(term, name):
            yield Mutant(Slip(slip, {"term": term}), total(*kept, wrong))
    if len(terms) > 1:
        for choose in (0, 1, 2):
            wrongs = [list(_wrong_antiderivatives(term, name)) for term in terms]
            if all(len(each) > choose for each in wrongs):
                made = total(*(each[choose][1] for each in wrongs))
                yield Mutant(Slip(wrongs[0][choose][0], {"term": body}), made)


def _parts(term: Node, name: str) -> tuple[Node, Node]:
    """The constant factor of a term, and the rest."""
    match term:
        case Neg(arg):
            front, rest = _parts(arg, name)
            return Neg(front), rest
        case Product(factors):
            fixed = [(sign, factor) for sign, factor in factors if not depends(factor, name)]
            moving = [(sign, factor) for sign, factor in factors if depends(factor, name)]
            front = Product((("*", ONE), *fixed)) if fixed else ONE
            if len(moving) == 1 and moving[0][0] != "/":
                return front, moving[0][1]
            return front, Product((("*", ONE), *moving)) if moving else ONE
        case Frac(top, bottom) if not depends(bottom, name):
            front, rest = _parts(top, name)
            return Frac(front, bottom), rest
    return (term, ONE) if not depends(term, name) else (ONE, term)


def _exponent(rest: Node, name: str) -> Node | None:
    if rest == ONE:
        return with_number(0)
    if rest == Sym(name):
        return ONE
    if isinstance(rest, Power) and rest.base == Sym(name) and not depends(rest.exponent, name):
        return rest.exponent
    return None


def _antiderivative(term: Node, name: str) -> Node | None:
    front, rest = _parts(term, name)
    exponent = _exponent(rest, name)
    if exponent is not None:
        raised = Sum((("+", exponent), ("+", ONE)))
        return times(front, Frac(Power(Sym(name), raised), raised))
    if (inner := _inner(rest, name)) is None:
        return None
    return Frac(times(front, _outer_antiderivative(rest)), inner)


def _wrong_antiderivatives(term: Node, name: str) -> Iterator[tuple[SlipName, Node]]:
    front, rest = _parts(term, name)
    exponent = _exponent(rest, name)
    if exponent is not None:
        raised = Sum((("+", exponent), ("+", ONE)))
        yield "integral_power", times(front, Power(Sym(name), raised))
        if exponent != with_number(0):
            yield "integral_power", times(front, derivative(rest, name))
            yield "integral_power", times(front, Frac(Power(Sym(name), raised), exponent))
        return
    inner = _inner(rest, name)
    if inner is None:
        return
    outer = times(front, _outer_antiderivative(rest))
    yield "integral_inner", outer
    yield "integral_inner", times(inner, outer)
    yield "trig_sign" if isinstance(rest, Call) else "sign", Neg(Frac(outer, inner))


def _inner(rest: Node, name: str) -> Node | None:
    """The derivative of the inside of `sin(3x)` or `e^(3x)`, if it is a number."""
    match rest:
        case Call("sin" | "cos", (arg,)) | Power(Const("e"), arg):
            try:
                inner = derivative(arg, name)
            except Underivable:
                return None
            return None if depends(inner, name) else inner
    return None


def _outer_antiderivative(rest: Node) -> Node:
    match rest:
        case Call("sin", args):
            return Neg(Call("cos", args))
        case Call("cos", args):
            return Call("sin", args)
    return rest
