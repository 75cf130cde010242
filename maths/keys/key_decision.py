"""Decides which choices of a question are right, where that can be told for certain."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from maths.keys import calculus_choices, solution_choices
from maths.keys.choice_reading import formula_of, has_decimal, saying_of
from maths.keys.equivalence import function_of, same_functions
from maths.keys.formula_reading import NotRead, expression_of, without_labels
from maths.keys.number_forms import has_form
from maths.keys.question_reading import task_of
from maths.keys.question_tasks import (
    Antiderivative,
    DefiniteIntegral,
    Derivative,
    Extreme,
    Form,
    LimitValue,
    PercentOf,
    Solutions,
    SolvedFor,
    SystemSolution,
    Task,
    Value,
)
from maths.reading.nodes import Call, Const, Neg, Node, Num, Postfix, Rel, variables_of, walk
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.values.evaluation import value_of
from maths.values.numbers import NoRealValue, NotCalculable, real, same_value

Judgement = bool | None
"""Whether a choice is right; None: that cannot be told."""

TIE: Final = 10**-20
"""A value that is so near to the middle between two decimals is not rounded."""
_OF_ANGLES: Final = frozenset({"sin", "cos", "tan", "sec", "csc", "cot"})
_ONE_FORM: Final = frozenset({"lowest", "mixed", "improper", "scientific"})
NEAR: Final = 0.02
"""A decimal that is so near to the value, relatively, may be meant as the value rounded."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The indexes of the choices that are right, and of all others it is known that they are wrong."""

    task: Task
    right: tuple[int, ...]


def decide(question: str, choices: Sequence[str]) -> Decision | None:
    """Decide which choices are right; None if anything about the question or a choice is not certain."""
    task = task_of(question)
    if task is None:
        return None
    texts = without_labels(choices)
    found: set[tuple[int, ...]] = set()
    for log_base in _log_bases(task, texts):
        right = _right_choices(task, texts, log_base)
        if right is None:
            return None
        found.add(right)
    if len(found) > 1:  # `log` may have the base 10 or e: one of the two must be ruled out
        found.discard(())
    return Decision(task, found.pop()) if len(found) == 1 else None


def _log_bases(task: Task, texts: Sequence[str]) -> tuple[int | None, ...]:
    nodes = [*_nodes_of(task)]
    for text in texts:
        try:
            nodes.append(formula_of(text))
        except NotRead:
            continue
    bare = any(
        isinstance(part, Call) and part.name == "log" and part.base is None for one in nodes for part in walk(one)
    )
    return (10, None) if bare else (10,)


def _nodes_of(task: Task) -> list[Node]:
    names = ("node", "relation", "body", "low", "high", "to", "wanted")
    found = [getattr(task, name, None) for name in names]
    return [node for node in [*found, *getattr(task, "equations", ())] if node is not None]


def _right_choices(task: Task, texts: Sequence[str], log_base: int | None) -> tuple[int, ...] | None:
    try:
        judged = _judged(task, texts, log_base)
    except (NotRead, NotCalculable, NoRealValue, TooLarge, Undefined, Unsupported, ArithmeticError):
        return None
    if judged is None:
        return None
    for place, text in enumerate(texts):
        if saying_of(text) == "no_choice":
            others = [one for at, one in enumerate(judged) if at != place]
            judged[place] = None if None in others else not any(others)
    if None in judged:
        return None
    return tuple(place for place, right in enumerate(judged) if right)


def _judged(task: Task, texts: Sequence[str], log_base: int | None) -> list[Judgement] | None:
    match task:
        case Value():
            return _of_value(task, texts, log_base)
        case PercentOf():
            return _of_percent(task, texts)
        case Solutions():
            return solution_choices.of_equation(task, texts, log_base)
        case SolvedFor():
            return solution_choices.of_solved_equation(task, texts)
        case SystemSolution():
            return solution_choices.of_system(task, texts)
        case Derivative() | Antiderivative() | DefiniteIntegral() | LimitValue():
            return calculus_choices.judged(task, texts, log_base)
        case Extreme():
            return _of_extreme(task, texts, log_base)


def _of_value(task: Value, texts: Sequence[str], log_base: int | None) -> list[Judgement] | None:
    if task.form == "rounded":
        return _of_rounded(task, texts, log_base)
    names = variables_of(task.node)
    wanted = function_of(task.node, log_base)
    nodes: list[Node | None] = []
    judged: list[Judgement] = []
    for text in texts:
        if saying_of(text) is not None:
            judged.append(False)
            nodes.append(None)
            continue
        node = _expression(text, names)
        nodes.append(node)
        given = function_of(node, log_base)
        judged.append(same_functions(wanted, given, sorted(names), where_first_is_defined=True))
    if task.form in _ONE_FORM:
        return _in_the_one_form(task.form, judged, nodes)
    if not names:
        value = value_of(task.node, {}, log_base)
        _judge_rounded(judged, nodes, texts, value, log_base)
    return _in_form(task, judged, nodes)


def _expression(text: str, names: Sequence[str]) -> Node:
    node = expression_of(formula_of(text), names)
    if isinstance(node, Rel) or not set(variables_of(node)) <= set(names):
        raise NotRead
    return node


def _judge_rounded(
    judged: list[Judgement], nodes: Sequence[Node | None], texts: Sequence[str], value: object, log_base: int | None
) -> None:
    """Leave the question alone if no choice is exact, and a decimal may be meant as the value rounded."""
    if any(judged):
        return
    for place, node in enumerate(nodes):
        if node is None or not has_decimal(texts[place]):
            continue
        difference = abs(real(value_of(node, {}, log_base)) - real(value))
        if difference <= NEAR * max(abs(real(value)), real(value_of(node, {}, log_base)), 10**-6):
            judged[place] = None


def _of_rounded(task: Value, texts: Sequence[str], log_base: int | None) -> list[Judgement] | None:
    """Which decimal is the value, rounded to so many places; None where it lies just between two of them."""
    if any(_is_of_unknown_angle(part) for part in walk(task.node)):
        return None
    scaled = value_of(task.node, {}, log_base) * 10**task.places
    low = math.floor(real(scaled))
    off = scaled - low - Fraction(1, 2) if isinstance(scaled, Fraction) else real(scaled) - low - 0.5
    if abs(off) < TIE:
        return None
    rounded = Fraction(low + (1 if off > 0 else 0), 10**task.places)
    judged: list[Judgement] = []
    for text in texts:
        node = _expression(text, ())
        number = node.arg if isinstance(node, Neg) else node
        if not isinstance(number, Num):
            return None
        shown = len(number.text.partition(".")[2])
        equal = value_of(node, {}) == rounded
        judged.append(equal if not equal or shown == task.places else None)
    return judged


def _is_of_unknown_angle(node: Node) -> bool:
    """`sin 30`: degrees may be meant, or radians."""
    if not isinstance(node, Call) or node.name not in _OF_ANGLES:
        return False
    inside = [part for arg in node.args for part in walk(arg)]
    return not any(isinstance(part, Const) or (isinstance(part, Postfix) and part.mark == "°") for part in inside)


def _in_the_one_form(form: Form, judged: list[Judgement], nodes: Sequence[Node | None]) -> list[Judgement]:
    """Of the choices with the right value, the only one in the form; where none or several are, nothing is told."""
    equal = [place for place, right in enumerate(judged) if right]
    fits = {place: has_form(node, form) for place in equal if (node := nodes[place]) is not None}
    fitting = [place for place, fit in fits.items() if fit]
    if equal and (len(fitting) != 1 or None in fits.values()):
        return [None if place in equal else right for place, right in enumerate(judged)]
    return [place in fitting if right else right for place, right in enumerate(judged)]


def _in_form(task: Value, judged: list[Judgement], nodes: Sequence[Node | None]) -> list[Judgement]:
    """Of choices with the right value, those in the form that is asked for, if the form tells them apart."""
    equal = [place for place, right in enumerate(judged) if right]
    if task.form in {"fraction", "decimal", "percent"}:
        return [right and has_form(node, task.form) if node is not None else right
                for right, node in zip(judged, nodes, strict=True)]  # fmt: skip
    asked = task.form if task.form != "any" else "simplified" if variables_of(task.node) else "any"
    if asked == "any" or (len(equal) < 2 and task.form == "any"):
        return judged
    fitting: list[int] = []
    for place in equal:
        node = nodes[place]
        fits = has_form(node, asked) if node is not None else None
        if fits is None and len(equal) > 1:
            return [None] * len(judged)
        if fits or (fits is None and node is not None):
            fitting.append(place)
    if len(fitting) == 1 or (len(fitting) > 1 and len(equal) > 1):
        return [place in fitting if right else right for place, right in enumerate(judged)]
    if len(equal) == 1 and task.form == "simplified" and nodes[equal[0]] != task.node:
        return judged  # `2^7` for `2^3 * 2^4`: nothing else is right
    if len(equal) == 1:
        # The only equal choice is not in the form: an answer that a teacher may let pass, so it is left alone.
        return [None if place in equal else right for place, right in enumerate(judged)]
    return [None] * len(judged)


def _of_percent(task: PercentOf, texts: Sequence[str]) -> list[Judgement]:
    value = value_of(task.node, {})
    judged: list[Judgement] = []
    nodes: list[Node | None] = []
    for text in texts:
        node = _expression(text, ())
        given = value_of(node, {}) if isinstance(node, Postfix) else value_of(node, {}) / 100
        judged.append(same_value(value, given))
        nodes.append(node)
    exact = any(judged)
    return judged if exact or not any(has_decimal(text) for text in texts) else [None] * len(judged)


def _of_extreme(task: Extreme, texts: Sequence[str], log_base: int | None) -> list[Judgement]:
    values = [real(value_of(_expression(text, ()), {}, log_base)) for text in texts]
    end = max(values) if task.largest else min(values)
    return [same_value(value, end) for value in values]
