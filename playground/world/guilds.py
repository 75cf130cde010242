"""Guilds, their members and roles."""

from dataclasses import dataclass, field

from playground.world.channels import Channel
from playground.world.users import User


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild. `@everyone` has the guild's id."""

    id: int
    name: str
    permissions: int
    position: int = 0
    color: int = 0
    hoist: bool = False
    mentionable: bool = False
    managed: bool = False
    bot_id: int | None = None


@dataclass(slots=True, eq=False)
class Member:
    """A user in a guild."""

    user: User
    joined_at: float
    roles: list[int] = field(default_factory=list)
    nick: str | None = None
    timeout_until: float | None = None


@dataclass(slots=True, eq=False)
class Guild:
    """A guild, which people call a server."""

    id: int
    name: str
    owner_id: int
    icon: str | None = None
    locale: str = "en-US"
    description: str | None = None
    system_channel_id: int | None = None
    """Where Discord itself says who has joined."""
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    threads: dict[int, Channel] = field(default_factory=dict)
    integrations: dict[int, float] = field(default_factory=dict)
    """Unix second in which each application was added, by application id."""
    bans: dict[int, str | None] = field(default_factory=dict)
    """The reason of each ban, by the banned user's id."""
