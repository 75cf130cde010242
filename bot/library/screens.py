"""The library as commands show it."""

import re
from collections.abc import Sequence
from typing import Any

import discord

from bot.library import sentences as say
from bot.library.display_names import escaped
from bot.library.library_store import FileRecord, newest_first
from bot.library.vector_store import Passage
from bot.sentences import Locale

PER_PAGE = 12
FOUND = 5
_EXCERPT = 400
_STATES = {"ready": "✅", "waiting": "⏳", "failed": "⚠️", "leaving": "⏳"}


class Turn(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"library:list:(?P<page>\d{1,5})"):
    """Turns the list's page. Whose library it is, the place of the press says, never the button."""

    def __init__(self, page: int, label: str = "…") -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"library:list:{page}", style=discord.ButtonStyle.secondary
        )
        super().__init__(button)
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "Turn":
        """The page stands in the id."""
        return cls(int(match["page"]))

    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Handed on, for whoever knows the library."""
        interaction.client.dispatch("library_turn", interaction, self.page)


def listing(records: Sequence[FileRecord], page: int, locale: Locale) -> discord.ui.LayoutView:
    """A page of the list, with buttons where there are more."""
    pages = max(1, -(-len(records) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = newest_first(records)[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [f"### {say.LIST_TITLE(locale, count=len(records))}", *(_line(record, locale) for record in shown)]
    if pages > 1:
        lines.append(f"-# {say.PAGE_OF(locale, page=page + 1, pages=pages)}")
    view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay("\n".join(lines)))
    turns = []
    if page > 0:
        turns.append(Turn(page - 1, say.EARLIER(locale)))
    if page < pages - 1:
        turns.append(Turn(page + 1, say.LATER(locale)))
    return view.add_item(discord.ui.ActionRow(*turns)) if turns else view


def found(
    query: str, passages: Sequence[Passage], sources: dict[str, FileRecord], locale: Locale
) -> discord.ui.LayoutView:
    """What a search came to."""
    lines = [f"### {say.FOUND(locale, query=escaped(query))}"]
    for number, passage in enumerate(passages, 1):
        source = sources.get(passage.file_id)
        name = escaped(source.filename if source is not None else passage.filename)
        title = f"[{name}]({source.jump_url})" if source is not None else name
        lines.append(f"**{number}.** {title}\n> {_excerpt(passage.text)}")
    return discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay("\n".join(lines)[:3900]))


def plain(text: str) -> discord.ui.LayoutView:
    """A few lines."""
    return discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(text))


def bytes_text(size: int) -> str:
    """12 KB, 3.4 MB."""
    if size < 1 << 20:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / (1 << 20):.1f} MB"


def _line(record: FileRecord, locale: Locale) -> str:
    line = f"{_STATES[record.state]} [{escaped(record.filename)}]({record.jump_url}) · {bytes_text(record.size)}"
    return f"{line} · {say.reason(record.reason, locale)}" if record.state == "failed" else line


def _excerpt(text: str) -> str:
    plain_text = " ".join(text.split())
    shown = plain_text if len(plain_text) <= _EXCERPT else f"{plain_text[:_EXCERPT].rsplit(' ', 1)[0]} …"
    return discord.utils.escape_markdown(discord.utils.escape_mentions(shown))
