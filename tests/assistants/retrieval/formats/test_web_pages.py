"""Raised letters, formulas and line breaks of web pages, books, OpenDocument and RTF."""
# ruff: noqa: E501 - markup does not read better for being cut

import pytest

from assistants.retrieval.formats.html import prepared
from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.reading import case, text_of


def test_powers_of_a_web_page_stay_powers() -> None:
    assert "10^3 = 1000, 10^-3, x^2+y^2, H₂O" in case("supers.html")


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("e<sup>x+1</sup>", "e^(x+1)"),
        ("x<sup>y<sup>2</sup></sup>", "x^(y^2)"),
        ("a<sub>n</sub> a<sub>n+1</sub>", "a_n a_(n+1)"),
        ("SO<sub>4</sub><sup>2−</sup>", "SO₄^(2-)"),
        ("the 1<sup>st</sup>, 30<sup>°</sup>", "the 1st, 30°"),
        ("word<sup><a href='#n'>[1]</a></sup>", "word<a href='#n'>[1]</a>"),
        ("a<SUP>2</SUP> &lt; b &amp; c", "a^2 &lt; b &amp; c"),
        ("x<sup>2", "x^2"),
        ("<math><mfrac><mi>a</mi><mn>2</mn></mfrac></math>", r"$\frac{a}{2}$"),
        ("<math><msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt><mo>&lt;</mo><mi>y</mi></math>", r"$\sqrt{x+1} &lt; y$"),
        ("<math><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></math>", "$x_i^2$"),
        (
            "<math><munderover><mo>∑</mo><mi>i</mi><mi>n</mi></munderover><mi>α</mi><mi>i</mi></math>",
            r"$\sum_i^n \alpha i$",
        ),
        ("<m:math xmlns:m='x'><m:mi>x</m:mi><m:mo>=</m:mo><m:mn>2</m:mn></m:math>", "$x = 2$"),
        (
            "<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>",
            "$x^2$",
        ),
        ("<math><mi>x</mi><oops</math>", "x"),
        ("<script type='math/tex'>x < 2</script>", "$x &lt; 2$"),
        (
            "<span class='katex'><math><mi>x</mi></math><span class='katex-html'><b>x</b><br></span></span>!",
            "<span class='katex'>$x$</span>!",
        ),
        ("<table><tr><td>a<br>b</td></tr></table>c<br>d", "<table><tr><td>a / b</td></tr></table>c<br>d"),
    ],
)
def test_markup_is_prepared(markup: str, shown: str) -> None:
    assert prepared(markup) == shown


def test_lines_in_a_cell_and_backslashes_survive_the_conversion() -> None:
    page = r"<p>\(\frac{1}{2}\) C:\new</p><table><tr><th>a</th></tr><tr><td>1<br>2</td></tr></table>"
    text = text_of("a.html", page)
    assert r"\(\frac{1}{2}\) C:\new" in text
    assert "| 1 / 2 |" in text


def test_a_books_powers_and_formulas_are_read() -> None:
    text = text_of("a.epub", documents.epub([("Powers", "MARK")]))
    assert "Powers" in text
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(documents.epub([("Powers", "MARK")]))) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    parts = {name: part.replace("MARK", "10<sup>3</sup><math><mi>x</mi></math>") for name, part in parts.items()}
    assert "10^3$x$" in text_of("a.epub", documents.archive(parts))


def test_an_open_document_keeps_powers_and_formulas() -> None:
    urn = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f"xmlns:{p}='{urn}{n}:1.0'" for p, n in
                     {"office": "office", "text": "text", "style": "style", "draw": "drawing"}.items())  # fmt: skip
    style = "<style:style style:name='T1' style:family='text'><style:text-properties style:text-position='super 58%'/></style:style>"
    frame = "<draw:frame><draw:object xmlns:xlink='http://www.w3.org/1999/xlink' xlink:href='./Object 1'/></draw:frame>"
    content = (
        f"<office:document-content {names}><office:automatic-styles>{style}</office:automatic-styles><office:body>"
        f"<office:text><text:p>10<text:span text:style-name='T1'>3</text:span> and {frame} end</text:p></office:text>"
        "</office:body></office:document-content>"
    )
    formula = "<math xmlns='http://www.w3.org/1998/Math/MathML'><mfrac><mi>a</mi><mi>b</mi></mfrac></math>"
    kind = "application/vnd.oasis.opendocument.text"
    manifest = (
        f"<m:manifest xmlns:m='{urn}manifest:1.0'><m:file-entry m:full-path='/' m:media-type='{kind}'/></m:manifest>"
    )
    parts = {
        "mimetype": kind,
        "content.xml": content,
        "Object 1/content.xml": formula,
        "META-INF/manifest.xml": manifest,
    }
    text = text_of("a.odt", documents.archive(parts))
    assert "10^3 and" in text.replace("10 ^3", "10^3")
    assert r"$\frac{a}{b}$" in text


def test_rtf_keeps_powers_and_tabs() -> None:
    text = text_of("a.rtf", rb"{\rtf1\ansi Name:\tab Minji 10{\super 3} H{\sub 2}O\par}")
    assert "Name: Minji" in " ".join(text.split())
    assert "10^3" in text
    assert "H₂O" in text


def test_blanks_and_times_of_open_documents_are_kept() -> None:
    urn = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = " ".join(f"xmlns:{name}='{urn}{name}:1.0'" for name in ("office", "text", "table"))

    def opened(body: str, kind: str, ending: str) -> str:
        content = f"<office:document-content {spaces}><office:body>{body}</office:body></office:document-content>"
        entry = f"<m:file-entry m:full-path='/' m:media-type='{kind}'/>"
        manifest = f"<m:manifest xmlns:m='{urn}manifest:1.0'>{entry}</m:manifest>"
        parts = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
        return text_of(f"a.{ending}", documents.archive(parts))

    kind = "application/vnd.oasis.opendocument"
    words = "<office:text><text:p>Minji<text:s text:c='3'/>Alex</text:p></office:text>"
    assert "Minji Alex" in " ".join(opened(words, f"{kind}.text", "odt").split())
    cell = "<table:table-cell office:value-type='time' office:time-value='PT14H30M00S'><text:p>14:30</text:p></table:table-cell>"
    table = f"<table:table table:name='S'><table:table-row>{cell}</table:table-row></table:table>"
    text = opened(f"<office:spreadsheet>{table}</office:spreadsheet>", f"{kind}.spreadsheet", "ods")
    assert "14:30" in text
    assert "PT14H" not in text
