"""Members of a thread: join, leave, add and remove.

https://discord.com/developers/docs/resources/channel#thread-member-object
"""

from typing import Any, Final

from playground.changes import thread_membership
from playground.changes.thread_changes import require_open
from playground.errors import ApiError, unknown
from playground.payloads.channels import thread_member_object
from playground.payloads.guilds import member_object
from playground.rest.request import Request
from playground.rest.router import Route
from playground.world.channels import Channel
from playground.world.permissions import Permission

Json = dict[str, Any]


def _thread(request: Request) -> Channel:
    thread = request.channel()
    if thread.thread is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return thread


async def join(request: Request) -> None:
    """Make the caller a member of a thread."""
    thread = _thread(request)
    require_open(thread)
    thread_membership.join(request.world, thread, [request.user.id])


async def add_member(request: Request) -> None:
    """Add a user to a thread."""
    thread = _thread(request)
    require_open(thread)
    request.world.require_sending(request.user, thread)
    user_id = request.path_id("user")
    if request.world.member(thread, user_id) is None:
        raise unknown("Member", 10007)
    if thread.thread is not None and user_id not in thread.thread.members:
        thread_membership.join(request.world, thread, [user_id])


async def leave(request: Request) -> None:
    """Take the caller out of a thread."""
    thread = _thread(request)
    require_open(thread)
    thread_membership.leave(request.world, thread, request.user.id)


async def remove_member(request: Request) -> None:
    """Remove a user from a thread."""
    thread = _thread(request)
    require_open(thread)
    request.world.require(request.user, thread, Permission.MANAGE_THREADS)
    thread_membership.leave(request.world, thread, request.path_id("user"))


async def get_member(request: Request) -> Json:
    """Return one thread member."""
    thread, user_id = _thread(request), request.path_id("user")
    if thread.thread is None or user_id not in thread.thread.members:
        raise unknown("Member", 10007)
    return _member(request, thread, user_id)


async def list_members(request: Request) -> list[Json]:
    """Return the members of a thread. With `with_member` it is one page, in the order of user ids.

    https://discord.com/developers/docs/resources/channel#list-thread-members
    """
    thread = _thread(request)
    found = list(thread.thread.members if thread.thread else ())
    if request.query_flag("with_member"):
        after = request.query_id("after")
        found = sorted(each for each in found if each > after)[: request.query_integer("limit", 100, 1, 100)]
    return [_member(request, thread, each) for each in found]


def _member(request: Request, thread: Channel, user_id: int) -> Json:
    state, guild = thread.thread, request.world.guild_of(thread)
    if state is None or guild is None:
        raise unknown("Member", 10007)
    payload = thread_member_object(thread, state.members[user_id])
    if request.query_flag("with_member") and user_id in guild.members:
        payload["member"] = member_object(guild.members[user_id])
    return payload


_MEMBERS = "/channels/{channel}/thread-members"

ROUTES: Final = (
    Route("GET", _MEMBERS, list_members),
    Route("PUT", f"{_MEMBERS}/@me", join, "threads.members"),
    Route("DELETE", f"{_MEMBERS}/@me", leave, "threads.members"),
    Route("PUT", f"{_MEMBERS}/{{user}}", add_member, "threads.members"),
    Route("DELETE", f"{_MEMBERS}/{{user}}", remove_member, "threads.members"),
    Route("GET", f"{_MEMBERS}/{{user}}", get_member),
)
