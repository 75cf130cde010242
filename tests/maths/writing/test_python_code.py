"""Trees as Python: what is written has the tree's value, and nothing but known names stands in it."""

import ast
import cmath
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.nodes import Call, Const, Sym, variables_of
from maths.reading.parser import parse
from maths.reading.token_cursor import ParseError
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported, to_sympy
from maths.writing.python_code import NotWritable, python_of


def tree(text: str) -> Any:
    return parse(tokenize(text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x^2 - 3x", "x ** 2 - 3 * x"),
        ("-x^2", "-x ** 2"),
        ("(-x)^2", "(-x) ** 2"),
        ("1/(x-2)", "1 / (x - 2)"),
        ("x - (x - 1)", "x - (x - 1)"),
        ("x/(2x)", "x / (2 * x)"),
        ("2^x", "np.float_power(2, x)"),
        ("x^(1/3)", "np.sign(x) * np.abs(x) ** (1/3)"),
        ("x^(2/3)", "np.abs(x) ** (2/3)"),
        ("sqrt(x)", "np.sqrt(x)"),
        ("log x", "np.log10(x)"),
        ("ln x", "np.log(x)"),
        ("sec x", "1 / np.cos(x)"),
        ("9^999", "np.float_power(9, 999)"),
        ("30°", "np.deg2rad(30)"),
        ("0.5x", "0.5 * x"),
        ("1 1/2", "1 + 1 / 2"),
    ],
)
def test_it_is_written_as_python_people_would(text: str, code: str) -> None:
    assert python_of(tree(text), {"x"}) == code


@pytest.mark.parametrize("text", ["x!", "f(x)", "∫ x dx", "i x", "a x^2", "x = 3", f"{'9' * 350} x"])
def test_what_has_no_such_python_is_refused(text: str) -> None:
    with pytest.raises(NotWritable):
        python_of(tree(text), {"x"})


def test_a_letter_that_is_no_name_of_python_is_refused() -> None:
    for name in ("x y", "__import__('os')", "λ", "1x"):
        with pytest.raises(NotWritable):
            python_of(Sym(name), {name})
    with pytest.raises(NotWritable):
        python_of(Call("eval", (Sym("x"),)), {"x"})
    with pytest.raises(NotWritable):
        python_of(Const("os"), {"x"})


PIECES = st.lists(
    st.sampled_from(
        ["x", "2", "3", "+", "-", "*", "/", "^2", "^3", "^(1/3)", "(", ")", "sin ", "|", "sqrt", "0.5", "pi", "e^"]
    ),
    min_size=1,
    max_size=9,
).map("".join)


@settings(deadline=None)
@given(PIECES, st.sampled_from([0.7, 1.9, 3.3]))
def test_what_is_written_has_the_trees_value(text: str, at: float) -> None:
    try:
        node = tree(text)
        code = python_of(node, {"x"})
    except (ParseError, UnreadableNumber, NotWritable):
        return
    names = {one.id for one in ast.walk(ast.parse(code, mode="eval")) if isinstance(one, ast.Name)}
    assert names <= {"x", "np"}
    if set(variables_of(node)) - {"x"}:
        return
    with np.errstate(all="ignore"):
        try:
            value = float(eval(code, {"np": np, "x": np.float64(at)}))
        except (ZeroDivisionError, OverflowError):
            return
    try:
        expected = _at(node, at)
    except (TooLarge, Undefined, Unsupported, TypeError, OverflowError):
        return
    if math.isfinite(value) and cmath.isfinite(expected) and abs(expected.imag) < 1e-9:
        assert value == pytest.approx(expected.real, rel=1e-6, abs=1e-6)


def _at(node: Any, at: float) -> complex:
    expression = to_sympy(node)
    return complex(expression.subs(dict.fromkeys(expression.free_symbols, at)).evalf())
