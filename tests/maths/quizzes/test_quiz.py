"""Quizzes on mathematics: their right answers are checked against the solver, which knows nothing of them."""

import math
import re
from fractions import Fraction

import pytest

from maths.quizzes.question_maker import Level
from maths.quizzes.quiz import GENERAL, TOPICS, QuizQuestion, Topic, make_quiz, topic_of
from maths.reading.arithmetic_in_words import with_signs
from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.writing.latex import node_latex
from tests.maths.asking import ask, exact, formulas
from tests.maths.latex_value import value

NUMERIC = {
    "Fractions", "Equations", "Multiplication", "Division", "Addition", "Subtraction", "Negative numbers", "Limits",
    "Trigonometry", "Divisors and multiples", "Averages", "Arithmetic",
}  # fmt: skip


LEVELS: tuple[Level, ...] = ("easy", "medium", "hard")
KNOWN = {"Calculus", "Derivatives"}
"""Half of these topics' questions are the derivatives that one knows by heart, at every level."""


def named(name: str) -> Topic:
    return next(topic for topic in TOPICS if topic.name[0] == name)


def right(question: QuizQuestion) -> str:
    return question.choices[question.answer]


def worth(text: str) -> float:
    """The value of a choice, read by the project's parser and calculated by Python."""
    return value(node_latex(parse(tokenize(with_signs(text)))))


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.name[0] for topic in TOPICS])
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("level", LEVELS)
def test_every_topic_makes_sound_questions(topic: Topic, language: str, level: Level) -> None:
    for seed in range(12):
        questions = make_quiz(topic, 5, "ko" if language == "ko" else "en", seed, level)
        assert len(questions) == 5
        assert len({question.text for question in questions}) == 5
        for question in questions:
            assert len(question.choices) == len(set(question.choices)) == 4
            assert question.why
            assert "[" not in question.why
            assert bool(re.search("[가-힣]", question.text)) == (language == "ko")


def test_the_same_seed_makes_the_same_quiz_and_another_another() -> None:
    assert make_quiz(GENERAL, 5, "en", 7) == make_quiz(GENERAL, 5, "en", 7)
    assert make_quiz(GENERAL, 5, "en", 7) != make_quiz(GENERAL, 5, "en", 8)


@pytest.mark.parametrize("topic", TOPICS, ids=[topic.name[0] for topic in TOPICS])
def test_every_topic_is_another_when_easy_and_when_hard(topic: Topic) -> None:
    """Hardly a question of the easy quizzes is asked in the hard ones, and those have longer numbers or more steps."""
    asked = {
        level: [one.text for seed in range(20) for one in make_quiz(topic, 5, "en", seed, level)] for level in LEVELS
    }
    easy, hard = set(asked["easy"]), set(asked["hard"])
    assert len(easy & hard) <= len(easy) / (2 if topic.name[0] in KNOWN else 10)
    shown = {level: len(re.findall(r"[\d²³¹⁰-⁹]", "".join(texts))) for level, texts in asked.items()}
    assert shown["easy"] < shown["hard"]


@pytest.mark.parametrize("name", sorted(NUMERIC))
@pytest.mark.parametrize("level", LEVELS)
def test_the_solver_comes_to_the_same_answers(name: str, level: Level) -> None:
    for question in make_quiz(named(name), 8, "en", 3, level):
        if "lowest terms" in question.text:
            shown = re.search(r"(\d+)/(\d+)", question.text)
            assert shown
            assert Fraction(right(question)) == Fraction(int(shown[1]), int(shown[2]))
            continue
        answer = value(exact(formulas(ask(question.text.replace("x = ?", "")))[0]))
        assert math.isclose(answer, worth(right(question)), abs_tol=1e-9), question
        others = [choice for choice in question.choices if choice != right(question)]
        assert all(not math.isclose(answer, worth(choice), abs_tol=1e-9) for choice in others), question


def test_derivatives_and_integrals_are_right() -> None:
    for question in (one for level in LEVELS for one in make_quiz(named("Derivatives"), 12, "en", 5, level)):
        if not re.search(r"of [\dx⁰-⁹²³ +-]+\?$", question.text):
            continue
        body = node_latex(parse(tokenize(question.text.removeprefix("What is the derivative of ").rstrip("?"))))
        slope = (value(body, x=1.3 + 1e-6) - value(body, x=1.3 - 1e-6)) / 2e-6
        assert math.isclose(slope, value(node_latex(parse(tokenize(right(question)))), x=1.3), rel_tol=1e-6)
    for question in (one for level in LEVELS for one in make_quiz(named("Integrals"), 12, "en", 5, level)):
        if "₀" in question.text:
            continue
        body = node_latex(parse(tokenize(question.text.removeprefix("What is ∫ ").removesuffix(" dx?"))))
        anti = node_latex(parse(tokenize(right(question).removesuffix(" + C"))))
        slope = (value(anti, x=1.3 + 1e-6) - value(anti, x=1.3 - 1e-6)) / 2e-6
        assert math.isclose(slope, value(body, x=1.3), rel_tol=1e-6)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fractions", "Fractions"), ("분수", "Fractions"), ("linear equations", "Equations"), ("이차방정식",
        "Quadratic equations"),
        ("미적분", "Calculus"), ("적분", "Integrals"), ("percentages and discounts", "Percentages"),
        ("times tables", "Multiplication"),
        ("powers", "Powers"), ("geometry basics", "Geometry"), ("수학", "Mathematics"), ("maths please",
        "Mathematics"),
    ],
)  # fmt: skip
def test_topics_are_recognized(text: str, name: str) -> None:
    topic = topic_of(text)
    assert topic is not None
    assert topic.name[0] == name


@pytest.mark.parametrize(
    "text",
    [
        "the French Revolution",
        "수원 도시기본계획",
        "three multiple choice questions on chapter 3",
        "the great powers of Europe before the war",
    ],
)
def test_other_topics_are_not_taken_for_mathematics(text: str) -> None:
    assert topic_of(text) is None
