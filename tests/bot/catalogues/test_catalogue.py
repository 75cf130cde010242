"""The catalogues: no sentence is outside, and each language says all of them, with the same names in it."""

import ast
import functools
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot.catalogues.catalogue import path_of
from bot.library.sentences import UNSURE_ENCODING_OF_SERVER
from bot.sentences import LANGUAGE_NAMES, SPOKEN
from maths.telling.korean_particles import KINDS
from tools import translations
from tools.translations import TEMPLATE, as_po, catalogue_of, key_of, template

TRANSLATED: list[str] = [language for language in LANGUAGE_NAMES if language != "en"]
UNTRANSLATED = (
    "bot/settings_panel/setting_wording.py",  # names of languages in themselves, and settings of other releases
)
NOT_YET = 0.02
"""The share of a language that may wait for its translator after the English has changed; it is said in English."""


@functools.cache
def to_say() -> Catalog:
    """Every sentence of the code; reading that takes seconds, which a run's other processes need not wait for."""
    return template()


def forms(said: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [said] if isinstance(said, str) else list(said or ())


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def pairs(language: str) -> list[tuple[list[str], list[str]]]:
    """Every sentence: its English forms, and those of a language."""
    return [(forms(each.id), forms(each.string)) for each in catalogue_of(language) if each.id]


def test_the_template_has_every_sentence_of_the_code() -> None:
    assert TEMPLATE.read_bytes() == as_po(to_say()), "run `make translations`"
    assert len(to_say()) > 700


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_that_is_offered_says_what_there_is_to_say(language: str) -> None:
    catalog: Catalog = catalogue_of(language)
    said = {key_of(each): each for each in catalog if each.id}
    assert not [key for each in to_say() if each.id and (key := key_of(each)) not in said]
    missing = [key for key, each in said.items() if not all(forms(each.string))]
    assert len(missing) <= (0 if language == "ko" else len(said) * NOT_YET), missing
    assert not [key for key, each in said.items() if each.fuzzy]
    assert [len(forms(each.string)) for each in said.values() if each.pluralizable] == [
        catalog.num_plurals for each in said.values() if each.pluralizable
    ]
    assert not catalog.obsolete
    assert language in SPOKEN.values()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_fill_in_the_same_names(language: str) -> None:
    for english, said in pairs(language):
        wanted = names(english[-1])
        if not all(said):
            continue
        assert all(names(form) == wanted for form in said), (english, said)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_space_and_lines_around_what_they_say(language: str) -> None:
    for english, said in pairs(language):
        for form in filter(None, said):
            assert form.count("\n") == english[-1].count("\n"), form
            assert language == "ko" or form[:1].isspace() == english[-1][:1].isspace() or form[:1] in "（、，／", form


@pytest.mark.parametrize("language", [each for each in TRANSLATED if each != "ko"])
def test_only_korean_has_korean_particles(language: str) -> None:
    assert not re.search(rf"\[(?:{KINDS})\]|[가-힣]", path_of(language).read_text("utf-8"))


def test_french_puts_a_no_break_space_before_high_marks() -> None:
    for _, said in pairs("fr"):
        for form in said:
            assert not re.search(r"(?:\w|[*)`}]) [;:!?»](?:\s|$|\*)|« ", form), form


@pytest.mark.parametrize("language", ["zh-CN", "zh-TW"])
def test_chinese_marks_are_full_width_beside_chinese(language: str) -> None:
    for _, said in pairs(language):
        for form in said:
            assert not re.search(r"[\u4e00-\u9fff][,;:!?](?![\w`])", form), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_marks_of_formatting(language: str) -> None:
    """Bold, code and small print are where the English has them; the number of each agrees."""
    for english, said in pairs(language):
        for form in filter(None, said):
            for mark in ("**", "`", "-# "):
                assert form.count(mark) == english[-1].count(mark), (mark, form)


def test_every_sentence_of_the_code_is_one_that_translators_get() -> None:
    for path in translations.sources():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not translations.called(node) or not isinstance(node, ast.Call):
                continue
            where = f"{path}:{node.lineno}"
            assert len(node.args) == 1, f"{where}: English alone stands in the code"
            plain = isinstance(node.args[0], ast.Constant)
            assert plain or path.as_posix() in UNTRANSLATED, f"{where}: translators see plain texts alone"


def test_what_is_said_is_said_with_sentences() -> None:
    for path in Path("bot").rglob("sentences.py"):
        for node in ast.parse(path.read_bytes()).body:
            value = node.value if isinstance(node, ast.Assign) else None
            assert not (isinstance(value, ast.Constant) and isinstance(value.value, str)) or _is_internal(
                value.value
            ), f"{path}:{node.lineno}: this is no Sentence"


def _is_internal(text: str) -> bool:
    """Whether a constant is a mark for the code, and what the server says as it says it."""
    return " " not in text or text == UNSURE_ENCODING_OF_SERVER
