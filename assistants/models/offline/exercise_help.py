"""Help with an exercise instead of its solution: `give_help` from the solver's steps, and the word after it."""

import json
import sys
from collections.abc import Mapping
from typing import Any, Final

from assistants.models.offline.conversation_state import ConversationState
from assistants.models.offline.own_working import own_working
from assistants.models.offline.sentences import say, wording
from maths.reading.intent import ProblemKind
from maths.reading.language import Language, Texts, in_language
from maths.reading.message_prefixes import split_quotation, without_name
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.worked_help import worked_help

GIVE_HELP: Final = "give_help"
JUDGE_ANSWER: Final = "judge_answer"
GUIDE: Final = "The mode here is guide"
"""What the instructions of a run say where exercises get hints first."""
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


# After it


def word_after(output: str, language: Language) -> str:
    """What is said when the student is done, by the output of the call."""
    report = report_of(output)
    outcome = str(report.get("outcome"))
    if outcome == "solved":
        key = "help_solved_alone" if report.get("hints_shown") == 1 else "help_solved"
        answers = [each for each in report.get("answers") or () if isinstance(each, Mapping)]
        late = any(each.get("verdict") != "right" for each in answers)
        return say(language, "help_solved_late" if late else key)
    if outcome == "solution_shown":
        return say(language, "help_shown")
    if report.get("status") == "refused":
        return say(language, "help_refused")
    return say(language, "help_ended")


def report_of(output: str) -> Mapping[str, Any]:
    """The output of a call of `give_help`; empty if it cannot be read."""
    try:
        report = json.loads(output)
    except (ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}


def results_of_help(text: str) -> str | None:
    """The output in a message of the bot that tells how an exercise ended; None for any other message."""
    if not text.startswith("[results]") or "give_help" not in text.partition("\n")[0][:200]:
        return None
    start = text.rfind('{"status"')
    return text[start:] if start >= 0 else None


def same_words(asked: str) -> dict[str, str] | None:
    """The arguments of `judge_answer` where an answer is the right one word by word; None: that cannot be told."""
    fields = report_of(asked)
    given, right = (str(fields.get(name, "")).casefold().split() for name in ("students_answer", "right_answer"))
    return {"verdict": "right"} if given and given == right else None
