"""The buttons under a student's progress. Their `custom_id`s hold all that they know."""

import re
from typing import Any, Literal, Self

import discord

from bot.tutor.error_handler import handles_errors

Action = Literal["share", "delete", "really", "keep"]


class ProgressItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"progress:(?P<action>[a-z]+)"):
    """Any button of progress."""

    def __init__(self, item: discord.ui.Item[Any], action: str) -> None:
        super().__init__(item)
        self.action = action

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item, match["action"])

    @handles_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take the press to the cog `ProgressCog`."""
        cog: Any = interaction.client.get_cog("ProgressCog")
        await cog.press(interaction, self.action)


def button(action: Action, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> ProgressItem:
    """A button that does `action`."""
    return ProgressItem(discord.ui.Button(label=label, style=style, custom_id=f"progress:{action}"), action)
