"""Applications and their commands as JSON objects."""

from playground.payloads.json_values import Json
from playground.payloads.users import user_object
from playground.world.applications import Application, ApplicationCommand
from playground.world.permissions import BOT


def application_object(application: Application, guild_count: int) -> Json:
    """Return the application object that its own bot gets."""
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": application.description,
        "summary": "",
        "type": None,
        "bot": user_object(application.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user_object(application.owner),
        "team": None,
        "verify_key": f"{application.id:064x}",
        "flags": application.flags,
        "hook": True,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "event_webhooks_url": None,
        "event_webhooks_status": 1,
        "event_webhooks_types": [],
        "approximate_guild_count": guild_count,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "install_params": {"scopes": ["applications.commands", "bot"], "permissions": str(BOT)},
        "integration_types_config": {
            "0": {"oauth2_install_params": {"scopes": ["applications.commands", "bot"], "permissions": str(BOT)}}
        },
        "tags": [],
    }


def partial_application_object(application: Application) -> Json:
    """Return the application of a modal or of the command index."""
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "flags": application.flags,
        "bot": user_object(application.bot),
    }


def application_command_object(command: ApplicationCommand, *, localizations: bool = True) -> Json:
    """Return an application command object, with or without its `…_localizations`."""
    payload: Json = {
        "id": str(command.id),
        "application_id": str(command.application_id),
        "version": str(command.version),
        **command.body,
    }
    if command.guild_id is not None:
        payload["guild_id"] = str(command.guild_id)
    return payload if localizations else _without_localizations(payload)


def _without_localizations(payload: Json) -> Json:
    kept = {key: value for key, value in payload.items() if not key.endswith("_localizations")}
    for name in ("options", "choices"):
        if name in kept:
            kept[name] = [_without_localizations(each) for each in kept[name]]
    return kept


def localized_command_object(payload: Json, locale: str) -> Json:
    """Return a command, option or choice with `…_localized` texts for one locale instead of all localizations."""
    found = {key: value for key, value in payload.items() if not key.endswith("_localizations")}
    for name in ("name", "description"):
        text = (payload.get(f"{name}_localizations") or {}).get(locale)
        if text is not None:
            found[f"{name}_localized"] = text
    for name in ("options", "choices"):
        if payload.get(name) is not None:
            found[name] = [localized_command_object(each, locale) for each in payload[name]]
    return found
