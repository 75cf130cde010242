"""The error handler of commands and buttons: the person gets a sentence, and the log gets the cause."""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import aiohttp
import discord
import structlog
from discord import app_commands

from bot import sentences
from bot.errors import UserFacingError
from bot.replies.discord_error_codes import MISSING_ACCESS, MISSING_PERMISSIONS, TOKEN_EXPIRED
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_refused
from bot.sentences import Locale
from bot.tutor.answer_places import check_place
from database.outages import is_outage

log = structlog.get_logger(__name__)

ASKING: Final = frozenset({"quiz", "cards", "Quiz me on this"})
"""The commands that ask Saem something, as a mention does."""

P = ParamSpec("P")
Self = TypeVar("Self")


async def say_privately(interaction: "discord.Interaction[Any]", sentence: str) -> None:
    """Send a sentence that only the person sees, whether the interaction was answered before or not."""
    none = discord.AllowedMentions.none()
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=none)
        else:
            await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=none)
    except DISCORD_ERRORS as error:
        log.warning("interaction.too_late", cause=error, interaction=interaction.id)


async def acknowledge(interaction: "discord.Interaction[Any]") -> None:
    """Answer a press without a word: what it changed is stored, and shown as soon as Discord takes it.

    "Try it once more" would have it done twice.
    """
    if interaction.response.is_done():
        return
    try:
        await interaction.response.defer()
    except DISCORD_ERRORS as error:
        log.warning("interaction.too_late", cause=error, interaction=interaction.id)


async def handle_error(interaction: "discord.Interaction[Any]", error: BaseException) -> None:
    """Tell the person why an interaction failed with `error`, and log what they cannot know."""
    cause = getattr(error, "original", error)
    if isinstance(cause, discord.HTTPException) and cause.code in TOKEN_EXPIRED:
        log.warning("interaction.too_late", cause=cause, interaction=interaction.id)  # Discord has said that it failed
        return
    locale = sentences.of_interaction(interaction)
    sentence = _sentence_for(cause, locale)
    if isinstance(cause, discord.HTTPException | discord.RateLimited | aiohttp.ClientError) and not is_refused(cause):
        log.warning("interaction.discord_failed", cause=cause, interaction=interaction.id)
        sentence = sentences.DISCORD_FAILED(locale)
    if sentence is None:
        what = interaction.data.get("custom_id") or interaction.data.get("name") if interaction.data else None
        log.error("interaction.failed", what=what, guild=interaction.guild_id, exc_info=cause)
        sentence = (sentences.STORE_AWAY if is_outage(cause) else sentences.BUTTON_FAILED)(locale)
    await say_privately(interaction, sentence)


def _sentence_for(cause: BaseException, locale: Locale) -> str | None:
    """The sentence for an expected error; None where the error is a fault of ours."""
    match cause:
        case UserFacingError():
            return cause.sentence(locale, **cause.values)
        case app_commands.CommandOnCooldown():
            return sentences.SLOW_DOWN(locale, seconds=max(1, round(cause.retry_after)))
        case discord.Forbidden(code=code) if code in {MISSING_ACCESS, MISSING_PERMISSIONS}:
            return sentences.I_LACK_A_PERMISSION(locale)
        case app_commands.BotMissingPermissions():
            return sentences.I_MAY_NOT(locale, permissions=", ".join(cause.missing_permissions))
        case app_commands.CheckFailure():
            return sentences.NOT_ALLOWED(locale)
        case app_commands.CommandNotFound() | app_commands.CommandSignatureMismatch():
            return sentences.COMMAND_UNKNOWN(locale)
        case _:
            return None


def handles_errors(
    callback: "Callable[Concatenate[Self, discord.Interaction[Any], P], Awaitable[None]]",
) -> "Callable[Concatenate[Self, discord.Interaction[Any], P], Coroutine[Any, Any, None]]":
    """Wrap a button's callback: what it raises is told to the person. discord.py would only log a `DynamicItem`'s."""

    @functools.wraps(callback)
    async def wrapped(
        self: Self, interaction: "discord.Interaction[Any]", /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        try:
            await callback(self, interaction, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it
            await handle_error(interaction, error)

    return wrapped


class ErrorHandlingTree(app_commands.CommandTree[Any]):
    """A command tree that tells the person what went wrong, and asks nothing of Saem where it does not answer."""

    async def interaction_check(self, interaction: "discord.Interaction[Any]", /) -> bool:
        """Called by discord.py before a command."""
        command = interaction.command
        if command is None or command.qualified_name not in ASKING:
            return True
        try:
            check_place(interaction)
        except UserFacingError as refusal:
            if interaction.type is discord.InteractionType.application_command:
                await handle_error(interaction, refusal)
            return False
        return True

    async def on_error(self, interaction: "discord.Interaction[Any]", error: app_commands.AppCommandError) -> None:
        """Called by discord.py for everything that a command raises."""
        await handle_error(interaction, error)
