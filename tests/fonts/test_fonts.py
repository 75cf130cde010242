"""The fonts hold what they are for."""

import pytest
from PIL import ImageFont

import fonts


@pytest.mark.parametrize(
    ("path", "family", "letters"),
    [(fonts.HANGUL, "SaemHangul", "가힣쌤₩"), (fonts.HAN, "SaemHan", "漢字ひらカナ")],
)
def test_a_font_has_its_family_and_its_letters(path: object, family: str, letters: str) -> None:
    font = ImageFont.truetype(str(path), 20)
    assert font.getname()[0] == family
    missing = bytes(font.getmask("\uffff"))
    assert all(bytes(font.getmask(letter)) != missing for letter in letters)
