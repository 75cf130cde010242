"""Quizzes: `/quiz`, "Quiz me on this" and "Quiz me"."""

from collections.abc import Callable
from dataclasses import asdict, replace
from random import Random
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import sentences
from bot.client import SaemBot
from bot.command_names import localized
from bot.conversations.conversation import Conversation
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.escaping import escaped_within, one_line
from bot.library.library_store import LibraryStore
from bot.library.readable_files import ReadableFiles
from bot.quizzes import sentences as say
from bot.quizzes.arguments.quiz import Citation
from bot.quizzes.checks.background_check import BackgroundCheck
from bot.quizzes.checks.passages import FilePassage, PassageFinder
from bot.quizzes.checks.quiz_check import QuizCheck
from bot.quizzes.checks.second_solve import Place, SecondSolve
from bot.quizzes.follow_ups import Asking, FollowUps, explanation_question
from bot.quizzes.generate_quiz import GenerateQuiz
from bot.quizzes.pending_checks import PendingChecks
from bot.quizzes.quiz_messages import QuizMessages
from bot.quizzes.quizmaster import Quizmaster
from bot.quizzes.reports.question_reports import QuestionReports
from bot.quizzes.requests.quiz_defaults import quiz_defaults
from bot.quizzes.requests.quiz_limits import QuizLimits, QuizLimitSizes
from bot.quizzes.requests.quiz_me import QuizMe
from bot.quizzes.requests.quiz_request import LONGEST_TOPIC, QuizRequest, question_of
from bot.quizzes.requests.quiz_thread import quiz_location
from bot.quizzes.requests.topic_suggestions import TopicSuggestions
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.screens.buttons import QuizItem
from bot.quizzes.session.quiz_session import Difficulty, Feedback, Mode, Source
from bot.quizzes.storage.quiz_records import StoredRequest
from bot.quizzes.storage.quiz_retention import QUIZ_RETENTION
from bot.quizzes.storage.quiz_starts import QuizStarts
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportStore
from bot.replies.destinations import Destination, OnInteraction
from bot.replies.message_components import plain_text
from bot.retries import despite_outages, through_outages
from bot.sentences import Locale, of_interaction, of_words
from bot.settings import Settings
from bot.tutor.announced_requests import AnnouncedRequest
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import say_privately
from bot.tutor.incoming_message import read_message

Interaction = discord.Interaction[SaemBot]

REQUEST_KIND = "quiz"


class QuizCog(commands.Cog):
    """Takes requests for quizzes, and opens what quizzes work with. Buttons go to `quizmaster` by themselves."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.quiz_store = QuizStore(bot.store)
        self.messages = QuizMessages(bot, bot.outbox.wait_for_turn, self.quiz_store)
        self.quizmaster = Quizmaster(
            self.quiz_store,
            self.messages,
            bot.conversations,
            clock=DISCORD_CLOCK.seconds,
            random=Random(),
            owns=bot.ownership.owns,
        )
        self.limits = QuizLimits(
            self.quiz_store, QuizStarts(bot.store), _limit_sizes(bot.settings), clock=DISCORD_CLOCK.seconds
        )
        self.quiz_check = QuizCheck(bot.pool, bot.settings.quiz_check or ("maths" if bot.offline else "full"))
        self.readable_files = ReadableFiles(bot, LibraryStore(bot.store))
        second_solve = SecondSolve(bot.separate_runs, Random())
        self.pending_checks = PendingChecks(
            self.quizmaster, BackgroundCheck(self.quiz_check, second_solve, bot.separate_runs)
        )
        self.generate_quiz = GenerateQuiz(
            self.quizmaster,
            self.messages,
            self.quiz_store,
            bot.conversation_store,
            self.limits,
            quiz_check=self.quiz_check,
            pending_checks=self.pending_checks,
            passages=PassageFinder(self._find_passages),
        )
        self.suggestions = TopicSuggestions(self.quiz_store, self.readable_files.names_in_place)
        self.follow_ups = FollowUps(
            self.quizmaster,
            self.quiz_store,
            bot.conversations,
            Asking(admit=self._admit, withdraw=self.limits.arrived, ask=self._ask_in),
        )
        self.reports = QuestionReports(self.quizmaster, self.quiz_store, ReportStore(bot.store))
        self._menu = app_commands.ContextMenu(name=localized("Quiz me on this"), callback=self.quiz_on_message)

    async def cog_load(self) -> None:
        """Offer the function, the buttons and the menu."""
        self.bot.sweep.rules += QUIZ_RETENTION
        self.bot.tools.add(self.generate_quiz)
        self.bot.command_questions.append(self.find_question)
        self.bot.add_dynamic_items(QuizItem, QuizMe)
        self.bot.subject_buttons.append(QuizMe)
        self.bot.tree.add_command(self._menu)
        await self.limits.load()
        self.generate_quiz.work_in(self.bot.conversations)
        self.bot.taking_over.rooms.append(self)

    async def cog_unload(self) -> None:
        """Stop the timers; the rest is stored."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)
        await self.pending_checks.close()
        await self.bot.separate_runs.close()
        await self.quizmaster.close()

    # Commands

    @app_commands.command(name=localized("quiz"), description=localized("A quiz with buttons"))
    @app_commands.rename(
        topic=localized("topic"),
        questions=localized("questions"),
        difficulty=localized("difficulty"),
        mode=localized("mode", context="option"),
        source=localized("source"),
        feedback=localized("feedback"),
    )
    @app_commands.describe(
        topic=localized("What it is to be about"),
        questions=localized("How many questions, if not as many as usual"),
        difficulty=localized("How hard it is to be"),
        mode=localized("Alone, or with everyone here against the clock"),
        source=localized("What the questions are drawn from"),
        feedback=localized("Alone: right or wrong after each answer, or at the end"),
    )
    @app_commands.choices(
        difficulty=[
            Choice(name=localized("easy"), value="easy"),
            Choice(name=localized("medium"), value="medium"),
            Choice(name=localized("hard"), value="hard"),
        ],
        mode=[
            Choice(name=localized("solo"), value="solo"),
            Choice(name=localized("together"), value="together"),
        ],
        source=[
            Choice(name=localized("the library's files"), value="files"),
            Choice(name=localized("anything"), value="anything"),
        ],
        feedback=[
            Choice(name=localized("after each answer"), value="each"),
            Choice(name=localized("at the end"), value="end"),
        ],
    )
    async def quiz(
        self,
        interaction: Interaction,
        topic: str,
        *,
        questions: app_commands.Range[int, 1, 10] | None = None,
        difficulty: Difficulty | None = None,
        mode: Mode | None = None,
        source: Source | None = None,
        feedback: Feedback | None = None,
    ) -> None:
        """A quiz on a topic."""
        locale = of_interaction(interaction)
        usual = quiz_defaults(self.bot.server_settings, interaction.guild_id or 0)
        request = QuizRequest(
            topic=shortened(one_line(topic), LONGEST_TOPIC),
            count=questions or usual.count,
            difficulty=difficulty or usual.difficulty,
            mode="solo" if interaction.guild_id is None else mode or usual.mode,
            source=source or await self._usual_source(interaction, usual.source),
            feedback=feedback or usual.feedback,
        )
        if not _has_words(request.topic):
            await say_privately(interaction, say.TOPIC_EMPTY(locale))
            return
        language = of_words(request.topic, interaction)
        if source == "files" and not await self._has_files(interaction):
            await say_privately(interaction, say.NO_FILES(language))
            return
        await self._start(interaction, request, language)
        if mode is not None and request.mode != mode:
            await say_privately(interaction, say.ALONE(locale))

    @quiz.autocomplete("topic")
    async def suggest_topics(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Suggest the student's own topics, and files of the library that everybody here can open."""
        topics = await self.suggestions.matching(
            current,
            guild_id=interaction.guild_id or 0,
            channel_id=interaction.channel_id or 0,
            student_id=interaction.user.id,
        )
        return [Choice(name=topic, value=topic) for topic in topics]

    async def quiz_on_message(self, interaction: Interaction, message: discord.Message) -> None:
        """A quiz on what a message says."""
        locale = of_interaction(interaction)
        text = read_message(message, self.bot).shown_text
        if message.flags.ephemeral or not _has_words(text):  # what one person alone is shown is nobody else's quiz
            await say_privately(interaction, say.NOTHING_TO_ASK_ABOUT(locale))
            return
        await self._start(
            interaction, self._as_usual(interaction, QuizRequest.on_text(text)), of_words(text, interaction)
        )

    async def _usual_source(self, interaction: Interaction, usual: Source | None) -> Source | None:
        """The server's own source: files only where there are some, for nobody has asked for them just now."""
        return None if usual == "files" and not await self._has_files(interaction) else usual

    def _as_usual(self, interaction: Interaction, request: QuizRequest) -> QuizRequest:
        usual = quiz_defaults(self.bot.server_settings, interaction.guild_id or 0)
        return replace(request, count=usual.count, difficulty=usual.difficulty, feedback=usual.feedback)

    async def quiz_on_answer(self, interaction: Interaction, answer_id: str) -> None:
        """A quiz on an answer, by its button "Quiz me". It is played in the answer's conversation."""
        locale = of_interaction(interaction)
        answer = await self.bot.conversation_store.answer(answer_id)
        conversation = await self.bot.conversations.find(answer.conversation_id) if answer is not None else None
        if conversation is None or conversation.location.channel_id != interaction.channel_id:
            await say_privately(interaction, sentences.BUTTON_OLD(locale))
            return
        await self._admit(interaction)
        await defer(interaction)
        asked = "\n\n".join(question.text for question in await self.bot.conversations.asked_in(answer_id))
        said = await self._words_of(answer_id, interaction.message)
        request = self._as_usual(interaction, QuizRequest.on_answer(asked.strip() or one_line(said), said))
        language = of_words(request.question, interaction)
        await self._ask_in(interaction, request, language, conversation, OnInteraction(interaction))

    async def _words_of(self, answer_id: str, message: discord.Message | None) -> str:
        """What an answer says: as the model wrote it or, where that is gone, as it is shown."""
        try:
            return await self.bot.conversations.text_of(answer_id)
        except UserFacingError:
            return plain_text(message) if message is not None else ""

    async def _has_files(self, interaction: Interaction) -> bool:
        """Whether there are files that a quiz shown here can be made from (`source:files`)."""
        return await self.readable_files.any_in_place(interaction.guild_id or 0, interaction.channel_id or 0)

    async def _find_passages(self, place: Place, query: str) -> list[FilePassage]:
        """Search the library's files that may be told in a place, and those that came with its conversation."""
        found = await self.readable_files.passages_in_place(place.location, query)
        if place.thread_id is not None:
            found += await self.readable_files.passages_of_thread(place.thread_id, place.location, query)
        return [
            FilePassage(result.text, Citation(file=record.filename, page=result.page, url=record.jump_url))
            for result, record in found
        ]

    async def _admit(self, interaction: Interaction) -> None:
        """Look at the limits of questions and of quizzes. Every way to a quiz calls it before anything is made.

        Raises:
            UserFacingError: tokens of the day are used up, or the student or the server has too many quizzes.
        """
        student_id, guild_id = interaction.user.id, interaction.guild_id or 0
        await self.bot.quotas.refresh(student_id, guild_id)
        self.bot.quotas.check(student_id, guild_id)
        await self.limits.admit(interaction.id, student_id, guild_id)

    async def _start(self, interaction: Interaction, request: QuizRequest, language: Locale) -> None:
        """Announce the quiz, find where it is played, and ask the model for it."""
        await self._admit(interaction)
        self.quiz_check.warm()
        topic = escaped_within(request.topic, LONGEST_TOPIC)
        sentence = say.PREPARING(language, topic=topic, name=f"<@{interaction.user.id}>")
        stored = _stored(interaction, request, language)
        announced = await self.bot.announced_requests.announce(interaction, REQUEST_KIND, asdict(stored), sentence)
        begun = self._begin(stored, interaction.channel, announced, interaction)
        await self.bot.announced_requests.carry_out(interaction.id, begun)

    async def _begin(
        self, stored: StoredRequest, channel: Any, announced: discord.Message, interaction: Interaction | None = None
    ) -> None:
        """Find where an announced quiz is played, and ask the model for it."""
        location, destination = await quiz_location(
            interaction,
            channel,
            announced,
            stored.topic,
            stored.locale,
            student_id=stored.host_id,
            conversations=self.bot.conversations,
            thread_creation=self.bot.thread_creation,
        )
        # It was promised: what the database does not take now, it takes later.
        await through_outages(lambda: self._ask(stored, location, destination))
        await through_outages(lambda: self.bot.announced_requests.done(stored.interaction_id))

    async def _take_up(self, left: AnnouncedRequest) -> None:
        """Go on with a quiz that an earlier process has said to be on its way."""
        stored = StoredRequest(**left.request)
        await self.bot.announced_requests.take_up(left, lambda channel, found: self._begin(stored, channel, found))

    async def _ask_in(
        self,
        interaction: Interaction,
        request: QuizRequest,
        language: Locale,
        conversation: Conversation,
        destination: Destination,
    ) -> None:
        await self._ask(_stored(interaction, request, language), conversation.location, destination)

    async def _ask(self, request: StoredRequest, location: Location, destination: Destination) -> None:
        stored = replace(request, conversation_id=location.id)
        await self.quiz_store.add_request(stored)
        await self.bot.conversations.ask(location, question_of(stored, location.channel_id).shown_at(destination))

    async def find_question(self, interaction_id: int) -> Question | None:
        """The question of a request, by its interaction: after a restart it is asked again."""
        request = await self.quiz_store.request_by(interaction_id)
        if request is not None:
            return question_of(request)
        explanation = await self.quiz_store.explanation_by(interaction_id)
        record = await self.quiz_store.get(explanation.quiz_id) if explanation is not None else None
        if explanation is None or record is None:
            return None
        return explanation_question(explanation, record, record.channel_id)

    # What else happens

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Take up what other processes left in guilds that are ours now."""
        await self.bot.announced_requests.take_up_left(REQUEST_KIND, ours, self._take_up)
        if ours(0):
            await self.bot.separate_runs.delete_left_behind()
        await self.quizmaster.recover(ours)
        await self.generate_quiz.recover(self.bot.conversations, ours)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Leave what is under way in guilds that another process serves from now on to that one."""
        await self.bot.announced_requests.let_go(theirs)
        await self.pending_checks.let_go(theirs)
        await self.quizmaster.let_go(theirs)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """Cancel the quizzes in it."""
        await self.quizmaster.channel_deleted(payload.thread_id)

    @commands.Cog.listener()
    @despite_outages
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Cancel the quizzes in it."""
        await self.quizmaster.channel_deleted(channel.id)

    @commands.Cog.listener()
    @despite_outages
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Cancel the quiz that it showed."""
        await self.quizmaster.message_deleted(payload.message_id)


def _stored(interaction: Interaction, request: QuizRequest, language: Locale) -> StoredRequest:
    """A request as it is stored, before it is known in which conversation the quiz is played."""
    return StoredRequest(
        conversation_id=0,
        host_id=interaction.user.id,
        locale=language,
        topic=request.topic,
        topic_typed=request.topic_typed,
        mode=request.mode,
        difficulty=request.difficulty,
        source=request.source,
        feedback=request.feedback,
        interaction_id=interaction.id,
        name=interaction.user.display_name,
        prompt=request.prompt(language),
        instructions=request.instructions,
    )


def _limit_sizes(settings: Settings) -> QuizLimitSizes:
    return QuizLimitSizes(
        started_by_student=settings.quizzes_per_student,
        started_in_server=settings.quizzes_per_server,
        open_of_student=settings.open_quizzes_per_student,
        open_in_server=settings.open_quizzes_per_server,
    )


def _has_words(text: str) -> bool:
    return any(c.isalnum() for c in text)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(QuizCog(bot))
