"""Reads Korean numerals beside an operation in words: `삼 곱하기 칠`, `이십오 나누기 오`."""

import re
from typing import Final

_DIGITS: Final = {
    name: value for value, names in enumerate(["영공", "일", "이", "삼", "사", "오", "육륙", "칠", "팔", "구"])
    for name in names
}  # fmt: skip
_UNITS: Final = {"십": 10, "백": 100, "천": 1000}
_NUMERAL: Final = rf"[{''.join(_DIGITS)}{''.join(_UNITS)}만]{{1,12}}"
_OPERATIONS: Final = r"더하기|빼기|곱하기|나누기|플러스|마이너스"
_LEFT: Final = re.compile(rf"(?<![가-힣])({_NUMERAL})(?=\s*(?:{_OPERATIONS}))")
_RIGHT: Final = re.compile(rf"((?:{_OPERATIONS})\s*)({_NUMERAL})(?=은|는|이면|하면|의|\s|[?.!,)]|$)")
_EQUALS: Final = re.compile(r"(?<=[\dx)])\s*[은는]\s*(-?\d+(?:\.\d+)?)(?=\s*(?:$|[?.!\n]|이|일|입|인|을|를|풀|맞))")


_ONES: Final = {name: value for value, name in enumerate(
    ["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"], start=1)}  # fmt: skip
_TENS: Final = {name: value * 10 for value, name in enumerate(
    ["열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"], start=1)}  # fmt: skip
_NATIVE: Final = rf"(?:{'|'.join(_TENS)})?(?:{'|'.join(_ONES)})|{'|'.join(_TENS)}"
_NATIVE_LEFT: Final = re.compile(rf"(?<![가-힣])({_NATIVE})(?=\s*(?:{_OPERATIONS}))")
_NATIVE_RIGHT: Final = re.compile(rf"((?:{_OPERATIONS})\s*)({_NATIVE})(?=은|는|이면|하면|의|\s|[?.!,)]|$)")


def native_value(numeral: str) -> int:
    """The value of a native numeral: 12 for `열둘`."""
    tens = next((name for name in _TENS if numeral.startswith(name)), "")
    return _TENS.get(tens, 0) + _ONES.get(numeral.removeprefix(tens), 0)


def value_of(numeral: str) -> int | None:
    """The value of a numeral: 25 for `이십오`; None if it is no numeral."""
    total = part = digit = 0
    for char in numeral:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
        elif char in _UNITS:
            part += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            total, part, digit = total + ((part + digit) or 1) * 10_000, 0, 0
    return total + part + digit


def with_digits(text: str) -> str:
    """The text with digits for the numerals beside operations, and `=` in `3x 더하기 11은 14`."""
    if not re.search(_OPERATIONS, text):
        return text
    text = _NATIVE_LEFT.sub(lambda match: str(native_value(match[1])), text)
    text = _NATIVE_RIGHT.sub(lambda match: f"{match[1]}{native_value(match[2])}", text)
    text = _LEFT.sub(lambda match: _digits(match[1]), text)
    text = _RIGHT.sub(lambda match: match[1] + _digits(match[2]), text)
    return _EQUALS.sub(r" = \1 ", text)


def _digits(numeral: str) -> str:
    value = value_of(numeral)
    return numeral if value is None else str(value)
