"""Which lines tell the answer to an exercise."""

import pytest

from maths.keys.exercises import exercises_in
from maths.keys.told_answers import check_help, telling_lines

LINEAR = ["2x + 3 = 9", "x = 3"]


def tells(line: str, *exercises: list[str]) -> bool:
    return telling_lines([line], list(exercises or [LINEAR])) == [True]


@pytest.mark.parametrize(
    "line",
    [
        "x = 3", "So $x = 3$.", "The answer is **3**.", "3", "x=3", "3 = x", "x equals 3", "it's 3!", "`x = 3`",
        "x = 6/2",
        "x = \\frac{6}{2}", "\\[ x = \\boxed{3} \\]", "\\(x=\\mathbf{3}\\)", "$$x = \\color{red}{3}$$", "x = 3.0",
        "x ≈ 3.00",
        "x → 3", "⇒ 3", "x := 3", "| x | 3 |", "> x = 3", "- x is 3", "# x = 3", "답은 3입니다.",
        "x는 3이에요", "따라서 3",
        "x = √9", "x = 1 + 2", "x = ３", "x = 𝟑", "③", "x = &#51;", "x = 3\u200b", "x = \u200b3", "<b>x = 3</b>",
        "~~x = 3~~",
        "x *=* 3", "x = **3**", "__x__ = __3__", "print(3)", "2(3) + 3 = 9", "2·3 + 3 = 9", "(3)", "[3]", "{3}",
        "x∈{3}",
        "2x = 6, so x = 6 ÷ 2 = 3", "x=3\\, \\text{cm}", "3 cm", "3개", "solution: x = +3", "x = |-3|", "x = 27^{1/3}",
        "x = \\sqrt[3]{27}", "x = 300\\%", "The value (namely 3) works", "||x = 3||", "x ＝ 3", "x = 3;", "x ≡ 3",
    ],
)  # fmt: skip
def test_a_line_that_tells(line: str) -> None:
    assert tells(line)


@pytest.mark.parametrize(
    "line",
    [
        "Subtract the constant from both sides.", "2x + 3 = 9", "2x = 6", "2x + 3 = 9 is linear", "x = ?",
        "What do you get when you divide 6 by 2?", "양변에서 상수를 빼 보세요.", "Think about x^3.",
        "", "x", "---", "13", "30",
        "3x", "x = 4", "-5", "x3",
    ],
)  # fmt: skip
def test_a_line_that_does_not_tell(line: str) -> None:
    assert not tells(line)


def test_numbers_of_steps_and_items_that_count_up_tell_nothing() -> None:
    lines = ["1. Look at it", "2. Take the constant away", "3. Divide", "Step 1: look", "Step 2: think", "Step 3: go"]
    assert telling_lines(lines, [LINEAR]) == [False] * 6
    assert telling_lines(["3. is what you get"], [LINEAR]) == [True]
    assert telling_lines(["Step 3"], [LINEAR]) == [True]


@pytest.mark.parametrize(
    ("exercise", "told", "untold"),
    [
        (["x^2 - 5x + 6 = 0", "x = 2 or x = 3"], ["x = 2", "the other is 3", "x=2,3"], ["(x-a)(x-b) = 0", "5 = a + b"]),
        (["6/8", "3/4"], ["3/4", "0.75", "75%", "\\frac34", "¾", "9/12"], ["6/8", "What divides 6 and 8?"]),
        (["3 + 4", "7"], ["7", "2 + 5"], ["3 + 4", "add 4 to 3"]),
        (["x + y = 3, x - y = 1", "x = 2, y = 1"], ["x = 2", "y=1", "(2, 1)"], ["2x = 4"]),
        (["x + y = 3, x - y = 1", "(2, 1)"], ["y = 1"], ["x - y = 1", "$x + y = 3$ and $x - y = 1$"]),
        (["x / 3 = 3", "x = 9"], ["9"], ["x / 3 = 3", "\\[ \\begin{cases} x + y = 3 \\\\ x - y = 1 \\end{cases} \\]"]),
        (["2x > 6", "x > 3"], ["x > 3", "3 < x", "(3, ∞)"], ["2x > 6"]),
        (["x^2 + 3x", "2x + 3"], ["f'(x) = 2x + 3", "3 + 2x", "$2x+3$", "2(x + 1.5)"], ["x^2 + 3x", "2x"]),
        (["2x", "x^2 + C"], ["x^2 + C", "x^2 + c", "x²", "x*x + k"], ["2x"]),
        (["x^2 - 5x + 6", "(x-2)(x-3)"], ["(x-2)(x-3)", "(x − 3)(x − 2)"], ["x^2 - 5x + 6", "2 · 3 = 6"]),
        (["x = x + 1", "no solution"], ["There is no solution.", "해가 없다."], ["x = x + 1", "Is there a solution?"]),
        (["3x = 1", "\\frac{1}{3} \\approx 0.33"], ["0.33", "1/3"], ["0.5"]),
    ],
)
def test_answers_of_every_kind(exercise: list[str], told: list[str], untold: list[str]) -> None:
    assert telling_lines(told, [exercise]) == [True] * len(told)
    assert telling_lines(untold, [exercise]) == [False] * len(untold)


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("solve 2x + 3 = 9", "x = 3"),
        ("2x + 3 = 9 풀어줘", "x = 3"),
        ("what is 3+4?", "7"),
        ("x^2 - 5x + 6 = 0", "x = 2 or x = 3"),
        ("derivative of x^2", "2 x"),
    ],
)
def test_the_exercises_in_a_message(message: str, answer: str) -> None:
    assert [found for _, found in exercises_in(message)] == [answer]


@pytest.mark.parametrize(
    "message", ["what is a derivative?", "hello", "", "explain fractions", "1999년부터 2005년까지 살았어요"]
)
def test_explanations_hold_no_exercise(message: str) -> None:
    assert exercises_in(message) == []


@pytest.mark.parametrize("line", ["9**9**9", "(" * 500, "1+" * 500, "x" * 5000, "3 " * 900, "\\frac{" * 80, "9" * 5000])
def test_bombs(line: str) -> None:
    assert telling_lines([line], [["x = 1", "17"]]) in ([True], [False])


@pytest.mark.parametrize(
    ("problem", "hint", "answer", "found"),
    [
        ("Solve $2x + 2 = 6$.", "Subtract 2 from both sides.", "x = 2", False),
        ("Solve $2x + 2 = 6$.", "양변에서 2를 빼세요.", "x = 2", False),
        ("Solve $2x + 2 = 6$.", "Then x = 2.", "x = 2", True),
        ("Solve $2x + 2 = 6$.", "The answer is 2.", "x = 2", True),
        ("Solve $2x + 2 = 6$.", "답은 2입니다.", "x = 2", True),
        ("Solve $2x + 3 = 9$.", "You get 6/2 here.", "x = 3", True),
        ("Solve $2x + 3 = 9$.", "Take away 3 on both sides.", "x = 3", False),
        ("Solve $2x + 3 = 9$.", "What is 2x?", "x = 3", False),
        ("Differentiate $x^2$.", "Use the power rule.\nSo it is 2x.", "2x", True),
    ],
)
def test_hints_may_use_the_numbers_of_the_problem(problem: str, hint: str, answer: str, found: bool) -> None:
    assert check_help(problem, [hint], answer) == {"problem": False, "hints": [found]}


@pytest.mark.parametrize(
    "problem", ["Solve 2x + 3 = 9 (answer: x = 3).", "2x + 3 = 9, x = 3", "2x+3=9. The answer is 3."]
)
def test_a_problem_that_tells_its_answer(problem: str) -> None:
    assert check_help(problem, ["Think."], "x = 3")["problem"] is True
