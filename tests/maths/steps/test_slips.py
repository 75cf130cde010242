"""Wrong workings: the first line that does not follow is found, and its slip is named."""

import pytest

from maths.steps.step_check import check_text

WRONG = [
    # moved without changing the sign
    ("2x + 3 = 11\n2x = 14\nx = 7", 2, "moved_sign"),
    ("x - 5 = 2\nx = -3", 2, "moved_sign"),
    ("5x = 2x + 9\n7x = 9", 2, "moved_sign"),
    ("2x + 3 = 11, 3을 이항하면 2x = 14, 양변을 2로 나누면 x = 7", 2, "moved_sign"),
    ("2x + y = 5\ny = 5 + 2x", 2, "moved_sign"),
    ("3x - 4 = x + 6\n3x - x = 6 - 4\n2x = 2\nx = 1", 2, "moved_sign"),
    (r"$2x + 3 = 11$" + "\n" + r"$2x = 11 + 3$", 2, "moved_sign"),
    ("3x + 2 > 14\n3x > 16", 2, "moved_sign"),
    # one side only
    ("3x + 6 = 12\n3x = 12", 2, "one_side"),
    ("2x = 8\nx = 8", 2, "one_side"),
    ("4x + 8 = 20\nx + 2 = 20", 2, "one_side"),
    ("x/3 = 5\nx = 5", 2, "one_side"),
    # one term only
    ("3x + 6 = 12\nx + 6 = 4", 2, "one_term"),
    ("x/2 + 1 = 4\nx + 1 = 8", 2, "one_term"),
    # distributed over one term
    ("2(x+3) = 10 ⇒ 2x + 3 = 10 → 2x = 7 ∴ x = 7/2", 2, "first_term"),
    ("3(x + 2) = 15\n3x + 2 = 15\n3x = 13", 2, "first_term"),
    ("5(2x - 1)\n= 10x - 1", 2, "first_term"),
    ("(x+2)(x+3)\n= x^2 + 6", 2, "each_with_each"),
    ("(x+2)(x-5) = x^2 - 5x - 10", 1, "each_with_each"),
    # signs
    ("5 - (x - 3) = 2\n5 - x - 3 = 2", 2, "sign"),
    ("3 - 2(x - 4) = 5\n3 - 2x - 8 = 5", 2, "sign"),
    ("-(x - 3)\n= -x - 3", 2, "sign"),
    ("x^2 - 4x + 4 + 2x\n= x^2 - 6x + 4", 2, "sign"),
    ("(-3)^2 + 1\n= -9 + 1\n= -8", 2, "sign"),
    ("x^2 - 5x + 6 = 0\n(x+2)(x+3) = 0", 2, "sign"),
    ("x^2 - 5x + 6 = 0\n(x-2)(x-3) = 0\nx = -2 or x = -3", 3, "sign"),
    ("(x-3)^2\n= x^2 + 6x + 9", 2, "sign"),
    # powers of sums
    ("(x+1)^2 - x^2\n= x^2 + 1 - x^2\n= 1", 2, "square_of_sum"),
    ("(a+b)^2 = a^2 + b^2", 1, "square_of_sum"),
    ("(2x - 3)² = 4x² − 9", 1, "square_of_sum"),
    ("(x+2)^2 = x^2 + 2x + 4", 1, "square_of_sum"),
    ("(x+1)^3\n= x^3 + 1", 2, "square_of_sum"),
    # cancelled terms
    ("(x+3)/3 = x", 1, "cancelled_term"),
    (r"\frac{x+2}{x+5}" + "\n" + r"= \frac{2}{5}", 2, "cancelled_term"),
    ("(6x + 3)/3\n= 2x + 3", 2, "cancelled_term"),
    ("(x^2 + x)/x\n= x^2 + 1", 2, "cancelled_term"),
    # inequalities
    ("-2x < 6\nx < -3", 2, "not_turned"),
    ("−3x + 1 ≥ 10\n−3x ≥ 9\nx ≥ −3", 3, "not_turned"),
    ("2x < 6\nx > 3", 2, "turned_needlessly"),
    ("1 < -x < 3\n-1 < x < -3", 2, "not_turned"),
    # derivatives
    ("differentiate sin(3x)\n= cos(3x)", 2, "chain_rule"),
    ("y = (3x+1)^2\ny' = 2(3x+1)", 2, "chain_rule"),
    ("f(x) = e^(2x)\nf'(x) = e^(2x)", 2, "chain_rule"),
    ("f(x) = ln(5x + 1)\nf'(x) = 1/(5x+1)", 2, "chain_rule"),
    (r"y = \cos(2x)" + "\n" + r"\frac{dy}{dx} = 2\sin(2x)", 2, "trig_sign"),
    ("f(x) = x^2 sin x\nf'(x) = 2x cos x", 2, "product_rule"),
    ("(x^2 e^x)' = 2x e^x", 1, "product_rule"),
    ("y = x/(x+1)\ny' = 1/1", 2, "quotient_rule"),
    ("f(x) = (x+1)/(x-1)\nf'(x) = ((x+1) - (x-1))/(x-1)^2", 2, "quotient_rule"),
    ("d/dx[x^3] = 3x^3", 1, "derivative_power"),
    ("(x^2 + 5)' = 2x + 5", 1, "derivative_power"),
    ("f(x) = x^4를 미분하면 f'(x) = x^3", 2, "derivative_power"),
    # integrals
    ("∫ 2x dx = x^2", 1, "integral_constant"),
    (r"\int (2x+1)\,dx = x^2 + x", 1, "integral_constant"),
    ("∫ x^2 dx = x^3 + C", 1, "integral_power"),
    ("∫ x^3 dx = 3x^2 + C", 1, "integral_power"),
    ("∫ cos(2x) dx = sin(2x) + C", 1, "integral_inner"),
    ("∫ e^(3x) dx\n= 3e^(3x) + C", 2, "integral_inner"),
    ("∫ sin x dx = cos x + C", 1, "trig_sign"),
    ("integral of x^2\n= x^3/3", 2, "integral_constant"),
    # fractions
    ("1/2 + 1/3 = 2/5", 1, "fractions_added"),
    (r"\frac{1}{x} + \frac{2}{y}" + "\n" + r"= \frac{3}{x+y}", 2, "fractions_added"),
    ("3/4 − 1/2\n= 2/2\n= 1", 2, "fractions_added"),
    # rules of powers
    ("x^2 * x^3 = x^6", 1, "powers_multiplied"),
    ("x^6 / x^2\n= x^3", 2, "powers_multiplied"),
    ("2^3 * 2^4 = 4^7", 1, "bases_multiplied"),
    ("(x^3)^4 = x^7", 1, "power_of_power"),
    ("(2x)^3 = 2x^3", 1, "power_of_product"),
    ("(3ab)² = 3a²b²", 1, "power_of_product"),
    ("2^-3\n= -8", 2, "negative_power"),
    ("2^3 + 1\n= 6 + 1", 2, "power_as_product"),
    # logarithms and roots
    ("log(x+2) = log x + log 2", 1, "log_of_sum"),
    (r"\ln x + \ln y" + "\n" + r"= \ln(x+y)", 2, "log_of_sum"),
    ("ln(3x)\n= ln 3 * ln x", 2, "log_of_product"),
    ("ln(x/2)\n= ln x / ln 2", 2, "log_of_product"),
    ("√(x^2 + 9)\n= x + 3", 2, "root_of_sum"),
    ("√16 + √9\n= √25\n= 5", 2, "root_of_sum"),
    ("sin(x + y) = sin x + sin y", 1, "function_of_sum"),
    # lost and false solutions
    ("x^2 = 9\nx = 3", 2, "no_plus_minus"),
    ("(x - 1)^2 = 16\nx - 1 = 4\nx = 5", 2, "no_plus_minus"),
    ("|x| = 4\nx = 4", 2, "no_plus_minus"),
    ("x^2 - 9 = 0\nx^2 = 9\nx = 3", 3, "no_plus_minus"),
    ("x^2 = 3x\nx = 3", 2, "divided_by_unknown"),
    ("(x-2)(x+1) = 5(x-2)\nx + 1 = 5\nx = 4", 2, "divided_by_unknown"),
    ("x^2 - 5x + 6 = 0\nx = 2", 2, "solution_lost"),
    ("√(x+2) = x\nx + 2 = x^2\n(x-2)(x+1) = 0\nx = 2 or x = -1", 4, "extraneous"),
    # numbers
    ("17 + 26\n= 42", 2, "arithmetic"),
    ("2x + 3 = 11\n2x = 9\nx = 4.5", 2, "arithmetic"),
    ("4x + 3x\n= 8x", 2, "arithmetic"),
    ("2 + 3 * 4\n= 5 * 4\n= 20", 2, "order"),
    ("3x = 12\nx = 9", 2, "wrong_inverse"),
    ("x = 12/4 = 4", 1, "arithmetic"),
    # systems and formulas
    ("x + y = 5, x - y = 1\n2x = 4\nx = 2", 2, "sign"),
    ("x + y = 7\nx - y = 3\n2x = 10\nx = 5\n5 + y = 7\ny = 3", 6, "arithmetic"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "slip"), WRONG)
def test_first_wrong_line_and_its_slip(text: str, line: int, slip: str) -> None:
    checked = check_text(text)
    assert checked.wrong == line - 1
    found = checked.lines[line - 1].slip
    assert found is not None
    assert found.name == slip
    assert [one.status for one in checked.lines[line:]] == ["later"] * (len(checked.lines) - line)


def test_a_wrong_line_without_a_known_slip_is_told_as_such() -> None:
    checked = check_text("x^2 + 3x + 1\n= e^x + 17x^5")
    assert checked.wrong == 1
    assert checked.lines[1].slip is None
