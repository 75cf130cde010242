"""A student's own working in a conversation with the offline model."""

import pytest

from assistants.models.offline.tutor import reply


def answer(*texts: str) -> str:
    """The last reply of a conversation in which the student says these texts."""
    messages: list[list[str]] = []
    said = ""
    for text in texts:
        messages.append(["user", text])
        said = str(reply(messages)["text"])
        messages.append(["assistant", said])
    return said


@pytest.mark.parametrize(
    "text",
    [
        "2x + 3 = 11\n2x = 14\nx = 7",
        "Minji: 2x + 3 = 11\n  2x = 14\n  x = 7",
        "check my work: 2x+3=11 => 2x=14 => x=7",
        "2x + 3 = 11 2x=14 x = 7 where did I go wrong?",
        "Where did I go wrong?\n2x + 3 = 11\n2x = 14",
        "2x + 3 = 11 ⇒ 2x = 14 ⇒ x = 7",
        "I did 2x + 3 = 11 so 2x = 14 so x = 7. Can you find my mistake?",
    ],
)
def test_the_first_wrong_line_is_told_without_the_answer(text: str) -> None:
    said = answer(text)
    assert "✗" in said
    assert "kept its sign" in said
    assert "x = 4" not in said


@pytest.mark.parametrize("ask", ["어디서 틀렸어?", "풀이 확인해 줘", "제 풀이 좀 봐 주세요", "틀린 곳 찾아줘"])
def test_it_is_told_in_korean(ask: str) -> None:
    said = answer(f"{ask}\n3(x+2) = 15\n3x + 2 = 15\n3x = 13")
    assert "**2번째 줄:**" in said
    assert "모든 항에" in said
    assert "x = 3\\" not in said


def test_right_working_is_praised() -> None:
    assert "Every step is right" in answer("check my steps\n2x + 3 = 11\n2x = 8\nx = 4")


def test_working_on_the_problem_that_was_given_before() -> None:
    said = answer("solve x^2 = 9", "x = 3\nwhere did I go wrong?")
    assert "with ±" in said
    said = answer("derivative of x^2 sin x", "I got\n= 2x cos x\ncheck my steps")
    assert "product of the derivatives" in said


def test_working_that_was_sent_before_it_was_asked_about() -> None:
    said = answer("this is what I have: 2x + 3 = 11, hmm\n2x = 14", "hello", "where did I go wrong?")
    assert "kept its sign" in said


def test_the_solution_is_shown_when_it_is_asked_for() -> None:
    assert "x = 4" in answer("2x + 3 = 11\n2x = 14\nx = 7", "show me the solution")


def test_without_working_it_is_asked_for() -> None:
    assert "Send me your working" in answer("where did I go wrong?")
    assert "풀이를 함께 보내 주세요" in answer("어디서 틀렸어?")


@pytest.mark.parametrize(
    "text",
    [
        "2x = 6\n3x = 12\n5x = 10",
        "(1) 2x = 6\n(2) 3x = 12",
        "2x + y = 5\nx - y = 1",
        "solve 2x + 3 = 11",
        "x^2 - 4\nx^2 - 9",
        "is (a+b)^2 = a^2+b^2?",
        "1/2 + 1/3",
    ],
)
def test_problems_are_no_working(text: str) -> None:
    assert "line by line" not in answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "check my work\n" + "\n".join(f"{n}x = {n * 4}" for n in range(1, 201)),
        "check my work\n9**9**9\n= 9**9**9**9\n= 1",
        "check my work\n" + "\\frac{" * 150 + "1" + "}{2}" * 150 + "\n= 1",
        "check my work\n" + "(" * 3000 + "x" + ")" * 3000 + " = 1\nx = 1",
        "check my work\n(x+1)^{999999999} = 5\nx = 3",
        "check my work\n99999999999999999999! = 7\n= 8",
        "check my work\nbananas are = tasty\n= always",
        "check my work\n" + "2x+3=11 ⇒ " * 300 + "x=4",
        "check my work\n" + "x^x^x^x^x^x = 3\n" * 10 + "x = 1",
        "check my work\n∑∏∫∫∫ = {{{\n= \\end{",
    ],
)
def test_what_is_too_much_or_no_mathematics_gets_a_sentence(text: str) -> None:
    said = answer(text)
    assert said
    assert "Traceback" not in said
    assert len(said) < 12_000


def test_of_many_lines_it_is_told_that_not_all_were_checked() -> None:
    said = answer("check my work\n" + "\n".join(f"{n}x = {n * 4}" for n in range(1, 201)))
    assert "first 60 lines only" in said
    assert "Every step is right" not in said
