"""Application commands, as a bot registers them.

https://discord.com/developers/docs/interactions/application-commands
"""

from typing import Any, Final

from playground.errors import ApiError, FormErrors, InvalidFormBody, missing_access, unknown
from playground.payloads.applications import application_command_object
from playground.rest.request import Request, Response
from playground.rest.router import Route
from playground.validation import application_commands as validation
from playground.world.applications import Application, ApplicationCommand

Json = dict[str, Any]

MAX_COMMANDS: Final = {1: 100, 2: 15, 3: 15, 4: 1}
"""Commands of each type that a scope may have. A scope is one guild, or all guilds (global commands)."""


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
    localizations = request.query.get("with_localizations", "").lower() == "true"
    return [application_command_object(each, localizations=localizations) for each in _in_scope(application, guild_id)]


async def replace_commands(request: Request) -> list[Json]:
    """Replace all commands of a scope. A command of the same name and type keeps its id."""
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
    for kind, most in MAX_COMMANDS.items():
        if sum(body["type"] == kind for body in bodies) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most}).")
    before = {each.key: each for each in _in_scope(application, guild_id)}
    for command in before.values():
        del application.commands[command.id]
    keys = [(body["name"], body["type"]) for body in bodies]
    stored = [
        _store(request, application, guild_id, body, before.get(key)) for key, body in zip(keys, bodies, strict=True)
    ]
    return [application_command_object(each) for each in stored]


def _store(
    request: Request, application: Application, guild_id: int | None, body: Json, earlier: ApplicationCommand | None
) -> ApplicationCommand:
    new_id = request.world.snowflakes.next
    unchanged = earlier is not None and earlier.body == body
    command = ApplicationCommand(
        id=earlier.id if earlier else new_id(),
        application_id=application.id,
        guild_id=guild_id,
        version=earlier.version if earlier and unchanged else new_id(),
        body=body,
    )
    application.commands[command.id] = command
    return command


async def create_command(request: Request) -> Response:
    """Register a command. It replaces a command of the same name and type."""
    application, guild_id = _scope(request)
    errors = FormErrors()
    body = validation.read(request.json, errors)
    errors.check()
    key = (body["name"], body["type"])
    earlier = next((each for each in _in_scope(application, guild_id) if each.key == key), None)
    command = _store(request, application, guild_id, body, earlier)
    return Response(application_command_object(command), 200 if earlier else 201)


def _command(request: Request) -> tuple[Application, ApplicationCommand]:
    application, guild_id = _scope(request)
    command = application.commands.get(request.path_id("command"))
    if command is None or command.guild_id != guild_id:
        raise unknown("application command", 10063)
    return application, command


async def get_command(request: Request) -> Json:
    """Return one command."""
    return application_command_object(_command(request)[1])


async def edit_command(request: Request) -> Json:
    """Change a command."""
    application, command = _command(request)
    errors = FormErrors()
    body = validation.read({**command.body, **request.json, "type": command.body["type"]}, errors)
    errors.check()
    return application_command_object(_store(request, application, command.guild_id, body, command))


async def delete_command(request: Request) -> None:
    """Delete a command."""
    application, command = _command(request)
    del application.commands[command.id]


async def no_permissions(request: Request) -> list[Json]:
    """Return the command permissions that the guild's owner has set: none."""
    _scope(request)
    return []


async def no_permissions_of_one(request: Request) -> None:
    """Raise 10066: the guild's owner has set no permissions of this command."""
    _, guild_id = _scope(request)
    application, command_id = request.application(), request.path_id("command")
    command = application.commands.get(command_id)
    if command_id != application.id and (command is None or command.guild_id not in {None, guild_id}):
        raise unknown("application command", 10063)
    raise unknown("application command permissions", 10066)


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
)
