"""What Word and PowerPoint documents hold beyond plain paragraphs."""

from tests.assistants.retrieval import documents
from tests.assistants.retrieval.formats.reading import case, text_of

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def docx(body: str, **parts: str) -> bytes:
    document = f"<w:document xmlns:w='{_W}' xmlns:m='{_M}'><w:body>{body}</w:body></w:document>"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f"<Override PartName='/word/document.xml' ContentType='{main}'/>"
    namespace = "http://schemas.openxmlformats.org/package/2006"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return documents.archive(
        {
            "[Content_Types].xml": f"<Types xmlns='{namespace}/content-types'>{types}</Types>",
            "_rels/.rels": f"<Relationships xmlns='{namespace}/relationships'>"
            f"<Relationship Id='r1' Type='{kind}' Target='word/document.xml'/></Relationships>",
            "word/document.xml": document,
            **{f"word/{name}.xml": part for name, part in parts.items()},
        }
    )


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def raised(text: str) -> str:
    return run(text, "<w:vertAlign w:val='superscript'/>")


def maths(inner: str) -> str:
    return f"<m:oMath>{inner}</m:oMath>"


def sign(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


def test_an_equation_stays_in_its_sentence() -> None:
    assert "If $a=2$ and $b=3$ then $a+b=5$." in case("equations2.docx")


def test_a_tab_keeps_words_apart() -> None:
    assert "Name: Minji Grade: 3" in case("tabs.docx")


def test_equations_of_every_form_are_latex() -> None:
    fraction = f"<m:f><m:num>{sign('1')}</m:num><m:den>{sign('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{sign('x')}</m:e><m:sup>{sign('10')}</m:sup></m:sSup>"
    root = f"<m:rad><m:radPr><m:degHide/></m:radPr><m:deg/><m:e>{sign('y')}</m:e></m:rad>"
    total = (
        f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{sign('k=1')}</m:sub><m:sup>{sign('n')}</m:sup>"
        f"<m:e>{sign('k')}</m:e></m:nary>"
    )
    bracket = f"<m:d><m:e>{sign('a≤b')}</m:e></m:d>"
    text = text_of("a.docx", docx(f"<w:p>{maths(fraction + power + root + total + bracket)}</w:p>"))
    assert text.strip() == r"$\frac{1}{2}x^{10}\sqrt{y}\sum_{k=1}^n k(a\le b)$"


def test_raised_and_lowered_letters_are_not_glued_to_their_words() -> None:
    lowered = run("2", "<w:vertAlign w:val='subscript'/>")
    body = f"<w:p>{run('10')}{raised('-')}{raised('3')}{run(' m, H')}{lowered}{run('O, the 1')}{raised('st')}</w:p>"
    assert "10^-3 m, H₂O, the 1st" in text_of("a.docx", docx(body))


def test_notes_stand_below_the_paragraph_that_refers_to_them() -> None:
    notes = f"<w:footnotes xmlns:w='{_W}'><w:footnote w:id='2'><w:p>{run('the otter')}</w:p></w:footnote></w:footnotes>"
    body = (
        f"<w:p>{run('Word')}<w:r><w:footnoteReference w:id='2'/></w:r>{run(' goes on.')}</w:p><w:p>{run('Next')}</w:p>"
    )
    text = text_of("a.docx", docx(body, footnotes=notes))
    assert text.strip().split("\n\n")[:3] == ["Word[^1] goes on.", "[^1]: the otter", "Next"]


def test_backslashes_and_signs_stay_as_they_are() -> None:
    words = run(r"C:\new \frac{1}{2} a*b_c &lt; d")
    text = text_of("a.docx", docx(f"<w:p>{words}</w:p>"))
    assert text.strip() == r"C:\new \frac{1}{2} a*b_c < d"


def test_symbols_of_the_font_symbol_are_letters() -> None:
    body = "<w:p><w:r><w:sym w:font='Symbol' w:char='F070'/></w:r></w:p>"
    assert text_of("a.docx", docx(body)).strip() == "π"


def test_speaker_notes_are_read_with_their_slide() -> None:
    text = case("notes.pptx")
    assert text.index("Water moves") < text.index("quokka") < text.index("Table slide")


def test_a_presentation_keeps_its_equations_and_raised_letters() -> None:
    data = documents.pptx([("Title", "TEXT")])
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
    slide = parts["ppt/slides/slide1.xml"]
    equation = (
        f"<a:r><a:rPr baseline='30000'/><a:t>3</a:t></a:r><a14:m xmlns:a14='urn:x'><m:oMath xmlns:m='{_M}'>"
        "<m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath></a14:m>"
    )
    assert "<a:r><a:t>TEXT</a:t></a:r>" in slide
    parts["ppt/slides/slide1.xml"] = slide.replace(
        "<a:r><a:t>TEXT</a:t></a:r>", f"<a:r><a:t>He</a:t></a:r><a:r><a:t>llo 10</a:t></a:r>{equation}"
    )
    assert "Hello 10^3$x^2$" in text_of("a.pptx", documents.archive(parts))
