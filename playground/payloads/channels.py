"""Channels, threads and DMs as JSON objects.

https://discord.com/developers/docs/resources/channel#channel-object
"""

from typing import Final

from playground.payloads.json_values import Json, iso, snowflake
from playground.payloads.users import user_object
from playground.world.channels import CATEGORY, DM, FORUM, VOICE, Channel, Overwrite, ThreadMember
from playground.world.permissions import Permission
from playground.world.users import User
from playground.world.world import World

OBFUSCATED: Final = 1 << 17
"""The flag of a hidden channel: the gateway tells of it without its name and topic."""


def overwrite_object(overwrite: Overwrite) -> Json:
    """Return a permission overwrite object."""
    return {"id": str(overwrite.id), "type": overwrite.type, "allow": str(overwrite.allow), "deny": str(overwrite.deny)}


def thread_member_object(thread: Channel, member: ThreadMember) -> Json:
    """Return a thread member object."""
    return {
        "id": str(thread.id),
        "user_id": str(member.user_id),
        "join_timestamp": iso(member.joined_at),
        "flags": 1,
        "muted": False,
        "mute_config": None,
    }


def thread_object(world: World, thread: Channel, viewer: User | None = None) -> Json:
    """Return a thread as a channel object. It has a `member` if the viewer is a member of the thread."""
    state = thread.thread
    if state is None:
        raise ValueError(f"channel {thread.id} is not a thread")
    payload: Json = {
        "id": str(thread.id),
        "type": thread.type,
        "guild_id": snowflake(thread.guild_id),
        "parent_id": snowflake(thread.parent_id),
        "owner_id": str(state.owner_id),
        "name": thread.name,
        "last_message_id": snowflake(thread.last_message_id),
        "last_pin_timestamp": iso(thread.last_pin_at),
        "rate_limit_per_user": thread.slowmode,
        "message_count": state.message_count,
        "member_count": min(50, len(state.members)),
        "total_message_sent": state.total_message_sent,
        "flags": thread.flags,
        "bitrate": 64000,
        "user_limit": 0,
        "rtc_region": None,
        "thread_metadata": {
            "archived": state.archived,
            "auto_archive_duration": state.auto_archive_minutes,
            "archive_timestamp": iso(state.archive_changed_at),
            "locked": state.locked,
            "create_timestamp": iso(state.created_at),
        },
    }
    if thread.type == 12:
        payload["thread_metadata"]["invitable"] = state.invitable
    parent = world.channels.get(thread.parent_id or 0)
    if parent is not None and parent.type == FORUM:
        payload["applied_tags"] = [str(tag) for tag in state.applied_tags]
    if viewer is not None and viewer.id in state.members:
        payload["member"] = thread_member_object(thread, state.members[viewer.id])
    return payload


def dm_object(world: World, channel: Channel, viewer: User) -> Json:
    """Return a DM as one of its two users sees it."""
    return {
        "id": str(channel.id),
        "type": DM,
        "flags": 0,
        "last_message_id": snowflake(channel.last_message_id),
        "last_pin_timestamp": iso(channel.last_pin_at),
        "recipients": [user_object(world.users[each]) for each in channel.recipients if each != viewer.id],
    }


def channel_object(world: World, channel: Channel, viewer: User) -> Json:
    """Return a channel object of any type: guild channel, thread or DM."""
    if channel.is_thread:
        return thread_object(world, channel, viewer)
    if channel.type == DM:
        return dm_object(world, channel, viewer)
    payload: Json = {
        "id": str(channel.id),
        "type": channel.type,
        "guild_id": snowflake(channel.guild_id),
        "name": channel.name,
        "position": channel.position,
        "parent_id": snowflake(channel.parent_id),
        "flags": channel.flags,
        "permission_overwrites": [overwrite_object(each) for each in channel.overwrites.values()],
    }
    if channel.type == CATEGORY:
        return payload
    payload |= {
        "topic": channel.topic,
        "nsfw": channel.nsfw,
        "rate_limit_per_user": channel.slowmode,
        "last_message_id": snowflake(channel.last_message_id),
        "last_pin_timestamp": iso(channel.last_pin_at),
    }
    if channel.default_archive_minutes is not None:
        payload["default_auto_archive_duration"] = channel.default_archive_minutes
    if channel.type == VOICE:
        payload |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    elif channel.type == FORUM:
        payload |= {
            "available_tags": channel.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "template": "",
        }
    return payload | channel.settings


def visible_to(world: World, channel: Channel, viewer: User) -> bool:
    """Tell whether a viewer sees a guild's channel. A category is visible with any of its channels."""
    if channel.type != CATEGORY:
        return world.sees(viewer, channel)
    guild = world.guild_of(channel)
    children = [each for each in guild.channels.values() if each.parent_id == channel.id] if guild else []
    return world.sees(viewer, channel) or any(world.sees(viewer, each) for each in children)


def channel_event_object(world: World, channel: Channel, viewer: User) -> Json:
    """Return a guild's channel for a gateway event. A channel that the viewer does not see has no name and no topic.

    https://docs.discord.com/developers/resources/channel#obfuscated-channels
    """
    if channel.guild_id is None or visible_to(world, channel, viewer):
        return channel_object(world, channel, viewer)
    deny_everyone = Overwrite(channel.guild_id, 0, deny=int(Permission.VIEW_CHANNEL))
    hidden = Channel(
        id=channel.id,
        type=channel.type,
        name="___hidden___",
        guild_id=channel.guild_id,
        parent_id=channel.parent_id,
        position=channel.position,
        flags=channel.flags | OBFUSCATED,
        overwrites={deny_everyone.id: deny_everyone},
    )
    return channel_object(world, hidden, viewer)
