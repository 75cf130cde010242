"""Questions as textbooks, sites and workbooks of both languages ask them: a list that was not made by code.

`other_questions.txt`: the question and its choices, of which the first is right.
"""

from pathlib import Path

from benchmarks.quiz_questions import everyday
from maths.keys.question_check import check_question

MOST_UNDECIDED = 16


def test_no_question_in_others_words_is_decided_wrongly() -> None:
    rows = Path(__file__).with_name("other_questions.txt").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 90
    undecided = []
    for row in rows:
        *words, one, two, three, four = row.split("|")
        question = "|".join(words)
        korean = any("가" <= char <= "힣" for char in question)
        right = check_question(question, [two, one, three, four], 0, korean)["right"]
        assert right is None or list(right) == [1], (row, right)
        undecided += [question] if right is None else []
    assert len(undecided) <= MOST_UNDECIDED, undecided


def test_everyday_questions_are_left_alone() -> None:
    asked = everyday(seed=4, count=200)
    assert len(asked) == 200
    for question, choices in asked:
        right = check_question(question, list(choices), 0, any("가" <= char <= "힣" for char in question))["right"]
        assert right is None, (question, choices, right)
