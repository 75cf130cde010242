"""The store of reminders that students asked for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import Float, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.tables import ReminderRow
from bot.sentences import Locale
from bot.store.base import table_of
from bot.store.store import Store

_REMINDERS = table_of(ReminderRow)
_CLAIM: Final = (
    update(_REMINDERS)
    .where(
        _REMINDERS.c.student_id == bindparam("of"),
        _REMINDERS.c.next_at == bindparam("was"),
        _REMINDERS.c.sending_since.is_not_distinct_from(bindparam("was_sending", type_=Float)),
    )
    .values(next_at=bindparam("new_at"), last_day=bindparam("new_day"), sending_since=bindparam("new_sending"))
)
_DELETE: Final = delete(_REMINDERS).where(_REMINDERS.c.student_id == bindparam("of"))
_TOLD: Final = update(_REMINDERS).where(_REMINDERS.c.student_id == bindparam("of")).values(refusal_told=True)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A student's wish to be reminded at `hour` by the clock of `timezone`. Days are written `2026-11-30`."""

    student_id: int
    hour: int
    timezone: str
    locale: Locale
    next_at: float
    """When it is looked at next, in seconds since the epoch."""
    last_day: str | None = None
    """The day, there, of the last reminder."""
    sending_since: float | None = None
    """Since when it is being sent; None when that is done."""
    refused_since: str | None = None
    """The day since which Discord refuses the student's direct messages."""
    refusal_told: bool = False


class ReminderStore:
    """Named reads and writes of reminders."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
        putting = insert(_REMINDERS)
        names = [each.name for each in fields(Reminder) if each.name != "student_id"]
        self._put: Any = putting.on_conflict_do_update(
            index_elements=["student_id"], set_={name: putting.excluded[name] for name in names}
        )

    async def put(self, reminder: Reminder) -> None:
        """Store a reminder in the place of the student's last one."""
        await self._store.write((self._put, asdict(reminder)))

    async def claim(self, before: Reminder, after: Reminder) -> bool:
        """Store a reminder in the place of what it was; False: another process, or the student, has changed it."""
        values = {
            "of": before.student_id,
            "was": before.next_at,
            "was_sending": before.sending_since,
            "new_at": after.next_at,
            "new_day": after.last_day,
            "new_sending": after.sending_since,
        }
        return bool(await self._store.change(_CLAIM, values))

    async def of_student(self, student_id: int) -> Reminder | None:
        """A student's reminder."""
        rows = await self._store.read(select(_REMINDERS).where(_REMINDERS.c.student_id == student_id))
        return Reminder(**rows[0]._asdict()) if rows else None

    async def due(self, at: float, most: int = 100) -> Sequence[Reminder]:
        """The reminders whose time has come, the oldest first."""
        query = select(_REMINDERS).where(_REMINDERS.c.next_at <= at).order_by(_REMINDERS.c.next_at).limit(most)
        return [Reminder(**row._asdict()) for row in await self._store.read(query)]

    async def being_sent(self) -> Sequence[Reminder]:
        """The reminders that are being sent, or were when a process ended."""
        query = select(_REMINDERS).where(_REMINDERS.c.sending_since.is_not(None)).order_by(_REMINDERS.c.student_id)
        return [Reminder(**row._asdict()) for row in await self._store.read(query)]

    async def set_refusal_told(self, student_id: int) -> None:
        """The student was told that their direct messages are closed."""
        await self._store.write((_TOLD, {"of": student_id}))

    async def delete(self, student_id: int) -> None:
        """A student wants none any more."""
        await self._store.write((_DELETE, {"of": student_id}))
