"""The command line in this process leaves discord.py as it was."""

import discord
import pytest
from discord.gateway import DiscordWebSocket


@pytest.fixture(autouse=True)
def _back_to_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """`run` points discord.py elsewhere, in this process."""
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
