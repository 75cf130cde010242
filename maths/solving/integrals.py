"""Finds integrals, with steps that tell the rules of sympy's `manualintegrate` one by one."""

from typing import Any

import sympy as sp
from sympy.integrals import manualintegrate as manual

from maths.reading.nodes import Integral, Sym
from maths.solving.derivatives import tidy
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import integration_variable, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import with_decimal

Expr = Any
MAX_STEPS = 12


def integrate(node: Integral) -> Solution:
    """An antiderivative, or the value of a definite integral.

    Raises:
        Unsolved: no antiderivative is known.
    """
    var = integration_variable(node)
    body = to_sympy(node.body)
    shown = Integral(node.body, Sym(str(var)), node.low, node.high)
    anti = _antiderivative(body, var)
    steps = _rules(body, var)
    if node.low is None or node.high is None:
        return Solution(
            "integrate", node_latex(shown), tuple(steps), rf"{latex(anti)} + C", notes=_check(anti, body, var)
        )
    return _definite(shown, steps, anti, body, var)


def _antiderivative(body: Expr, var: Expr) -> Expr:
    found = sp.integrate(body, var)
    if found.has(sp.Integral, sp.hyper, sp.meijerg):
        raise Unsolved("no_antiderivative")
    real = _with_bars(found, var)
    return tidy(real if _same_derivative(real, body, var) else found)


def _with_bars(found: Expr, var: Expr) -> Expr:
    """The result with ln|x|, as in school; sympy writes ln x."""

    def barred(arg: Expr) -> Expr:
        return sp.log(sp.Abs(arg)) if not arg.is_positive and arg.has(var) else sp.log(arg)

    return found.replace(sp.log, barred)


def _same_derivative(found: Expr, body: Expr, var: Expr) -> bool:
    """Whether the derivative agrees with the integrand at a few places."""
    rest = sp.diff(found, var) - body
    for place in (sp.Rational(7, 10), sp.Rational(13, 10), sp.Rational(29, 10), sp.Rational(-11, 10)):
        value = sp.N(rest.subs(var, place))
        if value.is_number and value.is_finite and value.is_real and abs(value) > 1e-8:
            return False
    return True


def _check(anti: Expr, body: Expr, var: Expr) -> tuple[Step, ...]:
    return (step("check_integral", left=latex(anti), right=latex(body)),) if _same_derivative(anti, body, var) else ()


def _definite(shown: Integral, steps: list[Step], anti: Expr, body: Expr, var: Expr) -> Solution:
    assert shown.low is not None
    assert shown.high is not None
    low, high = to_sympy(shown.low), to_sympy(shown.high)
    value = sp.simplify(sp.integrate(body, (var, low, high)))
    if value.has(sp.Integral):
        raise Unsolved("no_antiderivative")
    if value.has(sp.oo, sp.zoo, sp.nan):
        return Solution("integrate", node_latex(shown), tuple(steps), remark=step("diverges"))
    steps = [*steps, step("antiderivative", rf"F({latex(var)}) = {latex(anti)}")]
    ends = [sp.simplify(anti.subs(var, end)) if end.is_finite else sp.limit(anti, var, end) for end in (high, low)]
    if all(end.is_number and end.is_finite for end in ends) and sp.simplify(ends[0] - ends[1] - value) == 0:
        difference = f"{latex(ends[0])} - {_bracketed(ends[1])} = {latex(value)}"
        steps.append(step("limits_put_in", f"F({latex(high)}) - F({latex(low)}) = {difference}"))
    return Solution("integrate", node_latex(shown), tuple(steps), with_decimal(value))


def _bracketed(value: Expr) -> str:
    text = latex(value)
    return rf"\left({text}\right)" if value.is_Add or value.could_extract_minus_sign() else text


def _rules(body: Expr, var: Expr) -> list[Step]:
    """The steps, if they can be told in a dozen lines; none if one of sympy's rules has no sentence."""
    expanded = sp.expand(body)
    use = expanded if body.is_polynomial(var) else body
    steps = [step("expand", latex(expanded))] if use != body else []
    try:
        rule = manual.integral_steps(use, var)
    except (NotImplementedError, ValueError, TypeError, RecursionError):
        return steps
    told = _told(rule)
    return [*steps, *told][:MAX_STEPS] if told is not None else steps


_SPECIAL = (sp.erf, sp.erfi, sp.Si, sp.Ci, sp.Ei, sp.li, sp.fresnels, sp.fresnelc, sp.uppergamma, sp.polylog)
"""Functions that are only names for integrals, which no formula gives."""


def _told(rule: Any, letters: str = "utws") -> list[Step] | None:
    """The steps of one rule and of those in it; None if one of them has no sentence.

    `letters` are those that no substitution uses yet.
    """
    result = rule.eval()
    value = _with_bars(tidy(result), rule.variable)
    integrand = rule.integrand
    foreign = integrand.free_symbols - value.free_symbols - {rule.variable}
    if foreign or not _same_derivative(value, integrand, rule.variable):
        integrand = sp.simplify(sp.diff(result, rule.variable))  # sympy forgets a factor, or the letter put back in
    shown = rf"\int {_integrand(integrand)} \, d{latex(rule.variable)} = {latex(value)}"
    match rule:
        case manual.ConstantRule():
            return [step("i_constant", shown)]
        case manual.ConstantTimesRule() | manual.RewriteRule():
            return _of_another(rule, letters, shown)
        case manual.PowerRule() | manual.ReciprocalRule():
            return [step("i_reciprocal" if isinstance(rule, manual.ReciprocalRule) else "i_power", shown)]
        case manual.AddRule():
            return _of_terms(rule, letters)
        case manual.URule() if letters:
            return _by_substitution(rule, letters, shown)
        case manual.PartsRule() if rule.second_step is not None:
            return _by_parts(rule, letters, shown)
        case manual.AlternativeRule():
            told = [one for one in (_told(way, letters) for way in rule.alternatives) if one is not None]
            return min(told, key=len) if told else None
        case manual.DontKnowRule() | manual.CyclicPartsRule() | manual.PiecewiseRule() | manual.URule():
            return None
        case manual.AtomicRule():
            return [step("i_special" if result.has(*_SPECIAL) else "i_known", shown)]
    return None


def _of_terms(rule: Any, letters: str) -> list[Step] | None:
    below = [_told(one, letters) for one in rule.substeps]
    if any(one is None for one in below):
        return None
    return [step("i_sum"), *(line for one in below for line in one or [])]


def _of_another(rule: Any, letters: str, shown: str) -> list[Step] | None:
    """The steps of an integral with a constant factor, or of one that is rewritten first."""
    below = _told(rule.substep, letters)
    if below is None:
        return None
    if isinstance(rule, manual.RewriteRule):
        return [step("i_rewrite", latex(rule.rewritten)), *below]
    return [*_deeper(below), step("i_factor", shown, value=latex(rule.constant))]


def _by_substitution(rule: Any, letters: str, shown: str) -> list[Step] | None:
    below = _told(rule.substep, letters[1:])
    if below is None:
        return None
    substituted = step("i_substitute", f"{letters[0]} = {latex(rule.u_func)}")
    return [substituted, *_lettered(below, rule, letters[0]), step("i_back", shown)]


def _by_parts(rule: Any, letters: str, shown: str) -> list[Step] | None:
    """Integration by parts; the parts are called u and v, or f and g if u is in use."""
    below = _told(rule.second_step, letters.removeprefix("u"))
    u, v = ("u", "v") if letters.startswith("u") else ("f", "g")
    parts = rf"{u} = {latex(rule.u)},\; {v}' = {latex(rule.dv)},\; {v} = {latex(rule.v_step.eval())}"
    return None if below is None else [step("i_parts", parts), *_deeper(below), step("i_put_together", shown)]


def _integrand(expr: Expr) -> str:
    return rf"\left({latex(expr)}\right)" if expr.is_Add else latex(expr)


def _deeper(steps: list[Step]) -> list[Step]:
    """The steps of the integral behind a constant factor; the simplest rules get no line."""
    return [] if len(steps) == 1 and steps[0].key in {"i_power", "i_constant", "i_known", "i_reciprocal"} else steps


def _lettered(steps: list[Step], rule: Any, letter: str) -> list[Step]:
    """The steps with the substitution's letter instead of sympy's name for it."""
    name = latex(rule.u_var)
    return [
        step(one.key, one.math.replace(name, letter),
             **{key: text.replace(name, letter) for key, text in one.values.items()})
        for one in steps
    ]  # fmt: skip
