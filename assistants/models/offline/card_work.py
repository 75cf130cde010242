"""What of cards takes a worker process: the problems that a student has asked, solved."""

import sys

from assistants.models.offline.sentences import wording
from assistants.models.offline.tutor import MAX_DIGITS_TO_PRINT
from maths.quizzes.problem_questions import posed_problems, solved
from maths.reading.language import Language

MOST = 10


def solved_problems(text: str, language: Language) -> list[list[str]]:
    """The problems of a text: what each asks, and its solution step by step."""
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    found = []
    for posed in posed_problems(text)[:MOST]:
        solution = solved(posed.problem)
        if solution is None:
            continue
        asked, _, told = wording(language).solution(solution, why=True).partition("\n\n")
        if asked.strip() and told.strip():
            found.append([asked.strip(), told.strip()])
    return found
