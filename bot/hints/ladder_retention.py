"""How long hint ladders and held answers are kept."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement

from bot.hints.tables import HeldAnswerRow, LadderRow, VeiledAnswerRow
from bot.store.base import table_of
from bot.store.retention import ANSWERED
from bot.store.sweep import Retention, older

_LADDERS, _HELD, _VEILED = table_of(LadderRow), table_of(HeldAnswerRow), table_of(VeiledAnswerRow)


def _old_ladder(before: datetime) -> ColumnElement[bool]:
    """A ladder that nothing is due of, also one that nobody climbs on."""
    return (_LADDERS.c.created_at < before) & _LADDERS.c.due.is_(None) & _LADDERS.c.outcome_due.is_(False)


LADDER_RETENTION: Final = (
    Retention(_LADDERS, ANSWERED, _old_ladder, rows=100),
    Retention(_HELD, ANSWERED, older(_HELD.c.created_at)),
    Retention(_VEILED, ANSWERED, older(_VEILED.c.created_at)),
)
