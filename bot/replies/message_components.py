"""What one Discord message of a reply holds, in Components V2: text, pictures, files, dividers, buttons, a footer.

A `MessageState` is built into discord.py's items, and a message of Discord is read back as plain text.
https://discord.com/developers/docs/components/reference
"""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.replies.markdown_rendering import Divider, Text

Buttons = Sequence[discord.ui.Item[Any]]

TEXT_LIMIT = 4_000
"""Characters (code points) that all text displays of a message may have together."""
PICTURE_LIMIT = 10
"""Attachments of a message."""
FILE_LIMIT = 10 << 20
"""Bytes that a file may have where no server's boosts allow more
(https://discord.com/developers/docs/reference#uploading-files)."""
ALT_LIMIT = 1_024
"""Characters of a picture's alt text."""
ROW_WIDTH = 5
"""Buttons in an action row."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with its alt text; a `hidden` one is behind a spoiler."""

    filename: str
    data: bytes
    alt: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to download."""

    filename: str
    data: bytes


Component = Text | Picture | Attachment | Divider


@dataclass(frozen=True, slots=True)
class MessageState:
    """All that one message shows at a time: its components from top to bottom, then the footer, then the buttons."""

    components: tuple[Component, ...]
    buttons: tuple[discord.ui.Item[Any], ...] = ()
    footer: str | None = None

    def is_empty(self) -> bool:
        """Whether there is nothing that Discord would accept as a message."""
        return not any(items_of(self))

    def files(self) -> list[discord.File]:
        """The files to be uploaded with the message; each call opens them anew."""
        return [
            discord.File(io.BytesIO(component.data), filename=component.filename, description=_alt(component))
            for component in self._with_files
        ]

    def has_files_of(self, other: "MessageState") -> bool:
        """Whether the same files hang on another state of the message."""
        return self._with_files == other._with_files

    @property
    def _with_files(self) -> list[Picture | Attachment]:
        return [component for component in self.components if isinstance(component, Picture | Attachment)]


_ODD = re.compile(r"[^\w.-]+", re.ASCII)
LONGEST_NAME = 100
LONGEST_ENDING = 10


def attachment_name(name: str) -> str:
    """`name` for a file that `attachment://…` names: Discord changes other characters than ASCII's letters, digits and
    `._-`, and then does not find the file. A name that nothing is left of, or that hides its file, is `file`.
    """
    stem, dot, ending = unicodedata.normalize("NFKD", name).rpartition(".")
    ending = _ODD.sub("", ending)
    if not dot or not ending or len(ending) > LONGEST_ENDING:
        stem, ending = name, ""
    stem = _ODD.sub("_", stem).strip("._-")[:LONGEST_NAME] or "file"
    return f"{stem}.{ending}" if ending else stem


def text_length(components: Iterable[Component]) -> int:
    """Characters of the text, as Discord counts them."""
    return sum(len(component.text) for component in components if isinstance(component, Text))


def new_view(state: MessageState) -> discord.ui.LayoutView:
    """A view that shows `state`.

    Every edit needs a new view: if a view is sent again without a `DynamicItem` that it had, discord.py forgets that
    kind of item everywhere, and all other buttons of that kind stop working.
    """
    view = discord.ui.LayoutView(timeout=None)
    for item in items_of(state):
        view.add_item(item)
    return view


def items_of(state: MessageState) -> Iterator[discord.ui.Item[Any]]:
    """The items of discord.py that show `state`."""
    gallery: list[discord.MediaGalleryItem] = []
    for component in state.components:
        if isinstance(component, Picture) and not component.alt and not component.hidden:
            gallery.append(discord.MediaGalleryItem(f"attachment://{component.filename}"))
            continue
        if gallery:
            yield discord.ui.MediaGallery(*gallery)
            gallery = []
        yield from _item(component)
    if gallery:
        yield discord.ui.MediaGallery(*gallery)
    if state.footer and state.footer.strip():
        yield discord.ui.TextDisplay(subtext(state.footer))
    yield from _rows(state.buttons)


def _item(component: Component) -> Iterator[discord.ui.Item[Any]]:
    match component:
        case Text(text):
            if text.strip():
                yield discord.ui.TextDisplay(text)
        case Picture(filename):
            item = discord.MediaGalleryItem(
                f"attachment://{filename}", description=_alt(component), spoiler=component.hidden
            )
            yield discord.ui.MediaGallery(item)
        case Attachment(filename):
            yield discord.ui.File(f"attachment://{filename}")
        case Divider():
            yield discord.ui.Separator()


def _alt(component: Component) -> str | None:
    """The alt text of a picture; that of a hidden one would tell what it shows."""
    if not isinstance(component, Picture) or not component.alt or component.hidden:
        return None
    return cut_alt(component.alt)


def cut_alt(text: str) -> str:
    """`text` within the limit of an alt text."""
    return text if len(text) <= ALT_LIMIT else text[: ALT_LIMIT - 1] + "…"


def _rows(buttons: Buttons) -> Iterator[discord.ui.ActionRow[Any]]:
    for start in range(0, len(buttons), ROW_WIDTH):
        yield discord.ui.ActionRow(*buttons[start : start + ROW_WIDTH])


def subtext(text: str) -> str:
    """`text` as small print, line by line."""
    return "\n".join(f"-# {line}" for line in text.splitlines() if line.strip())


def plain_text(message: discord.Message) -> str:
    """What a message says to its reader: its content, or the text of its components, with pictures as their alt text.

    Components V2 messages have an empty `content`; replies to them, menus and recovery read them with this function.
    """
    texts = list(_texts(message.components))
    return "\n".join(text for text in [message.content, *texts] if text)


_SUBTEXT = re.compile(r"(?:^-# .*(?:\n|$))+", re.MULTILINE)


def _texts(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        match component:
            case discord.TextDisplay():
                if not _SUBTEXT.fullmatch(component.content):
                    yield component.content
            case discord.MediaGalleryComponent():
                yield from (item.description for item in component.items if item.description)
            case discord.Container() | discord.SectionComponent():
                yield from _texts(component.children)
            case _:
                continue
