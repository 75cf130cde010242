"""What `/library` commands show: the list of files with its page buttons, search results, the status, and notices."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.catalogues.number_format import in_digits
from bot.escaping import escaped, escaped_name, escaped_within, one_line, visible
from bot.library import sentences as say
from bot.library.library_store import FileRecord, LibraryStore
from bot.library.readable_files import ReadableFiles
from bot.library.vector_store_files import SearchResult
from bot.replies.message_components import TEXT_LIMIT
from bot.sentences import Locale, of_interaction
from bot.tutor.error_handler import handles_errors

if TYPE_CHECKING:
    from bot.client import SaemBot

PER_PAGE = 12
"""Files on a page of the list."""
_EXCERPT = 400
"""Characters of a search result that are shown."""
_STATES = {"ready": "✅", "waiting": "⏳", "failed": "⚠️", "leaving": "⏳"}


class ListPageButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"library:list:(?P<page>\d{1,5})"):
    """Shows another page of the list. The page stands in the `custom_id`; the guild is the one it is pressed in."""

    def __init__(self, page: int, label: str = "…") -> None:
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label, custom_id=f"library:list:{page}", style=discord.ButtonStyle.secondary
        )
        super().__init__(button)
        self.page = page

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "ListPageButton":
        """Discord.py calls this at every press."""
        return cls(int(match["page"]))

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[SaemBot]") -> None:
        """Show the page in place of the one that is shown."""
        client = interaction.client
        records = await ReadableFiles(client, LibraryStore(client.store)).to_asker(interaction)
        view = file_list(records, self.page, of_interaction(interaction))
        await interaction.response.edit_message(view=view, allowed_mentions=discord.AllowedMentions.none())


def file_list(records: Sequence[FileRecord], page: int, locale: Locale) -> discord.ui.LayoutView:
    """A page of the list, with buttons where there are more pages."""
    pages = max(1, -(-len(records) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = records[page * PER_PAGE : (page + 1) * PER_PAGE]
    lines = [f"### {say.LIST_TITLE(locale, count=len(records))}", *(_file_line(record, locale) for record in shown)]
    if pages > 1:
        lines.append(f"-# {say.PAGE_OF(locale, page=page + 1, pages=pages)}")
    buttons = []
    if page > 0:
        buttons.append(ListPageButton(page - 1, say.EARLIER(locale)))
    if page < pages - 1:
        buttons.append(ListPageButton(page + 1, say.LATER(locale)))
    view = notice("\n".join(lines))
    return view.add_item(discord.ui.ActionRow(*buttons)) if buttons else view


def empty_list(watched: Sequence[discord.abc.GuildChannel], locale: Locale) -> discord.ui.LayoutView:
    """The list of a library without files says where to drop some."""
    return notice(say.EMPTY(locale, channels=_mentions(watched) or say.NO_CHANNEL(locale)))


def search_results(
    query: str, results: Sequence[tuple[SearchResult, FileRecord]], locale: Locale
) -> discord.ui.LayoutView:
    """Passages that fit the query, with links to the messages of their files."""
    if not results:
        return notice(say.NOTHING_FOUND(locale, query=escaped_within(query, 200)))
    text = f"### {say.FOUND(locale, query=escaped_within(query, 200))}"
    for number, (result, record) in enumerate(results, 1):
        found = f"\n**{number}.** [{escaped_name(record.filename)}]({record.jump_url})\n> {_excerpt(result.text)}"
        if len(text) + len(found) > TEXT_LIMIT:
            break
        text += found
    return notice(text)


def status(
    records: Sequence[FileRecord],
    watched: Sequence[discord.abc.GuildChannel],
    contributor_role_id: int | None,
    locale: Locale,
) -> discord.ui.LayoutView:
    """How many of these files are in each state, which channels are watched, and who may add files."""
    counts = Counter(record.state for record in records)
    size = sum(record.size for record in records if record.state == "ready")
    lines = [
        f"### {say.STATUS_TITLE(locale)}",
        say.STATUS_READY(locale, count=counts["ready"], size=bytes_text(size, locale)),
    ]
    if waiting := counts["waiting"]:
        lines.append(say.STATUS_WAITING(locale, count=waiting))
    if failed := counts["failed"]:
        lines.append(say.STATUS_FAILED(locale, count=failed))
    if watched:
        lines.append(say.STATUS_CHANNELS(locale, channels=_mentions(watched)))
    else:
        lines.append(say.STATUS_NONE_WATCHED(locale))
    who = say.EVERYONE(locale) if contributor_role_id is None else f"<@&{contributor_role_id}>"
    lines.append(say.STATUS_WHO(locale, who=who))
    return notice("\n".join(lines))


def notice(text: str) -> discord.ui.LayoutView:
    """Text and nothing else."""
    return discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(text))


def bytes_text(size: int, locale: Locale) -> str:
    """12 KB, 3.4 MB."""
    if size < 1 << 20:
        return f"{in_digits(locale, max(1, round(size / 1024)))} KB"
    return f"{in_digits(locale, size / (1 << 20), 1)} MB"


def _mentions(channels: Sequence[discord.abc.GuildChannel]) -> str:
    return ", ".join(channel.mention for channel in channels)


def _file_line(record: FileRecord, locale: Locale) -> str:
    size = bytes_text(record.size, locale)
    line = f"{_STATES[record.state]} [{escaped_name(record.filename)}]({record.jump_url}) · {size}"
    return f"{line} · {say.reason(record.reason, locale)}" if record.state == "failed" or record.reason else line


def _excerpt(text: str) -> str:
    """How a passage begins; nothing in it is Markdown, a link or a mention."""
    plain = one_line(visible(text))
    return escaped(plain if len(plain) <= _EXCERPT else f"{plain[:_EXCERPT].rsplit(' ', 1)[0]} …")
