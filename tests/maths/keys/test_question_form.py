"""Flaws in the form of questions, and questions that only look like them."""

import pytest

from maths.keys.question_form import flaws_of, longest_is_right, with_visible_negation
from maths.keys.same_choices import same_choices

FOUR = ["A plant", "A stone", "A river", "A cloud"]


@pytest.mark.parametrize(
    ("question", "choices", "answer", "flaws"),
    [
        ("Which planet is the red planet Mars?", ["Venus", "Mars", "Earth"], 1, ["tells_answer"]),
        ("대한민국의 수도 서울은 어디인가?", ["부산", "서울", "대구"], 1, ["tells_answer"]),
        ("Is Mars or Venus larger?", ["Mars", "Venus"], 1, []),
        ("What is the past tense of put?", ["put", "puts", "putted"], 0, []),
        ('Which word in "the cat sat" is a noun?', ["cat", "ran", "blue"], 0, []),
        ("What grows?", [*FOUR[:3], "All of the above"], 3, ["all_of_the_above"]),
        ("무엇이 맞나요?", ["하나", "둘", "위의 모두"], 2, ["all_of_the_above"]),
        ("What grows?", ["All plants", *FOUR[1:]], 0, []),
        ("Use your answer to question 1. What is it now?", FOUR, 0, ["needs_another"]),
        ("In the previous question, what was x?", FOUR, 0, ["needs_another"]),
        ("앞 문제에서 구한 값은?", FOUR, 0, ["needs_another"]),
        ("식물에 필요한 것은?", ["a lot of water", "some kind of light", "all the good air"], 0, ["mixed_languages"]),
        ("What do plants need to grow?", ["물과 햇빛", "돌과 모래", "불과 연기"], 0, ["mixed_languages"]),
        ("How do you say thank you in Korean?", ["감사합니다", "안녕하세요", "미안합니다"], 0, []),
        ("파이썬을 만든 사람은?", ["Guido van Rossum", "귀도", "Tim Peters"], 0, []),
        ("How many legs has a dog?", ["4", "5"], 0, ["too_few"]),
        ("Is 3 or 4 larger?", ["3", "4"], 1, []),
        ("Is 7 prime?", ["Yes", "No"], 0, []),
    ],
)  # fmt: skip
def test_flaws(question: str, choices: list[str], answer: int, flaws: list[str]) -> None:
    assert flaws_of(question, choices, answer) == flaws


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Which of these is not prime?", "Which of these is **NOT** prime?"),
        ("Which of these is NOT prime?", "Which of these is **NOT** prime?"),
        ("All are right except one: which?", "All are right **EXCEPT** one: which?"),
        ("Which is **not** prime?", "Which is **not** prime?"),
        ("Which animal doesn't fly?", "Which animal **doesn't** fly?"),
        ("다음 중 소수가 아닌 것은?", "다음 중 소수가 **아닌** 것은?"),
        ("옳지 않은 것을 고르세요.", "옳지 **않은** 것을 고르세요."),
        ("틀린 설명은?", "**틀린** 설명은?"),
        ("If x is not 0, which is true?", "If x is not 0, which is true?"),
        ("Why do plants not grow here?", "Why do plants not grow here?"),
        ("Which means 'do not enter'?", "Which means 'do not enter'?"),
        ("Which is $a not b$?", "Which is $a not b$?"),
    ],
)
def test_negatives_are_made_visible_where_they_are_asked_for(question: str, shown: str) -> None:
    assert with_visible_negation(question) == shown
    assert with_visible_negation(shown) == shown


@pytest.mark.parametrize(
    ("question", "choices", "pairs"),
    [
        ("How long is it?", ["1/2", "0.5", "2", "3"], [(0, 1)]),
        ("Which area is it?", ["x(x+1)", "x²+x", "x³"], [(0, 1)]),
        ("What are the roots?", ["x = 2 or x = 3", "x = 3, x = 2", "x = 1"], [(0, 1)]),
        ("What is 1/2 as a decimal?", ["1/2", "0.5", "2"], []),
        ("What does 7/2 print?", ["3.5", "7/2", "3"], []),
        ("How long is it?", ["3", "3.0", "4"], []),
        ("Which time signature is it?", ["2/4", "4/8", "3/4"], []),
        ("Which is not equal to 1/2?", ["0.5", "2/4", "3/5"], []),
        ("Who was it?", ["Anna", "Ben", "Carl"], []),
    ],
)
def test_choices_that_mean_the_same(question: str, choices: list[str], pairs: list[tuple[int, int]]) -> None:
    assert same_choices(question, choices) == pairs


def test_the_longest_choice_is_always_right() -> None:
    told: list[tuple[list[str], int | None]] = [(["short", "a much longer choice with reasons", "brief"], 1)] * 3
    assert longest_is_right(told)
    assert not longest_is_right(told[:2])
    assert not longest_is_right([*told, (["short", "a much longer choice with reasons", "brief"], 0)])
    assert not longest_is_right([*told, (["short", "a much longer choice with reasons", "brief"], None)])
