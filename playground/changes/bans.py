"""Users are banned from a guild, and banned no longer."""

from playground.changes import guild_membership, message_changes
from playground.payloads.users import user_object
from playground.snowflakes import snowflake_at
from playground.world.guilds import Guild
from playground.world.users import User
from playground.world.world import World


def ban(world: World, guild: Guild, user: User, reason: str | None, *, delete_seconds: int = 0) -> None:
    """Ban a user, who leaves if they are there, and delete what they wrote in the last `delete_seconds`."""
    guild.bans[user.id] = reason
    world.emit("GUILD_BAN_ADD", {"guild_id": str(guild.id), "user": user_object(user)}, guild_id=guild.id)
    guild_membership.leave(world, guild, user)
    oldest = snowflake_at(world.clock.now() - delete_seconds)
    for channel in [*guild.channels.values(), *guild.threads.values()]:
        theirs = [each for each in channel.messages.values() if each.author_id == user.id and each.id >= oldest]
        if delete_seconds and theirs:
            message_changes.delete_many(world, channel, theirs)


def unban(world: World, guild: Guild, user: User) -> None:
    """End a user's ban. They do not come back by that."""
    del guild.bans[user.id]
    world.emit("GUILD_BAN_REMOVE", {"guild_id": str(guild.id), "user": user_object(user)}, guild_id=guild.id)
