"""Channels made and taken away."""

from playground.payloads.channels import channel_event_object
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.world import World


def add_channel(world: World, guild: Guild, channel: Channel) -> None:
    """Put a new channel into its guild and tell everyone there."""
    guild.channels[channel.id] = world.channels[channel.id] = channel
    tell(world, guild, channel, "CHANNEL_CREATE")


def tell(world: World, guild: Guild, channel: Channel, event: str) -> None:
    """Tell a guild of a channel: those who do not see it hear little more than that it is there."""
    world.emit(event, lambda viewer: channel_event_object(world, channel, viewer), guild_id=guild.id)


def remove_channel(world: World, channel: Channel) -> None:
    """Take a channel and its threads away."""
    guild = world.guild_of(channel)
    if guild is None:
        return
    tell(world, guild, channel, "CHANNEL_DELETE")
    for thread in list(world.threads_of(channel)):
        guild.threads.pop(thread.id, None)
        world.channels.pop(thread.id, None)
    guild.channels.pop(channel.id, None)
    world.channels.pop(channel.id, None)
