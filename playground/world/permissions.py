"""Permissions: Discord's bits, and what a member may do in a guild or channel.

https://discord.com/developers/docs/topics/permissions
"""

from enum import IntFlag
from typing import Final

from playground.world.channels import Channel
from playground.world.guilds import Guild, Member


class Permission(IntFlag):
    """Discord's permission bits."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


P = Permission

ALL: Final = sum(Permission)

EVERYONE: Final = int(
    P.CREATE_INSTANT_INVITE | P.ADD_REACTIONS | P.STREAM | P.VIEW_CHANNEL | P.SEND_MESSAGES | P.EMBED_LINKS
    | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.CONNECT | P.SPEAK
    | P.USE_VAD | P.CHANGE_NICKNAME | P.USE_APPLICATION_COMMANDS | P.CREATE_PUBLIC_THREADS
    | P.CREATE_PRIVATE_THREADS | P.SEND_MESSAGES_IN_THREADS | P.SEND_VOICE_MESSAGES | P.SEND_POLLS
    | P.USE_EXTERNAL_APPS
)  # fmt: skip
"""Permissions of `@everyone` in a new guild."""

BOT: Final = int(
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.SEND_MESSAGES_IN_THREADS | P.CREATE_PUBLIC_THREADS | P.MANAGE_THREADS
    | P.EMBED_LINKS | P.ATTACH_FILES | P.READ_MESSAGE_HISTORY | P.ADD_REACTIONS | P.MANAGE_MESSAGES
)  # fmt: skip
"""Permissions of the role that a bot gets with its invite link."""

IN_DM: Final = int(
    P.VIEW_CHANNEL | P.SEND_MESSAGES | P.SEND_TTS_MESSAGES | P.EMBED_LINKS | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY | P.MENTION_EVERYONE | P.USE_EXTERNAL_EMOJIS | P.ADD_REACTIONS
    | P.USE_APPLICATION_COMMANDS | P.SEND_VOICE_MESSAGES | P.SEND_POLLS | P.PIN_MESSAGES
)  # fmt: skip
"""Permissions of both users of a DM."""

READ_ONLY: Final = int(P.VIEW_CHANNEL | P.READ_MESSAGE_HISTORY)


def sending_bit(channel: Channel) -> Permission:
    """Return the permission that a channel needs for sending messages; threads have one of their own.

    https://discord.com/developers/docs/topics/permissions#inherited-permissions-threads
    """
    return P.SEND_MESSAGES_IN_THREADS if channel.is_thread else P.SEND_MESSAGES


def in_guild(guild: Guild, member: Member) -> int:
    """Return a member's permissions in a guild, without the overwrites of channels."""
    if member.user.id == guild.owner_id:
        return ALL
    granted = guild.roles[guild.id].permissions
    for role_id in member.roles:
        granted |= guild.roles[role_id].permissions
    return ALL if granted & P.ADMINISTRATOR else granted


def in_channel(guild: Guild, member: Member, channel: Channel, now: float) -> int:
    """Return a member's permissions in a channel. In a thread the overwrites of its parent count."""
    granted = in_guild(guild, member)
    if granted & P.ADMINISTRATOR:
        return granted
    parent = guild.channels.get(channel.parent_id or 0, channel) if channel.is_thread else channel
    granted = _overwritten(granted, guild, member, parent)
    if not granted & P.VIEW_CHANNEL:
        return 0
    if not granted & sending_bit(channel):
        granted &= ~(P.MENTION_EVERYONE | P.SEND_TTS_MESSAGES | P.ATTACH_FILES | P.EMBED_LINKS)
    if member.timeout_until is not None and member.timeout_until > now:
        granted &= READ_ONLY
    return granted


def _overwritten(granted: int, guild: Guild, member: Member, channel: Channel) -> int:
    everyone = channel.overwrites.get(guild.id)
    if everyone is not None:
        granted = granted & ~everyone.deny | everyone.allow
    ours = [channel.overwrites[role_id] for role_id in member.roles if role_id in channel.overwrites]
    deny = allow = 0
    for overwrite in ours:
        deny |= overwrite.deny
        allow |= overwrite.allow
    granted = granted & ~deny | allow
    personal = channel.overwrites.get(member.user.id)
    if personal is not None:
        granted = granted & ~personal.deny | personal.allow
    return granted
