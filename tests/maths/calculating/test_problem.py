"""Problems as models put them: solved with steps, or refused in a sentence."""

import pytest

from maths.calculating.problem import solve_problem


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("x**2 - 5x + 6 = 0", r"\(x = 2\) or \(x = 3\)"),
        (r"\begin{cases} x+y=5 \\ x-y=1 \end{cases}", r"\(x = 3,\; y = 2\)"),
        ("solve 3x > 6", r"\(x > 2\)"),
        ("derivative of x^3", r"\(3 x^{2}\)"),
        (r"$\int_0^1 x^2 dx$", r"\(\frac{1}{3}\)"),
        ("limit of sin(x)/x as x -> 0", r"\(1\)"),
        ("A train travels 120 km in 2 hours. What is its speed?", r"\(v = 60\) km/h"),
        ("x = x", "every real number is a solution."),
        ("이차방정식 x^2-4x+3=0 을 풀어라", r"\(x = 1\) or \(x = 3\)"),
    ],
)
def test_the_answer_comes_with_its_steps(text: str, answer: str) -> None:
    (solution,) = solve_problem(text)["solutions"]
    assert solution["answer"] == answer
    assert answer in solution["steps"]
    assert solution["read"]


def test_the_steps_are_in_the_language_asked_for() -> None:
    assert "근" in str(solve_problem("x^2 = 4", "ko")) or "해" in str(solve_problem("x^2 = 4", "ko"))
    assert "또는" in solve_problem("x^2 = 4", "ko")["solutions"][0]["answer"]


def test_several_problems_are_solved_and_too_many_refused() -> None:
    assert len(solve_problem("1. 2x = 4 2. 3x = 9")["solutions"]) == 2
    many = "\n".join(f"{place}. {place}x = 8" for place in range(1, 8))
    assert "more than 5" in solve_problem(many)["error"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello", "cannot read"),
        ("", "cannot read"),
        ("x" * 3_000, "too long"),
        ("9" * 500 + "x = 1", "too many digits"),
        (r"\def\a{\a\a}\a", "cannot read"),
    ],
)
def test_what_cannot_be_solved_is_a_sentence(text: str, said: str) -> None:
    assert said in solve_problem(text)["error"]


def test_a_problem_that_is_read_and_not_solved_says_so_itself() -> None:
    assert "nothing to solve" in solve_problem("x^2 + 1")["solutions"][0]["error"]
    assert "too large" in solve_problem("9**9**9")["solutions"][0]["error"]


def test_words_that_were_not_read_are_told_of() -> None:
    assert "Words beside" in solve_problem("the blue dog solves 2x = 8")["note"]
    assert "note" not in solve_problem("solve 2x = 8")
