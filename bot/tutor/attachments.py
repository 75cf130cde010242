"""The attachments of a question: pictures go to the model, documents to the library, recordings nowhere."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import discord
import openai
import structlog
from openai import AsyncOpenAI
from openai.types.beta.threads import MessageContentPartParam

from bot import sentences
from bot.conversations.question import AttachedContent
from bot.errors import UserFacingError
from bot.escaping import escaped_name
from bot.replies.bounded_calls import bounded
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.tutor.incoming_message import IncomingMessage
from bot.tutor.picture_types import PICTURE_TYPES, picture_type

log = structlog.get_logger(__name__)

PICTURE_LIMIT = 20 * 1024 * 1024
"""Bytes of a picture; OpenAI's limit."""
DOWNLOAD = 10.0
"""Seconds in which a picture has to be there; the question does not wait longer for it."""
DOCUMENTS = 30.0
"""The same for all documents of a question together."""
PICTURES = 10
"""Pictures of one question at most."""


TakeFiles = Callable[[IncomingMessage], Awaitable[bool]]


class DocumentAttachments(Protocol):
    """Takes in attached documents (`bot.library.question_files`)."""

    async def with_question(self, message: IncomingMessage, documents: Sequence[discord.Attachment]) -> AttachedContent:
        """Take in documents that came with a question; returns what the model is given of them."""
        ...

    async def picture(
        self, message: IncomingMessage, attachment: discord.Attachment, upload: Callable[[], Awaitable[str]]
    ) -> str:
        """The id of a picture on the server, uploaded with `upload` if it is not there yet.

        Raises:
            UserFacingError: its author may upload no more today.
        """
        ...

    async def without_question(self, message: IncomingMessage) -> bool:
        """Take in the documents of a message without words; returns False if the message is still to be answered."""
        ...


class QuestionAttachments:
    """Fetches the attachments of a question at once: Discord's links expire."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client
        self.direct_files: list[TakeFiles] = []
        """Each looks at the files of a direct message before it is asked; True: nothing else is to be done with it."""
        self.documents: DocumentAttachments | None = None
        """Takes in the documents; None: they are ignored."""

    def fetch(
        self, message: IncomingMessage, attachments: Sequence[discord.Attachment]
    ) -> "asyncio.Future[AttachedContent]":
        """Begin to fetch. The future never fails: it has a note for the student on everything that went wrong."""
        return asyncio.ensure_future(self._fetch(message, attachments))

    async def _fetch(self, message: IncomingMessage, attachments: Sequence[discord.Attachment]) -> AttachedContent:
        locale = message.locale
        pictures = [each for each in attachments if is_picture(each)]
        documents = documents_of(attachments)
        recordings = [escaped_name(each.filename) for each in attachments if is_recording(each)]
        notes = [sentences.RECORDING(locale, name=name) for name in recordings]
        if len(pictures) > PICTURES:
            notes.append(sentences.PICTURES_TOO_MANY(locale, limit=PICTURES))
        fetched = await asyncio.gather(*(self._picture(each, message) for each in pictures[:PICTURES]))
        parts = tuple(part for part in fetched if not isinstance(part, str))
        notes += [note for note in fetched if isinstance(note, str)]
        taken = AttachedContent()
        if documents and self.documents is not None:
            try:
                async with asyncio.timeout(DOCUMENTS):
                    taken = await self.documents.with_question(message, documents)
            except TimeoutError:
                log.warning("documents.not_fetched", message=message.id)
                notes += [sentences.PICTURE_GONE(locale, name=escaped_name(each.filename)) for each in documents]
            except Exception:
                log.exception("documents.failed", message=message.id)
                notes += [sentences.PICTURE_GONE(locale, name=escaped_name(each.filename)) for each in documents]
        return AttachedContent((*parts, *taken.parts), taken.attachments, (*notes, *taken.notes))

    async def _picture(self, attachment: discord.Attachment, message: IncomingMessage) -> MessageContentPartParam | str:
        """A picture as a part of the message; or a sentence that says why it cannot be taken."""
        name, locale = escaped_name(attachment.filename), message.locale
        if attachment.size > PICTURE_LIMIT:
            return sentences.PICTURE_SIZE(locale, name=name, limit=PICTURE_LIMIT >> 20)
        try:
            data = await bounded(attachment.read(), DOWNLOAD)
        except DISCORD_ERRORS as error:
            log.warning("picture.not_fetched", attachment=attachment.id, cause=error)
            return sentences.PICTURE_GONE(locale, name=name)
        media_type = picture_type(data)
        if media_type is None:
            return sentences.PICTURE_TYPE(locale, name=name)
        filename = f"{attachment.id}.{PICTURE_TYPES[media_type]}"
        try:
            keep = self.documents.picture if self.documents is not None else None
            upload = functools.partial(self._upload, filename, data, media_type)
            file_id = await (keep(message, attachment, upload) if keep is not None else upload())
        except UserFacingError as error:
            return sentences.PICTURE_REFUSED(locale, name=name, reason=error.sentence(locale, **error.values))
        except openai.OpenAIError as error:
            log.warning("picture.not_taken", attachment=attachment.id, cause=error)
            return sentences.PICTURE_GONE(locale, name=name)
        return {"type": "image_file", "image_file": {"file_id": file_id, "detail": "auto"}}

    async def _upload(self, filename: str, data: bytes, media_type: str) -> str:
        made = await self._client.files.create(file=(filename, data, media_type), purpose="vision")
        return made.id


def documents_of(attachments: Sequence[discord.Attachment]) -> list[discord.Attachment]:
    """The attachments that are neither pictures nor films or sound."""
    return [each for each in attachments if not is_picture(each) and not is_recording(each)]


def is_picture(attachment: discord.Attachment) -> bool:
    """Whether Discord calls it a picture; SVG is none, for models do not take it."""
    return (attachment.content_type or "").startswith("image/") and not (attachment.content_type or "").startswith(
        "image/svg"
    )


def is_recording(attachment: discord.Attachment) -> bool:
    """Whether Discord calls it a film, a voice message or other sound."""
    return (attachment.content_type or "").startswith(("audio/", "video/"))
