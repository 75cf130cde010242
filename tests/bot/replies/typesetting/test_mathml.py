"""Formulas written as MathML: the space around signs."""

from bot.replies.typesetting import parse
from bot.replies.typesetting.mathml import to_mathml


def around(latex: str, sign: str) -> list[str]:
    """The space to the left of each `sign` of a formula."""
    return [each.get("lspace", "") for each in to_mathml(parse(latex)).iter("mo") if each.text == sign]


def test_a_sign_after_a_matrix_or_an_ampersand_stands_between_two_things() -> None:
    matrix = r"\begin{bmatrix} 1 \\ 0 \end{bmatrix}"
    assert around(f"s{matrix} + t{matrix}", "+") == ["0.222em"]
    assert around(r"\begin{aligned} x &+ 2y \end{aligned}", "+") == ["0.222em"]
    assert around(r"[5\,;\,+\infty]", "+") == around("=+1", "+") == around(r"\overset{!}{=} +1", "+") == ["0em"]


def test_what_stands_over_a_relation_keeps_its_distance_from_the_neighbours() -> None:
    for latex in (r"a\overset{[0/0]}{=}b", r"f\underset{x \to \infty}{\longrightarrow}0"):
        rows = [row for row in to_mathml(parse(latex)).iter("mrow") if any(e.tag in {"mover", "munder"} for e in row)]
        assert [each.get("width") for each in rows[-1]] == ["0.278em", None, "0.278em"]
