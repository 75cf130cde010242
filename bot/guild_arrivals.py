"""When all guilds of a session have arrived: discord.py waits for two seconds more after the last one.

READY names the guilds, and GUILD_CREATE tells of each. discord.py calls a session ready when none has come for a while
(`guild_ready_timeout`). When all that were named are there, none is left to wait for.
"""

from typing import Final

import discord
from discord.ext import commands

SETTLED: Final = 0.1
"""Seconds without a further guild after which a session is ready whose guilds have all arrived."""


class GuildArrivals:
    """Shortens discord.py's wait when nothing is left to wait for; a guild that Discord itself lacks has all of it."""

    def __init__(self, bot: commands.AutoShardedBot) -> None:
        self._bot = bot
        self._patience: float | None = None
        """discord.py's own, while ours holds."""
        self._awaited: list[discord.Guild] = []
        self._listens = False

    def session_began(self) -> None:
        """READY has come: see which guilds it named that have not arrived."""
        connection = self._bot._connection
        if self._patience is not None:
            connection.guild_ready_timeout, self._patience = self._patience, None
        self._awaited = [guild for guild in self._bot.guilds if guild.unavailable]
        if not self._listens:
            self._listens = True
            self._bot.add_listener(self._heard, "on_socket_event_type")
        self._look()

    async def _heard(self, event: str) -> None:
        if event == "GUILD_CREATE":
            self._look()

    def _look(self) -> None:
        """Called for each guild: looks at as many as have arrived since, not at all."""
        while self._awaited and not self._awaited[-1].unavailable:
            self._awaited.pop()
        if self._awaited:
            return
        if self._listens:
            self._listens = False
            self._bot.remove_listener(self._heard, "on_socket_event_type")
        connection = self._bot._connection
        if connection.guild_ready_timeout > SETTLED:
            self._patience, connection.guild_ready_timeout = connection.guild_ready_timeout, SETTLED
