"""Topics are folded together, in whatever words they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.topics.school_topics import SCHOOL_TOPICS
from bot.learning.topics.topic_folding import fold


@pytest.mark.parametrize(
    ("topic", "written"),
    [
        ("Fractions", "fractions"),
        ("Fractions", "분수"),
        ("Fractions", "adding fractions"),
        ("Fractions", "Quiz: Fractions 3"),
        ("Fractions", "분수의 나눗셈"),
        ("Fractions", "분수의 덧셈과 뺄셈"),
        ("Fractions", "ＦＲＡＣＴＩＯＮＳ"),
        ("Addition and subtraction", "two-digit addition"),
        ("Addition and subtraction", "덧셈"),
        ("Linear equations", "일차 방정식"),
        ("Linear equations", "Solving linear equations with fractions"),
        ("Quadratic equations", "이차방정식의 근의 공식"),
        ("Quadratic equations", "the quadratic formula"),
        ("Quadratic functions", "이차함수의 최대·최소"),
        ("Systems of equations", "simultaneous equations"),
        ("Systems of equations", "연립방정식"),
        ("Inequalities", "linear inequalities"),
        ("Derivatives", "derivatives of trigonometric functions"),
        ("Derivatives", "미분"),
        ("Derivatives", "삼각함수의 미분법"),
        ("Derivatives", "the chain rule"),
        ("Differential equations", "미분방정식"),
        ("Integrals", "Integration by parts"),
        ("Integrals", "적분 문제"),
        ("Limits", "수열의 극한"),
        ("Sequences and series", "arithmetic series"),
        ("Sequences and series", "등차수열"),
        ("Matrices", "matrix multiplication"),
        ("Factors, multiples and primes", "소인수분해"),
        ("Factors, multiples and primes", "LCM"),
        ("Decimals", "소수점 아래"),
        ("Real numbers and roots", "square roots"),
        ("The Pythagorean theorem", "피타고라스 정리"),
        ("Circles", "원의 넓이"),
        ("Circles", "원"),
        ("Circles", "equation of a circle"),
        ("Probability", "확률과 통계"),
        ("Logarithms", "log equations"),
        ("Word problems", "word problems"),
        ("Percentages", "percent word problems"),
        ("Physics", "Newton’s laws"),
        ("Equations", "solving equations"),
        ("Sets and logic", "Sets"),
        ("Programming", "프로그래밍"),
    ],
)
def test_words_mean_the_topic_of_school(topic: str, written: str) -> None:
    assert fold(written).en == topic
    assert fold(written).known


def test_every_topic_is_known_by_its_own_names_and_words() -> None:
    for topic in SCHOOL_TOPICS:
        for written in (topic.en, topic.ko):
            assert fold(written).en == topic.en, written
        for written in (*topic.en_words, *topic.ko_words):
            assert fold(written.removeprefix("=")).known, written


def test_what_no_table_knows_keeps_its_own_words_and_its_spellings_meet() -> None:
    assert fold("수원시 도시기본계획").key == fold("수원시  도시기본계획 퀴즈 2").key
    assert fold("Baking bread").key == fold("quiz on baking breads").key
    assert fold("Baking bread").name("ko") == "Baking bread"
    assert fold("  ").name("en") == "?"
    assert fold("3").key != fold("4").key
    assert not fold("Baking bread").known
    assert not fold("Problem set 3").known
    assert len(fold("x" * 500).en) <= 60


@given(st.text(max_size=60))
def test_any_text_is_some_topic_and_the_same_one_each_time(written: str) -> None:
    topic = fold(written)
    assert topic.key
    assert topic.name("en")
    assert topic == fold(written)
