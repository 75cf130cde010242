"""The bot's database: the declarative base, and how an engine is made for SQLite or PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, MetaData, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase


def now() -> datetime:
    """The present, in UTC, as columns of time hold it."""
    return datetime.now(UTC)


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


def make_engine(url: str) -> AsyncEngine:
    """An engine for `url`, tuned for a bot: SQLite in WAL mode, waiting for a lock rather than failing."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True)
    engine = create_async_engine(url, connect_args={"timeout": 30})
    event.listen(engine.sync_engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:
    # WAL with synchronous=NORMAL outlives the death of the process; only a power cut may cost the last commit.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
