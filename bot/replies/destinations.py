"""Where a reply goes: into a channel (or thread, or DM, perhaps one that is still being made), or to an interaction."""

import asyncio
from dataclasses import dataclass
from typing import Any

import discord

from bot.replies.channel_writer import ChannelWriter, MessageWriter
from bot.replies.interaction_writer import InteractionWriter


@dataclass(frozen=True, slots=True)
class InChannel:
    """A channel, thread or DM; `reference` is the message that the first message replies to.

    The channel may be a future. Its result is a channel, or (if a thread could not be made, or an interaction had to be
    answered first) another `InChannel` or `OnInteraction`. If the future raises, `Reply.finish()` raises the same.
    """

    channel: "discord.abc.Messageable | asyncio.Future[Any]"
    reference: discord.Message | discord.MessageReference | discord.PartialMessage | None = None


@dataclass(frozen=True, slots=True)
class OnInteraction:
    """An interaction, answered or not; its messages are edited through its webhook, outside the global limit.

    `replaces_message`: the reply's first message replaces the message of the pressed button. The interaction must have
    been answered with a deferred update.
    """

    interaction: discord.Interaction[Any]
    ephemeral: bool = False
    replaces_message: bool = False

    @property
    def replaced_message_id(self) -> int | None:
        """The message that becomes the reply's first."""
        message = self.interaction.message
        return message.id if self.replaces_message and message is not None else None


Destination = InChannel | OnInteraction


def destination_of(
    target: "Destination | discord.abc.Messageable | discord.Interaction[Any] | asyncio.Future[Any]",
) -> Destination:
    """A plain channel or interaction as a destination."""
    match target:
        case InChannel() | OnInteraction():
            return target
        case discord.Interaction():
            return OnInteraction(target)
        case _:
            return InChannel(target)


async def open_writer(destination: Destination) -> MessageWriter:
    """What writes at a destination; waits for a channel that is a future."""
    match destination:
        case OnInteraction(interaction, ephemeral):
            return InteractionWriter(
                interaction, ephemeral=ephemeral, replaced_message_id=destination.replaced_message_id
            )
        case InChannel(channel, reference):
            if isinstance(channel, asyncio.Future):
                opened = await asyncio.shield(channel)
                if isinstance(opened, InChannel | OnInteraction):
                    return await open_writer(opened)
                return ChannelWriter(opened, reference)
            return ChannelWriter(channel, reference)
