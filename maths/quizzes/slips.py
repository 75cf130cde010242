"""The slips behind the wrong choices of quiz questions, in both languages; a maker names those that it knows."""

from collections.abc import Mapping
from typing import Final

from maths.reading.language import Texts

_SLIPS: Final[Mapping[str, Texts]] = {
    "tops_and_bottoms": ("numerators and denominators were added one by one", "분자는 분자끼리, 분모는 분모끼리 더함"),
    "subtracted": ("subtracted instead of added", "더하지 않고 뺌"),
    "added": ("added instead of multiplied", "곱하지 않고 더함"),
    "divided": ("divided instead of multiplied", "곱하지 않고 나눔"),
    "upside_down": ("numerator and denominator are swapped", "분자와 분모를 바꿈"),
    "decimal_point": ("the decimal point is one place off", "소수점 자리가 하나 밀림"),
    "the_rest": ("that is what is left, not the part", "구하는 부분이 아니라 나머지를 구함"),
    "only_the_reduction": ("that is the reduction, not the new price", "할인된 가격이 아니라 할인액을 구함"),
    "percent_as_amount": ("the per cent were taken off as an amount", "퍼센트를 금액처럼 뺌"),
    "raised": ("raised instead of reduced", "내리지 않고 올림"),
    "carry": ("the carry was forgotten", "받아올림을 빠뜨림"),
    "borrow": ("the borrowing was forgotten", "받아내림을 빠뜨림"),
    "minus_minus": ("minus a negative number is plus", "음수를 빼면 더하는 것이 됨"),
    "order_turned": ("taken the wrong way round", "빼는 순서를 바꿈"),
    "base_times_exponent": ("base times exponent", "밑과 지수를 곱함"),
    "base_and_exponent": ("base and exponent are swapped", "밑과 지수를 바꿈"),
    "root_places": ("what is before the root and under it are swapped", "근호 안과 밖을 바꿈"),
    "root_not_taken": ("the root of the square factor was not taken", "제곱인 인수의 근을 구하지 않음"),
    "multiple": ("that is the least common multiple", "최소공배수를 구함"),
    "sign": ("a sign is the wrong way round", "부호를 반대로 씀"),
    "signs": ("the signs are the wrong way round", "부호를 모두 반대로 씀"),
    "not_moved": ("the number was not taken to the other side with its sign changed", "이항할 때 부호를 바꾸지 않음"),
    "not_divided": ("not divided at the end", "마지막에 나누지 않음"),
    "middle_lost": ("the middle term was forgotten", "가운데 항을 빠뜨림"),
    "exponents_multiplied": ("the exponents were multiplied, not added", "지수를 더하지 않고 곱함"),
    "swapped": ("the two values are swapped", "두 값을 바꿈"),
    "not_turned": ("the inequality sign was not turned round", "부등호의 방향을 바꾸지 않음"),
    "exponent_kept": ("the exponent did not fall by one", "지수를 1 줄이지 않음"),
    "factor_lost": ("the exponent was not multiplied by", "지수를 앞에 곱하지 않음"),
    "differentiated": ("differentiated, not integrated", "적분하지 않고 미분함"),
    "integrated": ("integrated, not differentiated", "미분하지 않고 적분함"),
    "sum_not_divided": ("that is the sum, not divided", "합을 나누지 않음"),
}


def named(*pairs: tuple[object, str]) -> dict[str, Texts]:
    """The slip behind each wrong answer, by the answer's text. Of two slips with one answer the first is named."""
    found: dict[str, Texts] = {}
    for answer, name in pairs:
        found.setdefault(str(answer), _SLIPS[name])
    return found
