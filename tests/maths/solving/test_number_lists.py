"""What is asked of several numbers: the median, the mode, the range, which is larger; and remainders."""

import pytest

from tests.maths.asking import answer_line, ask


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("compare 3/4 and 5/7", r"\frac{3}{4} > \frac{5}{7}"), ("which is bigger, 0.7 or 2/3?", r"0.7 > \frac{2}{3}"),
        ("2/3와 3/5 중 뭐가 더 커?", r"\frac{2}{3} > \frac{3}{5}"), ("-3과 -5의 크기를 비교해줘", "-3 > -5"),
        ("which is greater, 2^10 or 10^3?", "2^{10} > 10^{3}"), ("compare 1/2 and 2/4", r"\frac{1}{2} = \frac{2}{4}"),
        ("√2와 1.5 중 어느 것이 더 큰가요?", r"\sqrt{2} < 1.5"),
        ("order 0.5, 2/3, 1/4 from smallest to largest", r"\frac{1}{4} < 0.5 < \frac{2}{3}"),
        ("what is the median of 3, 9, 4, 1", r"\frac{7}{2} = 3\frac{1}{2} = 3.5"), ("3, 9, 4의 중앙값", "4"),
        ("put 3/5, 0.55 and 58% in order", r"0.55 < 58\% < \frac{3}{5}"),
        ("mode of 2, 2, 3", "2"), ("최빈값: 1, 2, 2, 5", "2"), ("range of 4, -9, 15", "24"),
        ("15 mod 4", "3"), ("17을 5로 나눈 나머지", "2"), ("what is the remainder when 17 is divided by 5?", "2"),
        ("convert 3/8 to a decimal", "0.375"), ("5/8을 소수로 나타내줘", "0.625"),
        ("1/3 as a decimal", r"\approx 0.333333"),
    ],
)  # fmt: skip
def test_numbers_are_described(question: str, answer: str) -> None:
    assert answer_line(ask(question)) == rf"\({answer}\)"


def test_two_modes_are_told_and_none_is_a_sentence() -> None:
    assert answer_line(ask("mode of 1, 1, 2, 3, 3")) == r"\(1\) and \(3\)"
    assert answer_line(ask("mode of 4, 4")) == r"\(4\)"
    assert "There is no mode" in ask("mode of 1, 2, 3")
    assert "There is no mode" in ask("mode of 1, 1, 2, 2")


def test_a_median_without_numbers_is_explained() -> None:
    assert "middle value" in ask("what is the median?")


def test_steps_of_a_comparison_are_those_that_it_needs() -> None:
    assert "1." not in ask("which is bigger, 7 or 5?")
    assert r"\(2^{10} = 1024,\; 10^{3} = 1000\)" in ask("which is greater, 2^10 or 10^3?")
    assert r"\(0.7,\; \frac{2}{3} \approx 0.666667\)" in ask("which is bigger, 0.7 or 2/3?")
    assert "common denominator" in ask("compare 3/4 and 5/7")
