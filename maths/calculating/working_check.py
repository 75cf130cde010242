"""The check of a student's working as a model hands it on: each line with its mark, and the slip of the wrong one."""

from collections.abc import Sequence
from typing import Any, Final

from maths.reading.language import Language
from maths.steps.checked_working import CheckedLine, CheckedWorking
from maths.steps.report import line_latex, slip_sentence
from maths.steps.sentences import STEP_SENTENCES
from maths.steps.step_check import check_text
from maths.steps.working import MAX_LINES
from maths.telling.wording import Wording

LONGEST: Final = 6_000
MOST_LINES: Final = 200
"""More lines are refused; of fewer the first `MAX_LINES` are checked."""
MARKS: Final = {"given": "given", "good": "✓", "wrong": "✗", "unsure": "?", "later": "not checked"}
NO_LINES: Final = "There is no mathematics in these lines. Give the working as the student wrote it, a line for a step."
ONE_LINE: Final = "There is only one line: a check needs the line before it. Put the problem in front."
TOO_LONG: Final = f"This is too long: at most {MOST_LINES} lines and {LONGEST} characters can be checked."


def check_lines(lines: Sequence[str], language: Language = "en") -> dict[str, Any]:
    """The `lines` of a working, each as it was `read` and with its `mark`; and of the first wrong one its `slip`.

    What cannot be read is marked `?` and not repeated. Marks: `given`, ✓ follows from the line before, ✗ does not, `?`
    cannot be told, `not checked` behind the first ✗.
    """
    text = "\n".join(lines)
    if len(text) > LONGEST or text.count("\n") >= MOST_LINES:
        return {"error": TOO_LONG}
    checked = check_text(text)
    if not any(one.line.kind in {"chain", "statement", "none"} for one in checked.lines):
        return {"error": NO_LINES}
    if len(checked.lines) == 1 and checked.lines[0].status == "given":
        return {"error": ONE_LINE}
    return _told(checked, Wording(language, STEP_SENTENCES))


def _told(checked: CheckedWorking, said: Wording) -> dict[str, Any]:
    told: dict[str, Any] = {"lines": [_line(place, one) for place, one in enumerate(checked.lines, start=1)]}
    wrong = checked.wrong
    if wrong is not None:
        line = checked.lines[wrong]
        told |= {"wrong_line": wrong + 1, "slip": slip_sentence(line, said)}
        if line.slip is not None:
            told["slip_name"] = line.slip.name
    else:
        unsure = sum(one.status == "unsure" for one in checked.lines)
        told["verdict"] = "every step is right" if not unsure else "no mistake found; lines with ? could not be checked"
    if checked.left_out:
        told["left_out"] = f"The last {checked.left_out} lines were not checked: {MAX_LINES} at most, within 2 seconds."
    return told


def _line(place: int, one: CheckedLine) -> dict[str, Any]:
    told: dict[str, Any] = {"line": place, "mark": MARKS[one.status]}
    if one.line.kind in {"chain", "statement"}:
        told["read"] = line_latex(one.line).replace("<or>", r"\text{ or }")
    if one.note:
        told["note"] = _NOTES[one.note]
    return told


_NOTES: Final = {
    "positive": "holds where the letters are positive",
    "rounded": "rounded",
    "gained": "may bring in false solutions: put the results into the first line",
    "cases": "one of several cases",
    "substitution": "introduces a letter",
}
