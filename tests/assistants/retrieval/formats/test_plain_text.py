# ruff: noqa: E501 - files do not read better for being cut
"""Subtitles and front matter: what is about the text is not indexed as text."""

from pathlib import Path

import pytest

from assistants.retrieval.extraction import chunked
from assistants.retrieval.formats.refusals import InvalidFileError
from tests.assistants.retrieval.formats.reading import case, text_of


def test_subtitles_give_what_was_said_and_by_whom() -> None:
    text = case("lesson.vtt")
    assert text == "Mina: First we draw the line.\n\nJun: Then the slope is read off."


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:04,000\n<i>Tom &amp; Ann</i>\n{\\an8}go\n\n2\n00:00:05,000 --> 00:00:06,000\nhome\n", "Tom & Ann go\nhome"),
        ("a.srt", "\ufeff1\r\n00:00:01,000 --> 00:00:04,000\r\nhello\r\n", "hello"),
        ("a.txt", "1\n00:00:01,000 --> 00:00:04,000\nhello\n", "hello"),
        ("a.vtt", "WEBVTT\n\nSTYLE\n::cue {}\n\n1 - x\n00:01.000 --> 00:02.000\nrolled\n\n00:02.000 --> 00:03.000\nrolled\n\n00:03.000 --> 00:04.000\nrolled up\n", "rolled\nup"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:04.000\nMina: hello\nJun: bye,\ngo\n", "Mina: hello\nJun: bye, go"),
        ("a.sbv", "0:00:01.000,0:00:04.000\nhello\n", "hello"),
        ("a.lrc", "[ti:Song]\n[00:12.00]first\n[00:15.30][00:20.00]second\n", "first\nsecond"),
        ("a.ass", "[Events]\nFormat: x\nDialogue: 0,0:00:01.00,0:00:02.00,Default,Mina,0,0,0,,{\\b1}Hi,\\Nyou\n", "Mina: Hi, you"),
        ("a.txt", "We met at 10:30. It took 00:12:05.\n", "We met at 10:30. It took 00:12:05.\n"),
        ("a.srt", "no subtitles at all", "no subtitles at all"),
    ],
)  # fmt: skip
def test_subtitles_of_every_kind(name: str, data: str, said: str) -> None:
    assert text_of(name, data) == said


def test_front_matter_leaves_its_title() -> None:
    assert case("front.md") == "# Photosynthesis\n\n# Light\n\nChlorophyll is green.\n"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("+++\ntitle = 'Tides'\ndraft = true\n+++\nThe moon.\n", "# Tides\n\nThe moon.\n"),
        ("---\ntitle: \"A: b\"\ntags:\n  - x\n---\n\nThe moon.\n", "# A: b\n\nThe moon.\n"),
        ("---\ntitle: Tides\n---\n# Tides\nThe moon.\n", "# Tides\nThe moon.\n"),
        ("---\ntitle: >\n  Long\n  title\n---\nThe moon.\n", "# Long title\n\nThe moon.\n"),
        ("---\r\nlayout: post\r\n---\r\nThe moon.\r\n", "The moon.\n"),
        ("---\nA rule before it, and\n---\none after.\n", "---\nA rule before it, and\n---\none after.\n"),
        ("---\ntitle: never closed\n", "---\ntitle: never closed\n"),
        ("Text\n---\ntitle: no\n---\n", "Text\n---\ntitle: no\n---\n"),
    ],
)  # fmt: skip
def test_only_front_matter_is_taken_for_it(data: str, text: str) -> None:
    assert text_of("a.md", data) == text


def test_korean_and_web_subtitles_in_markup_are_what_was_said() -> None:
    sami = (
        '<SAMI><HEAD><STYLE TYPE="text/css"><!-- P {color:red} --></STYLE></HEAD><BODY>'
        "<SYNC Start=1000><P Class=KRCC>안녕하세요<br>여러분<SYNC Start=2000><P Class=KRCC>&nbsp;</BODY></SAMI>"
    )
    assert text_of("a.smi", sami) == "안녕하세요 여러분"
    timed = '<?xml version="1.0"?><tt><body><p begin="00:00:01.000">Otters &amp; crabs<br/>play</p></body></tt>'
    assert text_of("a.ttml", timed) == "Otters & crabs play"
    assert text_of("a.lrc", "[00:01.00]First [00:02.00]line\n") == "First line"


def test_a_letter_of_rtf_stands_once_without_its_fallback() -> None:
    assert "학교 가요 10^3" in text_of(
        "a.rtf", r"{\rtf1\ansi \u54617?\u44368? \uc2\u44032\'b0\'a1\uc1\u50836? 10{\super 3}}"
    )


def test_a_notebook_nested_without_end_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "upload").write_text('{"cells":' + "[" * 100_000, encoding="utf-8")
    with pytest.raises(InvalidFileError, match="damaged"):
        chunked(str(tmp_path / "upload"), "a.ipynb", 800, 400, str(tmp_path / "chunks"))
