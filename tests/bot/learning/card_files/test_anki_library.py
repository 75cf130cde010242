"""What Saem writes opens in Anki's own library, twice, and what that writes is read, in the old form and the newest."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from bot.learning.card_files.anki_reader import read_package
from bot.learning.card_files.anki_writer import write_package
from bot.learning.card_files.file_card import CardFile, FileCard, picture_id
from tests.bot.learning.card_files.packages import PNG

collection_module = pytest.importorskip(
    "anki.collection", reason="Anki's library has no wheel for this machine: packages are not opened in it"
)
TRIANGLE = picture_id(PNG)
CARDS = [
    FileCard("saem-1", r"What is $\frac{1}{2}$ of $a < b$?", "a **half**", "notes.pdf, p. 3", "fractions"),
    FileCard("saem-2", f"Look: ![a triangle](picture:{TRIANGLE})", r"\[x^2\]", "", "분수의 덧셈"),
]


def anki(folder: Path) -> Any:
    return collection_module.Collection(str(folder / "collection.anki2"))


def imported(collection: Any, folder: Path, data: bytes) -> Any:
    path = folder / "cards.apkg"
    path.write_bytes(data)
    request = collection_module.ImportAnkiPackageRequest(
        package_path=str(path), options=collection_module.ImportAnkiPackageOptions()
    )
    return collection.import_anki_package(request).log


def written(cards: list[FileCard], at: float) -> bytes:
    return write_package([["d1", "Fractions: one::two", [card.packed() for card in cards]]], {TRIANGLE: PNG}, at)


def test_a_package_of_saems_opens_in_anki_and_a_second_import_updates(tmp_path: Path) -> None:
    collection = anki(tmp_path)
    try:
        assert len(imported(collection, tmp_path, written(CARDS, 1_800_000_000)).new) == 2
        notes = [collection.get_note(each) for each in collection.find_notes("")]
        first, second = sorted(notes, key=lambda note: note.guid)
        assert first.fields == [
            r"What is \(\frac{1}{2}\) of \(a &lt; b\)?", "a <strong>half</strong>", "notes.pdf, p. 3",
        ]  # fmt: skip
        assert set(first.tags) == {"Saem", "fractions"}
        assert set(second.tags) == {"Saem", "분수의_덧셈"}
        assert second.fields[1] == r"\[x^2\]"
        assert f'<img src="saem-{TRIANGLE}.png"' in second.cards()[0].question()
        assert "notes.pdf, p. 3" in first.cards()[0].answer()
        assert [collection.decks.name(card.did) for card in first.cards()] == ["Fractions: one:two"]
        kept = Path(collection.media.dir()) / f"saem-{TRIANGLE}.png"
        assert kept.read_bytes() == PNG
        changed = [FileCard("saem-1", "Half of four?", "two", "", "fractions"), *CARDS[1:]]
        log = imported(collection, tmp_path, written(changed, 1_800_000_100))
        assert (len(log.new), len(log.updated)) == (0, 2)
        assert collection.get_note(first.id).fields[:2] == ["Half of four?", "two"]
    finally:
        collection.close()


@pytest.mark.parametrize("legacy", [True, False])
def test_packages_that_anki_writes_are_read(tmp_path: Path, *, legacy: bool) -> None:
    collection = anki(tmp_path)
    try:
        (Path(collection.media.dir()) / "삼각형 1.png").write_bytes(PNG)
        for kind, deck, fields in (
            (
                "Basic",
                "Maths::Algebra",
                {"Front": "2+2 <img src='삼각형 1.png'>[sound:a.mp3]", "Back": "<b>4</b> \\(x\\)"},
            ),
            ("Basic (and reversed card)", "Maths::Sets", {"Front": "set", "Back": "집합"}),
            ("Basic (type in the answer)", "Maths", {"Front": "7 · 6", "Back": "42"}),
            ("Cloze", "Maths", {"Text": "{{c1::Paris}} is in {{c2::France::country}}", "Back Extra": "Europe"}),
            ("Image Occlusion", "Maths", {"Occlusion": "{{c1::image-occlusion:rect:left=.1:top=.1}}", "Image": "x"}),
        ):
            note = collection.new_note(collection.models.by_name(kind))
            for name, value in fields.items():
                note[name] = value
            if kind == "Basic":
                note.tags = ["leech", "school::linear_equations"]
            collection.add_note(note, collection.decks.id(deck))
        path = tmp_path / "out.apkg"
        options = collection_module.ExportAnkiPackageOptions(
            with_scheduling=False, with_deck_configs=False, with_media=True, legacy=legacy
        )
        collection.export_anki_package(out_path=str(path), options=options, limit=None)
        set_guid = collection.get_note(collection.find_notes("집합")[0]).guid
    finally:
        collection.close()
    data = path.read_bytes()
    assert ("collection.anki21b" in zipfile.ZipFile(io.BytesIO(data)).namelist()) is not legacy
    read = CardFile.unpacked(read_package(data))
    assert read.name == "Maths"
    assert read.left_out == {"sounds": 1, "occlusions": 1}
    assert read.pictures == {TRIANGLE: PNG}
    told = {(card.front, card.back): card for card in read.cards}
    algebra = (f"2+2 ![](picture:{TRIANGLE})", r"**4** \(x\)")
    assert set(told) == {
        algebra,
        ("set", "집합"),
        ("집합", "set"),
        ("7 · 6", "42"),
        ("**[…]** is in France", "**Paris** is in France\nEurope"),
        ("Paris is in **[country]**", "Paris is in **France**\nEurope"),
    }
    assert told["set", "집합"].key == set_guid
    assert told["집합", "set"].key == f"{set_guid}:1"
    assert told["집합", "set"].topic == "Sets"
    assert told[algebra].topic == "linear equations"
