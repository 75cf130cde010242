"""Who can open a channel: the rule over roles and overwrites against every member that there can be, one by one."""

from itertools import combinations
from typing import Any, cast

import discord
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.library.channel_access import Readers, can_open

GUILD, OWNER, BOT = 1, 50, 60
ROLES, NAMED = (11, 12, 13), (70, 71)
VIEW = discord.Permissions(view_channel=True).value
HISTORY = discord.Permissions(read_message_history=True).value
CONNECT = discord.Permissions(connect=True).value
ADMIN = discord.Permissions(administrator=True).value


class _State:
    """What discord.py's objects ask of the connection."""

    self_id, user = BOT, discord.Object(BOT)
    shard_count = 1
    member_cache_flags = discord.MemberCacheFlags.none()

    def store_user(self, data: Any, **_options: Any) -> discord.User:
        return discord.User(state=cast("Any", self), data=data)

    def __getattr__(self, name: str) -> Any:
        return lambda *_args, **_kwargs: None


def guild_of(base: dict[int, int], *, bot_role: int | None = None) -> discord.Guild:
    """A guild whose roles have these permissions; @everyone's role has the guild's id."""
    roles = [
        {
            "id": str(role_id),
            "name": f"r{role_id}",
            "permissions": str(bits),
            "position": at,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": role_id == bot_role,
            "mentionable": False,
            "flags": 0,
            **({"tags": {"bot_id": "999"}} if role_id == bot_role else {}),
        }
        for at, (role_id, bits) in enumerate(base.items())
    ]
    data: Any = {"id": str(GUILD), "name": "g", "owner_id": str(OWNER), "roles": roles, "unavailable": False}
    guild = discord.Guild(data=data, state=cast("Any", _State()))
    guild._add_member(member_of(guild, BOT, ()))
    return guild


def member_of(guild: discord.Guild, user_id: int, roles: tuple[int, ...]) -> discord.Member:
    user = {"id": str(user_id), "username": "u", "discriminator": "0", "avatar": None, "global_name": None}
    data: Any = {"user": user, "roles": [str(each) for each in roles], "flags": 0, "joined_at": None}
    return discord.Member(data=data, guild=guild, state=cast("Any", _State()))


def channel_of(guild: discord.Guild, number: int, overwrites: dict[int, tuple[int, int]], **more: Any) -> Any:
    """A channel with overwrites (allowed, denied) by the id of the role or member."""
    listed = [
        {"id": str(who), "type": 1 if who in (*NAMED, BOT) else 0, "allow": str(allow), "deny": str(deny)}
        for who, (allow, deny) in overwrites.items()
    ]
    kind: type[Any] = discord.VoiceChannel if more.pop("voice", False) else discord.TextChannel
    data: Any = {"id": str(number), "type": 0, "name": "c", "position": 0, "permission_overwrites": listed, **more}
    data.update({"bitrate": 64_000, "user_limit": 0} if kind is discord.VoiceChannel else {})
    return kind(state=cast("Any", _State()), guild=guild, data=data)


def everybody(guild: discord.Guild) -> list[discord.Member]:
    """A member for each set of roles, and for each member whom an overwrite may name with each set of roles."""
    sets = [held for count in range(len(ROLES) + 1) for held in combinations(ROLES, count)]
    return [member_of(guild, who, held) for who in (OWNER, 90, *NAMED) for held in sets]


bits = st.sampled_from([0, VIEW, HISTORY, VIEW | HISTORY])
pairs = st.tuples(bits, bits)
bases = st.fixed_dictionaries(
    {GUILD: bits, **dict.fromkeys(ROLES, st.sampled_from([0, 0, VIEW, HISTORY, VIEW | HISTORY, ADMIN]))}
)
overwrites = st.dictionaries(st.sampled_from([GUILD, *ROLES]), pairs, max_size=4)
named_too = st.dictionaries(st.sampled_from([GUILD, *ROLES, *NAMED]), pairs, max_size=5)


def all_readers_can_open(place: Any, channel: Any) -> bool:
    return Readers(place).can_open(channel)


def _truth(place: Any, channel: Any, people: list[discord.Member]) -> bool:
    views = [each for each in people if place.permissions_for(each).view_channel]
    return all(can_open(each, channel) for each in views)


@settings(max_examples=300, deadline=None)
@given(bases, overwrites, overwrites)
def test_without_named_members_the_rule_says_what_all_members_say(
    base: dict[int, int], here: dict[int, tuple[int, int]], there: dict[int, tuple[int, int]]
) -> None:
    guild = guild_of(base)
    place, channel = channel_of(guild, 2, here), channel_of(guild, 3, there)
    assert all_readers_can_open(place, channel) == _truth(place, channel, everybody(guild))


@settings(max_examples=300, deadline=None)
@given(bases, named_too, named_too)
@example({GUILD: VIEW | HISTORY, **dict.fromkeys(ROLES, 0)}, {}, {70: (0, VIEW)})
@example({GUILD: 0, **dict.fromkeys(ROLES, 0)}, {70: (VIEW, 0)}, {70: (VIEW | HISTORY, 0)})
def test_no_member_reads_in_a_place_what_they_could_not_open(
    base: dict[int, int], here: dict[int, tuple[int, int]], there: dict[int, tuple[int, int]]
) -> None:
    guild = guild_of(base)
    place, channel = channel_of(guild, 2, here), channel_of(guild, 3, there)
    if all_readers_can_open(place, channel):
        assert _truth(place, channel, everybody(guild))


@pytest.mark.parametrize(
    ("here", "there", "opens"),
    [
        pytest.param({}, {}, True, id="both are everybody's"),
        pytest.param({}, {GUILD: (0, VIEW)}, False, id="a private channel's file in a public one"),
        pytest.param({GUILD: (0, VIEW), 11: (VIEW, 0)}, {}, True, id="a public channel's file in a private one"),
        pytest.param(
            {GUILD: (0, VIEW), 11: (VIEW, 0)}, {GUILD: (0, VIEW), 11: (VIEW, 0)}, True, id="the same role opens both"
        ),
        pytest.param(
            {GUILD: (0, VIEW), 11: (VIEW, 0)}, {GUILD: (0, VIEW), 12: (VIEW, 0)}, False, id="another role opens it"
        ),
        pytest.param(
            {GUILD: (0, VIEW), 11: (VIEW, 0)},
            {GUILD: (0, VIEW), 11: (VIEW, 0), 12: (VIEW, 0)},
            True,
            id="the place's role is one of those that open it",
        ),
        pytest.param({}, {12: (0, VIEW)}, False, id="a role is kept out"),
        pytest.param({12: (0, VIEW)}, {12: (0, VIEW)}, True, id="the role that is kept out is kept out here too"),
        pytest.param({}, {GUILD: (0, HISTORY)}, False, id="old messages are closed"),
        pytest.param({}, {70: (0, VIEW)}, False, id="one member is kept out"),
        pytest.param({70: (0, VIEW)}, {70: (0, VIEW)}, True, id="the member is kept out here too"),
        pytest.param({GUILD: (0, VIEW), 70: (VIEW, 0)}, {GUILD: (0, VIEW), 70: (VIEW, 0)}, True, id="one member's own"),
        pytest.param(
            {GUILD: (0, VIEW), 70: (VIEW, 0), 71: (VIEW, 0)},
            {GUILD: (0, VIEW), 70: (VIEW, 0)},
            False,
            id="two read here what one may open",
        ),
        pytest.param(
            {GUILD: (0, VIEW), BOT: (VIEW, 0)}, {GUILD: (0, VIEW)}, True, id="only Saem itself reads here, by overwrite"
        ),
    ],
)
def test_what_a_place_may_be_told(
    here: dict[int, tuple[int, int]], there: dict[int, tuple[int, int]], opens: bool
) -> None:
    guild = guild_of({GUILD: VIEW | HISTORY, **dict.fromkeys(ROLES, 0)})
    assert all_readers_can_open(channel_of(guild, 2, here), channel_of(guild, 3, there)) is opens


def test_another_bots_role_makes_no_reader() -> None:
    guild = guild_of({GUILD: VIEW | HISTORY, 11: 0, 12: 0}, bot_role=12)
    private = {GUILD: (0, VIEW), 11: (VIEW, 0)}
    assert all_readers_can_open(channel_of(guild, 2, {**private, 12: (VIEW, 0)}), channel_of(guild, 3, private))


def test_a_voice_channel_opens_to_those_who_can_connect() -> None:
    guild = guild_of({GUILD: VIEW | HISTORY, 11: CONNECT})
    place, voice = channel_of(guild, 2, {}), channel_of(guild, 3, {}, voice=True)
    assert not all_readers_can_open(place, voice)
    assert not can_open(member_of(guild, 90, ()), voice)
    assert can_open(member_of(guild, 90, (11,)), voice)
    assert all_readers_can_open(place, channel_of(guild, 4, {GUILD: (CONNECT, 0)}, voice=True))


def test_an_age_restricted_channel_opens_in_such_channels_alone() -> None:
    guild = guild_of({GUILD: VIEW | HISTORY})
    plain, adult = channel_of(guild, 2, {}), channel_of(guild, 3, {}, nsfw=True)
    assert not all_readers_can_open(plain, adult)
    assert all_readers_can_open(adult, channel_of(guild, 4, {}, nsfw=True))
    assert all_readers_can_open(adult, plain)


def test_channels_of_another_guild_are_closed() -> None:
    guild, other = guild_of({GUILD: VIEW | HISTORY}), guild_of({GUILD: VIEW | HISTORY})
    other.id = 2
    assert not all_readers_can_open(channel_of(guild, 2, {}), channel_of(other, 3, {}))
