"""Roles of a guild.

https://discord.com/developers/docs/topics/permissions#role-object
"""

from typing import Any, Final

from playground.changes import channel_access
from playground.errors import ApiError, FormErrors, missing_permissions, unknown
from playground.payloads.guilds import role_object
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.guilds import Guild, Role
from playground.world.permissions import ALL, Permission
from playground.world.users import User

Json = dict[str, Any]


async def list_roles(request: Request) -> list[Json]:
    """Return a guild's roles."""
    return [role_object(each) for each in request.guild().roles.values()]


async def create_role(request: Request) -> Json:
    """Create a role."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_ROLES)
    role = Role(world.snowflakes.next(), "new role", guild.roles[guild.id].permissions, position=1)
    _fill(role, request.json)
    guild.roles[role.id] = role
    world.emit("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": role_object(role)}, guild_id=guild.id)
    return role_object(role)


def _fill(role: Role, body: Json) -> None:
    fields = Fields(body, FormErrors())
    name, color = fields.text("name", high=100), fields.integer("color", low=0, high=0xFFFFFF)
    permissions = fields.integer("permissions", low=0)
    hoist = fields.boolean("hoist", default=role.hoist)
    mentionable = fields.boolean("mentionable", default=role.mentionable)
    fields.errors.check()
    role.name, role.hoist, role.mentionable = name or role.name, hoist, mentionable
    role.permissions = role.permissions if permissions is None else permissions & ALL
    role.color = role.color if color is None else color


def find_role(guild: Guild, role_id: int) -> Role:
    """Return a role of a guild; 10011 when there is none."""
    role = guild.roles.get(role_id)
    if role is None:
        raise unknown("Role", 10011)
    return role


async def get_role(request: Request) -> Json:
    """Return a role."""
    return role_object(find_role(request.guild(), request.path_id("role")))


def require_above(user: User, guild: Guild, role: Role) -> None:
    """Raise 50013 unless a role of the user is higher than `role`.

    Of two roles at one position the older one is higher. The owner of the guild is above every role.

    https://discord.com/developers/docs/topics/permissions#permission-hierarchy
    """
    own = [guild.roles[each] for each in guild.members[user.id].roles]
    highest = max(((each.position, -each.id) for each in own), default=(0, 0))
    if guild.owner_id != user.id and (role.position, -role.id) >= highest:
        raise missing_permissions()


def require_above_member(user: User, guild: Guild, member_id: int) -> None:
    """Raise 50013 unless the user stands above a member by roles; somebody who is no member is below everybody."""
    member = guild.members.get(member_id)
    if member is None:
        return
    if member_id == guild.owner_id:
        raise missing_permissions()
    for role_id in member.roles:
        require_above(user, guild, guild.roles[role_id])


async def edit_role(request: Request) -> Json:
    """Change a role."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_ROLES)
    role = find_role(guild, request.path_id("role"))
    require_above(request.user, guild, role)
    with channel_access.told(world, guild):
        _fill(role, request.json)
        world.emit("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": role_object(role)}, guild_id=guild.id)
    return role_object(role)


async def delete_role(request: Request) -> None:
    """Delete a role."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_ROLES)
    role = find_role(guild, request.path_id("role"))
    if role.id == guild.id or role.managed:
        raise ApiError(400, 50028, "Invalid Role")
    require_above(request.user, guild, role)
    with channel_access.told(world, guild):
        del guild.roles[role.id]
        for member in guild.members.values():
            if role.id in member.roles:
                member.roles.remove(role.id)
        for channel in guild.channels.values():
            channel.overwrites.pop(role.id, None)
        world.emit("GUILD_ROLE_DELETE", {"guild_id": str(guild.id), "role_id": str(role.id)}, guild_id=guild.id)


ROUTES: Final = (
    Route("GET", "/guilds/{guild}/roles", list_roles),
    Route("POST", "/guilds/{guild}/roles", create_role),
    Route("GET", "/guilds/{guild}/roles/{role}", get_role),
    Route("PATCH", "/guilds/{guild}/roles/{role}", edit_role),
    Route("DELETE", "/guilds/{guild}/roles/{role}", delete_role),
)
