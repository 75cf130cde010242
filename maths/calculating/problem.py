"""The solution of a problem as a model puts it: the answer, and the steps to it."""

from typing import Any, Final

from maths.calculating.notation import plain_notation
from maths.calculating.refusal import Refused
from maths.reading.language import Language
from maths.reading.lexer import UnreadableNumber
from maths.reading.message_reader import read_message
from maths.reading.nodes import Rel
from maths.reading.problems import Problem, Reading
from maths.reading.prose import foreign_words
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.solution_sentences import SENTENCES
from maths.telling.wording import Wording
from maths.writing.latex import node_latex

LONGEST: Final = 2_000
MOST_PROBLEMS: Final = 5
LONGEST_STEPS: Final = 3_000

NOT_READ: Final = (
    "I cannot read this. Write the formulas in LaTeX or plain signs and say what is to be done: "
    "`solve x^2 - 5x + 6 = 0`, `x + y = 5, x - y = 1`, `differentiate x^2 sin(x)`, `integrate 2x from 0 to 3`, "
    "`limit of sin(x)/x as x -> 0`."
)
WORDS: Final = (
    "I cannot set up the equation of this word problem. Set it up yourself, and call solve with the equation, or "
    "calculate with the numbers."
)
NOTHING: Final = "There is nothing to solve: say what is to be done, as in `factor x^2 - 4` or `solve 2x + 3 = 7`."
SEVERAL: Final = f"These are more than {MOST_PROBLEMS} problems. Call the function for a few at a time."
PARTLY: Final = "Words beside the formulas were not read: make sure that `read` is what is asked."
TOO_LONG: Final = f"This is too long: at most {LONGEST} characters can be read."


def solve_problem(problem: str, language: Language = "en") -> dict[str, Any]:
    """The `solutions` of the problems in a text; or an `error`, a sentence.

    Each has what was `read`, the `answer` and the `steps` in words, with formulas in LaTeX; or an `error` of its own.
    """
    try:
        return _solved(problem, language)
    except Refused as refusal:
        return {"error": str(refusal)}
    except UnreadableNumber:
        return {"error": "A number in it has too many digits to be read: at most 400."}


def _solved(text: str, language: Language) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise Refused(TOO_LONG)
    text = plain_notation(text)
    reading = read_message(text)
    problems = reading.problems
    if not problems or reading.in_passing:
        raise Refused(_why_not(reading))
    if len(problems) > MOST_PROBLEMS:
        raise Refused(SEVERAL)
    told: dict[str, Any] = {"solutions": [_one(problem, language) for problem in problems]}
    if reading.unread or (any(problem.word is None for problem in problems) and foreign_words(text)):
        told["note"] = PARTLY
    return told


def _why_not(reading: Reading) -> str:
    return WORDS if any(one.reason.startswith("word_") for one in reading.unread) else NOT_READ


def _one(problem: Problem, language: Language) -> dict[str, Any]:
    read = ", ".join(node_latex(node) for node in problem.nodes)
    said = Wording(language)
    try:
        solution = solve(problem)
    except TooLarge:
        return {"read": read, "error": "A number in it would be too large to calculate exactly."}
    except Undefined:
        return {"read": read, "error": "This is not defined: it divides by 0, for example."}
    except Unsupported:
        return {"read": read, "error": said.say("unsolved")}
    except Unsolved as error:
        return {"read": read, "error": said.say(error.key if error.key in SENTENCES else "unsolved")}
    if solution.says_nothing and not any(isinstance(node, Rel) for node in problem.nodes):
        return {"read": read, "error": NOTHING}
    steps = said.solution(solution)
    return {
        "read": solution.problem or read,
        "answer": said.result(solution).removeprefix(f"**{said.say('answer')}** "),
        "steps": steps if len(steps) <= LONGEST_STEPS else steps[:LONGEST_STEPS] + "…",
    }
