"""The word after an exercise with hints, and whether an answer is the right one: what needs no mathematics."""

import json
from collections.abc import Mapping
from typing import Any, Final

from assistants.models.offline.sentences import say
from maths.reading.language import Language

GIVE_HELP: Final = "give_help"
JUDGE_ANSWER: Final = "judge_answer"
GUIDE: Final = "The mode here is guide"
"""What the instructions of a run say where exercises get hints first."""


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
