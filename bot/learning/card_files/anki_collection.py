"""Notes and cards out of a collection of Anki's: a SQLite file of the old schema (11) or of the newer ones (to 18).

The file is strangers' work: it is read in memory, nothing in it is trusted, and no trigger or view of it is run with
rights that it could misuse.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from bot.learning.card_files.anki_archive import text_fields
from bot.learning.card_files.anki_templates import NoteType, Template
from bot.learning.card_files.file_card import CardFileError

_WAL: Final = b"\x02\x02"
_VERSIONS_AT: Final = slice(18, 20)
"""Where a SQLite file says how it is written: as a file in memory it can have no log beside it."""
LONGEST_FIELDS: Final = 2 << 20
"""Characters of all the fields of a note."""


@dataclass(frozen=True, slots=True)
class AnkiCard:
    """A card: which of its note's it is (`place`, from 0), with the note's fields and kind."""

    guid: str
    place: int
    deck: str
    tags: tuple[str, ...]
    values: Mapping[str, str]
    note_type: NoteType


def cards_of(data: bytes, most: int) -> Iterator[AnkiCard]:
    """The cards of a collection, in the order in which their notes were made.

    Raises:
        CardFileError: it has more than `most` cards, or cannot be read.
    """
    try:
        with closing(_opened(data)) as connection:
            yield from _cards(connection, most)
    except (sqlite3.Error, OverflowError, KeyError, IndexError, TypeError, ValueError, UnicodeError) as error:
        raise CardFileError("broken") from error


def _opened(data: bytes) -> sqlite3.Connection:
    if not data.startswith(b"SQLite format 3\0"):
        raise CardFileError("broken")
    whole = bytearray(data)
    if whole[_VERSIONS_AT] == _WAL:
        whole[_VERSIONS_AT] = b"\x01\x01"
    connection = sqlite3.connect(":memory:")
    connection.deserialize(bytes(whole))
    connection.text_factory = lambda raw: raw.decode(errors="replace")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    # Anki's own order of names, which its newer tables are indexed by.
    connection.create_collation("unicase", lambda a, b: (a.casefold() > b.casefold()) - (a.casefold() < b.casefold()))
    return connection


def _cards(connection: sqlite3.Connection, most: int) -> Iterator[AnkiCard]:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"notes", "cards", "col"} <= tables:
        raise CardFileError("broken")
    note_types = _note_types(connection) if "notetypes" in tables else _old_note_types(connection)
    decks = _decks(connection) if "decks" in tables else _old_decks(connection)
    count = connection.execute("SELECT count(*) FROM cards").fetchone()[0]
    if count > most:
        raise CardFileError("many", count)
    query = (
        "SELECT n.guid, n.mid, n.tags, n.flds, coalesce(c.ord, 0), coalesce(nullif(c.odid, 0), c.did, 1)"
        " FROM notes n LEFT JOIN cards c ON c.nid = n.id ORDER BY n.id, c.ord LIMIT ?"
    )
    for guid, kind, tags, fields, place, deck in connection.execute(query, (most + 1,)):
        if len(fields) > LONGEST_FIELDS:
            raise CardFileError("large")
        note_type = note_types[int(kind)]
        values = dict(zip(note_type.fields, str(fields).split("\x1f"), strict=False))
        yield AnkiCard(str(guid), int(place), decks.get(int(deck), ""), tuple(str(tags).split()), values, note_type)


def _old_note_types(connection: sqlite3.Connection) -> dict[int, NoteType]:
    models = json.loads(connection.execute("SELECT models FROM col").fetchone()[0])
    return {int(number): _old_note_type(model) for number, model in models.items()}


def _old_note_type(model: Mapping[str, Any]) -> NoteType:
    fields = sorted(model["flds"], key=lambda field: field["ord"])
    templates = sorted(model["tmpls"], key=lambda template: template["ord"])
    return NoteType(
        str(model.get("name", "")),
        tuple(str(field["name"]) for field in fields),
        tuple(Template(str(one["qfmt"]), str(one["afmt"])) for one in templates),
        model.get("type") == 1,
    )


def _old_decks(connection: sqlite3.Connection) -> dict[int, str]:
    decks = json.loads(connection.execute("SELECT decks FROM col").fetchone()[0])
    return {int(number): str(deck["name"]) for number, deck in decks.items()}


def _note_types(connection: sqlite3.Connection) -> dict[int, NoteType]:
    fields: dict[int, list[str]] = {}
    templates: dict[int, list[Template]] = {}
    for kind, name in connection.execute("SELECT ntid, name FROM fields ORDER BY ntid, ord"):
        fields.setdefault(int(kind), []).append(str(name))
    for kind, config in connection.execute("SELECT ntid, config FROM templates ORDER BY ntid, ord"):
        texts = text_fields(config)
        templates.setdefault(int(kind), []).append(Template(texts.get(1, ""), texts.get(2, "")))
    return {
        int(kind): NoteType(
            str(name), tuple(fields[int(kind)]), tuple(templates[int(kind)]), text_fields(config).get(1) == "1"
        )
        for kind, name, config in connection.execute("SELECT id, name, config FROM notetypes")
    }


def _decks(connection: sqlite3.Connection) -> dict[int, str]:
    rows = connection.execute("SELECT id, name FROM decks")
    return {int(number): str(name).replace("\x1f", "::") for number, name in rows}
