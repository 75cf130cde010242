"""A student's own working, checked in a real browser: by a model with the calculator, and by the offline model."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from playground.server import Playground
from tests.browser import PATIENCE, OpenPage, open_page
from tests.e2e.test_demo import demo, opened_thread
from tests.house import bot_in, settings_for
from tests.scripted_openai import Call, ScriptedOpenAI, Turn, tool_outputs

pytestmark = pytest.mark.browser

WORKING = ["2(x + 3) = 14", "2x + 3 = 14", "2x = 11", "x = 5.5"]


def answers(body: dict[str, Any]) -> Turn:
    """What a model says: it has the steps checked, and tells what came out."""
    outputs = tool_outputs(body)
    if not outputs:
        return Turn("Let me check your steps.", calls=[Call("check_steps", {"lines": WORKING})])
    told = json.loads(outputs[-1])
    lines = [f"{line['line']}. \\({line['read']}\\) {line['mark'].replace('given', '')}" for line in told["lines"][:2]]
    return Turn("\n".join([*lines, "", f"Look at line {told['wrong_line']} again: {told['slip']}"]))


async def test_a_model_has_the_steps_checked_and_names_the_slip(
    discord: Playground, browser_page: OpenPage, tmp_path: Path, pictures: Path
) -> None:
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)):
        openai.reply = answers
        alex = await browser_page(discord, "alex")
        await opened_thread(alex, "where did I go wrong? 2(x + 3) = 14 so 2x + 3 = 14 so 2x = 11 so x = 5.5")
        answer = await alex.sees("one term of the bracket only", "side", author="Saem")
        await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible(timeout=PATIENCE)
        words = await answer.inner_text()
        assert words.index("Let me check your steps.") < words.index("Look at line 2")
        assert "✗" in words
        await alex.screenshot(pictures / "calculator.png")
        assert alex.problems == []


async def test_without_a_key_the_steps_are_checked_in_korean_too(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    async with demo(tmp_path) as url:
        student = await open_page(browser, url, "minji")
        await opened_thread(student, "어디서 틀렸나요? 3x - 4 = 8 이항하면 3x = 8 - 4 따라서 3x = 4")
        answer = await student.sees("부호를 바꾸지 않았어요", "side", author="Saem")
        await expect(answer.get_by_role("button", name="멈추기")).to_have_count(0, timeout=PATIENCE)
        assert "✗" in await answer.inner_text()
        assert re.search("2번째 줄", await answer.inner_text())
        await student.screenshot(pictures / "calculator-korean.png")
        assert student.problems == []
        await student.context.close()
