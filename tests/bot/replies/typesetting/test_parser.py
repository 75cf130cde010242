"""LaTeX that cannot be read is an error."""

import pytest

from bot.replies.typesetting import LatexError, parse


@pytest.mark.parametrize(
    "latex",
    [
        r"\unheardof",
        r"\frac{1}",
        r"\frac{1}{2",
        "x^",
        "a^b^c",
        "a_b_c",
        r"\left( x",
        r"x \right)",
        r"\begin{nonsense} x \end{nonsense}",
        r"\begin{matrix} x \end{pmatrix}",
        "}",
        "{",
        r"\text{\unheardof}",
        "x & y #",
        "$",
        r"\def\a{\a\a}\a",
        r"\newcommand{\f}{\f}\f",
    ],
)
def test_latex_that_is_not_whole_or_not_known_is_refused(latex: str) -> None:
    with pytest.raises(LatexError):
        parse(latex)


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 10_000 + "}" * 10_000,
        r"\sqrt" * 10_000 + "x",
        r"\frac{1}{" * 300 + "x" + "}" * 300,
        r"x^{" * 900 + "}" * 900,
    ],
)
def test_latex_that_nests_without_end_is_refused(latex: str) -> None:
    with pytest.raises(LatexError):
        parse(latex)
