"""Quizzes: `/quiz`, "Quiz me on this", "Quiz me", and the presses on a quiz's buttons."""

import asyncio
import time
from random import Random
from typing import Any

import discord
import structlog
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import sentences
from bot.client import SaemBot
from bot.command_names import localized
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.quizzes import sentences as say
from bot.quizzes.buttons import QuizItem
from bot.quizzes.generate_quiz import ConversationRuns, GenerateQuiz
from bot.quizzes.presses import Presses
from bot.quizzes.quiz_me import QuizMe
from bot.quizzes.quiz_messages import Board
from bot.quizzes.quiz_request import (
    DEFAULT_COUNT,
    LONGEST_TOPIC,
    Difficulty,
    QuizRequest,
    Source,
    on_answer,
    question_of,
)
from bot.quizzes.quiz_store import QuizStore, StoredRequest
from bot.quizzes.quizmaster import QuizMaster
from bot.quizzes.safe_markdown import escaped, one_line, shortened
from bot.quizzes.session import Mode
from bot.quizzes.topic_suggestions import Titles
from bot.replies.destinations import Destination, InChannel, OnInteraction
from bot.replies.message_components import plain_text
from bot.sentences import Locale, of_code
from bot.tutor.error_handler import handles_errors, say_privately
from bot.tutor.incoming_message import read_message
from bot.tutor.thread_names import thread_name

log = structlog.get_logger(__name__)

Interaction = discord.Interaction[SaemBot]

MOST_SUGGESTIONS = 25
LONGEST_SUGGESTION = 100
THREAD_PATIENCE = 5.0
"""Seconds that making a thread may take before the quiz is played in location."""


class Quiz(commands.Cog):
    """Starts quizzes, and takes the presses on them to the quizmaster."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.records = QuizStore(bot.store)
        board = Board(bot, bot.outbox.wait_for_turn)
        runs = ConversationRuns(bot.conversations)
        self.master = QuizMaster(self.records, board, runs, clock=time.time, random=Random())
        self.tool = GenerateQuiz(self.master, board, bot.store)
        self.presses = Presses(self.master)
        self.titles = Titles(bot.openai, bot.guild_assistants, bot.store)
        self._recovered = False
        self._menu = app_commands.ContextMenu(
            name=localized("Quiz me on this", "이걸로 퀴즈 내기"), callback=self.quiz_on_message
        )

    async def cog_load(self) -> None:
        """Offer the function, the buttons and the menu."""
        self.bot.tools.add(self.tool)
        self.bot.command_questions.append(self.recall)
        self.bot.add_dynamic_items(QuizItem, QuizMe)
        self.bot.answer_buttons.append(QuizMe)
        self.bot.tree.add_command(self._menu)
        await self.master.look_back()
        await self.tool.look_back(self.bot.conversations)

    async def cog_unload(self) -> None:
        """Stop the clocks; the store knows the rest."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        await self.titles.close()
        await self.master.close()

    # Commands

    @app_commands.command(
        name=localized("quiz", "퀴즈"), description=localized("A quiz with buttons", "버튼으로 푸는 퀴즈")
    )
    @app_commands.rename(
        topic=localized("topic", "주제"),
        questions=localized("questions", "문제수"),
        difficulty=localized("difficulty", "난이도"),
        mode=localized("mode", "방식"),
        source=localized("source", "출처"),
    )
    @app_commands.describe(
        topic=localized("What it is to be about", "무엇에 대한 퀴즈인가요?"),
        questions=localized("How many questions, 3 if you do not say", "문제 수 (기본 3개)"),
        difficulty=localized("How hard it is to be", "얼마나 어렵게 낼까요?"),
        mode=localized("Alone, or with everyone here against the clock", "혼자, 또는 모두 함께 시간 안에"),
        source=localized("What the questions are drawn from", "무엇을 바탕으로 낼까요?"),
    )
    @app_commands.choices(
        difficulty=[
            Choice(name=localized("easy", "쉬움"), value="easy"),
            Choice(name=localized("medium", "보통"), value="medium"),
            Choice(name=localized("hard", "어려움"), value="hard"),
        ],
        mode=[
            Choice(name=localized("solo", "혼자"), value="solo"),
            Choice(name=localized("together", "함께"), value="together"),
        ],
        source=[
            Choice(name=localized("the library's files", "자료실 파일"), value="files"),
            Choice(name=localized("anything", "무엇이든"), value="anything"),
        ],
    )
    async def quiz(
        self,
        interaction: Interaction,
        topic: str,
        *,
        questions: app_commands.Range[int, 1, 10] = DEFAULT_COUNT,
        difficulty: Difficulty | None = None,
        mode: Mode = "solo",
        source: Source | None = None,
    ) -> None:
        """A quiz on a topic."""
        locale = of_code(interaction.locale)
        wanted = QuizRequest(
            topic=shortened(one_line(topic), LONGEST_TOPIC),
            count=questions,
            difficulty=difficulty,
            mode="solo" if interaction.guild_id is None else mode,
            source=source,
        )
        if not any(c.isalnum() for c in wanted.topic):
            await say_privately(interaction, say.TOPIC_EMPTY(locale))
            return
        language = _language(wanted.topic, locale)
        if source == "files" and not await self._has_files(interaction):
            await say_privately(interaction, say.NO_FILES(language))
            return
        await self._begin(interaction, wanted, language)
        if wanted.mode != mode:
            await say_privately(interaction, say.ALONE(locale))

    @quiz.autocomplete("topic")
    async def suggest(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Recent topics, and the titles in the server's library."""
        guild_id = interaction.guild_id or 0
        recent, titles = await asyncio.gather(
            self.records.topics(guild_id, interaction.user.id), self.titles.of(guild_id)
        )
        known = dict.fromkeys(one_line(topic) for topic in (*recent, *titles))
        fitting = [topic for topic in known if topic and current.casefold().strip() in topic.casefold()]
        shown = dict.fromkeys(shortened(topic, LONGEST_SUGGESTION) for topic in fitting)
        return [Choice(name=topic, value=topic) for topic in list(shown)[:MOST_SUGGESTIONS]]

    async def quiz_on_message(self, interaction: Interaction, message: discord.Message) -> None:
        """A quiz on what a message says."""
        locale = of_code(interaction.locale)
        text = read_message(message, self.bot).shown_text
        if not any(c.isalnum() for c in text):
            await say_privately(interaction, say.NOTHING_TO_ASK_ABOUT(locale))
            return
        await self._begin(interaction, QuizRequest.on_text(text), _language(text, locale))

    # Starting one

    async def _has_files(self, interaction: Interaction) -> bool:
        """Whether there is anything that a quiz could be drawn from, in the library or here."""
        return await self.titles.are_there_any(interaction.guild_id or 0, interaction.channel_id or 0)

    async def _begin(self, interaction: Interaction, wanted: QuizRequest, locale: Locale) -> None:
        """Open a thread of its own for the quiz, or play in place; then ask the model for it."""
        message = await _announce(interaction, wanted, locale)
        location, target = await self._place(interaction, message, wanted, locale)
        request = StoredRequest(
            conversation_id=location.id,
            host_id=interaction.user.id,
            locale=locale,
            topic=wanted.topic,
            mode=wanted.mode,
            interaction_id=interaction.id,
            name=interaction.user.display_name,
            prompt=wanted.prompt(locale),
            instructions=wanted.instructions,
        )
        await self._ask(location, request, target)

    async def _place(
        self, interaction: Interaction, message: discord.Message, wanted: QuizRequest, locale: Locale
    ) -> tuple[Location, Destination]:
        """Where it is played, and where the answer goes: a thread of its own is another channel than the interaction's,
        and so out of its webhook's reach.
        """
        channel: Any = interaction.channel
        guild_id = interaction.guild_id or 0
        if guild_id == 0:
            return Location(channel.id, 0, channel.id), OnInteraction(interaction)
        if isinstance(channel, discord.TextChannel) and _may_make_threads(interaction):
            name = thread_name(say.THREAD_NAME(locale, topic=wanted.topic), "Quiz")
            try:
                # Threads are limited to 50 in five minutes a channel; discord.py would sleep that off.
                async with asyncio.timeout(THREAD_PATIENCE):
                    thread = await channel.get_partial_message(message.id).create_thread(name=name)
            except (discord.HTTPException, discord.RateLimited, TimeoutError) as error:
                log.warning("quiz.thread_refused", channel=channel.id, cause=repr(error))
            else:
                return Location(thread.id, guild_id, thread.id, fresh=True), InChannel(thread)
        if isinstance(channel, discord.TextChannel | discord.VoiceChannel | discord.StageChannel):
            location = Location(message.id, guild_id, channel.id, owned=False, fresh=True)
            return location, OnInteraction(interaction)
        known = await self.bot.conversations.find(channel.id)
        mine = isinstance(channel, discord.Thread) and channel.owner_id == interaction.application_id
        location = known.location if known is not None else Location(channel.id, guild_id, channel.id, owned=mine)
        return location, OnInteraction(interaction)

    async def _ask(self, location: Location, request: StoredRequest, target: Destination) -> None:
        await self.records.ask(request)
        await self.bot.conversations.ask(location, question_of(request, location.channel_id).shown_at(target))

    async def recall(self, question_id: int) -> Question | None:
        """What was asked for by an interaction, for a bot that died over it."""
        request = await self.records.request_by(question_id)
        return None if request is None else question_of(request)

    # Presses

    @commands.Cog.listener()
    @handles_errors
    async def on_quiz_press(self, interaction: discord.Interaction[Any], custom_id: str) -> None:
        """Somebody pressed a button of a quiz."""
        await self.presses.take(interaction, custom_id)

    @commands.Cog.listener()
    @handles_errors
    async def on_quiz_me(self, interaction: discord.Interaction[Any], answer_id: str) -> None:
        """Somebody wants a quiz on an answer: it is played where the answer stands, for it is what was said there."""
        locale = of_code(interaction.locale)
        stored = await self.bot.conversation_store.answer(answer_id)
        conversation = await self.bot.conversations.find(stored.conversation_id) if stored is not None else None
        if conversation is None or conversation.location.channel_id != interaction.channel_id:
            await say_privately(interaction, sentences.BUTTON_OLD(locale))
            return
        await interaction.response.defer()
        location = conversation.location
        topic = _topic_of(interaction.message)
        language = _language(topic, locale)
        prompt, instructions = on_answer(language)
        request = StoredRequest(
            conversation_id=location.id,
            host_id=interaction.user.id,
            locale=language,
            topic=topic,
            mode="solo",
            interaction_id=interaction.id,
            name=interaction.user.display_name,
            prompt=prompt,
            instructions=instructions,
        )
        await self._ask(location, request, OnInteraction(interaction))

    # What else happens

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """After a restart, take up what was left."""
        if self._recovered:
            return
        self._recovered = True
        await self.master.recover(self._is_ours)
        await self.tool.recover(self.bot.conversations, self._is_ours)

    def _is_ours(self, guild_id: int) -> bool:
        """Whether a shard of this process serves the guild; direct messages are shard 0's."""
        return self.bot.get_guild(guild_id) is not None or (guild_id == 0 and 0 in self.bot.shards)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """What was played there is over."""
        await self.master.channel_gone(payload.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """What was played there is over."""
        await self.master.channel_gone(channel.id)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A quiz whose message is deleted is over."""
        await self.master.message_gone(payload.message_id)


async def _announce(interaction: Interaction, wanted: QuizRequest, locale: Locale) -> discord.Message:
    """Say that a quiz is on its way; the message that a thread is made from."""
    topic = shortened(escaped(wanted.topic), LONGEST_TOPIC)
    sentence = say.PREPARING(locale, topic=topic, name=f"<@{interaction.user.id}>")
    await interaction.response.send_message(sentence, allowed_mentions=discord.AllowedMentions.none())
    return await interaction.original_response()


def _may_make_threads(interaction: Interaction) -> bool:
    allowed = interaction.app_permissions
    return allowed.create_public_threads and allowed.send_messages_in_threads


def _language(text: str, locale: Locale) -> Locale:
    """The language of a request: Korean words are, else the student's own."""
    return "ko" if sentences.of_text(text) == "ko" else locale


def _topic_of(message: discord.Message | None) -> str:
    text = one_line(plain_text(message)) if message is not None else ""
    return thread_name(text, "Quiz")


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(Quiz(bot))
