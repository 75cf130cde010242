"""Guilds, their members and roles as JSON objects.

https://discord.com/developers/docs/resources/guild
"""

from playground.payloads.channels import channel_event_object, thread_object
from playground.payloads.json_values import Json, iso
from playground.payloads.users import presence_object, user_object
from playground.world.guilds import Guild, Member, Role
from playground.world.users import User
from playground.world.world import World


def member_object(member: Member, *, with_user: bool = True) -> Json:
    """Return a guild member object."""
    payload: Json = {
        "roles": [str(role_id) for role_id in member.roles],
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "communication_disabled_until": iso(member.timeout_until),
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user_object(member.user)
    return payload


def role_object(role: Role) -> Json:
    """Return a role object."""
    payload: Json = {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": role.color,
        "colors": {"primary_color": role.color, "secondary_color": None, "tertiary_color": None},
        "hoist": role.hoist,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if role.bot_id is not None:
        payload["tags"] = {"bot_id": str(role.bot_id)}
    return payload


def guild_object(guild: Guild) -> Json:
    """Return a guild object without channels and members.

    https://discord.com/developers/docs/resources/guild#guild-object
    """
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": guild.description,
        "owner_id": str(guild.owner_id),
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role_object(each) for each in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY", "NEWS"],
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None if guild.system_channel_id is None else str(guild.system_channel_id),
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": guild.locale,
        "max_members": 25000000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "hub_type": None,
        "widget_enabled": False,
        "widget_channel_id": None,
    }


def guild_create_object(world: World, guild: Guild, viewer: User, *, everyone: bool, presences: bool) -> Json:
    """Return the guild of a GUILD_CREATE.

    With `everyone` it lists all members, else only the viewer (a bot without the presences intent).
    """
    members = guild.members.values() if everyone else [guild.members[viewer.id]]
    threads = [each for each in guild.threads.values() if each.thread and not each.thread.archived]
    online = [each.user for each in guild.members.values() if presences and each.user.status != "offline"]
    return guild_object(guild) | {
        "joined_at": iso(guild.members[viewer.id].joined_at),
        "large": len(guild.members) > 250,
        "unavailable": False,
        "member_count": len(guild.members),
        "voice_states": [],
        "members": [member_object(each) for each in members],
        "channels": [channel_event_object(world, each, viewer) for each in guild.channels.values()],
        "threads": [thread_object(world, each, viewer) for each in threads if world.sees(viewer, each)],
        "presences": [presence_object(each) for each in online],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
