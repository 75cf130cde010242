"""Checks of embeds.

https://discord.com/developers/docs/resources/message#embed-object-embed-limits
"""

from typing import Any, Final

from playground.errors import FormErrors
from playground.validation.fields import Fields

Json = dict[str, Any]

MAX_TEXT: Final = 6000
"""Characters of all embeds of a message together."""
_SCHEMES: Final = ("http", "https", "attachment")


def read(body: Fields) -> list[Json]:
    """Return `embeds` as Discord stores them."""
    payloads = [_embed(each) for each in body.objects("embeds", high=10)]
    if sum(map(_size, payloads)) > MAX_TEXT:
        body.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_TEXT}")
    return payloads


def _embed(fields: Fields) -> Json:
    payload: Json = {"type": "rich"}
    for name, high in (("title", 256), ("description", 4096)):
        if value := fields.text(name, high=high):
            payload[name] = value
    if url := fields.link("url"):
        payload["url"] = url
    color = fields.integer("color", low=0, high=0xFFFFFF)
    if color is not None:
        payload["color"] = color
    if timestamp := fields.text("timestamp", high=64):
        payload["timestamp"] = timestamp
    if fields.has("footer"):
        payload["footer"] = _footer_or_author(fields.child("footer"), "text", 2048)
    if fields.has("author"):
        payload["author"] = _footer_or_author(fields.child("author"), "name", 256)
    for name in ("image", "thumbnail"):
        if fields.has(name):
            url = fields.child(name).link("url", schemes=_SCHEMES, required=True)
            payload[name] = {"url": url, "proxy_url": url, "width": 0, "height": 0}
    if fields.has("fields"):
        payload["fields"] = [_field(each) for each in fields.objects("fields", high=25)]
    return payload


def _footer_or_author(fields: Fields, text: str, high: int) -> Json:
    payload: Json = {text: fields.text(text, low=1, high=high, required=True)}
    for name in ("icon_url", "url"):
        if value := fields.link(name, schemes=_SCHEMES):
            payload[name] = value
    return payload


def _field(fields: Fields) -> Json:
    return {
        "name": fields.text("name", low=1, high=256, required=True),
        "value": fields.text("value", low=1, high=1024, required=True),
        "inline": fields.boolean("inline"),
    }


def _size(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description")]
    texts += [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
    for field in embed.get("fields", ()):
        texts += [field["name"], field["value"]]
    return sum(len(each) for each in texts if each)


_SHOWN: Final = ("title", "description", "fields", "image", "thumbnail", "footer", "author", "url")


def empty(embed: Json) -> bool:
    """Tell whether an embed has nothing to show."""
    return not any(embed.get(name) for name in _SHOWN)


def check_not_empty(payloads: list[Json], errors: FormErrors) -> None:
    """Add an error for each embed that has nothing to show."""
    for index, each in enumerate(payloads):
        if empty(each):
            errors.add(("embeds", index, "description"), "BASE_TYPE_REQUIRED", "This field is required")
