"""Hints that hold the answer back, and explanations of ideas."""

import re

import pytest

from assistants.models.offline.explanations.explanation_lookup import IDEAS, explanation_of
from assistants.models.offline.tutor import reply
from maths.reading.message_reader import read_message
from maths.solving.solver import solve
from maths.telling.hints import hints_of
from maths.telling.wording import Wording
from tests.maths.asking import answer_line, ask, understood

PROBLEMS = [
    "3x + 11 = 14", "x^2 - 5x + 6 = 0", "2x+y=5, x-y=1", "derivative of x^2 sin x", "integral of x^2 from 0 "
            "to 1", "factor x^2+5x+6",
    "|x - 3| = 5", "1/2 + 1/3", "√72", "2x + 1 < 7", "gcd of 12 and 18", "lim x->1 "
            "(x^2-1)/(x-1)", "expand (x+1)(x+2)", "15% of 80",
    "Find the area of a circle with radius 5 cm", "How long does it take to go 300 km at 60 "
                                                  "km/h?", "60의 소인수분해", "x^2 + x - 1 = 0",
    "2^x = 8", "sqrt(x+1) = x - 1", "(x+1)/(x-2) = 3", "2 + 3 * (4 - 1)^2",
]  # fmt: skip


def hints(first: str, more: str = "another hint", most: int = 12) -> list[str]:
    """All hints for a problem, until the tutor has no more."""
    said: list[list[str]] = [["user", first]]
    found: list[str] = []
    for _ in range(most):
        text = reply(said)["text"]
        shown = re.search(r"\*\*(?:Hint|힌트) .+", text)
        if not shown:
            assert re.search("all my hints|힌트는 여기까지", text)
            return found
        found.append(shown[0])
        said += [["assistant", text], ["user", more]]
    raise AssertionError(found)


@pytest.mark.parametrize(
    "wish", ["give me a hint", "just a hint please", "don't tell me the answer", "힌트만", "답은 말하지 마"]
)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_hints_come_step_by_step_and_never_tell_the_answer(problem: str, wish: str) -> None:
    told = hints(f"{problem} {wish}")
    assert told
    result = answer_line(ask(problem)).split(" — ")[0]
    (read,) = read_message(problem).problems
    assert len(told) == max(1, len(hints_of(solve(read), Wording("en"))))
    assert not any(result in one for one in told)
    assert not any("Answer:" in one or "답:" in one for one in told)


@pytest.mark.parametrize("more", ["another hint", "next", "one more", "more please", "힌트 하나 더", "다음", "더"])
def test_asking_again_brings_the_next_hint(more: str) -> None:
    first = ask("3x + 11 = 14", "give me a hint")
    assert r"Subtract \(11\)" in first
    assert re.search(r"\(3 x = 3\\\)", ask("3x + 11 = 14", "give me a hint", more))


@pytest.mark.parametrize(
    "wish", ["show me the solution", "what is the answer?", "I give up", "풀이 보여줘", "정답 알려줘"]
)
def test_the_solution_comes_when_it_is_asked_for(wish: str) -> None:
    assert "x = 1" in answer_line(ask("3x + 11 = 14 hint", wish))


def test_an_answer_after_a_hint_is_judged_without_telling() -> None:
    assert "x = 1" not in ask("3x + 11 = 14 hint", "x = 2")
    assert "Not quite" in ask("3x + 11 = 14 hint", "x = 2")
    assert "that is right" in ask("3x + 11 = 14 hint", "x = 2", "x = 1")
    assert "3" not in ask("x^2 - 5x + 6 = 0 just a hint", "x = 2")


def test_a_new_problem_after_a_hint_is_solved() -> None:
    assert r"\(x = 4\)" in answer_line(ask("3x + 11 = 14 hint", "2x = 8"))


def test_a_hint_for_nothing_asks_what_is_meant() -> None:
    assert "Which problem" in ask("give me a hint")
    assert "어떤 문제" in ask("힌트 줘")


def test_a_list_can_have_hints() -> None:
    text = ask("(1) 2x=6 (2) 3x+1=10 hints only")
    assert "Answer:" not in text
    assert text.count("**Hint 1") == 2


@pytest.mark.parametrize(
    "message", ["I don't get the answer", "I don't understand the solution", "답이 이해가 안 돼요"]
)
def test_not_understanding_an_answer_is_no_wish_to_hide_it(message: str) -> None:
    assert "Answer:" in ask("3x + 11 = 14", message) or "답:" in ask("3x + 11 = 14", message)


EXPLAINED = [
    ("what is a derivative?", "slope"), ("explain fractions", "denominator"), ("피타고라스 정리가 뭐야?", "빗변"),
    ("how to solve quadratic equations", "quadratic "
                                         "formula"), ("이차방정식 푸는 방법", "근의 공식"), ("what is the "
            "pythagorean theorem?", "hypotenuse"),
    ("미분이 뭐예요?", "변화율"), ("적분이란?", "부정적분"), ("what are prime "
                                             "numbers", "divisors"), ("소수가 뭐야?", "약수"),
    ("explain the chain rule", "inner"), ("how do I factor "
                                          "quadratics?", "product"), ("인수분해 설명해줘", "공통인수"),
                                          ("what is a logarithm", "exponent"),
    ("로그가 뭔가요?", "제곱해야"), ("what is sine?", "hypotenuse"), ("삼각비 알려줘", "빗변"), ("how do you add "
            "fractions", "common denominator"),
    ("분수의 나눗셈 어떻게 해요?", "뒤집어"), ("what is a "
                                 "function?", "exactly one"), ("함수가 뭐예요", "대응"), ("explain limits", "near"),
    ("극한의 뜻", "가까워지는"), ("order of operations?", "brackets"), ("what is standard "
            "deviation", "square root"), ("표준편차 설명해 주세요", "흩어진"),
    ("what is probability?", "outcomes"), ("확률이 뭐야", "경우"), ("how do I find the area of a "
            "circle?", r"\pi r^2"), ("원의 넓이 구하는 법", r"\pi r^2"),
    ("what is slope", "grows"), ("기울기가 뭐야?", "기울기"), ("explain percentages",
    "hundred"), ("what are complex numbers?", "i^2"),
    ("등차수열 공식", "공차"), ("geometric sequence formula", "ratio"), ("integration by "
            "parts", "product rule"), ("부분적분 방법", "곱의 미분법"),
    ("what is calculus", "change"), ("연립방정식 푸는 방법", "가감법"), ("explain inequalities", "negative"),
    ("what is a vector?", "direction"),
    ("median and "
     "mode?", "middle"), ("최대공약수 구하는 방법", "소인수"), ("what is speed?", "distance"), ("what is the "
            "quadratic formula", "pm"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "word"), EXPLAINED, ids=[question for question, _ in EXPLAINED])
def test_an_idea_is_explained_with_an_example(question: str, word: str) -> None:
    text = ask(question)
    assert word in text
    assert bool(re.search("[가-힣]", text)) == bool(re.search("[가-힣]", question))
    assert re.search(r"Answer:|답:|example|예를|[Ff]or |[Ww]ith |=|이면", text)
    assert understood(question) == "lost"  # the files are looked at first


def test_a_question_on_an_idea_is_not_about_the_last_problem() -> None:
    text = ask("2x+y=5, x-y=1", "how to solve quadratic equations")
    assert "x - y" not in text
    assert "quadratic formula" in text
    assert "x^{2}" in ask("2x+y=5, x-y=1", "how to solve quadratic equations", "another one like that")


@pytest.mark.parametrize(
    "message",
    ["how do I solve this equation?", "why?", "explain step 1", "Tell me about photosynthesis", "what is the "
            "target year of the plan for 2030?",
     "who won the war in 1914-1918 and why", "What are the main goals of the city's housing policy and its "
                                             "limits by 2030?", "광합성 설명해줘"],
)  # fmt: skip
def test_other_questions_get_no_explanation_of_an_idea(message: str) -> None:
    assert all(idea.texts[0][:40] not in ask("3x = 6", message) for idea in IDEAS)


@pytest.mark.parametrize("idea", IDEAS, ids=[idea.words[:30] for idea in IDEAS])
def test_every_explanation_has_both_languages_and_an_example(idea: object) -> None:
    from assistants.models.offline.explanations.explanation import Explanation

    assert isinstance(idea, Explanation)
    english, korean = idea.texts
    assert re.search("[가-힣]", korean)
    assert not re.search("[가-힣]", english)
    assert sorted(re.findall(r"\\\(", english)) == sorted(re.findall(r"\\\)", english)) or english.count(
        "\\("
    ) == english.count("\\)")
    assert korean.count("\\(") == korean.count("\\)")
    assert idea.example is not None or re.search(r"\d", english)


def test_questions_are_told_from_statements() -> None:
    assert explanation_of("what is a derivative?")
    assert explanation_of("derivatives")
    assert explanation_of("my essay on the mean streets of Chicago is due") is None
    assert explanation_of("the limit for luggage is 20 kg, what does the airline say about more?") is None


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("삼각함수가 뭐야?", "빗변"), ("지수함수가 뭐예요?", "지수"), ("일차함수란?", "직선"), ("함수가 뭐야?", "대응"),
        ("방정식이 뭐야?", "미지수"), ("what is a quadratic function?", "parabola"),
        ("what is a function?", "exactly one"),
    ],
)  # fmt: skip
def test_a_name_within_a_longer_one_names_nothing(question: str, words: str) -> None:
    assert words in ask(question)


@pytest.mark.parametrize("question", ["역함수가 뭐야?", "합성함수 설명해줘", "what is the inverse function?"])
def test_what_is_not_known_gets_no_other_ideas_explanation(question: str) -> None:
    assert understood(question) == "lost"
    assert "f(x) = 2x + 1" not in ask(question)
