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
