"""Channels made and taken away."""

from playground.wire import places
from playground.world.places import Channel, Guild
from playground.world.world import World


def add_channel(world: World, guild: Guild, channel: Channel) -> None:
    """Put a new channel into its guild and tell everyone who sees it."""
    guild.channels[channel.id] = world.channels[channel.id] = channel
    world.emit("CHANNEL_CREATE", lambda viewer: places.channel(world, channel, viewer), channel=channel)


def remove_channel(world: World, channel: Channel) -> None:
    """Take a channel and its threads away."""
    guild = world.guild_of(channel)
    if guild is None:
        return
    world.emit("CHANNEL_DELETE", lambda viewer: places.channel(world, channel, viewer), channel=channel)
    for thread in list(world.threads_of(channel)):
        guild.threads.pop(thread.id, None)
        world.channels.pop(thread.id, None)
    guild.channels.pop(channel.id, None)
    world.channels.pop(channel.id, None)
