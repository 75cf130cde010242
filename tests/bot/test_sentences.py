"""The bot's own sentences: both languages fill in the same names, and each reader gets the right one."""

import re
import string

from bot import sentences


def test_every_sentence_fills_in_the_same_names_in_both_languages() -> None:
    for name, sentence in vars(sentences).items():
        if isinstance(sentence, sentences.Sentence):
            fields = [
                {field for _, field, _, _ in string.Formatter().parse(text) if field}
                for text in (sentence.en, sentence.ko)
            ]
            assert fields[0] == fields[1], name
            assert re.search("[가-힣]", sentence.ko), name


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
