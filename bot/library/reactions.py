"""What people see under a message with files: ⏳, ✅ and ⚠️, and a reply that says which files failed and why."""

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import discord
import structlog

from bot.escaping import escaped_name
from bot.library import sentences as say
from bot.library.discord_requests import insist, reply_reference
from bot.library.library_store import FileRecord, LibraryStore
from bot.library.message_files import MessageFiles
from bot.library.reading_choices import ask_for_encoding, readings_of
from bot.replies.discord_error_codes import MISSING_ACCESS, MISSING_PERMISSIONS
from bot.sentences import Locale

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)
T = TypeVar("T")

WORKING, DONE, FAILED = "⏳", "✅", "⚠️"

LOOKED_THROUGH = 100
"""Messages after one with files that are looked through for a reply to it."""
MOST_REFUSED = 200
"""Messages whose outcome Saem may not show now, and that are kept until its permissions change."""
_NAMED = 8
"""Failed files that one reply names."""


class MessageReactions:
    """The reactions and replies under one message with files."""

    def __init__(self, bot: "SaemBot", guild_id: int, channel_id: int, message_id: int, locale: Locale) -> None:
        self._bot = bot
        self._channel = bot.get_partial_messageable(channel_id, guild_id=guild_id or None)
        self._message = self._channel.get_partial_message(message_id)
        self._guild_id = guild_id
        self._locale = locale
        self.not_allowed: set[str] = set()
        """What Saem lacks a permission for: `reaction`, `outcome` (a reply), `replies` (to read them)."""

    async def _insist(self, request: Callable[[], Awaitable[T]], what: str) -> T | None:
        """The same as `insist`; notes which permission is missing."""

        async def noting() -> T:
            try:
                return await request()
            except discord.Forbidden as error:
                if error.code in {MISSING_ACCESS, MISSING_PERMISSIONS}:
                    self.not_allowed.add(what)
                raise

        return await insist(self._bot.outbox, noting, what)

    async def show_working(self) -> None:
        """Add ⏳."""
        await self._react(WORKING)

    async def show_outcome(
        self, records: Sequence[FileRecord], *, quiet: bool = False, begun_before: bool = False
    ) -> None:
        """Add ✅ if a file is ready, and ⚠️ if one failed; unless `quiet`, reply why each failed.

        `begun_before`: an earlier process may have replied already, and have died before that was noted.
        """
        failed = [record for record in records if record.state == "failed"]
        if any(record.state == "ready" for record in records):
            await self._react(DONE)
        if failed:
            await self._react(FAILED)
        asked = [record for record in failed if record.kind == "library" and readings_of(record.reason)]
        in_part = [record for record in records if record.state == "ready" and record.reason is not None]
        told = [*in_part, *(record for record in failed if record not in asked)]
        if quiet or not (told or asked):
            return
        replies = await self._replies() if begun_before else []
        lines = failure_lines(told, self._locale)
        if told and not any(each.content == lines for each in replies):
            await self.reply(lines)
        for record in asked:
            if not any(_asks_about(each, record) for each in replies):
                await ask_for_encoding(self._bot, record, self._locale)

    async def _replies(self) -> Sequence[discord.Message]:
        """What was replied to the message."""

        async def read() -> list[discord.Message]:
            after = self._channel.history(after=discord.Object(self._message.id), limit=LOOKED_THROUGH)
            return [each async for each in after if each.author == self._bot.user and _replies_to(each, self._message)]

        return await self._insist(read, "replies") or []

    async def remove_working(self) -> None:
        """Remove ⏳."""
        me = self._bot.user
        if me is not None:
            await self._insist(lambda: self._message.remove_reaction(WORKING, me), "reaction")

    async def remove_failed(self) -> None:
        """Remove ⚠️: the file is read once more."""
        me = self._bot.user
        if me is not None:
            await self._insist(lambda: self._message.remove_reaction(FAILED, me), "reaction")

    async def refuse(self, sentence: str) -> None:
        """Add ⚠️ and reply."""
        await self._react(FAILED)
        await self.reply(sentence)

    async def reply(self, text: str) -> None:
        """Reply to the message, without a mention. If Discord's response is lost, the nonce keeps a second one out."""
        reference = reply_reference(self._guild_id, self._channel.id, self._message.id)
        none = discord.AllowedMentions.none()
        nonce = secrets.randbits(62)
        await self._insist(
            lambda: self._channel.send(
                text, reference=reference, nonce=nonce, allowed_mentions=none, mention_author=False
            ),
            "outcome",
        )

    async def _react(self, emoji: str) -> None:
        await self._insist(lambda: self._message.add_reaction(emoji), "reaction")


def _replies_to(reply: discord.Message, message: discord.PartialMessage) -> bool:
    return reply.reference is not None and reply.reference.message_id == message.id


def _asks_about(reply: discord.Message, record: FileRecord) -> bool:
    return f"library:as:{record.attachment_id}:" in str([each.to_dict() for each in reply.components])


def failure_lines(failed: Sequence[FileRecord], locale: Locale) -> str:
    """A line for each file that failed, or was read in part, with the reason."""
    lines = [
        say.REFUSED_FILE(locale, name=escaped_name(record.filename), reason=say.reason(record.reason, locale))
        for record in failed[:_NAMED]
    ]
    if len(failed) > _NAMED:
        lines.append(say.AND_MORE(locale, count=len(failed) - _NAMED))
    return "\n".join(lines)


# Order of reactions in a channel's queue: a message whose files are read already needs no ⏳.
_OUTCOME, _WORKING = 0, 1


@dataclass(slots=True)
class _MessageState:
    """What a message with files shows, and what it is to show."""

    files: MessageFiles
    shows_working: bool = False
    outcome: Sequence[FileRecord] | None = None
    told: bool = False
    """Whether the reply stands there."""


@dataclass(order=True, slots=True)
class _QueueEntry:
    priority: tuple[int, int]
    message: _MessageState = field(compare=False)


class ReactionQueue:
    """Shows reactions under many messages, behind the reading: Discord allows four reactions a second.

    Each channel has a queue; outcomes go before ⏳. `close` leaves outcomes that are not shown to the next process.
    """

    def __init__(self, bot: "SaemBot", library_store: LibraryStore) -> None:
        self._bot = bot
        self._library_store = library_store
        self._messages: dict[int, _MessageState] = {}
        self._queues: dict[int, asyncio.PriorityQueue[_QueueEntry]] = {}
        self._tasks: dict[asyncio.Task[None], int] = {}
        """Each with its channel's guild."""
        self._refused: dict[int, _MessageState] = {}
        """Messages whose outcome Saem may not show now, oldest first."""
        self._changes = 0
        """How often permissions have changed."""
        self._outcomes: set[int] = set()
        """The messages whose outcomes are on their way."""
        self._numbers = itertools.count()

    async def close(self) -> None:
        """Stop."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Show nothing more in guilds that another process serves from now on: that one does."""
        tasks = [task for task, guild_id in self._tasks.items() if theirs(guild_id)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._messages = {each: of for each, of in self._messages.items() if not theirs(of.files.guild_id)}
        self._refused = {each: of for each, of in self._refused.items() if not theirs(of.files.guild_id)}

    def shows_outcome(self, message_id: int) -> bool:
        """Whether the outcome of a message is on its way."""
        return message_id in self._outcomes

    def show_working(self, files: MessageFiles) -> None:
        """The files of a message wait, or are being read."""
        # If another process began with the message, nobody knows whether it has ⏳.
        message = self._messages[files.message_id] = _MessageState(files, shows_working=files.begun_before)
        if not files.bulk:
            self._put(_WORKING, message)

    def show_outcome(self, files: MessageFiles, records: Sequence[FileRecord]) -> None:
        """All files of a message are ready or have failed; `records` says which."""
        # If another process began with the message, nobody knows whether it has ⏳.
        message = self._messages.pop(files.message_id, None) or _MessageState(files, shows_working=True)
        message.outcome = records
        self._outcomes.add(files.message_id)
        self._put(_OUTCOME, message)

    def permissions_changed(self, guild_id: int) -> None:
        """Saem may do something else in a guild than before: show what it was not allowed to show."""
        self._changes += 1
        for message in [each for each in self._refused.values() if each.files.guild_id == guild_id]:
            del self._refused[message.files.message_id]
            self._outcomes.add(message.files.message_id)
            self._put(_OUTCOME, message)

    def _put(self, kind: int, message: _MessageState) -> None:
        channel_id = message.files.channel_id
        queue = self._queues.get(channel_id)
        if queue is None:
            queue = self._queues[channel_id] = asyncio.PriorityQueue()
            task = asyncio.create_task(self._show_all(channel_id, queue), name="library-reactions")
            self._tasks[task] = message.files.guild_id
            task.add_done_callback(self._tasks.pop)
        queue.put_nowait(_QueueEntry((kind, next(self._numbers)), message))

    async def _show_all(self, channel_id: int, queue: "asyncio.PriorityQueue[_QueueEntry]") -> None:
        try:
            while not queue.empty():
                entry = queue.get_nowait()
                try:
                    await self._show(entry.priority[0], entry.message)
                except Exception:
                    log.exception("library.no_reaction", message=entry.message.files.message_id)
                finally:
                    if entry.priority[0] == _OUTCOME:
                        self._outcomes.discard(entry.message.files.message_id)
        finally:
            del self._queues[channel_id]
            while not queue.empty():  # it is given up
                self._outcomes.discard(queue.get_nowait().message.files.message_id)

    async def _show(self, kind: int, message: _MessageState) -> None:
        files = message.files
        reactions = MessageReactions(self._bot, files.guild_id, files.channel_id, files.message_id, files.locale)
        if kind == _WORKING and message.outcome is None:
            message.shows_working = True
            await reactions.show_working()
        elif message.outcome is not None and kind == _OUTCOME:
            quiet, changes = files.bulk or message.told, self._changes
            await reactions.show_outcome(message.outcome, quiet=quiet, begun_before=files.begun_before)
            message.told = "outcome" not in reactions.not_allowed
            if message.shows_working:
                await reactions.remove_working()
            if reactions.not_allowed and changes != self._changes:  # perhaps it may now
                self._put(_OUTCOME, message)
            elif reactions.not_allowed:
                self._refused[files.message_id] = message
                while len(self._refused) > MOST_REFUSED:
                    del self._refused[next(iter(self._refused))]
            await self._library_store.set_outcome_shown(message.outcome)
