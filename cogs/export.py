"""`/export`: decks as a file for Anki or for sheets; and files of cards that are dropped in direct messages."""

import io
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot.client import SaemBot
from bot.command_names import localized
from bot.discord_clock import DISCORD_CLOCK
from bot.errors import UserFacingError
from bot.learning import sentences as learning
from bot.learning.card import Deck
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.cards.kept_cards import KeptCards
from bot.learning.cards.sentences import counted
from bot.learning.exchange import card_export
from bot.learning.exchange import sentences as say
from bot.learning.exchange.card_export import CardExport, Format, deck_name
from bot.learning.exchange.card_import import CardImport
from bot.learning.exchange.import_offers import ImportButton, ImportOffers
from bot.sentences import LANGUAGE_NAMES, of_interaction
from bot.tutor.deferred_responses import defer
from bot.tutor.incoming_message import IncomingMessage

Interaction = discord.Interaction[SaemBot]


class ExportCog(commands.Cog):
    """Takes requests for exports, and files of cards."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.card_store = CardStore(bot.store)
        pictures = CardPictures(bot.store)
        self.card_export = CardExport(self.card_store, pictures, bot.pool, DISCORD_CLOCK.seconds)
        kept_cards = KeptCards(self.card_store, DISCORD_CLOCK.seconds)
        self.card_import = CardImport(self.card_store, pictures, kept_cards, bot.pool)
        self.import_offers = ImportOffers(self.card_import, self._ask)

    async def cog_load(self) -> None:
        """Offer the buttons, and look at the files of direct messages."""
        self.bot.add_dynamic_items(ImportButton)
        self.bot.question_attachments.direct_files.append(self.import_offers.take)

    @app_commands.command(
        name=localized("export"),
        description=localized("Your cards as a file for Anki or for sheets"),
    )
    @app_commands.rename(deck=localized("deck"), format_=localized("format"))
    @app_commands.describe(
        deck=localized("All of them if you do not say"),
        format_=localized("An Anki package if you do not say"),
    )
    @app_commands.choices(format_=[Choice(name="Anki (.apkg)", value="anki"), Choice(name="CSV", value="csv")])
    async def export(self, interaction: Interaction, deck: str | None = None, format_: Format = "anki") -> None:
        """Send the file to its student alone."""
        locale = of_interaction(interaction)
        await defer(interaction, ephemeral=True, thinking=True)
        decks = await self._decks(interaction, deck)
        made = await self.card_export.file(interaction.user.id, decks, format_, locale)
        limit = min(interaction.filesize_limit, card_export.LARGEST)
        if len(made.data) > limit:
            raise UserFacingError(say.TOO_LARGE, size=-(-len(made.data) // (1 << 20)), limit=limit >> 20)
        sentence = (say.EXPORTED if format_ == "anki" else say.EXPORTED_CSV)(locale, cards=counted(locale, made.cards))
        if made.pictures_left_out:
            sentence = f"{sentence} {say.WITHOUT_PICTURES(locale)}"
        file = discord.File(io.BytesIO(made.data), made.name)
        nobody = discord.AllowedMentions.none()
        await interaction.followup.send(sentence, file=file, ephemeral=True, allowed_mentions=nobody)

    @export.autocomplete("deck")
    async def suggest_decks(self, interaction: Interaction, current: str) -> list[Choice[str]]:
        """Suggest the student's own decks."""
        locale = of_interaction(interaction)
        decks = await self.card_store.decks_of(interaction.user.id, DISCORD_CLOCK.seconds())
        named = [(deck_name(deck, locale), deck) for deck in decks if deck.cards]
        return [
            Choice(name=f"{name[:80]} ({deck.cards})", value=deck.id)
            for name, deck in named
            if current.casefold() in name.casefold()
        ][:25]

    async def _decks(self, interaction: Interaction, wanted: str | None) -> list[Deck]:
        """The deck that was chosen from the list, or named; all decks if none was.

        Raises:
            UserFacingError: the student has none of that name.
        """
        decks = list(await self.card_store.decks_of(interaction.user.id, DISCORD_CLOCK.seconds()))
        if wanted is None or not wanted.strip():
            return decks
        name = wanted.strip().casefold()
        for deck in decks:
            if deck.id == wanted or name in {deck_name(deck, each).casefold() for each in LANGUAGE_NAMES}:
                return [deck]
        raise UserFacingError(learning.NO_SUCH_DECK)

    async def _ask(self, message: IncomingMessage) -> None:
        """Ask a direct message's question, with its files as they are."""
        cog: Any = self.bot.get_cog("TutorCog")
        await cog.tutor.ask_directly(message)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(ExportCog(bot))
