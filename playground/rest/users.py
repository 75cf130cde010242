"""Oneself, others, DMs, and where the gateway is.

https://discord.com/developers/docs/resources/user
"""

from typing import Any, Final

from playground.changes import guild_membership
from playground.errors import ApiError, Problems, unknown
from playground.payloads.applications import application_object
from playground.payloads.channels import dm_object
from playground.payloads.users import current_user_object, user_object
from playground.rest.guilds import counts
from playground.rest.request import Call
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world import permissions
from playground.world.guilds import Guild

Json = dict[str, Any]


async def get_me(call: Call) -> Json:
    """Return the caller."""
    return current_user_object(call.user)


async def edit_me(call: Call) -> Json:
    """Change one's name or language."""
    fields = Fields(call.json, Problems())
    name = fields.text("username", low=2, high=32)
    locale = fields.text("locale", low=2, high=10)
    fields.problems.check()
    call.user.username = name or call.user.username
    call.user.locale = locale or call.user.locale
    call.world.emit("USER_UPDATE", current_user_object(call.user), only={call.user.id})
    return current_user_object(call.user)


async def get_user(call: Call) -> Json:
    """Return any user."""
    user = call.world.users.get(call.id("user"))
    if user is None:
        raise unknown("User", 10013)
    return user_object(user)


async def list_my_guilds(call: Call) -> list[Json]:
    """Return the caller's guilds, partly, by id."""
    limit = call.number("limit", 200, 1, 200)
    guilds = sorted(call.world.guilds_of(call.user), key=lambda each: each.id)
    if "after" in call.query:
        guilds = [each for each in guilds if each.id > call.asked_id("after")]
    elif "before" in call.query:
        guilds = [each for each in guilds if each.id < call.asked_id("before")][-limit:]
    return [_own(call, each) for each in guilds[:limit]]


def _own(call: Call, guild: Guild) -> Json:
    shape = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": guild.icon,
        "banner": None,
        "owner": guild.owner_id == call.user.id,
        "permissions": str(permissions.in_guild(guild, guild.members[call.user.id])),
        "features": ["COMMUNITY", "NEWS"],
    }
    return shape | counts(guild) if call.query.get("with_counts", "").lower() in {"true", "1"} else shape


async def leave_guild(call: Call) -> None:
    """Leave a guild."""
    guild_membership.leave(call.world, call.guild(), call.user)


async def list_dms(call: Call) -> list[Json]:
    """Return the caller's DMs; a bot has none to list."""
    if call.user.bot:
        return []
    return [dm_object(call.world, each, call.user) for each in call.world.dms_of(call.user)]


async def open_dm(call: Call) -> Json:
    """Open a DM with someone."""
    fields = Fields(call.json, Problems())
    given = fields.snowflakes("recipients", high=1)
    other_id = given[0] if given else fields.snowflake("recipient_id", required=True)
    fields.problems.check()
    other = call.world.users.get(other_id or 0)
    if other is None:
        raise unknown("User", 10013)
    if other is call.user or (other.bot and call.user.bot):
        raise ApiError(400, 50007, "Cannot send messages to this user")
    known = {each.id for each in call.world.dms_of(call.user)}
    dm = call.world.dm(call.user, other)
    if dm.id not in known:
        # Bots are not told of DMs; they learn of them with the first message.
        for side in (each for each in (call.user, other) if not each.bot):
            call.world.emit("CHANNEL_CREATE", dm_object(call.world, dm, side), only={side.id})
    return dm_object(call.world, dm, call.user)


async def get_gateway(call: Call) -> Json:
    """Return the gateway's address."""
    return {"url": call.services.gateway.url}


async def get_bot_gateway(call: Call) -> Json:
    """Return the gateway's address, how many shards to use, and how many sessions may still be opened today."""
    gateway = call.services.gateway
    return {
        "url": gateway.url,
        "shards": gateway.recommended_shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": max(0, 1000 - call.services.stats.identifies),
            "reset_after": 86_400_000,
            "max_concurrency": 16,
        },
    }


async def get_application(call: Call) -> Json:
    """Return the bot's own application; its flags tell which privileged intents are on."""
    application = call.world.application_of(call.user)
    if application is None:
        raise ApiError(403, 20001, "Bots only endpoint")
    return application_object(application, len(call.world.guilds_of(call.user)))


async def no_items(call: Call) -> Json:
    """Return the emojis of the application: none."""
    call.application()
    return {"items": []}


async def none_of_these(call: Call) -> list[Json]:
    """Return what is sold with the application: nothing."""
    call.application()
    return []


ROUTES: Final = (
    Route("GET", "/applications/{application}/emojis", no_items),
    Route("GET", "/applications/{application}/skus", none_of_these),
    Route("GET", "/applications/{application}/entitlements", none_of_these),
    Route("GET", "/users/@me", get_me),
    Route("PATCH", "/users/@me", edit_me),
    Route("GET", "/users/@me/guilds", list_my_guilds),
    Route("DELETE", "/users/@me/guilds/{guild}", leave_guild),
    Route("GET", "/users/@me/channels", list_dms),
    Route("POST", "/users/@me/channels", open_dm, "dms.create"),
    Route("GET", "/users/{user}", get_user),
    Route("GET", "/gateway", get_gateway, limited=False),
    Route("GET", "/gateway/bot", get_bot_gateway, "gateway"),
    Route("GET", "/applications/@me", get_application),
    Route("GET", "/oauth2/applications/@me", get_application),
)
