"""The whole of the bot's schema: every module that holds tables, imported for its metadata."""

from importlib import import_module
from importlib.util import find_spec

from sqlalchemy import MetaData

from bot.store.base import Base

_MODULES = ("bot.store.tables", "bot.quizzes.tables", "bot.library.tables")


def whole_schema() -> MetaData:
    """The metadata with the tables of all rooms."""
    for name in _MODULES:
        if find_spec(name) is not None:
            import_module(name)
    return Base.metadata
