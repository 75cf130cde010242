"""Applications and their commands."""

from dataclasses import dataclass, field
from typing import Any

from playground.world.users import User

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class ApplicationCommand:
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
    commands: dict[int, ApplicationCommand] = field(default_factory=dict)

    @property
    def flags(self) -> int:
        """The public flags that tell which privileged intents are on (of a bot in fewer than 100 guilds).

        https://discord.com/developers/docs/resources/application#application-object-application-flags
        """
        granted = ((self.presences_intent, 1 << 13), (self.members_intent, 1 << 15), (self.message_content, 1 << 19))
        return sum(bit for on, bit in granted if on) | (1 << 23 if self.commands else 0)
