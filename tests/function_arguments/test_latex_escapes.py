r"""LaTeX in JSON with one backslash where there should be two, with two, and line breaks and tabs that are meant."""

import importlib
import json
import pkgutil

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import bot.replies.typesetting
from function_arguments.latex_escapes import AmbiguousEscapeError, decoded, style_of
from function_arguments.tex_names import AMBIGUOUS, NAMES, OVERESCAPED

BACKSLASH = "\\"


def read(raw: str, whole: str = "") -> str:
    """The string with the JSON text `raw`, which stands among other text."""
    return decoded(raw, style_of(whole))


def known_macros() -> list[str]:
    """The macros that replies can draw."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(bot.replies.typesetting.__path__):
        names = vars(importlib.import_module(f"{bot.replies.typesetting.__name__}.{module.name}"))
        for table in names.values():
            if isinstance(table, dict | frozenset | set):
                found |= {name.strip("\\*") for name in table if isinstance(name, str)}
    return sorted(name for name in found if name.isascii() and name.isalpha() and len(name) > 1)


NEVER_IN_JSON = {"next", "normal", "th", "tr", "title", "type"}
"""Names that replies know, and that stand behind a line break or a tab more often than not."""


def test_every_macro_that_can_be_drawn_is_read_in_a_formula_with_one_backslash_and_with_two() -> None:
    macros = known_macros()
    assert len(macros) > 500
    for name in macros:
        for formula in (f"$x \\{name} y$", f"$\\{name}{{2}}$", f"so \\(2\\{name}\\) is", f"$$a \\{name} b$$"):
            assert read(json.dumps(formula)[1:-1]) == formula
            if name not in NEVER_IN_JSON and (name != "num" or "{" in formula or not formula.startswith("$$")):
                assert read(formula) == formula


def test_names_are_those_that_begin_like_an_escape() -> None:
    assert {name[0] for name in NAMES} == set("nrt")
    assert AMBIGUOUS < NAMES
    assert not {name for name in AMBIGUOUS if name.startswith("r")}
    assert set(known_macros()) | {"begin", "end"} >= OVERESCAPED


@pytest.mark.parametrize(
    "latex",
    [
        r"What is $\frac{1}{2}$?",
        r"$\beta$",
        r"\(x^2\)",
        r"\[ \sqrt{2} \times \rho \]",
        r"x \neq y",
        r"\theta",
        r"\nu",
        r"\tan 45^\circ",
        r"the frequency \nu of light",
        r"$h\nu$",
        r"$$E = h\nu$$",
        r"\(\nu\)",
        r"$a \ne b$, $x \ni y$",
        r"$x\to\infty$, x\to 0",
        r"$\underline{a} \upsilon \uparrow \u{a}$",
        r"\binom{n}{k} \bar{x} \big( \forall x \notin \nabla f",
        r"\f(x), \b",
        r"$5\%$ of \$100, a\_b, \{1, 2\}, x \, y \; z \! w \| v",
        r"$\left( \frac{1}{2} \right)$",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{cases} x \\\frac{y}{2} \end{cases}",
        r"\begin{aligned} x &= 1 \\y &= 2 \end{aligned}",
        r"$\begin{array}{c} \alpha \\ \beta \end{array}$",
        r"$\num{3.2}$ \num{4}",
        r"${\tt x}$",
        r"\U \x41 \0 \-",
    ],
)
def test_one_backslash_is_latex_where_json_makes_no_sense_of_it(latex: str) -> None:
    assert read(latex) == latex


@pytest.mark.parametrize(
    "latex", [r"$\frac{a}{b}$", r"\\ 2", r"\\\\", r"$\begin{pmatrix} 1 \\ 2 \\[2pt] \nu \end{pmatrix}$", r"\\next"]
)
def test_what_is_escaped_rightly_stays_right(latex: str) -> None:
    assert read(json.dumps(latex)[1:-1]) == latex


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (r"line\nnext", "line\nnext"),
        (r"One.\nThen two.", "One.\nThen two."),
        (r"Solve:\nu + v = 3", "Solve:\nu + v = 3"),
        (r"Solve $x$:\nu - v = 1\n", "Solve $x$:\nu - v = 1\n"),
        (r"$u+v=3$\nu-v=1", "$u+v=3$\nu-v=1"),
        (r"$$\nu + v = 3\n$$", "$$\nu + v = 3\n$$"),
        (
            r"\\begin{aligned}\nu &= 1 \\\\\nu &= 2\n\\end{aligned}",
            "\\begin{aligned}\nu &= 1 \\\\\nu &= 2\n\\end{aligned}",
        ),
        (r"\\frac{1}{2} and\nu", "\\frac{1}{2} and\nu"),
        (r"Given\nu = 3\nv = 4", "Given\nu = 3\nv = 4"),
        (r"다음을 구하시오\nu = 3", "다음을 구하시오\nu = 3"),
        (r"\[\nu = x^2\n\]", "\\[\nu = x^2\n\\]"),
        (r"It costs $5,\nu owe me $6.", "It costs $5,\nu owe me $6."),
        (r"a\tb\r\nc\td", "a\tb\r\nc\td"),
        (r"n\th\n1\t2", "n\th\n1\t2"),
        (r"x\tto\ty", "x\tto\ty"),
        (r"x\ty\to", "x\ty\to"),
        (r"\u00e9\u0065\uD83D\uDE00\u{1F600}", "ée😀😀"),
        (r"\"quoted\" \/ it\'s l\'eau", "\"quoted\" / it's l'eau"),
        (r"caf\'{e}", r"caf\'{e}"),
    ],
)
def test_escapes_that_are_meant_are_read(raw: str, said: str) -> None:
    assert read(raw) == said


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (r"\\frac \frac", r"\frac \frac"),
        (r"$\\theta \times \\beta \rho$", r"$\theta \times \beta \rho$"),
        (r"\\(x\\) and \(y\)", r"\(x\) and \(y\)"),
        (r"$\\alpha \nu$\nNext", "$\\alpha \\nu$\nNext"),
        (r"\begin{cases} x \\\nfoo \end{cases}", "\\begin{cases} x \\\\\nfoo \\end{cases}"),
        (r"\sqrt{2} \\\ttab", "\\sqrt{2} \\\ttab"),
        (r"\\sqrt{2}\n\tan x", "\\sqrt{2}\n\\tan x"),
    ],
)
def test_right_and_wrong_may_stand_in_one_string(raw: str, said: str) -> None:
    assert read(raw) == said


@pytest.mark.parametrize("raw", [r"E = h\nu", r"3\nless", r"$$\\lambda x \nu$$", r"one\ntwo \nu three"])
def test_what_can_be_meant_in_two_ways_is_refused_with_the_two_ways(raw: str) -> None:
    with pytest.raises(AmbiguousEscapeError, match=r"write `\\\\n\w+` for the command, or a space"):
        read(raw)


def test_the_rest_of_the_arguments_tells_how_an_author_escapes() -> None:
    assert read(r"E = h\nu", r"\\frac{1}{2}") == "E = h\nu"
    assert read(r"$$a,\nu$$", r"\frac{1}{2}") == r"$$a,\nu$$"
    with pytest.raises(AmbiguousEscapeError):
        read(r"E = h\nu", r"\frac{1}{2}")


def test_what_another_program_has_read_wrongly_before_is_mended() -> None:
    assert read(json.dumps("\frac{1}{2} \beta")[1:-1]) == r"\frac{1}{2} \beta"
    assert read("\frac{1}{2}") == read(r"\u000crac{1}{2}") == r"\frac{1}{2}"
    assert read("\beta") == read(r"\u0008eta") == r"\beta"


def test_what_was_escaped_twice_is_read_once_more() -> None:
    assert read(r"$\\\\frac{1}{2} \\\\times 2$") == r"$\frac{1}{2} \times 2$"
    assert read(r"$$ab\\\\cd$$") == r"$$ab\\cd$$"
    assert read(r"\\begin{array} a \\\\frac{b}{c} \\end{array}") == r"\begin{array} a \\frac{b}{c} \end{array}"


@given(st.text(alphabet=st.characters(exclude_characters="\b\f\n\r\t", exclude_categories=["Cs"])))
def test_right_json_is_read_as_json(text: str) -> None:
    assume(not any(f"{BACKSLASH * 2}{name}{{" in text for name in OVERESCAPED))
    assert read(json.dumps(text)[1:-1]) == text
    assert read(json.dumps(text, ensure_ascii=False)[1:-1]) == text


@given(st.text(alphabet="\\nuabefrtx $()[]{}&'/0e\n", max_size=30))
def test_anything_is_read_or_refused(raw: str) -> None:
    try:
        said = read(raw)
    except AmbiguousEscapeError:
        return
    assert not set("\b\f") & set(said)
