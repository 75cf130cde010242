"""What one Discord message of a reply holds, and how it is built from (and read back out of) Components V2.

https://discord.com/developers/docs/components/reference
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.replies.markdown_rendering import Formula, Words

Buttons = Sequence[discord.ui.Item[Any]]

TEXT_LIMIT = 4_000
"""Characters (code points) that all text displays of a message may have together."""
PICTURE_LIMIT = 10
"""Attachments of a message."""
ALT_LIMIT = 1_024
"""Characters of a picture's alt text."""
ROW_WIDTH = 5
"""Buttons in an action row."""


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown as Discord reads it."""

    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with its alt text."""

    filename: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to download."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Divider:
    """A horizontal rule."""


Block = Text | Picture | Attachment | Divider


@dataclass(frozen=True, slots=True)
class Page:
    """One message's state, to be shown whole."""

    blocks: tuple[Block, ...]
    buttons: tuple[discord.ui.Item[Any], ...] = ()
    footer: str | None = None

    def is_empty(self) -> bool:
        """Whether there is nothing that Discord would accept as a message."""
        return not any(_components(self))

    def files(self) -> list[discord.File]:
        """The attachments, to be uploaded with the page; each call opens them anew."""
        return [
            discord.File(io.BytesIO(block.data), filename=block.filename, description=_alt(block))
            for block in self.blocks
            if isinstance(block, Picture | Attachment)
        ]


def compose(pieces: Sequence[Any], pictures: Mapping[str, bytes | None]) -> tuple[Block, ...]:
    """Blocks from a part's pieces, formulas as far as they are drawn (`pictures`: None is one that cannot be)."""
    blocks: list[Block] = []
    text, apart = "", False
    room = PICTURE_LIMIT - sum(isinstance(piece, Picture) for piece in pieces)
    for piece in pieces:
        match piece:
            case Words():
                # A formula set apart has ended its line already.
                text += piece.text.removeprefix("\n") if apart else piece.text
                apart = False
                continue
            case Formula() if not (pictures.get(piece.drawn) and room > 0):
                text += _as_text(text, piece, failed=piece.drawn in pictures and pictures[piece.drawn] is None)
                apart = text.endswith("\n")
                continue
        blocks += _text(_MARKS_ABOVE.sub("", text), blocks)
        text, apart = "", False
        blocks.append(_block(piece, pictures, len(blocks)))
        room -= isinstance(piece, Formula)
    blocks += _text(text, blocks)
    return tuple(blocks)


def _text(text: str, before: Sequence[Block]) -> list[Block]:
    """The block of a text, if there is anything in it; a picture before it has parted it from its line."""
    if before and isinstance(before[-1], Picture):
        text = _MARKS_BELOW.sub("", text)
    return [Text(_trimmed(text))] if text.strip() else []


def _trimmed(text: str) -> str:
    """Without blank lines round it; the first line keeps its indentation."""
    return re.sub(r"^(?:[ \t]*\n)+", "", text).rstrip()


_MARKS_ABOVE = re.compile(r"(?:(?:^|(?<=\n))[ \t]*(?:[>-][ \t]*)+(?:\n|$))+$")
_MARKS_BELOW = re.compile(r"^[ \t]*(?:\n[ \t]*(?:>[ \t]*)*(?=\n))*")
"""Marks of a quote (or an item) that are left by themselves above and below a picture that is in it."""
_ONLY_MARKS = re.compile(r"(?:^|\n)[ \t]*(?:[>-][ \t]+|\d+\.[ \t]+)+$")


def _block(piece: Any, pictures: Mapping[str, bytes | None], index: int) -> Block:
    match piece:
        case Formula(latex):
            return Picture(f"formula-{index}.png", pictures[piece.drawn] or b"", latex)
        case Picture():
            return piece
        case _:
            return Divider()


def _as_text(before: str, formula: Formula, *, failed: bool) -> str:
    """A formula in words; one that was set apart stands on lines of its own."""
    shown = formula.source if failed else formula.text
    if not formula.display and not shown.startswith("```"):
        return shown
    begins = not before or before.endswith("\n") or (_ONLY_MARKS.search(before) and not shown.startswith("```"))
    return ("" if begins else "\n") + shown + "\n"


def length_of(blocks: Sequence[Block]) -> int:
    """Characters of the text, as Discord counts them."""
    return sum(len(block.text) for block in blocks if isinstance(block, Text))


def dress(view: discord.ui.LayoutView, page: Page) -> None:
    """Let `view` show `page`, whatever it showed before."""
    view.clear_items()
    for item in _components(page):
        view.add_item(item)


def _components(page: Page) -> Iterator[discord.ui.Item[Any]]:
    gallery: list[discord.MediaGalleryItem] = []
    for block in page.blocks:
        if isinstance(block, Picture) and not block.alt:
            gallery.append(discord.MediaGalleryItem(f"attachment://{block.filename}"))
            continue
        if gallery:
            yield discord.ui.MediaGallery(*gallery)
            gallery = []
        yield from _component(block)
    if gallery:
        yield discord.ui.MediaGallery(*gallery)
    if page.footer and page.footer.strip():
        yield discord.ui.TextDisplay(subtext(page.footer))
    yield from _rows(page.buttons)


def _component(block: Block) -> Iterator[discord.ui.Item[Any]]:
    match block:
        case Text(text):
            if text.strip():
                yield discord.ui.TextDisplay(text)
        case Picture(filename):
            item = discord.MediaGalleryItem(f"attachment://{filename}", description=_alt(block))
            yield discord.ui.MediaGallery(item)
        case Attachment(filename):
            yield discord.ui.File(f"attachment://{filename}")
        case Divider():
            yield discord.ui.Separator()


def _alt(block: Block) -> str | None:
    return cut_alt(block.alt) if isinstance(block, Picture) and block.alt else None


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
    """What a message says, as its reader sees it: content, or the text of its components, pictures by their alt text.

    Components V2 messages have an empty `content`; replies to them, menus and recovery read them through this.
    """
    spoken = list(_spoken(message.components))
    return "\n".join(text for text in [message.content, *spoken] if text)


_SUBTEXT = re.compile(r"(?:^-# .*(?:\n|$))+", re.MULTILINE)


def _spoken(components: Iterable[Any]) -> Iterator[str]:
    for component in components:
        match component:
            case discord.TextDisplay():
                if not _SUBTEXT.fullmatch(component.content):
                    yield component.content
            case discord.MediaGalleryComponent():
                yield from (item.description for item in component.items if item.description)
            case discord.Container() | discord.SectionComponent():
                yield from _spoken(component.children)
            case _:
                continue
