"""Makes the names of uploaded files safe."""

import re
import unicodedata

_LONGEST = 255  # bytes of UTF-8, what file systems take


def safe_name(name: str) -> str:
    """The last part of a path without control characters and direction marks, at most 255 bytes with its extension."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    shown = " ".join(shown.split()).strip(". ") if set(shown) <= set(". ") else " ".join(shown.split())
    return _shortened(shown) or "file"


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, extension = name, ""
    tail = f"….{extension}" if extension else "…"
    return stem.encode()[: _LONGEST - len(tail.encode())].decode("utf-8", "ignore") + tail
