"""Cards by the offline model: of topics, of problems and their solutions, of passages, and what it says of others."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from assistants.models.model_protocol import FunctionTool
from assistants.models.offline import card_making
from assistants.models.offline.card_making import make, plan
from assistants.models.offline.explanations.explanation_lookup import IDEAS
from assistants.models.offline.offline_model import OfflineModel
from assistants.models.offline.passages import MarkedPassage
from bot.learning.cards.card_arguments import FUNCTION, parse_cards
from bot.learning.cards.card_request import CardRequest
from bot.learning.cards.sentences import PROMPT, PROMPT_ANSWER
from bot.sentences import Locale
from tests.assistants.models.offline.test_offline_model import call, text, user
from tests.assistants.models.offline.test_quizzes import FENCED, FILES, called
from workers import Pool

CARDS = FunctionTool("make_cards", parameters=FUNCTION["parameters"])
ASYNC = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[OfflineModel]:
    async with Pool(size=1) as pool:
        yield OfflineModel(pool, pace=0, new_id=lambda: "call_1")


def fronts(arguments: dict[str, Any]) -> list[str]:
    written = parse_cards(json.dumps(arguments, ensure_ascii=False))
    assert not written.problems
    assert not written.doubles
    return [card.front for card in written.cards]


@ASYNC
@pytest.mark.parametrize(
    ("topic", "locale", "title", "first"),
    [
        ("fractions", "en", "Fractions", "What is a fraction?"),
        ("분수", "ko", "분수", "분수란 무엇인가요?"),
        ("Pythagorean theorem", "en", "Geometry", "What is there to know about Pythagorean theorem?"),
    ],
)
async def test_what_the_command_asks_for_becomes_cards(
    model: OfflineModel, topic: str, locale: Locale, title: str, first: str
) -> None:
    wanted = CardRequest(topic, count=5)
    options: dict[str, Any] = {"tools": [CARDS], "instructions": wanted.instructions, "tool_choice": "make_cards"}
    name, arguments = await call(model, user(f"Minji: {PROMPT(locale, topic=topic)}"), **options)
    assert name == "make_cards"
    assert arguments["title"] == title
    assert fronts(arguments)[0] == first
    assert len(arguments["cards"]) == 5


@ASYNC
async def test_cards_on_an_answer_hold_the_solution_and_problems_like_it(model: OfflineModel) -> None:
    asked = PROMPT_ANSWER("en", question="solve x^2 - 5x + 6 = 0", answer="x = 2 or x = 3")
    options = {"tools": [CARDS], "instructions": CardRequest.on_answer("q", "a").instructions}
    _, arguments = await call(model, user(f"Minji: {asked}"), **options)
    shown = fronts(arguments)
    assert shown[0] == "Solve the equation\n\\[ x^{2} - 5 x + 6 = 0 \\]"
    assert arguments["cards"][0]["back"].endswith(r"**Answer:** \(x = 2\) or \(x = 3\)")
    assert len(shown) > 2


@ASYNC
async def test_files_are_searched_first_and_cited(model: OfflineModel) -> None:
    wanted = CardRequest("the river Han", count=4, has_files=True)
    options: dict[str, Any] = {"tools": [CARDS, FILES], "instructions": wanted.instructions, "tool_choice": "required"}
    asked = user(f"Minji: {PROMPT('en', topic='the river Han')}")
    assert (await call(model, asked, **options))[0] == "file_search"
    _, arguments = await call(model, asked, *called("file_search", {"queries": ["x"]}, FENCED), **options)
    assert {card.get("source") for card in arguments["cards"]} <= {"【9:0†source】", "【9:1†source】"}
    assert any("494" in card["back"] for card in arguments["cards"])
    only = CardRequest("volcanoes", source="files").instructions
    asked = user(f"Minji: {PROMPT('en', topic='volcanoes')}")
    searched = called("file_search", {"queries": ["x"]}, "Nothing was found.")
    assert "volcanoes" in await text(model, asked, *searched, tools=[CARDS, FILES], instructions=only)


@ASYNC
async def test_it_says_what_it_cannot_make_cards_on_and_what_was_shown(model: OfflineModel) -> None:
    said = await text(model, user("Minji: make flash cards on the French revolution"), tools=[CARDS])
    assert said.startswith("I cannot make cards on “the French revolution”")
    asked = user("make 4 flash cards on derivatives")
    name, arguments = await call(model, asked, tools=[CARDS])
    assert (name, len(arguments["cards"])) == ("make_cards", 4)
    after = called("make_cards", arguments, {"status": "shown", "count": 4})
    assert (await text(model, asked, *after, tools=[CARDS])).startswith("Turn them over one by one")


def test_terms_that_passages_define_come_first_and_pronouns_define_nothing() -> None:
    passages = [
        MarkedPassage(
            "Photosynthesis is the process by which plants make sugar from light. It is a slow process in the dark. "
            "Chlorophyll is a green pigment that absorbs light.",
            "【1:0†source】",
        ),
        MarkedPassage(
            "광합성은 식물이 빛으로 양분을 만드는 과정입니다. 이것은 매우 중요한 과정이다.", "【1:1†source】"
        ),
    ]
    wanted = plan("flash cards about photosynthesis 광합성", "", "", "en", "c")
    made = make(wanted, passages)
    assert [(card.front, card.source) for card in made[:3]] == [
        ("What is photosynthesis?", "【1:0†source】"),
        ("What is chlorophyll?", "【1:0†source】"),
        ("광합성이란 무엇인가요?", "【1:1†source】"),
    ]
    assert all("____" in card.front for card in made[3:])


def test_no_front_holds_its_answer_and_most_ideas_have_one() -> None:
    for language in ("en", "ko"):
        cards = [card for idea in IDEAS if (card := card_making._idea_card(idea, language)) is not None]
        assert len(cards) >= 50
        for card in cards:
            assert len(card.front) <= 120, card.front
            assert card.front.endswith("?")
            assert "=" not in card.front or "\\(" in card.front
    continuity = next(idea for idea in IDEAS if idea.words.startswith("continu"))
    assert card_making._idea_card(continuity, "en") is None


@pytest.mark.parametrize(
    ("asked", "about", "count"),
    [
        ("make me 4 flashcards on the quadratic formula, please", "the quadratic formula, please", 4),
        ("미분 암기 카드 3장 만들어 줘", "미분", 3),
        ("Please make flash cards on the topic: a: b", "a: b", 6),
        ("create 90 cards about sets", "sets", 30),
        (
            "이 질문과 답으로 암기 카드를 만들어 주세요:\n\n어디서 틀렸나요?\n2(x+3) = 10\nx = 2\n\n답:\nx = 2",
            "2(x+3) = 10",
            6,
        ),
    ],
)
def test_what_is_wanted_is_read_from_the_students_words(asked: str, about: str, count: int) -> None:
    wanted = plan(asked, "", "", "en", "c")
    assert (wanted.about, wanted.count) == (about, count)
    assert card_making.wants_cards(asked, "")
    assert not card_making.wants_cards("which cards are in a deck of 52?", "")


def test_cards_on_what_was_said_last() -> None:
    wanted = plan("make flash cards of that", "The derivative of x^2 is 2x.", "", "en", "c")
    assert wanted.topic is not None
    assert wanted.answer == "The derivative of x^2 is 2x."
