"""Extracts the text of uploaded documents and cuts it into chunks, in a worker process.

It runs only there (`pool.run(EXTRACT, …)`), under limits on time and memory, as files may be hostile. How each kind of
file is read stands in `formats/`.
"""

import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import msgpack

from assistants.retrieval.chunks import Section, chunks, count_tokens
from assistants.retrieval.formats import delimited, encodings, front_matter, pdf, subtitles
from assistants.retrieval.formats.encodings import NotTextError, UnsureEncodingError, decode, decode_markup, tidy
from assistants.retrieval.formats.notebook import markdown_of
from assistants.retrieval.formats.refusals import (
    BROKEN,
    EMPTY,
    LOCKED,
    MAX_SCANS,
    MAX_TOKENS,
    NO_TEXT,
    NOTHING_READ,
    OLD,
    PICTURE,
    SCANNED,
    TOO_LONG,
    TOO_MANY_SCANS,
    UNREAD_PAGES,
    UNSUPPORTED,
    InvalidFileError,
    UnsupportedFileError,
)
from assistants.retrieval.formats.scans import ocr, tesseract
from assistants.retrieval.search_terms import passage_terms

AS_PAGE: Final = "page"
"""What a file is `read_as` when its sender says that the picture is a page; else it is the name of an encoding."""

_MAX_TEXT = 128 << 20  # bytes; more cannot be 5,000,000 tokens or fewer of any language
_OLE_KINDS = {
    "HwpSummaryInformation": "application/x-hwp",
    "WordDocument": "application/msword",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
}
"""The kinds of OLE file, by the name of a stream that only files of that kind have."""

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_SUBTITLES = {".srt", ".vtt", ".sbv", ".ass", ".ssa", ".lrc", ".smi", ".sami", ".ttml", ".dfxp"}
_MARKDOWN = {".md", ".markdown", ".mdx", ".qmd", ".rmd"}
_ESCAPED = re.compile(r"(?<!\\)(?:\\u[0-9a-fA-F]{4})+")

Scans = Mapping[int, Mapping[str, Any]]
"""What OCR made of pages, by their numbers: `text`, and `confidence` in per cent."""


def chunked(  # noqa: PLR0917 - workers call by position
    source: str, name: str, size: int, overlap: int, target: str, read_as: str = "", scans: str = ""
) -> dict[str, Any]:
    """Read the file at `source`, cut it into chunks and write these to `target`.

    `name` is the name that it was uploaded under, `read_as` what its sender chose (see `AS_PAGE`). The target is a
    msgpack stream of `[text, tokens, page | nil, heading | nil, terms, confidence | nil]`, the terms joined by blanks.
    `scans` is a file with what OCR made of pages, as JSON. Without it, nothing is written if the file has scanned pages
    and OCR is there: then `scanned` in the result names those. `unread` names pages that could not be read.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    known = _scans(scans)
    try:
        reading = _read(Path(source), name, read_as, known)
    except RecursionError:  # nested deeper than any document is
        raise InvalidFileError(BROKEN) from None
    waiting = [page for page in reading.scanned if page not in known]
    if waiting and tesseract.languages():
        return {"chunks": 0, "tokens": 0, "pages": reading.pages, "scanned": waiting, "unread": []}
    unread: list[int] = []
    sections = _tidied(reading, unread)
    total = written = 0
    for section in sections:
        total += count_tokens(section.text)
        if total > MAX_TOKENS:
            raise InvalidFileError(TOO_LONG)
    packer = msgpack.Packer()
    with Path(target).open("wb") as out:
        for chunk in chunks(sections, size=size, overlap=overlap):
            found = passage_terms(chunk.text, chunk.heading)
            row = [chunk.text, chunk.tokens, chunk.page, chunk.heading, found, chunk.confidence]
            out.write(packer.pack(row))
            written += 1
    pages = max([section.page or 0 for section in sections], default=0)
    return {"chunks": written, "tokens": total, "pages": pages, "scanned": [], "unread": unread}


class Reading:
    """What was read of a file: its sections, its number of pages, and the pages that are pictures."""

    def __init__(self, sections: Sequence[Section], pages: int = 0, scanned: Sequence[int] = ()) -> None:
        self.sections = sections
        self.pages = pages
        self.scanned = scanned


def read(path: Path, name: str, read_as: str = "") -> list[Section]:
    """The text of the file at `path`, in sections; pages that are pictures are left out.

    Raises:
        UnsupportedFileError, InvalidFileError: with a sentence for the uploader.
    """
    return _tidied(_read(path, name, read_as, {}))


def _scans(path: str) -> Scans:
    if not path:
        return {}
    pages = json.loads(Path(path).read_text(encoding="utf-8"))
    return {int(number): page for number, page in pages.items()}


def _read(path: Path, name: str, read_as: str, scans: Scans) -> Reading:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise InvalidFileError(EMPTY)
    if b"%PDF-" in head[:1024]:
        return _pdf(path, scans)
    if read_as == AS_PAGE and head.startswith(_PICTURES):
        return _scanned_picture(path, scans)
    extension = Path(name.lower()).suffix
    encoding = "" if read_as == AS_PAGE else read_as
    return Reading(_reader(head, extension)(path, extension, encoding))


def _tidied(reading: Reading, unread: list[int] | None = None) -> list[Section]:
    """The sections without what nobody sees; numbers of scanned pages that could not be read are added to `unread`."""
    sections = [replace(section, text=text) for section in reading.sections if (text := tidy(section.text)).strip()]
    if not any(c.isalnum() for section in sections for c in section.text):
        if not reading.scanned:
            raise InvalidFileError(NO_TEXT)
        raise InvalidFileError(NOTHING_READ if tesseract.languages() else SCANNED)
    with_text = {section.page for section in sections if any(map(str.isalnum, section.text))}
    lacking = [page for page in sorted(set(reading.scanned)) if page not in with_text]
    if not lacking:
        return sections
    if unread is not None:
        unread += lacking
    # A passage says which, so that nobody takes their words for missing.
    return [*sections, Section(UNREAD_PAGES.format(pages=", ".join(map(str, lacking))), lacking[0])]


def _reader(head: bytes, extension: str) -> Callable[[Path, str, str], Sequence[Section]]:
    """The function that reads a file; the first bytes tell its kind better than its name."""
    if head.startswith(b"PK\x03\x04"):
        return _zipped
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole
    if head.startswith(rb"{\rtf"):
        return _rtf
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if extension in {".html", ".htm", ".xhtml"} or start.startswith((b"<!doctype html", b"<html")):
        return _html
    if extension == ".ipynb" and start.startswith(b"{"):
        return _notebook
    return _text


def _text(path: Path, extension: str, encoding: str) -> list[Section]:
    text = _decoded(path, encoding, decode)
    if extension in {".json", ".jsonl", ".ndjson", ".geojson"}:
        text = _ESCAPED.sub(_unescaped, text)
    if extension in {".csv", ".tsv", ".tab", ".psv"}:
        return delimited.sections_of(text)
    if extension in _SUBTITLES or extension in {".txt", ""}:
        if subtitles.are_subtitles(text, extension):
            return [Section(subtitles.said(text, extension))]
    elif extension in _MARKDOWN:
        return [Section(front_matter.without_front_matter(text), markdown=True)]
    return [Section(text)]


def _decoded(path: Path, encoding: str, decoder: Callable[[bytes], str]) -> str:
    """The file's text in the encoding that its sender chose, else by detection.

    Raises:
        UnsupportedFileError, InvalidFileError: it is no text, or nobody can say in which encoding.
    """
    data = _all_of(path)
    try:
        return encodings.decode_as(data, encoding) if encoding else decoder(data)
    except UnsureEncodingError as error:
        raise InvalidFileError(str(error)) from None
    except NotTextError:
        raise UnsupportedFileError(PICTURE if data.startswith(_PICTURES) else UNSUPPORTED) from None


def _unescaped(escapes: re.Match[str]) -> str:
    """The letters beyond ASCII of JSON escapes such as `\\ubaa9\\ud45c`, for which nobody searches."""
    letters: str = json.loads(f'"{escapes[0]}"')
    return letters if all(c.isprintable() and not c.isascii() for c in letters) else escapes[0]


def _notebook(path: Path, extension: str, encoding: str) -> list[Section]:
    try:
        return [Section(markdown_of(json.loads(_all_of(path))), markdown=True)]
    except (ValueError, TypeError, AttributeError, KeyError):
        return _text(path, extension, encoding)  # it is no notebook, but may be text


def _html(path: Path, extension: str, encoding: str) -> list[Section]:  # noqa: ARG001 - every reader is called alike
    from assistants.retrieval.formats import html, markdown_conversion, xml_parts  # noqa: PLC0415 - only for its kind

    markup = html.prepared(_decoded(path, encoding, decode_markup)).replace("\\", xml_parts.BACKSLASH)
    markup = re.sub(r"<meta[^>]+charset[^>]*>", "", markup, flags=re.IGNORECASE)
    return markdown_conversion.sections_of(markup.encode("utf-8", errors="replace"), "text/html")


def _rtf(path: Path, extension: str, encoding: str) -> list[Section]:  # noqa: ARG001
    from assistants.retrieval.formats import markdown_conversion, rtf  # noqa: PLC0415

    return markdown_conversion.sections_of(rtf.prepared(_all_of(path)), "application/rtf")


def _all_of(path: Path) -> bytes:
    if path.stat().st_size > _MAX_TEXT:
        raise InvalidFileError(TOO_LONG)
    return path.read_bytes()


def _pdf(path: Path, scans: Scans) -> Reading:
    sections, scanned = [], []
    with pdf.opened(path) as document:
        for number in range(1, len(document) + 1):
            with document.page(number) as page:
                text = page.text()
                if number in scans:
                    sections.append(_scan(number, scans[number], text))
                    continue
                if page.is_scan(text):
                    scanned.append(number)
                    text = "" if pdf.is_rubbish(text) else text
            sections.append(Section(text, number))
        pages = len(document)
    if len(scanned) > MAX_SCANS:
        raise InvalidFileError(TOO_MANY_SCANS)
    return Reading(sections, pages, [*scanned, *scans])


def _scan(number: int, scan: Mapping[str, Any], text: str) -> Section:
    """A page as OCR has read it; the text layer that it has beside its picture stays where OCR read nothing."""
    read_text = str(scan["text"])
    if not read_text.strip():
        return Section("" if pdf.is_rubbish(text) else text, number)
    return Section(read_text, number, confidence=int(scan["confidence"]))


def _scanned_picture(path: Path, scans: Scans) -> Reading:
    pages = ocr.frames(path)
    if pages > MAX_SCANS:
        raise InvalidFileError(TOO_MANY_SCANS)
    numbers = range(1, pages + 1)
    return Reading([_scan(number, scans[number], "") for number in numbers if number in scans], pages, numbers)


def _zipped(path: Path, extension: str, encoding: str) -> list[Section]:  # noqa: ARG001
    from assistants.retrieval.formats import (  # noqa: PLC0415
        html,
        hwpx,
        markdown_conversion,
        opendocument,
        packages,
        slides,
        spreadsheets,
        word,
    )

    rewriters = {packages.DOCX: word.rewritten, packages.PPTX: slides.rewritten, packages.EPUB: html.rewritten_chapter}
    try:
        with zipfile.ZipFile(path) as package:
            kind = packages.kind_of(package)
            if kind == packages.HWPX:
                return [Section(hwpx.text_of(package), markdown=True)]
            if kind == packages.XLSX:
                return [Section(spreadsheets.text_of(package), markdown=True)]
    except (zipfile.BadZipFile, ElementTree.ParseError, OSError, EOFError, KeyError, ValueError, NotImplementedError):
        raise InvalidFileError(BROKEN) from None
    if kind is None:
        raise UnsupportedFileError(UNSUPPORTED)
    rewrite = rewriters.get(kind, opendocument.rewritten if "opendocument" in kind else None)
    data = path.read_bytes()
    return markdown_conversion.sections_of(packages.rewritten(data, rewrite) if rewrite else data, kind)


def _ole(path: Path, extension: str, encoding: str) -> list[Section]:  # noqa: ARG001
    from assistants.retrieval.formats import markdown_conversion  # noqa: PLC0415

    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise InvalidFileError(LOCKED)
    kind = next((kind for name, kind in _OLE_KINDS.items() if name.encode("utf-16-le") in data), None)
    if kind is None:
        raise UnsupportedFileError(UNSUPPORTED)
    if kind == "application/x-hwp":
        return [Section(_hwp(path), markdown=True)]
    try:
        return markdown_conversion.sections_of(data, kind)
    except InvalidFileError as error:
        raise (error if str(error) == LOCKED else InvalidFileError(OLD)) from None


def _hwp(path: Path) -> str:
    from assistants.retrieval.formats import hwp  # noqa: PLC0415

    try:
        return hwp.text_of(path, _MAX_TEXT)
    except hwp.LockedError:
        raise InvalidFileError(LOCKED) from None
    except ValueError:
        raise InvalidFileError(OLD) from None
