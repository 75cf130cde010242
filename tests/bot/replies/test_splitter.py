"""The splitter, with every kind of text, in pieces of every size."""
# ruff: noqa: E501

import itertools
import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.replies import markdown_blocks, markdown_inline
from bot.replies.markdown_inline import is_boundary
from bot.replies.markdown_rendering import Divider, Formula
from bot.replies.splitter import MessageLimits, Part, Splitter

SMALL = MessageLimits(characters=400, pictures=3, components=12)
FRAGMENTS = [
    "word ", "A sentence. ", "한국어 문장입니다. ", "\n", "\n\n", "**bold words** ", "*slanted* ", "~~gone~~ ", "||hidden|| ",
    "`code` ", "```python\nprint(1)\n", "```\n", "```", "# Title\n", "#### Deep\n", "- item\n", "  - nested\n", "1. one\n",
    "> quoted\n", "[a link](https://example.org/a_(b)) ", "![image](https://example.org/x.png) ", "https://example.org/a_b ",
    "\\(x^2\\) ", "\\[\\frac{a}{b}\\]\n", "$$\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}$$\n", "\\(\\binom{n}{k}\\) ", "$5 and $10 ",
    "| a | b |\n|---|---|\n| 1 | 2 |\n", "| 한글 | x |\n|:-:|--:|\n", "| 3 | 4 |\n", "---\n", "👩‍👩‍👧‍👦 ", "🇰🇷🇺🇸 ", "e\u0301\u0302 ",
    "@everyone <@123> ", "<b>html</b> ", "مرحبا بالعالم ", "`", "$", "\\", "\\(", "\\[", "**", "x" * 120 + " ", "긴" * 90,
    "[", "](https://e.org/", "$$", "\\]", "\\)", "\\begin{cases}", "\\\\", "||", "__", "````", "> ```\n", "<#1>", "\\boxed{", "}",
    "|---|---|\n", "z" + "\u0301\u0302" * 30, "\u1112\u1161\u11ab", "\u202e", "\r\n", "\u2028", "&", "~~~\ncode\n~~~\n", "    indented\n", "|", "\t", "```js\n" + "let x = 1;\n" * 12,
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=60).map("".join)


def split(text: str, pieces: list[int], limits: MessageLimits = SMALL) -> list[Part]:
    splitter = Splitter(limits)
    parts, at = [], 0
    for length in [*pieces, len(text)]:
        parts += splitter.feed(text[at : at + length])
        at += length
    return [*parts, splitter.flush()]


def shown(part: Part) -> str:
    """Its text, without the blank lines around it, which no message keeps."""
    return "".join(getattr(piece, "text", "") for piece in part.pieces()).strip()


words = st.lists(
    st.sampled_from(["the", "quick", "수학", "공부는", "lazy", "fox", "therefore", "x", "그래서"]),
    min_size=1,
    max_size=9,
).map(" ".join)
WRAPS = [
    "**{}**",
    "*{}*",
    "~~{}~~",
    "||{}||",
    "`{}`",
    "[{}](https://e.org/a_(b))",
    "***{}***",
    "**{} \\(x^2\\)**",
    "{}. ",
    "{}, ",
]
FORMULAS = ["\\(a + b + c + d\\) ", "\\(\\binom{n}{k}\\) ", "$x_1^2$ ", "$5 and $10 ", "<@123456789> ", "👩‍👩‍👧‍👦 🇰🇷 "]
wrapped = st.tuples(st.sampled_from(WRAPS), words).map(lambda pair: pair[0].format(pair[1]))
sentences = st.lists(st.one_of(wrapped, words, st.sampled_from(FORMULAS)), min_size=1, max_size=25).map(" ".join)


def lines_of(mark: str) -> st.SearchStrategy[str]:
    return st.lists(words, min_size=1, max_size=16).map(lambda lines: "".join(mark + line + "\n" for line in lines))


paragraphs = st.lists(
    st.one_of(
        sentences,
        lines_of("- "),
        lines_of("  1. "),
        lines_of("> "),
        words.map(lambda title: f"## {title}"),
        lines_of("    ").map(lambda code: f"```python\n{code}```"),
        lines_of("> ").map(lambda code: f"> ```\n{code}> ```"),
        lines_of("| 1 | ").map(lambda rows: "| a | b |\n|---|---|\n" + rows),
        st.sampled_from(
            ["---", "\\[ \\frac{a}{b} = c \\]", "$$\\begin{aligned} a &= b \\\\\n c &= d \\end{aligned}$$"]
        ),
    ),
    max_size=9,
).map("\n\n".join)


def untearable(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of everything that must not be torn: lines of code and tables, inlines of a sentence."""
    start = 0
    for block in markdown_blocks.parse_blocks(text):
        pieces = (
            block.lines
            if block.kind in {"fence", "table"}
            else [inline.source for inline in markdown_inline.fine_inlines(block.source)]
        )
        for piece in pieces:
            if not piece.isspace():
                yield start, start + len(piece)
            start += len(piece)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(paragraphs, st.lists(st.integers(1, 90), max_size=30))
def test_nothing_that_fits_a_message_is_torn_however_the_text_comes_in(text: str, pieces: list[int]) -> None:
    parts = split(text, pieces)
    cuts = set(itertools.accumulate(len(part.source) for part in parts[:-1]))
    for start, end in untearable(text):
        assert end - start > SMALL.characters - 60 or not cuts & set(range(start + 1, end))


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.lists(st.integers(1, 90), max_size=30))
def test_the_parts_joined_are_the_text(text: str, pieces: list[int]) -> None:
    assert "".join(part.source for part in split(text, pieces)) == text


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.lists(st.integers(1, 90), max_size=30))
def test_every_part_fits_its_message(text: str, pieces: list[int]) -> None:
    for part in split(text, pieces):
        found = part.pieces()
        pictures = sum(isinstance(piece, Formula) for piece in found)
        rules = sum(isinstance(piece, Divider) for piece in found)
        assert len(shown(part)) <= SMALL.characters
        assert pictures <= SMALL.pictures
        assert 2 * pictures + 2 * rules + 1 <= SMALL.components


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(texts, st.lists(st.integers(1, 90), max_size=30))
def test_a_closed_part_never_changes(text: str, pieces: list[int]) -> None:
    splitter = Splitter(SMALL)
    closed: list[Part] = []
    at = 0
    for length in [*pieces, len(text)]:
        before = list(closed)
        closed += splitter.feed(text[at : at + length])
        at += length
        assert closed[: len(before)] == before
        assert "".join(part.source for part in closed) + splitter.open.source == text[:at]


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(texts)
def test_every_fence_that_is_shown_is_closed(text: str) -> None:
    assume(not re.search(r"(?m)^.*[^\n ].*```|```.*`", text))  # backticks within a line are another matter
    for part in split(text, []):
        assert len(re.findall(r"(?m)^(?:> )?```", shown(part))) % 2 == 0


@pytest.mark.parametrize("step", [1, 7, 10**6])
def test_code_goes_on_in_the_next_message_with_its_language_and_indentation(step: int) -> None:
    code = "".join(f"    line_{number} = {number}\n" for number in range(60))
    text = f"Look:\n\n  ```python\n{code}  ```\nDone."
    parts = split(text, [step] * (len(text) // step + 1))
    assert len(parts) > 2
    for part in parts[1:]:
        assert part.opened == "  ```python\n"
    assert "".join(part.source for part in parts) == text
    for part in parts[:-1]:
        assert part.text.rstrip().endswith("```")


def test_cuts_come_at_paragraphs_then_items_then_sentences_then_words() -> None:
    paragraphs = "\n\n".join("word " * 30 for _ in range(6))
    assert all(part.source.endswith("\n\n") for part in split(paragraphs, [])[:-1])
    items = "".join(f"- item {number} with some words\n" for number in range(40))
    assert all(part.source.endswith("\n") for part in split(items, [])[:-1])
    sentences = "This is a sentence of words. " * 40
    assert all(part.source.endswith(". ") for part in split(sentences, [])[:-1])
    words = "word " * 300
    assert all(part.source.endswith("word ") for part in split(words, [])[:-1])


def test_a_heading_is_not_parted_from_what_it_stands_over() -> None:
    text = "word " * 60 + "\n\n## Heading\n\n" + "word " * 60
    assert not split(text, [])[0].source.rstrip().endswith("Heading")


@pytest.mark.parametrize(
    "whole",
    [
        "[a long link text](https://example.org/path)",
        "**bold words that stay together**",
        "||a spoiler here||",
        "`some code here`",
        "\\(a + b + c + d\\)",
    ],
)
def test_links_emphasis_spoilers_code_and_formulas_are_never_torn(whole: str) -> None:
    for shift in range(60):
        text = "x" * (340 + shift) + " " + whole + " and more words " * 20
        assert any(whole in part.source for part in split(text, []))


@pytest.mark.parametrize("cluster", ["👩‍👩‍👧‍👦", "🇰🇷", "e\u0301", "한", "\u1112\u1161\u11ab", "👍🏽", "❤️"])
def test_characters_that_readers_see_as_one_are_never_torn(cluster: str) -> None:
    text = cluster * 1_000
    for part in split(text, []):
        assert part.source == cluster * (len(part.source) // len(cluster))
    assert not any(is_boundary(cluster, at) for at in range(1, len(cluster)))


@pytest.mark.parametrize(
    "text",
    [
        "`" * 4_000, "`" * 50_000, "*" * 9_000, "|" * 9_000, "$" * 9_000, "\\" * 9_000, "[" * 9_000, "(" * 5_000, ">" * 5_000,
        "|" + "x|" * 300 + "\n|" + "-|" * 300 + "\n" + ("|" + "y|" * 300 + "\n") * 3, "a\n" * 20_000, " \n\t" * 9_000,
        "z" + "\u0301" * 20_000, "\u202e" + "abc " * 3_000, "```\n" + "x" * 50_000, "\\[" + "x" * 50_000, "$$" + "x+" * 20_000 + "$$",
        "@everyone " * 3_000, "#" * 9_000, "- " * 9_000, "\\begin{align}" * 900, "**" + "b " * 20_000,
        "**a " * 9_000, "||a " * 9_000, "__a *b " * 5_000, "a$_" * 9_000, "\\(" * 9_000, "---\n" * 9_000, "\\[ x = 2 \\]\n" * 1_000,
    ],
)  # fmt: skip
def test_hostile_text_is_split_whole_and_in_time(text: str) -> None:
    parts = split(text, [], MessageLimits())
    assert "".join(part.source for part in parts) == text
    assert all(len(shown(part)) <= 4_000 for part in parts)


def test_a_very_long_paragraph_in_one_piece_is_cut_where_nothing_is_torn() -> None:
    text = "Some **bold words**, \\(\\binom{n}{k} + y\\) and \\(x_1^2\\), [a link](https://e.org/a_b) too. " * 600
    parts = split(text, [], MessageLimits())
    assert "".join(part.source for part in parts) == text
    assert all(len(shown(part)) <= 4_000 for part in parts)
    assert all(part.source.endswith("too. ") for part in parts)
    assert len(parts) < len(text) / 500


@pytest.mark.parametrize(
    "mark",
    ["**a ", "*a ", "__a ", "||a ", "~~a ", "***a ", "**a *b __c ~~d ||e ", "<b>a ", "<b><i>a ", "[a](", "![a ", "> a",
     "<details>a ", "<ul><li>a", "`a ", "$a ", "$\\frac{a", "a{("],
)  # fmt: skip
def test_thousands_of_marks_without_an_end_are_shown_while_they_come(mark: str) -> None:
    text, splitter, seen = (mark * 8_000)[:8_000], Splitter(), 0
    for at in range(0, len(text), 800):
        parts = splitter.feed(text[at : at + 800])
        for pieces in [*(part.pieces() for part in parts), splitter.open.pieces(incomplete=True)]:
            seen += "a" in "".join(getattr(piece, "text", "") for piece in pieces)
    splitter.flush().pieces()
    assert seen >= 10
