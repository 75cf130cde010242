"""`/quiz` alone: from the command over the buttons to the model's feedback."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.quizzes.tables import QuizResultRow
from tests.bot.library.dropped_files import reacted
from tests.cogs.quizzes import CITY_PLAN, FRACTIONS, asked, question, quiz_turn, record, told, updated
from tests.house import House, finished
from tests.scripted_openai import Call, Turn, tool_outputs


async def test_three_clicks_and_send_bring_the_marks_at_once_and_then_the_feedback(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Two of three: the largest is three quarters.")]
    alex = await house.discord.student("alex")
    ran = await alex.runs("/quiz", where="math", topic="fractions")
    announcement = await ran.says("fractions")
    post = await question(alex, "What is 1/2 + 1/3?", announcement)
    assert house.discord.world.channels[announcement.id].name == "Quiz: fractions"
    assert (await alex.clicks(post, "5/6")).ok
    post = await updated(alex, post, "Which fraction is the largest?")
    wrong = next(c.label for c in post.controls if c.custom_id and c.custom_id.endswith(":answer:1:0"))
    await alex.clicks(post, wrong)
    post = await updated(alex, post, "Is 4/8 the same as 1/2?")
    await alex.clicks(post, "Yes")
    summary = await updated(alex, post, "Check your answers")
    assert "▸ one half of a cake" in summary.text
    await alex.clicks(summary, "Send")
    marked = await updated(alex, post, "2 of 3 right")
    assert "✓ **1.**" in marked.text
    assert "✗ **2.**" in marked.text
    assert "Right answer: **three quarters of a cake**" in marked.text
    await alex.sees(announcement, contains="Two of three")
    assert await told(alex, house) == [
        {
            "status": "completed",
            "responses": ["5/6", "one half of a cake", "Yes"],
            "correct": [True, False, True],
        }
    ]


async def test_the_tutorials_case_in_korean(house: House) -> None:
    house.openai.turns += [
        quiz_turn(CITY_PLAN),
        Turn("1번: 2번, 정답이에요. 2번: 4번, 정답이에요. 3번: 1번을 골랐지만 틀렸어요. 목표연도는 2030년이에요."),
    ]
    minji = await house.discord.student("minji")
    start = await house.ask(
        minji, "업로드한 파일로 객관식 세 문제를 내 주세요. 보기에는 1~4번을 붙이고, 답에 피드백도 해 주세요."
    )
    post = await question(minji, "배경 및 목적", start)
    await minji.clicks(post, "2")
    post = await updated(minji, post, "SWOT")
    await minji.clicks(post, "4")
    post = await updated(minji, post, "목표연도는 언제인가요?")
    await minji.clicks(post, "1. 2025년")
    summary = await updated(minji, post, "답을 확인하고 제출하세요.")
    await minji.clicks(summary, "제출")
    feedback = await minji.sees(start, contains="2030년이에요")
    assert feedback.id != post.id
    assert await told(minji, house) == [
        {
            "status": "completed",
            "responses": ["2. 수원시의 생활환경을 개선하기 위해", "4. 인구 증가로 인한 환경 부담", "1. 2025년"],
        }
    ]


async def test_a_quiz_on_files_has_the_model_search_first(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("halves.txt", b"One half is as much as two quarters.")), "✅")
    await alex.runs("/quiz", where="math", topic="fractions", questions=2, difficulty="hard", source="files")
    await question(alex, "What is 1/2 + 1/3?")
    request = asked(house)[0]
    instructions = json.dumps(request)
    assert "2 questions" in instructions
    assert "The difficulty is to be hard." in instructions
    assert "Search the server's files first" in instructions
    assert {tool["name"] for tool in request["tools"]} >= {"generate_quiz"}
    assert request["tool_choice"] == "required"


async def test_a_quiz_must_call_the_function(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions", source="anything")
    await question(alex, "What is 1/2 + 1/3?")
    assert asked(house)[0]["tool_choice"] != "auto"
    assert "Draw on what you know." in json.dumps(asked(house)[0])


@pytest.mark.parametrize(
    ("who", "topic", "sentence"),
    [("alex", "fractions", "holds no files yet"), ("minji", "분수", "자료실에 아직 파일이 없어요")],
)
async def test_a_quiz_on_files_that_are_not_there_says_so(house: House, who: str, topic: str, sentence: str) -> None:
    student = await house.discord.student(who)
    ran = await student.runs("/quiz", where="math", topic=topic, source="files")
    assert (await ran.says(sentence)).ephemeral
    assert not asked(house)


async def test_a_quiz_on_what_the_files_do_not_hold_is_refused_in_words(house: House) -> None:
    def reply(body: dict[str, Any]) -> Turn:
        if not tool_outputs(body):
            return Turn(calls=[Call("file_search", {"queries": ["volcanoes"]})])
        return Turn("The files hold nothing on volcanoes.") if body.get("tool_choice") == "auto" else quiz_turn()

    house.openai.reply = reply
    alex = await house.discord.student("alex")
    await reacted(alex, await alex.drops("library", ("halves.txt", b"One half is as much as two quarters.")), "✅")
    ran = await alex.runs("/quiz", where="math", topic="volcanoes", source="files")
    announcement = await ran.says("volcanoes")
    said = await alex.sees(announcement, contains="nothing on volcanoes")
    assert "did not manage" not in said.text


async def test_an_answer_can_be_changed_until_it_is_sent(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("All right.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    await alex.clicks(post, "2/5")
    post = await updated(alex, post, "Question 2 of 3")
    await alex.clicks(post, "Back")
    post = await updated(alex, post, "Question 1 of 3")
    assert "▸ 2/5" in [each.label for each in post.controls]
    await alex.clicks(post, "5/6")
    post = await updated(alex, post, "Question 2 of 3")
    await alex.clicks(post, "Skip")
    post = await updated(alex, post, "Question 3 of 3")
    await alex.clicks(post, "Yes")
    post = await updated(alex, post, "Check your answers")
    await alex.selects(post, "Change an answer…", "2")
    post = await updated(alex, post, "Question 3 of 3")
    await alex.clicks(post, "No")
    post = await updated(alex, post, "Check your answers")
    await alex.clicks(post, "Send")
    assert (await told(alex, house))[0]["responses"] == ["5/6", None, "No"]


async def test_only_who_started_it_may_press_and_others_are_told_so_in_private(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(minji, "What is 1/2 + 1/3?")
    pressed = await minji.clicks(post, "5/6")
    private = await pressed.says("님의 것이에요")
    assert private.ephemeral
    assert alex.mention in private.text
    assert (await record(house, post)).session.responses == {}


async def test_a_quiz_in_a_thread_is_played_in_place(house: House) -> None:
    house.openai.turns += [Turn("x = 1"), quiz_turn()]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "3x + 11 = 14")
    await finished(alex, start, "x = 1")
    await alex.runs("/quiz", where=start, topic="equations")
    post = await question(alex, "What is 1/2 + 1/3?")
    assert post.channel_id == start.id


async def test_a_quiz_in_a_direct_message_is_played_alone(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    dm = await alex.dm(house.discord.bot.id)
    ran = await alex.runs("/quiz", where=dm, topic="fractions", mode="together")
    await ran.says("here you play alone")
    post = await question(alex, "What is 1/2 + 1/3?", dm)
    assert (await record(house, post)).session.mode == "solo"


async def test_a_message_becomes_a_quiz_by_its_menu(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    message = await minji.says("math", "A half is 1/2. Three quarters is 3/4.")
    await alex.uses("Quiz me on this", message)
    await question(alex, "What is 1/2 + 1/3?")
    assert "Three quarters is 3/4." in house.user_texts()[-1]


async def test_a_message_without_words_makes_no_quiz(house: House) -> None:
    alex = await house.discord.student("alex")
    message = await alex.says("math", "🎉🎉")
    used = await alex.uses("Quiz me on this", message)
    assert (await used.says("no text in that message")).ephemeral
    assert asked(house) == []


async def test_quiz_me_under_an_answer_asks_about_what_was_said(house: House) -> None:
    house.openai.turns += [Turn("A half is 1/2."), quiz_turn(), Turn("Well done.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "what is a half?")
    answer = await finished(alex, start, "A half")
    await alex.clicks(answer, "Quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    assert [text.split(": ", 1)[-1] for text in house.user_texts()] == [
        "what is a half?",
        "Quiz me on what you have just explained.",
    ]
    assert (await record(house, post)).session.host == alex.id


async def test_buttons_of_other_answers_go_on_working_when_an_answer_loses_its_own(house: House) -> None:
    house.openai.turns += [Turn("first"), Turn("second"), quiz_turn()]
    alex = await house.discord.student("alex")
    first = await house.ask(alex, "one")
    kept = await finished(alex, first, "first")
    other = await house.ask(alex, "two")
    await finished(alex, other, "second")
    await alex.says(first.id, "three")  # its answer takes the buttons from the one before
    await question(alex, "What is 1/2 + 1/3?", first)
    house.openai.turns.append(Turn("second, anew"))
    again = await finished(alex, other, "second")
    assert (await alex.clicks(again, "Regenerate")).ok
    await finished(alex, other, "second, anew")
    assert kept.id


async def test_recent_topics_and_titles_are_suggested(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    store = await house.bot.guild_assistants.vector_store(house.discord.guild.id)
    text = ("Fraction rules.txt", b"A fraction has a numerator and a denominator.")
    await house.bot.openai.vector_stores.files.upload_and_poll(vector_store_id=store, file=text)
    await alex.runs("/quiz", where="math", topic="Fractions and halves")
    await question(alex, "What is 1/2 + 1/3?")

    async def suggested(typed: str) -> list[str]:
        return [each["value"] for each in await sora.completes("/quiz", "topic", typed, where="math")]

    while "Fraction rules.txt" not in await suggested(""):  # noqa: ASYNC110 - a slow list comes with the next key
        await asyncio.sleep(0.1)
    assert await suggested("frac") == ["Fractions and halves", "Fraction rules.txt"]
    assert await suggested("rules") == ["Fraction rules.txt"]
    assert await suggested("xyz") == []


async def test_an_empty_topic_is_asked_for_again(house: House) -> None:
    alex = await house.discord.student("alex")
    for topic in (" ", "???", "\u200b"):
        ran = await alex.runs("/quiz", where="math", topic=topic)
        assert (await ran.says("Tell me what the quiz is to be about")).ephemeral
    assert asked(house) == []


async def test_cancel_ends_the_run_and_the_conversation_goes_on(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Hello again.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    found = await record(house, post)
    await alex.clicks(post, "Cancel")
    cancelled = await updated(alex, post, "This quiz was cancelled.")
    assert cancelled.controls == []
    call = await house.bot.conversation_store.call(found.call_id)
    assert call is not None

    await alex.says(post.channel_id, "hello?")
    await alex.sees(post.channel_id, contains="Hello again.")
    run = await house.bot.openai.beta.threads.runs.retrieve(call.run_id, thread_id=call.thread_id)
    assert run.status == "cancelled"


async def test_the_result_of_each_question_is_kept(house: House) -> None:
    house.openai.turns += [quiz_turn({**FRACTIONS, "questions": FRACTIONS["questions"][:1]}), Turn("Yes.")]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="halves")
    post = await question(alex, "What is 1/2 + 1/3?")
    await alex.clicks(post, "5/6")
    await alex.sees(post.channel_id, contains="Yes.")
    rows = await house.bot.store.read(select(QuizResultRow.__table__))
    assert [(row.student_id, row.topic, row.asked, row.chosen, row.right) for row in rows] == [
        (alex.id, "halves", "What is 1/2 + 1/3?", 1, 1)
    ]
    assert rows[0].seconds >= 0
