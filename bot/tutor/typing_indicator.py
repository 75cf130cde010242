"""Discord's typing indicator: shown while the model keeps a student waiting for the first word, or for the next one
after a function call."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from bot.conversations.discord_interface import AnswerReply
from bot.replies.bounded_calls import bounded
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.replies.outbox import Outbox
from bot.replies.requests.discord_failures import DISCORD_ERRORS

log = structlog.get_logger(__name__)

TYPING = 8.0
"""Seconds between two typing calls; Discord shows each for ten."""
NO_ROOM = 1.0
"""Seconds after which a typing call that other requests left no room for is tried again."""


@dataclass(slots=True)
class _Waiting:
    """A reply whose next words a student waits for: what it had said when the waiting began."""

    said: str
    again: asyncio.Event


class TypingIndicator:
    """Types for many answers at once, each in a task of its own."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._waiting: dict[int, _Waiting] = {}
        """By the identity of the reply."""
        self._tasks: set[asyncio.Task[None]] = set()

    def show(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        """Type until the reply has more words than now or `ended` is set, whenever the outbox has room for it."""
        said = reply.text.strip()
        if (waiting := self._waiting.get(id(reply))) is not None:
            if waiting.said != said:
                waiting.said = said
                waiting.again.set()
            return
        self._waiting[id(reply)] = _Waiting(said, asyncio.Event())
        task = asyncio.create_task(self._type(destination, reply, ended))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _type(self, destination: Destination, reply: AnswerReply, ended: asyncio.Event) -> None:
        waiting = self._waiting[id(reply)]
        try:
            channel = await _channel_of(destination)
            while reply.text.strip() == waiting.said and not ended.is_set():
                waiting.again.clear()
                has_room = self._outbox.has_spare_room()
                if has_room:
                    await bounded(_typing(channel))
                await _first_of(TYPING if has_room else NO_ROOM, ended, waiting.again)
        except DISCORD_ERRORS as error:
            log.debug("typing.failed", cause=error)
        finally:
            del self._waiting[id(reply)]


async def _first_of(seconds: float, *events: asyncio.Event) -> None:
    """Wait until one of the events is set, but not for long."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


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
