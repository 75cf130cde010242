"""Formulas drawn as pictures: glyphs, brackets, frames, tables, sizes."""

import warnings
import xml.etree.ElementTree as ET

import pytest

from bot.replies.typesetting import LatexError
from tests.bot.replies.corpus import FORMULAS

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ziamath finds its font in an old way
    from bot.replies import formula_drawing
    from bot.replies.formula_drawing import GlyphMissing, TooLarge, draw, picture_of, size_of


def glyphs(svg: ET.Element) -> set[int]:
    """The numbers of the glyphs in a picture: 0 is the box of a missing one."""
    return {int(element.attrib["id"].rsplit("_", 1)[1]) for element in svg.iter("symbol")}


def test_the_corpus_is_as_large_as_it_has_to_be() -> None:
    assert len(FORMULAS) >= 600
    assert len(set(FORMULAS)) == len(FORMULAS)


@pytest.mark.timeout(600)
def test_of_the_corpus_at_least_98_in_100_are_drawn_with_no_box_and_no_backslash() -> None:
    backslash = formula_drawing.Font().glyphindex("\\")
    failed = []
    for latex in FORMULAS:
        try:
            svg = picture_of(latex)
        except (LatexError, GlyphMissing, TooLarge) as error:
            failed.append(f"{latex}: {error}")
            continue
        if glyphs(svg) & {0, backslash} or float(svg.attrib["height"]) < 20:
            failed.append(f"{latex}: {glyphs(svg)}")
    assert len(failed) <= 0.02 * len(FORMULAS), failed


@pytest.mark.parametrize("text", ["ไทย", "مرحبا", "שלום", "हिन्दी", "👍🏽", "👩‍👩‍👧", "\U0001f1f0\U0001f1f7"])
def test_a_character_that_no_font_has_is_not_drawn_as_a_box(text: str) -> None:
    with pytest.raises(GlyphMissing):
        draw(rf"\text{{{text}}} = 3")


@pytest.mark.parametrize(
    "text",
    ["₩12{,}000", "€£¥¢₹₽₫₱", "漢字計算國学", "ひらがなカタカナ", "①㉠ⓐ★※", "Цена", "「値」、。", "ｱｲｳ", "㎝㎡℃"],
)
def test_currencies_hanja_kana_and_signs_are_drawn(text: str) -> None:
    assert 0 not in glyphs(picture_of(rf"\text{{할인가}} = {text} \times \frac{{80}}{{100}}"))


def test_marks_of_direction_and_of_no_width_are_left_out() -> None:
    assert glyphs(picture_of("\\text{a\u200b\u202eb\ufeff}")) == glyphs(picture_of(r"\text{ab}"))


def test_hangul_in_pieces_is_put_together() -> None:
    assert 0 not in glyphs(picture_of("\\text{\u1112\u1161\u11ab}"))


def test_hangul_is_drawn_from_a_font_that_has_it() -> None:
    assert 0 not in glyphs(picture_of(r"\text{넓이 뷁 쌤} = x"))


PLAIN = formula_drawing.Font()


@pytest.mark.parametrize("sign", [r"\sum", r"\prod", r"\bigcup", r"\bigcap", r"\int"])
def test_brackets_are_as_high_as_the_signs_in_them(sign: str) -> None:
    """ziamath alone does not count signs that it could stretch."""
    small = glyphs(picture_of(r"\left( x_i \right)")) - glyphs(picture_of("x_i"))
    assert not small & glyphs(picture_of(rf"\left( {sign}_{{i=1}}^n x_i \right)"))


@pytest.mark.parametrize(
    ("latex", "letters"),
    [(r"\mathtt{a}", "𝚊"), (r"\texttt{a}", "𝚊"), (r"\mathsf{T}", "𝖳"), (r"\mathbb{12}", "𝟙𝟚"), (r"\phi\varrho", "𝜙𝜚")],
)
def test_letters_are_of_the_alphabet_that_is_asked_for(latex: str, letters: str) -> None:
    assert glyphs(picture_of(latex)) == {PLAIN.glyphindex(letter) for letter in letters}


def test_a_frame_keeps_the_same_distance_above_and_below() -> None:
    card, frame = picture_of(r"\boxed{x_{y_{z_w}}}").iter("rect")
    above = float(frame.attrib["y"]) - float(card.attrib["y"])
    below = float(card.attrib["height"]) - float(frame.attrib["height"]) - above
    assert abs(above - below) < 2


def test_the_lines_of_a_table_do_not_touch_what_is_in_it() -> None:
    bare, ruled = (
        picture_of(rf"\begin{{array}}{{c}}{rule} x \\ {rule}\end{{array}}").attrib["height"] for rule in ("", r"\hline")
    )
    assert float(ruled) - float(bare) > 0.3 * formula_drawing.SIZE


def test_what_fits_a_phone_is_on_a_card_as_wide_and_what_it_would_shrink_too_much_is_not_drawn() -> None:
    picture = draw(r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}")
    assert picture.startswith(b"\x89PNG")
    assert size_of(picture)[0] == 1.5 * 340
    assert 1.5 * 340 < size_of(draw("x + " * 12 + "x"))[0] < 1.5 * 470
    with pytest.raises(TooLarge):
        draw("x + " * 30 + "x")


@pytest.mark.parametrize(
    "level",
    [r"\sqrt{1+", r"\frac{1}{1+", r"\underbrace{x+", r"\mathbf{x+", r"\xrightarrow{"],
    ids=lambda level: level[1:5],
)
def test_what_nests_deep_is_drawn_without_doubling_the_work_at_each_level(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ziamath alone would set a row 2¹⁸ times here: if this test fails, it exceeds its time limit."""
    monkeypatch.setattr(formula_drawing, "WIDEST", 6_000)
    assert draw(level * 18 + "x" + "}" * 18)
