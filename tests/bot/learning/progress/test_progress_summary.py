"""What a student has learnt: counted by topic, with what grows and what fades."""

import pytest

from bot.learning.progress.progress_screens import LONGEST_ALT, MOST_TOPICS, alt_text, picture_words, topic_lines
from bot.learning.progress.progress_summary import CardMemory, summarise, trend_of
from bot.learning.result_store import StudyResult


def a_result(topic: str, at: int, *, right: bool = True) -> StudyResult:
    return StudyResult(1, "quiz", f"q{at}", 0, 3, 4, topic, right, 5.0, float(at))


def test_results_are_counted_by_topic_in_whatever_words_it_came() -> None:
    results = [a_result("fractions", 1), a_result("분수", 2, right=False), a_result("adding fractions", 3)]
    progress = summarise([*results, a_result("Baking bread", 4)], [CardMemory("분수의 곱셈", None, due=True)], due=1)
    assert [(each.topic.en, each.right, each.total, each.due) for each in progress.topics] == [
        ("Fractions", 2, 3, 1),
        ("Baking bread", 1, 1, 0),
    ]
    assert (progress.right, progress.total, progress.due) == (3, 4, 1)


def test_a_topic_that_has_only_cards_due_is_there_and_one_with_nothing_due_is_not() -> None:
    cards = [CardMemory("limits", None, due=True), CardMemory("vectors", 0.95, due=False)]
    assert [each.topic.en for each in summarise([], cards).topics] == ["Limits"]


def test_a_topic_whose_cards_are_being_forgotten_fades() -> None:
    results = [a_result("limits", 1), a_result("vectors", 2)]
    recalls = (("극한", 0.5), ("limits", 0.9), ("vectors", 0.9))
    cards = [CardMemory(topic, recall, due=False) for topic, recall in recalls]
    trends = {each.topic.en: each.trend for each in summarise(results, cards).topics}
    assert trends == {"Limits": "fades", "Vectors": "steady"}


def test_what_is_shared_names_only_topics_of_school_and_tells_nothing_of_what_is_due() -> None:
    results = [a_result("Minji's secret file", 1), a_result("Baking bread", 2), a_result("limits", 3)]
    shared = summarise(results, [CardMemory("limits", 0.5, due=True)], public=True)
    assert [(each.topic.en, each.total) for each in shared.topics] == [("Other topics", 2), ("Limits", 1)]
    assert [each.due for each in shared.topics] == [0, 0]
    words = str(picture_words(shared, "f", "en", shared=True)) + alt_text(shared, "t", "en")
    assert "secret" not in words
    assert "due" not in words.replace("due_words", "")


@pytest.mark.parametrize(
    ("outcomes", "recalls", "trend"),
    [
        ("", [], "steady"),
        ("101", [], "steady"),  # too few
        ("0011", [], "grows"),
        ("1100", [], "fades"),
        ("0101", [], "steady"),
        ("1111", [], "steady"),
        ("0011", [0.79], "fades"),  # what was known is being forgotten
        ("0011", [0.8], "grows"),
        ("", [0.9, 0.5], "fades"),
        ("0" * 40 + "01" * 20, [], "steady"),  # what is long ago does not tell
        ("0" * 20 + "1" * 20, [], "grows"),
        ("11111110" + "11111100", [], "steady"),
    ],
)
def test_trends(outcomes: str, recalls: list[float], trend: str) -> None:
    assert trend_of([each == "1" for each in outcomes], recalls) == trend


def test_the_picture_holds_some_topics_and_the_rest_in_one_row() -> None:
    results = [
        a_result(f"thing {'abcdefghijkl'[index]}", 100 * index + each)
        for index in range(12)
        for each in range(12 - index)
    ]
    progress = summarise(results, [])
    rows = picture_words(progress, "f", "en")["rows"]
    assert len(rows) == MOST_TOPICS + 1
    assert (rows[-1]["name"], rows[-1]["figures"]) == ("4 more topics", "10/10 · 100 %")
    assert topic_lines(progress, "ko")[-1] == "그 밖의 주제 4개"
    assert len(alt_text(progress, "제목" * 600, "ko")) == LONGEST_ALT


def test_words_and_picture_say_the_same() -> None:
    results = [a_result("*evil* @everyone", each, right=each > 2) for each in range(1, 5)]
    progress = summarise(results, [CardMemory("*evil* @everyone", None, due=True)] * 2, due=2)
    (row,) = picture_words(progress, "f", "en")["rows"]
    assert row == {
        "name": "*evil* @everyone",
        "right": 2,
        "total": 4,
        "figures": "2/4 · 50 %",
        "trend": "grows",
        "trend_words": "▲ grows",
        "due_words": "2 due",
    }
    (line,) = topic_lines(progress, "en")
    assert "\\*evil\\*" in line
    assert "\\@everyone" in line
