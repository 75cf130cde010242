"""A quiz played alone: from `/quiz` over the buttons to the model's feedback."""

from typing import Any

from sqlalchemy import select

from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.tables import QuizResultRow
from playground.faults import Fault
from tests.bot.quizzes.example_quizzes import CITY_PLAN, FRACTIONS
from tests.bot.quizzes.playing import cog, question, quiz_turn, record, responses, told, updated
from tests.house import House, eventually
from tests.scripted_openai import Turn


def listened(house: House) -> list[tuple[Any, ...]]:
    """What listeners are told from now on; the first of them fails each time."""
    heard: list[tuple[Any, ...]] = []

    async def failing(*_: object) -> None:
        raise LookupError("a listener of the test")

    async def answered(_record: QuizRecord, student: int, index: int) -> None:
        heard.append(("answered", student, index))

    async def finished(record: QuizRecord) -> None:
        heard.append(("finished", len(record.session.responses[record.session.host])))

    listeners = cog(house).quizmaster.listeners
    listeners.question_answered += [failing, answered]
    listeners.quiz_finished += [failing, finished]
    return heard


async def test_three_clicks_and_send_bring_the_marks_at_once_and_then_the_feedback(house: House) -> None:
    house.openai.turns += [quiz_turn(), Turn("Two of three: the largest is three quarters.")]
    alex = await house.discord.student("alex")
    heard = listened(house)
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
    assert responses(await told(alex, house)) == [
        {
            "status": "completed",
            "responses": ["5/6", "one half of a cake", "Yes"],
            "correct": [True, False, True],
        }
    ]
    assert heard == [("answered", alex.id, 0), ("answered", alex.id, 1), ("answered", alex.id, 2), ("finished", 3)]


async def test_a_press_whose_response_discord_does_not_take_counts_and_is_shown_without_a_word(house: House) -> None:
    house.openai.turns.append(quiz_turn())
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="fractions")
    post = await question(alex, "What is 1/2 + 1/3?")
    house.discord.fail(Fault("status", "POST */callback", times=3))
    assert (await alex.clicks(post, "5/6")).ok
    await updated(alex, post, "Question 2 of 3")
    assert not any(each.ephemeral for each in alex.messages())


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
    assert responses(await told(minji, house)) == [
        {
            "status": "completed",
            "responses": ["2. 수원시의 생활환경을 개선하기 위해", "4. 인구 증가로 인한 환경 부담", "1. 2025년"],
        }
    ]


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


async def test_the_feedback_on_a_quiz_is_a_follow_up_of_the_last_press(house: House) -> None:
    house.openai.turns += [quiz_turn({**FRACTIONS, "questions": FRACTIONS["questions"][:1]}), Turn("Well done. " * 30)]
    alex = await house.discord.student("alex")
    await alex.runs("/quiz", where="math", topic="halves")
    post = await question(alex, "What is 1/2 + 1/3?")
    before = dict(house.discord.stats.requests)
    await alex.clicks(post, "5/6")
    await alex.sees(post.channel_id, contains="Well done")
    await eventually(lambda: house.bot.conversations._loaded[post.channel_id].idle)
    used = house.calls_since(before)
    assert any(route.startswith("POST /webhooks/") for route in used), used
    assert not [route for route in used if "/channels/" in route], used
