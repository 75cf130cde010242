"""The buttons that ask whether a student is really to be forgotten. They work after a restart too."""

import re
from typing import Any, Self

import discord

from bot.privacy import sentences as say
from bot.privacy.forgetting_store import KINDS
from bot.sentences import Locale
from bot.tutor.error_handler import handles_errors

Interaction = discord.Interaction[Any]


class PrivacyButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"privacy:(?P<what>[a-z-]{1,40})"):
    """*Forget* (`privacy:conversations-files`: of these kinds) or *Keep* (`privacy:keep`)."""

    def __init__(self, what: str, label: str = "-", style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> None:
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=f"privacy:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(match["what"])

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the cog `PrivacyCog`."""
        cog: Any = interaction.client.get_cog("PrivacyCog")
        await cog.press(interaction, tuple(kind for kind in self.what.split("-") if kind in KINDS))


def confirmation(kinds: tuple[str, ...], locale: Locale) -> discord.ui.View:
    """The two buttons."""
    view = discord.ui.View(timeout=None)
    view.add_item(PrivacyButton("-".join(kinds), say.FORGET(locale), discord.ButtonStyle.danger))
    view.add_item(PrivacyButton("keep", say.KEEP(locale)))
    return view
