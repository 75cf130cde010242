"""What goes with `/delete-progress` beside cards and results: quizzes, exercises, reports; and what of them stays."""

from dataclasses import replace

import pytest

from bot.hints.help_arguments import Help
from bot.hints.ladder_session import LadderPhase, LadderSession, Try
from bot.hints.ladder_store import LadderRecord, LadderStore
from bot.learning.progress.progress_store import ProgressStore
from bot.quizzes.session.events import Event, Moved, Sent, Ticked
from bot.quizzes.storage.quiz_records import QuizRecord
from bot.quizzes.storage.quiz_store import QuizStore
from bot.quizzes.storage.report_store import ReportPlace, ReportStore
from bot.store.store import Store
from tests.bot.quizzes.storage.test_quiz_store import opened, play, press

STUDENT, OTHER = 1, 2


async def handed_over(quizzes: QuizStore, record: QuizRecord) -> QuizRecord:
    await quizzes.clear_due(record.id)
    return record


async def test_finished_quizzes_and_reports_go_and_open_ones_stay(store: Store) -> None:
    quizzes, progress, reports = QuizStore(store), ProgressStore(store), ReportStore(store)
    over, still_open, due = opened(), opened(), opened()
    for record in (over, still_open, due):
        await quizzes.add(record)
    sent = (press(0, 1), Moved(STUDENT, 3, 1_010.0), Sent(STUDENT, 1_011.0))
    over = await handed_over(quizzes, await play(quizzes, over, *sent))
    await play(quizzes, due, *sent)  # its results are not handed over yet
    await play(quizzes, still_open, press(0, 1))
    await reports.add(over, 0, STUDENT, ReportPlace(5))
    kept = await progress.kept_of(STUDENT)
    assert (kept.quizzes, kept.reports) == (1, 1)
    await progress.delete_all_of(STUDENT)
    assert await quizzes.get(over.id) is None
    assert await quizzes.get(due.id) is not None
    left = await quizzes.get(still_open.id)
    assert left is not None
    assert left.session.response(STUDENT, 0) is not None
    assert await reports.open_in(over.guild_id) == []
    kept = await progress.kept_of(STUDENT)
    assert (kept.quizzes, kept.reports) == (0, 0)


@pytest.mark.parametrize("deletes", [STUDENT, OTHER])
async def test_of_a_groups_quiz_the_others_keep_theirs(store: Store, deletes: int) -> None:
    quizzes, progress = QuizStore(store), ProgressStore(store)
    record = opened("together")
    await quizzes.add(record)
    events: list[Event] = [
        press(0, 1, STUDENT),
        press(0, 2, OTHER),
        *(Ticked(1_100.0 + 100 * number) for number in range(5)),
    ]
    await handed_over(quizzes, await play(quizzes, record, *events))
    stays = OTHER if deletes == STUDENT else STUDENT
    await progress.delete_all_of(deletes)
    left = await quizzes.get(record.id)
    assert left is not None
    assert set(left.session.responses) == {stays}
    assert left.session.host == (0 if deletes == STUDENT else STUDENT)
    assert [(await progress.kept_of(each)).quizzes for each in (deletes, stays)] == [0, 1]


async def test_exercises_go_and_one_that_was_ended_stays_without_the_student(store: Store) -> None:
    ladders, progress = LadderStore(store), ProgressStore(store)
    session = LadderSession(Help("2x = 6", ("Divide.",), "x = 3", "x = 3"), STUDENT, "guide", 2, 0.0)
    session = replace(session, tries=(Try("4", "wrong", honest=True, at=1.0),), try_count=1)
    records = {
        phase: LadderRecord(f"l{number}", f"c{number}", 9, 7, 9, "en", replace(session, phase=phase))
        for number, phase in enumerate(LadderPhase)
    }
    untold = replace(records[LadderPhase.SOLVED], id="due", outcome_due=True)
    for record in (*records.values(), untold):
        await ladders.add(record)
    assert (await progress.kept_of(STUDENT)).exercises == 3
    await progress.delete_all_of(STUDENT)
    assert await ladders.get(records[LadderPhase.SOLVED].id) is None
    assert await ladders.get(records[LadderPhase.SHOWN].id) is None
    assert await ladders.get("due") is not None, "its listeners have not heard of it yet"
    assert await ladders.get(records[LadderPhase.CLIMBING].id) == records[LadderPhase.CLIMBING]
    ended = await ladders.get(records[LadderPhase.ENDED].id)
    assert ended is not None
    assert (ended.session.student, ended.session.tries) == (0, ())
    assert ended.session.help == session.help, "its answer is held back still"
    assert (await progress.kept_of(STUDENT)).exercises == 0
