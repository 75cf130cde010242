"""Which choices are shuffled, and what their buttons carry."""

from random import Random

import pytest

from bot.quizzes.arguments.quiz import Quiz, QuizQuestion
from bot.quizzes.session.choices import labels, numbering, own_numbering, shuffled
from tests.bot.quizzes.example_quizzes import quiz


def asked(*choices: str) -> QuizQuestion:
    return QuizQuestion(question_text="Which?", choices=choices)


@pytest.mark.parametrize(
    ("choices", "carried"),
    [
        (["1. one", "2. two", "3. three"], ("1", "2", "3")),
        (["1) one", "2) two"], ("1", "2")),
        (["1.하나", "2.둘"], ("1", "2")),
        (["A. one", "B. two"], ("A", "B")),
        (["a) one", "b) two", "c) three"], ("a", "b", "c")),
        (["(가) 하나", "(나) 둘"], ("가", "나")),
        (["① 하나", "② 둘", "③ 셋"], ("①", "②", "③")),
        (["1", "2", "3"], ("1", "2", "3")),
        ([f"{n}. text" for n in range(1, 11)], tuple(str(n) for n in range(1, 11))),
        (["2. two", "1. one"], None),
        (["1.5 m", "2.5 m"], None),
        (["1. one", "two"], None),
        (["Apple", "Banana"], None),
        (["H: hydrogen", "O: oxygen"], None),
        (["0", "1", "2"], None),
    ],
)
def test_choices_that_count_themselves_are_known(choices: list[str], carried: tuple[str, ...] | None) -> None:
    assert own_numbering(choices) == carried


@pytest.mark.parametrize(
    "choices",
    [
        ("1. one", "2. two", "3. three", "4. four"),
        ("cats", "dogs", "birds", "all of the above"),
        ("cats", "dogs", "birds", "Both A and B"),
        ("고양이", "개", "새", "위의 모두"),
        ("고양이", "개", "새", "정답 없음"),
    ],
)
def test_choices_that_count_or_name_each_other_stay_in_order(choices: tuple[str, ...]) -> None:
    fixed = Quiz(title="A quiz", questions=(asked(*choices),))
    assert {shuffled(fixed, Random(seed)) for seed in range(20)} == {((0, 1, 2, 3),)}


def test_other_choices_are_shuffled_and_none_is_lost() -> None:
    orders = {shuffled(quiz(2, 4), Random(seed)) for seed in range(50)}
    assert len(orders) > 20
    assert all(sorted(order) == [0, 1, 2, 3] for both in orders for order in both)


def test_short_choices_stand_on_their_buttons_and_long_ones_have_letters_by_their_place() -> None:
    assert labels(asked("2/5", "5/6"), (1, 0)) == {1: "5/6", 0: "2/5"}
    assert labels(asked("a text that is too long for a button", "b"), (1, 0)) == {1: "A", 0: "B"}
    assert labels(asked("1. 수원시의 역사적 의의를 높이기 위해", "2. 수원시의 생활환경을"), (0, 1)) == {0: "1", 1: "2"}
    assert numbering(asked("2/5", "5/6"), (1, 0)) == {1: "A", 0: "B"}


def test_a_hangul_syllable_is_twice_as_wide_as_a_letter() -> None:
    assert labels(asked("가" * 10, "나"), (0, 1)) == {0: "가" * 10, 1: "나"}
    assert labels(asked("가" * 11, "나"), (0, 1)) == {0: "A", 1: "B"}
