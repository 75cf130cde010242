"""What the model sends as a quiz: taken, mended on the way, or sent back with what is wrong."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quizzes.arguments.function_schema import FUNCTION
from bot.quizzes.arguments.parsing import QuizError, parse_quiz
from bot.quizzes.arguments.quiz import Quiz
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


EXTRAS = {"topic", "slips", "passage", "source"}


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
    assert set(item["properties"]) == {"question_text", "choices", "answer", "explanation", *EXTRAS}


@pytest.mark.parametrize("answer", [2, 2.0, "four", " four "])
def test_an_answer_may_be_an_index_or_the_text_of_a_choice(answer: Any) -> None:
    quiz = parse_quiz(quiz_of(question(choices=["two", "three", "four"], answer=answer)))
    assert quiz.questions[0].answer == 2


THREE = ["two", "three", "four"]
PLAIN = {
    "a letter": (THREE, {"answer": "B"}),
    "a small letter": (THREE, {"answer": "b"}),
    "a letter with a bracket": (THREE, {"answer": "B)"}),
    "a letter in brackets": (THREE, {"answer": "(B)"}),
    "a letter in a sentence": (THREE, {"answer": "The correct answer is B."}),
    "an option's letter": (THREE, {"answer": "Option B"}),
    "a letter in Korean": (THREE, {"answer": "정답: B"}),
    "a letter with the text": (THREE, {"answer": "B) three"}),
    "the text": (THREE, {"answer": "Three."}),
    "the text in dollars": (["$2$", "$3$"], {"answer": "3"}),
    "true": (["False", "True"], {"answer": True}),
    "false in Korean": (["참", "거짓"], {"answer": False}),
    "the word true": (["거짓", "참"], {"answer": "true"}),
    "yes for true": (["No", "Yes"], {"answer": True}),
    "one that counts from 1, as the last of as many shows": (["a", "b"], {"answer": 2}),
    "an index that no choice but a text has": ([4, 5, 6], {"answer": 5}),
    "numbers, and the text of one": ([4, 5, 6], {"answer": "5"}),
    "an array of one": (THREE, {"answer": ["B"]}),
    "an object": (THREE, {"answer": {"label": "B", "text": "three"}}),
    "an object with an index": (THREE, {"answer": {"index": 1}}),
    "correct_option_index": (THREE, {"correct_option_index": 1}),
    "correctAnswerIndex": (THREE, {"correctAnswerIndex": 1}),
    "correct_answer": (THREE, {"correct_answer": "three"}),
    "correct_option": (THREE, {"correct_option": "B"}),
    "a number that says so": (THREE, {"answer_number": 2}),
    "labelled texts": (["A) 2/5", "B) 5/6"], {"answer": "B"}),
    "labelled texts, and one of them": (["A. 2/5", "B. 5/6"], {"answer": "B. 5/6"}),
    "labelled texts, and one without its label": (["(a) 2/5", "(b) 5/6"], {"answer": "5/6"}),
    "an object of labels": ({"A": "2/5", "B": "5/6"}, {"answer": "B"}),
    "an object of numbers": ({"A": 2, "B": 4.5}, {"answer": "4.5"}),
    "an object of what is right": ({"2/5": False, "5/6": True}, {}),
    "objects with labels": ([{"label": "A", "text": "2/5"}, {"label": "B", "text": "5/6"}], {"answer": "B"}),
    "objects with what is right": ([{"text": "2/5"}, {"text": "5/6", "is_correct": True}], {}),
    "objects of one": ([{"A": "2/5"}, {"B": "5/6"}], {"answer": "B"}),
    "lines": ("A) 2/5\nB) 5/6", {"answer": "B"}),
    "their own numbers": (["1) 2/5", "2) 5/6"], {"answer": "2)"}),
    "their own signs": (["① 2/5", "② 5/6"], {"answer": "②"}),
    "their own signs, by number": (["① 2/5", "② 5/6"], {"answer": "2번"}),
    "their own signs, by letter": (["① 2/5", "② 5/6"], {"answer": "B"}),
    "their own signs, without the sign": (["① ㄱ", "② ㄱ, ㄴ"], {"answer": "ㄱ, ㄴ"}),
    "their own numbers by key": ({"1": "2/5", "2": "5/6"}, {"answer": 2}),
    "bold labels": (["**A)** 2/5", "**B)** 5/6"], {"answer": "5/6"}),
    "labels in words": (["Option A: 2/5", "Option B: 5/6"], {"answer": "B"}),
    "a Korean number": (THREE, {"answer": "2번"}),
    "a Korean number in a sentence": (THREE, {"answer": "정답은 ②번입니다."}),
    "a Korean place": (THREE, {"answer": "보기 2"}),
    "a circled number": (THREE, {"answer": "②"}),
    "a circled number with the text": (THREE, {"answer": "② three"}),
    "a Korean letter in a sentence": (THREE, {"answer": "정답은 B입니다"}),
    "a letter that is correct": (THREE, {"answer": "B is correct."}),
    "a bold letter": (THREE, {"answer": "**B**"}),
    "a bold letter with the text": (THREE, {"answer": "**B)** three"}),
    "a quoted letter": (THREE, {"answer": '"B"'}),
    "a wide letter": (THREE, {"answer": "Ｂ"}),
    "the letter behind the text": (THREE, {"answer": "three (B)"}),
    "the text in brackets": (THREE, {"answer": "B (three)"}),
    "the text with other spaces": (["$x = 1$", "$x = 2$"], {"answer": "x=2"}),
    "the unit without a space": (["3 cm", "4 cm"], {"answer": "4cm"}),
    "T for true": (["False", "True"], {"answer": "T"}),
    "true beside a third": (["False", "True", "Nobody knows"], {"answer": True}),
    "not right in Korean": (["옳다", "옳지 않다"], {"answer": False}),
    "answers in an array": (THREE, {"correct_answers": ["B"]}),
    "a Korean name": (THREE, {"정답": "three"}),
    "an object of the answer": (THREE, {"answer": {"B": "three"}}),
    "an index from 1 beside its text": (THREE, {"answer": {"index": 2, "text": "three"}}),
    "a number from 1 beside its text": (THREE, {"answer": 2, "answer_text": "three"}),
    "a number from 1 beside what is right": ([{"text": "x"}, {"text": "y", "correct": True}, "z"], {"answer": 2}),
    "the choice that is called so": (["C", "B", "A"], {"answer": "B"}),
}


@pytest.mark.parametrize(("choices", "answer"), PLAIN.values(), ids=PLAIN.keys())
def test_an_answer_that_can_be_meant_in_one_way_is_taken(choices: Any, answer: dict[str, Any]) -> None:
    quiz = parse_quiz(quiz_of(question(choices=choices, **answer)))
    right = 0 if choices == ["참", "거짓"] and answer["answer"] is True else 1
    assert quiz.questions[0].answer == right


def test_labels_are_taken_off_unless_something_refers_to_them() -> None:
    for choices in (["A) 2/5", "B) 5/6"], {"A": "2/5", "B": "5/6"}, [{"A": "2/5"}, {"B": "5/6"}]):
        plain = parse_quiz(quiz_of(question(choices=choices, answer="B")))
        assert plain.questions[0].choices == ("2/5", "5/6")
        referred = parse_quiz(quiz_of(question(choices=choices, answer="B", explanation="B has the common ground.")))
        assert referred.questions[0].choices == ("A) 2/5", "B) 5/6")


def test_numbers_and_truths_are_texts_as_they_were_written() -> None:
    arguments = '{"title": 2, "questions": [{"question_text": "?!", "choices": [4.50, 5, 1e3, true]}]}'
    quiz = parse_quiz(arguments)
    assert (quiz.title, quiz.questions[0].choices) == ("2", ("4.50", "5", "1e3", "True"))


def test_a_question_of_true_or_false_needs_no_choices() -> None:
    quiz = parse_quiz(json.dumps({"title": "T", "questions": [{"question_text": "Is 1 + 1 = 2?", "answer": True}]}))
    assert (quiz.questions[0].choices, quiz.questions[0].answer) == (("True", "False"), 0)


@pytest.mark.parametrize(
    "arguments",
    [
        '{"title": "Q", "questions": ["{\\"question_text\\": \\"Which?\\", \\"choices\\": [\\"a\\", \\"b\\"]}"]}',
        '{"title": "Q", "questions": {"1": {"question": "Which?", "options": ["a", "b"]}}}',
        '{"title": "Q", "questions": {"question_text": "Which?", "choices": ["a", "b"]}}',
        '{"quizTitle": "Q", "quiz": [{"questionText": "Which?", "answerOptions": ["a", "b"]}]}',
        '{"name": "quiz", "arguments": {"title": "Q", "questions": [{"text": "Which?", "choices": ["a", "b"]}]}}',
        '{"quiz": {"title": "Q", "questions": [{"title": "Which?", "choices": ["a", "b"]}]}}',
        '[{"title": "Q", "questions": [{"question_text": "Which?", "choices": "[\\"a\\", \\"b\\"]"}]}]',
    ],
    ids=["a string", "by number", "only one", "other names", "the whole call", "within", "in an array"],
)
def test_a_quiz_in_another_form_is_taken(arguments: str) -> None:
    quiz = parse_quiz(arguments)
    assert (quiz.title, quiz.questions[0].question_text, quiz.questions[0].choices) == ("Q", "Which?", ("a", "b"))


def answers_of(*answers: Any, choices: Any = (1, 2, 3, 4), name: str = "answer") -> list[int | None]:
    questions = [question(question_text=f"{n}?", choices=choices, **{name: a}) for n, a in enumerate(answers)]
    return [each.answer for each in parse_quiz(quiz_of(*questions)).questions]


def test_answers_are_read_as_those_of_the_other_questions() -> None:
    words = ["north", "east", "south", "west"]
    assert answers_of(1, 3, 2, choices=words) == [1, 3, 2]
    assert answers_of(1, 4, 2, choices=words) == [0, 3, 1]
    assert answers_of("1", "4", "2", choices=words) == [0, 3, 1]
    assert answers_of("1", "0", "2", choices=words) == [1, 0, 2]
    assert answers_of(1, 4, choices=words, name="correct_option") == [0, 3]
    assert answers_of(1, 0, choices=words, name="correct") == [1, 0]
    assert answers_of(1, 4, choices=["1) n", "2) e", "3) s", "4) w"]) == [0, 3]
    assert answers_of("2", "4") == [1, 3]
    assert answers_of(0, 1, 2, choices=["1. n", "2. e", "3. s", "4. w"]) == [0, 1, 2]


def test_a_quiz_that_counts_from_0_and_from_1_is_refused() -> None:
    with pytest.raises(QuizError, match="Question 2 has the answer 4, but its choices are counted from 0 to 3"):
        answers_of(0, 4, choices=["north", "east", "south", "west"])


ORDINARY = [
    ["True", "False"],
    ["1", "2", "3", "4"],
    ["-1", "0", "1"],
    ["A", "B", "C", "D"],
    ["C", "A", "B"],
    ["A형", "B형", "O형"],
    ["ㄱ", "ㄴ", "ㄱ, ㄴ"],
    ["① 1", "② 2", "③ 3"],
    ["은", "는", "이", "가"],
    ["1:2", "2:3"],
    ["(1, 2)", "(2, 1)"],
    ["A dog", "A cat"],
    ["Both A and B", "A only", "B only"],
    ["A = 1", "B = 2"],
    ["A + B", "A × B"],
    ["B.C.", "A.D."],
    ["**bold**", "*italic*"],
    ["`int`", "`str`"],
    ["1 1/2", "11/2"],
    ["$\\frac{1}{2}$", "$\\frac{1}{3}$"],
    ["C", "C++", "C#"],
]


@pytest.mark.parametrize("choices", ORDINARY, ids=" | ".join)
def test_a_quiz_in_the_schemas_form_stays_as_it_is(choices: list[str]) -> None:
    for answer in [None, *range(len(choices))]:
        asked = question(question_text="Which is right, A or B?", choices=choices, explanation="(A) is wrong.")
        taken = parse_quiz(quiz_of(asked if answer is None else {**asked, "answer": answer})).questions[0]
        assert (taken.choices, taken.answer) == (tuple(choices), answer)


@pytest.mark.parametrize(
    ("choices", "answers", "said"),
    [
        (THREE, {"answer": "1"}, 'Question 1: the answer "1" can mean choice 1 or choice 2. Give the text'),
        (THREE, {"correct_answer": 2}, "can mean choice 2 or choice 3"),
        (["1) x", "2) y", "3) z"], {"answer": 1}, "can mean choice 1 or choice 2"),
        (["1) x", "2) y", "3) z"], {"answer": "1"}, None),
        (["C", "B", "A"], {"answer": "A"}, None),
        (THREE, {"answer": "A", "correct_answer": "three"}, "Question 1 has two answers that differ"),
        (THREE, {"answer": "A) three"}, "`answer` must be"),
        (THREE, {"answer": "D"}, "`answer` must be"),
        (THREE, {"answer": ["A", "B"]}, "`answer` must be"),
        (THREE, {"answer": True}, "`answer` must be"),
        (["right", "true"], {"answer": True}, "`answer` must be"),
        (["x", "X "], {"answer": "x"}, "`answer` must be"),
        (THREE, {"answer": {"label": "A", "text": "three"}}, "`answer` must be"),
        ([{"text": "x", "correct": True}, {"text": "y"}, {"text": "z"}], {"answer": 2}, "two answers that differ"),
        (["6", "23"], {"answer": "2*3"}, "`answer` must be"),
        (["1.5", "11/2"], {"answer": "1 1/2"}, "`answer` must be"),
        (THREE, {"answer": 4}, "has the answer 4, but its choices are counted from 0 to 2"),
    ],
)
def test_an_answer_that_can_be_meant_in_two_ways_is_refused(choices: Any, answers: Any, said: str | None) -> None:
    arguments = quiz_of(question(choices=choices, **answers))
    if said is None:
        assert parse_quiz(arguments).questions[0].answer in {0, 2}
        return
    assert any(said in problem for problem in problems_of(arguments)), problems_of(arguments)


def test_questions_sent_as_a_string_of_json_are_read() -> None:
    quiz = parse_quiz(json.dumps({"title": "A quiz", "questions": json.dumps([question()])}))
    assert quiz.questions[0].choices == ("this", "that")


def test_what_no_message_can_carry_is_left_out() -> None:
    raw = '{"title": "A\\u0000 quiz\\ud800", "questions": [{"question_text": " a\\u202eb ", "choices": ["x", "y"]}]}'
    quiz = parse_quiz(raw)
    assert (quiz.title, quiz.questions[0].question_text) == ("A quiz", "ab")
    quiz.title.encode()


def test_what_no_question_needs_is_kept_where_it_can_be_read_and_is_never_a_reason_to_send_it_back() -> None:
    choices = ["3/5", "5/6", "1/6"]
    slips = ["numerators and denominators added", "", "multiplied"]
    asked = question(choices=choices, topic=" adding\nfractions ", slips=slips, passage="Add them.", source="a.pdf")
    read = parse_quiz(quiz_of(asked)).questions[0]
    assert (read.topic, read.passage, read.source) == ("adding fractions", "Add them.", "a.pdf")
    assert read.slips == ("numerators and denominators added", None, "multiplied")
    for odd in ({"topic": [], "slips": "sign", "passage": [], "source": {}}, {"topic": " ", "slips": ["one"]}):
        read = parse_quiz(quiz_of(question(choices=choices, **odd))).questions[0]
        assert (read.topic, read.slips, read.passage, read.source) == (None, (), None, None)
    long = parse_quiz(quiz_of(question(choices=choices, topic="t" * 500, passage="p" * 5_000))).questions[0]
    assert (len(long.topic or ""), len(long.passage or "")) == (60, 600)


@pytest.mark.parametrize(
    "told",
    [
        {"choices": ["3/5", "5/6"], "slips": {"A": "added", "B": ""}},
        {"choices": ["3/5", "5/6"], "slips": {"3/5": "added"}},
        {"choices": ["A) 3/5", "B) 5/6"], "slips": {"A": "added"}},
        {"choices": [{"text": "3/5", "slip": "added"}, {"text": "5/6", "correct": True}]},
        {"choices": {"A": "3/5", "B": "5/6"}, "slips": ["added", ""]},
    ],
)
def test_slips_are_read_by_place_by_label_and_beside_their_choices(told: dict[str, Any]) -> None:
    assert parse_quiz(quiz_of(question(**told))).questions[0].slips == ("added", None)


def test_slips_that_belong_to_no_choice_are_left_out() -> None:
    for slips in ({"E": "added"}, {"A": "added", "seven": "?"}, ["a", "b", "c"]):
        assert parse_quiz(quiz_of(question(choices=["3/5", "5/6"], slips=slips))).questions[0].slips == ()


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
        (quiz_of(question(choices=["this", None])), "Question 1, choice 2 must be a string"),
        (quiz_of(question(choices=["this", "  "])), "Question 1, choice 2 is empty"),
        (quiz_of(question(choices=["x" * 5_000, "y"])), "Question 1, choice 1 is 5000 characters long; at most 500"),
        (quiz_of(question(question_text="x" * 1_501)), "`question_text` is 1501 characters long; at most 1500"),
        (quiz_of(question(choices=["same", "same "])), 'Question 1 has the choice "same" twice'),
        (quiz_of(question(choices=["a  b", "a b", "c"])), 'Question 1 has the choice "a b" twice'),
        (quiz_of(question(), question()), "asks question 1 again as question 2"),
        (quiz_of(question(answer=3)), "has the answer 3, but its choices are counted from 0 to 1"),
        (quiz_of(question(answer=-1)), "has the answer -1"),
        (quiz_of(question(answer="neither")), "`answer` must be the index of the right choice"),
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
