"""Users and presences as JSON objects.

https://discord.com/developers/docs/resources/user
"""

from playground.payloads.json_values import Json
from playground.world.users import User


def user_object(user: User) -> Json:
    """Return a user object as others see it.

    https://discord.com/developers/docs/resources/user#user-object
    """
    payload: Json = {
        "id": str(user.id),
        "username": user.username,
        "discriminator": user.discriminator,
        "global_name": user.global_name,
        "avatar": user.avatar,
        "avatar_decoration_data": None,
        "collectibles": None,
        "primary_guild": None,
        "clan": None,
        "public_flags": 0,
    }
    if user.bot:
        payload["bot"] = True
    return payload


def current_user_object(user: User) -> Json:
    """Return the user object that users get of themselves."""
    return {
        **user_object(user),
        "bot": user.bot,
        "banner": None,
        "accent_color": None,
        "bio": "",
        "locale": user.locale,
        "mfa_enabled": user.bot,
        "verified": True,
        "email": None,
        "flags": 0,
        "premium_type": 0,
    }


def presence_object(user: User) -> Json:
    """Return a presence without its `guild_id`."""
    client_status = {} if user.status == "offline" else {"web" if user.bot else "desktop": user.status}
    return {
        "user": {"id": str(user.id)},
        "status": user.status,
        "activities": user.activities,
        "client_status": client_status,
    }
