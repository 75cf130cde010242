"""The switch of the calculator: on in every server until its people turn it off."""

from bot.store.server_settings import CALCULATOR, ServerSettings


class CalculatorSwitch:
    """Whether models may call the calculator's functions, by server; in direct messages they always may."""

    def __init__(self, server_settings: ServerSettings) -> None:
        self._server_settings = server_settings

    def is_on(self, guild_id: int) -> bool:
        """Whether a server's models have the calculator (0: direct messages)."""
        return self._server_settings.value(CALCULATOR, guild_id) == "on"
