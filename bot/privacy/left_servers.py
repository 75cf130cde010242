"""Servers that have removed Saem: what is kept of them goes after a month, unless Saem is invited again.

Nothing tells a process what happened while it was away. So it is looked at again and again which servers are known in
the store and are not among those that Discord has named; since when, a note says.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import bindparam, delete, select, union

from bot.store.base import now, table_of
from bot.store.notes import Notes
from bot.store.schema import whole_schema
from bot.store.store import Store
from bot.store.tables import ConversationRow, GuildRow, ServerSettingRow

log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=30)
"""How long what is known of a server is kept after it has removed Saem."""
KEPT_TABLES: Final = frozenset(
    {
        *("token_charges", "holds", "shard_guilds", "announced_requests", "deferred_responses"),
        *("study_results", "quiz_results", "decks", "cards"),
    }
)
"""Tables with servers' ids of which nothing goes: what was spent counts on for the whole bot, other rows are swept by
themselves, and what students have learned is theirs.
"""
_NOTE: Final = "left:"
_TABLES: Final = (table_of(ConversationRow), table_of(ServerSettingRow), table_of(GuildRow))


class Forget(Protocol):
    """What deletes the parts of a server that other rooms keep, on both sides."""

    async def conversations(self, guild_id: int) -> bool:
        """Delete its conversations; False: not all of them went now."""
        ...

    async def library(self, guild_id: int) -> bool:
        """Delete its files; False: not all of them went now."""
        ...

    async def assistant(self, guild_id: int) -> None:
        """Delete its assistant and its vector store."""
        ...


class LeftServers:
    """Looks for them among those that this process `owns`; `is_there` says whether Saem is in one."""

    def __init__(
        self,
        store: Store,
        forget: Forget,
        *,
        owns: Callable[[int], bool],
        is_there: Callable[[int], bool],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._store = store
        self._notes = Notes(store)
        self._forget = forget
        self._owns = owns
        self._is_there = is_there
        self._clock = clock

    async def run_once(self) -> list[int]:
        """Note who has left and who has come back; forget those that left long ago, and return them."""
        left = await self._notes.beginning_with(_NOTE)
        gone = []
        for guild_id in sorted(each for each in await self._known(left) if each and self._owns(each)):
            name = f"{_NOTE}{guild_id}"
            if self._is_there(guild_id):
                if name in left:
                    log.info("guild.came_back", guild=guild_id)
                    await self._notes.delete(name)
            elif name not in left:
                log.warning("guild.left", guild=guild_id, kept_days=KEPT.days)
                await self._notes.set(name, self._clock().isoformat())
            elif self._clock() - datetime.fromisoformat(left[name]) > KEPT and await self._forget_all(guild_id):
                await self._notes.delete(name)
                log.warning("guild.forgotten", guild=guild_id)
                gone.append(guild_id)
        return gone

    async def _known(self, left: Collection[str]) -> set[int]:
        query = union(*(select(table.c.guild_id).distinct() for table in _TABLES))
        known = {int(row[0]) for row in await self._store.read(query)}
        return known | {int(name.removeprefix(_NOTE)) for name in left}

    async def _forget_all(self, guild_id: int) -> bool:
        """Each step may be done again; what does not go now goes the next time."""
        if not await self._forget.conversations(guild_id) or not await self._forget.library(guild_id):
            return False
        await self._forget.assistant(guild_id)
        await self._store.write(*rows_of(guild_id))
        return True


def rows_of(guild_id: int) -> list[tuple[Any, dict[str, Any]]]:
    """The deletions of all rows of a server, but those of `KEPT_TABLES`."""
    tables = [table for table in whole_schema().sorted_tables if "guild_id" in table.columns]
    of_guild = [table for table in reversed(tables) if table.name not in KEPT_TABLES]
    return [(delete(table).where(table.c.guild_id == bindparam("of")), {"of": guild_id}) for table in of_guild]
