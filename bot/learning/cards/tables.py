"""The tables of cards that were made, of requests for them, and of the pictures on cards."""

from datetime import datetime

from sqlalchemy import Float, Index, LargeBinary, String, false
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now


class CardSetRow(Base):
    """The cards of a call of `make_cards`."""

    __tablename__ = "card_sets"
    __table_args__ = (
        Index("ix_card_sets_call_id", "call_id", unique=True),
        Index("ix_card_sets_host_id", "host_id"),
        Index("ix_card_sets_message_id", "message_id"),
        Index("ix_card_sets_conversation_id", "conversation_id"),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Part of every button's `custom_id`."""
    call_id: Mapped[str]
    """Of a reader's copy: `copy:<id of the set>:<reader>`."""
    guild_id: Mapped[int]
    """0 in direct messages."""
    channel_id: Mapped[int]
    host_id: Mapped[int]
    locale: Mapped[str] = mapped_column(String(8))
    title: Mapped[str]
    cards: Mapped[str]
    """JSON (`bot.learning.cards.card_set.MadeCard`)."""
    message_id: Mapped[int | None]
    conversation_id: Mapped[int | None]
    """None in copies, and in sets of older releases."""
    news: Mapped[str | None]
    """What the model has to be told with the next question in the conversation."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class CardRequestRow(Base):
    """What a student asked for with `/cards` or *Make cards*. Each conversation keeps only the newest."""

    __tablename__ = "card_requests"
    __table_args__ = (Index("ix_card_requests_interaction_id", "interaction_id"),)

    conversation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str | None]
    """The run that answered it with cards."""
    interaction_id: Mapped[int]
    """The `message_id` of the question in the conversation."""
    student_id: Mapped[int]
    name: Mapped[str]
    """The display name at the time."""
    locale: Mapped[str] = mapped_column(String(8))
    topic: Mapped[str]
    topic_typed: Mapped[bool] = mapped_column(server_default=false())
    prompt: Mapped[str]
    instructions: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class CardPictureRow(Base):
    """A picture on a student's cards. Two students with the same picture have a row each."""

    __tablename__ = "card_pictures"

    owner_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """What cards refer to it by: made from its bytes."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)


class CardStartRow(Base):
    """Cards that were asked for lately, which count among those that a student and a server may ask for."""

    __tablename__ = "card_starts"

    request_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """What asked for them: an interaction's id, or a call's."""
    student_id: Mapped[int]
    guild_id: Mapped[int]
    """0 in direct messages."""
    at: Mapped[float] = mapped_column(Float)
    """Seconds since the epoch."""
