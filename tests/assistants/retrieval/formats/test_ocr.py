"""Scanned pages: which they are, what is read of them, and what becomes of hostile pictures."""

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest

from assistants.retrieval import extraction
from assistants.retrieval.formats import refusals
from assistants.retrieval.formats.scans import ocr, ocr_latin
from assistants.retrieval.formats.scans.tesseract import Word
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.scans import needs_korean_ocr, needs_ocr, picture, png, scan

BOILS = ["Water boils at 100 degrees Celsius.", "The quick brown fox jumps over the lazy dog."]


def read_page(tmp_path: Path, data: bytes, number: int = 1) -> dict[str, Any]:
    (tmp_path / "upload").write_bytes(data)
    return ocr.read_page(str(tmp_path / "upload"), number)


def read_all(tmp_path: Path, data: bytes, name: str, read_as: str = "") -> list[list[Any]]:
    """The chunks of a file whose scanned pages are read between the two jobs, as ingestion has it done."""
    source, target, scans = tmp_path / "upload", tmp_path / "chunks", tmp_path / "scans"
    source.write_bytes(data)
    arguments = (str(source), name, 800, 400, str(target), read_as)
    waiting = extraction.chunked(*arguments)["scanned"]
    scans.write_text(json.dumps({number: ocr.read_page(str(source), number) for number in waiting}))
    made = extraction.chunked(*arguments, str(scans))
    assert made["scanned"] == []
    with target.open("rb") as file:
        return list(msgpack.Unpacker(file))


@needs_ocr
def test_a_scanned_page_is_read_and_marked(tmp_path: Path) -> None:
    chunks = read_all(tmp_path, scan(BOILS, ["Second page here"]), "scan.pdf")
    assert [chunk[2] for chunk in chunks] == [1, 2]
    assert "Water boils at 100 degrees Celsius." in chunks[0][0]
    assert chunks[0][5] > ocr.LOW


@needs_korean_ocr
def test_korean_words_are_not_torn_into_syllables(tmp_path: Path) -> None:
    lines = ["학생들은 수업 전에 제3장을 읽어야 합니다.", "할인가는 12,000원이고 정가는 15,000원이다."]
    text = read_page(tmp_path, png(picture(lines)))["text"]
    assert [line for line in text.split("\n") if line] == lines


@needs_korean_ocr
def test_latin_words_among_korean_are_read(tmp_path: Path) -> None:
    lines = [
        "DNA는 이중 나선 구조를 가진다.",
        "학생들은 점심을 먹고 운동장에서 놀았다.",
    ]
    text = read_page(tmp_path, png(picture(lines)))["text"]
    read = [line for line in text.split("\n") if line]
    assert read == lines


@pytest.mark.parametrize(
    ("readings", "chosen"),
    [
        ([("D", 95), ("DN", 96), ("DNA", 96), ("DNAE", 69)], "DNA"),
        ([("AB", 96), ("ABS", 96)], "AB"),
        ([("cm", 97), ("cml", 90)], "cm"),
        ([("RAM", 97), ("RAMx", 80)], "RAM"),
    ],
)
def test_a_latin_word_ends_before_the_strokes_of_the_next_letter(
    readings: list[tuple[str, float]], chosen: str
) -> None:
    words = [Word(text, (0, 0, 0), 0, 0, 0, 0, sure) for text, sure in readings]
    assert ocr_latin._chosen(words).text == chosen


@needs_ocr
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lies_on_its_side_or_head_is_turned(tmp_path: Path, turned: int) -> None:
    lines = [
        *BOILS,
        "Pack my box with five dozen liquor jugs, please.",
        "How vexingly quick daft zebras jump at night.",
    ]
    assert "quick brown fox" in read_page(tmp_path, png(picture(lines * 2, size=36, turned=turned)))["text"]


@needs_ocr
def test_only_the_pages_that_are_pictures_are_read_so(tmp_path: Path) -> None:
    data = mixed(documents.pdf(["A page of text tells of the sea."]), scan(BOILS))
    chunks = read_all(tmp_path, data, "mixed.pdf")
    assert [(chunk[2], chunk[5] is None) for chunk in chunks] == [(1, True), (2, False)]


@needs_ocr
def test_a_text_layer_of_rubbish_gives_way_to_what_is_seen(tmp_path: Path) -> None:
    data = documents.pdf(["\ue012\ue013\ue014\ue015\ue016 " * 20])
    (tmp_path / "upload").write_bytes(data)
    assert extraction.chunked(str(tmp_path / "upload"), "a.pdf", 800, 400, str(tmp_path / "c"))["scanned"] == [1]


@needs_ocr
def test_a_picture_of_a_page_is_read_when_its_sender_says_so(tmp_path: Path) -> None:
    chunks = read_all(tmp_path, png(picture(BOILS)), "photo.png", extraction.AS_PAGE)
    assert "quick brown fox" in chunks[0][0]
    with pytest.raises(refusals.UnsupportedFileError):
        extraction.read(tmp_path / "upload", "photo.png")


@needs_ocr
@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_pictures_of_every_kind_are_read(tmp_path: Path, kind: str) -> None:
    out = io.BytesIO()
    page = picture(BOILS)
    page.save(out, kind, **({"save_all": True, "append_images": [page]} if kind == "TIFF" else {}))
    assert "fox" in read_page(tmp_path, out.getvalue(), 2 if kind == "TIFF" else 1)["text"]
    assert ocr.frames(tmp_path / "upload") == (2 if kind == "TIFF" else 1)


def huge_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (huge_png(60_000, 60_000), refusals.PICTURE_TOO_BIG),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, refusals.UNREADABLE_PICTURE),
        (b"\xff\xd8\xff" + b"\x00" * 64, refusals.UNREADABLE_PICTURE),
        (b"RIFF\x00\x00\x00\x00WAVE", refusals.UNREADABLE_PICTURE),
    ],
)
def test_hostile_pictures_are_refused_with_a_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    (tmp_path / "upload").write_bytes(data)
    with pytest.raises(refusals.InvalidFileError, match=f"^{sentence}$"):
        extraction.chunked(str(tmp_path / "upload"), "a.png", 800, 400, str(tmp_path / "c"), extraction.AS_PAGE)


def test_without_the_program_the_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    (tmp_path / "upload").write_bytes(documents.pdf_of_images())
    with pytest.raises(refusals.InvalidFileError, match="apt install tesseract-ocr"):
        extraction.chunked(str(tmp_path / "upload"), "a.pdf", 800, 400, str(tmp_path / "c"))


def test_a_page_in_which_nothing_is_read_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "upload").write_bytes(documents.pdf_of_images(1))
    (tmp_path / "scans").write_text(json.dumps({"1": {"text": "", "confidence": 0}}))
    with pytest.raises(refusals.InvalidFileError):
        extraction.chunked(
            str(tmp_path / "upload"), "a.pdf", 800, 400, str(tmp_path / "c"), "", str(tmp_path / "scans")
        )


def mixed(*pages: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for data in pages:
        writer.append(PdfReader(io.BytesIO(data)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_that_is_read_in_part_says_which_pages_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    data = mixed(documents.pdf(["A page of text tells of the sea."]), documents.pdf_of_images(2))
    (tmp_path / "upload").write_bytes(data)
    sections = extraction.read(tmp_path / "upload", "a.pdf")
    assert [section.page for section in sections] == [1, 2]
    assert sections[1].text == refusals.UNREAD_PAGES.format(pages="2, 3")


def word(text: str, left: int, width: int) -> Word:
    return Word(text, (1, 1, 1), left, 0, width, 40, 90.0)


def page_with_ink(*stretches: tuple[int, int]) -> Any:
    page = np.full((40, 400), 255, dtype=np.uint8)
    for start, end in stretches:
        page[5:35, start:end] = 0
    return page


@pytest.mark.parametrize(("gap", "joined"), [(4, "도시계획"), (8, "도시계획"), (14, "도시 계획"), (30, "도시 계획")])
def test_blanks_between_syllables_are_closed_by_their_width(gap: int, joined: str) -> None:
    page = page_with_ink((0, 80), (80 + gap, 160 + gap))
    assert ocr.joined([word("도시", 0, 80), word("계획", 80 + gap, 80)], page) == joined


def test_latin_words_keep_their_blanks() -> None:
    assert ocr.joined([word("a", 0, 80), word("b", 81, 80)], page_with_ink((0, 161))) == "a b"
    assert ocr.joined([], page_with_ink()) == ""
