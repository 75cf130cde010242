"""Right workings: no line of them is called wrong, however they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.derivations import derivations
from maths.steps.step_check import check_text

RIGHT = [
    "2x + 3 = 11\n2x = 8\nx = 4",
    "2x+3=11 ⇒ 2x=8 ⇒ x=4",
    "2x+3=11 => 2x=8 => x=4",
    "2x+3=11 → 2x=8 → x=4",
    "2x + 3 = 11 2x = 8 x = 4",
    "2x + 3 = 11 so 2x = 8, then x = 4",
    "2x+3=11에서 3을 이항하면 2x=8, 양변을 2로 나누면 x=4입니다",
    "1. 2x + 3 = 11\n2. 2x = 8\n3. x = 4",
    "1) 3(x + 2) = 15\n2) 3x + 6 = 15\n3) x = 3",
    "- 2x + 3 = 11\n- 2x = 8\n- x = 4",
    "Step 1: 2x + 3 = 11\nStep 2: 2x = 8\nStep 3: x = 4",
    "2x + 3 = 11 (subtract 3 from both sides)\n2x = 8 (divide by 2)\nx = 4",
    "2x + 3 = 11  // minus 3\n2x = 8\nx = 4 ✓",
    r"$$\begin{aligned}2x+3 &= 11 \\ 2x &= 8 \\ x &= 4\end{aligned}$$",
    r"\[ 2x + 3 = 11 \]" + "\n" + r"\[ x = \frac{8}{2} = 4 \]",
    r"$2x+3=11 \Rightarrow 2x=8 \Rightarrow x=4$",
    "Divide both sides by 2:\n2x = 6\nx = 3",
    "x^2-5x+6=0 so (x-2)(x-3)=0 then x = 2 or x = 3",
    "x² − 5x + 6 = 0, 인수분해하면 (x−2)(x−3) = 0 따라서 x=2 또는 x=3",
    "x^2 - 9 = 0\n(x-3)(x+3) = 0\nx - 3 = 0\nx = 3\nx + 3 = 0\nx = -3",
    "x^2 = 9\nx = ±3",
    "x^2 = 9\nx = 3, -3",
    "x^2 - 5x + 3 = 0\nx = (5 ± √13)/2",
    "x^2 = 9, x > 0\nx = 3",
    "x^2 = 9\nx = 3 since x must be positive",
    "x^2 + 4 = 0\nx^2 = -4\nno real solution",
    "2x + 1 = 2x + 5\n1 = 5\n해가 없다",
    "√(x+2) = x\nx+2 = x^2\nx^2 - x - 2 = 0\n(x-2)(x+1) = 0\nx = 2",
    "1/x + 1/2 = 1\n2 + x = 2x\nx = 2",
    "log(x) + log(x+3) = 1\nlog(x^2+3x) = 1\nx^2 + 3x = 10\n(x+5)(x-2)=0\nx=2",
    "2^x = 8\n2^x = 2^3\nx = 3",
    "x^4 - 5x^2 + 4 = 0\nlet u = x^2\nu^2 - 5u + 4 = 0\n(u-1)(u-4)=0\nu = 1 or u = 4\nx = ±1 or x = ±2",
    "-2x < 6\nx > -3",
    "1 < 2x+3 <= 7\n-2 < 2x <= 4\n-1 < x <= 2",
    "x^2 - x - 6 > 0\n(x-3)(x+2) > 0\nx < -2 or x > 3",
    "x^2 - x - 6 < 0\n-2 < x < 3",
    "x + y = 5, x - y = 1\n2x = 6\nx = 3\ny = 2",
    "x + y = 5\nx - y = 1\n2x = 6\nx = 3\n3 + y = 5\ny = 2",
    "y = 2x + 1, x + y = 7\nx + 2x + 1 = 7\n3x = 6\nx = 2, y = 5",
    "2x + y = 5\ny = 5 - 2x",
    "A = bh/2\n2A = bh\nh = 2A/b",
    "(x+1)^2 - x^2\n= x^2 + 2x + 1 - x^2\n= 2x + 1",
    "(x+1)^2 - x^2 = x^2 + 2x + 1 - x^2 = 2x + 1",
    "1/2 + 1/3 = 3/6 + 2/6 = 5/6",
    "5 * 3 = 15\n15 + 2 = 17",
    "10/3 = 3.33",
    "√2 ≈ 1.41",
    "√8 = √(4*2) = 2√2",
    "x = 6/2 = 3",
    "A = 1/2 * 6 * 4\n= 3*4\n= 12",
    "f(x) = x^2 sin x\nf'(x) = 2x sin x + x^2 cos x",
    "y = x^3\ny' = 3x^2\ny'' = 6x",
    "y = (3x+1)^2\ndy/dx = 2(3x+1)*3\n= 6(3x+1)",
    "f(x) = x^2 - 4x\nf'(x) = 2x - 4 = 0\nx = 2\nf(2) = 4 - 8 = -4",
    "f(x) = x^2 - 4x\nf'(x) = 2x - 4\nf'(x) = 0\n2x - 4 = 0\nx = 2",
    "differentiate x^2 sin x\n= 2x sin x + x^2 cos x",
    "(x^2 e^x)' = 2x e^x + x^2 e^x",
    "y = log x\ny' = 1/x",
    "∫ 2x dx = x^2 + C",
    "∫ (2x+1) dx = x^2 + x\n= x^2 + x + C",
    "∫ x e^x dx = x e^x - ∫ e^x dx = x e^x - e^x + C",
    "∫ 1/x dx = ln|x| + C",
    "integral of x^2 from 0 to 1\n= 1/3",
    "x^2 - 4 = (x-2)(x+2) = 0\nx = 2 or x = -2",
    "log 2 + log 5 = log 10 = 1",
    "√(x^2) = x",
    "3(cos x) + 2(cos x)\n= 5(cos x)",
    "sin x = 1/2\nx = π/6",
    "80 + 15%\n= 92",
    "9**9**9\n= 9**9**9 + 0",
    "x = 2\n3x + 1 = 3*2 + 1 = 7",
    "lim x->0 sin(x)/x = 1",
    "n! / (n-1)!\n= n",
    "2(x+1) = 2x + 2",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_nothing_is_called_wrong(text: str) -> None:
    assert check_text(text).wrong is None


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_right_derivations_made_by_code_are_right(seed: int) -> None:
    for one in derivations(4, seed):
        if one.wrong is None:
            assert check_text(one.text).wrong is None, one.text


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_slips_made_by_code_are_found(seed: int) -> None:
    for one in derivations(4, seed):
        if one.wrong is not None:
            assert check_text(one.text).wrong == one.wrong - 1, one.text


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.integers(-30, 30).filter(bool), min_size=3, max_size=3),
    st.integers(-20, 20),
)
def test_no_step_by_the_rules_is_called_wrong(numbers: list[int], root: int) -> None:
    a, b, k = numbers
    c = a * root + b
    lines = [f"{a}x + ({b}) = {c}", f"{k}({a}x + ({b})) = {k * c}", f"{a}x = {c} - ({b})", f"x = {root}"]
    assert check_text("\n".join(lines)).wrong is None
