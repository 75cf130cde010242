"""A browser to see the playground's page with, and what a student does in a tab of it.

    @pytest.mark.browser
    async def test_hello(discord, browser_page):
        minji = await browser_page(discord, "minji")
        await minji.open("math")
        await minji.says("@Saem 3x + 11 = 14")
        await minji.sees("x = 1", author="Saem")

The fixtures stand in `tests/conftest.py`. `discord` is a running `Playground` without a bot. `browser_page(discord,
student, size=…, theme=…, place=…)` opens a tab in a fresh profile, as many as wanted. It fails the test if the page
left errors in the browser's console. Tests that use it are skipped where there is no browser.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal, Protocol
from urllib.parse import urlencode

import psutil
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Response, expect

from playground.server import Playground

DESKTOP: Final = (1280, 800)
PHONE: Final = (390, 844)
PATIENCE: Final = 15_000
"""Milliseconds that a helper waits for something to show: an answer streams, and the machine is shared."""
CLOSING: Final = 5.0
"""Seconds that a browser gets to close by itself."""

BROWSERS: Final = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-first-run",
)

Theme = Literal["dark", "light"]
Pane = Literal["main", "side"]


class StudentPage:
    """The page as one student sees it. Locators follow the attributes listed at the top of `playground/page/main.js`.

    `problems` collects what the browser complained about (errors in the console, exceptions, blocked resources);
    the `browser_page` fixture fails a test that leaves any. Take out what a test provokes on purpose.
    """

    def __init__(self, page: Page, context: BrowserContext, student: str) -> None:
        self.page = page
        self.context = context
        self.student = student
        self.problems: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", self._fail)
        page.on("response", self._check)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(f"{message.type}: {message.text}")

    async def _check(self, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST:
            try:
                said = await response.text()
            except Error:
                said = "(the page was left before the answer was read)"
            self.problems.append(f"{response.status} {response.request.method} {response.url}: {said}")

    def _fail(self, error: Error) -> None:
        self.problems.append(f"exception: {error.message}")

    # -- places

    def pane(self, name: Pane = "main") -> Locator:
        """Return the main conversation, or the thread beside it."""
        return self.page.locator(f"[data-pane={name}]")

    async def open(self, channel: str) -> None:
        """Go to a channel or thread by its name, as it stands in the list of channels."""
        wanted = self.page.locator("#sidebar").locator(f'[data-channel-name="{channel}"]')
        if not await wanted.is_visible():
            await self.page.locator("[data-action=channels]").click()
        await wanted.click()
        await expect(self.pane().locator("[data-part=title]")).to_have_text(channel)

    async def open_direct(self, name: str) -> None:
        """Write to someone directly: opens the direct messages with `name`."""
        await self.page.locator('[data-guild-id="@me"]').click()
        await self.page.locator("#sidebar").get_by_text(name, exact=True).click()
        await expect(self.pane().locator("[data-part=title]")).to_have_text(name)

    async def open_thread_of(self, message: Locator) -> Locator:
        """Open the thread that was started from a message; returns the pane it opened in."""
        await message.locator("[data-part=thread-preview] .thread-last").click()
        side = self.pane("side")
        return side if await side.is_visible() else self.pane()

    # -- messages

    def messages(self, pane: Pane = "main", *, author: str | None = None) -> Locator:
        """Return the messages of a pane that Discord has, oldest first; of one author when named."""
        by = f'[data-author="{author}"]' if author else ""
        return self.pane(pane).locator(f"li[data-message-id]:not([data-local]){by}")

    def message(self, text: str, pane: Pane = "main", *, author: str | None = None) -> Locator:
        """Return the newest message that holds `text`."""
        return self.messages(pane, author=author).filter(has_text=text).last

    async def sees(
        self, text: str, pane: Pane = "main", *, author: str | None = None, timeout: float = PATIENCE
    ) -> Locator:
        """Wait until a message holds `text` (also one that is still being written).

        Returns that message, whatever it becomes: the locator holds on to its id.
        """
        message = self.message(text, pane, author=author)
        await expect(message).to_be_visible(timeout=timeout)
        return await self._by_id(message, pane)

    def _mine(self, pane: Pane) -> Locator:
        """What the student wrote: others, above all a quick bot, may write at the same moment."""
        return self.messages(pane).and_(self.page.locator("[data-mine]"))

    async def _by_id(self, message: Locator, pane: Pane) -> Locator:
        number = await message.get_attribute("data-message-id")
        return self.pane(pane).locator(f'li[data-message-id="{number}"]')

    async def says(self, text: str, pane: Pane = "main", *, files: Sequence[Path] = ()) -> Locator:
        """Type a message into the composer (`@Name` becomes a mention), send it, and wait until Discord has it."""
        composer = self.pane(pane).locator("[data-part=composer]")
        if files:
            await composer.locator("[data-part=file-input]").set_input_files([str(each) for each in files])
        box = composer.locator("[data-part=input]")
        before = await self._mine(pane).count()
        await box.fill(text)
        await self._put_away_suggestions(pane)
        send = composer.locator("[data-action=send]")
        await (send.click() if await send.is_visible() else box.press("Enter"))
        await expect(box).to_have_value("")
        sent = self._mine(pane).nth(before)
        await expect(sent).to_be_visible(timeout=PATIENCE)
        return await self._by_id(sent, pane)

    async def _put_away_suggestions(self, pane: Pane) -> None:
        offered = self.pane(pane).locator("[data-part=composer] .suggestions")
        if await offered.first.is_visible():
            await self.page.keyboard.press("Escape")

    async def runs(self, command: str, pane: Pane = "main", **options: object) -> None:
        """Use a slash command: `await student.runs("/quiz", topic="fractions", questions=3)`.

        Names and choices as the page shows them. Does not wait for the answer.
        """
        text = " ".join([command, *(f"{name}:{value}" for name, value in options.items()), ""])
        box = self.pane(pane).locator("[data-part=composer] [data-part=input]")
        await box.fill(text)
        form = self.pane(pane).locator("[data-part=command]")
        await form.wait_for(timeout=PATIENCE)
        await form.locator(".command-rest").focus()
        await self.page.keyboard.press("Enter")
        await expect(form).to_have_count(0)

    async def presses(self, label: str, pane: Pane = "main", *, within: Locator | None = None) -> None:
        """Press the newest button with that label (or `custom_id`) that can be pressed."""
        place = within or self.pane(pane)
        named = place.get_by_role("button", name=label, exact=True)
        button = named.or_(place.locator(f'button[data-custom-id="{label}"]')).last
        await expect(button).to_be_enabled(timeout=PATIENCE)
        await button.click()

    async def chooses(self, custom_id: str, *labels: str, within: Locator | None = None) -> None:
        """Choose one or several options of a select menu by their labels."""
        await (within or self.page).locator(f'[role=combobox][data-custom-id="{custom_id}"]').last.click()
        listed = self.page.locator(".select-panel")
        for label in labels:
            await listed.get_by_role("option").filter(has_text=label).first.click()
        done = listed.locator("[data-action=choose]")
        if await done.is_visible():
            await done.click()

    async def menu(self, message: Locator, action: str) -> None:
        """Do something from a message's menu: `reply`, `edit`, `delete`, `copy-link`, `command:Quiz me on this` …"""
        await message.hover()
        await message.locator("[data-part=toolbar] [data-action=more]").click()
        await self.page.locator(f'[role=menuitem][data-action="{action}"]').click()

    async def drops(self, path: Path, pane: Pane = "main") -> Locator:
        """Drag a file from the desktop into a conversation and send it; returns its message."""
        await self.drags(path.name, await asyncio.to_thread(path.read_bytes), pane)
        before = await self._mine(pane).count()
        await self.pane(pane).locator("[data-part=composer] [data-part=input]").press("Enter")
        sent = self._mine(pane).nth(before)
        await expect(sent).to_be_visible(timeout=PATIENCE)
        return await self._by_id(sent, pane)

    async def drags(self, name: str, data: bytes, pane: Pane = "main") -> None:
        """Drop a file onto a pane, without sending it yet."""
        transfer = await self.page.evaluate_handle(
            """([name, bytes]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], name));
                return transfer;
            }""",
            [name, list(data)],
        )
        for event in ("dragenter", "dragover", "drop"):
            await self.pane(pane).dispatch_event(event, {"dataTransfer": transfer})
        await expect(self.pane(pane).locator(f'[data-part=uploads] [data-filename="{name}"]')).to_be_visible()

    async def screenshot(self, path: Path) -> None:
        """Keep a picture of what is on the screen."""
        await self.page.screenshot(path=path, animations="disabled")


async def open_page(
    browser: Browser,
    page_url: str,
    student: str,
    *,
    size: tuple[int, int] = DESKTOP,
    theme: Theme = "dark",
    place: str = "",
    sharpness: float = 1,
    language: str | None = "en",
) -> StudentPage:
    """Open the page in a profile of its own, as `student`, and wait until it is connected.

    `place`: a path such as `/channels/GUILD/CHANNEL/MESSAGE` to begin at; `sharpness`: pixels of the screen for each of
    the page's, as phones have two or three; `language`: the page's, None for the student's own.
    """
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=sharpness,
        locale="en-US",
        timezone_id="UTC",
        has_touch=size == PHONE,
    )
    tab = StudentPage(await context.new_page(), context, student)
    query = urlencode({"student": student, "theme": theme} | ({} if language is None else {"language": language}))
    await tab.page.goto(f"{page_url}?{query}" + (f"#{place}" if place else ""))
    await expect(tab.page.locator("#app[data-state=ready]")).to_be_attached(timeout=PATIENCE)
    await expect(tab.pane().locator("[data-part=title]")).to_be_visible(timeout=PATIENCE)
    return tab


class OpenPage(Protocol):
    """What the `browser_page` fixture gives."""

    async def __call__(
        self,
        discord: Playground,
        student: str,
        *,
        size: tuple[int, int] = DESKTOP,
        theme: Theme = "dark",
        place: str = "",
        language: str | None = "en",
    ) -> StudentPage:
        """Open the page as `student`."""


@asynccontextmanager
async def ending(close: Callable[[], Awaitable[object]], processes: Collection[psutil.Process]) -> AsyncIterator[None]:
    """Close at the end; where that takes longer than `CLOSING`, kill the processes, with all that they have started."""
    try:
        yield
    finally:
        closing = asyncio.ensure_future(close())
        _, late = await asyncio.wait({closing}, timeout=CLOSING)
        if late:
            kill(processes)
            await asyncio.wait({closing}, timeout=CLOSING)
            closing.cancel()
        with contextlib.suppress(Error, asyncio.CancelledError):  # the driver is gone
            await closing


def kill(processes: Collection[psutil.Process]) -> None:
    """Kill processes and all that they have started."""
    for each in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # its parent's end has taken it along
            for child in each.children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            each.kill()


def find_browser(bundled: str) -> str | None:
    """Return a Chromium: the one named by CHROMIUM, Debian's, another on the path, or Playwright's own."""
    on_path = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    candidates = (os.environ.get("CHROMIUM"), *BROWSERS, *on_path, bundled)
    return next((each for each in candidates if each and Path(each).is_file()), None)
