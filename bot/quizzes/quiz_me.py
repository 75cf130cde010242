"""The button "Quiz me" under an answer."""

import re
from typing import Any, Self

import discord

from bot.quizzes.sentences import QUIZ_ME
from bot.sentences import Locale


class QuizMe(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"saem:quiz:(?P<answer>[A-Za-z0-9_-]{8,40})"):
    """Asks for a quiz on an answer. Its press goes on as the event `quiz_me`, as those of a quiz do."""

    def __init__(self, answer_id: str, locale: Locale = "en") -> None:
        super().__init__(discord.ui.Button(label=QUIZ_ME(locale), emoji="📝", custom_id=f"saem:quiz:{answer_id}"))
        self.answer_id = answer_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Anew at every press, as discord.py has it."""
        return cls(match["answer"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Pass the press on."""
        interaction.client.dispatch("quiz_me", interaction, self.answer_id)
