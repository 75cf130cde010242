"""The files of one Discord message on their way into the library, and a record for each file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import discord

from bot import sentences
from bot.library.library_store import FileRecord
from bot.library.tables import Kind
from bot.sentences import Locale
from bot.tutor.incoming_message import IncomingMessage

BULK_ABOVE = 20
"""More messages with files than this are read in bulk (see `MessageFiles`)."""


@dataclass(frozen=True, slots=True)
class MessageFiles:
    """The files of one message on their way into the library; `urls` has Discord's link of each attachment id.

    `bulk`: the message is one of many, or is older than the bot's first look at its channel. Its files wait until
    those that people drop meanwhile are read. The message gets no ⏳, and the channel gets one sentence for all
    messages instead of one for each file that failed.
    """

    records: Sequence[FileRecord]
    urls: Mapping[int, str]
    locale: Locale
    bulk: bool = False
    begun_before: bool = False
    """Whether they were begun with before, perhaps by another process."""

    @property
    def guild_id(self) -> int:
        """0 in direct messages."""
        return self.records[0].guild_id

    @property
    def channel_id(self) -> int:
        """The channel of the message."""
        return self.records[0].channel_id

    @property
    def message_id(self) -> int:
        """The message that all files came with."""
        return self.records[0].message_id


def locale_of(message: IncomingMessage) -> Locale:
    """The language of its words, or else of its guild; its author's name says nothing of its files."""
    return message.fixed_locale or sentences.of_text(message.source.content, message.guild)


def record_of(attachment: discord.Attachment, message: IncomingMessage, filename: str, kind: Kind) -> FileRecord:
    """The record of a file that is not in the library yet."""
    return FileRecord(
        attachment_id=attachment.id,
        guild_id=message.guild_id,
        channel_id=message.channel.id,
        message_id=message.id,
        author_id=message.author.id,
        filename=filename,
        size=attachment.size,
        kind=kind,
    )


def original_name(attachment: discord.Attachment) -> str:
    """The file's name as its author has it; `Attachment.filename` lacks characters that Discord strips."""
    if not attachment.title:
        return attachment.filename
    _, dot, ending = attachment.filename.rpartition(".")
    return attachment.title if attachment.title.endswith(dot + ending) or not dot else f"{attachment.title}.{ending}"


def by_message(records: Iterable[FileRecord]) -> list[list[FileRecord]]:
    """Records of the same message together."""
    messages: dict[int, list[FileRecord]] = {}
    for record in records:
        messages.setdefault(record.message_id, []).append(record)
    return list(messages.values())
