"""Link previews: a moment after a message with a link, a MESSAGE_UPDATE adds an embed that shows the link.

The message does not count as edited. Nothing is fetched: `World.pages` holds the embeds of links; the embed of any
other link shows its address.
"""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from playground.world.channels import Channel
from playground.world.messages import SUPPRESS_EMBEDS, Message
from playground.world.permissions import Permission
from playground.world.world import World

Json = dict[str, Any]

DELAY: Final = 0.2
"""Seconds until a preview appears."""
_LINK: Final = re.compile(r"(?<![<\w])https?://[^\s<>`]+[^\s<>`.,;:!?'\")\]]")
_CODE: Final = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_IMAGES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp")
MAX_LINKS: Final = 5
"""Links of one message that get an embed."""


def show_soon(world: World, channel: Channel, message: Message, announce: Callable[[], None]) -> None:
    """Add embeds for a message's links a moment later, and call `announce` then."""
    if message.flags & SUPPRESS_EMBEDS or message.components_v2 or "://" not in message.content:
        return
    links = list(dict.fromkeys(_LINK.findall(_CODE.sub("", message.content))))[:MAX_LINKS]
    author = world.users[message.author_id]
    if links and world.may(author, channel, Permission.EMBED_LINKS):
        world.clock.after(DELAY, lambda: _show(world, channel, message, links, announce))


def _show(world: World, channel: Channel, message: Message, links: list[str], announce: Callable[[], None]) -> None:
    gone = channel.messages.get(message.id) is not message
    if gone or message.flags & SUPPRESS_EMBEDS or any(link not in message.content for link in links):
        return
    shown = {each.get("url") for each in message.embeds}
    new = [embed for link in links if (embed := _embed(world, link)) is not None and embed["url"] not in shown]
    if not new:
        return
    message.embeds = [*message.embeds, *new][:10]
    announce()


def _embed(world: World, link: str) -> Json | None:
    known = world.pages.get(link)
    if known is not None:
        return {"type": "article", "url": link, **known}
    parts = urlsplit(link)
    if parts.path.lower().endswith(_IMAGES):
        picture = {"url": link, "proxy_url": link, "width": 400, "height": 300}
        return {"type": "image", "url": link, "thumbnail": picture}
    host = parts.hostname or ""
    title = f"{host}{parts.path}".rstrip("/")
    return {"type": "link", "url": link, "title": title[:256], "provider": {"name": host}}
