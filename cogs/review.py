"""`/review`: cards that are due come back, and the missed questions of a quiz can be practised."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.errors import UserFacingError
from bot.learning import sentences as say
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.reviews.drawn_sides import DrawnSides
from bot.learning.reviews.finished_exercises import FinishedExercises
from bot.learning.reviews.finished_quizzes import FinishedQuizzes
from bot.learning.reviews.review_buttons import ReviewItem, parse_review_id
from bot.learning.reviews.review_store import ReviewStore
from bot.learning.reviews.reviews import Reviews
from bot.learning.reviews.typed_answers import TypedAnswers
from bot.sentences import LANGUAGE_NAMES, Locale, of_interaction
from bot.tutor.error_handler import handle_error

Interaction = discord.Interaction[SaemBot]


class ReviewCog(commands.Cog):
    """Takes requests for reviews. Buttons go to `reviews` by themselves."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.card_store = CardStore(bot.store)
        self.finished_quizzes = FinishedQuizzes(bot.store)
        self.reviews = Reviews(
            ReviewStore(bot.store, new_per_day=bot.settings.new_cards_per_day),
            self.card_store,
            self.finished_quizzes,
            check_typed=TypedAnswers(bot.pool).check,
            note=self._note,
            drawn_sides=DrawnSides(bot.formula_pictures.draw, CardPictures(bot.store).of),
        )

    async def cog_load(self) -> None:
        """Offer the buttons, and hear of quizzes and exercises."""
        self.bot.add_dynamic_items(ReviewItem)
        self.bot.exercise_listeners.append(FinishedExercises(self.bot.store).ended)
        quiz_cog: Any = self.bot.get_cog("QuizCog")
        quiz_cog.follow_ups.practise = self.reviews.practise
        quiz_cog.quizmaster.listeners.question_answered.append(self.finished_quizzes.answered)
        quiz_cog.quizmaster.listeners.quiz_finished.append(self.finished_quizzes.finished)
        quiz_cog.quizmaster.listeners.question_reported.append(self.finished_quizzes.reported)

    @app_commands.command(
        name=localized("review"),
        description=localized("Your missed questions and cards that are due"),
    )
    @app_commands.rename(deck=localized("deck"))
    @app_commands.describe(deck=localized("All of them if you do not say"))
    async def review(self, interaction: Interaction, deck: str | None = None) -> None:
        """Review what is due."""
        deck_id = None if deck is None else await self._deck_id(interaction, deck)
        await self.reviews.begin(interaction, deck_id)

    @review.autocomplete("deck")
    async def suggest_decks(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Suggest the student's own decks, with what is due in each."""
        locale = of_interaction(interaction)
        decks = await self.card_store.decks_of(interaction.user.id, interaction.created_at.timestamp())
        found = [(deck, deck.name or say.MISTAKES_DECK(locale)) for deck in decks]
        return [
            Choice(name=f"{name[:80]} ({deck.due}/{deck.cards})", value=deck.id)
            for deck, name in found
            if current.casefold() in name.casefold()
        ][:25]

    async def _deck_id(self, interaction: Interaction, deck: str) -> str:
        """The id of the deck that was chosen from the list, or named.

        Raises:
            UserFacingError: the student has none of that name.
        """
        names = {say.MISTAKES_DECK(each).casefold() for each in LANGUAGE_NAMES}
        wanted = deck.strip().casefold()
        for each in await self.card_store.decks_of(interaction.user.id, interaction.created_at.timestamp()):
            if each.id == deck or each.name.casefold() == wanted or (not each.name and wanted in names):
                return each.id
        raise UserFacingError(say.NO_SUCH_DECK)

    async def _note(self, student_id: int, locale: Locale) -> str:
        """What the student has to know of reminders."""
        cog: Any = self.bot.get_cog("ReminderCog")
        return str(await cog.reminders.note(student_id, locale))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take an answer that was typed in a form; discord.py forgets its forms when it restarts."""
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        review_id = parse_review_id(str(interaction.data.get("custom_id", "")))
        if review_id is None:
            return
        try:
            await self.reviews.press(interaction, review_id)
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it
            await handle_error(interaction, error)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(ReviewCog(bot))
