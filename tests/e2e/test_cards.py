"""Cards as students have them, in the demo without a key: made, turned over, kept, exported, and imported."""

import json
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.learning.card_files.anki_reader import read_package
from bot.learning.card_files.anki_writer import write_package
from bot.learning.card_files.file_card import FileCard, picture_id
from tests.browser import PATIENCE, open_page
from tests.e2e.test_demo import demo
from tests.e2e.test_quiz import knows_the_commands

pytestmark = pytest.mark.browser

TRIANGLE = (Path(__file__).parents[2] / "docs/pictures/citation.png").read_bytes()
DECK = [
    FileCard("g1", "What do the angles of a triangle add up to?", r"$180^{\circ}$", "geometry.pdf, p. 2", "Angles"),
    FileCard("g2", f"Name it: ![a picture](picture:{picture_id(TRIANGLE)})", "A screenshot", "", "Angles"),
]


async def test_cards_are_made_turned_over_and_kept(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as address:
        alex = await open_page(browser, address, "alex")
        await alex.open("general")
        await knows_the_commands(alex)
        await alex.runs("/cards", topic="fractions")
        announcement = await alex.sees("Cards on fractions for", author="Saem")
        await expect(announcement.locator("[data-part=thread-preview]")).to_be_visible(timeout=PATIENCE)
        await alex.open_thread_of(announcement)
        cards = await alex.sees("What is a fraction", "side", author="Saem")
        await alex.screenshot(pictures / "cards-front.png")
        await alex.presses("Show back", "side")
        await expect(cards).to_contain_text("is a part of a whole", timeout=PATIENCE)
        await alex.presses("Next", "side")
        await expect(cards).to_contain_text("How do you divide by a fraction?")
        await alex.presses("Show back", "side")
        await expect(cards).to_contain_text("turn it upside down")
        await alex.screenshot(pictures / "cards-turned.png")
        await alex.presses("Leave out", "side")
        await expect(cards).to_contain_text("left out")
        await alex.presses("Keep these cards (5)", "side")
        await alex.sees("I keep 5 cards for you in fractions", "side")
        await alex.screenshot(pictures / "cards-kept.png")


async def test_cards_in_korean(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as address:
        minji = await open_page(browser, address, "minji", language=None)
        await minji.open("general")
        await minji.says("@Saem 분수 암기 카드 4장 만들어 줘")
        await minji.open_thread_of(await minji.sees("분수 암기 카드"))
        cards = await minji.sees("분수란 무엇인가요?", "side", author="Saem")
        await minji.presses("뒷면 보기", "side")
        await expect(cards).to_contain_text("전체의 일부를 나타냅니다", timeout=PATIENCE)
        await minji.screenshot(pictures / "cards-ko.png")


async def test_a_package_dropped_in_a_direct_message_becomes_a_deck(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    packed = [["d", "Geometry", [card.packed() for card in DECK]]]
    package = write_package(packed, {picture_id(TRIANGLE): TRIANGLE}, 1_800_000_000)
    assert json.dumps(read_package(package)["left_out"]) == "{}"
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "geometry.apkg").write_bytes(package)
    async with demo(tmp_path) as address:
        alex = await open_page(browser, address, "alex")
        await alex.open("general")
        await knows_the_commands(alex)
        await alex.open_direct("Saem")
        await alex.drops(folder / "geometry.apkg")
        await alex.sees("holds 2 cards", author="Saem")
        await alex.screenshot(pictures / "cards-import.png")
        await alex.presses("Make a deck")
        await alex.sees("is there: 2 new, 0 updated.", author="Saem")
        await alex.runs("/export")
        await alex.sees("2 cards for Anki", author="Saem")
        await alex.screenshot(pictures / "cards-export.png")
