"""Where Saem answers in a server, and whom: the channels, categories and roles that its managers have chosen."""

from collections.abc import Iterable
from typing import Any

import discord

from bot import sentences
from bot.errors import UserFacingError
from bot.store.server_settings import CHANNELS, ROLES, ServerSettings


class NotHereError(UserFacingError):
    """Saem does not answer in this place, or not this person."""


class AnswerPlaces:
    """Knows the places. Where nothing is chosen, or all that was chosen is gone, Saem answers everywhere, everybody."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings

    def answers_in(self, guild: discord.Guild, channel: Any) -> bool:
        """Whether Saem answers in a channel; threads follow their channel, channels their category."""
        chosen = _existing(self._settings.ids(CHANNELS, guild.id), (each.id for each in guild.channels))
        if not chosen or isinstance(channel, discord.PartialMessageable):  # a thread whose channel is not known yet
            return True
        return not chosen.isdisjoint(_places_of(channel))

    def answers_to(self, guild: discord.Guild, member: Any) -> bool:
        """Whether Saem answers a member; who may manage the server is always answered."""
        chosen = _existing(self._settings.ids(ROLES, guild.id), (each.id for each in guild.roles))
        if not chosen or not isinstance(member, discord.Member):
            return True
        return member.guild_permissions.manage_guild or any(role.id in chosen for role in member.roles)

    def check(self, guild: discord.Guild | None, channel: Any, member: Any) -> None:
        """Check that Saem answers somebody in a place; in direct messages it does.

        Raises:
            UserFacingError: not there, or not them.
        """
        if guild is None or channel is None:
            return
        if not self.answers_to(guild, member):
            raise NotHereError(sentences.NOT_FOR_YOU)
        if not self.answers_in(guild, channel):
            raise NotHereError(sentences.NOT_HERE)


def _existing(chosen: frozenset[int], there_are: Iterable[int]) -> frozenset[int]:
    return chosen & frozenset(there_are) if chosen else chosen


def _places_of(channel: Any) -> set[int]:
    """A channel's id, its parent's and its category's."""
    places = {channel.id}
    for name in ("parent_id", "category_id"):
        if (found := getattr(channel, name, None)) is not None:
            places.add(found)
    parent = getattr(channel, "parent", None)
    if parent is not None and parent.category_id is not None:
        places.add(parent.category_id)
    return places


def check_place(interaction: "discord.Interaction[Any]") -> None:
    """Check, before a command or press that asks Saem something, that it answers there; raises as `check` does."""
    places: AnswerPlaces = interaction.client.answer_places
    places.check(interaction.guild, interaction.channel, interaction.user)
