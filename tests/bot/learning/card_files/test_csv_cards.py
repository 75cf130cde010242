"""Cards as CSV: what sheets must not run, files of other programs, and files that are none."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.card_files import csv_cards
from bot.learning.card_files.csv_cards import neutralised, read_csv, restored, write_csv
from bot.learning.card_files.file_card import FileCard


def sides(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(front, back) for _, front, back, _, _ in result["cards"]]


def test_what_is_written_comes_back() -> None:
    cards = [
        FileCard("saem-1", 'a,b\n"c"', "=cmd|'/c calc'!A0", "notes.pdf, p. 3", "분수"),
        FileCard("saem-2", "-3", "'=x", "", ""),
    ]
    data = write_csv([["d", 'Maths; "one"', [card.packed() for card in cards]]])
    assert data.startswith(b"\xef\xbb\xbfid,deck,front,back,source,topic\r\n")
    assert b"'=cmd" in data
    assert b",-3,''=x," in data
    read = read_csv(data)
    assert read["name"] == 'Maths; "one"'
    assert read["cards"] == [card.packed() for card in cards]
    assert read["left_out"] == {}


@given(st.text(alphabet="'=+-@\t\r1.,a%", max_size=8))
def test_no_cell_is_a_formula_and_each_comes_back(cell: str) -> None:
    shown = neutralised(cell)
    assert restored(shown) == cell
    assert not shown.startswith(("=", "@", "\t", "\r"))
    assert not shown.startswith(("+", "-")) or shown[1:].rstrip("%").replace(",", ".").replace(".", "", 1).isdigit()


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"a,b\nc,d\n", [("a", "b"), ("c", "d")]),
        (b"a;b\r\nc;d,e\r\n", [("a", "b"), ("c", "d,e")]),
        (b"a\tb\n\nc\td\n", [("a", "b"), ("c", "d")]),
        (b"sep=|\na|b\n", [("a", "b")]),
        ("질문,답\n사과,apple\n".encode(), [("사과", "apple")]),
        ("사과,apple\n배,pear\n".encode("cp949"), [("사과", "apple"), ("배", "pear")]),
        ("a,é\n".encode("utf-16"), [("a", "é")]),
        (b"Answer,Topic,Question\nb,x,a\n", [("a", "b")]),
        (b"#separator:tab\n#html:true\n#guid column:1\nG1\t<b>x</b>\ty\n", [("**x**", "y")]),
        (b"front,back\n=1+1,\xe2\x80\xae2\n", [("=1+1", "2")]),
        (b"'=a,b\n", [("'=a", "b")]),
    ],
)
def test_files_of_other_programs(data: bytes, found: list[tuple[str, str]]) -> None:
    assert sides(read_csv(data)) == found


def test_what_is_not_taken_is_counted() -> None:
    read = read_csv(b"a,b,c\na,b,d\n,x,\ny,,\n")
    assert sides(read) == [("a", "b")]
    assert read["left_out"] == {"doubles": 1, "columns": 1, "empty": 2}
    read = read_csv(b"front,back,tags,note\na,b,big_topic,x\n")
    assert read["left_out"] == {"columns": 1}
    assert read["cards"] == [["", "a", "b", "", "big topic"]]
    assert read_csv(b"#guid column:3\n#tags column:4\na,b,G1,t\n")["cards"] == [["G1", "a", "b", "", "t"]]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_cards"),
        (b"one column\nonly\n", "no_cards"),
        (b"front,back\n", "no_cards"),
        (b"a\0,b\n", "no_text"),
        (b"\x89PNG\r\n\x1a\n\x00", "no_text"),
        (b"\xff\xfea", "encoding"),
        (b"a,\x81\x8d\x8f\x90\x9d\xff\n", "encoding"),
        (b'a,"' + b"x" * 2_000_000 + b'"\n', "broken"),
    ],
)
def test_what_cannot_be_read_has_a_reason(data: bytes, reason: str) -> None:
    assert read_csv(data)["reason"] == reason


def test_too_many_and_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_cards, "MOST_CARDS", 2)
    assert read_csv(b"a,b\nc,d\ne,f\n") == {"reason": "many", "count": 3}
    monkeypatch.setattr(csv_cards, "LONGEST_SIDE", 5)
    read = read_csv(b"abcdefgh,b\nc,d\n")
    assert (sides(read)[0], read["left_out"]) == (("abcd…", "b"), {"cut": 1})
    monkeypatch.setattr(csv_cards, "LARGEST", 3)
    assert read_csv(b"a,b\n")["reason"] == "large"


@given(st.binary(max_size=200))
def test_no_file_is_too_odd(noise: bytes) -> None:
    result = read_csv(noise)
    assert "reason" in result or result["cards"]
