"""Why a file cannot be read, as sentences for the person who uploaded it."""

MAX_TOKENS = 5_000_000
MAX_PAGES = 5_000
MAX_SCANS = 300
"""Pages of a file that are read by OCR; each takes one to four seconds."""


class UnsupportedFileError(Exception):
    """No text can be read from files of this kind."""


class InvalidFileError(Exception):
    """The file is of a kind that can be read, but this one cannot."""


UNSUPPORTED = "This type of file cannot be read; PDF, Word, PowerPoint, Excel, HWP, HTML, EPUB and text files can."
PICTURE = "Pictures hold no text that can be searched."
LOCKED = "The file is protected with a password."
BROKEN = "The file is damaged and cannot be read."
OLD = "The file is of an old format and cannot be read; save it as PDF, DOCX or HWPX and add that."
UNSURE = "I am not sure in which encoding this text is written. It may be: "
"""What stands before the readings, a JSON array of [encoding, excerpt]; people see sentences and buttons."""
EMPTY = "The file is empty."
NO_TEXT = "The file holds no text."
TOO_BIG_UNPACKED = "The file unpacks to far more than it seems to hold."
TOO_LONG = f"The file holds more than {MAX_TOKENS:,} tokens."
TOO_MANY_PAGES = f"The file has more than {MAX_PAGES:,} pages."
SCANNED = (
    "The pages are scanned pictures, and I have no program to read those: the host can install Tesseract "
    "(Debian and Ubuntu: apt install tesseract-ocr tesseract-ocr-kor)."
)
NOTHING_READ = "The pages are scanned pictures in which I could not make out any words."
UNREAD_PAGES = "(These pages of the file are scanned pictures, and their words could not be read: {pages}.)"
"""A passage of a file that is read in part."""
TOO_MANY_SCANS = f"More than {MAX_SCANS} of its pages are scanned pictures, which is more than I can read."
UNREADABLE_PICTURE = "The picture is damaged or of a kind that cannot be read."
PICTURE_TOO_BIG = "The picture is larger than I may read."
XFA_FORM = "The form is of a kind that only Adobe's programs fill in (XFA); print it to a PDF and add that."
