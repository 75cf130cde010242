"""The bot's own sentences: each reader gets the right language."""

from types import SimpleNamespace

import pytest

from bot import sentences
from bot.learning.cards import sentences as of_cards
from bot.library import sentences as of_library
from bot.settings_panel import sentences as of_panel


def test_a_sentence_is_said_in_the_language_that_is_asked_for() -> None:
    assert sentences.STOPPED("en") == "Stopped."
    assert sentences.STOPPED("ko") == "멈췄어요."
    assert sentences.PICTURE_GONE("en", name="a.png") == "I could not fetch a.png."


def test_korean_particles_fit_the_values_and_nobody_elses_brackets_are_touched() -> None:
    assert sentences.PICTURE_GONE("ko", name="그림") == "그림을 가져오지 못했어요."
    assert sentences.PICTURE_GONE("ko", name="사과") == "사과를 가져오지 못했어요."
    assert sentences.PICTURE_GONE("en", name="a[을]") == "I could not fetch a[을]."


def test_what_nobody_has_translated_is_said_in_english() -> None:
    assert sentences.Sentence("Nobody says {this}.")("ko", this="1") == "Nobody says 1."


def test_one_english_word_has_a_translation_for_each_thing_that_it_means() -> None:
    assert (of_library.EARLIER("ko"), of_panel.BACK("ko")) == ("이전", "뒤로")


def test_hangul_is_answered_in_korean_whatever_the_guild_says() -> None:
    class Guild:
        preferred_locale = "en-US"

    assert sentences.of_text("이차방정식 풀어 주세요", Guild()) == "ko"
    assert sentences.of_text("please solve this", Guild()) == "en"


def test_formulas_alone_leave_it_to_the_guild() -> None:
    class Guild:
        preferred_locale = "ko"

    assert sentences.of_text("3x + 11 = 14", Guild()) == "ko"
    assert sentences.of_text("3x + 11 = 14") == "en"


def test_formulas_alone_of_someone_with_a_korean_name_are_answered_in_korean() -> None:
    assert sentences.of_text("3x + 11 = 14", None, "민지") == "ko"
    assert sentences.of_text("please solve 3x + 11 = 14", None, "민지") == "en"
    assert sentences.of_text("3x + 11 = 14", None, "Alex") == "en"


class German:
    preferred_locale = "de"


@pytest.fixture
def every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    """All languages are offered, whatever catalogues there are."""
    monkeypatch.setattr(sentences, "LANGUAGE_NAMES", sentences.OWN_NAMES)
    spoken: dict[str, sentences.Locale] = {**sentences.SPOKEN, **{each: each for each in sentences.OWN_NAMES}}
    monkeypatch.setattr(sentences, "SPOKEN", spoken)


@pytest.mark.usefixtures("every_language")
@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("二次方程式を解いてください", None, "ja"),
        ("二次方程式を解いてください", "de", "ja"),
        ("三角形", "ja", "ja"),
        ("解这个方程", None, "zh-CN"),
        ("解這個方程", None, "zh-TW"),
        ("三角形", "zh-TW", "zh-TW"),
        ("이차방정식", "de", "ko"),
        ("Wie löse ich das?", "de", "de"),
        ("quadratische Gleichungen", "de", "de"),
        ("Wie löse ich das?", None, "en"),
        ("How do I solve this?", "de", "en"),
        ("please help", "es", "en"),
        ("How do I solve this?", "ko", "en"),
        ("3x + 11 = 14", "fr", "fr"),
        ("3x + 11 = 14", "ko", "ko"),
        ("3x + 11 = 14", None, "en"),
    ],
)
def test_the_language_of_a_text_is_told_by_its_letters_and_by_its_authors_discord(
    text: str, known: sentences.Locale | None, language: str
) -> None:
    assert sentences.of_text(text, known=known) == language


@pytest.mark.usefixtures("every_language")
def test_a_guilds_language_counts_where_words_do_not_speak_against_it() -> None:
    assert sentences.of_text("quadratische Gleichungen", German()) == "de"
    assert sentences.of_text("solve the equation", German()) == "en"
    assert sentences.of_text("3x = 1", German(), known="fr") == "fr"


def test_a_language_that_is_not_offered_is_answered_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "LANGUAGE_NAMES", {"en": "English"})
    assert sentences.of_text("二次方程式を解いてください") == "en"
    assert sentences.of_text("이차방정식") == "en"
    assert sentences.of_code("pl") == "en"


def test_languages_of_people_are_kept_for_the_last_ones_alone() -> None:
    known = sentences.KnownLocales(most=2)
    known.note(1, "ko")
    known.note(2, "en-GB")
    known.note(1, "ko")
    known.note(3, "ko")
    assert [known.get(each) for each in (1, 2, 3)] == ["ko", None, "ko"]
    known.note(3, "pl")
    known.forget(1)
    assert [known.get(each) for each in (1, 3)] == [None, None]


def test_plural_forms_are_those_of_the_number() -> None:
    assert said_cards(1) == ("1 card", "카드 1장")
    assert said_cards(2) == ("2 cards", "카드 2장")


def said_cards(count: int) -> tuple[str, str]:
    return of_cards.CARDS("en", count=count), of_cards.CARDS("ko", count=count)


def test_a_servers_own_language_stands_above_the_persons_and_the_words() -> None:
    fixed = {7: "ko", 8: "en"}
    client = SimpleNamespace(language_of=fixed.get)
    korean, english = SimpleNamespace(id=6, preferred_locale="ko"), SimpleNamespace(id=7, preferred_locale="en-US")
    assert [sentences.of_guild(client, each) for each in (korean, english, None)] == ["ko", "ko", "en"]

    def asked(guild_id: int | None, locale: str) -> SimpleNamespace:
        return SimpleNamespace(client=client, guild_id=guild_id, locale=locale)

    assert sentences.of_interaction(asked(7, "en-US")) == "ko"
    assert sentences.of_interaction(asked(None, "en-US")) == "en"
    assert sentences.of_words("fractions", asked(7, "en-US")) == "ko"
    assert sentences.of_words("분수", asked(8, "ko")) == "en"
    assert sentences.of_words("분수", asked(6, "en-US")) == "ko"
    assert sentences.of_words("fractions", asked(6, "ko")) == "ko"
    assert sentences.of_words("fractions", asked(6, "en-US")) == "en"
