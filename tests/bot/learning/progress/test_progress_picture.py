"""The picture of progress."""

import io
import xml.etree.ElementTree as ET

from PIL import Image

from bot.learning.progress.progress_picture import ROW as ROW_HEIGHT
from bot.learning.progress.progress_picture import SCALE, WIDTH, draw, svg_of, width_of

ROW = {
    "name": "분수 <b>&\x00 漢字",
    "right": 3,
    "total": 4,
    "figures": "3/4 · 75 %",
    "trend": "grows",
    "trend_words": "▲ grows",
    "due_words": "2 due",
}


def size_of(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png)) as picture:
        return picture.size


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_it_is_as_wide_as_a_phone_shows_and_grows_with_its_rows() -> None:
    one, three = (size_of(draw("3문제 중 2문제", "2026", [ROW] * count)) for count in (1, 3))
    assert one[0] == three[0] == WIDTH * SCALE
    assert three[1] - one[1] == 2 * ROW_HEIGHT * SCALE
    quiet = size_of(draw("t", "s", [{**ROW, "trend_words": "", "due_words": ""}]))
    assert quiet[1] < one[1]


def test_what_people_write_is_text_and_no_markup() -> None:
    found = texts(svg_of("<title>", "s", [ROW]))
    assert found == ["<title>", "s", "분수 <b>& 漢字", "3/4 · 75 %", "▲ grows", "2 due"]


def test_long_names_are_cut_before_the_figures() -> None:
    found = texts(svg_of("t" * 200, "s", [{**ROW, "name": "가" * 90}]))
    assert found[0].endswith("…")
    assert found[2].endswith("…")
    assert len(found[0]) > 15
    assert len(found[2]) > 10
    assert width_of(found[2], 14) + width_of(ROW["figures"], 12) < WIDTH - 36  # type: ignore[arg-type]


def test_the_line_below_the_title_is_written_smaller_rather_than_cut() -> None:
    def shown(subtitle: str) -> tuple[str | None, str]:
        line = list(ET.fromstring(svg_of("t", subtitle, [])).iter("{http://www.w3.org/2000/svg}text"))[1]
        return line.text, line.attrib["font-size"]

    assert shown("2026-12-01") == ("2026-12-01", "13")
    for count in ("1 due", "12 due", "1234 due"):
        wanted = f"{count} · the last 365 days · 2026-12-01"
        text, size = shown(wanted)
        assert text == wanted
        assert 10 <= int(size) < 13
    assert shown("d" * 90)[0].endswith("…")  # type: ignore[union-attr]


def test_bars_are_as_long_as_what_was_right() -> None:
    def bars(right: int) -> list[float]:
        svg = svg_of("t", "s", [{**ROW, "right": right}])
        rects = list(ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect"))
        return [float(each.attrib["width"]) for each in rects[1:]]

    room = WIDTH - 36
    assert bars(0) == [room]
    assert bars(2) == [room, room / 2]
    assert bars(4) == [room, room]
    assert texts(svg_of("t", "s", [{**ROW, "total": 0, "right": 0, "figures": ""}]))[3] == ""
