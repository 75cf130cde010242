"""Solves trigonometric, exponential and logarithmic equations that are polynomial in one function of the unknown.

This function is called the kernel: `sin x` in `2 sin^2 x = sin x`, `2^x` in `4^x - 2^x = 2`.
"""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from maths.solving.polynomial_equations import polynomial_steps
from maths.solving.solution import Step, step
from maths.writing.latex import latex
from maths.writing.values import equation

Expr = Any
_TRIGONOMETRIC = (sp.sin, sp.cos, sp.tan)


@dataclass(frozen=True, slots=True)
class TranscendentalSolution:
    """The steps, and the solutions: single values, or families in LaTeX (empty: there are none)."""

    steps: list[Step]
    values: list[Expr] | None = None
    result: str = ""
    notes: tuple[Step, ...] = ()
    families: tuple[tuple[Expr, Expr], ...] = ()
    """The families, as first values and periods."""


def solve_transcendental(left: Expr, right: Expr, var: Expr) -> TranscendentalSolution | None:
    """Solve an equation that is polynomial in one function of the unknown; None if it is not."""
    difference = sp.expand(left - right)
    kernel, rewritten, stand_in = _substituted(difference, var)
    if kernel is None:
        return _tangent(difference, var)
    steps: list[Step] = []
    if sp.degree(rewritten, stand_in) == 1:
        value = sp.simplify(sp.solve(rewritten, stand_in)[0])
        if not (left == kernel and right == value):
            steps.append(step("isolate", equation(kernel, value), value=latex(kernel)))
        candidates = [value]
    else:
        letter = sp.Symbol("t", real=True)
        inner = polynomial_steps(rewritten.subs(stand_in, letter), sp.Integer(0), letter)
        steps.append(
            step(
                "substitute", equation(rewritten.subs(stand_in, letter), sp.Integer(0)), value=equation(letter, kernel)
            )
        )
        steps += inner.steps
        candidates = inner.real
        if not candidates:
            return TranscendentalSolution(steps, result="")
        steps.append(step("back", " <or> ".join(equation(kernel, value) for value in candidates)))
    return _inverted(steps, kernel, candidates, var)


def _tangent(difference: Expr, var: Expr) -> TranscendentalSolution | None:
    """`a sin u = b cos u`, by the tangent."""
    angles = {one.args[0] for one in difference.atoms(sp.sin, sp.cos) if one.has(var)}
    if len(angles) != 1:
        return None
    angle = angles.pop()
    sine, cosine = difference.coeff(sp.sin(angle)), difference.coeff(sp.cos(angle))
    numbers = sine.is_number and cosine.is_number and sine != 0 and cosine != 0
    if not numbers or sp.expand(difference - sine * sp.sin(angle) - cosine * sp.cos(angle)) != 0:
        return None
    value = sp.simplify(-cosine / sine)
    steps = [step("tangent_of", equation(sp.tan(angle), value), value=latex(sp.cos(angle)))]
    return _inverted(steps, sp.tan(angle), [value], var)


def _substituted(difference: Expr, var: Expr) -> tuple[Expr | None, Expr, Expr]:
    """The kernel, and the equation with a letter in its place; no kernel if there is none."""
    stand_in = sp.Dummy("t", real=True)
    found = []
    for kernel in _kernels(difference, var):
        rewritten = _in_terms(difference, kernel, stand_in)
        if not rewritten.has(var) and rewritten.is_polynomial(stand_in) and rewritten.has(stand_in):
            found.append((kernel, rewritten, stand_in))
    simplest = sorted(found, key=lambda one: int(sp.degree(one[1], stand_in)))
    return simplest[0] if simplest else (None, difference, stand_in)


def _in_terms(difference: Expr, kernel: Expr, stand_in: Expr) -> Expr:
    if isinstance(kernel, sp.sin):
        difference = difference.replace(sp.cos(kernel.args[0]) ** 2, 1 - kernel**2)
    elif isinstance(kernel, sp.cos):
        difference = difference.replace(sp.sin(kernel.args[0]) ** 2, 1 - kernel**2)
    if isinstance(kernel, sp.exp) or (kernel.is_Pow and kernel.base.is_number):
        base = sp.E if isinstance(kernel, sp.exp) else kernel.base
        difference = _powers(difference, base, kernel, stand_in)
    return sp.expand(difference.subs(kernel, stand_in))


def _powers(difference: Expr, base: Expr, kernel: Expr, stand_in: Expr) -> Expr:
    """Powers of the same base as powers of the letter: 4^x and 2^(x+1) by 2^x."""
    exponent = kernel.args[0] if isinstance(kernel, sp.exp) else kernel.exp

    def change(power: Expr) -> Expr:
        own_base, own_exponent = (sp.E, power.args[0]) if isinstance(power, sp.exp) else (power.base, power.exp)
        ratio = sp.Integer(1) if own_base == base else sp.simplify(sp.log(own_base) / sp.log(base))
        constant, rest = sp.expand(own_exponent * ratio).as_coeff_Add()
        times = sp.simplify(rest / exponent)
        return base**constant * stand_in**times if ratio.is_Rational and times.is_Integer and times > 0 else power

    powers = [one for one in difference.atoms(sp.Pow, sp.exp) if not _exponent(one).is_number]
    return difference.subs({one: change(one) for one in powers})


def _exponent(power: Expr) -> Expr:
    return power.args[0] if isinstance(power, sp.exp) else power.exp


def _kernels(difference: Expr, var: Expr) -> list[Expr]:
    functions = [one for one in difference.atoms(sp.sin, sp.cos, sp.tan, sp.log) if one.has(var)]
    powers = []
    for power in difference.atoms(sp.Pow, sp.exp):
        exponent = _exponent(power)
        if exponent.has(var) and not (power.is_Pow and power.base.has(var)):
            base = sp.E if isinstance(power, sp.exp) else power.base
            rest = sp.expand(exponent).as_coeff_Add()[1]
            powers += [base**rest, base ** rest.as_coeff_Mul()[1]]
    return [*sorted(set(functions), key=str), *sorted(set(powers), key=lambda one: (sp.count_ops(one), str(one)))]


def _inverted(steps: list[Step], kernel: Expr, candidates: list[Expr], var: Expr) -> TranscendentalSolution | None:
    if isinstance(kernel, _TRIGONOMETRIC):
        return _angles(steps, kernel, candidates, var)
    argument = kernel.args[0] if isinstance(kernel, sp.exp | sp.log) else kernel.exp
    values: list[Expr] = []
    for value in candidates:
        if isinstance(kernel, sp.log):
            target = sp.exp(value)
            steps.append(step("exponentiate", equation(argument, target)))
        elif value.is_positive:
            base = sp.E if isinstance(kernel, sp.exp) else kernel.base
            target = sp.simplify(sp.log(value, base))
            same = target.is_Rational and base != sp.E
            steps.append(step("same_base" if same else "logarithm", equation(argument, target)))
        else:
            steps.append(step("never", value=equation(kernel, value)))
            continue
        values += _inner(argument, target, var)
    kept = [value for value in values if _defined(kernel, var, value)]
    return TranscendentalSolution(steps, kept) if all(value.is_number for value in kept) else None


def _inner(argument: Expr, target: Expr, var: Expr) -> list[Expr]:
    if argument == var:
        return [target]
    found: list[Expr] = [root for root in sp.solve(argument - target, var) if root.is_real]
    return found


def _defined(kernel: Expr, var: Expr, value: Expr) -> bool:
    return not isinstance(kernel, sp.log) or bool(kernel.args[0].subs(var, value).is_positive)


def _angles(steps: list[Step], kernel: Expr, candidates: list[Expr], var: Expr) -> TranscendentalSolution | None:
    """All angles with that sine, cosine or tangent."""
    argument = kernel.args[0]
    slope = sp.diff(argument, var)
    if not slope.is_number or slope == 0:
        return None
    families: list[tuple[Expr, Expr]] = []
    for value in candidates:
        if not isinstance(kernel, sp.tan) and not bool(-1 <= value <= 1):
            steps.append(step("out_of_range", value=equation(kernel, value)))
            continue
        bases, period = _principal(kernel, value)
        if argument != var:
            steps.append(step("angles", " <or> ".join(_family(argument, base, period) for base in bases)))
        offset = argument.subs(var, 0)
        families += [(sp.simplify((base - offset) / slope), sp.simplify(period / abs(slope))) for base in bases]
    if not families:
        return TranscendentalSolution(steps)
    shown = " <or> ".join(_family(var, base, period) for base, period in families)
    steps.append(step("all_angles", shown))
    return TranscendentalSolution(
        steps, result=shown, notes=(step("any_integer", value="n"),), families=tuple(families)
    )


def _principal(kernel: Expr, value: Expr) -> tuple[list[Expr], Expr]:
    """The angles within one period, and the period."""
    if isinstance(kernel, sp.tan):
        return [sp.atan(value)], sp.pi
    if value == 0:
        return [sp.Integer(0) if isinstance(kernel, sp.sin) else sp.pi / 2], sp.pi
    angle = sp.asin(value) if isinstance(kernel, sp.sin) else sp.acos(value)
    if abs(value) == 1:
        return [angle], 2 * sp.pi
    other = sp.pi - angle if isinstance(kernel, sp.sin) else -angle
    return [angle, other], 2 * sp.pi


def _family(left: Expr, base: Expr, period: Expr) -> str:
    n = sp.Symbol("n", integer=True)
    tail = latex(period * n)
    return f"{latex(left)} = {tail}" if base == 0 else f"{latex(left)} = {latex(base)} + {tail}"
