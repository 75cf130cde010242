"""The status as a message."""

from typing import Any

from bot.status.report import Line
from bot.status.status_screen import GREEN, MOST, RED, status_screen


def text_and_colour(*lines: Line) -> tuple[str, Any]:
    view: Any = status_screen(lines, "en")
    (container,) = view.to_components()
    return container["components"][0]["content"], container["accent_color"]


def test_what_is_wrong_stands_first_and_nothing_formats_the_text() -> None:
    text, colour = text_and_colour(Line(True, "a_b_c"), Line(True, "some", worth_a_look=True), Line(False, "**x**"))
    assert text == "### How Saem is\n❌ \\*\\*x\\*\\*\n🔸 some\n✅ a\\_b\\_c"
    assert colour == RED.value
    assert text_and_colour(Line(True, "a"))[1] == GREEN.value


def test_a_message_holds_as_many_lines_as_discord_allows() -> None:
    text, _ = text_and_colour(*[Line(True, f"{number:03}" + "x" * 497) for number in range(20)])
    assert len(text) <= 4_000
    assert text.count("✅") == MOST // 503
    assert text.endswith(f"… and {20 - MOST // 503} more lines: `saem status` on the machine shows all.")
