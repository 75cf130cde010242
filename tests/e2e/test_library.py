"""The library as a teacher has it: files dropped in the demo's page, answers with citations, and files gone again."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.assistants.retrieval.documents import pdf
from tests.browser import PATIENCE, StudentPage, open_page
from tests.e2e.test_demo import demo

pytestmark = pytest.mark.browser

CHAPTER = (
    "Chapter 3. Photosynthesis\nPhotosynthesis happens in the chloroplasts of plant cells.",
    "The Calvin cycle\nThe Calvin cycle takes place in the stroma and was described by Melvin Calvin in 1950.",
)
CITY_PLAN = (
    "수원도시기본계획\n\n수원 도시기본계획의 목표연도는 2030년이다. 계획인구는 131만 명으로 한다.\n\n"
    "생활권은 화성, 동수원, 서수원, 북수원, 영통으로 나눈다.\n"
)


async def dropped(teacher: StudentPage, path: Path) -> Locator:
    """Drop a file in the channel that is open, and wait until it can be searched."""
    await teacher.drops(path)
    message = teacher.messages().filter(has_text=path.name).last
    await expect(message.locator('.reaction[data-emoji="✅"]')).to_be_visible(timeout=2 * PATIENCE)
    return message


async def asked(student: StudentPage, question: str) -> Locator:
    """Ask in #general, and wait for the whole answer in the thread beside it."""
    await student.open("general")
    await student.says(f"@Saem {question}")
    message = await student.sees(question)
    await expect(message.locator("[data-part=thread-preview]")).to_be_visible(timeout=PATIENCE)
    await student.open_thread_of(message)
    answer = student.messages("side", author="Saem").last
    await expect(answer.locator('[data-custom-id^="saem:again:"]')).to_be_visible(timeout=2 * PATIENCE)
    return answer


async def test_files_become_knowledge_with_citations_until_they_are_deleted(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    chapter, plan = tmp_path / "chapter3.pdf", tmp_path / "도시계획.txt"
    chapter.write_bytes(pdf(CHAPTER))
    plan.write_bytes(CITY_PLAN.encode("cp949"))
    async with demo(tmp_path) as url:
        teacher = await open_page(browser, url, "teacher")
        await teacher.open("library")
        await dropped(teacher, chapter)
        await dropped(teacher, plan)
        await teacher.screenshot(pictures / "library.png")

        answer = await asked(teacher, "Who described the Calvin cycle?")
        await expect(answer).to_contain_text("Melvin Calvin")
        await expect(answer).to_contain_text("chapter3.pdf")
        await teacher.screenshot(pictures / "citation.png")
        await answer.get_by_role("link", name="1").first.click()
        await expect(teacher.pane().locator("[data-part=title]")).to_have_text("library")
        await expect(teacher.messages().filter(has_text="chapter3.pdf").last).to_be_in_viewport()

        answer = await asked(teacher, "수원 도시기본계획의 목표연도는 언제인가요?")
        await expect(answer).to_contain_text("2030년")
        await expect(answer).to_contain_text("도시계획.txt")

        await teacher.open("library")
        message = teacher.messages().filter(has_text="chapter3.pdf").last
        await teacher.menu(message, "delete")
        confirm = teacher.page.get_by_role("dialog").get_by_role("button", name="Delete")
        if await confirm.is_visible():
            await confirm.click()
        await expect(teacher.messages().filter(has_text="chapter3.pdf")).to_have_count(0)
        answer = await asked(teacher, "Tell me: who described the Calvin cycle?")
        await expect(answer).not_to_contain_text("Melvin Calvin")
        await teacher.context.close()


async def test_a_quiz_is_made_from_a_file(browser: Browser, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(CITY_PLAN, encoding="utf-8")
    async with demo(tmp_path) as url:
        teacher = await open_page(browser, url, "teacher")
        await teacher.open("library")
        await dropped(teacher, plan)
        await teacher.open("general")
        await teacher.runs("/quiz", topic="수원 도시기본계획")
        announcement = await teacher.sees("퀴즈를 준비하고 있어요", author="Saem")
        quiz = announcement.get_by_role("button", name="퀴즈:", exact=False).first
        await expect(quiz).to_be_visible(timeout=2 * PATIENCE)
        await quiz.click()
        await expect(teacher.pane().get_by_role("button", name="A", exact=False).first).to_be_visible(
            timeout=2 * PATIENCE
        )
        await expect(teacher.messages(author="Saem").filter(has_text="____").last).to_be_visible(timeout=PATIENCE)
        await teacher.context.close()
