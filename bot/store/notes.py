"""What the bot remembers of itself: small facts, and how many tokens each day has taken."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import DayRow, NoteRow


class Notes:
    """Named reads and writes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        day = insert(DayRow)
        self._add_tokens = day.on_conflict_do_update(
            index_elements=["day"], set_={"tokens": DayRow.tokens + day.excluded.tokens}
        )
        note = insert(NoteRow)
        self._set_note = note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value})

    async def add_tokens(self, day: str, tokens: int) -> None:
        """Tokens used on a day (`2026-11-21`)."""
        await self._store.write((self._add_tokens, {"day": day, "tokens": tokens}))

    async def tokens(self, day: str) -> int:
        """Tokens used on a day so far."""
        rows = await self._store.read(select(DayRow.tokens).where(DayRow.day == day))
        return int(rows[0].tokens) if rows else 0

    async def set_note(self, name: str, value: str) -> None:
        """Remember a small fact."""
        await self._store.write((self._set_note, {"name": name, "value": value}))

    async def note(self, name: str) -> str | None:
        """A small fact."""
        rows = await self._store.read(select(NoteRow.value).where(NoteRow.name == name))
        return str(rows[0].value) if rows else None
