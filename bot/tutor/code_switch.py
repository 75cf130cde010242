"""The switch of the code interpreter: on in every server until its people turn it off."""

from bot.store.server_settings import CODE, ServerSettings


class CodeSwitch:
    """Whether models may run code, by server; in direct messages they always may."""

    def __init__(self, server_settings: ServerSettings) -> None:
        self._server_settings = server_settings

    def is_on(self, guild_id: int) -> bool:
        """Whether a server's models may run code (0: direct messages)."""
        return self._server_settings.value(CODE, guild_id) == "on"
