"""Prepares EPUB books for their conversion: their chapters are XHTML, with the same losses as web pages."""

import zipfile

from assistants.retrieval.formats import html


def rewritten(package: zipfile.ZipFile, name: str, data: bytes) -> bytes:  # noqa: ARG001 - as for other packages
    """A chapter with raised letters and formulas as text."""
    if not name.lower().endswith((".xhtml", ".html", ".htm")):
        return data
    try:
        markup = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    return html.prepared(markup).encode()
