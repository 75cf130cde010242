"""What a student keeps of cards that were made or imported: a deck with them, to be reviewed."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bot.errors import UserFacingError
from bot.learning.card import Card, Citation, Deck, FlashContent, Schedule, new_id
from bot.learning.card_store import CardStore
from bot.learning.cards import sentences as say
from bot.learning.cards.card_set import CardSet, MadeCard

MOST_CARDS: Final = 20_000
"""Cards of one student."""
_TOGETHER: Final = 50
"""Cards that are written in one transaction: the event loop goes on between them."""


class KeptCards:
    """Keeps cards in decks. `clock` tells seconds since the epoch."""

    def __init__(self, card_store: CardStore, clock: Callable[[], float]) -> None:
        self.card_store = card_store
        self._clock = clock

    async def keep(self, card_set: CardSet, owner_id: int) -> tuple[Deck, int, bool]:
        """Keep the cards of a set, without those that are left out, in a student's deck of their own.

        What the deck has of the set already is updated, and what is left out now is deleted. Returns the deck, how many
        cards were kept, and whether the deck was there before.

        Raises:
            UserFacingError: no card is left, or the student has too many.
        """
        kept = card_set.kept
        if not kept:
            raise UserFacingError(say.NOTHING_TO_KEEP)
        deck_id = deck_id_of(f"set:{card_set.original_id}", owner_id)
        before = await self.card_store.deck(deck_id, owner_id)
        known = {card.origin for card in await self.card_store.cards_in(deck_id, owner_id)} if before else set()
        cards = [self._card(card_set, place, card, owner_id, deck_id) for place, card in kept]
        await self.check_room(owner_id, sum(card.origin not in known for card in cards))
        deck = before or Deck(deck_id, owner_id, card_set.guild_id, "made", card_set.title, self._clock())
        await self.card_store.add_deck(deck)
        await self.put(cards)
        await self._delete(owner_id, known - {card.origin for card in cards})
        return deck, len(cards), before is not None

    async def check_room(self, owner_id: int, new: int) -> None:
        """Make sure that a student may have so many cards more.

        Raises:
            UserFacingError: that is too many.
        """
        count = sum(deck.cards for deck in await self.card_store.decks_of(owner_id, self._clock()))
        if new and count + new > MOST_CARDS:
            raise UserFacingError(say.FULL, count=count, most=MOST_CARDS)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock()

    async def put(self, cards: Sequence[Card]) -> None:
        """Store cards; those of the same origin are updated and keep their schedules."""
        for start in range(0, len(cards), _TOGETHER):
            await asyncio.gather(*(self.card_store.put_cards([card]) for card in cards[start : start + _TOGETHER]))
            await asyncio.sleep(0)

    async def _delete(self, owner_id: int, origins: set[str]) -> None:
        for origin in origins:
            card = await self.card_store.card_of(owner_id, origin)
            if card is not None:
                await self.card_store.delete_card(card.id)

    def _card(self, card_set: CardSet, place: int, card: MadeCard, owner_id: int, deck_id: str) -> Card:
        citation = card.citation or (Citation(file=card.source) if card.source else None)
        made = self.new_card(deck_id, owner_id, f"made:{card_set.original_id}:{place}", card.front, card.back)
        return replace(
            made,
            guild_id=card_set.guild_id,
            channel_id=card_set.channel_id,
            topic=card_set.title,
            citation=citation,
        )

    def new_card(self, deck_id: str, owner_id: int, origin: str, front: str, back: str) -> Card:
        """A flash card that has never been seen: it is due at once."""
        at = self._clock()
        content = FlashContent(front=front, back=back)
        return Card(new_id(), deck_id, owner_id, 0, 0, content, "", origin, at, Schedule(due=at))


def deck_id_of(source: str, owner_id: int) -> str:
    """The id of a student's deck of what `source` names: the same each time."""
    return hashlib.sha256(f"{source}\n{owner_id}".encode()).hexdigest()[:16]
