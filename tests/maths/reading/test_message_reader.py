"""What students write besides formulas: numbered exercises, percentages in words, tries, farewells, worries."""

import re

import pytest

from assistants.models.offline.tutor import reply
from tests.maths.asking import answer_line, ask, exact, formulas, problem, understood
from tests.maths.latex_value import value


@pytest.mark.parametrize(
    "message",
    [
        "(1) 2x = 6 (2) 3x = 12", "1) 2x=6 2) 3x=12", "Q1. 2x = 6 Q2. 3x = 12", "① 2x=6 ② 3x=12", "a) 2x=6 b) 3x=12",
        "1. 2x = 6\n2. 3x = 12", "Minji: Q1. 2x=6 Q2. 3x=12",
    ],
)  # fmt: skip
def test_numbered_exercises_are_answered_one_by_one(message: str) -> None:
    text = ask(message)
    labels = re.findall(r"\*\*\((\w)\)\*\*", text)
    assert labels == (["a", "b"] if message.startswith("a)") else ["1", "2"])
    assert "x = 3" in text
    assert "x = 4" in text


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("A shirt costs $40 and is 25% off. How much is it now?", 30), ("increase 80 by 15%", 92),
        ("decrease 80 by 15%", 68), ("80 is increased by 10%", 88), ("80에서 15% 할인하면?", 68),
        ("5000원짜리 책을 20% 할인하면 얼마예요?", 4000), ("20만원의 30%는 얼마야?", 60000), ("200원의 5%", 10),
        ("sum of the numbers from 1 to 100", 5050), ("1부터 100까지의 합", 5050), ("sin 30°", 0.5),
    ],
)  # fmt: skip
def test_amounts_in_words_are_calculated(message: str, expected: float) -> None:
    assert value(exact(formulas(ask(message))[0])) == pytest.approx(expected)


@pytest.mark.parametrize(
    "message",
    [
        "5 km + 300 m",
         "시속 60 km로 3시간", "광합성 설명해줘", "I am using the piece here",
    ],
)  # fmt: skip
def test_what_is_no_formula_is_not_taken_for_one(message: str) -> None:
    assert understood(message) == "lost"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("solve for y: 2x + 3y = 6", r"y = 2 - \frac{2 x}{3}"), ("solve v = u + at for a", r"a = \frac{- u + v}{t}"),
        ("Problem 3: 2x = 9", r"x = \frac{9}{2}"), ("2:3 = x:12", "x = 8"),
        ("2x^2 - 3x - 2 = 0 using the quadratic formula", r"x = - \frac{1}{2}"),
    ],
)  # fmt: skip
def test_the_words_around_an_equation_are_not_part_of_it(message: str, expected: str) -> None:
    assert formulas(ask(message))[0] == expected


@pytest.mark.parametrize(
    "message",
    [
        "bye",
        "Minji: goodbye!",
        "thanks bye",
        "need help",
        "i hate math",
        "ok",
        "네!",
        "수학 너무 어려워요",
        "gn",
        "ㅎㅇ",
        "ㅋㅋㅋ",
        "👍",
        "ㅠㅠ",
        "😭😭",
        "넌 챗gpt야?",
    ],
)
def test_small_talk_is_answered_kindly_and_is_no_product_of_letters(message: str) -> None:
    assert understood(message) == "talk"
    assert r"\[" not in ask(message)


@pytest.mark.parametrize(
    ("messages", "right"),
    [
        (["give me a problem", "-3"], True), (["give me a problem", "is it 5?"], False),
        (["문제 하나 내줘", "x = -3"], True),
        (["derivative of x^2", "another one, let me try", "3x^2"], True),
        (["derivative of x^2", "another one, let me try", "2x"], False),
        (["2x + 3 = 7 so x = 2?"], True), (["check my answer: 2x+3=7, x=3"], False),
        (["is x=3 a solution of 2x = 6?"], True), (["3x+11=14", "I got 25/3, is that right?"], False),
        (["3x+11=14", "i got 1"], True), (["3x+11=14", "답이 2 아니에요?"], False), (["3x+11=14",
        "저는 1 나왔어요"], True),
        (["2x+3=11 답 4 맞죠?"], True), (["i got 5 for 2x+3=11, is that right?"], False), (["3*5, i got 12"], False),
        (["x^2-5x+6=0", "i got 2 and 3"], True), (["x+y=3, x-y=1", "x=2, y=1"], True),
        (["x+y=3, x-y=1", "x=1, y=2 맞아?"], False), (["x+y=3, x-y=1", "another one, let me try",
        "x=100, y=1"], False),
    ],
)  # fmt: skip
def test_a_try_is_judged(messages: list[str], right: bool) -> None:
    text = ask(*messages)
    assert text.startswith(("Yes", "네")) is right
    assert text.startswith(("Not quite", "아쉽")) is not right


def test_the_same_root_twice_is_but_one_of_two() -> None:
    assert "there is more" in ask("x^2-5x+6=0", "x=2 and x=2")


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("where did x-3 come from?", "Factor the left side"), ("how did you get x - 2 = 0", "A product is 0"),
        ("x-3은 어디서 나온 거예요? (in English)", "Factor the left side"),
    ],
)  # fmt: skip
def test_a_part_of_the_solution_is_explained_by_its_step(question: str, line: str) -> None:
    text = ask("x^2-5x+6=0", question)
    assert line in text
    assert "Answer" not in text


@pytest.mark.parametrize("puzzled", ["huh", "??", "what?", "엥? (in English)"])
def test_a_puzzled_student_gets_the_reasons(puzzled: str) -> None:
    assert "sides" in ask("3x + 11 = 14", puzzled)


def test_the_last_solution_is_told_in_another_language() -> None:
    assert "Subtract" in ask("3x+11=14 풀어줘", "in english please")
    assert "양변" in ask("3x+11=14", "한국어로")


@pytest.mark.parametrize(
    ("messages", "end"),
    [
        (["factor x^2-9", "what about x^2-16"], r"\left(x - 4\right) \left(x + 4\right)"),
        (["x^2-9 인수분해", "그럼 x^2-25는?"], r"\left(x - 5\right) \left(x + 5\right)"),
        (["derivative of x^2", "now x^3 + x"], "3 x^{2} + 1"),
    ],
)  # fmt: skip
def test_the_same_is_done_to_the_next_expression(messages: list[str], end: str) -> None:
    assert formulas(ask(*messages))[0] == end


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        ("give me a quadratic equation problem", "x^{2}"), ("연립방정식 문제 내줘", "cases"),
        ("give me an inequality problem", "<"), ("부등식 문제 하나 내줘", "<"),
    ],
)  # fmt: skip
def test_a_problem_is_set_on_the_topic_that_is_named(wanted: str, shown: str) -> None:
    assert shown in problem(ask(wanted))


def test_one_of_two_roots_is_right_and_there_is_more() -> None:
    assert "there is more" in ask("is x=3 a solution of x^2-5x+6=0?")


def test_a_problem_that_was_left_to_the_student_is_solved_on_request() -> None:
    messages = ["factor x^2+3x+2", "another one without the answer", "tell me the solution"]
    assert problem(ask(*messages)) == problem(ask(*messages[:2]))
    assert "(" in answer_line(ask(*messages))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("what is a derivative?", r"\frac{d}{dx}"), ("미분이 뭐야?", r"\frac{d}{dx}"),
        ("how do I solve quadratic equations?", "x^{2}"),
        ("연립방정식 푸는 방법 알려줘", "cases"), ("explain fractions please", r"\frac{1}{2}"),
    ],
)  # fmt: skip
def test_an_idea_is_explained_by_an_example_unless_the_files_know_it(message: str, shown: str) -> None:
    assert shown in problem(ask(message))
    assert reply([["user", message]])["understood"] == "lost"
    assert problem(ask(message, "하나 더")) != problem(ask(message))


@pytest.mark.parametrize("doubt", ["are you sure?", "is that right?", "no way", "다시 설명해줘", "정말요?"])
def test_a_doubt_is_met_with_the_reasons(doubt: str) -> None:
    assert "sides" in ask("3x + 11 = 14", f"{doubt} (in English)")


@pytest.mark.parametrize("message", ["find the vertex of y = x^2 - 4x + 3", "y = x^2 - 4x + 3 그래프"])
def test_a_parabola_is_described(message: str) -> None:
    text = ask(message)
    assert r"\left(2,\; -1\right)" in text
    assert formulas(text)[0] == r"y = \left(x - 2\right)^{2} - 1"


def test_the_square_is_completed() -> None:
    assert formulas(ask("complete the square x^2 + 6x + 5"))[0] == r"\left(x + 3\right)^{2} - 4"
    assert formulas(ask("2x^2 - 8x + 3 완전제곱식으로"))[0] == r"2\left(x - 2\right)^{2} - 5"


def test_an_unknown_that_falls_away_shows_what_is_left() -> None:
    assert "0 = 1" in ask("x = x + 1")


def test_angles_without_a_degree_sign_are_said_to_be_radians() -> None:
    assert "`sin 30°`" in ask("sin(30)")
    assert "radians" not in ask("sin(pi/6)")


def test_a_mentioned_name_does_not_decide_the_language() -> None:
    assert "쌤" not in reply([["user", "민지: hello there, say hi to @준호"]])["text"]
    assert reply([["user", "민지: hello there, say hi to @준호"]])["language"] == "en"
    assert reply([["user", "민지: 3x + 11 = 14"]])["language"] == "ko"


@pytest.mark.parametrize(
    "message",
    [
        "1. Solve 2x+1=7. 2. Factor x^2-9. 3. Differentiate x^4. 4. What is 20+21?",
        "Solve 2x+1=7\nFactor x^2-9\nDifferentiate x^4\nCalculate 20+21",
        "(1) 2x+1=7을 푸시오. (2) x^2-9를 인수분해하시오. (3) x^4을 미분하시오. (4) 20+21을 계산하시오.",
    ],
)
def test_each_exercise_gets_what_its_own_verb_asks(message: str) -> None:
    text = ask(message)
    parts = re.split(r"\*\*\(\d\)\*\*", text)[1:]
    shown = [formulas(part)[0] for part in parts]
    assert shown == ["x = 3", r"\left(x - 3\right) \left(x + 3\right)", "4 x^{3}", "41"]


def test_a_verb_in_front_of_several_exercises_is_for_all_of_them() -> None:
    parts = re.split(r"\*\*\(\d\)\*\*", ask("다음을 인수분해하시오. (1) x^2-4 (2) x^2+2x+1"))[1:]
    assert [formulas(part)[0].count("left(") for part in parts] == [2, 1]


def test_eight_exercises_are_all_answered() -> None:
    text = ask(" ".join(f"{place}) {place + 1}x = {(place + 1) ** 2}" for place in range(1, 9)))
    assert [f"**({place})**" in text for place in range(1, 10)] == [True] * 8 + [False]


@pytest.mark.parametrize("message", ["1+2+3+...+n", "1 + 4 + 9 + ... + 100", "3 + 5 + … = 20"])
def test_what_dots_stand_for_is_not_left_out(message: str) -> None:
    assert "read" in ask(message)
    assert "Answer" not in ask(message)


@pytest.mark.parametrize(
    "message",
    [
        "prove sqrt(2) is irrational", "prove that n^2+n is even", "√2가 무리수임을 증명해줘", "f(x)=2x+1 역함수",
        "range of x^2-4x+3", "domain of sqrt(x-3)", "variance of 3, 7, 1", "x^3 + 1을 x - 1로 나눈 나머지",
        "2, 3, 5, 7의 분산",
        "3.14159를 소수 둘째자리까지 반올림", "17 divided by 5 remainder",
    ],
)  # fmt: skip
def test_what_is_not_known_here_is_not_answered_with_something_else(message: str) -> None:
    assert understood(message) == "lost"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("근의 공식이 뭐야?", r"\pm"),
        ("how do I divide fractions?", r"\frac{1}{2}}{"),
        ("분수 곱셈 어떻게 해?", r"\times"),
    ],
)
def test_the_example_is_of_what_was_asked_about(message: str, shown: str) -> None:
    assert shown in ask(message)


def test_an_integral_that_only_a_series_could_name_has_no_formula() -> None:
    assert "no formula" in ask("integrate ln(x) cos(x^2)")


@pytest.mark.parametrize(
    "messages",
    [
        ["2x^2-7x+3=0 근의공식으로 풀어줘"], ["solve 2x^2-7x+3=0 with the quadratic formula"],
        ["2x^2-7x+3=0", "use the quadratic formula"], ["2x^2-7x+3=0", "근의 공식으로 풀어줘"],
    ],
)  # fmt: skip
def test_the_quadratic_formula_is_used_where_it_is_asked_for(messages: list[str]) -> None:
    text = ask(*messages)
    assert r"\pm \sqrt{25}" in text
    assert formulas(text) == [r"x = \frac{1}{2}", "x = 3"]


@pytest.mark.parametrize(
    ("message", "prime"), [("is 51 prime?", False), ("91은 소수인가요?", False), ("is 97 prime?", True)]
)
def test_whether_a_number_is_prime_is_said_in_so_many_words(message: str, prime: bool) -> None:
    line = answer_line(ask(message))
    assert ("no prime" in line or "아닙니다" in line) is not prime
