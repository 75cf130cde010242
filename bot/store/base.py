"""The declarative base of the bot's tables."""

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, DateTime, MetaData, Table
from sqlalchemy.orm import DeclarativeBase

from bot.discord_clock import DISCORD_CLOCK


def now() -> datetime:
    """The present time in UTC, by Discord's clock."""
    return DISCORD_CLOCK.now()


class Base(DeclarativeBase):
    """The base of every table of the bot; `int` columns hold 64 bits (Discord's ids), times are in UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {int: BigInteger(), datetime: DateTime(timezone=True)}  # noqa: RUF012 - SQLAlchemy's own shape


def table_of(row: type[Base]) -> Table:
    """The table of a row class, for statements whose parameters have the names of its columns."""
    return cast("Table", row.__table__)
