import io
import json
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgpack
import pytest

from assistants.retrieval import extraction
from assistants.retrieval.chunks import Section, chunks
from assistants.retrieval.formats import refusals
from assistants.retrieval.formats.scans import tesseract
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.hwp_documents import hwp
from workers import JobCrashed, JobFailed, LentFile, MadeFile, Pool


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as pool:
        yield pool


def read(tmp_path: Path, name: str, data: bytes) -> list[Section]:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return extraction.read(path, name)


def text_of(tmp_path: Path, name: str, data: bytes) -> str:
    return "\n".join(section.text for section in read(tmp_path, name, data))


def test_a_pdf_is_read_page_by_page_in_any_script(tmp_path: Path) -> None:
    pages = read(
        tmp_path, "plan.pdf", documents.pdf(["Page one.\nSecond line.", "", "수원시의 목표연도는 2030년이다."])
    )
    assert [(page.page, page.text.strip()) for page in pages] == [
        (1, "Page one.\nSecond line."),
        (3, "수원시의 목표연도는 2030년이다."),
    ]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.docx", documents.docx([("Heading1", "제목"), ("", "본문 text")]), ["# 제목", "본문 text"]),
        ("a.pptx", documents.pptx([("Slide title", "slide words")]), ["Slide title", "slide words"]),
        ("a.xlsx", documents.xlsx({"Marks": [["name", "mark"], ["Minji", "97"]]}), ["Marks", "Minji | 97"]),
        ("a.epub", documents.epub([("First chapter", "Once upon a time")]), ["# First chapter", "Once upon"]),
        ("a.html", b"<h1>Water</h1><script>evil()</script><p>It boils.</p>", ["# Water", "It boils."]),
        ("a.rtf", rb"{\rtf1\ansi \u54620?\u44397? school}", ["한국", "school"]),
        ("notes.md", b"# Heading\n\nwords", ["# Heading", "words"]),
        ("data.csv", "이름,점수\n민지,97\n".encode("cp949"), ["이름,점수", "민지,97"]),
        ("data.json", b'{"target_year": 2030}', ["target_year"]),
        ("solve.py", b"def solve():\n    return 42\n", ["def solve()"]),
        ("no extension", "그냥 글".encode(), ["그냥 글"]),
    ],
)
def test_every_promised_type_gives_its_text(tmp_path: Path, name: str, data: bytes, expected: list[str]) -> None:
    text = text_of(tmp_path, name, data)
    assert all(words in text for words in expected), text
    assert "evil" not in text


def test_a_notebook_gives_its_cells_and_not_its_pictures(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": ["print('tide')"]}
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "QUFB" * 400}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{**cell, "outputs": [picture]}]}
    text = text_of(tmp_path, "a.ipynb", json.dumps(notebook).encode())
    assert "print('tide')" in text
    assert "QUFB" not in text


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_notebook_in_any_script_is_read_rightly(tmp_path: Path, ascii_only: bool) -> None:
    output = {"output_type": "stream", "name": "stdout", "text": ["수달 3\n"]}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["노트북의 하마"]},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": "print(n)", "outputs": [output]},
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    data = json.dumps(notebook, ensure_ascii=ascii_only).encode()
    assert text_of(tmp_path, "a.ipynb", data) == "노트북의 하마\n\n```\nprint(n)\n```\n\n수달 3\n"


def test_a_notebook_of_the_old_version_is_read_too(tmp_path: Path) -> None:
    cells = [{"cell_type": "heading", "level": 2, "source": "Tides"}, {"cell_type": "code", "input": ["x = 1"]}]
    data = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    assert text_of(tmp_path, "a.ipynb", data) == "## Tides\n\n```\nx = 1\n```"


def test_what_only_calls_itself_a_notebook_is_read_as_text(tmp_path: Path) -> None:
    assert text_of(tmp_path, "a.ipynb", b'{"cells": 7, "note": "seven"}') == '{"cells": 7, "note": "seven"}'


def test_a_hancom_document_of_the_old_format_gives_its_paragraphs(tmp_path: Path) -> None:
    section_begin = "\x02" + "secd\0\0\0"[:6] + "\x02"
    tab = "\x09" + "\0" * 6 + "\x09"
    data = hwp([f"{section_begin}수원시의 목표연도는 2030년이다.", f"점수{tab}97\x0a다음 줄", "a\x1eb", "😀"])
    assert text_of(tmp_path, "plan.doc", data) == "수원시의 목표연도는 2030년이다.\n\n점수\t97\n다음 줄\n\na b\n\n😀"


def test_a_locked_hancom_document_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(refusals.InvalidFileError, match="password"):
        read(tmp_path, "plan.hwp", hwp(["비밀"], flags=3))


def test_a_hancom_document_gives_its_paragraphs(tmp_path: Path) -> None:
    namespace = "http://www.hancom.co.kr/hwpml/2011/"
    section = (
        f"<hs:sec xmlns:hs='{namespace}section' xmlns:hp='{namespace}paragraph'>"
        "<hp:p><hp:run><hp:t>수원시 </hp:t></hp:run><hp:run><hp:t>목표연도</hp:t></hp:run></hp:p>"
        "<hp:p><hp:run><hp:t>둘째 문단</hp:t></hp:run></hp:p></hs:sec>"
    )
    data = documents.archive({"mimetype": "application/hwp+zip", "Contents/section0.xml": section})
    assert text_of(tmp_path, "plan.hwpx", data) == "수원시 목표연도\n\n둘째 문단"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("목표연도", "cp949"),
        ("똠방각하와 펲시는 확장 완성형이다", "cp949"),
        ("수원시는 1949년에 시가 되었다.", "euc-kr"),
        ("목표연도", "utf-8"),
        ("목표연도", "utf-8-sig"),
        ("목표연도", "utf-16"),
        ("plain words", "utf-16-le"),
        ("plain words", "utf-16-be"),
        ("これは日本語の文章です。目標年度は二〇三〇年です。", "shift_jis"),
        ("これは日本語の文章です。", "euc_jp"),
        ("中国人民银行发布了新的规定，学生们应当在课前阅读第三章。", "gb18030"),
        ("繁體中文的教科書內容在此", "big5"),
        ("Привет мир, это учебник", "cp1251"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(tmp_path: Path, text: str, encoding: str) -> None:
    assert text_of(tmp_path, "a.txt", text.encode(encoding)) == text


def test_an_old_korean_web_page_is_read_by_its_declared_encoding(tmp_path: Path) -> None:
    page = "<html><head><meta charset='euc-kr'></head><body><p>수원 화성</p></body></html>"
    assert "수원 화성" in text_of(tmp_path, "a.htm", page.encode("cp949"))


def test_one_damaged_byte_does_not_turn_a_utf8_text_into_another_alphabet(tmp_path: Path) -> None:
    data = ("수원시의 목표연도는 2030년이다. " * 20).encode() + b"\xff"
    assert text_of(tmp_path, "a.txt", data).startswith("수원시의 목표연도")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.pdf", documents.locked_pdf(), refusals.LOCKED),
        ("a.pdf", documents.pdf_of_images(), refusals.NOTHING_READ if tesseract.languages() else refusals.SCANNED),
        ("a.pdf", b"%PDF-1.7 and then nonsense", refusals.BROKEN),
        ("a.txt", b"", refusals.EMPTY),
        ("a.txt", b" \n\t \n", refusals.NO_TEXT),
        ("a.docx", b"PK\x03\x04 and then nonsense", refusals.BROKEN),
        ("a.docx", documents.docx([("", " ")]), refusals.NO_TEXT),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), refusals.LOCKED),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(refusals.InvalidFileError, match=f"^{re.escape(sentence)}$"):
        read(tmp_path, name, data)


def test_a_bomb_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(refusals.InvalidFileError, match=f"^{re.escape(refusals.TOO_BIG_UNPACKED)}$"):
        read(tmp_path, "a.docx", documents.bomb_docx(600))


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("setup.txt", b"MZ\x90\x00\x03\x00\x00\x00" * 40, refusals.UNSUPPORTED),
        ("notes.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", refusals.PICTURE),
        ("a.zip", documents.archive({"a.txt": "x"}), refusals.UNSUPPORTED),
        ("tool.md", b"\x7fELF\x02\x01\x01\x00" + b"\x00" * 80, refusals.UNSUPPORTED),
    ],
)
def test_a_file_is_known_by_its_content_and_not_by_its_name(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    with pytest.raises(refusals.UnsupportedFileError, match=f"^{sentence}$"):
        read(tmp_path, name, data)


def rows(path: Path) -> Iterator[list[Any]]:
    with path.open("rb") as file:
        yield from msgpack.Unpacker(file)


async def test_a_worker_writes_the_chunks_with_pages_and_terms(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "upload").write_bytes(documents.pdf(["Water boils at 100 degrees.", "목표연도는 2030년"]))
    arguments = (LentFile(tmp_path / "upload"), "a.pdf", 800, 400, MadeFile(tmp_path / "chunks"))
    summary = await pool.run("assistants.retrieval.extraction:chunked", *arguments, timeout=60)
    assert summary["chunks"] == summary["pages"] == 2
    first, second = rows(tmp_path / "chunks")
    assert first[0] == "Water boils at 100 degrees."
    assert second[2] == 2
    assert "목표" in second[4].split()


async def test_a_reason_crosses_the_process_border(tmp_path: Path, pool: Pool) -> None:
    (tmp_path / "upload").write_bytes(documents.locked_pdf())
    arguments = (LentFile(tmp_path / "upload"), "a.pdf", 800, 400, MadeFile(tmp_path / "chunks"))
    with pytest.raises(JobFailed) as failure:
        await pool.run("assistants.retrieval.extraction:chunked", *arguments, timeout=60)
    assert (failure.value.kind, failure.value.message) == ("InvalidFileError", refusals.LOCKED)


async def test_a_bomb_that_lies_about_its_size_is_stopped_by_the_memory_limit(tmp_path: Path, pool: Pool) -> None:
    data = documents.bomb_docx(900)
    with zipfile.ZipFile(io.BytesIO(data)) as bomb:
        (real,) = (part.file_size for part in bomb.infolist() if part.file_size > 1 << 20)
    data = data.replace(real.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with zipfile.ZipFile(io.BytesIO(data)) as bomb:
        assert max(part.file_size for part in bomb.infolist()) < 1 << 20  # so it says
    (tmp_path / "upload").write_bytes(data)
    arguments = (LentFile(tmp_path / "upload"), "a.docx", 800, 400, MadeFile(tmp_path / "chunks"))
    with pytest.raises((JobFailed, JobCrashed)) as ended:
        await pool.run("assistants.retrieval.extraction:chunked", *arguments, timeout=60, memory=256 << 20)
    assert isinstance(ended.value, JobCrashed) or getattr(ended.value, "kind", "") == "InvalidFileError"


@pytest.mark.parametrize("data", [b"MZ\x90\x00\x03\x00" * 9, b"\x01\x00\x02\x00\x7f\x00" * 50])
def test_programs_are_not_taken_for_wide_text(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(refusals.UnsupportedFileError):
        extraction.read(_file(tmp_path, data), "setup.txt")


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return path


def test_letters_that_json_spells_as_numbers_are_found_as_letters(tmp_path: Path) -> None:
    data = json.dumps({"목표연도": '"2030" 😀', "path": "C:\\ubaa9"}).encode()
    text = text_of(tmp_path, "plan.json", data)
    assert "목표연도" in text
    assert "😀" in text
    assert json.loads(text) == {"목표연도": '"2030" 😀', "path": "C:\\ubaa9"}


@pytest.mark.parametrize("stream", ["WordDocument", "HwpSummaryInformation", "Workbook", "PowerPoint Document"])
def test_an_old_document_that_cannot_be_read_names_the_way_out(tmp_path: Path, stream: str) -> None:
    """Whatever its name says, and never the parser's own words."""
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(600)
    with pytest.raises(refusals.InvalidFileError, match="save it as PDF"):
        read(tmp_path, "report.docx", data)


def test_breaks_and_tabs_in_a_hancom_document_stay(tmp_path: Path) -> None:
    namespace = "http://www.hancom.co.kr/hwpml/2011/"
    section = (
        f"<hs:sec xmlns:hs='{namespace}section' xmlns:hp='{namespace}paragraph'>"
        "<hp:p><hp:run><hp:t>가<hp:lineBreak/>나<hp:tab/>다</hp:t></hp:run></hp:p></hs:sec>"
    )
    data = documents.archive({"mimetype": "application/hwp+zip", "Contents/section0.xml": section})
    assert text_of(tmp_path, "plan.hwpx", data) == "가\n나\t다"


@pytest.mark.parametrize(("name", "head"), [("marks.csv", "이름,점수"), ("marks.xlsx", "성적 › 이름 | 점수")])
def test_rows_far_down_a_table_still_know_its_head(tmp_path: Path, name: str, head: str) -> None:
    rows = [["이름", "점수"], *([f"학생{n}", str(n)] for n in range(500))]
    csv = "\n".join(",".join(row) for row in rows).encode("cp949")
    sections = read(tmp_path, name, csv if name.endswith("csv") else documents.xlsx({"성적": rows}))
    last = list(chunks(sections))[-1]
    assert "학생499" in last.text
    assert last.heading == head


def test_a_tables_head_is_over_when_the_table_is() -> None:
    before, after = "words before it " * 6, "words after it " * 30
    text = f"# H\n\n{before}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{after}"
    found = list(chunks([Section(text, markdown=True)], size=20, overlap=0))
    assert "H › a | b" in {chunk.heading for chunk in found}
    assert found[-1].heading == "H"
