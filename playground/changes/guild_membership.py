"""Joining a guild and leaving it, and changes of members."""

from playground.payloads.guilds import guild_create_object, member_object
from playground.payloads.users import user_object
from playground.world.guilds import Guild, Member
from playground.world.users import User
from playground.world.world import World


def join(
    world: World, guild: Guild, user: User, *, roles: list[int] | None = None, joined_at: float | None = None
) -> Member:
    """Make a user a member: they get GUILD_CREATE, the others GUILD_MEMBER_ADD. They join now, if nothing is said."""
    member = Member(user, world.clock.now() if joined_at is None else joined_at, roles or [])
    guild.members[user.id] = member
    world.emit("GUILD_MEMBER_ADD", member_object(member) | {"guild_id": str(guild.id)}, guild_id=guild.id)
    whole = guild_create_object(world, guild, user, everyone=True, presences=True)
    # A guild that the user has just joined has no `unavailable`: so libraries tell it from the guilds of a log-in.
    del whole["unavailable"]
    world.emit("GUILD_CREATE", whole, guild_id=guild.id, only={user.id})
    return member


def leave(world: World, guild: Guild, user: User) -> None:
    """Remove a user from a guild: they get GUILD_DELETE, the others GUILD_MEMBER_REMOVE."""
    if guild.members.pop(user.id, None) is None:
        return
    world.emit("GUILD_DELETE", {"id": str(guild.id)}, guild_id=guild.id, only={user.id})
    payload = {"guild_id": str(guild.id), "user": user_object(user)}
    world.emit("GUILD_MEMBER_REMOVE", payload, guild_id=guild.id)


def announce_update(world: World, guild: Guild, member: Member) -> None:
    """Send GUILD_MEMBER_UPDATE after a change of roles, nick or timeout."""
    world.emit("GUILD_MEMBER_UPDATE", member_object(member) | {"guild_id": str(guild.id)}, guild_id=guild.id)
