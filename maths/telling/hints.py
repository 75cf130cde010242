"""Hints for a problem, one for each step of its solution; none gives the answer away."""

import re

from maths.solving.solution import Solution, Step
from maths.telling.wording import Wording

SHORTEST = 2
"""Characters of a value from which on its place in a formula tells the answer."""
_SAYS_ITSELF = frozenset({"word_given", "word_convert", "word_put_in"})
"""Steps whose formula is no result yet: a hint shows it at once."""


def hints_of(solution: Solution, wording: Wording) -> list[str]:
    """The hints, in the order of the steps; empty if the solution has none that does not tell the answer."""
    hints: list[str] = []
    before: Step | None = None
    for one in solution.steps:
        said = wording.say(one.key, one.values)
        if _tells(said, solution):
            break
        if one.key in _SAYS_ITSELF and one.math and not _tells(one.math, solution):
            said += f": {wording.formula(one.math)}"
        if before is not None and before.math and before.key not in _SAYS_ITSELF:
            said = f"{wording.say('hint_so_far', {'formula': before.math})} {said}"
        reason = wording.reason(one.key, one.values)
        hints.append(f"{said}. {reason}".removesuffix(".") if reason and not _tells(reason, solution) else said)
        if _tells(one.math, solution):
            break
        before = one
    return hints


def _tells(text: str, solution: Solution) -> bool:
    """Whether a text holds the answer, or a part of it."""
    bare = _bare(text)
    for answer in _answers(solution):
        alone = rf"(?<![\w.+*/^{{}}-]){re.escape(answer)}(?![\w.^])"
        if answer == bare or bare.endswith(f"={answer}"):
            return True
        if ("=" in answer or (len(answer) > SHORTEST and not answer.isdigit())) and re.search(alone, bare):
            return True
    return False


def _answers(solution: Solution) -> list[str]:
    """The parts of the result: each value of each unknown, with and without its name."""
    parts = re.split(r"<or>|<and>|,\\;", solution.result)
    found = []
    for part in parts:
        for one in part.split(r"\approx"):
            bare = _bare(one)
            if bare:
                found.append(bare)
                if re.fullmatch(r"[A-Za-z](?:_\{?\w+\}?)?=.+", bare):
                    found.append(bare.partition("=")[2])
    return found


def _bare(text: str) -> str:
    """A text without spacing and without the marks of formulas."""
    return re.sub(r"\\[()\[\],;!]|\\left|\\right|\s|\*", "", text)
