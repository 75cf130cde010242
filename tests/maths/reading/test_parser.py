"""From text to tree to sympy: our own code alone reads what is written, and Python confirms the values."""

import ast
import math
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import maths
from maths.reading.lexer import tokenize
from maths.reading.message_prefixes import without_name
from maths.reading.message_reader import read_message
from maths.reading.parser import parse
from maths.reading.token_cursor import ParseError, TooDeep, TooLong
from maths.solving.to_sympy import TooLarge, to_sympy
from maths.writing.latex import node_latex
from tests.maths.latex_value import value

HOME = Path(maths.__file__).parent
FORBIDDEN = {"sympify", "parse_expr", "eval", "exec", "lambdify", "nsolve", "compile", "__import__", "parse_latex", "S"}

numbers = st.integers(0, 99).map(str) | st.decimals(0, 99, places=2).map(str)
sums = st.recursive(
    numbers,
    lambda inner: (
        st.tuples(inner, st.sampled_from([" + ", " - ", " * ", "-", "+", "*"]), inner).map("".join)
        | inner.map("({})".format)
    ),
    max_leaves=8,
)


def shown(text: str) -> str:
    return node_latex(parse(tokenize(text)))


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: str(path.relative_to(HOME)))
def test_nothing_here_executes_text(path: Path) -> None:
    called = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                called.add(function.id)
            elif isinstance(function, ast.Attribute) and function.attr not in {"eval", "compile"}:  # of rules, of `re`
                called.add(function.attr)
    assert not called & FORBIDDEN


@settings(max_examples=200, deadline=None)
@given(sums)
def test_sums_are_worth_what_python_says(text: str) -> None:
    expected = eval(re.sub(r"\d+(?:\.\d+)?", lambda number: f"Fraction('{number[0]}')", text), {"Fraction": Fraction})
    built = to_sympy(parse(tokenize(text)))
    assert Fraction(int(built.p), int(built.q)) == expected
    assert math.isclose(value(shown(text)), float(expected), rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("texts", "latex"),
    [
        (["3x+11=14", "3 x + 11 = 14", "3·x + 11 = 14".replace("·", ""), "３x＋11＝14", "3x + 11 == 14",
        r"3x + 11 = 14"], "3 x + 11 = 14"),
        (["x²", "x^2", "x**2", "x^{2}", "x2", "$x^2$".strip("$")], "x^{2}"),
        (["½", r"\frac{1}{2}", r"\dfrac12", "1/2"], r"\frac{1}{2}"),
        (["√2", "sqrt(2)", r"\sqrt{2}", "sqrt 2"], r"\sqrt{2}"),
        (["sinx", "sin x", "sin(x)", r"\sin x", r"\sin{x}", "Sin(x)"], r"\sin x"),
        (["sin²x", "sin^2 x", r"\sin^{2} x", "sin^2(x)"], r"\sin^{2} x"),
        (["x ≤ 3", "x <= 3", r"x \le 3", "x =< 3", r"x \leq 3"], r"x \le 3"),
        (["2π", "2pi", r"2\pi"], r"2 \pi"),
        (["|x|", r"\left|x\right|", "abs(x)"], r"\left|x\right|"),
        (["log_2(8)", r"\log_{2} 8", "log₂ 8", "log2(8)"], r"\log_{2} 8"),
        (["x₁ + 1", "x_1 + 1", "x_{1} + 1"], "x_{1} + 1"),
        (["2xy", "2 x y", "2*x*y".replace("*", " ")], "2 x y"),
        (["1½", "1 1/2", r"1\frac{1}{2}"], r"1\frac{1}{2}"),
    ],
)  # fmt: skip
def test_the_same_formula_written_differently_is_the_same(texts: list[str], latex: str) -> None:
    assert {shown(text) for text in texts} == {latex}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3x + 11 = 14, please", ["3 x + 11 = 14"]),
        ("I have a question: is 2x = 4 easy?", ["2 x = 4"]),
        ("x+1=2 and y+1=3", ["x + 1 = 2", "y + 1 = 3"]),
        ("see https://example.org/a+b=c and solve x=1+1", ["x = 1 + 1"]),
        ("<@123456> 2x=4 <:smile:98765>", ["2 x = 4"]),
        ("`2x = 4`", ["2 x = 4"]),
        ("**2x = 4**", ["2 x = 4"]),
        ("- 2x = 4", ["2 x = 4"]),
        ("(1) 2x = 4\n(2) 3x = 9", ["2 x = 4", "3 x = 9"]),
        ("민지_05: 2x = 4", ["2 x = 4"]),
        ("Minji (3학년): 2x = 4", ["2 x = 4"]),
    ],
)
def test_formulas_are_found_among_words(text: str, expected: list[str]) -> None:
    assert [node_latex(node) for problem in read_message(text).problems for node in problem.nodes] == expected


@pytest.mark.parametrize("text", ["2:3 = 4:x", "x = 3: 2", "f(x): 3"])
def test_a_ratio_is_not_a_name(text: str) -> None:
    assert without_name(text) == text or not re.search("=", text.partition(":")[0])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("(" * 60 + "1" + ")" * 60, TooDeep),
        ("+".join(["x"] * 300), TooLong),
        ("3 +", ParseError),
        ("sin", ParseError),
        ("x = = 2", ParseError),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse(tokenize(text))


@pytest.mark.parametrize("text", ["9^9^9", "(10^5)^1000", "1001!", "2^(10^20)", "(1/3)^10000", "x^1000"])
def test_what_would_be_too_large_is_refused_before_it_is_calculated(text: str) -> None:
    with pytest.raises(TooLarge):
        to_sympy(parse(tokenize(text)))


@pytest.mark.parametrize(("text", "digits"), [("9^9^9", 369_693_100), ("10^10^10", 10_000_000_001)])
def test_the_number_of_digits_is_told(text: str, digits: int) -> None:
    with pytest.raises(TooLarge) as caught:
        to_sympy(parse(tokenize(text)))
    assert caught.value.digits == digits


@pytest.mark.parametrize(
    "text",
    ["(50-40)/40*100", "(1+2)/3", "(1+2)/3*4", "12/(2+4)*3", "2*(3+4)/7*2", "(b-a)/a*100", "3*4/(1+2)", "-(3+4)/7*2",
     "(7-2)/(3-8)*4/2", "1/2/3*4"],
)  # fmt: skip
def test_a_chain_of_products_keeps_its_brackets(text: str) -> None:
    values = {"a": 40.0, "b": 50.0}
    expected = eval(text, {"__builtins__": {}}, values)
    assert value(shown(text).replace(r"\div", "/"), **values) == pytest.approx(expected)
