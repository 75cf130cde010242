"""Numbers stand in the marks of each language, and what is counted agrees with its number."""

import re
from decimal import Decimal

import pytest

from bot.catalogues.number_format import in_digits
from bot.library.screens import bytes_text
from bot.library.sentences import SEVERAL_BEGIN_SO
from bot.privacy.sentences import LEFT_OUT
from bot.sentences import LANGUAGE_NAMES, Locale
from tests.bot.catalogues.test_catalogue import forms
from tools.translations import template

CONSTANT = {"days", "length", "most", "limit"}
"""Values that the code sets, and what is more than `{most}`: they are never one."""
_COUNTED = re.compile(
    r"\{(\w+)\} (?:cards?|charact\w+|conversations?|days?|files?|hours?|minutes?|months?|pages?|questions?|results?|"
    r"servers?|students?|tokens?)\b"
)


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "12,345.7"), ("ko", "12,345.7"), ("de", "12.345,7"), ("pt-BR", "12.345,7"), ("fr", "12\u00a0345,7")],
)
def test_numbers_have_the_marks_of_the_language(language: str, written: str) -> None:
    assert in_digits(language, Decimal("12345.67"), 1) == written


def test_a_number_has_just_the_decimals_that_are_asked_for() -> None:
    assert [in_digits("de", 2, 2), in_digits("de", 2.4), in_digits("en", 999)] == ["2,00", "2", "999"]


def test_sizes_of_files_are_told_in_the_language() -> None:
    assert [bytes_text(3 << 19, "en"), bytes_text(3 << 19, "de"), bytes_text(1, "fr")] == ["1.5 MB", "1,5 MB", "1 KB"]


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [("en", "1 file did", "1,200 files did"), ("de", "1 Datei passte", "1.200 Dateien passten")],
)
def test_what_is_counted_is_written_like_other_numbers(locale: Locale, one: str, many: str) -> None:
    assert LEFT_OUT(locale, count=1).startswith(one)
    assert LEFT_OUT(locale, count=1_200).startswith(many)


def test_every_thing_that_is_counted_has_a_form_for_one() -> None:
    assert len(LANGUAGE_NAMES) > 1
    for message in template():
        text = forms(message.id)[0] if message.id else ""
        if not message.pluralizable and "{most}" not in text and text != SEVERAL_BEGIN_SO.en:
            counted = [name for name in _COUNTED.findall(text) if name not in CONSTANT]
            assert not counted, f"give a plural form to: {text}"
