"""Presence: a user's status and activities, and the PRESENCE_UPDATE that tells of them."""

from typing import Any

from playground.payloads.users import presence_object
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


def set_presence(world: World, user: User, data: Json) -> None:
    """Set a user's status and activities from an opcode 3, and tell the user's guilds."""
    status = data.get("status")
    user.status = status if status in {"online", "idle", "dnd", "invisible", "offline"} else "online"
    if user.status == "invisible":
        user.status = "offline"
    activities = data.get("activities")
    user.activities = activities if isinstance(activities, list) else []
    for guild in world.guilds_of(user):
        world.emit("PRESENCE_UPDATE", presence_object(user) | {"guild_id": str(guild.id)}, guild_id=guild.id)
