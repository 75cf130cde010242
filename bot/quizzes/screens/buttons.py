"""A quiz's buttons and menus, their `custom_id`s, and the presses on them.

A button keeps all that it knows in its `custom_id`, so it works after a restart too.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import discord

from bot import sentences
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.session.events import Cancelled, Controlled, Event, Joined, Moved, Responded, Sent, TriedAgain
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.tutor.answer_buttons import is_moderator
from bot.tutor.error_handler import acknowledge, handles_errors, say_privately

LONGEST_LABEL: Final = 80
"""Characters of a button's label."""
LONGEST_OPTION: Final = 100
"""Characters of a menu's option."""

Action = Literal[
    "join", "begin", "answer", "move", "send", "cancel", "skip", "pause", "resume", "end", "jump", "look",
    "try", "harder", "five", "explain", "pick", "practise", "report",
]  # fmt: skip
FOLLOW_UPS: Final = frozenset({"harder", "five", "explain", "pick", "practise"})
"""The actions of the buttons under the results."""
Interaction = discord.Interaction[Any]

_PATTERN: Final = re.compile(
    r"quiz:(?P<quiz>[0-9a-z]{1,16}):(?P<action>[a-z]+)(?::(?P<first>\d{1,3}))?(?::(?P<second>\d{1,3}))?"
)
_NO_PINGS: Final = discord.AllowedMentions.none()


@dataclass(frozen=True, slots=True)
class CustomId:
    """The `custom_id` of a quiz's button: `quiz:<quiz id>:answer:<question>:<choice>`, `quiz:<quiz id>:move:<question>`
    and so on.
    """

    quiz_id: str
    action: Action
    question: int = 0
    choice: int = 0

    def __str__(self) -> str:
        return f"quiz:{self.quiz_id}:{self.action}:{self.question}:{self.choice}"


def parse_custom_id(custom_id: str) -> CustomId | None:
    """Read a `custom_id`; None for those of other releases."""
    match = _PATTERN.fullmatch(custom_id)
    if match is None or match["action"] not in get_args(Action):
        return None
    return CustomId(match["quiz"], match["action"], int(match["first"] or 0), int(match["second"] or 0))  # type: ignore[arg-type]


class QuizItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"quiz:.*"):
    """Any button or menu of a quiz, of older releases too."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, item: discord.ui.Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Keep the item as Discord sends it."""
        return cls(item)

    @handles_errors
    async def callback(self, interaction: Interaction) -> None:
        """Take the press to the quizmaster of this bot, which the cog `QuizCog` holds."""
        cog: Any = interaction.client.get_cog("QuizCog")
        custom_id = parse_custom_id(self.custom_id)
        if custom_id is not None and custom_id.action in FOLLOW_UPS:
            await cog.follow_ups.press(interaction, custom_id)
        elif custom_id is not None and custom_id.action == "report":
            await cog.reports.press(interaction, custom_id)
        else:
            await cog.quizmaster.press(Press(interaction, self.custom_id))


def button(
    custom_id: CustomId,
    label: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> QuizItem:
    """A button with `custom_id`."""
    return QuizItem(
        discord.ui.Button(
            label=shortened(label, LONGEST_LABEL),
            style=style,
            disabled=disabled,
            custom_id=str(custom_id),
        )
    )


def menu(custom_id: CustomId, placeholder: str, options: list[str]) -> QuizItem:
    """A menu; the value of an option is its index."""
    return QuizItem(
        discord.ui.Select(
            custom_id=str(custom_id),
            placeholder=placeholder,
            options=[
                discord.SelectOption(label=shortened(option, LONGEST_OPTION), value=str(index))
                for index, option in enumerate(options)
            ],
        )
    )


def selected_in(interaction: Interaction) -> int:
    """The index of the option selected in a menu; -1, which is no question, where there is none."""
    data: Mapping[str, Any] = interaction.data or {}
    values = data.get("values") or [""]
    return int(values[0]) if values[0].isdecimal() else -1


class Press:
    """Somebody's press on a button or menu of a quiz, and the ways to answer it."""

    def __init__(self, interaction: Interaction, custom_id: str) -> None:
        self._interaction = interaction
        self._ended: asyncio.Future[Destination] = asyncio.get_running_loop().create_future()
        self.custom_id = parse_custom_id(custom_id)
        """None for a button of another release."""
        self.locale = sentences.of_interaction(interaction)
        self.student_id = interaction.user.id
        self.channel_id = interaction.channel_id
        self.feedback_destination = InChannel(self._ended)
        """Where the model's feedback goes if this press ends the quiz: known once `end()` is called."""

    @property
    def message_id(self) -> int:
        """The message with the button."""
        assert self._interaction.message is not None
        return self._interaction.message.id

    @property
    def selected(self) -> int:
        """The index of the option selected in a menu; -1, which is no question, where there is none."""
        return selected_in(self._interaction)

    def event(self, custom_id: CustomId, at: float) -> Event:
        """What the press means to the quiz."""
        moderator = is_moderator(self._interaction)
        match custom_id.action:
            case "answer":
                name = self._interaction.user.display_name
                return Responded(self.student_id, name, custom_id.question, custom_id.choice, at)
            case "try":
                return TriedAgain(self.student_id, custom_id.question, custom_id.choice, at)
            case "join":
                return Joined(self.student_id, self._interaction.user.display_name, at)
            case "move":
                return Moved(self.student_id, custom_id.question, at)
            case "jump":
                return Moved(self.student_id, self.selected, at)
            case "send":
                return Sent(self.student_id, at)
            case "begin" | "skip" | "pause" | "resume" | "end" as control:
                showing = bool(custom_id.choice)
                return Controlled(self.student_id, moderator, control, custom_id.question, at, showing=showing)
            case "harder" | "five" | "explain" | "pick" | "practise" | "report":
                raise ValueError(custom_id.action)  # what follows a quiz is no event of it
            case "cancel" | "look":
                return Cancelled(self.student_id, moderator, at)

    async def edit(self, view: discord.ui.LayoutView) -> None:
        """Answer by editing the message with the button.

        Raises:
            discord.NotFound: Discord no longer waits for an answer to the press.
            discord.HTTPException: Discord refuses the edit.
        """
        await self._interaction.response.edit_message(view=view, allowed_mentions=_NO_PINGS)

    async def acknowledge(self) -> None:
        """Answer without a word, where Discord does not take the edit."""
        await acknowledge(self._interaction)

    async def say(self, sentence: str) -> None:
        """Answer with a sentence that only the student sees."""
        await say_privately(self._interaction, sentence)

    async def show_privately(self, view: discord.ui.LayoutView) -> None:
        """Answer with a message that only the student sees."""
        await self._interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=_NO_PINGS)

    def end(self) -> None:
        """The press is answered, or failed. The feedback follows it in the interaction, or else in the channel."""
        channel = self._interaction.channel
        if self._interaction.response.is_done() or not isinstance(channel, discord.abc.Messageable):
            self._ended.set_result(OnInteraction(self._interaction))
        else:
            self._ended.set_result(InChannel(channel))
