"""`saem demo`: a Discord on this machine, with the tutor in it."""

import asyncio
import ipaddress
import os
import socket
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.client import SaemBot
from bot.command_line.browser import open_in_browser
from bot.command_line.demo_bots import DemoBot, environment_of, run_bots
from bot.command_line.demo_folder import DemoFolder
from bot.command_line.demo_options import DEMO_PORT, LOOPBACK, DemoOptions
from bot.command_line.demo_postgres import temporary_postgres
from bot.command_line.run import run
from bot.errors import StartupError
from bot.settings import Settings

if TYPE_CHECKING:
    from playground.server import Playground

SHARDS_A_BOT = 2
"""Shards for each bot of a demo, so that there are some to take over one by one."""
EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - hosts that the owner may name
"""Hosts that stand for all addresses of this machine."""


async def demo(settings: Settings, options: DemoOptions) -> None:
    """Run a Discord on this machine with the tutor in it. Both are kept in the data directory's folder `demo`.

    Several bots (`options.bots`) share a Discord that is kept nowhere.

    Raises:
        StartupError: the port or the folder is taken, what is kept cannot be read, or several bots have no PostgreSQL.
    """
    if options.bots > 1:
        await _demo_of_bots(settings, options)
        return
    folder = DemoFolder(settings.data_dir)
    notes = [_make_room(folder)] if options.fresh else []
    folder.open()
    playground = _playground(folder, options)
    async with AsyncExitStack() as stack:
        await _open(playground, options, stack)
        local = settings.model_copy(
            update={
                "discord_token": SecretStr(playground.bot_token),
                "discord_api_url": playground.api_url,
                "discord_gateway_url": playground.gateway_url,
                "data_dir": folder.path,
                "database_url": None,
            }
        )
        page = _page(playground, options)
        notes += [f"Saem's demo is at {page}", *_reach(options, playground.page_url), _model_line(settings)]
        notes += [f"It is kept in {folder.path} (--fresh starts anew). Stop it with Ctrl+C."]

        async def announce(bot: SaemBot) -> None:
            await bot.wait_until_ready()  # so that the tutor is there when the page is opened
            print("", *(f"  {line}" for line in notes), "", sep="\n", flush=True)
            if options.browser:
                await asyncio.to_thread(open_in_browser, page, os.environ)

        async def announce_later(bot: SaemBot) -> None:
            stack.callback(asyncio.create_task(announce(bot), name="demo-announcement").cancel)

        await run(local, before_connecting=announce_later)


async def _demo_of_bots(settings: Settings, options: DemoOptions) -> None:
    from playground.server import Playground  # noqa: PLC0415

    own = (options.public_url,) if options.public_url else ()
    shards = options.bots * SHARDS_A_BOT
    playground = Playground(host=options.host, port=_port(options), own_urls=own, shards=shards)
    _add_classes(playground, shards)
    async with AsyncExitStack() as stack:
        database = options.database
        if database is None:
            database = await stack.enter_async_context(temporary_postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="saem-demo-")))
        await _open(playground, options, stack)
        local = settings.model_copy(
            update={
                "discord_token": SecretStr(playground.bot_token),
                "discord_api_url": playground.api_url,
                "discord_gateway_url": playground.gateway_url,
                "database_url": SecretStr(database),
            }
        )
        page = _page(playground, options)
        notes = [f"Saem's demo of {options.bots} bots is at {page}", *_reach(options, playground.page_url)]
        notes += [_model_line(settings), "Nothing of it is kept. Stop it with Ctrl+C."]
        notes += ["Ask something in each server, then end one bot (kill, with its process id) and watch the others."]
        print("", *(f"  {line}" for line in notes), "", sep="\n", flush=True)
        bots = [
            DemoBot(number, environment_of(local, folder / str(number)), say) for number in range(1, options.bots + 1)
        ]
        announcement = asyncio.create_task(_open_later(page, playground) if options.browser else asyncio.sleep(0))
        stack.callback(announcement.cancel)
        await run_bots(bots, local.store_url, say)


def _add_classes(playground: "Playground", shards: int) -> None:
    """Add servers until each shard has one, with the students and the channel #math."""
    from playground.changes import guild_membership  # noqa: PLC0415

    first = playground.guild
    taken = {(first.id >> 22) % shards}
    for number in (each for each in range(shards) if each not in taken):
        guild = playground.add_guild(f"Class {len(playground.world.guilds)}", shard=number)
        playground.add_channel("math", guild=guild)
        for each in first.members.values():
            if each.user.id not in guild.members and not each.user.bot:
                guild_membership.join(playground.world, guild, each.user)


async def _open_later(page: str, playground: "Playground") -> None:
    """Open the page when a bot is there."""
    while not any(session.is_bot for session in playground.gateway.sessions.values()):  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.2)
    await asyncio.to_thread(open_in_browser, page, os.environ)


def say(line: str) -> None:
    """Print a line of the demo's own among those of its bots."""
    print(f"  {line}", flush=True)


async def _open(playground: "Playground", options: DemoOptions, stack: AsyncExitStack) -> None:
    try:
        await stack.enter_async_context(playground)
    except OSError as error:
        where = f"on port {options.port}" if is_loopback(options.host) else f"at {options.host}:{options.port}"
        raise StartupError(
            f"The demo's page cannot be served {where}: {error.strerror or error}. Try --port or another --host."
        ) from error


def _page(playground: "Playground", options: DemoOptions) -> str:
    return f"{options.public_url.rstrip('/')}/" if options.public_url else playground.page_url


def _port(options: DemoOptions) -> int:
    return free_port(DEMO_PORT, options.host) if options.port is None else options.port


def _playground(folder: DemoFolder, options: DemoOptions) -> "Playground":
    from playground.saving.state_file import SavedStateError, StateInUseError  # noqa: PLC0415
    from playground.server import Playground  # noqa: PLC0415

    is_new = not folder.discord.exists()
    try:
        playground = Playground(
            host=options.host,
            port=_port(options),
            own_urls=(options.public_url,) if options.public_url else (),
            state=folder.discord,
        )
    except StateInUseError as error:
        raise StartupError(
            f"Another demo is running with {folder.path}: stop it first, or give this one a DATA_DIR of its own."
        ) from error
    except SavedStateError as error:
        raise StartupError(f"The demo's Discord cannot be opened: {error} Start anew with --fresh.") from error
    if is_new:  # Saem greets whoever has just invited it
        playground.guild.members[playground.bot.id].joined_at = playground.clock.now()
    return playground


def _make_room(folder: DemoFolder) -> str:
    """Remove the last demo, unless one is running; a sentence about it."""
    from playground.saving.state_file import SavedStateError, StateFile, StateInUseError  # noqa: PLC0415

    if folder.discord.exists():
        try:
            StateFile(folder.discord).close()
        except StateInUseError as error:
            raise StartupError(f"A demo is running with {folder.path}: stop it before it is removed.") from error
        except SavedStateError:
            pass  # a broken one, or of another version, is what --fresh is for
    return folder.remove()


def free_port(port: int, host: str = LOOPBACK) -> int:
    """The port; 0 (any free port) when somebody listens there."""
    where = LOOPBACK if host in EVERY_ADDRESS else host
    with socket.socket(socket.AF_INET6 if ":" in where else socket.AF_INET) as probe:
        return 0 if probe.connect_ex((where, port)) == 0 else port


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on a host."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _reach(options: DemoOptions, page: str) -> list[str]:
    """Who else can reach the page, where somebody can."""
    if is_loopback(options.host) and (
        options.public_url is None or is_loopback(urlsplit(options.public_url).hostname or "")
    ):
        return []
    elsewhere = f" Other machines find it by this one's address and port {urlsplit(page).port}."
    return [
        "Warning: whoever reaches this address can be any student, read everything that is said here, and use up what "
        "the model may cost. Open it to people that you trust alone."
        + (elsewhere if options.host in EVERY_ADDRESS and not options.public_url else "")
    ]


def _model_line(settings: Settings) -> str:
    if settings.assistants_url is not None:
        return f"Answers come from the Assistants server at {settings.assistants_url}."
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return "No key is set, so the little offline model answers: equations, calculus, quizzes from texts."
    return f"The model is {settings.model}."
