"""Documents that come with a question. They belong to its conversation alone: they are attached to the message."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import discord
import openai
import structlog
from openai.types.beta import AssistantToolParam
from openai.types.beta.threads.run_create_params import AdditionalMessageAttachment

from bot.conversations.question import AttachedContent
from bot.conversations.tools import CODE_INTERPRETER, FILE_SEARCH
from bot.errors import UserFacingError
from bot.library import sentences as say
from bot.library.discord_requests import reply_reference
from bot.library.errors import FileFailedError
from bot.library.library import Library
from bot.library.library_store import FileRecord
from bot.library.message_files import record_of
from bot.library.reactions import MessageReactions, failure_lines
from bot.library.reading_choices import ask_in_conversation, readings_of
from bot.tutor.attachments import documents_of
from bot.tutor.incoming_message import IncomingMessage

if TYPE_CHECKING:
    from bot.client import SaemBot
from bot.library.vector_store_files import IndexedFile

log = structlog.get_logger(__name__)

_FILES_LIMIT = 10
"""Documents of one question; the Assistants API attaches no more to a message."""

_DATA_AND_TEXT: Final = (
    *(".csv", ".tsv", ".tab", ".psv", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".ndjson", ".geojson", ".xml"),
    *(".txt", ".dat", ".md", ".tex", ".py", ".ipynb", ".sql", ".r"),
)
"""Files that both are searched in and computed with, where code can be run."""
_DATA_ALONE: Final = (".npy", ".npz", ".mat", ".dta", ".sqlite", ".sqlite3", ".db", ".zip", ".gz", ".tar")
"""Files that no search reads, and that Python can open with what the interpreter has."""

_FAILURE_TIMEOUT = 90
"""Seconds in which the conversation gets its vector store and the server indexes the files."""


class QuestionFiles:
    """`bot.tutor.attachments.DocumentAttachments`: uploads the documents that come with a question."""

    def __init__(self, bot: "SaemBot", library: Library) -> None:
        self._bot = bot
        self._library = library
        self._failure_checks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop waiting for failures."""
        for task in self._failure_checks:
            task.cancel()
        await asyncio.gather(*self._failure_checks, return_exceptions=True)

    async def with_question(self, message: IncomingMessage, documents: Sequence[discord.Attachment]) -> AttachedContent:
        """Upload documents; returns them as attachments of the question's message, and a note for each that failed."""
        tried = await asyncio.gather(
            *(
                self._upload(
                    record_of(each, carrier_of(each, message), each.filename, "thread"), each.url, message.author.id
                )
                for each in documents[:_FILES_LIMIT]
            )
        )
        uploaded = [record for record in tried if record.file_id is not None]
        computes = await self._bot.guild_assistants.runs_code(message.guild_id)
        searched = [record for record in uploaded if FILE_SEARCH in tools_for(record.filename, computes=computes)]
        if searched:
            task = asyncio.create_task(self._report_failures(message, searched))
            self._failure_checks.add(task)
            task.add_done_callback(self._failure_checks.discard)
        notes = tuple(failure_lines([record], message.locale) for record in tried if record.file_id is None)
        return AttachedContent(
            attachments=tuple(_attachment(record, computes=computes) for record in uploaded), notes=notes
        )

    async def picture(
        self, message: IncomingMessage, attachment: discord.Attachment, upload: Callable[[], Awaitable[str]]
    ) -> str:
        """The id of a picture on the server, which is uploaded once; it is deleted when its message is.

        Raises:
            UserFacingError: its author, or the server, has uploaded enough today.
            Exception: what `upload` raises.
        """
        record = record_of(attachment, carrier_of(attachment, message), attachment.filename, "picture")
        stored = await self._library.library_store.get(record)
        if stored is not None and stored.file_id is not None and stored.state == "ready":
            return stored.file_id  # the question is asked again, or somebody else asks about it
        try:
            await self._library.upload_quotas.charge(message.guild_id, message.author.id, attachment.size)
        except FileFailedError as error:
            raise UserFacingError(say.REASONS[error.reason]) from error
        return await self._kept(record, upload)

    async def _kept(self, record: FileRecord, upload: Callable[[], Awaitable[str]]) -> str:
        """Upload a file and store its id; if its message is deleted meanwhile, the file is deleted too."""
        store = self._library.library_store
        await store.add(record)
        try:
            file_id = await upload()
        except BaseException:
            await store.delete(record)
            raise
        uploaded = replace(record, state="ready", file_id=file_id)
        await store.update(uploaded)
        await self._library.removal.remove_if_gone(uploaded)
        return file_id

    async def without_question(self, message: IncomingMessage) -> bool:
        """Add the documents of a bare mention to the library; False: there are none, or its author may not add."""
        documents = documents_of(message.attachments)
        if message.guild is None or not documents or not message.is_from_a_person:
            return False
        if self._library.watched_channels.watches(message.channel):
            return True  # the library adds them anyway
        if not message.mentions_our_user or not self._library.contributors.may_add(message.author, message.guild.id):
            return False
        await self._library.intake.add(message, documents)
        return True

    async def _upload(self, record: FileRecord, url: str, asker_id: int) -> FileRecord:
        """Returns the record with its `file_id`, or with the reason why it has none."""
        stored = await self._library.library_store.get(record)
        if stored is not None and stored.file_id is not None:
            return stored  # the question is asked again
        turn = replace(record, author_id=asker_id).turn
        try:
            await self._library.upload_quotas.charge(record.guild_id, asker_id, record.size)
            async with self._library.downloader.downloaded(url, record.size) as downloaded:
                upload = functools.partial(self._library.vector_store_files.upload, downloaded, record.filename, turn)
                return replace(record, state="ready", file_id=await self._kept(record, upload))
        except FileFailedError as error:
            return replace(record, state="failed", reason=error.reason)

    async def _report_failures(self, message: IncomingMessage, records: Sequence[FileRecord]) -> None:
        """Wait until the server has indexed the files, while the model answers, and say which it could not read."""
        try:
            async with asyncio.timeout(_FAILURE_TIMEOUT):
                vector_store_id = await self._vector_store_of(message.id)
                reasons = [await self._failure_reason(vector_store_id, record) for record in records]
        except TimeoutError:
            return
        except openai.OpenAIError as error:
            log.info("library.failures_unknown", message=message.id, cause=error)
            return
        failed = [
            replace(record, state="failed", reason=reason)
            for record, reason in zip(records, reasons, strict=True)
            if reason is not None
        ]
        if not failed:
            return
        stored = await self._bot.conversation_store.question(message.id)
        conversation = await self._bot.conversations.find(stored.conversation_id) if stored else None
        channel_id = conversation.location.channel_id if conversation is not None else message.channel.id
        # The first message in a thread has the thread's id.
        reply_to = message.id if channel_id == message.channel.id else channel_id
        reactions = MessageReactions(self._bot, message.guild_id, channel_id, reply_to, message.locale)
        asked = [record for record in failed if readings_of(record.reason)]
        told = [record for record in failed if record not in asked]
        if told:
            await reactions.reply(failure_lines(told, message.locale))
        reference = reply_reference(message.guild_id, channel_id, reply_to)
        for record in asked:
            await ask_in_conversation(self._bot, record, message.id, reference, message.locale)

    async def read_again(self, question_id: int, record: FileRecord, read_as: str) -> bool:
        """Read a file of a question once more, as a person has chosen; False if it was read, or that is no choice.

        Raises:
            UserFacingError: the server does not answer, or cannot read it so either.
        """
        file_id = record.file_id or ""
        try:
            async with asyncio.timeout(_FAILURE_TIMEOUT):
                vector_store_id = await self._vector_store_of(question_id)
                reason = await self._failure_reason(vector_store_id, record)
                if read_as not in dict(readings_of(reason)):
                    return False
                await self._library.library_store.update(replace(record, read_as=read_as))
                again = await self._library.vector_store_files.read_again(vector_store_id, file_id, read_as)
                await self._charge(record, again)
        except FileFailedError as error:
            raise UserFacingError(say.REASONS.get(error.reason, say.REASONS["failed"]), limit=say.LIMIT_MB) from error
        except (TimeoutError, openai.OpenAIError) as error:
            log.warning("library.not_read_again", file=file_id, cause=error)
            raise UserFacingError(say.AWAY) from error
        return True

    async def _failure_reason(self, vector_store_id: str, record: FileRecord) -> str | None:
        """Wait until the server has indexed a file; what is to be said of it: why it failed, or is read in part."""
        try:
            indexed = await self._library.vector_store_files.indexed(vector_store_id, record.file_id or "")
        except FileFailedError as error:
            if record.read_as is None or record.read_as not in dict(readings_of(error.reason)):
                return error.reason
            # It was attached anew, and somebody had said before how it is to be read.
            indexed = await self._library.vector_store_files.read_again(
                vector_store_id, record.file_id or "", record.read_as
            )
        await self._charge(record, indexed)
        return indexed.reason

    async def _charge(self, record: FileRecord, indexed: IndexedFile) -> None:
        """Charge what a file's embeddings have used in all."""
        spent = self._bot.quotas.budgets.prices.of_embeddings(indexed.embedding_tokens)
        charge_id = f"file-{record.attachment_id}"
        await self._bot.quotas.budgets.add(charge_id, record.author_id, record.guild_id, spent, "file")

    async def _vector_store_of(self, message_id: int) -> str:
        """The id of the vector store of the conversation that a message belongs to, once there is one."""
        while True:
            stored = await self._bot.conversation_store.question(message_id)
            conversation = await self._bot.conversation_store.conversation(stored.conversation_id) if stored else None
            if conversation is not None and conversation.thread_id is not None:
                thread = await self._bot.openai.beta.threads.retrieve(conversation.thread_id)
                resources = thread.tool_resources.file_search if thread.tool_resources else None
                if resources is not None and resources.vector_store_ids:
                    return resources.vector_store_ids[0]
            await asyncio.sleep(0.5)


def carrier_of(attachment: discord.Attachment, message: IncomingMessage) -> IncomingMessage:
    """The message that an attachment of a question stands in: the question, or the message that it replies to."""
    answered = message.replied_to
    mine = answered is None or any(each.id == attachment.id for each in message.attachments)
    return message if mine or answered is None else answered


def tools_for(filename: str, *, computes: bool) -> list[AssistantToolParam]:
    """Which tools get a file: documents the search, data the code interpreter (if it is offered), much of it both."""
    ending = PurePath(filename).suffix.lower()
    if computes and ending in _DATA_ALONE:
        return [CODE_INTERPRETER]
    return [FILE_SEARCH, CODE_INTERPRETER] if computes and ending in _DATA_AND_TEXT else [FILE_SEARCH]


def _attachment(record: FileRecord, *, computes: bool) -> AdditionalMessageAttachment:
    """A file as an attachment of an Assistants message; `computes`: the code interpreter is offered."""
    tools: Any = tools_for(record.filename, computes=computes)
    return {"file_id": record.file_id or "", "tools": tools}
