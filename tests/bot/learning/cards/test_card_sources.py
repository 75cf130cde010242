"""Where cards stand in files: cited by the model's marks, and told by the same rule as in answers."""

import re
from typing import Any

from bot.learning.card import Citation
from bot.learning.card_store import CardStore
from bot.learning.cards.searched_passages import SearchedPassage, SearchedPassages
from tests.bot.learning.cards.making import cards_turn, cog, shown_cards, updated
from tests.bot.library.closed_channels import close
from tests.bot.library.dropped_files import reacted
from tests.house import House
from tests.scripted_openai import Call, Turn, tool_outputs


def searching(source: str) -> Any:
    """A model that searches first, and cites the first passage as `source` says (`{mark}`)."""

    def reply(body: dict[str, Any]) -> Turn:
        outputs = tool_outputs(body)
        if not outputs:
            return Turn(calls=[Call("file_search", {"queries": ["halves"]})])
        if len(outputs) > 1:
            return Turn("One card.")
        mark = re.search(r"【\d+:\d+†source】", outputs[0])
        shown = source.format(mark=mark[0] if mark else "【0:0†source】")
        return cards_turn({"cards": [{"front": "One half?", "back": f"Two quarters.{shown}", "source": shown}]})

    return reply


async def test_a_card_cites_the_passage_that_it_rests_on(house: House) -> None:
    house.openai.reply = searching("{mark}")
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("halves.txt", b"One half is as much as two quarters."))
    await reacted(alex, dropped, "✅")
    await alex.runs("/cards", where="math", topic="halves")
    post = await shown_cards(alex, contains="One half?")
    assert "halves.txt" not in post.text
    request = next(body for body in house.requests if body.get("tools"))
    assert request["tool_choice"] == "required"
    await alex.clicks(post, "Show back")
    post = await updated(alex, post, "Two quarters.")
    assert "†" not in post.text
    link = re.search(r"Source: \[halves\.txt\]\((https://[^)]*)\)", post.text)
    assert link is not None
    assert link[1].endswith(f"/{dropped.channel_id}/{dropped.id}")
    await alex.clicks(post, "Keep these cards (1)")
    await alex.sees(post.channel_id, contains="I keep 1 card for you")
    cards = CardStore(house.bot.store)
    (deck,) = await cards.decks_of(alex.id, 0)
    (card,) = await cards.cards_in(deck.id, alex.id)
    text = "One half is as much as two quarters."
    assert card.citation == Citation(file="halves.txt", link=link[1], passage=text)


async def test_a_file_that_others_here_cannot_open_is_told_in_no_card(house: House) -> None:
    """The model may write what it likes: a mark that stands for nothing here is no citation, and is not shown."""
    house.openai.turns += [
        cards_turn({"cards": [{"front": "f", "back": "b", "source": "【4:0†secret.pdf】"}, {"front": "g", "back": "h",
                    "source": "[1](https://evil.example) secret.pdf"}]}),
        Turn("Two cards."),
    ]  # fmt: skip
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "cards, please")
    post = await shown_cards(alex, start)
    await alex.clicks(post, "Show back")
    post = await updated(alex, post, "· back")
    assert "Source" not in post.text
    await alex.clicks(post, "Next")
    post = await updated(alex, post, "Card 2 of 2")
    await alex.clicks(post, "Show back")
    post = await updated(alex, post, "· back")
    assert r"\[1\](https\://evil.example)" in post.text
    stored = await cog(house).store.get((post.controls[0].custom_id or "").split(":")[1])
    assert stored is not None
    assert [card.citation for card in stored.cards] == [None, None]


async def test_a_file_of_a_closed_channel_is_not_told_even_if_the_model_guesses_its_mark_or_name(house: House) -> None:
    alex = await house.discord.student("alex")
    dropped = await alex.drops("library", ("secret.txt", b"One half is as much as two quarters."))
    await reacted(alex, dropped, "✅")
    await close(house, house.discord.world.channels[dropped.channel_id], alex.id)
    house.openai.reply = searching("{mark} secret.txt")
    await alex.runs("/cards", where="math", topic="halves")
    post = await shown_cards(alex, contains="One half?")
    await alex.clicks(post, "Show back")
    post = await updated(alex, post, "Two quarters.")
    assert "](" not in post.text
    stored = await cog(house).store.get((post.controls[0].custom_id or "").split(":")[1])
    assert stored is not None
    assert stored.cards[0].citation is None


def test_which_passage_a_mark_or_a_name_stands_for() -> None:
    first, second = SearchedPassage("f1", "Notes.pdf", "a", 3), SearchedPassage("f2", "notes.pdf.txt", "b")
    passages = SearchedPassages({(0, 0): first, (0, 1): second, (1, 0): first})
    assert passages.of_mark("x 【70:1†source】") is second
    assert passages.of_mark("【71:0†notes】") is first
    assert passages.of_mark("【70:9†source】") is None
    assert passages.of_mark("no mark") is None
    assert passages.of_file("notes.pdf, page 3") is first
    assert passages.of_file("notes") is None
    assert passages.of_file("") is None
    twice = SearchedPassages({(0, 0): first, (0, 1): SearchedPassage("f3", "notes.pdf", "c")})
    assert twice.of_file("notes.pdf") is None
