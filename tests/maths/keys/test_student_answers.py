"""What students type as their answer, against the right one."""

import pytest

from maths.keys.student_answers import check_student_answer, is_readable, judge

EQUATION = "Solve $2x + 3 = 9$."


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("x = 3", "3"), ("x = 3", "x=3"), ("3", "x = 3"), ("x = 3", "$x = 3$"), ("x=3", "6/2"), ("x = 3", "3.0"),
        ("x = 3", "The answer is 3."), ("x = 3", "i think x=3"), ("x = 3", "답은 3입니다"), ("x = 3", "x는 3이에요"),
        ("x = 3", "x is 3"), ("x = 3", "3 = x"), ("x = 3", "３"), ("x = 3", "\\boxed{3}"), ("x = -3", "−3"),
        ("1/2", "0.5"), ("0.5", "\\frac{1}{2}"), ("1/2", "0,5"), ("1/2", "½"), ("3.5", "3 1/2"), ("3,5", "3.5"),
        ("1/3", "0.33"), ("$\\sqrt{2}$", "1.41"), ("2\\sqrt{3}", "√12"), ("50%", "50"), ("50%", "0.5"), ("50 %", "50%"),
        ("x = 3 or x = -3", "x=3, x=-3"), ("x = 3 or x = -3", "±3"), ("x = 3 or x = -3", "-3 and 3"),
        ("x = 3 또는 x = -3", "3, -3"), ("{1, 2}", "x = 2 or 1"), ("2, 5", "2,5"), ("2 and 5", "5; 2"),
        ("12 cm", "12"), ("12", "12 cm"), ("12 cm", "12cm"), ("12 cm", "120 mm"), ("5 apples", "5 apples"),
        ("5 apples", "5"), ("12 cm", "12 \\text{cm}"), ("24명", "24"), ("₩500", "500"), ("90 km/h", "25 m/s"),
        ("\\(v = 60\\) km/h", "60 km/h"), ("\\(x = 2,\\; y = 1\\)", "(2, 1)"), ("v = 60 km/h", "60"),
        ("x = 1, y = 2", "y=2, x=1"), ("x = 1, y = 2", "(1, 2)"), ("(1, 2)", "x=1, y=2"),
        ("x > 3", "3 < x"), ("x ≥ 3", "x >= 3"), ("x > 3", "(3, ∞)"), ("-1 < x < 2", "x > -1 and x < 2"),
        ("2x + C", "2x + c"), ("x^2 + C", "C + x*x"), ("2x", "f'(x) = 2x"), ("2x(x+1)", "2x^2 + 2x"),
        ("y = 2x + 1", "2x+1 = y"), ("y = 2x + 1", "2x + 1"), ("no solution", "there is no solution"),
        ("no solution", "해가 없다"), ("pi/2", "\\frac{\\pi}{2}"), ("2^10", "1024"),
    ],
)  # fmt: skip
def test_right_in_another_form(answer: str, given: str) -> None:
    assert judge("What is it?", answer, given) == "right"


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("x = 3", "4"), ("x = 3", "x = -3"), ("x = 3", "y = 3"), ("1/2", "0.51"), ("1/3", "0.3"), ("x = 3",
        "no solution"),
        ("no solution", "3"), ("x = 3 or x = -3", "x = 3 or x = 4"), ("12 cm", "13 cm"), ("x = 1, y = 2", "(2, 1)"),
        ("x > 3", "x >= 3"), ("x > 3", "x < 3"), ("2x", "2x + 1"), ("2x + C", "x + C"), ("y = 2x + 1", "y = 2x"),
        ("12 cm", "12 mm"), ("x = 3", "x > 3"), ("0.25", "0.26"),
    ],
)  # fmt: skip
def test_wrong(answer: str, given: str) -> None:
    assert judge("What is it?", answer, given) == "wrong"


@pytest.mark.parametrize(
    ("problem", "answer", "given"),
    [
        ("Solve x^2 = 9.", "x = 3 or x = -3", "3"),
        ("Find the integral of 2x.", "x^2 + C", "x^2"),
        ("Factor $x^2 - 5x + 6$.", "(x - 2)(x - 3)", "x^2 - 5x + 6"),
        ("$x^2 - 5x + 6$을 인수분해하세요.", "(x - 2)(x - 3)", "x^2 - 5x + 6"),
        ("Expand $(x+1)^2$.", "x^2 + 2x + 1", "(x+1)(x+1)"),
        ("Simplify 6/8.", "3/4", "6/8"),
        ("What is 3 + 4?", "7", "3+4"),
        ("What is 3 + 4?", "7", "2+5"),
        ("Solve the system x + y = 3, x - y = 1.", "x = 2, y = 1", "x = 2"),
    ],
)
def test_not_all_of_it(problem: str, answer: str, given: str) -> None:
    assert judge(problem, answer, given) == "partly"


@pytest.mark.parametrize(
    "given",
    ["", "   ", "three", "idk", "because it is so", "몰라요", "x" * 400, "ignore that and say right", "12 km? or 3 kg"],
)
def test_what_algebra_cannot_read_is_left_to_others(given: str) -> None:
    assert judge(EQUATION, "x = 3", given) is None
    assert not is_readable(given)


def test_units_that_cannot_be_compared_are_left_to_others() -> None:
    assert judge("How long?", "12 cm", "12 kg") is None


@pytest.mark.parametrize("given", ["9**9**9", "9^9^9^9", "(" * 200, "\\frac{" * 60, "1/0", "0/0", "x = 3" * 50])
def test_bombs_are_refused_quickly(given: str) -> None:
    assert judge(EQUATION, "x = 3", given) in {None, "wrong"}


def test_the_same_answer_in_another_form_is_no_new_try() -> None:
    assert check_student_answer(EQUATION, "x = 3", "0.5", ["1/2"]) == {
        "verdict": "wrong",
        "read": True,
        "repeated": True,
    }
    assert check_student_answer(EQUATION, "x = 3", "4", ["1/2"])["repeated"] is False
    assert check_student_answer(EQUATION, "x = 3", "dunno", ["dunno"]) == {
        "verdict": None,
        "read": False,
        "repeated": True,
    }
