"""Users, members, roles, presences and applications."""

from playground.payloads.values import Json, iso
from playground.world.applications import Application
from playground.world.guilds import Member, Role
from playground.world.permissions import BOT
from playground.world.users import User


def user(person: User) -> Json:
    """Return a user object as others see it.

    https://discord.com/developers/docs/resources/user#user-object
    """
    shape: Json = {
        "id": str(person.id),
        "username": person.username,
        "discriminator": person.discriminator,
        "global_name": person.global_name,
        "avatar": person.avatar,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "clan": None,
        "public_flags": 0,
    }
    if person.bot:
        shape["bot"] = True
    return shape


def own_user(person: User) -> Json:
    """Return the user object that one gets of oneself."""
    return {
        **user(person),
        "bot": person.bot,
        "banner": None,
        "accent_color": None,
        "bio": "",
        "locale": person.locale,
        "mfa_enabled": person.bot,
        "verified": True,
        "email": None,
        "flags": 0,
        "premium_type": 0,
    }


def member(one: Member, *, with_user: bool = True) -> Json:
    """Return a guild member object."""
    shape: Json = {
        "roles": [str(role_id) for role_id in one.roles],
        "nick": one.nick,
        "avatar": None,
        "banner": None,
        "joined_at": iso(one.joined_at),
        "premium_since": None,
        "communication_disabled_until": iso(one.timeout_until),
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        shape["user"] = user(one.user)
    return shape


def role(one: Role) -> Json:
    """Return a role object."""
    shape: Json = {
        "id": str(one.id),
        "name": one.name,
        "description": None,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": one.color,
        "colors": {"primary_color": one.color, "secondary_color": None, "tertiary_color": None},
        "hoist": one.hoist,
        "managed": one.managed,
        "mentionable": one.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if one.bot_id is not None:
        shape["tags"] = {"bot_id": str(one.bot_id)}
    return shape


def presence(person: User) -> Json:
    """Return a presence without its guild."""
    online = {} if person.status == "offline" else {"web" if person.bot else "desktop": person.status}
    return {
        "user": {"id": str(person.id)},
        "status": person.status,
        "activities": person.activities,
        "client_status": online,
    }


def application(app: Application, guild_count: int) -> Json:
    """Return the application object that its own bot gets."""
    return {
        "id": str(app.id),
        "name": app.name,
        "icon": None,
        "description": app.description,
        "summary": "",
        "type": None,
        "bot": user(app.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(app.owner),
        "team": None,
        "verify_key": f"{app.id:064x}",
        "flags": app.flags,
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


def partial_application(app: Application) -> Json:
    """Return what READY and modals tell of an application."""
    return {"id": str(app.id), "name": app.name, "icon": None, "flags": app.flags, "bot": user(app.bot)}
