"""Channels are added to a guild, changed and removed."""

from playground.payloads.channels import channel_event_object
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.world import World


def add_channel(world: World, guild: Guild, channel: Channel) -> None:
    """Add a new channel to its guild, and send CHANNEL_CREATE."""
    guild.channels[channel.id] = world.channels[channel.id] = channel
    announce(world, guild, channel, "CHANNEL_CREATE")


def announce(world: World, guild: Guild, channel: Channel, event: str) -> None:
    """Send an event about a channel to its guild. Members who do not see the channel get it without name and topic."""
    world.emit(event, lambda viewer: channel_event_object(world, channel, viewer), guild_id=guild.id)


def remove_channel(world: World, channel: Channel) -> None:
    """Remove a channel and its threads, and send CHANNEL_DELETE."""
    guild = world.guild_of(channel)
    if guild is None:
        return
    announce(world, guild, channel, "CHANNEL_DELETE")
    for thread in list(world.threads_of(channel)):
        guild.threads.pop(thread.id, None)
        world.forget(thread)
    guild.channels.pop(channel.id, None)
    world.forget(channel)
