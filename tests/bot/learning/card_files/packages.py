"""Anki packages for tests, built by hand: what Anki itself would not write."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)
BASIC = {
    "name": "Basic",
    "fields": ["Front", "Back"],
    "templates": [("{{Front}}", "{{FrontSide}}<hr id=answer>{{Back}}")],
}
CLOZE = {"name": "Cloze", "fields": ["Text", "Extra"], "templates": [("{{cloze:Text}}", "{{cloze:Text}}<br>{{Extra}}")]}


def collection(
    notes: Sequence[Sequence[str]],
    kind: Mapping[str, Any] = BASIC,
    *,
    cards: int = 1,
    tags: str = "",
    wal: bool = False,
) -> bytes:
    """A collection of the old schema with these notes, each with so many cards."""
    connection = sqlite3.connect(":memory:")
    fields = [{"name": name, "ord": place} for place, name in enumerate(kind["fields"])]
    templates = [{"qfmt": one, "afmt": two, "ord": place} for place, (one, two) in enumerate(kind["templates"])]
    model = {"name": kind["name"], "flds": fields, "tmpls": templates, "type": int(kind["name"] == "Cloze")}
    connection.execute("CREATE TABLE col (models TEXT, decks TEXT)")
    decks = {"1": {"name": "Maths"}}
    connection.execute("INSERT INTO col VALUES (?, ?)", (json.dumps({"7": model}), json.dumps(decks)))
    connection.execute("CREATE TABLE notes (id INTEGER, guid TEXT, mid INTEGER, tags TEXT, flds TEXT)")
    connection.execute("CREATE TABLE cards (id INTEGER, nid INTEGER, did INTEGER, odid INTEGER, ord INTEGER)")
    for number, note in enumerate(notes):
        row = (number, f"g{number}", 7, tags, "\x1f".join(note))
        connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?)", row)
        for place in range(cards):
            connection.execute("INSERT INTO cards VALUES (?, ?, 1, 0, ?)", (number * 10 + place, number, place))
    connection.commit()
    data = bytearray(connection.serialize())
    connection.close()
    if wal:
        data[18:20] = b"\x02\x02"
    return bytes(data)


def package(
    database: bytes, media: Mapping[str, bytes] | None = None, name: str = "collection.anki2", **more: bytes
) -> bytes:
    """The collection and its media in the old form of a package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, database)
        listed = list((media or {}).items())
        made.writestr("media", json.dumps({str(place): name for place, (name, _) in enumerate(listed)}))
        for place, (_, data) in enumerate(listed):
            made.writestr(str(place), data)
        for each, data in more.items():
            made.writestr(each, data)
    return out.getvalue()
