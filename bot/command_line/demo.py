"""`saem demo`: a Discord on this machine, with the tutor in it."""

import asyncio
import socket
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import SecretStr

from bot.client import SaemBot
from bot.command_line.run import run
from bot.errors import StartupError
from bot.settings import Settings

DEMO_PORT = 8080


async def demo(settings: Settings, port: int | None) -> None:
    """Run a Discord on this machine with the tutor in it. Without a port, its page is on DEMO_PORT or any free port.

    Raises:
        StartupError: the port is taken.
    """
    from playground.server import Playground  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        # The playground keeps nothing when it ends, so the bot's data must go too.
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
                "discord_token": SecretStr(playground.bot_token),
                "discord_api_url": playground.api_url,
                "discord_gateway_url": playground.gateway_url,
                "data_dir": directory,
                "database_url": None,
            }
        )
        lines = (f"Saem's demo is at {playground.page_url}", _model_line(settings), "Stop it with Ctrl+C.")

        async def announce(bot: SaemBot) -> None:
            await bot.wait_until_ready()  # so that the tutor is there when the page is opened
            print("", *(f"  {line}" for line in lines), "", sep="\n", flush=True)

        async def announce_later(bot: SaemBot) -> None:
            stack.callback(asyncio.create_task(announce(bot), name="demo-announcement").cancel)

        await run(local, before_connecting=announce_later)


def free_port(port: int) -> int:
    """The port; 0 (any free port) when it is in use."""
    with socket.socket() as probe:
        return 0 if probe.connect_ex(("127.0.0.1", port)) == 0 else port


def _model_line(settings: Settings) -> str:
    if settings.assistants_url is not None:
        return f"Answers come from the Assistants server at {settings.assistants_url}."
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return "No key is set, so the little offline model answers: equations, calculus, quizzes from texts."
    return f"The model is {settings.model}."
