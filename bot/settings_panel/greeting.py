"""The greeting of a server that has invited Saem: one message, once for each time that it joins."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

import discord
import structlog

from bot.discord_clock import DISCORD_CLOCK
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import of_code
from bot.settings_panel import sentences as say
from bot.settings_panel.panel_components import SettingsId, item
from bot.store.server_settings import GREETED, ServerSettings

log = structlog.get_logger(__name__)

MISSED: Final = timedelta(days=2)
"""A server that Saem joined while it was away is greeted at its next start, if that is not longer ago."""
NOBODY: Final = discord.AllowedMentions.none()


class Greeting:
    """Greets servers. `library` gives the watched channels of one."""

    def __init__(
        self, client: Any, settings: ServerSettings, library: Callable[[discord.Guild], Iterable[int]]
    ) -> None:
        self._client = client
        self._settings = settings
        self._library = library

    async def greet(self, guild: discord.Guild) -> None:
        """Greet a server that Saem has joined now or while it was away, unless that was done since.

        It is noted first: a server that is greeted twice is worse off than one that is not.
        """
        joined = _joined_at(guild)
        if joined is None or DISCORD_CLOCK.now() - joined > MISSED:
            return
        if not await self._settings.claim(GREETED, str(int(joined.timestamp())), guild.id):
            return
        locale = of_code(guild.preferred_locale)
        watched = next(iter(self._library(guild)), None)
        library = f"<#{watched}>" if watched is not None else say.A_LIBRARY(locale)
        text = say.GREETING(locale, mention=self._client.user.mention, library=library)
        try:
            await self._send(guild, text, say.SET_UP(locale))
        except DISCORD_ERRORS as error:
            log.info("guild.not_greeted", guild=guild.id, cause=error)

    async def _send(self, guild: discord.Guild, text: str, set_up: str) -> None:
        """Into the system channel; where that cannot be written in, to whoever added Saem, or the owner."""
        channel = guild.system_channel
        await self._client.outbox.wait_for_turn()
        if channel is not None and _may_write(channel):
            view = discord.ui.View(timeout=None)
            view.add_item(item(discord.ui.Button(custom_id=str(SettingsId("open")), label=set_up, emoji="⚙️")))
            await channel.send(text, view=view, allowed_mentions=NOBODY)
            return
        user_id = await self._added_by(guild)
        if user_id is None:
            log.info("guild.nobody_to_greet", guild=guild.id)
            return
        user = await self._client.fetch_user(user_id)
        there = say.SETTINGS_THERE(of_code(guild.preferred_locale))
        text = f"**{discord.utils.escape_markdown(guild.name)}**\n{text}\n-# {there}"[:2_000]
        if (place := channel or next(iter(guild.text_channels), None)) is None:
            await user.send(text)
            return
        view = discord.ui.View()  # settings are a server's: the button leads there
        view.add_item(discord.ui.Button(label=set_up, emoji="⚙️", url=place.jump_url))
        await user.send(text, view=view)

    async def _added_by(self, guild: discord.Guild) -> int | None:
        """Who added Saem, as the audit log says; else the owner."""
        if guild.me.guild_permissions.view_audit_log:
            try:
                async for entry in guild.audit_logs(limit=10, action=discord.AuditLogAction.bot_add):
                    if entry.target is not None and entry.target.id == guild.me.id and entry.user_id is not None:
                        return entry.user_id
            except DISCORD_ERRORS as error:
                log.info("guild.audit_log_not_read", guild=guild.id, cause=error)
        return guild.owner_id


def _joined_at(guild: discord.Guild) -> datetime | None:
    me: discord.Member | None = guild.me
    return me.joined_at if me is not None else None


def _may_write(channel: discord.TextChannel) -> bool:
    mine = channel.permissions_for(channel.guild.me)
    return mine.view_channel and mine.send_messages
