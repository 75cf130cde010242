"""Sets and what students keep of them, in the store of both databases."""

from dataclasses import replace

import pytest

from bot.errors import UserFacingError
from bot.learning.card import Citation, FlashContent
from bot.learning.card_store import CardStore
from bot.learning.cards import kept_cards
from bot.learning.cards.card_set import CardSet, MadeCard, copy_of
from bot.learning.cards.card_set_store import CardPictures, CardSetStore, StoredCardRequest
from bot.learning.cards.kept_cards import KeptCards
from bot.learning.progress.progress_store import ProgressStore
from bot.store.store import Store

OWNER = 7
CITED = Citation(file="notes.pdf", place="p. 3", link="https://discord.com/channels/1/2/3")
SET = CardSet(
    id="abc",
    call_id="call_1",
    guild_id=1,
    channel_id=2,
    host_id=OWNER,
    locale="en",
    title="Fractions",
    cards=(
        MadeCard(front="a", back="1", citation=CITED),
        MadeCard(front="b", back="2", source="the book"),
        MadeCard(front="c", back="3", left_out=True),
    ),
)
WHOLE = replace(SET, cards=SET.with_card(2, SET.cards[2].model_copy(update={"left_out": False})))
REQUEST = StoredCardRequest(5, 6, OWNER, "Alex", "ko", "분수", topic_typed=True, prompt="p", instructions="i")


async def fronts(cards: CardStore, deck_id: str, owner_id: int = OWNER) -> list[str]:
    contents = [card.content for card in await cards.cards_in(deck_id, owner_id)]
    return sorted(each.front for each in contents if isinstance(each, FlashContent))


async def test_a_deck_follows_its_set_and_keeps_what_was_learnt(store: Store) -> None:
    cards = CardStore(store)
    kept = KeptCards(cards, lambda: 1_000.0)
    deck, count, again = await kept.keep(SET, OWNER)
    assert (deck.name, deck.kind, count, again) == ("Fractions", "made", 2, False)
    first, second = await cards.cards_in(deck.id, OWNER)
    assert {first.citation, second.citation} == {CITED, Citation(file="the book")}
    assert (first.topic, first.guild_id, first.channel_id, first.schedule.due) == ("Fractions", 1, 2, 1_000.0)
    changed = replace(SET, cards=(SET.cards[0].model_copy(update={"front": "A"}), *SET.cards[1:]))
    changed = replace(changed, cards=changed.with_card(1, SET.cards[1].model_copy(update={"left_out": True})))
    changed = replace(changed, cards=changed.with_card(2, SET.cards[2].model_copy(update={"left_out": False})))
    deck, count, again = await kept.keep(changed, OWNER)
    assert (count, again) == (2, True)
    assert await fronts(cards, deck.id) == ["A", "c"]
    assert {card.id for card in await cards.cards_in(deck.id, OWNER)} & {first.id, second.id}, "the card stays itself"
    readers = copy_of(changed, OWNER + 1, "ko", None)
    other, count, _ = await kept.keep(readers, OWNER + 1)
    assert (count, other.id != deck.id) == (2, True), "as many as the button says"
    assert await fronts(cards, other.id, OWNER + 1) == ["A", "c"]
    nothing = replace(SET, cards=tuple(card.model_copy(update={"left_out": True}) for card in SET.cards))
    with pytest.raises(UserFacingError, match="Every card is left out"):
        await kept.keep(nothing, OWNER)
    assert await fronts(cards, deck.id) == ["A", "c"]


async def test_a_student_has_room_for_so_many_cards(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_cards, "MOST_CARDS", 2)
    kept = KeptCards(CardStore(store), lambda: 1_000.0)
    with pytest.raises(UserFacingError, match="You have 0 cards already, and I keep 2 at most"):
        await kept.keep(WHOLE, OWNER)
    await kept.keep(SET, OWNER)
    await kept.keep(SET, OWNER)
    with pytest.raises(UserFacingError, match="You have 2 cards already"):
        await kept.keep(WHOLE, OWNER)


def test_a_readers_copy_follows_the_set_but_for_what_the_reader_has_changed() -> None:
    mine = copy_of(replace(SET, conversation_id=2, news="x", message_id=3), OWNER + 1, "ko", None)
    assert (mine.host_id, mine.locale, mine.is_copy, mine.original_id) == (OWNER + 1, "ko", True, "abc")
    assert (mine.id != SET.id, mine.message_id, mine.conversation_id, mine.news) == (True, None, None, None)
    assert mine.cards == SET.cards
    own = mine.cards[0].model_copy(update={"back": "one", "own": True})
    mine = replace(mine, cards=mine.with_card(0, own))
    changed = replace(SET, cards=tuple(card.model_copy(update={"front": card.front.upper()}) for card in WHOLE.cards))
    again = copy_of(changed, OWNER + 1, "en", mine)
    assert again == replace(mine, cards=(own, *changed.cards[1:]))
    assert (SET.is_copy, SET.original_id) == (False, "abc")


async def test_what_was_kept_is_told_once_and_what_is_newer_stays(store: Store) -> None:
    sets = CardSetStore(store)
    await sets.add(replace(SET, conversation_id=5))
    assert await sets.with_news(5) == []
    await sets.set_news("abc", "old")
    await sets.set_news("abc", "new")
    await sets.news_told("abc", "old")
    assert [each.news for each in await sets.with_news(5)] == ["new"]
    assert await sets.with_news(6) == []
    await sets.news_told("abc", "new")
    assert await sets.with_news(5) == []


async def test_sets_and_requests_come_back_as_they_were_stored(store: Store) -> None:
    sets = CardSetStore(store)
    assert await sets.add(SET) == SET
    assert await sets.add(replace(SET, id="other")) == SET, "a call has one set"
    assert await sets.of_call("call_1") == SET
    assert await sets.get("other") is None
    await sets.set_message("abc", 99)
    await sets.set_cards(replace(SET, cards=SET.cards[:1]))
    assert await sets.get("abc") == replace(SET, cards=SET.cards[:1], message_id=99)
    assert await sets.topics(OWNER) == ["Fractions"]
    await sets.add_request(replace(REQUEST, interaction_id=4))
    await sets.add_request(REQUEST)
    assert await sets.request_by(4) is None
    assert await sets.request_by(6) == REQUEST
    assert await sets.request_of(5, "run_1") == REQUEST
    await sets.set_request_run(5, "run_1")
    assert await sets.request_of(5, "run_1") == replace(REQUEST, run_id="run_1")
    assert await sets.request_of(5, "run_2") is None


async def test_deletion_takes_sets_requests_and_pictures_along(store: Store) -> None:
    sets, pictures = CardSetStore(store), CardPictures(store)
    await sets.add(SET)
    await sets.add_request(REQUEST)
    await pictures.add(OWNER, {"0" * 32: b"x"})
    await pictures.add(OWNER + 1, {"0" * 32: b"x"})
    await ProgressStore(store).delete_all_of(OWNER)
    assert await sets.get("abc") is None
    assert await sets.request_by(6) is None
    assert await pictures.of(OWNER, ["0" * 32]) == {}
    assert await pictures.of(OWNER + 1, ["0" * 32]) == {"0" * 32: b"x"}
