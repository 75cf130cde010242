"""Users: the accounts of people and bots."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class User:
    """The account of a person or a bot."""

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
        """The name that others see."""
        return self.global_name or self.username
