"""The table of requests to be forgotten."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now


class ForgettingRow(Base):
    """A student's newest request to be forgotten: it is done, or goes on at the next start.

    It stays when it is done: what the student wrote in Discord before it is not read again from there.
    """

    __tablename__ = "forgettings"

    student_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kinds: Mapped[str] = mapped_column(String(64))
    """`conversations`, `results`, `files`, separated by commas; empty when all of it is done."""
    conversations_before: Mapped[datetime | None]
    """Until when conversations are forgotten."""
    asked_at: Mapped[datetime] = mapped_column(default=now)
