"""Channels open and close for people when roles, members and overwrites change; each who is met is told.

Discord tells of a channel that a client may see now, or no longer, by CHANNEL_UPDATE; of the threads in one that has
opened, by THREAD_LIST_SYNC.

https://docs.discord.com/developers/resources/channel#obfuscated-channels
https://docs.discord.com/developers/events/gateway-events#thread-list-sync
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playground.payloads.channels import channel_event_object, thread_member_object, thread_object, visible_to
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.users import User
from playground.world.world import World

Access = dict[int, set[int]]
"""The ids of the users who see a channel, by the channel's id."""


def _access(world: World, guild: Guild) -> Access:
    people = [each.user for each in guild.members.values()]
    return {each.id: {one.id for one in people if visible_to(world, each, one)} for each in guild.channels.values()}


@contextmanager
def told(world: World, guild: Guild, *, announced: Channel | None = None) -> Iterator[None]:
    """Tell of the channels that open or close for somebody by what is done within.

    `announced` is a channel whose change everybody is told of within: only its threads are told here.
    """
    before = _access(world, guild)
    yield
    after = _access(world, guild)
    opened: dict[int, list[Channel]] = {}
    for channel in guild.channels.values():
        had, has = before.get(channel.id, set()), after[channel.id]
        # Who has just joined or left gets the whole guild, or nothing of it any more.
        changed = (had ^ has) & guild.members.keys()
        if changed and channel is not announced:
            _tell(world, guild, channel, changed)
        for user_id in has - had:
            opened.setdefault(user_id, []).append(channel)
    for user_id, channels in opened.items():
        _sync_threads(world, guild, world.users[user_id], channels)


def _tell(world: World, guild: Guild, channel: Channel, only: set[int]) -> None:
    world.emit(
        "CHANNEL_UPDATE", lambda viewer: channel_event_object(world, channel, viewer), guild_id=guild.id, only=only
    )


def _sync_threads(world: World, guild: Guild, viewer: User, channels: list[Channel]) -> None:
    threads = [
        each
        for channel in channels
        for each in world.threads_of(channel)
        if each.thread is not None and not each.thread.archived and world.sees(viewer, each)
    ]
    payload = {
        "guild_id": str(guild.id),
        "channel_ids": [str(each.id) for each in channels],
        "threads": [thread_object(world, each, viewer) for each in threads],
        "members": [
            thread_member_object(each, each.thread.members[viewer.id])
            for each in threads
            if each.thread is not None and viewer.id in each.thread.members
        ],
    }
    world.emit("THREAD_LIST_SYNC", payload, guild_id=guild.id, only={viewer.id})
