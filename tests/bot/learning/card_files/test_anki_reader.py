"""Packages that are broken, hostile, too large or odd: a reason, or what is good in them."""

import io
import zipfile
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.card_files import anki_archive, anki_reader
from bot.learning.card_files.anki_reader import read_package
from bot.learning.card_files.anki_templates import NoteType, Template, sides
from tests.bot.learning.card_files.packages import CLOZE, PNG, collection, package

ONE = collection([("front", "back")])


def sides_of(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(front, back) for _, front, back, _, _ in result["cards"]]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_package"),
        (b"not a zip", "no_package"),
        (package(ONE)[:-40], "no_package"),
        (zipped({"word/document.xml": b"<x/>"}), "no_package"),
        (zipped({"../../etc/passwd": b"x"}), "no_package"),
        (zipped({"collection.anki2": b"SQLite format 3\0" + bytes(4096)}), "broken"),
        (zipped({"collection.anki2": b"hello"}), "broken"),
        (zipped({"collection.anki2": ONE, "media": b"{not json"}), "broken"),
        (zipped({"collection.anki2": ONE, "media": b"[]"}), "broken"),
        (zipped({"collection.anki21b": b"no zstandard"}), "broken"),
        (zipped({"collection.anki21b": zstandard.compress(ONE), "media": zstandard.compress(b"\x0a\x7f")}), "broken"),
        (zipped({"collection.anki21b": zstandard.compress(ONE), "media": zstandard.compress(b"\xff" * 20)}), "broken"),
        (package(ONE.replace(b"front", b"fr\xff\xfet")), None),
        (package(ONE.replace(b'"tmpls"', b'"tmplz"')), "broken"),
        (package(ONE.replace(b"CREATE TABLE notes", b"CREATE TABLE votes")), "broken"),
    ],
)
def test_what_is_no_package_or_damaged_has_a_reason(data: bytes, reason: str | None) -> None:
    assert read_package(data).get("reason") == reason


def test_what_unpacks_to_too_much_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anki_archive, "LARGEST_COLLECTION", 100_000)
    bomb = bytes(20_000_000)
    assert read_package(zipped({"collection.anki2": bomb})) == {"reason": "large", "count": 0}
    assert read_package(zipped({"collection.anki21b": zstandard.compress(bomb)})) == {"reason": "large", "count": 0}
    monkeypatch.setattr(anki_archive, "LARGEST_MEDIA_LIST", 1_000)
    assert read_package(zipped({"collection.anki2": ONE, "media": bomb})) == {"reason": "large", "count": 0}
    lying = bytearray(package(collection([("a", "b" * 200_000)])))
    place = lying.index(b"PK\x01\x02") + 24
    lying[place : place + 4] = (1_000).to_bytes(4, "little")
    assert read_package(bytes(lying))["reason"] in {"broken", "large"}


def test_too_many_cards_are_counted_and_as_many_as_possible_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anki_reader, "MOST_CARDS", 3)
    assert read_package(package(collection([(f"f{n}", "b") for n in range(4)]))) == {"reason": "many", "count": 4}
    assert len(read_package(package(collection([(f"f{n}", "b") for n in range(3)])))["cards"]) == 3


def test_a_collection_with_a_log_is_read_and_the_newest_collection_wins() -> None:
    old = collection([("old", "old")])
    assert sides_of(read_package(package(collection([("a", "b")], wal=True)))) == [("a", "b")]
    both = zipped({"collection.anki2": old, "collection.anki21": ONE, "media": b"{}"})
    assert sides_of(read_package(both)) == [("front", "back")]


def test_empty_sides_doubles_and_missing_pictures_are_counted() -> None:
    notes = [("a", "b"), ("a", " b<br>"), ("", "b"), ("c", "&nbsp;"), ("d <img src='../../gone.png'>", "e")]
    read = read_package(package(collection(notes)))
    assert sides_of(read) == [("a", "b"), ("d", "e")]
    assert read["left_out"] == {"empty": 2, "doubles": 1, "pictures": 1}


def test_pictures_are_kept_by_what_they_are_and_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    media = {"ok.png": PNG, "../evil.png": PNG, "script.png": b"<svg onload=alert(1)>", "unused.png": PNG + b"1"}
    notes = [("<img src='ok.png'>", "<img src='..%2Fevil.png'><img src='script.png'>")]
    read = read_package(package(collection(notes), media))
    assert list(read["pictures"].values()) == [PNG]
    assert read["left_out"] == {"pictures": 1}
    monkeypatch.setattr(anki_reader, "LARGEST_PICTURES", len(PNG))
    assert list(read_package(package(collection(notes), media))["pictures"].values()) == [PNG]
    monkeypatch.setattr(anki_reader, "LARGEST_PICTURES", len(PNG) - 1)
    assert read_package(package(collection(notes), media))["reason"] == "no_cards"
    monkeypatch.undo()
    monkeypatch.setattr(anki_reader, "LARGEST_PICTURE", len(PNG) - 1)
    text = [("a<img src='ok.png'>", "b")]
    read = read_package(package(collection(text), media))
    assert (read["pictures"], read["left_out"]) == ({}, {"pictures": 1})


def test_notes_without_cards_long_sides_and_names_with_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sides_of(read_package(package(collection([("a", "b")], cards=0)))) == [("a", "b")]
    monkeypatch.setattr(anki_reader, "LONGEST_SIDE", 10)
    read = read_package(package(collection([("x" * 50, "b")], tags=" **bold** ")))
    assert sides_of(read) == [("x" * 9 + "…", "b")]
    assert read["left_out"] == {"cut": 1}
    assert read["cards"][0][4] == "**bold**"


def test_cloze_deletions_are_gaps_on_their_own_card_alone() -> None:
    text = r"{{c1::one {{c2::two}}::hint}} and \({{c1::x^2}}\) {{c1,2::both}}"
    read = read_package(package(collection([(text, "extra")], CLOZE, cards=2)))
    assert sides_of(read) == [
        (r"**[hint]** and \( […] \) **[…]**", "**one two** and \\( x^2 \\) **both**\nextra"),
        (r"one **[…]** and \(x^2\) **[…]**", "one **two** and \\(x^2\\) **both**\nextra"),
    ]


def filled(front: str, back: str, **values: str) -> tuple[str, str]:
    kind = NoteType("k", tuple(values), (Template(front, back),), cloze=False)
    return sides(kind, 0, values, {"Deck": "Maths"})


def test_templates_with_sections_filters_and_names_that_are_not_there() -> None:
    assert filled("{{#A}}{{A}}{{^B}}!{{/B}}{{/A}}{{^A}}none{{/A}}", "x", A="1", B="") == ("1!", "x")
    assert filled("{{#A}}{{A}}{{/A}}{{^A}}none{{/A}}", "x", A="&nbsp;<br>") == ("none", "x")
    with_filters = filled("{{type:A}}{{Deck}}", "{{type:A}} {{hint:B}} {{text:C}} {{Gone}}", A="1", B="2", C="3")
    assert with_filters == ("Maths", "1 2 3 ")
    assert filled("{{A}}", "{{FrontSide}}\n\n<hr id=answer>\n\n{{B}}", A="q", B="a") == ("q", "a")
    assert filled("{{#A}}unclosed {{A}}", "{{tts en_US:A}}b", A="1") == ("unclosed 1", "b")


@given(st.text(alphabet="{}c1:,:#^/A\n ", max_size=60), st.text(alphabet="{}c12:h ", max_size=60))
def test_no_template_and_no_note_is_too_odd(template: str, value: str) -> None:
    for cloze in (True, False):
        kind = NoteType("k", ("A",), (Template(template + "{{cloze:A}}", template),), cloze=cloze)
        sides(kind, 1, {"A": value}, {})


@given(st.binary(max_size=300))
def test_no_file_is_too_odd(noise: bytes) -> None:
    for data in (noise, zipped({"collection.anki2": noise}), zipped({"collection.anki21b": zstandard.compress(noise)})):
        assert "reason" in read_package(data)
    media = zipped({"collection.anki2": ONE, "media": noise})
    assert read_package(media).get("reason") in {None, "broken"}


def test_a_field_with_thousands_of_marks_takes_no_time_and_no_stack() -> None:
    deep = "<b><div>" * 20_000 + "x" + "{{c1::" * 2_000
    assert "x" in sides_of(read_package(package(collection([(deep, "b")]))))[0][0]


def test_the_deck_of_a_package_is_what_its_decks_have_in_common() -> None:
    assert anki_reader._common_deck(["Maths::Algebra::One", "Maths::Algebra"]) == "Maths::Algebra"
    assert anki_reader._common_deck(["Maths", "English"]) == ""
    assert anki_reader._common_deck([]) == ""
