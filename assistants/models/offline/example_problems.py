"""Example problems: for an idea that a student names, and for a kind of problem."""

import re

from assistants.models.offline.explanations.explanation import Explanation
from assistants.models.offline.explanations.explanation_lookup import IDEAS
from maths.reading.intent import ProblemKind
from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.reading.problems import Problem

KIND_EXAMPLES: dict[ProblemKind, str] = {
    "solve": "3x + 11 = 14", "derivative": "x^3 + 2x", "integral": "3x^2 + 4x", "factor": "x^2 + 5x + 6",
    "expand": "(x + 2)(x + 3)", "simplify": "(x^2 - 4)/(x - 2)", "evaluate": "1/2 + 1/3", "primes": "60",
}  # fmt: skip


def example_of(idea: Explanation) -> Problem | None:
    """The problem that shows an idea; None if its text has an example of its own."""
    if idea.example is None:
        return None
    kind, texts = idea.example
    return Problem(kind, tuple(parse(tokenize(one)) for one in texts))


def named_example(text: str) -> Problem | None:
    """An example of the idea that a text names; None if it names no idea that has one."""
    named = next((one for one in IDEAS if one.example and re.search(one.words, text, re.IGNORECASE)), None)
    return example_of(named) if named is not None else None


def example_of_kind(kind: ProblemKind | None) -> Problem:
    """An example of a kind of problem; an equation for a kind without one."""
    wanted = kind if kind in KIND_EXAMPLES else "solve"
    return Problem(wanted, (parse(tokenize(KIND_EXAMPLES[wanted])),))
