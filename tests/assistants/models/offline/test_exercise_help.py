"""Help from the solver's steps: when it is given, and what it holds."""

import json

import pytest

from assistants.models.offline.exercise_help import help_for
from assistants.models.offline.exercise_results import results_of_help, same_words, word_after
from bot.hints.help_arguments import parse_help
from bot.hints.ladder_report import ladder_note, ladder_output
from bot.hints.ladder_session import Answered, LadderSession, SolutionAsked, apply_to_ladder
from maths.keys.student_answers import judge
from maths.keys.told_answers import check_help

EXERCISES = [
    ("solve 2x + 3 = 9", "x = 3"),
    ("2x + 3 = 9 풀어줘", "3"),
    ("1/2 + 1/3", "5/6"),
    ("derivative of x^2 sin x", "2x sin(x) + x^2 cos(x)"),
    ("x^2 - 5x + 6 = 0", "2, 3"),
    ("integral of 2x", "x^2 + C"),
    ("x + y = 3, x - y = 1", "(2, 1)"),
    ("x = x + 1", "no solution"),
    ("2x + 1 < 7", "x < 3"),
    ("15% of 80", "12"),
    ("factor x^2 - 4", "(x+2)(x-2)"),
    ("A train travels 120 km in 2 hours. What is its speed?", "60 km/h"),
    ("x^2 - 5x + 6을 인수분해해줘", "(x-2)(x-3)"),
]


@pytest.mark.parametrize(("message", "answer"), EXERCISES)
def test_an_exercise_in_guide_gets_hints_that_do_not_tell(message: str, answer: str) -> None:
    given = help_for([["user", f"Alex: {message}"]], None, True)
    assert given is not None
    parsed = parse_help(json.dumps(given))
    assert judge(parsed.problem, parsed.answer, answer) == "right"
    assert check_help(parsed.problem, list(parsed.hints), parsed.answer) == {
        "problem": False,
        "hints": [False] * len(parsed.hints),
    }


@pytest.mark.parametrize("guide", [True, False])
def test_a_hint_is_given_in_both_modes(guide: bool) -> None:
    messages = [["user", "Alex: give me a hint for 2x + 3 = 9"]]
    assert help_for(messages, None, guide) is not None
    messages += [["assistant", ""], ["user", "Alex: another hint"]]
    assert help_for(messages, None, guide) is None


@pytest.mark.parametrize(
    "message",
    [
        "what is a derivative?",
        "hello",
        "thanks!",
        "explain fractions",
        "도함수가 뭐예요?",
        "",
        "2x + 3 = 9 ⇒ 2x = 6 ⇒ x = 4",
    ],
)
def test_ideas_talk_and_own_working_get_no_ladder(message: str) -> None:
    assert help_for([["user", f"Alex: {message}"]], None, True) is None


def test_in_answer_an_exercise_is_answered() -> None:
    assert help_for([["user", "Alex: solve 2x + 3 = 9"]], None, False) is None


def test_another_one_like_that_is_an_exercise_in_guide() -> None:
    messages = [["user", "Alex: solve 2x + 3 = 9"], ["assistant", ""], ["user", "Alex: another one like that"]]
    given = help_for(messages, None, True)
    assert given is not None
    assert "2 x + 3 = 9" not in given["problem"]


def test_the_word_after_it() -> None:
    help_ = parse_help(json.dumps(help_for([["user", "solve 2x + 3 = 9"]], None, True)))
    begun = LadderSession(help_, 1, "guide", 2, 0.0)
    at_once = apply_to_ladder(begun, Answered(1, "3", "right", 1.0)).session
    tried = apply_to_ladder(begun, Answered(1, "4", "wrong", 1.0)).session
    late = apply_to_ladder(tried, Answered(1, "3", "right", 2.0)).session
    shown = apply_to_ladder(LadderSession(help_, 1, "answer", 2, 0.0), SolutionAsked(1, 1.0)).session
    assert "one hint was enough" in word_after(ladder_output(at_once, "completed"), "en")
    assert "끝까지 해냈어요" in word_after(ladder_output(late, "completed"), "ko")
    assert "Go through the steps once more" in word_after(ladder_output(shown, "completed"), "en")
    told = results_of_help(ladder_note("{}", shown))
    assert told is not None
    assert "Go through" in word_after(told, "en")
    assert results_of_help("Alex: [results] give_help") is None


def test_a_judgement_by_words_alone() -> None:
    asked = json.dumps({"problem": "?", "right_answer": "the  Mean", "students_answer": "the mean"})
    assert same_words(asked) == {"verdict": "right"}
    assert same_words(asked.replace("the mean", "the median")) is None
    assert same_words("no json") is None
