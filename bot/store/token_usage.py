"""Token usage: how many tokens the whole bot has used on each day."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import DayRow


class TokenUsage:
    """Reads and adds up the tokens of each day; a day is written `2026-11-21`, in UTC."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        day = insert(DayRow)
        self._add = day.on_conflict_do_update(
            index_elements=["day"], set_={"tokens": DayRow.tokens + day.excluded.tokens}
        )

    async def add(self, day: str, tokens: int) -> None:
        """Add tokens to what was used on a day."""
        await self._store.write((self._add, {"day": day, "tokens": tokens}))

    async def on(self, day: str) -> int:
        """The tokens used on a day so far."""
        rows = await self._store.read(select(DayRow.tokens).where(DayRow.day == day))
        return int(rows[0].tokens) if rows else 0
