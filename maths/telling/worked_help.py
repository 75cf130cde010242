"""Help with an exercise out of the solver's steps: the problem, hints that do not tell, the solution, the answer."""

from dataclasses import dataclass, replace
from typing import Final

from maths.reading.problems import Problem
from maths.solving.solution import Solution
from maths.telling.hints import hints_of
from maths.telling.wording import Wording

MOST_HINTS: Final = 4
LONGEST_SOLUTION: Final = 1_900
LONGEST_PROBLEM: Final = 900


@dataclass(frozen=True, slots=True)
class WorkedHelp:
    """Help in words; `hints` is empty where every step tells the answer."""

    problem: str
    hints: tuple[str, ...]
    solution: str
    answer: str


def worked_help(problem: Problem, solution: Solution, words: Wording, text: str) -> WorkedHelp:
    """The help with a solved problem; `text` is what the student wrote, which a word problem is told in."""
    hints = hints_of(solution, words)[:MOST_HINTS]
    shown = f"{words.say(solution.opening)}\n\\[ {solution.problem} \\]"
    return WorkedHelp(
        problem=shown if problem.word is None else text[:LONGEST_PROBLEM],
        hints=tuple(hint if hint.endswith((".", "?", "!")) else f"{hint}." for hint in hints),
        solution=_way(solution, words),
        answer=_answer(solution, words),
    )


def _way(solution: Solution, words: Wording) -> str:
    """The steps, without the problem above them; of a very long solution its end is left out."""
    lines = words.solution(solution).partition("\n\n")[2].split("\n")
    while len("\n".join(lines)) > LONGEST_SOLUTION and len(lines) > 1:
        lines.pop()
    return "\n".join(lines)[:LONGEST_SOLUTION]


def _answer(solution: Solution, words: Wording) -> str:
    """The result alone, exact where it is also given as a decimal; or the sentence that is the answer."""
    if not solution.result:
        return words.result(solution).partition("** ")[2].rstrip(".")
    exact = replace(solution, result=solution.result.partition("\\approx")[0].strip(), remark=None)
    return words.result(exact).partition("** ")[2]
