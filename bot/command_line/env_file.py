"""Writing `.env`: lines that are there stay, settings get their values, and nobody but the owner can read it."""

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from database.private_files import PRIVATE_FILE

_PLAIN = re.compile(r"[\w./:@+=?&,%*-]*")
"""What needs no quotation marks."""


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The text of a `.env` with other values; a name that stands there, also behind a #, keeps its line.

    Of a name that stands there twice the last line counts, so that is the one that is changed.
    """
    lines = text.splitlines()
    for name, value in values.items():
        line = f"{name}={_quoted(value)}"
        for pattern in (rf"\s*(export\s+)?{name}\s*=", rf"#\s*{name}="):
            places = [number for number, each in enumerate(lines) if re.match(pattern, each)]
            if places:
                lines[places[-1]] = line
                break
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_env(path: Path, text: str) -> None:
    """Put the file in its place, whole or not at all, with mode 600.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=".env-", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(PRIVATE_FILE)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
