"""What a file of cards changes in a student's decks."""

import pytest

from bot.learning.card import ChoiceContent, Citation, Deck, ExerciseContent, FlashContent, new_card
from bot.learning.card_files.file_card import CardFile, FileCard, picture_id
from bot.learning.card_store import CardStore
from bot.learning.cards.card_set_store import CardPictures
from bot.learning.cards.kept_cards import KeptCards
from bot.learning.exchange import card_import
from bot.learning.exchange.card_export import file_card
from bot.learning.exchange.card_import import CardImport, left_out_line, origin_of
from bot.store.store import Store
from tests.bot.learning.card_files.packages import PNG
from workers import Pool

OWNER = 7
TRIANGLE = picture_id(PNG)


def importer(store: Store) -> tuple[CardImport, CardStore]:
    cards = CardStore(store)
    return CardImport(cards, CardPictures(store), KeptCards(cards, lambda: 1_000.0), Pool()), cards


async def fronts(cards: CardStore, deck: Deck) -> list[tuple[str, str]]:
    contents = [card.content for card in await cards.cards_in(deck.id, OWNER)]
    return sorted((each.front, each.back) for each in contents if isinstance(each, FlashContent))


async def test_a_second_import_updates_by_the_notes_id_or_by_the_front(store: Store) -> None:
    imports, cards = importer(store)
    first = CardFile(
        "Words", (FileCard("g1", "a", "1", "book, p. 2", "t"), FileCard("", "B  x", "2"), FileCard("", "b x", "3"))
    )
    done = await imports.keep(first, OWNER)
    assert (done.new, done.updated, done.deck.kind) == (3, 0, "imported")
    second = CardFile("words", (FileCard("g1", "A", "1"), FileCard("", "b X", "22"), FileCard("", "c", "4")))
    done = await imports.keep(second, OWNER)
    assert (done.new, done.updated) == (1, 2)
    assert await fronts(cards, done.deck) == [("A", "1"), ("b X", "22"), ("b x", "3"), ("c", "4")]
    assert [deck.name for deck in await cards.decks_of(OWNER, 0)] == ["Words"]
    kept = await cards.card_of(OWNER, origin_of(FileCard("g1", "", ""), ""))
    assert kept is not None
    assert kept.topic == "words"
    other = await imports.keep(first, OWNER + 1)
    assert other.new == 3, "another student's cards are others"


async def test_ones_own_cards_come_back_to_their_deck_and_quiz_cards_stay_as_they_are(store: Store) -> None:
    imports, cards = importer(store)
    deck = Deck("d1", OWNER, 0, "made", "Mine", 0.0)
    await cards.add_deck(deck)
    flash = new_card(FlashContent(front="f", back="b"), deck=deck, channel_id=0, at=1.0, origin="made:1")
    choice = new_card(
        ChoiceContent(question="q?", choices=("x", "y"), answer=1, explanation="why"), deck=deck, channel_id=0, at=1.0,
        citation=Citation(file="notes.pdf", place="page 3"),
    )  # fmt: skip
    exercise = new_card(ExerciseContent(problem="p", answer="a", solution="s"), deck=deck, channel_id=0, at=1.0)
    await cards.add_cards([flash, choice, exercise])
    exported = [file_card(card) for card in (flash, choice, exercise)]
    assert [(each.front, each.back, each.source) for each in exported] == [
        ("f", "b", ""), ("q?\n\nA) x\nB) y", "B) y\n\nwhy", "notes.pdf, page 3"), ("p", "a\n\ns", ""),
    ]  # fmt: skip
    changed = FileCard(exported[0].key, "f2", "b", "", "")
    done = await imports.keep(CardFile("Export", (changed, *exported[1:])), OWNER)
    assert (done.new, done.updated, done.unchanged, done.deck.name) == (0, 1, 2, "Mine")
    assert await cards.card(choice.id, OWNER) == choice
    back = await cards.card(flash.id, OWNER)
    assert back is not None
    assert (back.content, back.deck_id) == (FlashContent(front="f2", back="b"), "d1")
    stranger = await imports.keep(CardFile("Export", tuple(exported)), OWNER + 1)
    assert stranger.new == 3, "another student's export is a deck like any other"


async def test_pictures_are_kept_for_their_owner_within_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    imports, _ = importer(store)
    pictures = CardPictures(store)
    read = CardFile("P", (FileCard("g", f"![t](picture:{TRIANGLE})", "b"),), {TRIANGLE: PNG, "0" * 32: b"unused"})
    done = await imports.keep(read, OWNER)
    assert done.left_out == {}
    assert await pictures.of(OWNER, [TRIANGLE, "0" * 32]) == {TRIANGLE: PNG}
    assert await pictures.of(OWNER + 1, [TRIANGLE]) == {}
    assert await pictures.size(OWNER) == len(PNG)
    monkeypatch.setattr(card_import, "LARGEST_PICTURES", len(PNG))
    done = await imports.keep(read, OWNER)
    assert done.left_out == {"pictures": 1}
    said = "-# Left out: pictures that are missing, too large or of another kind: 1."
    assert left_out_line(done.left_out, "en") == said
