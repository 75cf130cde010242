"""Arithmetic that is exact where it can be: fractions as long as all is rational, else sixty digits; bounded in size.

A value that does not exist among the real numbers is told from one that cannot be calculated here.
"""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from mpmath.ctx_mp import MPContext

Value = Any
"""A `Fraction`, or a number of `REALS`; a complex one of `REALS` only where `i` occurs."""

REALS: Final[Any] = MPContext()
"""The numbers that are not rational: our own context, so that sympy's digits stay as they are."""
DIGITS: Final = 60
REALS.dps = DIGITS
CLOSE: Final = Fraction(1, 10**40)
"""Two values whose relative difference is smaller are the same."""
APART: Final = Fraction(1, 10**15)
"""Two values whose relative difference is larger are different; between the two nothing is decided."""
NEAR: Final = REALS.mpf(10) ** -18
"""Values found by searching that are this near to one another, in proportion, are the same."""
MAX_BITS: Final = 20_000
"""The largest rational number to calculate with."""
MAX_FACTORIAL: Final = 400
_LARGEST_ARGUMENT: Final = 10**9
_MOST: Final = 10_000
"""The largest numerator and denominator of an exponent, and the largest index of a root."""


class NoValue(Exception):  # noqa: N818
    """There is no value to be had."""


class NoRealValue(NoValue):
    """There is no real value at this point: a division by zero, the root of a negative number."""


class NotCalculable(NoValue):
    """The value cannot be calculated here, or would be too large, or can be meant in two ways."""


def real(value: Value) -> Any:
    """A value as a number of `REALS`."""
    return REALS.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def is_real(value: Value) -> bool:
    """Whether a value is real; a complex one is, too, if its imaginary part is next to nothing."""
    return not isinstance(value, REALS.mpc) or abs(value.imag) < NEAR


def same_value(one: Value, other: Value) -> bool | None:
    """Whether two values are the same; None if that is too close to tell."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    left, right = real(one), real(other)
    size = max(abs(left), abs(right), REALS.mpf(1) / 10**12)
    difference = abs(left - right) / size
    if difference < real(CLOSE):
        return True
    return False if difference > real(APART) else None


def same_number(one: Value, other: Value) -> bool:
    """Whether two values are the same: exactly, or to 18 digits, as values that were searched for are not exact."""
    if isinstance(one, Fraction) and isinstance(other, Fraction):
        return one == other
    left, right = real(one), real(other)
    return bool(abs(left - right) <= NEAR * max(1, abs(left), abs(right)))


def checked(value: Value) -> Value:
    """The value; raises NotCalculable if it is too large."""
    if isinstance(value, Fraction):
        if max(abs(value.numerator).bit_length(), value.denominator.bit_length()) > MAX_BITS:
            raise NotCalculable
    elif not REALS.isfinite(value):
        raise NotCalculable
    return value


def plus(one: Value, other: Value) -> Value:
    """The sum."""
    both = isinstance(one, Fraction) and isinstance(other, Fraction)
    return checked(one + other) if both else real(one) + real(other)


def times(one: Value, other: Value) -> Value:
    """The product."""
    both = isinstance(one, Fraction) and isinstance(other, Fraction)
    return checked(one * other) if both else real(one) * real(other)


def divided(top: Value, bottom: Value, zero: Any = CLOSE) -> Value:
    """The quotient; raises NoRealValue for a division by zero, or by what is nearer to it than `zero`."""
    if bottom == 0 or (not isinstance(bottom, Fraction) and abs(bottom) < real(zero)):
        raise NoRealValue
    both = isinstance(top, Fraction) and isinstance(bottom, Fraction)
    return checked(top / bottom) if both else real(top) / real(bottom)


def power(base: Value, exponent: Value) -> Value:
    """The power, as in school: (-8)^(1/3) is -2.

    Raises:
        NoRealValue: 0 to the power of 0 or less, or a negative base and an exponent that is no such fraction.
        NotCalculable: it would be too large, or is complex.
    """
    if base == 0 and (not is_real(exponent) or exponent <= 0):
        raise NoRealValue
    if isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(base, int(exponent))
        if abs(exponent.numerator) <= _MOST and exponent.denominator <= _MOST:
            return _whole_power(root(base, exponent.denominator), exponent.numerator)
        exponent = real(exponent)
    _refuse_complex(base, exponent)
    if base < 0:
        raise NoRealValue
    if abs(exponent * REALS.ln(real(base) if base else 1)) > MAX_BITS:
        raise NotCalculable
    return checked(REALS.power(real(base), exponent))


def _whole_power(base: Value, exponent: int) -> Value:
    if isinstance(base, Fraction):
        bits = max(abs(base.numerator).bit_length(), base.denominator.bit_length())
        if abs(base) not in (0, 1) and (bits - 1 or 1) * abs(exponent) > MAX_BITS:
            raise NotCalculable
        return base ** (exponent if abs(base) not in (0, 1) else 2 - exponent % 2)
    if abs(exponent) > _MOST:
        raise NotCalculable
    return checked(base**exponent)


def root(value: Value, index: int) -> Value:
    """The root, rational where it is; raises NoRealValue for an even root of a negative number."""
    if index < 1 or index > _MOST:
        raise NotCalculable
    _refuse_complex(value)
    if value < 0:
        if index % 2 == 0:
            raise NoRealValue
        return -root(-value, index)
    if isinstance(value, Fraction):
        parts = [_whole_root(part, index) for part in (value.numerator, value.denominator)]
        if parts[0] is not None and parts[1] is not None:
            return Fraction(parts[0], parts[1])
    return REALS.root(real(value), index)


def _whole_root(value: int, index: int) -> int | None:
    if value in {0, 1}:
        return value
    if index == 2:
        found = math.isqrt(value)
    else:
        found = int(REALS.nint(REALS.root(REALS.mpf(value), index))) if value.bit_length() < 180 else 0
    return found if found and found**index == value else None


def _refuse_complex(*values: Value) -> None:
    if not all(isinstance(value, Fraction) or not isinstance(value, REALS.mpc) for value in values):
        raise NotCalculable


def logarithm(value: Value, base: Value | None) -> Value:
    """The logarithm, rational where it is; `base` None: the natural one. Raises NoRealValue, NotCalculable."""
    _refuse_complex(value, *([] if base is None else [base]))
    if value <= 0 or (base is not None and (base <= 0 or base == 1)):
        raise NoRealValue
    if base is None:
        return Fraction(0) if value == 1 else REALS.ln(real(value))
    result = REALS.ln(real(value)) / REALS.ln(real(base))
    near = Fraction(round(float(result) * 12), 12)
    if isinstance(value, Fraction) and isinstance(base, Fraction) and abs(near) < 2_000:
        exact = times(power(value, Fraction(near.denominator)), power(base, Fraction(-near.numerator)))
        return near if exact == 1 else result
    return result


def marked(mark: str, value: Value) -> Value:
    """A value with `%`, `°` or `!` behind it; raises NoRealValue, NotCalculable."""
    if mark == "%":
        return divided(value, Fraction(100))
    if mark == "°":
        return real(value) * REALS.pi / 180
    _refuse_complex(value)
    if abs(value) > MAX_FACTORIAL:
        raise NotCalculable
    if not isinstance(value, Fraction) or value.denominator != 1:
        return REALS.gamma(real(value) + 1)  # for `n!/(n-1)! = n`, which holds for it too
    if value < 0:
        raise NoRealValue
    return Fraction(math.factorial(int(value)))


def function(name: str, values: list[Value], zero: Any = CLOSE) -> Value:
    """A function of school by its name; raises NoRealValue, NotCalculable."""
    _refuse_complex(*values[: name != "abs"])
    match name:
        case "abs":
            return abs(values[0])
        case "floor" | "ceil":
            return _rounded(name, values[0])
        case "gcd" | "lcm" | "binom" | "perm":
            return _of_whole_numbers(name, values)
        case "min" | "max":
            ordered = sorted(values, key=real)
            return ordered[0 if name == "min" else -1]
    argument = real(values[0])
    if len(values) != 1 or abs(argument) > _LARGEST_ARGUMENT:
        raise NotCalculable
    if name in _FUNCTIONS:
        if name == "tan" and abs(REALS.cos(argument)) < real(zero):
            raise NoRealValue
        return _FUNCTIONS[name](argument)
    if name in _RECIPROCALS:
        top, bottom = _RECIPROCALS[name]
        return divided(top(argument) if top else Fraction(1), bottom(argument), zero)
    if name in {"arcsin", "arccos"}:
        if abs(argument) > 1:
            raise NoRealValue
        return (REALS.asin if name == "arcsin" else REALS.acos)(argument)
    raise NotCalculable


_FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "sin": REALS.sin, "cos": REALS.cos, "tan": REALS.tan, "sinh": REALS.sinh, "cosh": REALS.cosh, "tanh": REALS.tanh,
    "arctan": REALS.atan,
}  # fmt: skip
_RECIPROCALS: Final[dict[str, tuple[Callable[[Any], Any] | None, Callable[[Any], Any]]]] = {
    "cot": (REALS.cos, REALS.sin), "sec": (None, REALS.cos), "csc": (None, REALS.sin),
}  # fmt: skip


def _rounded(name: str, value: Value) -> Value:
    if not isinstance(value, Fraction):
        if abs(value - REALS.nint(value)) < NEAR:
            raise NotCalculable  # it may be the whole number
        return Fraction(int(REALS.floor(value) if name == "floor" else REALS.ceil(value)))
    return Fraction(math.floor(value) if name == "floor" else math.ceil(value))


_FEW: Final = range(21)


def _is_whole(value: Value) -> bool:
    return isinstance(value, Fraction) and value.denominator == 1


def _falling(value: Value, count: int, *, divided_by: int) -> Value:
    """`n(n - 1)…` of so many factors, which goes on between the whole numbers."""
    result: Value = Fraction(1, divided_by)
    for place in range(count):
        result = times(result, plus(value, Fraction(-place)))
    return result


def _of_whole_numbers(name: str, values: list[Value]) -> Value:
    if name in {"binom", "perm"} and values[1] in _FEW and not _is_whole(values[0]):
        return _falling(values[0], int(values[1]), divided_by=math.factorial(int(values[1])) if name == "binom" else 1)
    if not all(isinstance(value, Fraction) and value.denominator == 1 for value in values):
        raise NotCalculable
    whole = [int(value) for value in values]
    if name in {"gcd", "lcm"}:
        return checked(Fraction((math.gcd if name == "gcd" else math.lcm)(*whole)))
    if not 0 <= whole[1] <= whole[0] <= MAX_FACTORIAL:
        raise NotCalculable
    return Fraction((math.comb if name == "binom" else math.perm)(*whole))
