"""The table of the allowances of requests: what each process holds of Discord's global limit."""

from sqlalchemy import Float
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class RequestAllowanceRow(Base):
    """What a process holds; see `request_allowance.Share`. Times are seconds of the database's clock."""

    __tablename__ = "request_allowances"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    places: Mapped[int]
    own: Mapped[int]
    until: Mapped[float] = mapped_column(Float)
    urgent: Mapped[int]
    other: Mapped[int]
    closed_until: Mapped[float] = mapped_column(Float)
    invalid: Mapped[int]
