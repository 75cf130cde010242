"""Slash and message commands in the page, with a real discord.py bot."""

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser import StudentPage
from tests.playground.page.practice_bot import PracticeBot

pytestmark = pytest.mark.browser


async def test_a_command_is_found_filled_in_and_sent_from_the_keyboard(minji: StudentPage) -> None:
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("/qu")
    await expect(minji.pane().locator(".suggestions [role=option]").first).to_contain_text("/quiz")
    await box.press("Enter")
    form = minji.pane().locator("[data-part=command]")
    await expect(form.locator("input[data-option=topic]")).to_be_focused()
    await expect(form.get_by_placeholder("+2 optional")).to_be_visible()
    await minji.page.keyboard.type("algebra questions:")
    await expect(form.locator("input[data-option=questions]")).to_be_focused()
    await expect(form.get_by_placeholder("+1 optional")).to_be_visible()
    await minji.page.keyboard.type("5")
    await minji.page.keyboard.press("Tab")
    await minji.page.keyboard.type("mode:tog")
    await minji.page.keyboard.press("Enter")
    await expect(form.locator("input[data-option=mode]")).to_have_value("Together")
    await minji.page.keyboard.press("Enter")
    answer = await minji.sees("topic=algebra questions=5 mode=together", author="Saem")
    await expect(answer.locator("[data-part=command-context]")).to_contain_text("민지 used /quiz")


async def test_a_command_may_be_typed_in_one_go(minji: StudentPage) -> None:
    await minji.runs("/quiz", topic="two words", questions=2)
    await minji.sees("topic=two words questions=2 mode=solo")


async def test_topics_are_offered_while_typing_and_free_text_is_kept(minji: StudentPage) -> None:
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("/quiz f")
    offered = minji.pane().locator(".suggestions [role=option]")
    await expect(offered).to_have_text(["About fractions", "About functions"])
    await minji.page.keyboard.press("ArrowDown")
    await minji.page.keyboard.press("ArrowDown")
    await minji.page.keyboard.press("Enter")
    await minji.page.keyboard.press("Enter")
    await minji.sees("topic=functions")


async def test_topics_are_offered_while_another_option_is_half_written(minji: StudentPage) -> None:
    await minji.pane().locator("[data-part=input]").press_sequentially("/quiz mode:")
    form = minji.pane().locator("[data-part=command]")
    await expect(form.locator("input[data-option=mode]")).to_be_focused()
    await minji.page.keyboard.type("tog")
    await form.locator("input[data-option=topic]").click()
    await minji.page.keyboard.type("f")
    offered = minji.pane().locator(".suggestions [role=option]")
    await expect(offered).to_have_text(["About fractions", "About functions"])


async def test_a_command_that_is_pasted_goes_on_where_its_writing_stopped(minji: StudentPage) -> None:
    await minji.pane().locator("[data-part=input]").fill("/quiz topic:algebra mode:")
    form = minji.pane().locator("[data-part=command]")
    await expect(form.locator("input[data-option=mode]")).to_be_focused()
    await expect(form.locator("input[data-option=topic]")).to_have_value("algebra")


async def test_what_is_missing_or_out_of_range_is_said_before_it_is_sent(minji: StudentPage) -> None:
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("/quiz ")
    await minji.page.keyboard.press("Enter")
    problem = minji.pane().locator(".command-problem")
    await expect(problem).to_have_text("topic: this is required.")
    await minji.page.keyboard.type("fractions questions:99")
    await minji.page.keyboard.press("Enter")
    await expect(problem).to_have_text("questions: 10 or less.")
    await minji.page.keyboard.press("Escape")
    await expect(box).to_be_focused()


async def test_a_subcommand_takes_files_people_channels_and_numbers(minji: StudentPage) -> None:
    box = minji.pane().locator("[data-part=input]")
    await box.press_sequentially("/give f")
    await expect(minji.pane().locator(".suggestions [role=option]").first).to_contain_text("/give file")
    await box.press("Enter")
    form = minji.pane().locator("[data-part=command]")
    chapter = FilePayload(name="chapter.txt", mimeType="text/plain", buffer=b"twelve bytes")
    await form.locator("input[data-option=file]").set_input_files(chapter)
    await form.locator("input[data-option=to]").focus()
    await minji.page.keyboard.type("Sor")
    await minji.page.keyboard.press("Tab")
    await minji.page.keyboard.type(" place:")
    await minji.page.keyboard.type("libr")
    await minji.page.keyboard.press("Enter")
    await minji.page.keyboard.type(" secret:")
    await minji.page.keyboard.press("ArrowDown")
    await minji.page.keyboard.press("ArrowUp")
    await minji.page.keyboard.press("Enter")
    await minji.page.keyboard.type(" weight:2,5")
    await minji.page.keyboard.press("Enter")
    await minji.sees("chapter.txt (12 bytes) to Sora in library secret=True 2.5")


async def test_a_deferred_answer_thinks_first(bot: PracticeBot, minji: StudentPage) -> None:
    await minji.runs("/think")
    await expect(minji.pane().locator("[data-part=thinking]")).to_contain_text("Saem is thinking")
    bot.release.set()
    await minji.sees("Here it is")
    await expect(minji.pane().locator("[data-part=thinking]")).to_have_count(0)


async def test_a_command_that_is_not_answered_says_so(minji: StudentPage) -> None:
    await minji.runs("/silent")
    note = minji.pane().locator("li[data-local=note]")
    await expect(note).to_contain_text("The application did not respond", timeout=15_000)
    await note.locator("[data-action=dismiss]").click()
    await expect(note).to_have_count(0)


async def test_a_message_command_is_in_the_menu(minji: StudentPage) -> None:
    message = await minji.says("twelve chars")
    await minji.menu(message, "command:Count letters")
    await minji.sees("12 letters")
