"""A set of cards that was made, as its message shows it, before and after a student keeps it."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.learning.card import Citation
from bot.sentences import Locale


class MadeCard(BaseModel):
    """A card of a set: two sides in Markdown, and where in a file it stands, or what the model names as its source."""

    model_config = ConfigDict(frozen=True)

    front: str
    back: str
    source: str = ""
    citation: Citation | None = None
    left_out: bool = False
    """Whether whose set it is does not want to keep it."""
    own: bool = False
    """In a reader's copy: whether the reader has changed it. It stays so, whatever becomes of the original."""


MADE_CARDS: Final[TypeAdapter[tuple[MadeCard, ...]]] = TypeAdapter(Annotated[tuple[MadeCard, ...], Field()])


@dataclass(frozen=True, slots=True)
class CardSet:
    """The cards of one call and the message that shows them, or a reader's copy, which that reader alone is shown."""

    id: str
    call_id: str
    guild_id: int
    channel_id: int
    host_id: int
    """Who asked for the cards, or has the copy: who may change them."""
    locale: Locale
    title: str
    cards: tuple[MadeCard, ...]
    message_id: int | None = None
    conversation_id: int | None = None
    """Where the model is told what was kept. None: in copies, and in sets of older releases."""
    news: str | None = None
    """What was kept, as the model has to be told with the next question; None: nothing new."""

    @property
    def kept(self) -> tuple[tuple[int, MadeCard], ...]:
        """The cards that are not left out, with their places."""
        return tuple((place, card) for place, card in enumerate(self.cards) if not card.left_out)

    @property
    def original_id(self) -> str:
        """The set that this one is a copy of; its own id if it is none."""
        return self.call_id.split(":")[1] if self.is_copy else self.id

    @property
    def is_copy(self) -> bool:
        """Whether it is a reader's copy."""
        return self.call_id.startswith("copy:")

    def with_card(self, place: int, card: MadeCard) -> tuple[MadeCard, ...]:
        """The cards with another one in that place."""
        return (*self.cards[:place], card, *self.cards[place + 1 :])


def copy_of(card_set: CardSet, reader_id: int, locale: Locale, known: CardSet | None) -> CardSet:
    """A reader's copy of a set as it is now; of a copy that is `known`, what the reader changed stays."""
    cards = card_set.cards
    if known is not None:
        pairs = zip(known.cards, cards, strict=True)
        cards = tuple(mine if mine.own else theirs for mine, theirs in pairs)
        return replace(known, cards=cards)
    return replace(
        card_set,
        id=new_set_id(),
        call_id=copy_call_id(card_set, reader_id),
        host_id=reader_id,
        locale=locale,
        message_id=None,
        conversation_id=None,
        news=None,
    )


def copy_call_id(card_set: CardSet, reader_id: int) -> str:
    """What stands in the place of a call's id in a reader's copy: a reader has one copy of a set."""
    return f"copy:{card_set.id}:{reader_id}"


def new_set_id() -> str:
    """The id of a new set: part of its buttons' `custom_id`s."""
    return secrets.token_hex(6)
