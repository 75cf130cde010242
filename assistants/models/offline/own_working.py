"""Finds a student's own working in a message, or the one sent before it, and checks it line by line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maths.reading.language import Language
from maths.reading.message_prefixes import split_quotation
from maths.reading.nodes import Rel, Sym, variables_of
from maths.reading.problems import Problem
from maths.steps.checked_working import CheckedWorking
from maths.steps.report import told
from maths.steps.step_check import check_working
from maths.steps.working import Line, Working, read_working

_ASKED = re.compile(
    r"\b(?:check|verify|correct|grade|mark|review|look\s+(?:at|over))\b.{0,20}\b(?:work(?:ing|s)?|steps?|solution|derivation|calculations?)\b"
    r"|\bwhere\b.{0,20}\b(?:wrong|mistake|error|mess(?:ed)?|slip)|\bwhat\b.{0,15}\b(?:did|do)\s+i\s+do\s+wrong|\bwhat\s+went\s+wrong"
    r"|\b(?:find|spot|see|show|tell)\b.{0,15}\b(?:mistake|error|slip)|\bwhich\s+(?:step|line)\b.{0,20}\b(?:wrong|mistake|error)"
    r"|\b(?:is|are)\s+(?:my|these|this)\s+(?:work(?:ing)?|steps?|solution)\b.{0,15}\b(?:right|correct|ok)"
    r"|\bwhat(?:'s|\s+is)\s+wrong\s+(?:with|in|here)|\b(?:did|have)\s+i\s+(?:make|made|do)\b.{0,20}\b(?:mistake|error|right|correct)"
    r"|어디\S*\s*(?:틀|잘못|실수)|(?:뭐|무엇|뭘|몇\s*번째\s*줄|어느\s*(?:줄|단계))\S*\s*(?:틀|잘못|실수)|(?:틀린|잘못된|실수한)\s*(?:곳|데|부분|줄|거|게)"
    r"|풀이\s*(?:과정)?\S{0,2}\s*(?:좀\s*)?(?:확인|검토|점검|봐|체크|채점|맞)|(?:제|내)\s*풀이|(?:이렇게|제대로|맞게)\s*(?:푼|푸는|풀|했)",
    re.IGNORECASE,
)
_PROBABLE = re.compile(
    r"\b(?:right|correct|wrong|mistake|check)\b|맞(?:아|나|는|게|죠|지)|틀[렸린]|확인", re.IGNORECASE
)
_ARROWS = re.compile(
    r"⇒|⟹|∴|\\(?:Rightarrow|implies|therefore)\b|=>|\b(?:so|then|therefore|hence)\b|따라서|그러므로|[가-힣]면\s"
)
_VAGUE = frozenset({"arithmetic", "sign", "term_lost", "one_side", "solution_lost"})
"""Slips that also lead from one exercise of a list to the next, by chance."""
_ALONE = 3
"""From so many lines on a working may be told by its form, without a word that asks for it."""


@dataclass(frozen=True, slots=True)
class OwnWorking:
    """A student's working: what is said of it, and the problem that it solves, if that can be told."""

    text: str
    problem: Problem | None


def own_working(text: str, earlier: Sequence[str], problem: Problem | None, language: Language) -> OwnWorking | None:
    """The working that a message holds or asks to check; None if it is about something else.

    `earlier` are the student's messages before it; `problem` is the one they were about.
    """
    text, _ = split_quotation(text)
    asked = bool(_ASKED.search(text))
    working = read_working(text)
    if asked and not _has_mathematics(working):
        return _sent_before(earlier, language)
    if not asked and not _may_be_working(text, working):
        return None
    checked = check_working(working, problem)
    if not asked and not _shows_working(checked, text):
        return None
    if asked and not checked.checked and len(working.lines) == 1 and problem is None and not _is_unsure(checked):
        return OwnWorking(told(checked, language), None)
    return OwnWorking(told(checked, language), problem if checked.from_problem else _problem_of(working))


def _sent_before(earlier: Sequence[str], language: Language) -> OwnWorking | None:
    """The newest message with a working, for `where did I go wrong?` alone."""
    for text in reversed(earlier):
        working = read_working(split_quotation(text)[0])
        if len(working.lines) > 1:
            return OwnWorking(told(check_working(working), language), _problem_of(working))
    return OwnWorking(told(CheckedWorking(()), language), None)


def _has_mathematics(working: Working) -> bool:
    return any(line.kind in {"chain", "statement", "unread"} for line in working.lines)


def _is_unsure(checked: CheckedWorking) -> bool:
    return any(one.status == "unsure" for one in checked.lines)


def _may_be_working(text: str, working: Working) -> bool:
    """Whether lines without a request may be a working: a solved end, and lines or arrows that lead to it."""
    lines = working.lines
    if len(lines) < 2 or any(line.kind == "unread" for line in lines):
        return False
    continued = sum(line.continues for line in lines)
    if continued == len(lines) - 1 and (continued > 1 or _PROBABLE.search(text)):
        return True
    if lines[0].kind != "statement" or not _is_solved(lines[-1]) or _is_solved(lines[0]):
        return False
    asks_about_the_end = "?" in text and len(lines) < _ALONE  # `2x + 3 = 7 so x = 2?` is an answer to check
    return len(lines) >= _ALONE or bool(_ARROWS.search(text) and not asks_about_the_end)


def _shows_working(checked: CheckedWorking, text: str) -> bool:
    """Whether some line follows from the one before, or a slip that happens in workings leads to it."""
    if any(one.status == "good" for one in checked.lines):
        return True
    wrong = checked.wrong
    slip = checked.lines[wrong].slip if wrong is not None else None
    named = slip is not None and slip.name not in _VAGUE
    return named or (wrong is not None and bool(_ARROWS.search(text)))


def _is_solved(line: Line) -> bool:
    """Whether a line is `x = 3`, or several of these."""
    return bool(line.alternatives) and all(
        isinstance(relation.sides[0], Sym) and not variables_of(relation.sides[-1])
        for part in line.alternatives
        for relation in part
    )


def _problem_of(working: Working) -> Problem | None:
    """The first line as a problem, so that its solution can be asked for."""
    if not working.lines:
        return None
    first = working.lines[0]
    if len(first.alternatives) == 1 and all(isinstance(one, Rel) for one in first.alternatives[0]):
        return Problem("solve", first.alternatives[0])
    kind = working.kind if working.kind in {"derivative", "integral", "factor", "expand"} else "simplify"
    if first.kind == "chain" and first.nodes and not first.label:
        return Problem(kind, first.nodes[:1])
    return None
