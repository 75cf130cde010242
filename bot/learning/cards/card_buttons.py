"""The buttons under cards, their `custom_id`s and the form in which a card is edited. All work after a restart too."""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import discord

from bot.learning.cards import sentences as say
from bot.learning.cards.card_arguments import LONGEST_BACK, LONGEST_FRONT
from bot.learning.cards.card_set import MadeCard
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.screens.buttons import LONGEST_LABEL
from bot.sentences import Locale
from bot.tutor.answer_buttons import ANSWER_ID
from bot.tutor.answer_places import check_place
from bot.tutor.error_handler import handles_errors

Interaction = discord.Interaction[Any]
Action = Literal["previous", "next", "turn", "keep", "leave", "edit"]

_PATTERN: Final = re.compile(r"cards:(?P<set>[0-9a-f]{1,16}):(?P<action>[a-z]+):(?P<place>\d{1,3}):(?P<back>[01])")


@dataclass(frozen=True, slots=True)
class CardsId:
    """The `custom_id` of a button: `cards:<set>:<action>:<place of the card>:<whether its back is shown>`."""

    set_id: str
    action: Action
    place: int = 0
    back: bool = False

    def __str__(self) -> str:
        return f"cards:{self.set_id}:{self.action}:{self.place}:{int(self.back)}"


def parse_cards_id(custom_id: str) -> CardsId | None:
    """Read a `custom_id`; None for those of other releases."""
    match = _PATTERN.fullmatch(custom_id)
    if match is None or match["action"] not in get_args(Action):
        return None
    return CardsId(match["set"], match["action"], int(match["place"]), match["back"] == "1")  # type: ignore[arg-type]


class CardsItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"cards:.*"):
    """Any button under cards, of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item)

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the card sets of this bot, which the cog `CardsCog` holds."""
        cog: Any = interaction.client.get_cog("CardsCog")
        await cog.card_sets.press(interaction, parse_cards_id(self.custom_id))


def button(
    cards_id: CardsId,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> CardsItem:
    """A button with that `custom_id`."""
    made = discord.ui.Button[Any](
        label=shortened(label, LONGEST_LABEL), style=style, disabled=disabled, custom_id=str(cards_id)
    )
    return CardsItem(made)


class MakeCardsButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"saem:cards:{ANSWER_ID}"):
    """The button "Make cards" under an answer."""

    def __init__(self, answer_id: str, locale: Locale = "en") -> None:
        super().__init__(
            discord.ui.Button(label=say.MAKE_CARDS(locale), emoji="🗂️", custom_id=f"saem:cards:{answer_id}")
        )
        self.answer_id = answer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(match["answer"])

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Ask for the cards, as the cog `CardsCog` does for commands."""
        check_place(interaction)
        cog: Any = interaction.client.get_cog("CardsCog")
        await cog.cards_on_answer(interaction, self.answer_id)


class CardForm(discord.ui.Modal):
    """The form in which a card is edited. What is sent comes to the cog as an interaction, also after a restart."""

    def __init__(self, cards_id: CardsId, card: MadeCard, locale: Locale) -> None:
        super().__init__(title=say.EDIT_TITLE(locale, number=cards_id.place + 1), custom_id=str(cards_id), timeout=None)
        for name, label, text, longest in (
            ("front", say.FRONT_LABEL, card.front, LONGEST_FRONT),
            ("back", say.BACK_LABEL, card.back, LONGEST_BACK),
        ):
            field = discord.ui.TextInput[Self](
                custom_id=name, style=discord.TextStyle.paragraph, default=text[:longest], max_length=longest
            )
            self.add_item(discord.ui.Label(text=label(locale), component=field))
