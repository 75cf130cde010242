"""Buttons by which the sender of a file says how it is to be read: in which encoding, or as a picture of a page."""

import json
import re
import secrets
import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.escaping import escaped_name, one_line
from bot.library import sentences as say
from bot.library.discord_requests import insist, reply_reference
from bot.library.library_store import FileRecord, LibraryStore
from bot.library.message_files import original_name
from bot.sentences import Locale, of_interaction
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import handles_errors, say_privately
from bot.tutor.incoming_message import IncomingMessage, read_message

if TYPE_CHECKING:
    from bot.client import SaemBot

AS_PAGE: Final = "page"
"""What a picture is `read_as` (see `LibraryFileRow`) when its sender says that it is a page."""
_LABEL: Final = 80
_PICTURES: Final = 5
"""Pictures of one message that buttons are offered for."""


def readings_of(reason: str | None) -> Sequence[tuple[str, str]]:
    """The encodings that a text may have, each with its first words; none when the file failed for another reason."""
    if reason is None or not reason.startswith(say.UNSURE_ENCODING_OF_SERVER):
        return ()
    try:
        found = json.loads(reason.removeprefix(say.UNSURE_ENCODING_OF_SERVER))
        return [(str(encoding), str(excerpt)) for encoding, excerpt in found]
    except (ValueError, TypeError):
        return ()


def logged(reason: str | None) -> str | None:
    """The reason without the words of the file that it may quote."""
    return say.UNSURE_ENCODING_OF_SERVER if readings_of(reason) else reason


class _Choice(discord.ui.Button[Any]):
    def __init__(self, label: str, custom_id: str) -> None:
        super().__init__(label=one_line(label)[:_LABEL], custom_id=custom_id, style=discord.ButtonStyle.secondary)


class EncodingButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"library:as:(?P<file>\d{1,20}):(?P<encoding>[a-z0-9-]{2,12})",
):
    """Has a text file read in an encoding."""

    def __init__(self, attachment_id: int, encoding: str, excerpt: str = "", locale: Locale = "en") -> None:
        label = f"{excerpt[:50]} · {say.encoding_name(encoding, locale)}"
        super().__init__(_Choice(label, f"library:as:{attachment_id}:{encoding}"))
        self.attachment_id = attachment_id
        self.encoding = encoding

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "EncodingButton":
        """Discord.py calls this at every press."""
        return cls(int(match["file"]), match["encoding"])

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[SaemBot]") -> None:
        """Read the file again, if its sender or a manager of the server says so."""
        locale = of_interaction(interaction)
        record = await LibraryStore(interaction.client.store).library_file(self.attachment_id)
        if record is None or record.guild_id != interaction.guild_id:
            await say_privately(interaction, say.NOT_THERE(locale))
        elif not _may_say(interaction, record.author_id):
            await say_privately(interaction, say.NOT_YOUR_FILE(locale))
        elif record.state != "failed" or self.encoding not in dict(readings_of(record.reason)):
            await say_privately(interaction, say.ALREADY_THERE(locale))  # pressed twice
        else:
            cog: Any = interaction.client.get_cog("LibraryCog")
            name = say.encoding_name(self.encoding, locale)
            chosen = await cog.library.intake.choose_reading(record, self.encoding)
            await interaction.response.edit_message(content=say.READ_AS(locale, how=name), view=None)
            await cog.library.intake.read_again(chosen)


class QuestionEncodingButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"library:ask:(?P<question>\d{1,20}):(?P<file>\d{1,20}):(?P<encoding>[a-z0-9-]{2,12})",
):
    """Has a text file of a question read in an encoding."""

    def __init__(
        self, question_id: int, attachment_id: int, encoding: str, excerpt: str = "", locale: Locale = "en"
    ) -> None:
        label = f"{excerpt[:50]} · {say.encoding_name(encoding, locale)}"
        super().__init__(_Choice(label, f"library:ask:{question_id}:{attachment_id}:{encoding}"))
        self.question_id = question_id
        self.attachment_id = attachment_id
        self.encoding = encoding

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "QuestionEncodingButton":
        """Discord.py calls this at every press."""
        return cls(int(match["question"]), int(match["file"]), match["encoding"])

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[SaemBot]") -> None:
        """Read the file again, if whoever asked, its sender, or a manager of the server says so."""
        locale = of_interaction(interaction)
        record = await LibraryStore(interaction.client.store).library_file(self.attachment_id, "thread")
        question = await interaction.client.conversation_store.question(self.question_id)
        if record is None or question is None or record.guild_id != (interaction.guild_id or 0):
            await say_privately(interaction, say.NOT_THERE(locale))
            return
        if interaction.user.id != question.author_id and not _may_say(interaction, record.author_id):
            await say_privately(interaction, say.NOT_YOUR_FILE(locale))
            return
        name = say.encoding_name(self.encoding, locale)
        cog: Any = interaction.client.get_cog("LibraryCog")
        await defer(interaction)
        chosen = await cog.question_files.read_again(self.question_id, record, self.encoding)
        text = say.READ_FOR_QUESTION(locale, how=name) if chosen else say.ALREADY_THERE(locale)
        await interaction.edit_original_response(content=text, view=None)


class PageButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"library:page:(?P<message>\d{1,20}):(?P<file>\d{1,20})"
):
    """Adds a picture to the library as a page that is read by OCR."""

    def __init__(self, message_id: int, attachment_id: int, label: str = "…") -> None:
        super().__init__(_Choice(label, f"library:page:{message_id}:{attachment_id}"))
        self.message_id = message_id
        self.attachment_id = attachment_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "PageButton":
        """Discord.py calls this at every press."""
        return cls(int(match["message"]), int(match["file"]))

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[SaemBot]") -> None:
        """Add the picture, if its sender or a manager of the server says so."""
        locale = of_interaction(interaction)
        channel: Any = interaction.channel
        try:
            message = read_message(await channel.fetch_message(self.message_id), interaction.client)
        except discord.NotFound:
            await say_privately(interaction, say.NOT_THERE(locale))
            return
        picture = next((each for each in message.attachments if each.id == self.attachment_id), None)
        if picture is None:
            await say_privately(interaction, say.NOT_THERE(locale))
        elif not _may_say(interaction, message.author.id):
            await say_privately(interaction, say.NOT_YOUR_FILE(locale))
        else:
            cog: Any = interaction.client.get_cog("LibraryCog")
            await cog.library.intake.add(message, [picture], read_as=AS_PAGE)
            await interaction.response.edit_message(content=say.READ_AS(locale, how=say.A_PAGE(locale)), view=None)


def _may_say(interaction: "discord.Interaction[SaemBot]", author_id: int) -> bool:
    return interaction.user.id == author_id or interaction.permissions.manage_guild


async def ask_for_encoding(bot: "SaemBot", record: FileRecord, locale: Locale) -> None:
    """Ask the sender of a text file, in a reply, which of its readings is right."""
    view = discord.ui.View(timeout=None)
    for encoding, excerpt in readings_of(record.reason):
        view.add_item(EncodingButton(record.attachment_id, encoding, excerpt, locale))
    text = say.WHICH_READING(locale, name=escaped_name(record.filename))
    await _reply(bot, reply_reference(record.guild_id, record.channel_id, record.message_id), text, view)


async def ask_in_conversation(
    bot: "SaemBot", record: FileRecord, question_id: int, reference: discord.MessageReference, locale: Locale
) -> None:
    """Ask whoever has asked a question with a text file, in a reply, which of its readings is right."""
    view = discord.ui.View(timeout=None)
    for encoding, excerpt in readings_of(record.reason):
        view.add_item(QuestionEncodingButton(question_id, record.attachment_id, encoding, excerpt, locale))
    await _reply(bot, reference, say.WHICH_READING(locale, name=escaped_name(record.filename)), view)


async def offer_pages(
    bot: "SaemBot", message: IncomingMessage, pictures: Sequence[discord.Attachment], locale: Locale
) -> None:
    """Offer to read pictures as pages; or say what the host lacks for that."""
    reference = reply_reference(message.guild_id, message.channel.id, message.id)
    if bot.settings.assistants_url is None and shutil.which("tesseract") is None:  # our own server reads, on this host
        await _reply(bot, reference, say.NO_OCR(locale))
        return
    view = discord.ui.View(timeout=None)
    for picture in pictures[:_PICTURES]:
        view.add_item(PageButton(message.id, picture.id, say.READ_PICTURE(locale, name=original_name(picture))))
    await _reply(bot, reference, say.IS_IT_A_PAGE(locale), view)


async def _reply(
    bot: "SaemBot", reference: discord.MessageReference, text: str, view: discord.ui.View | None = None
) -> None:
    channel = bot.get_partial_messageable(reference.channel_id, guild_id=reference.guild_id)
    none = discord.AllowedMentions.none()
    options: dict[str, Any] = {} if view is None else {"view": view}
    nonce = secrets.randbits(62)
    await insist(
        bot.outbox,
        lambda: channel.send(
            text, reference=reference, nonce=nonce, allowed_mentions=none, mention_author=False, **options
        ),
        "reading choice",
    )
