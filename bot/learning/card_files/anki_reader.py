"""Reads an Anki package: the job of a worker process, which may be killed. Everything that it returns is bounded."""

import itertools
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import unquote

from bot.escaping import one_line, visible
from bot.learning.card_files.anki_archive import AnkiArchive
from bot.learning.card_files.anki_collection import AnkiCard, cards_of
from bot.learning.card_files.anki_templates import is_occlusion, sides
from bot.learning.card_files.file_card import (
    LONGEST_NAME,
    LONGEST_SIDE,
    MOST_CARDS,
    CardFile,
    CardFileError,
    FileCard,
    picture_id,
    pictures_in,
    without_doubles,
)
from bot.learning.card_files.html_markdown import markdown_of
from bot.tutor.picture_types import picture_type

LARGEST_PICTURE: Final = 2 << 20
LARGEST_PICTURES: Final = 20 << 20
"""Bytes of a picture, and of all pictures of a package."""
NOTE_TYPE: Final = "Saem"
"""The name of the kind of notes that Saem itself writes."""
FIELDS: Final = ("Front", "Back", "Source")
_OTHER_TAGS: Final = frozenset(["leech", "marked", "saem"])
"""Tags that Anki sets, and ours on every card."""


def read_package(data: bytes) -> dict[str, Any]:
    """The cards of a package (`CardFile.packed`), or the reason why it cannot be read: `{"reason": …, "count": …}`."""
    try:
        return _Reading(AnkiArchive(data)).card_file().packed()
    except CardFileError as error:
        return {"reason": error.reason, "count": error.count}


class _Reading:
    """The reading of one package."""

    def __init__(self, archive: AnkiArchive) -> None:
        self._archive = archive
        self._places = archive.media_names()
        self._pictures: dict[str, bytes] = {}
        self._ids: dict[str, str | None] = {}
        self._left_out: dict[str, int] = dict.fromkeys(["sounds", "pictures", "occlusions", "empty", "cut"], 0)

    def card_file(self) -> CardFile:
        """Everything in it."""
        found = list(cards_of(self._archive.collection(), MOST_CARDS))
        deck = _common_deck([card.deck for card in found])
        read = [self._card(card, deck) for card in found]
        cards, doubles = without_doubles(card for card in read if card is not None)
        if not cards:
            raise CardFileError("no_cards")
        used = set(pictures_in(*(side for card in cards for side in (card.front, card.back))))
        pictures = {name: data for name, data in self._pictures.items() if name in used}
        left_out = {reason: count for reason, count in {**self._left_out, "doubles": doubles}.items() if count}
        return CardFile(_name(deck.replace("::", " – ")), tuple(cards), pictures, left_out=left_out)

    def _card(self, card: AnkiCard, deck: str) -> FileCard | None:
        """The card in Markdown; None if it is left out."""
        if is_occlusion(card.values):
            self._left_out["occlusions"] += 1
            return None
        source = ""
        if card.note_type.name == NOTE_TYPE and set(FIELDS) <= card.values.keys():
            front, back, source = (self._markdown(card.values[field]) for field in FIELDS)
        else:
            more = {"Deck": card.deck, "Subdeck": card.deck.rpartition("::")[2], "Tags": " ".join(card.tags)}
            front, back = (self._markdown(side) for side in sides(card.note_type, card.place, card.values, more))
        if not front or not back:
            self._left_out["empty"] += 1
            return None
        key = card.guid if not card.place else f"{card.guid}:{card.place}"
        return FileCard(key[:200], front, back, one_line(source)[:LONGEST_NAME], _topic(card, deck))

    def _markdown(self, html: str) -> str:
        text, sounds, missing = markdown_of(html, self._picture)
        self._left_out["sounds"] += sounds
        self._left_out["pictures"] += missing
        if len(text) > LONGEST_SIDE:
            self._left_out["cut"] += 1
            text = text[: LONGEST_SIDE - 1] + "…"
        return text

    def _picture(self, name: str) -> str | None:
        """The id of a picture by its file name; None if it is not there, none, or too large."""
        if name not in self._ids:
            self._ids[name] = self._kept_picture(name)
        return self._ids[name]

    def _kept_picture(self, name: str) -> str | None:
        place = self._places.get(name) or self._places.get(unquote(name))
        data = self._archive.media(place, LARGEST_PICTURE) if place is not None else None
        if data is None or picture_type(data) is None:
            return None
        found = picture_id(data)
        if found not in self._pictures and sum(map(len, self._pictures.values())) + len(data) > LARGEST_PICTURES:
            return None
        self._pictures[found] = data
        return found


def _common_deck(names: Iterable[str]) -> str:
    """The deck that all decks are in, by its whole name: `Maths` of `Maths::Algebra` and `Maths::Sets`."""
    parts = [name.split("::") for name in set(names)]
    shared = itertools.takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))
    return "::".join(level[0] for level in shared)


def _topic(card: AnkiCard, deck: str) -> str:
    """What a card is about: its first tag, or else the deck in the package's deck that it is in."""
    tag = next((tag for tag in card.tags if tag.lower() not in _OTHER_TAGS), "")
    below = card.deck[len(deck) :].strip(":").replace("::", " – ")
    return _name(tag.rpartition("::")[2].replace("_", " ") or below)


def _name(text: str) -> str:
    return one_line(visible(text))[:LONGEST_NAME].strip()
