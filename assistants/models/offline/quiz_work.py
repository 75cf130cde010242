"""What of quizzes takes a worker process: questions like given problems, and the steps of a question's solution."""

import re
import sys
import traceback
from typing import Any

from assistants.models.offline.conversation_state import ConversationState
from assistants.models.offline.sentences import wording
from assistants.models.offline.tutor import MAX_DIGITS_TO_PRINT
from maths.quizzes.problem_questions import PosedProblem, posed_problems, problem_questions, solved
from maths.quizzes.question_maker import Level, QuizRandom
from maths.quizzes.quiz import topic_of
from maths.reading.language import Language
from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.message_reader import read_message
from maths.reading.nodes import Node
from maths.reading.parser import parse
from maths.reading.problems import Problem
from maths.reading.token_cursor import ParseError
from maths.solving.answer_check import check_answer
from maths.solving.solution import Unsolved
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.writing.latex import node_latex

FOUND = dict[str, Any]
_WANTED = re.compile(r"\s*[a-z] = \?\s*$")


def on_conversation(
    messages: list[list[str]], asked: str, count: int, language: Language, random: tuple[int, Level]
) -> FOUND:
    """Questions like the problem that the student has `asked` for; where that names none, like the one it was about.

    `messages` are the conversation so far, as pairs of role and text.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    state = ConversationState()
    for role, text in messages:
        if role == "user":
            state = state.after(text)
    posed = posed_problems(asked)
    current = state.current() if not posed else None
    if current is not None and state.idea is None and solved(current) is not None:
        posed = [PosedProblem(current, asked)]
    elif state.idea is not None and state.problem is not None and topic_of(asked) is None:
        posed = [PosedProblem(state.problem, asked)]
    return {"questions": _made(posed, count, language, QuizRandom(*random), [])}


def like(texts: list[str], count: int, language: Language, random: tuple[int, Level]) -> FOUND:
    """Questions like those with these texts, none of them again."""
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    posed = [one for text in texts for one in posed_problems(_WANTED.sub("", text))[:1]]
    return {"questions": _made(posed, count, language, QuizRandom(*random), texts)}


def _made(
    posed: list[PosedProblem], count: int, language: Language, rng: QuizRandom, besides: list[str]
) -> list[dict[str, Any]]:
    made = problem_questions(posed, count, wording(language), rng, besides)
    return [{"text": one.text, "choices": one.choices, "answer": one.answer, "why": one.why} for one in made]


def steps(questions: list[list[Any]], language: Language) -> dict[int, str]:
    """The solutions, step by step with reasons, of questions given as number, text and right answer.

    Those whose solution is not the right answer, as they may have been misread, are left out.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    found = {}
    for place, text, right in questions:
        try:
            told = _steps(text, right, language)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - sympy raises whatever it likes; the parent logs what is printed
            traceback.print_exc()
            continue
        if told:
            found[int(place)] = told
    return found


def _steps(text: str, right: str, language: Language) -> str:
    for one in posed_problems(_WANTED.sub("", text)):
        solution = solved(one.problem)
        if solution is not None and solution.steps and _is_answer(one.problem, solution.result, right):
            return wording(language).solution(solution, why=True)
    return ""


def _is_answer(problem: Problem, result: str, right: str) -> bool:
    """Whether a choice says what the solution of a problem is."""
    said = _said(right)
    value = re.split(r" \\approx | = (?=-?[\d.]+$)", result)[0].rpartition("= ")[2]
    if len(said) == 1 and node_latex(said[0]).rpartition("= ")[2] in {result, value}:
        return True
    try:
        return bool(said) and check_answer(problem, said) == "right"
    except (Unsolved, TooLarge, Undefined, Unsupported):
        return False


def _said(text: str) -> list[Node]:
    """The formulas of a choice."""
    said = [node for one in read_message(text).problems for node in one.nodes]
    if said and not text.strip("$ -").isdecimal():
        return said
    try:
        return [parse(tokenize(text.replace("$", " ")))]
    except (ParseError, UnreadableNumber):
        return []
