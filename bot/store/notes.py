"""Notes: small facts that the bot remembers about itself, by name."""

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import NoteRow

ALIVE_AT = "alive_at"
"""The name of the note that says until when the bot received every message. There is one for each shard, if there are
several: `alive_at:0/4` is shard 0's of four."""


class Notes:
    """Reads and writes notes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        note = insert(NoteRow)
        self._set = note.on_conflict_do_update(index_elements=["name"], set_={"value": note.excluded.value})

    async def set(self, name: str, value: str) -> None:
        """Write a note, or overwrite it."""
        await self._store.write((self._set, {"name": name, "value": value}))

    async def delete(self, name: str) -> None:
        """Delete a note."""
        await self._store.write((delete(NoteRow).where(NoteRow.name == name), {}))

    async def get(self, name: str) -> str | None:
        """A note's value; None when there is no such note."""
        rows = await self._store.read(select(NoteRow.value).where(NoteRow.name == name))
        return str(rows[0].value) if rows else None

    async def beginning_with(self, beginning: str) -> dict[str, str]:
        """The notes whose names begin so, by name."""
        rows = await self._store.read(
            select(NoteRow.name, NoteRow.value).where(NoteRow.name.startswith(beginning, autoescape=True))
        )
        return {row.name: row.value for row in rows}
