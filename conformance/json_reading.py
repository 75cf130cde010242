"""JSON as strangers send it, read so that nothing behind it meets what is no JSON."""

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value.

    Raises:
        ValueError: it is no JSON; also NaN and infinity, half a character pair, and nesting without an end.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("It is nested too deeply.") from None
    escape = "\\ud" if isinstance(text, str) else b"\\ud"
    if escape in text.lower():  # type: ignore[operator]
        json.dumps(value, ensure_ascii=False).encode()  # UnicodeEncodeError is a ValueError
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON.")
