"""Messages are sent, edited, pinned and deleted; users type."""

from dataclasses import dataclass, field
from typing import Any

from playground.changes import link_previews, thread_membership
from playground.payloads.guilds import member_object
from playground.payloads.json_values import iso
from playground.payloads.messages import message_object
from playground.world import mentions, messages
from playground.world.channels import WITH_MESSAGES, Channel
from playground.world.messages import Attachment, Message
from playground.world.polls import Poll
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class MessageDraft:
    """A message that is about to be sent."""

    content: str = ""
    type: int = messages.DEFAULT
    flags: int = 0
    tts: bool = False
    nonce: str | int | None = None
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reference: Json | None = None
    snapshots: list[Json] = field(default_factory=list)
    allowed_mentions: mentions.AllowedMentions = field(default_factory=mentions.AllowedMentions)
    application_id: int | None = None
    webhook_id: int | None = None
    shown_name: str | None = None
    interaction: Json | None = None
    only_for: int | None = None
    poll: Poll | None = None


@dataclass(slots=True)
class MessageEdit:
    """The changes of a message's edit; None leaves a value as it is."""

    content: str | None = None
    flags: int | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    attachments: list[Attachment] | None = None
    allowed_mentions: mentions.AllowedMentions = field(default_factory=mentions.AllowedMentions)


UNCOUNTED_TYPES = frozenset(
    {messages.THREAD_CREATED, messages.THREAD_STARTER, messages.NAME_CHANGE, messages.RECIPIENT_ADD}
)
"""System messages that do not count as messages of a thread."""


def post(
    world: World, channel: Channel, author: User, draft: MessageDraft, *, message_id: int | None = None
) -> Message:
    """Send a message, and MESSAGE_CREATE to everyone who sees it. The caller checks permissions."""
    message = Message(
        id=world.snowflakes.next() if message_id is None else message_id,
        channel_id=channel.id,
        author_id=author.id,
        created_at=world.clock.now(),
        type=draft.type,
        content=draft.content,
        flags=draft.flags,
        tts=draft.tts,
        nonce=draft.nonce,
        embeds=draft.embeds,
        attachments=draft.attachments,
        components=draft.components,
        reference=draft.reference,
        snapshots=draft.snapshots,
        application_id=draft.application_id,
        webhook_id=draft.webhook_id,
        shown_name=draft.shown_name,
        interaction=draft.interaction,
        only_for=draft.only_for,
        poll=draft.poll,
    )
    message.mentions = mentions.find(world, channel, author, message, draft.allowed_mentions)
    if not message.ephemeral:
        _count(world, channel, author, message)
    channel.messages[message.id] = message
    world.attachments.update((each.id, each) for each in message.attachments)
    announce(world, channel, message, "MESSAGE_CREATE")
    link_previews.show_soon(world, channel, message, lambda: announce(world, channel, message, "MESSAGE_UPDATE"))
    return message


def _count(world: World, channel: Channel, author: User, message: Message) -> None:
    channel.last_message_id = message.id
    thread = channel.thread
    if thread is None:
        return
    if _counts(channel, message):
        thread.message_count += 1
        thread.total_message_sent += 1
    message.position = thread.total_message_sent
    if message.type in UNCOUNTED_TYPES:
        return
    thread.last_activity = message.created_at
    users = [author.id, *(each for each in message.mentions.users if each != author.id)]
    thread_membership.join(world, channel, users)


def _counts(thread: Channel, message: Message) -> bool:
    """Tell whether a thread counts a message: it leaves out the first one of a forum post, and system messages.

    https://discord.com/developers/docs/resources/channel#channel-object
    """
    return message.id != thread.id and message.type not in UNCOUNTED_TYPES and not message.ephemeral


def announce(world: World, channel: Channel, message: Message, event: str) -> None:
    """Send MESSAGE_CREATE or MESSAGE_UPDATE to everyone who sees the message."""
    world.touch(channel, message.id)
    only = None if message.only_for is None else {message.only_for}
    world.emit(
        event, lambda viewer: message_object(world, channel, message, viewer, event=True), channel=channel, only=only
    )


def edit(world: World, channel: Channel, message: Message, change: MessageEdit, *, silent: bool = False) -> None:
    """Change a message. With `silent` it does not say "(edited)"; a deferred response gets its content that way."""
    content_changed = change.content is not None and change.content != message.content
    if change.content is not None:
        message.content = change.content
    if change.flags is not None:
        message.flags = change.flags
    if change.embeds is not None:
        message.embeds = change.embeds
    elif content_changed:
        message.embeds = [each for each in message.embeds if each.get("type", "rich") == "rich"]
    if change.components is not None:
        message.components = change.components
    if change.attachments is not None:
        _forget_files(world, [each for each in message.attachments if each not in change.attachments])
        message.attachments = change.attachments
        world.attachments.update((each.id, each) for each in message.attachments)
    if message.flags & messages.SUPPRESS_EMBEDS:
        message.embeds = []
    if not silent:
        message.edited_at = world.clock.now()
    author = world.users[message.author_id]
    found = mentions.find(world, channel, author, message, change.allowed_mentions)
    # An edit shows mentions but notifies nobody.
    message.mentions = messages.Mentions(found.users, found.roles, found.everyone, message.mentions.pinged)
    announce(world, channel, message, "MESSAGE_UPDATE")
    if content_changed:
        link_previews.show_soon(world, channel, message, lambda: announce(world, channel, message, "MESSAGE_UPDATE"))


def delete(world: World, channel: Channel, message: Message) -> None:
    """Delete a message."""
    del channel.messages[message.id]
    world.touch(channel, message.id)
    _forget_files(world, message.attachments)
    _subtract(channel, [message])
    payload = _delete_event(channel, {"id": str(message.id)})
    only = None if message.only_for is None else {message.only_for}
    world.emit("MESSAGE_DELETE", payload, channel=channel, only=only)


def delete_many(world: World, channel: Channel, removed: list[Message]) -> None:
    """Delete many messages with one event."""
    for message in removed:
        del channel.messages[message.id]
        world.touch(channel, message.id)
        _forget_files(world, message.attachments)
    _subtract(channel, removed)
    payload = _delete_event(channel, {"ids": [str(each.id) for each in removed]})
    world.emit("MESSAGE_DELETE_BULK", payload, channel=channel)


def _subtract(channel: Channel, gone: list[Message]) -> None:
    if channel.thread is not None:
        counted = sum(_counts(channel, each) for each in gone)
        channel.thread.message_count = max(0, channel.thread.message_count - counted)


def _forget_files(world: World, files: list[Attachment]) -> None:
    for file in files:
        world.attachments.pop(file.id, None)


def _delete_event(channel: Channel, payload: Json) -> Json:
    payload["channel_id"] = str(channel.id)
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
    return payload


def start_typing(world: World, channel: Channel, user: User) -> None:
    """Send TYPING_START to everyone who sees the channel; clients show it for ten seconds."""
    payload: Json = {
        "channel_id": str(channel.id),
        "user_id": str(user.id),
        "timestamp": int(world.clock.now()),
    }
    member = world.member(channel, user.id)
    if member is not None:
        payload |= {"guild_id": str(channel.guild_id), "member": member_object(member)}
    world.emit("TYPING_START", payload, channel=channel)


def pin(world: World, channel: Channel, message: Message, *, pinned: bool, by: User) -> None:
    """Pin or unpin a message. A pin adds a system message to the channel."""
    if (message.pinned_at is not None) == pinned:
        return
    now = world.clock.now()
    message.pinned_at = now if pinned else None
    if pinned:
        channel.last_pin_at = now
    announce(world, channel, message, "MESSAGE_UPDATE")
    payload: Json = {"channel_id": str(channel.id), "last_pin_timestamp": iso(channel.last_pin_at)}
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
    world.emit("CHANNEL_PINS_UPDATE", payload, channel=channel)
    if pinned:
        reference = reference_to(channel, message)
        post(
            world,
            channel,
            by,
            MessageDraft(type=messages.PINNED, reference=reference, allowed_mentions=mentions.NO_MENTIONS),
        )


def reference_to(channel: Channel, message: Message | None, *, kind: int = 0) -> Json:
    """Return a message reference object; `kind` 1 is a forward."""
    reference: Json = {"type": kind, "channel_id": str(channel.id)}
    if message is not None:
        reference["message_id"] = str(message.id)
    if channel.guild_id is not None:
        reference["guild_id"] = str(channel.guild_id)
    return reference


def holds_messages(channel: Channel) -> bool:
    """Tell whether a channel can have messages; categories and forums cannot."""
    return channel.type in WITH_MESSAGES or channel.guild_id is None
