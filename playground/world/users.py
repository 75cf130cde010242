"""Users, members, roles and applications."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class User:
    """An account, a person's or a bot's."""

    id: int
    username: str
    global_name: str | None
    token: str
    bot: bool = False
    discriminator: str = "0"
    avatar: str | None = None
    locale: str = "en-US"
    status: str = "offline"
    activities: list[Json] = field(default_factory=list)

    @property
    def display_name(self) -> str:
        """What others read."""
        return self.global_name or self.username


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; `@everyone` has the guild's own id."""

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
class Command:
    """An application command as it was registered; `body` holds its options, localizations and the rest."""

    id: int
    application_id: int
    guild_id: int | None
    version: int
    body: Json

    @property
    def key(self) -> tuple[str, int]:
        """What must be unique in a scope: name and type."""
        return self.body["name"], self.body.get("type", 1)


@dataclass(slots=True, eq=False)
class Application:
    """A bot's application, as its owner set it up in the developer portal."""

    id: int
    name: str
    bot: User
    owner: User
    description: str = ""
    message_content: bool = True
    members_intent: bool = True
    presences_intent: bool = True
    commands: dict[int, Command] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        """The public flags that tell which privileged intents are on (of a bot in fewer than 100 guilds).

        https://discord.com/developers/docs/resources/application#application-object-application-flags
        """
        granted = ((self.presences_intent, 1 << 13), (self.members_intent, 1 << 15), (self.message_content, 1 << 19))
        return sum(bit for on, bit in granted if on) | (1 << 23 if self.commands else 0)
