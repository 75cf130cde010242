"""From a press on a quiz's button to its answer: no press is left without one."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import discord
import structlog

from bot import sentences
from bot.quizzes import sentences as say
from bot.quizzes.buttons import CustomId, parse_custom_id
from bot.quizzes.display import Click
from bot.quizzes.quiz_messages import ARCHIVED, GoneError
from bot.quizzes.quiz_store import QuizRecord
from bot.quizzes.quizmaster import QuizMaster
from bot.quizzes.screen_parts import numbered_choice
from bot.quizzes.screens import question_in_full
from bot.quizzes.session import Cancelled, Controlled, Event, Moved, Phase, Responded, Sent, Verdict
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.sentences import Locale, Sentence
from bot.tutor.answer_buttons import is_moderator
from bot.tutor.error_handler import say_privately

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[Any]

_NO_PINGS: Final = discord.AllowedMentions.none()


class Presses:
    """Takes presses to the quizmaster, and what became of them back to who pressed."""

    def __init__(self, master: QuizMaster) -> None:
        self._master = master

    async def take(self, interaction: Interaction, custom_id: str) -> None:
        """Answer one press.

        Raises:
            discord.HTTPException: Discord refuses the answer.
            sqlalchemy.exc.SQLAlchemyError: it could not be stored; nothing was shown.
        """
        locale = sentences.of_code(interaction.locale)
        press = parse_custom_id(custom_id)
        record = None if press is None else await self._master.find(press.quiz_id)
        if press is None or record is None or record.channel_id != interaction.channel_id:
            await say_privately(interaction, say.OLD(locale))
            return
        if press.action == "look":
            await self._look(interaction, record, locale)
            return
        answered: asyncio.Future[Destination] = asyncio.get_running_loop().create_future()
        try:
            event = self._event(interaction, press)
            taken = await self._master.take(record.id, event, feedback_at=InChannel(answered))
            if taken is None:
                await say_privately(interaction, say.OLD(locale))
                return
            await self._reply(interaction, press, *taken, locale)
        finally:
            answered.set_result(_after(interaction))

    def _event(self, interaction: Interaction, press: CustomId) -> Event:
        student, at = interaction.user.id, self._master.clock()
        moderator = is_moderator(interaction)
        match press.action:
            case "answer":
                return Responded(student, interaction.user.display_name, press.question, press.choice, at)
            case "move":
                return Moved(student, press.question, at)
            case "jump":
                return Moved(student, _picked(interaction), at)
            case "send":
                return Sent(student, at)
            case "skip" | "pause" | "resume" | "end":
                return Controlled(student, moderator, press.action, press.question, at, showing=bool(press.choice))
            case "cancel" | "look":
                return Cancelled(student, moderator, at)

    async def _reply(
        self, interaction: Interaction, press: CustomId, record: QuizRecord, verdict: Verdict, locale: Locale
    ) -> None:
        sentence = self._sentence(interaction, press, record, verdict, locale)
        if sentence is not None:
            await say_privately(interaction, sentence)
            return
        message = interaction.message
        assert message is not None

        async def edit(view: discord.ui.LayoutView) -> None:
            try:
                await interaction.response.edit_message(view=view, allowed_mentions=_NO_PINGS)
            except discord.HTTPException as error:
                if error.code != ARCHIVED:
                    raise
                await self._master.board.reopen(record.channel_id)
                await interaction.response.edit_message(view=view, allowed_mentions=_NO_PINGS)

        try:
            await self._master.show(record.id, Click(message.id, edit, press.question))
        except discord.NotFound as error:
            log.warning("press.came_late", quiz=record.id, code=error.code)
            await self._show_without(record.id)
        except GoneError:
            log.info("quiz.message_gone", quiz=record.id)

    async def _show_without(self, quiz_id: str) -> None:
        """The interaction is over; what it changed is stored, and shown as a timer would show it."""
        try:
            await self._master.show(quiz_id)
        except GoneError:
            log.info("quiz.message_gone", quiz=quiz_id)

    def _sentence(
        self, interaction: Interaction, press: CustomId, record: QuizRecord, verdict: Verdict, locale: Locale
    ) -> str | None:
        """What only who pressed is to read; None: the message itself shows what the press did."""
        together = record.session.mode == "together"
        match verdict:
            case Verdict.NOT_YOURS:
                sentence: Sentence = say.NOT_YOURS_TO_LEAD if together else say.NOT_YOURS
                return sentence(locale, name=f"<@{record.session.host}>")
            case Verdict.UNKNOWN:
                return say.OLD(locale)
            case Verdict.LATE:
                return say.LATE(locale)
            case Verdict.PAUSED:
                return say.ON_PAUSE(locale)
            case Verdict.OVER if together or interaction.user.id != record.session.host:
                return say.OVER(locale)
            case Verdict.COUNTED | Verdict.ALREADY if together:
                answer = record.session.response(interaction.user.id, press.question)
                assert answer is not None
                choice = numbered_choice(record, press.question, answer.choice).replace("**", "")
                return (say.COUNTED if verdict is Verdict.COUNTED else say.ALREADY)(locale, choice=choice)
        return None

    async def _look(self, interaction: Interaction, record: QuizRecord, locale: Locale) -> None:
        place = _picked(interaction)
        if record.session.phase is not Phase.FINISHED or not 0 <= place < record.session.count:
            await say_privately(interaction, say.OLD(locale))
            return
        await interaction.response.send_message(
            view=question_in_full(record, place, interaction.user.id), ephemeral=True, allowed_mentions=_NO_PINGS
        )


def _after(interaction: Interaction) -> Destination:
    """Where the feedback goes: below the quiz, as a follow-up of the press, once that is answered."""
    channel = interaction.channel
    if interaction.response.is_done() or not isinstance(channel, discord.abc.Messageable):
        return OnInteraction(interaction)
    return InChannel(channel)


def _picked(interaction: Interaction) -> int:
    """The value of a menu; -1 where there is none, which is no question."""
    data: Mapping[str, Any] = interaction.data or {}
    values = data.get("values") or [""]
    return int(values[0]) if values[0].isdecimal() else -1
