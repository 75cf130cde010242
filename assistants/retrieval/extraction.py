"""Extracts the text of uploaded documents and cuts it into chunks, in a worker process.

It runs only there (`pool.run(EXTRACT, …)`), under limits on time and memory, as files may be hostile.
"""

import json
import re
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import msgpack

from assistants.retrieval.chunks import Section, chunks, count_tokens
from assistants.retrieval.encodings import NotTextError, decode, decode_markup, tidy
from assistants.retrieval.notebook import markdown_of
from assistants.retrieval.search_terms import passage_terms

MAX_TOKENS = 5_000_000
_MAX_TEXT = 128 << 20  # bytes; more cannot be 5,000,000 tokens or fewer of any language
_MAX_UNPACKED = 384 << 20
_OPENXML = "application/vnd.openxmlformats-officedocument."
_ZIP_KINDS = {
    "word/document.xml": f"{_OPENXML}wordprocessingml.document",
    "ppt/presentation.xml": f"{_OPENXML}presentationml.presentation",
    "xl/workbook.xml": f"{_OPENXML}spreadsheetml.sheet",
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "Contents/section0.xml": "hwpx",
}
_DECLARED_ZIPS = {
    "application/epub+zip": "application/epub+zip",
    "application/hwp+zip": "hwpx",
    "application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation": "application/vnd.oasis.opendocument.presentation",
}
_OLE_KINDS = {
    "HwpSummaryInformation": "application/x-hwp",
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
}
"""The kinds of OLE file, by the name of a stream that only files of that kind have."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_ZIP_LOCKED = 0x1
_ESCAPED = re.compile(r"(?<!\\)(?:\\u[0-9a-fA-F]{4})+")
_FRONT_MATTER = re.compile(r"\A---\n(?:[\w:.-]+: .*\n)*\n## title: (.*)\n")  # what kreuzberg makes of <head>


class UnsupportedFileError(Exception):
    """No text can be read from files of this kind."""


class InvalidFileError(Exception):
    """The file is of a kind that can be read, but this one cannot."""


UNSUPPORTED = "This type of file cannot be read; PDF, Word, PowerPoint, Excel, HWP, HTML, EPUB and text files can."
PICTURE = "Pictures hold no text that can be searched."
LOCKED = "The file is protected with a password."
BROKEN = "The file is damaged and cannot be read."
OLD = "The file is of an old format and cannot be read; save it as PDF, DOCX or HWPX and add that."
EMPTY = "The file is empty."
NO_TEXT = "The file holds no text."
SCANNED = "The pages are scanned pictures without text."
TOO_BIG_UNPACKED = "The file unpacks to far more than it seems to hold."
TOO_LONG = f"The file holds more than {MAX_TOKENS:,} tokens."


def chunked(source: str, name: str, size: int, overlap: int, target: str) -> dict[str, int]:
    """Read the file at `source`, cut it into chunks and write these to `target`.

    `name` is the name that it was uploaded under. The target is a msgpack stream of
    `[text, tokens, page | nil, heading | nil, terms]`, the terms joined by blanks.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    sections = read(Path(source), name)
    total = written = pages = 0
    for section in sections:
        total += count_tokens(section.text)
        pages = max(pages, section.page or 0)
        if total > MAX_TOKENS:
            raise InvalidFileError(TOO_LONG)
    packer = msgpack.Packer()
    with Path(target).open("wb") as out:
        for chunk in chunks(sections, size=size, overlap=overlap):
            found = passage_terms(chunk.text, chunk.heading)
            out.write(packer.pack([chunk.text, chunk.tokens, chunk.page, chunk.heading, found]))
            written += 1
    return {"chunks": written, "tokens": total, "pages": pages}


def read(path: Path, name: str) -> list[Section]:
    """The text of the file at `path`, in sections.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise InvalidFileError(EMPTY)
    extension = Path(name.lower()).suffix
    sections = [
        Section(text, section.page, section.markdown, section.heading)
        for section in _reader(head, extension)(path, extension)
        if (text := tidy(section.text)).strip()
    ]
    if sum(any(c.isalnum() for c in section.text) for section in sections) == 0:
        raise InvalidFileError(NO_TEXT)
    return sections


def _reader(head: bytes, extension: str) -> Callable[[Path, str], Sequence[Section]]:
    """The function that reads a file; the first bytes tell its kind better than its name."""
    if b"%PDF-" in head[:1024]:
        return _pdf
    if head.startswith(b"PK\x03\x04"):
        return _zipped
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole
    if head.startswith(rb"{\rtf"):
        return lambda path, _: _kreuzberg(path.read_bytes(), "application/rtf")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if extension in {".html", ".htm", ".xhtml"} or start.startswith((b"<!doctype html", b"<html")):
        return _html
    if extension == ".ipynb" and start.startswith(b"{"):
        return _notebook
    return _text


def _text(path: Path, extension: str) -> list[Section]:
    data = _all_of(path)
    try:
        text = decode(data)
    except NotTextError:
        raise UnsupportedFileError(PICTURE if data.startswith(_PICTURES) else UNSUPPORTED) from None
    if extension in {".json", ".jsonl", ".ndjson", ".geojson"}:
        text = _ESCAPED.sub(_unescaped, text)
    header = text.lstrip().partition("\n")[0] if extension in {".csv", ".tsv"} else None
    return [Section(text, markdown=extension in {".md", ".markdown", ".mdx"}, heading=header)]


def _unescaped(escapes: re.Match[str]) -> str:
    """The letters beyond ASCII of JSON escapes such as `\\ubaa9\\ud45c`, for which nobody searches."""
    letters: str = json.loads(f'"{escapes[0]}"')
    return letters if all(c.isprintable() and not c.isascii() for c in letters) else escapes[0]


def _notebook(path: Path, extension: str) -> list[Section]:
    try:
        return [Section(markdown_of(json.loads(_all_of(path))), markdown=True)]
    except (ValueError, TypeError, AttributeError, KeyError):
        return _text(path, extension)  # it is no notebook, but may be text


def _html(path: Path, extension: str) -> list[Section]:  # noqa: ARG001 - every reader is called alike
    try:
        markup = decode_markup(_all_of(path))
    except NotTextError:
        raise UnsupportedFileError(UNSUPPORTED) from None
    markup = re.sub(r"<meta[^>]+charset[^>]*>", "", markup, flags=re.IGNORECASE)
    return _kreuzberg(markup.encode("utf-8", errors="replace"), "text/html")


def _all_of(path: Path) -> bytes:
    if path.stat().st_size > _MAX_TEXT:
        raise InvalidFileError(TOO_LONG)
    return path.read_bytes()


def _pdf(path: Path, extension: str) -> list[Section]:  # noqa: ARG001
    from kreuzberg import PdfConfig  # noqa: PLC0415 - only worker processes load it

    options = PdfConfig(extract_metadata=False, extract_annotations=False, extract_images=False)
    pages = _run(path, "application/pdf", output_format="plain", pdf_options=options).pages or []
    sections = [Section(page["content"], page["page_number"]) for page in pages]
    if sum(c.isalnum() for section in sections for c in section.text[:1000]) < max(2, min(len(sections), 10)):
        raise InvalidFileError(SCANNED if sections else NO_TEXT)
    return sections


def _zipped(path: Path, extension: str) -> list[Section]:  # noqa: ARG001
    try:
        with zipfile.ZipFile(path) as package:
            entries = package.infolist()
            if sum(entry.file_size for entry in entries) > _MAX_UNPACKED or len(entries) > 50_000:
                raise InvalidFileError(TOO_BIG_UNPACKED)
            if any(entry.flag_bits & _ZIP_LOCKED for entry in entries):
                raise InvalidFileError(LOCKED)
            kind = _zip_kind(package)
            if kind == "hwpx":
                return [Section(_hwpx(package))]
    except (zipfile.BadZipFile, ElementTree.ParseError, OSError, EOFError, KeyError, NotImplementedError):
        raise InvalidFileError(BROKEN) from None
    if kind is None:
        raise UnsupportedFileError(UNSUPPORTED)
    return _kreuzberg(path.read_bytes(), kind)


def _zip_kind(package: zipfile.ZipFile) -> str | None:
    names = set(package.namelist())
    if "mimetype" in names:
        with package.open("mimetype") as declared:
            kind = _DECLARED_ZIPS.get(declared.read(128).decode("ascii", "replace").strip())
        if kind is not None:
            return kind
    return next((kind for name, kind in _ZIP_KINDS.items() if name in names), None)


def _hwpx(package: zipfile.ZipFile) -> str:
    """The paragraphs of a Hancom document: `hp:t` texts in `hp:p` paragraphs of numbered sections (KS X 6101)."""
    names = [name for name in package.namelist() if re.fullmatch(r"Contents/section\d+\.xml", name)]
    paragraphs = []
    for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
        with package.open(name) as part:
            root = ElementTree.parse(part).getroot()  # noqa: S314 - a worker's memory and time are limited
        for paragraph in root.iter("{http://www.hancom.co.kr/hwpml/2011/paragraph}p"):
            runs = paragraph.findall("./{*}run/{*}t")
            paragraphs.append("".join(_hwpx_run(run) for run in runs))
    return "\n\n".join(filter(None, paragraphs))


def _hwpx_run(run: ElementTree.Element) -> str:
    """A run's text; breaks and tabs are elements in it."""
    pieces = [run.text or ""]
    for inner in run:
        pieces.append({"lineBreak": "\n", "tab": "\t"}.get(inner.tag.rpartition("}")[2], "".join(inner.itertext())))
        pieces.append(inner.tail or "")
    return "".join(pieces)


def _ole(path: Path, extension: str) -> list[Section]:  # noqa: ARG001
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise InvalidFileError(LOCKED)
    kind = next((kind for name, kind in _OLE_KINDS.items() if name.encode("utf-16-le") in data), None)
    if kind is None:
        raise UnsupportedFileError(UNSUPPORTED)
    if kind == "application/x-hwp":
        return [Section(_hwp(path))]
    try:
        return _kreuzberg(data, kind)
    except InvalidFileError as error:
        raise (error if str(error) == LOCKED else InvalidFileError(OLD)) from None


def _hwp(path: Path) -> str:
    from assistants.retrieval import hwp  # noqa: PLC0415 - only worker processes load it

    try:
        return hwp.text_of(path, _MAX_TEXT)
    except hwp.LockedError:
        raise InvalidFileError(LOCKED) from None
    except ValueError:
        raise InvalidFileError(OLD) from None


def _kreuzberg(source: bytes, kind: str) -> list[Section]:
    text = _run(source, kind, output_format="markdown").content
    return [Section(_FRONT_MATTER.sub(r"\1\n", text, count=1), markdown=True)]


def _run(source: Path | bytes, kind: str, **options: Any) -> Any:
    """Kreuzberg's result; its own caches, thread pools and picture reading are off.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    import kreuzberg  # noqa: PLC0415 - only worker processes load it

    options["disable_ocr"] = True  # missing from kreuzberg's type stubs
    config = kreuzberg.ExtractionConfig(
        use_cache=False,
        enable_quality_processing=False,
        pages=kreuzberg.PageConfig(extract_pages=kind == "application/pdf"),
        concurrency=kreuzberg.ConcurrencyConfig(max_threads=1),
        **options,
    )
    try:
        if isinstance(source, bytes):
            return kreuzberg.extract_bytes_sync(source, kind, config)
        return kreuzberg.extract_file_sync(source, kind, config)
    except kreuzberg.KreuzbergError as error:
        raise _reason(str(error)) from None


def _reason(complaint: str) -> Exception:
    complaint = complaint.lower()
    if "password" in complaint or "encrypt" in complaint:
        return InvalidFileError(LOCKED)
    if "security limit" in complaint or "uncompressed" in complaint or "bomb" in complaint:
        return InvalidFileError(TOO_BIG_UNPACKED)
    if "unsupported" in complaint:
        return UnsupportedFileError(UNSUPPORTED)
    return InvalidFileError(BROKEN)
