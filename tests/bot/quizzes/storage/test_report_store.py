"""Reports in the database: once for each student, by server, until they are dismissed."""

import secrets

from sqlalchemy import select

from bot.quizzes.session.events import Moved, Sent
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportPlace, ReportStore
from bot.quizzes.storage.tables import QuizResultRow
from bot.store.store import Store
from tests.bot.quizzes.storage.test_quiz_store import opened, play, press

PLACE = ReportPlace(11, private=True)


async def test_a_report_counts_once_marks_the_result_and_is_seen_in_its_server_until_it_is_dismissed(
    store: Store,
) -> None:
    quizzes, reports = QuizStore(store), ReportStore(store)
    guild, other = secrets.randbits(40), secrets.randbits(40)
    record = opened(guild=guild)
    await quizzes.add(record)
    await play(quizzes, record, press(0, 1), press(1, 0), Moved(1, 3, 1_007.0), Sent(1, 1_008.0))
    assert not await quizzes.has_reported(record.id, 1, 1)
    for student in (1, 1, 2):
        await reports.add(record, 1, student, PLACE)
    assert await quizzes.has_reported(record.id, 1, 1)
    assert not await quizzes.has_reported(record.id, 0, 1)
    (found,) = await reports.open_in(guild)
    assert (found.quiz_id, found.question, found.count, found.place) == (record.id, 1, 2, PLACE)
    assert await reports.open_in(other) == []
    await reports.dismiss(other, record.id, 1, 9)
    assert len(await reports.open_in(guild)) == 1, "another server cannot dismiss it"
    query = select(QuizResultRow.question, QuizResultRow.reported).where(QuizResultRow.quiz_id == record.id)
    assert {(row.question, row.reported) for row in await store.read(query)} == {(0, False), (1, True), (2, False)}
    await reports.dismiss(guild, record.id, 1, 9)
    assert await reports.open_in(guild) == []
    await reports.add(record, 1, 1, PLACE)
    assert await reports.open_in(guild) == [], "the same student is not heard twice"
    await reports.add(record, 1, 3, PLACE)
    (again,) = await reports.open_in(guild)
    assert again.count == 1
