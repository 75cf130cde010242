"""What is shown of a model's links: where they lead; only citations of Saem's own have a label that can be pressed."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.escaping import CITATION
from bot.replies.links import linked, web_link
from bot.replies.markdown_rendering import Formula, Text, render
from bot.replies.splitter import MessageLimits, Splitter

EVIL = "https://evil.example"
DISCORD_LINK = re.compile(
    r"\[((?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]\(\s*<?((?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s[^)]*)?\s*\)"
)
"""As Discord's clients find masked links; an escape before a bracket means nothing to them."""
DISCORD_CODE = re.compile(r"```(?:[\w+.#-]+?\n)?\n*[^\n].*?\n*```|(`+)(?!`).*?[^`]\1(?!`)", re.DOTALL)


def shown(markdown: str) -> str:
    return "".join(getattr(piece, "text", "\n") for piece in render(markdown))


def pressed(text: str) -> list[tuple[str, str]]:
    """The masked links of a shown text: label and address."""
    return DISCORD_LINK.findall(without_code(text))


def without_code(text: str) -> str:
    """The text with a sign in place of what Discord's clients take for code."""
    left, at = "", 0
    while at < len(text):
        code = DISCORD_CODE.match(text, at)
        if code is None:
            step = 2 if text[at] == "\\" else 1
            left += text[at : at + step]
            at += step
        else:
            left += "\ufffc"
            at = code.end()
    return left


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (f"[Log in to Discord]({EVIL}/a)", f"Log in to Discord ([evil.example]({EVIL}/a))"),
        (f"![photo]({EVIL}/a.png)", f"photo ([evil.example]({EVIL}/a.png))"),
        (f"[![p]({EVIL}/p.png)](https://e.org)", f"p ([evil.example]({EVIL}/p.png)) ([e.org](https://e.org))"),
        (f'[x]({EVIL} "https://good.example")', f"x ([evil.example]({EVIL}))"),
        (f"[x]({EVIL} 'good')", f"x ([evil.example]({EVIL}))"),
        (f"[x](<{EVIL}/a b>)", f"x ([evil.example]({EVIL}/a%20b))"),
        ("[x](https:evil.example)", f"x ([evil.example]({EVIL}))"),
        (f"[google.com]({EVIL})", f"google.com ([evil.example]({EVIL}))"),
        ("[e.org](https://e.org)", "[e.org](https://e.org)"),
        (f"[]({EVIL})", f"[evil.example]({EVIL})"),
        (f"**[x]({EVIL})**", f"**x ([evil.example]({EVIL}))**"),
        (f"[a [b [c]]]({EVIL})", f"[a [b [c]]]\\({EVIL})"),
        (f"[a\\]({EVIL})", f"[a\\]\\({EVIL})"),
        (f"[Log in $]$({EVIL})", f"[Log in ]\\({EVIL})"),
        (f"[x][1]\n\n[1]: {EVIL}", f"[x][1]\n\n[1]: {EVIL}"),
        ("[x](javascript:alert(1))", "x (`javascript:alert(1)`)"),
        ("[x](data:text/html,abc)", "x (`data:text/html,abc`)"),
        ("[x](file:///etc/passwd) [y](#top)", "x (`file:///etc/passwd`) y"),
        ("[Nitro](discord://-/gift) <steam://run/1>", "Nitro (`discord://-/gift`) `steam://run/1`"),
        ("[x](//evil.example)", "x (`//evil.example`)"),
        ("https://discord.gg/abc, or discord.gg/abc.", "`https://discord.gg/abc`, or `discord.gg/abc`."),
        ("[join](https://discord.com/invite/a)", "join (`https://discord.com/invite/a`)"),
        ("[join](https://dsc.gg/a)", "join (`https://dsc.gg/a`)"),
        ("[gift](https://discord-nitro.gift/a)", "gift (`https://discord-nitro.gift/a`)"),
        ("[1](https://discord.com/channels/1/2/3)", "`https://discord.com/channels/1/2/3`"),
        ("https://discord.com@evil.example/a.", f"{EVIL}/a."),
        (f"[x]({EVIL}\\@discord.com)", f"x ([evil.example]({EVIL}/@discord.com))"),
        ("https://dіscord.com/x", "https://xn--dscord-pvf.com/x"),
        ("[x](https://evil\u202e.exa\u200bmple)", f"x ([evil.example]({EVIL}))"),
        ("<https://e.org/x> <@123> </quiz:1>", "<https://e.org/x> <@123> </quiz:1>"),
        ("(see https://e.org/a_(b)).", "(see https://e.org/a_(b))."),
        ("https://ko.wikipedia.org/wiki/미분", "https://ko.wikipedia.org/wiki/미분"),
        ("https://e.org/calculator에서 https://e.org로.", "<https://e.org/calculator>에서 <https://e.org>로."),
        (
            "(https://e.org/a)를 【https://e.org】。「https://e.org」",
            "(<https://e.org/a>)를 【<https://e.org>】。「<https://e.org>」",
        ),
        (f"| a |\n|---|\n| [d]({EVIL}) |", "```\na\n────────────────\nd (evil.example)\n```"),
        ("`a[0](x)`", "`a[0](x)`"),
        ("```\na[0](x)\n```", "```\na[0](x)\n```"),
    ],
)
def test_a_link_shows_where_it_leads(markdown: str, text: str) -> None:
    assert shown(markdown) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (f"[[1]]({EVIL})", f"[evil.example]({EVIL})"),
        (f"[1]({EVIL})", f"[evil.example]({EVIL})"),
        (f"[【1†source】]({EVIL})", f"[evil.example]({EVIL})"),
        (f"-# [1] [exam.pdf, p. 2]({EVIL})", f"[1] exam.pdf, p. 2 ([evil.example]({EVIL}))"),
        ("> -# [1] a", "> [1] a"),
        ("- -# a", "- a"),
        ("# -# a", "# a"),
        ("a\n  -#  -# b", "a\n  b"),
        ("\u200b-# a", "a"),
        ("[-# a](#b)", "a"),
        ("So【4:0†source】, so【4:【x†y】0†z】.", "So, so."),
        ("【중요】 stays", "【중요】 stays"),
    ],
)
def test_the_shape_of_citations_is_saem_s_alone(markdown: str, text: str) -> None:
    assert shown(markdown) == text


def test_small_print_after_a_formula_that_is_drawn_is_none() -> None:
    pieces = render("\\[\\frac{1}{x}\\]\n-# [1] exam.pdf")
    assert isinstance(pieces[0], Formula)
    assert isinstance(pieces[1], Text)
    assert pieces[1].text.strip() == "[1] exam.pdf"


def test_a_citation_of_saem_s_own_is_a_link_and_a_number_in_code() -> None:
    own = f"{CITATION}[[1]](https://discord.com/channels/1/2/3)"
    assert shown(f"yes {own}.") == "yes [[1]](https://discord.com/channels/1/2/3)."
    assert shown(f"`yes {own}`") == "`yes [1]`"
    assert shown(f"```\nyes {own}\n```") == "```\nyes [1]\n```"
    assert shown(f"| a |\n|---|\n| b {own} |") == "```\na\n─────\nb [1]\n```"


def test_a_link_that_is_still_being_written_shows_its_label() -> None:
    [piece] = render(f"see [the page]({EVIL}/a", incomplete=True)
    assert piece == Text("see the page")


@pytest.mark.parametrize(
    "target",
    [
        "https://e.org:99999999/", "https://[::1]/", "https:///", "https://", "ftp://e.org", "mailto:a@b.c",
        "https://a b", "https://%65vil.example/\n", "x", "",
    ],
)  # fmt: skip
def test_what_is_a_link_has_a_host_that_browsers_agree_on(target: str) -> None:
    link = web_link(target)
    assert link is None or urlsplit(link.url).netloc == link.host


def test_a_very_long_label_is_read_in_no_time() -> None:
    assert linked("(" * 50_000 + "x", EVIL).startswith("((((")


BITS = [
    "[", "]", "(", ")", "](", "[[1]](", "\\", "!", "`", "```\n", "$", "\\(", "\\)",
    "\n", "\n\n", "> ", "- ", "-# ", "# ", "|", "*", "**", "\\]", "\ue0c2", "x^2",
    EVIL, "https://", "discord://x", "<", ">", " ", "x", "\u200b", "\u202e", "【", "†", "】", "|---|\n", '"', "'",
    "에서", "。",
]  # fmt: skip


@settings(max_examples=1_500)
@given(st.lists(st.sampled_from(BITS), max_size=30).map("".join))
def test_whatever_a_model_writes_what_can_be_pressed_says_where_it_leads(markdown: str) -> None:
    text = shown(markdown)
    for label, address in pressed(text):
        assert urlsplit(address).netloc == label, text
    assert not re.search(r"^-# \S", without_code(text), re.MULTILINE), text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\ue0c2]", text)


@given(st.lists(st.sampled_from(BITS), max_size=60).map("".join), st.integers(1, 9))
def test_nor_does_a_cut_between_messages_make_a_label_that_can_be_pressed(markdown: str, step: int) -> None:
    splitter, parts = Splitter(MessageLimits(characters=60)), []
    for at in range(0, len(markdown), step):
        parts += splitter.feed(markdown[at : at + step])
    for part in [*parts, splitter.flush()]:
        text = "".join(getattr(piece, "text", "\n") for piece in part.pieces())
        for label, address in pressed(text):
            assert urlsplit(address).netloc == label, text


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("See [the table](sandbox:/mnt/data/sums.csv).", "See the table."),
        ("![plot](sandbox:/mnt/data/plot.png)", "plot"),
        ("![](sandbox:/mnt/data/plot.png)", "`plot.png`"),
        ("[](sandbox:/mnt/data/a%20b.csv)", "`a b.csv`"),
        ("It is in sandbox:/mnt/data/sums.csv, and more.", "It is in `sums.csv`, and more."),
        ("[성적표](sandbox:/mnt/data/성적표.csv)를 보세요", "성적표를 보세요"),
        ("[a](<sandbox:/mnt/data/my sums.csv>)", "a"),
    ],
)
def test_what_code_has_made_is_a_name_and_no_dead_link(markdown: str, shown: str) -> None:
    [piece] = render(markdown)
    assert isinstance(piece, Text)
    assert piece.text == shown
