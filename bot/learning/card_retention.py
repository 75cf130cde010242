"""How long messages of reviews and of made cards can be pressed. Decks, cards and results are students' own."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, exists

from bot.learning.cards.tables import CardPictureRow, CardRequestRow, CardSetRow, CardStartRow
from bot.learning.tables import CardRow, ReviewSessionRow
from bot.store.base import table_of
from bot.store.retention import ANSWERED
from bot.store.sweep import Retention, older, older_seconds

REVIEWS: Final = timedelta(days=30)
"""How long a review can be gone on with by its own message; its cards come back in any other."""
STARTS: Final = timedelta(days=1)
"""How long a request counts at the longest, and more."""
PICTURES: Final = timedelta(days=1)
"""How long a picture is kept that no card shows: while cards are imported, their pictures come first."""

_SETS, _REQUESTS, _PICTURES = table_of(CardSetRow), table_of(CardRequestRow), table_of(CardPictureRow)
_CARDS, _SESSIONS, _STARTS = table_of(CardRow), table_of(ReviewSessionRow), table_of(CardStartRow)


def _unused(before: datetime) -> ColumnElement[bool]:
    """A picture that no card of its owner shows: the cards were deleted."""
    shown = exists().where(_CARDS.c.owner_id == _PICTURES.c.owner_id, _CARDS.c.content.contains(_PICTURES.c.id))
    return (_PICTURES.c.created_at < before) & ~shown


CARD_RETENTION: Final = (
    Retention(_SESSIONS, REVIEWS, older_seconds(_SESSIONS.c.at)),
    Retention(_SETS, ANSWERED, older(_SETS.c.created_at), rows=100),
    Retention(_REQUESTS, ANSWERED, older(_REQUESTS.c.created_at)),
    Retention(_PICTURES, PICTURES, _unused, rows=5),
    Retention(_STARTS, STARTS, older_seconds(_STARTS.c.at)),
)
