"""The tasks in which discord.py handles events; it offers no list of them, but names them."""

import asyncio
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_NO_HANDLERS: Final = (
    "discord.py: on_ready",
    "discord.py: on_shard_",
    "discord.py: on_connect",
    "discord.py: on_resumed",
)
"""Tasks that take up what was left, which may take long."""
_HANDLERS: Final = ("discord.py: on_", "discord-ui-", "CommandTree-invoker")
"""How the other tasks are named."""


async def cancel_handlers() -> None:
    """End the handlers of events that still go on: the connection to Discord is about to end."""
    under_way = [task for task in _under_way() if task is not asyncio.current_task()]
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def _under_way() -> "list[asyncio.Task[object]]":
    return [
        task
        for task in asyncio.all_tasks()
        if task.get_name().startswith(_HANDLERS) and not task.get_name().startswith(_NO_HANDLERS)
    ]


async def handlers_end(seconds: float) -> None:
    """Wait for the handlers of events under way, but not for longer."""
    under_way = _under_way()
    if under_way:
        _, late = await asyncio.wait(under_way, timeout=seconds)
        if late:
            log.warning("shards.handlers_go_on", handlers=sorted(each.get_name() for each in late))
