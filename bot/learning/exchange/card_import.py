"""Files of cards as decks: read in a worker process, told to the student, and kept if they want."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Final

import discord
import structlog

from bot.errors import UserFacingError
from bot.escaping import escaped_name, plain_name
from bot.learning.card import Card, Citation, Deck, FlashContent
from bot.learning.card_files.file_card import MOST_CARDS, CardFile, FileCard, pictures_in
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.cards.kept_cards import KeptCards, deck_id_of
from bot.learning.exchange import sentences as say
from bot.learning.exchange.card_export import KEY
from bot.replies.bounded_calls import bounded
from bot.replies.requests.discord_failures import DISCORD_ERRORS
from bot.sentences import Locale
from workers import JobFailed, Pool, WorkerError

log = structlog.get_logger(__name__)

PACKAGE_JOB: Final = "bot.learning.card_files.anki_reader:read_package"
CSV_JOB: Final = "bot.learning.card_files.csv_cards:read_csv"
SECONDS: Final = 60.0
MEMORY: Final = 768 << 20
LARGEST: Final = 50
"""Megabytes of a file."""
LARGEST_PICTURES: Final = 60 << 20
"""Bytes of all pictures of a student."""
DOWNLOAD: Final = 60.0
PACKAGES: Final = (".apkg", ".colpkg")
TABLES: Final = (".csv", ".tsv")
_TURN: Final = 100
"""Cards after which others get their turn on the event loop."""
_AT_ONCE: Final = 2
"""Files that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file."""

    deck: Deck
    new: int
    updated: int
    unchanged: int
    left_out: dict[str, int]


class CardImport:
    """Reads files of cards and keeps what is in them."""

    def __init__(self, card_store: CardStore, pictures: CardPictures, kept_cards: KeptCards, pool: Pool) -> None:
        self._card_store = card_store
        self._pictures = pictures
        self._kept_cards = kept_cards
        self._pool = pool
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._keeping = asyncio.Lock()

    async def read(self, attachment: discord.Attachment) -> CardFile:
        """The cards in an attached file.

        Raises:
            UserFacingError: it cannot be fetched or read.
        """
        file = escaped_name(attachment.filename)
        if attachment.size > LARGEST << 20:
            raise UserFacingError(say.REASONS["too_big"], file=file, limit=LARGEST)
        async with self._room:
            try:
                data = await bounded(attachment.read(), DOWNLOAD)
            except DISCORD_ERRORS as error:
                log.warning("cards.file_not_fetched", attachment=attachment.id, cause=error)
                raise UserFacingError(say.REASONS["gone"], file=file) from error
            job = PACKAGE_JOB if is_package(attachment) else CSV_JOB
            try:
                found: dict[str, Any] = await self._pool.run(job, data, timeout=SECONDS, memory=MEMORY)
            except WorkerError as error:
                log.warning("cards.file_not_read", attachment=attachment.id, cause=error)
                reason = "broken" if isinstance(error, JobFailed) else "slow"
                raise UserFacingError(say.REASONS[reason], file=file) from error
        if "reason" in found:
            raise UserFacingError(say.REASONS[found["reason"]], file=file, count=found["count"], most=MOST_CARDS)
        read = CardFile.unpacked(found)
        return replace(read, name=plain_name(read.name or PurePath(attachment.filename).stem))

    async def keep(self, read: CardFile, owner_id: int) -> Imported:
        """Make a deck of a file's cards. Cards that were imported before are updated, and keep their schedules.

        Raises:
            UserFacingError: the student has too many cards.
        """
        async with self._keeping:
            return await self._keep(read, owner_id)

    async def _keep(self, read: CardFile, owner_id: int) -> Imported:
        deck_id = deck_id_of(f"import:{read.name.casefold()}", owner_id)
        cards, own = await self._cards(read, deck_id, owner_id)
        mine = [card for card in own if isinstance(card.content, FlashContent)]
        known = await self._card_store.origins_of(owner_id, [card.origin for card in cards])
        updated = sum(card.origin in known for card in cards)
        await self._kept_cards.check_room(owner_id, len(cards) - updated)
        deck = await self._card_store.deck(deck_id, owner_id)
        if deck is None:
            deck = Deck(deck_id, owner_id, 0, "imported", read.name, self._kept_cards.now())
        if cards:
            await self._card_store.add_deck(deck)
        elif mine and (home := await self._card_store.deck(mine[0].deck_id, owner_id)) is not None:
            deck = home
        left_out = dict(read.left_out)
        await self._keep_pictures(read, owner_id, left_out)
        await self._kept_cards.put([*cards, *mine])
        log.info("cards.imported", cards=len(cards), own=len(own), updated=updated)
        return Imported(deck, len(cards) - updated, updated + len(mine), len(own) - len(mine), left_out)

    async def _keep_pictures(self, read: CardFile, owner_id: int, left_out: dict[str, int]) -> None:
        used = set(pictures_in(*(side for card in read.cards for side in (card.front, card.back))))
        pictures = {number: data for number, data in read.pictures.items() if number in used}
        if await self._pictures.size(owner_id) + sum(map(len, pictures.values())) > LARGEST_PICTURES:
            left_out["pictures"] = left_out.get("pictures", 0) + len(pictures)
            return
        await self._pictures.add(owner_id, pictures)

    async def _cards(self, read: CardFile, deck_id: str, owner_id: int) -> tuple[list[Card], list[Card]]:
        """The file's cards for a deck; apart, those that Saem has written itself, with their new sides."""
        cards: dict[str, Card] = {}
        own: list[Card] = []
        for place, each in enumerate(read.cards):
            if place % _TURN == 0:
                await asyncio.sleep(0)
            if (mine := await self._own_card(each, owner_id)) is not None:
                own.append(mine)
                continue
            origin = origin_of(each, read.name)
            if origin in cards:
                origin = f"{origin}:{_digest(each.back)}"
            card = self._kept_cards.new_card(deck_id, owner_id, origin, each.front, each.back)
            citation = Citation(file=each.source) if each.source else None
            cards[origin] = replace(card, topic=each.topic or read.name, citation=citation)
        return list(cards.values()), own

    async def _own_card(self, card: FileCard, owner_id: int) -> Card | None:
        """The student's own card that a card of a file was exported from, with the sides that it has in the file."""
        if not card.key.startswith(KEY):
            return None
        mine = await self._card_store.card(card.key.removeprefix(KEY), owner_id)
        if mine is None or not isinstance(mine.content, FlashContent):
            return mine
        return replace(mine, content=FlashContent(front=card.front, back=card.back), topic=card.topic or mine.topic)


def is_package(attachment: discord.Attachment) -> bool:
    """Whether a file calls itself an Anki package."""
    return attachment.filename.lower().endswith(PACKAGES)


def is_table(attachment: discord.Attachment) -> bool:
    """Whether a file calls itself a CSV."""
    return attachment.filename.lower().endswith(TABLES)


def origin_of(card: FileCard, deck_name: str) -> str:
    """What a card is known by: its note's id in Anki, or else its front in a deck of that name."""
    if card.key:
        return f"anki:{_digest(card.key)}"
    return f"csv:{_digest(deck_name.casefold() + chr(10) + ' '.join(card.front.split()).casefold())}"


def left_out_line(left_out: Mapping[str, int], locale: Locale) -> str:
    """What of a file was left out, in small print; empty if nothing was."""
    parts: Sequence[str] = [
        sentence(locale, count=left_out[reason]) for reason, sentence in say.LEFT_OUT.items() if left_out.get(reason)
    ]
    return f"-# {say.LEFT_OUT_LIST(locale, list=', '.join(parts))}" if parts else ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
