"""What discord.py knows of a guild goes through a payload and comes back as it was."""

import array
from datetime import datetime
from enum import Enum
from typing import Any

import discord

from bot.client import intents
from bot.shards.guild_payloads import add_to_cache, guild_payload, packed, remove_from_cache, unpacked

BOT = {"id": "9", "username": "Saem", "discriminator": "0001", "avatar": "a1", "global_name": None, "bot": True}
GUILD: dict[str, Any] = {
    "id": str(5 << 22),
    "name": "School 학교",
    "unavailable": False,
    "icon": "i1",
    "description": "where we learn",
    "owner_id": "11",
    "features": ["COMMUNITY"],
    "preferred_locale": "ko",
    "premium_tier": 2,
    "nsfw_level": 0,
    "verification_level": 1,
    "system_channel_id": "21",
    "rules_channel_id": None,
    "public_updates_channel_id": "22",
    "member_count": 300,
    "roles": [
        {"id": str(5 << 22), "name": "@everyone", "permissions": "1024", "position": 0},
        {
            "id": "31",
            "name": "Saem",
            "permissions": "274877910016",
            "position": 3,
            "colors": {"primary_color": 5, "secondary_color": 6, "tertiary_color": None},
            "hoist": True,
            "managed": True,
            "mentionable": True,
            "flags": 1,
            "tags": {"bot_id": "9", "integration_id": "8"},
        },
        {"id": "32", "name": "Booster", "permissions": "0", "position": 1, "tags": {"premium_subscriber": None}},
        {
            "id": "33",
            "name": "Linked",
            "permissions": "0",
            "position": 2,
            "tags": {"guild_connections": None, "available_for_purchase": None, "subscription_listing_id": "77"},
        },
    ],
    "channels": [
        {"id": "20", "type": 4, "name": "Lessons", "position": 0, "permission_overwrites": [], "nsfw": False},
        {
            "id": "21",
            "type": 0,
            "name": "math",
            "position": 1,
            "parent_id": "20",
            "topic": "sums",
            "nsfw": True,
            "rate_limit_per_user": 5,
            "default_auto_archive_duration": 60,
            "default_thread_rate_limit_per_user": 7,
            "last_message_id": "900",
            "permission_overwrites": [
                {"id": "31", "type": 0, "allow": "2048", "deny": "0"},
                {"id": str(5 << 22), "type": 0, "allow": "0", "deny": "1024"},
                {"id": "9", "type": 1, "allow": "1024", "deny": "8"},
            ],
        },
        {"id": "22", "type": 5, "name": "news", "position": 2, "permission_overwrites": []},
        {
            "id": "23",
            "type": 2,
            "name": "Voice",
            "position": 3,
            "bitrate": 64000,
            "user_limit": 9,
            "rtc_region": "seoul",
            "permission_overwrites": [],
            "last_message_id": "901",
        },
        {
            "id": "24",
            "type": 13,
            "name": "Stage",
            "position": 4,
            "bitrate": 64000,
            "user_limit": 0,
            "topic": "talks",
            "permission_overwrites": [],
        },
        {
            "id": "25",
            "type": 15,
            "name": "forum",
            "position": 5,
            "topic": "ask",
            "flags": 16,
            "default_forum_layout": 2,
            "default_sort_order": 1,
            "permission_overwrites": [],
            "available_tags": [
                {"id": "61", "name": "algebra", "moderated": True, "emoji_id": None, "emoji_name": "🧮"},
                {"id": "62", "name": "other", "moderated": False, "emoji_id": None, "emoji_name": None},
            ],
        },
        {"id": "26", "type": 16, "name": "media", "position": 6, "permission_overwrites": [], "available_tags": []},
    ],
    "threads": [
        {
            "id": "41",
            "parent_id": "21",
            "owner_id": "9",
            "name": "a question",
            "type": 11,
            "last_message_id": "902",
            "rate_limit_per_user": 2,
            "message_count": 3,
            "member_count": 2,
            "total_message_sent": 4,
            "flags": 2,
            "applied_tags": [],
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": 1440,
                "archive_timestamp": "2026-11-01T10:00:00.123000+00:00",
                "locked": True,
                "create_timestamp": "2026-11-01T09:00:00+00:00",
            },
            "member": {
                "id": "41",
                "user_id": "9",
                "join_timestamp": "2026-11-01T10:00:00+00:00",
                "flags": 1,
            },
        },
        {
            "id": "42",
            "parent_id": "25",
            "owner_id": "11",
            "name": "post",
            "type": 12,
            "message_count": 0,
            "member_count": 1,
            "applied_tags": ["62", "61"],
            "thread_metadata": {
                "archived": True,
                "archiver_id": "11",
                "auto_archive_duration": 60,
                "archive_timestamp": "2026-11-01T10:00:00+00:00",
                "invitable": False,
            },
        },
    ],
    "members": [
        {
            "user": BOT,
            "nick": "쌤",
            "roles": ["31"],
            "joined_at": "2026-10-01T00:00:00+00:00",
            "pending": False,
            "flags": 3,
            "communication_disabled_until": "2026-12-01T00:00:00+00:00",
        },
    ],
}


def _client() -> discord.AutoShardedClient:
    client = discord.AutoShardedClient(intents=intents(message_content=True), max_messages=None)
    state = client._connection
    state.shard_count = 4
    state.user = discord.ClientUser(state=state, data=BOT)  # type: ignore[arg-type]
    return client


def _described(value: Any) -> Any:
    """All that an object of discord.py holds, as plain values; other objects by their ids."""
    if value is None or isinstance(value, bool | int | str | datetime | Enum):
        return value
    if isinstance(value, list | tuple | array.array):
        return [_described(each) for each in value]
    if isinstance(value, dict):
        return {key: _described(each) for key, each in value.items()}
    if isinstance(value, discord.Guild | discord.Thread) or hasattr(value, "_state"):
        return (type(value).__name__, str(value))
    return _whole(value)


def _whole(value: Any) -> dict[str, Any]:
    names = {name for each in type(value).__mro__ for name in getattr(each, "__slots__", ())}
    return {name: _described(getattr(value, name)) for name in names - {"_state"} if hasattr(value, name)}


def _known(guild: discord.Guild) -> dict[str, Any]:
    parts = [*guild._roles.values(), *guild._channels.values(), *guild._threads.values(), guild.me]
    return {"guild": _whole(guild), **{f"{type(each).__name__} {each.id}": _whole(each) for each in parts}}


def test_a_guild_comes_back_as_it_was() -> None:
    before, after = _client(), _client()
    add_to_cache(before, [GUILD])
    guild = before.get_guild(5 << 22)
    assert guild is not None
    add_to_cache(after, [unpacked(packed(guild))])
    again = after.get_guild(5 << 22)
    assert again is not None
    for thread in guild.threads:
        thread.name = ""  # what students have named is not stored
    for each in guild.channels:
        if hasattr(each, "topic"):
            each.topic = None
    guild.description = None
    known = _known(guild)
    assert len(known) == 1 + 4 + 7 + 2 + 1
    assert _known(again) == known
    channel, same = guild.get_channel(21), again.get_channel(21)
    assert channel is not None
    assert same is not None
    assert same.permissions_for(again.me) == channel.permissions_for(guild.me)
    assert guild_payload(again) == guild_payload(guild)


def test_a_guild_that_is_not_available_comes_back_so() -> None:
    before, after = _client(), _client()
    add_to_cache(before, [{"id": "4194304", "unavailable": True}])
    guild = before.get_guild(4194304)
    assert guild is not None
    add_to_cache(after, [unpacked(packed(guild))])
    again = after.get_guild(4194304)
    assert again is not None
    assert again.unavailable
    assert _known_guild(again) == _known_guild(guild)


def _known_guild(guild: discord.Guild) -> dict[str, Any]:
    return _whole(guild)


def test_the_guilds_of_one_shard_leave_the_cache() -> None:
    client = _client()
    add_to_cache(client, [{**GUILD, "id": str(number << 22)} for number in range(1, 9)])
    remove_from_cache(client, 1)
    assert sorted(each.id >> 22 for each in client.guilds) == [2, 3, 4, 6, 7, 8]


def test_what_people_have_written_is_not_stored() -> None:
    client = _client()
    add_to_cache(client, [{**GUILD, "description": "described"}])
    guild = client.get_guild(5 << 22)
    assert guild is not None
    stored = str(unpacked(packed(guild)))
    assert "math" in stored, "channels are known by their names"
    for written in ("a question", "post", "sums", "talks", "described"):
        assert f"'{written}'" not in stored
