"""A server invites Saem: the greeting, and the panel that its button opens, in a real browser, in two languages."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.sentences import Locale
from bot.settings_panel import sentences as say
from bot.store.server_settings import CHANNELS, PERSONA
from playground.server import Playground
from tests.browser import DESKTOP, PATIENCE, PHONE, OpenPage, StudentPage
from tests.house import bot_in, eventually, settings_for
from tests.scripted_openai import ScriptedOpenAI

pytestmark = pytest.mark.browser

PERSONAS: Mapping[Locale, str] = {
    "en": "A patient captain of a small ship, who counts in sea miles.",
    "ko": "작은 배를 모는 느긋한 선장. 거리는 해리로 말해요.",
}
MODELS = ("gpt-6-luna-mini", "gpt-6-sol")
OWNERS: Mapping[Locale, str] = {"en": "teacher", "ko": "minji"}


def invited(discord: Playground, locale: Locale) -> None:
    """Let the class of an owner who speaks that language have invited Saem just now."""
    guild = discord.guild
    guild.locale = {"en": "en-US", "ko": "ko"}[locale]
    guild.owner_id = discord.user(OWNERS[locale]).id
    guild.members[discord.bot.id].joined_at = discord.clock.now()


async def pictured(owner: StudentPage, folder: Path, name: str) -> None:
    """Keep pictures of what is shown on a desktop and on a phone; nothing is wider than the phone."""
    for (width, height), ending in ((PHONE, "-phone"), (DESKTOP, "")):
        await owner.page.set_viewport_size({"width": width, "height": height})
        assert await owner.page.evaluate("document.documentElement.scrollWidth") <= width
        await owner.screenshot(folder / f"{name}{ending}.png")


@pytest.mark.parametrize("locale", ["en", "ko"])
async def test_the_greeting_opens_the_panel_which_changes_settings_at_once(
    discord: Playground, browser_page: OpenPage, tmp_path: Path, pictures: Path, locale: Locale
) -> None:
    invited(discord, locale)
    openai, guild = ScriptedOpenAI(), discord.guild
    async with openai, bot_in(discord, settings_for(discord, openai, tmp_path, models=MODELS)) as bot:
        owner = await browser_page(discord, OWNERS[locale], language=locale)
        await owner.open("general")
        greeting = await owner.sees("3x + 11 = 14", author="Saem")
        await pictured(owner, pictures, f"greeting-{locale}")
        await owner.presses("settings:open", within=greeting)
        panel = await owner.sees(say.TITLE(locale, server=guild.name), author="Saem")
        await owner.presses(say.EDIT_WISHES(locale), within=panel)
        form = owner.page.get_by_role("dialog")
        await form.get_by_label(say.PERSONA_LABEL(locale)).fill(PERSONAS[locale])
        await form.locator("button[type=submit]").click()
        await expect(panel).to_contain_text(PERSONAS[locale], timeout=PATIENCE)
        await owner.chooses("settings:mode", say.MODE_GUIDE(locale), within=panel)
        await expect(panel).to_contain_text(say.MODE(locale, value=say.MODE_GUIDE(locale)), timeout=PATIENCE)
        assert bot.server_settings.value(PERSONA, guild.id) == PERSONAS[locale]
        await pictured(owner, pictures, f"settings-panel-{locale}")
        await owner.presses(say.PAGE_PLACES(locale), within=panel)
        await owner.chooses("settings:channels", "math", "homework", within=panel)
        math = next(each.id for each in guild.channels.values() if each.name == "math")
        await eventually(lambda: math in bot.server_settings.ids(CHANNELS, guild.id))
        await expect(panel).to_contain_text("homework", timeout=PATIENCE)
        await pictured(owner, pictures, f"settings-places-{locale}")
        await owner.presses(say.PAGE_ROOMS(locale), within=panel)
        await owner.chooses("settings:source", say.SOURCE_FILES(locale), within=panel)
        files = say.QUIZ_SOURCE(locale, value=say.SOURCE_FILES(locale))
        await expect(panel).to_contain_text(files, timeout=PATIENCE)
        await pictured(owner, pictures, f"settings-rooms-{locale}")
        await owner.presses(say.SHOW_HISTORY(locale), within=panel)
        history = await owner.sees(say.HISTORY(locale), author="Saem")
        await expect(history).to_contain_text(say.MODE(locale, value=say.MODE_GUIDE(locale)), timeout=PATIENCE)
