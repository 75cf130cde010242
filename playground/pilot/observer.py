"""Waiting for what the bot does, seen from above: every channel, DM and ephemeral message."""

import asyncio
import time
from collections.abc import Callable

from playground.payloads import messages as wire
from playground.pilot.seen import NotSeen, Post, describe_all
from playground.pilot.student import Place
from playground.world.channels import Channel
from playground.world.world import Event, World


class Observer:
    """Sees the whole World."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._changed = asyncio.Event()
        self.close = world.listen(self._hear)
        """Look away."""

    def _hear(self, event: Event) -> None:
        if event.name.startswith(("MESSAGE_", "THREAD_", "CHANNEL_")):
            self._changed.set()

    def _channel(self, place: Place) -> Channel | None:
        if isinstance(place, str) and not place.isdigit():
            named = place.removeprefix("#")
            return next((each for each in self._world.channels.values() if each.name == named), None)
        return self._world.channels.get(int(place) if isinstance(place, (int, str)) else place.id)

    def posts(self, place: Place) -> list[Post]:
        """Return what stands in a place now, oldest first; nothing when there is no such place yet."""
        channel = self._channel(place)
        if channel is None:
            return []
        return [Post(wire.message(self._world, channel, each, event=True)) for each in channel.messages.values()]

    async def bot_replies(
        self, place: Place, contains: str, matching: Callable[[Post], bool] | None, after: int, timeout: float
    ) -> Post:
        """Wait for a bot's message; NotSeen after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            self._changed.clear()
            for post in self.posts(place):
                fits = post.by_bot and post.id > after and post.raw["type"] in {0, 19, 20, 23} and not post.thinking
                if fits and contains in post.text and (matching is None or matching(post)):
                    return post
            try:
                async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                    await self._changed.wait()
            except TimeoutError:
                raise NotSeen(self._instead(place, contains, timeout)) from None

    def _instead(self, place: Place, contains: str, timeout: float) -> str:
        channel = self._channel(place)
        where = "a place that does not exist (no thread was made?)" if channel is None else f"#{channel.name}"
        lines = [f"no bot's message with {contains!r} in {where} within {timeout:g} s; there is:"]
        lines.append(describe_all(self.posts(place)))
        elsewhere = [
            f"  #{each.name or each.id}: {Post(wire.message(self._world, each, message)).describe()}"
            for each in self._world.channels.values()
            for message in each.messages.values()
            if each is not channel and self._world.users[message.author_id].bot
        ]
        if elsewhere:
            lines += ["elsewhere bots said:", *elsewhere[-10:]]
        return "\n".join(lines)
