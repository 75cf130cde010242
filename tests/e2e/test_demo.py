"""`saem demo` as its users have it: a process of its own, and the page in a real browser."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.bot_process import BotProcess
from tests.browser import PATIENCE, StudentPage, open_page
from tests.scripted_openai import ScriptedOpenAI, last_user_text

pytestmark = pytest.mark.browser

OUR_OWN = ("DISCORD_", "OPENAI_", "OPEN_API", "MODEL", "ASSISTANTS_", "DATABASE_", "EMBEDDING_")
DRAWN = "[data-part=gallery] img"
START = 90
"""Seconds that the demo has to say where it is: the machine is shared."""


@asynccontextmanager
async def demo(directory: Path, *, forked: bool = True, **settings: str) -> AsyncIterator[str]:
    """Run `saem demo` in an empty folder; yields the page's address. What it logs must hold no error.

    `forked`: from a process that has loaded Saem, which saves the seconds for that.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUR_OWN)}
    arguments = ("demo", "--port", "0")
    environment = {**inherited, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUNBUFFERED": "1", **settings}
    process: BotProcess | asyncio.subprocess.Process
    if forked:
        process = await BotProcess.start(*arguments, directory=directory, environment=environment, heard=True)
        said = process.said
    else:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=directory,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None
        said = process.stdout
    heard: list[str] = []
    try:
        async with asyncio.timeout(START):
            while not (found := re.search(r"http://\S+", heard[-1] if heard else "")):
                line = (await said.readline()).decode()
                assert line, f"saem demo ended: {''.join(heard)}"
                heard.append(line)
        yield found.group()
    finally:
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            heard.append((await said.read()).decode())
            await process.wait()
    log = "".join(heard)
    assert "Traceback" not in log, log
    assert not re.search(r"\[(error|critical)", log), log
    assert process.returncode == 0


async def opened_thread(student: StudentPage, question: str) -> None:
    """Ask in #general and open the thread that Saem makes of the question."""
    await student.open("general")
    await student.says(f"@Saem {question}")
    message = await student.sees(question)
    await expect(message.locator("[data-part=thread-preview]")).to_be_visible(timeout=PATIENCE)
    await student.open_thread_of(message)


async def test_a_student_asks_and_asks_again_without_a_key(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path, forked=False) as url:
        student = await open_page(browser, url, "alex")
        await opened_thread(student, "3x + 11 = 14")
        first = await student.sees("x = 1", "side", author="Saem")
        await expect(first.get_by_role("button", name="Regenerate")).to_be_visible(timeout=PATIENCE)
        await student.says("another one like that", "side")
        await expect(student.messages("side", author="Saem")).to_have_count(2, timeout=PATIENCE)
        again = student.messages("side", author="Saem").last
        await expect(again.get_by_role("button", name="Regenerate")).to_be_visible(timeout=PATIENCE)
        assert "x =" in await again.inner_text()
        for answer in (first, again):
            await expect(answer.locator(DRAWN)).to_be_visible(timeout=PATIENCE)
        await student.screenshot(pictures / "ask.png")
        assert student.problems == []
        await student.context.close()


async def test_a_korean_question_is_answered_in_korean(browser: Browser, tmp_path: Path, pictures: Path) -> None:
    async with demo(tmp_path, forked=False) as url:
        student = await open_page(browser, url, "minji")
        await opened_thread(student, "다음의 방정식을 풀고 싶습니다. '3x + 11 = 14', 수학선생님 도와주실 수 있나요?")
        answer = await student.sees("x = 1", "side", author="Saem")
        assert re.search("[가-힣]{2}", await answer.inner_text())
        await expect(answer.locator(DRAWN)).to_be_visible(timeout=PATIENCE)
        await student.screenshot(pictures / "ask-ko.png")
        await student.context.close()


@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_with_a_key_the_real_model_answers_and_knows_what_was_said(
    browser: Browser, tmp_path: Path, api: str
) -> None:
    async with ScriptedOpenAI(responses=api == "responses") as openai:
        openai.say("3x = 3, so x = 1.", "Try 2x + 4 = 10: subtract 4, divide by 2, x = 3.")
        env: Mapping[str, str] = {"OPENAI_API_KEY": openai.key, "OPENAI_BASE_URL": openai.url}
        async with demo(tmp_path, forked=False, **env) as url:
            student = await open_page(browser, url, "alex")
            await opened_thread(student, "3x + 11 = 14")
            await student.sees("so x = 1.", "side", author="Saem")
            await student.says("another one like that", "side")
            await student.sees("divide by 2, x = 3.", "side", author="Saem")
            await student.context.close()
        asked = openai.requests[-1]
        assert "another one like that" in last_user_text(asked)
        assert "so x = 1." in str(asked.get("input") or asked.get("messages"))
