"""Takes the reports of students that a question is wrong, by the button under "Look at a question"."""

from typing import Any

import discord

from bot.errors import UserFacingError
from bot.quizzes import sentences as say
from bot.quizzes.quizmaster import Quizmaster
from bot.quizzes.screens.buttons import CustomId
from bot.quizzes.screens.private_screens import question_in_full
from bot.quizzes.session.quiz_session import Phase
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportPlace, ReportStore


class QuestionReports:
    """Keeps reports, and tells the quizmaster's listeners of them."""

    def __init__(self, quizmaster: Quizmaster, quiz_store: QuizStore, report_store: ReportStore) -> None:
        self._quizmaster = quizmaster
        self._quiz_store = quiz_store
        self._report_store = report_store

    async def press(self, interaction: discord.Interaction[Any], custom_id: CustomId) -> None:
        """Report the question as wrong, for the student who pressed; once is enough.

        Raises:
            UserFacingError: the quiz is not known any more, or they have not played it.
        """
        record = await self._quizmaster.record(custom_id.quiz_id)
        known = record is not None and record.channel_id == interaction.channel_id
        if record is None or not known or record.session.phase is not Phase.FINISHED:
            raise UserFacingError(say.OLD)
        student, index = interaction.user.id, custom_id.question
        if student not in {record.session.host, *record.session.responses} or index >= record.session.count:
            raise UserFacingError(say.NOT_PLAYED)
        first = not await self._quiz_store.has_reported(record.id, index, student)
        await self._report_store.add(record, index, student, _place_of(interaction.channel, record.channel_id))
        view = question_in_full(record, index, student, reported=True)
        await interaction.response.edit_message(view=view, allowed_mentions=discord.AllowedMentions.none())
        if first:
            self._quizmaster.question_reported(record, student, index)


def _place_of(channel: Any, channel_id: int) -> ReportPlace:
    """Whose permissions decide who may read the quiz: of a thread those of its parent."""
    if isinstance(channel, discord.Thread):
        return ReportPlace(channel.parent_id, channel.is_private())
    return ReportPlace(channel_id)
