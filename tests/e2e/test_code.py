"""Plots and tables in a real browser: by the offline model without a key, and by a model that writes code."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from playground.server import Playground
from tests.browser import PHONE, OpenPage, StudentPage, open_page
from tests.e2e.test_demo import demo, opened_thread
from tests.house import bot_in, settings_for
from tests.scripted_openai import Call, ScriptedOpenAI, Turn, tool_outputs
from workers import sandbox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sandbox.found() is None, reason=f"there is no sandbox here: {sandbox.why_none()}"),
]

TALL = (1280, 1120)
"""A page that shows an answer with a plot as a whole."""
KERNEL = 60_000
"""Milliseconds that an answer may take that needs a new kernel."""
MARKS = "class,student,mark\nA,Kim,70\nA,Lee,90\nB,Park,60\nB,Choi,85\nC,Jung,95\n"
MEANS = """import pandas as pd
import matplotlib.pyplot as plt

marks = pd.read_csv('/mnt/data/marks.csv')
means = marks.groupby('class')['mark'].mean()
print(means)
means.plot.bar(rot=0, color='#5865f2')
plt.title('Mean mark by class')
plt.ylabel('mark')
plt.show()"""


async def drawn(answer: Locator) -> str:
    """The alt text of an answer's plot, once the browser shows it."""
    image = answer.locator("[data-part=gallery] img").first
    await expect(image).to_be_visible(timeout=KERNEL)
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    return await image.get_attribute("alt") or ""


async def shown_work(student: StudentPage, answer: Locator, label: str) -> Locator:
    await answer.get_by_role("button", name=label).click()
    work = student.pane("side").locator("li[data-message-id]").filter(has_text="import matplotlib").last
    await expect(work).to_be_visible(timeout=KERNEL)
    return work


async def test_a_plot_and_its_work_without_a_key(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as url:
        student = await open_page(browser, url, "alex", size=TALL)
        await opened_thread(student, "plot x^2 - 3x")
        answer = await student.sees("vertex", "side", author="Saem", timeout=KERNEL)
        assert await drawn(answer) == "Plot: Graph of y = x^2 - 3x"
        await expect(answer.get_by_role("button", name="Regenerate")).to_be_visible(timeout=KERNEL)
        await student.screenshot(pictures / "plot.png")
        work = await shown_work(student, answer, "Show the work")
        assert "y = x ** 2 - 3 * x" in await work.inner_text()
        await student.screenshot(pictures / "plot-work.png")
        assert student.problems == []
        await student.context.close()


async def test_a_korean_plot_on_a_phone_without_a_key(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path) as url:
        student = await open_page(browser, url, "minji", size=PHONE, language="ko")
        await opened_thread(student, "y = sin x 그래프 그려 줘")
        answer = await student.sees("그래프입니다", author="Saem", timeout=KERNEL)
        assert await drawn(answer) == "그래프: y = sin x의 그래프"
        width = await answer.locator("[data-part=gallery] img").first.evaluate("image => image.clientWidth")
        assert 200 < width <= PHONE[0]
        await expect(answer.get_by_role("button", name="과정 보기")).to_be_visible(timeout=KERNEL)
        await student.screenshot(pictures / "plot-korean.png")
        assert student.problems == []
        await student.context.close()


def answers(body: dict[str, Any]) -> Turn:
    """What a model says to a question on a table."""
    outputs = tool_outputs(body)
    if not outputs:
        return Turn(calls=[Call("code_interpreter", {"code": MEANS})])
    means = re.findall(r"^([A-C])\s+([\d.]+)", outputs[-1], re.MULTILINE)
    told = ", ".join(f"{name}: {float(mean):g}" for name, mean in means)
    return Turn(f"The mean marks are {told}. Class C is ahead, with one student alone.")


async def test_a_table_with_a_question_becomes_a_bar_chart(
    discord: Playground, browser_page: OpenPage, tmp_path: Path, pictures: Path
) -> None:
    async with ScriptedOpenAI() as openai, bot_in(discord, settings_for(discord, openai, tmp_path)):
        openai.reply = answers
        alex = await browser_page(discord, "alex")
        await alex.open("general")
        table = tmp_path / "marks.csv"
        table.write_text(MARKS, encoding="utf-8")
        await alex.says("@Saem mean by class, as a bar chart?", files=[table])
        await alex.open_thread_of(await alex.sees("mean by class"))
        answer = await alex.sees("A: 80, B: 72.5, C: 95", "side", author="Saem", timeout=KERNEL)
        assert await drawn(answer) == "Plot: Mean mark by class; y: mark"
        await expect(answer.get_by_role("button", name="Show the work")).to_be_visible(timeout=KERNEL)
        await alex.screenshot(pictures / "table.png")
        assert alex.problems == []
