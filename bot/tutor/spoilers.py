"""Spoilers in a message of an earlier process: shown plainly by editing it."""

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import discord

Tells = Callable[[Sequence[str]], Awaitable[list[bool]]]
"""Which of some blocks of words stay hidden."""

_SPOILER: Final = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
_SAME_BLOCK: Final = re.compile(r"[ \t]*\n[ \t>*+•\d.)#-]*")
"""What stands between the spoilers of two lines of one block."""


async def show_plainly(message: discord.Message, tells: Tells) -> None:
    """Take the spoilers out of a message of components, but for those of blocks that `tells` keeps hidden. A picture,
    which cannot be read, is shown when nothing else in the message stays hidden.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    texts = [item for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]
    pictures = [item for item in view.walk_children() if isinstance(item, discord.ui.MediaGallery)]
    blocks = [block for item in texts for block in _hidden_blocks(item.content)]
    words = ["\n".join(spoiler[1] for spoiler in block) for block in blocks]
    # A picture is asked for with all that was hidden beside it: it is one of its formulas.
    *kept, any_kept = await tells([*words, "\n".join(words)])
    keeps = iter(kept)
    changed = False
    for item in texts:
        plain = _plain(item.content, [next(keeps) for _ in _hidden_blocks(item.content)])
        changed = changed or plain != item.content
        item.content = plain
    for gallery in pictures:
        for picture in gallery.items:
            if picture.spoiler and not (any_kept or any(kept)):
                picture.spoiler = False
                changed = True
    if changed:
        await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())


def _hidden_blocks(text: str) -> list[list[re.Match[str]]]:
    """The spoilers of a text, those of consecutive lines together."""
    blocks: list[list[re.Match[str]]] = []
    for found in _SPOILER.finditer(text):
        if blocks and _SAME_BLOCK.fullmatch(text[blocks[-1][-1].end() : found.start()]):
            blocks[-1].append(found)
        else:
            blocks.append([found])
    return blocks


def _plain(text: str, keeps: Sequence[bool]) -> str:
    """The text without the bars of the blocks that are not kept hidden."""
    plain, end = "", 0
    for block, kept in zip(_hidden_blocks(text), keeps, strict=True):
        for spoiler in block:
            plain += text[end : spoiler.start()] + (spoiler[0] if kept else spoiler[1])
            end = spoiler.end()
    return plain + text[end:]
