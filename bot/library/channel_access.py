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

_Marks = tuple[bool, bool | None]
"""What a role says of one permission: in general, and by an overwrite (None: it has none)."""


def can_open(member: discord.Member, channel: discord.abc.GuildChannel) -> bool:
    """Whether a member can read the older messages of a channel. Give a thread's parent in place of the thread."""
    needed = _needed(channel)
    return channel.permissions_for(member).value & needed == needed


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

    def marks(self, role_id: int, held: int, bit: int) -> _Marks:
        """What a role says of a permission here, which has the permissions `held` in general."""
        return bool(held & bit), _decided(self.roles.get(role_id, (0, 0)), bit)

    def of_member(self, member_id: int, bit: int) -> bool | None:
        """What a member's own overwrite says; None: nothing, so that the roles decide."""
        return _decided(self.members.get(member_id, (0, 0)), bit)


def _decided(pair: tuple[int, int], bit: int) -> bool | None:
    allow, deny = pair
    return True if allow & bit else False if deny & bit else None


class Readers:
    """Everybody who can view a place.

    Members are not cached, so everybody means: whoever has any of the guild's roles, together in any way, and each
    member whom an overwrite names. Where no such person exists the answers may be a needless False, never a wrong True.
    Bots are not counted: a bot's own role makes nobody a reader.
    """

    def __init__(self, place: discord.abc.GuildChannel) -> None:
        self._place = place
        self._guild = place.guild
        self._here = _Overwrites.of(place)
        everyone = self._guild.default_role
        self._everyone = everyone.id, everyone.permissions.value
        self._all_administrate = everyone.permissions.administrator
        people = [(role.id, role.permissions) for role in self._guild.roles if not role.is_bot_managed()]
        self._roles = [
            (role_id, held.value, self._here.marks(role_id, held.value, _VIEW))
            for role_id, held in people
            if not held.administrator and role_id != everyone.id
        ]

    def can_open(self, channel: discord.abc.GuildChannel) -> bool:
        """Whether all of them can read the older messages of a channel of the same guild."""
        if channel.guild.id != self._guild.id:
            return False
        if getattr(channel, "nsfw", False) and not getattr(self._place, "nsfw", False):
            return False  # Discord opens it to adults alone, and does not tell us who is one
        needed, there = _needed(channel), _Overwrites.of(channel)
        return self._all_administrate or not any(
            self._somebody_lacks(bit, there) for bit in (_VIEW, _HISTORY, _CONNECT) if needed & bit
        )

    def _somebody_lacks(self, bit: int, there: _Overwrites) -> bool:
        """Whether somebody can view the place and lacks the permission `bit` in a channel with these overwrites."""
        everyone_here = self._here.marks(*self._everyone, _VIEW)
        everyone_there = there.marks(*self._everyone, bit)
        kinds = {(here, there.marks(role_id, held, bit)) for role_id, held, here in self._roles}
        people = [
            (
                _granted(everyone_here, [here for here, _ in roles]),
                _granted(everyone_there, [mark for _, mark in roles]),
            )
            for roles in _few_of(kinds)
        ]
        if any(views and not opens for views, opens in people):
            return True
        named = self._here.members.keys() | there.members.keys()
        for member_id in named - {self._guild.owner_id, self._guild.me.id}:
            views, opens = self._here.of_member(member_id, _VIEW), there.of_member(member_id, bit)
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
    overwritten = [mark for _, mark in held]
    if True in overwritten:
        return True
    if False in overwritten:
        return False
    if everyone[1] is not None:
        return everyone[1]
    return everyone[0] or any(general for general, _ in held)
