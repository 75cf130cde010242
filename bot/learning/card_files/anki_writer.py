"""Writes an Anki package: the job of a worker process.

A card's guid, the kind of notes and the deck's id are the same each time, so that a second import into Anki updates the
notes and keeps their schedule there.
"""

import hashlib
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import genanki

from bot.learning.card_files.anki_reader import FIELDS, NOTE_TYPE
from bot.learning.card_files.card_html import html_of
from bot.learning.card_files.file_card import FileCard, pictures_in
from bot.tutor.picture_types import PICTURE_TYPES, picture_type

NOTE_TYPE_ID: Final = 1_605_000_101
"""Anki tells kinds of notes by their numbers: this one never changes."""
TAG: Final = "Saem"
_FIRST_DECK_ID: Final = 1 << 40
_STYLE: Final = (
    ".card { font-family: sans-serif; font-size: 20px; text-align: center; color: black; background-color: white; }"
    " .card ul, .card ol, .card pre { display: inline-block; text-align: left; }"
    " .source { margin-top: 1em; font-size: 14px; color: gray; }"
)


def write_package(decks: list[list[Any]], pictures: Mapping[str, bytes], at: float) -> bytes:
    """The package with these decks, given as key, name and cards (`FileCard.packed`); `at`: seconds since the epoch.

    `pictures` has those that the cards refer to, by id.
    """
    names = {number: _picture_name(number, data) for number, data in pictures.items()}
    made = [_deck(key, name, map(FileCard.unpacked, cards), names) for key, name, cards in decks]
    used = {number for _, _, cards in decks for card in cards for number in pictures_in(*card)}
    with tempfile.TemporaryDirectory() as folder:
        media = []
        for number in sorted(used & pictures.keys()):
            path = Path(folder) / names[number]
            path.write_bytes(pictures[number])
            media.append(str(path))
        package = Path(folder) / "cards.apkg"
        genanki.Package(made, media_files=media).write_to_file(str(package), timestamp=at)
        return package.read_bytes()


def _deck(key: str, name: str, cards: Iterable[FileCard], names: Mapping[str, str]) -> genanki.Deck:
    deck = genanki.Deck(deck_id(key), deck_name(name))
    for card in cards:
        fields = [html_of(side, names.get) for side in (card.front, card.back, card.source)]
        tags = [TAG, topic_tag(card.topic)] if topic_tag(card.topic) else [TAG]
        deck.add_note(genanki.Note(_NOTE_TYPE, fields, guid=card.key, tags=tags))
    return deck


def deck_id(key: str) -> int:
    """The number of a deck in Anki: the same for the same deck."""
    return _FIRST_DECK_ID + int.from_bytes(hashlib.sha256(key.encode()).digest()[:4])


def deck_name(name: str) -> str:
    """A deck's name in Anki, where `::` would put it into another deck."""
    return re.sub(r":{2,}", ":", name).strip() or "Saem"


def topic_tag(topic: str) -> str:
    """A topic as a tag, which has no spaces; `::` would make levels of it."""
    return re.sub(r":{2,}", ":", "_".join(topic.split())).strip(":")


def _picture_name(number: str, data: bytes) -> str:
    return f"saem-{number}.{PICTURE_TYPES[picture_type(data) or 'image/png']}"


def _template() -> dict[str, str]:
    return {
        "name": "Card",
        "qfmt": "{{Front}}",
        "afmt": '{{FrontSide}}<hr id="answer">{{Back}}{{#Source}}<div class="source">{{Source}}</div>{{/Source}}',
    }


_NOTE_TYPE: Final = genanki.Model(
    NOTE_TYPE_ID, NOTE_TYPE, fields=[{"name": name} for name in FIELDS], templates=[_template()], css=_STYLE
)
