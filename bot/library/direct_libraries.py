"""The server whose library serves in somebody's direct messages: one that they and Saem are both in, as they chose."""

import re
from typing import TYPE_CHECKING

import discord
import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.library.tables import LibraryDirectRow, LibraryFileRow
from bot.store.base import table_of
from bot.store.store import Store
from bot.store.tables import ConversationRow, QuestionRow
from bot.tutor.guilds_elsewhere import GuildsElsewhere

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_DIRECT, _FILES = table_of(LibraryDirectRow), table_of(LibraryFileRow)
_QUESTIONS, _CONVERSATIONS = table_of(QuestionRow), table_of(ConversationRow)

_ABOUT_FILES = re.compile(
    r"\b(?:files?|documents?|pdfs?|library|chapters?|pages?|handouts?|slides?|textbooks?|worksheets?|uploaded)\b"
    r"|파일|자료|교재|교과서|문서|단원|페이지|유인물|학습지|\d\s*쪽",
    re.IGNORECASE,
)
MOST_GUILDS = 10
"""Servers of a person that are looked up, which takes a request each."""


class DirectLibraries:
    """Remembers the choice of each direct message channel; whether its student is a member is asked every time."""

    def __init__(self, bot: "SaemBot", store: Store) -> None:
        self._bot = bot
        self._store = store
        self._elsewhere = GuildsElsewhere(bot, bot.outbox, bot.ownership)
        self._insert = (sqlite if store.dialect == "sqlite" else postgresql).insert

    async def choose(self, channel_id: int, user_id: int, guild_id: int | None) -> None:
        """Let a server's library serve in a direct message channel; None: no server's."""
        if guild_id is None:
            await self._store.write((delete(_DIRECT).where(_DIRECT.c.channel_id == channel_id), {}))
            return
        values = {"channel_id": channel_id, "user_id": user_id, "guild_id": guild_id}
        chosen = self._insert(_DIRECT).values(values)
        await self._store.write((chosen.on_conflict_do_update(index_elements=["channel_id"], set_=values), {}))

    async def to_be_told(self, channel_id: int, user_id: int, text: str) -> bool:
        """Whether somebody who asks for files in direct messages is to hear that a server can be chosen.

        True once for each channel, if none is chosen there and they and Saem are in one.
        """
        note = f"direct-library-told:{channel_id}"
        if not _ABOUT_FILES.search(text) or await self._bot.notes.get(note) is not None:
            return False
        chosen = await self._store.read(select(_DIRECT.c.guild_id).where(_DIRECT.c.channel_id == channel_id))
        if chosen or not await self.guilds(user_id, ""):
            return False
        await self._bot.notes.set(note, "")
        return True

    async def member(self, channel_id: int) -> discord.Member | None:
        """The student of a direct message channel as a member of the server that they chose, with their roles now.

        None if they chose none, or have left it: then the choice is forgotten.
        """
        query = select(_DIRECT.c.user_id, _DIRECT.c.guild_id).where(_DIRECT.c.channel_id == channel_id)
        for user_id, guild_id in await self._store.read(query):
            guild = await self._elsewhere.find(guild_id)
            try:
                return await self._member(guild, user_id) if guild is not None else None
            except discord.NotFound:
                await self.choose(channel_id, user_id, None)
            except discord.HTTPException as error:
                log.info("library.member_unknown", guild=guild_id, cause=str(error))
        return None

    async def guilds(self, user_id: int, typed: str) -> list[discord.Guild]:
        """The servers that a person is in, as far as Saem has met them there, whose names contain what is typed.

        A server that is named in full, or by its id, is among them also if Saem has not met the person there.
        """
        wanted = typed.strip().casefold()
        met = await self._met_in(user_id)
        exact = [guild for guild in self._bot.guilds if wanted in {guild.name.casefold(), str(guild.id)}]
        known = [guild for guild in self._bot.guilds if guild.id in met and wanted in guild.name.casefold()]
        elsewhere = await self._elsewhere.named(wanted) if wanted and not exact else ()
        others = [each for each in sorted(met) if not self._bot.ownership.owns(each)]
        fetched = [await self._elsewhere.find(each) for each in [*elsewhere, *others][:MOST_GUILDS]]
        known += [
            guild
            for guild in fetched
            if guild is not None and (guild.id in elsewhere or wanted in guild.name.casefold())
        ]
        found = []
        for guild in list(dict.fromkeys([*exact, *known]))[:MOST_GUILDS]:
            try:
                await self._member(guild, user_id)
            except discord.HTTPException as error:
                log.debug("library.no_member", guild=guild.id, cause=str(error))
            else:
                found.append(guild)
        return found

    async def _member(self, guild: discord.Guild, user_id: int) -> discord.Member:
        await self._bot.outbox.wait_for_turn()
        return await guild.fetch_member(user_id)

    async def _met_in(self, user_id: int) -> set[int]:
        """The guilds in which a person has asked or added something."""
        asked = (
            select(_CONVERSATIONS.c.guild_id)
            .join(_QUESTIONS, _QUESTIONS.c.conversation_id == _CONVERSATIONS.c.id)
            .where(_QUESTIONS.c.author_id == user_id)
            .distinct()
        )
        added = select(_FILES.c.guild_id).where(_FILES.c.author_id == user_id).distinct()
        return {row[0] for query in (asked, added) for row in await self._store.read(query)}
