"""Guilds, their members and roles.

https://discord.com/developers/docs/resources/guild
"""

import copy
from datetime import datetime
from typing import Any, Final

from playground.changes import guild_membership
from playground.errors import ApiError, Problems, missing_access, missing_permissions, unknown
from playground.payloads.guilds import guild_object, member_object, role_object
from playground.rest.request import Call
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.guilds import Guild, Member, Role
from playground.world.permissions import ALL, Permission
from playground.world.users import User

Json = dict[str, Any]


async def get_guild(call: Call) -> Json:
    """Return a guild."""
    guild = call.guild()
    shape = guild_object(guild)
    return shape | counts(guild) if call.query.get("with_counts", "").lower() in {"true", "1"} else shape


def counts(guild: Guild) -> Json:
    """Return how many members there are, and how many are here."""
    online = sum(each.user.status != "offline" for each in guild.members.values())
    return {"approximate_member_count": len(guild.members), "approximate_presence_count": online}


async def edit_guild(call: Call) -> Json:
    """Rename a guild, or change its language."""
    guild, world = call.guild(), call.world
    world.require_in_guild(call.user, guild, Permission.MANAGE_GUILD)
    fields = Fields(call.json, Problems())
    name, locale = fields.text("name", low=2, high=100), fields.text("preferred_locale", high=10)
    fields.problems.check()
    guild.name, guild.locale = name or guild.name, locale or guild.locale
    world.emit("GUILD_UPDATE", guild_object(guild), guild_id=guild.id)
    return guild_object(guild)


def _member(guild: Guild, user_id: int) -> Member:
    member = guild.members.get(user_id)
    if member is None:
        raise unknown("Member", 10007)
    return member


async def get_member(call: Call) -> Json:
    """Return a member."""
    return member_object(_member(call.guild(), call.id("user")))


async def list_members(call: Call) -> list[Json]:
    """Return members by id; a bot needs the members intent."""
    guild, application = call.guild(), call.world.application_of(call.user)
    if application is not None and not application.members_intent:
        raise missing_access()
    after = call.asked_id("after")
    found = [each for each in sorted(guild.members.values(), key=lambda each: each.user.id) if each.user.id > after]
    return [member_object(each) for each in found[: call.number("limit", 1, 1, 1000)]]


async def search_members(call: Call) -> list[Json]:
    """Return members whose name begins so."""
    query = call.query.get("query", "").lower()
    found = [
        each
        for each in call.guild().members.values()
        if each.user.username.lower().startswith(query) or (each.nick or "").lower().startswith(query)
    ]
    return [member_object(each) for each in found[: call.number("limit", 1, 1, 1000)]]


async def edit_member(call: Call) -> Json:
    """Change a member's nick, roles or timeout."""
    guild, world = call.guild(), call.world
    member = _member(guild, call.id("user"))
    fields = Fields(call.json, Problems())
    edited = copy.copy(member)
    if "nick" in fields.values:
        own = member.user is call.user
        world.require_in_guild(call.user, guild, Permission.CHANGE_NICKNAME if own else Permission.MANAGE_NICKNAMES)
        edited.nick = fields.text("nick", high=32) or None
    if "roles" in fields.values:
        world.require_in_guild(call.user, guild, Permission.MANAGE_ROLES)
        edited.roles = [each for each in fields.snowflakes("roles") if each in guild.roles]
        for each in set(edited.roles) ^ set(member.roles):
            _require_above(call.user, guild, guild.roles[each])
    if "communication_disabled_until" in fields.values:
        world.require_in_guild(call.user, guild, Permission.MODERATE_MEMBERS)
        until = fields.values["communication_disabled_until"]
        edited.timeout_until = None if until is None else _moment(fields, until)
    fields.problems.check()
    member.nick, member.roles, member.timeout_until = edited.nick, edited.roles, edited.timeout_until
    guild_membership.tell_member(world, guild, member)
    return member_object(member)


def _moment(fields: Fields, text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        fields.wrong(
            "communication_disabled_until", "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601."
        )
        return None


async def kick(call: Call) -> None:
    """Take a member out."""
    guild = call.guild()
    call.world.require_in_guild(call.user, guild, Permission.KICK_MEMBERS)
    guild_membership.leave(call.world, guild, _member(guild, call.id("user")).user)


async def list_roles(call: Call) -> list[Json]:
    """Return a guild's roles."""
    return [role_object(each) for each in call.guild().roles.values()]


async def create_role(call: Call) -> Json:
    """Make a role."""
    guild, world = call.guild(), call.world
    world.require_in_guild(call.user, guild, Permission.MANAGE_ROLES)
    role = Role(world.snowflakes.next(), "new role", guild.roles[guild.id].permissions, position=1)
    _fill(role, call.json)
    guild.roles[role.id] = role
    world.emit("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_object(role)}, guild_id=guild.id)
    return role_object(role)


def _fill(role: Role, body: Json) -> None:
    fields = Fields(body, Problems())
    name, color = fields.text("name", high=100), fields.integer("color", low=0, high=0xFFFFFF)
    permissions = fields.integer("permissions", low=0)
    hoist = fields.boolean("hoist", default=role.hoist)
    mentionable = fields.boolean("mentionable", default=role.mentionable)
    fields.problems.check()
    role.name, role.hoist, role.mentionable = name or role.name, hoist, mentionable
    role.permissions = role.permissions if permissions is None else permissions & ALL
    role.color = role.color if color is None else color


def _role(guild: Guild, role_id: int) -> Role:
    role = guild.roles.get(role_id)
    if role is None:
        raise unknown("Role", 10011)
    return role


async def get_role(call: Call) -> Json:
    """Return a role."""
    return role_object(_role(call.guild(), call.id("role")))


def _require_above(user: User, guild: Guild, role: Role) -> None:
    """Raise 50013 unless the user is above a role: of two at one position the older is the higher.

    https://discord.com/developers/docs/topics/permissions#permission-hierarchy
    """
    own = [guild.roles[each] for each in guild.members[user.id].roles]
    highest = max(((each.position, -each.id) for each in own), default=(0, 0))
    if guild.owner_id != user.id and (role.position, -role.id) >= highest:
        raise missing_permissions()


async def edit_role(call: Call) -> Json:
    """Change a role."""
    guild, world = call.guild(), call.world
    world.require_in_guild(call.user, guild, Permission.MANAGE_ROLES)
    role = _role(guild, call.id("role"))
    _require_above(call.user, guild, role)
    _fill(role, call.json)
    world.emit("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role_object(role)}, guild_id=guild.id)
    return role_object(role)


async def delete_role(call: Call) -> None:
    """Delete a role."""
    guild, world = call.guild(), call.world
    world.require_in_guild(call.user, guild, Permission.MANAGE_ROLES)
    role = _role(guild, call.id("role"))
    if role.id == guild.id or role.managed:
        raise ApiError(400, 50028, "Invalid Role")
    _require_above(call.user, guild, role)
    del guild.roles[role.id]
    for member in guild.members.values():
        if role.id in member.roles:
            member.roles.remove(role.id)
    world.emit("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild_id=guild.id)


async def add_role(call: Call) -> None:
    """Give a member a role."""
    _give(call, given=True)


async def remove_role(call: Call) -> None:
    """Take a role from a member."""
    _give(call, given=False)


def _give(call: Call, *, given: bool) -> None:
    guild, world = call.guild(), call.world
    world.require_in_guild(call.user, guild, Permission.MANAGE_ROLES)
    member, role = _member(guild, call.id("user")), _role(guild, call.id("role"))
    _require_above(call.user, guild, role)
    if given and role.id not in member.roles:
        member.roles.append(role.id)
    elif not given and role.id in member.roles:
        member.roles.remove(role.id)
    guild_membership.tell_member(world, guild, member)


async def nothing(call: Call) -> list[Json]:
    """Return the empty list of what this guild (or channel) has none of."""
    _ = call.guild() if "guild" in call.params else call.channel()
    return []


async def no_sounds(_call: Call) -> list[Json]:
    """Return the soundboard that everybody has: none; py-cord asks for it before it is ready."""
    return []


_MEMBER = "/guilds/{guild}/members/{user}"

ROUTES: Final = (
    Route("GET", "/guilds/{guild}", get_guild),
    Route("PATCH", "/guilds/{guild}", edit_guild),
    Route("GET", "/guilds/{guild}/members", list_members),
    Route("GET", "/guilds/{guild}/members/search", search_members),
    Route("GET", _MEMBER, get_member),
    Route("PATCH", _MEMBER, edit_member),
    Route("DELETE", _MEMBER, kick),
    Route("PUT", f"{_MEMBER}/roles/{{role}}", add_role),
    Route("DELETE", f"{_MEMBER}/roles/{{role}}", remove_role),
    Route("GET", "/guilds/{guild}/roles", list_roles),
    Route("POST", "/guilds/{guild}/roles", create_role),
    Route("GET", "/guilds/{guild}/roles/{role}", get_role),
    Route("PATCH", "/guilds/{guild}/roles/{role}", edit_role),
    Route("DELETE", "/guilds/{guild}/roles/{role}", delete_role),
    Route("GET", "/guilds/{guild}/emojis", nothing),
    Route("GET", "/guilds/{guild}/stickers", nothing),
    Route("GET", "/guilds/{guild}/webhooks", nothing),
    Route("GET", "/guilds/{guild}/scheduled-events", nothing),
    Route("GET", "/guilds/{guild}/invites", nothing),
    Route("GET", "/guilds/{guild}/integrations", nothing),
    Route("GET", "/guilds/{guild}/templates", nothing),
    Route("GET", "/guilds/{guild}/auto-moderation/rules", nothing),
    Route("GET", "/soundboard-default-sounds", no_sounds),
    Route("GET", "/channels/{channel}/webhooks", nothing),
    Route("GET", "/channels/{channel}/invites", nothing),
)
