"""Passages: what a question says it rests on is looked for in the files, and shown only if it stands there."""

import json
from typing import Any

import pytest

from bot.conversations.location import Location
from bot.errors import UserFacingError
from bot.quizzes.arguments.parsing import parse_quiz
from bot.quizzes.arguments.quiz import Citation, QuizQuestion
from bot.quizzes.checks.passages import FilePassage, PassageFinder
from bot.quizzes.checks.second_solve import Place
from bot.sentences import Sentence
from tests.bot.library.dropped_files import reacted
from tests.bot.quizzes.playing import cog, question, quiz_turn, record
from tests.house import open_house

PLACE = Place(Location(1, 2, 3), 7)
TEXT = "Han Yu-ri founded the school in 1972.\nIt stands beside the river, on the  old market  square."
CITATION = Citation(file="school.pdf", page=3, url="https://discord.com/channels/1/2/3")


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "question_text": "When was the school founded?",
        "choices": ["1962", "1972", "1982", "1992"],
        "answer": 1,
        "passage": "founded the school in 1972",
        "source": "school.pdf",
        **changes,
    }


async def cited(found: Any = TEXT, **changes: Any) -> QuizQuestion:
    quiz = parse_quiz(json.dumps({"title": "School", "questions": [asked(**changes)]}))
    not_checked = quiz.questions[0].model_copy(update={"checked": "not"})

    async def find(_place: Place, _query: str) -> list[FilePassage]:
        if isinstance(found, Exception):
            raise found
        return [FilePassage("Of other things.", Citation(file="b.txt")), FilePassage(found, CITATION)]

    quiz = quiz.model_copy(update={"questions": (not_checked,)})
    return (await PassageFinder(find).cited(quiz, PLACE)).questions[0]


@pytest.mark.parametrize(
    "passage",
    [
        "founded the school in 1972",
        "**Han Yu-ri**  founded the school in 1972",
        "HAN YU-RI founded … the school in 1972",
        "It stands beside the river, on the old market square",
    ],
)
async def test_a_passage_that_stands_in_a_file_is_kept_with_its_place(passage: str) -> None:
    one = await cited(passage=passage)
    assert (one.citation, one.passage) == (CITATION, passage)


@pytest.mark.parametrize(
    "passage",
    ["founded the school in 1982", "in 1972", "the river … founded the school", "…", "Of"],
)
async def test_a_passage_that_stands_in_none_is_dropped(passage: str) -> None:
    one = await cited(passage=passage)
    assert (one.citation, one.passage, one.checked) == (None, None, "not")


async def test_the_passage_decides_where_the_right_choice_alone_stands_in_it() -> None:
    assert (await cited()).checked == "passage"
    assert (await cited(answer=0)).checked == "not"
    assert (await cited(choices=["1972", "1972 or so", "1982"], answer=0)).checked == "passage"
    assert (await cited(choices=["the school", "1972", "1982"], answer=1)).checked == "not"
    assert (await cited(passage="beside the river, on the old market square")).checked == "not"


async def test_where_the_server_is_away_nothing_is_shown() -> None:
    one = await cited(found=UserFacingError(Sentence("away")))
    assert (one.citation, one.passage) == (None, None)


def test_the_model_cannot_cite_by_itself() -> None:
    quiz = {"title": "School", "questions": [asked(citation={"file": "x", "page": 1}, checked="passage")]}
    one = parse_quiz(json.dumps(quiz)).questions[0]
    assert (one.citation, one.checked) == (None, None)


async def test_a_quiz_from_the_library_says_where_its_answer_stands(tmp_path: Any) -> None:
    async with open_house(tmp_path, quiz_check="maths") as house:
        quiz = {
            "title": "School",
            "questions": [asked(), asked(question_text="Where?", passage="beside the lake side")],
        }
        house.openai.turns.append(quiz_turn(quiz))
        alex = await house.discord.student("alex")
        await reacted(alex, await alex.drops("library", ("school.txt", TEXT.encode())), "✅")
        await alex.runs("/quiz", where="math", topic="school", source="files")
        post = await question(alex, "When was the school founded?")
        first, second = (await record(house, post)).session.quiz.questions
        assert first.citation is not None
        assert (first.citation.file, first.checked) == ("school.txt", "passage")
        assert (first.citation.url or "").startswith("https://discord.com/channels/")
        assert second.citation is None
        assert "-# from the file" in post.text
        assert cog(house).pending_checks._tasks == {}


async def test_a_quiz_from_a_file_that_came_with_the_question_says_it_too(tmp_path: Any) -> None:
    async with open_house(tmp_path, quiz_check="maths") as house:
        house.openai.turns.append(quiz_turn({"title": "School", "questions": [asked()]}))
        alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
        text = f"{house.mention} quiz me on this file, please"
        await alex.drops("math", ("school.txt", TEXT.encode()), text=text)
        post = await question(alex, "When was the school founded?")
        (one,) = (await record(house, post)).session.quiz.questions
        assert one.citation is not None
        assert (one.citation.file, one.checked) == ("school.txt", "passage")
        assert (one.citation.url or "").startswith("https://discord.com/channels/")
        house.openai.turns.append(quiz_turn({"title": "School", "questions": [asked()]}))
        await house.ask(sora, "quiz me on the school")
        other = await sora.sees(contains="When was the school founded?", matching=lambda each: each.id > post.id)
        assert (await record(house, other)).session.quiz.questions[0].citation is None, "of another conversation"
