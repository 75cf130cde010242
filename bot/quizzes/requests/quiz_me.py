"""The button "Quiz me" under an answer."""

import re
from typing import Any, Self

import discord

from bot.quizzes.sentences import QUIZ_ME
from bot.sentences import Locale
from bot.tutor.answer_places import check_place
from bot.tutor.error_handler import handles_errors


class QuizMe(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"saem:quiz:(?P<answer>[A-Za-z0-9_-]{8,40})"):
    """Asks for a quiz on an answer."""

    def __init__(self, answer_id: str, locale: Locale = "en") -> None:
        super().__init__(discord.ui.Button(label=QUIZ_ME(locale), emoji="📝", custom_id=f"saem:quiz:{answer_id}"))
        self.answer_id = answer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the button again; discord.py calls this at every press."""
        return cls(match["answer"])

    @handles_errors
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask for the quiz, as the cog `QuizCog` does for commands."""
        check_place(interaction)
        cog: Any = interaction.client.get_cog("QuizCog")
        await cog.quiz_on_answer(interaction, self.answer_id)
