"""Makes `docs/gallery.md` and its pictures: answers as the demo's page shows them.

`python -m docs.gallery` writes replies into a playground through discord.py, opens its page in Chromium at desktop and
phone width, dark and light, and takes the pictures.
"""
# ruff: noqa: E501 - answers as models write them

import asyncio
from itertools import product
from pathlib import Path

import discord
from playwright.async_api import async_playwright

from bot.replies.formulas import Formulas
from bot.replies.outbox import Outbox
from bot.replies.reply import Reply
from playground.server import Playground
from tests.e2e.browser import DESKTOP, PHONE, Theme, open_page
from tests.e2e.conftest import ARGUMENTS, find_browser
from workers import Pool

HERE = Path(__file__).parent
PICTURES = HERE / "pictures" / "gallery"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
THEMES: tuple[Theme, ...] = ("dark", "light")
EXHIBITS: dict[str, tuple[str, str | None]] = {
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
    "Chemistry": (
        "Hydrogen burns to water:\n\\[ \\ce{2H2 + O2 ->[\\Delta] 2H2O} \\]\nand lime dissolves, \\(\\ce{CaCO3 + 2H+ -> Ca^2+ + "
        "H2O + CO2 ^}\\).",
        None,
    ),
    "한국어 답": (
        "삼각형의 넓이는 밑변과 높이로 구합니다.\n\\[ \\text{넓이} = \\frac{1}{2} \\times \\text{밑변} \\times \\text{높이} \\]\n"
        "밑변이 \\(6\\,\\text{cm}\\), 높이가 \\(4\\,\\text{cm}\\)이면 넓이는 **\\(12\\,\\text{cm}^2\\)**입니다.",
        None,
    ),
    "A table and a citation": (
        "| 판별식 | 근 | Example |\n|:--|:-:|--:|\n| \\(D > 0\\) | 2 | \\(x^2 - 1\\) |\n| \\(D = 0\\) | 1 | \\(x^2\\) |\n"
        "| \\(D < 0\\) | 0 | \\(x^2 + 1\\) |\n\nThe chapter says so [[1]](https://discord.com/channels/1/2/3).",
        "[1] chapter3.pdf, page 12 · gpt-6-luna",
    ),
}


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with Playground(rate_limits=False) as local, Pool(size=1) as pool:
        discord.http.Route.BASE = local.api_url
        outbox = Outbox()
        async with discord.Client(intents=discord.Intents.none(), http_trace=outbox.trace) as client:
            await client.login(local.bot_token)
            channel = client.get_partial_messageable(local.channel("math").id)
            place = f"/channels/{local.guild.id}/{channel.id}"
            lines = [
                "# Gallery\n",
                "Answers as the demo's page shows them; `python -m docs.gallery` makes the pictures.\n",
            ]
            async with async_playwright() as driver:
                path = find_browser(driver.chromium.executable_path)
                browser = await driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
                for number, (title, (text, footer)) in enumerate(EXHIBITS.items()):
                    reply = Reply(outbox, channel, formulas=Formulas(pool))
                    reply.feed(text)
                    await reply.finish(footer=footer)
                    await reply.drawn()
                    lines.append(f"## {title}\n")
                    for (name, size), theme in product(SIZES.items(), THEMES):
                        page = await open_page(browser, local.page_url, "minji", size=size, theme=theme, place=place)
                        await page.page.wait_for_timeout(1_500)
                        file = PICTURES / f"{number}-{name}-{theme}.png"
                        await page.screenshot(file)
                        await page.context.close()
                        lines.append(f"![{title}, {name}, {theme}](pictures/gallery/{file.name})\n")
                await browser.close()
            await outbox.close()
        (HERE / "gallery.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
