"""Lists of exercises in the ways that people write them: every exercise has its answer, under its own number."""

import re

import pytest

from maths.reading.exercise_lists import read_list
from tests.maths.asking import ask

EQUATIONS = [f"{a}x={a * b}" for a, b in zip(range(2, 32), range(3, 33), strict=True)]
ROOTS = [str(b) for b in range(3, 33)]
RING = "①②③④⑤⑥⑦⑧⑨⑩"
SYLLABLES = "가나다라마바사아자차"
STYLES = {
    "round": "({n}) {e}", "round glued": "({n}){e}", "bracket": "{n}) {e}", "dot": "{n}. {e}", "letter": "{l}) {e}",
    "round letter": "({l}) {e}", "letter dot": "{l}. {e}", "capital": "{c}) {e}", "ring": "{r}{e}",
    "ring spaced": "{r} {e}", "asked": "Q{n}: {e}", "asked dot": "Q{n}. {e}", "question": "Question {n}: {e}",
    "problem": "문제 {n}. {e}", "numbered": "{n}번 {e}", "syllable": "{k}. {e}", "round syllable": "({k}) {e}",
    "hash": "#{n} {e}", "square": "[{n}] {e}", "bold": "**{n}.** {e}", "exercise": "Exercise {n}: {e}",
    "formula": "({n}) ${e}$", "latex": r"({n}) \({e}\)", "latex number": "$({n})$ {e}",
}  # fmt: skip
JOINTS = {"a line": " ", "lines": "\n", "commas": ", ", "semicolons": "; ", "empty lines": "\n\n"}


def answers(text: str) -> dict[str, str]:
    """The answer (or the sentence in its place) under each number."""
    found = re.findall(r"\*\*\((.+?)\)\*\*(.*?)(?=\n\n\*\*\(|\Z)", text, re.DOTALL)
    lines = {label: re.search(r"\*\*(?:Answer|답):\*\* (.+)", body) for label, body in found}
    return {label: line[1] if line else "" for label, line in lines.items()}


def listed(style: str, joint: str, count: int) -> str:
    return joint.join(
        STYLES[style].format(n=n, l=chr(96 + n), c=chr(64 + n), r=RING[n - 1 :][:1], k=SYLLABLES[n - 1 :][:1], e=e)
        for n, e in enumerate(EQUATIONS[:count], start=1)
    )


@pytest.mark.parametrize("joint", JOINTS)
@pytest.mark.parametrize("style", STYLES)
def test_ten_exercises_get_ten_answers(style: str, joint: str) -> None:
    found = answers(ask(listed(style, JOINTS[joint], 10)))
    assert list(found.values()) == [rf"\(x = {root}\)" for root in ROOTS[:10]]


@pytest.mark.parametrize("style", ["round", "dot", "bracket", "asked"])
def test_thirty_exercises_get_thirty_answers_without_the_steps(style: str) -> None:
    text = ask(listed(style, " ", 30))
    assert answers(text) == {str(n): rf"\(x = {root}\)" for n, root in enumerate(ROOTS, start=1)}
    assert "Divide both sides" in ask(listed(style, " ", 30), "explain (27)")
    assert r"x = 29" in ask(listed(style, " ", 30), "27번 풀이")


@pytest.mark.parametrize(
    "text", ["- {}\n- {}\n- {}", "* {}\n* {}\n* {}", "• {}\n• {}\n• {}", "{}\n{}\n{}", "{}; {}; {}", "{}, {}, {}",
             r"\begin{{enumerate}} \item {} \item {} \item {} \end{{enumerate}}", "Solve: {}, {}, {}",
             "1. {}. 2. {}. 3. {}.", "(5) {} (6) {} (7) {}", "Please solve these:\n8) {}\n9) {}\n10) {}"],
)  # fmt: skip
def test_other_lists_are_answered_one_by_one(text: str) -> None:
    found = answers(ask(text.format(*EQUATIONS)))
    assert list(found.values()) == [rf"\(x = {root}\)" for root in ROOTS[:3]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1) derivative of x^2 sin x (2) 1/2+1/3", {"1": r"x^{2} \cos x + 2 x \sin x", "2": r"\frac{5}{6}"}),
        ("derivative of x^2\n1/2+1/3", {"1": "2 x", "2": r"\frac{5}{6}"}),
        ("factor x^2-4; 1/2+1/3", {"1": r"\left(x - 2\right) \left(x + 2\right)", "2": r"\frac{5}{6}"}),
        ("derivative of x^2, x^3, 1/2+1/3", {"1": "2 x", "2": "3 x^{2}", "3": r"\frac{5}{6}"}),
        ("1. Solve 2x = 6. 2. Factor x^2 - 4. 3. 2+3", {"1": "x = 3", "2": r"\left(x - 2\right) \left(x + 2\right)",
                                                        "3": "5"}),
        ("(1) x^2을 미분하시오 (2) 1/2 + 1/3 (3) 2x = 6", {"1": "2 x", "2": r"\frac{5}{6}", "3": "x = 3"}),
        ("Solve: (1) 2x=6 (2) 3x=12", {"1": "x = 3", "2": "x = 4"}),
        ("Differentiate (1) x^2 (2) x^3 (3) 2x = 6", {"1": "2 x", "2": "3 x^{2}", "3": "x = 3"}),
        ("다음을 계산하시오. ① 1/2+1/3 ② 2(3) ③ 1.5*2", {"1": r"\frac{5}{6}", "2": "6", "3": "3"}),
        ("다음을 미분하시오.\n가. x^2\n나. sin x\n다. x^2+3x", {"가": "2 x", "나": r"\cos x", "다": "2 x + 3"}),
        ("다음을 미분하시오: (1) x^2 (2) x^3", {"1": "2 x", "2": "3 x^{2}"}),
        ("(1) x^2+3x+2\n(2) x^2-4\n인수분해해줘", {"1": r"\left(x + 1\right) \left(x + 2\right)",
                                             "2": r"\left(x - 2\right) \left(x + 2\right)"}),
        ("(1) x^2+3x+2 (2) x^2-4 인수분해해줘", {"1": r"\left(x + 1\right) \left(x + 2\right)",
                                            "2": r"\left(x - 2\right) \left(x + 2\right)"}),
        ("x = 2일 때 다음을 구하시오. (1) x^2+1 (2) 3x-1", {"1": "5", "2": "5"}),
        ("For f(x)=x^2+1 find (1) f(3) (2) f'(2)", {"1": "10", "2": "4"}),
        ("(1) 2(3) (2) (5)(2) (3) 1.5 + 1 (4) (2)(3)(4)", {"1": "6", "2": "10", "3": "2.5", "4": "24"}),
        ("(1) (x-2)(x+1)=0 (2) 2(x-1)=4 (3) f(x)=x^2, f(3)", {"1": r"x = -1\) or \(x = 2", "2": "x = 3", "3": "9"}),
        ("1. (a) 2x=6 (b) 3x=12\n2. x/2 = 1", {"1-a": "x = 3", "1-b": "x = 4", "2": "x = 2"}),
        ("Solve: (1) 2x=6 (2) the meaning of life (3) 3x=9", {"1": "x = 3", "2": "", "3": "x = 3"}),
        ("1. Prove that 2+2=4. 2. 3x=9 3. median of 3, 5, 1", {"1": "", "2": "x = 3", "3": "3"}),
        ("(1) factor x^2-4 (2) x^2-9", {"1": r"\left(x - 2\right) \left(x + 2\right)", "2": "x^{2} - 9"}),
    ],
)  # fmt: skip
def test_each_exercise_by_its_own_verb_or_that_of_the_list(text: str, expected: dict[str, str]) -> None:
    found = answers(ask(text))
    assert {label: line.removeprefix(r"\(").removesuffix(r"\)") for label, line in found.items()} == expected


def test_what_is_not_understood_is_said_under_its_number() -> None:
    assert "**(2)** I did not understand this one." in ask("(1) 2x=6 (2) tell me a joke (3) 3x=9")
    assert "**(2)** 이 문제는 이해하지 못했습니다." in ask("(1) 2x=6 풀어줘 (2) 농담 하나 해줘 (3) 3x=9")
    assert "I cannot read `3x + * 2`" in ask("2x=6, 3x + * 2 = , 4x = 8")


def test_equations_with_numbers_are_a_system_if_only_together_they_can_be_solved() -> None:
    assert r"x = 2,\; y = 1" in ask("(1) x+y=3 (2) x-y=1")
    assert r"x = 2,\; y = 1" in ask("연립방정식 ① x+y=3 ② x-y=1 을 푸시오")


@pytest.mark.parametrize(
    "text",
    [
        "(x+1)(x+2)=0", "(2)(3)(4)", "2(3)", "(5)(x+1) = 10", "1.5 + 2.5", "f(a) = 3 and f(b) = 4", "1) 3x = 12",
        "Solve 2x = 6. 3x = 12", "3 * (1) + (2)", "(1) * (2)", "((1) + (2)) 3", "x = (1) (2) 3", "1.2x=6 2.3x=9",
        "see (1) and (2)",
    ],
)  # fmt: skip
def test_factors_decimals_and_arguments_are_no_numbers_of_exercises(text: str) -> None:
    assert read_list(text) is None


def test_the_next_message_can_be_about_one_exercise() -> None:
    first = "(1) 2x=6 (2) x^2 = 9"
    assert "square root" in ask(first, "explain number 2")
    assert "Here is another one" in ask(first, "another one like (2)")
    assert "x^{2}" in ask(first, "another one like (2)")
