"""What a worker process does with one quiz question: which choices are right, which mean the same, and the steps."""

import sys
from typing import Any

from maths.keys.choice_slips import slips_of
from maths.keys.key_decision import decide
from maths.keys.question_reading import task_of
from maths.keys.same_choices import same_choices
from maths.keys.solution_steps import steps_of
from maths.reading.language import Language

MAX_DIGITS_TO_PRINT = 10_000


def check_question(question: str, choices: list[str], answer: int | None, korean: bool) -> dict[str, Any]:
    """`right`: indexes of the right choices, or None where that is not decided; `same`: pairs that mean the same;
    `steps`: how the answer is found, if the only right choice is not `answer`, or none is right.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    decision = decide(question, choices)
    same = [list(pair) for pair in same_choices(question, choices)]
    if decision is None:
        return {"right": None, "same": same, "steps": ""}
    agreed = len(decision.right) > 1 or decision.right == (answer,)
    language: Language = "ko" if korean else "en"
    steps = "" if agreed else steps_of(decision.task, language)
    return {"right": list(decision.right), "same": same, "steps": steps}


def name_slips(question: str, choices: list[str], right: int, korean: bool) -> list[str]:
    """For each choice what leads to it, where that is known; `right` is the only right one."""
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    task = task_of(question)
    return [] if task is None else slips_of(task, choices, [right], "ko" if korean else "en")
