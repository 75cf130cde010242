"""The store of decks and cards."""

from dataclasses import replace

import pytest

from bot.learning.card import (
    Card,
    ChoiceContent,
    Citation,
    Content,
    Deck,
    ExerciseContent,
    FlashContent,
    Schedule,
    mistakes_deck_id,
    new_card,
)
from bot.learning.card_store import CardStore
from bot.store.store import Store

MINJI, JUN = 2**62 + 1, 7
NOW = 1_800_000_000.25
DECK = Deck("deck", MINJI, 3, "made", "Calculus", NOW)
FLASH = FlashContent(front="$\\int x\\,dx$", back="½x² + C, 적분")


def a_card(content: Content = FLASH, **changes: object) -> Card:
    made = new_card(content, deck=DECK, channel_id=5, at=NOW, topic="integrals", origin="anki:1")
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "content",
    [
        FLASH,
        ChoiceContent(question="1+1?", choices=("1", "2"), answer=1, explanation="Count.", slips={0: "a slip"}),
        ExerciseContent(problem="$2x=4$", answer="x=2", solution="Divide by 2.", hints=("Divide",)),
    ],
)
async def test_a_card_comes_back_as_it_was_kept(store: Store, content: Content) -> None:
    cards = CardStore(store)
    await cards.add_deck(DECK)
    schedule = Schedule(NOW + 0.125, 2, None, 3.123456789012345, 5.5, NOW)
    card = a_card(content, citation=Citation(file="적분.pdf", place="page 3"), schedule=schedule, reviews=4)
    await cards.add_cards([card])
    assert await cards.card(card.id, MINJI) == card
    assert await cards.card(card.id, JUN) is None  # it is nobody else's
    assert await cards.card_of(MINJI, "anki:1") == card
    assert await cards.cards_in("deck", MINJI) == [card]
    assert await cards.cards_in("deck", JUN) == []


async def test_one_origin_makes_one_card_whose_content_can_be_put_anew(store: Store) -> None:
    cards = CardStore(store)
    await cards.add_deck(DECK)
    first = a_card(schedule=Schedule(NOW + 5, 2, None, 2.0, 5.0, NOW))
    again = a_card(FlashContent(front="f", back="b"))
    await cards.add_cards([first, again])
    assert await cards.cards_in("deck", MINJI) == [first]
    await cards.put_cards([again])
    assert await cards.cards_in("deck", MINJI) == [replace(first, content=again.content)]
    assert await cards.origins_of(MINJI, ["anki:1", "anki:2"]) == {"anki:1"}
    assert await cards.origins_of(JUN, ["anki:1"]) == frozenset()


async def test_decks_count_their_cards_and_what_is_due(store: Store) -> None:
    cards = CardStore(store)
    await cards.add_deck(DECK)
    mistakes = await cards.mistakes_deck(MINJI, NOW + 1)
    assert await cards.mistakes_deck(MINJI, NOW + 2) == replace(mistakes, created_at=NOW + 2)
    later = a_card(origin="2", id="2", schedule=Schedule(NOW + 100))
    hidden = a_card(origin="3", id="3", hidden=True)
    await cards.add_cards([a_card(), later, hidden])
    found = await cards.decks_of(MINJI, NOW)
    assert [(deck.id, deck.cards, deck.due) for deck in found] == [("deck", 2, 1), (mistakes_deck_id(MINJI), 0, 0)]
    assert found[1].created_at == NOW + 1
    assert await cards.deck("deck", JUN) is None
    await cards.set_hidden("3", hidden=False)
    await cards.set_origin_hidden(MINJI, "2", hidden=True)
    assert [(deck.cards, deck.due) for deck in await cards.decks_of(MINJI, NOW)] == [(2, 2), (0, 0)]
    await cards.rename_deck("deck", "새 이름")
    await cards.delete_card("3")
    assert await cards.deck("deck", MINJI) == replace(DECK, name="새 이름")
    assert [card.id for card in await cards.cards_in("deck", MINJI)] != []
    await cards.delete_deck("deck")
    assert await cards.cards_in("deck", MINJI) == []
    assert await cards.decks_of(JUN, NOW) == []
