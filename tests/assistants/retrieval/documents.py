# ruff: noqa: E501 - XML does not read better for being cut
"""Real documents for tests and benchmarks, written byte by byte so that nothing but the standard library is needed."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def pdf(pages: Sequence[str], *, title: str = "") -> bytes:
    """A PDF whose pages hold the given text, any script, a line of the page for each line of the text.

    Characters are written as UTF-16 codes of an Identity-H font with a ToUnicode map, which is what text extraction
    reads; no font is embedded, so it is not made for looking at.
    """
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    catalog, tree = add(b""), add(b"")
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange\n"
        b"endcmap end end"
    )
    to_unicode = add(_stream(cmap))
    descriptor = add(
        b"<< /Type /FontDescriptor /FontName /Batang /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>"
    )
    cid = add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Batang"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        b" /DW 500 /CIDToGIDMap /Identity /FontDescriptor %d 0 R >>" % descriptor
    )
    font = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Batang /Encoding /Identity-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (cid, to_unicode)
    )
    kids = []
    for page in pages:
        content = add(_stream(_text_operators(page)))
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
                b" /Resources << /Font << /F1 %d 0 R >> >> >>" % (tree, content, font)
            )
        )
    objects[catalog - 1] = b"<< /Type /Catalog /Pages %d 0 R >>" % tree
    objects[tree - 1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (
        len(kids),
        b" ".join(b"%d 0 R" % kid for kid in kids),
    )
    info = add(b"<< /Title <FEFF%s> >>" % title.encode("utf-16-be").hex().encode())
    return _assemble(objects, catalog, info)


def pdf_of_images(count: int = 2) -> bytes:
    """A scan: pages with a picture each and no text at all."""
    objects: list[bytes] = [b"", b""]
    kids = []
    for _ in range(count):
        objects.append(
            _stream(
                b"\x80" * 64,
                b"/Type /XObject /Subtype /Image /Width 8 /Height 8 /ColorSpace /DeviceGray /BitsPerComponent 8",
            )
        )
        image = len(objects)
        objects.append(_stream(b"q 500 0 0 700 40 60 cm /I Do Q"))
        content = len(objects)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /XObject << /I %d 0 R >> >> >>" % (content, image)
        )
        kids.append(len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b" ".join(b"%d 0 R" % kid for kid in kids))
    return _assemble(objects, 1, None)


def locked_pdf(password: str = "geheim") -> bytes:
    """A PDF that opens only with a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Nobody may read this."]))))
    writer.encrypt(password, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def docx(paragraphs: Sequence[tuple[str, str]]) -> bytes:
    """A Word document of `(style, text)` paragraphs; styles are `Heading1`, `Heading2` or empty."""
    body = "".join(
        f"<w:p>{f'<w:pPr><w:pStyle w:val={style!r}/></w:pPr>' if style else ''}"
        f"<w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>"
        for style, text in paragraphs
    )
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    styles = "".join(
        f"<w:style w:type='paragraph' w:styleId='Heading{n}'><w:name w:val='heading {n}'/>"
        f"<w:pPr><w:outlineLvl w:val='{n - 1}'/></w:pPr></w:style>"
        for n in (1, 2)
    )
    return archive(
        {
            "[Content_Types].xml": _content_types(
                {
                    "/word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                    "/word/styles.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml",
                }
            ),
            "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
            "word/_rels/document.xml.rels": _relations({"styles": "styles.xml"}),
            "word/styles.xml": f"<?xml version='1.0' encoding='UTF-8'?><w:styles xmlns:w='{word}'>{styles}</w:styles>",
            "word/document.xml": f"<?xml version='1.0' encoding='UTF-8'?><w:document xmlns:w='{word}'><w:body>{body}</w:body></w:document>",
        }
    )


def pptx(slides: Sequence[tuple[str, str]]) -> bytes:
    """A presentation of `(title, text)` slides."""
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.presentationml."
    parts = {"/ppt/presentation.xml": kind + "presentation.main+xml"}
    files = {}
    links = []
    for number, (title, text) in enumerate(slides, 1):
        parts[f"/ppt/slides/slide{number}.xml"] = kind + "slide+xml"
        links.append(f"<p:sldId id='{255 + number}' r:id='rId{number}'/>")
        shapes = "".join(
            f"<p:sp><p:nvSpPr><p:cNvPr id='{i}' name='S{i}'/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:spPr/>"
            f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(words)}</a:t></a:r></a:p></p:txBody></p:sp>"
            for i, (placeholder, words) in enumerate((("<p:ph type='title'/>", title), ("", text)), 2)
        )
        files[f"ppt/slides/slide{number}.xml"] = (
            f"<?xml version='1.0' encoding='UTF-8'?><p:sld xmlns:a='{a}' xmlns:p='{p}' xmlns:r='{r}'><p:cSld><p:spTree>"
            f"<p:nvGrpSpPr><p:cNvPr id='1' name=''/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}"
            "</p:spTree></p:cSld></p:sld>"
        )
    relations = "".join(
        f"<Relationship Id='rId{n}' Type='{r}/slide' Target='slides/slide{n}.xml'/>" for n in range(1, len(slides) + 1)
    )
    return archive(
        {
            "[Content_Types].xml": _content_types(parts),
            "_rels/.rels": _relations({"officeDocument": "ppt/presentation.xml"}),
            "ppt/_rels/presentation.xml.rels": _RELATIONS.format(relations),
            "ppt/presentation.xml": f"<?xml version='1.0' encoding='UTF-8'?><p:presentation xmlns:p='{p}' xmlns:r='{r}'><p:sldIdLst>{''.join(links)}</p:sldIdLst></p:presentation>",
            **files,
        }
    )


def xlsx(sheets: dict[str, Sequence[Sequence[str]]]) -> bytes:
    """A workbook of sheets, each rows of text cells."""
    s = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml."
    parts = {"/xl/workbook.xml": kind + "sheet.main+xml"}
    files = {}
    for number, rows in enumerate(sheets.values(), 1):
        parts[f"/xl/worksheets/sheet{number}.xml"] = kind + "worksheet+xml"
        cells = "".join(
            f"<row r='{y}'>"
            + "".join(
                f"<c r='{chr(65 + x)}{y}' t='inlineStr'><is><t>{escape(v)}</t></is></c>" for x, v in enumerate(row)
            )
            + "</row>"
            for y, row in enumerate(rows, 1)
        )
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f"<?xml version='1.0' encoding='UTF-8'?><worksheet xmlns='{s}'><sheetData>{cells}</sheetData></worksheet>"
        )
    names = "".join(f"<sheet name='{escape(n)}' sheetId='{i}' r:id='rId{i}'/>" for i, n in enumerate(sheets, 1))
    links = "".join(
        f"<Relationship Id='rId{i}' Type='{r}/worksheet' Target='worksheets/sheet{i}.xml'/>"
        for i in range(1, len(sheets) + 1)
    )
    return archive(
        {
            "[Content_Types].xml": _content_types(parts),
            "_rels/.rels": _relations({"officeDocument": "xl/workbook.xml"}),
            "xl/_rels/workbook.xml.rels": _RELATIONS.format(links),
            "xl/workbook.xml": f"<?xml version='1.0' encoding='UTF-8'?><workbook xmlns='{s}' xmlns:r='{r}'><sheets>{names}</sheets></workbook>",
            **files,
        }
    )


def epub(chapters: Sequence[tuple[str, str]]) -> bytes:
    """A book of `(title, text)` chapters."""
    manifest = "".join(
        f"<item id='c{i}' href='c{i}.xhtml' media-type='application/xhtml+xml'/>" for i in range(len(chapters))
    )
    spine = "".join(f"<itemref idref='c{i}'/>" for i in range(len(chapters)))
    pages = {
        f"OEBPS/c{i}.xhtml": "<?xml version='1.0' encoding='UTF-8'?><html xmlns='http://www.w3.org/1999/xhtml'><head>"
        f"<title>{escape(title)}</title></head><body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>"
        for i, (title, text) in enumerate(chapters)
    }
    return archive(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": "<?xml version='1.0'?><container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'>"
            "<rootfiles><rootfile full-path='OEBPS/book.opf' media-type='application/oebps-package+xml'/></rootfiles></container>",
            "OEBPS/book.opf": "<?xml version='1.0'?><package xmlns='http://www.idpf.org/2007/opf' version='3.0' unique-identifier='i'>"
            "<metadata xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:identifier id='i'>urn:x:1</dc:identifier><dc:title>Book</dc:title>"
            f"<dc:language>en</dc:language></metadata><manifest>{manifest}</manifest><spine>{spine}</spine></package>",
            **pages,
        }
    )


def bomb_docx(megabytes: int = 2048) -> bytes:
    """A small Word document whose one paragraph unpacks to `megabytes` MiB of the same letter."""
    plain = zipfile.ZipFile(io.BytesIO(docx([("", "SPLIT")])))
    out = io.BytesIO()
    with plain, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        for name in plain.namelist():
            head, mark, tail = plain.read(name).partition(b"SPLIT")
            with bomb.open(name, "w", force_zip64=True) as part:
                part.write(head)
                for _ in range(megabytes if mark else 0):
                    part.write(b"a" * (1 << 20))
                part.write(tail)
    return out.getvalue()


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return out.getvalue()


_RELATIONS = (
    "<?xml version='1.0' encoding='UTF-8'?>"
    "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{}</Relationships>"
)


def _relations(targets: dict[str, str]) -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return _RELATIONS.format(
        "".join(
            f"<Relationship Id='rId{i}' Type='{base}/{kind}' Target='{to}'/>"
            for i, (kind, to) in enumerate(targets.items(), 1)
        )
    )


def _content_types(parts: dict[str, str]) -> str:
    overrides = "".join(f"<Override PartName='{name}' ContentType='{kind}'/>" for name, kind in parts.items())
    return (
        "<?xml version='1.0' encoding='UTF-8'?><Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        f"<Default Extension='xml' ContentType='application/xml'/>{overrides}</Types>"
    )


def _text_operators(text: str) -> bytes:
    lines = [b"<%s> Tj T*" % line.encode("utf-16-be").hex().encode() for line in text.splitlines()]
    return b"\n".join([b"BT /F1 10 Tf 14 TL 50 800 Td", *lines, b"ET"])


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def _assemble(objects: Sequence[bytes], root: int, info: int | None) -> bytes:
    out = bytearray(_HEADER)
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    tail = b"/Info %d 0 R " % info if info else b""
    out += b"trailer << /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, tail, start)
    return bytes(out)


def set_pdf(*operators: str) -> bytes:
    """A PDF of a page that is set by these operators, in Helvetica (/F1)."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        _stream("\n".join(["BT", *operators, "ET"]).encode("latin-1")),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _assemble(objects, 1, 1)
