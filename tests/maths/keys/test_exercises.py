"""An exercise is known again in other texts."""

import pytest

from maths.keys.exercises import exercises_in, posing_texts


@pytest.mark.parametrize(
    ("text", "poses"),
    [
        ("Solve $2x + 3 = 9$.", True),
        ("9 = 2x+3일 때 x의 값은?", True),
        ("**2x + 3 = 9** — what is x?", True),
        ("Which step first?\n2x + 3 = 9\nadd 3", True),
        ("Solve 2x + 3 = 11.", False),
        ("What is 2x + 3 for x = 3?", False),
        ("What is 12/4?", False),
        ("", False),
    ],
)
def test_an_equation_is_known_in_either_order_and_in_any_words(text: str, poses: bool) -> None:
    ((problem, answer),) = exercises_in("please solve 2x+3=9")
    assert posing_texts([text], [[problem, answer]]) == [poses]


def test_what_is_no_equation_and_what_is_in_words() -> None:
    (sum_,) = exercises_in("1/2 + 1/3 = ?")
    assert posing_texts(["Calculate \\(\\frac{1}{2}+\\frac{1}{3}\\).", "1/2 + 1/4?"], [sum_]) == [True, False]
    riddle = ["Which word has all vowels in order?", "facetious"]
    assert posing_texts(["Quiz: which word has all vowels, in order?", "Which word?"], [riddle]) == [True, False]
    system = exercises_in("x + y = 3, x - y = 1")[0]
    assert posing_texts(["x - y = 1 and x + y = 3", "x + y = 3"], [system]) == [True, False]
