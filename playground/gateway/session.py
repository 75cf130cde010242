"""A session: what one client is told, numbered and remembered, so that it can resume after a drop."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import orjson

from playground.gateway import intents
from playground.gateway.intents import Intent
from playground.world.applications import Application
from playground.world.users import User
from playground.world.world import Event, World

Json = dict[str, Any]

REMEMBERED: Final = 2000
"""Events that a session keeps for a client that resumes."""

_MESSAGES: Final = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


class Wire(Protocol):
    """A live connection that a session writes to."""

    def write(self, payload: bytes) -> None:
        """Queue one payload."""
        ...


class Session:
    """One client's view of the World; it outlives its connection for a while."""

    def __init__(
        self,
        world: World,
        session_id: str,
        user: User,
        *,
        application: Application | None,
        intent_bits: int,
        shard: tuple[int, int],
    ) -> None:
        self.world = world
        self.id = session_id
        self.user = user
        self.application = application
        self.intents = intent_bits
        self.shard = shard
        self.sequence = 0
        self.wire: Wire | None = None
        self.stop: Callable[[], None] = world.listen(self.hear)
        """Hears nothing more from then on."""
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)

    @property
    def is_bot(self) -> bool:
        """Whether intents and shards count for it."""
        return self.application is not None

    def hear(self, event: Event) -> None:
        """Take an event from the World, if it is for this client."""
        if not self._is_for_us(event):
            return
        data = event.payload(self.user)
        if self.is_bot:
            if event.name in _MESSAGES and not self.intents & Intent.MESSAGE_CONTENT:
                data = intents.without_content(data, self.user)
            elif event.name == "THREAD_MEMBERS_UPDATE" and not self._concerns_us(data):
                return
        self.dispatch(event.name, data)

    def dispatch(self, name: str, data: Json) -> None:
        """Send one event with the next sequence number, and remember it."""
        self.sequence += 1
        payload = orjson.dumps({"t": name, "s": self.sequence, "op": 0, "d": data})
        self._sent.append((self.sequence, payload))
        if self.wire is not None:
            self.wire.write(payload)

    def can_resume(self, sequence: int) -> bool:
        """Tell whether everything after `sequence` is still remembered."""
        return sequence == self.sequence or (bool(self._sent) and self._sent[0][0] <= sequence + 1)

    def replay(self, sequence: int) -> None:
        """Send everything after `sequence` once more."""
        if self.wire is None:
            return
        for number, payload in self._sent:
            if number > sequence:
                self.wire.write(payload)

    def holds(self, guild_id: int | None) -> bool:
        """Tell whether a guild (None: DMs) belongs to this shard.

        https://discord.com/developers/docs/events/gateway#sharding
        """
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> 22) % count)

    def _is_for_us(self, event: Event) -> bool:
        if event.only is not None and self.user.id not in event.only:
            return False
        if self.is_bot:
            needed = intents.needed(event.name, in_guild=event.guild_id is not None)
            if (needed and not self.intents & needed) or not self.holds(event.guild_id):
                return False
        if event.channel is not None:
            return self.world.sees(self.user, event.channel)
        if event.guild_id is not None and event.only is None:
            guild = self.world.guilds.get(event.guild_id)
            return guild is not None and self.user.id in guild.members
        return True

    def _concerns_us(self, data: Json) -> bool:
        if self.intents & Intent.GUILD_MEMBERS:
            return True
        own_id = str(self.user.id)
        joined = {each["user_id"] for each in data.get("added_members", ())}
        return own_id in joined or own_id in data.get("removed_member_ids", ())
