"""Files of cards that are dropped in direct messages: the offer to make decks of them, and its buttons.

A button names the message with the file, which is read again when the button is pressed: nothing is stored before.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, Self

import discord
import structlog

from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.escaping import escaped_name
from bot.learning.card_files.file_card import CardFile
from bot.learning.cards.sentences import counted
from bot.learning.exchange import sentences as say
from bot.learning.exchange.card_import import CardImport, is_package, is_table, left_out_line
from bot.learning.reviews.review_buttons import ReviewId
from bot.learning.reviews.review_buttons import button as review_button
from bot.learning.sentences import REVIEW_NOW
from bot.quizzes.screens.screen_parts import BLUE, GREEN, box, view_of
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import Locale, of_interaction
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import handles_errors
from bot.tutor.incoming_message import IncomingMessage, read_message

log = structlog.get_logger(__name__)

Action = Literal["make", "ask"]
Interaction = discord.Interaction[Any]
MOST_OFFERS: Final = 3
"""Files of one message that are offered."""
REMEMBERED: Final = 100
"""Messages that came last: each may come twice."""
JUST_SENT: Final = timedelta(seconds=3)
"""A message that is no older comes from the gateway: nobody can have replied to it."""
LOOKED_THROUGH: Final = 50
"""Messages after it that are looked through for replies."""
_TEMPLATE: Final = r"saem:import:(?P<action>make|ask):(?P<message>\d{1,20}):(?P<attachment>\d{1,20})"
_NOBODY: Final = discord.AllowedMentions.none()


class ImportButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=_TEMPLATE):
    """A button under an offer."""

    def __init__(self, action: Action, message_id: int, attachment_id: int, locale: Locale = "en") -> None:
        label = (say.MAKE_DECK if action == "make" else say.ASK_ABOUT)(locale)
        style = discord.ButtonStyle.primary if action == "make" else discord.ButtonStyle.secondary
        custom_id = f"saem:import:{action}:{message_id}:{attachment_id}"
        super().__init__(discord.ui.Button(label=label, style=style, custom_id=custom_id))
        self.action = action
        self.message_id = message_id
        self.attachment_id = attachment_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(match["action"], int(match["message"]), int(match["attachment"]))  # type: ignore[arg-type]

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the offers of this bot, which the cog `ExportCog` holds."""
        cog: Any = interaction.client.get_cog("ExportCog")
        await cog.import_offers.press(interaction, self)


class ImportOffers:
    """Offers to make decks. `ask` asks a message's question without another look at its files."""

    def __init__(self, card_import: CardImport, ask: Callable[[IncomingMessage], Awaitable[None]]) -> None:
        self._card_import = card_import
        self._ask = ask
        self._taken: OrderedDict[int, asyncio.Task[bool]] = OrderedDict()

    async def take(self, message: IncomingMessage) -> bool:
        """Look at the files of a direct message; True: nothing else is to be done with it.

        A message that comes twice, by the gateway and from the channel's history, is looked at once.
        """
        if message.id not in self._taken:
            self._taken[message.id] = asyncio.ensure_future(self._take(message))
            if len(self._taken) > REMEMBERED:
                self._taken.popitem(last=False)
        return await asyncio.shield(self._taken[message.id])

    async def _take(self, message: IncomingMessage) -> bool:
        packages = [each for each in message.attachments if is_package(each)]
        tables = [each for each in message.attachments if is_table(each)]
        if not packages and not tables:
            return False
        replies = await _earlier_replies(message)
        alone = len(packages) + len(tables) == len(message.attachments) and not message.text
        for attachment in packages[:MOST_OFFERS]:
            await self._offer_package(message, attachment, replies)
        if packages:
            return True
        offered = [await self._offer_table(message, each, replies, alone=alone) for each in tables[:MOST_OFFERS]]
        return alone and any(offered)

    async def press(self, interaction: Interaction, pressed: ImportButton) -> None:
        """Make the deck, or ask the file's question.

        Raises:
            UserFacingError: the file is gone, or cannot be read.
        """
        locale = of_interaction(interaction)
        await defer(interaction)
        message, attachment = await self._file_of(interaction, pressed)
        if pressed.action == "ask":
            # The question is stored before the button goes: what the button asks for is not lost between the two.
            await self._ask(read_message(message, interaction.client))
            await self._edit(interaction, view_of(discord.ui.TextDisplay(say.ASKED(locale))))
            return
        read = await self._card_import.read(attachment)
        done = await self._card_import.keep(read, interaction.user.id)
        lines = [say.IMPORTED(locale, deck=escaped_name(done.deck.name), new=done.new, updated=done.updated)]
        if done.unchanged:
            lines.append(say.UNCHANGED(locale, count=done.unchanged))
        lines.append(left_out_line(done.left_out, locale))
        begin = review_button(ReviewId(done.deck.id, 0, "begin"), REVIEW_NOW(locale), discord.ButtonStyle.primary)
        text = "\n".join(line for line in lines if line)
        await self._edit(interaction, view_of(box(GREEN, text, discord.ui.ActionRow(begin))))

    async def _file_of(
        self, interaction: Interaction, pressed: ImportButton
    ) -> tuple[discord.Message, discord.Attachment]:
        channel: Any = interaction.client.get_partial_messageable(interaction.channel_id or 0)
        try:
            message: discord.Message = await channel.fetch_message(pressed.message_id)
        except DISCORD_ERRORS as error:
            log.info("cards.message_gone", message=pressed.message_id, cause=error)
            raise UserFacingError(say.FILE_GONE) from error
        if message.author.id != interaction.user.id:
            raise UserFacingError(say.NOT_YOURS)
        attachment = next((each for each in message.attachments if each.id == pressed.attachment_id), None)
        if attachment is None:
            raise UserFacingError(say.FILE_GONE)
        return message, attachment

    async def _offer_package(
        self, message: IncomingMessage, attachment: discord.Attachment, replies: "_Replies"
    ) -> None:
        locale = message.locale
        if attachment.id in replies.offered:
            return
        try:
            read = await self._card_import.read(attachment)
        except UserFacingError as error:
            if replies.refusals:  # one of them is about this file
                replies.refusals -= 1
                return
            await self._reply(message, view_of(discord.ui.TextDisplay(error.sentence(locale, **error.values))))
            return
        lines = [_offer(attachment, read, locale), left_out_line(read.left_out, locale)]
        if message.text:
            lines.append(f"-# {say.QUESTION_LEFT(locale)}")
        make = ImportButton("make", message.id, attachment.id, locale)
        text = "\n".join(line for line in lines if line)
        await self._reply(message, view_of(box(BLUE, text, discord.ui.ActionRow(make))))

    async def _offer_table(
        self, message: IncomingMessage, attachment: discord.Attachment, replies: "_Replies", *, alone: bool
    ) -> bool:
        """Offer the cards of a CSV; False: it does not look like cards, and may be anything else."""
        locale = message.locale
        if attachment.id in replies.offered:
            return True
        try:
            read = await self._card_import.read(attachment)
        except UserFacingError as error:
            log.info("cards.table_not_offered", attachment=attachment.id, cause=str(error))
            return False
        if not alone and not read.named:
            return False  # two columns of whatever it may be belong to the question
        buttons: list[Any] = [ImportButton("make", message.id, attachment.id, locale)]
        if alone:
            buttons.append(ImportButton("ask", message.id, attachment.id, locale))
            text = _offer(attachment, read, locale)
        else:
            text = say.OFFER_BESIDE(
                locale, file=escaped_name(attachment.filename), cards=counted(locale, len(read.cards))
            )
        lines = [text, left_out_line(read.left_out, locale)]
        shown = "\n".join(line for line in lines if line)
        await self._reply(message, view_of(box(BLUE, shown, discord.ui.ActionRow(*buttons))))
        return True

    async def _reply(self, message: IncomingMessage, view: discord.ui.LayoutView) -> None:
        await message.source.reply(view=view, allowed_mentions=_NOBODY)

    @staticmethod
    async def _edit(interaction: Interaction, view: discord.ui.LayoutView) -> None:
        await interaction.edit_original_response(view=view, allowed_mentions=_NOBODY)


@dataclass(slots=True)
class _Replies:
    """What was replied to a message before."""

    offered: set[int] = field(default_factory=set)
    """Attachments with an offer."""
    refusals: int = 0
    """Files that could not be read."""


async def _earlier_replies(message: IncomingMessage) -> _Replies:
    """What an earlier process has replied to a message, which was read again after a restart."""
    found = _Replies()
    if DISCORD_CLOCK.now() - message.sent_at < JUST_SENT:
        return found
    try:
        async for each in message.channel.history(after=message.source, limit=LOOKED_THROUGH):
            if each.author.id != message.me_id or each.reference is None or each.reference.message_id != message.id:
                continue
            ids = re.findall(rf"saem:import:make:{message.id}:(\d+)", str([one.to_dict() for one in each.components]))
            found.offered.update(map(int, ids))
            found.refusals += not ids
    except discord.Forbidden:
        log.info("cards.history_closed", message=message.id)
    return found


def _offer(attachment: discord.Attachment, read: CardFile, locale: Locale) -> str:
    return say.OFFER(
        locale,
        file=escaped_name(attachment.filename),
        cards=counted(locale, len(read.cards)),
        deck=escaped_name(read.name),
    )
