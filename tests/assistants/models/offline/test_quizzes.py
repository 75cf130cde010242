"""Quizzes and files with the offline model: calls of `generate_quiz` and `file_search`, and what it says afterwards."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from assistants.models.model_protocol import CallArguments, CallStarted, FunctionTool, Item
from assistants.models.offline.offline_model import OfflineModel
from assistants.models.offline.quiz_making import _without_request
from tests.assistants.models.offline.test_offline_model import assistant, call, events, request, text, user
from workers import Pool

QUESTION = {
    "type": "object",
    "required": ["question_text", "choices"],
    "properties": {"question_text": {"type": "string"}, "choices": {"type": "array", "items": {"type": "string"}}},
}
PLAIN = FunctionTool(
    "generate_quiz",
    parameters={"type": "object", "properties": {"title": {}, "questions": {"type": "array", "items": QUESTION}}},
)
GRADED_QUESTION = {
    **QUESTION,
    "properties": {
        "question_text": {"type": "string"},
        "choices": {"type": "array", "items": {"type": "string"}},
        "answer": {"type": "integer"},
        "explanation": {"type": "string"},
    },
}
GRADED = FunctionTool(
    "generate_quiz",
    parameters={
        "type": "object",
        "properties": {"title": {}, "questions": {"type": "array", "items": GRADED_QUESTION}},
    },
)
FILES = FunctionTool("file_search", parameters={"type": "object", "properties": {"queries": {"type": "array"}}})
INSTRUCTED = (
    "The student has asked for a quiz. Call generate_quiz once with {} questions, in the language of the request, with "
    "one right choice each, its index (counted from 0) as `answer`, and an `explanation`."
)
PLAN = """【4:0†source】 plan.txt, page 3
수원시 도시기본계획의 목표연도는 2030년이다. 계획의 목적은 수원시의 생활환경을 개선하는 것이다.
계획인구는 1,317,000명으로 한다.

【4:1†source】 plan.txt, page 9
수원시의 강점은 편리한 교통체계이고 기회는 주변 도시와의 연계성 강화이다."""
FENCED = """Passages from the files of this conversation follow, each between <passage> and </passage>.
After each statement write that passage's mark exactly as it stands here, such as 【9:0†source】.

【9:0†source】 from rivers.txt, page 2:
<passage>
The river Han flows through Seoul. It is the second longest river of the
country, with a length of 494 kilometres, and it ends in the Yellow Sea.
</passage>

【9:1†source】 from rivers.txt:
<passage>
# Lakes
- Lake Baikal is the deepest lake
- Lake Superior is the widest lake
</passage>"""
ENGLISH = """Results for "cells":

[1] 【7:0†source】 biology.pdf
The mitochondria release about 34 molecules of ATP from glucose. Robert Hooke described cells in 1665.

[2] 【7:1†source】 biology.pdf
Plants store energy as starch inside their chloroplasts during photosynthesis."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model() -> AsyncIterator[OfflineModel]:
    """One worker process for all tests here: each would import sympy anew."""
    async with Pool(size=1) as pool:
        yield OfflineModel(pool, pace=0, new_id=lambda: "call_1")


def called(name: str, arguments: dict[str, Any], output: Any, call_id: str = "call_1") -> list[Item]:
    said = output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    return [
        {
            "type": "function_call",
            "call_id": call_id,
            "name": name,
            "arguments": json.dumps(arguments, ensure_ascii=False),
        },
        {"type": "function_call_output", "call_id": call_id, "output": said},
    ]


def right(question: dict[str, Any]) -> str:
    return str(question["choices"][question["answer"]])


def wrong(question: dict[str, Any]) -> str:
    return str(question["choices"][(question["answer"] + 1) % len(question["choices"])])


@pytest.mark.parametrize(
    ("wish", "title", "count"),
    [
        ("Minji: Quiz me on this topic: fractions", "Fractions", 3),
        ("quiz me on derivatives, five questions please", "Derivatives", 5),
        ("Can you make a quiz with 4 multiple choice questions about percentages?", "Percentages", 4),
        ("민지: 이 주제로 퀴즈를 내 주세요: 분수", "분수", 3),
        ("이차방정식 퀴즈 5문제 내줘", "이차방정식", 5),
        ("미적분에 대한 객관식 문제 2개 퀴즈로 내 주세요", "미적분", 2),
        ("test me on the times tables", "Multiplication", 3),
    ],
)
async def test_a_quiz_on_mathematics_is_made_at_once(model: OfflineModel, wish: str, title: str, count: int) -> None:
    name, arguments = await call(model, user(wish), tools=[FILES, GRADED])
    assert name == "generate_quiz"
    assert title in arguments["title"]
    assert len(arguments["questions"]) == count
    for question in arguments["questions"]:
        assert len(question["choices"]) == len(set(question["choices"])) == 4
        assert 0 <= question["answer"] < 4
        assert question["explanation"]


async def test_the_run_says_how_many_questions_there_are_to_be(model: OfflineModel) -> None:
    options: dict[str, Any] = {"tools": [GRADED], "instructions": INSTRUCTED.format(7), "tool_choice": "generate_quiz"}
    _, arguments = await call(model, user("Quiz me on this topic: equations"), **options)
    assert len(arguments["questions"]) == 7


async def test_a_schema_without_answers_gets_none_and_is_graded_all_the_same(model: OfflineModel) -> None:
    asked = user("quiz me on fractions")
    _, graded = await call(model, asked, tools=[GRADED])
    _, plain = await call(model, asked, tools=[PLAIN])
    assert all(set(question) == {"question_text", "choices"} for question in plain["questions"])
    responses = [right(graded["questions"][0]), wrong(graded["questions"][1]), None]
    said = await text(model, asked, *called("generate_quiz", plain, {"responses": responses}), tools=[PLAIN])
    assert "1 of 3" in said
    assert re.search(r"\*\*1\.\*\* ✓", said)
    assert re.search(rf"\*\*2\.\*\* ✗ .*{re.escape(right(graded['questions'][1]))}", said)
    assert re.search(r"\*\*3\.\*\* – Skipped", said)


@pytest.mark.parametrize("form", ["texts", "numbers", "letters", "list"])
async def test_responses_are_understood_in_every_form(model: OfflineModel, form: str) -> None:
    asked = user("quiz me on powers")
    _, quiz = await call(model, asked, tools=[GRADED])
    places = [question["answer"] for question in quiz["questions"]]
    output: Any = {
        "texts": {"status": "completed", "responses": [right(question) for question in quiz["questions"]]},
        "numbers": {"responses": [f"{place + 1}" for place in places]},
        "letters": {"responses": ["ABCD"[place] for place in places]},
        "list": [right(question) for question in quiz["questions"]],
    }[form]
    if form == "numbers" and any(
        f"{place + 1}" in question["choices"] for place, question in zip(places, quiz["questions"], strict=True)
    ):
        pytest.skip("a choice is itself such a number")
    said = await text(model, asked, *called("generate_quiz", quiz, output), tools=[GRADED])
    assert "all 3 right" in said


async def test_feedback_speaks_the_students_language(model: OfflineModel) -> None:
    asked = user("분수 퀴즈 내줘")
    _, quiz = await call(model, asked, tools=[GRADED])
    responses = [wrong(quiz["questions"][0]), right(quiz["questions"][1]), right(quiz["questions"][2])]
    said = await text(model, asked, *called("generate_quiz", quiz, {"responses": responses}), tools=[GRADED])
    assert "3문제 중 2문제" in said
    assert quiz["questions"][0]["explanation"] in said


async def test_a_group_hears_its_scores_and_what_was_hard(model: OfflineModel) -> None:
    asked = user("quiz me on geometry, 2 questions")
    _, quiz = await call(model, asked, tools=[GRADED])
    first, second = quiz["questions"]
    output = {"responses": {"Minji": [right(first), right(second)], "Jun": [right(first), wrong(second)]}}
    said = await text(model, asked, *called("generate_quiz", quiz, output), tools=[GRADED])
    assert "Minji: 2 of 2" in said
    assert "Jun: 1 of 2" in said
    assert second["question_text"] in said
    assert first["question_text"] not in said


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ('{"status": "unfinished", "responses": ["1"]}', "can wait"),
        ('{"status": "cancelled"}', "cancelled"),
        ("", "no answers"),
        ("no json", "1."),
    ],
)
async def test_outputs_of_every_kind_get_a_sentence(model: OfflineModel, output: str, expected: str) -> None:
    asked = user("quiz me on fractions")
    _, quiz = await call(model, asked, tools=[GRADED])
    assert expected in await text(model, asked, *called("generate_quiz", quiz, output), tools=[GRADED])


@pytest.mark.parametrize(
    "told",
    [
        "[results] generate_quiz, called earlier with {call}, has its result now; react to it.\n\n{output}",
        "[results] These functions, called earlier, have their results now; react to them.\n\n"
        "generate_quiz({call})\n=> {output}",
    ],
)
async def test_results_that_come_as_a_message_get_their_feedback(model: OfflineModel, told: str) -> None:
    quiz = {"title": "Sums", "questions": [{"question_text": "1 + 1?", "choices": ["2", "3"], "answer": 0}]}
    output = {"status": "completed", "responses": ["3"], "correct": [False]}
    message = told.format(call=json.dumps(quiz), output=json.dumps(output))
    said = await text(model, user(message), tools=[GRADED, FILES])
    assert "Have another look at question 1." in said
    assert "“2”" not in said


async def test_another_quiz_on_the_same_topic_asks_other_questions(model: OfflineModel) -> None:
    asked = user("quiz me on fractions")
    _, first = await call(model, asked, tools=[GRADED])
    items = [asked, *called("generate_quiz", first, {"responses": ["1", "2", "3"]}), assistant("Well done."), asked]
    _, second = await call(model, *items, tools=[GRADED])
    assert [question["question_text"] for question in first["questions"]] != [
        question["question_text"] for question in second["questions"]
    ]


async def test_a_quiz_on_a_file_searches_it_first(model: OfflineModel) -> None:
    asked = user("수원 도시기본계획에 대해 객관식 퀴즈 3문제를 내 주세요. 선택지에는 1부터 4까지 번호를 붙여 주세요.")
    for choice in ("auto", "required"):
        name, arguments = await call(model, asked, tools=[FILES, PLAIN], tool_choice=choice)
        assert name == "file_search"
        assert "수원" in arguments["queries"][0]
    searched = called("file_search", {"queries": ["수원"]}, PLAN, "call_0")
    name, quiz = await call(model, asked, *searched, tools=[FILES, PLAIN])
    assert name == "generate_quiz"
    assert len(quiz["questions"]) == 3
    filled = [
        any(
            question["question_text"].replace("____", choice.split(". ", 1)[1]).split("“")[1].rstrip("”") in PLAN
            for choice in question["choices"]
        )
        for question in quiz["questions"]
    ]
    assert filled == [True] * 3
    assert quiz["questions"][0]["choices"][0].startswith("1. ")
    played = called("generate_quiz", quiz, ["2", "4", "1"])
    said = await text(model, asked, *searched, *played, tools=[FILES, PLAIN])
    assert "3문제 중" in said
    if "✗" in said:
        assert "【4:" in said


async def test_a_quiz_forced_after_a_search_is_made_from_the_passages(model: OfflineModel) -> None:
    asked = user("Quiz me on this topic: cells")
    searched = called("file_search", {"queries": ["cells"]}, ENGLISH, "call_0")
    _, quiz = await call(
        model, asked, *searched, tools=[FILES, GRADED], tool_choice="generate_quiz", instructions=INSTRUCTED.format(2)
    )
    assert "cells" in quiz["title"]
    for question in quiz["questions"]:
        assert question["question_text"].replace("____", right(question)).split("“")[1].rstrip("”") in ENGLISH


ONLY_FILES = (
    "Call generate_quiz once with 2 questions. Search the server's files first and ask only about what they say."
)


@pytest.mark.parametrize("choice", ["auto", "required", "generate_quiz"])
@pytest.mark.parametrize("found", [ENGLISH, "No passages."])
async def test_a_quiz_on_files_that_say_nothing_of_the_topic_is_not_invented(
    model: OfflineModel, choice: str, found: str
) -> None:
    asked = user("Quiz me on this topic: volcanoes")
    searched = called("file_search", {"queries": ["volcanoes"]}, found, "call_0")
    given = {"tools": [FILES, GRADED], "tool_choice": choice, "instructions": ONLY_FILES}
    assert "say nothing on “volcanoes”" in await text(model, asked, *searched, **given)
    without = {"tools": [GRADED], "tool_choice": choice, "instructions": ONLY_FILES}
    assert "say nothing on “volcanoes”" in await text(model, asked, **without)


@pytest.mark.parametrize("topic", ["cells", "the uploaded file"])
async def test_a_quiz_on_files_alone_asks_about_what_they_say(model: OfflineModel, topic: str) -> None:
    asked = user(f"Quiz me on this topic: {topic}")
    searched = called("file_search", {"queries": [topic]}, ENGLISH, "call_0")
    name, quiz = await call(model, asked, *searched, tools=[FILES, GRADED], instructions=ONLY_FILES)
    assert name == "generate_quiz"
    assert len(quiz["questions"]) == 2


async def test_a_forced_quiz_on_something_unknown_says_so_in_its_title(model: OfflineModel) -> None:
    _, quiz = await call(
        model, user("Quiz me on this topic: the French Revolution"), tools=[GRADED], tool_choice="generate_quiz"
    )
    assert "General maths quiz" in quiz["title"]
    assert "French Revolution" in quiz["title"]
    assert "only" in await text(model, user("quiz me on the French Revolution"), tools=[GRADED])


async def test_a_quiz_on_a_text_is_made_of_that_text(model: OfflineModel) -> None:
    passage = (
        "Robert Hooke described cells in 1665. Plants store energy as starch in their chloroplasts. "
        "Robert Brown named the nucleus in 1831."
    )
    _, quiz = await call(model, user(f"Quiz me on this:\n\n{passage}"), tools=[GRADED])
    assert quiz["questions"]
    for question in quiz["questions"]:
        assert question["question_text"].replace("____", right(question)).split("“")[1].rstrip("”") in passage


async def test_a_quiz_on_what_was_just_explained_keeps_to_it(model: OfflineModel) -> None:
    items = [
        user("derivative of x^2"),
        assistant("Let's find the derivative …"),
        user("Quiz me on what you have just explained."),
    ]
    _, quiz = await call(model, *items, tools=[GRADED])
    assert "Derivatives" in quiz["title"]


@pytest.mark.parametrize(
    ("question", "output", "expected", "mark"),
    [
        ("수원시 도시기본계획의 목표연도는 언제인가요?", PLAN, "2030년", "【4:0†source】"),
        ("수원시의 기회는 무엇인가요?", PLAN, "연계성 강화", "【4:1†source】"),
        ("How many molecules of ATP do mitochondria release?", ENGLISH, "34 molecules", "【7:0†source】"),
        (
            "How long is the river Han in kilometres?",
            FENCED,
            "494 kilometres, and it ends in the Yellow Sea.",
            "【9:0†source】",
        ),
        ("Which lake is the deepest?", FENCED, "Lake Baikal is the deepest lake", "【9:1†source】"),
        ("Where do plants store starch?", ENGLISH, "chloroplasts", "【7:1†source】"),
        (
            "Who described cells?",
            json.dumps([{"text": "Robert Hooke described cells in 1665.", "citation": "【1:0†a.txt】"}]),
            "Hooke",
            "【1:0†a.txt】",
        ),
        (
            "Who described cells?",
            "Robert Hooke described cells in 1665. 【2:0†source】\n\nPlants grow. 【2:1†source】",
            "Hooke",
            "【2:0†source】",
        ),
    ],
)
async def test_a_question_on_a_file_is_answered_by_its_best_sentence_with_its_mark(
    model: OfflineModel, question: str, output: str, expected: str, mark: str
) -> None:
    name, arguments = await call(model, user(question), tools=[FILES])
    assert (name, arguments) == ("file_search", {"queries": [question]})
    said = await text(model, user(question), *called("file_search", arguments, output), tools=[FILES])
    assert expected in said
    assert f"”{mark}" in said


@pytest.mark.parametrize("output", ["", "No passages were found.", PLAN])
async def test_it_says_so_when_the_files_do_not_hold_it(model: OfflineModel, output: str) -> None:
    asked = user("Who invented the telephone?")
    said = await text(model, asked, *called("file_search", {"queries": ["telephone"]}, output), tools=[FILES])
    assert "do not say that" in said


async def test_mathematics_is_solved_and_not_searched_for(model: OfflineModel) -> None:
    assert "x = 1" in await text(model, user("3x + 11 = 14"), tools=[FILES, GRADED])


async def test_a_quiz_on_the_answer_is_about_its_problem_and_not_about_the_note_below_it(model: OfflineModel) -> None:
    solved = await text(model, user("Minji: solve 2x + 3 = 7 please"))
    assert "offline model" in solved
    wish = "민지: 방금 설명한 내용으로 퀴즈를 내 주세요."
    said = [user("Minji: solve 2x + 3 = 7 please"), assistant(solved), user(wish)]
    name, arguments = await call(model, *said, tools=[GRADED], instructions=INSTRUCTED.format(3))
    assert name == "generate_quiz"
    assert "방정식" in arguments["title"]


async def test_words_after_a_quiz_are_not_taken_together_with_the_wish_for_it(model: OfflineModel) -> None:
    quiz = called("generate_quiz", {"title": "방정식", "questions": []}, {"status": "unfinished", "responses": []})
    said = [
        user("Minji: 3x + 11 = 14"),
        assistant("x = 1"),
        user("Minji: 방금 설명한 내용으로 퀴즈를 내 주세요."),
        *quiz,
    ]
    assert "welcome" in (await text(model, *said, user("Minji: thanks, teacher!"), tools=[GRADED])).lower()


async def test_the_same_quiz_asked_for_twice_has_two_ids_and_other_questions() -> None:
    """The same student's `/quiz topic:fractions` in two threads: the same request, and another call."""
    async with Pool(size=1) as pool:
        model = OfflineModel(pool, pace=0)
        asked = request(user("Minji: Quiz me on this topic: fractions"), tools=[GRADED])
        heard = [await events(model, asked) for _ in range(2)]
    ids = [event.call_id for each in heard for event in each if isinstance(event, CallStarted)]
    assert len(set(ids)) == 2
    told = ["".join(event.delta for event in each if isinstance(event, CallArguments)) for each in heard]
    assert told[0] != told[1]


@pytest.mark.parametrize("spoken", [True, False])
async def test_a_quiz_is_as_hard_as_it_is_wanted(model: OfflineModel, spoken: bool) -> None:
    largest = []
    for level in ("easy", "medium", "hard"):
        asked = user(f"Minji: Quiz me on this topic: {level + ' ' if spoken else ''}multiplication")
        said = "" if spoken else f"Call generate_quiz once with 5 questions. The difficulty is to be {level}."
        _, quiz = await call(model, asked, tools=[GRADED], instructions=said)
        numbers = [int(found) for one in quiz["questions"] for found in re.findall(r"\d+", one["question_text"])]
        largest.append((min(numbers), max(numbers)))
    assert largest[0][1] <= 6
    assert largest[1][1] <= 12
    assert largest[2][0] >= 13


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("now expand (2x-1)(x+4) please", "expand (2x-1)(x+4)"), ("can you solve 2x = 6?", "solve 2x = 6?"),
        ("x² - 3x = 0 풀어줘", "x² - 3x = 0"), ("3x + 1 = 7", "3x + 1 = 7"), ("please", "please"),
    ],
)  # fmt: skip
async def test_a_quiz_on_a_question_is_named_without_the_request(question: str, name: str) -> None:
    assert _without_request(question) == name
