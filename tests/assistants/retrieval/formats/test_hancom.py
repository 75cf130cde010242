# ruff: noqa: E501 - XML does not read better for being cut
"""Hancom's documents: equations, tables, notes and text boxes, in HWPX and HWP 5.0."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.retrieval.formats.hancom_equations import latex_of
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.reading import case, text_of
from tests.assistants.retrieval.hwp_documents import hwp_of, paragraph, record

_NS = "http://www.hancom.co.kr/hwpml/2011/"


def hwpx(paragraphs: str) -> bytes:
    section = f"<hs:sec xmlns:hs='{_NS}section' xmlns:hp='{_NS}paragraph'>{paragraphs}</hs:sec>"
    return documents.archive({"mimetype": "application/hwp+zip", "Contents/section0.xml": section})


def test_an_exam_keeps_its_equation_its_table_and_its_note() -> None:
    text = case("exam.hwpx")
    assert r"다음 식의 값은? $\frac{x^2 + 1}{x - 1}$ [3점]" in text
    assert "| 과목 | 학점 | 요일 |" in text
    assert "| 미적분 | 3학점 | 월요일 |" in text
    assert "본문입니다." in text
    assert "각주에 적힌 수달" in text


def test_merged_cells_and_frames_and_text_boxes_are_read() -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<hp:tc><hp:subList><hp:p><hp:run><hp:t>{text}</hp:t></hp:run></hp:p></hp:subList>{more}</hp:tc>"

    wide = "<hp:cellAddr colAddr='0' rowAddr='0'/><hp:cellSpan colSpan='2' rowSpan='1'/>"
    left = "<hp:cellAddr colAddr='0' rowAddr='1'/><hp:cellSpan colSpan='1' rowSpan='1'/>"
    right = "<hp:cellAddr colAddr='1' rowAddr='1'/><hp:cellSpan colSpan='1' rowSpan='1'/>"
    table = (
        f"<hp:tbl><hp:tr>{cell('점수', wide)}</hp:tr><hp:tr>{cell('국어', left)}{cell('수학', right)}</hp:tr></hp:tbl>"
    )
    frame = f"<hp:tbl><hp:tr>{cell('보기')}</hp:tr></hp:tbl>"
    box = "<hp:rect><hp:drawText><hp:subList><hp:p><hp:run><hp:t>상자</hp:t></hp:run></hp:p></hp:subList></hp:drawText></hp:rect>"
    text = text_of("a.hwpx", hwpx(f"<hp:p><hp:run>{table}{frame}{box}</hp:run></hp:p>"))
    assert "| 점수 | 점수 |\n| --- | --- |\n| 국어 | 수학 |" in text
    assert "\n\n보기\n\n상자" in text


def control(kind: bytes, text: str = "") -> str:
    """An object's place among a paragraph's letters."""
    return "\x0b" + kind.decode("utf-16-le") + "\0" * 4 + "\x0b" + text


def equation(script: str, level: int) -> bytes:
    letters = script.encode("utf-16-le")
    return record(71, level, b"deqe" + bytes(20)) + record(
        88, level + 1, struct.pack("<IH", 0, len(script)) + letters + bytes(12)
    )


def test_an_old_document_keeps_its_equations_in_their_places() -> None:
    text = f"값은 {control(b'deqe')} 이고 {control(b'deqe')}이다."
    section = paragraph(text, 0) + equation("1 over 2", 1) + equation("x^2", 1) + paragraph("다음", 0)
    assert text_of("a.hwp", hwp_of(section)) == r"값은 $\frac{1}{2}$ 이고 $x^2$이다." + "\n\n다음"


def test_an_old_document_keeps_the_rows_of_its_tables() -> None:
    def cell(column: int, row: int, text: str) -> bytes:
        head = struct.pack("<HIH4H", 1, 0, 0, column, row, 1, 1)
        return record(72, 2, head + bytes(14)) + paragraph(text, 2)

    cells = cell(0, 0, "과목") + cell(1, 0, "학점") + cell(0, 1, "미적분") + cell(1, 1, "3")
    table = record(71, 1, b" lbt" + bytes(40)) + record(77, 2, struct.pack("<IHH", 0, 2, 2)) + cells
    text = text_of("a.hwp", hwp_of(paragraph(control(b" lbt"), 0) + table))
    assert text.strip() == "| 과목 | 학점 |\n| --- | --- |\n| 미적분 | 3 |"


@pytest.mark.parametrize(
    ("script", "latex"),
    [
        ("{x^2 + 1} over {x - 1}", r"\frac{x^2 + 1}{x - 1}"),
        ("x^2 over 3", r"\frac{x^2}{3}"),
        ("root 3 of {x}", r"\sqrt[3]{x}"),
        ("SQRT {x+1}", r"\sqrt{x + 1}"),
        ("sum _{k=1} ^{n} k^2", r"\sum_{k = 1}^n k^2"),
        ("lim _{x -> 0} {sin x} over x", r"\lim_{x \to 0} \frac{\sin x}{x}"),
        ("LEFT ( 1 over 2 RIGHT )", r"\left(\frac{1}{2} \right)"),
        ("LEFT { x | x>0 RIGHT }", r"\left\{ x | x > 0 \right\}"),
        ("matrix{1 & 2 # 3 & 4}", r"\begin{matrix}1 & 2 \\ 3 & 4\end{matrix}"),
        ("cases{x+y=1 # x-y=3}", r"\begin{cases}x + y = 1 \\ x - y = 3\end{cases}"),
        ("{-b +- sqrt{b^2 -4ac}} over {2a}", r"\frac{- b \pm \sqrt{b^2 - 4ac}}{2a}"),
        ('"넓이" = pi r^2', r"\text{넓이} = \pi r^2"),
        ("a TIMES b DIV c <= 3", r"a \times b \div c \le 3"),
        ("ALPHA + OMEGA", r"A + \Omega"),
        ("bar {AB} = vec {a}", r"\overline{AB} = \vec{a}"),
        ("int _0 ^1 f(x) dx", r"\int_0^1 f(x) dx"),
    ],
)
def test_equation_scripts_are_read(script: str, latex: str) -> None:
    assert latex_of(script) == latex


@given(st.lists(st.sampled_from([*'{}^_()&#"~`', "over", "sqrt", "left", "right", "matrix", "root", "of", "x", "1"])))
def test_any_script_is_read_to_its_end(pieces: list[str]) -> None:
    latex = latex_of(" ".join([*pieces, "zeta"]) if '"' not in pieces else " ".join(pieces))
    assert '"' in pieces or r"\zeta" in latex


def test_deep_scripts_end() -> None:
    assert latex_of("{" * 5000 + "x")
    assert "{" * 61 not in latex_of("{" * 5000)
    assert r"\sqrt{" * 61 not in latex_of("sqrt " * 4000)


@pytest.mark.parametrize("span", ["-1", "x", "", "9" * 30])
def test_a_cell_of_a_nonsense_size_is_one_cell(span: str) -> None:
    text = "<hp:subList><hp:p><hp:run><hp:t>표</hp:t></hp:run></hp:p></hp:subList>"
    cell = f"<hp:tc>{text}<hp:cellSpan colSpan='{span}' rowSpan='1'/></hp:tc>"
    assert "| 표 | 표 |\n" in text_of(
        "a.hwpx", hwpx(f"<hp:p><hp:run><hp:tbl><hp:tr>{cell * 2}</hp:tr></hp:tbl></hp:run></hp:p>")
    )
