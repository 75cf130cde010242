"""The library: files dropped in channels, `/library …`, and "Add to library"."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.escaping import escaped_name, plain_name
from bot.library import screens
from bot.library import sentences as say
from bot.library.channel_access import can_open
from bot.library.library import Library
from bot.library.library_store import LIBRARY_RETENTION, find
from bot.library.question_files import QuestionFiles
from bot.library.reading_choices import AS_PAGE, EncodingButton, PageButton, QuestionEncodingButton
from bot.prices import tokens_of_bytes
from bot.retries import despite_outages
from bot.sentences import Locale, of_interaction
from bot.tutor.attachments import documents_of, is_picture
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import say_privately
from bot.tutor.incoming_message import read_message

Interaction = discord.Interaction[SaemBot]
WatchedChannel = discord.TextChannel

_SUGGESTIONS = 25
"""Choices that Discord shows while somebody types."""

_SEARCH_RESULTS = 5

_NAMED = 5
"""File names in a sentence, at most."""


class LibraryCog(
    commands.GroupCog,
    group_name=localized("library"),
    group_description=localized("Files that I answer from"),
):
    """Tells the library what happens to messages and channels, and answers its commands."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.library = Library(bot)
        self.question_files = QuestionFiles(bot, self.library)
        self._menu = app_commands.ContextMenu(name=localized("Add to library"), callback=self.add_message)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        """Open the library; questions may bring files from now on, and citations lead to them."""
        self.bot.sweep.rules += LIBRARY_RETENTION
        await self.library.open()
        self.bot.taking_over.rooms.append(self.library)
        self.bot.question_attachments.documents = self.question_files
        self.bot.conversations.set_citation_resolver(self.library.sources)
        self.bot.conversations.set_library_scope(self.library.readable_files.scope)
        self.bot.add_dynamic_items(screens.ListPageButton, EncodingButton, QuestionEncodingButton, PageButton)
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Close the library; the next process does what is not done."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        await self.question_files.close()
        await self.library.close()

    # What happens to messages and channels

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """The bot is connected, or connected again."""
        self.library.catch_up()

    @commands.Cog.listener()
    async def on_shard_connect(self, _shard_id: int) -> None:
        """A session begins: discord.py tells this before anything that happens in it."""
        self.library.backlog.session_began()

    @commands.Cog.listener()
    async def on_shard_ready(self, _shard_id: int) -> None:
        """A shard has begun a new session. Where it is one of several, discord.py says `ready` at the start alone."""
        if self.bot.shard_count != 1 and self.bot.is_ready():
            self.library.catch_up()

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """There may be files in its watched channels."""
        self.library.backlog.read_guilds([guild])

    @commands.Cog.listener()
    @despite_outages
    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """A channel is watched now because of its new name, or can be read now because of a new permission."""
        opened = _readable(after) > _readable(before)
        if not self.library.watched_channels.watches(before) or opened:
            self.library.backlog.read_channel(after)
        if opened:
            await self.library.reconciliation.check_channel(after.guild.id, after.id)

    @commands.Cog.listener()
    async def on_permissions_changed(self, guild_id: int) -> None:
        """`TutorCog` tells it."""
        self.library.intake.permissions_changed(guild_id)

    @commands.Cog.listener()
    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        """A new channel is empty: this notes that all that comes is new."""
        self.library.backlog.read_channel(channel)

    @commands.Cog.listener()
    @despite_outages
    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote in a channel that may be watched."""
        await self.library.message_sent(read_message(message, self.bot))

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A file may have been edited out of a message."""
        # The bot's own answers are edited with every few words.
        if not payload.message.author.bot and "attachments" in payload.data:
            await self.library.message_edited(read_message(payload.message, self.bot))

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """The files of a deleted message leave the library."""
        await self.library.message_deleted(payload.message_id)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Moderators can delete many messages at once."""
        for message_id in payload.message_ids:
            await self.library.message_deleted(message_id)

    @commands.Cog.listener()
    @despite_outages
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """The channel's messages are deleted with it."""
        await self.library.channel_deleted(channel.id)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """The thread's messages are deleted with it."""
        await self.library.channel_deleted(payload.thread_id)

    # Commands

    @app_commands.command(
        name=localized("watch"),
        description=localized("Files dropped in a channel go into the library"),
    )
    @app_commands.describe(channel=localized("This one if you do not say"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def watch(self, interaction: Interaction, channel: WatchedChannel | None = None) -> None:
        """Watch a channel."""
        await self._watch(interaction, channel, watched=True)

    @app_commands.command(
        name=localized("unwatch"),
        description=localized("Files dropped in a channel no longer go into the library"),
    )
    @app_commands.describe(channel=localized("This one if you do not say"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def unwatch(self, interaction: Interaction, channel: WatchedChannel | None = None) -> None:
        """Stop watching a channel."""
        await self._watch(interaction, channel, watched=False)

    async def _watch(self, interaction: Interaction, channel: WatchedChannel | None, *, watched: bool) -> None:
        guild_id = _guild_id(interaction)
        channel_id = channel.id if channel is not None else interaction.channel_id
        assert channel_id is not None
        await self.library.watch(guild_id, channel_id, interaction.user.id, watched=watched)
        sentence = say.WATCHED if watched else say.UNWATCHED
        await _say(interaction, sentence(_locale(interaction), channel=f"<#{channel_id}>"))

    @app_commands.command(
        name=localized("contributors"),
        description=localized("Who may add files to the library"),
    )
    @app_commands.describe(role=localized("Everyone if you do not say"))
    @app_commands.checks.has_permissions(manage_guild=True)
    async def contributors(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Let a role add files, or everyone."""
        named = role if role is not None and not role.is_default() else None
        role_id = named.id if named is not None else None
        await self.library.set_contributors(_guild_id(interaction), role_id, interaction.user.id)
        locale = _locale(interaction)
        text = say.CONTRIBUTORS_ROLE(locale, role=named.mention) if named is not None else say.CONTRIBUTORS_ALL(locale)
        await _say(interaction, text)

    @app_commands.command(name=localized("list"), description=localized("What is in the library"))
    async def list_files(self, interaction: Interaction) -> None:
        """Show the files, a page at a time."""
        records = await self.library.readable_files.to_asker(interaction)
        locale = _locale(interaction)
        view = (
            screens.file_list(records, 0, locale) if records else screens.empty_list(self._watched(interaction), locale)
        )
        await _reply(interaction, view)

    @app_commands.command(name=localized("search"), description=localized("What the library says on something"))
    @app_commands.describe(query=localized("What to look for"))
    async def search(self, interaction: Interaction, query: app_commands.Range[str, 1, 300]) -> None:
        """Show passages that fit a query."""
        budgets, guild_id = self.bot.quotas.budgets, _guild_id(interaction)
        await budgets.refresh(interaction.user.id, guild_id)
        budgets.check(interaction.user.id, guild_id)
        await defer(interaction, ephemeral=True, thinking=True)
        channels = await self.library.readable_files.channels_of_asker(interaction)
        spent = budgets.prices.of_embeddings(tokens_of_bytes(len(query.encode())))
        await budgets.add(f"search-{interaction.id}", interaction.user.id, guild_id, spent, "search")
        results = await self.library.search(guild_id, query, _SEARCH_RESULTS, channels)
        await _reply(interaction, screens.search_results(query, results, _locale(interaction)))

    @app_commands.command(name=localized("status"), description=localized("How the library is"))
    async def status(self, interaction: Interaction) -> None:
        """Show how many files there are, which channels are watched, and who may add files."""
        records = await self.library.readable_files.to_asker(interaction)
        role_id = self.library.contributors.role_id(_guild_id(interaction))
        await _reply(interaction, screens.status(records, self._watched(interaction), role_id, _locale(interaction)))

    @app_commands.command(
        name=localized("remove"),
        description=localized("Take a file out of the library"),
    )
    @app_commands.describe(file=localized("Which one"))
    async def remove(self, interaction: Interaction, file: str) -> None:
        """Remove a file; the message that it came with stays."""
        fitting = find(await self.library.readable_files.to_asker(interaction), file)
        if not fitting:
            raise UserFacingError(say.NOT_THERE)
        if len(fitting) > 1:
            names = ", ".join(escaped_name(each.filename) for each in fitting[:_NAMED])
            raise UserFacingError(say.SEVERAL_BEGIN_SO, count=len(fitting), names=names)
        record = fitting[0]
        if record.author_id != interaction.user.id and not interaction.permissions.manage_guild:
            raise UserFacingError(say.NOT_YOURS)
        await defer(interaction, ephemeral=True, thinking=True)
        await self.library.removal.remove([record])
        await _say(interaction, say.REMOVED(_locale(interaction), name=escaped_name(record.filename)))

    @remove.autocomplete("file")
    async def suggest(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """The library's files whose names contain what is typed."""
        records = await self.library.readable_files.to_asker(interaction)
        fitting = [record for record in records if current.casefold() in record.filename.casefold()]
        shown = fitting[:_SUGGESTIONS]
        return [Choice(name=plain_name(record.filename, 100), value=str(record.attachment_id)) for record in shown]

    async def add_message(self, interaction: Interaction, message: discord.Message) -> None:
        """Add the documents of an older message."""
        locale = _locale(interaction)
        message.guild = message.guild or interaction.guild
        incoming = read_message(message, self.bot)
        documents = documents_of(incoming.attachments)
        pages = [each for each in incoming.attachments if is_picture(each)]
        own = interaction.user.id == incoming.author.id
        if message.flags.ephemeral or (not documents and not (pages and own)):
            await say_privately(interaction, say.NO_FILES(locale))
        elif not self.library.contributors.may_add(interaction.user, _guild_id(interaction)):
            role = self.library.contributors.role_in(interaction.guild)
            await say_privately(interaction, say.MAY_NOT_ADD(locale, role=role.mention if role is not None else "?"))
        else:
            await defer(interaction, ephemeral=True, thinking=True)
            read_as = None if documents else AS_PAGE
            new = await self.library.intake.add(incoming, documents or pages, read_as=read_as, retry=True)
            text = (say.ADDING if new else say.ALREADY_THERE)(locale)
            if new and incoming.is_from_a_person and incoming.author.id != interaction.user.id:
                told = await self.library.tell_author(incoming, interaction.user)
                text = f"{text} {(say.AUTHOR_TOLD if told else say.AUTHOR_NOT_TOLD)(locale)}"
            await say_privately(interaction, text)

    def _watched(self, interaction: Interaction) -> list[discord.abc.GuildChannel]:
        """The watched channels that whoever asks can open."""
        if interaction.guild is None or not isinstance(interaction.user, discord.Member):
            return []
        watched = self.library.watched_channels.of_guild(interaction.guild)
        return [channel for channel in watched if can_open(interaction.user, channel)]


def _guild_id(interaction: Interaction) -> int:
    assert interaction.guild_id is not None
    return interaction.guild_id


def _readable(channel: discord.abc.GuildChannel) -> bool:
    permissions = channel.permissions_for(channel.guild.me)
    return permissions.read_messages and permissions.read_message_history


def _locale(interaction: Interaction) -> Locale:
    return of_interaction(interaction)


async def _say(interaction: Interaction, text: str) -> None:
    await _reply(interaction, screens.notice(text))


async def _reply(interaction: Interaction, view: discord.ui.LayoutView) -> None:
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
