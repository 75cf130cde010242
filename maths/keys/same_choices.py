"""Finds choices that mean the same: `1/2` and `0.5`, `x(x+1)` and `x²+x`, `x = 2 or 3` and `x = 3 or 2`."""

import re
from collections.abc import Sequence
from typing import Final

from maths.keys.choice_reading import Values, formula_of, values_of
from maths.keys.equivalence import same
from maths.keys.formula_reading import NotRead, without_labels
from maths.keys.question_signs import is_mathematical
from maths.reading.nodes import Node, Num, Rel
from maths.values.evaluation import value_of
from maths.values.numbers import NoRealValue, NotCalculable, same_value

_FORM_ASKED: Final = re.compile(
    r"simpl|factor|expand|form\b|written|writ(?:e|ten|ing)|express|notation|lowest terms"
    r"|reduce|convert|fraction|decimal|percent"
    r"|round|nearest|significant|precis|estimat|approximat|digits?\b|print|output|code"
    r"|python|java|program|type\b|string|float|return"
    r"|\bbeat|time signature|metre|meter\b|rhythm|equal\b|equivalent|same|match|pair|not\b"
    r"|n't\b|except|different|odd one"
    r"|간단|약분|인수\s*분해|전개|꼴|나타내|고치|바꾸|표현|표기|분수|소수|백분율|비율|반올림|어림|근삿값|유효|자리|출력|코드|파이썬"
    r"|자료형|문자열|실행|박자|같은|다른|아닌|않|틀린|짝",
    re.IGNORECASE,
)
"""Words of questions in which choices with the same value may differ rightly: by form, precision or type."""


def form_is_asked(question: str) -> bool:
    """Whether a question may be about the form of its choices and not about their value."""
    return bool(_FORM_ASKED.search(question))


def same_choices(question: str, choices: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of choices that mean the same, where the question is not about their form."""
    if form_is_asked(question):
        return []
    read = [_read(text) if is_mathematical(text) else None for text in without_labels(choices)]
    return [
        (one, other)
        for other in range(len(read))
        for one in range(other)
        if _are_same(read[one], read[other])
    ]  # fmt: skip


def _read(text: str) -> Node | Values | None:
    try:
        return formula_of(text)
    except NotRead:
        pass
    try:
        return values_of(text)
    except NotRead:
        return None


def _are_same(one: Node | Values | None, other: Node | Values | None) -> bool:
    try:
        match one, other:
            case Values(), Values():
                return one.name == other.name and _are_same_values(one, other)
            case (None, _) | (_, None) | (Values(), _) | (_, Values()):
                return False
            case Rel(), Rel():
                return False
            case Num(text=text), Num(text=written) if ("." in text) != ("." in written):
                return False  # 3 and 3.0 differ in what they say of the precision
            case Rel(), _:
                return False
            case _, Rel():
                return False
        return same(one, other) is True  # type: ignore[arg-type]
    except (NotCalculable, NoRealValue):
        return False


def _are_same_values(one: Values, other: Values) -> bool:
    left, right = ([value_of(node, {}) for node in values.nodes] for values in (one, other))
    inside = all(any(same_value(value, each) is True for each in right) for value in left)
    return inside and all(any(same_value(value, each) is True for each in left) for value in right)
