"""What the model's Markdown becomes in Discord."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies.inline_rendering import formula_text
from bot.replies.markdown_blocks import parse_blocks
from bot.replies.markdown_rendering import Divider, Formula, Text, render
from bot.replies.splitter import MessageLimits, Splitter


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
        (
            "__init__, __name__ and __all__, but __never__ __Important__",
            "\\_\\_init\\_\\_, \\_\\_name\\_\\_ and \\_\\_all\\_\\_, but **never** **Important**",
        ),
        ("__own__() x.__own__ __own__.py", "\\_\\_own\\_\\_() x.\\_\\_own\\_\\_ \\_\\_own\\_\\_.py"),
        ("__x is private; __init__ sets __x.", "__x is private; \\_\\_init\\_\\_ sets __x."),
        ("__**both**__, **__both__** and **a __b__ c**", "**both**, **both** and **a b c**"),
        ("````markdown\n```js\nx\n```\n````\nend", "```markdown\n`\u200b`\u200b`js\nx\n`\u200b`\u200b`\n```\nend"),
        ("- $a_1 = $ first term", "- a₁ = first term"),
        ("$\\sqrt{9}=3 $, $ x^2$ and $2 \\times 3 $", "√9 = 3, x² and 2 × 3"),
        ("$n $개, $f(x) = 2x + 1 $, $-5 $ or $x<5 $", "n개, f(x) = 2x + 1, −5 or x < 5"),
        ("$5 and $6, $ 5 and $ 6, 5 $ x 6 $, $ 5 $", "$5 and $6, $ 5 and $ 6, 5 $ x 6 $, $ 5 $"),
        ("$5 - $10, $5 - 10 $ and $3 + tax $ or 15 $", "$5 - $10, $5 - 10 $ and $3 + tax $ or 15 $"),
        ("$1,000 to $2,000 = $1,000 more, $20 = 20 dollars, you $30",) * 2,
        ("US$ 5 = $6, the $ is = 5 and $ no, cost: $x = $5, $5=$5",) * 2,
        ("the height $$h$$ is 3, where \\[x=2\\].", "the height h is 3, where x = 2."),
        ("- $$x$$ is it", "- x is it"),
        ("__two words__", "**two words**"),
        ("~~~py\nx\n~~~", "```py\nx\n```"),
        ("````\na ``` b\n````", "```\na `\u200b`\u200b` b\n```"),
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
        ("H<sub>2</sub>O, x<sup>n-1</sup>, <sub>가</sub>, x<sup>n/2</sup>", "H₂O, xⁿ⁻¹, \\_가, x^(n/2)"),
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
    assert shown(markdown) == discord


def shown(markdown: str, *, incomplete: bool = False) -> str:
    """The text, with formulas as text and `―` for dividers."""
    return "".join(getattr(piece, "text", "―") for piece in render(markdown, incomplete=incomplete))


@pytest.mark.parametrize(
    ("html", "discord"),
    [
        ("a<br>b <br/>\nc<BR />d", "a\nb \nc\nd"),
        ("x&nbsp;=&nbsp;3, 2 &lt; 3 &amp; 4 &gt; 1 &#x3b1; &#945; &le;", "x = 3, 2 < 3 & 4 > 1 α α ≤"),
        ("AT&T a&b; &unknown; `&lt;` \\&lt;", "AT&T a&b; &unknown; `&lt;` \\&lt;"),
        ("&lt;@123&gt; &#42;a&#42; &#x202e;x&#96;", "\\<@123> \\*a\\* x\\`"),
        ("&gt; no quote\n&lt;div&gt;", "\\> no quote\n<div>"),
        ("$a &lt; b$ and \\(x &gt; 3\\)", "a < b and x > 3"),
        ("<b>b</b> <strong>s</strong> <i>i</i> <em>e</em> <u>u</u> <s>s</s>", "**b** **s** *i* *e* __u__ ~~s~~"),
        ("<kbd>Ctrl</kbd>+<code>a&lt;b</code> <b>**x**</b> <i></i>", "`Ctrl`+`a<b` **x** "),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>x", "- a\n- b **c**\nx"),
        (
            "<ol>\n  <li>one</li>\n  <li>two\n    <ul>\n      <li>in</li>\n    </ul>\n  </li>\n</ol>\nend",
            "1. one\n2. two\n  - in\nend",
        ),
        ('<ol start="3"><li>c<li>d</ol>', "3. c\n4. d\n"),
        ("a\n<hr>\nb<hr/>c", "a\n―b―c"),
        ('<p align="center">one</p>\n<p>two</p>\nx', "one\n\ntwo\n\nx"),
        ("<center>mid</center><div>a</div>b", "mid\na\nb"),
        ('<img src="https://e.org/a b.png" alt="A plot">', "A plot ([e.org](https://e.org/a%20b.png))"),
        (
            '<a href="https://e.org/x?a=1&amp;b=2">the <b>site</b></a>',
            "the **site** ([e.org](https://e.org/x?a=1&b=2))",
        ),
        ("a<!-- note -->b\n<!-- of\n\nlines -->\nc", "ab\nc"),
        ("<h3>Title</h3>text\n<h1>A <i>b</i></h1>\n\nc", "### Title\ntext\n# A *b*\nc"),
        ("<span style='color:red'>red</span> <font color=red>f</font>", "red f"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>$x^2$</td></tr></table>",
            "```\na │ b\n──┼───\n1 │ x²\n```\n",
        ),
        ("<pre><code>x &lt; 3\n  y</code></pre>z", "```\nx < 3\n  y\n```\nz"),
        ("<pre>x\n</pre>\ny", "```\nx\n```\ny"),
        (
            "<div>\n  <h3>T</h3>\n  <table><tr><td>a</td></tr></table>\n  <pre>x</pre>\n</div>",
            "### T\n```\na\n─\n```\n```\nx\n```\n",
        ),
        ("1. <details>\n   <summary>A</summary>\n   x\n   </details>\n2. b", "1. **A**\n   ||x||\n2. b"),
        ("<blockquote>quoted</blockquote>x", "> quoted\nx"),
        ("- item<br>more\n> q<br>r\n## T <br> x", "- item\n  more\n> q\n> r\n## T x"),
        (
            "| a | b |\n|---|---|\n| <ul><li>x</li><li>y</li></ul> | p<br>q |\n| 1 | 2 |",
            "```\na   │ b\n────┼──\n• x │ p\n• y │ q\n1   │ 2\n```",
        ),
        ("<details><summary>Answer</summary>x = 3</details>after", "**Answer**\n||x = 3||\nafter"),
        (
            "<details>\n<summary><b>Hint</b> 1</summary>\n\nIt is $x=3$.\n\n- a\n\n```py\nb\n```\n\n</details>\n\n"
            "After.",
            "**Hint 1**\n\n||It is x = 3.||\n\n- ||a||\n\n||```py\nb\n```||\n\nAfter.",
        ),
        ("<details>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n||x|| y", "||```\na │ b\n──┼──\n1 │ 2\n```||\n\n||x y||"),
        ("a<b and c>d, List<int>, a<b>c, Map<String, List<i>>, if (a<p && b>q), <T> x",) * 2,
        ("1 < 2 and 3 > 2, <3 you, x<y, <think>hm</think> <custom>x</custom>",) * 2,
        ("`<br>` `<details>` and ``<b>x</b>``",) * 2,
        ("```html\n<details><summary>a</summary></details>&lt;\n<br>\n```\n",) * 2,
        ("~~~\n<ul><li>a</li></ul>\n~~~", "```\n<ul><li>a</li></ul>\n```"),
    ],
)
def test_html_becomes_what_discord_shows_but_never_in_code(html: str, discord: str) -> None:
    assert shown(html) == discord


def test_a_formula_in_details_is_drawn_behind_a_spoiler() -> None:
    html = "<details><summary>Answer</summary>\n\n$$\\frac{a}{b}$$\n\n</details>\n\n$$c$$"
    hidden, open_ = (piece for piece in render(html) if isinstance(piece, Formula))
    assert (hidden.text, hidden.hidden) == ("||a/b||", True)
    assert (open_.text, open_.hidden) == ("c", False)


@pytest.mark.parametrize(
    ("markdown", "display"),
    [
        ("$$h$$\nis", True),
        ("We get: $$h=3$$", True),
        ("**So:** $$h$$.", True),
        ("- $$h$$", True),
        ("> 1. \\[h\\]", True),
        ("So $$\nh\n$$ holds", True),
        ("\\[h\\] \\[k\\]", True),
        ("The number $$\\binom{n}{k}$$ counts subsets.", False),
        ("\\[\\binom{n}{k}\\] counts subsets.", False),
    ],
)
def test_marks_of_display_in_a_sentence_do_not_split_it(markdown: str, display: bool) -> None:
    assert {piece.display for piece in render(markdown) if isinstance(piece, Formula)} == {display}


NESTED = "```markdown\n# T\n```python\nprint()\n```\nmore\n```\nAfter **it**."


UNNAMED = (
    ("Run:\n```\nnpm i\n```\n", "", "After"),
    ("# T\n\n```\nnpm i\n```\n\nThen:\n```\nx\n```\n", "", "After"),
    ("# T\n```python\nx\n```\n\n```\nrun\n```\n", "", "After"),
    ("# T\n```\ncode\n```\nmore\n", "", "After"),
    ("# T\n", "\nText\n\n```\ncode\n```\n", ""),
    ("# T\n", "This shows:\n```\ncode\n```\n", ""),
    ("# T\n", "이렇게 써요\n```\ncode\n```\n", ""),
    ("# T\n", "B\n```python\nc\n```\n", ""),
    ("# T\n", "Text", ""),
    ("", "", ""),
)
"""What stands in an example of Markdown, what stands behind it, and what ends the text."""


@pytest.mark.parametrize(("inside", "behind", "end"), UNNAMED)
@pytest.mark.parametrize("newline", ["\n", ""])
def test_what_follows_tells_whether_marks_alone_end_an_example_of_markdown(
    inside: str, behind: str, end: str, newline: str
) -> None:
    text = f"```markdown\n{inside}```\n{behind}{end}".removesuffix("\n") + newline
    example, *rest = parse_blocks(text)
    assert example.source.removesuffix("\n") == f"```markdown\n{inside}```"
    assert example.closed
    assert "".join(block.source for block in rest).strip("\n") == f"{behind}{end}".strip("\n")


@pytest.mark.parametrize("step", [1, 9, 10_000])
def test_code_without_a_language_in_an_example_goes_on_in_the_next_message(step: int) -> None:
    inner = "".join(f"Step {number}:\n```\nrun {number}\n```\n\n" for number in range(40))
    splitter = Splitter(MessageLimits(characters=500))
    text = f"```markdown\n{inner}```\nAfter **it**."
    parts = [part for at in range(0, len(text), step) for part in splitter.feed(text[at : at + step])]
    shown_parts = [shown(part.text) for part in [*parts, splitter.flush()]]
    assert len(shown_parts) > 1
    assert all(part.startswith("```markdown\n") for part in shown_parts)
    assert shown_parts[-1].endswith("\n```\nAfter **it**.")
    assert [number for number in range(40) if "".join(shown_parts).count(f"run {number}\n") != 1] == []


def test_a_fence_with_a_language_inside_a_fence_of_markdown_does_not_end_the_outer_one() -> None:
    [text] = render(NESTED)
    assert isinstance(text, Text)
    code, after = text.text.rsplit("\n```\n", 1)
    assert code == "```markdown\n# T\n`\u200b`\u200b`python\nprint()\n`\u200b`\u200b`\nmore"
    assert after == "After **it**."
    assert shown("```python\nx = 1\n```js\n```\nafter").endswith("```\nafter")


@pytest.mark.parametrize(
    "whole",
    [
        "so <details><summary>Answer</summary>x &lt; 3</details> <b>bold</b><br>end <kbd>K</kbd>",
        "a<!-- note -->b <a href='https://e.org'>site</a> H<sub>2</sub>O &amp; <ul><li>x</li></ul>",
        "| a |\n|---|\n| x<br>y |\n\n<h2>T</h2><p>p</p><hr>q",
        "<table><tr><th>A</th></tr><tr><td>1</td></tr></table><pre><code class='x'>y</code></pre>",
    ],
)
def test_no_html_is_seen_at_any_moment_while_an_answer_is_written(whole: str) -> None:
    for end in range(len(whole) + 1):
        assert not re.search(r"</?[a-z!]|&[a-z]", shown(whole[:end], incomplete=True)), whole[:end]


def test_the_answer_in_details_is_never_open_while_it_is_written() -> None:
    whole = "Try.\n\n<details>\n<summary>Answer</summary>\n\nIt is fortytwo.\n\n- fortytwo\n</details>\n\nDone."
    for end in range(len(whole) + 1):
        open_ = re.sub(r"\|\|.*?\|\|", "", shown(whole[:end], incomplete=True))
        assert "fort" not in open_


HTML = [
    "<b>",
    "</b>",
    "<br>",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<ul>",
    "<li>",
    "</ul>",
    "<p>",
    "</p>",
]
HTML += [
    "&lt;",
    "&nbsp;",
    "<!--",
    "-->",
    "<pre>",
    "</pre>",
    "<table><tr><td>",
    "</table>",
    "`",
    "```\n",
    "```md\n",
    "\n",
    "\n\n",
]
HTML += [
    "$x$",
    "$$",
    "\\(",
    "**",
    "||",
    "a ",
    "- ",
    "> ",
    "| a | b |\n|---|---|\n",
    "<",
    "&",
    "<a href='https://e.org'>",
    "</a>",
]


@given(st.lists(st.sampled_from(HTML), max_size=14).map("".join), st.booleans())
def test_any_mixture_of_html_and_markdown_is_rendered(text: str, incomplete: bool) -> None:
    pieces = render(text, incomplete=incomplete)
    assert all(getattr(piece, "text", "") is not None for piece in pieces)
    assert "".join(block.source for block in parse_blocks(text)) == text


def test_a_formula_over_several_lines_of_a_quote_is_read_without_the_quote_s_marks() -> None:
    found = [piece.latex for piece in render("> So\n> $$\n> x > 2\n> $$\n> holds.") if isinstance(piece, Formula)]
    assert found == ["x > 2"]


def test_an_amount_behind_another_is_at_no_moment_a_formula() -> None:
    whole = "A $20 note. From $5, so that \\(3 \\times 5\\) is $15, to US$5. So $2x = 4$."
    for end in range(len(whole) + 1):
        assert shown(whole, incomplete=True).startswith(shown(whole[:end], incomplete=True)[:-12])


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


@pytest.mark.parametrize(
    "sentence",
    [
        "The <div> tag groups content.", "Use <div> for blocks and <span> for inline text.",
        "<ul> is an unordered list and <ol> an ordered one.", "- <header>: the top\n- <main>: the content",
        "<div>는 블록 요소이고 <span>은 인라인 요소입니다.", "A link is the <a> element, a picture <img>.",
        "Put your rows in <tr> and cells in <td>.", "Wrap it in <section> and </section>.", "Close <li> with </li>.",
        "The <br> tag breaks a line. What does <hr> do?", "The <h1> tag is the largest, <h6> the smallest heading.",
        "The <code> and <pre> tags show code.", "<details> 태그는 접기, <p> elements are paragraphs.",
    ],
)  # fmt: skip
def test_tags_that_a_sentence_is_about_stay_visible(sentence: str) -> None:
    assert shown(sentence) == sentence


@pytest.mark.parametrize(
    ("used", "discord"),
    [
        ("<b>이</b> 값과 <b>미분</b>은 <b>tag</b>.", "**이** 값과 **미분**은 **tag**."),
        ("Before <div>Hello</div> after", "Before \nHello\nafter"),
        ("<p>The answer is 3.</p>", "The answer is 3.\n\n"),
        ("See <details><summary>Answer</summary>42</details>", "See \n**Answer**\n||42||\n"),
        ('The <div align="center">x</div>', "The \nx\n"),
        ("One<br>, two", "One\n, two"),
    ],
)
def test_tags_that_are_used_do_not(used: str, discord: str) -> None:
    assert shown(used) == discord
