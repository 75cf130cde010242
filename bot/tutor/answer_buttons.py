"""The buttons under an answer: Stop, Regenerate, Retry, Show as text, Show the work.

They outlive a restart: the answer's id stands in their `custom_id`.
"""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, Self

import discord
import structlog

from bot import sentences
from bot.conversations.registry import Conversations
from bot.discord_clock import DISCORD_CLOCK
from bot.replies.bounded_calls import bounded
from bot.replies.destinations import OnInteraction
from bot.replies.message_components import TEXT_LIMIT
from bot.sentences import Locale
from bot.tutor.answer_places import check_place
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import acknowledge, handles_errors
from bot.tutor.work_messages import MOST_MESSAGES, needs_file, work_file, work_messages

ANSWER_ID = r"(?P<answer>[A-Za-z0-9_-]{8,40})"
EDITABLE = timedelta(minutes=50)
"""The oldest message that is edited into a new answer. (Its edits go on for some minutes.)"""

MakeButton = Callable[[str, Locale], discord.ui.Item[Any]]
"""Makes a button from an answer's id and the language of its label."""

log = structlog.get_logger(__name__)


class TutorClient(Protocol):
    """What the buttons ask of the client that they are pressed in (`bot.client.SaemBot`)."""

    @property
    def conversations(self) -> Conversations:
        """All conversations."""
        ...


def is_moderator(interaction: "discord.Interaction[Any]") -> bool:
    """Whether the person who pressed may manage messages here."""
    return interaction.guild_id is not None and interaction.permissions.manage_messages


class _AnswerButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template="saem:none:(?P<answer>.+)"):
    """A button about one answer."""

    kind = "none"
    label = sentences.STOP
    style = discord.ButtonStyle.secondary
    emoji: str | None = None

    def __init__(self, answer_id: str, locale: Locale = "en") -> None:
        super().__init__(
            discord.ui.Button(
                label=self.label(locale), style=self.style, emoji=self.emoji, custom_id=f"saem:{self.kind}:{answer_id}"
            )
        )
        self.answer_id = answer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(match["answer"])

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Do what the button is for."""
        client: TutorClient = interaction.client
        await self.press(interaction, client.conversations)
        await acknowledge(interaction)

    async def press(self, interaction: "discord.Interaction[Any]", conversations: Conversations) -> None:
        """Do what the button is for."""
        raise NotImplementedError


class Stop(_AnswerButton, template=rf"saem:stop:{ANSWER_ID}"):
    """Under a running answer."""

    kind = "stop"
    label = sentences.STOP
    emoji = "⏹️"

    async def press(self, interaction: "discord.Interaction[Any]", conversations: Conversations) -> None:
        """End the run."""
        await conversations.stop(self.answer_id, interaction.user.id, moderator=is_moderator(interaction))


class Regenerate(_AnswerButton, template=rf"saem:again:{ANSWER_ID}"):
    """Under the last finished answer."""

    kind = "again"
    label = sentences.REGENERATE
    emoji = "🔄"

    async def press(self, interaction: "discord.Interaction[Any]", conversations: Conversations) -> None:
        """Replace the answer by a new one."""
        check_place(interaction)
        destination = await _old_message(interaction)
        await conversations.regenerate(
            self.answer_id, interaction.user.id, moderator=is_moderator(interaction), destination=destination
        )


async def _old_message(interaction: "discord.Interaction[Any]") -> OnInteraction | None:
    """The message under which the button was pressed, to be edited into the new answer; None if it cannot be edited.

    Discord allows few edits of a message older than an hour (error 30046), and none through an interaction that was
    answered too late. A new message through the interaction is no way out: it would show as a reply to the old one,
    which is deleted.
    """
    try:
        await bounded(_defer(interaction))
    except discord.NotFound as error:
        log.warning("press.came_late", code=error.code)
        return None
    except TimeoutError as error:
        log.warning("press.not_answered", cause=error)
        return None
    message = interaction.message
    fresh = message is not None and DISCORD_CLOCK.now() - message.created_at < EDITABLE
    return OnInteraction(interaction, replaces_message=True) if fresh else None


async def _defer(interaction: "discord.Interaction[Any]") -> None:
    await defer(interaction)


class Retry(Regenerate, template=rf"saem:retry:{ANSWER_ID}"):
    """Under an answer that failed, or was stopped or interrupted."""

    kind = "retry"
    label = sentences.RETRY


class AskAgain(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"saem:ask:(?P<message>\d{1,20})"):
    """Under a sentence that a message could not be taken: takes it now. There is no answer yet, and maybe no row."""

    def __init__(self, message_id: int, locale: Locale = "en") -> None:
        super().__init__(discord.ui.Button(label=sentences.RETRY(locale), custom_id=f"saem:ask:{message_id}"))
        self.message_id = message_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: "discord.Interaction[Any]", _item: discord.ui.Item[Any], match: re.Match[str]
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(int(match["message"]))

    @handles_errors
    async def callback(self, interaction: "discord.Interaction[Any]") -> None:
        """Have the cog `TutorCog` take the message."""
        cog: Any = interaction.client.get_cog("TutorCog")
        await cog.ask_again(interaction, self.message_id)


class AnswerEdited(Regenerate, template=rf"saem:edited:{ANSWER_ID}"):
    """Under the last finished answer, when its question was edited."""

    kind = "edited"
    label = sentences.ANSWER_EDITED
    emoji = "✏️"


class ShowAsText(_AnswerButton, template=rf"saem:text:{ANSWER_ID}"):
    """Under the last finished answer, where what is shown cannot be copied as text (formulas as pictures)."""

    kind = "text"
    label = sentences.SHOW_AS_TEXT
    emoji = "📄"

    async def press(self, interaction: "discord.Interaction[Any]", conversations: Conversations) -> None:
        """Show the model's own Markdown and LaTeX to the person who pressed."""
        await defer(interaction, ephemeral=True, thinking=True)
        source = await conversations.text_of(self.answer_id)
        nobody = discord.AllowedMentions.none()
        block = f"```\n{source}\n```"
        if len(block) <= TEXT_LIMIT and "```" not in source:
            view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(block))
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=nobody)
        else:  # Discord knows no longer code fences; it shows a text file with a button that copies it
            file = discord.File(io.BytesIO(source.encode()), "answer.md")
            await interaction.followup.send(file=file, ephemeral=True, allowed_mentions=nobody)


class ShowWork(_AnswerButton, template=rf"saem:work:{ANSWER_ID}"):
    """Under an answer for which code was run."""

    kind = "work"
    label = sentences.SHOW_WORK
    emoji = "🧮"

    async def press(self, interaction: "discord.Interaction[Any]", conversations: Conversations) -> None:
        """Show the code and what it put out to the person who pressed."""
        await defer(interaction, ephemeral=True, thinking=True)
        locale = sentences.of_interaction(interaction)
        steps = await conversations.work_of(self.answer_id)
        messages = work_messages(steps, locale)
        nobody = discord.AllowedMentions.none()
        for message in messages[:MOST_MESSAGES]:
            view = discord.ui.LayoutView(timeout=None).add_item(discord.ui.TextDisplay(message))
            await interaction.followup.send(view=view, ephemeral=True, allowed_mentions=nobody)
        if needs_file(messages):
            file = discord.File(io.BytesIO(work_file(steps, locale).encode()), "work.md")
            await interaction.followup.send(
                sentences.WORK_WHOLE(locale), file=file, ephemeral=True, allowed_mentions=nobody
            )


ANSWER_BUTTONS = (Stop, Regenerate, Retry, AnswerEdited, ShowAsText, ShowWork)
