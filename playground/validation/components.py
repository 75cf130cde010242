"""Checks of message components: action rows of buttons and selects, and Components V2.

https://discord.com/developers/docs/components/reference
"""

import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from playground.errors import FormErrors
from playground.validation import buttons_and_selects
from playground.validation.fields import Fields

Json = dict[str, Any]

ROW: Final = 1
SECTION: Final = 9
TEXT: Final = 10
THUMBNAIL: Final = 11
GALLERY: Final = 12
FILE: Final = 13
SEPARATOR: Final = 14
CONTAINER: Final = 17

TOP_V2: Final = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_CONTAINER: Final = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)

_CDN_LINK: Final = re.compile(r"/(?:ephemeral-)?attachments/\d+/\d+/([^/?]+)\?ex=")
MAX_COMPONENTS: Final = 40
"""Components of a V2 message, nested ones counted."""
MAX_TEXT: Final = 4000
"""Characters of all text displays together."""


class Components:
    """Reads and checks a message's components; `filenames` are the files that `attachment://` may name."""

    def __init__(self, errors: FormErrors, filenames: set[str]) -> None:
        self._errors = errors
        self._filenames = filenames
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()
        self._count = 0
        self._text = 0
        self._readers: dict[int, Callable[[Fields], Json]] = {
            ROW: self._row,
            SECTION: self._section,
            TEXT: self._text_display,
            THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery,
            FILE: self._file,
            SEPARATOR: self._separator,
            CONTAINER: self._container,
        }

    def read(self, body: Fields, *, v2: bool) -> list[Json]:
        """Return `components` as Discord stores them, each with an id."""
        given = body.objects("components", high=MAX_COMPONENTS if v2 else 5)
        payloads = [self._component(each, TOP_V2 if v2 else (ROW,)) for each in given]
        where = (*body.path, "components")
        if self._count > MAX_COMPONENTS:
            self._errors.add(
                where,
                "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                f"The total number of components cannot exceed {MAX_COMPONENTS}",
            )
        if self._text > MAX_TEXT:
            self._errors.add(
                where,
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                f"Total displayable text size exceeds maximum size of {MAX_TEXT}",
            )
        if not self._errors:
            self._number(payloads)
        return payloads

    def _component(self, fields: Fields, kinds: tuple[int, ...]) -> Json:
        kind = fields.integer("type", required=True)
        if kind is None:
            return {}
        if kind not in kinds:
            listed = ", ".join(str(each) for each in kinds)
            fields.wrong("type", "UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed},).')
            return {}
        self._count += 1
        payload: Json = {"type": kind}
        number = fields.integer("id", low=0, high=2**31 - 1)
        if number:
            if number in self._ids:
                fields.wrong("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self._ids.add(number)
            payload["id"] = number
        return payload | self._readers[kind](fields)

    def _number(self, payloads: list[Json]) -> None:
        following = 1
        for payload in walk(payloads):
            if "id" not in payload:
                while following in self._ids:
                    following += 1
                payload["id"] = following
                self._ids.add(following)

    # -- each kind

    def _row(self, fields: Fields) -> Json:
        children = fields.objects("components", low=1, high=5, required=True)
        payloads = []
        for child in children:
            self._count += 1
            payloads.append(buttons_and_selects.read(child, self._custom_ids))
        selects = [each for each in payloads if each.get("type") in buttons_and_selects.SELECTS]
        if selects and len(payloads) > 1:
            self._errors.add(
                (*fields.path, "components", 1),
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            )
        return {"components": payloads}

    def _section(self, fields: Fields) -> Json:
        texts = [self._component(each, (TEXT,)) for each in fields.objects("components", low=1, high=3, required=True)]
        payload: Json = {"components": texts}
        if fields.required("accessory"):
            accessory = fields.child("accessory")
            if accessory.values.get("type") == buttons_and_selects.BUTTON:
                self._count += 1
                payload["accessory"] = buttons_and_selects.read(accessory, self._custom_ids)
            else:
                payload["accessory"] = self._component(accessory, (THUMBNAIL,))
        return payload

    def _text_display(self, fields: Fields) -> Json:
        content = fields.text("content", low=1, high=MAX_TEXT, required=True) or ""
        self._text += len(content)
        return {"content": content}

    def _thumbnail(self, fields: Fields) -> Json:
        return self._pictured(fields)

    def _gallery(self, fields: Fields) -> Json:
        return {"items": [self._pictured(each) for each in fields.objects("items", low=1, high=10, required=True)]}

    def _pictured(self, fields: Fields) -> Json:
        payload: Json = {"media": self._media(fields, "media"), "spoiler": fields.boolean("spoiler")}
        description = fields.text("description", high=1024)
        payload["description"] = description
        return payload

    def _file(self, fields: Fields) -> Json:
        media = self._media(fields, "file")
        if media["url"] and not media["url"].startswith("attachment://"):
            self._errors.add(
                (*fields.path, "file", "url"),
                "URL_TYPE_INVALID_SCHEME",
                "Scheme is not supported. Scheme must be one of ('attachment',).",
            )
        return {"file": media, "spoiler": fields.boolean("spoiler")}

    def _media(self, fields: Fields, name: str) -> Json:
        if not fields.required(name):
            return {"url": ""}
        media = fields.child(name)
        url = media.link("url", schemes=("http", "https", "attachment"), required=True) or ""
        own = _CDN_LINK.search(url)
        if own is not None and unquote(own.group(1)) in self._filenames:
            # A client that sends back what it has read names a kept file by its link.
            url = f"attachment://{unquote(own.group(1))}"
        filename = url.removeprefix("attachment://")
        if filename != url and filename not in self._filenames:
            media.wrong(
                "url",
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f'The referenced attachment "{filename}" was not found',
            )
        return {"url": url}

    def _separator(self, fields: Fields) -> Json:
        return {
            "divider": fields.boolean("divider", default=True),
            "spacing": fields.choice("spacing", (1, 2)) or 1,
        }

    def _container(self, fields: Fields) -> Json:
        children = fields.objects("components", low=1, high=MAX_COMPONENTS, required=True)
        return {
            "components": [self._component(each, IN_CONTAINER) for each in children],
            "accent_color": fields.integer("accent_color", low=0, high=0xFFFFFF),
            "spoiler": fields.boolean("spoiler"),
        }


def walk(components: list[Json]) -> list[Json]:
    """Return all components, also nested ones: each after its parent, accessories last."""
    found = []
    for component in components:
        found.append(component)
        found += walk(component.get("components") or [])
        accessory = component.get("accessory")
        if accessory:
            found.append(accessory)
    return found
