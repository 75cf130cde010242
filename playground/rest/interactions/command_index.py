"""The command index: which commands a student may run in a guild, channel or DM.

Discord's own clients ask for it; it is not documented for bots.
"""

from typing import Any, Final

from playground.payloads.applications import (
    application_command_object,
    localized_command_object,
    partial_application_object,
)
from playground.rest.request import Request
from playground.rest.router import Route
from playground.world.applications import Application, ApplicationCommand
from playground.world.guilds import Guild
from playground.world.permissions import Permission, in_guild
from playground.world.users import User

Json = dict[str, Any]


def usable(command: ApplicationCommand, user: User, guild: Guild | None) -> bool:
    """Tell whether a user may run a command in a guild (None: in a DM)."""
    contexts = command.body.get("contexts")
    if guild is None:
        return command.guild_id is None and (1 in contexts if contexts is not None else command.body["dm_permission"])
    if command.guild_id not in {None, guild.id} or (contexts is not None and 0 not in contexts):
        return False
    needed = command.body.get("default_member_permissions")
    if needed is None:
        return True
    granted = in_guild(guild, guild.members[user.id])
    # "0" means that only administrators may run it.
    return bool(granted & Permission.ADMINISTRATOR) or (int(needed) > 0 and granted & int(needed) == int(needed))


async def index_of_guild(request: Request) -> Json:
    """Return the commands that the caller may run in a guild."""
    guild = request.guild()
    applications = [each for each in request.world.applications.values() if each.id in guild.integrations]
    return _index(request, applications, guild)


async def index_of_channel(request: Request) -> Json:
    """Return the commands that the caller may run in a channel or DM."""
    channel = request.channel()
    guild = request.world.guild_of(channel)
    if guild is not None:
        applications = [each for each in request.world.applications.values() if each.id in guild.integrations]
    else:
        applications = [each for each in request.world.applications.values() if each.bot.id in channel.recipients]
    return _index(request, applications, guild)


def _index(request: Request, applications: list[Application], guild: Guild | None) -> Json:
    locale = request.locale or request.user.locale
    every = [command for application in applications for command in application.commands.values()]
    commands = [each for each in every if usable(each, request.user, guild)]
    objects = [application_command_object(each) for each in commands]
    return {
        "applications": [partial_application_object(each) for each in applications],
        "application_commands": [localized_command_object(each, locale) for each in objects],
        "version": str(max((each.version for each in commands), default=0)),
    }


ROUTES: Final = (
    Route("GET", "/guilds/{guild}/application-command-index", index_of_guild),
    Route("GET", "/channels/{channel}/application-command-index", index_of_channel),
)
