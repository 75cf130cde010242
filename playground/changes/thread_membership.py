"""Joining a thread and leaving it."""

from typing import Any

from playground.payloads.channels import thread_member_object
from playground.payloads.guilds import member_object
from playground.world.channels import Channel, ThreadMember
from playground.world.world import World

Json = dict[str, Any]


def join(world: World, thread: Channel, user_ids: list[int]) -> None:
    """Make members of the guild members of a thread; those who are already stay."""
    state, guild = thread.thread, world.guild_of(thread)
    if state is None or guild is None:
        return
    added = [each for each in user_ids if each not in state.members and each in guild.members]
    if not added:
        return
    for user_id in added:
        state.members[user_id] = ThreadMember(user_id, world.clock.now())
    _tell(world, thread, added, [])


def leave(world: World, thread: Channel, user_id: int) -> None:
    """Remove a user from a thread's members."""
    if thread.thread is not None and thread.thread.members.pop(user_id, None) is not None:
        _tell(world, thread, [], [user_id])


def _tell(world: World, thread: Channel, added: list[int], removed: list[int]) -> None:
    state, guild = thread.thread, world.guild_of(thread)
    if state is None or guild is None:
        return
    payload: Json = {
        "id": str(thread.id),
        "guild_id": str(guild.id),
        "member_count": min(50, len(state.members)),
    }
    if added:
        payload["added_members"] = [
            thread_member_object(thread, state.members[each])
            | {"member": member_object(guild.members[each]), "presence": None}
            for each in added
        ]
    if removed:
        payload["removed_member_ids"] = [str(each) for each in removed]
    world.emit("THREAD_MEMBERS_UPDATE", payload, channel=thread)
