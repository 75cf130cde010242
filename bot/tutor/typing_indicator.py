"""Discord's typing indicator: shown while the model keeps a student waiting for the first word, or for the next one
after a function call."""

import asyncio
import contextlib
from typing import Any

import structlog

from bot.conversations.discord_interface import AnswerReply
from bot.replies.bounded_calls import bounded
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.replies.outbox import Outbox
from bot.tutor.error_handler import DISCORD_ERRORS

log = structlog.get_logger(__name__)

TYPING = 8.0
"""Seconds between two typing calls; Discord shows each for ten."""
NO_ROOM = 1.0
"""Seconds after which a typing call that other requests left no room for is tried again."""


class TypingIndicator:
    """Types for many answers at once, each in a task of its own."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._tasks: dict[int, asyncio.Task[None]] = {}
        """By the identity of the reply."""

    def show(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Type until the reply has more words than now or `ended` is set, whenever the outbox has room for it.

        While it types for a reply already, nothing else begins.
        """
        if id(reply) in self._tasks:
            return
        task = asyncio.create_task(self._type(destination, reply, ended))
        self._tasks[id(reply)] = task
        task.add_done_callback(lambda _: self._tasks.pop(id(reply), None))

    async def _type(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        said = reply.text.strip()
        try:
            channel = await _channel_of(destination)
            while reply.text.strip() == said and not ended.is_set():
                has_room = self._outbox.has_spare_room()
                if has_room:
                    await bounded(_typing(channel))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TYPING if has_room else NO_ROOM):
                        await ended.wait()
        except DISCORD_ERRORS as error:
            log.debug("typing.failed", cause=error)


async def _typing(channel: Any) -> None:
    await channel.typing()


async def _channel_of(destination: Destination) -> Any:
    """The channel to type in, once it is there."""
    while isinstance(destination, InChannel):
        channel: Any = destination.channel
        if isinstance(channel, asyncio.Future):
            channel = await asyncio.shield(channel)
        if not isinstance(channel, InChannel | OnInteraction):
            return channel
        destination = channel
    return destination.interaction.channel
