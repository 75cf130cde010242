"""The tables of help: hint ladders, answers that a conversation holds back, and replies that hide some words."""

from datetime import datetime
from typing import Final

from sqlalchemy import Float, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now

UNFINISHED: Final = "phase = 'climbing' AND message_id IS NULL OR due IS NOT NULL OR outcome_due OR unshown"
"""The condition of the index of the ladders of which something is not done yet; queries have to use these words."""


class LadderRow(Base):
    """A hint ladder, from the call that asked for it to its end. Its times are seconds since the epoch."""

    __tablename__ = "hint_ladders"
    __table_args__ = (
        Index("ix_hint_ladders_call_id", "call_id"),
        Index("ix_hint_ladders_conversation_id", "conversation_id"),
        Index("ix_hint_ladders_channel_id", "channel_id"),
        Index("ix_hint_ladders_message_id", "message_id"),
        Index("ix_hint_ladders_student_id", "student_id"),
        Index("ix_hint_ladders_unfinished", "id", sqlite_where=text(UNFINISHED), postgresql_where=text(UNFINISHED)),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Part of every button's `custom_id`."""
    call_id: Mapped[str]
    conversation_id: Mapped[int]
    guild_id: Mapped[int]
    """0 in direct messages."""
    channel_id: Mapped[int]
    """Where its message is."""
    student_id: Mapped[int]
    locale: Mapped[str] = mapped_column(String(8))
    mode: Mapped[str] = mapped_column(String(8))
    """`answer` or `guide`, as it was set when the ladder began."""
    opens_after: Mapped[int]
    help: Mapped[str]
    """The checked arguments of the call, JSON."""
    begun_at: Mapped[float] = mapped_column(Float)
    phase: Mapped[str] = mapped_column(String(16))
    state: Mapped[str]
    """What changes of it, JSON."""
    due: Mapped[str | None] = mapped_column(String(24))
    """An effect that is not carried out yet; after a restart it is."""
    untold: Mapped[bool] = mapped_column(server_default=false())
    """Whether the model has to be told how it stands with the next question."""
    outcome_due: Mapped[bool] = mapped_column(server_default=false())
    """Whether the listeners have to be told what became of it."""
    message_id: Mapped[int | None]
    """The message that shows it now."""
    unshown: Mapped[bool] = mapped_column(server_default=false())
    """Whether its message does not show its newest state yet."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class HeldAnswerRow(Base):
    """The answer to an exercise that a student put in the mode `guide`: held back until the exercise is done."""

    __tablename__ = "held_answers"

    conversation_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The digest of the problem."""
    student_id: Mapped[int]
    problem: Mapped[str]
    answer: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class VeiledAnswerRow(Base):
    """An answer of the tutor of which some words are hidden until an exercise is done."""

    __tablename__ = "veiled_answers"
    __table_args__ = (Index("ix_veiled_answers_conversation_id", "conversation_id"),)

    answer_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)
