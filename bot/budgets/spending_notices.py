"""Tells whoever has set a budget, once in each period, that most of it is used."""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, Final

import discord
import structlog

from bot.budgets import sentences as say
from bot.budgets.amounts import percent, told
from bot.conversations.limits.spending_limits import Limit, first_day, reopens, when
from bot.conversations.limits.token_budgets import today
from bot.escaping import escaped_within
from bot.moderation.moderators_channel import ModeratorsChannel
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import Locale, of_code
from bot.status.owners import owner_id
from bot.store.budget_store import BudgetStore
from database.outages import is_outage

log = structlog.get_logger(__name__)

NOBODY: Final = discord.AllowedMentions.none()


class SpendingNotices:
    """Tells whoever has set a budget: a server's managers in their channel (else the server's owner by direct message),
    the bot's owner of the bot's. `client` is the bot.
    """

    def __init__(self, client: Any, budget_store: BudgetStore, day: Callable[[], date] = today) -> None:
        self._client = client
        self._budget_store = budget_store
        self._day = day
        self._told: set[tuple[int, str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def nearly_spent(self, guild_id: int, limit: Limit, used: int) -> None:
        """Most of a limit is used, in a guild (0: in a direct message): tell whoever has set it, unless they know."""
        guild_id = 0 if limit.scope == "bot" else guild_id
        begins_on = first_day(limit.period, self._day())
        key = (guild_id, limit.name, begins_on)
        if key in self._told:
            return
        if len(self._told) > 10_000:
            self._told = {each for each in self._told if each[2] == begins_on}
        self._told.add(key)
        task = asyncio.create_task(self._tell(guild_id, limit, used, begins_on), name="spending-notice")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait until all are told."""
        await asyncio.gather(*self._tasks)

    async def _tell(self, guild_id: int, limit: Limit, used: int, begins_on: str) -> None:
        guild = self._client.get_guild(guild_id)
        if guild is None and guild_id:  # another process has it
            return
        try:
            if not await self._budget_store.claim_notice(guild_id, limit.name, begins_on):
                return
        except Exception as error:
            if not is_outage(error):
                raise
            self._told.discard((guild_id, limit.name, begins_on))  # the next charge tries again
            return
        log.warning("budget.nearly_spent", guild=guild_id, limit=limit.name, used=used, amount=limit.amount)
        try:
            await (self._tell_owner(limit, used) if guild is None else self._tell_managers(guild, limit, used))
        except DISCORD_ERRORS as error:
            log.warning("budget.not_told", guild=guild_id, limit=limit.name, cause=error)

    async def _tell_owner(self, limit: Limit, used: int) -> None:
        user_id = await owner_id(self._client)
        user = await self._client.fetch_user(user_id)
        await self._send(user, self._words(limit, used, "en"))

    async def _tell_managers(self, guild: discord.Guild, limit: Limit, used: int) -> None:
        locale = of_code(guild.preferred_locale)
        notice = self._words(limit, used, locale)
        channel_id = ModeratorsChannel(self._client).of(guild.id)
        if channel_id is not None:
            await self._send(self._client.get_partial_messageable(channel_id, guild_id=guild.id), notice)
            return
        assert guild.owner_id is not None
        notice = say.NEARLY_SPENT_IN(locale, guild=escaped_within(guild.name, 100), notice=notice)
        await self._send(await self._client.create_dm(discord.Object(guild.owner_id)), notice)

    def _words(self, limit: Limit, used: int, locale: Locale) -> str:
        return say.NEARLY_SPENT[limit.scope](
            locale,
            percent=percent(used, limit.amount),
            amount=told(limit.amount, limit.unit, locale),
            used=told(used, limit.unit, locale),
            period=say.PERIODS[limit.period](locale),
            when=when(reopens(limit.period, self._day())),
            subject=limit.subject_id,
        )

    async def _send(self, channel: Any, notice: str) -> None:
        await self._client.outbox.wait_for_turn()
        await channel.send(notice, allowed_mentions=NOBODY)
