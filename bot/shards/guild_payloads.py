"""Guilds as GUILD_CREATE payloads, made from discord.py's cache: who resumes a session is not told of its guilds again.

https://discord.com/developers/docs/events/gateway-events#guild-create
What Saem does not use (emojis, stickers, voice states, scheduled events, other members, topics) is left out, and so are
the names of threads and posts, which students have given.
"""

import json
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import discord

Payload = dict[str, Any]


def packed(guild: discord.Guild) -> bytes:
    """A guild's payload as compressed JSON."""
    return zlib.compress(json.dumps(guild_payload(guild), separators=(",", ":")).encode(), 1)


def unpacked(data: bytes) -> Payload:
    """The payload of `packed`."""
    payload: Payload = json.loads(zlib.decompress(data))
    return payload


def guild_payload(guild: discord.Guild) -> Payload:
    """What GUILD_CREATE would say of a guild now."""
    me = guild.get_member(guild._state.self_id or 0)
    return {
        "id": str(guild.id),
        "unavailable": guild.unavailable,
        "name": guild.name,
        "icon": guild._icon,
        "description": None,
        "owner_id": _id(guild.owner_id),
        "features": list(guild.features),
        "preferred_locale": guild.preferred_locale.value,
        "premium_tier": guild.premium_tier,
        "nsfw_level": guild.nsfw_level.value,
        "verification_level": guild.verification_level.value,
        "system_channel_id": _id(guild._system_channel_id),
        "rules_channel_id": _id(guild._rules_channel_id),
        "public_updates_channel_id": _id(guild._public_updates_channel_id),
        **({"member_count": guild._member_count} if guild._member_count is not None else {}),
        "roles": [_role(each) for each in guild._roles.values()],
        "channels": [_channel(each) for each in guild._channels.values()],
        "threads": [_thread(each) for each in guild._threads.values()],
        "members": [_member(me)] if me is not None else [],
    }


def _role(role: discord.Role) -> Payload:
    payload: Payload = {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role._permissions),
        "position": role.position,
        "colors": {
            "primary_color": role._colour,
            "secondary_color": role._secondary_colour,
            "tertiary_color": role._tertiary_colour,
        },
        "hoist": role.hoist,
        "managed": role.managed,
        "mentionable": role.mentionable,
        "flags": role._flags,
    }
    if role.tags is not None:
        names = ("bot_id", "integration_id", "subscription_listing_id")
        tags: Payload = {name: str(value) for name in names if (value := getattr(role.tags, name)) is not None}
        # Discord says "yes" to these with null (https://discord.com/developers/docs/topics/permissions#role-object).
        tags |= dict.fromkeys(["premium_subscriber"] * role.tags.is_premium_subscriber())
        tags |= dict.fromkeys(["guild_connections"] * role.tags.is_guild_connection())
        tags |= dict.fromkeys(["available_for_purchase"] * role.tags.is_available_for_purchase())
        payload["tags"] = tags
    return payload


def _channel(channel: Any) -> Payload:
    payload: Payload = {
        "id": str(channel.id),
        "type": channel.type.value,
        "name": channel.name,
        "parent_id": _id(channel.category_id),
        "position": channel.position,
        "permission_overwrites": [{**each._asdict(), "id": str(each.id)} for each in channel._overwrites],
        "nsfw": channel.nsfw,
    }
    if isinstance(channel, discord.CategoryChannel):
        return payload
    payload |= {"rate_limit_per_user": channel.slowmode_delay, "last_message_id": _id(channel.last_message_id)}
    if isinstance(channel, discord.VoiceChannel | discord.StageChannel):
        payload |= {"bitrate": channel.bitrate, "user_limit": channel.user_limit, "rtc_region": channel.rtc_region}
    else:
        payload |= {
            "default_auto_archive_duration": channel.default_auto_archive_duration,
            "default_thread_rate_limit_per_user": channel.default_thread_slowmode_delay,
        }
    if isinstance(channel, discord.ForumChannel):
        payload |= {
            "available_tags": [{**each.to_dict(), "id": str(each.id)} for each in channel._available_tags.values()],
            "default_forum_layout": channel.default_layout.value,
            "default_sort_order": channel.default_sort_order.value if channel.default_sort_order else None,
            "flags": channel._flags,
        }
    return payload


def _thread(thread: discord.Thread) -> Payload:
    payload: Payload = {
        "id": str(thread.id),
        "parent_id": str(thread.parent_id),
        "owner_id": str(thread.owner_id),
        "name": "",
        "type": thread.type.value,
        "last_message_id": _id(thread.last_message_id),
        "rate_limit_per_user": thread.slowmode_delay,
        "message_count": thread.message_count,
        "member_count": thread.member_count,
        "total_message_sent": thread.total_message_sent,
        "flags": thread._flags,
        "applied_tags": [str(each) for each in thread._applied_tags],
        "thread_metadata": {
            "archived": thread.archived,
            "archiver_id": _id(thread.archiver_id),
            "auto_archive_duration": thread.auto_archive_duration,
            "archive_timestamp": _time(thread.archive_timestamp),
            "locked": thread.locked,
            "invitable": thread.invitable,
            "create_timestamp": _time(thread._created_at),
        },
    }
    if thread.me is not None:
        payload["member"] = {
            "id": str(thread.me.thread_id),
            "user_id": str(thread.me.id),
            "join_timestamp": _time(thread.me.joined_at),
            "flags": thread.me.flags,
        }
    return payload


def _member(member: discord.Member) -> Payload:
    return {
        "user": {
            "id": str(member.id),
            "username": member.name,
            "discriminator": member.discriminator,
            "global_name": member.global_name,
            "avatar": member._user._avatar,
            "bot": member.bot,
        },
        "nick": member.nick,
        "roles": [str(each) for each in member._roles],
        "joined_at": _time(member.joined_at),
        "pending": member.pending,
        "flags": member._flags,
        "communication_disabled_until": _time(member.timed_out_until),
    }


def _id(value: int | None) -> str | None:
    return str(value) if value is not None else None


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None


def add_to_cache(client: discord.Client, payloads: Iterable[Payload]) -> None:
    """Put guilds into a client's cache, as GUILD_CREATE does, without telling anybody of it."""
    for payload in payloads:
        client._connection._add_guild_from_data(payload)  # type: ignore[arg-type]


def remove_from_cache(client: discord.Client, shard_id: int) -> None:
    """Take the guilds of a shard out of a client's cache."""
    for guild in list(client._connection.guilds):
        if guild.shard_id == shard_id:
            client._connection._remove_guild(guild)
