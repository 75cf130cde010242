"""The bot's own sentences: each reader gets the right language."""

from bot import sentences
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
