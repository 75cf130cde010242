"""The command line: `saem run`, `saem demo`, `saem serve`, `saem check`."""

import argparse
import asyncio
import contextlib
import gc
import io
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

if __name__ == "__main__":  # while the rest is loaded, Ctrl+C would end in a traceback
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import aiohttp
import discord
import structlog
from openai import AsyncOpenAI
from pydantic import ValidationError

from bot.client import SaemBot, point_at
from bot.conversations.openai_client import Client
from bot.logs import Redact, configure_logs
from bot.replies.outbox import Outbox
from bot.settings import ENV_FILE, Settings, SettingsError, look_at_env_file, read_settings, wrong_setting
from bot.store.store import StoreError, open_store
from workers import Pool

log = structlog.get_logger(__name__)

EMBEDDED_RUN_EXPIRES_AFTER = 7 * 24 * 3600
"""Seconds that a run waits for people on the embedded server: a quiz may lie about for a week."""
YOUNG_OBJECTS = 10_000
"""New objects after which rings among them are looked for. Python's own 700 has it look through a hundred answers a
hundred times: a twentieth of the processor's time, with one stop of up to a tenth of a second."""
DEMO_PORT = 8080
LAST_PORT = 65_535
INTERRUPTED = 130
"""The exit code of what was broken off before it had its answer."""


class StartupError(Exception):
    """The bot cannot start; the message is one plain sentence for the owner, with what to do."""


class MakeBot(Protocol):
    """Makes a bot of what is open; the bot closes only what is its own."""

    def __call__(self, *, message_content: bool = True) -> SaemBot:
        """A bot, with or without the privileged intent."""
        ...


# What a bot stands on


@asynccontextmanager
async def opened(settings: Settings, *, open_model: Any = None) -> AsyncIterator["MakeBot"]:
    """Open the pool, the Assistants server, the store, the client and the outbox; yields what makes a bot of them.

    `open_model` takes the model's place in the embedded server (for tests).

    Raises:
        StoreError: a database cannot be opened.
    """
    point_at(settings.discord_api_url, settings.discord_gateway_url)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(Pool())
        openai = await stack.enter_async_context(assistants(settings, pool, open_model))
        store = await stack.enter_async_context(open_store(settings.store_url))

        def make_bot(*, message_content: bool = True) -> SaemBot:
            return SaemBot(
                settings, store=store, openai=openai, pool=pool, outbox=Outbox(), message_content=message_content
            )

        yield make_bot


@asynccontextmanager
async def assistants(settings: Settings, pool: Pool, open_model: Any = None) -> AsyncIterator[AsyncOpenAI]:
    """The client of the Assistants server that the settings name, or of one of our own in this process."""
    if settings.assistants_url is not None:
        key = settings.assistants_key.get_secret_value() if settings.assistants_key is not None else "none"
        async with Client(base_url=settings.assistants_url, api_key=key) as client:
            yield client
        return
    # A bot with a server elsewhere carries none of it.
    from assistants.inprocess_transport import connected  # noqa: PLC0415

    async with connected(embedded_settings(settings), pool=pool, open_model=open_model, client_class=Client) as client:
        yield client


def embedded_settings(settings: Settings) -> Any:
    """The embedded server's settings: the bot's where both know them, its own from the environment."""
    from assistants.settings import Settings as ServerSettings  # noqa: PLC0415

    shared = {"openai_api_key", "openai_base_url", "model", "data_dir", "database_url", "log_level"}
    given = {name: getattr(settings, name) for name in shared}
    try:
        server = ServerSettings(**given)
    except ValidationError as error:
        raise StartupError(wrong_setting(error)) from None
    if "run_expires_after" not in server.model_fields_set:
        server = server.model_copy(update={"run_expires_after": EMBEDDED_RUN_EXPIRES_AFTER})
    return server


# Commands


async def run(settings: Settings, *, ready: Callable[[SaemBot], Awaitable[None]] | None = None) -> None:
    """Be the tutor until told to stop.

    Raises:
        StartupError: Discord refuses the token, or cannot be reached.
        StoreError: the database cannot be opened.
    """
    if settings.discord_token is None:
        raise StartupError("There is no DISCORD_TOKEN: put the bot's token into .env, or try `saem demo` without one.")
    async with opened(settings) as make_bot:
        for message_content in (True, False):
            bot = make_bot(message_content=message_content)
            try:
                await _connected(bot, settings.discord_token.get_secret_value(), ready)
            except discord.PrivilegedIntentsRequired as error:
                if not message_content:
                    raise StartupError("Discord refuses the intents that the bot asks for.") from error
                log.warning(
                    "intent.missing",
                    intent="message content",
                    hint="Saem hears only mentions and direct messages; turn the Message Content Intent on in the "
                    "developer portal (Bot) and start again, so that students need not mention it in its threads.",
                )
            else:
                return


async def _connected(bot: SaemBot, token: str, ready: Callable[[SaemBot], Awaitable[None]] | None) -> None:
    try:
        async with bot:
            await bot.login(token)
            if ready is not None:
                await ready(bot)
            gc.collect()
            gc.freeze()  # what start-up has made stays; going through it holds everything up for a quarter of a second
            gc.set_threshold(YOUNG_OBJECTS)
            await bot.connect()
    except discord.LoginFailure as error:
        raise StartupError(
            "Discord refuses the DISCORD_TOKEN: copy the bot's token anew from the developer portal (Bot, Reset Token)."
        ) from error
    except discord.PrivilegedIntentsRequired:
        raise
    except (discord.GatewayNotFound, aiohttp.ClientError, TimeoutError) as error:
        raise StartupError(f"Discord cannot be reached: {str(error) or 'no answer'}.") from error
    except discord.HTTPException as error:
        raise StartupError(f"Discord refuses the bot: {error.text or error}.") from error


async def demo(settings: Settings, port: int | None) -> None:
    """A Discord on this machine, with the tutor in it; without a port its page is on DEMO_PORT, or where there is room.

    Raises:
        StartupError: the port is taken.
    """
    from playground.server import Playground  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        # The playground forgets everything when it ends, and so must what belongs to it.
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="saem-demo-")))
        try:
            playground = await stack.enter_async_context(
                Playground(port=free_port(DEMO_PORT) if port is None else port)
            )
        except OSError as error:
            cause = error.strerror or error
            raise StartupError(f"The demo's page cannot be served on port {port}: {cause}. Try --port.") from error
        local = settings.model_copy(
            update={
                "discord_token": _secret(playground.bot_token),
                "discord_api_url": playground.api_url,
                "discord_gateway_url": playground.gateway_url,
                "data_dir": directory,
                "database_url": None,
            }
        )
        lines = (f"Saem's demo is at {playground.page_url}", _model_line(settings), "Stop it with Ctrl+C.")

        async def announce(bot: SaemBot) -> None:
            await bot.wait_until_ready()  # who opens the page finds the tutor there
            print("", *(f"  {line}" for line in lines), "", sep="\n", flush=True)

        async def connecting(bot: SaemBot) -> None:
            stack.callback(asyncio.create_task(announce(bot), name="demo-announcement").cancel)

        await run(local, ready=connecting)


def free_port(port: int) -> int:
    """The port, or 0 (any) when somebody listens there."""
    with socket.socket() as probe:
        return 0 if probe.connect_ex(("127.0.0.1", port)) == 0 else port


def _secret(text: str) -> Any:
    from pydantic import SecretStr  # noqa: PLC0415

    return SecretStr(text)


def _model_line(settings: Settings) -> str:
    if settings.assistants_url is not None:
        return f"Answers come from the Assistants server at {settings.assistants_url}."
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return "No key is set, so the little offline model answers: equations, calculus, quizzes from texts."
    return f"The model is {settings.model}."


async def look(settings: Settings) -> int:
    """Say what is set up; the exit code."""
    from bot.command_line.check import check, report  # noqa: PLC0415

    point_at(settings.discord_api_url, settings.discord_gateway_url)

    @asynccontextmanager
    async def apart(settings: Settings) -> AsyncIterator[AsyncOpenAI]:
        """A server that shares nothing with a bot that may be running."""
        with tempfile.TemporaryDirectory() as directory:
            alone = settings.model_copy(update={"data_dir": Path(directory), "database_url": None})
            async with Pool() as pool, assistants(alone, pool) as client:
                yield client

    encoding = sys.stdout.encoding or "utf-8"
    redact = Redact(settings.secrets)
    lines = check(settings, apart, server=embedded_settings(settings))
    return await report(lines, lambda line: print(redact.line(line), flush=True), encoding)


def serve() -> int:
    """The Assistants server alone; the exit code."""
    from assistants.__main__ import main as serve_assistants  # noqa: PLC0415

    return serve_assistants()


# The edge


def parser() -> argparse.ArgumentParser:
    """What can be typed."""
    top = argparse.ArgumentParser(prog="saem", description="Saem (쌤), a study tutor for Discord servers.")
    commands = top.add_subparsers(dest="command", metavar="command")
    commands.add_parser("run", help="be the tutor (needs DISCORD_TOKEN)")
    demo_parser = commands.add_parser("demo", help="try it in a Discord on this machine, without any account")
    demo_parser.add_argument(
        "--port", type=_port, help=f"the page's port ({DEMO_PORT}, or another one where that is taken)"
    )
    commands.add_parser("serve", help="the Assistants server alone")
    commands.add_parser("check", help="say what is set up and what is missing")
    return top


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > LAST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to {LAST_PORT}")
    return int(text)


def _speak_plainly() -> None:
    """A terminal that does not know a sign gets another one instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def main(arguments: Sequence[str] | None = None) -> int:
    """The console script; the exit code."""
    _speak_plainly()
    given = parser().parse_args(arguments)
    redact = Redact(())
    try:
        if given.command == "serve":
            look_at_env_file(ENV_FILE)
            return serve()
        configure_logs("INFO")
        settings = read_settings()
        redact = Redact(settings.secrets)
        # What `saem check` finds stands in its lines; the log says more on request alone.
        quiet = given.command == "check" and settings.log_level != "DEBUG"
        configure_logs("CRITICAL" if quiet else settings.log_level, settings.secrets)
        return _command(given, settings)
    except (SettingsError, StartupError, StoreError) as error:
        print(f"saem: {redact.line(str(error))}", file=sys.stderr)
    except Exception as error:  # nobody at a terminal should have to read a traceback
        log.debug("saem.failed", exc_info=True)
        what = redact.line(f"{type(error).__name__}: {error}")
        print(
            f"saem: Something went wrong that Saem does not know ({what}). LOG_LEVEL=DEBUG shows where.",
            file=sys.stderr,
        )
    return 1


def _command(given: argparse.Namespace, settings: Settings) -> int:
    match given.command:
        case "demo":
            return _run(demo(settings, given.port))
        case "check":
            return _run(look(settings), interrupted=INTERRUPTED)
        case _:
            return _run(run(settings))


def _run(work: Coroutine[Any, Any, int | None], *, interrupted: int = 0) -> int:
    """Run until done, or until a signal asks for the end; the exit code, `interrupted` for a signal's."""
    try:
        import uvloop  # noqa: PLC0415
    except ImportError:
        runner = asyncio.Runner()
    else:
        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with runner:
        code = runner.run(_until_signal(work, interrupted))
        return code or 0


async def _until_signal(work: Coroutine[Any, Any, int | None], interrupted: int) -> int | None:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(name, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        log.info("saem.stopped")
        return interrupted


if __name__ == "__main__":
    sys.exit(main())
