"""A session: the events that one client gets, numbered and remembered, so that it can resume after a drop."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from playground.gateway import intents
from playground.gateway.intents import Intent
from playground.world.applications import Application
from playground.world.users import User
from playground.world.world import Event, World

Json = dict[str, Any]

REMEMBERED: Final = 2000
"""Events that a session keeps for a resume."""

_MESSAGES: Final = frozenset({"MESSAGE_CREATE", "MESSAGE_UPDATE"})


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end of a connection: what its websocket says of itself, and its address."""

    user_agent: str = ""
    host: str = ""
    port: int = 0


class SessionConnection(Protocol):
    """The live connection of a session."""

    session: "Session | None"
    client: Client

    def write(self, payload: bytes) -> None:
        """Queue one payload."""
        ...

    def close(self, code: int, reason: str = "") -> None:
        """Close the connection after everything in the queue is sent."""
        ...


class Session:
    """One client's view of the World. It lives on for a while after its connection drops."""

    def __init__(
        self,
        world: World,
        session_id: str,
        user: User,
        *,
        application: Application | None,
        intent_bits: int,
        shard: tuple[int, int],
        properties: Json,
    ) -> None:
        self.world = world
        self.id = session_id
        self.user = user
        self.application = application
        self.intents = intent_bits
        self.shard = shard
        """Its number, and how many the client has."""
        self.properties = properties
        """What IDENTIFY said of the client: `os`, `browser`, `device`."""
        self.clients: list[Client] = []
        """Who had it, first who identified, last who resumed it last."""
        self.sequence = 0
        self.connection: SessionConnection | None = None
        self.stop: Callable[[], None] = world.listen(self.hear)
        """Ends the listening: the session gets no more events."""
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=REMEMBERED)

    @property
    def is_bot(self) -> bool:
        """Whether it is a bot's: only then intents and shards count."""
        return self.application is not None

    def connect(self, connection: SessionConnection) -> None:
        """Go on over this connection."""
        self.connection = connection
        self.clients.append(connection.client)

    def as_json(self) -> Json:
        """Return what tests may want to know of it."""
        client = self.clients[-1]
        return {
            "id": self.id,
            "user_id": str(self.user.id),
            "shard": list(self.shard),
            "connected": self.connection is not None,
            "sequence": self.sequence,
            "properties": self.properties,
            "user_agent": client.user_agent,
            "client": [client.host, client.port],
            "clients": len(self.clients),
        }

    def hear(self, event: Event) -> None:
        """Dispatch an event of the World, if it is for this client."""
        if not self._is_for_us(event):
            return
        data = event.payload(self.user)
        if self.is_bot:
            if event.name in _MESSAGES and not self.intents & Intent.MESSAGE_CONTENT:
                data = intents.without_content(data, self.user)
            elif event.name == "THREAD_MEMBERS_UPDATE" and not self._about_us(data):
                return
        self.dispatch(event.name, data)

    def dispatch(self, name: str, data: Json) -> None:
        """Send one event with the next sequence number, and remember it."""
        self.sequence += 1
        payload = orjson.dumps({"t": name, "s": self.sequence, "op": 0, "d": data})
        self._sent.append((self.sequence, payload))
        if self.connection is not None:
            self.connection.write(payload)

    def can_resume(self, sequence: int) -> bool:
        """Tell whether everything after `sequence` is still remembered."""
        return sequence == self.sequence or (bool(self._sent) and self._sent[0][0] <= sequence + 1)

    def replay(self, sequence: int) -> None:
        """Send every event after `sequence` again."""
        if self.connection is None:
            return
        for number, payload in self._sent:
            if number > sequence:
                self.connection.write(payload)

    def has_guild(self, guild_id: int | None) -> bool:
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
            if (needed and not self.intents & needed) or not self.has_guild(event.guild_id):
                return False
        if event.channel is not None:
            return self.world.sees(self.user, event.channel)
        if event.guild_id is not None and event.only is None:
            guild = self.world.guilds.get(event.guild_id)
            return guild is not None and self.user.id in guild.members
        return True

    def _about_us(self, data: Json) -> bool:
        if self.intents & Intent.GUILD_MEMBERS:
            return True
        own_id = str(self.user.id)
        joined = {each["user_id"] for each in data.get("added_members", ())}
        return own_id in joined or own_id in data.get("removed_member_ids", ())
