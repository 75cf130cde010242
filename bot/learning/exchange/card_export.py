"""A student's decks as a file: an Anki package or CSV, written in a worker process."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog

from bot.errors import UserFacingError
from bot.escaping import one_line
from bot.learning import sentences as learning
from bot.learning.card import Card, ChoiceContent, Deck, ExerciseContent
from bot.learning.card_files.file_card import FileCard, pictures_in
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.exchange import sentences as say
from bot.sentences import Locale
from workers import Pool, WorkerError

log = structlog.get_logger(__name__)

Format = Literal["anki", "csv"]
KEY: Final = "saem-"
"""How the keys of Saem's own cards begin in files."""
ANKI_JOB: Final = "bot.learning.card_files.anki_writer:write_package"
CSV_JOB: Final = "bot.learning.card_files.csv_cards:write_csv"
LARGEST: Final = 100 << 20
"""Bytes of a file, where Discord would take more."""
SECONDS: Final = 120.0
MEMORY: Final = 768 << 20
_LETTERS: Final = "ABCDEFGHIJ"


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file to be sent."""

    name: str
    data: bytes
    cards: int
    pictures_left_out: bool = False


class CardExport:
    """Writes decks. `clock` tells seconds since the epoch."""

    def __init__(self, card_store: CardStore, pictures: CardPictures, pool: Pool, clock: Callable[[], float]) -> None:
        self._card_store = card_store
        self._pictures = pictures
        self._pool = pool
        self._clock = clock

    async def file(self, owner_id: int, decks: Sequence[Deck], format_: Format, locale: Locale) -> ExportedFile:
        """The file of a student's decks.

        Raises:
            UserFacingError: there is nothing in them, or the file cannot be written.
        """
        packed: list[list[Any]] = []
        for deck in decks:
            cards = [each for each in await self._card_store.cards_in(deck.id, owner_id) if not each.hidden]
            if cards:
                packed.append([deck.id, deck_name(deck, locale), [file_card(card).packed() for card in cards]])
        count = sum(len(cards) for _, _, cards in packed)
        if not count:
            raise UserFacingError(say.NOTHING_TO_EXPORT)
        wanted = pictures_in(*(side for _, _, cards in packed for card in cards for side in card[1:3]))
        try:
            if format_ == "csv":
                data = await self._pool.run(CSV_JOB, packed, timeout=SECONDS, memory=MEMORY)
            else:
                pictures = await self._pictures.of(owner_id, wanted)
                data = await self._pool.run(
                    ANKI_JOB, packed, pictures, self._clock(), timeout=SECONDS, memory=MEMORY, output=128 << 20
                )
        except WorkerError as error:
            log.warning("cards.not_exported", cause=error, cards=count)
            raise UserFacingError(say.EXPORT_FAILED) from error
        name = deck_name(decks[0], locale) if len(decks) == 1 else "Saem"
        ending = "csv" if format_ == "csv" else "apkg"
        return ExportedFile(f"{_file_name(name)}.{ending}", data, count, bool(wanted) and format_ == "csv")


def deck_name(deck: Deck, locale: Locale) -> str:
    """A deck's name; that of missed questions has one in the student's language."""
    return deck.name or learning.MISTAKES_DECK(locale)


def file_card(card: Card) -> FileCard:
    """A card as files hold it: of a question with choices, these stand on the front."""
    match card.content:
        case ChoiceContent() as content:
            letters = [f"{letter}) {choice}" for letter, choice in zip(_LETTERS, content.choices, strict=False)]
            front = "\n".join([content.question, "", *letters])
            back = "\n\n".join(filter(None, [letters[content.answer], content.explanation]))
        case ExerciseContent() as content:
            front, back = content.problem, "\n\n".join(filter(None, [content.answer, content.solution]))
        case content:
            front, back = content.front, content.back
    source = ""
    if card.citation is not None:
        source = one_line(", ".join(filter(None, [card.citation.file, card.citation.place])))
    return FileCard(KEY + card.id, front, back, source, card.topic)


def _file_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:60] or "Saem"
