"""A set of cards that was made, as its message shows it, before and after a student keeps it."""

import secrets
from dataclasses import dataclass
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
    """Whether whoever asked for the set does not want to keep it."""


MADE_CARDS: Final[TypeAdapter[tuple[MadeCard, ...]]] = TypeAdapter(Annotated[tuple[MadeCard, ...], Field()])


@dataclass(frozen=True, slots=True)
class CardSet:
    """The cards of one call, and the message that shows them."""

    id: str
    call_id: str
    guild_id: int
    channel_id: int
    host_id: int
    """Who asked for the cards, and may change them."""
    locale: Locale
    title: str
    cards: tuple[MadeCard, ...]
    message_id: int | None = None

    @property
    def kept(self) -> tuple[tuple[int, MadeCard], ...]:
        """The cards that are not left out, with their places."""
        return tuple((place, card) for place, card in enumerate(self.cards) if not card.left_out)

    def with_card(self, place: int, card: MadeCard) -> tuple[MadeCard, ...]:
        """The cards with another one in that place."""
        return (*self.cards[:place], card, *self.cards[place + 1 :])


def new_set_id() -> str:
    """The id of a new set: part of its buttons' `custom_id`s."""
    return secrets.token_hex(6)
