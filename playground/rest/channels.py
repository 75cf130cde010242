"""Channels of a guild, and their permission overwrites.

https://discord.com/developers/docs/resources/channel
"""

import copy
import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from playground.changes import channel_access, channel_changes, thread_changes
from playground.errors import ApiError, FormErrors
from playground.payloads.channels import channel_object, visible_to
from playground.rest import threads
from playground.rest.request import Request, Response
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.channels import ANNOUNCEMENT, CATEGORY, DM, FORUM, TEXT, VOICE, Channel, Overwrite
from playground.world.guilds import Guild
from playground.world.permissions import ALL, Permission
from playground.world.world import World

Json = dict[str, Any]

CREATABLE_TYPES: Final = (TEXT, VOICE, CATEGORY, ANNOUNCEMENT, FORUM)


async def get_channel(request: Request) -> Json:
    """Return a channel."""
    return channel_object(request.world, request.channel(), request.user)


async def list_channels(request: Request) -> list[Json]:
    """Return the channels of a guild that the caller sees, without threads."""
    world, user = request.world, request.user
    seen = [each for each in request.guild().channels.values() if visible_to(world, each, user)]
    return [channel_object(world, each, user) for each in seen]


async def create_channel(request: Request) -> Response:
    """Create a channel in a guild."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_CHANNELS)
    fields = Fields(request.json, FormErrors())
    kind = fields.choice("type", CREATABLE_TYPES)
    name = fields.text("name", low=1, high=100, required=True) or ""
    channel = Channel(id=world.snowflakes.next(), type=kind or TEXT, name=name, guild_id=guild.id)
    channel.position = len(guild.channels)
    _fill(world, guild, channel, fields)
    if len(guild.channels) >= 500:
        raise ApiError(400, 30013, "Maximum number of guild channels reached (500)")
    channel_changes.add_channel(world, guild, channel)
    return Response(channel_object(world, channel, request.user), 201)


def _fill(world: World, guild: Guild, channel: Channel, fields: Fields) -> None:
    if channel.type not in {CATEGORY, VOICE, FORUM}:
        channel.name = channel.name.strip().lower().replace(" ", "-")
    if "topic" in fields.values:
        channel.topic = fields.text("topic", high=4096 if channel.type == FORUM else 1024)
    channel.nsfw = fields.boolean("nsfw", default=channel.nsfw)
    slowmode = fields.integer("rate_limit_per_user", low=0, high=21600)
    channel.slowmode = channel.slowmode if slowmode is None else slowmode
    position = fields.integer("position", low=0)
    channel.position = channel.position if position is None else position
    minutes = fields.choice("default_auto_archive_duration", threads.AUTO_ARCHIVE_DURATIONS)
    channel.default_archive_minutes = minutes or channel.default_archive_minutes
    flags = fields.integer("flags", low=0)
    channel.flags = channel.flags if flags is None else flags
    if "parent_id" in fields.values:
        parent_id = fields.snowflake("parent_id")
        parent = guild.channels.get(parent_id or 0)
        if parent_id is not None and (parent is None or parent.type != CATEGORY):
            fields.wrong("parent_id", "CHANNEL_PARENT_INVALID", "Category does not exist")
        channel.parent_id = parent_id
    if "permission_overwrites" in fields.values:
        channel.overwrites = {each.id: each for each in _overwrites(fields)}
    if channel.type == FORUM and "available_tags" in fields.values:
        channel.tags = [_tag(world, each) for each in fields.objects("available_tags", high=20)]
    channel.settings = channel.settings | _settings(channel, fields)
    fields.errors.check()


def _settings(channel: Channel, fields: Fields) -> Json:
    """Read the settings that only channels of this type have."""
    numbers: dict[str, tuple[int, int]] = {}
    if channel.type == VOICE:
        numbers = {"bitrate": (8000, 96000), "user_limit": (0, 99), "video_quality_mode": (1, 2)}
    elif channel.type != CATEGORY:
        numbers = {"default_thread_rate_limit_per_user": (0, 21600)}
    if channel.type == FORUM:
        numbers |= {"default_sort_order": (0, 1), "default_forum_layout": (0, 2)}
    read: Json = {
        name: fields.integer(name, low=low, high=high)
        for name, (low, high) in numbers.items()
        if name in fields.values and (fields.has(name) or name == "default_sort_order")
    }
    if channel.type == FORUM and "default_reaction_emoji" in fields.values:
        read["default_reaction_emoji"] = _default_reaction(fields)
    return read


def _default_reaction(fields: Fields) -> Json | None:
    if not fields.has("default_reaction_emoji"):
        return None
    emoji = fields.child("default_reaction_emoji")
    number = emoji.snowflake("emoji_id")
    return {"emoji_id": None if number is None else str(number), "emoji_name": emoji.text("emoji_name")}


def _overwrites(fields: Fields) -> list[Overwrite]:
    return [_overwrite(each, each.snowflake("id", required=True) or 0) for each in
            fields.objects("permission_overwrites", high=1000)]  # fmt: skip


def _overwrite(fields: Fields, target: int) -> Overwrite:
    number = 1 if fields.values.get("type", 0) in (1, "1", "member") else 0
    allow, deny = fields.integer("allow", low=0) or 0, fields.integer("deny", low=0) or 0
    return Overwrite(target, number, allow & ALL, deny & ALL)


def _tag(world: World, fields: Fields) -> Json:
    emoji_id = fields.snowflake("emoji_id")
    return {
        "id": str(fields.snowflake("id") or world.snowflakes.next()),
        "name": fields.text("name", low=0, high=20, required=True),
        "moderated": fields.boolean("moderated"),
        "emoji_id": None if emoji_id is None else str(emoji_id),
        "emoji_name": fields.text("emoji_name"),
    }


async def edit_channel(request: Request) -> Json:
    """Change a channel or thread."""
    channel, world = request.channel(), request.world
    if channel.is_thread:
        return threads.edit_thread(request, channel)
    guild = world.guild_of(channel)
    if guild is None:
        raise ApiError(403, 50003, "Cannot execute action on a DM channel")
    world.require(request.user, channel, Permission.MANAGE_CHANNELS)
    if {"name", "topic"} & set(request.json):
        threads.limit_renames(request, channel)
    fields = Fields(request.json, FormErrors())
    edited = copy.copy(channel)
    if "name" in fields.values:
        edited.name = fields.text("name", low=1, high=100, required=True) or channel.name
    # Fill a copy first: a body with errors changes nothing.
    _fill(world, guild, edited, fields)
    with channel_access.told(world, guild, announced=channel), _synced(world, guild, channel):
        for each in dataclasses.fields(channel):
            setattr(channel, each.name, getattr(edited, each.name))
        channel_changes.announce(world, guild, channel, "CHANNEL_UPDATE")
    return channel_object(world, channel, request.user)


async def move_channels(request: Request) -> None:
    """Set the positions of a guild's channels."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_CHANNELS)
    for each in request.body if isinstance(request.body, list) else ():
        fields = Fields(each, FormErrors())
        channel = guild.channels.get(fields.snowflake("id", required=True) or 0)
        position = fields.integer("position", low=0)
        fields.errors.check()
        if channel is not None and position is not None:
            channel.position = position
            _announce_update(world, channel)


def _announce_update(world: World, channel: Channel) -> None:
    guild = world.guild_of(channel)
    if guild is not None:
        channel_changes.announce(world, guild, channel, "CHANNEL_UPDATE")


async def delete_channel(request: Request) -> Json:
    """Delete a thread, or a channel with its threads; a DM stays as it is."""
    channel, world = request.channel(), request.world
    payload = channel_object(world, channel, request.user)
    if channel.is_thread:
        world.require(request.user, channel, Permission.MANAGE_THREADS)
        thread_changes.remove(world, channel)
    elif channel.type != DM:
        world.require(request.user, channel, Permission.MANAGE_CHANNELS)
        channel_changes.remove_channel(world, channel)
    return payload


async def set_overwrite(request: Request) -> None:
    """Set a permission overwrite of a role or member."""
    channel, world = request.channel(), request.world
    world.require(request.user, channel, Permission.MANAGE_ROLES)
    fields = Fields(request.json, FormErrors())
    one = _overwrite(fields, request.path_id("target"))
    fields.errors.check()
    _overwrite_and_tell(world, channel, lambda: channel.overwrites.update({one.id: one}))


async def delete_overwrite(request: Request) -> None:
    """Delete a permission overwrite."""
    channel, world = request.channel(), request.world
    world.require(request.user, channel, Permission.MANAGE_ROLES)
    target = request.path_id("target")
    _overwrite_and_tell(world, channel, lambda: channel.overwrites.pop(target, None))


def _overwrite_and_tell(world: World, channel: Channel, change: Callable[[], object]) -> None:
    guild = world.guild_of(channel)
    if guild is None:
        return
    with channel_access.told(world, guild, announced=channel), _synced(world, guild, channel):
        change()
        channel_changes.announce(world, guild, channel, "CHANNEL_UPDATE")


@contextmanager
def _synced(world: World, guild: Guild, category: Channel) -> Iterator[None]:
    """Give the channels that have a category's overwrites those that it has afterwards.

    https://docs.discord.com/developers/topics/permissions#permission-syncing
    """
    before = dict(category.overwrites)
    children = [each for each in guild.channels.values() if each.parent_id == category.id and each.overwrites == before]
    yield
    if category.overwrites == before:
        return
    for child in children:
        child.overwrites = dict(category.overwrites)
        channel_changes.announce(world, guild, child, "CHANNEL_UPDATE")


ROUTES: Final = (
    Route("GET", "/channels/{channel}", get_channel),
    Route("PATCH", "/channels/{channel}", edit_channel, "channels.edit"),
    Route("DELETE", "/channels/{channel}", delete_channel),
    Route("PUT", "/channels/{channel}/permissions/{target}", set_overwrite),
    Route("DELETE", "/channels/{channel}/permissions/{target}", delete_overwrite),
    Route("GET", "/guilds/{guild}/channels", list_channels),
    Route("POST", "/guilds/{guild}/channels", create_channel),
    Route("PATCH", "/guilds/{guild}/channels", move_channels),
)
