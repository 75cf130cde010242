"""Names and descriptions of commands in English and Korean."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextTypes, locale_str


def localized(en: str, ko: str) -> locale_str:
    """A name or description in English and Korean."""
    return locale_str(en, ko=ko)


class CommandTranslator(app_commands.Translator):
    """Gives discord.py the translations of what was made with `localized`."""

    async def translate(
        self, string: locale_str, locale: discord.Locale, _context: TranslationContextTypes
    ) -> str | None:
        """The text in `locale`; None for every language but Korean, and where there is no translation."""
        korean = string.extras.get("ko")
        return korean if locale is discord.Locale.korean and isinstance(korean, str) else None
