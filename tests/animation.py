"""Draw docs/pictures/demo.webp, the README's animation: `python -m tests.animation`.

The demo plays in a browser: a student asks, the answer is written word by word, then a quiz is played. Needs a browser
(see `tests/browser.py`).
"""

import asyncio
import io
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Page, async_playwright, expect

from tests.browser import ARGUMENTS, BROWSERS, StudentPage, open_page

PICTURE: Final = Path("docs/pictures/demo.webp")
WINDOW: Final = (1100, 688)
WIDTH: Final = 880
"""Pixels that the animation is wide, as a README is shown."""
FRAME: Final = 0.1
"""Seconds from one picture to the next; those that look like the one before only make that stand longer."""
LAST: Final = 3.0
"""Seconds that the last picture stands before it begins again."""
MOST_BYTES: Final = 1_000_000


class Recording:
    """Pictures of a page, taken again and again while it runs."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.frames: list[tuple[bytes, float]] = []
        """Each as PNG, and how many seconds it stands."""

    async def run(self) -> None:
        """Take pictures until cancelled."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            picture = await self._page.screenshot(animations="allow", caret="initial")
            now = loop.time()
            if self.frames:
                last, seconds = self.frames[-1]
                self.frames[-1] = last, seconds + now - before
            before = now
            if not self.frames or self.frames[-1][0] != picture:
                self.frames.append((picture, 0.0))
            await asyncio.sleep(max(0.0, FRAME - (loop.time() - now)))

    def write(self, path: Path, quality: int) -> int:
        """Write the animation; its size in bytes."""
        images = [_scaled(picture) for picture, _ in self.frames]
        durations = [max(20, round(seconds * 1000)) for _, seconds in self.frames]
        durations[-1] = round(LAST * 1000)
        images[0].save(
            path,
            save_all=True,
            append_images=images[1:],
            duration=durations,
            loop=0,
            quality=quality,
            method=4,
            minimize_size=True,
        )
        return path.stat().st_size


def _scaled(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)


async def play(student: StudentPage) -> None:
    """Ask a question, and take a quiz."""
    await student.open("math")
    box = student.pane().locator("[data-part=composer] [data-part=input]")
    await box.press_sequentially("@Saem 2x^2 - 5x - 3 = 0", delay=60)
    await student.page.keyboard.press("Escape")
    await student.page.keyboard.press("Enter")
    question = await student.sees("2x", author=None)
    await expect(question.locator("[data-part=thread-preview]")).to_be_visible(timeout=20_000)
    await student.open_thread_of(question)
    await expect(student.page.get_by_role("button", name="Regenerate").last).to_be_visible(timeout=30_000)
    await asyncio.sleep(2.0)
    await student.runs("/quiz", topic="fractions", questions=2)
    quiz = await student.sees("is on its way", author="Saem", timeout=20_000)
    await student.open_thread_of(quiz)
    for number in (1, 2):
        shown = await student.sees(f"Question {number}", "side", author="Saem", timeout=30_000)
        await asyncio.sleep(1.6)
        await shown.locator("button[data-custom-id]").nth(number - 1).click()
        await asyncio.sleep(2.0)
        await student.presses("Next" if number == 1 else "Show results", "side")
    await student.sees("of 2 right", "side", author="Saem", timeout=30_000)
    await asyncio.sleep(4.0)


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """Run `saem demo` in an empty folder, without any key; yields the page's address."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"),
            cwd=folder,
            env={"PATH": "", "PYTHONPATH": str(Path.cwd()), "PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        said = ""
        try:
            while "Stop it with" not in said:
                line = (await process.stdout.readline()).decode()
                if not line:
                    raise RuntimeError(f"saem demo has ended: {said}")
                said += line
            found = re.search(r"http://127\.0\.0\.1:\d+/", said)
            assert found is not None
            yield found[0]
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()


async def record(program: str) -> Recording:
    """Play it in the browser `program`, and return what was seen."""
    async with demo() as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        student = await open_page(browser, address, "alex", size=WINDOW)
        await student.open("math")
        recording = Recording(student.page)
        taking = asyncio.create_task(recording.run())
        try:
            await play(student)
            await asyncio.sleep(1.0)
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)
            await browser.close()
    return recording


def main() -> int:
    """Record, and write as well as fits; the exit code."""
    recording = asyncio.run(record(next(path for path in BROWSERS if Path(path).exists())))
    for quality in (70, 55, 40, 25):
        size = recording.write(PICTURE, quality)
        if size <= MOST_BYTES:
            seconds = sum(each for _, each in recording.frames)
            print(f"{PICTURE}: {len(recording.frames)} pictures, {seconds:.0f} s, {size / 1000:.0f} kB")
            return 0
    print(f"{PICTURE} is larger than {MOST_BYTES / 1000:.0f} kB: make what is played shorter.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
