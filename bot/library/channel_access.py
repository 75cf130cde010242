"""Who can open a channel in Discord, by roles and overwrites: one member, or everybody who reads a certain place.

A message is open to those who may view its channel and read its history; in a voice channel also connect. The rule of
roles and overwrites is https://discord.com/developers/docs/topics/permissions#permission-overwrites.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import discord

_VIEW = discord.Permissions(view_channel=True).value
_HISTORY = discord.Permissions(read_message_history=True).value
_CONNECT = discord.Permissions(connect=True).value


def can_open(member: discord.Member, channel: discord.abc.GuildChannel) -> bool:
    """Whether a member can read the older messages of a channel. Give a thread's parent in place of the thread."""
    needed = _needed(channel)
    return channel.permissions_for(member).value & needed == needed


def all_readers_can_open(place: discord.abc.GuildChannel, channel: discord.abc.GuildChannel) -> bool:
    """Whether everybody who can view `place` can read the older messages of `channel`, in the same guild.

    Members are not cached, so everybody means: whoever has any of the guild's roles, together in any way, and each
    member whom an overwrite names. Where no such person exists the answer may be a needless False, never a wrong True.
    Bots are not counted: a bot's own role makes nobody a reader.
    """
    if channel.guild.id != place.guild.id:
        return False
    if getattr(channel, "nsfw", False) and not getattr(place, "nsfw", False):
        return False  # Discord opens it to adults alone, and does not tell us who is one
    roles, needed = channel.guild.roles, _needed(channel)
    if channel.guild.default_role.permissions.administrator:
        return True
    people = [role for role in roles if not role.permissions.administrator and not role.is_bot_managed()]
    return not any(
        _somebody_lacks(bit, people, _Overwrites.of(place), _Overwrites.of(channel), channel.guild)
        for bit in (_VIEW, _HISTORY, _CONNECT)
        if needed & bit
    )


def _needed(channel: discord.abc.GuildChannel) -> int:
    spoken = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    return _VIEW | _HISTORY | (_CONNECT if spoken else 0)


@dataclass(frozen=True, slots=True)
class _Overwrites:
    """A channel's overwrites as pairs of bits (allowed, denied), by the id of the role or member."""

    roles: Mapping[int, tuple[int, int]]
    members: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, channel: discord.abc.GuildChannel) -> "_Overwrites":
        roles: dict[int, tuple[int, int]] = {}
        members: dict[int, tuple[int, int]] = {}
        # Not `channel.overwrites`: it lets a denial win over an allowance of the same bit; with Discord it loses.
        for each in channel._overwrites:
            (roles if each.is_role() else members)[each.id] = (each.allow, each.deny)
        return cls(roles, members)

    def of_member(self, member_id: int, bit: int) -> bool | None:
        """What a member's own overwrite says; None: nothing, so that the roles decide."""
        return _decided(self.members.get(member_id, (0, 0)), bit)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a role says of one permission: in general, and by an overwrite (None: it has none)."""

    general: bool
    overwritten: bool | None

    @classmethod
    def of(cls, role: discord.Role, overwrites: _Overwrites, bit: int) -> "_Marks":
        return cls(bool(role.permissions.value & bit), _decided(overwrites.roles.get(role.id, (0, 0)), bit))


def _decided(pair: tuple[int, int], bit: int) -> bool | None:
    allow, deny = pair
    return True if allow & bit else False if deny & bit else None


def _somebody_lacks(
    bit: int, roles: list[discord.Role], place: _Overwrites, channel: _Overwrites, guild: discord.Guild
) -> bool:
    """Whether somebody can view the place and lacks the permission `bit` in the channel."""
    kinds = {(_Marks.of(role, place, _VIEW), _Marks.of(role, channel, bit)) for role in roles if not role.is_default()}
    everyone = (_Marks.of(guild.default_role, place, _VIEW), _Marks.of(guild.default_role, channel, bit))
    people = [
        (_granted(everyone[0], [here for here, _ in held]), _granted(everyone[1], [there for _, there in held]))
        for held in _few_of(kinds)
    ]
    if any(views and not opens for views, opens in people):
        return True
    for member_id in (place.members.keys() | channel.members.keys()) - {guild.owner_id, guild.me.id}:
        views, opens = place.of_member(member_id, _VIEW), channel.of_member(member_id, bit)
        for by_roles in people:
            if (by_roles[0] if views is None else views) and not (by_roles[1] if opens is None else opens):
                return True
    return False


def _few_of(kinds: set[tuple[_Marks, _Marks]]) -> Iterator[tuple[tuple[_Marks, _Marks], ...]]:
    """At most two kinds of role at once, which is enough.

    Whoever can view the place can by one role (or none), and lacks the channel by one more role (or none). Without the
    other roles the same person still does both: what has to hold for all roles holds for fewer.
    """
    for count in (0, 1, 2):
        yield from combinations(kinds, count)


def _granted(everyone: _Marks, held: list[_Marks]) -> bool:
    """Whether somebody with these roles besides @everyone has the permission."""
    overwritten = [marks.overwritten for marks in held]
    if True in overwritten:
        return True
    if False in overwritten:
        return False
    if everyone.overwritten is not None:
        return everyone.overwritten
    return everyone.general or any(marks.general for marks in held)
