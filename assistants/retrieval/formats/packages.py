"""Office documents and books as packages (ZIP): their kinds and limits, and parts rewritten before reading."""

import io
import zipfile
from collections.abc import Callable

from assistants.retrieval.formats.refusals import BROKEN, LOCKED, TOO_BIG_UNPACKED, InvalidFileError
from assistants.retrieval.formats.xml_parts import without_backslashes

MAX_UNPACKED = 384 << 20
MAX_ENTRIES = 50_000
_MAX_PART = 64 << 20
"""Bytes of a part that is rewritten; a larger one is read as it is."""

_OPENXML = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OPENXML}wordprocessingml.document"
PPTX = f"{_OPENXML}presentationml.presentation"
XLSX = f"{_OPENXML}spreadsheetml.sheet"
EPUB = "application/epub+zip"
HWPX = "hwpx"
_OPENDOCUMENT = "application/vnd.oasis.opendocument."
_KINDS = {
    "word/document.xml": DOCX,
    "ppt/presentation.xml": PPTX,
    "xl/workbook.xml": XLSX,
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "Contents/section0.xml": HWPX,
}
_DECLARED = {
    EPUB: EPUB,
    "application/hwp+zip": HWPX,
    **{f"{_OPENDOCUMENT}{kind}": f"{_OPENDOCUMENT}{kind}" for kind in ("text", "spreadsheet", "presentation")},
    **{f"{_OPENDOCUMENT}{kind}-template": f"{_OPENDOCUMENT}{kind}" for kind in ("text", "spreadsheet", "presentation")},
}
_LOCKED = 0x1
_MEDIA = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".tif",
    ".tiff",
    ".emf",
    ".wmf",
    ".mp3",
    ".mp4",
    ".m4a",
    ".wav",
    ".mov",
)


def kind_of(package: zipfile.ZipFile) -> str | None:
    """The MIME type of a package, HWPX, or None.

    Raises:
        InvalidFileError: it is protected, or unpacks to too much.
    """
    entries = package.infolist()
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED or len(entries) > MAX_ENTRIES:
        raise InvalidFileError(TOO_BIG_UNPACKED)
    if any(entry.flag_bits & _LOCKED for entry in entries):
        raise InvalidFileError(LOCKED)
    names = set(package.namelist())
    if "mimetype" in names:
        with package.open("mimetype") as declared:
            kind = _DECLARED.get(declared.read(128).decode("ascii", "replace").strip())
        if kind is not None:
            return kind
    return next((kind for name, kind in _KINDS.items() if name in names), None)


def part_of(package: zipfile.ZipFile, name: str) -> bytes | None:
    """A part's bytes, however large it says it is; None where there is none.

    Raises:
        InvalidFileError: it unpacks to too much.
    """
    try:
        with package.open(name) as part:
            data = part.read(MAX_UNPACKED + 1)
    except KeyError:
        return None
    if len(data) > MAX_UNPACKED:
        raise InvalidFileError(TOO_BIG_UNPACKED)
    return data


def rewritten(data: bytes, rewrite: Callable[[zipfile.ZipFile, str, bytes], bytes]) -> bytes:
    """The package with every XML and HTML part as `rewrite` (package, name, bytes) gives it.

    Raises:
        InvalidFileError: it is damaged.
    """
    target = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as package,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, True, 1) as to,
        ):
            for entry in package.infolist():
                if entry.filename.lower().endswith(_MEDIA):
                    to.writestr(entry.filename, b"")  # pictures are not read
                    continue
                part = part_of(package, entry.filename) or b""
                if entry.filename.lower().endswith((".xml", ".xhtml", ".html", ".htm")) and len(part) <= _MAX_PART:
                    part = without_backslashes(rewrite(package, entry.filename, part))
                kind = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
                to.writestr(entry.filename, part, kind)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        raise InvalidFileError(BROKEN) from None
    return target.getvalue()
