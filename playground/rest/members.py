"""Members of a guild.

https://discord.com/developers/docs/resources/guild#guild-member-object
"""

import copy
from datetime import datetime
from typing import Any, Final

from playground.changes import channel_access, guild_membership
from playground.errors import FormErrors, missing_access, unknown
from playground.payloads.guilds import member_object
from playground.rest.request import Request
from playground.rest.roles import find_role, require_above
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.guilds import Guild, Member
from playground.world.permissions import Permission

Json = dict[str, Any]


def _find_member(guild: Guild, user_id: int) -> Member:
    member = guild.members.get(user_id)
    if member is None:
        raise unknown("Member", 10007)
    return member


async def get_member(request: Request) -> Json:
    """Return a member."""
    return member_object(_find_member(request.guild(), request.path_id("user")))


async def list_members(request: Request) -> list[Json]:
    """Return members in the order of their ids; a bot needs the members intent."""
    guild, application = request.guild(), request.world.application_of(request.user)
    if application is not None and not application.members_intent:
        raise missing_access()
    after = request.query_id("after")
    found = [each for each in sorted(guild.members.values(), key=lambda each: each.user.id) if each.user.id > after]
    return [member_object(each) for each in found[: request.query_integer("limit", 1, 1, 1000)]]


async def search_members(request: Request) -> list[Json]:
    """Return members whose username or nick starts with the query."""
    query = request.query.get("query", "").lower()
    found = [
        each
        for each in request.guild().members.values()
        if each.user.username.lower().startswith(query) or (each.nick or "").lower().startswith(query)
    ]
    return [member_object(each) for each in found[: request.query_integer("limit", 1, 1, 1000)]]


async def edit_member(request: Request) -> Json:
    """Change a member's nick, roles or timeout."""
    guild, world = request.guild(), request.world
    member = _find_member(guild, request.path_id("user"))
    fields = Fields(request.json, FormErrors())
    edited = copy.copy(member)
    if "nick" in fields.values:
        own = member.user is request.user
        world.require_in_guild(request.user, guild, Permission.CHANGE_NICKNAME if own else Permission.MANAGE_NICKNAMES)
        edited.nick = fields.text("nick", high=32) or None
    if "roles" in fields.values:
        world.require_in_guild(request.user, guild, Permission.MANAGE_ROLES)
        edited.roles = [each for each in fields.snowflakes("roles") if each in guild.roles]
        for each in set(edited.roles) ^ set(member.roles):
            require_above(request.user, guild, guild.roles[each])
    if "communication_disabled_until" in fields.values:
        world.require_in_guild(request.user, guild, Permission.MODERATE_MEMBERS)
        until = fields.values["communication_disabled_until"]
        edited.timeout_until = None if until is None else _timestamp(fields, until)
    fields.errors.check()
    with channel_access.told(world, guild):
        member.nick, member.roles, member.timeout_until = edited.nick, edited.roles, edited.timeout_until
        guild_membership.announce_update(world, guild, member)
    return member_object(member)


def _timestamp(fields: Fields, text: object) -> float | None:
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except ValueError:
        fields.wrong(
            "communication_disabled_until", "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601."
        )
        return None


async def kick(request: Request) -> None:
    """Kick a member out of the guild."""
    guild = request.guild()
    request.world.require_in_guild(request.user, guild, Permission.KICK_MEMBERS)
    guild_membership.leave(request.world, guild, _find_member(guild, request.path_id("user")).user)


async def add_role(request: Request) -> None:
    """Give a member a role."""
    _change_role(request, add=True)


async def remove_role(request: Request) -> None:
    """Remove a role from a member."""
    _change_role(request, add=False)


def _change_role(request: Request, *, add: bool) -> None:
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_ROLES)
    member, role = _find_member(guild, request.path_id("user")), find_role(guild, request.path_id("role"))
    require_above(request.user, guild, role)
    with channel_access.told(world, guild):
        if add and role.id not in member.roles:
            member.roles.append(role.id)
        elif not add and role.id in member.roles:
            member.roles.remove(role.id)
        guild_membership.announce_update(world, guild, member)


_MEMBER = "/guilds/{guild}/members/{user}"

ROUTES: Final = (
    Route("GET", "/guilds/{guild}/members", list_members),
    Route("GET", "/guilds/{guild}/members/search", search_members),
    Route("GET", _MEMBER, get_member),
    Route("PATCH", _MEMBER, edit_member),
    Route("DELETE", _MEMBER, kick),
    Route("PUT", f"{_MEMBER}/roles/{{role}}", add_role),
    Route("DELETE", f"{_MEMBER}/roles/{{role}}", remove_role),
)
