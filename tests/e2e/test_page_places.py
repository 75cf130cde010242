"""The page in a real browser: finding one's way, losing the connection, sizes, themes; its pure modules in node."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.e2e.browser import PATIENCE, PHONE, open_page
from tests.e2e.conftest import OpenPage

NAMELESS: Final = """() => [...document.querySelectorAll("button, a[href], input, textarea, [role=button]")]
    .filter((one) => one.checkVisibility() && !one.closest("[aria-hidden]"))
    .filter((one) => !one.getAttribute("aria-label") && !one.textContent.trim() && !one.labels?.length)
    .map((one) => one.outerHTML)"""
MODULES: Final = Path(__file__).parent / "page"


def test_the_pages_pure_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None or _version(node) < (20,):
        pytest.skip("node 20 or newer is not here")
    files = sorted(str(each) for each in MODULES.glob("*.test.mjs"))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    return tuple(int(part) for part in told.strip().lstrip("v").split(".")[:1])


async def many(junho: Student, count: int) -> list[SeenMessage]:
    return [await junho.says("#general", f"message number {number}") for number in range(count)]


def place(discord: Playground, post: SeenMessage | None = None) -> str:
    path = f"/channels/{discord.guild.id}/{discord.channel('general').id}"
    return f"{path}/{post.id}" if post else path


@pytest.mark.browser
async def test_older_messages_load_while_scrolling_up_and_the_place_is_kept(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        await many(await discord.student("junho"), 120)
        minji = await browser_page(discord, "minji")
        await expect(minji.message("message number 119")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(50)
        scroller = minji.pane().locator("[data-part=scroller]")
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.messages()).to_have_count(100)
        await expect(minji.message("message number 70")).to_be_in_viewport()
        await expect(minji.message("message number 21")).not_to_be_in_viewport()
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.messages()).to_have_count(120)
        await expect(minji.message("message number 20")).to_be_in_viewport()
        await expect(minji.pane().get_by_text("Welcome to #general!")).to_be_attached()


@pytest.mark.browser
async def test_a_long_channel_is_read_to_its_beginning_and_back_without_holding_all_of_it(
    browser_page: OpenPage,
) -> None:
    async with Playground(rate_limits=False) as discord:
        await many(await discord.student("junho"), 320)
        minji = await browser_page(discord, "minji")
        scroller = minji.pane().locator("[data-part=scroller]")
        for oldest in (220, 170, 120, 70, 20, 0):
            await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
            await expect(minji.pane().get_by_text(f"message number {oldest}", exact=True)).to_be_attached()
        await scroller.evaluate("scroller => { scroller.scrollTop = 0; }")
        await expect(minji.message("message number 0")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(250)
        await expect(minji.pane().locator(".notice")).to_contain_text("You're viewing older messages")
        for newest in (299, 319):
            await scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
            await expect(minji.message(f"message number {newest}")).to_be_attached()
        await scroller.evaluate("scroller => { scroller.scrollTop = scroller.scrollHeight; }")
        await expect(minji.message("message number 319")).to_be_in_viewport()
        await expect(minji.messages()).to_have_count(250)
        await expect(minji.pane().locator(".notice")).to_be_hidden()


@pytest.mark.browser
async def test_a_link_to_an_old_message_opens_its_surroundings_and_leads_back(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        posts = await many(junho, 150)
        minji = await browser_page(discord, "minji", place=place(discord, posts[20]))
        old = minji.pane().locator(f'li[data-message-id="{posts[20].id}"]')
        await expect(old).to_be_in_viewport()
        await expect(old).to_be_focused()
        await expect(minji.message("message number 149")).to_have_count(0)
        await junho.says("#general", "news")
        await expect(minji.message("news")).to_have_count(0)
        await minji.pane().locator("[data-action=present]").click()
        await expect(minji.message("news")).to_be_in_viewport()


@pytest.mark.browser
async def test_a_citation_jumps_to_the_message_that_it_names(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    source = await junho.drops("#library", ("chapter3.pdf", b"%PDF-1.4"))
    link = f"https://discord.com/channels/{discord.guild.id}/{source.channel_id}/{source.id}"
    await junho.says("#general", f"The target year is 2030.[[1]]({link}) and bare: {link}")
    minji = await browser_page(discord, "minji")
    answer = await minji.sees("The target year is 2030.")
    await expect(answer.locator("a.place")).to_contain_text("library")
    await answer.get_by_role("link", name="[1]").click()
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("library")
    await expect(minji.pane().locator(f'li[data-message-id="{source.id}"]')).to_be_focused()
    await minji.page.go_back()
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("general")


@pytest.mark.browser
async def test_one_who_reads_old_messages_is_not_torn_away_by_new_ones(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        await many(junho, 45)
        minji = await browser_page(discord, "minji")
        early = minji.message("message number 5")
        await early.scroll_into_view_if_needed()
        await expect(early).to_be_in_viewport()
        await junho.says("#general", "something new")
        await expect(minji.pane().locator(".divider.new")).to_have_count(1)
        notice = minji.pane().locator(".notice")
        await expect(notice).to_contain_text("1 new message")
        await expect(early).to_be_in_viewport()
        await notice.get_by_role("button").click()
        await expect(minji.message("something new")).to_be_in_viewport()


@pytest.mark.browser
async def test_what_comes_while_one_looks_is_not_marked_as_new(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    await junho.says("#general", "one")
    minji = await browser_page(discord, "minji")
    await minji.sees("one")
    await junho.says("#general", "two")
    await minji.sees("two")
    await expect(minji.pane().locator(".divider.new")).to_have_count(0)
    await minji.open("math")
    await junho.says("#general", "three")
    await minji.open("general")
    three = await minji.sees("three")
    await expect(minji.pane().locator(".divider.new + li")).to_have_attribute(
        "data-message-id", str(await three.get_attribute("data-message-id"))
    )


@pytest.mark.browser
async def test_a_dropped_gateway_is_resumed_and_nothing_is_missed(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await minji.says("before")
    for resumable in (True, False):
        discord.gateway.drop(resumable=resumable, user=discord.user("minji"))
        await junho.says("#general", f"meanwhile {resumable}")
        await minji.sees(f"meanwhile {resumable}")
    await expect(minji.page.locator("[data-part=banner]")).to_be_hidden()
    await expect(minji.message("before")).to_have_count(1)
    await minji.says("after")


@pytest.mark.browser
async def test_a_banner_shows_while_the_server_is_away(browser_page: OpenPage) -> None:
    async with Playground() as discord:
        minji = await browser_page(discord, "minji")
        await minji.says("still here")
    await expect(minji.page.locator("[data-part=banner]")).to_contain_text("Connection lost. Reconnecting…")
    await expect(minji.message("still here")).to_be_visible()
    minji.problems.clear()  # the browser reports every connection that is refused
    await minji.page.close()


@pytest.mark.browser
async def test_the_page_comes_back_when_the_server_does(browser_page: OpenPage) -> None:
    async with Playground() as discord:
        minji = await browser_page(discord, "minji")
        await minji.open("math")
        await minji.says("before the restart")
        port = int(discord.origin.rsplit(":", 1)[1])
    await expect(minji.page.locator("[data-part=banner]")).to_be_visible()
    async with Playground(port=port) as discord:
        await expect(minji.page.locator("[data-part=banner]")).to_be_hidden(timeout=PATIENCE)
        await expect(minji.message("before the restart")).to_have_count(0)
        await expect(minji.pane().locator("[data-part=title]")).to_have_text("math")
        await minji.says("after the restart")
        minji.problems.clear()  # the browser reports every connection that is refused
        await minji.page.close()


@pytest.mark.browser
async def test_the_theme_is_switched_and_remembered(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    ground = "getComputedStyle(document.querySelector('#main')).backgroundColor"
    assert await minji.page.evaluate(ground) == "rgb(49, 51, 56)"
    await minji.page.locator("[data-action=theme]").click()
    assert await minji.page.evaluate(ground) == "rgb(255, 255, 255)"
    await minji.page.goto(f"{discord.page_url}?student=minji")
    await expect(minji.pane().locator("[data-part=title]")).to_be_visible()
    assert await minji.page.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.browser
async def test_on_a_phone_one_thing_is_shown_at_a_time(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    question = await junho.says("#math", "x + 1 = 2 " + "and so on " * 30)
    thread = await junho.starts_thread(question, "x + 1 = 2")
    await junho.says(thread, "x = 1")
    minji = await browser_page(discord, "minji", size=PHONE)
    await expect(minji.page.locator("#sidebar")).to_be_hidden()
    await minji.open("math")
    await expect(minji.page.locator("#sidebar")).to_be_hidden()
    await minji.open_thread_of(await minji.sees("and so on"))
    await minji.sees("x = 1")
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("x + 1 = 2")
    await minji.says("thank you!")
    await minji.page.locator("[data-action=members]").click()
    await expect(minji.page.locator("#members")).to_be_visible()
    await minji.page.keyboard.press("Escape")
    await expect(minji.page.locator("#members")).to_be_hidden()
    assert await minji.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
async def test_everything_that_can_be_pressed_has_a_name_and_can_be_reached(
    discord: Playground, browser_page: OpenPage
) -> None:
    junho = await discord.student("junho")
    post = await junho.says("#general", "||hidden|| ```py\nx = 1\n``` <@1> **bold** https://example.org")
    await junho.reacts(post, "👍")
    await junho.starts_thread(post, "A thread")
    minji = await browser_page(discord, "minji")
    message = await minji.sees("bold")
    nameless = await minji.page.evaluate(NAMELESS)
    assert nameless == []
    await minji.pane().locator("[data-part=scroller]").focus()
    await minji.page.keyboard.press("ArrowUp")
    await expect(message).to_be_focused()
    await minji.page.keyboard.press("Enter")
    await expect(minji.page.locator("[role=menuitem]").first).to_be_focused()
    await minji.page.keyboard.press("ArrowDown")
    await expect(minji.page.locator("[role=menuitem]").nth(1)).to_be_focused()
    await minji.page.keyboard.press("Escape")
    await expect(message).to_be_focused()
    await minji.page.keyboard.press("r")
    await expect(minji.pane().locator("[data-part=reply-bar]")).to_be_visible()
    spoiler = message.locator(".spoiler")
    await spoiler.focus()
    await minji.page.keyboard.press("Enter")
    await expect(spoiler).to_have_attribute("data-state", "shown")


@pytest.mark.browser
async def test_what_is_typed_anywhere_goes_to_the_composer(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    message = await minji.says("edit me not")
    await message.locator("[data-part=content]").click()
    await minji.page.keyboard.type("edges")
    await expect(minji.pane().locator("[data-part=input]")).to_have_value("edges")
    await expect(minji.pane().locator("[data-part=editor]")).to_have_count(0)


@pytest.mark.browser
async def test_files_are_found_whatever_name_the_server_is_called_by(
    discord: Playground, browser: Browser, tmp_path: Path
) -> None:
    photo = tmp_path / "photo.png"
    Image.new("RGB", (64, 48), "skyblue").save(photo)
    junho = await discord.student("junho")
    await junho.drops("#general", photo.as_posix(), ("notes.txt", b"notes"), text="two files")
    minji = await open_page(browser, discord.page_url.replace("127.0.0.1", "localhost"), "minji")
    message = await minji.sees("two files")
    await expect(message.locator("img")).to_have_js_property("naturalWidth", 64)
    async with minji.page.expect_download() as download:
        await message.get_by_role("link", name="Download notes.txt").click()
    assert (await (await download.value).path()).read_bytes() == b"notes"
    assert minji.problems == []
    await minji.context.close()


@pytest.mark.browser
async def test_a_script_is_never_a_links_address(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    made = await minji.page.evaluate(
        """async () => {
            const { el } = await import("/widgets/dom.js");
            return ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "https://example.org/", "#x"]
                .map((href) => el("a", { href }).getAttribute("href"));
        }"""
    )
    assert made == [None, None, None, "https://example.org/", "#x"]


@pytest.mark.browser
async def test_what_others_say_is_read_out(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await junho.says("#general", "**Listen** to <#" + str(discord.channel("math").id) + ">")
    await expect(minji.page.locator("[data-part=announcer]")).to_contain_text("준호: Listen to #math")


@pytest.mark.browser
async def test_countdowns_count(discord: Playground, browser_page: OpenPage) -> None:
    junho = await discord.student("junho")
    minji = await browser_page(discord, "minji")
    await minji.page.clock.install()
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=1)
    await minji.page.clock.pause_at(now)
    await junho.says("#general", f"Closes <t:{int(now.timestamp()) + 30}:R>")
    stamp = (await minji.sees("Closes")).locator("time.timestamp")
    await expect(stamp).to_have_text("in 30 seconds")
    await minji.page.clock.run_for(10_000)
    await expect(stamp).to_have_text("in 20 seconds")
    await minji.page.clock.run_for(25_000)
    await expect(stamp).to_have_text("5 seconds ago")


@pytest.mark.browser
async def test_a_thread_stays_open_after_a_reload_and_back_and_forward_lead_in_and_out(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        start = await junho.says("#general", "a question")
        thread = await junho.starts_thread(start, "The thread")
        answers = [await junho.says(thread, f"an answer, number {number}") for number in range(60)]
        minji = await browser_page(discord, "minji")
        side = await minji.open_thread_of(minji.message("a question"))
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await minji.page.reload()
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await expect(minji.message("a question")).to_be_in_viewport()
        await minji.page.go_back()
        await expect(side).not_to_be_visible()
        await minji.page.go_forward()
        await expect(side.get_by_text("an answer, number 59", exact=True)).to_be_in_viewport()
        await minji.page.goto(
            f"{minji.page.url.partition('#')[0]}#/channels/{discord.guild.id}/{start.id}/{answers[2].id}"
        )
        old = minji.pane().locator(f'li[data-message-id="{answers[2].id}"]')
        await expect(old).to_be_in_viewport()
        await minji.page.reload()
        await expect(old).to_be_in_viewport()


@pytest.mark.browser
async def test_the_newest_message_stays_in_sight_when_a_thread_opens_beside_it(browser_page: OpenPage) -> None:
    async with Playground(rate_limits=False) as discord:
        junho = await discord.student("junho")
        for number in range(30):
            await junho.says("#general", f"{number}: " + "a long question " * 12)
        last = await junho.says("#general", "the newest")
        thread = await junho.starts_thread(last, "Beside")
        minji = await browser_page(discord, "minji", place=f"{place(discord)}/threads/{thread}")
        await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Beside")
        await expect(minji.message("the newest").locator("[data-part=thread-preview]")).to_be_in_viewport(ratio=1)
        await minji.page.reload()
        await expect(minji.pane("side").locator("[data-part=title]")).to_have_text("Beside")
        await expect(minji.message("the newest").locator("[data-part=thread-preview]")).to_be_in_viewport(ratio=1)


@pytest.mark.browser
async def test_a_channel_that_is_hidden_while_it_is_open_is_left(discord: Playground, browser_page: OpenPage) -> None:
    minji = await browser_page(discord, "minji")
    await minji.open("math")
    teacher = await discord.student("teacher")
    math = discord.channel("math").id
    path = f"/channels/{math}/permissions/{discord.guild.id}"
    await teacher.client.request("PUT", path, {"type": 0, "deny": str(1 << 10)})
    await expect(minji.pane().locator("[data-part=title]")).to_have_text("general")
    await expect(minji.page.locator(f'#sidebar [data-channel-id="{math}"]')).to_have_count(0)
    await teacher.client.request("DELETE", path)
    await expect(minji.page.locator(f'#sidebar [data-channel-id="{math}"]')).to_be_visible()
    await minji.open("math")
