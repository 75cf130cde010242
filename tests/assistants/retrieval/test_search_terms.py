import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.retrieval.search_terms import names_no_topic, query_terms, terms


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("수원시의 목표연도는 2030년이다.", "목표"),
        ("수원시의 목표연도는 2030년이다.", "수원"),
        ("인구는 1,234,567명이다", "1234567"),
        ("The probe KD-204 landed.", "kd204"),
        ("The probe KD-204 landed.", "KD-204"),
        ("Call getElementById first", "element"),
        ("Call getElementById first", "getelementbyid"),
        ("the planet's moons", "planet moon"),
        ("ＦＵＬＬ width", "full"),
        ("東京大学の歴史", "大学"),
        ("snake_case_name", "snake_case_name"),
        ("π is about 3.14159", "3.14159"),
        ("Straße", "STRASSE"),
        ("several cities", "city"),
    ],
)
def test_a_query_meets_the_text_that_it_is_about(text: str, query: str) -> None:
    assert set(query_terms(query)) <= set(terms(text))


def test_a_lone_syllable_is_looked_for_as_the_beginning_of_a_pair() -> None:
    assert query_terms("물") == ["물*"]
    assert "물은" in terms("물은 100도에서 끓는다")


def test_words_that_only_ask_are_left_out_of_a_query() -> None:
    assert query_terms("What is the target year?") == ["target", "year"]
    assert "무엇" not in query_terms("수도는 무엇인가요?")
    assert query_terms("who is it?") == ["who", "is", "it"]


@given(st.text())
def test_terms_hold_no_blanks_and_are_never_empty(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(character.isspace() for character in term)
        assert len(term) <= 200


@pytest.mark.parametrize(
    "query",
    [
        "the uploaded file",
        "Summarize the document",
        "What is this PDF about?",
        "main points of my notes",
        "업로드한 파일",
        "이 문서의 내용을 요약해 줘",
        "파일에 뭐가 있어?",
    ],
)
def test_a_query_for_the_file_itself_names_no_topic(query: str) -> None:
    assert names_no_topic(query)


@pytest.mark.parametrize(
    "query", ["", "who is it?", "cells", "the file on cells", "자료구조", "업로드한 파일의 목표연도", "물 파일럿"]
)
def test_other_queries_do_not(query: str) -> None:
    assert not names_no_topic(query)
