"""Bans of a guild.

https://docs.discord.com/developers/resources/guild#create-guild-ban
"""

from typing import Any, Final

from playground.changes import bans
from playground.errors import ApiError, FormErrors, missing_permissions, unknown
from playground.payloads.users import user_object
from playground.rest.request import Request
from playground.rest.roles import require_above_member
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.guilds import Guild
from playground.world.permissions import Permission
from playground.world.users import User

Json = dict[str, Any]

MOST_DELETED: Final = 604_800
"""Seconds of the longest time whose messages a ban deletes: a week."""
MOST_AT_ONCE: Final = 200


def _guild(request: Request) -> Guild:
    guild = request.guild()
    request.world.require_in_guild(request.user, guild, Permission.BAN_MEMBERS)
    return guild


def _user(request: Request, user_id: int) -> User:
    user = request.world.users.get(user_id)
    if user is None:
        raise unknown("User", 10013)
    return user


def _ban_object(request: Request, guild: Guild, user_id: int) -> Json:
    return {"reason": guild.bans[user_id], "user": user_object(request.world.users[user_id])}


async def list_bans(request: Request) -> list[Json]:
    """Return a guild's bans in the order of user ids; `before` wins over `after`."""
    guild, limit = _guild(request), request.query_integer("limit", 1000, 1, 1000)
    found = sorted(guild.bans)
    if "before" in request.query:
        found = [each for each in found if each < request.query_id("before")][-limit:]
    else:
        found = [each for each in found if each > request.query_id("after")][:limit]
    return [_ban_object(request, guild, each) for each in found]


async def get_ban(request: Request) -> Json:
    """Return one ban; 10026 when there is none."""
    guild, user_id = _guild(request), request.path_id("user")
    if user_id not in guild.bans:
        raise unknown("Ban", 10026)
    return _ban_object(request, guild, user_id)


async def create_ban(request: Request) -> None:
    """Ban a user, member or not. Libraries name the time whose messages go in the query too."""
    guild, user = _guild(request), _user(request, request.path_id("user"))
    fields = Fields(request.json, FormErrors())
    seconds = _delete_seconds(fields) or request.query_integer("delete_message_seconds", 0, 0, MOST_DELETED)
    fields.errors.check()
    require_above_member(request.user, guild, user.id)
    if user.id not in guild.bans:
        bans.ban(request.world, guild, user, request.reason, delete_seconds=seconds)


def _delete_seconds(fields: Fields) -> int:
    days = fields.integer("delete_message_days", low=0, high=7)  # the older name
    seconds = fields.integer("delete_message_seconds", low=0, high=MOST_DELETED)
    return (days or 0) * 86_400 if seconds is None else seconds


async def remove_ban(request: Request) -> None:
    """End a ban; 10026 when there is none."""
    guild, user_id = _guild(request), request.path_id("user")
    if user_id not in guild.bans:
        raise unknown("Ban", 10026)
    bans.unban(request.world, guild, request.world.users[user_id])


async def bulk_ban(request: Request) -> Json:
    """Ban many users; those who cannot be banned are named. 500000 when that is all of them."""
    guild, world = _guild(request), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_GUILD)
    fields = Fields(request.json, FormErrors())
    wanted = fields.snowflakes("user_ids", high=MOST_AT_ONCE)
    seconds = _delete_seconds(fields)
    if not wanted:
        fields.required("user_ids")
    fields.errors.check()
    banned: list[str] = []
    failed: list[str] = []
    for user_id in dict.fromkeys(wanted):
        if _may_be_banned(request, guild, user_id):
            bans.ban(world, guild, world.users[user_id], request.reason, delete_seconds=seconds)
            banned.append(str(user_id))
        else:
            failed.append(str(user_id))
    if not banned:
        raise ApiError(400, 500000, "Failed to ban users")
    return {"banned_users": banned, "failed_users": failed}


def _may_be_banned(request: Request, guild: Guild, user_id: int) -> bool:
    if user_id not in request.world.users or user_id in guild.bans or user_id == request.user.id:
        return False
    try:
        require_above_member(request.user, guild, user_id)
    except ApiError as error:
        if error.code != missing_permissions().code:
            raise
        return False
    return True


_BAN = "/guilds/{guild}/bans/{user}"

ROUTES: Final = (
    Route("GET", "/guilds/{guild}/bans", list_bans),
    Route("GET", _BAN, get_ban),
    Route("PUT", _BAN, create_ban),
    Route("DELETE", _BAN, remove_ban),
    Route("POST", "/guilds/{guild}/bulk-ban", bulk_ban),
)
