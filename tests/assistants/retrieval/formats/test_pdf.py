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
