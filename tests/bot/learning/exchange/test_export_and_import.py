"""Decks as files and files as decks, in real Discord: dropped in a direct message, made, exported, made again."""

from pathlib import Path
from typing import Any

import pytest

from bot.learning.card import Deck, FlashContent, new_card
from bot.learning.card_files.anki_reader import read_package
from bot.learning.card_store import CardStore
from bot.learning.exchange import card_export, card_import
from playground.faults import Fault
from playground.pilot import SeenMessage, Student
from playground.server import Playground
from tests.bot.learning.card_files.packages import PNG, collection, package
from tests.house import House, bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn

NOTES = [("What is <b>½</b> of 4? <img src='a.png'>", "2"), ("\\(x^2\\)", "a square[sound:x.mp3]"), ("", "empty")]
APKG = package(collection(NOTES), {"a.png": PNG})


async def offer(student: Student, place: Any, contains: str) -> SeenMessage:
    return await student.sees(
        place,
        contains=contains,
        matching=lambda post: any("saem:import" in (each.custom_id or "") for each in post.controls),
    )


async def decks(store: Any, student: Student) -> dict[str, list[tuple[str, str]]]:
    cards = CardStore(store)
    found = {}
    for deck in await cards.decks_of(student.id, 0):
        contents = [card.content for card in await cards.cards_in(deck.id, student.id)]
        found[deck.name] = [(each.front, each.back) for each in contents if isinstance(each, FlashContent)]
    return found


async def test_a_package_dropped_in_a_direct_message_becomes_a_deck_over_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        alex = await discord.student("alex")
        settings = settings_for(discord, openai, tmp_path)
        async with bot_in(discord, settings):
            place = await alex.dm(discord.bot.id)
            await alex.drops(place, ("fractions *1*.apkg", APKG), text="what is this?")
            post = await offer(alex, place, "holds 2 cards (**Maths**)")
            assert r"**fractions\_1.apkg**" in post.text
            assert "Left out: sounds: 1, cards with an empty side: 1." in post.text
            assert "please write it without the file" in post.text
        async with bot_in(discord, settings) as bot:
            assert await decks(bot.store, alex) == {}
            await alex.clicks(post, "Make a deck")
            await alex.sees(place, contains="**Maths** is there: 2 new, 0 updated.")
            made = await decks(bot.store, alex)
            assert [back for _, back in made["Maths"]] == ["2", "a square"]

            exported = await alex.runs("export", where=place, deck="Maths")
            file = await exported.says("2 cards for Anki")
            (link,) = [each["url"] for each in file.attachments]
            again = await alex.drops(place, ("again.apkg", await alex.client.fetch(link)))
            post = await offer(alex, place, "**again.apkg** holds 2 cards")
            await alex.clicks(post, "Make a deck")
            await alex.sees(place, contains="**Maths** is there: 0 new, 2 updated.")
            assert await decks(bot.store, alex) == made
            assert again.id

            await alex.drops(place, ("broken.apkg", b"PK not a package"))
            await alex.sees(place, contains="**broken.apkg** is no Anki package")
            monkeypatch.setattr(card_import, "LARGEST", 0)
            await alex.drops(place, ("big.apkg", APKG))
            await alex.sees(place, contains="**big.apkg** is larger than 0 MB.")
        assert not [body for body in openai.requests if body], "nothing of it was a question"


async def test_a_table_is_offered_and_may_be_the_questions_too(house: House) -> None:
    alex = await house.discord.student("alex")
    place = await alex.dm(house.discord.bot.id)
    await alex.drops(place, ("words.csv", "front,back\n=1+1,2\n사과,apple\n".encode()))
    post = await offer(alex, place, "**words.csv** holds 2 cards (**words**)")
    await alex.clicks(post, "Make a deck")
    await alex.sees(place, contains="**words** is there: 2 new")
    assert await decks(house.bot.store, alex) == {"words": [("=1+1", "2"), ("사과", "apple")]}

    exported = await alex.runs("export", where=place, format="csv")
    file = await exported.says("2 cards as CSV")
    data = await alex.client.fetch(file.attachments[0]["url"])
    assert b"'=1+1" in data
    assert data.startswith(b"\xef\xbb\xbf")

    house.openai.turns.append(Turn("A table of two rows."))
    await alex.drops(place, ("data.csv", b"1,2\n3,4\n"), text="what is in this table?")
    await alex.sees(place, contains="A table of two rows.")
    assert len([each for each in alex.messages(place) if "looks like" in each.text]) == 0
    house.openai.turns.append(Turn("Another table."))
    await alex.drops(place, ("more.csv", b"1,2\n3,4\n"))
    post = await offer(alex, place, "**more.csv** holds 2 cards")
    await alex.clicks(post, "Answer from the file")
    await alex.sees(place, contains="Another table.")


async def test_answer_from_the_file_over_a_restart_asks_once_also_where_the_offer_stays(tmp_path: Path) -> None:
    """The bot ends between the question and the offer's last edit: the question is asked, and asked once."""
    async with Playground() as discord, ScriptedOpenAI() as openai:
        alex = await discord.student("alex")
        settings = settings_for(discord, openai, tmp_path)
        async with bot_in(discord, settings):
            place = await alex.dm(discord.bot.id)
            await alex.drops(place, ("more.csv", b"1,2\n3,4\n"))
            post = await offer(alex, place, "**more.csv** holds 2 cards")
        openai.turns.append(Turn("A table of two rows."))
        async with bot_in(discord, settings):
            discord.faults.add(Fault("status", "PATCH /webhooks/*", status=404))
            await alex.clicks(post, "Answer from the file")
            await alex.sees(place, contains="A table of two rows.")
            assert "holds 2 cards" in alex.now(post).text
        async with bot_in(discord, settings):
            await alex.clicks(post, "Answer from the file")
            await alex.sees(place, contains="I read the file as a part", matching=lambda each: each.id == post.id)
        assert len([body for body in openai.requests if body]) == 1


async def test_nothing_to_export_and_what_is_not_there_or_too_large_get_a_sentence(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    alex = await house.discord.student("alex")
    outcome = await alex.runs("export", where="math")
    said = await outcome.says("There are no cards to export yet.")
    assert said.ephemeral
    await CardStore(house.bot.store).add_deck(Deck("d1", alex.id, 0, "made", "Empty", 0.0))
    outcome = await alex.runs("export", where="math", deck="Emptyy")
    assert (await outcome.says()).ephemeral
    outcome = await alex.runs("export", where="math", deck="empty")
    await outcome.says("There are no cards to export yet.")
    deck = Deck("d1", alex.id, 0, "made", "Empty", 0.0)
    content = FlashContent(front="a", back="b")
    await CardStore(house.bot.store).add_cards([new_card(content, deck=deck, channel_id=0, at=0.0)])
    monkeypatch.setattr(card_export, "LARGEST", 10)
    outcome = await alex.runs("export", where="math", format="csv")
    await outcome.says("The file would have 1 MB, and Discord takes 0 MB here.")
    assert read_package(APKG)["name"] == "Maths"
