"""Judges choices as derivatives, integrals and limits."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

import sympy as sp

from maths.keys.choice_reading import formula_of, has_decimal, saying_of
from maths.keys.equivalence import Function, function_of, same_functions
from maths.keys.formula_reading import NotRead, expression_of
from maths.keys.question_tasks import Antiderivative, DefiniteIntegral, Derivative, LimitValue
from maths.reading.nodes import Call, Change, Const, Neg, Node, Rel, Substitution, exact, rewrite, variables_of, walk
from maths.solving.to_sympy import symbol, to_sympy
from maths.values.evaluation import Point, value_of
from maths.values.numbers import REALS, NoRealValue, NotCalculable, Value, real

Judgement = bool | None

CONSTANTS: Final = ("C", "c", "K", "k")
"""Letters for the constant of an integral."""
INTEGRATED: Final = 10**-18
"""The relative error that a numeric integral may have."""
_STEPS: Final = (8, 12, 16)
"""How near a limit is looked at: 10^-8, 10^-12, 10^-16."""


def judged(
    task: Derivative | Antiderivative | DefiniteIntegral | LimitValue, texts: Sequence[str], log_base: int | None
) -> list[Judgement] | None:
    """Whether each choice is right.

    Raises:
        NotRead, NotCalculable, NoRealValue: something cannot be told.
    """
    match task:
        case Derivative():
            return _of_derivative(task, texts, log_base)
        case Antiderivative():
            return _of_antiderivative(task, texts, log_base)
        case DefiniteIntegral():
            return _of_values(_integral(task, log_base), texts, log_base)
        case LimitValue():
            return _of_limit(task, texts, log_base)


def derivative_of(body: Node, name: str, order: int = 1, log_base: int | None = 10) -> Function:
    """The derivative of an expression as a function; it has no value where the expression has none."""
    natural = to_sympy(body)
    if log_base is None:
        natural = to_sympy(rewrite(body, _NaturalLogarithm()))
    derived = sp.diff(natural, symbol(name), order)

    def function(point: Point) -> Value:
        value_of(body, point, log_base)
        return _value_at(derived, point)

    return function


class _NaturalLogarithm(Change):
    """Reads `log` without a base as the natural logarithm."""

    def __call__(self, node: Node) -> Node:
        if isinstance(node, Call) and node.name == "log" and node.base is None:
            return replace(node, name="ln")
        return node


def _value_at(expr: Any, point: Point) -> Value:
    given = {symbol(name): sp.Rational(value.numerator, value.denominator) for name, value in point.items()}
    value = expr.subs(given)
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    value = value.evalf(60)
    if value.has(sp.zoo, sp.nan, sp.oo) or value.is_real is False or not value.is_number:
        raise NoRealValue
    if not value.is_Float:
        raise NotCalculable
    return REALS.mpf(value._to_mpmath(210))


def _of_derivative(task: Derivative, texts: Sequence[str], log_base: int | None) -> list[Judgement]:
    derived = derivative_of(task.body, task.name, task.order, log_base)
    if task.at is not None:
        place = value_of(task.at, {}, log_base)
        if not isinstance(place, Fraction):
            raise NotCalculable
        return _of_values(derived({task.name: place}), texts, log_base)
    found: list[Judgement] = []
    for text in texts:
        if saying_of(text) in {"no_value", "no_choice", "untold"}:
            found.append(False)
            continue
        node = expression_of(formula_of(text), (task.name,))
        if isinstance(node, Rel) or not set(variables_of(node)) <= {task.name}:
            if not isinstance(node, Rel) and set(variables_of(node)) <= {task.name, "C"}:
                found.append(False)  # an integral's constant in a derivative
                continue
            raise NotRead
        found.append(same_functions(derived, function_of(node, log_base), [task.name], where_first_is_defined=True))
    return found


def _of_antiderivative(task: Antiderivative, texts: Sequence[str], log_base: int | None) -> list[Judgement]:
    integrand = function_of(task.body, log_base)
    found: list[Judgement] = []
    with_constant: list[bool] = []
    for text in texts:
        if saying_of(text) in {"no_value", "no_choice", "untold"}:
            found.append(False)
            with_constant.append(True)
            continue
        node = expression_of(formula_of(text), (task.name,))
        constants = [name for name in variables_of(node) if name in CONSTANTS and name != task.name]
        if isinstance(node, Rel) or not set(variables_of(node)) <= {task.name, *constants} or len(constants) > 1:
            raise NotRead
        with_constant.append(bool(constants))
        found.append(_is_antiderivative(node, task.name, constants, integrand, log_base))
    if any(right for right, constant in zip(found, with_constant, strict=True) if constant):
        return [right and constant for right, constant in zip(found, with_constant, strict=True)]
    if any(found) and any(with_constant):
        return [None if right else right for right in found]  # the constant was forgotten where others have it
    return found


def _is_antiderivative(
    node: Node, name: str, constants: Sequence[str], integrand: Function, log_base: int | None
) -> Judgement:
    """Whether the derivative is the integrand, whatever the constant is; the constant must be an addend."""
    for number in (0, 1) if constants else (0,):
        filled = node
        for constant in constants:
            filled = rewrite(filled, Substitution(constant, exact(Fraction(number))))
        right = same_functions(integrand, derivative_of(filled, name, 1, log_base), [name], where_first_is_defined=True)
        if right is not True:
            return right
    return True


def _of_values(value: Value, texts: Sequence[str], log_base: int | None) -> list[Judgement]:
    found: list[Judgement] = []
    for text in texts:
        if saying_of(text) is not None:
            found.append(False)
            continue
        node = _number(text)
        given = value_of(node, {}, log_base)
        found.append(_same_number(value, given))
        if not found[-1] and has_decimal(text) and abs(real(given) - real(value)) < 0.02 * max(1, abs(real(value))):
            found[-1] = None
    return found if not any(found) else [bool(one) for one in found]


def _number(text: str) -> Node:
    node = expression_of(formula_of(text), ())
    if isinstance(node, Rel) or variables_of(node):
        raise NotRead
    return node


def _same_number(value: Value, given: Value) -> Judgement:
    """As `same_value`, for a value that was found numerically, with fewer digits."""
    if isinstance(value, Fraction) and isinstance(given, Fraction):
        return value == given
    size = max(abs(real(value)), abs(real(given)), REALS.mpf(1) / 10**6)
    difference = abs(real(value) - real(given)) / size
    if difference < 10**-14:
        return True
    return False if difference > 10**-6 else None


def _integral(task: DefiniteIntegral, log_base: int | None) -> Value:
    low, high = value_of(task.low, {}, log_base), value_of(task.high, {}, log_base)
    body = to_sympy(task.body)
    var = symbol(task.name)
    if body.is_polynomial(var) and isinstance(low, Fraction) and isinstance(high, Fraction):
        whole = sp.integrate(body, var)
        return _value_at(whole, {task.name: high}) - _value_at(whole, {task.name: low})
    if any(isinstance(part, Call) and part.name in {"abs", "floor", "ceil"} for part in walk(task.body)):
        raise NotCalculable
    if max(abs(real(low)), abs(real(high))) > 10**4:
        raise NotCalculable
    context = REALS
    function = function_of(task.body, log_base)
    middle = [real(low) + (real(high) - real(low)) * part / 4 for part in range(5)]
    value, error = context.quad(lambda x: real(function({task.name: x})), middle, error=True, maxdegree=7)
    if error > INTEGRATED * max(1, abs(value)):
        raise NotCalculable
    return value


def _of_limit(task: LimitValue, texts: Sequence[str], log_base: int | None) -> list[Judgement] | None:
    sides = [_one_sided(task, sign, log_base) for sign in _signs(task)]
    kinds = {kind for kind, _ in sides}
    found: list[Judgement] = []
    if kinds == {"finite"}:
        if len(sides) == 2 and abs(sides[0][1] - sides[1][1]) > 10**-5 * max(1, abs(sides[0][1])):
            return _of_no_limit(texts)
        for text in texts:
            saying = saying_of(text)
            found.append(False if saying is not None else _is_limit(task, _number(text), sides, log_base))
        return found
    if len(kinds) == 1:
        wanted = "infinity" if kinds == {"+"} else "minus_infinity"
        if any(saying_of(text) == "no_value" for text in texts):
            return None  # some books say that such a limit does not exist
        return [_saying(text) == wanted for text in texts]
    return _of_no_limit(texts) if kinds == {"+", "-"} else None


def _saying(text: str) -> str | None:
    saying = saying_of(text)
    if saying is None:
        _number(text)
    return saying


def _of_no_limit(texts: Sequence[str]) -> list[Judgement]:
    return [_saying(text) == "no_value" for text in texts]


def _signs(task: LimitValue) -> tuple[int, ...]:
    match task.to:
        case Const("oo"):
            return (1,)
        case Neg(Const("oo")):
            return (-1,)
    return {"+": (1,), "-": (-1,)}.get(task.side, (1, -1))


def _is_infinite(task: LimitValue) -> bool:
    return any(part == Const("oo") for part in walk(task.to))


def _approach(task: LimitValue, sign: int, log_base: int | None) -> list[Value]:
    """The values of the function, nearer and nearer."""
    function = function_of(task.body, log_base)
    if _is_infinite(task):
        places: list[Value] = [Fraction(sign * 10**digits) for digits in _STEPS]
    else:
        place = value_of(task.to, {}, log_base)
        steps = [Fraction(sign, 10**digits) for digits in _STEPS]
        places = [place + step if isinstance(place, Fraction) else place + real(step) for step in steps]
    return [real(function({task.name: place})) for place in places]


def _one_sided(task: LimitValue, sign: int, log_base: int | None) -> tuple[str, Value]:
    """`finite` and the last value, `+` or `-` if it grows without end.

    Raises:
        NotCalculable: it does neither, as far as can be seen.
    """
    values = _approach(task, sign, log_base)
    first, second, third = values
    if abs(third - second) <= abs(second - first) / 50 and abs(third - second) < 10**-6 * max(1, abs(third)):
        return "finite", third
    growing = abs(second) > 50 * abs(first) and abs(third) > 50 * abs(second) and abs(third) > 10**6
    if growing and len({value > 0 for value in values}) == 1:
        return ("+" if third > 0 else "-"), third
    raise NotCalculable


def _is_limit(task: LimitValue, node: Node, sides: Sequence[tuple[str, Value]], log_base: int | None) -> Judgement:
    """Whether the distance to a number shrinks from step to step; a number that is not near is wrong."""
    given = real(value_of(node, {}, log_base))
    last = sides[0][1]
    if abs(last - given) > 10**-5 * max(1, abs(last)):
        return False
    for sign in _signs(task):
        distances = [abs(value - given) for value in _approach(task, sign, log_base)]
        small = real(Fraction(1, 10**30))
        shrinks = all(later <= earlier / 50 + small for earlier, later in itertools.pairwise(distances))
        if not shrinks:
            return None
    return True
