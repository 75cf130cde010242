"""Guilds, their members and roles.

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
    shape = guild_object(guild)
    return shape | counts(guild) if request.query_flag("with_counts") else shape


def counts(guild: Guild) -> Json:
    """Return how many members there are, and how many are here."""
    online = sum(each.user.status != "offline" for each in guild.members.values())
    return {"approximate_member_count": len(guild.members), "approximate_presence_count": online}


async def edit_guild(request: Request) -> Json:
    """Rename a guild, or change its language."""
    guild, world = request.guild(), request.world
    world.require_in_guild(request.user, guild, Permission.MANAGE_GUILD)
    fields = Fields(request.json, FormErrors())
    name, locale = fields.text("name", low=2, high=100), fields.text("preferred_locale", high=10)
    fields.errors.check()
    guild.name, guild.locale = name or guild.name, locale or guild.locale
    world.emit("GUILD_UPDATE", guild_object(guild), guild_id=guild.id)
    return guild_object(guild)


async def nothing(request: Request) -> list[Json]:
    """Return the empty list of what this guild (or channel) has none of."""
    _ = request.guild() if "guild" in request.path_params else request.channel()
    return []


async def no_sounds(_request: Request) -> list[Json]:
    """Return the soundboard that everybody has: none; py-cord asks for it before it is ready."""
    return []


ROUTES: Final = (
    Route("GET", "/guilds/{guild}", get_guild),
    Route("PATCH", "/guilds/{guild}", edit_guild),
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
