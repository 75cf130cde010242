"""Messages, attachments and reactions as JSON objects.

https://discord.com/developers/docs/resources/message
"""

from typing import Final
from urllib.parse import quote

from playground.payloads.cdn_links import signed
from playground.payloads.channels import thread_object
from playground.payloads.guilds import member_object
from playground.payloads.json_values import Json, iso, snowflake
from playground.payloads.polls import poll_object
from playground.payloads.users import user_object
from playground.world.channels import Channel
from playground.world.messages import HAS_THREAD, REPLY, THREAD_STARTER, Attachment, Message, Reaction
from playground.world.users import User
from playground.world.world import World


def attachment_object(world: World, file: Attachment) -> Json:
    """Return an attachment object. Its links work for a day from now."""
    folder = "ephemeral-attachments" if file.ephemeral else "attachments"
    path = f"/{folder}/{file.channel_id}/{file.id}/{quote(file.filename)}"
    url = world.origin + signed(path, world.clock.now())
    payload: Json = {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
    }
    optional = {
        "content_type": file.content_type,
        "width": file.width,
        "height": file.height,
        "description": file.description,
        "title": file.title,
    }
    payload |= {key: value for key, value in optional.items() if value is not None}
    if file.ephemeral:
        payload["ephemeral"] = True
    if file.spoiler:
        payload["spoiler"] = True
    return payload


def reaction_object(reaction: Reaction, viewer: User | None) -> Json:
    """Return a reaction object."""
    return {
        "emoji": reaction.emoji,
        "count": len(reaction.users),
        "count_details": {"burst": 0, "normal": len(reaction.users)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "burst_count": 0,
        "me": viewer is not None and viewer.id in reaction.users,
    }


def message_object(
    world: World, channel: Channel, message: Message, viewer: User | None = None, *, depth: int = 1, event: bool = False
) -> Json:
    """Return a message object as `viewer` gets it.

    `event` adds what only gateway events have (`guild_id`, `member`, members of mentions). `depth` 0 leaves out the
    message that this message replies to.

    https://discord.com/developers/docs/resources/message#message-object
    """
    payload: Json = {
        "id": str(message.id),
        "type": message.type,
        "channel_id": str(message.channel_id),
        "author": _author(world, message),
        "content": message.content,
        "timestamp": iso(message.created_at),
        "edited_timestamp": iso(message.edited_at),
        "tts": message.tts,
        "flags": message.flags,
        "pinned": message.pinned_at is not None,
        "mention_everyone": message.mentions.everyone,
        "mentions": [_mention(world, channel, user_id, event=event) for user_id in message.mentions.users],
        "mention_roles": [str(role_id) for role_id in message.mentions.roles],
        "attachments": [attachment_object(world, each) for each in _listed_files(message)],
        "embeds": _embeds(world, message),
        "components": component_objects(world, message),
    }
    if message.poll is not None:
        payload["poll"] = poll_object(message.poll, viewer)
    if message.reactions:
        payload["reactions"] = [reaction_object(each, viewer) for each in message.reactions.values()]
    payload |= _context(world, message, viewer, depth)
    if message.position is not None and channel.is_thread:
        payload["position"] = message.position
    if message.flags & HAS_THREAD and message.id in world.channels:
        payload["thread"] = thread_object(world, world.channels[message.id], viewer)
    return payload | _event_fields(world, channel, message) if event else payload


def _author(world: World, message: Message) -> Json:
    author = user_object(world.users[message.author_id])
    return author if message.shown_name is None else author | {"username": message.shown_name}


def _context(world: World, message: Message, viewer: User | None, depth: int) -> Json:
    """Return what a message refers to: another message, an interaction, an application."""
    payload: Json = {}
    if message.reference is not None:
        payload["message_reference"] = message.reference
        if message.type in {REPLY, THREAD_STARTER} and depth:
            payload["referenced_message"] = _referenced(world, message.reference, viewer)
    if message.snapshots:
        payload["message_snapshots"] = message.snapshots
    for key, value in (("application_id", message.application_id), ("webhook_id", message.webhook_id)):
        if value is not None:
            payload[key] = str(value)
    if message.interaction is not None:
        payload |= _interaction(message.interaction)
    return payload


def _event_fields(world: World, channel: Channel, message: Message) -> Json:
    payload: Json = {"channel_type": channel.type}
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if channel.guild_id is not None:
        payload["guild_id"] = str(channel.guild_id)
        author = world.member(channel, message.author_id)
        if author is not None and message.webhook_id is None:
            payload["member"] = member_object(author, with_user=False)
    return payload


def _listed_files(message: Message) -> list[Attachment]:
    """Return the files of `attachments`. Files that embeds or components show are not listed there.

    https://github.com/discord/discord-api-docs/issues/8277
    """
    if message.components_v2 or not message.attachments:
        return []
    shown = {
        embed[part][key].removeprefix("attachment://")
        for embed in message.embeds
        for part, key in _EMBED_LINKS
        if embed.get(part, {}).get(key)
    }
    return [each for each in message.attachments if each.filename not in shown]


_EMBED_LINKS: Final = (("image", "url"), ("thumbnail", "url"), ("footer", "icon_url"), ("author", "icon_url"))


def _embeds(world: World, message: Message) -> list[Json]:
    if not message.attachments or not message.embeds:
        return message.embeds
    links = {f"attachment://{each.filename}": each for each in message.attachments}
    return [_linked(world, each, links) for each in message.embeds]


def _linked(world: World, embed: Json, links: dict[str, Attachment]) -> Json:
    payload = dict(embed)
    for part, key in _EMBED_LINKS:
        file = links.get(payload.get(part, {}).get(key, ""))
        if file is not None:
            url = attachment_object(world, file)["url"]
            payload[part] = {**payload[part], key: url, "proxy_url" if key == "url" else "proxy_icon_url": url}
            if key == "url":
                payload[part] |= {"width": file.width or 0, "height": file.height or 0}
    return payload


def _mention(world: World, channel: Channel, user_id: int, *, event: bool) -> Json:
    payload = user_object(world.users[user_id])
    member = world.member(channel, user_id)
    if event and member is not None:
        payload["member"] = member_object(member, with_user=False)
    return payload


def _referenced(world: World, reference: Json, viewer: User | None) -> Json | None:
    channel = world.channels.get(int(reference["channel_id"]))
    target = channel.messages.get(int(reference["message_id"])) if channel and "message_id" in reference else None
    if channel is None or target is None:
        return None
    return message_object(world, channel, target, viewer, depth=0)


def _interaction(metadata: Json) -> Json:
    payload: Json = {"interaction_metadata": metadata}
    if metadata["type"] == 2:
        payload["interaction"] = {key: metadata[key] for key in ("id", "type", "name", "user")}
    return payload


def component_objects(world: World, message: Message) -> list[Json]:
    """Return the components; each `attachment://name` becomes a signed link."""
    if not message.components:
        return []
    if not message.components_v2:
        return message.components
    files = {each.filename: each for each in message.attachments}
    return [_resolve(world, each, files) for each in message.components]


def _resolve(world: World, component: Json, files: dict[str, Attachment]) -> Json:
    kind = component["type"]
    payload = dict(component)
    if kind in {9, 17}:
        payload["components"] = [_resolve(world, each, files) for each in component["components"]]
        if "accessory" in component:
            payload["accessory"] = _resolve(world, component["accessory"], files)
    elif kind == 11:
        payload["media"] = _media(world, component["media"], files)
    elif kind == 12:
        payload["items"] = [{**item, "media": _media(world, item["media"], files)} for item in component["items"]]
    elif kind == 13:
        payload["file"] = _media(world, component["file"], files)
        file = files.get(_name(component["file"]["url"]))
        if file is not None:
            payload |= {"name": file.filename, "size": len(file.data)}
    return payload


def _name(url: str) -> str:
    return url.removeprefix("attachment://")


def _media(world: World, media: Json, files: dict[str, Attachment]) -> Json:
    url = media["url"]
    file = files.get(_name(url)) if url.startswith("attachment://") else None
    payload: Json = {
        "id": snowflake(file.id if file else world.snowflakes.next()),
        "url": url,
        "proxy_url": url,
        "width": file.width if file else None,
        "height": file.height if file else None,
        "content_type": file.content_type if file else None,
        "placeholder": None,
        "placeholder_version": None,
        "flags": 0,
        "loading_state": 2,
        "content_scan_metadata": {"version": 4, "flags": 0},
    }
    if file is not None:
        link = attachment_object(world, file)["url"]
        payload |= {"url": link, "proxy_url": link, "attachment_id": str(file.id)}
    return payload
