"""What the model's Markdown becomes in Discord."""

import pytest

from bot.replies.markdown_rendering import Divider, Formula, Text, formula_text, render


@pytest.mark.parametrize(
    ("markdown", "discord"),
    [
        ("#### Deep", "**Deep**"),
        ("## Fine", "## Fine"),
        ("![a plot](https://e.org/p.png)", "a plot ([e.org](https://e.org/p.png))"),
        ("* one\n+ two", "- one\n- two"),
        ("1) first", "1. first"),
        ("- [ ] open\n- [x] done", "- ☐ open\n- ☑ done"),
        ("## Title\n\nText\n\n## Next\n", "## Title\nText\n\n## Next\n"),
        ("__init__ and __Important__", "\\_\\_init\\_\\_ and **Important**"),
        ("__two words__", "**two words**"),
        ("~~~py\nx\n~~~", "```py\nx\n```"),
        ("````\na ``` b\n````", "```\na `\u200b`\u200b` b\n```"),
        ("<b>x</b>", "<b>x</b>"),
        ("$5 and $10", "$5 and $10"),
        ("from $1,000 to $2,000.", "from $1,000 to $2,000."),
        ("costs \\$5", "costs \\$5"),
        ("$x$는 $y$보다 크다", "x는 y보다 크다"),
        ("`$x$` and \\(x\\)", "`$x$` and x"),
        ("the $n$th term", "the nth term"),
        ("$HOME and $PATH are set", "$HOME and $PATH are set"),
        ("| a | b |\n|---|--:|\n| 한글 | 2 |", "```\na    │ b\n─────┼──\n한글 │ 2\n```"),
        ("So \\(|x| < 1\\).", "So \\|x\\| < 1."),
        ("| $|x|$ | b |\n|---|---|\n| $|a|$ | `x|y` |", "```\n|x| │ b\n────┼────\n|a| │ x|y\n```"),
        ("[$x^2$](https://e.org/$a)", "x² ([e.org](https://e.org/$a))"),
        ("H<sub>2</sub>O, x<sup>n-1</sup>, <sub>가</sub>", "H₂O, xⁿ⁻¹, <sub>가</sub>"),
        ("so x = \\frac{1}{2}, not C:\\text{x} or \\\\sqrt{2}", "so x = ½, not C:\\text{x} or \\\\sqrt{2}"),
        ("$5-$10, $1{,}000 or $20/hour", "$5-$10, $1{,}000 or $20/hour"),
        (
            "so $ x = 2 $ or $ \\pi $, a $ 5 note and $ 10, in $ or in € or $",
            "so x = 2 or π, a $ 5 note and $ 10, in $ or in € or $",
        ),
        ("the **$x$-axis**, $n$-th", "the **x-axis**, n-th"),
        ("H$_2$O, 10$^{-3}$ m$^2$, 90$^\\circ$, 2$\\times$3, f$'$(x)", "H₂O, 10⁻³ m², 90°, 2×3, f′(x)"),
        (
            "Poisson$(\\lambda)$, US$150, A$5 or C$10, run$(ls) $(PATH)",
            "Poisson(λ), US$150, A$5 or C$10, run$(ls) $(PATH)",
        ),
        ("after $t = 3\\,$s at $20~$°C, $x\\quad$", "after t = 3 s at 20 °C, x "),
        ("let $b_n := a_n$ and \\(\\because -2 < 0\\)", "let bₙ := aₙ and ∵ −2 < 0"),
        ("$\\sin 45^\\circ\\cos 30^\\circ$ and $(\\to E)$", "sin 45° cos 30° and (→ E)"),
    ],
)
def test_markdown_becomes_what_discord_shows(markdown: str, discord: str) -> None:
    assert "".join(piece.text for piece in render(markdown) if isinstance(piece, Text)) == discord


def test_a_formula_over_several_lines_of_a_quote_is_read_without_the_quote_s_marks() -> None:
    found = [piece.latex for piece in render("> So\n> $$\n> x > 2\n> $$\n> holds.") if isinstance(piece, Formula)]
    assert found == ["x > 2"]


def test_a_fence_of_mathematics_is_a_formula_and_one_of_latex_is_code() -> None:
    kinds = [type(piece) for piece in render("```math\n\\frac{a}{b}\n```\nor\n```latex\n\\frac{a}{b}\n```")]
    assert kinds == [Formula, Text]
    [code] = render("```math\n\\unheardof\n```")
    assert code == Text("```math\n\\unheardof\n```")


def test_a_horizontal_rule_is_a_divider_and_a_formula_a_picture() -> None:
    kinds = [type(piece) for piece in render("a\n\n---\n\n\\[\\frac{1}{x}\\]\nb")]
    assert kinds == [Text, Divider, Text, Formula, Text]


def test_a_formula_of_twenty_thousand_characters_is_shown_as_its_source() -> None:
    latex = "x+" * 10_000 + "x"
    shown = formula_text(latex, display=True)
    assert not shown.draw
    assert latex in shown.text


def test_markdown_in_a_formula_is_left_alone_by_discord() -> None:
    assert formula_text("a * b_{max} | c | ||d||", display=False).text.count("\\|") == 6
