"""The mark of answers that a restart interrupted: a sentence, and Retry instead of the other buttons."""

from collections.abc import Sequence
from typing import Any

import discord

from bot import sentences
from bot.replies.destinations import InChannel
from bot.replies.message_components import ROW_WIDTH
from bot.sentences import Locale
from bot.tutor.answer_buttons import Retry


async def add_mark(message: discord.Message, answer_id: str, locale: Locale) -> None:
    """Add the mark to the last message of an answer, unless it has it.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    custom_id = Retry(answer_id, locale).item.custom_id
    items = discord.ui.LayoutView.from_message(message, timeout=None).walk_children()
    if any(getattr(item, "custom_id", None) == custom_id for item in items):
        return
    view = _with_mark(_without_buttons(message), answer_id, locale)
    await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())


async def add_buttons(message: discord.Message, buttons: Sequence[discord.ui.Item[Any]]) -> None:
    """Add buttons to an answer of an earlier process, those that are not there already.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    present = {getattr(item, "custom_id", None) for item in view.walk_children()}
    new = [button for button in buttons if getattr(button, "custom_id", None) not in present]
    if not new:
        return
    rows = [each for each in view.children if isinstance(each, discord.ui.ActionRow)]
    if rows and len(rows[-1].children) + len(new) <= ROW_WIDTH:
        for button in new:
            rows[-1].add_item(button)
    else:
        view.add_item(discord.ui.ActionRow[Any](*new))
    await message.edit(view=view, allowed_mentions=discord.AllowedMentions.none())


async def post_mark(destination: InChannel, answer_id: str, locale: Locale) -> int:
    """Post the mark alone, if nothing of the answer was shown yet; returns the id of the message.

    Raises:
        DISCORD_ERRORS: Discord refuses it, or cannot be reached.
    """
    channel: Any = destination.channel
    options: dict[str, Any] = {} if destination.reference is None else {"reference": destination.reference}
    view = _with_mark(discord.ui.LayoutView(timeout=None), answer_id, locale)
    nobody = discord.AllowedMentions.none()
    sent = await channel.send(view=view, allowed_mentions=nobody, mention_author=False, **options)
    return int(sent.id)


def _with_mark(view: discord.ui.LayoutView, answer_id: str, locale: Locale) -> discord.ui.LayoutView:
    sentence = discord.ui.TextDisplay[Any](f"⚠️ {sentences.INTERRUPTED(locale)}")
    return view.add_item(sentence).add_item(discord.ui.ActionRow[Any](Retry(answer_id, locale)))


def _without_buttons(message: discord.Message) -> discord.ui.LayoutView:
    """A message's view without its buttons: the answer does not run any more."""
    view = discord.ui.LayoutView.from_message(message, timeout=None)
    for item in list(view.children):
        if isinstance(item, discord.ui.ActionRow):
            view.remove_item(item)
    return view
