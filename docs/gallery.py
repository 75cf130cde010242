"""Makes `docs/gallery.md` and its pictures: answers as the demo's page shows them.

`python -m docs.gallery [NUMBER …]` (all of them, or the examples of these numbers) writes replies into a playground through discord.py, opens its page in Chromium at desktop and
phone width, dark and light, and takes the pictures.
"""
# ruff: noqa: E501 - answers as models write them

import asyncio
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import discord
from PIL import Image
from playwright.async_api import Browser, async_playwright
from yarl import URL

from bot.escaping import CITATION
from bot.replies.formula_pictures import FormulaPictures
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from playground.server import Playground
from tests.browser import ARGUMENTS, DESKTOP, PHONE, Theme, find_browser, open_page
from workers import Pool

HERE = Path(__file__).parent
PICTURES = HERE / "pictures" / "gallery"
SIZES = {"desktop": (DESKTOP, 1), "phone": (PHONE, 2)}
"""The size of each screen, and its pixels for each CSS pixel."""
THEMES: tuple[Theme, ...] = ("dark", "light")
QUESTIONS = (
    ("code", "How can a computer find the greatest common divisor of 48 and 18?"),
    ("derivation", "Where does the quadratic formula come from?"),
    ("matrices", "How do I write an inverse matrix, and |x|?"),
    ("chemistry", "Ammonia, lime and carbon-14, please!"),
    ("한국어", "삼각형의 넓이와 연립부등식을 알려 줘"),
    ("citation", "How many roots has a quadratic equation?"),
)
"""For each example its channel, and the question asked there."""
EXAMPLES: dict[str, tuple[str, str | None]] = {
    "A long answer with code": (
        "## Euclid's algorithm\n\nThe greatest common divisor does not change when the larger number is replaced by the "
        "remainder of the division:\n\n```python\ndef gcd(a: int, b: int) -> int:\n    while b:\n        a, b = b, a % b\n"
        "    return a\n\n\nprint(gcd(48, 18))  # 6\n```\n\n1. \\(48 = 2 \\cdot 18 + 12\\)\n2. \\(18 = 1 \\cdot 12 + 6\\)\n"
        "3. \\(12 = 2 \\cdot 6 + 0\\), so **the answer is 6**.\n\n> It takes \\(O(\\log \\min(a, b))\\) steps.",
        None,
    ),
    "A derivation": (
        "Complete the square:\n\\[ \\begin{aligned} ax^2 + bx + c &= 0 \\\\ x^2 + \\frac{b}{a}x &= -\\frac{c}{a} \\\\ "
        "\\left(x + \\frac{b}{2a}\\right)^2 &= \\frac{b^2 - 4ac}{4a^2} \\\\ x &= \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a} "
        "\\end{aligned} \\]\nIf \\(b^2 - 4ac < 0\\), there is no real root.",
        None,
    ),
    "Matrices and cases": (
        "The inverse is\n\\[ \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}^{-1} = \\frac{1}{ad - bc} \\begin{pmatrix} d & -b "
        "\\\\ -c & a \\end{pmatrix} \\]\nand the absolute value\n\\[ |x| = \\begin{cases} x & \\text{if } x \\ge 0 \\\\ -x & "
        "\\text{otherwise} \\end{cases} \\]",
        None,
    ),
    "Chemistry and physics": (
        "Ammonia from its elements (**Haber**):\n\\[ \\ce{N2(g) + 3H2(g) <=>[Fe][450 °C] 2NH3(g)} \\qquad \\Delta H = "
        "\\SI{-92}{kJ/mol} \\]\nLime dissolves, \\(\\ce{CaCO3 + 2H+ -> Ca^2+ + H2O + CO2 ^}\\), and carbon decays:\n\\[ "
        "{}^{14}_{6}\\mathrm{C} \\rightarrow {}^{14}_{7}\\mathrm{N} + e^- + \\bar{\\nu}_e, \\qquad t_{1/2} = \\frac{\\ln 2}"
        "{\\lambda} = \\SI{5730}{yr} \\]\n> A charge \\(q\\) that moves feels \\(\\vec{F} = q(\\vec{E} + \\vec{v} \\times "
        "\\vec{B})\\).",
        None,
    ),
    "한국어 답": (
        "삼각형의 넓이는 밑변과 높이로 구합니다.\n\\[ \\text{넓이} = \\frac{1}{2} \\times \\text{밑변} \\times \\text{높이} \\]\n"
        "밑변이 \\(6\\,\\text{cm}\\), 높이가 \\(4\\,\\text{cm}\\)이면 넓이는 **\\(12\\,\\text{cm}^2\\)**입니다.\n\n"
        "연립부등식도 풀어 봅시다.\n\\[ \\left\\{ \\begin{array}{l} 2x - 1 > 3 \\\\ x + 4 \\le 10 \\end{array} \\right. "
        "\\quad\\Longrightarrow\\quad \\boxed{2 < x \\le 6} \\quad (\\text{두 부등식의 공통부분}) \\]",
        None,
    ),
    "A table and a citation": (
        "How many real roots has \\(ax^2 + bx + c = 0\\)? Look at \\(D = b^2 - 4ac\\):\n\n| 판별식 | 근 | Example |\n"
        "|:--|:-:|--:|\n| $D > 0$ | 2 | $x^2 - 1$ |\n| $D = 0$ | 1 | $x^2$ |\n| $D < 0$ | 0 | $|x|^2 + 1$ |\n\nThe chapter says so "
        + f"{CITATION}[[1]](https://discord.com/channels/1/2/3).",
        "[1] [chapter3.pdf, page 12](https://discord.com/channels/1/2/3)",
    ),
}


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with Playground(rate_limits=False) as local, Pool(size=1) as pool, async_playwright() as driver:
        discord.http.Route.BASE = local.api_url
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = URL(local.gateway_url)
        outbox = Outbox()
        async with discord.Client(intents=discord.Intents.default(), http_trace=outbox.request_trace.config) as client:
            await client.login(local.bot_token)
            running = asyncio.create_task(client.connect())
            await client.wait_until_ready()
            path = find_browser(driver.chromium.executable_path)
            browser = await driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
            wanted = set(map(int, sys.argv[1:])) or set(range(len(EXAMPLES)))
            for number, (text, footer) in enumerate(EXAMPLES.values()):
                if number not in wanted:
                    continue
                channel = await ask(client, local, *QUESTIONS[number])
                reply = Reply(outbox, channel, formula_pictures=FormulaPictures(pool))
                reply.feed(text)
                await reply.finish(footer=footer)
                await reply.wait_for_pictures()
                await photograph(browser, local, number, channel.id)
            await browser.close()
            await outbox.close()
        await running
    (HERE / "gallery.md").write_text("\n".join(page()), encoding="utf-8")


async def ask(client: discord.Client, local: Playground, name: str, question: str) -> discord.PartialMessageable:
    """Have a student ask in a new channel; return the channel."""
    channel = local.add_channel(name)
    student = await local.student("minji")
    await student.says(channel, f"<@{local.bot.id}> {question}")
    return client.get_partial_messageable(channel.id)


async def photograph(browser: Browser, local: Playground, number: int, channel_id: int) -> None:
    """Take the pictures of one example."""
    place = f"/channels/{local.guild.id}/{channel_id}"
    for (name, (size, sharpness)), theme in product(SIZES.items(), THEMES):
        student = await open_page(
            browser, local.page_url, "minji", size=size, theme=theme, place=place, sharpness=sharpness
        )
        await student.page.wait_for_load_state("networkidle")
        await student.page.wait_for_timeout(500)
        file = picture(number, name, theme)
        await student.screenshot(file)
        await student.context.close()
        with Image.open(file) as taken:
            taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)


def picture(number: int, size: str, theme: str) -> Path:
    return PICTURES / f"{number}-{size}-{theme}.png"


def page() -> Iterator[str]:
    """The lines of `gallery.md`: for each example a table of its pictures."""
    yield "# Gallery\n"
    yield "Answers as the demo's page shows them, dark and light, at desktop and phone width. After `make browser`,"
    yield "`.venv/bin/python -m docs.gallery` makes the pictures and this page.\n"
    for number, title in enumerate(EXAMPLES):
        yield f"## {title}\n"
        yield f"| | {' | '.join(THEMES)} |"
        yield f"|---|{'---|' * len(THEMES)}"
        for size in SIZES:
            cells = (
                f"![{title}, {size}, {theme}](pictures/gallery/{picture(number, size, theme).name})" for theme in THEMES
            )
            yield f"| {size} | {' | '.join(cells)} |"
        yield ""


if __name__ == "__main__":
    asyncio.run(main())
