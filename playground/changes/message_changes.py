"""Writing, editing and deleting messages."""

from dataclasses import dataclass, field
from typing import Any

from playground.changes import link_previews, thread_membership
from playground.payloads.guilds import member_object
from playground.payloads.messages import message_object
from playground.payloads.values import iso
from playground.world import mentions, messages
from playground.world.channels import WITH_MESSAGES, Channel
from playground.world.messages import Attachment, Message
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]


@dataclass(slots=True)
class MessageDraft:
    """A message before it has an id."""

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
    allowed: mentions.Allowed = field(default_factory=mentions.Allowed)
    application_id: int | None = None
    webhook_id: int | None = None
    interaction: Json | None = None
    only_for: int | None = None


@dataclass(slots=True)
class MessageEdit:
    """An edit: what is None stays as it is."""

    content: str | None = None
    flags: int | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    attachments: list[Attachment] | None = None
    allowed: mentions.Allowed = field(default_factory=mentions.Allowed)


SILENT_TYPES = frozenset(
    {messages.THREAD_CREATED, messages.THREAD_STARTER, messages.NAME_CHANGE, messages.RECIPIENT_ADD}
)
"""System messages that a thread does not count."""


def post(
    world: World, channel: Channel, author: User, draft: MessageDraft, *, message_id: int | None = None
) -> Message:
    """Write a message and tell everyone who sees it. Permissions are the caller's to check."""
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
        interaction=draft.interaction,
        only_for=draft.only_for,
    )
    message.mentions = mentions.find(world, channel, author, message, draft.allowed)
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
    if message.type in SILENT_TYPES:
        return
    thread.last_activity = message.created_at
    newcomers = [author.id, *(each for each in message.mentions.users if each != author.id)]
    thread_membership.join(world, channel, newcomers)


def _counts(thread: Channel, message: Message) -> bool:
    """Tell whether a thread counts a message: not the first one of a forum post, nor notices.

    https://discord.com/developers/docs/resources/channel#channel-object
    """
    return message.id != thread.id and message.type not in SILENT_TYPES and not message.ephemeral


def announce(world: World, channel: Channel, message: Message, event: str) -> None:
    """Send a message to everyone who sees it, as MESSAGE_CREATE or MESSAGE_UPDATE."""
    only = None if message.only_for is None else {message.only_for}
    world.emit(
        event, lambda viewer: message_object(world, channel, message, viewer, event=True), channel=channel, only=only
    )


def edit(world: World, channel: Channel, message: Message, changes: MessageEdit, *, silent: bool = False) -> None:
    """Change a message; `silent` leaves no "(edited)" (a deferred answer's first words)."""
    content_changed = changes.content is not None and changes.content != message.content
    if changes.content is not None:
        message.content = changes.content
    if changes.flags is not None:
        message.flags = changes.flags
    if changes.embeds is not None:
        message.embeds = changes.embeds
    elif content_changed:
        message.embeds = [each for each in message.embeds if each.get("type", "rich") == "rich"]
    if changes.components is not None:
        message.components = changes.components
    if changes.attachments is not None:
        _forget_files(world, [each for each in message.attachments if each not in changes.attachments])
        message.attachments = changes.attachments
        world.attachments.update((each.id, each) for each in message.attachments)
    if message.flags & messages.SUPPRESS_EMBEDS:
        message.embeds = []
    if not silent:
        message.edited_at = world.clock.now()
    author = world.users[message.author_id]
    found = mentions.find(world, channel, author, message, changes.allowed)
    # An edit shows mentions but notifies nobody.
    message.mentions = messages.Mentions(found.users, found.roles, found.everyone, message.mentions.pinged)
    announce(world, channel, message, "MESSAGE_UPDATE")
    if content_changed:
        link_previews.show_soon(world, channel, message, lambda: announce(world, channel, message, "MESSAGE_UPDATE"))


def delete(world: World, channel: Channel, message: Message) -> None:
    """Take a message away."""
    del channel.messages[message.id]
    _forget_files(world, message.attachments)
    _uncount(channel, [message])
    payload = _deleted(channel, {"id": str(message.id)})
    only = None if message.only_for is None else {message.only_for}
    world.emit("MESSAGE_DELETE", payload, channel=channel, only=only)


def delete_many(world: World, channel: Channel, doomed: list[Message]) -> None:
    """Take many messages away with one event."""
    for message in doomed:
        del channel.messages[message.id]
        _forget_files(world, message.attachments)
    _uncount(channel, doomed)
    payload = _deleted(channel, {"ids": [str(each.id) for each in doomed]})
    world.emit("MESSAGE_DELETE_BULK", payload, channel=channel)


def _uncount(channel: Channel, gone: list[Message]) -> None:
    if channel.thread is not None:
        counted = sum(_counts(channel, each) for each in gone)
        channel.thread.message_count = max(0, channel.thread.message_count - counted)


def _forget_files(world: World, files: list[Attachment]) -> None:
    for file in files:
        world.attachments.pop(file.id, None)


def _deleted(channel: Channel, payload: Json) -> Json:
    payload["channel_id"] = str(channel.id)
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
    return payload


def start_typing(world: World, channel: Channel, user: User) -> None:
    """Tell everyone that a user types; it shows for ten seconds."""
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
    """Pin or unpin a message."""
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
            MessageDraft(type=messages.PINNED, reference=reference, allowed=mentions.Allowed(frozenset())),
        )


def reference_to(channel: Channel, message: Message | None, *, kind: int = 0) -> Json:
    """Return a `message_reference` object."""
    reference: Json = {"type": kind, "channel_id": str(channel.id)}
    if message is not None:
        reference["message_id"] = str(message.id)
    if channel.guild_id is not None:
        reference["guild_id"] = str(channel.guild_id)
    return reference


def holds_messages(channel: Channel) -> bool:
    """Tell whether messages can be written there at all (not in categories and forums)."""
    return channel.type in WITH_MESSAGES or channel.guild_id is None
