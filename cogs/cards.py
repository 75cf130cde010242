"""Flash cards: `/cards`, and "Make cards" under an answer."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import sentences
from bot.client import SaemBot
from bot.command_names import localized
from bot.conversations.location import Location
from bot.conversations.question import Question
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.escaping import escaped_within, one_line
from bot.learning.card_retention import CARD_RETENTION
from bot.learning.card_store import CardStore
from bot.learning.cards import sentences as say
from bot.learning.cards.card_buttons import CardsItem, MakeCardsButton, parse_cards_id
from bot.learning.cards.card_limits import CardLimits
from bot.learning.cards.card_request import DEFAULT_COUNT, LONGEST_TOPIC, MOST_COUNT, CardRequest, Source, question_of
from bot.learning.cards.card_set_store import CardSetStore, StoredCardRequest
from bot.learning.cards.card_sets import CardSets
from bot.learning.cards.card_starts import CardStarts
from bot.learning.cards.kept_cards import KeptCards
from bot.learning.cards.make_cards import MakeCards
from bot.library.library_store import LibraryStore
from bot.library.readable_files import ReadableFiles
from bot.quizzes.requests.quiz_thread import quiz_location
from bot.quizzes.safe_markdown import shortened
from bot.quizzes.sentences import NO_FILES
from bot.replies.destinations import Destination, OnInteraction
from bot.replies.message_components import plain_text
from bot.retries import through_outages
from bot.sentences import Locale, of_words
from bot.tutor.announced_requests import AnnouncedRequest
from bot.tutor.deferred_responses import defer
from bot.tutor.error_handler import handle_error

Interaction = discord.Interaction[SaemBot]

REQUEST_KIND = "cards"


class CardsCog(commands.Cog):
    """Takes requests for cards. Buttons go to `card_sets` by themselves."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.store = CardSetStore(bot.store)
        self.kept_cards = KeptCards(CardStore(bot.store), DISCORD_CLOCK.seconds)
        self.card_sets = CardSets(
            bot,
            self.store,
            self.kept_cards,
            draw=bot.formula_pictures.draw,
            wait_for_turn=bot.outbox.wait_for_turn,
        )
        self.limits = CardLimits(
            CardStarts(bot.store),
            bot.settings.quizzes_per_student,
            bot.settings.quizzes_per_server,
            DISCORD_CLOCK.seconds,
        )
        self.make_cards = MakeCards(
            self.card_sets,
            self.store,
            bot.conversation_store,
            limits=self.limits,
            client=bot.openai,
            sources_in=bot.conversations.sources_in,
        )
        self.readable_files = ReadableFiles(bot, LibraryStore(bot.store))

    async def cog_load(self) -> None:
        """Offer the function and the buttons."""
        self.bot.sweep.rules += CARD_RETENTION
        self.bot.tools.add(self.make_cards)
        self.bot.command_questions.append(self.find_question)
        self.bot.add_dynamic_items(CardsItem, MakeCardsButton)
        self.bot.subject_buttons.append(MakeCardsButton)
        self.bot.taking_over.rooms.append(self)

    async def cog_unload(self) -> None:
        """Stop the work in the background; the cards are stored."""
        await self.card_sets.close()

    @app_commands.command(
        name=localized("cards"),
        description=localized("Flash cards to turn over and to keep"),
    )
    @app_commands.rename(
        topic=localized("topic"), cards=localized("cards", context="option"), source=localized("source")
    )
    @app_commands.describe(
        topic=localized("What they are to be about"),
        cards=localized("How many cards, 6 if you do not say"),
        source=localized("What the cards are drawn from"),
    )
    @app_commands.choices(
        source=[
            Choice(name=localized("the library's files"), value="files"),
            Choice(name=localized("anything"), value="anything"),
        ]
    )
    async def cards(
        self,
        interaction: Interaction,
        topic: str,
        *,
        cards: app_commands.Range[int, 1, MOST_COUNT] = DEFAULT_COUNT,
        source: Source | None = None,
    ) -> None:
        """Cards on a topic."""
        guild_id, channel_id = interaction.guild_id or 0, interaction.channel_id or 0
        has_files = source != "anything" and await self.readable_files.any_in_place(guild_id, channel_id)
        wanted = shortened(one_line(topic), LONGEST_TOPIC)
        request = CardRequest(wanted, count=cards, source=source, has_files=has_files)
        if not any(c.isalnum() for c in request.topic):
            raise UserFacingError(say.TOPIC_EMPTY)
        language = of_words(request.topic, interaction)
        if source == "files" and not has_files:
            raise UserFacingError(NO_FILES)
        await self._admit(interaction)
        named = escaped_within(request.topic, LONGEST_TOPIC)
        sentence = say.PREPARING(language, topic=named, name=f"<@{interaction.user.id}>")
        stored = _stored(interaction, request, language)
        announced = await self.bot.announced_requests.announce(interaction, REQUEST_KIND, asdict(stored), sentence)
        begun = self._begin(stored, interaction.channel, announced, interaction)
        await self.bot.announced_requests.carry_out(interaction.id, begun)

    async def _begin(
        self,
        stored: StoredCardRequest,
        channel: Any,
        announced: discord.Message,
        interaction: Interaction | None = None,
    ) -> None:
        """Find where announced cards are shown, and ask the model for them."""
        location, destination = await quiz_location(
            interaction,
            channel,
            announced,
            stored.topic,
            stored.locale,
            student_id=stored.student_id,
            conversations=self.bot.conversations,
            thread_creation=self.bot.thread_creation,
            title=say.THREAD_NAME,
        )
        # They were promised: what the database does not take now, it takes later.
        await through_outages(lambda: self._ask(stored, location, destination))
        await through_outages(lambda: self.bot.announced_requests.done(stored.interaction_id))

    async def _take_up(self, left: AnnouncedRequest) -> None:
        """Go on with cards that an earlier process has said to be on their way."""
        stored = StoredCardRequest(**left.request)
        await self.bot.announced_requests.take_up(left, lambda channel, found: self._begin(stored, channel, found))

    @cards.autocomplete("topic")
    async def suggest_topics(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Suggest the student's own topics, and files of the library that everybody here can open."""
        own = await self.store.topics(interaction.user.id)
        files = await self.readable_files.names_in_place(interaction.guild_id or 0, interaction.channel_id or 0)
        found = [topic for topic in dict.fromkeys([*own, *files]) if current.casefold() in topic.casefold()]
        return [Choice(name=topic[:100], value=topic[:100]) for topic in found[:25]]

    async def cards_on_answer(self, interaction: Interaction, answer_id: str) -> None:
        """Cards on an answer, by its button "Make cards". They are shown in the answer's conversation."""
        answer = await self.bot.conversation_store.answer(answer_id)
        conversation = await self.bot.conversations.find(answer.conversation_id) if answer is not None else None
        if conversation is None or conversation.location.channel_id != interaction.channel_id:
            raise UserFacingError(sentences.BUTTON_OLD)
        await self._admit(interaction)
        await defer(interaction)
        asked = "\n\n".join(question.text for question in await self.bot.conversations.asked_in(answer_id))
        said = await self._words_of(answer_id, interaction.message)
        request = CardRequest.on_answer(asked.strip() or one_line(said), said)
        language = of_words(request.question, interaction)
        stored = _stored(interaction, request, language)
        await self._ask(stored, conversation.location, OnInteraction(interaction))

    async def _words_of(self, answer_id: str, message: discord.Message | None) -> str:
        """What an answer says: as the model wrote it or, where that is gone, as it is shown."""
        try:
            return await self.bot.conversations.text_of(answer_id)
        except UserFacingError:
            return plain_text(message) if message is not None else ""

    async def _admit(self, interaction: Interaction) -> None:
        """Look at the limits of questions and of cards, before anything is made.

        Raises:
            UserFacingError: tokens of the day are used up, or the student or the server has asked for too many.
        """
        student_id, guild_id = interaction.user.id, interaction.guild_id or 0
        await self.bot.quotas.refresh(student_id, guild_id)
        self.bot.quotas.check(student_id, guild_id)
        await self.limits.admit(interaction.id, student_id, guild_id)

    async def _ask(self, request: StoredCardRequest, location: Location, destination: Destination) -> None:
        stored = replace(request, conversation_id=location.id)
        await self.store.add_request(stored)
        await self.bot.conversations.ask(location, question_of(stored, location.channel_id).shown_at(destination))

    async def find_question(self, interaction_id: int) -> Question | None:
        """The question of a request, by its interaction: after a restart it is asked again."""
        request = await self.store.request_by(interaction_id)
        return question_of(request) if request is not None else None

    async def recover(self, ours: Callable[[int], bool]) -> None:
        """Take up what other processes left in guilds that are ours now."""
        await self.bot.announced_requests.take_up_left(REQUEST_KIND, ours, self._take_up)
        await self.make_cards.recover(self.bot.conversations, ours)

    async def let_go(self, theirs: Callable[[int], bool]) -> None:
        """Leave the requests in guilds that another process serves from now on to that one."""
        await self.bot.announced_requests.let_go(theirs)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take a card that was edited in a form; discord.py forgets its forms when it restarts."""
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        cards_id = parse_cards_id(str(interaction.data.get("custom_id", "")))
        if cards_id is None:
            return
        try:
            await self.card_sets.press(interaction, cards_id)
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it
            await handle_error(interaction, error)


def _stored(interaction: Interaction, request: CardRequest, language: Locale) -> StoredCardRequest:
    """A request as it is stored, before it is known in which conversation the cards are shown."""
    return StoredCardRequest(
        conversation_id=0,
        interaction_id=interaction.id,
        student_id=interaction.user.id,
        name=interaction.user.display_name,
        locale=language,
        topic=request.topic,
        topic_typed=not request.text,
        prompt=request.prompt(language),
        instructions=request.instructions,
    )


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(CardsCog(bot))
