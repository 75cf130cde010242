"""Settings that the people of a server choose, for the whole server or for a channel of it.

Each is a name with the values that it may have. They are read when the bot starts and kept in memory, as every run asks
for them; the bot's other processes are told of a change, and read it. Who changed what, and when, is kept beside them.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Executable, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.sentences import LANGUAGE_NAMES
from bot.store.base import now
from bot.store.store import Store
from bot.store.tables import DM, ServerSettingChangeRow, ServerSettingRow

log = structlog.get_logger(__name__)

WHOLE_SERVER = 0
"""The channel id of what is set for a whole server."""
IDS = r"\d{1,20}(,\d{1,20}){0,24}"
"""One to 25 ids of channels or roles, as many as one select takes."""

_REMOVE = delete(ServerSettingRow).where(
    ServerSettingRow.guild_id == bindparam("guild"),
    ServerSettingRow.channel_id == bindparam("channel"),
    ServerSettingRow.name == bindparam("setting"),
)
_NOTE = insert(ServerSettingChangeRow)
_CHANGES = select(
    ServerSettingChangeRow.channel_id,
    ServerSettingChangeRow.name,
    ServerSettingChangeRow.value,
    ServerSettingChangeRow.changed_by,
    ServerSettingChangeRow.changed_at,
)
_NEWEST_FIRST = (ServerSettingChangeRow.changed_at.desc(), ServerSettingChangeRow.id)
TellChange = Callable[[int], Awaitable[None]]
"""Tells the bot's other processes that the settings of a guild have changed."""


@dataclass(frozen=True, slots=True)
class ServerSetting:
    """A setting: its name in the database, and the values that it may have, the default first; a `pattern` allows
    further ones.
    """

    name: str
    values: tuple[str, ...]
    pattern: str | None = None

    @property
    def default(self) -> str:
        """The value until somebody chooses another."""
        return self.values[0]

    def accepts(self, value: str) -> bool:
        """Whether it may have this value."""
        return value in self.values or (
            self.pattern is not None and re.fullmatch(self.pattern, value, re.DOTALL) is not None
        )


LANGUAGE = ServerSetting("language", ("", *LANGUAGE_NAMES))
"""The language that Saem speaks; empty: that of each student."""
PERSONA = ServerSetting("persona", ("",), pattern=r".{1,1000}")
"""Who Saem is to be in the server, in its managers' words."""
INSTRUCTIONS = ServerSetting("instructions", ("",), pattern=r".{1,4000}")
"""What Saem is to do beyond its own instructions, in the managers' words."""
MODEL = ServerSetting("model", ("",), pattern=r"[^\s]{1,200}")
"""The model that answers, one of those that the host allows; empty: the host's own choice."""
CHANNELS = ServerSetting("channels", ("",), pattern=IDS)
"""The channels and categories where Saem answers; empty: everywhere."""
ROLES = ServerSetting("roles", ("",), pattern=IDS)
"""The roles whose members Saem answers; empty: everybody."""
QUIZ_QUESTIONS = ServerSetting("quiz_questions", ("3",), pattern=r"[1-9]|10")
"""How many questions a quiz has that nobody says more about."""
QUIZ_DIFFICULTY = ServerSetting("quiz_difficulty", ("", "easy", "medium", "hard"))
"""How hard such a quiz is; empty: as the model finds it fitting."""
QUIZ_PLAY = ServerSetting("quiz_play", ("each", "end", "together"))
"""How such a quiz is played: alone, with feedback on each answer or at the end, or by everyone together."""
QUIZ_SOURCE = ServerSetting("quiz_source", ("", "files", "anything"))
"""What such a quiz is drawn from; empty: as the model finds it fitting."""
CALCULATOR = ServerSetting("calculator", ("on", "off"))
"""Whether the model may call the functions that compute."""
CODE = ServerSetting("code", ("on", "off"))
"""Whether the model may run code that it writes."""
MODERATORS_CHANNEL = ServerSetting("moderators_channel", ("",), pattern=r"\d{1,20}")
"""The id of the channel where moderators are told what was refused and reported."""

RETENTION_DAYS = ServerSetting("retention_days", ("",), pattern=r"[1-9]\d{0,3}")
"""Days after their last message in which conversations are kept; empty, or more than the host's: as the host says."""
CONTRIBUTORS = "library_contributors"
LIBRARY_CHANNEL = "library_channel"
"""What the library keeps in tables of its own, as the changes name it."""
GREETED = ServerSetting("greeted", ("",), pattern=r"\d{1,12}")
"""When Saem joined the server that it has greeted (seconds since 1970); nobody chooses it."""


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A change of a setting that somebody made."""

    channel_id: int
    name: str
    value: str | None
    """None: back to the default."""
    changed_by: int
    changed_at: datetime


class ServerSettings:
    """What is set in all servers. Direct messages have guild id 0; there a channel alone can have a setting."""

    tell: TellChange | None = None
    """Set where the bot may have other processes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        """Held while memory and database are brought to the same: the last change of a setting counts in both."""
        insert_row = (postgresql.insert if store.dialect == "postgresql" else sqlite.insert)(ServerSettingRow)
        key = ["guild_id", "channel_id", "name"]
        value = insert_row.excluded.value
        self._set = insert_row.on_conflict_do_update(index_elements=key, set_={"value": value})
        self._claim = insert_row.on_conflict_do_update(
            index_elements=key, set_={"value": value}, where=ServerSettingRow.value != value
        )
        self._values: dict[tuple[int, int, str], str] = {}

    async def load(self, guild_id: int | None = None) -> None:
        """Read what is set, or what a guild has set. Call it before anything can be asked."""
        row = ServerSettingRow
        query = select(row.guild_id, row.channel_id, row.name, row.value)
        if guild_id is not None:
            query = query.where(row.guild_id == guild_id)
        async with self._turn:
            rows = await self._store.read(query)
            kept = {} if guild_id is None else {key: each for key, each in self._values.items() if key[0] != guild_id}
            self._values = kept | {(each.guild_id, each.channel_id, each.name): each.value for each in rows}

    def value(self, setting: ServerSetting, guild_id: int, *channel_ids: int) -> str:
        """The value that counts: of the first of these channels that has one (a thread, then its parent), then the
        server's, then the default.
        """
        for channel_id in (*channel_ids, WHOLE_SERVER):
            found = self.chosen(setting, guild_id, channel_id)
            if found is not None:
                return found
        return setting.default

    def ids(self, setting: ServerSetting, guild_id: int) -> frozenset[int]:
        """The value of a setting that holds ids."""
        return frozenset(int(each) for each in self.value(setting, guild_id).split(",") if each)

    def in_all_servers(self, setting: ServerSetting) -> set[str]:
        """The values that whole servers have chosen."""
        return {
            value
            for (_, channel_id, name), value in self._values.items()
            if name == setting.name and channel_id == WHOLE_SERVER and setting.accepts(value)
        }

    def chosen(self, setting: ServerSetting, guild_id: int, channel_id: int = WHOLE_SERVER) -> str | None:
        """What was chosen for just this channel (or the whole server); None if nothing was.

        What a newer release wrote and this one does not know counts as nothing.
        """
        found = self._values.get((guild_id, channel_id, setting.name))
        return found if found is not None and setting.accepts(found) else None

    async def choose(
        self, setting: ServerSetting, value: str, guild_id: int, channel_id: int = WHOLE_SERVER, *, by: int = 0
    ) -> None:
        """Set a value for the whole server, or a channel of it; returns when it is stored. `by`: who chose it.

        Raises:
            ValueError: the setting has no such value, or direct messages are meant as a whole.
        """
        if not setting.accepts(value):
            raise ValueError(f"{setting.name} is one of {', '.join(setting.values)}, not {value!r}")
        if guild_id == DM and channel_id == WHOLE_SERVER:
            raise ValueError("direct messages have settings for a channel alone")
        row = {"guild_id": guild_id, "channel_id": channel_id, "name": setting.name, "value": value}
        async with self._turn:
            if self._values.get((guild_id, channel_id, setting.name)) == value:
                return
            await self._store.write((self._set, row), *change_rows(row, by))
            self._values[guild_id, channel_id, setting.name] = value
        log.info("setting.chosen", setting=setting.name, guild=guild_id, channel=channel_id)
        await self._tell(guild_id)

    async def clear(
        self, setting: ServerSetting, guild_id: int, channel_id: int = WHOLE_SERVER, *, by: int = 0
    ) -> None:
        """Forget what was chosen for just this channel (or the whole server). `by`: who did so."""
        row = {"guild_id": guild_id, "channel_id": channel_id, "name": setting.name, "value": None}
        async with self._turn:
            if (guild_id, channel_id, setting.name) not in self._values:
                return
            await self._store.write(
                (_REMOVE, {"guild": guild_id, "channel": channel_id, "setting": setting.name}), *change_rows(row, by)
            )
            self._values.pop((guild_id, channel_id, setting.name), None)
        await self._tell(guild_id)

    async def claim(self, setting: ServerSetting, value: str, guild_id: int) -> bool:
        """Set a value for a whole server; whether it was another before. Of several that claim one at once, one does.

        Raises:
            ValueError: the setting has no such value.
        """
        if not setting.accepts(value):
            raise ValueError(f"{setting.name} cannot be {value!r}")
        row = {"guild_id": guild_id, "channel_id": WHOLE_SERVER, "name": setting.name, "value": value}
        async with self._turn:
            changed = await self._store.change(self._claim, row)
            self._values[guild_id, WHOLE_SERVER, setting.name] = value
        return changed == 1

    async def note(
        self, name: str, value: str | None, guild_id: int, channel_id: int = WHOLE_SERVER, *, by: int
    ) -> None:
        """Note who changed something that a room keeps in tables of its own; `value` is None for its default."""
        row = {"guild_id": guild_id, "channel_id": channel_id, "name": name, "value": value}
        await self._store.write(*change_rows(row, by))

    async def changes(self, guild_id: int, count: int, *, skip: int = 0) -> list[SettingChange]:
        """The newest changes of a server's settings, the newest first."""
        query = _CHANGES.where(ServerSettingChangeRow.guild_id == guild_id)
        return await self._read_changes(query.order_by(*_NEWEST_FIRST).limit(count).offset(skip))

    async def changes_of(self, name: str, guild_id: int) -> list[SettingChange]:
        """All changes, the newest first, of what a whole server has set."""
        row = ServerSettingChangeRow
        query = _CHANGES.where(row.guild_id == guild_id, row.channel_id == WHOLE_SERVER, row.name == name)
        return await self._read_changes(query.order_by(*_NEWEST_FIRST))

    async def last_change(self, name: str, guild_id: int) -> SettingChange | None:
        """The last change of what a whole server has set; None if nobody has."""
        row = ServerSettingChangeRow
        query = _CHANGES.where(row.guild_id == guild_id, row.channel_id == WHOLE_SERVER, row.name == name)
        return next(iter(await self._read_changes(query.order_by(*_NEWEST_FIRST).limit(1))), None)

    async def _read_changes(self, query: Executable) -> list[SettingChange]:
        return [SettingChange(*each) for each in await self._store.read(query)]

    async def _tell(self, guild_id: int) -> None:
        if self.tell is not None:
            await self.tell(guild_id)


def change_rows(row: Mapping[str, Any], by: int) -> list[tuple[Executable, Mapping[str, Any]]]:
    """What writes who changed something; nothing where a person is not known. `row` has its `guild_id`, `channel_id`,
    `name` and `value`.
    """
    if not by:
        return []
    return [(_NOTE, {**row, "id": secrets.token_hex(8), "changed_by": by, "changed_at": now()})]
