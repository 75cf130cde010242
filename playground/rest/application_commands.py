"""Application commands: what a bot registers, and what a student may run.

https://discord.com/developers/docs/interactions/application-commands
"""

from typing import Any, Final

from playground.errors import ApiError, FormErrors, InvalidFormBody, missing_access, unknown
from playground.payloads.applications import partial_application_object
from playground.rest.request import Request, Response
from playground.rest.router import Route
from playground.validation import application_commands as validation
from playground.world.applications import Application, ApplicationCommand
from playground.world.channels import Channel
from playground.world.guilds import Guild
from playground.world.permissions import Permission, in_guild
from playground.world.users import User

Json = dict[str, Any]

MOST: Final = {1: 100, 2: 15, 3: 15, 4: 1}
"""Commands of each type in one scope."""


def command(one: ApplicationCommand, *, localized: bool = True) -> Json:
    """Return a command object as its application gets it."""
    shape: Json = {
        "id": str(one.id),
        "application_id": str(one.application_id),
        "version": str(one.version),
        **one.body,
    }
    if one.guild_id is not None:
        shape["guild_id"] = str(one.guild_id)
    return shape if localized else _without_localizations(shape)


def _without_localizations(shape: Json) -> Json:
    kept = {key: value for key, value in shape.items() if not key.endswith("_localizations")}
    for name in ("options", "choices"):
        if name in kept:
            kept[name] = [_without_localizations(each) for each in kept[name]]
    return kept


def _scope(request: Request) -> tuple[Application, int | None]:
    application = request.application()
    if "guild" not in request.path_params:
        return application, None
    guild_id = request.path_id("guild")
    guild = request.world.guilds.get(guild_id)
    if guild is None or application.id not in guild.integrations:
        raise missing_access()
    return application, guild_id


def _in_scope(application: Application, guild_id: int | None) -> list[ApplicationCommand]:
    return [each for each in application.commands.values() if each.guild_id == guild_id]


async def list_commands(request: Request) -> list[Json]:
    """Return the commands of a scope."""
    application, guild_id = _scope(request)
    localized = request.query.get("with_localizations", "").lower() == "true"
    return [command(each, localized=localized) for each in _in_scope(application, guild_id)]


async def replace_commands(request: Request) -> list[Json]:
    """Replace all commands of a scope; those that stay keep their ids."""
    application, guild_id = _scope(request)
    if not isinstance(request.body, list):
        raise InvalidFormBody(
            {"_errors": [{"code": "LIST_TYPE_CONVERT", "message": "Only iterables may be used in a ListType"}]}
        )
    errors = FormErrors()
    bodies = [validation.read(each, errors, (index,)) for index, each in enumerate(request.body)]
    seen: set[tuple[str, int]] = set()
    for index, body in enumerate(bodies):
        key = (body["name"], body["type"])
        if key in seen:
            errors.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        seen.add(key)
    errors.check()
    for kind, most in MOST.items():
        if sum(body["type"] == kind for body in bodies) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most}).")
    before = {each.key: each for each in _in_scope(application, guild_id)}
    for one in before.values():
        del application.commands[one.id]
    return [
        command(_store(request, application, guild_id, body, before.get((body["name"], body["type"]))))
        for body in bodies
    ]


def _store(
    request: Request, application: Application, guild_id: int | None, body: Json, earlier: ApplicationCommand | None
) -> ApplicationCommand:
    number = request.world.snowflakes.next
    unchanged = earlier is not None and earlier.body == body
    one = ApplicationCommand(
        id=earlier.id if earlier else number(),
        application_id=application.id,
        guild_id=guild_id,
        version=earlier.version if earlier and unchanged else number(),
        body=body,
    )
    application.commands[one.id] = one
    return one


async def create_command(request: Request) -> Response:
    """Register a command; one of the same name and type is replaced."""
    application, guild_id = _scope(request)
    errors = FormErrors()
    body = validation.read(request.json, errors)
    errors.check()
    same = (body["name"], body["type"])
    earlier = next((each for each in _in_scope(application, guild_id) if each.key == same), None)
    one = _store(request, application, guild_id, body, earlier)
    return Response(command(one), 200 if earlier else 201)


def _one(request: Request) -> tuple[Application, ApplicationCommand]:
    application, guild_id = _scope(request)
    one = application.commands.get(request.path_id("command"))
    if one is None or one.guild_id != guild_id:
        raise unknown("application command", 10063)
    return application, one


async def get_command(request: Request) -> Json:
    """Return one command."""
    return command(_one(request)[1])


async def edit_command(request: Request) -> Json:
    """Change a command."""
    application, one = _one(request)
    errors = FormErrors()
    body = validation.read({**one.body, **request.json, "type": one.body["type"]}, errors)
    errors.check()
    return command(_store(request, application, one.guild_id, body, one))


async def delete_command(request: Request) -> None:
    """Take a command away."""
    application, one = _one(request)
    del application.commands[one.id]


async def no_permissions(request: Request) -> list[Json]:
    """Return the overrides that a guild's owner made to commands: none."""
    _scope(request)
    return []


async def no_permissions_of_one(request: Request) -> None:
    """Say that a guild's owner made no overrides to this command."""
    _, guild_id = _scope(request)
    application, number = request.application(), request.path_id("command")
    one = application.commands.get(number)
    if number != application.id and (one is None or one.guild_id not in {None, guild_id}):
        raise unknown("application command", 10063)
    raise unknown("application command permissions", 10066)


# -- what students see


def usable(one: ApplicationCommand, user: User, guild: Guild | None) -> bool:
    """Tell whether a user may run a command there."""
    if guild is None:
        contexts = one.body.get("contexts")
        return one.guild_id is None and (1 in contexts if contexts is not None else one.body["dm_permission"])
    contexts = one.body.get("contexts")
    if one.guild_id not in {None, guild.id} or (contexts is not None and 0 not in contexts):
        return False
    needed = one.body.get("default_member_permissions")
    if needed is None:
        return True
    granted = in_guild(guild, guild.members[user.id])
    # "0" is for administrators alone.
    return bool(granted & Permission.ADMINISTRATOR) or (int(needed) > 0 and granted & int(needed) == int(needed))


def localized(shape: Json, locale: str) -> Json:
    """Return a command, option or choice with its texts in the reader's language beside the plain ones."""
    found = {key: value for key, value in shape.items() if not key.endswith("_localizations")}
    for name in ("name", "description"):
        words = (shape.get(f"{name}_localizations") or {}).get(locale)
        if words is not None:
            found[f"{name}_localized"] = words
    for name in ("options", "choices"):
        if shape.get(name) is not None:
            found[name] = [localized(each, locale) for each in shape[name]]
    return found


async def index_of_guild(request: Request) -> Json:
    """Return the commands that the caller may run in a guild."""
    guild = request.guild()
    applications = [each for each in request.world.applications.values() if each.id in guild.integrations]
    return _index(request, applications, guild)


async def index_of_channel(request: Request) -> Json:
    """Return the commands that the caller may run in a channel or DM."""
    channel: Channel = request.channel()
    guild = request.world.guild_of(channel)
    if guild is not None:
        applications = [each for each in request.world.applications.values() if each.id in guild.integrations]
    else:
        applications = [each for each in request.world.applications.values() if each.bot.id in channel.recipients]
    return _index(request, applications, guild)


def _index(request: Request, applications: list[Application], guild: Guild | None) -> Json:
    locale = request.locale or request.user.locale
    commands = [each for one in applications for each in one.commands.values() if usable(each, request.user, guild)]
    return {
        "applications": [partial_application_object(each) for each in applications],
        "application_commands": [localized(command(each), locale) for each in commands],
        "version": str(max((each.version for each in commands), default=0)),
    }


_GLOBAL = "/applications/{application}/commands"
_GUILD = "/applications/{application}/guilds/{guild}/commands"


def _routes(path: str) -> tuple[Route, ...]:
    return (
        Route("GET", path, list_commands, "commands.read"),
        Route("PUT", path, replace_commands, "commands.write"),
        Route("POST", path, create_command, "commands.write"),
        Route("GET", f"{path}/{{command}}", get_command, "commands.read"),
        Route("PATCH", f"{path}/{{command}}", edit_command, "commands.write"),
        Route("DELETE", f"{path}/{{command}}", delete_command, "commands.write"),
    )


ROUTES: Final = (
    *_routes(_GLOBAL),
    *_routes(_GUILD),
    Route("GET", f"{_GUILD}/permissions", no_permissions, "commands.read"),
    Route("GET", f"{_GUILD}/{{command}}/permissions", no_permissions_of_one, "commands.read"),
    Route("GET", "/guilds/{guild}/application-command-index", index_of_guild),
    Route("GET", "/channels/{channel}/application-command-index", index_of_channel),
)
