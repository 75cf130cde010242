"""A ladder's buttons, its answer form, their `custom_id`s, and the presses on them.

A button keeps all that it knows in its `custom_id`, so it works after a restart too: the ladder's id, and how many
hints stood above it. Neither hints nor answer are ever in it.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import discord

from bot import sentences
from bot.hints import sentences as say
from bot.sentences import Locale
from bot.tutor.answer_buttons import is_moderator
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import acknowledge, handles_errors, say_privately
from bot.tutor.sent_forms import typed_in

LadderAction = Literal["next", "answer", "solution", "end", "form"]
Interaction = discord.Interaction[Any]

LONGEST_TYPED: Final = 1_000
"""Characters that the answer form takes."""
FIELD: Final = "given"
EDITED_WITHIN: Final = 2.0
"""Seconds that an edit by a press's token may take; discord.py tries it again for half a minute while others wait. Then
the message is edited as its channel's.
"""
_PATTERN: Final = re.compile(r"hint:(?P<ladder>[0-9a-z]{1,16}):(?P<action>[a-z]+)(?::(?P<shown>\d{1,2}))?")
_NO_PINGS: Final = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class LadderId:
    """The `custom_id` of a ladder's button or form: `hint:<ladder id>:next:<hints shown>`, `hint:<ladder id>:form`."""

    ladder_id: str
    action: LadderAction
    shown: int = 0

    def __str__(self) -> str:
        return f"hint:{self.ladder_id}:{self.action}:{self.shown}"


def parse_ladder_id(custom_id: str) -> LadderId | None:
    """Read a `custom_id`; None for those of other releases."""
    match = _PATTERN.fullmatch(custom_id)
    if match is None or match["action"] not in get_args(LadderAction):
        return None
    return LadderId(match["ladder"], match["action"], int(match["shown"] or 0))  # type: ignore[arg-type]


class LadderItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"hint:.*"):
    """Any button of a ladder, of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item)

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the ladders of this bot, which the cog `HintsCog` holds."""
        cog: Any = interaction.client.get_cog("HintsCog")
        await cog.ladders.press(LadderPress(interaction, self.custom_id))


def ladder_button(
    custom_id: LadderId,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> LadderItem:
    """A button with `custom_id`."""
    return LadderItem(discord.ui.Button(label=label, style=style, disabled=disabled, custom_id=str(custom_id)))


class AnswerForm(discord.ui.Modal):
    """The form for an answer. The cog's listener takes what is sent, so that a restart in between loses nothing."""

    def __init__(self, ladder_id: str, locale: Locale) -> None:
        super().__init__(title=say.FORM_TITLE(locale), custom_id=str(LadderId(ladder_id, "form")), timeout=None)
        self.add_item(
            discord.ui.Label(
                text=say.FORM_LABEL(locale),
                component=discord.ui.TextInput(
                    custom_id=FIELD,
                    placeholder=say.FORM_EXAMPLE(locale),
                    style=discord.TextStyle.short,
                    max_length=LONGEST_TYPED,
                ),
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Leave it to the cog's listener, which hears of forms of an earlier process too."""


class LadderPress:
    """Somebody's press on a button of a ladder, or the answer form that somebody sent; and the ways to answer it."""

    def __init__(self, interaction: Interaction, custom_id: str) -> None:
        self._interaction = interaction
        self.custom_id = parse_ladder_id(custom_id)
        """None for a button of another release."""
        self.locale = sentences.of_interaction(interaction)
        self.student_id = interaction.user.id
        self.channel_id = interaction.channel_id
        self.moderator = is_moderator(interaction)

    @property
    def message_id(self) -> int | None:
        """The message with the button; None if it is not known."""
        return None if self._interaction.message is None else self._interaction.message.id

    @property
    def typed(self) -> str:
        """What stands in the form that was sent."""
        return typed_in(self._interaction).get(FIELD, "")

    async def defer(self) -> None:
        """Tell Discord that the message will be edited."""
        await defer(self._interaction)

    async def open_form(self, ladder_id: str) -> None:
        """Answer with the form."""
        await self._interaction.response.send_modal(AnswerForm(ladder_id, self.locale))

    async def edit(self, view: discord.ui.LayoutView) -> None:
        """Answer by editing the message with the button.

        Raises:
            discord.NotFound: Discord no longer waits for an answer to the press.
            discord.HTTPException: Discord refuses the edit.
            TimeoutError: Discord has not taken it in time.
        """
        if self._interaction.response.is_done():
            async with asyncio.timeout(EDITED_WITHIN):
                await self._interaction.edit_original_response(view=view, allowed_mentions=_NO_PINGS)
        else:
            await self._interaction.response.edit_message(view=view, allowed_mentions=_NO_PINGS)

    async def acknowledge(self) -> None:
        """Answer without a word, where Discord does not take the edit."""
        await acknowledge(self._interaction)

    async def say(self, sentence: str) -> None:
        """Answer with a sentence that only the student sees."""
        await say_privately(self._interaction, sentence)
