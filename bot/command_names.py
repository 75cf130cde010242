"""Names and descriptions of commands: English here, in bot/catalogues the other languages."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str

from bot.catalogues.catalogue import translated
from bot.sentences import SPOKEN


def localized(en: str, *, context: str = "command") -> locale_str:
    """A name or description that has translations; `context` parts it from another that is the same in English."""
    return locale_str(en, context=context)


class CommandTranslator(app_commands.Translator):
    """Gives discord.py the translations of what was made with `localized`."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: TranslationContextTypes
    ) -> str | None:
        """The text in `locale`; None for languages that Saem does not speak, and where there is no translation."""
        context, language = string.extras.get("context"), SPOKEN.get(locale.value)
        if language is None or language == "en" or not isinstance(context, str):
            return None
        found = translated(language, string.message, context)
        return found if found != string.message else None
