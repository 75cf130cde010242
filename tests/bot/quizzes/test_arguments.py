"""What the model sends as a quiz: taken, mended on the way, or sent back with what is wrong."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quizzes.arguments import FUNCTION, Quiz, QuizError, parse_quiz
from tests.bot.quizzes.example_quizzes import CITY_PLAN, FRACTIONS


def question(**changes: Any) -> dict[str, Any]:
    return {"question_text": "Which?", "choices": ["this", "that"], **changes}


def quiz_of(*questions: Any, title: Any = "A quiz") -> str:
    return json.dumps({"title": title, "questions": questions})


def problems_of(arguments: str) -> tuple[str, ...]:
    with pytest.raises(QuizError) as caught:
        parse_quiz(arguments)
    return caught.value.problems


def test_the_tutorials_form_is_taken_word_for_word() -> None:
    quiz = parse_quiz(json.dumps(CITY_PLAN))
    assert quiz.title == "수원도시기본계획 퀴즈"
    assert [list(each.choices) for each in quiz.questions] == [each["choices"] for each in CITY_PLAN["questions"]]
    assert not quiz.graded


def test_the_full_form_carries_answers_and_explanations() -> None:
    quiz = parse_quiz(json.dumps(FRACTIONS))
    assert [each.answer for each in quiz.questions] == [1, 2, 0]
    assert quiz.questions[0].explanation == "3/6 + 2/6 = 5/6."
    assert quiz.questions[2].explanation is None
    assert quiz.graded


def test_the_schema_that_the_model_gets_holds_the_tutorials_one() -> None:
    asked = copy.deepcopy(FUNCTION)
    assert asked["name"] == "generate_quiz"
    assert asked["description"].startswith(
        "Generate a quiz to the student, and returns the student's response. A single quiz has multiple questions."
    )
    parameters = asked["parameters"]
    assert parameters["required"] == ["title", "questions"]
    item = parameters["properties"]["questions"]["items"]
    assert item["required"] == ["question_text", "choices"]
    assert set(item["properties"]) == {"question_text", "choices", "answer", "explanation"}


@pytest.mark.parametrize("answer", [2, 2.0, "four", " four "])
def test_an_answer_may_be_an_index_or_the_text_of_a_choice(answer: Any) -> None:
    quiz = parse_quiz(quiz_of(question(choices=["two", "three", "four"], answer=answer)))
    assert quiz.questions[0].answer == 2


def test_questions_sent_as_a_string_of_json_are_read() -> None:
    quiz = parse_quiz(json.dumps({"title": "A quiz", "questions": json.dumps([question()])}))
    assert quiz.questions[0].choices == ("this", "that")


def test_what_no_message_can_carry_is_left_out() -> None:
    raw = '{"title": "A\\u0000 quiz\\ud800", "questions": [{"question_text": " a\\u202eb ", "choices": ["x", "y"]}]}'
    quiz = parse_quiz(raw)
    assert (quiz.title, quiz.questions[0].question_text) == ("A quiz", "ab")
    quiz.title.encode()


def test_an_explanation_that_is_too_long_is_cut_rather_than_sent_back() -> None:
    quiz = parse_quiz(quiz_of(question(explanation="because " * 1_000)))
    assert quiz.questions[0].explanation is not None
    assert len(quiz.questions[0].explanation) <= 1_000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("{", "not valid JSON"),
        ("", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "must be an object"),
        ("{}", "`title` is missing"),
        (quiz_of(title=""), "`title` is empty"),
        (quiz_of(title="\u200b"), "`title` is empty"),
        (quiz_of(), "`questions` has 0 items; 1 to 25 are possible"),
        (quiz_of(*[question(question_text=f"{n}?") for n in range(26)]), "`questions` has 26 items"),
        (quiz_of("what?"), "Question 1 must be an object"),
        (
            quiz_of(question(), question(question_text="B?", choices=["one"])),
            "Question 2: `choices` has 1 items; 2 to 10",
        ),
        (quiz_of(question(choices=[str(n) for n in range(30)])), "Question 1: `choices` has 30 items"),
        (quiz_of(question(choices="this or that")), "Question 1: `choices` must be an array"),
        (quiz_of(question(choices=["this", 2])), "Question 1, choice 2 must be a string"),
        (quiz_of(question(choices=["this", "  "])), "Question 1, choice 2 is empty"),
        (quiz_of(question(choices=["x" * 5_000, "y"])), "Question 1, choice 1 is 5000 characters long; at most 500"),
        (quiz_of(question(question_text="x" * 1_501)), "`question_text` is 1501 characters long; at most 1500"),
        (quiz_of(question(choices=["same", "same "])), 'Question 1 has the choice "same" twice'),
        (quiz_of(question(choices=["a  b", "a b", "c"])), 'Question 1 has the choice "a b" twice'),
        (quiz_of(question(), question()), "asks question 1 again as question 2"),
        (quiz_of(question(answer=2)), "has the answer 2, but its choices are counted from 0 to 1"),
        (quiz_of(question(answer=-1)), "has the answer -1"),
        (quiz_of(question(answer="2")), "`answer` must be the index of the right choice"),
        (quiz_of(question(answer=True)), "`answer` must be the index of the right choice"),
        (
            quiz_of(question(question_text="*" * 1_400, choices=["*" * n for n in range(400, 500, 20)])),
            "at most 2800 fit",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(arguments: str, said: str) -> None:
    problems = problems_of(arguments)
    assert any(said in problem for problem in problems), problems
    assert all(problem.endswith(".") for problem in problems)


def test_the_sentences_are_few_however_much_is_wrong() -> None:
    problems = problems_of(quiz_of(*[question(question_text=f"{n}?", choices=[], answer="?") for n in range(25)]))
    assert len(problems) <= 13
    assert "more problems" in problems[-1]


junk: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["title", "questions", "choices", "x"]), inner),
    max_leaves=20,
)


@given(junk, st.lists(st.fixed_dictionaries({"question_text": junk, "choices": junk}, optional={"answer": junk})))
def test_anything_is_either_a_quiz_or_refused_with_sentences(title: Any, questions: list[Any]) -> None:
    try:
        quiz = parse_quiz(json.dumps({"title": title, "questions": questions}))
    except QuizError as refused:
        problems = refused.problems
    else:
        problems = ("none",)
        assert Quiz.model_validate_json(quiz.model_dump_json()) == quiz
    assert problems
