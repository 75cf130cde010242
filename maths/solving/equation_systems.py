"""Solves systems of equations, with the steps."""

from collections.abc import Sequence
from typing import Any

import sympy as sp

from maths.reading.nodes import Node, Rel
from maths.solving.linear_equations import linear_steps
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import equation

Expr = Any
MAX_EQUATIONS = 6


def solve_system(nodes: Sequence[Node]) -> Solution:
    """Solve equations together.

    Raises:
        Unsolved: no method here solves them.
    """
    relations = [node for node in nodes if isinstance(node, Rel) and node.ops == ("=",)]
    if len(relations) != len(nodes) or len(nodes) > MAX_EQUATIONS:
        raise Unsolved
    problem = r"\begin{cases} " + r" \\ ".join(node_latex(node) for node in nodes) + r" \end{cases}"
    sides = [(to_sympy(node.sides[0]), to_sympy(node.sides[1])) for node in relations]
    differences = [sp.expand(left - right) for left, right in sides]
    unknowns = sorted(set().union(*(one.free_symbols for one in differences)), key=str)
    try:
        linear = all(sp.Poly(one, *unknowns).total_degree() <= 1 for one in differences)
    except sp.PolynomialError:
        linear = False
    if linear and len(unknowns) == len(differences) == 2:
        return _Elimination(problem, differences, unknowns).solution()
    if linear:
        return _many(problem, differences, unknowns)
    return _nonlinear(problem, differences, unknowns)


def shown(unknowns: Sequence[Expr], values: Sequence[Expr]) -> str:
    """`x = 1, y = 2` as LaTeX."""
    return r",\; ".join(equation(name, value) for name, value in zip(unknowns, values, strict=True))


class _Elimination:
    """Solves two linear equations in two unknowns by elimination."""

    def __init__(self, problem: str, differences: list[Expr], unknowns: list[Expr]) -> None:
        self.problem = problem
        self.x, self.y = unknowns
        self.rows = [self._row(difference) for difference in differences]

    def _row(self, difference: Expr) -> tuple[Expr, Expr, Expr]:
        """`a x + b y = c`, with whole numbers."""
        polynomial = sp.Poly(difference, self.x, self.y).clear_denoms(convert=True)[1]
        a, b, c = (polynomial.coeff_monomial(monomial) for monomial in (self.x, self.y, 1))
        return a, b, -c

    def _shown(self, row: tuple[Expr, Expr, Expr]) -> str:
        return equation(row[0] * self.x + row[1] * self.y, row[2])

    def solution(self) -> Solution:
        """By elimination of one unknown."""
        first, second = self.rows
        determinant = first[0] * second[1] - second[0] * first[1]
        steps = [step("number_equations", rf"(1)\; {self._shown(first)},\quad (2)\; {self._shown(second)}")]
        if determinant == 0:
            return self._dependent(steps)
        place = self._eliminated()
        other = 1 - place
        row = self._combined(steps, place)
        kept, gone = (self.x, self.y)[other], (self.x, self.y)[place]
        value = row[2] / row[other]
        if row[other] != 1:
            steps.append(step("divide", equation(kept, value), value=latex(row[other])))
        source = first if first[place] != 0 else second
        left = source[place] * gone + source[other] * value
        steps.append(step("put_in", equation(sp.expand(left), source[2]), value=equation(kept, value)))
        more, result = linear_steps(sp.expand(left), source[2], gone)
        assert result is not None
        steps += more
        values = (value, result) if other == 0 else (result, value)
        return Solution("solve_system", self.problem, tuple(steps), shown((self.x, self.y), values))

    def _eliminated(self) -> int:
        """The unknown to eliminate: one that an equation lacks, else the one that needs smaller multiples."""

        def effort(place: int) -> Expr:
            pair = [abs(row[place]) for row in self.rows]
            return 0 if 0 in pair else sp.ilcm(*pair)

        return 1 if effort(1) <= effort(0) else 0

    def _combined(self, steps: list[Step], place: int) -> tuple[Expr, Expr, Expr]:
        """The two equations combined into one without the unknown at `place`."""
        first, second = self.rows
        for row in self.rows:
            if row[place] == 0:
                return row
        common = sp.ilcm(abs(first[place]), abs(second[place]))
        factors = [sp.Integer(common / abs(row[place])) for row in self.rows]
        scaled = []
        for name, factor, row in zip(("(1)", "(2)"), factors, self.rows, strict=True):
            scaled.append(tuple(factor * number for number in row))
            if factor != 1:
                steps.append(step("scale", self._shown(scaled[-1]), name=f'"{name}', value=latex(factor)))
        same = scaled[0][place] == scaled[1][place]
        sign = -1 if same else 1
        result = tuple(one + sign * other for one, other in zip(*scaled, strict=True))
        other_place = 1 - place
        if result[other_place] < 0:
            result = tuple(-number for number in result)
        gone = latex((self.x, self.y)[place])
        steps.append(step("subtract_equations" if same else "add_equations", self._shown(result), value=gone))
        return result

    def _dependent(self, steps: list[Step]) -> Solution:
        solvable = sp.linsolve([row[0] * self.x + row[1] * self.y - row[2] for row in self.rows], [self.x, self.y])
        remark = (
            step("no_solution_parallel")
            if solvable is sp.S.EmptySet
            else step("same_line", value=self._shown(self.rows[0]))
        )
        return Solution("solve_system", self.problem, tuple(steps), remark=remark)


def _many(problem: str, differences: list[Expr], unknowns: list[Expr]) -> Solution:
    """Linear equations by Gaussian elimination."""
    found = sp.linsolve(differences, unknowns)
    if found is sp.S.EmptySet:
        return Solution("solve_system", problem, (), remark=step("no_solution"))
    values = next(iter(found))
    matrix = sp.linear_eq_to_matrix(differences, unknowns)
    reduced = matrix[0].row_join(matrix[1]).rref()[0]
    lines = [
        equation(sum(reduced[row, column] * name for column, name in enumerate(unknowns)), reduced[row, len(unknowns)])
        for row in range(reduced.rows)
        if any(reduced[row, column] != 0 for column in range(len(unknowns)))
    ]
    steps = (step("gauss", r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"),)
    free = any(value.free_symbols for value in values)
    return Solution(
        "solve_system", problem, steps, shown(unknowns, values), notes=(step("free_unknown"),) if free else ()
    )


def _nonlinear(problem: str, differences: list[Expr], unknowns: list[Expr]) -> Solution:
    """By substitution of an unknown that one of the equations gives directly."""
    try:
        found = sp.solve(differences, unknowns, dict=True)
    except NotImplementedError as error:
        raise Unsolved from error
    real = [one for one in found if all(value.is_real is not False for value in one.values())]
    steps = _substitution(differences, unknowns)
    if not real:
        return Solution("solve_system", problem, tuple(steps), remark=step("no_real"))
    results = [
        shown([name for name in unknowns if name in one], [one[name] for name in unknowns if name in one])
        for one in real
    ]
    steps.append(step("solve_and_back"))
    return Solution("solve_system", problem, tuple(steps), " <or> ".join(rf"\left({one}\right)" for one in results))


def _substitution(differences: list[Expr], unknowns: list[Expr]) -> list[Step]:
    for difference in differences:
        for name in unknowns:
            if (
                difference.is_polynomial(name)
                and sp.degree(difference, name) == 1
                and difference.coeff(name, 1).is_number
            ):
                value = sp.expand(sp.solve(difference, name)[0])
                rest = [sp.expand(one.subs(name, value)) for one in differences if one is not difference]
                return [
                    step("isolate_in", equation(name, value), value=latex(name)),
                    step("substitute_in", equation(rest[0], sp.Integer(0))),
                ]
    return []
