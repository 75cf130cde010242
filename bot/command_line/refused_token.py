"""A token that Discord has refused: it stays refused, so it is not sent again by each restart of a supervisor."""

from datetime import UTC, datetime
from hashlib import sha256

from bot.settings import Settings
from bot.store.notes import Notes

_NOTE = "refused_token"


class RefusedToken:
    """Remembers, in the bot's database, the hash of a token that Discord refused, and when it did."""

    def __init__(self, notes: Notes, settings: Settings) -> None:
        self._notes = notes
        token = settings.discord_token.get_secret_value() if settings.discord_token is not None else ""
        self._hash = sha256(f"{settings.discord_api_url or ''} {token}".encode()).hexdigest()

    async def since(self) -> str | None:
        """When Discord refused the token of the settings (a date and time in UTC); None if it did not."""
        refused, _, moment = (await self._notes.get(_NOTE) or "").partition(" ")
        return moment if refused == self._hash else None

    async def remember(self) -> None:
        """Discord has refused the token."""
        await self._notes.set(_NOTE, f"{self._hash} {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    async def forget(self) -> None:
        """Discord accepts the token."""
        await self._notes.set(_NOTE, "")
