"""The bot's own application.

https://discord.com/developers/docs/resources/application
"""

from typing import Any, Final

from playground.errors import ApiError
from playground.payloads.applications import application_object
from playground.rest.request import Request
from playground.rest.router import Route

Json = dict[str, Any]


async def get_application(request: Request) -> Json:
    """Return the bot's own application. Its flags tell which privileged intents are on."""
    application = request.world.application_of(request.user)
    if application is None:
        raise ApiError(403, 20001, "Bots only endpoint")
    return application_object(application, len(request.world.guilds_of(request.user)))


async def list_emojis(request: Request) -> Json:
    """Return the application's emojis: none."""
    request.application()
    return {"items": []}


async def empty_list(request: Request) -> list[Json]:
    """Return an empty list: the application sells nothing."""
    request.application()
    return []


ROUTES: Final = (
    Route("GET", "/applications/@me", get_application),
    Route("GET", "/oauth2/applications/@me", get_application),
    Route("GET", "/applications/{application}/emojis", list_emojis),
    Route("GET", "/applications/{application}/skus", empty_list),
    Route("GET", "/applications/{application}/entitlements", empty_list),
)
