"""Embeds.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from typing import Any, Final

from playground.errors import Problems
from playground.validation.fields import Fields

Json = dict[str, Any]

MOST_TEXT: Final = 6000
"""Characters of all embeds of a message together."""


def read(body: Fields) -> list[Json]:
    """Return `embeds` as Discord stores them."""
    shapes = [_embed(each) for each in body.objects("embeds", high=10)]
    if sum(map(_size, shapes)) > MOST_TEXT:
        body.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MOST_TEXT}")
    return shapes


def _embed(fields: Fields) -> Json:
    shape: Json = {"type": "rich"}
    for name, high in (("title", 256), ("description", 4096)):
        if value := fields.text(name, high=high):
            shape[name] = value
    if url := fields.link("url"):
        shape["url"] = url
    color = fields.integer("color", low=0, high=0xFFFFFF)
    if color is not None:
        shape["color"] = color
    if timestamp := fields.text("timestamp", high=64):
        shape["timestamp"] = timestamp
    for name, text, high in (("footer", "text", 2048), ("author", "name", 256)):
        if fields.has(name):
            child = fields.child(name)
            shape[name] = {text: child.text(text, low=1, high=high, required=True)}
            for link in ("icon_url", "url"):
                if value := child.link(link, schemes=("http", "https", "attachment")):
                    shape[name][link] = value
    for name in ("image", "thumbnail"):
        if fields.has(name):
            url = fields.child(name).link("url", schemes=("http", "https", "attachment"), required=True)
            shape[name] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
    if fields.has("fields"):
        shape["fields"] = [
            {
                "name": each.text("name", low=1, high=256, required=True),
                "value": each.text("value", low=1, high=1024, required=True),
                "inline": each.boolean("inline"),
            }
            for each in fields.objects("fields", high=25)
        ]
    return shape


def _size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    for field in embed.get("fields", ()):
        texts += [field["name"], field["value"]]
    return sum(len(each) for each in texts if each)


def empty(embed: Json) -> bool:
    """Tell whether an embed would show nothing."""
    return not any(
        embed.get(name) for name in ("title", "description", "fields", "image", "thumbnail", "footer", "author", "url")
    )


def check_not_empty(shapes: list[Json], problems: Problems) -> None:
    """Note embeds that show nothing."""
    for index, each in enumerate(shapes):
        if empty(each):
            problems.add(("embeds", index, "description"), "BASE_TYPE_REQUIRED", "This field is required")
