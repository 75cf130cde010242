"""The library: files dropped in channels, `/library …`, and "Add to library"."""

import asyncio
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.library import screens
from bot.library import sentences as say
from bot.library.display_names import escaped
from bot.library.intake import documents_of
from bot.library.library import Library
from bot.library.library_store import FileRecord, newest_first
from bot.library.question_files import QuestionFiles
from bot.sentences import Locale, of_code
from bot.tutor.error_handler import handles_errors, say_privately
from bot.tutor.incoming_message import read_message

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[SaemBot]
WatchedChannel = discord.TextChannel

_SUGGESTIONS = 25


class LibraryCog(
    commands.GroupCog,
    group_name=localized("library", "자료실"),
    group_description=localized("Files that I answer from", "답할 때 참고하는 자료"),
):
    """Takes what people drop, and shows what there is."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.library = Library(bot)
        self.questions = QuestionFiles(bot, self.library)
        self._recovery: asyncio.Task[None] | None = None
        self._recovered = False
        self._menu = app_commands.ContextMenu(
            name=localized("Add to library", "자료실에 추가"), callback=self.add_message
        )
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Take files in from now on, and say where citations lead."""
        await self.library.open()
        self.bot.question_attachments.documents = self.questions
        self.bot.conversations.set_citation_resolver(self.library.source)
        self.bot.add_dynamic_items(screens.Turn)
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Stop; what is not done is taken up again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        if self._recovery is not None:
            self._recovery.cancel()
        await self.questions.close()
        await self.library.close()

    # What happens in channels

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Connected (anew): take up what was left, and what came meanwhile."""
        if self._recovery is None or self._recovery.done():
            self._recovery = asyncio.create_task(self._recover(), name="library-recovery")

    async def _recover(self) -> None:
        try:
            if not self._recovered:
                self._recovered = True
                await self.library.recover()
                await self.library.check()
            self.library.standing.look_everywhere(list(self.bot.guilds))
        except Exception:
            log.exception("library.not_recovered")

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Files may stand in its library channels."""
        self.library.standing.look_everywhere([guild])

    @commands.Cog.listener()
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel's new name, or a permission given later, may make it one that counts."""
        new = not self.library.watches(before) or _readable(after) > _readable(before)
        if isinstance(after, discord.TextChannel) and self.library.watches(after) and new:
            self.library.standing.look(after)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """It is empty: whatever comes is new."""
        if isinstance(channel, discord.TextChannel) and self.library.watches(channel):
            self.library.standing.look(channel)

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote in a channel that may be watched."""
        if message.guild is not None and self.library.watches(message.channel):
            await self.library.dropped(read_message(message, self.bot))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A file may have been edited out of a message."""
        # The bot's own answers are edited with every few words.
        if not payload.message.author.bot and "attachments" in payload.data:
            await self.library.edited(read_message(payload.message, self.bot))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """What was deleted in Discord leaves the library."""
        await self.library.message_gone(payload.message_id)

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Moderators delete many at once."""
        for message_id in payload.message_ids:
            await self.library.message_gone(message_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Its messages went with it."""
        await self.library.channel_gone(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Its messages went with it."""
        await self.library.channel_gone(payload.thread_id)

    @commands.Cog.listener()
    async def on_library_store_lost(self, guild_id: int) -> None:
        """The server forgot a guild's files: they are taken in anew."""
        await self.library.store_lost(guild_id)

    # Commands

    @app_commands.command(
        name=localized("watch", "지켜보기"),
        description=localized("Files dropped in a channel go into the library", "채널에 올린 파일을 자료실에 넣기"),
    )
    @app_commands.describe(channel=localized("This one if you do not say", "말하지 않으면 이 채널"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def watch(self, interaction: Interaction, channel: WatchedChannel | None = None) -> None:
        """Watch a channel."""
        await self._watch(interaction, channel, watched=True)

    @app_commands.command(
        name=localized("unwatch", "그만보기"),
        description=localized(
            "Files dropped in a channel no longer go into the library", "채널에 올린 파일을 더는 넣지 않기"
        ),
    )
    @app_commands.describe(channel=localized("This one if you do not say", "말하지 않으면 이 채널"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def unwatch(self, interaction: Interaction, channel: WatchedChannel | None = None) -> None:
        """Watch a channel no longer."""
        await self._watch(interaction, channel, watched=False)

    async def _watch(self, interaction: Interaction, channel: WatchedChannel | None, *, watched: bool) -> None:
        guild_id = _guild_id(interaction)
        channel_id = channel.id if channel is not None else interaction.channel_id
        assert channel_id is not None
        await self.library.watch(guild_id, channel_id, watched=watched)
        sentence = say.WATCHED if watched else say.UNWATCHED
        await _show(interaction, sentence(_locale(interaction), channel=f"<#{channel_id}>"))

    @app_commands.command(
        name=localized("contributors", "권한"),
        description=localized("Who may add files to the library", "자료실에 파일을 추가할 수 있는 사람"),
    )
    @app_commands.describe(role=localized("Everyone if you do not say", "말하지 않으면 누구나"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def contributors(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Decide who may add files."""
        named = role if role is not None and not role.is_default() else None
        await self.library.set_contributors(_guild_id(interaction), named.id if named is not None else None)
        locale = _locale(interaction)
        text = say.CONTRIBUTORS_ROLE(locale, role=named.mention) if named is not None else say.CONTRIBUTORS_ALL(locale)
        await _show(interaction, text)

    @app_commands.command(
        name=localized("list", "목록"), description=localized("What is in the library", "자료실에 있는 파일")
    )
    async def list_files(self, interaction: Interaction) -> None:
        """Show the files."""
        records = await self.library.records.of_guild(_guild_id(interaction), "ready", "waiting", "failed")
        if not records:
            await _show(interaction, self._empty(interaction))
            return
        await _answer(interaction, screens.listing(records, 0, _locale(interaction)))

    @commands.Cog.listener()
    @handles_errors
    async def on_library_turn(self, interaction: discord.Interaction[Any], page: int) -> None:
        """Somebody turned the list's page."""
        records = await self.library.records.of_guild(interaction.guild_id or 0, "ready", "waiting", "failed")
        view = screens.listing(records, page, of_code(interaction.locale))
        await interaction.response.edit_message(view=view, allowed_mentions=discord.AllowedMentions.none())

    @app_commands.command(
        name=localized("search", "검색"), description=localized("What the library says on something", "자료실에서 찾기")
    )
    @app_commands.describe(query=localized("What to look for", "찾을 내용"))
    async def search(self, interaction: Interaction, query: app_commands.Range[str, 1, 300]) -> None:
        """Show passages."""
        locale, guild_id = _locale(interaction), _guild_id(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        passages = await self.library.shelf.search(guild_id, query, screens.FOUND)
        sources: dict[str, FileRecord] = {}
        for file_id in {passage.file_id for passage in passages}:
            records = [each for each in await self.library.records.of_file(file_id) if each.guild_id == guild_id]
            if records:
                sources[file_id] = records[0]
        shown = [passage for passage in passages if passage.file_id in sources]
        if not shown:
            await _answer(interaction, screens.plain(say.NOTHING_FOUND(locale, query=escaped(query))))
            return
        await _answer(interaction, screens.found(query, shown, sources, locale))

    @app_commands.command(name=localized("status", "상태"), description=localized("How the library is", "자료실 상태"))
    async def status(self, interaction: Interaction) -> None:
        """Show counts, channels, and who may add."""
        locale, guild = _locale(interaction), interaction.guild
        counts = await self.library.records.counts(_guild_id(interaction))
        ready, size = counts.get("ready", (0, 0))
        lines = [
            f"### {say.STATUS_TITLE(locale)}",
            say.STATUS_READY(locale, count=ready, size=screens.bytes_text(size)),
        ]
        if waiting := counts.get("waiting", (0, 0))[0]:
            lines.append(say.STATUS_WAITING(locale, count=waiting))
        if failed := counts.get("failed", (0, 0))[0]:
            lines.append(say.STATUS_FAILED(locale, count=failed))
        watched = [channel.mention for channel in self.library.watched_channels(guild)] if guild is not None else []
        if watched:
            lines.append(say.STATUS_CHANNELS(locale, channels=", ".join(watched)))
        else:
            lines.append(say.STATUS_NONE_WATCHED(locale))
        role_id = self.library.contributor_role(_guild_id(interaction))
        who = say.EVERYONE(locale) if role_id is None else f"<@&{role_id}>"
        lines.append(say.STATUS_WHO(locale, who=who))
        await _show(interaction, "\n".join(lines))

    @app_commands.command(
        name=localized("remove", "빼기"),
        description=localized("Take a file out of the library", "자료실에서 파일 빼기"),
    )
    @app_commands.describe(file=localized("Which one", "어떤 파일인가요?"))
    async def remove(self, interaction: Interaction, file: str) -> None:
        """Take a file out; the message that it came with stays."""
        record = await self._named(interaction, file)
        if record is None:
            raise UserFacingError(say.NOT_THERE)
        if record.author_id != interaction.user.id and not interaction.permissions.manage_guild:
            raise UserFacingError(say.NOT_YOURS)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.library.withdraw([record])
        await _show(interaction, say.REMOVED(_locale(interaction), name=escaped(record.filename)))

    @remove.autocomplete("file")
    async def suggest(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """The library's files."""
        records = newest_first(
            await self.library.records.of_guild(_guild_id(interaction), "ready", "failed", "waiting")
        )
        fitting = [record for record in records if current.casefold() in record.filename.casefold()]
        return [
            Choice(name=record.filename[:100], value=str(record.attachment_id)) for record in fitting[:_SUGGESTIONS]
        ]

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Put an older message's documents into the library."""
        locale = _locale(interaction)
        message.guild = message.guild or interaction.guild
        incoming = read_message(message, self.bot)
        carried = documents_of(incoming.attachments)
        if not carried:
            await say_privately(interaction, say.NO_FILES(locale))
        elif not self.library.may_add(interaction.user, _guild_id(interaction)):
            role = (
                interaction.guild.get_role(self.library.contributor_role(_guild_id(interaction)) or 0)
                if interaction.guild
                else None
            )
            await say_privately(interaction, say.MAY_NOT_ADD(locale, role=role.mention if role is not None else "?"))
        else:
            new = await self.library.take(incoming, carried)
            await say_privately(interaction, (say.ADDING if new else say.ALREADY_THERE)(locale))

    async def _named(self, interaction: Interaction, file: str) -> FileRecord | None:
        """A file of this guild, by the id that the suggestions give, or by its name."""
        records = await self.library.records.of_guild(_guild_id(interaction), "ready", "failed", "waiting")
        by_id = [record for record in records if str(record.attachment_id) == file]
        by_name = [record for record in newest_first(records) if record.filename.casefold() == file.casefold().strip()]
        return next(iter([*by_id, *by_name]), None)

    def _empty(self, interaction: Interaction) -> str:
        locale = _locale(interaction)
        guild = interaction.guild
        watched = [channel.mention for channel in self.library.watched_channels(guild)] if guild is not None else []
        return say.EMPTY(locale, channels=", ".join(watched) or say.NO_CHANNEL(locale))


def _guild_id(interaction: Interaction) -> int:
    assert interaction.guild_id is not None
    return interaction.guild_id


def _readable(channel: discord.abc.GuildChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.read_messages and permissions.read_message_history


def _locale(interaction: Interaction) -> Locale:
    return of_code(interaction.locale)


async def _show(interaction: Interaction, text: str) -> None:
    await _answer(interaction, screens.plain(text))


async def _answer(interaction: Interaction, view: discord.ui.LayoutView) -> None:
    none = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=none)
    else:
        await interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=none)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    cog = LibraryCog(bot)
    if cog.app_command is not None:
        cog.app_command.guild_only = True
    await bot.add_cog(cog)
