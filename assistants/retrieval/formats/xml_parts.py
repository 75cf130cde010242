"""Parts of packages as XML trees, written back with the prefixes that they had."""

import io
import re
from collections.abc import Callable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

BACKSLASH = "\ue05c"
"""Stands for a backslash while a document is converted to Markdown, where backslashes are escapes."""


def edited(data: bytes, edit: Callable[[Element], bool]) -> bytes:
    """The part after `edit`, which says whether it changed anything; what is no XML stays as it is."""
    try:
        prefixes = [given for _, given in ElementTree.iterparse(io.BytesIO(data), ["start-ns"])]  # noqa: S314
        root = ElementTree.fromstring(data)  # noqa: S314 - a worker's memory and time are limited
    except (ElementTree.ParseError, ValueError, LookupError):
        return data
    if not edit(root):
        return data
    for prefix, address in prefixes:
        if not re.fullmatch(r"ns\d+", str(prefix)):
            ElementTree.register_namespace(str(prefix), str(address))
    out: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return out


def without_backslashes(data: bytes) -> bytes:
    """The part with `BACKSLASH` in place of backslashes, if it is in UTF-8."""
    if b"\\" not in data or b"\x00" in data[:64]:
        return data
    head = data[:200].lower()
    if b"encoding=" in head and b"utf-8" not in head:
        return data
    return data.replace(b"\\", BACKSLASH.encode())


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]
