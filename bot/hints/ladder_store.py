"""The store of hint ladders: named reads and writes in the bot's database."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, insert, select, text, update

from bot.hints.help_arguments import Help
from bot.hints.ladder_session import LadderEffect, LadderPhase, LadderSession, state_of, with_state
from bot.hints.tables import UNFINISHED, LadderRow
from bot.sentences import Locale
from bot.store.base import now, table_of
from bot.store.store import Store

_LADDERS = table_of(LadderRow)

_ADD: Final = insert(_LADDERS)
_CHANGING: Final = ("phase", "state", "due", "untold", "outcome_due", "unshown")
_SAVE: Final = (
    update(_LADDERS)
    .where(_LADDERS.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_SET_MESSAGE: Final = (
    update(_LADDERS)
    .where(_LADDERS.c.id == bindparam("of"))
    .values(message_id=bindparam("new_message"), unshown=bindparam("new_unshown"))
)
_CLEAR_DUE: Final = update(_LADDERS).where(_LADDERS.c.id == bindparam("of")).values(due=None)
_SET_TOLD: Final = update(_LADDERS).where(_LADDERS.c.id == bindparam("of")).values(untold=False)
_CLEAR_OUTCOME: Final = update(_LADDERS).where(_LADDERS.c.id == bindparam("of")).values(outcome_due=False)
_CLIMBING: Final = _LADDERS.c.phase == LadderPhase.CLIMBING.value


@dataclass(frozen=True, slots=True)
class LadderRecord:
    """A ladder with all that is stored of it."""

    id: str
    call_id: str
    conversation_id: int
    guild_id: int
    """0 in direct messages."""
    channel_id: int
    locale: Locale
    session: LadderSession
    due: LadderEffect | None = None
    """An effect that is not carried out yet."""
    untold: bool = False
    """Whether the model has to be told of it with the next question in its conversation."""
    outcome_due: bool = False
    """Whether the listeners have to be told what became of it."""
    message_id: int | None = None
    unshown: bool = False
    """Whether its message does not show its newest state yet."""


class LadderToRecover(NamedTuple):
    """A ladder of which something is not done yet, though nobody presses a button."""

    ladder_id: str
    guild_id: int


class LadderStore:
    """Named reads and writes of ladders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, record: LadderRecord) -> None:
        """Store a new ladder."""
        await self._store.write((_ADD, ladder_row(record)))

    async def save(self, record: LadderRecord) -> None:
        """Store what an event has changed."""
        row = ladder_row(record)
        await self._store.write((_SAVE, {"of": record.id, **{f"new_{name}": row[name] for name in _CHANGING}}))

    async def set_message(self, record: LadderRecord) -> None:
        """Store which message shows the ladder, and whether it shows the newest state."""
        row = {"of": record.id, "new_message": record.message_id, "new_unshown": record.unshown}
        await self._store.write((_SET_MESSAGE, row))

    async def clear_due(self, ladder_id: str) -> None:
        """The effect that was due is carried out."""
        await self._store.write((_CLEAR_DUE, {"of": ladder_id}))

    async def set_told(self, ladder_id: str) -> None:
        """The model was told of the ladder as it is."""
        await self._store.write((_SET_TOLD, {"of": ladder_id}))

    async def clear_outcome(self, ladder_id: str) -> None:
        """The listeners were told what became of it."""
        await self._store.write((_CLEAR_OUTCOME, {"of": ladder_id}))

    async def get(self, ladder_id: str) -> LadderRecord | None:
        """The ladder with that id."""
        rows = await self._store.read(select(_LADDERS).where(_LADDERS.c.id == ladder_id))
        return ladder_of(rows[0]._asdict()) if rows else None

    async def of_call(self, call_id: str) -> str | None:
        """The id of the ladder that a call asked for."""
        return await self._one(_LADDERS.c.call_id == call_id)

    async def of_message(self, message_id: int) -> str | None:
        """The id of the ladder that a message shows."""
        return await self._one(_LADDERS.c.message_id == message_id)

    async def climbed_in(self, channel_id: int) -> Sequence[str]:
        """The ids of the ladders in a channel that are not over."""
        return await self._ids((_LADDERS.c.channel_id == channel_id) & _CLIMBING)

    async def climbed_in_conversation(self, conversation_id: int) -> Sequence[str]:
        """The ids of a conversation's ladders that are not over, oldest first."""
        return await self._ids((_LADDERS.c.conversation_id == conversation_id) & _CLIMBING)

    async def all_in(self, conversation_id: int, most: int = 50) -> Sequence[str]:
        """The ids of a conversation's newest ladders."""
        query = select(_LADDERS.c.id).where(_LADDERS.c.conversation_id == conversation_id)
        rows = await self._store.read(query.order_by(_LADDERS.c.created_at.desc()).limit(most))
        return [row[0] for row in rows]

    async def untold_in(self, conversation_id: int) -> Sequence[str]:
        """The ids of a conversation's ladders that the model has to be told of, oldest first."""
        return await self._ids((_LADDERS.c.conversation_id == conversation_id) & _LADDERS.c.untold.is_(True))

    async def to_recover(self) -> Sequence[LadderToRecover]:
        """The ladders with an effect or an outcome that is due, or whose newest state no message shows."""
        query = select(_LADDERS.c.id, _LADDERS.c.guild_id).where(text(UNFINISHED)).order_by(_LADDERS.c.created_at)
        return [LadderToRecover(*row) for row in await self._store.read(query)]

    async def _ids(self, wanted: Any) -> Sequence[str]:
        query = select(_LADDERS.c.id).where(wanted).order_by(_LADDERS.c.created_at, _LADDERS.c.begun_at)
        return [row[0] for row in await self._store.read(query)]

    async def _one(self, wanted: Any) -> str | None:
        found = await self._ids(wanted)
        return found[0] if found else None


def ladder_row(record: LadderRecord) -> dict[str, Any]:
    """The row of `hint_ladders`."""
    session = record.session
    return {
        "id": record.id,
        "call_id": record.call_id,
        "conversation_id": record.conversation_id,
        "guild_id": record.guild_id,
        "channel_id": record.channel_id,
        "student_id": session.student,
        "locale": record.locale,
        "mode": session.mode,
        "opens_after": session.opens_after,
        "help": json.dumps(asdict(session.help), ensure_ascii=False),
        "begun_at": session.begun_at,
        "phase": session.phase.value,
        "state": json.dumps(state_of(session), ensure_ascii=False),
        "due": None if record.due is None else record.due.value,
        "untold": record.untold,
        "outcome_due": record.outcome_due,
        "message_id": record.message_id,
        "unshown": record.unshown,
        "created_at": now(),
    }


def ladder_of(row: Mapping[str, Any]) -> LadderRecord:
    """A record from its row."""
    given = json.loads(row["help"])
    session = LadderSession(
        help=Help(**{**given, "hints": tuple(given["hints"])}),
        student=row["student_id"],
        mode=row["mode"],
        opens_after=row["opens_after"],
        begun_at=row["begun_at"],
    )
    return LadderRecord(
        id=row["id"],
        call_id=row["call_id"],
        conversation_id=row["conversation_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        locale=row["locale"],
        session=with_state(session, json.loads(row["state"])),
        due=None if row["due"] is None else LadderEffect(row["due"]),
        untold=row["untold"],
        outcome_due=row["outcome_due"],
        message_id=row["message_id"],
        unshown=row["unshown"],
    )
