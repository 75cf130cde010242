"""A quiz's buttons and menus: all that they know stands in their `custom_id`, so they outlive a restart.

discord.py logs, and does not answer, what goes wrong in `from_custom_id`, `interaction_check` and callbacks of a
`DynamicItem`. So nothing is decided in there: the press goes on as the event `quiz_press`, and whoever listens
stands under one guard.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import discord

from bot.quizzes.safe_markdown import shortened

LONGEST_LABEL: Final = 80
"""Characters of a button's label."""
LONGEST_OPTION: Final = 100
"""Characters of a menu's option."""

Action = Literal["answer", "move", "send", "cancel", "skip", "pause", "resume", "end", "jump", "look"]

_ID: Final = re.compile(
    r"quiz:(?P<quiz>[0-9a-z]{1,16}):(?P<action>[a-z]+)(?::(?P<first>\d{1,3}))?(?::(?P<second>\d{1,3}))?"
)


@dataclass(frozen=True, slots=True)
class CustomId:
    """What a `custom_id` says: `quiz:<id>:answer:<question>:<choice>`, `quiz:<id>:move:<question>` and so on."""

    quiz_id: str
    action: Action
    question: int = 0
    choice: int = 0

    @property
    def custom_id(self) -> str:
        """The id of the button."""
        return f"quiz:{self.quiz_id}:{self.action}:{self.question}:{self.choice}"


def parse_custom_id(custom_id: str) -> CustomId | None:
    """What a button stands for; None for those of other releases."""
    found = _ID.fullmatch(custom_id)
    if found is None or found["action"] not in get_args(Action):
        return None
    return CustomId(found["quiz"], found["action"], int(found["first"] or 0), int(found["second"] or 0))  # type: ignore[arg-type]


class QuizItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"quiz:.*"):
    """Every button and menu of a quiz, those of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Take the item as it comes."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Pass the press on."""
        interaction.client.dispatch("quiz_press", interaction, self.custom_id)


def button(
    press: CustomId,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> QuizItem:
    """A button for `press`."""
    return QuizItem(
        discord.ui.Button(
            label=shortened(label, LONGEST_LABEL),
            style=style,
            disabled=disabled,
            custom_id=press.custom_id,
        )
    )


def menu(press: CustomId, placeholder: str, options: list[str]) -> QuizItem:
    """A menu whose values are the places in `options`."""
    return QuizItem(
        discord.ui.Select(
            custom_id=press.custom_id,
            placeholder=placeholder,
            options=[
                discord.SelectOption(label=shortened(option, LONGEST_OPTION), value=str(place))
                for place, option in enumerate(options)
            ],
        )
    )
