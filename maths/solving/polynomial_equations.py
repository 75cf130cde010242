"""Solves quadratic equations and polynomial equations of higher degree."""

from dataclasses import dataclass
from typing import Any

import sympy as sp

from maths.solving.solution import Step, step
from maths.writing.latex import latex
from maths.writing.values import alternatives, decimal, equation

Expr = Any
QUADRATIC = 2
LONGEST_ROOT = 60
"""The most operations of a root that is shown exactly; others are shown as decimals."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The steps to the roots, the real roots in ascending order, and the complex ones of a quadratic equation."""

    steps: list[Step]
    real: list[Expr]
    complex: list[Expr]


def polynomial_steps(left: Expr, right: Expr, var: Expr, *, by_formula: bool = False) -> Roots:
    """Solve `left = right`, a polynomial equation in `var` whose degree is 2 or more.

    With `by_formula`, the quadratic formula is used even if there is a shorter way.
    """
    difference = sp.expand(left - right)
    by_formula = by_formula and sp.degree(difference, var) == QUADRATIC
    pure = None if by_formula else _pure_square(left, right, difference, var)
    if pure is not None:
        return pure
    steps: list[Step] = []
    standard = _standard(difference, var)
    if sp.expand(left) != left or right != 0 or standard != left:
        steps.append(step("standard", equation(standard, sp.Integer(0))))
    if by_formula:
        return _formula(steps, standard, var)
    factors = sp.factor_list(standard, var)[1]
    if len(factors) == 1 and factors[0][1] == 1:
        return _irreducible(steps, standard, var)
    return _factored(steps, standard, factors, var)


def _standard(difference: Expr, var: Expr) -> Expr:
    """The polynomial with whole coefficients without a common divisor, the first one positive."""
    polynomial = sp.Poly(difference, var)
    if not all(coefficient.is_Rational for coefficient in polynomial.all_coeffs()):
        return difference
    primitive = polynomial.clear_denoms(convert=True)[1].primitive()[1]
    whole = primitive.as_expr()
    return sp.expand(-whole) if primitive.LC() < 0 else whole


def _pure_square(left: Expr, right: Expr, difference: Expr, var: Expr) -> Roots | None:
    """`a x^2 = c`, by a square root; None if it is written as a difference of squares."""
    polynomial = sp.Poly(difference, var)
    a, c = polynomial.coeff_monomial(var**2), polynomial.coeff_monomial(1)
    if polynomial.degree() != 2 or polynomial.coeff_monomial(var) != 0 or c == 0 or not a.is_Rational:
        return None
    square = sp.expand(-c / a)
    steps = []
    if (left, right) != (var**2, square):
        steps.append(step("isolate", equation(var**2, square), value=latex(var**2)))
    root = sp.sqrt(square)
    if square.is_negative:
        steps.append(step("negative_square"))
        return Roots(steps, [], [-root, root])
    steps.append(step("square_root", rf"{latex(var)} = \pm {latex(root)}"))
    return Roots(steps, [-root, root], [])


def _factored(steps: list[Step], standard: Expr, factors: list[tuple[Expr, int]], var: Expr) -> Roots:
    shown = sp.factor(standard, var)
    steps.append(step("factor_side", equation(shown, sp.Integer(0))))
    steps.append(step("zero_factors", " <or> ".join(equation(factor, sp.Integer(0)) for factor, _ in factors)))
    real: list[Expr] = []
    for factor, _ in factors:
        if sp.degree(factor, var) > 1:
            found = _irreducible([], factor, var)
            if found.real:
                steps.append(step("for_factor", alternatives(var, found.real), value=equation(factor, sp.Integer(0))))
            else:
                steps.append(step("factor_no_root", value=equation(factor, sp.Integer(0))))
            real += found.real
        else:
            real += sp.solve(factor, var)
    return Roots(steps, ordered(real), [])


def ordered(values: list[Expr]) -> list[Expr]:
    """Numbers in ascending order; other values in their order."""
    distinct = list(dict.fromkeys(values))
    return sorted(distinct, key=float) if all(value.is_number for value in distinct) else distinct


def _irreducible(steps: list[Step], standard: Expr, var: Expr) -> Roots:
    if sp.degree(standard, var) == 2:
        return _formula(steps, standard, var)
    exact = [root for root in sp.roots(sp.Poly(standard, var)) if root.is_real]
    counted = sp.Poly(standard, var).count_roots() if standard.free_symbols == {var} else None
    if exact and len(exact) == counted and all(sp.count_ops(root) <= LONGEST_ROOT for root in exact):
        values = ordered(exact)
        return Roots([*steps, step("direct", alternatives(var, values), value=latex(var))], values, [])
    if counted is None:
        values = [root for root in sp.solve(standard, var) if not root.has(sp.I)]
        return Roots([*steps, step("direct", alternatives(var, values), value=latex(var))], values, [])
    numeric = [sp.Float(root, 15) for root in sp.Poly(standard, var).nroots() if abs(sp.im(root)) < 1e-12]
    shown = " <or> ".join(rf"{latex(var)} \approx {decimal(root)}" for root in numeric)
    return Roots([*steps, step("numeric", shown)] if numeric else steps, numeric, [])


def _formula(steps: list[Step], standard: Expr, var: Expr) -> Roots:
    a, b, c = (sp.Poly(standard, var).coeff_monomial(var**power) for power in (2, 1, 0))
    discriminant = sp.expand(b**2 - 4 * a * c)
    shown = rf"D = b^{{2}} - 4ac = {_square(b)} - 4 \cdot {_factor(a)} \cdot {_factor(c)} = {latex(discriminant)}"
    steps = [*steps, step("discriminant", shown)]
    roots = [sp.together(sp.simplify((-b + sign * sp.sqrt(discriminant)) / (2 * a))) for sign in (-1, 1)]
    if discriminant.is_negative:
        return Roots([*steps, step("negative_discriminant")], [], roots)
    filled = rf"\frac{{-{_factor(b)} \pm \sqrt{{{latex(discriminant)}}}}}{{2 \cdot {_factor(a)}}}"
    steps.append(step("formula", rf"{latex(var)} = \frac{{-b \pm \sqrt{{D}}}}{{2a}} = {filled}"))
    return Roots(steps, ordered(roots), [])


def _factor(value: Expr) -> str:
    """A number as LaTeX, in brackets if it is negative or a sum."""
    text = latex(value)
    return text if value.is_nonnegative and not value.is_Add else rf"\left({text}\right)"


def _square(value: Expr) -> str:
    return f"{_factor(value)}^{{2}}"
