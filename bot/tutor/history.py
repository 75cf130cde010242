"""What was said in a conversation's channel, read back from Discord's message history."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime

import discord
import structlog

from bot.conversations.discord_interface import PastMessage
from bot.conversations.location import Location
from bot.conversations.prompts.assistants_messages import said_by
from bot.conversations.prompts.speakers import Speakers
from bot.errors import DiscordUnavailableError
from bot.replies.bounded_calls import bounded
from bot.replies.requests.discord_failures import DISCORD_ERRORS, is_final
from bot.tutor.incoming_message import IncomingMessage, read_message

log = structlog.get_logger(__name__)

PAST = 30
"""Messages of a thread's past that a conversation begins with."""
CONTEXT = 100
"""Messages that are looked through for context."""
PAGES = 3
"""Pages of CONTEXT messages that are looked through for what was edited and deleted meanwhile."""
AFTER = 50
"""Messages that are looked through for those of one answer."""


class History:
    """Reads messages through discord.py. What Discord refuses for good is logged, and nothing is found."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def channel(self, location: Location) -> discord.PartialMessageable:
        """The channel or thread that a conversation is shown in."""
        return self._client.get_partial_messageable(location.channel_id, guild_id=location.guild_id or None)

    async def message(self, channel_id: int, message_id: int, guild_id: int = 0) -> IncomingMessage:
        """One message.

        Raises:
            DISCORD_ERRORS: it is gone, or Discord cannot be reached.
        """
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id or None)
        return read_message(await bounded(channel.fetch_message(message_id)), self._client)

    async def before(self, location: Location, message_ids: Sequence[int]) -> list[PastMessage]:
        """What was said before these messages, oldest first; a thread's first message is read from its parent.

        A chain of replies in a channel begins with its first message: what others asked there before is not its own.
        """
        until = discord.Object(min(message_ids)) if message_ids else None
        first = location.id if _by_reply(location) else 0
        said, speakers = [], Speakers()
        try:
            newest_first = await _all(self.channel(location).history(limit=PAST, before=until))
        except DISCORD_ERRORS as error:
            log.warning("history.not_read", conversation=location.id, cause=error)
            return []
        since_first = [each for each in newest_first if each.id >= first]
        messages = [read_message(shown, self._client) for each in since_first if (shown := _shown(each)) is not None]
        forgotten = await self._forgotten_before({each.author.id for each in messages if not each.is_ours})
        ours_from = max(forgotten.values(), default=None)
        for message in reversed(messages):
            if message.id in message_ids:
                continue
            since = ours_from if message.is_ours else forgotten.get(message.author.id)
            if since is not None and message.sent_at < since:
                continue
            if message.is_ours:
                said.append(PastMessage("assistant", message.plain_text))
            else:
                name = speakers.called(message.author.id, message.author.display_name)
                said.append(PastMessage("user", said_by(name, message.shown_text), message.author.id, name))
        return said

    async def _forgotten_before(self, student_ids: Collection[int]) -> dict[int, datetime]:
        """Until when students have had their conversations forgotten: what they wrote by then is not read again."""
        find = getattr(self._client, "forgotten_before", None)
        if find is None:
            return {}
        found = {student_id: await find(student_id) for student_id in student_ids}
        return {student_id: at for student_id, at in found.items() if at is not None}

    async def messages(self, location: Location, message_ids: Sequence[int]) -> list[IncomingMessage]:
        """Messages by their ids, oldest first, read in one request: they stand close together.

        Raises:
            DiscordUnavailableError: Discord does not answer.
        """
        since = discord.Object(min(message_ids) - 1)
        history = self.channel(location).history(limit=CONTEXT, after=since, oldest_first=True)
        found = await _all_there(history, location)
        return [read_message(each, self._client) for each in found if each.id in message_ids]

    async def as_now(self, location: Location, message_ids: Sequence[int]) -> tuple[list[IncomingMessage], set[int]]:
        """Messages by their ids, oldest first, and the ids of those that the channel does not hold (any more).

        Messages beyond the newest that is read, and all that Discord does not let be read, are in neither.

        Raises:
            DiscordUnavailableError: Discord does not answer.
        """
        found: list[IncomingMessage] = []
        left, since = set(message_ids), min(message_ids) - 1
        for _ in range(PAGES):
            history = self.channel(location).history(limit=CONTEXT, after=discord.Object(since), oldest_first=True)
            page = await _all_there(history, location)
            if not page:  # so Discord answers who may not read the history; else the newest question would stand there
                return found, set()
            found += [read_message(each, self._client) for each in page if each.id in left]
            left -= {each.id for each in page}
            if len(page) < CONTEXT:
                return found, left
            since = page[-1].id
            if not any(each > since for each in left):
                break
        return found, {each for each in left if each <= since}

    async def answers(self, location: Location, question_id: int) -> list[discord.Message]:
        """Saem's own messages that answer a message (or come after that Discord id), oldest first.

        In a channel others are answered too: only replies to the question count. In a thread answers reply to nobody;
        a message that replies to a person is no answer there, but a sentence to that person.

        Raises:
            DiscordUnavailableError: Discord does not answer.
        """
        history = self.channel(location).history(limit=AFTER, after=discord.Object(question_id))
        later = [read_message(each, self._client) for each in await _all_there(history, location)]
        by_reply = _by_reply(location)
        return [
            each.source
            for each in later
            if each.is_ours
            and _is_answer(each.source)
            and (_replies_to(each.source, question_id) if by_reply else not _replies_to_a_person(each))
        ]


def _by_reply(location: Location) -> bool:
    """Whether a conversation is a chain of replies in a channel."""
    return location.channel_id != location.id and location.guild_id != 0


async def _all(history: AsyncIterator[discord.Message]) -> list[discord.Message]:
    """The messages of a history. What keeps a student waiting is given up in time, and the answer does without it.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or does not answer in time.
    """

    async def read() -> list[discord.Message]:
        return [each async for each in history]

    return await bounded(read())


async def _all_there(history: AsyncIterator[discord.Message], location: Location) -> list[discord.Message]:
    """The messages of a history; none if Discord says that it is gone, or not for the bot.

    Raises:
        DiscordUnavailableError: Discord does not answer.
    """
    try:
        return await _all(history)
    except DISCORD_ERRORS as error:
        log.warning("history.not_read", conversation=location.id, cause=error)
        if is_final(error):
            return []
        raise DiscordUnavailableError from error


def _shown(message: discord.Message) -> discord.Message | None:
    """The message; for the thread starter message at a thread's top, the message that the thread was made from.

    None for other system messages of Discord.
    """
    if message.type is not discord.MessageType.thread_starter_message:
        return message if message.type in (discord.MessageType.default, discord.MessageType.reply) else None
    resolved = message.reference.resolved if message.reference is not None else None
    return resolved if isinstance(resolved, discord.Message) else None


def _is_answer(message: discord.Message) -> bool:
    """Whether a message by Saem is (a part of) an answer: no system message, no response to a command, and nothing that
    people play, turn over or choose from, which has buttons of its own (`quiz:`, `cards:`, `hint:`, …).
    """
    items = discord.ui.LayoutView.from_message(message, timeout=None).walk_children()
    ids = [str(custom_id) for item in items if (custom_id := getattr(item, "custom_id", None)) is not None]
    return message.flags.components_v2 and all(each.startswith("saem:") for each in ids)


def _replies_to(message: discord.Message, message_id: int) -> bool:
    return message.reference is not None and message.reference.message_id == message_id


def _replies_to_a_person(message: IncomingMessage) -> bool:
    return message.replied_to is not None and not message.replied_to.author.bot
