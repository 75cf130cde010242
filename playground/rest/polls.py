"""Polls of messages: votes, who voted, and the end.

https://docs.discord.com/developers/resources/poll
"""

from typing import Any, Final

from playground.changes import poll_changes
from playground.errors import ApiError, FormErrors, missing_access, unknown
from playground.payloads.users import user_object
from playground.rest.messages import message_for_caller
from playground.rest.request import Request
from playground.rest.router import Route
from playground.validation.fields import Fields
from playground.world.channels import Channel
from playground.world.messages import Message
from playground.world.permissions import Permission
from playground.world.polls import Poll

Json = dict[str, Any]


def _target(request: Request) -> tuple[Channel, Message, Poll]:
    channel = request.channel()
    request.world.require(request.user, channel, Permission.READ_MESSAGE_HISTORY)
    message = request.world.message(channel, request.path_id("message"))
    if message.poll is None:
        raise ApiError(400, 520006, "Cannot expire a non-poll message")
    return channel, message, message.poll


async def list_voters(request: Request) -> Json:
    """Return the users who voted for an answer, in the order of their ids."""
    _, _, poll = _target(request)
    number, after = request.path_id("answer"), request.query_id("after")
    if not 1 <= number <= len(poll.answers):
        raise unknown("Poll Answer", 10111)
    voters = sorted(each for each in poll.votes.get(number, ()) if each > after)
    limit = request.query_integer("limit", 25, 1, 100)
    return {"users": [user_object(request.world.users[each]) for each in voters[:limit]]}


async def vote(request: Request) -> None:
    """Set the caller's votes, as Discord's own client does; none takes them back. Bots cannot vote."""
    channel, message, poll = _target(request)
    fields = Fields(request.json, FormErrors())
    wanted = list(dict.fromkeys(fields.snowflakes("answer_ids", high=10)))
    if any(not 1 <= each <= len(poll.answers) for each in wanted) or (len(wanted) > 1 and not poll.multiple):
        fields.wrong("answer_ids", "BASE_TYPE_CHOICES", "These answers cannot be chosen.")
    fields.errors.check()
    if request.user.bot:
        raise missing_access()
    if poll.ended:
        raise ApiError(400, 520001, "Poll expired")
    poll_changes.vote(request.world, channel, message, request.user, wanted)


async def expire(request: Request) -> Json:
    """End one's own poll at once."""
    channel, message, poll = _target(request)
    if message.author_id != request.user.id:
        raise missing_access()
    if poll.ended:
        raise ApiError(400, 520001, "Poll expired")
    poll_changes.end(request.world, channel, message)
    return message_for_caller(request, channel, message)


_POLL = "/channels/{channel}/polls/{message}"

ROUTES: Final = (
    Route("GET", f"{_POLL}/answers/{{answer}}", list_voters),
    Route("PUT", f"{_POLL}/answers/@me", vote),
    Route("POST", f"{_POLL}/expire", expire),
)
