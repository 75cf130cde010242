"""Sentences that do something with numbers, and puzzles that ask for one."""

import re

import pytest

from maths.reading.message_reader import read_message
from maths.reading.operations_in_sentences import with_operations
from maths.writing.latex import node_latex
from tests.maths.asking import answer_line, ask, understood
from tests.maths.latex_value import value


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("add 5 and 8", 13), ("add 5 to 8", 13), ("subtract 3 from 10", 7), ("take 4 away from 9", 5),
        ("multiply 6 by 7", 42), ("divide 84 by 7", 12), ("double 45", 90), ("what is twice 13?", 26), ("half 9", 4.5),
        ("the product of 6 and 7", 42), ("what's the sum of 2/3 and 1/6", 5 / 6), ("the quotient of 20 and 4", 5),
        ("the difference between 8 and 20", 12), ("what is 12 less than 20", 8), ("how much is 3 more than 10?", 13),
        ("the sum of 3 and 4 times 2", 14),
        ("3에 5를 더하면?", 8), ("12에서 7을 빼면", 5), ("6에 7을 곱하면 얼마야", 42), ("20을 4로 나누면?", 5),
        ("7보다 3 큰 수", 10), ("9보다 4 작은 수는?", 5), ("8과 5의 합은?", 13), ("7과 12의 차", 5),
        ("5와 9를 더해줘", 14),
        ("12의 3배는?", 36), ("일곱 더하기 여덟", 15), ("열둘 빼기 셋은?", 9), ("스물하나 나누기 셋", 7),
    ],
)  # fmt: skip
def test_a_sentence_about_numbers_is_calculated(sentence: str, expected: float) -> None:
    (problem,) = read_message(sentence).problems
    assert value(node_latex(problem.nodes[0]).replace(r"\div", "/")) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("sentence", "answer"),
    [
        ("divide x^2 + 3x + 2 by x + 1 please", "x + 2"), ("subtract 2x from 5x", "3 x"),
        ("add 3x+2 and 4x-1", "7 x + 1"), ("multiply 2x by 3x^2", "6 x^{3}"), ("what is 20% more than 50?", "60"),
        ("what is 10% less than 80?", "72"), ("50보다 20% 큰 수", "60"), ("80보다 10% 작은 수는?", "72"),
        ("what number is 5 less than 3", "-2"),
    ],
)  # fmt: skip
def test_a_sentence_about_expressions_and_percentages_is_calculated(sentence: str, answer: str) -> None:
    assert answer_line(ask(sentence)) == rf"\({answer}\)"


@pytest.mark.parametrize(
    ("puzzle", "number"),
    [
        ("what times 6 equals 42", "7"), ("a number plus 7 is 15. What is the number?", "8"),
        ("7 more than a number is 15", "8"), ("5 less than a number is 12", "17"), ("half of a number is 9", "18"),
        ("twice a number minus 4 is 10", "7"), ("three times a number is 21", "7"),
        ("a number divided by 4 is 5", "20"),
        ("The sum of a number and 9 is 20. Find the number.", "11"), ("the product of a number and 6 is 42", "7"),
        ("When 7 is added to a number, the result is 15", "8"), ("9 times what is 63?", "7"),
        ("어떤 수에 3을 더하면 10이야. 어떤 수는?", "7"), ("어떤 수의 2배는 18", "9"),
        ("어떤 수에서 5를 빼면 12이다", "17"), ("어떤 수를 4로 나누면 6입니다. 어떤 수를 구하세요.", "24"),
        ("어떤 수의 3배에 2를 더하면 14가 됩니다. 이때 어떤 수를 구하시오.", "4"),
    ],
)  # fmt: skip
def test_a_puzzle_is_the_equation_for_its_number(puzzle: str, number: str) -> None:
    assert answer_line(ask(puzzle)) == rf"\(x = {number}\)"


@pytest.mark.parametrize(
    "puzzle",
    [
        "The sum of a number and 7 is 15. What is three times the number?",
        "A number plus 7 is 15 and another number is twice as large. What is their sum?",
        "어떤 수에 3을 더하면 10이야. 그 수의 두 배는?",
        "a number is 5 more than another number",
    ],
)
def test_a_puzzle_that_asks_for_more_is_refused(puzzle: str) -> None:
    assert understood(puzzle) == "lost"
    assert ("another" in puzzle and "is 5" in puzzle) or re.search("more than one step|한 단계", ask(puzzle))


@pytest.mark.parametrize(
    "text",
    ["is 3 less than 10?", "x + 3 = 10", "Divide 120 in the ratio 2:3", "5% of 20", "3 cm more than x", ""],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert with_operations(text) == text
