"""Other people's words within Saem's own sentences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.escaping import escaped, escaped_name, escaped_within, plain_name, visible


@pytest.mark.parametrize(
    "text",
    [
        "👩‍🏫 👨‍👩‍👧 🏳️‍🌈 ❤️ 1️⃣ 👍🏽 🇰🇷 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "שלום\u200f, עולם",
        "مرحبا، می\u200cخواهم",
        "क्\u200dष",
        "안녕 \u1112\u1161\u11ab\u1100\u1173\u11af \u1112\u1160",
        "a\tb\nc",
        "בְּרֵאשִׁ֖ית กี่ที่ Việt",
        "葛\U000e0100 ≨︀ ⠁⠀⠂",
    ],
)
def test_what_belongs_to_the_writing_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("\u2066a\u2069\u2068b", "ab"),
        ("dis\u200bcord\u2060.g\u00adg\ufeff", "discord.gg"),
        ("a\u200db\u200cc\ufe0fd", "abcd"),
        ("English\u200f only\u200e", "English only"),
        ("\u3164\u115f\uffa0\u2800\u034f\u180e", ""),
        ("x\U000e0041\U000e007fy", "xy"),
        ("a\r\nb\u2028c\x0bd\x00e", "a\nb c de"),
        ("\ud800x", "x"),
        ("o" + "\u0301" * 200 + "k", "o" + "\u0301" * 4 + "k"),
    ],
)
def test_what_cannot_be_seen_goes(text: str, left: str) -> None:
    assert visible(text) == left


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*a* _b_ ~~c~~ ||d|| `e`", r"\*a\* \_b\_ \~\~c\~\~ \|\|d\|\| \`e\`"),
        ("[x](https://evil.example)", r"\[x\](https\://evil.example)"),
        ("https://evil.example HTTP://e steam://x", r"https\://evil.example HTTP\://e steam\://x"),
        ("discord.gg/abc and discord.com/invite/x", r"discord\.gg/abc and discord\.com/invite/x"),
        ("<@1> @everyone <#2> <t:1>", r"\<\@1> \@everyone \<#2> \<t:1>"),
        ("a\n-# b", "a -# b"),
        ("-# b", r"\-# b"),
        ("# b", r"\# b"),
        ("> b", r"\> b"),
        ("1. b", r"1\. b"),
        ("- b", r"\- b"),
    ],
)
def test_nothing_in_it_means_anything_to_discord(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_a_name_is_a_label_that_no_bracket_ends() -> None:
    assert escaped_name("x](https://evil.example) [exam.txt") == r"x)(https\://evil.example) (exam.txt"
    assert escaped_name("a`b\n`") == "a'b '"
    assert escaped_name("\u200b") == "?"
    assert plain_name("가" * 290 + ".txt") == "가" * 50 + "…" + "가" * 16 + ".txt"


@given(st.text(max_size=200), st.integers(10, 60))
def test_a_cut_never_falls_into_an_escape(text: str, length: int) -> None:
    shown = escaped_within(text, length)
    assert len(shown) <= length
    if shown != escaped(text):
        assert shown.endswith("…")
        assert not re.search(r"(?<!\\)(?:\\\\)*\\…$", shown)
