"""Calculates with numbers, step by step in the order of operations; divisors, primes, percentages and means."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from maths.reading.nodes import (
    Call,
    Change,
    Frac,
    Mixed,
    Neg,
    Node,
    Num,
    Postfix,
    Power,
    Product,
    Root,
    Sum,
    exact,
    rewrite,
    walk,
)
from maths.solving.solution import Solution, Step, Unsolved, step
from maths.solving.to_sympy import is_percentage_of_the_rest, number, to_sympy
from maths.writing.latex import latex, node_latex
from maths.writing.values import decimal, has_decimals, terminating, with_decimal, worth_decimal

Expr = Any
MAX_ROUNDS = 10
LONGEST_LINE = 300
MAX_FACTORED = 10**15
MAX_DIVIDED = 10**9
"""The largest number whose divisors are listed."""


def exact_value(node: Node) -> Expr:
    """The value of an expression, in its simplest form."""
    value = sp.simplify(to_sympy(node)) if not _is_rational(node) else to_sympy(node)
    if any(part.base.is_Add and part.exp.is_Integer for part in value.atoms(sp.Pow)):
        value = min((value, sp.radsimp(sp.expand(value))), key=lambda one: len(one.atoms(sp.Pow)) + one.count(sp.Add))
    if value.has(sp.I):
        value = sp.simplify(sp.expand_complex(value))
    return value


def evaluate(node: Node) -> Solution:
    """The value of an expression without unknowns."""
    value = exact_value(node)
    steps = _rounds(node) if _is_rational(node) else _of_roots(node, value)
    result = value_shown(value, decimals=has_decimals(node))
    if steps and steps[-1].math == result:
        steps = steps[:-1] if len(steps) > 3 else steps
    return Solution("evaluate", node_latex(node), tuple(steps), result, notes=_radians(node))


def _radians(node: Node) -> tuple[Step, ...]:
    """A note on `sin(30)`, which is in radians here: most students mean degrees."""
    for part in walk(node):
        match part:
            case Call("sin" | "cos" | "tan" as name, (Num(value=value) as angle,)) if value > 3:
                return (step("radians", value=node_latex(angle), degrees=f'"`{name} {value}°`'),)
    return ()


def value_shown(value: Expr, *, decimals: bool) -> str:
    """A number as LaTeX; as a decimal if the student wrote decimals."""
    if value.is_Rational and not value.is_Integer and decimals and (text := terminating(value)):
        return text
    if value.is_Rational and not value.is_Integer:
        mixed = _mixed(value)
        text = terminating(value)
        return latex(value) + mixed + (f" = {text}" if text and len(text) < 8 else "")
    if value.is_number and value.is_real and worth_decimal(value) and len(latex(value)) > 200:
        return decimal(value)
    return with_decimal(value, decimals=decimals)


def _mixed(value: Expr) -> str:
    if abs(value) < 1 or value.q > 1000:
        return ""
    whole, rest = divmod(abs(int(value.p)), int(value.q))
    return rf" = {'-' if value < 0 else ''}{whole}\frac{{{rest}}}{{{int(value.q)}}}"


def _is_rational(node: Node) -> bool:
    """Whether a term has only fractions, whole powers and percentages."""
    return all(
        isinstance(part, Num | Neg | Sum | Product | Frac | Mixed | Postfix)
        or (isinstance(part, Power) and _whole(part.exponent))
        for part in walk(node)
    )


def _whole(node: Node) -> bool:
    return (isinstance(node, Neg) and _whole(node.arg)) or (isinstance(node, Num) and node.value.denominator == 1)


def _value_of(node: Node) -> Fraction:
    """The value of a rational part."""
    value = to_sympy(node)
    if not value.is_Rational:
        raise Unsolved
    return Fraction(int(value.p), int(value.q))


def _is_value(node: Node) -> bool:
    match node:
        case Num():
            return True
        case Neg(arg):
            return _is_value(arg)
        case Frac(top, bottom):
            return isinstance(top, Num) and isinstance(bottom, Num) and _value_of_frac(top, bottom)
    return False


def _value_of_frac(top: Num, bottom: Num) -> bool:
    return (
        top.value.denominator == 1
        and bottom.value.denominator == 1
        and math.gcd(int(top.value), int(bottom.value)) == 1
    )


_ROUNDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("mixed_numbers", (Mixed,)),
    ("powers_first", (Power, Postfix, Call)),
    ("products_first", (Product, Frac)),
    ("then_sums", (Sum,)),
)


def _rounds(node: Node) -> list[Step]:
    """The expression after each round: inner brackets first, then powers, products, sums."""
    steps: list[Step] = []
    if (spelt := _percentage_of_the_rest(node)) is not None:
        node = spelt
        steps.append(step("percent_of", node_latex(node)))
    for _ in range(MAX_ROUNDS):
        if _is_value(node):
            break
        if isinstance(node, Sum) and (line := _common_denominator(node)):
            steps.append(step("common_denominator", line))
        key, node = _one_round(node)
        text = node_latex(node)
        if key == "" or len(text) > LONGEST_LINE:
            break
        steps.append(step(key, text))
    return [step("calculate", steps[0].math)] if len(steps) == 1 else steps


def _percentage_of_the_rest(node: Node) -> Node | None:
    """`80 + 15%` is `80 + 80 × 15%`."""
    if not isinstance(node, Sum):
        return None
    *before, (sign, last) = node.terms
    if not is_percentage_of_the_rest(node.terms):
        return None
    rest = before[0][1] if len(before) == 1 and before[0][0] == "+" else Sum(tuple(before))
    return Sum((*before, (sign, Product((("*", rest), ("*", last))))))


def _one_round(node: Node) -> tuple[str, Node]:
    """Do the next operations in the innermost brackets, or in the whole if there are none."""
    brackets = [part for part in walk(node) if part is not node and isinstance(part, Sum)]
    inner = [part for part in brackets if not any(isinstance(one, Sum) for one in walk(part) if one is not part)]
    for key, kinds in _ROUNDS:
        change = _Work(kinds)
        changed = rewrite(node, _Within(inner, change)) if inner else rewrite(node, change)
        if change.worked:
            return ("brackets_first" if inner else key), changed
    return "", node


class _Within(Change):
    """Makes a change only within some parts."""

    def __init__(self, parts: Sequence[Node], change: Change) -> None:
        self._parts = parts
        self._change = change

    def __call__(self, node: Node) -> Node:
        return rewrite(node, self._change) if node in self._parts else node


class _Work(Change):
    """Calculates the nodes of some kinds whose parts are numbers already."""

    def __init__(self, kinds: tuple[type, ...]) -> None:
        self._kinds = kinds
        self.worked = False

    def __call__(self, node: Node) -> Node:
        if not isinstance(node, self._kinds) or _is_value(node) or not _ready(node):
            return node
        self.worked = True
        return shown_number(_value_of(node), decimals=has_decimals(node))


def _ready(node: Node) -> bool:
    parts = [part for part in walk(node) if part is not node]
    return all(isinstance(part, Num | Neg) or _is_value(part) or (isinstance(part, Num)) for part in parts)


def shown_number(value: Fraction, *, decimals: bool) -> Node:
    """A number as it is written in the next line."""
    if decimals and value.denominator != 1 and (text := terminating(number(abs(value)))):
        size = Num(abs(value), text)
        return Neg(size) if value < 0 else size
    return exact(value)


def _common_denominator(node: Sum) -> str:
    """`3/6 + 2/6` as LaTeX, when fractions with different denominators are added."""
    if not all(_is_value(term) for _, term in node.terms) or has_decimals(node):
        return ""
    values = [(sign, _value_of(term)) for sign, term in node.terms]
    denominators = {value.denominator for _, value in values}
    if len(denominators) < 2:
        return ""
    common = math.lcm(*denominators)
    text = ""
    for place, (sign, value) in enumerate(values):
        numerator = value.numerator * (common // value.denominator)
        shown = rf"\frac{{{abs(numerator)}}}{{{common}}}"
        shown = rf"\left(-{shown}\right)" if numerator < 0 and place else f"-{shown}" if numerator < 0 else shown
        text += shown if place == 0 and sign == "+" else f" {sign} {shown}"
    return text


def _of_roots(node: Node, value: Expr) -> list[Step]:
    """Roots, functions and constants: the values of the parts, then the whole."""
    steps = []
    if isinstance(node, Product) and all(isinstance(part, Root) and sign != "/" for sign, part in node.factors):
        inside = [to_sympy(part.arg) for _, part in node.factors if isinstance(part, Root)]
        index = {part.index for _, part in node.factors if isinstance(part, Root)}
        if len(index) == 1 and all(one.is_Integer and one >= 0 for one in inside):
            total = math.prod(int(one) for one in inside)
            degree = index.pop()
            sign = "" if degree == 2 else f"[{degree}]"
            product = r" \cdot ".join(latex(one) for one in inside)
            steps.append(step("roots_together", rf"\sqrt{sign}{{{product}}} = \sqrt{sign}{{{total}}}"))
    if steps:
        return [*steps, step("calculate", latex(value))]
    steps += [split for part in walk(node) if isinstance(part, Root) and (split := _square_part(part))]
    if not steps and not isinstance(node, Root):
        for part in walk(node):
            if isinstance(part, Root | Call) and part is not node:
                worth = sp.simplify(to_sympy(part))
                if latex(worth) != node_latex(part) and worth.is_number:
                    steps.append(step("is_worth", f"{node_latex(part)} = {latex(worth)}"))
    if node_latex(node) != latex(value) and not (steps and steps[-1].math.endswith(f" = {latex(value)}")):
        steps.append(step("calculate", latex(value)))
    return _distinct(steps)


def _distinct(steps: list[Step]) -> list[Step]:
    kept: list[Step] = []
    for one in steps:
        if one not in kept:
            kept.append(one)
    return kept


def _square_part(node: Root) -> Step | None:
    """`√72 = √(36·2) = 6√2`."""
    inside, index = to_sympy(node.arg), node.index
    if index != 2 or not inside.is_Integer or inside < 2:
        return None
    root = sp.sqrt(inside)
    if root.is_Integer:
        return step("root_is", f"{node_latex(node)} = {latex(root)}", value=f"{latex(root)}^{{2}} = {latex(inside)}")
    outside = root.as_coeff_Mul()[0]
    if outside == 1:
        return None
    return step(
        "square_part", rf"{node_latex(node)} = \sqrt{{{outside**2} \cdot {inside / outside**2}}} = {latex(root)}"
    )


def common(kind: str, nodes: tuple[Node, ...]) -> Solution:
    """Greatest common divisor, least common multiple or mean of numbers."""
    values = [to_sympy(node) for node in nodes]
    listed = ",\\; ".join(latex(value) for value in values)
    if kind == "mean":
        total = sp.Add(*values)
        added = " + ".join(latex(value) for value in values)
        shown = rf"\frac{{{added}}}{{{len(values)}}} = \frac{{{latex(total)}}}{{{len(values)}}}"
        mean = total / len(values)
        return Solution("mean", listed, (step("mean_steps", shown),), value_shown(mean, decimals=has_decimals(*nodes)))
    if not all(value.is_Integer and 0 < value < MAX_FACTORED for value in values):
        raise Unsolved("whole_numbers_only")
    numbers = [int(value) for value in values]
    lines = [step("prime_factors_of", f"{one} = {_prime_product(one)}") for one in numbers]
    result = math.gcd(*numbers) if kind == "gcd" else math.lcm(*numbers)
    lines.append(step(f"{kind}_rule", _prime_product(result) if result > 1 else "1"))
    return Solution(kind, listed, tuple(lines), str(result))


def _prime_product(value: int) -> str:
    factors = sp.factorint(value)
    parts = [str(prime) if power == 1 else f"{prime}^{{{power}}}" for prime, power in sorted(factors.items())]
    return r" \cdot ".join(parts) or str(value)


def convert(kind: str, node: Node) -> Solution:
    """A number as a percentage, as a decimal, or as a fraction in lowest terms."""
    value = to_sympy(node)
    if not value.is_Rational:
        raise Unsolved
    if kind == "percent":
        percent = value * 100
        shown = terminating(percent) if not percent.is_Integer else ""
        steps: tuple[Step, ...] = (step("times_hundred", rf"{node_latex(node)} \times 100\%"),)
        return Solution("as_percent", node_latex(node), steps, rf"{shown or latex(percent)}\%")
    if kind == "decimal":
        top, bottom = latex(sp.Integer(value.p)), latex(sp.Integer(value.q))
        ending = terminating(value)
        divided = () if value.is_Integer else (step("divide_out", rf"{top} \div {bottom}"),)
        return Solution("as_decimal", node_latex(node), divided, ending or rf"\approx {decimal(value)}")
    places = max((len(part.text.partition(".")[2]) for part in walk(node) if isinstance(part, Num)), default=0)
    scaled = rf"\frac{{{latex(value * 10**places)}}}{{{10**places}}}"
    steps = (step("over_ten", scaled), step("reduce", latex(value))) if places else (step("reduce", latex(value)),)
    return Solution("as_fraction", node_latex(node), steps, latex(value))


def prime_factors(node: Node) -> Solution:
    """A whole number as a product of primes."""
    value = to_sympy(node)
    if not value.is_Integer or not 1 < value < MAX_FACTORED:
        raise Unsolved("whole_numbers_only")
    steps = []
    rest = int(value)
    for prime in sp.primerange(2, 1000):
        while rest % prime == 0 and rest != prime:
            steps.append(step("divide_prime", rf"{rest} \div {prime} = {rest // prime}", value=str(prime)))
            rest //= prime
    if len(sp.factorint(int(value))) == 1 and sp.isprime(int(value)):
        return Solution("primes", str(value), (), str(value), remark=step("is_prime"))
    return Solution(
        "primes", str(value), tuple(steps[:12]), f"{value} = {_prime_product(int(value))}", remark=step("is_no_prime")
    )


def divisors(node: Node) -> Solution:
    """All divisors of a whole number, in pairs; raises Unsolved if it is too large or not natural."""
    value = to_sympy(node)
    if not value.is_Integer or not 0 < value <= MAX_DIVIDED:
        raise Unsolved("whole_numbers_only")
    found = [int(one) for one in sp.divisors(int(value))]
    pairs = [rf"{one} \times {int(value) // one}" for one in found if one * one <= value]
    return Solution("divisors", str(value), (step("in_pairs", r",\; ".join(pairs)),), r",\; ".join(map(str, found)))
