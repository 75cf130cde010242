"""Describes several numbers: the median, the mode, the range, which is larger; and the remainder of a division."""

from collections import Counter
from itertools import pairwise
from typing import Any

import sympy as sp

from maths.reading.nodes import Frac, Node, Num, Product
from maths.solving.arithmetic import common, value_shown
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import decimal, has_decimals, terminating

_GAP = r",\; "


def describe(kind: str, nodes: tuple[Node, ...]) -> Solution:
    """What several numbers have in common, their mean, median, mode, range or order; the remainder of a division.

    Raises:
        Unsolved: one of them is no real number, or no value comes more often than the others.
    """
    if kind in {"gcd", "lcm", "mean"}:
        return common(kind, nodes)
    if kind == "remainder":
        return _remainder(nodes[0])
    values = [to_sympy(node) for node in nodes]
    if not all(value.is_real for value in values):
        raise Unsolved
    pairs = sorted(zip(values, nodes, strict=True), key=lambda pair: pair[0])
    listed = _GAP.join(node_latex(node) for node in nodes)
    if kind == "order":
        return _ordered(pairs, nodes, listed)
    decimals = has_decimals(*nodes)
    in_order = [value for value, _ in pairs]
    shown = step("sorted", _GAP.join(node_latex(node) for _, node in pairs))
    if kind == "range":
        result = in_order[-1] - in_order[0]
        steps: tuple[Step, ...] = (step("largest_less_smallest", f"{_in(in_order[-1])} - {_in(in_order[0])}"),)
        return Solution(kind, listed, steps, value_shown(result, decimals=decimals))
    if kind == "median":
        half, odd = divmod(len(in_order), 2)
        if odd:
            steps = (shown, step("middle_one", latex(in_order[half])))
            return Solution(kind, listed, steps, value_shown(in_order[half], decimals=decimals))
        low, high = in_order[half - 1], in_order[half]
        steps = (shown, step("middle_two", rf"\frac{{{latex(low)} + {_in(high)}}}{{2}}"))
        return Solution(kind, listed, steps, value_shown((low + high) / 2, decimals=decimals))
    counts = Counter(in_order)
    most = max(counts.values())
    if most == 1 or (len(counts) > 1 and len(set(counts.values())) == 1):
        raise Unsolved("no_mode")
    modes = [value for value in dict.fromkeys(in_order) if counts[value] == most]
    steps = (step("counted", _GAP.join(map(latex, modes)), value=str(most)),)
    return Solution(kind, listed, steps, " <and> ".join(value_shown(value, decimals=decimals) for value in modes))


def _in(value: Any) -> str:
    return rf"\left({latex(value)}\right)" if value.is_negative else latex(value)


def _ordered(pairs: list[tuple[Any, Node]], nodes: tuple[Node, ...], listed: str) -> Solution:
    """Two numbers with the sign between them, or more from the smallest to the largest."""
    values = [value for value, _ in pairs]
    steps: tuple[Step, ...] = ()
    fractions = all(value.is_Rational for value in values) and not has_decimals(*nodes)
    shared = sp.ilcm(1, *(value.q for value in values)) if fractions else 1
    if shared > 1:
        written = [rf"{node_latex(node)} = \frac{{{latex(to_sympy(node) * shared)}}}{{{shared}}}" for node in nodes]
        steps = (step("same_denominator", _GAP.join(written)),)
    elif worth := [_as_decimal(node) for node in nodes if latex(to_sympy(node)) != node_latex(node) or not fractions]:
        steps = (step("as_decimals" if not fractions else "calculate", _GAP.join(worth)),)
    if len(nodes) == 2:
        left, right = map(to_sympy, nodes)
        sign = "=" if left == right else "<" if left < right else ">"
        return Solution("order", listed, steps, f"{node_latex(nodes[0])} {sign} {node_latex(nodes[1])}")
    text = node_latex(pairs[0][1])
    for (before, _), (value, node) in pairwise(pairs):
        text += f" {'=' if before == value else '<'} {node_latex(node)}"
    return Solution("order", listed, steps, text)


def _as_decimal(node: Node) -> str:
    value = to_sympy(node)
    ending = latex(value) if value.is_Integer else terminating(value) if value.is_Rational else ""
    if ending == node_latex(node):
        return ending
    return f"{node_latex(node)} = {ending}" if ending else rf"{node_latex(node)} \approx {decimal(value)}"


def _remainder(node: Node) -> Solution:
    """What is left of a division of two whole numbers.

    Raises:
        Unsolved: it is no such division.
    """
    match node:
        case Frac(top, bottom) | Product((("+" | "*" | "", top), ("/", bottom))):
            parts = top, bottom
        case _:
            raise Unsolved("remainder_of_whole")
    whole, by = (to_sympy(one) for one in parts)
    if not (whole.is_Integer and by.is_Integer and by > 0 and isinstance(parts[1], Num)):
        raise Unsolved("remainder_of_whole")
    times, rest = divmod(int(whole), int(by))
    steps = (step("divide_with_rest", rf"{whole} = {by} \cdot {_in(sp.Integer(times))} + {rest}"),)
    return Solution("remainder", rf"{whole} \div {by}", steps, str(rest))
