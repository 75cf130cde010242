"""Problems as students write them, in English and Korean; every answer is checked with Python's own arithmetic."""

import math
import re
from collections.abc import Callable

import pytest

from tests.maths.asking import answer_line, ask, exact, formulas
from tests.maths.latex_value import value

Function = Callable[[float], float]
PLACES = (0.37, 1.43, 2.9)
KOREAN = re.compile(r"[가-힣]")


def close(left: float, right: float) -> bool:
    return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-7)


ROOTS: list[tuple[str, Function, int]] = [
    ("@Saem 3x + 11 = 14", lambda x: 3 * x + 11 - 14, 1),
    ("Solve 3x + 11 = 14, teacher?", lambda x: 3 * x + 11 - 14, 1),
    ("다음의 방정식을 풀고 싶습니다. '3x + 11 = 14', 수학선생님 도와주실 수 있나요?", lambda x: 3 * x - 3, 1),
    ("Minji: 3x+11=14", lambda x: 3 * x - 3, 1),
    ("민지: 3x+11=14 풀어주세요", lambda x: 3 * x - 3, 1),
    ("x² − 5x + 6 = 0", lambda x: x * x - 5 * x + 6, 2),
    ("x^2 - 5x + 6 = 0 풀어줘", lambda x: x * x - 5 * x + 6, 2),
    ("can you solve 2(x - 3) = 4x + 2 for me", lambda x: 2 * (x - 3) - 4 * x - 2, 1),
    ("14 = 3x + 11", lambda x: 3 * x - 3, 1),
    ("I need to find x if 5x - 7 = 2x + 8", lambda x: 3 * x - 15, 1),
    ("x/2 + x/3 = 5", lambda x: x / 2 + x / 3 - 5, 1),
    (r"\frac{1}{2}x + 3 = 7", lambda x: x / 2 - 4, 1),
    (r"$$\frac{x+1}{3} = 4$$ how do I solve this", lambda x: (x + 1) / 3 - 4, 1),
    (r"solve \( x^{2} = 49 \)", lambda x: x * x - 49, 2),
    ("2x² + 3x − 2 = 0", lambda x: 2 * x * x + 3 * x - 2, 2),
    ("x^2 + x - 1 = 0", lambda x: x * x + x - 1, 2),
    ("이차방정식 x^2 - 4x + 1 = 0의 해를 구하시오", lambda x: x * x - 4 * x + 1, 2),
    ("x^2 = 2", lambda x: x * x - 2, 2),
    ("9x^2 = 16", lambda x: 9 * x * x - 16, 2),
    ("x^2+6x+9=0", lambda x: x * x + 6 * x + 9, 1),
    ("x^3 - 6x^2 + 11x - 6 = 0", lambda x: x**3 - 6 * x * x + 11 * x - 6, 3),
    ("x**3 = 8", lambda x: x**3 - 8, 1),
    ("x^4 - 5x^2 + 4 = 0", lambda x: x**4 - 5 * x * x + 4, 4),
    ("x³ = x", lambda x: x**3 - x, 3),
    ("x2 + 3x + 2 = 0", lambda x: x * x + 3 * x + 2, 2),
    ("0.5x + 1.2 = 3", lambda x: 0.5 * x - 1.8, 1),
    ("3,5x = 7", lambda x: 3.5 * x - 7, 1),
    ("x + 1,000 = 2,500", lambda x: x - 1500, 1),
    ("1/x = 4", lambda x: 1 / x - 4, 1),
    ("1/x + 1/(x-1) = 3/2", lambda x: 1 / x + 1 / (x - 1) - 1.5, 2),
    ("(x+1)/(x-2) = 3", lambda x: (x + 1) / (x - 2) - 3, 1),
    ("2:3 = 4:x", lambda x: 2 / 3 - 4 / x, 1),
    ("|x-3| = 5", lambda x: abs(x - 3) - 5, 2),
    ("|2x + 1| = 7", lambda x: abs(2 * x + 1) - 7, 2),
    ("sqrt(x+1) = x - 1", lambda x: math.sqrt(x + 1) - x + 1, 1),
    ("√(2x+3) = 5", lambda x: math.sqrt(2 * x + 3) - 5, 1),
    ("루트 x = 3", lambda x: math.sqrt(x) - 3, 1),
    ("2^x = 8", lambda x: 2**x - 8, 1),
    ("4^x - 3*2^x + 2 = 0", lambda x: 4**x - 3 * 2**x + 2, 2),
    ("e^(2x) = 5", lambda x: math.exp(2 * x) - 5, 1),
    ("ln x = 2", lambda x: math.log(x) - 2, 1),
    ("log x = 2", lambda x: math.log10(x) - 2, 1),
    ("log_2(x+1) = 3", lambda x: math.log2(x + 1) - 3, 1),
    ("log_3 x + log_3(x-2) = 1", lambda x: math.log(x, 3) + math.log(x - 2, 3) - 1, 1),
    ("log x + log (x+3) = 1 풀어줘", lambda x: math.log10(x) + math.log10(x + 3) - 1, 1),
    ("2 log x = log 16", lambda x: 2 * math.log10(x) - math.log10(16), 1),
    ("log_2(x+1) - log_2(x-1) = 1", lambda x: math.log2(x + 1) - math.log2(x - 1) - 1, 1),
    ("3 = log_2 x", lambda x: math.log2(x) - 3, 1),
    ("x squared plus 3x equals 10", lambda x: x * x + 3 * x - 10, 2),
    ("x의 제곱은 16: x^2 = 16", lambda x: x * x - 16, 2),
    ("solve for y: 2y - 6 = 0", lambda y: 2 * y - 6, 1),
    ("t^2 - 9 = 0", lambda t: t * t - 9, 2),
    ("θ + 1 = 3", lambda t: t - 2, 1),
    ("what is x when 7x - 1 = 20?", lambda x: 7 * x - 21, 1),
    ("1) 3x = 12", lambda x: 3 * x - 12, 1),
    ("- 4x = 20", lambda x: 4 * x - 20, 1),
    ("cos x = x", lambda x: math.cos(x) - x, 1),
    ("x^5 - x - 1 = 0", lambda x: x**5 - x - 1, 1),
    ("x^2/2 = 8", lambda x: x * x / 2 - 8, 2),
    ("x²/3 - 12 = 0", lambda x: x * x / 3 - 12, 2),
    ("(x+1)^2 = x^2 + 1", lambda x: 2 * x, 1),
    ("x(x+2) = x² - 6 풀어줘", lambda x: 2 * x + 6, 1),
    ("(x+1)^3 = x^3 + 3x^2 + 7", lambda x: 3 * x - 6, 1),
    ("시험 11/30인데 x^2-9=0 풀어줘", lambda x: x * x - 9, 2),
    ("my test is on 12/5, solve 2x=8", lambda x: 2 * x - 8, 1),
    ("at 3:30 i need help with 5x-5=20", lambda x: 5 * x - 25, 1),
    ("(x+8)^2 = (x+3)(x+7)", lambda x: 6 * x + 43, 1),
    ("x^2=16 x값 구해줘", lambda x: x * x - 16, 2),
    ("2x+3=7 x=?", lambda x: 2 * x - 4, 1),
    ("x제곱 더하기 3x 빼기 10은 0", lambda x: x * x + 3 * x - 10, 2),
    ("3엑스 더하기 11은 14", lambda x: 3 * x - 3, 1),
    ("||3x = 6||", lambda x: 3 * x - 6, 1),
    ("3x\x00 + 11 =\u200b 14", lambda x: 3 * x - 3, 1),
    ("hey can u help me w/ 6x+2=20", lambda x: 6 * x - 18, 1),
    ("3x + 11 = 14!", lambda x: 3 * x - 3, 1),
    ("(3x + 11 = 14)", lambda x: 3 * x - 3, 1),
    ("**3x + 11 = 14** 이거 어떻게 풀어?", lambda x: 3 * x - 3, 1),
]


@pytest.mark.parametrize(("message", "zero", "count"), ROOTS, ids=[case[0] for case in ROOTS])
def test_the_roots_of_an_equation_satisfy_it_and_none_is_missing(message: str, zero: Function, count: int) -> None:
    text = ask(message)
    roots = [_root(formula) for formula in formulas(text)]
    assert len(set(roots)) == count, text
    tolerance = 1e-4 if r"\approx" in answer_line(text) else 1e-7
    assert all(abs(zero(root)) < tolerance for root in roots), text
    assert bool(KOREAN.search(text)) == bool(KOREAN.search(message)), text


def _root(formula: str) -> float:
    """`x = 2`; where there is only a decimal, that."""
    if re.match(r"^[a-z\\]+ \\approx", formula):
        return float(formula.split(r"\approx")[1])
    return value(exact(re.sub(r"^\\theta = ", "x = ", formula)))


VALUES: list[tuple[str, float]] = [
    ("sin 30도의 값", 0.5), ("cos 60 degrees", 0.5),
    ("what percent of 80 is 12", 15), ("12는 80의 몇 %?", 15), ("3/4 as a percent", 75),
    ("12 is what percent of 80?", 15),
    ("convert 0.75 to a fraction", 0.75), ("0.125를 분수로 나타내 줘", 0.125),
    ("15% of 80", 12), ("what is 15% of 80?", 12), ("80의 15%는 얼마야?", 12), ("80의 15퍼센트", 12),
    ("√2 × √8", 4), ("√72", math.sqrt(72)), ("루트 12", math.sqrt(12)), ("∛27", 3), ("9의 제곱근", 3),
    ("8의 세제곱근", 2),
    ("square root of 50", math.sqrt(50)), ("the cube root of 64", 4), ("1/2 + 1/3", 5 / 6), ("1/2 ÷ 3/4", 2 / 3),
    ("1 1/2 + 2 3/4", 4.25), ("½ + ¼", 0.75), (r"\frac{3}{4} - \frac{1}{6}", 3 / 4 - 1 / 6), ("2/3 of 90", 60),
    ("2분의 1 더하기 3분의 1", 5 / 6), ("3 더하기 5 곱하기 2", 13), ("10 나누기 4", 2.5),
    ("what is two plus two?", 4),
    ("12 x 7", 84), ("12×7=?", 84), ("2 + 2 =", 4), ("(2+3)*4 - 6/3", 18), ("2^10", 1024), ("2의 10제곱", 1024),
    ("5 squared", 25), ("2^-2", 0.25), ("2^3^2", 512), ("-3^2", -9), ("(-3)²", 9), ("0.1 + 0.2", 0.3),
    ("3,5 + 1,25", 4.75),
    ("1,234 + 5", 1239), ("80 + 15%", 92), ("20% off 50", 40), ("5!", 120), ("10 choose 3", 120),
    (r"\binom{5}{2}", 10), ("sin 30°", 0.5), ("sin(π/6)", 0.5), ("cos π", -1), ("tan 45°", 1), ("log_2 8", 3),
    ("log 1000", 3),
    ("ln e^3", 3), ("|3 - 10|", 7), (r"\sqrt[3]{27} + 1", 4), (r"\sum_{k=1}^{10} k^2", 385), ("gcd(12, 18)", 6),
    ("gcd of 12 and 18", 6), ("12와 18의 최소공배수", 36), ("lcm of 4, 6 and 10", 60), ("average of 3, 5 and 10", 6),
    ("3, 5, 10의 평균", 6), ("6÷2(1+2)", 9), ("100 - 7 * 8 계산해줘", 44), ("3 × (4 + 5) 값은?", 27),
    ("evaluate 3x+1 when x=2", 7), ("x=2일 때 x^2 + 1의 값", 5), ("f(x) = x^2 + 1, f(3)은?", 10), ("7 - -3", 10),
    ("2√3 × √3", 6),
    ("삼 곱하기 칠은?", 21), ("이십오 나누기 오는 얼마예요", 5), ("십이 더하기 삼십", 42), ("100 더하기 백", 200),
    ("이천오백 빼기 만", -7500),
    ("2의 8승", 256), ("7P3은?", 210), ("5C2는 얼마야?", 10), ("₇P₃ + ₅C₂", 220), ("P(7,3)", 210), ("nCr 8 3", 56),
    ("5! / (2! 3!)", 10),
    ("1+2+3+...+100", 5050), ("1 + 2 + 3 + … + 100", 5050), ("2+4+6+⋯+50", 650), ("1+3+5+...+99는?", 2500),
    (r"1 + 2 + 3 + \cdots + 10", 55), ("1+2+4+8+...+64", 127), ("3+6+12+...+96", 189),
    ("sum of the first 20 natural numbers", 210),
    ("sum k=1 to 10 of k^2", 385), ("sum from k=1 to 10^2 of k", 5050), ("0.25 to fraction", 0.25),
    ("0.333... as a fraction", 1 / 3),
    ("0.1666... 분수로", 1 / 6),
    ("18 as a percentage of 72", 25), ("what percent is 18 of 72", 25), ("절댓값 -5", 5), ("-5의 절댓값은?", 5),
    ("absolute value of -7", 7), ("$20 + $30", 50), ("1,000원 + 2,500원", 3500), ("lcm 12 15", 60),
    ("GCF of 24 and 36", 12), ("average 90 85 77", 84),
    ("gcd 12 18 24", 6),
    ("4 8 15 17 평균", 11), ("f(x)=2x+3 f(5)", 13), ("f(x)=x^2+1, x=2", 5), ("미분계수 f(x)=x^2+1, x=2", 4),
    ("P(x)=x^2+1, P(2)", 5), ("x->0 일때 tanx/x", 1), ("∫ 1/x^2 from 1 to infinity", 1),
    ("2와 1/3 더하기 1과 1/2", 23 / 6), ("2와 1/3의 평균", 7 / 6), ("(1+√2)^2", (1 + math.sqrt(2)) ** 2),
    ("∫0^1 x dx", 0.5),
    ("∫0^π sin x dx", 2), ("inverse sin 0.5", math.pi / 6), ("5/6-1/4", 7 / 12), ("yo whats 7x8", 56),
    ("0.5-0.05", 0.45), ("1/2-1/3-1/6", 0),
    ("12:18 간단한 정수비로", 2 / 3), ("(-8)^(1/3)", -2), ("(-8)^(2/3)", 4), (r"\sum_{i=1}^{5} i", 15),
    ("i^2", -1), ("(1+i)(1-i)", 2), ("|3+4i|", 5),
    ("e^(i pi)", -1), ("2x/3x", 2 / 3), ("(1) + 2/5 + 4", 5.4), ("(2) × 9/7", 18 / 7),
    ("2^3/4", 2), ("6^2/3", 12), ("9^1/2", 3), ("8^(2/3)", 4),
    ("4^-1/2", 0.5), ("3²/9", 1), ("2^4/2^3", 2),
    ("e^0", 1), ("12345678901234567890 * 2", 24691357802469135780), ("floor(7/2)", 3),
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), VALUES, ids=[case[0] for case in VALUES])
def test_a_calculation_has_the_right_value(message: str, expected: float) -> None:
    text = ask(message)
    assert close(value(exact(formulas(text)[0]).replace(r"\%", "")), expected), text
    assert bool(KOREAN.search(text)) == bool(KOREAN.search(message)), text


DERIVATIVES: list[tuple[str, Function]] = [
    (r"\frac{dy}{dx} \text{ if } y = x^3", lambda x: x**3),
    ("f'(x) of x^4 - 2x^2", lambda x: x**4 - 2 * x * x),
    ("d^2/dx^2 x^3", lambda x: 3 * x * x),
    ("d²/dx² sin x", math.cos),
    ("find dy/dx if y = x^3 + x", lambda x: x**3 + x),
    ("what is the derivative of x^2 sin x", lambda x: x * x * math.sin(x)),
    ("x^2 sin x를 미분해줘", lambda x: x * x * math.sin(x)),
    ("differentiate 3x^4 - 2x + 7", lambda x: 3 * x**4 - 2 * x + 7),
    ("d/dx (x^3 + 1/x)", lambda x: x**3 + 1 / x),
    (r"\frac{d}{dx} x^5", lambda x: x**5),
    ("derivative of ln(x^2+1)", lambda x: math.log(x * x + 1)),
    ("(x^2+1)/(x+3) 미분", lambda x: (x * x + 1) / (x + 3)),
    ("y = e^(2x)의 도함수는?", lambda x: math.exp(2 * x)),
    ("f(x) = x^3일 때 f'(x)", lambda x: x**3),
    ("derivative of sqrt(x)", math.sqrt),
    ("sin(3x)cos(x) 미분해 주세요", lambda x: math.sin(3 * x) * math.cos(x)),
    ("xsinx 미분", lambda x: x * math.sin(x)),
    ("find the derivative of (2x+1)^5", lambda x: (2 * x + 1) ** 5),
    ("tan x 도함수", math.tan),
    ("differentiate x^x", lambda x: x**x),
]


@pytest.mark.parametrize(("message", "function"), DERIVATIVES, ids=[case[0] for case in DERIVATIVES])
def test_a_derivative_is_the_slope(message: str, function: Function) -> None:
    result = exact(formulas(ask(message))[0])
    for place in PLACES:
        slope = (function(place + 1e-6) - function(place - 1e-6)) / 2e-6
        assert math.isclose(value(result, x=place), slope, rel_tol=1e-4, abs_tol=1e-4), result


INTEGRALS: list[tuple[str, Function]] = [
    ("∫ x dx", lambda x: x),
    ("integrate 3x^2 + 4x", lambda x: 3 * x * x + 4 * x),
    ("x^3을 적분해줘", lambda x: x**3),
    ("∫ x e^x dx", lambda x: x * math.exp(x)),
    ("integral of 1/x", lambda x: 1 / x),
    ("integrate 2x cos(x^2)", lambda x: 2 * x * math.cos(x * x)),
    (r"\int \sin^2 x \, dx", lambda x: math.sin(x) ** 2),
    ("antiderivative of (x+1)^2", lambda x: (x + 1) ** 2),
    ("sin x의 부정적분", math.sin),
    ("∫ (x² + 1)/x dx", lambda x: (x * x + 1) / x),
    ("∫ ln x dx", math.log),
    ("x^2/2 적분", lambda x: x * x / 2),
    ("integral of sqrt(x)", math.sqrt),
]


@pytest.mark.parametrize(("message", "function"), INTEGRALS, ids=[case[0] for case in INTEGRALS])
def test_an_antiderivative_has_the_integrand_as_its_slope(message: str, function: Function) -> None:
    result = exact(formulas(ask(message))[0])
    assert result.endswith("+ C")
    body = result.removesuffix("+ C")
    for place in PLACES:
        slope = (value(body, x=place + 1e-6) - value(body, x=place - 1e-6)) / 2e-6
        assert math.isclose(slope, function(place), rel_tol=1e-4, abs_tol=1e-4), result


@pytest.mark.parametrize(
    "message",
    [
        "∫ x ln x dx", "∫ x e^(2x) dx", "∫ x sin 3x dx", "∫ x^2 e^x dx", "∫ x sqrt(x+1) dx",
        "∫ sin^2 x dx", "∫ 1/(x^2+3x) dx", "∫ arctan x dx", "∫ 2x cos(x^2) dx", "∫ x/(x^2+1) dx",
        "∫ cos^3 x dx", "∫ (x^2+1)^3 dx",
    ],
)  # fmt: skip
def test_every_line_of_an_integration_is_true_and_no_letter_stands_for_two_things(message: str) -> None:
    text = ask(message)
    lines = re.findall(r"^\d+\. .*?\\\((\\int .+)\\\)$", text, re.MULTILINE)
    told = [re.split(r"\\int (.+?) \\, d(\w) = ", line)[1:] for line in lines]
    assert told, text
    for integrand, name, anti in told:
        slope = (value(anti, **{name: 0.7 + 1e-6}) - value(anti, **{name: 0.7 - 1e-6})) / 2e-6
        assert math.isclose(slope, value(integrand, **{name: 0.7}), rel_tol=1e-4, abs_tol=1e-4), (integrand, anti)
    letters = re.findall(r"Substitute: \\\((\w) = |\\\((\w) = [^,]*,\\; \w' = ", text)
    assert len(letters) == len(set(letters)), text


AREAS: list[tuple[str, Function, float, float]] = [
    ("integral of x^2 from 0 to 1", lambda x: x * x, 0, 1),
    ("∫_0^π sin x dx", math.sin, 0, math.pi),
    (r"\int_{1}^{2} \frac{1}{x} dx", lambda x: 1 / x, 1, 2),
    ("x^2를 0부터 3까지 적분", lambda x: x * x, 0, 3),
    ("integrate e^x from 0 to 2", math.exp, 0, 2),
    ("0에서 2까지 3x^2을 적분해줘", lambda x: 3 * x * x, 0, 2),
]


@pytest.mark.parametrize(("message", "function", "low", "high"), AREAS, ids=[case[0] for case in AREAS])
def test_a_definite_integral_is_the_area(message: str, function: Function, low: float, high: float) -> None:
    width = (high - low) / 20_000
    area = sum(function(low + (place + 0.5) * width) for place in range(20_000)) * width
    assert math.isclose(value(exact(formulas(ask(message))[0])), area, rel_tol=1e-6)


LIMITS: list[tuple[str, float]] = [
    ("lim x->0 sin(x)/x", 1), ("limit of (x^2-1)/(x-1) as x approaches 1", 2), ("x가 0으로 갈 때 sin(x)/x의 극한", 1),
    (r"\lim_{x \to 2} (x^2 + 1)", 5), ("lim x→∞ (3x^2+1)/(2x^2-5)", 1.5), ("lim(x→0) (1-cos x)/x^2", 0.5),
    ("x→3일 때 (x^2-9)/(x-3)의 극한값", 6), ("what's the limit of (1+1/x)^x as x goes to infinity", math.e),
    (r"\lim_{x \to 0^+} x \ln x", 0),
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), LIMITS, ids=[case[0] for case in LIMITS])
def test_a_limit_is_right(message: str, expected: float) -> None:
    assert close(value(exact(formulas(ask(message))[0])), expected)


FORMS: list[tuple[str, Function, str]] = [
    ("x^2 + 3x + 2를 인수분해해줘", lambda x: x * x + 3 * x + 2, "product"),
    ("factor x^2 - 9", lambda x: x * x - 9, "product"),
    ("factorise 6x² + x − 2", lambda x: 6 * x * x + x - 2, "product"),
    ("2x^3 - 8x 인수분해", lambda x: 2 * x**3 - 8 * x, "product"),
    ("Factor: x^3 + 1", lambda x: x**3 + 1, "product"),
    ("expand (x+1)^3", lambda x: (x + 1) ** 3, "sum"),
    ("(x+2)(x-5) 전개해 주세요", lambda x: (x + 2) * (x - 5), "sum"),
    ("multiply out (2x - 3)^2", lambda x: (2 * x - 3) ** 2, "sum"),
    ("simplify (x^2-1)/(x-1)", lambda x: x + 1, "sum"),
    ("3x + 2x - 4", lambda x: 5 * x - 4, "sum"),
    ("sin^2 x + cos^2 x", lambda x: 1, "any"),
    ("2(x+3) - (x - 1)을 간단히 하시오", lambda x: x + 7, "sum"),
    ("simplify x^3 * x^4", lambda x: x**7, "any"),
    ("simplify 6x^2y/3xy", lambda x: 2 * x, "any"),
    ("x^2/2x를 간단히", lambda x: x / 2, "any"),
    ("simplify 1/2x + 1/2x", lambda x: x, "any"),
    ("1/x + 1/(x+1) 간단히", lambda x: 1 / x + 1 / (x + 1), "any"),
]


@pytest.mark.parametrize(("message", "function", "form"), FORMS, ids=[case[0] for case in FORMS])
def test_another_form_has_the_same_values(message: str, function: Function, form: str) -> None:
    result = exact(formulas(ask(message))[0])
    assert all(close(value(result, x=place), function(place)) for place in PLACES), result
    outside = re.sub(r"\\left\([^()]*\\right\)", "P", result)
    if form == "product":
        assert result.count("(") >= 1
        assert "+" not in outside, result
    if form == "sum":
        assert "P" not in outside, result


INEQUALITIES: list[tuple[str, Callable[[float], bool]]] = [
    ("2x + 1 < 7", lambda x: 2 * x + 1 < 7),
    ("solve -2x >= 6", lambda x: -2 * x >= 6),
    ("x^2 - x - 6 ≥ 0", lambda x: x * x - x - 6 >= 0),
    ("부등식 3x - 5 > x + 1을 풀어줘", lambda x: 3 * x - 5 > x + 1),
    ("1 < 2x+3 <= 7", lambda x: 1 < 2 * x + 3 <= 7),
    ("-3 < 1 - 2x < 5", lambda x: -3 < 1 - 2 * x < 5),
    ("(x+1)/(x-2) > 0", lambda x: x != 2 and (x + 1) / (x - 2) > 0),
    ("|x| < 3", lambda x: abs(x) < 3),
    ("|2x-1| >= 3", lambda x: abs(2 * x - 1) >= 3),
    ("x is greater than 3x - 4", lambda x: x > 3 * x - 4),
    (r"x^2 \le 4", lambda x: x * x <= 4),
]


@pytest.mark.parametrize(("message", "holds"), INEQUALITIES, ids=[case[0] for case in INEQUALITIES])
def test_an_inequality_holds_just_where_the_answer_says(message: str, holds: Callable[[float], bool]) -> None:
    parts = formulas(ask(message))
    for place in [step / 4 for step in range(-40, 41)]:
        said = any(_true(part, place) for part in parts)
        assert said == holds(place), (parts, place)


def _true(relation: str, place: float) -> bool:
    sides = re.split(r"(<|>|\\le|\\ge|=)", relation)
    compare = {"<": float.__lt__, ">": float.__gt__, r"\le": float.__le__, r"\ge": float.__ge__, "=": float.__eq__}
    values = [value(side, x=place) for side in sides[::2]]
    return all(compare[sign](left, right) for sign, left, right in zip(sides[1::2], values, values[1:], strict=False))


SYSTEMS: list[tuple[str, list[Callable[[dict[str, float]], float]], int]] = [
    ("2x+y=5, x-y=1", [lambda v: 2 * v["x"] + v["y"] - 5, lambda v: v["x"] - v["y"] - 1], 1),
    ("연립방정식 2x+y=7 x-y=2 풀어줘", [lambda v: 2 * v["x"] + v["y"] - 7, lambda v: v["x"] - v["y"] - 2], 1),
    ("x + y = 10 x - y = 4", [lambda v: v["x"] + v["y"] - 10, lambda v: v["x"] - v["y"] - 4], 1),
    ("2x+y=5,x-y=1", [lambda v: 2 * v["x"] + v["y"] - 5, lambda v: v["x"] - v["y"] - 1], 1),
    ("x+y=5,2x-y=1", [lambda v: v["x"] + v["y"] - 5, lambda v: 2 * v["x"] - v["y"] - 1], 1),
    ("solve the system 3x + 2y = 12 and x - y = -1",
    [lambda v: 3 * v["x"] + 2 * v["y"] - 12, lambda v: v["x"] - v["y"] + 1], 1),
    ("연립방정식 3x - 2y = 4, x + y = 3 풀어줘",
    [lambda v: 3 * v["x"] - 2 * v["y"] - 4, lambda v: v["x"] + v["y"] - 3], 1),
    ("{x + y = 10, x - y = 4}", [lambda v: v["x"] + v["y"] - 10, lambda v: v["x"] - v["y"] - 4], 1),
    ("x + y = 10\nx - y = 4", [lambda v: v["x"] + v["y"] - 10, lambda v: v["x"] - v["y"] - 4], 1),
    (r"\begin{cases} x + y = 3 \\ 2x - y = 0 \end{cases}",
    [lambda v: v["x"] + v["y"] - 3, lambda v: 2 * v["x"] - v["y"]], 1),
    ("x+y+z=6, x-y=0, z=2",
    [lambda v: v["x"] + v["y"] + v["z"] - 6, lambda v: v["x"] - v["y"], lambda v: v["z"] - 2], 1),
    ("x^2+y^2=25, x+y=7", [lambda v: v["x"] ** 2 + v["y"] ** 2 - 25, lambda v: v["x"] + v["y"] - 7], 2),
    ("y = 2x + 1 그리고 y = -x + 4", [lambda v: v["y"] - 2 * v["x"] - 1, lambda v: v["y"] + v["x"] - 4], 1),
]  # fmt: skip


@pytest.mark.parametrize(("message", "zeros", "count"), SYSTEMS, ids=[case[0] for case in SYSTEMS])
def test_a_systems_solutions_satisfy_every_equation(
    message: str, zeros: list[Callable[[dict[str, float]], float]], count: int
) -> None:
    found = formulas(ask(message))
    assert len(found) == count
    for formula in found:
        plain = formula.replace(r"\left(", "").replace(r"\right)", "")
        pairs = [pair.split("=") for pair in plain.split(r",\; ")]
        values = {name.strip(): value(said) for name, said in pairs}
        assert all(close(zero(values), 0) for zero in zeros)


@pytest.mark.parametrize(
    ("message", "period", "zero"),
    [
        ("sinx=cosx", math.pi, lambda x: math.sin(x) - math.cos(x)),
        ("√3 sin x = cos x", math.pi, lambda x: math.sqrt(3) * math.sin(x) - math.cos(x)),
        ("sin 2x + cos 2x = 0 풀어줘", math.pi / 2, lambda x: math.sin(2 * x) + math.cos(2 * x)),
    ],
)
def test_sine_and_cosine_of_one_angle_become_a_tangent(message: str, period: float, zero: Function) -> None:
    (family,) = formulas(ask(message))
    places = [value(family.removeprefix("x = "), n=n) for n in (-1, 0, 1)]
    assert all(abs(zero(place)) < 1e-9 for place in places)
    assert close(places[1] - places[0], period)


@pytest.mark.parametrize("message", ["0! = 1?", "5!=120 맞아?", "why is 0!=1", "2! + 1 = 3"])
def test_a_factorial_before_a_sign_of_equality_is_one(message: str) -> None:
    assert answer_line(ask(message)).startswith(("yes", "네"))


@pytest.mark.parametrize(
    ("message", "listed"),
    [("30의 약수", [1, 2, 3, 5, 6, 10, 15, 30]), ("factors of 36", [1, 2, 3, 4, 6, 9, 12, 18, 36]), ("약수 7", [1, 7])],
)
def test_all_divisors_are_listed(message: str, listed: list[int]) -> None:
    assert [int(one) for one in formulas(ask(message))[0].split(r",\; ")] == listed


def test_a_partial_derivative_keeps_the_other_letters() -> None:
    assert formulas(ask("∂/∂x (x^2y)"))[0] == "2 x y"


def test_the_square_of_a_sum_with_a_root_is_multiplied_out() -> None:
    assert formulas(ask("(2-√3)^2"))[0].startswith(r"7 - 4 \sqrt{3}")


@pytest.mark.parametrize("message", ["0^0", "log(-1)", "ln(-2)의 값은?", "5/0", "tan 90°", "log 0"])
def test_what_has_no_value_gets_none(message: str) -> None:
    text = ask(message)
    assert "not defined" in text or "정의되지 않는" in text


@pytest.mark.parametrize(
    ("message", "shown"),
    [("(2+3i)+(1-i)", "3 + 2 i"), ("(1+2i)^2", "-3 + 4 i"), ("1/(1+i)", r"\frac{1}{2} - \frac{i}{2}")],
)
def test_i_is_the_imaginary_unit_where_no_other_letter_stands(message: str, shown: str) -> None:
    assert formulas(ask(message))[0] == shown
    assert formulas(ask("i + 1 = 3"))[0] == "i = 2"


INTERVALS: list[tuple[str, Function, float, float, int]] = [
    ("sin x = 1/2, 0<=x<=2pi", lambda x: math.sin(x) - 0.5, 0, 2 * math.pi, 2),
    ("0≤x<2π일 때 sin x = 1/2", lambda x: math.sin(x) - 0.5, 0, 2 * math.pi, 2),
    ("sin(2x) = 1, 0<=x<=2pi", lambda x: math.sin(2 * x) - 1, 0, 2 * math.pi, 2),
    ("solve 2cos^2 x - 1 = 0 for 0 <= x < 2pi", lambda x: 2 * math.cos(x) ** 2 - 1, 0, 2 * math.pi, 4),
    ("tan x = 1 (0 < x < 2π)", lambda x: math.tan(x) - 1, 0, 2 * math.pi, 2),
    ("sin x = 0, 0 <= x < 2pi", math.sin, 0, 2 * math.pi, 2),
    ("x^2 = 4, 0 < x < 5", lambda x: x * x - 4, 0, 5, 1),
]


@pytest.mark.parametrize(("message", "zero", "low", "high", "count"), INTERVALS, ids=[case[0] for case in INTERVALS])
def test_only_the_solutions_in_the_interval_are_given(
    message: str, zero: Function, low: float, high: float, count: int
) -> None:
    roots = [value(exact(formula)) for formula in formulas(ask(message))]
    assert len(set(roots)) == count
    assert all(abs(zero(root)) < 1e-9 and low <= root <= high for root in roots)


def test_an_interval_without_a_solution_is_said_to_have_none() -> None:
    assert "no solution in the interval" in ask("cos x = 0, 0 < x < 1")
    assert "no real solution" in ask("sin x = 2, 0<=x<=2pi")


TANGENTS: list[tuple[str, Function, float]] = [
    ("tangent line to y=x^2 at x=1", lambda x: x * x, 1),
    ("y=x^3에서 x=1일 때 접선의 방정식", lambda x: x**3, 1),
    ("find the equation of the tangent to y = x^2 + 1 at (1, 2)", lambda x: x * x + 1, 1),
    ("곡선 y=x^2 위의 점 (2,4)에서의 접선의 방정식을 구하시오", lambda x: x * x, 2),
    ("tangent to y = sqrt(x) at x = 4", math.sqrt, 4),
    ("f(x)=x^3-x, tangent line at x=0", lambda x: x**3 - x, 0),
]


@pytest.mark.parametrize(("message", "curve", "place"), TANGENTS, ids=[case[0] for case in TANGENTS])
def test_a_tangent_touches_the_curve_and_has_its_slope(message: str, curve: Function, place: float) -> None:
    line = formulas(ask(message))[0].removeprefix("y = ")
    assert close(value(line, x=place), curve(place))
    slope = (curve(place + 1e-6) - curve(max(place - 1e-6, 0))) / (place + 1e-6 - max(place - 1e-6, 0))
    assert math.isclose(value(line, x=place + 1) - value(line, x=place), slope, rel_tol=1e-4, abs_tol=1e-4)


@pytest.mark.parametrize("message", ["find the slope of y=x^2 at x=3", "y = x^2의 x = 3에서의 기울기"])
def test_a_slope_at_a_place_is_the_derivative_there(message: str) -> None:
    assert formulas(ask(message))[0] == "6"


@pytest.mark.parametrize(
    ("message", "holds"),
    [
        ("is (a+b)^2 = a^2+b^2?", False),
        ("(x+1)^2 = x^2+1 맞아요?", False),
        ("is (a+b)^2 = a^2+2ab+b^2?", True),
        ("is sin(2x) = 2 sin x cos x true?", True),
        ("x^2 - 1 = (x-1)(x+1) 맞나요?", True),
    ],
)
def test_a_claim_for_all_values_is_judged_and_not_solved(message: str, holds: bool) -> None:
    line = answer_line(ask(message))
    assert line.startswith(("yes", "네")) is holds
    assert line.startswith(("no", "아니요")) is not holds


def test_the_corpus_is_large_enough() -> None:
    corpus = [ROOTS, VALUES, DERIVATIVES, INTEGRALS, AREAS, LIMITS, FORMS, INEQUALITIES, SYSTEMS]
    messages = [case[0] for cases in corpus for case in cases]  # type: ignore[attr-defined]
    assert len(set(messages)) >= 120
    assert sum(bool(KOREAN.search(message)) for message in messages) >= 30
