"""The store of decks and cards in the bot's database. Whoever asks for a card or a deck names its owner."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, bindparam, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.card import CONTENT, Card, Citation, Deck, Schedule, mistakes_deck_id
from bot.learning.tables import CardRow, DeckRow
from bot.store.base import table_of
from bot.store.store import Store

_DECKS, _CARDS = table_of(DeckRow), table_of(CardRow)

_SCHEDULE: Final = tuple(each.name for each in fields(Schedule))
_RENAME: Final = update(_DECKS).where(_DECKS.c.id == bindparam("of")).values(name=bindparam("to"))
_DELETE_DECK: Final = delete(_DECKS).where(_DECKS.c.id == bindparam("of"))
_DELETE_CARD: Final = delete(_CARDS).where(_CARDS.c.id == bindparam("of"))
_HIDE: Final = update(_CARDS).where(_CARDS.c.id == bindparam("of")).values(hidden=bindparam("to"))
_HIDE_ORIGIN: Final = (
    update(_CARDS)
    .where(_CARDS.c.owner_id == bindparam("by"), _CARDS.c.origin == bindparam("of"))
    .values(hidden=bindparam("to"))
)


class CardStore:
    """Named reads and writes of decks and cards."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add_deck = dialect.insert(_DECKS).on_conflict_do_nothing()
        self._add_card = dialect.insert(_CARDS).on_conflict_do_nothing(index_elements=["owner_id", "origin"])
        putting = dialect.insert(_CARDS)
        self._put_card = putting.on_conflict_do_update(
            index_elements=["owner_id", "origin"],
            set_={name: putting.excluded[name] for name in ("deck_id", "kind", "content", "topic", "citation")},
        )

    # Decks

    async def add_deck(self, deck: Deck) -> None:
        """Store a new deck; one with that id is left as it is."""
        await self._store.write((self._add_deck, deck_row(deck)))

    async def mistakes_deck(self, owner_id: int, at: float) -> Deck:
        """A student's deck of missed questions, which is made when it is asked for first."""
        deck = Deck(mistakes_deck_id(owner_id), owner_id, 0, "mistakes", "", at)
        await self.add_deck(deck)
        return deck

    async def decks_of(self, owner_id: int, at: float) -> Sequence[Deck]:
        """A student's decks, oldest first, with how many cards each has and how many of them are due at `at`."""
        seen = ~_CARDS.c.hidden
        due = func.coalesce(func.sum(case((seen & (_CARDS.c.due <= at), 1), else_=0)), 0).label("due")
        cards = func.coalesce(func.sum(case((seen, 1), else_=0)), 0).label("cards")
        query = select(*_DECKS.c, cards, due).select_from(_DECKS.outerjoin(_CARDS, _CARDS.c.deck_id == _DECKS.c.id))
        query = query.where(_DECKS.c.owner_id == owner_id).group_by(*_DECKS.c)
        return [Deck(**row._asdict()) for row in await self._store.read(query.order_by(_DECKS.c.created_at))]

    async def deck(self, deck_id: str, owner_id: int) -> Deck | None:
        """A student's deck."""
        query = select(_DECKS).where(_DECKS.c.id == deck_id, _DECKS.c.owner_id == owner_id)
        rows = await self._store.read(query)
        return Deck(**rows[0]._asdict()) if rows else None

    async def rename_deck(self, deck_id: str, name: str) -> None:
        """Give a deck another name."""
        await self._store.write((_RENAME, {"of": deck_id, "to": name}))

    async def delete_deck(self, deck_id: str) -> None:
        """Delete a deck with its cards and their reviews."""
        await self._store.write((_DELETE_DECK, {"of": deck_id}))

    # Cards

    async def add_cards(self, cards: Iterable[Card]) -> None:
        """Store new cards. Where the student has a card of that origin already, that one stays as it is."""
        rows = [card_row(card) for card in cards]
        if rows:
            await self._store.write(*((self._add_card, row) for row in rows))

    async def put_cards(self, cards: Iterable[Card]) -> None:
        """Store cards; a card of the same origin gets the new content and deck, and keeps its id and its schedule."""
        rows = [card_row(card) for card in cards]
        if rows:
            await self._store.write(*((self._put_card, row) for row in rows))

    async def card(self, card_id: str, owner_id: int) -> Card | None:
        """A student's card."""
        return await self._one(_CARDS.c.id == card_id, _CARDS.c.owner_id == owner_id)

    async def card_of(self, owner_id: int, origin: str) -> Card | None:
        """A student's card that was made from `origin`."""
        return await self._one(_CARDS.c.owner_id == owner_id, _CARDS.c.origin == origin)

    async def cards_in(self, deck_id: str, owner_id: int) -> Sequence[Card]:
        """All cards of a student's deck, oldest first."""
        query = select(_CARDS).where(_CARDS.c.deck_id == deck_id, _CARDS.c.owner_id == owner_id)
        return [card_of_row(row) for row in await self._store.read(query.order_by(_CARDS.c.created_at, _CARDS.c.id))]

    async def origins_of(self, owner_id: int, origins: Sequence[str]) -> frozenset[str]:
        """Those of `origins` that a student has cards of."""
        found: set[str] = set()
        for start in range(0, len(origins), 500):
            some = origins[start : start + 500]
            query = select(_CARDS.c.origin).where(_CARDS.c.owner_id == owner_id, _CARDS.c.origin.in_(some))
            found.update(row[0] for row in await self._store.read(query))
        return frozenset(found)

    async def set_hidden(self, card_id: str, *, hidden: bool) -> None:
        """A card comes back no more, or again."""
        await self._store.write((_HIDE, {"of": card_id, "to": hidden}))

    async def set_origin_hidden(self, owner_id: int, origin: str, *, hidden: bool) -> None:
        """A student's card of that origin, if there is one, comes back no more, or again."""
        await self._store.write((_HIDE_ORIGIN, {"by": owner_id, "of": origin, "to": hidden}))

    async def delete_card(self, card_id: str) -> None:
        """Delete a card with its reviews."""
        await self._store.write((_DELETE_CARD, {"of": card_id}))

    async def _one(self, *conditions: ColumnElement[bool]) -> Card | None:
        rows = await self._store.read(select(_CARDS).where(*conditions))
        return card_of_row(rows[0]) if rows else None


def deck_row(deck: Deck) -> dict[str, Any]:
    """The row of `decks`."""
    row = asdict(deck)
    del row["cards"], row["due"]
    return row


def card_row(card: Card) -> dict[str, Any]:
    """The row of `cards`."""
    return {
        "id": card.id,
        "deck_id": card.deck_id,
        "owner_id": card.owner_id,
        "guild_id": card.guild_id,
        "channel_id": card.channel_id,
        "kind": card.kind,
        "content": card.content.model_dump_json(),
        "topic": card.topic,
        "origin": card.origin,
        "citation": None if card.citation is None else card.citation.model_dump_json(),
        "created_at": card.created_at,
        "hidden": card.hidden,
        "reviews": card.reviews,
        **asdict(card.schedule),
    }


def card_of_row(row: Row[Any]) -> Card:
    """A card from its row."""
    return Card(
        id=row.id,
        deck_id=row.deck_id,
        owner_id=row.owner_id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        content=CONTENT.validate_json(row.content),
        topic=row.topic,
        origin=row.origin,
        created_at=row.created_at,
        schedule=Schedule(**{name: getattr(row, name) for name in _SCHEDULE}),
        citation=None if row.citation is None else Citation.model_validate_json(row.citation),
        hidden=row.hidden,
        reviews=row.reviews,
    )
