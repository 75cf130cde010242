"""The edge: whatever goes wrong behind a command or a button, the person gets a sentence and the log the cause."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiohttp
import discord
import structlog
from discord import app_commands

from bot import sentences
from bot.errors import UserFacingError
from bot.sentences import Locale

log = structlog.get_logger(__name__)

UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""What discord.py's calls raise when Discord refuses, or cannot be reached."""

P = ParamSpec("P")
Self = TypeVar("Self")


async def say_privately(interaction: "discord.Interaction[Any]", sentence: str) -> None:
    """A sentence that only the person sees, however far the interaction has come."""
    none = discord.AllowedMentions.none()
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=none)
        else:
            await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=none)
    except UNREACHABLE as error:
        log.warning("interaction.too_late", cause=str(error), interaction=interaction.id)


async def apologise(interaction: "discord.Interaction[Any]", error: BaseException) -> None:
    """Answer an interaction that failed with `error`."""
    cause = getattr(error, "original", error)
    locale = sentences.of_code(interaction.locale)
    sentence = _expected(cause, locale)
    if sentence is None:
        what = interaction.data.get("custom_id") or interaction.data.get("name") if interaction.data else None
        log.error("interaction.failed", what=what, guild=interaction.guild_id, exc_info=cause)
        sentence = sentences.BUTTON_FAILED(locale)
    await say_privately(interaction, sentence)


def _expected(cause: BaseException, locale: Locale) -> str | None:
    """What is no fault of ours."""
    match cause:
        case UserFacingError():
            return cause.sentence(locale, **cause.values)
        case app_commands.CommandOnCooldown():
            return sentences.SLOW_DOWN(locale, seconds=max(1, round(cause.retry_after)))
        case app_commands.BotMissingPermissions():
            return sentences.I_MAY_NOT(locale, permissions=", ".join(cause.missing_permissions))
        case app_commands.CheckFailure():
            return sentences.NOT_ALLOWED(locale)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return sentences.COMMAND_UNKNOWN(locale)
        case _:
            return None


def guarded(
    callback: "Callable[Concatenate[Self, discord.Interaction[Any], P], Awaitable[None]]",
) -> "Callable[Concatenate[Self, discord.Interaction[Any], P], Coroutine[Any, Any, None]]":
    """A button's callback that apologises: discord.py would only log what a `DynamicItem` raises."""

    @functools.wraps(callback)
    async def wrapped(
        self: Self, interaction: "discord.Interaction[Any]", /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        try:
            await callback(self, interaction, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - `apologise` logs it
            await apologise(interaction, error)

    return wrapped


class GuardedTree(app_commands.CommandTree[Any]):
    """A command tree whose failures reach the person."""

    async def on_error(self, interaction: "discord.Interaction[Any]", error: app_commands.AppCommandError) -> None:
        """Every command's last resort."""
        await apologise(interaction, error)


class GuardedView(discord.ui.LayoutView):
    """A view whose failures reach the person."""

    async def on_error(
        self, interaction: "discord.Interaction[Any]", error: Exception, _item: discord.ui.Item[Any], /
    ) -> None:
        """Every item's last resort."""
        await apologise(interaction, error)
