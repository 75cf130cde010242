"""Help with an exercise instead of its solution: the arguments of `give_help`, from the solver's steps.

It is a job of the worker processes; what is said after the help is in `exercise_results`.
"""

import sys
from typing import Any, Final

from assistants.models.offline.conversation_state import ConversationState
from assistants.models.offline.own_working import own_working
from assistants.models.offline.sentences import wording
from maths.reading.intent import ProblemKind
from maths.reading.language import Language, Texts, in_language
from maths.reading.message_prefixes import split_quotation, without_name
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.worked_help import worked_help

MAX_DIGITS_TO_PRINT: Final = 20_000
MAX_REMEMBERED: Final = 40

_TOPICS: Final[dict[ProblemKind, Texts]] = {
    "solve": ("equations", "방정식"),
    "derivative": ("derivatives", "미분"),
    "integral": ("integrals", "적분"),
    "limit": ("limits", "극한"),
    "factor": ("factoring", "인수분해"),
    "expand": ("expanding", "전개"),
    "simplify": ("simplifying", "식의 계산"),
    "percent": ("percentages", "백분율"),
    "fraction": ("fractions", "분수"),
    "gcd": ("divisors", "약수와 배수"),
    "lcm": ("divisors", "약수와 배수"),
    "mean": ("averages", "평균"),
}
_ARITHMETIC: Final[Texts] = ("arithmetic", "수의 계산")


def help_for(messages: list[list[str]], language: Language | None, guide: bool) -> dict[str, Any] | None:
    """The arguments of `give_help` for what the student's last message asks; None if it is to be answered otherwise.

    A hint is wanted or, in the mode `guide`, a new exercise was put.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    texts = [text for role, text in messages[-MAX_REMEMBERED:] if role == "user"]
    before = state = ConversationState(fixed_language=language)
    for place, text in enumerate(texts):
        before, state = state, state.after(text)
        working = own_working(text, texts[:place], before.current_or_none(), state.language)
        if working is not None:
            state = state.with_working(working.problem)
            if place == len(texts) - 1:
                return None
    if not texts or not _wanted(before, state, guide=guide):
        return None
    return _help(state, without_name(split_quotation(texts[-1])[0]))


def _wanted(before: ConversationState, state: ConversationState, *, guide: bool) -> bool:
    reading = state.reading
    if reading is None or reading.tried or state.solution_now or before.is_attempt(reading):
        return False
    if state.hint_now:
        return state.hints <= 1
    put = (state.problem, state.variants) != (before.problem, before.variants) or bool(reading.problems)
    return guide and put and state.idea is None and state.asked_part is None and not reading.in_passing


def _help(state: ConversationState, text: str) -> dict[str, Any] | None:
    problem = state.current_or_none()
    try:
        solution = solve(problem) if problem is not None else None
    except (Unsolved, TooLarge, Undefined, Unsupported):
        return None
    if problem is None or solution is None or solution.says_nothing:
        return None
    words = wording(state.language)
    given = worked_help(problem, solution, words, text)
    return {
        "problem": given.problem,
        "hints": list(given.hints) or [f"{words.say('hint_generic')}."],
        "solution": given.solution,
        "answer": given.answer,
        "topic": in_language(_TOPICS.get(problem.kind, _ARITHMETIC), state.language),
    }
