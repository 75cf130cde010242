"""Applications and their commands."""

from dataclasses import dataclass, field
from typing import Any

from playground.world.users import User

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class ApplicationCommand:
    """A registered application command; `body` holds its name, options, localizations and so on."""

    id: int
    application_id: int
    guild_id: int | None
    version: int
    body: Json

    @property
    def key(self) -> tuple[str, int]:
        """Name and type, which are unique among the commands of a guild and among global commands."""
        return self.body["name"], self.body.get("type", 1)


@dataclass(slots=True, eq=False)
class Application:
    """A bot's application with its settings of the developer portal."""

    id: int
    name: str
    bot: User
    owner: User
    description: str = ""
    message_content: bool = True
    members_intent: bool = True
    presences_intent: bool = True
    commands: dict[int, ApplicationCommand] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        """The public flags: which privileged intents are on, as for a bot in fewer than 100 guilds.

        https://discord.com/developers/docs/resources/application#application-object-application-flags
        """
        granted = ((self.presences_intent, 1 << 13), (self.members_intent, 1 << 15), (self.message_content, 1 << 19))
        return sum(bit for on, bit in granted if on) | (1 << 23 if self.commands else 0)
