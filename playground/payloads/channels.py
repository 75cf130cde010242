"""Guilds, channels and threads."""

from typing import Final

from playground.payloads import users
from playground.payloads.values import Json, iso, snowflake
from playground.world.channels import CATEGORY, DM, FORUM, VOICE, Channel, Overwrite, ThreadMember
from playground.world.guilds import Guild
from playground.world.permissions import Permission
from playground.world.users import User
from playground.world.world import World

OBFUSCATED: Final = 1 << 17
"""The flag of a channel whose name and the rest are kept back."""


def overwrite(one: Overwrite) -> Json:
    """Return a permission overwrite object."""
    return {"id": str(one.id), "type": one.type, "allow": str(one.allow), "deny": str(one.deny)}


def thread_member(thread: Channel, one: ThreadMember) -> Json:
    """Return a thread member object."""
    return {
        "id": str(thread.id),
        "user_id": str(one.user_id),
        "join_timestamp": iso(one.joined_at),
        "flags": 1,
        "muted": False,
        "mute_config": None,
    }


def thread(world: World, place: Channel, viewer: User | None = None) -> Json:
    """Return a thread as a channel object; with a viewer who follows it, their `member` too."""
    state = place.thread
    if state is None:
        raise ValueError(f"channel {place.id} is no thread")
    shape: Json = {
        "id": str(place.id),
        "type": place.type,
        "guild_id": snowflake(place.guild_id),
        "parent_id": snowflake(place.parent_id),
        "owner_id": str(state.owner_id),
        "name": place.name,
        "last_message_id": snowflake(place.last_message_id),
        "last_pin_timestamp": iso(place.last_pin_at),
        "rate_limit_per_user": place.slowmode,
        "message_count": state.message_count,
        "member_count": min(50, len(state.members)),
        "total_message_sent": state.total_message_sent,
        "flags": place.flags,
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
    if place.type == 12:
        shape["thread_metadata"]["invitable"] = state.invitable
    parent = world.channels.get(place.parent_id or 0)
    if parent is not None and parent.type == FORUM:
        shape["applied_tags"] = [str(tag) for tag in state.applied_tags]
    if viewer is not None and viewer.id in state.members:
        shape["member"] = thread_member(place, state.members[viewer.id])
    return shape


def dm(world: World, place: Channel, viewer: User) -> Json:
    """Return a DM as one of its two sides sees it."""
    return {
        "id": str(place.id),
        "type": DM,
        "flags": 0,
        "last_message_id": snowflake(place.last_message_id),
        "last_pin_timestamp": iso(place.last_pin_at),
        "recipients": [users.user(world.users[each]) for each in place.recipients if each != viewer.id],
    }


def channel(world: World, place: Channel, viewer: User) -> Json:
    """Return any channel object.

    https://discord.com/developers/docs/resources/channel#channel-object
    """
    if place.is_thread:
        return thread(world, place, viewer)
    if place.type == DM:
        return dm(world, place, viewer)
    shape: Json = {
        "id": str(place.id),
        "type": place.type,
        "guild_id": snowflake(place.guild_id),
        "name": place.name,
        "position": place.position,
        "parent_id": snowflake(place.parent_id),
        "flags": place.flags,
        "permission_overwrites": [overwrite(each) for each in place.overwrites.values()],
    }
    if place.type == CATEGORY:
        return shape
    shape |= {
        "topic": place.topic,
        "nsfw": place.nsfw,
        "rate_limit_per_user": place.slowmode,
        "last_message_id": snowflake(place.last_message_id),
        "last_pin_timestamp": iso(place.last_pin_at),
    }
    if place.default_archive_minutes is not None:
        shape["default_auto_archive_duration"] = place.default_archive_minutes
    if place.type == VOICE:
        shape |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    elif place.type == FORUM:
        shape |= {
            "available_tags": place.tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
            "template": "",
        }
    return shape | place.settings


def shows(world: World, place: Channel, viewer: User) -> bool:
    """Tell whether a viewer sees a guild's channel; a category is seen with any of its channels."""
    if place.type != CATEGORY:
        return world.sees(viewer, place)
    home = world.guild_of(place)
    within = [each for each in home.channels.values() if each.parent_id == place.id] if home else []
    return world.sees(viewer, place) or any(world.sees(viewer, each) for each in within)


def told(world: World, place: Channel, viewer: User) -> Json:
    """Return a guild's channel as the gateway tells of it: one that the viewer does not see without all that matters.

    https://docs.discord.com/developers/resources/channel#obfuscated-channels
    """
    if place.guild_id is None or shows(world, place, viewer):
        return channel(world, place, viewer)
    nobody = Overwrite(place.guild_id, 0, deny=int(Permission.VIEW_CHANNEL))
    bare = Channel(
        id=place.id,
        type=place.type,
        name="___hidden___",
        guild_id=place.guild_id,
        parent_id=place.parent_id,
        position=place.position,
        flags=place.flags | OBFUSCATED,
        overwrites={nobody.id: nobody},
    )
    return channel(world, bare, viewer)


def guild(server: Guild) -> Json:
    """Return a guild object without its channels and people.

    https://discord.com/developers/docs/resources/guild#guild-object
    """
    return {
        "id": str(server.id),
        "name": server.name,
        "icon": server.icon,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": server.description,
        "owner_id": str(server.owner_id),
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [users.role(each) for each in server.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY", "NEWS"],
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": server.locale,
        "max_members": 25000000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "hub_type": None,
        "widget_enabled": False,
        "widget_channel_id": None,
    }


def whole_guild(world: World, server: Guild, viewer: User, *, everyone: bool, presences: bool) -> Json:
    """Return the guild of a GUILD_CREATE.

    Without `everyone` (a bot that lacks the members intent) it holds the viewer alone.
    """
    members = server.members.values() if everyone else [server.members[viewer.id]]
    threads = [each for each in server.threads.values() if each.thread and not each.thread.archived]
    return guild(server) | {
        "joined_at": iso(server.members[viewer.id].joined_at),
        "large": len(server.members) > 250,
        "unavailable": False,
        "member_count": len(server.members),
        "voice_states": [],
        "members": [users.member(each) for each in members],
        "channels": [told(world, each, viewer) for each in server.channels.values()],
        "threads": [thread(world, each, viewer) for each in threads if world.sees(viewer, each)],
        "presences": [
            users.presence(each.user) for each in server.members.values() if presences and each.user.status != "offline"
        ],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
