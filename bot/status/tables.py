"""The table of what the bot's processes note of themselves."""

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class ProcessStatusRow(Base):
    """How a process of the bot is, as it says itself; it goes when the process ends in order."""

    __tablename__ = "process_status"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    """The operating system's id of it, on its host."""
    noted_at: Mapped[float] = mapped_column(Float)
    """Seconds of the database's clock."""
    status: Mapped[str]
    """As JSON (`process_status.py`)."""
