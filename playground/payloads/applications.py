"""Applications as JSON objects."""

from playground.payloads.users import user_object
from playground.payloads.values import Json
from playground.world.applications import Application
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
