"""Settings that the people of a server choose, for the whole server or for a channel of it.

Each is a name with the values that it may have. They are read when the bot starts and kept in memory, as every run asks
for them.
"""

import re
from dataclasses import dataclass

import structlog
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.store import Store
from bot.store.tables import DM, ServerSettingRow

log = structlog.get_logger(__name__)

WHOLE_SERVER = 0
"""The channel id of what is set for a whole server."""

_REMOVE = delete(ServerSettingRow).where(
    ServerSettingRow.guild_id == bindparam("guild"),
    ServerSettingRow.channel_id == bindparam("channel"),
    ServerSettingRow.name == bindparam("setting"),
)


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
        return value in self.values or (self.pattern is not None and re.fullmatch(self.pattern, value) is not None)


CALCULATOR = ServerSetting("calculator", ("on", "off"))
"""Whether the model may call the functions that compute."""
CODE = ServerSetting("code", ("on", "off"))
"""Whether the model may run code that it writes."""
MODERATORS_CHANNEL = ServerSetting("moderators_channel", ("",), pattern=r"\d{1,20}")
"""The id of the channel where moderators are told what was refused and reported."""


class ServerSettings:
    """What is set in all servers. Direct messages have guild id 0; there a channel alone can have a setting."""

    def __init__(self, store: Store) -> None:
        self._store = store
        insert = (postgresql.insert if store.dialect == "postgresql" else sqlite.insert)(ServerSettingRow)
        self._set = insert.on_conflict_do_update(
            index_elements=["guild_id", "channel_id", "name"], set_={"value": insert.excluded.value}
        )
        self._values: dict[tuple[int, int, str], str] = {}

    async def load(self) -> None:
        """Read what is set. Call it before anything can be asked."""
        row = ServerSettingRow
        rows = await self._store.read(select(row.guild_id, row.channel_id, row.name, row.value))
        self._values = {(each.guild_id, each.channel_id, each.name): each.value for each in rows}

    def value(self, setting: ServerSetting, guild_id: int, *channel_ids: int) -> str:
        """The value that counts: of the first of these channels that has one (a thread, then its parent), then the
        server's, then the default.
        """
        for channel_id in (*channel_ids, WHOLE_SERVER):
            found = self.chosen(setting, guild_id, channel_id)
            if found is not None:
                return found
        return setting.default

    def chosen(self, setting: ServerSetting, guild_id: int, channel_id: int = WHOLE_SERVER) -> str | None:
        """What was chosen for just this channel (or the whole server); None if nothing was.

        What a newer release wrote and this one does not know counts as nothing.
        """
        found = self._values.get((guild_id, channel_id, setting.name))
        return found if found is not None and setting.accepts(found) else None

    async def choose(self, setting: ServerSetting, value: str, guild_id: int, channel_id: int = WHOLE_SERVER) -> None:
        """Set a value for the whole server, or a channel of it; returns when it is stored.

        Raises:
            ValueError: the setting has no such value, or direct messages are meant as a whole.
        """
        if not setting.accepts(value):
            raise ValueError(f"{setting.name} is one of {', '.join(setting.values)}, not {value!r}")
        if guild_id == DM and channel_id == WHOLE_SERVER:
            raise ValueError("direct messages have settings for a channel alone")
        row = {"guild_id": guild_id, "channel_id": channel_id, "name": setting.name, "value": value}
        await self._store.write((self._set, row))
        self._values[guild_id, channel_id, setting.name] = value
        log.info("setting.chosen", setting=setting.name, value=value, guild=guild_id, channel=channel_id)

    async def clear(self, setting: ServerSetting, guild_id: int, channel_id: int = WHOLE_SERVER) -> None:
        """Forget what was chosen for just this channel (or the whole server)."""
        if self._values.pop((guild_id, channel_id, setting.name), None) is not None:
            await self._store.write((_REMOVE, {"guild": guild_id, "channel": channel_id, "setting": setting.name}))
