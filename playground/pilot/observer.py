"""Waiting for a bot's message in any channel or DM of the world; ephemeral messages are seen too."""

import asyncio
import time
from collections.abc import Callable

from playground.payloads.messages import message_object
from playground.pilot.seen import NotSeen, SeenMessage, describe_all
from playground.pilot.student import ChannelLike
from playground.world.channels import Channel
from playground.world.world import Event, World


class Observer:
    """Reads every channel of the World, whoever may see it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed = asyncio.Event()
        self.close = world.listen(self._hear)
        """Stop listening."""

    def _hear(self, event: Event) -> None:
        if event.name.startswith(("MESSAGE_", "THREAD_", "CHANNEL_")):
            self._changed.set()

    def _channel(self, where: ChannelLike) -> Channel | None:
        if isinstance(where, str) and not where.isdigit():
            named = where.removeprefix("#")
            return next((each for each in self._world.channels.values() if each.name == named), None)
        return self._world.channels.get(int(where) if isinstance(where, (int, str)) else where.id)

    def messages(self, where: ChannelLike) -> list[SeenMessage]:
        """Return a channel's messages, oldest first; none when there is no such channel yet."""
        channel = self._channel(where)
        if channel is None:
            return []
        return [
            SeenMessage(message_object(self._world, channel, each, event=True)) for each in channel.messages.values()
        ]

    async def bot_replies(
        self,
        where: ChannelLike,
        contains: str,
        matching: Callable[[SeenMessage], bool] | None,
        after: int,
        timeout: float,
    ) -> SeenMessage:
        """Wait for a bot's message; raise NotSeen after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            self._changed.clear()
            for message in self.messages(where):
                fits = (
                    message.by_bot
                    and message.id > after
                    and message.raw["type"] in {0, 19, 20, 23}
                    and not message.thinking
                )
                if fits and contains in message.text and (matching is None or matching(message)):
                    return message
            try:
                async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                    await self._changed.wait()
            except TimeoutError:
                raise NotSeen(self._seen_instead(where, contains, timeout)) from None

    def _seen_instead(self, where: ChannelLike, contains: str, timeout: float) -> str:
        channel = self._channel(where)
        name = "a channel that does not exist (no thread was made?)" if channel is None else f"#{channel.name}"
        lines = [f"no bot's message with {contains!r} in {name} within {timeout:g} s; there is:"]
        lines.append(describe_all(self.messages(where)))
        elsewhere = [
            f"  #{each.name or each.id}: {SeenMessage(message_object(self._world, each, message)).describe()}"
            for each in self._world.channels.values()
            for message in each.messages.values()
            if each is not channel and self._world.users[message.author_id].bot
        ]
        if elsewhere:
            lines += ["elsewhere bots said:", *elsewhere[-10:]]
        return "\n".join(lines)
