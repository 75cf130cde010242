"""Guilds. Members and roles have files of their own.

https://discord.com/developers/docs/resources/guild
"""

from typing import Any, Final

from playground.errors import FormErrors
from playground.payloads.guilds import guild_object
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.guilds import Guild
from playground.world.permissions import Permission

Json = dict[str, Any]


async def get_guild(request: Request) -> Json:
    """Return a guild."""
    guild = request.guild()
    payload = guild_object(guild)
    return payload | counts(guild) if request.query_flag("with_counts") else payload


def counts(guild: Guild) -> Json:
    """Return the counts of members: all, and those who are online."""
    online = sum(each.user.status != "offline" for each in guild.members.values())
    return {"approximate_member_count": len(guild.members), "approximate_presence_count": online}


async def edit_guild(request: Request) -> Json:
    """Change a guild's name or locale."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_GUILD)
    fields = Fields(request.json, FormErrors())
    name, locale = fields.text("name", low=2, high=100), fields.text("preferred_locale", high=10)
    fields.errors.check()
    guild.name, guild.locale = name or guild.name, locale or guild.locale
    world.emit("GUILD_UPDATE", guild_object(guild), guild_id=guild.id)
    return guild_object(guild)


async def empty_list(request: Request) -> list[Json]:
    """Return an empty list: the playground has no emojis, stickers, invites and so on."""
    _ = request.guild() if "guild" in request.path_params else request.channel()
    return []


async def list_default_sounds(_request: Request) -> list[Json]:
    """Return the default soundboard sounds: none. py-cord asks for them before it is ready."""
    return []


ROUTES: Final = (
    Route("GET", "/guilds/{guild}", get_guild),
    Route("PATCH", "/guilds/{guild}", edit_guild),
    Route("GET", "/guilds/{guild}/emojis", empty_list),
    Route("GET", "/guilds/{guild}/stickers", empty_list),
    Route("GET", "/guilds/{guild}/scheduled-events", empty_list),
    Route("GET", "/guilds/{guild}/invites", empty_list),
    Route("GET", "/guilds/{guild}/integrations", empty_list),
    Route("GET", "/guilds/{guild}/templates", empty_list),
    Route("GET", "/guilds/{guild}/auto-moderation/rules", empty_list),
    Route("GET", "/soundboard-default-sounds", list_default_sounds),
    Route("GET", "/channels/{channel}/invites", empty_list),
)
