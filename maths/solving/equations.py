"""Solves equations in one unknown, with the steps; chooses the method by the equation's form."""

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy as sp

from maths.reading.nodes import Call, Frac, Node, Num, Product, Rel, Substitution, Sum, Sym, exact, rewrite, walk
from maths.solving.linear_equations import linear_steps
from maths.solving.lines_and_parabolas import described
from maths.solving.logarithmic_equations import one_logarithm
from maths.solving.polynomial_equations import polynomial_steps
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.solving.transcendental_equations import solve_transcendental
from maths.writing.latex import latex, node_latex
from maths.writing.values import alternatives, decimal, equation, has_decimals

Expr = Any


def solve_equation(node: Rel, name: str | None, *, by_formula: bool = False) -> Solution:
    """Solve one equation for the variable of that name, or for the one that is most likely meant.

    With `by_formula`, a quadratic equation is solved by the quadratic formula.

    Raises:
        Unsolved: no method here solves it.
    """
    left, right = (to_sympy(side) for side in node.sides)
    free = sorted(left.free_symbols | right.free_symbols, key=str)
    if not free:
        return _statement(node, left, right)
    if name is None and (curve := described(node, left, right)):
        return curve
    var = symbol(name) if name and symbol(name) in free else unknown(free)
    return _Equation(node, left, right, var, by_formula=by_formula).solution()


def unknown(free: list[Expr]) -> Expr:
    """The variable that is most likely meant: x, then y, z, t, else the first."""
    return next((one for name in "xyzt" if (one := symbol(name)) in free), free[0])


def roots_of(node: Rel, name: str | None = None) -> list[Expr]:
    """The real solutions of an equation in one unknown, without steps; raises Unsolved."""
    left, right = (to_sympy(side) for side in node.sides)
    free = sorted((left - right).free_symbols, key=str)
    if not free:
        raise Unsolved
    var = symbol(name) if name and symbol(name) in free else unknown(free)
    found = sp.solveset(left - right, var, sp.S.Reals)
    if not isinstance(found, sp.FiniteSet):
        raise Unsolved
    return sorted(found, key=lambda root: float(root) if root.is_number else 0)


def _statement(node: Rel, left: Expr, right: Expr) -> Solution:
    """An equation without an unknown: true or false."""
    equal = sp.simplify(left - right) == 0
    remark = step("true") if equal else step("false", left=latex(left), right=latex(right))
    return Solution("check_equation", node_latex(node), (), remark=remark)


class _Equation:
    """Solves one equation."""

    def __init__(self, node: Rel, left: Expr, right: Expr, var: Expr, *, by_formula: bool) -> None:
        self.by_formula = by_formula
        self.node = node
        self.left = left
        self.right = right
        self.var = var
        self.decimals = has_decimals(node)

    def solution(self) -> Solution:
        """The solution, by the first method that fits the equation's form."""
        difference = sp.expand(self.left - self.right)
        if difference == 0:
            return self._remark([], "always")
        if difference.is_polynomial(self.var):
            return self._polynomial(difference)
        for way in (self._logarithm, self._rational, self._absolute, self._radical, self._kernel, self._general):
            if found := way():
                return found
        raise Unsolved

    def _done(self, steps: list[Step], result: str, *notes: Step) -> Solution:
        return Solution("solve_equation", node_latex(self.node), tuple(steps), result, notes=notes)

    def _remark(self, steps: list[Step], key: str, **values: str) -> Solution:
        return Solution("solve_equation", node_latex(self.node), tuple(steps), remark=step(key, **values))

    def _values(self, steps: list[Step], values: list[Expr], *notes: Step) -> Solution:
        if not values:
            return self._remark(steps, "no_real")
        return self._done(steps, alternatives(self.var, values, decimals=self.decimals), *notes)

    def _polynomial(self, difference: Expr) -> Solution:
        degree = sp.degree(difference, self.var)
        if degree <= 0:
            return self._remark(self._without_variable(), "no_solution")
        if degree == 1:
            return self._linear()
        found = polynomial_steps(self.left, self.right, self.var, by_formula=self.by_formula)
        if not found.real and found.complex:
            shown = alternatives(self.var, found.complex)
            return self._remark(found.steps, "complex", value=shown)
        return self._values(found.steps, found.real)

    def _without_variable(self) -> list[Step]:
        """The unknown cancels out, and what remains is false."""
        left, right = sp.expand(self.left), sp.expand(self.right)
        steps = [step("expand_sides", equation(left, right))] if (left, right) != (self.left, self.right) else []
        common = left - left.as_independent(self.var, as_Add=True)[0]
        return [*steps, step("subtract", equation(left - common, right - common), value=latex(common))]

    def _linear(self) -> Solution:
        before = self._collected()
        steps, value = linear_steps(self.left, self.right, self.var)
        steps = before + steps if not (steps and steps[0].key == "expand_sides") else steps
        if value is None:
            same = sp.expand(self.left - self.right) == 0
            return self._remark(steps, "always" if same else "no_solution")
        result = alternatives(self.var, [value], decimals=self.decimals)
        return self._done(steps, result, *self._check(value))

    def _collected(self) -> list[Step]:
        """Steps that sympy does by itself: like terms are added up, and denominators are cleared."""
        sides = (self.left, self.right)
        if not any(
            _terms(written) > len(sp.Add.make_args(side)) for written, side in zip(self.node.sides, sides, strict=True)
        ):
            return []
        denominators = [bottom for side in self.node.sides for bottom in _denominators(side)]
        common = sp.Integer(math.lcm(1, *denominators))
        if common == 1:
            return [step("expand_sides", equation(self.left, self.right))]
        cleared = " = ".join(_cleared(side, common) for side in self.node.sides)
        self.left, self.right = sp.expand(self.left * common), sp.expand(self.right * common)
        return [step("clear", cleared, value=latex(common)), step("expand_sides", equation(self.left, self.right))]

    def _check(self, value: Expr) -> list[Step]:
        """A check: both sides with a simple solution put in."""
        if not value.is_Rational or not {self.left, self.right} - {self.var}:
            return []
        sides = [sp.simplify(to_sympy(side).subs(self.var, value)) for side in self.node.sides]
        if sides[0] != sides[1] or self.node.sides[0] == Sym(str(self.var)):
            return []
        put_in = node_latex(
            rewrite(self.node, Substitution(str(self.var), exact(Fraction(int(value.p), int(value.q)))))
        )
        return [step("check", value=equation(self.var, value), formula=put_in)]

    def _logarithm(self) -> Solution | None:
        """`log_2(x + 1) = 3`, `log x + log(x + 3) = 1`: the base to the power of the other side."""
        found = one_logarithm(self.node, self.var)
        if found is None or not (found.left.is_polynomial(self.var) and found.right.is_polynomial(self.var)):
            return None
        written = sum(isinstance(part, Call) and part.name in {"log", "ln"} for part in walk(self.node))
        steps = [step("log_together", found.shown)] if written > 1 else []
        steps.append(step("exponentiate", equation(found.left, found.right)))
        values, more = self._of_polynomial(found.left, found.right)
        return self._tried(steps + more, values)

    def _rational(self) -> Solution | None:
        """An equation with the unknown in a denominator."""
        difference = sp.together(self.left - self.right)
        top, bottom = sp.fraction(difference)
        if not (bottom.has(self.var) and top.is_polynomial(self.var) and bottom.is_polynomial(self.var)):
            return None
        common = sp.factor(sp.lcm_list([sp.denom(sp.together(side)) for side in (self.left, self.right)]))
        left, right = (sp.expand(sp.cancel(side * common)) for side in (self.left, self.right))
        excluded = [root for root in sp.roots(sp.Poly(common, self.var)) if root.is_real]
        nonzero = " <and> ".join(rf"{latex(self.var)} \ne {latex(root)}" for root in excluded)
        steps = [
            step("denominators", nonzero) if excluded else step("denominators_fine"),
            step("clear", equation(left, right), value=latex(common)),
        ]
        values, more = self._of_polynomial(left, right)
        return self._kept(steps + more, values, excluded)

    def _of_polynomial(self, left: Expr, right: Expr) -> tuple[list[Expr], list[Step]]:
        """The real roots of a polynomial equation that another method leads to, with its steps."""
        difference = sp.expand(left - right)
        if not difference.has(self.var):
            if difference == 0:
                raise Unsolved
            return [], []
        if sp.degree(difference, self.var) == 1:
            steps, value = linear_steps(left, right, self.var)
            return ([] if value is None else [value]), steps
        found = polynomial_steps(left, right, self.var)
        return found.real, found.steps

    def _kept(self, steps: list[Step], values: list[Expr], excluded: list[Expr]) -> Solution:
        kept = [value for value in values if not any(sp.simplify(value - bad) == 0 for bad in excluded)]
        dropped = [value for value in values if value not in kept]
        if dropped:
            steps = [*steps, step("drop", value=alternatives(self.var, dropped))]
        if not kept:
            return self._remark(steps, "no_real" if values != dropped else "no_solution")
        return self._values(steps, kept)

    def _absolute(self) -> Solution | None:
        """An equation with one absolute value."""
        parts = (self.left - self.right).atoms(sp.Abs)
        if len(parts) != 1:
            return None
        part = parts.pop()
        stand_in = sp.Dummy("t", real=True)
        difference = sp.expand((self.left - self.right).subs(part, stand_in))
        if (difference.has(self.var) and not difference.is_polynomial(self.var)) or sp.degree(
            difference, stand_in
        ) != 1:
            return None
        value = sp.simplify(sp.solve(difference, stand_in)[0])
        steps = [] if self.left == part else [step("isolate", equation(part, value), value=latex(part))]
        if value.is_number and value < 0:
            return self._remark([*steps, step("abs_negative")], "no_solution")
        inner = part.args[0]
        branches = [value] if value == 0 else [value, -value]
        shown = " <or> ".join(equation(inner, branch) for branch in branches)
        steps.append(step("abs_cases", shown))
        values = [root for branch in branches for root in self._of_polynomial(inner, branch)[0]]
        return self._tried([*steps, step("each_case", alternatives(self.var, values))], values)

    def _radical(self) -> Solution | None:
        """An equation with one root that has the unknown under it."""
        parts = {
            part for part in (self.left - self.right).atoms(sp.Pow)
            if part.exp.is_Rational and not part.exp.is_Integer and part.base.has(self.var)
        }  # fmt: skip
        if len(parts) != 1:
            return None
        part = parts.pop()
        stand_in = sp.Dummy("t", real=True)
        difference = sp.expand((self.left - self.right).subs(part, stand_in))
        if part.exp.p != 1 or not difference.is_polynomial(stand_in) or sp.degree(difference, stand_in) != 1:
            return None
        value = sp.expand(sp.solve(difference, stand_in)[0])
        if not value.is_polynomial(self.var):
            return None
        steps = [] if self.left == part else [step("isolate", equation(part, value), value=latex(part))]
        index = part.exp.q
        left, right = sp.expand(part.base), sp.expand(value**index)
        key = "square_both" if index == 2 else "raise_both"
        steps.append(step(key, equation(left, right), value=latex(sp.Integer(index))))
        values, more = self._of_polynomial(left, right)
        return self._tried(steps + more, values)

    def _tried(self, steps: list[Step], values: list[Expr]) -> Solution:
        """The solution by values that are put into the equation; those that do not fit are dropped."""
        good = [value for value in dict.fromkeys(values) if self._fits(value)]
        wrong = [value for value in dict.fromkeys(values) if value not in good]
        if wrong:
            steps = [*steps, step("false_roots", value=alternatives(self.var, wrong))]
        elif good:
            steps = [*steps, step("all_fit")]
        return self._values(steps, sorted(good, key=float)) if good else self._remark(steps, "no_solution")

    def _fits(self, value: Expr) -> bool:
        rest = sp.simplify((self.left - self.right).subs(self.var, value))
        return bool(rest == 0 or abs(sp.N(rest)) < 1e-9)

    def _kernel(self) -> Solution | None:
        found = solve_transcendental(self.left, self.right, self.var)
        if found is None:
            return None
        if found.values is not None:
            return self._values(found.steps, found.values)
        if not found.result:
            return self._remark(found.steps, "no_real")
        return replace(self._done(found.steps, found.result, *found.notes), families=found.families)

    def _general(self) -> Solution | None:
        """The solutions that sympy finds, without steps."""
        found = sp.solveset(self.left - self.right, self.var, sp.S.Reals)
        if found is sp.S.EmptySet:
            return self._remark([], "no_real")
        if found is sp.S.Reals:
            return self._remark([], "always")
        if isinstance(found, sp.FiniteSet):
            return self._values(
                [step("direct", alternatives(self.var, found), value=latex(self.var))], sorted(found, key=str)
            )
        return self._numeric()

    def _numeric(self) -> Solution | None:
        """Approximate real roots between -20 and 20, found where the sign changes."""
        roots = numeric_roots(self.left - self.right, self.var)
        if not roots:
            return None
        shown = " <or> ".join(rf"{latex(self.var)} \approx {decimal(root)}" for root in roots)
        return self._done([step("numeric_scan", shown)], shown)


def _terms(node: Node) -> int:
    """How many terms were written on a side."""
    return len(node.terms) if isinstance(node, Sum) else 1


def _denominators(node: Node) -> list[int]:
    """The whole numbers that terms of a side are divided by."""
    found = []
    for part in walk(node):
        match part:
            case Frac(_, Num(value)) if value.denominator == 1:
                found.append(int(value))
            case Product(factors):
                found += [
                    int(one.value)
                    for sign, one in factors
                    if sign == "/" and isinstance(one, Num) and one.value.denominator == 1
                ]
    return [value for value in found if value]


def _cleared(node: Node, common: Expr) -> str:
    """A side with each term multiplied by `common`, as LaTeX; the terms are not added up."""
    terms = node.terms if isinstance(node, Sum) else (("+", node),)
    text = ""
    for sign, term in terms:
        value = sp.expand(to_sympy(term) * common)
        negative = value.could_extract_minus_sign() != (sign == "-")
        size = latex(-value if value.could_extract_minus_sign() else value)
        text += f" {'-' if negative else '+'} {size}" if text else f"{'-' if negative else ''}{size}"
    return text


def _bisected(expr: Expr, var: Expr, low: Expr, high: Expr) -> Expr:
    """The root between `low` and `high`, where the sign changes, to about 15 digits."""
    low, high = sp.Float(low), sp.Float(high)
    rising = bool(sp.N(expr.subs(var, high)) > 0)
    for _ in range(55):
        middle = (low + high) / 2
        value = sp.N(expr.subs(var, middle))
        if not value.is_real:
            break
        low, high = (low, middle) if bool(value > 0) == rising else (middle, high)
    return (low + high) / 2


def numeric_roots(expr: Expr, var: Expr) -> list[Expr]:
    """Real roots between -20 and 20 where the sign changes."""
    if expr.free_symbols != {var}:
        return []
    places = [sp.Rational(step_, 4) + sp.Rational(1, 97) for step_ in range(-80, 81)]
    roots: list[Expr] = []
    before: tuple[Expr, Expr] | None = None
    for place in places:
        value = sp.N(expr.subs(var, place))
        if not (value.is_real and value.is_finite):
            before = None
            continue
        if before is not None and before[1] * value < 0:
            root = _bisected(expr, var, before[0], place)
            if abs(sp.N(expr.subs(var, root))) < 1e-6:
                roots.append(root)
        before = (place, value)
    return roots
