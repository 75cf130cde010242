"""The bot's whole database schema: the tables of all rooms, and the migrations that make them."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from bot.store.base import Base
from database.migrations import Migrations

MIGRATIONS = Migrations(Path(__file__).with_name("migrations"), "saem_schema", 0x5AE3)

_MODULES = (
    "bot.store.tables",
    "bot.shards.tables",
    "bot.status.tables",
    "bot.replies.limits.tables",
    "bot.quizzes.storage.tables",
    "bot.library.tables",
    "bot.learning.tables",
    "bot.hints.tables",
    "bot.learning.cards.tables",
    "bot.privacy.tables",
)


def whole_schema() -> MetaData:
    """The metadata with the tables of all rooms."""
    for name in _MODULES:
        import_module(name)
    return Base.metadata
