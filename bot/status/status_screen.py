"""The status as a message that only the bot's owner sees."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord.utils import escape_markdown

from bot.sentences import Locale
from bot.status import sentences as say
from bot.status.report import Line

MOST: Final = 3_800
"""Characters; a message holds 4,000."""
GREEN: Final = discord.Colour(0x2E9E5B)
RED: Final = discord.Colour(0xD83C3E)


def status_screen(lines: Sequence[Line], locale: Locale) -> discord.ui.LayoutView:
    """The lines in a box: what is wrong first, as far as a message holds them."""
    ordered = sorted(lines, key=lambda each: (each.well, not each.worth_a_look))
    texts, size = [f"### {say.TITLE(locale)}"], 0
    for number, each in enumerate(ordered):
        text = f"{_sign(each)} {escape_markdown(each.text)}"
        size += len(text) + 1
        if size > MOST:
            texts.append(say.NO_ROOM(locale, count=len(ordered) - number))
            break
        texts.append(text)
    colour = GREEN if all(each.well for each in lines) else RED
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.Container[Any](discord.ui.TextDisplay[Any]("\n".join(texts)), accent_colour=colour))
    return view


def _sign(line: Line) -> str:
    return "❌" if not line.well else "🔸" if line.worth_a_look else "✅"
