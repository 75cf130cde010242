"""PDF: filled forms, scripts that are read from the right, words cut at a line's end."""

import io

import pytest

from assistants.retrieval.formats import refusals
from assistants.retrieval.formats.pdf import is_rubbish
from assistants.retrieval.formats.right_to_left import Glyph, logical
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.reading import case, text_of


def painted(visual: str) -> list[Glyph]:
    """The glyphs of a line as it is seen, from left to right."""
    return [Glyph(character, 10.0 * at, 10.0 * at + 9, 12) for at, character in enumerate(visual)]


def test_what_was_filled_into_a_form_is_read() -> None:
    text = case("form.pdf")
    assert "surname: Wombat-Smith" in text
    assert "agree: ☑" in text


def form(fields: str, *, page: str = "Form") -> bytes:
    """A PDF with these form fields (PDF dictionaries without brackets), each a widget of its only page."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, read_object

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(documents.pdf([page]))))
    widgets = ArrayObject()
    for field in fields.split("\n"):
        made = read_object(io.BytesIO(f"<< /Type /Annot /Subtype /Widget /Rect [0 0 90 20] {field} >>".encode()), None)
        widgets.append(writer._add_object(made))
    writer.pages[0][NameObject("/Annots")] = widgets
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): widgets})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_fields_of_every_kind_are_read() -> None:
    text = text_of(
        "a.pdf",
        form(
            "/FT /Tx /T (name) /TU (Your name) /V (Minji)\n"
            "/FT /Tx /T (lines) /Ff 4096 /V (one\\rtwo)\n"
            "/FT /Tx /T (empty)\n"
            "/FT /Tx /T (secret) /Ff 8192 /V (hidden)\n"
            "/FT /Btn /T (no) /V /Off /AS /Off\n"
            "/FT /Ch /Ff 131072 /T (town) /Opt [(Seoul) (Suwon)] /V (Suwon)\n"
            "/FT /Ch /T (many) /Ff 2097152 /Opt [(a) (b) (c)] /V [(a) (c)] /I [0 2]"
        ),
    )
    assert "Your name: Minji" in text
    assert "lines: one\ntwo" in text
    assert "no: ☐" in text
    assert "town: Suwon" in text
    assert "many: a, c" in text
    assert "hidden" not in text
    assert "empty" not in text


def test_text_typed_upon_a_page_is_read() -> None:
    assert "typed on it" in text_of("a.pdf", form("/Contents (typed on it)").replace(b"/Widget", b"/FreeText"))


def test_a_form_that_only_adobe_shows_is_said_to_be_one() -> None:
    page = "Please wait... If this message is not eventually replaced, your viewer may not be Adobe Reader."
    with pytest.raises(refusals.InvalidFileError, match="XFA"):
        text_of("a.pdf", documents.pdf([page]))


@pytest.mark.parametrize(
    ("visual", "read"),
    [
        ("םלוע םולש", "שלום עולם"),
        ("2030 תנשב", "בשנת 2030"),
        (".y = 2x + 3 אצמ :3 הלאש", "שאלה 3: מצא y = 2x + 3."),
        (".(תודוקנ 5) הלאש", "שאלה (5 נקודות)."),
        ("ملاع", "عالم"),
        ("12.5% בוט", "טוב 12.5%"),
        ("please say םלוע םולש now", "please say שלום עולם now"),
        ("f(3) רשיה", "הישר f(3)"),
    ],
)
def test_lines_from_the_right_are_read_in_their_order(visual: str, read: str) -> None:
    assert logical(painted(visual)) == read


def test_a_pdf_in_visual_order_is_read_in_its_own() -> None:
    assert text_of("a.pdf", documents.pdf(["2030 תנשב םלוע םולש"])).strip() == "שלום עולם בשנת 2030"


@pytest.mark.parametrize(
    ("text", "rubbish"),
    [
        ("\ue012\ue013\ue014\ue015 " * 9, True),
        ("7KH\x03TXLFN\x03EURZQ\x03IR[\x03MXPSV " * 5, True),
        ("a#b$c d!e%f g#h&i " * 6, True),
        ("The quick brown fox jumps over the lazy dog. " * 3, False),
        ("f(x) = 2x^2 + 3, x_1 = -1/2, y' = 5% (3.5 km/h) " * 3, False),
        ("수원시의 목표연도는 2030년이다. " * 4, False),
        ("x", False),
    ],
)
def test_a_text_layer_without_words_is_known(text: str, rubbish: bool) -> None:
    assert is_rubbish(text) is rubbish


# Raised and lowered letters

BASE, SMALL = 10.0, 7.0


def line(*parts: tuple[str, float, float], y: float = 700.0) -> list[str]:
    """Operators that set parts (text, size, how far off the baseline) after one another, as TeX does."""
    x, made = 72.0, []
    for words, size, off in parts:
        made.append(f"/F1 {size} Tf 1 0 0 1 {x} {y + off} Tm ({words}) Tj")
        x += 0.5 * size * len(words.replace("\\", ""))
    return made


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ([("x", BASE, 0), ("2", SMALL, 3.6), (" + 1", BASE, 0)], "x^2 + 1"),
        ([("= 10", BASE, 0), ("-3", SMALL, 3.6), (" m", BASE, 0)], "= 10^-3 m"),
        ([("2", BASE, 0), ("n+1", SMALL, 3.6)], "2^(n+1)"),
        ([("\\(a + b\\)", BASE, 0), ("2", SMALL, 4.1)], "(a + b)^2"),
        ([("H", BASE, 0), ("2", SMALL, -1.5), ("O", BASE, 0)], "H₂O"),
        ([("a", BASE, 0), ("n", SMALL, -1.5), (" = 3", BASE, 0)], "a_n = 3"),
        ([("the 21", BASE, 0), ("st", SMALL, 3.6), (" of May", BASE, 0)], "the 21st of May"),
        ([("12", BASE, 0), ("34", SMALL, 0), (" A4 v1.2", BASE, 0)], "1234 A4 v1.2"),
        ([("in 2023, of 12,345", BASE, 0)], "in 2023, of 12,345"),
        ([("D", 30.0, 0), ("o", BASE, 12.0), (" it", BASE, 12.0)], "D o it"),
        ([("x", BASE, 0), ("2", BASE, 3.6)], "x 2"),
    ],
)
def test_letters_off_the_baseline_are_read_as_such(parts: list[tuple[str, float, float]], read: str) -> None:
    text = text_of("a.pdf", documents.set_pdf(*line(*parts)))
    assert " ".join(text.split()) == read


def test_a_rise_and_a_matrix_are_read_too_and_turned_text_is_left_alone() -> None:
    rise = "/F1 10 Tf 72 700 Td (x) Tj /F1 6 Tf 4 Ts (2) Tj 0 Ts /F1 10 Tf ( m) Tj"
    matrix = "/F1 1 Tf 10 0 0 10 72 600 Tm (cm) Tj 6 0 0 6 86.5 604 Tm (3) Tj"
    turned = "/F1 10 Tf 0 1 -1 0 300 300 Tm (v) Tj /F1 6 Tf 0 1 -1 0 296 305 Tm (2) Tj"
    text = text_of("a.pdf", documents.set_pdf(rise, matrix, turned))
    assert "x^2 m" in text
    assert "cm^3" in text
    assert "^" not in text.replace("x^2", "").replace("cm^3", "")


def test_a_script_ends_no_line_and_letters_beyond_the_plane_shift_nothing() -> None:
    both = [("x", BASE, 0), ("1", SMALL, -1.5)]
    above = ["/F1 7 Tf 1 0 0 1 77.5 703.6 Tm (2) Tj", "/F1 10 Tf 1 0 0 1 84 700 Tm (+ y) Tj"]
    text = text_of("a.pdf", documents.set_pdf(*line(*both), *above))
    assert " ".join(text.split()) == "x₁^2 + y"
    assert text_of("b.pdf", documents.pdf(["𝑥𝑦 1 2 and x2 𝒜"])).strip() == "𝑥𝑦 1 2 and x2 𝒜"
