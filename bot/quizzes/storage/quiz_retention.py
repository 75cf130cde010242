"""How long quizzes are kept. Students' results are theirs, and stay."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists

from bot.quizzes.storage.tables import (
    QuizExplanationRow,
    QuizPlayerRow,
    QuizReportRow,
    QuizRequestRow,
    QuizResponseRow,
    QuizRow,
    QuizStartRow,
)
from bot.store.base import table_of
from bot.store.retention import ANSWERED
from bot.store.sweep import Retention, older, older_seconds

STARTS: Final = timedelta(days=1)
"""How long starts are kept: limits look back ten minutes."""

_QUIZZES, _PLAYERS, _RESPONSES = table_of(QuizRow), table_of(QuizPlayerRow), table_of(QuizResponseRow)
_REPORTS, _REQUESTS, _STARTS = table_of(QuizReportRow), table_of(QuizRequestRow), table_of(QuizStartRow)
_EXPLANATIONS = table_of(QuizExplanationRow)


def _old_quiz(before: datetime) -> ColumnElement[bool]:
    """A quiz that nothing is due of, and that no open report is about."""
    reported = exists().where(_REPORTS.c.quiz_id == _QUIZZES.c.id, _REPORTS.c.dismissed_by.is_(None))
    return (_QUIZZES.c.created_at < before) & _QUIZZES.c.due.is_(None) & ~reported


def _quiz_is_gone(of: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(_QUIZZES.c.id == of)


QUIZ_RETENTION: Final = (
    Retention(_QUIZZES, ANSWERED, _old_quiz, rows=100),
    Retention(_PLAYERS, ANSWERED, lambda _: _quiz_is_gone(_PLAYERS.c.quiz_id)),
    Retention(_RESPONSES, ANSWERED, lambda _: _quiz_is_gone(_RESPONSES.c.quiz_id)),
    Retention(_REPORTS, ANSWERED, lambda _: _quiz_is_gone(_REPORTS.c.quiz_id)),
    Retention(_REQUESTS, ANSWERED, older(_REQUESTS.c.created_at)),
    Retention(_EXPLANATIONS, ANSWERED, older(_EXPLANATIONS.c.created_at), by_snowflake=True),
    Retention(_STARTS, STARTS, older_seconds(_STARTS.c.at)),
)
