"""The slips behind the wrong choices of a question that is understood: a choice that a known slip leads to."""

from collections.abc import Sequence
from typing import Final

from maths.keys.choice_reading import formula_of
from maths.keys.formula_reading import NotRead, without_labels
from maths.keys.question_tasks import Antiderivative, Derivative, Solutions, Task, Value
from maths.reading.language import Language
from maths.reading.nodes import Integral, Node, Rel, Sym
from maths.steps.equation_slips import name_equation_slip
from maths.steps.sentences import SLIPS
from maths.steps.slip import Slip
from maths.steps.slip_naming import name_derivative_slip, name_expression_slip, name_integral_slip
from maths.telling.wording import Wording
from maths.writing.latex import node_latex

VAGUE: Final = frozenset({"arithmetic"})
"""Slips that say no more than that the choice is wrong."""


def slips_of(task: Task, choices: Sequence[str], right: Sequence[int], language: Language) -> list[str]:
    """For each choice the sentence that names its slip; empty for right choices, and where none is known."""
    say, found = Wording(language, SLIPS), []
    for index, text in enumerate(without_labels(choices)):
        slip = None if index in right else _slip(task, text)
        if slip is None or slip.name in VAGUE or slip.name not in SLIPS:
            found.append("")
        else:
            found.append(say.say(slip.name, {name: node_latex(node) for name, node in slip.parts.items()}))
    return found


def _slip(task: Task, text: str) -> Slip | None:
    try:
        choice = formula_of(text)
    except NotRead:
        return None
    if isinstance(task, Solutions):
        after = choice if isinstance(choice, Rel) else Rel(("=",), (Sym(task.name), choice))
        return name_equation_slip(((task.relation,),), ((after,),))
    if isinstance(choice, Rel):
        return None
    return _expression_slip(task, choice)


def _expression_slip(task: Task, choice: Node) -> Slip | None:
    match task:
        case Value():
            return name_expression_slip(task.node, choice)
        case Derivative() if task.order == 1 and task.at is None:
            return name_derivative_slip(task.body, task.name, choice)
        case Antiderivative():
            return name_integral_slip(Integral(task.body, Sym(task.name)), task.name, choice)
    return None
