"""Quizzes in the database, on SQLite and on PostgreSQL."""

import asyncio
import json
import secrets
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import select

from bot.quizzes.session.choices import shuffled
from bot.quizzes.session.events import (
    Cancelled,
    Controlled,
    Effect,
    Event,
    EventOutcome,
    Joined,
    Moved,
    Responded,
    Sent,
)
from bot.quizzes.session.quiz_session import LONGEST_PAUSE, OPEN_FOR, Mode, Phase, start
from bot.quizzes.session.transitions import apply
from bot.quizzes.storage.quiz_records import QuizRecord, StoredRequest
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.tables import QuizResultRow
from bot.store.store import Store
from tests.bot.quizzes.example_quizzes import quiz


def opened(mode: Mode = "solo", guild: int = 7, topic: str = "fractions", **changes: object) -> QuizRecord:
    made = quiz(3)
    session = start(made, mode=mode, host=1, orders=shuffled(made, Random(2)), at=1_000.25)
    record = QuizRecord(secrets.token_hex(6), secrets.token_hex(6), guild, secrets.randbits(40), "ko", topic, session)
    return replace(record, **changes)  # type: ignore[arg-type]


async def play(records: QuizStore, record: QuizRecord, *events: Event) -> QuizRecord:
    """Apply and store events, as the quizmaster does."""
    for event in events:
        step = apply(record.session, event)
        record = replace(record, session=step.session, due=step.effects[0] if step.effects else record.due)
        answered = None
        if isinstance(event, Responded) and step.outcome in {EventOutcome.COUNTED, EventOutcome.CHANGED}:
            answered = (event.student, event.question)
        await records.save(record, answered)
    return record


def press(question: int, choice: int, student: int = 1, at: float = 1_001.5) -> Responded:
    return Responded(student, f"학생 {student}", question, choice, at)


async def test_what_is_stored_comes_back(store: Store) -> None:
    records = QuizStore(store)
    record = opened("together")
    await records.add(record)
    assert await records.get(record.id) == record
    record = await play(
        records, record, press(0, 1), press(0, 2, 2, 1_002.0), Controlled(1, False, "pause", 0, 1_003.0)
    )
    assert await records.get(record.id) == record
    shown = replace(record, message_id=99, message_question=0)
    await records.set_message(shown)
    assert await records.get(record.id) == shown
    assert await records.of_message(99) == record.id
    assert await records.of_call(record.call_id) == record.id
    assert await records.get("nobody") is None


async def test_a_changed_answer_takes_the_place_of_the_old_one(store: Store) -> None:
    records = QuizStore(store)
    record = opened()
    await records.add(record)
    record = await play(records, record, press(0, 1), press(0, 3, at=1_004.0))
    again = await records.get(record.id)
    assert again is not None
    answer = again.session.response(1, 0)
    assert answer is not None
    assert answer.choice == 3


async def test_two_changes_of_one_answer_in_the_same_commit_end_with_the_later(store: Store) -> None:
    records = QuizStore(store)
    record = opened()
    await records.add(record)
    writes = []
    for choice in (0, 1, 2, 3):
        record = replace(record, session=apply(record.session, press(0, choice)).session)
        writes.append(asyncio.ensure_future(records.save(record, (1, 0))))
    await asyncio.gather(*writes)
    assert await records.get(record.id) == record


async def test_fifty_answers_at_once_are_all_kept(store: Store) -> None:
    records = QuizStore(store)
    record = opened("together")
    await records.add(record)
    writes = []
    for student in range(50):
        record = replace(record, session=apply(record.session, press(0, student % 4, student)).session)
        writes.append(asyncio.ensure_future(records.save(record, (student, 0))))
    await asyncio.gather(*writes)
    again = await records.get(record.id)
    assert again is not None
    assert set(again.session.responses) == set(range(50))


async def test_a_finished_quiz_leaves_a_result_for_every_question(store: Store) -> None:
    records = QuizStore(store)
    record = opened(guild=secrets.randbits(40))
    await records.add(record)
    await play(records, record, press(0, 0), press(1, 2, at=1_006.5), Moved(1, 3, 1_007.0), Sent(1, 1_008.0))
    query = select(QuizResultRow.__table__).where(QuizResultRow.quiz_id == record.id).order_by(QuizResultRow.question)
    rows = await store.read(query)
    assert [(row.student_id, row.question, row.chosen, row.right, row.seconds) for row in rows] == [
        (1, 0, 0, 0, 1.25),
        (1, 1, 2, 0, 5.0),
        (1, 2, None, 0, None),
    ]
    assert rows[0].guild_id == record.guild_id
    assert rows[0].topic == "fractions"
    assert rows[0].asked == "Question number 0?"
    assert json.loads(rows[0].choices)[0] == "choice 0 of 0"


async def test_of_a_group_everyone_keeps_what_they_answered(store: Store) -> None:
    records = QuizStore(store)
    record = opened("together")
    await records.add(record)
    await play(records, record, press(0, 0, 1), press(0, 1, 2), Controlled(1, False, "end", 0, 1_010.0))
    rows = await store.read(select(QuizResultRow.student_id).where(QuizResultRow.quiz_id == record.id))
    assert sorted(row.student_id for row in rows) == [1, 2]


async def test_what_a_restart_must_take_up_is_found(store: Store) -> None:
    records = QuizStore(store)
    unshown, lying, group = opened(), opened(message_id=1, message_question=0), opened("together", message_id=2)
    for record in (unshown, lying, group):
        await records.add(record)
    ended = await play(records, group, press(0, 0))
    ended = await play(records, ended, Controlled(1, False, "end", 0, 1_010.0))
    assert ended.due is Effect.SUBMIT
    due = {left.quiz_id: left.due for left in await records.to_recover()}
    assert (due[unshown.id], due[group.id]) == (None, Effect.SUBMIT)
    assert lying.id not in due
    await records.clear_due(group.id)
    assert group.id not in {left.quiz_id for left in await records.to_recover()}


async def test_open_quizzes_of_a_channel_are_found(store: Store) -> None:
    records = QuizStore(store)
    first = opened(channel_id=(channel := secrets.randbits(40)))
    second = opened(channel_id=channel)
    await records.add(first)
    await records.add(second)
    await play(records, first, Sent(1, 1_001.0))
    assert list(await records.open_in(channel)) == [second.id]


async def test_recent_topics_are_a_students_own_in_that_server(store: Store) -> None:
    records = QuizStore(store)
    guild = secrets.randbits(40)
    for topic in ("fractions", "수원", "fractions"):
        await records.add(opened(guild=guild, topic=topic))
    await records.add(opened(guild=0, topic="my secret"))
    await records.add(replace(opened(guild=guild, topic="The answer begins so"), topic_typed=False))
    assert set(await records.topics(guild, 1)) == {"fractions", "수원"}
    assert await records.topics(guild, 2) == []
    assert await records.topics(guild + 1, 1) == []
    assert "my secret" in await records.topics(0, 1)
    assert await records.topics(0, 2) == []


async def test_a_request_is_for_one_run_only(store: Store) -> None:
    records = QuizStore(store)
    conversation = secrets.randbits(40)
    await records.add_request(StoredRequest(conversation, 1, "en", "old", "solo"))
    asked = StoredRequest(conversation, 2, "ko", "분수", "together")
    await records.add_request(asked)
    assert await records.request_of(conversation, "run_1") == asked
    assert await records.request_of(conversation, "run_2") == asked
    await records.set_request_run(conversation, "run_1")
    assert await records.request_of(conversation, "run_1") == replace(asked, run_id="run_1")
    assert await records.request_of(conversation, "run_2") is None
    assert await records.request_of(conversation + 1, "run_1") is None


async def test_open_quizzes_of_a_student_and_a_guild_are_counted_while_they_are_new(store: Store) -> None:
    records = QuizStore(store)
    guild, student = secrets.randbits(40), secrets.randbits(40)
    kept = [opened(guild=guild) for _ in range(3)]
    for each in kept:
        await records.add(replace(each, session=replace(each.session, host=student)))
    await play(records, kept[1], Cancelled(1, False, 1_002.0))
    hour = timedelta(hours=1)
    assert await records.open_of_student(student, hour) == [kept[0].channel_id, kept[2].channel_id]
    assert await records.count_open_in_guild(guild, hour) == 2
    assert await records.open_of_student(student, timedelta(0)) == []
    assert await records.count_open_in_guild(guild, timedelta(0)) == 0
    assert await records.open_of_student(student + 1, hour) == []
    assert await records.count_open_in_guild(guild + 1, hour) == 0


async def test_quizzes_whose_time_is_up_are_found(store: Store) -> None:
    records = QuizStore(store)
    solo, running, paused, ended = opened(), opened("together"), opened("together"), opened("together")
    for each in (solo, running, paused, ended):
        await records.add(each)
    await play(records, paused, Controlled(1, False, "pause", 0, 1_010.0))
    await play(records, ended, Cancelled(1, False, 1_002.0))
    ours = {each.id for each in (solo, running, paused, ended)}
    deadline, longest = 1_000.25 + OPEN_FOR, 1_010.0 + LONGEST_PAUSE
    states: list[tuple[float, set[str]]] = [(deadline - 0.1, set()), (deadline, {running.id})]
    for at, found in (*states, (longest - 0.1, {running.id})):
        assert {quiz_id for quiz_id, _ in await records.overdue(at)} & ours == found
    assert {quiz_id for quiz_id, _ in await records.overdue(longest)} & ours == {running.id, paused.id}
    assert (running.id, running.guild_id) in await records.overdue(longest)


async def test_who_joined_comes_back_in_that_order(store: Store) -> None:
    records = QuizStore(store)
    lobby = opened("together")
    lobby = replace(lobby, session=replace(lobby.session, phase=Phase.LOBBY))
    await records.add(lobby)
    record = lobby
    for student in (5, 2, 9):
        record = replace(record, session=apply(record.session, Joined(student, f"name {student}", 1_001.0)).session)
        await records.save(record, joined=student)
    found = await records.get(lobby.id)
    assert found is not None
    assert list(found.session.joined.items()) == [(5, "name 5"), (2, "name 2"), (9, "name 9")]
