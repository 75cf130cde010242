"""What learning's tests share: the bot's store, on both databases."""

from tests.bot.store.conftest import store

__all__ = ["store"]
