"""Users, the guilds that a user is in, and DMs.

https://discord.com/developers/docs/resources/user
"""

from typing import Any, Final

from playground.changes import guild_membership
from playground.errors import ApiError, FormErrors, unknown
from playground.payloads.channels import dm_object
from playground.payloads.users import current_user_object, user_object
from playground.rest.guilds import counts
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world import permissions
from playground.world.guilds import Guild

Json = dict[str, Any]


async def get_me(request: Request) -> Json:
    """Return the caller."""
    return current_user_object(request.user)


async def edit_me(request: Request) -> Json:
    """Change the caller's username or locale."""
    fields = Fields(request.json, FormErrors())
    name = fields.text("username", low=2, high=32)
    locale = fields.text("locale", low=2, high=10)
    fields.errors.check()
    request.user.username = name or request.user.username
    request.user.locale = locale or request.user.locale
    request.world.emit("USER_UPDATE", current_user_object(request.user), only={request.user.id})
    return current_user_object(request.user)


async def get_user(request: Request) -> Json:
    """Return any user."""
    user = request.world.users.get(request.path_id("user"))
    if user is None:
        raise unknown("User", 10013)
    return user_object(user)


async def list_my_guilds(request: Request) -> list[Json]:
    """Return the caller's guilds as partial objects, in the order of their ids."""
    limit = request.query_integer("limit", 200, 1, 200)
    guilds = sorted(request.world.guilds_of(request.user), key=lambda each: each.id)
    if "after" in request.query:
        guilds = [each for each in guilds if each.id > request.query_id("after")]
    elif "before" in request.query:
        guilds = [each for each in guilds if each.id < request.query_id("before")][-limit:]
    return [_partial_guild(request, each) for each in guilds[:limit]]


def _partial_guild(request: Request, guild: Guild) -> Json:
    payload = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "banner": None,
        "owner": guild.owner_id == request.user.id,
        "permissions": str(permissions.in_guild(guild, guild.members[request.user.id])),
        "features": ["COMMUNITY", "NEWS"],
    }
    return payload | counts(guild) if request.query_flag("with_counts") else payload


async def leave_guild(request: Request) -> None:
    """Take the caller out of a guild."""
    guild_membership.leave(request.world, request.guild(), request.user)


async def list_dms(request: Request) -> list[Json]:
    """Return the caller's DMs; for a bot the list is always empty."""
    if request.user.bot:
        return []
    return [dm_object(request.world, each, request.user) for each in request.world.dms_of(request.user)]


async def open_dm(request: Request) -> Json:
    """Open a DM with a user."""
    fields = Fields(request.json, FormErrors())
    given = fields.snowflakes("recipients", high=1)
    other_id = given[0] if given else fields.snowflake("recipient_id", required=True)
    fields.errors.check()
    other = request.world.users.get(other_id or 0)
    if other is None:
        raise unknown("User", 10013)
    if other is request.user or (other.bot and request.user.bot):
        raise ApiError(400, 50007, "Cannot send messages to this user")
    known = {each.id for each in request.world.dms_of(request.user)}
    dm = request.world.dm(request.user, other)
    if dm.id not in known:
        # Discord does not tell bots of new DMs; a bot hears of a DM with its first message.
        for side in (each for each in (request.user, other) if not each.bot):
            request.world.emit("CHANNEL_CREATE", dm_object(request.world, dm, side), only={side.id})
    return dm_object(request.world, dm, request.user)


ROUTES: Final = (
    Route("GET", "/users/@me", get_me),
    Route("PATCH", "/users/@me", edit_me),
    Route("GET", "/users/@me/guilds", list_my_guilds),
    Route("DELETE", "/users/@me/guilds/{guild}", leave_guild),
    Route("GET", "/users/@me/channels", list_dms),
    Route("POST", "/users/@me/channels", open_dm, "dms.create"),
    Route("GET", "/users/{user}", get_user),
)
