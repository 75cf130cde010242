"""`saem run`: the tutor, connected to Discord until it is told to stop."""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import Any, Protocol

import aiohttp
import discord
import structlog
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.client import SaemBot, point_at
from bot.command_line.assistants_server import embedded_settings, is_offline, open_assistants
from bot.command_line.refused_token import RefusedToken
from bot.errors import ConfigurationError, DiscordUnreachableError, StartupError
from bot.replies.limits.shared_rate_limit import SharedRateLimit
from bot.replies.outbox import Outbox
from bot.settings import Settings
from bot.shards.ownership import new_process_id
from bot.shards.shard_leases import ShardCountChangedError
from bot.status.monitoring_server import open_monitoring_server
from bot.store.store import open_store
from database.errors import StoreError, describe_failure
from database.outages import is_outage
from workers import Pool
from workers.service.client import finder

log = structlog.get_logger(__name__)

LONGEST_WAIT = 60.0
"""Seconds from one attempt to log in to the next, when Discord cannot be reached for long."""
AUTHENTICATION_FAILED = 4004
"""The gateway's close code for a token that is not valid, or no longer
(https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes)."""
GC_THRESHOLD = 10_000
"""New objects after which Python looks for reference cycles among them. Its default of 700 makes it look through a
hundred answers a hundred times: a twentieth of the processor's time, with one pause of up to a tenth of a second."""


async def run(settings: Settings, *, before_connecting: Callable[[SaemBot], Awaitable[None]] | None = None) -> None:
    """Run the bot until it is told to stop; `before_connecting` is called with the bot when it has logged in.

    While Discord cannot be reached, or fails, it tries again: after a reboot the network may come later than the bot.

    Raises:
        ConfigurationError: there is no token, or Discord refuses it or has refused it before.
        StartupError: Discord refuses the bot for another reason.
        StoreError: the database cannot be opened.
    """
    if settings.discord_token is None:
        raise ConfigurationError(
            "There is no DISCORD_TOKEN: put the bot's token into .env, or try `saem demo` without one."
        )
    async with (
        open_monitoring_server(settings.metrics_host, settings.metrics_port) as monitoring,
        bot_factory(settings) as make_bot,
    ):
        message_content, failures = True, 0
        while True:
            bot = make_bot(message_content=message_content)
            monitoring.show(bot.bot_status)
            try:
                await _run_until_told_to_stop(bot, settings, before_connecting)
            except discord.PrivilegedIntentsRequired as error:
                if not message_content:
                    raise ConfigurationError("Discord refuses the intents that the bot asks for.") from error
                message_content = False
                log.warning(
                    "intent.missing",
                    intent="message content",
                    hint="Saem hears only mentions and direct messages; turn the Message Content Intent on in the "
                    "developer portal (Bot) and start again, so that students need not mention it in its threads.",
                )
            except ShardCountChangedError:
                log.warning("shards.count_changed", hint="other processes work with another number: beginning anew")
            except DiscordUnreachableError as error:
                again_in = min(LONGEST_WAIT, 2.0**failures)
                failures += 1
                log.warning("discord.unreachable", cause=str(error), again_in=again_in)
                await asyncio.sleep(again_in)
            else:
                return


async def _run_until_told_to_stop(
    bot: SaemBot, settings: Settings, before_connecting: Callable[[SaemBot], Awaitable[None]] | None
) -> None:
    assert settings.discord_token is not None
    refused = RefusedToken(bot.notes, settings)
    try:
        async with bot:
            if since := await refused.since():
                raise ConfigurationError(
                    f"Discord refused this DISCORD_TOKEN ({since}), so Saem does not try it again: put another into "
                    ".env, or run `saem check`, which asks Discord once more."
                )
            try:
                await bot.login(settings.discord_token.get_secret_value())
                if before_connecting is not None:
                    await before_connecting(bot)
                gc.freeze()  # what start-up has made stays: to look through it takes a third of a second
                gc.set_threshold(GC_THRESHOLD)
                gc.enable()  # the command line turns it off while everything is loaded
                await bot.connect()
            except discord.LoginFailure as error:
                await refused.remember()
                raise ConfigurationError(
                    "Discord refuses the DISCORD_TOKEN: copy the bot's token anew from the developer portal (Bot, "
                    "Reset Token)."
                ) from error
    except (SQLAlchemyError, commands.ExtensionFailed) as error:
        cause = error.original if isinstance(error, commands.ExtensionFailed) else error
        if not is_outage(cause):
            raise
        raise StoreError(describe_failure(cause, settings.store_url)) from error
    except discord.PrivilegedIntentsRequired:
        raise
    except discord.ConnectionClosed as error:
        if error.code == AUTHENTICATION_FAILED:
            # Not the last word: the gateway says so too when no session is left to begin. The next login asks Discord.
            raise DiscordUnreachableError("the gateway refuses the token (code 4004)") from error
        raise StartupError(f"Discord's gateway ended the connection for good (code {error.code}).") from error
    except (discord.GatewayNotFound, aiohttp.ClientError, TimeoutError) as error:
        raise DiscordUnreachableError(f"Discord cannot be reached: {str(error) or 'no answer'}.") from error
    except discord.HTTPException as error:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise DiscordUnreachableError(f"Discord fails: {error.text or error}.") from error
        raise StartupError(f"Discord refuses the bot: {error.text or error}.") from error


class BotFactory(Protocol):
    """Makes a bot that works with what is open; the bot closes only what it has opened itself."""

    def __call__(self, *, message_content: bool = True) -> SaemBot:
        """A bot, with or without the message content intent."""
        ...


@asynccontextmanager
async def bot_factory(settings: Settings, *, open_model: Any = None) -> AsyncIterator[BotFactory]:
    """Open what a bot works with (worker pool, Assistants server, store); yields the function that makes a bot.

    `open_model` takes the model's place in the embedded server (for tests).

    Raises:
        StoreError: a database cannot be opened.
    """
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    offline = is_offline(settings)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool(find_sandbox=finder(settings.interpreter_socket)))
        openai = await stack.enter_async_context(open_assistants(settings, pool, open_model))
        store = await stack.enter_async_context(open_store(settings.store_url))

        def make_bot(*, message_content: bool = True) -> SaemBot:
            return SaemBot(
                settings,
                store=store,
                openai=openai,
                pool=pool,
                outbox=Outbox(SharedRateLimit(new_process_id()) if store.dialect == "postgresql" else None),
                message_content=message_content,
                sees_pictures=not offline,
                offline=offline,
                embedding_model="" if offline else embedded_settings(settings).embedding_model,
            )

        yield make_bot
