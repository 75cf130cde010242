"""Files that come with a question belong to that conversation alone: they are attached to the message."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import discord
import openai
import structlog
from openai.types.beta.threads.run_create_params import AdditionalMessageAttachment

from bot.conversations.question import AttachedContent
from bot.library.downloads import NotFetchedError
from bot.library.intake import documents_of
from bot.library.library import Library
from bot.library.library_store import FileRecord
from bot.library.marks import Marks, refusals
from bot.library.vector_store import NotTakenError
from bot.tutor.incoming_message import IncomingMessage

if TYPE_CHECKING:
    from bot.client import SaemBot

log = structlog.get_logger(__name__)

_MOST = 10
_COMPUTABLE = (".csv", ".tsv", ".xlsx", ".json", ".txt", ".py")
_PATIENCE = 90  # seconds in which the conversation is found, and its files are read


class QuestionFiles:
    """`bot.tutor.attachments.DocumentAttachments`: what is done with files that are not pictures."""

    def __init__(self, bot: "SaemBot", library: Library) -> None:
        self._bot = bot
        self._library = library
        self._watching: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop watching."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def with_question(
        self, message: IncomingMessage, attachments: Sequence[discord.Attachment]
    ) -> AttachedContent:
        """Upload, and attach to the message."""
        records = [
            FileRecord(
                each.id,
                message.guild_id,
                message.channel.id,
                message.id,
                message.author.id,
                each.filename,
                each.size,
                kind="thread",
            )
            for each in documents_of(attachments)[:_MOST]
        ]
        urls = {each.id: each.url for each in attachments}
        done = await asyncio.gather(*(self._upload(record, urls[record.attachment_id]) for record in records))
        failed = [record for record in done if record.file_id is None]
        taken = [record for record in done if record.file_id is not None]
        if taken:
            self._watch(message, taken)
        notes = tuple(refusals([record], message.locale) for record in failed)
        computes = any(tool["type"] == "code_interpreter" for tool in self._bot.tools.offered())
        attached = tuple(_attachment(record, computes=computes) for record in taken)
        return AttachedContent(attachments=attached, notes=notes)

    async def without_question(self, message: IncomingMessage) -> bool:
        """Nothing but documents and a mention: they go into the library, if the sender may add to it."""
        carried = documents_of(message.attachments)
        if message.guild is None or not carried or not message.is_from_a_person:
            return False
        if self._library.watches(message.channel):
            return True  # it is being taken in as it is
        if not message.mentions_our_user or not self._library.may_add(message.author, message.guild.id):
            return False
        await self._library.take(message, carried)
        return True

    async def _upload(self, record: FileRecord, url: str) -> FileRecord:
        """The record with its `file_id`, or with the reason why there is none."""
        known = await self._library.records.get(record)
        if known is not None and known.file_id is not None:
            return known  # asked again
        try:
            async with self._library.fetcher.fetched(url, record.size) as fetched:
                file_id = await self._library.shelf.upload(fetched, record.filename)
        except (NotFetchedError, NotTakenError) as error:
            return replace(record, state="failed", reason=error.reason)
        done = replace(record, state="ready", file_id=file_id)
        await self._library.records.add(done)
        return done

    def _watch(self, message: IncomingMessage, records: Sequence[FileRecord]) -> None:
        task = asyncio.create_task(self._tell_what_failed(message, records))
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)

    async def _tell_what_failed(self, message: IncomingMessage, records: Sequence[FileRecord]) -> None:
        """The server reads the files while the model thinks; who attached one that cannot be read is told so."""
        try:
            async with asyncio.timeout(_PATIENCE):
                store = await self._store_of(message.id)
                fates = [await self._library.shelf.fate(store, record.file_id or "") for record in records]
        except TimeoutError:
            return
        except openai.OpenAIError as error:
            log.info("library.fate_unknown", message=message.id, cause=str(error))
            return
        failed = [
            replace(record, state="failed", reason=fate)
            for record, fate in zip(records, fates, strict=True)
            if fate is not None
        ]
        if failed:
            stored = await self._bot.conversation_store.question(message.id)
            conversation = await self._bot.conversations.find(stored.conversation_id) if stored else None
            location = conversation.location.channel_id if conversation is not None else message.channel.id
            target = message.id if location == message.channel.id else location
            marks = Marks(self._bot, message.guild_id, location, target, message.locale)
            await marks.say(refusals(failed, message.locale))

    async def _store_of(self, message_id: int) -> str:
        """The vector store of the conversation that a message belongs to, once there is one."""
        while True:
            stored = await self._bot.conversation_store.question(message_id)
            conversation = await self._bot.conversation_store.conversation(stored.conversation_id) if stored else None
            if conversation is not None and conversation.thread_id is not None:
                thread = await self._bot.openai.beta.threads.retrieve(conversation.thread_id)
                resources = thread.tool_resources.file_search if thread.tool_resources else None
                if resources is not None and resources.vector_store_ids:
                    return resources.vector_store_ids[0]
            await asyncio.sleep(0.5)


def _attachment(record: FileRecord, *, computes: bool) -> AdditionalMessageAttachment:
    attachment: AdditionalMessageAttachment = {"file_id": record.file_id or "", "tools": [{"type": "file_search"}]}
    if computes and record.filename.lower().endswith(_COMPUTABLE):
        attachment["tools"] = [{"type": "file_search"}, {"type": "code_interpreter"}]
    return attachment
