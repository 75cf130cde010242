"""Formulas written as one line of Unicode."""

import pytest

from bot.replies.typesetting import parse
from bot.replies.typesetting.unicode import to_unicode
from tests.bot.replies.corpus import FORMULAS


@pytest.mark.parametrize("latex", FORMULAS)
def test_every_formula_of_the_corpus_is_readable_text_until_it_is_drawn(latex: str) -> None:
    shown = to_unicode(parse(latex)).text
    assert shown.strip()
    assert "\\" not in shown
    assert "{" not in shown or any(brace in latex for brace in ("\\{", "\\}", "brace", "cases", "Bmatrix", "set"))
    odds = ("[", "(-\\infty", "longdiv", "\\right.", "\\big)")
    assert shown.count("(") == shown.count(")") or any(odd in latex for odd in odds)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("x^2", "x²"),
        (r"\sqrt{2}", "√2"),
        (r"\frac{1}{2}", "½"),
        (r"\alpha \le \beta", "α ≤ β"),
        (r"x = \pm\sqrt{3}", "x = ±√3"),
        ("a_1, a_2, \\dots, a_n", "a₁, a₂, …, aₙ"),
        (r"\frac{a+b}{2c}", "(a+b)/(2c)"),
        (r"\ce{SO4^2-}", "SO₄²⁻"),
        (r"\vec{AB}", "A⃗B⃗"),
        (r"30^\circ", "30°"),
        (r"\mathbb{R}^n", "ℝⁿ"),
        (r"f''(x)", "f′′(x)"),
        (r"5\,\text{cm}", "5 cm"),
        (r"\text{넓이} = ab", "넓이 = ab"),
        (r"\sin\theta\cos\theta", "sin θ cos θ"),
        ("x < 3", "x < 3"),
        ("2 - -1", "2 − −1"),
        # What stands beside a stroke or a root must not seem to belong to it.
        (r"2\frac{1}{x}", "2(1/x)"),
        (r"1\frac{3}{7}", "1 3/7"),
        (r"\frac{a}{b}x", "(a/b)x"),
        (r"\frac{n}{2}(a+b)", "(n/2)(a + b)"),
        (r"\frac{1}{2}(a+b)", "½(a + b)"),
        (r"\frac{1}{ab}", "1/(ab)"),
        (r"\frac{1}{5\sqrt{2}}", "1/(5√2)"),
        (r"\frac{PV}{RT}", "PV/RT"),
        (r"\frac{\text{거리}}{\text{시간}}", "거리/시간"),
        (r"\frac{d}{dx}x^n", "d/dx xⁿ"),
        (r"i\hbar\frac{\partial}{\partial t}\Psi", "iℏ ∂/∂t Ψ"),
        (r"\frac{1}{n}\sum_{i=1}^n x_i", "(1/n)∑ᵢ₌₁ⁿ xᵢ"),
        (r"\sin\frac{x}{2}", "sin(x/2)"),
        (r"\lim_{x\to0}\frac{\sin x}{x}", "lim(x→0) (sin x)/x"),
        (r"\sqrt{ab}c", "√(ab)c"),
        (r"\sqrt{2}x", "√2 x"),
        (r"\sqrt{x^2}", "√x²"),
        ("x^q y_q z", "x^q y_q z"),
        (r"S_\infty", "S_∞"),
        (r"{}^{14}_{6}\mathrm{C}", "¹⁴₆C"),
        (r"\Big[-\cos x\Big]", "[−cos x]"),
        (r"\dot{\vec{x}}", "x\u0307\u20d7"),
        (r"\ce{H+(aq) + OH-(aq) <=> H2O(l)}", "H⁺ (aq) + OH⁻ (aq) ⇌ H₂O (l)"),
        (r"\ce{^{14}_6C -> ^{14}_7N + e-}", "¹⁴₆C → ¹⁴₇N + e⁻"),
        (r"\ce{3^1_0n}", "3 ¹₀n"),
        # Units as the siunitx package writes them.
        (r"\SI{4.0}{m/s^2}", "4.0 m/s²"),
        (r"\qty{3.00e8}{\metre\per\second}", "3.00 × 10⁸ m s⁻¹"),
        (r"\SI{5}{\kilo\gram\metre\squared\per\second\squared}", "5 kg m² s⁻²"),
        (r"\qty{3.0 +- 0.1}{cm}", "3.0 ± 0.1 cm"),
        (r"\num{e-9}\,\unit{kg.m}", "10⁻⁹ kg ⋅ m"),
        (r"\ang{45;30}", "45°30′"),
        ("f（x）＝２x＋１", "f(x) = 2x + 1"),
        (r"\text{넓이 }5㎠", "넓이 5cm²"),
        (r"\left]-\infty\,;\,+\infty\right[", "]−∞ ;  +∞["),
        (r"\overset{!}{=} -1", "=[!] −1"),
        (r"f|_{(1,2)}", "f|_(1,2)"),
        (r"\underbrace{a+b}_{2\text{번}}", "[a + b: 2번]"),
        (r"\left\{\begin{aligned}x+y&=1\\x-y&=2\end{aligned}\right.", "{ x + y = 1; x − y = 2"),
        (r"\begin{alignat}{2}x&+2y&&=8\end{alignat}", "x + 2y = 8"),
        (r"\pdv{f}{x}{y}", "∂²f/(∂x∂y)"),
        (r"\ketbra{0}{1}\mel{n}{H}{m}", "|0⟩⟨1|⟨n | H | m⟩"),
        (r"\sqrt{\smash[b]{y}}", "√y"),
        (r"\colorbox{yellow}{$x=5$}", "x = 5"),
        (r"\prescript{14}{6}{\mathrm{C}}", "¹⁴₆C"),
        (r"\ce{Zn -> Zn^2+ + 2e-}", "Zn → Zn²⁺ + 2 e⁻"),
        (r"\ce{A <=>[k_1][k_{-1}] B}", "A ⇌[k₁; k₋₁] B"),
        (r"\ce{R'-OH}", "R′−OH"),
        (r"\ce{2Cl^.}", "2 Cl^∙"),
        (r"\ce{[CH2-CH2]_{$n$}}", "[CH₂−CH₂]ₙ"),
        (r"\ce{SO4^{2-}_{(aq)}}", "SO₄²⁻_(aq)"),
    ],
)
def test_simple_formulas_become_unicode(latex: str, text: str) -> None:
    assert to_unicode(parse(latex)).text == text


@pytest.mark.parametrize(
    "latex",
    [
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\binom{n}{k}",
        r"\frac{1}{\sigma\sqrt{2\pi}} e^{-\frac{1}{2}\left(\frac{x-\mu}{\sigma}\right)^2}",
        r"\frac{\frac{a}{b}}{c}",
        r"\begin{cases} 1 \\ 2 \end{cases}",
        r"x \xrightarrow{n \to \infty} y",
    ],
)
def test_what_does_not_read_well_in_a_line_is_to_be_drawn(latex: str) -> None:
    assert not to_unicode(parse(latex)).reads_well
