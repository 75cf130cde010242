"""Solves a word problem: puts what is given into its formula, and solves that for what is asked for."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from maths.reading.nodes import Change, Const, Node, Num, Rel, Substitution, Sym, exact, rewrite
from maths.reading.word_problems.quantities import shown
from maths.reading.word_problems.word_problem import WordProblem
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import symbol, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import decimal, terminating


@dataclass(frozen=True)
class _Pi(Change):
    """Puts a number in the place of π."""

    value: Fraction

    def __call__(self, node: Node) -> Node:
        """The number for π, everything else as it is."""
        return Num(self.value, shown(self.value)) if node == Const("pi") else node


def solve_word_problem(problem: WordProblem) -> Solution:
    """Solve a word problem.

    Raises:
        Unsolved: no value fits, such as a leg longer than the hypotenuse.
    """
    if problem.name == "plane_midpoint":
        return _midpoint(problem)
    if problem.name in {"plane_line", "line_with_slope"}:
        return _line(problem)
    equation = _with_pi(problem)
    assert isinstance(equation, Rel)
    if problem.name == "plane_slope" and problem.points[0][0] == problem.points[1][0]:
        vertical = step("vertical_line", value=f"x = {shown(problem.points[0][0])}")
        return Solution("formula_plane_slope", node_latex(equation), tuple(_given(problem)), remark=vertical)
    filled = _filled(equation, problem)
    steps = [*_given(problem), step("word_put_in", node_latex(filled))]
    value = _value(filled, problem)
    if value is None:
        raise Unsolved("word_impossible")
    letter = latex(symbol(problem.wanted))
    if problem.scale != 1:
        steps.append(step("word_solve", f"{letter} = {written(value)}", value=letter))
        value = value * sp.Rational(problem.scale.numerator, problem.scale.denominator)
        steps.append(
            step("word_in_unit", f"{letter} = {written(value)}", unit='"' + re.sub(r"(?<=[⟪|]) ", "", problem.unit))
        )
    elif latex(value) not in node_latex(filled).partition("=")[2] or filled.sides[0] != equation.sides[0]:
        key = "word_calculate" if filled.sides[0] == Sym(problem.wanted) else "word_solve"
        steps.append(step(key, f"{letter} = {written(value)}", value=letter))
    if problem.name == "share":
        other = _known(problem)["S"] - value
        return Solution(f"formula_{problem.name}", node_latex(equation), tuple(steps),
                        f"{written(value)} <and> {written(other)}", unit=problem.unit)  # fmt: skip
    result = written(value) if problem.name == "conversion" else f"{letter} = {written(value)}"
    return Solution(f"formula_{problem.name}", node_latex(equation), tuple(steps), result, unit=problem.unit)


def value_of(problem: WordProblem) -> Any:
    """The value that is asked for, in the result's unit, as a sympy number; None if it is no single number."""
    if problem.name in {"plane_midpoint", "plane_line", "line_with_slope", "share"}:
        return None
    equation = _with_pi(problem)
    assert isinstance(equation, Rel)
    value = _value(_filled(equation, problem), problem)
    return None if value is None else value * sp.Rational(problem.scale.numerator, problem.scale.denominator)


def _with_pi(problem: WordProblem) -> Node:
    return problem.equation if problem.pi is None else rewrite(problem.equation, _Pi(problem.pi))


def _known(problem: WordProblem) -> dict[str, Any]:
    return {name: sp.Rational(value.numerator, value.denominator) for name, value in problem.given}


def _given(problem: WordProblem) -> list[Step]:
    letter = latex(symbol(problem.wanted))
    steps = [step("word_given", given='"' + ", ".join(problem.facts), value=letter)]
    if problem.conversions:
        steps.append(step("word_convert", given='"' + ", ".join(problem.conversions)))
    return steps


def _filled(equation: Rel, problem: WordProblem) -> Rel:
    """The formula with the numbers in it."""
    filled: Node = equation
    for name, value in problem.given:
        filled = rewrite(filled, Substitution(name, _number(value)))
    assert isinstance(filled, Rel)
    return filled


def _number(value: Fraction) -> Node:
    """A number as a tree, as a decimal where it was one."""
    text = shown(abs(value))
    if value >= 0 and not text.startswith("\\"):
        return Num(value, text)
    return exact(value)


def _value(filled: Rel, problem: WordProblem) -> Any:
    """The only value that fits, positive but for coordinates and temperatures; None if there is none."""
    letter = symbol(problem.wanted)
    left, right = to_sympy(filled.sides[0]), to_sympy(filled.sides[1])
    if left.has(sp.zoo, sp.nan) or right.has(sp.zoo, sp.nan):
        return None
    roots = [right] if left == letter and not right.has(letter) else sp.solve(sp.Eq(left, right), letter)
    signed = problem.name in {"plane_slope", "celsius", "fahrenheit"}
    fitting = [sp.nsimplify(root) if root.is_Float else root for root in roots if root.is_real and (signed or root > 0)]
    return fitting[0] if len(fitting) == 1 else None


def written(value: Any) -> str:
    """A value as school writes it: whole, as a decimal that ends, or exact with a decimal behind."""
    if value.is_Integer:
        return latex(value)
    if value.is_Rational:
        ending = terminating(value)
        if ending and len(ending.partition(".")[2]) <= 6:
            return ending
        return rf"{latex(value)} \approx {decimal(value)}"
    return rf"{latex(value)} \approx {decimal(value)}"


def _midpoint(problem: WordProblem) -> Solution:
    (x1, y1), (x2, y2) = problem.points
    formula = r"M = \left(\frac{x_1 + x_2}{2},\; \frac{y_1 + y_2}{2}\right)"
    filled = rf"M = \left(\frac{{{shown(x1)} + {_signed(x2)}}}{{2}},\; \frac{{{shown(y1)} + {_signed(y2)}}}{{2}}\right)"
    result = rf"M = \left({shown((x1 + x2) / 2)},\; {shown((y1 + y2) / 2)}\right)"
    steps = (step("word_given", given='"' + ", ".join(problem.facts), value="M"), step("word_put_in", filled))
    return Solution("formula_plane_midpoint", formula, steps, result)


def _line(problem: WordProblem) -> Solution:
    """The line through two points, or through one with a slope."""
    known = dict(problem.given)
    x1, y1 = problem.points[0]
    steps = [step("word_given", given='"' + ", ".join(problem.facts), value="y")]
    if problem.name == "plane_line":
        x2, y2 = problem.points[1]
        if x1 == x2:
            return Solution("formula_plane_line", "y = m x + b", (*steps, step("same_x")), f"x = {shown(x1)}")
        slope = (y2 - y1) / (x2 - x1)
        top, bottom = f"{shown(y2)} - {_signed(y1)}", f"{shown(x2)} - {_signed(x1)}"
        steps.append(step("line_slope", rf"m = \frac{{{top}}}{{{bottom}}} = {shown(slope)}"))
    else:
        slope = known["m"]
    constant = y1 - slope * x1
    steps.append(step("line_constant", rf"{shown(y1)} = {shown(slope)} \cdot {_signed(x1)} + b"))
    steps.append(step("word_solve", f"b = {shown(constant)}", value="b"))
    x = sp.Symbol("x")
    body = sp.Rational(slope.numerator, slope.denominator) * x + sp.Rational(constant.numerator, constant.denominator)
    return Solution("formula_plane_line", "y = m x + b", tuple(steps), f"y = {latex(body)}")


def _signed(value: Fraction) -> str:
    """A number behind a sign: a negative one in brackets."""
    return rf"\left({shown(value)}\right)" if value < 0 else shown(value)
