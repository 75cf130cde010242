"""People vote in polls, and polls end."""

from playground.changes import message_changes
from playground.changes.message_changes import MessageDraft
from playground.payloads.polls import result_embed
from playground.world import messages
from playground.world.channels import Channel
from playground.world.mentions import NO_MENTIONS
from playground.world.messages import Message
from playground.world.users import User
from playground.world.world import World


def begin(world: World, channel: Channel, message: Message) -> None:
    """End a message's poll when its time is over."""
    poll = message.poll
    if poll is not None and not poll.ended:
        world.clock.at(max(poll.expires_at, world.clock.now()), lambda: _expire(world, channel, message))


def _expire(world: World, channel: Channel, message: Message) -> None:
    if world.channels.get(channel.id) is channel and channel.messages.get(message.id) is message:
        end(world, channel, message)


def vote(world: World, channel: Channel, message: Message, user: User, wanted: list[int]) -> None:
    """Make these answers a user's votes, with an event for each that comes or goes."""
    poll = message.poll
    if poll is None:
        return
    before = poll.votes_of(user.id)
    for number in [each for each in before if each not in wanted]:
        poll.votes[number].remove(user.id)
        _tell(world, channel, message, user, number, event="MESSAGE_POLL_VOTE_REMOVE")
    for number in [each for each in wanted if each not in before]:
        poll.votes.setdefault(number, []).append(user.id)
        _tell(world, channel, message, user, number, event="MESSAGE_POLL_VOTE_ADD")
    world.touch(channel, message.id)


def _tell(world: World, channel: Channel, message: Message, user: User, number: int, *, event: str) -> None:
    payload = {
        "user_id": str(user.id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "answer_id": number,
    }
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
    world.emit(event, payload, channel=channel)


def end(world: World, channel: Channel, message: Message) -> None:
    """End a poll now, and tell its result in a message; a second time does nothing."""
    poll = message.poll
    if poll is None or poll.ended:
        return
    poll.ended = True
    poll.expires_at = min(poll.expires_at, world.clock.now())
    message_changes.announce(world, channel, message, "MESSAGE_UPDATE")
    told = MessageDraft(
        type=messages.POLL_RESULT,
        embeds=[result_embed(poll)],
        reference=message_changes.reference_to(channel, message),
        allowed_mentions=NO_MENTIONS,
    )
    message_changes.post(world, channel, world.users[message.author_id], told)
