"""The buttons of reviews and their `custom_id`s, which hold all that they know, so that they work after a restart."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import discord

from bot.learning import sentences as say
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.screens.buttons import LONGEST_LABEL
from bot.sentences import Locale
from bot.tutor.error_handler import handles_errors
from bot.tutor.sent_forms import typed_in

Interaction = discord.Interaction[Any]
Action = Literal[
    "begin", "ahead", "answer", "unsure", "turn", "knew", "missed", "type", "grade", "next", "away", "back", "stop",
]  # fmt: skip

LONGEST_TYPED: Final = 400
"""Characters of an answer that is typed: an essay is none."""
ALL_DECKS: Final = "-"
"""In the place of a session's id, where a button begins one; instead, the id of the only deck to review."""
_PATTERN: Final = re.compile(
    r"review:(?P<session>-|[0-9a-z]{1,24}):(?P<turn>\d{1,6}):(?P<action>[a-z]+):(?P<number>\d{1,3})"
)


@dataclass(frozen=True, slots=True)
class ReviewId:
    """The `custom_id` of a button: `review:<session>:<turn>:<action>:<number>`."""

    session_id: str
    turn: int
    action: Action
    number: int = 0

    def __str__(self) -> str:
        return f"review:{self.session_id}:{self.turn}:{self.action}:{self.number}"


def parse_review_id(custom_id: str) -> ReviewId | None:
    """Read a `custom_id`; None for those of other releases."""
    match = _PATTERN.fullmatch(custom_id)
    if match is None or match["action"] not in get_args(Action):
        return None
    return ReviewId(match["session"], int(match["turn"]), match["action"], int(match["number"]))  # type: ignore[arg-type]


class ReviewItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"review:.*"):
    """Any button of a review, of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item)

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the reviews of this bot, which the cog `ReviewCog` holds."""
        cog: Any = interaction.client.get_cog("ReviewCog")
        await cog.reviews.press(interaction, parse_review_id(self.custom_id))


def button(review_id: ReviewId, label: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> ReviewItem:
    """A button with that `custom_id`."""
    return ReviewItem(discord.ui.Button(label=shortened(label, LONGEST_LABEL), style=style, custom_id=str(review_id)))


def begin_button(locale: Locale) -> ReviewItem:
    """The button that begins a review of what is due."""
    return button(ReviewId(ALL_DECKS, 0, "begin"), say.REVIEW_NOW(locale), discord.ButtonStyle.primary)


class AnswerForm(discord.ui.Modal):
    """The form in which an answer is typed. What is sent comes to the cog as an interaction, also after a restart."""

    def __init__(self, review_id: ReviewId, locale: Locale) -> None:
        super().__init__(title=say.ANSWER_TITLE(locale), custom_id=str(review_id), timeout=None)
        field = discord.ui.TextInput[Self](max_length=LONGEST_TYPED, placeholder=say.ANSWER_HINT(locale))
        self.add_item(discord.ui.Label(text=say.ANSWER_LABEL(locale), component=field))


def answer_in(interaction: Interaction) -> str:
    """What was typed in the form."""
    return next(iter(typed_in(interaction).values()), "").strip()[:LONGEST_TYPED]
