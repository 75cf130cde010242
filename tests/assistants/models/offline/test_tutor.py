"""What the tutor makes of a conversation: follow-ups, answers, small talk, hostile input."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import maths
from assistants.models.offline.tutor import reply
from tests.maths.asking import answer_line, ask, formulas, problem, understood
from tests.maths.latex_value import value


@pytest.mark.parametrize(
    "wish",
    [
        "another one like that", "Another one like that, please!", "can you give me a similar problem?", "one more",
        "설명 감사합니다. 다른 비슷한 문제를 출제해 주시고 다시 설명해 주실 수 있나요?", "비슷한 문제 하나 더 내줘",
        "Jun: another one!",
    ],
)  # fmt: skip
def test_another_problem_is_of_the_same_kind_and_solved(wish: str) -> None:
    text = ask("3x + 11 = 14", wish)
    assert problem(text) != "3 x + 11 = 14"
    left, right = problem(text).split("=")
    root = value(formulas(text)[0].removeprefix("x = "))
    assert value(left, x=root) == value(right, x=root)


def test_each_further_problem_is_another_one_and_the_same_when_asked_again() -> None:
    messages = ["3x + 11 = 14", *["another one like that"] * 4]
    problems = [problem(ask(*messages[:count])) for count in range(1, 6)]
    assert len(set(problems)) == 5
    assert problem(ask(*messages)) == problems[-1]


@pytest.mark.parametrize(
    "first",
    [
        "x^2 - 5x + 6 = 0", "2x+y=5, x-y=1", "derivative of x^2 sin x", "∫ x^2 dx", "factor x^2+3x+2", "1/2 + 1/3",
        "2x + 1 < 7",
        "lim x->1 (x^2-1)/(x-1)", "expand (x+1)(x+2)", "√72", "15% of 80", "gcd of 12 and 18", "60의 소인수분해",
        "sin x = 1/2",
        "|x - 3| = 5", "2^x = 8", "1/x = 4", "simplify 3x + 2x - 4", "∫_0^1 x dx", "sqrt(x+1) = 3",
    ],
)  # fmt: skip
def test_every_kind_of_problem_has_another_of_its_kind(first: str) -> None:
    text = ask(first, "하나 더" if re.search("[가-힣]", first) else "another one like that")
    assert problem(text) != problem(ask(first))
    assert answer_line(text)
    assert text.split("\\[")[0].split(". ", 1)[-1] == ask(first).split("\\[")[0]


def test_a_problem_is_set_without_its_solution_for_a_student_who_wants_to_try() -> None:
    text = ask("3x + 11 = 14", "another one but don't tell me the answer")
    assert "Answer:" not in text
    left, right = problem(text).split("=")
    root = next(x for x in range(-40, 41) if value(left, x=x) == value(right, x=x))
    messages = ("3x + 11 = 14", "another one but don't tell me the answer")
    assert "right" in ask(*messages, f"x = {root}")
    wrong = ask(*messages, f"is it x = {root + 1}?")
    assert "Not quite" in wrong
    assert problem(wrong) == problem(text)


def test_the_students_own_answer_is_checked() -> None:
    assert "맞았어요" in ask("x - 2 = 1 풀어줘", "x = 3 맞나요?")
    assert "there is more" in ask("x^2 = 4", "x = 2")


@pytest.mark.parametrize(
    ("message", "place"), [("explain step 2", 2), ("2단계를 설명해 주세요", 2), ("why did you do the first step?", 1)]
)
def test_a_step_is_explained(message: str, place: int) -> None:
    text = ask("3x + 11 = 14", message)
    steps = ask("3x + 11 = 14")
    wanted = re.search(rf"^{place}\. .*?(\\\(x = 1\\\)|\\\(3 x = 3\\\))$", steps, re.MULTILINE)
    assert wanted
    assert wanted[1] in text
    assert len(text.splitlines()[-1]) > 20


def test_a_step_that_does_not_exist_is_said_so() -> None:
    assert "There is no step 9; there are 2." in ask("3x + 11 = 14", "explain step 9")


@pytest.mark.parametrize("message", ["why?", "왜요?", "I don't understand", "이해가 안 돼요", "explain it please"])
def test_why_gives_the_reason_for_each_step(message: str) -> None:
    plain, reasoned = ask("3x + 11 = 14"), ask("3x + 11 = 14", message)
    assert len(reasoned) > len(plain)
    assert formulas(reasoned) == formulas(plain) or "x = 1" in answer_line(reasoned)


def test_the_last_expression_can_be_worked_on_further() -> None:
    assert "2 x + 3" in answer_line(ask("factor x^2 + 3x + 2", "now differentiate it"))
    assert "x = -2" in answer_line(ask("x^2 + 3x + 2를 인수분해해줘", "이제 0이 되는 x를 풀어줘"))


def test_a_reply_to_a_message_is_about_the_problem_quoted_in_it() -> None:
    quoted = "Minji (on “Let's solve the equation 5x = 20”): {}"
    assert problem(ask(quoted.format("why?"))) == "5 x = 20"
    assert "x = 3" in answer_line(ask(quoted.format("and what about x + 1 = 4?")))


def test_several_problems_in_one_message_are_all_answered() -> None:
    text = ask("1) 2x + 3 = 7\n2) x^2 - 4 = 0\n3) 5x = 10")
    assert text.count("Answer:") == 3
    assert re.findall(r"\*\*\((\d)\)\*\*", text) == ["1", "2", "3"]


def test_two_students_who_wrote_at_once_both_get_an_answer() -> None:
    text = reply([["user", "Minji: 3x = 9"], ["user", "Jun: x + 1 = 5"]])["text"]
    assert "x = 3" in text
    assert "x = 4" in text


@pytest.mark.parametrize(
    "message",
    [
        "Thanks!",
        "thank you so much",
        "감사합니다",
        "고마워요 쌤",
        "hello",
        "Hi there",
        "안녕하세요",
        "what can you do?",
        "뭐 할 수 있어?",
        "",
    ],
)
def test_small_talk_gets_small_talk(message: str) -> None:
    said = reply([["user", message]])
    assert said["understood"] == "talk"
    assert bool(re.search("[가-힣]", said["text"])) == bool(re.search("[가-힣]", message))


@pytest.mark.parametrize(
    "message",
    [
        "What is the target year of the plan for 2030?", "수원시 도시기본계획의 목표연도는 언제인가요?",
        "who won the war in 1914-1918 and why",
        "Tell me about photosynthesis", "I am 15 years old and live at number 7", "see page 12, exercise A",
        "2025-2030 계획의 목표는 무엇인가요?",
        "What does chapter 3 say about cells?", "Is it a dog or a cat?",
    ],
)  # fmt: skip
def test_what_is_not_mathematics_is_not_taken_for_it(message: str) -> None:
    assert understood(message) == "lost"


def test_the_language_follows_the_student_and_wishes() -> None:
    assert "Answer:" in ask("3x = 6")
    assert "답:" in ask("3x = 6 풀어줘", "2x = 8")
    assert "답:" in ask("solve 3x = 6 in Korean")
    assert "Answer:" in ask("3x = 6 영어로 풀어줘")
    assert "답:" in reply([["user", "solve 3x = 6"]], "ko")["text"]


HOSTILE = [
    "__import__('os').getcwd()", "3 + __import__('os').getcwd()", "9**9**9", "10**10**10", "2^(3^(4^5))",
    "factorial(10**9)",
    "10000000!", "5!!!!", "(" * 10_000 + "1" + ")" * 10_000, "1" * 10_000, "x^" * 500 + "2", "-" * 3_000 + "1",
    "((((((((((", "1/0", "0^-1",
    "0/0 = x", "(x+1)^1000 expand", "expand (a+b+c+d)^40", "eval('2+2')", "exec(\"x=1\")", "lambda x: x",
    "x.__class__.__mro__",
    "\\frac{1}{", "\\frac\\frac\\frac", "\\sqrt", "∫", "∫∫∫", "d/dx", "lim", "= = =", "^^^", "!!!", "|||||",
    "{}[]()", "%%%", "√", "√√√√2",
    "1e400", "1.1.1.1.1", "binom(10**9, 5)", "gcd(2^3000, 6^2000)", "2^99999999999999999999999", "x = x = x",
    "sin sin sin x",
    "\u202e3x + 11 = 14", "3x\x00 + 11 = 14", "🙂🙂🙂", "\\begin{cases}" * 50, "a" * 4_000, "의" * 4_000 + "제곱근",
    "log(0)", "ln(-1)",
    "sum of 1/k for k from 1 to 10^100", "\\sum_{k=1}^{1000000000} k^2", "\\prod_{k=1}^{1000000} k",
    "e^(e^(e^(e^10)))",
    "2^0.5^0.5^0.5", "100000000000000000003 소인수분해",
]  # fmt: skip


@pytest.mark.parametrize("message", HOSTILE, ids=[message[:24] for message in HOSTILE])
def test_hostile_input_gets_a_sentence(message: str) -> None:
    said = reply([["user", message]])
    assert said["text"].strip()
    assert len(said["text"]) < 4_000
    assert "Traceback" not in said["text"]


@pytest.mark.parametrize("message", ["9**9**9", "10**10**10", "factorial(10**9)", "2^99999999999999999999999"])
def test_a_number_beyond_reason_is_refused_in_words(message: str) -> None:
    assert "too large" in ask(message)


def test_what_would_execute_something_is_only_text() -> None:
    for message in ("__import__('os').getcwd()", "eval('2+2')", "x.__class__.__mro__"):
        assert "main" not in ask(message).split("`")[0]
        assert understood(message) in {"lost", "maths"}


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789xyab+-*/^()=<>!%.,| \\{}√∫πe수의를제곱", max_size=30))
def test_any_text_gets_an_answer(message: str) -> None:
    assert reply([["user", message]])["text"].strip()


def test_a_worker_that_tutors_loads_nothing_of_the_server() -> None:
    code = (
        "import sys, assistants.models.offline.tutor\n"
        "server = {'aiohttp', 'asyncio', 'fastapi', 'httpx', 'openai', 'pydantic', 'structlog', 'workers'}\n"
        "print(sorted(server & set(sys.modules)))"
    )
    root = Path(maths.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
