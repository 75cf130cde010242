"""HTML of cards as Markdown, and Markdown as HTML for Anki: marks, formulas and pictures stay, scripts go."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.learning.card_files.card_html import html_of
from bot.learning.card_files.html_markdown import markdown_of

PICTURE = "a" * 32


def read(html: str) -> str:
    return markdown_of(html, lambda name: PICTURE if name == "a.png" else None)[0]


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<b>hi</b> 2*3_4 $5 &lt;script&gt; a &lt; b", r"**hi** 2\*3\_4 \$5 \<script> a < b"),
        ("a<br>b<div>c</div>d<p>e</p>", "a\nb\nc\nd\ne"),
        ("<ul><li>one<li>two</ul><ol><li>x<li>y</ol>", "- one\n- two\n1. x\n2. y"),
        ("<table><tr><td>a</td> <td>b</td></tr><tr><td>c</td></tr></table>", "a · b\nc"),
        ("<pre><code>def f():\n  return 1</code></pre>", "```\ndef f():\n  return 1\n```"),
        ("<code>x*y</code> `tick` ||x|| a|b", r"`x*y` \`tick\` \|\|x\|\| a|b"),
        ("H<sub>2</sub>O <u>u</u> <s>s</s> <i>i</i>", "H<sub>2</sub>O <u>u</u> ~~s~~ *i*"),
        ("<b>a</b><b>b</b> <b> c </b>d <b></b><i> </i>e<b><b>f</b></b>", "**ab**  **c** d  e**f**"),
        ("<script>alert(1)</script>x<style>a{}</style><iframe src=x>y</iframe>", "x"),
        ("<a href='https://e.com/x'>click</a> <a href='javascript:alert(1)'>js</a>", "[click](https://e.com/x) js"),
        ("[l](https://evil.com) &lt;@123&gt; <@5>", r"[l] (https://evil.com) \<@123> \<@5>"),
        ("1. first<br># head<br>- dash<br>&gt; quote", "1\\. first\n\\# head\n\\- dash\n\\> quote"),
        ("<ruby>漢<rt>かん</rt></ruby> &#8238;evil&nbsp;", "漢 evil"),
        (r"\(a &lt; <b>b</b><br>c_1*2\) \[x\]", r"\(a <  b  c_1*2\) \[x\]"),
        ("<anki-mathjax block='true'>x_1</anki-mathjax><anki-mathjax>y_2</anki-mathjax>", r"\[x_1\]\(y_2\)"),
        ("[$]y_2[/$] [$$]z_3[/$$] [latex]$w$[/latex]", r"\(y_2\) \[z_3\] \$w\$"),
        ("<img src=a.png alt='tri [x]\n(y)'><img src=b.png alt=gone>", f"![tri x y](picture:{PICTURE})gone"),
        ("<b>un <i>closed", "**un *closed***"),
        ("fish & chips", "fish & chips"),
        ("<ol><li>a<ul><li>b</ul><li>c</ol>", "1. a\n- b\n2. c"),
        ("a<blockquote>b</blockquote>c<hr>d<h2>e</h2>f", "a\n> b\nc\n\nd\ne\nf"),
        ("</b></div>x<!-- c --><x-y>z</x-y>", "xz"),
    ],
)
def test_what_html_becomes(html: str, markdown: str) -> None:
    assert read(html) == markdown


def test_sounds_and_pictures_that_are_left_out_are_counted() -> None:
    html = "a[sound:x.mp3]<audio src=y></audio><video></video>[anki:play:q:0]<img src=b.png>"
    assert markdown_of(html) == ("a", 4, 1)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        (r"**What** is $\frac{1}{2} < x$?", r"<strong>What</strong> is \(\frac{1}{2} &lt; x\)?"),
        ("$$\na & b\n$$", r"\[a &amp; b\]"),
        ("it costs $5 and $6", "it costs $5 and $6"),
        ("a\nb", "a<br />\nb"),
        ("`a$b$c` x<sup>2</sup><br>y <script>", "<code>a$b$c</code> x<sup>2</sup><br />\ny &lt;script&gt;"),
        (f"![t](picture:{PICTURE}) ![g](picture:{'b' * 32})", '<img src="saem.png" alt="t"> g'),
        ("![x](https://e.com/a.png)", '<a href="https://e.com/a.png">x</a>'),
        ("[l](javascript:alert(1))", "[l](javascript:alert(1))"),
        (r"2\*3 \$5 \<b>", "2*3 $5 &lt;b&gt;"),
        ("\ue0f00\ue0f1x\u202e", "0x"),
    ],
)
def test_what_markdown_becomes(markdown: str, html: str) -> None:
    assert html_of(markdown, lambda found: "saem.png" if found == PICTURE else None) == html


WORDS = st.sampled_from(
    [
        "a",
        "b2",
        "**x**",
        "*y*",
        r"\(x^2\)",
        "`c`",
        "- d",
        "1. e",
        "\n",
        "$5",
        "<",
        "&",
        "~~z~~",
        "가",
        "H<sub>2</sub>O",
        "|",
        "#",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join))
@example("# # #")
@example("- -")
def test_a_side_that_was_exported_and_read_stays_the_same_from_then_on(markdown: str) -> None:
    once = read(html_of(markdown, lambda _: "a.png"))
    assert read(html_of(once, lambda _: "a.png")) == once


@given(st.text(max_size=80))
def test_no_text_becomes_html(text: str) -> None:
    shown = html_of(text, lambda _: None)
    assert "<script" not in shown
    assert "onerror" not in shown or "onerror" in text
    markdown_of(text)
