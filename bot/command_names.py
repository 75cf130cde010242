"""Names and descriptions of commands in Discord's languages."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str


def words(en: str, ko: str) -> locale_str:
    """A name or description in English and Korean."""
    return locale_str(en, ko=ko)


class Words(app_commands.Translator):
    """Tells Discord what `words` says."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: TranslationContextTypes
    ) -> str | None:
        """The words in `locale`; None where there are none of its own."""
        korean = string.extras.get("ko")
        return korean if locale is discord.Locale.korean and isinstance(korean, str) else None
