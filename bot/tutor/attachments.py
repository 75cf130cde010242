"""What messages carry: pictures go to the model with the question, other files to whoever takes files in."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import discord
import openai
import structlog
from openai import AsyncOpenAI
from openai.types.beta.threads import MessageContentPartParam

from bot import sentences
from bot.conversations.question import AttachedContent
from bot.sentences import Locale
from bot.tutor.error_handler import DISCORD_ERRORS

log = structlog.get_logger(__name__)

PICTURE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
"""What vision models take."""
PICTURE_LIMIT = 20 * 1024 * 1024
"""Bytes of a picture, as OpenAI has it."""
PICTURES = 10
"""Pictures of one question."""


class Documents(Protocol):
    """Takes files in that are not pictures (the library)."""

    async def with_question(
        self, message: discord.Message, attachments: Sequence[discord.Attachment], locale: Locale
    ) -> AttachedContent:
        """Files that came with a question: what of them goes to the model with it."""
        ...

    async def without_question(self, message: discord.Message, attachments: Sequence[discord.Attachment]) -> bool:
        """Files that came with a bare mention; whether they were dealt with, so that nobody need answer."""
        ...


class QuestionAttachments:
    """Fetches at once what messages carry: Discord's links expire."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client
        self.documents: Documents | None = None
        """Whoever takes files in; None: they are left aside."""

    def begin(
        self, message: discord.Message, attachments: Sequence[discord.Attachment], locale: Locale
    ) -> "asyncio.Future[AttachedContent]":
        """Start fetching; the future never fails, what went wrong is a note for the student."""
        return asyncio.ensure_future(self._fetch(message, attachments, locale))

    async def _fetch(
        self, message: discord.Message, attachments: Sequence[discord.Attachment], locale: Locale
    ) -> AttachedContent:
        pictures = [each for each in attachments if is_picture(each)]
        others = [each for each in attachments if not is_picture(each) and not is_recording(each)]
        notes = [sentences.RECORDING(locale, name=each.filename) for each in attachments if is_recording(each)]
        if len(pictures) > PICTURES:
            notes.append(sentences.PICTURES_TOO_MANY(locale, limit=PICTURES))
        fetched = await asyncio.gather(*(self._picture(each, locale) for each in pictures[:PICTURES]))
        parts = tuple(part for part in fetched if not isinstance(part, str))
        notes += [note for note in fetched if isinstance(note, str)]
        files = AttachedContent()
        if others and self.documents is not None:
            try:
                files = await self.documents.with_question(message, others, locale)
            except Exception:
                log.exception("documents.failed", message=message.id)
                notes += [sentences.PICTURE_GONE(locale, name=each.filename) for each in others]
        return AttachedContent((*parts, *files.parts), files.attachments, (*notes, *files.notes))

    async def _picture(self, attachment: discord.Attachment, locale: Locale) -> MessageContentPartParam | str:
        """A picture as a part of the message, or a sentence on why not."""
        name = attachment.filename
        if attachment.size > PICTURE_LIMIT:
            return sentences.PICTURE_SIZE(locale, name=name, limit=PICTURE_LIMIT >> 20)
        try:
            data = await attachment.read()
        except DISCORD_ERRORS as error:
            log.warning("picture.not_fetched", attachment=attachment.id, cause=str(error))
            return sentences.PICTURE_GONE(locale, name=name)
        media_type = picture_type(data)
        if media_type is None:
            return sentences.PICTURE_TYPE(locale, name=name)
        try:
            file = await self._client.files.create(
                file=(f"{attachment.id}.{PICTURE_TYPES[media_type]}", data, media_type), purpose="vision"
            )
        except openai.OpenAIError as error:
            log.warning("picture.not_taken", attachment=attachment.id, cause=str(error))
            return sentences.PICTURE_GONE(locale, name=name)
        return {"type": "image_file", "image_file": {"file_id": file.id, "detail": "auto"}}


def is_picture(attachment: discord.Attachment) -> bool:
    """By what Discord says of it."""
    return (attachment.content_type or "").startswith("image/") and not (attachment.content_type or "").startswith(
        "image/svg"
    )


def is_recording(attachment: discord.Attachment) -> bool:
    """A film, a voice message or other sound, by what Discord says of it."""
    return (attachment.content_type or "").startswith(("audio/", "video/"))


def picture_type(data: bytes) -> str | None:
    """By its first bytes, as names and declared types may lie; None: not one that models take."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
