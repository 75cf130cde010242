"""Messages, attachments and reactions."""

from typing import Final
from urllib.parse import quote

from playground.payloads import channels, users
from playground.payloads.cdn_links import signed
from playground.payloads.values import Json, iso, snowflake
from playground.world.channels import Channel
from playground.world.messages import HAS_THREAD, REPLY, THREAD_STARTER, Attachment, Message, Reaction
from playground.world.users import User
from playground.world.world import World


def attachment(world: World, file: Attachment) -> Json:
    """Return an attachment object, its links good for a day from now."""
    folder = "ephemeral-attachments" if file.ephemeral else "attachments"
    path = f"/{folder}/{file.channel_id}/{file.id}/{quote(file.filename)}"
    url = world.origin + signed(path, world.clock.now())
    shape: Json = {
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
    shape |= {key: value for key, value in optional.items() if value is not None}
    if file.ephemeral:
        shape["ephemeral"] = True
    if file.spoiler:
        shape["spoiler"] = True
    return shape


def reaction(one: Reaction, viewer: User | None) -> Json:
    """Return a reaction object."""
    return {
        "emoji": one.emoji,
        "count": len(one.users),
        "count_details": {"burst": 0, "normal": len(one.users)},
        "burst_colors": [],
        "me_burst": False,
        "burst_me": False,
        "burst_count": 0,
        "me": viewer is not None and viewer.id in one.users,
    }


def message(
    world: World, channel: Channel, one: Message, viewer: User | None = None, *, depth: int = 1, event: bool = False
) -> Json:
    """Return a message object; `event` adds what only gateway events have (`guild_id`, `member`, mentions' members).

    https://discord.com/developers/docs/resources/message#message-object
    """
    shape: Json = {
        "id": str(one.id),
        "type": one.type,
        "channel_id": str(one.channel_id),
        "author": users.user(world.users[one.author_id]),
        "content": one.content,
        "timestamp": iso(one.created_at),
        "edited_timestamp": iso(one.edited_at),
        "tts": one.tts,
        "flags": one.flags,
        "pinned": one.pinned_at is not None,
        "mention_everyone": one.mentions.everyone,
        "mentions": [_mention(world, channel, user_id, event=event) for user_id in one.mentions.users],
        "mention_roles": [str(role_id) for role_id in one.mentions.roles],
        "attachments": [attachment(world, each) for each in _loose_files(one)],
        "embeds": _embeds(world, one),
        "components": components(world, one),
    }
    if one.reactions:
        shape["reactions"] = [reaction(each, viewer) for each in one.reactions.values()]
    shape |= _context(world, one, viewer, depth)
    if one.position is not None and channel.is_thread:
        shape["position"] = one.position
    if one.flags & HAS_THREAD and one.id in world.channels:
        shape["thread"] = channels.thread(world, world.channels[one.id], viewer)
    return shape | _event_fields(world, channel, one) if event else shape


def _context(world: World, one: Message, viewer: User | None, depth: int) -> Json:
    """Return what a message refers to: another message, an interaction, an application."""
    shape: Json = {}
    if one.reference is not None:
        shape["message_reference"] = one.reference
        if one.type in {REPLY, THREAD_STARTER} and depth:
            shape["referenced_message"] = _referenced(world, one.reference, viewer)
    if one.snapshots:
        shape["message_snapshots"] = one.snapshots
    for key, value in (("application_id", one.application_id), ("webhook_id", one.webhook_id)):
        if value is not None:
            shape[key] = str(value)
    if one.interaction is not None:
        shape |= _interaction(one.interaction)
    return shape


def _event_fields(world: World, channel: Channel, one: Message) -> Json:
    shape: Json = {"channel_type": channel.type}
    if one.nonce is not None:
        shape["nonce"] = one.nonce
    if channel.guild_id is not None:
        shape["guild_id"] = str(channel.guild_id)
        author = world.member(channel, one.author_id)
        if author is not None and one.webhook_id is None:
            shape["member"] = users.member(author, with_user=False)
    return shape


def _loose_files(one: Message) -> list[Attachment]:
    """Return the files that stand for themselves: those shown in embeds and components are not listed.

    https://github.com/discord/discord-api-docs/issues/8277
    """
    if one.components_v2 or not one.attachments:
        return []
    shown = {
        embed[place][key].removeprefix("attachment://")
        for embed in one.embeds
        for place, key in _EMBED_LINKS
        if embed.get(place, {}).get(key)
    }
    return [each for each in one.attachments if each.filename not in shown]


_EMBED_LINKS: Final = (("image", "url"), ("thumbnail", "url"), ("footer", "icon_url"), ("author", "icon_url"))


def _embeds(world: World, one: Message) -> list[Json]:
    if not one.attachments or not one.embeds:
        return one.embeds
    links = {f"attachment://{each.filename}": each for each in one.attachments}
    return [_linked(world, each, links) for each in one.embeds]


def _linked(world: World, embed: Json, links: dict[str, Attachment]) -> Json:
    shape = dict(embed)
    for place, key in _EMBED_LINKS:
        file = links.get(shape.get(place, {}).get(key, ""))
        if file is not None:
            url = attachment(world, file)["url"]
            shape[place] = {**shape[place], key: url, "proxy_url" if key == "url" else "proxy_icon_url": url}
            if key == "url":
                shape[place] |= {"width": file.width or 0, "height": file.height or 0}
    return shape


def _mention(world: World, channel: Channel, user_id: int, *, event: bool) -> Json:
    shape = users.user(world.users[user_id])
    member = world.member(channel, user_id)
    if event and member is not None:
        shape["member"] = users.member(member, with_user=False)
    return shape


def _referenced(world: World, reference: Json, viewer: User | None) -> Json | None:
    channel = world.channels.get(int(reference["channel_id"]))
    target = channel.messages.get(int(reference["message_id"])) if channel and "message_id" in reference else None
    if channel is None or target is None:
        return None
    return message(world, channel, target, viewer, depth=0)


def _interaction(metadata: Json) -> Json:
    shape: Json = {"interaction_metadata": metadata}
    if metadata["type"] == 2:
        shape["interaction"] = {key: metadata[key] for key in ("id", "type", "name", "user")}
    return shape


def components(world: World, one: Message) -> list[Json]:
    """Return the components with their media resolved: `attachment://name` becomes a signed link."""
    if not one.components:
        return []
    if not one.components_v2:
        return one.components
    files = {each.filename: each for each in one.attachments}
    return [_resolve(world, each, files) for each in one.components]


def _resolve(world: World, component: Json, files: dict[str, Attachment]) -> Json:
    kind = component["type"]
    shape = dict(component)
    if kind in {9, 17}:
        shape["components"] = [_resolve(world, each, files) for each in component["components"]]
        if "accessory" in component:
            shape["accessory"] = _resolve(world, component["accessory"], files)
    elif kind == 11:
        shape["media"] = _media(world, component["media"], files)
    elif kind == 12:
        shape["items"] = [{**item, "media": _media(world, item["media"], files)} for item in component["items"]]
    elif kind == 13:
        shape["file"] = _media(world, component["file"], files)
        file = files.get(_name(component["file"]["url"]))
        if file is not None:
            shape |= {"name": file.filename, "size": len(file.data)}
    return shape


def _name(url: str) -> str:
    return url.removeprefix("attachment://")


def _media(world: World, media: Json, files: dict[str, Attachment]) -> Json:
    url = media["url"]
    file = files.get(_name(url)) if url.startswith("attachment://") else None
    shape: Json = {
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
        link = attachment(world, file)["url"]
        shape |= {"url": link, "proxy_url": link, "attachment_id": str(file.id)}
    return shape
